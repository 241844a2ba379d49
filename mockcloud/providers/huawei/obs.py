"""The buckets and objects that tasks name. All exist and may be used, unless something else was put in place."""

from __future__ import annotations

from typing import Any

from mockcloud.model import Call, Misuse
from mockcloud.state import ServiceState

Json = dict[str, Any]

MISSING = "MPC.10053"


def stock_object(fields: Json, state: ServiceState) -> Json:
    """Complete a seeded object: its path is the key. Misuse: no bucket."""
    if not fields.get("bucket"):
        raise Misuse("an object needs its bucket", "object may be left out to speak of the bucket alone")
    return {**fields, "path": _path(fields["bucket"], fields.get("object", ""))}


def _path(bucket: str, name: str) -> str:
    return f"{bucket}/{name}"


def check_buckets(call: Call, state: ServiceState) -> None:
    """Hold both buckets of a new task against what is known of them.

    Refusal: MPC.10209 for a bucket that is not authorised, or a location that is not the bucket's or, with the option
    region-check, not the mock's.
    """
    is_strict = state.option("region-check") == "on"
    for member in ("input", "output"):
        file = call.parameters[member]
        known = [item for item in state.shelves["object"] if item["bucket"] == file["bucket"]]
        if not known and not is_strict:
            continue
        if any(not item["authorized"] for item in known):
            detail = f"the bucket {file['bucket']!r} was put in place as not authorised"
            raise state.breaks(call.operation, "bucket-authorized", f"/{member}/bucket", file["bucket"], detail)
        regions = {item["location"] for item in known if item["location"]}
        if is_strict:
            regions = {state.settings.region}
        if regions and file["location"] not in regions:
            detail = f"{member}.location is {file['location']!r}, it has to be {' or '.join(sorted(regions))}"
            raise state.breaks(call.operation, "obs-location", f"/{member}/location", file["location"], detail)


def failure_of(source: Json, state: ServiceState) -> Json | None:
    """Why a task on this object will fail, None when it will not."""
    known = state.shelves["object"].get(_path(source["bucket"], source["object"]))
    return None if known is None or known["exists"] else {"code": MISSING}


def length_of(source: Json, state: ServiceState) -> int:
    """The length of a video in seconds."""
    known = state.shelves["object"].get(_path(source["bucket"], source["object"]))
    length: int = (known or {}).get("duration", state.service.kinds["object"].fields["duration"]["default"])
    return length

"""VOD's videos: looked up, listed, created by upload, deleted. They live in `state.shelves["video"]`.

Source: VD en API Reference/Media asset management/Audio and video management; VD en API Reference/Media upload; TV.
"""

from __future__ import annotations

import base64
from typing import Any

import orjson

from mockcloud.model import Call
from mockcloud.state import ServiceState

from .vod_values import given, listed, page, utc

Json = dict[str, Any]

UPLOADING = "Uploading"


def video_of(call: Call, state: ServiceState) -> Json:
    """The video that VideoId, or ReferenceId in its place, names. Refusal: there is none."""
    shelf = state.shelves["video"]
    if "VideoId" in call.parameters:
        name = "VideoId"
        video = shelf.get(call.parameters[name])
    else:
        name = "ReferenceId"
        video = _referenced(call.parameters[name], state)
    if video is None:
        key = call.parameters[name]
        known = ", ".join(item["VideoId"] for item in list(shelf)[:5]) or "none"
        detail = f"there is no video with {name} {key!r}; there are {known}"
        raise state.breaks(call.operation, "video-exists", f"/{name}", key, detail)
    return video


def _referenced(reference: str, state: ServiceState) -> Json | None:
    return next((video for video in state.shelves["video"] if reference and video["ReferenceId"] == reference), None)


def refuse_status(call: Call, state: ServiceState, video: Json, limit: str) -> None:
    """Refusal: the video is in no state that the contract's limit names."""
    permitted = state.service.limits[limit]["value"]
    if video["Status"] not in permitted:
        detail = f"the video is {video['Status']}; permitted are {', '.join(permitted)}"
        raise state.breaks(call.operation, "video-status", "/VideoId", video["VideoId"], detail)


def shown(video: Json, schema: Json) -> Json:
    """A video with the members that an output shape has; text that is empty is left out unless it is required."""
    found: Json = {}
    for name, inner in schema["properties"].items():
        value = video.get(name)
        if value is None or (value == "" and name not in schema["required"]):
            continue
        found[name] = {"Snapshot": value} if inner["type"] == "object" else value
    return found


def get_video_info(call: Call, state: ServiceState) -> Json:
    """One video."""
    output = state.service.operations[call.operation].output or {}
    return {"Video": shown(video_of(call, state), output["properties"]["Video"])}


def get_video_infos(call: Call, state: ServiceState) -> Json:
    """Several videos, and which ids name none. Refusal: none of them exists."""
    output = state.service.operations[call.operation].output or {}
    schema = output["properties"]["VideoList"]["items"]
    videos, missing = _several(call, state)
    return {"VideoList": [shown(video, schema) for video in videos], **missing}


def _several(call: Call, state: ServiceState) -> tuple[list[Json], Json]:
    """The videos of VideoIds and ReferenceIds, each once, and what was not found, as the answers have it."""
    ids, references = listed(call, "VideoIds"), listed(call, "ReferenceIds")
    by_id = {key: state.shelves["video"].get(key) for key in ids}
    by_reference = {key: _referenced(key, state) for key in references}
    videos = {video["VideoId"]: video for video in (*by_id.values(), *by_reference.values()) if video is not None}
    if not videos:
        known = ", ".join(video["VideoId"] for video in list(state.shelves["video"])[:5]) or "none"
        name = "VideoIds" if ids else "ReferenceIds"
        value = call.parameters.get(name, "")
        raise state.breaks(call.operation, "one-exists", f"/{name}", value, f"none exists; there are {known}")
    missing: Json = {"NonExistVideoIds": [key for key, video in by_id.items() if video is None]}
    if references:
        missing["NonExistReferenceIds"] = [key for key, video in by_reference.items() if video is None]
    return list(videos.values()), missing


def get_video_list(call: Call, state: ServiceState) -> Json:
    """A page of videos by state, category, storage, reference and time of creation."""
    output = state.service.operations[call.operation].output or {}
    schema = output["properties"]["VideoList"]["properties"]["Video"]["items"]
    found = sorted(
        (video for video in state.shelves["video"] if _is_wanted(video, call)), key=lambda video: video["CreationTime"]
    )
    if given(call, state, "SortBy").endswith("Desc"):
        found.reverse()
    videos = [shown(video, schema) for video in page(call, state, found)]
    return {"Total": len(found), "VideoList": {"Video": videos}}


def _is_wanted(video: Json, call: Call) -> bool:
    wanted = call.parameters
    if wanted.get("StartTime", "") > video["CreationTime"] or video["CreationTime"] > wanted.get("EndTime", "~"):
        return False
    return (
        ("Status" not in wanted or video["Status"] in listed(call, "Status"))
        and ("CateId" not in wanted or video.get("CateId") == wanted["CateId"])
        and wanted.get("StorageLocation") in (None, video["StorageLocation"])
        and ("ReferenceIds" not in wanted or video["ReferenceId"] in listed(call, "ReferenceIds"))
    )


def delete_video(call: Call, state: ServiceState) -> Json:
    """Take videos away with their images and snapshots. Refusal: none of them exists."""
    videos, missing = _several(call, state)
    for video in videos:
        state.shelves["video"].remove(video["VideoId"])
        state.memory.get("jobs", {}).pop(video["VideoId"], None)
    return {**missing, "ForbiddenVideoIds": []}


def create_upload_video(call: Call, state: ServiceState) -> Json:
    """A new video that is being uploaded, and credentials that open nothing. Refusal: ReferenceId is taken."""
    wanted = call.parameters
    if _referenced(wanted.get("ReferenceId", ""), state) is not None:
        raise state.breaks(call.operation, "reference-unused", "/ReferenceId", wanted["ReferenceId"])
    kept = state.service.kinds["video"].fields.keys() & wanted.keys()
    fields = {name: wanted[name] for name in kept}
    fields.update(Status=UPLOADING, Duration=0.0, Size=wanted.get("FileSize", 0), AppId=given(call, state, "AppId"))
    video = state.shelves["video"].put(stock_video(fields, state))
    return {"VideoId": video["VideoId"], **_credentials(video, wanted["FileName"], state)}


def _credentials(video: Json, file_name: str, state: ServiceState) -> Json:
    """UploadAddress and UploadAuth: base64 of JSON. Source: VD zh 开发指南/媒体上传/上传地址和凭证."""
    bucket, _, host = video["StorageLocation"].partition(".")
    extension = file_name.rpartition(".")[2].lower()
    address = {
        "Endpoint": f"https://{host}",
        "Bucket": bucket,
        "FileName": f"sv/{state.ids.hex(11)}-{state.ids.hex(11)}.{extension}",
    }
    auth = {
        "AccessKeyId": f"STS.{state.ids.base36(24)}",
        "AccessKeySecret": state.ids.base36(44),
        "SecurityToken": state.ids.base36(64),
        "Expiration": utc(state.now() + state.service.limit("upload-credential")),
    }
    return {"UploadAddress": _packed(address), "UploadAuth": _packed(auth)}


def _packed(value: Json) -> str:
    return base64.b64encode(orjson.dumps(value)).decode()


def stock_video(fields: Json, state: ServiceState) -> Json:
    """A whole video from some of its fields; one that is there already keeps the rest."""
    now = utc(state.now())
    key = fields.get("VideoId") or state.ids.hex()
    known = dict(state.shelves["video"].get(key) or {})
    if known.get("Status") == UPLOADING and fields.get("Status", UPLOADING) != UPLOADING:
        # Nobody knew the length before the upload had ended.
        known.pop("Duration")
    video = {"VideoId": key, "CreationTime": now, "ModificationTime": now, **known, **fields}
    storage = video.get("StorageLocation") or state.service.kinds["video"].fields["StorageLocation"]["default"]
    video.setdefault("CoverURL", f"https://{storage}/{key}/covers/{key}-00001.jpg")
    return video


BEHAVIOURS = {
    "get_video_info": get_video_info,
    "get_video_infos": get_video_infos,
    "get_video_list": get_video_list,
    "delete_video": delete_video,
    "create_upload_video": create_upload_video,
}

"""Uploads: apply for one, confirm it; a task flow starts when one was named.

There is no object storage here, so nothing has to be transferred in between. Upload sessions are kept in
memory["uploads"] = {VodSessionKey: {"given": parameters, "answer": what CommitUpload answered, or None}}.
Source: CLI ApplyUpload, CommitUpload; seed 004 Task Initiation.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mockcloud import providers
from mockcloud.model import Call
from mockcloud.state import ServiceState

from . import events, tasks
from .library import home, iso, meta_data
from .media import KIND, SOURCE_CONTEXT, basic_info, category, expire

Json = dict[str, Any]

FLOW_OPERATION = "ProcessMediaByProcedure"
# How long a certificate is good for is not published, and nobody here takes one.
_CERTIFICATE_SECONDS = 7200


def apply_upload(call: Call, state: ServiceState) -> Json:
    """Open an upload session. Refusal: no region, or an ExpireTime that has passed."""
    _demand_region(call, state)
    given = call.parameters
    expires = given.get("ExpireTime")
    if expires is not None and _seconds(expires) <= state.now():
        detail = f"it is {iso(state.now())} for the mock"
        raise state.breaks(call.operation, "expire-time-ahead", "/ExpireTime", expires, detail)
    session = _open_session(given, state)
    app, _ = home(state)
    folder = f"/{state.ids.hex(16)}"
    cover = given.get("CoverType", "").lower()
    return {
        "StorageBucket": f"{state.ids.hex(8)}-{app}",
        "StorageRegion": given.get("StorageRegion", state.service.kinds[KIND].fields["StorageRegion"]["default"]),
        "VodSessionKey": session,
        "MediaStoragePath": given.get("MediaStoragePath", f"{folder}/f0.{given['MediaType'].lower()}"),
        "CoverStoragePath": f"{folder}/cover.{cover}" if cover else "",
        "TempCertificate": {
            "SecretId": state.ids.base36(36),
            "SecretKey": state.ids.base36(32),
            "Token": state.ids.base36(64),
            "ExpiredTime": int(state.now()) + _CERTIFICATE_SECONDS,
        },
    }


def _open_session(given: Json, state: ServiceState) -> str:
    sessions: Json = state.memory.setdefault("uploads", {})
    key = state.ids.base36(96)
    sessions[key] = {"given": given, "answer": None}
    while len(sessions) > state.settings.most_resources:
        del sessions[next(iter(sessions))]
    return key


def commit_upload(call: Call, state: ServiceState) -> Json:
    """Make a media file of an upload session, and start its task flow.

    The same session again gets the same answer. Refusal: no region, or an unknown session.
    """
    _demand_region(call, state)
    key = call.parameters["VodSessionKey"]
    session = state.memory.get("uploads", {}).get(key)
    if session is None:
        detail = "take the VodSessionKey that ApplyUpload answered"
        raise state.breaks(call.operation, "session-known", "/VodSessionKey", key, detail)
    if session["answer"] is None:
        session["answer"] = _commit(session["given"], state)
    answer: Json = session["answer"]
    return answer


def _commit(given: Json, state: ServiceState) -> Json:
    media = _new_media(given, state)
    task_id = _start_flow(given, media, state)
    content = {
        "FileId": media["FileId"],
        "MediaBasicInfo": basic_info(media, state),
        "ProcedureTaskId": task_id,
        "ReviewAudioVideoTaskId": "",
        "MetaData": meta_data(media),
    }
    events.announce(state, "NewFileUpload", {"FileUploadEvent": content}, task_id)
    return {"FileId": media["FileId"], "MediaUrl": media["MediaUrl"], "CoverUrl": media["CoverUrl"]}


def _new_media(given: Json, state: ServiceState) -> Json:
    container = given["MediaType"].lower()
    same: Json = {name: given[name] for name in ("StorageRegion", "ClassId") if name in given}
    fields: Json = {
        **same,
        "FileId": state.ids.decimal(19),
        "Name": given.get("MediaName", ""),
        "Type": container,
        "Category": category(container, state),
        "StoragePath": given.get("MediaStoragePath", ""),
        SOURCE_CONTEXT: given.get("SourceContext", ""),
    }
    never = _seconds(state.service.kinds[KIND].fields["ExpireTime"]["default"])
    expires = min(_seconds(given["ExpireTime"]), never) if "ExpireTime" in given else never
    media = providers.stock(state, KIND, {**fields, "ExpireTime": iso(expires)})
    if "CoverType" in given:
        folder = media["MediaUrl"].rpartition("/")[0]
        media["CoverUrl"] = f"{folder}/{state.ids.decimal(19)}.{given['CoverType'].lower()}"
    if expires < never:
        state.later(expires, lambda _: expire(media["FileId"], media, state))
    return media


def _start_flow(given: Json, media: Json, state: ServiceState) -> str:
    """The id of the task that the named flow began; empty without a flow, or when there is none of that name."""
    flow = state.shelves["procedure"].get(given.get("Procedure", ""))
    if flow is None:
        return ""
    request = {"SessionContext": given["SessionContext"]} if "SessionContext" in given else {}
    has_others = any(flow.get(name) for name in tasks.OTHERS)
    return tasks.start(state, FLOW_OPERATION, media, flow["MediaProcessTask"], request, has_others).id


def _demand_region(call: Call, state: ServiceState) -> None:
    if not call.common.get("region"):
        detail = "send the header X-TC-Region, or the parameter Region with a version 1 signature; any region will do"
        raise state.breaks(call.operation, "region-given", "", None, detail)


def _seconds(iso_time: str) -> float:
    return datetime.fromisoformat(iso_time).timestamp()


BEHAVIOURS = {"apply_upload": apply_upload, "commit_upload": commit_upload}

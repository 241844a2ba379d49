"""Media files: show them with what finished tasks have made of them, and delete them.

The tasks leave their results on the media's shelf (`tasks`); how media look inside events is `basic_info` as well.
Source: CLI DescribeMediaInfos, DeleteMedia and the structures below them.
"""

from __future__ import annotations

from typing import Any

from mockcloud.model import Call
from mockcloud.state import ServiceState

from . import events
from .library import iso, meta_data

Json = dict[str, Any]

KIND = "media"
ORIGINAL = "OriginalFiles"
SOURCE_CONTEXT = "_source_context"
# Members of BasicInfo that lie on the shelf under their own names.
_PLAIN = (
    *("Name", "Description", "CreateTime", "UpdateTime", "ExpireTime", "ClassId", "CoverUrl", "Type", "MediaUrl"),
    *("StorageRegion", "StoragePath", "TagSet", "Category", "Status", "StorageClass"),
)


def describe_media_infos(call: Call, state: ServiceState) -> Json:
    """The media that exist, in the order of the request; ids that do not exist are listed beside them."""
    shelf, asked = state.shelves[KIND], call.parameters["FileIds"]
    wanted = {name.lower() for name in call.parameters.get("Filters", ())}
    found = [media for file_id in asked if (media := shelf.get(file_id)) is not None]
    return {
        "MediaInfoSet": [_info(media, wanted, state) for media in found],
        "NotExistFileIdSet": [file_id for file_id in asked if shelf.get(file_id) is None],
    }


def _info(media: Json, wanted: set[str], state: ServiceState) -> Json:
    """One media with all documented members: null where nothing is there or, with filters, nothing was asked for."""
    output = state.service.operations["DescribeMediaInfos"].output or {}
    names = output["properties"]["MediaInfoSet"]["items"]["properties"]
    there = {
        "BasicInfo": basic_info(media, state),
        "MetaData": meta_data(media),
        "AnimatedGraphicsInfo": _made(media, "AnimatedGraphicsSet"),
        "SnapshotByTimeOffsetInfo": _made(media, "SnapshotByTimeOffsetSet"),
    }
    shown = {name: there.get(name) if not wanted or name.lower() in wanted else None for name in names}
    return {**shown, "FileId": media["FileId"]}


def _made(media: Json, name: str) -> Json | None:
    return {name: media[name]} if media[name] else None


def basic_info(media: Json, state: ServiceState) -> Json:
    """The BasicInfo of a media file (MediaBasicInfo in events)."""
    members = _basic_schema(state)["properties"]
    no_class = members["ClassName"]["default"] if media["ClassId"] == 0 else ""
    source = dict.fromkeys(members["SourceInfo"]["properties"])
    return {
        **{name: media[name] for name in _PLAIN},
        "ClassName": no_class,
        "ClassPath": no_class,
        "SourceInfo": {**source, "SourceType": "Upload", "SourceContext": media.get(SOURCE_CONTEXT, "")},
        "Vid": "",
    }


def category(container: str, state: ServiceState) -> str:
    """What a container (in lower case) holds: as the shape of BasicInfo says, else what a seeded media holds."""
    for case in _basic_schema(state)["allOf"]:
        if container in case["if"]["properties"]["Type"]["enum"]:
            return str(case["then"]["properties"]["Category"]["enum"][0])
    return str(state.service.kinds[KIND].fields["Category"]["default"])


def _basic_schema(state: ServiceState) -> Json:
    output = state.service.operations["DescribeMediaInfos"].output or {}
    schema: Json = output["properties"]["MediaInfoSet"]["items"]["properties"]["BasicInfo"]
    return schema


def delete_media(call: Call, state: ServiceState) -> Json:
    """Delete a media file with all that was made of it, or some parts. Refusal: no such file."""
    shelf, file_id = state.shelves[KIND], call.parameters["FileId"]
    media = shelf.get(file_id)
    if media is None:
        detail = f"there is no media {file_id!r}; there are {[item['FileId'] for item in shelf][:5]}"
        raise state.breaks(call.operation, "media-exists", "/FileId", file_id, detail)
    parts = call.parameters.get("DeleteParts") or []
    if not parts:
        shelf.remove(file_id)
    elif any(part["Type"] == ORIGINAL for part in parts):
        # The cover that came with the original goes with it (CLI MediaDeleteItem.Type).
        media.update({"MediaUrl": "", "CoverUrl": "", "UpdateTime": iso(state.now())})
    _tell_of_deletion(file_id, parts, state)
    return {}


def _tell_of_deletion(file_id: str, parts: list[Json], state: ServiceState) -> None:
    shown = [{"Type": part["Type"], "Definition": part.get("Definition", 0)} for part in parts]
    result = {"FileId": file_id, "DeleteParts": shown}
    content = {"FileIdSet": [file_id], "FileDeleteResultInfo": [result]}
    events.announce(state, "FileDeleted", {"FileDeleteEvent": content})


def expire(file_id: str, media: Json, state: ServiceState) -> None:
    """Delete a media file because its ExpireTime has come, unless it was replaced since."""
    if state.shelves[KIND].get(file_id) is media:
        state.shelves[KIND].remove(file_id)


BEHAVIOURS = {"describe_media_infos": describe_media_infos, "delete_media": delete_media}

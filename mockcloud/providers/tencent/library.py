"""Media files and templates as they lie on the shelves: what a seeded one lacks, and how it is shown in answers.

Facts (sizes, durations, addresses) come from the contract's kinds; nothing here knows tasks or events.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from mockcloud.clock import moment
from mockcloud.state import ServiceState

Json = dict[str, Any]


def iso(seconds: float) -> str:
    """A moment as this provider writes it: whole seconds, UTC, "2018-10-01T10:00:00Z"."""
    return moment(seconds).strftime("%Y-%m-%dT%H:%M:%SZ")


def home(state: ServiceState) -> tuple[str, str]:
    """(application id, address where media lie): those of the first sample media ("1256768367", "http://1256...com")."""
    parts = urlsplit(state.service.kinds["media"].samples[0]["MediaUrl"])
    return parts.netloc.partition(".")[0], f"{parts.scheme}://{parts.netloc}"


def stock_media(fields: Json, state: ServiceState) -> Json:
    """A whole media file: id, times and address are made when they are not given."""
    kind = state.service.kinds["media"]
    now = iso(state.now())
    file_id = fields.get("FileId") or state.ids.decimal(19)
    container = fields.get("Type", kind.fields["Type"]["default"])
    folder, _, name = kind.samples[0]["MediaUrl"].rpartition("/")
    stem = name.rpartition(".")[0]
    url = f"{folder.rpartition('/')[0]}/{file_id}/{stem}.{container}"
    return {"CreateTime": now, "UpdateTime": now, "MediaUrl": url, **fields, "FileId": file_id}


def stock_dated(fields: Json, state: ServiceState) -> Json:
    """A whole template or task flow: its times are now when they are not given."""
    now = iso(state.now())
    return {"CreateTime": now, "UpdateTime": fields.get("CreateTime", now), **fields}


def next_definition(state: ServiceState) -> int:
    """An id for a new template, one that no template of either kind has."""
    while True:
        definition = state.ids.count("definition", int(state.service.limit("first-definition")))
        if all(state.shelves[kind].get(definition) is None for kind in ("template", "snapshot-template")):
            return definition


def meta_data(media: Json) -> Json:
    """The MetaData of a media file. Without video or audio its stream set is empty."""
    video, audio = media["Category"] == "Video", media["Category"] != "Image" and media["AudioBitrate"] > 0
    stream = {
        "Bitrate": media["VideoBitrate"],
        "Height": media["Height"],
        "Width": media["Width"],
        "Codec": media["VideoCodec"],
        "Fps": media["Fps"],
        "CodecTag": "",
        "DynamicRangeInfo": {"Type": "SDR", "HDRType": ""},
    }
    sound = {"Bitrate": media["AudioBitrate"], "SamplingRate": media["SamplingRate"], "Codec": media["AudioCodec"]}
    shown = {name: media[name] for name in ("Size", "Container", "Bitrate", "Height", "Width", "Duration", "Rotate")}
    return {
        **shown,
        "VideoStreamSet": [stream] if video else [],
        "AudioStreamSet": [sound] if audio else [],
        "VideoDuration": media["Duration"] if video else 0,
        "AudioDuration": media["Duration"] if audio else 0,
        "Md5": media["Md5"],
    }


def with_nulls(schema: Json, members: Json) -> Json:
    """Members in the order of an output schema, explicit null for each that is absent (CLI samples)."""
    names = schema["properties"]
    return {**{name: members.get(name) for name in names}, **members}


def without_nulls(value: Any) -> Any:
    """The same value without the members that are null, at any depth."""
    if isinstance(value, dict):
        return {name: without_nulls(item) for name, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value

"""What the parts of a task make: planned when the task begins, shown when it has ended.

A plan is {"Type", "member", "Input", "code" (why it fails, or ""), "Output" (None when it fails)}. Addresses, sizes and
checksums follow from the input, so that the same call makes the same files.
Source: seed 004 Getting Result; CLI MediaProcessTaskResult and the structures below it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from mockcloud.state import ServiceState

Json = dict[str, Any]
Maker = Callable[[Json, Json, ServiceState], Json]

UNKNOWN_TEMPLATE = "InvalidInput.DefinitionNotExist"
BAD_OFFSET = "InvalidInput.InvalidTimeOffset"
NO_VIDEO = "SourceFileError.NoVideoMedia"
NO_RESOLUTION = "SourceFileError.NoVideoResolution"
NO_SOURCE = "SourceFileError.DownloadNotAccessible"
_SAMPLES = 10


class Failed(Exception):
    """A part of a task fails with a documented task code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def plan(media: Json, process: Json, state: ServiceState) -> list[Json]:
    """One plan for each entry of each task set, in the order of the documented sets and of their entries."""
    return [
        _planned(kind, member, make, entry, media, state)
        for task_set, (kind, member, make) in MAKERS.items()
        for entry in process.get(task_set) or ()
    ]


def _planned(kind: str, member: str, make: Maker, entry: Json, media: Json, state: ServiceState) -> Json:
    whole = {"Type": kind, "member": member, "Input": entry, "code": "", "Output": None}
    try:
        if not media["MediaUrl"]:  # DeleteMedia has taken the original
            raise Failed(NO_SOURCE)
        if media["Category"] != "Video":
            raise Failed(NO_VIDEO)
        if not (media["Width"] and media["Height"]):
            raise Failed(NO_RESOLUTION)
        return {**whole, "Output": make(entry, media, state)}
    except Failed as failure:
        return {**whole, "code": failure.code}


def span(entry: Json, duration: float) -> tuple[float, float]:
    """(start, end) in seconds of the media. Failed: nothing lies between them.

    Below 0 counts from the end; end 0 or absent is the end; what lies outside of the media is cut off, but a start
    behind the end fails.
    """
    start, end = entry.get("StartTimeOffset", 0), entry.get("EndTimeOffset", 0)
    first = max(duration + start, 0) if start < 0 else start
    last = duration if end == 0 else duration + end if end < 0 else min(end, duration)
    if first >= last:
        raise Failed(BAD_OFFSET)
    return first, last


def frame(template: Json, width: int, height: int) -> tuple[int, int]:
    """(width, height) in px of what a template makes of a source of that size; a computed side is even."""
    wide, high = template["Width"], template["Height"]
    if not wide and not high:
        return width, height
    is_turned = template["ResolutionAdaptive"] == "open" and height > width
    if is_turned:
        width, height = height, width
    wide = wide or _even(width * high / height)
    high = high or _even(height * wide / width)
    return (high, wide) if is_turned else (wide, high)


def _even(length: float) -> int:
    return max(2, 2 * round(length / 2))


def _animated(entry: Json, media: Json, state: ServiceState) -> Json:
    template = state.shelves["template"].get(entry["Definition"])
    if template is None:
        raise Failed(UNKNOWN_TEMPLATE)
    first, last = span(entry, media["Duration"])
    width, height = frame(template, media["Width"], media["Height"])
    digest = _digest(state, media, entry["Definition"], first, last, width, height, template["UpdateTime"])
    frames = max(1, round((last - first) * template["Fps"]))
    size = int(width * height * frames * template["Quality"] / 1200) + int(digest[:3], 16)
    return {
        "Url": _beside(media, f"v.f{entry['Definition']}.{template['Format']}"),
        "Definition": entry["Definition"],
        "Container": template["Format"],
        "Height": height,
        "Width": width,
        "Bitrate": int(size * 8 / (last - first)),
        "Size": size,
        "Md5": digest,
        "StartTimeOffset": first,
        "EndTimeOffset": last,
    }


def _snapshots(entry: Json, media: Json, state: ServiceState) -> Json:
    template = state.shelves["snapshot-template"].get(entry["Definition"])
    if template is None:
        raise Failed(UNKNOWN_TEMPLATE)
    moments = [_moment_ms(text, media["Duration"]) for text in entry.get("ExtTimeOffsetSet") or ()]
    moments = moments or list(entry.get("TimeOffsetSet") or ())
    if not moments or not all(0 <= moment <= media["Duration"] * 1000 for moment in moments):
        raise Failed(BAD_OFFSET)
    stem, marks = f"snapshotByTimeOffset.{entry['Definition']}", _marks(entry)
    pictures = [
        {
            "TimeOffset": moment,
            "Url": _beside(media, f"{stem}_{place}.{template['Format']}"),
            "WaterMarkDefinition": marks,
        }
        for place, moment in enumerate(moments)
    ]
    return {"Definition": entry["Definition"], "PicInfoSet": pictures}


def _moment_ms(text: str, duration: float) -> float:
    """Milliseconds of "3.5s" or "10%"; the contract's pattern lets nothing else in."""
    number = float(text[:-1])
    return number * 1000 if text.endswith("s") else number * duration * 10


def _transcoded(entry: Json, media: Json, state: ServiceState) -> Json:
    first, last = span(entry, media["Duration"])
    copyright_text = (entry.get("CopyRightWatermark") or {}).get("Text", "")
    stream = {"Bitrate": media["VideoBitrate"], "Height": media["Height"], "Width": media["Width"], "Codec": "h264"}
    sound = {"Bitrate": media["AudioBitrate"], "SamplingRate": media["SamplingRate"], "Codec": media["AudioCodec"]}
    return {
        "Url": _beside(media, f"v.f{entry['Definition']}.mp4"),
        "Definition": entry["Definition"],
        "Bitrate": media["Bitrate"],
        "Height": media["Height"],
        "Width": media["Width"],
        "Size": int(media["Bitrate"] * (last - first) / 8),
        "Duration": last - first,
        "Md5": _digest(state, media, entry["Definition"], first, last),
        "Container": media["Container"],
        "VideoStreamSet": [{**stream, "Fps": media["Fps"], "CodecTag": ""}],
        "AudioStreamSet": [sound] if media["AudioBitrate"] else [],
        "DigitalWatermarkType": "CopyRight" if copyright_text else "None",
        "CopyRightWatermarkText": copyright_text,
    }


def _sampled(entry: Json, media: Json, _: ServiceState) -> Json:
    stem = f"sampleSnapshot.{entry['Definition']}"
    return {
        "Definition": entry["Definition"],
        "SampleType": "Percent",
        "Interval": 100 // _SAMPLES,
        "ImageUrlSet": [_beside(media, f"{stem}_{place}.jpg") for place in range(_SAMPLES)],
        "WaterMarkDefinition": _marks(entry),
    }


def _sprite(entry: Json, media: Json, _: ServiceState) -> Json:
    stem = f"imageSprite.{entry['Definition']}"
    return {
        "Definition": entry["Definition"],
        "Height": media["Height"],
        "Width": media["Width"],
        "TotalCount": _SAMPLES,
        "ImageUrlSet": [_beside(media, f"{stem}_0.jpg")],
        "WebVttUrl": _beside(media, f"{stem}.vtt"),
    }


def _cover(entry: Json, media: Json, _: ServiceState) -> Json:
    most = media["Duration"] if entry["PositionType"] == "Time" else 100
    if not 0 <= entry["PositionValue"] <= most:
        raise Failed(BAD_OFFSET)
    return {"CoverUrl": _beside(media, f"coverBySnapshot.{entry['Definition']}_0.jpg")}


def _adaptive(entry: Json, media: Json, _: ServiceState) -> Json:
    copyright_text = (entry.get("CopyRightWatermark") or {}).get("Text", "")
    return {
        "Definition": entry["Definition"],
        "Package": "HLS",
        "DrmType": "",
        "Url": _beside(media, f"adp.{entry['Definition']}.m3u8"),
        "Size": media["Size"],
        "DigitalWatermarkType": "CopyRight" if copyright_text else "None",
        "SubStreamSet": [],
        "CopyRightWatermarkText": copyright_text,
        "SubtitleSet": [],
        "DefaultSubtitleId": "",
        "DrmEncryptType": "",
    }


def _marks(entry: Json) -> list[int]:
    return [mark["Definition"] for mark in entry.get("WatermarkSet") or ()]


def _beside(media: Json, name: str) -> str:
    """An address in the folder of the media file, as in the seed."""
    return f"{media['MediaUrl'].rpartition('/')[0]}/{name}"


def _digest(state: ServiceState, media: Json, *facts: object) -> str:
    text = "/".join(map(str, (state.settings.seed, media["FileId"], *facts)))
    return hashlib.md5(text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


# Task set of MediaProcessTask → (Type, member of the result, what makes it). Type and member differ (CLI, seed 004).
MAKERS: dict[str, tuple[str, str, Maker]] = {
    "TranscodeTaskSet": ("Transcode", "TranscodeTask", _transcoded),
    "AnimatedGraphicTaskSet": ("AnimatedGraphics", "AnimatedGraphicTask", _animated),
    "SnapshotByTimeOffsetTaskSet": ("SnapshotByTimeOffset", "SnapshotByTimeOffsetTask", _snapshots),
    "SampleSnapshotTaskSet": ("SampleSnapshot", "SampleSnapshotTask", _sampled),
    "ImageSpriteTaskSet": ("ImageSprites", "ImageSpriteTask", _sprite),
    "CoverBySnapshotTaskSet": ("CoverBySnapshot", "CoverBySnapshotTask", _cover),
    "AdaptiveDynamicStreamingTaskSet": ("AdaptiveDynamicStreaming", "AdaptiveDynamicStreamingTask", _adaptive),
}
# What a finished task leaves at its media file: Type of the part → list of the media file.
KEPT = {"AnimatedGraphics": "AnimatedGraphicsSet", "SnapshotByTimeOffset": "SnapshotByTimeOffsetSet"}

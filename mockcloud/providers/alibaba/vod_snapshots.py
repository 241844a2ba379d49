"""VOD's snapshots: submitted, listed once their job has succeeded. Nothing is rendered.

Source: VD en API Reference/Media processing/Process initiation/SubmitSnapshotJob; VD en API Reference/Media asset
management/Image management/ListSnapshots; VD en Developer Guide/Media processing/Video snapshots.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from mockcloud.model import Call
from mockcloud.state import ServiceState
from mockcloud.tasks import Status, Task

from .vod_events import notify
from .vod_jobs import begin, failure_of, jobs_of, nothing_left
from .vod_templates import template_of
from .vod_values import default_of, given, number, object_in, page, utc
from .vod_videos import refuse_status, video_of

Json = dict[str, Any]

CREATES = "SubmitSnapshotJob"
SERIAL = "{SnapshotCount}"

# Below the video's folder; the serial number has five digits. Source: VD en Developer Guide/Event
# notification/Events/SnapshotComplete, Generation of snapshot URLs (covers and sprites); the other two are ours.
_PLACES = {
    "NormalSnapshot": "snapshots/normal/{job}-{serial}.jpg",
    "SpriteSnapshot": "covers/sprite/{job}-{serial}.jpg",
    "SpriteOriginSnapshot": "snapshots/origin/{job}-{serial}.jpg",
    "WebVttSnapshot": "covers/webvtt/{job}-{serial}.vtt",
}


def submit_snapshot_job(call: Call, state: ServiceState) -> Json:
    """Begin a job. Refusal: no such video, no such template, or the video's state does not permit it."""
    video = video_of(call, state)
    template = None
    if "SnapshotTemplateId" in call.parameters:
        template = template_of(call, state, "SnapshotTemplateId", "Snapshot")
    refuse_status(call, state, video, "states-for-snapshots")
    snapshot_type, config = _wanted(call, template)
    shots = count_shots(config, video["Duration"])
    made = _made(snapshot_type, shots, object_in(config.get("SpriteSnapshotConfig", "")), state)
    failure = None if shots else nothing_left(state, "SpecifiedOffsetTime")
    data = {"made": made, "host": video["StorageLocation"], "UserData": call.parameters.get("UserData", "")}
    return {"SnapshotJob": {"JobId": begin(call, state, video, data, failure)}}


def _wanted(call: Call, template: Json | None) -> tuple[str, Json]:
    if template is not None:
        whole = object_in(template["TemplateConfig"])
        return whole.get("SnapshotType", "NormalSnapshot"), object_in(whole.get("SnapshotConfig", {}))
    return "SpriteSnapshot" if "SpriteSnapshotConfig" in call.parameters else "NormalSnapshot", call.parameters


def count_shots(config: Json, duration: float) -> int:
    """How many snapshots a configuration takes of a video of `duration` seconds; 0 = it begins behind the end."""
    moments = config.get("SpecifiedOffsetTimes")
    if moments is not None:
        return sum(1 for moment in _moments(moments) if moment <= 1000 * duration)
    offset = number(config.get("SpecifiedOffsetTime")) or 0
    if offset > 1000 * duration:
        return 0
    count, interval = number(config.get("Count")), number(config.get("Interval"))
    if count is None and interval is None:
        return 1
    if interval == 0:  # spread evenly over the video
        return int(count or 1)
    length, step = duration - offset / 1000, interval or 1
    fitting = 1 if step > length else math.floor(length / step) + 1
    return fitting if count is None else min(int(count), fitting)


def _moments(text: str) -> list[int]:
    moments: list[int] = object_in('{"moments":' + text + "}").get("moments", [])
    return moments


def _made(snapshot_type: str, shots: int, sprite: Json, state: ServiceState) -> dict[str, int]:
    """How many files of which type a job makes."""
    if snapshot_type != "SpriteSnapshot":
        return {snapshot_type: 1 if snapshot_type == "WebVttSnapshot" else shots}
    operation = state.service.operations[CREATES]
    columns, lines, keep = (
        sprite.get(name, default_of(operation, "SpriteSnapshotConfig", name))
        for name in ("Columns", "Lines", "KeepCellPic")
    )
    cells = int(number(columns) or 1) * int(number(lines) or 1)
    made = {"SpriteSnapshot": -(-shots // cells)}
    return {**made, "SpriteOriginSnapshot": shots} if keep == "keep" else made


def _format(task: Task, snapshot_type: str) -> str:
    """Where a job's files are below their host, with {SnapshotCount} for the serial number."""
    return f"{task.data['VideoId']}/{_PLACES[snapshot_type].format(job=task.id, serial=SERIAL)}"


def list_snapshots(call: Call, state: ServiceState) -> Json:
    """A page of the latest snapshots of one type. Refusal: no such video, or its state does not permit it."""
    video = video_of(call, state)
    refuse_status(call, state, video, "states-for-snapshots")
    snapshot_type = given(call, state, "SnapshotType")
    task = _latest(video, snapshot_type, state)
    if task is not None:
        regular = f"http://{video['StorageLocation']}/{_format(task, snapshot_type)}"
        total = task.data["made"][snapshot_type]
        about: Json = {"JobId": task.id, "CreationTime": utc(task.created), "Regular": regular}
        shown = [
            {"Index": place, "Url": regular.replace(SERIAL, f"{place:05d}")} for place in _page(call, state, total)
        ]
    else:
        covers = video["Snapshots"] if snapshot_type == "CoverSnapshot" else []
        total, about = len(covers), {"CreationTime": video["CreationTime"]} if covers else {}
        shown = [{"Index": place, "Url": covers[place - 1]} for place in _page(call, state, total)]
    return {"MediaSnapshot": {"Total": total, **about, "Snapshots": {"Snapshot": shown}}}


def _page(call: Call, state: ServiceState, total: int) -> Sequence[int]:
    """The numbers, from 1, of the snapshots on the page; there may be too many to make them all."""
    return page(call, state, range(1, total + 1))


def _latest(video: Json, snapshot_type: str, state: ServiceState) -> Task | None:
    ended = [task for task in jobs_of(video, CREATES, state) if state.read(task).phase == "succeeded"]
    return next((task for task in reversed(ended) if task.data["made"].get(snapshot_type)), None)


def snapshot_stepped(task: Task, status: Status, at: float, state: ServiceState) -> None:
    """When a job ends: the event is sent."""
    video = state.shelves["video"].get(task.data["VideoId"])
    event: Json = {
        "EventType": "SnapshotComplete",
        "EventTime": utc(at),
        "VideoId": task.data["VideoId"],
        "SubType": "SpecifiedTime",
        "Status": status.word,
    }
    if status.phase == "succeeded":
        event["SnapshotInfos"] = [
            _info(task, snapshot_type, count, status)
            for snapshot_type, count in task.data["made"].items()
            if snapshot_type != "SpriteOriginSnapshot"
        ]
    else:
        event.update(failure_of(task, state))
    notify(event, task, video, state)


def _info(task: Task, snapshot_type: str, count: int, status: Status) -> Json:
    place = _format(task, snapshot_type)
    return {
        "Status": status.word,
        "SnapshotType": snapshot_type,
        "SnapshotCount": count,
        "SnapshotFormat": place,
        "SnapshotRegular": f"http://{task.data['host']}/{place}",
        "JobId": task.id,
    }


BEHAVIOURS = {"submit_snapshot_job": submit_snapshot_job, "list_snapshots": list_snapshots}

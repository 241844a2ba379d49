"""MPC's snapshots: create (queued or at once), query, cancel. Their list, their states and their status are their own.

Source: PY ThumbnailPara, CreateThumbReq, ThumbTask and their docstrings; OAS; DREF.
"""

from __future__ import annotations

from typing import Any

from mockcloud.model import Call
from mockcloud.state import ServiceState
from mockcloud.tasks import Status, Task

from .listing import cancel, default, new_task, outcome, page_of, shown_id, shown_time
from .obs import check_buckets, failure_of, length_of

Json = dict[str, Any]

FAMILY = "thumbnails"
CREATE = "CreateThumbnailsTask"
# Where the types that name points in time have them; TIME makes them from an interval.
_POINTS = {"DOTS": "dots", "DOTS_MS": "dots_ms"}


def create_thumbnails_task(call: Call, state: ServiceState) -> Json:
    """Begin a task; with sync it has ended when this returns. Refusal: MPC.10209 for its buckets."""
    check_buckets(call, state)
    failure = failure_of(call.parameters["input"], state)
    task = new_task(call, state, failure)
    task.data["folder"] = state.ids.hex(8)
    task.data["length"] = length_of(call.parameters["input"], state)
    if not call.parameters.get("sync", default(state, CREATE, "sync")):
        return {"task_id": shown_id(task, state)}
    end = task.family.steps[-1] if failure is None else task.family.failed
    assert end is not None  # noqa: S101 - the family has a word for failure
    state.force(task, end, failure)
    return _at_once(task, task.status(state.now()), state)


def _at_once(task: Task, status: Status, state: ServiceState) -> Json:
    points = _points(task, state)
    shown = _shown(task, status, state)
    names = ("task_id", "status", "create_time", "output", "output_file_name", "description")
    answer = {name: shown[name] for name in names if name in shown}
    return {**answer, **({"thumbnail_time": str(points[0])} if points else {})}


def list_thumbnails_task(call: Call, state: ServiceState) -> Json:
    """The tasks of a project, by id or by filters and page."""
    page = page_of(call, state, FAMILY)
    return {
        "task_array": [_shown(task, task.status(state.now()), state) for task in page.tasks],
        "is_truncated": int(page.has_more),
        "total": page.total,
    }


def delete_thumbnails_task(call: Call, state: ServiceState) -> None:
    """Cancel a task that waits. Refusal: MPC.10211, MPC.10212."""
    cancel(call, state, FAMILY)


def _shown(task: Task, status: Status, state: ServiceState) -> Json:
    request = task.request
    times = {"create_time": task.created, "end_time": status.ended}
    ended = outcome(task, status, state)
    return {
        "task_id": shown_id(task, state),
        "status": status.word,
        **{name: shown_time(at, state) for name, at in times.items() if at is not None},
        "input": request["input"],
        "output": request["output"],
        **({"user_data": request["user_data"]} if "user_data" in request else {}),
        **({"description": ended["description"]} if ended else {}),
        **(_results(task, state) if status.phase == "succeeded" else {}),
    }


def _results(task: Task, state: ServiceState) -> Json:
    """Where the pictures are and how they are called."""
    request = task.request
    output = dict(request["output"])
    if not request.get("original_dir", default(state, CREATE, "original_dir")):
        output["object"] = f"{output['object'].rstrip('/')}/{task.data['folder']}/"
    stem = request["thumbnail_para"].get("output_filename") or task.id
    points = _points(task, state)
    names = [f"{stem}.jpg"] if len(points) == 1 else [f"{stem}_{point}.jpg" for point in points]
    whole = names[0] if len(names) == 1 else ""
    if not request.get("tar", default(state, CREATE, "tar")):
        whole = f"{stem}.tar"
    return {
        "output": output,
        **({"output_file_name": whole} if whole else {}),
        "thumbnail_info": [{"pic_name": name} for name in names],
    }


def _points(task: Task, state: ServiceState) -> list[int]:
    """The points in time of the pictures: seconds, or milliseconds with DOTS_MS."""
    para = task.request["thumbnail_para"]

    def given(name: str) -> Any:
        return para.get(name, default(state, CREATE, "thumbnail_para", name))

    listed = _POINTS.get(given("type"))
    if listed is not None:
        points: list[int] = para.get(listed, [])
        return points
    start, length = given("start_time"), task.data["length"]
    end = min(length, start + para["duration"]) if para.get("duration") else length
    return list(range(start, end, given("time")))


BEHAVIOURS = {
    "create_thumbnails_task": create_thumbnails_task,
    "list_thumbnails_task": list_thumbnails_task,
    "delete_thumbnails_task": delete_thumbnails_task,
}

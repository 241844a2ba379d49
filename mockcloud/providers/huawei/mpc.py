"""MPC's animated graphics: create, query, cancel; and the names of all behaviours of the service.

Snapshots are in `thumbnails`, the calls of IAM in `iam`.
Source: seed 002; D57 to D59.
"""

from __future__ import annotations

from typing import Any

from mockcloud.model import Call
from mockcloud.state import ServiceState
from mockcloud.tasks import Status, Task

from . import iam, thumbnails
from .listing import cancel, default, new_task, outcome, page_of, shown_id, shown_time
from .obs import check_buckets, failure_of, stock_object

Json = dict[str, Any]

FAMILY = "animated-graphics"


def create_animated_graphics_task(call: Call, state: ServiceState) -> Json:
    """Begin a GIF. Refusal: MPC.10209 for its buckets."""
    check_buckets(call, state)
    task = new_task(call, state, failure_of(call.parameters["input"], state))
    return {"task_id": shown_id(task, state)}


def list_animated_graphics_task(call: Call, state: ServiceState) -> Json:
    """The tasks of a project, by id or by filters and page."""
    page = page_of(call, state, FAMILY)
    return {"total": page.total, "tasks": [_shown(task, task.status(state.now()), state) for task in page.tasks]}


def delete_animated_graphics_task(call: Call, state: ServiceState) -> None:
    """Cancel a task that waits. Refusal: MPC.10211, MPC.10212."""
    cancel(call, state, FAMILY)


def _shown(task: Task, status: Status, state: ServiceState) -> Json:
    request = task.request
    times = {"create_time": task.created, "start_time": status.started, "end_time": status.ended}
    output = dict(request["output"])
    if status.phase == "succeeded":
        output.setdefault("file_name", f"{task.id}.{_suffix(task, state)}")
    return {
        "task_id": shown_id(task, state),
        "status": status.word,
        **{name: shown_time(at, state) for name, at in times.items() if at is not None},
        **outcome(task, status, state),
        **({"user_data": request["user_data"]} if "user_data" in request else {}),
        "input": request["input"],
        "output": output,
        "output_param": request["output_param"],
    }


def _suffix(task: Task, state: ServiceState) -> str:
    usual = default(state, task.operation, "output_param", "format")
    suffix: str = task.request["output_param"].get("format", usual)
    return suffix


BEHAVIOURS = {
    "create_animated_graphics_task": create_animated_graphics_task,
    "list_animated_graphics_task": list_animated_graphics_task,
    "delete_animated_graphics_task": delete_animated_graphics_task,
    **thumbnails.BEHAVIOURS,
    **iam.BEHAVIOURS,
}
STOCK = {"object": stock_object, **iam.STOCK}

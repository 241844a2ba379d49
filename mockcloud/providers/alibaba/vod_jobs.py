"""What VOD's two kinds of jobs share: which belong to a video, and how one fails.

`state.memory["jobs"]` is plain data: {VideoId: [JobId, ...]}, oldest first.
"""

from __future__ import annotations

from typing import Any

from mockcloud.model import Call
from mockcloud.state import ServiceState
from mockcloud.tasks import Task

Json = dict[str, Any]


def begin(call: Call, state: ServiceState, video: Json, data: Json, failure: Json | None) -> str:
    """Begin a job on a video; its id."""
    job = state.ids.hex()
    state.add_task(job, call.operation, call.parameters, data={"VideoId": video["VideoId"], **data}, failure=failure)
    state.memory.setdefault("jobs", {}).setdefault(video["VideoId"], []).append(job)
    return job


def jobs_of(video: Json, operation: str, state: ServiceState) -> list[Task]:
    """The jobs of one kind on a video, oldest first."""
    ids: list[str] = state.memory.get("jobs", {}).get(video["VideoId"], [])
    found = (state.tasks.get(job) for job in ids)
    return [task for task in found if task is not None and task.operation == operation]


def nothing_left(state: ServiceState, name: str) -> Json:
    """Why a job fails that begins behind the end of its video."""
    code = state.service.refusals["default"].code
    return {"code": code, "message": state.service.error(code).message.replace("%s", name)}


def failure_of(task: Task, state: ServiceState) -> Json:
    """ErrorCode and ErrorMessage of a failed job; without a reason given, that of the service for its own trouble."""
    failure = task.failure or {}
    code = str(failure.get("code") or state.service.refusals["internal"].code)
    known = next((entry.message for entry in state.service.errors if entry.code == code), "")
    return {"ErrorCode": code, "ErrorMessage": failure.get("message") or known}

"""What the families of MPC share: ids, finding the tasks of a project, pages, times. What differs stays with each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mockcloud.model import Call, Refusal
from mockcloud.state import ServiceState
from mockcloud.tasks import Status, Task

Json = dict[str, Any]

COMPACT = "%Y%m%d%H%M%S"
SUCCESS = "MPC.10218"
SOME_FAILURE = "MPC.10125"
_SECOND = 1.0 - 1e-6


@dataclass(frozen=True, slots=True)
class Page:
    """What a query shows. total: what matches before paging; has_more: whether later pages show further tasks."""

    tasks: list[Task]
    total: int
    has_more: bool


def new_task(call: Call, state: ServiceState, failure: Json | None) -> Task:
    """Begin a task in the project of the path."""
    number = state.ids.count("task", start=int(state.service.limit("first-task-id")))
    return state.add_task(
        str(number), call.operation, call.parameters, data={"project": call.place["project_id"]}, failure=failure
    )


def default(state: ServiceState, operation: str, *path: str) -> Any:
    """The documented default of a parameter."""
    schema = state.service.operations[operation].input
    for name in path:
        schema = schema["properties"][name]
    return schema["default"]


def page_of(call: Call, state: ServiceState, family: str) -> Page:
    """The tasks of a family and project that a list call asks for, newest first.

    Looking at a task moves it on in the `polls` mode; with a status filter all that might match are looked at.
    """
    parameters, is_own = call.parameters, _owned(call, family)
    after, before = parameters.get("start_time"), parameters.get("end_time")
    if "task_id" in parameters:
        named = [state.tasks.get(task_id) for task_id in dict.fromkeys(parameters["task_id"])]
        found = sorted((task for task in named if task is not None and is_own(task)), key=_age, reverse=True)
        offset, size = 0, len(found)
    else:
        found, _ = state.tasks.select(
            state.now(),
            after=None if after is None else _moment(after),
            before=None if before is None else _moment(before) + _SECOND,
            where=is_own,
        )
        size = parameters.get("size", default(state, call.operation, "size"))
        offset = size * parameters.get("page", default(state, call.operation, "page"))
    if "status" in parameters:
        found = [task for task in found if state.read(task).word == _word(task, parameters["status"])]
    page = found[offset : offset + size]
    if "status" not in parameters:
        for task in page:
            state.read(task)
    return Page(page, len(found), offset + size < len(found))


def _owned(call: Call, family: str) -> Callable[[Task], bool]:
    project = call.place["project_id"]
    return lambda task: task.family.name == family and task.data["project"] == project


def _age(task: Task) -> int:
    return task.number


def _word(task: Task, wanted: str) -> str | int:
    """The state that a filter means: PREPROCESSING, no state of any task, is another word for the running one."""
    return wanted if wanted in task.family.words() else task.family.steps[task.family.queued]


def cancel(call: Call, state: ServiceState, family: str) -> None:
    """Cancel a task that waits. Refusal: the rules task-exists and task-queued of the operation."""
    task_id = call.parameters["task_id"]
    task = state.tasks.get(task_id)
    if task is None or not _owned(call, family)(task):
        raise _unknown(call, state, family)
    status = task.status(state.now())
    if status.phase != "queued":
        detail = f"task {task_id} is {status.word}; only tasks that wait can be cancelled"
        raise state.breaks(call.operation, "task-queued", "/task_id", task_id, detail)
    state.cancel(task)


def _unknown(call: Call, state: ServiceState, family: str) -> Refusal:
    known = [task.id for task in state.tasks if _owned(call, family)(task)][-3:]
    there_are = f"the newest are {', '.join(known)}" if known else "there is none yet"
    detail = f"project {call.place['project_id']} has no such {family} task; {there_are}"
    return state.breaks(call.operation, "task-exists", "/task_id", call.parameters["task_id"], detail)


def shown_id(task: Task, state: ServiceState) -> str | int:
    """The id of a task, a number with the option types."""
    return int(task.id) if state.option("types") == "numbers" else task.id


def shown_time(seconds: float, state: ServiceState) -> str | int:
    """A moment as yyyymmddhhmmss in UTC, a number with the option types."""
    text = datetime.fromtimestamp(seconds, UTC).strftime(COMPACT)
    return int(text) if state.option("types") == "numbers" else text


def _moment(text: str) -> float:
    return datetime.strptime(text, COMPACT).replace(tzinfo=UTC).timestamp()


def outcome(task: Task, status: Status, state: ServiceState) -> Json:
    """error_code and description of a task that ended well or badly; {} of any other."""
    if status.phase == "succeeded":
        return {"error_code": SUCCESS, "description": state.service.error(SUCCESS).message}
    if status.phase != "failed":
        return {}
    failure = task.failure or {}
    code = failure.get("code", SOME_FAILURE)
    return {"error_code": code, "description": failure.get("message") or state.service.error(code).message}

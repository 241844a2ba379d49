"""What the families of MPC share: ids, finding the tasks of a project, pages, times. What differs stays with each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mockcloud.contract.spec import Family
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
    """Begin a task in the project of the path. It keeps what is documented, so that this alone is ever shown."""
    number = state.ids.count("task", start=int(state.service.limit("first-task-id")))
    project = call.place["project_id"]
    request = _documented(call.parameters, state.service.operations[call.operation].input)
    return state.add_task(
        str(number), call.operation, request, group=project, data={"project": project}, failure=failure
    )


def _documented(given: Json, schema: Json) -> Json:
    members = schema["properties"]
    return {
        name: _documented(value, members[name]) if isinstance(value, dict) else value
        for name, value in given.items()
        if name in members
    }


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
    if "task_id" in parameters:
        named = [state.tasks.get(task_id) for task_id in dict.fromkeys(parameters["task_id"])]
        found = sorted((task for task in named if task is not None and is_own(task)), key=_age, reverse=True)
        found = _read(found, call, state)
        return Page(found, len(found), False)
    size = parameters.get("size", default(state, call.operation, "size"))
    offset = size * parameters.get("page", default(state, call.operation, "page"))
    if "status" in parameters and state.settings.progress.mode == "polls":
        found = _read(_selected(call, state, family)[0], call, state)
        return Page(found[offset : offset + size], len(found), offset + size < len(found))
    status = parameters.get("status")
    words = None if status is None else frozenset({_word(state.service.families[family], status)})
    page, total = _selected(call, state, family, words=words, offset=offset, limit=size)
    for task in page:
        state.read(task)
    return Page(page, total, offset + size < total)


def _selected(call: Call, state: ServiceState, family: str, **more: Any) -> tuple[list[Task], int]:
    """The tasks of the family and the project that were made in the time that was asked for."""
    after, before = call.parameters.get("start_time"), call.parameters.get("end_time")
    return state.tasks.select(
        state.now(),
        family=family,
        group=call.place["project_id"],
        after=None if after is None else _moment(after),
        before=None if before is None else _moment(before) + _SECOND,
        **more,
    )


def _read(tasks: list[Task], call: Call, state: ServiceState) -> list[Task]:
    """The tasks that are in the state that was asked for, all of them looked at."""
    wanted = call.parameters.get("status")
    return [task for task in tasks if state.read(task).word == _word(task.family, wanted) or wanted is None]


def _owned(call: Call, family: str) -> Callable[[Task], bool]:
    project = call.place["project_id"]
    return lambda task: task.family.name == family and task.data["project"] == project


def _age(task: Task) -> int:
    return task.number


def _word(family: Family, wanted: str | None) -> str | int:
    """The state that a filter means: PREPROCESSING, no state of any task, is another word for the running one."""
    return wanted if wanted in family.words() else family.steps[family.queued]


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
    newest, _ = _selected(call, state, family, limit=3)
    known = [task.id for task in reversed(newest)]
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

"""A client of MultimediaAI's video GIF tasks, written from its documents: blocking, with requests.

Refuses what the documents forbid before anything is sent. CreateGifTask has no key against doubles, so that a create
whose answer is lost is not repeated.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .rpc import ApiError, BadAnswer, Json, MultimediaError, NoAnswer, Rpc, Signer

__all__ = [
    "ApiError",
    "BadAnswer",
    "GifClient",
    "InvalidRequest",
    "MultimediaError",
    "NoAnswer",
    "StillRunning",
    "Task",
    "TaskFailed",
]

VERSION = "2019-08-10"
LONG = 2**63
WAITING, RUNNING, SUCCEEDED, FAILED = 0, 1, 2, 3
STATES = (WAITING, RUNNING, SUCCEEDED, FAILED)
SERVICE_TYPES = (1, 2, 3)
PAGE_SIZE = 50


class InvalidRequest(ValueError):
    """The documents forbid this; nothing was sent."""


class TaskFailed(MultimediaError):
    """A task ended without a GIF. task: what the service says about it."""

    def __init__(self, task: Task) -> None:
        told = ", ".join(part for part in (task.error_code, task.error_name, task.error_message) if part)
        super().__init__(f"task {task.task_id} failed: {told or 'no reason given'}")
        self.task = task


class StillRunning(MultimediaError):
    """A task has not ended within the time that was given to it."""


@dataclass(frozen=True, slots=True)
class Task:
    """A task as GetTaskResult or ListTasks describes it; what is not told is None.

    status       0 waiting, 1 running, 2 succeeded, 3 failed; other numbers are states of later versions
    result_url   where the result is, once there is one
    """

    task_id: int
    status: int
    application_id: str | None = None
    video_name: str | None = None
    video_url: str | None = None
    result_url: str | None = None
    error_code: str | None = None
    error_name: str | None = None
    error_message: str | None = None
    error_reason: str | None = None


class GifClient:
    """Tasks that make animated covers of videos. One instance is for one thread."""

    protocol = Rpc

    def __init__(
        self,
        url: str,
        access_key_id: str,
        access_key_secret: str,
        *,
        answer_format: str = "JSON",
        timeout_s: float = 10.0,
    ) -> None:
        signer = Signer(access_key_id, access_key_secret)
        self.rpc = self.protocol(url, signer, VERSION, answer_format=answer_format, timeout_s=timeout_s)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.rpc!r})"

    def create_gif_task(
        self,
        application_id: str,
        callback_url: str,
        template_id: int,
        video_name: str,
        video_url: str,
        scales: str | None = None,
    ) -> int:
        """Submit a task and give its id. All but scales are mandatory, and empty counts as missing."""
        parameters = {
            "ApplicationId": self.mandatory("ApplicationId", application_id),
            "CallbackUrl": self.mandatory("CallbackUrl", callback_url),
            "TemplateId": str(long("TemplateId", template_id)),
            "VideoName": self.mandatory("VideoName", video_name),
            "VideoUrl": self.mandatory("VideoUrl", video_url),
        }
        if scales is not None:
            parameters["Scales"] = a_text("Scales", scales)
        answer = self.rpc.change("CreateGifTask", parameters)
        return self.read_id(answer)

    def mandatory(self, name: str, value: Any) -> str:
        """A text with something in it."""
        if not a_text(name, value):
            raise InvalidRequest(f"{name} is mandatory and must not be empty")
        return str(value)

    def read_id(self, answer: Json) -> int:
        """The task's id, exactly, also where it came as text."""
        return whole_number("TaskId", answer.get("TaskId"))

    def status(self, task_id: int) -> int:
        """The state of a task."""
        answer = self.rpc.read("GetTaskStatus", {"TaskId": str(long("TaskId", task_id))})
        return self.read_status(answer)

    def read_status(self, members: Json) -> int:
        """A state, known or not."""
        return whole_number("Status", members.get("Status"))

    def result(self, task_id: int) -> Task:
        """What is known about a task, its result among it when there is one."""
        answer = self.rpc.read("GetTaskResult", {"TaskId": str(long("TaskId", task_id))})
        found = answer.get("Result")
        return self.task_of(task_id, self.read_status(answer), found if isinstance(found, dict) else {})

    def results(self, task_ids: Iterable[int]) -> list[Task]:
        """What is known about several tasks, one request for each: the service has no query for many."""
        return [self.result(task_id) for task_id in task_ids]

    def task_of(self, task_id: int, status: int, members: Json) -> Task:
        """A task from the members of an answer; whatever is not known here is passed over."""
        return Task(
            task_id=task_id,
            status=status,
            application_id=text(members.get("ApplicationId")),
            video_name=text(members.get("VideoName")),
            video_url=text(members.get("VideoUrl")),
            result_url=text(members.get("ProcessResultUrl")),
            error_code=text(members.get("ErrorCode")),
            error_name=text(members.get("ErrorName")),
            error_message=text(members.get("ErrorMessage")),
            error_reason=text(members.get("ErrorReason")),
        )

    def tasks(
        self,
        *,
        status: int | None = None,
        application_name: str | None = None,
        task_id: int | None = None,
        service_type: int | None = None,
        page_size: int = PAGE_SIZE,
    ) -> list[Task]:
        """All tasks that the filters let through, each once, read page by page."""
        filters = self.filters(status, application_name, task_id, service_type)
        if isinstance(page_size, bool) or not isinstance(page_size, int) or page_size < 1:
            raise InvalidRequest(f"PageSize is a whole number from 1, not {page_size!r}")
        found: dict[int, Task] = {}
        for tasks in self.pages(filters, page_size):
            for task in tasks:
                found.setdefault(task.task_id, task)
        return list(found.values())

    def filters(
        self, status: int | None, application_name: str | None, task_id: int | None, service_type: int | None
    ) -> dict[str, str]:
        """The filters as parameters, those that were given."""
        filters: dict[str, str] = {}
        if status is not None:
            filters["Status"] = str(one_of("Status", status, STATES))
        if application_name is not None:
            filters["ApplicationName"] = a_text("ApplicationName", application_name)
        if task_id is not None:
            filters["TaskId"] = str(long("TaskId", task_id))
        if service_type is not None:
            filters["ServiceType"] = str(one_of("ServiceType", service_type, SERVICE_TYPES))
        return filters

    def pages(self, filters: dict[str, str], page_size: int) -> Iterator[list[Task]]:
        """Page after page, from the first to the one that reaches the total.

        A task that is submitted meanwhile moves the others back: they come twice, and the total says so.
        """
        number = 1
        while True:
            answer = self.page(filters, number, page_size)
            tasks = [self.listed(members) for members in as_list(answer.get("Tasks"))]
            yield tasks
            total = answer.get("TotalCount")
            if is_told(total):
                is_last = number * page_size >= whole_number("TotalCount", total)
            else:
                is_last = len(tasks) < page_size
            if is_last or not tasks:
                return
            number += 1

    def page(self, filters: dict[str, str], number: int, page_size: int) -> Json:
        """One page. BadAnswer when there is no list in it."""
        parameters = {**filters, "PageNumber": str(number), "PageSize": str(page_size)}
        answer = self.rpc.read("ListTasks", parameters)
        if "Tasks" not in answer and "TotalCount" not in answer:
            raise BadAnswer("ListTasks: neither Tasks nor TotalCount")
        return answer

    def listed(self, members: Any) -> Task:
        """One element of a list."""
        if not isinstance(members, dict):
            raise BadAnswer("ListTasks: a task that is no object")
        return self.task_of(self.read_id(members), self.read_status(members), members)

    def wait(self, task_id: int, *, timeout_s: float = 600.0, every_s: float = 5.0) -> Task:
        """Wait until a task has ended, and give its result.

        TaskFailed: it ended without one. StillRunning: it did not end in time, in whatever state it is.
        ApiError ResourceNotFound: there is no such task (any more).
        """
        deadline = time.monotonic() + timeout_s
        while True:
            status = self.status(task_id)
            if self.is_over(task_id, status):
                return self.result(task_id)
            if time.monotonic() + every_s > deadline:
                raise StillRunning(f"task {task_id} is in state {status} after {timeout_s:g} s")
            time.sleep(every_s)

    def is_over(self, task_id: int, status: int) -> bool:
        """Whether a task has succeeded. TaskFailed: it has failed."""
        if status == FAILED:
            raise TaskFailed(self.failure(task_id))
        return status == SUCCEEDED

    def failure(self, task_id: int) -> Task:
        """Why a task failed, as far as the service says so."""
        try:
            return self.result(task_id)
        except MultimediaError:
            return Task(task_id, FAILED)


def a_text(name: str, value: Any) -> str:
    """A text, perhaps empty."""
    if not isinstance(value, str):
        raise InvalidRequest(f"{name} is a text, not {value!r}")
    return value


def long(name: str, value: Any) -> int:
    """A whole number of 64 bits."""
    if isinstance(value, bool) or not isinstance(value, int) or not -LONG <= value < LONG:
        raise InvalidRequest(f"{name} is a whole number of 64 bits, not {value!r}")
    return value


def one_of(name: str, value: Any, allowed: tuple[int, ...]) -> int:
    """One of a few numbers."""
    if isinstance(value, bool) or value not in allowed:
        raise InvalidRequest(f"{name} is one of {allowed}, not {value!r}")
    return int(value)


def is_told(value: Any) -> bool:
    """Whether a member of an answer holds anything."""
    return value is not None and value != ""


def text(value: Any) -> str | None:
    """A member of an answer as text; numbers come where text is documented, and null where nothing is."""
    return str(value) if isinstance(value, str | int | float) and value != "" else None


def whole_number(name: str, value: Any) -> int:
    """A whole number of an answer, exactly; XML has only text, and JSON sometimes. BadAnswer when it is none."""
    try:
        return int(str(value))
    except ValueError:
        raise BadAnswer(f"{name} is no whole number: {value!r}") from None


def as_list(value: Any) -> list[Any]:
    """A list of an answer: in XML a single element is not told apart from a list of one."""
    if not is_told(value):
        return []
    return value if isinstance(value, list) else [value]

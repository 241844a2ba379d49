"""A client of Huawei Cloud's animated GIF tasks, written from its documents: blocking, with requests.

Signs for itself, refuses what the documents forbid, repeats only what the gateway says it did not take.
"""

from __future__ import annotations

import json
import logging
import random
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import requests

from .limits import IDS_AT_ONCE, PAGE_LIMIT, TASK_ID_LIMIT, Checks, Gif, InvalidRequest, ObsObject, id_text, text
from .signature import AccessKey, encoded, query_string, sign

log = logging.getLogger(__name__)

# The gateway says with these that no backend has seen the request, so that even a create may be sent again.
BUSY = ("APIGW.0308", "APIGW.0613")
BUSY_STATUS = (429, 503)
PAUSES_S = (0.5, 1.0, 2.0)
LONGEST_INTERVAL_S = 20.0
QUEUED, RUNNING = ("INIT", "WAITING"), ("PROCESSING",)
SUCCEEDED, LOST = "SUCCEED", ("FAILED", "CANCELED")
PAGE_SIZE = 100


class GifError(Exception):
    """Anything that went wrong after something was sent."""


class ApiError(GifError):
    """MPC or its gateway refused. code as documented, http_status, request_id, message."""

    def __init__(self, code: str, http_status: int, request_id: str, message: str) -> None:
        super().__init__(f"{code} (HTTP {http_status}, request {request_id or 'unknown'}): {message}")
        self.code = code
        self.http_status = http_status
        self.request_id = request_id
        self.message = message


class BadAnswer(GifError):
    """An answer came, but it is none that the documents know."""


class NoAnswer(GifError):
    """The connection failed, or nothing came in time. Whether the request was obeyed is unknown."""


class TaskFailed(GifError):
    """A task ended without a GIF. task: how it ended."""

    def __init__(self, task: Task) -> None:
        super().__init__(f"task {task.task_id} is {task.status}: {task.error_code or ''} {task.description or ''}")
        self.task = task


class TaskVanished(GifError):
    """The service does not know the task any more."""


class StillRunning(GifError):
    """The task had not ended within the time given."""


@dataclass(frozen=True, slots=True)
class Task:
    """A task as the service tells of it. Times: yyyymmddhhmmss, UTC; what was not told is None or empty."""

    task_id: str
    status: str
    create_time: str | None = None
    start_time: str | None = None
    end_time: str | None = None
    error_code: str | None = None
    description: str | None = None
    user_data: str | None = None
    input: Mapping[str, Any] = field(default_factory=dict)
    output: Mapping[str, Any] = field(default_factory=dict)
    output_param: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, headers, bytes."""

    status: int
    request_id: str
    body: bytes


class GifClient(Checks):
    """Creates, queries, lists, cancels and awaits GIF tasks of one project.

    endpoint   "https://mpc.cn-north-4.myhuaweicloud.com"
    timeout_s  for connecting, and for each wait for the answer's head or body
    """

    def __init__(self, endpoint: str, project_id: str, key: AccessKey, timeout_s: float = 10.0) -> None:
        self.endpoint = endpoint.rstrip("/")
        self.host = urlsplit(endpoint).netloc
        self.project_id = text("project_id", project_id, 64)
        self.key = key
        self.timeout_s = timeout_s
        self.session = requests.Session()
        # Neither proxies nor a .netrc, which would replace the Authorization header.
        self.session.trust_env = False

    def __repr__(self) -> str:
        return f"GifClient({self.endpoint!r}, {self.project_id!r})"

    # What a user calls

    def create(self, source: ObsObject, output: ObsObject, gif: Gif, user_data: str | None = None) -> str:
        """Start a task; gives its id. InvalidRequest: nothing was sent. NoAnswer: it may have been started."""
        self.check_create(source, output, gif, user_data)
        answer = self.call("POST", body=self.create_body(source, output, gif, user_data))
        task_id = self.read_id(self.read_object(answer).get("task_id"))
        log.info("task %s created", task_id)
        return task_id

    def query(self, task_ids: list[str]) -> list[Task]:
        """The tasks, in the order asked for; those that the service does not know are left out."""
        if isinstance(task_ids, str):
            raise InvalidRequest("task_ids: a list is needed")
        wanted = list(dict.fromkeys(text("task_id", id_text(task_id)) for task_id in task_ids))
        found: dict[str, Task] = {}
        for chunk in self.chunks(wanted):
            for task in self.read_tasks(self.call("GET", [("task_id", task_id) for task_id in chunk])):
                found[task.task_id] = task
        return [found[task_id] for task_id in wanted if task_id in found]

    def list(
        self,
        status: str | None = None,
        start_time: datetime | str | None = None,
        end_time: datetime | str | None = None,
        size: int = PAGE_SIZE,
    ) -> list[Task]:
        """All tasks that fit, each once, newest first as the service gives them. size: of one page."""
        self.check_size_of_page(size)
        filters = [("size", str(size))]
        if status is not None:
            self.check_status(status)
            filters.append(("status", status))
        if start_time is not None:
            filters.append(("start_time", self.time_text("start_time", start_time)))
        if end_time is not None:
            filters.append(("end_time", self.time_text("end_time", end_time)))
        found: dict[str, Task] = {}
        for tasks in self.pages(filters, size):
            for task in tasks:
                found.setdefault(task.task_id, task)
        return list(found.values())

    def cancel(self, task_id: str) -> None:
        """Cancel a task that is still queued."""
        answer = self.call("DELETE", [("task_id", text("task_id", id_text(task_id), TASK_ID_LIMIT))])
        if answer.status != 204:
            raise BadAnswer(f"HTTP {answer.status} in place of 204")

    def wait(self, task_id: str, timeout_s: float = 600.0, interval_s: float = 2.0) -> Task:
        """The task once it has succeeded; asks less often as time goes by.

        TaskFailed, TaskVanished; StillRunning after timeout_s.
        """
        deadline, waited_s = time.monotonic() + timeout_s, 0.0
        while True:
            tasks = self.query([task_id])
            if not tasks:
                raise TaskVanished(f"task {task_id} is unknown")
            if self.is_over(tasks[0]):
                return tasks[0]
            if waited_s >= timeout_s or time.monotonic() >= deadline:
                raise StillRunning(f"task {task_id} has not ended within {timeout_s} s")
            time.sleep(interval_s)
            waited_s, interval_s = waited_s + interval_s, min(interval_s * 1.5, LONGEST_INTERVAL_S)

    # What is sent

    def create_body(self, source: ObsObject, output: ObsObject, gif: Gif, user_data: str | None) -> dict[str, Any]:
        """The body of a create, without what was not given."""
        body = {"input": object_body(source), "output": object_body(output), "output_param": self.gif_body(gif)}
        return body if user_data is None else {**body, "user_data": user_data}

    def gif_body(self, gif: Gif) -> dict[str, Any]:
        """output_param, in milliseconds as documented."""
        body = {
            "format": gif.format,
            "width": gif.width,
            "height": gif.height,
            "start": gif.start_ms,
            "end": gif.end_ms,
        }
        return body if gif.frame_rate is None else {**body, "frame_rate": gif.frame_rate}

    def chunks(self, task_ids: list[str]) -> Iterator[list[str]]:
        """Ids in groups that one query may ask for."""
        for first in range(0, len(task_ids), IDS_AT_ONCE):
            yield task_ids[first : first + IDS_AT_ONCE]

    def pages(self, filters: list[tuple[str, str]], size: int) -> Iterator[list[Task]]:
        """Page after page from 0. A short page is the last one unless the total says that more is to come."""
        for page in range(PAGE_LIMIT + 1):
            answer = self.call("GET", [*filters, ("page", str(page))])
            tasks = self.read_tasks(answer)
            if not tasks:
                return
            yield tasks
            total = number(self.read_object(answer).get("total")) or 0
            if len(tasks) < size and total <= (page + 1) * size:
                return
        raise BadAnswer(f"more than {PAGE_LIMIT} pages")

    def call(self, method: str, query: list[tuple[str, str]] | None = None, body: Any = None) -> Answer:
        """Send a request, again after a growing pause while the gateway is busy. ApiError, BadAnswer, NoAnswer."""
        for pause_s in (*PAUSES_S, None):
            answer = self.send(method, query or [], body)
            problem = self.read_error(answer)
            if problem is None:
                return answer
            if pause_s is None or not self.may_repeat(method, problem):
                raise problem
            log.warning("%s repeated after %s", method, problem.code)
            time.sleep(pause_s + random.uniform(0, 0.1 * pause_s))
        raise AssertionError("unreachable")

    def may_repeat(self, method: str, problem: ApiError) -> bool:
        """Whether the same request may be sent once more: never when it might start a second task."""
        return problem.code in BUSY or (method == "GET" and problem.http_status in BUSY_STATUS)

    def send(self, method: str, query: list[tuple[str, str]], body: Any) -> Answer:
        """Sign and send once."""
        path = f"/v1/{encoded(self.project_id)}/animated-graphics"
        content = b"" if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {"Host": self.host, "Content-Type": "application/json", "X-Project-Id": self.project_id}
        asked = query_string(query)
        signed = sign(self.key, method, path, asked, headers, content, self.now())
        return self.exchange(method, f"{self.endpoint}{path}{'?' if asked else ''}{asked}", signed, content)

    def exchange(self, method: str, url: str, headers: dict[str, str], content: bytes) -> Answer:
        """One request over the wire, redirects not followed."""
        try:
            response = self.session.request(
                method, url, headers=headers, data=content or None, timeout=self.timeout_s, allow_redirects=False
            )
        except (requests.RequestException, ValueError) as problem:  # a Location that is no URL is a ValueError
            raise NoAnswer(f"{method} animated-graphics: {type(problem).__name__}") from problem
        return Answer(response.status_code, response.headers.get("X-Request-Id", ""), response.content)

    def now(self) -> datetime:
        """The moment that a request is dated with."""
        return datetime.now(UTC)

    # What came back

    def read_error(self, answer: Answer) -> ApiError | None:
        """The documented error in an answer, None when it is none. BadAnswer: neither success nor such an error."""
        if answer.status == 204:
            return None
        body = decoded(answer)
        code = label(body.get("error_code")) if isinstance(body, dict) else None
        if code is not None:
            message = label(body.get("error_msg")) or ""
            return ApiError(code, answer.status, answer.request_id or label(body.get("request_id")) or "", message)
        if not 200 <= answer.status < 300:
            raise BadAnswer(f"HTTP {answer.status} without an error code")
        return None

    def read_object(self, answer: Answer) -> dict[str, Any]:
        """The JSON object of an answer."""
        body = decoded(answer)
        if not isinstance(body, dict):
            raise BadAnswer(f"HTTP {answer.status} without a JSON object")
        return body

    def read_id(self, value: Any) -> str:
        """A task id; the tables call it text, an example shows a number."""
        task_id = label(value)
        if not task_id:
            raise BadAnswer("no task_id in the answer")
        return task_id

    def read_tasks(self, answer: Answer) -> list[Task]:
        """The tasks of an answer; none at all only when the total says so."""
        body = self.read_object(answer)
        tasks = body.get("tasks")
        if tasks is None and number(body.get("total")) == 0:
            return []
        if not isinstance(tasks, list) or not all(isinstance(task, dict) for task in tasks):
            raise BadAnswer("no list of tasks in the answer")
        return [self.read_task(task) for task in tasks]

    def read_task(self, told: dict[str, Any]) -> Task:
        """One task. What is unknown is passed over, what is missing stays empty."""
        return Task(
            task_id=self.read_id(told.get("task_id")),
            status=label(told.get("status")) or "",
            create_time=label(told.get("create_time")),
            start_time=label(told.get("start_time")),
            end_time=label(told.get("end_time")),
            error_code=label(told.get("error_code")),
            description=label(told.get("description")),
            user_data=label(told.get("user_data")),
            input=section(told.get("input")),
            output=section(told.get("output")),
            output_param=section(told.get("output_param")),
        )

    def is_over(self, task: Task) -> bool:
        """Whether it has succeeded. TaskFailed: it ended otherwise. A state that nobody knows yet is not the end."""
        if task.status in LOST:
            raise TaskFailed(task)
        if task.status not in (*QUEUED, *RUNNING, SUCCEEDED):
            log.warning("task %s is in the unknown state %r", task.task_id, task.status)
        return task.status == SUCCEEDED


def object_body(place: ObsObject) -> dict[str, str]:
    """An ObsObjInfo."""
    body = {"bucket": place.bucket, "location": place.location, "object": place.object}
    return body if place.file_name is None else {**body, "file_name": place.file_name}


def decoded(answer: Answer) -> Any:
    """The JSON of an answer, None when it is none that can be read."""
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return None


def label(value: Any) -> str | None:
    """A text, also where an integer stands for it."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else None


def number(value: Any) -> int | None:
    """An integer, also where text stands for it."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else None


def section(value: Any) -> Mapping[str, Any]:
    """A nested object, an empty one where there is none."""
    return value if isinstance(value, dict) else {}

"""A client of JD Cloud's thumbnail tasks, written from its documents: coroutines, with httpx.

Signs for itself, refuses what the documents forbid, repeats only what was refused for too many requests.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import ssl
import uuid
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpx

from .limits import Checks, InvalidRequest, Notification, Rule, Source, Target, text
from .signature import ALGORITHM, AccessKey, authorization, encoded, query_string

log = logging.getLogger(__name__)

# Three pages of the documents have three names for one thing. Such a request was not taken.
TOO_MANY = ("RATE_LIMIT", "HTTP_RATE_LIMIT_EXCEEDED", "RATE_LIMIT_EXCEEDED")
UNAVAILABLE = ("UNAVAILABLE", "HTTP_SERVICE_UNAVAILABLE")
PAUSES_S = (0.5, 1.0, 2.0)
LONGEST_INTERVAL_S = 20.0
# A task's words and, where the list query spells them otherwise, those as well.
WAITING, RUNNING = ("PENDDING", "PENDING"), ("RUNNING",)
DONE, LOST = ("SUCCESS",), ("ERROR", "FAILED")
AT_ONCE = 4


class ThumbnailError(Exception):
    """Anything that went wrong after something was sent."""


class ApiError(ThumbnailError):
    """The service or its gateway refused. code: the error's name ("ACCESS_ERROR"), http_status, request_id, message."""

    def __init__(self, code: str, http_status: int, request_id: str, message: str) -> None:
        super().__init__(f"{code} (HTTP {http_status}, request {request_id or 'unknown'}): {message}")
        self.code = code
        self.http_status = http_status
        self.request_id = request_id
        self.message = message


class BadAnswer(ThumbnailError):
    """An answer came, but it is none that the documents know."""


class NoAnswer(ThumbnailError):
    """The connection failed, or nothing came in time. Whether the request was obeyed is unknown."""


class TaskFailed(ThumbnailError):
    """A task ended without pictures. task: how it ended."""

    def __init__(self, task: Task) -> None:
        super().__init__(f"task {task.task_id} is {task.status}, error code {task.error_code}")
        self.task = task


class TaskVanished(ApiError):
    """The service does not know a task any more that was waited for."""


class StillRunning(ThumbnailError):
    """The task had not ended within the time given."""


@dataclass(frozen=True, slots=True)
class Task:
    """A task as the service tells of it. Times: ISO 8601, GMT; what was not told is None or empty."""

    task_id: str
    status: str
    error_code: str | None = None
    created_time: str | None = None
    last_updated_time: str | None = None
    source: Mapping[str, Any] = field(default_factory=dict)
    target: Mapping[str, Any] = field(default_factory=dict)
    rule: Mapping[str, Any] = field(default_factory=dict)
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, request id of the header, bytes."""

    status: int
    request_id: str
    body: bytes


class ThumbnailClient(Checks):
    """Creates, reads, lists and awaits thumbnail tasks of one region; reads and sets the notification.

    endpoint   "https://mps.jdcloud-api.com"
    timeout_s  for one request, from connecting to the last byte
    """

    def __init__(self, endpoint: str, region: str, key: AccessKey, timeout_s: float = 10.0) -> None:
        self.endpoint = endpoint.rstrip("/")
        self.host = urlsplit(endpoint).netloc
        self.region = text("region", region)
        self.key = key
        self.timeout_s = timeout_s
        # A connection that was kept may be closed just when a create goes out on it, and a create is not repeated.
        self.http = httpx.AsyncClient(
            timeout=timeout_s,
            trust_env=False,
            follow_redirects=False,
            limits=httpx.Limits(max_keepalive_connections=0),
            verify=_tls(),
        )

    def __repr__(self) -> str:
        return f"ThumbnailClient({self.endpoint!r}, {self.region!r})"

    # What a user calls

    async def create(self, source: Source, target: Target, rule: Rule | None = None) -> str:
        """Start a task; gives its id. InvalidRequest: nothing was sent. NoAnswer: it may have been started."""
        self.check_create(source, target, rule or Rule())
        told = await self.call("POST", "/thumbnail", body=self.create_body(source, target, rule))
        task_id = self.read_id(self.unwrapped(told, "thumbnailTaskID").get("taskID"))
        log.info("task %s created", task_id)
        return task_id

    async def get(self, task_id: str) -> Task:
        """One task. ApiError NOT_FOUND: there is none."""
        told = await self.call("GET", f"/thumbnail/{encoded(text('task_id', task_id))}")
        return self.read_task(self.unwrapped(told, "thumbnailTask"))

    async def query(self, task_ids: list[str]) -> list[Task]:
        """Several tasks, in the order asked for; a few at a time. Raises what the first of them raises."""
        if isinstance(task_ids, str):
            raise InvalidRequest("task_ids: a list is needed")
        wanted = [text("task_id", task_id) for task_id in task_ids]
        places = asyncio.Semaphore(AT_ONCE)

        async def one(task_id: str) -> Task:
            async with places:
                return await self.get(task_id)

        # Nothing is left running behind an exception.
        results = await asyncio.gather(*(one(task_id) for task_id in wanted), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return [result for result in results if isinstance(result, Task)]

    async def list(
        self,
        status: str | None = None,
        begin: datetime | str | None = None,
        end: datetime | str | None = None,
        limit: int | None = None,
    ) -> list[Task]:
        """All tasks that fit, each once, in the order of the service. limit: tasks of one page."""
        self.check_list(status, limit)
        filters = [("status", status)] if status is not None else []
        if begin is not None:
            filters.append(("begin", self.time_text("begin", begin)))
        if end is not None:
            filters.append(("end", self.time_text("end", end)))
        if limit is not None:
            filters.append(("limit", str(limit)))
        found: dict[str, Task] = {}
        async for tasks in self.pages(filters):
            for task in tasks:
                found.setdefault(task.task_id, task)
        return [*found.values()]

    async def wait(self, task_id: str, timeout_s: float = 600.0, interval_s: float = 2.0) -> Task:
        """The task once it has succeeded; asks less often as time goes by.

        TaskFailed, TaskVanished; StillRunning after timeout_s.
        """
        loop = asyncio.get_running_loop()
        deadline, waited_s = loop.time() + timeout_s, 0.0
        while True:
            task = await self.look(task_id)
            if self.is_over(task):
                return task
            if waited_s >= timeout_s or loop.time() >= deadline:
                raise StillRunning(f"task {task_id} has not ended within {timeout_s} s")
            await asyncio.sleep(interval_s)
            waited_s, interval_s = waited_s + interval_s, min(interval_s * 1.5, LONGEST_INTERVAL_S)

    async def get_notification(self) -> Notification:
        """The notification of the region."""
        told = self.unwrapped(await self.call("GET", "/notification"), "notification")
        events = told.get("events")
        return Notification(
            enabled=told.get("enabled") is True,
            endpoint=label(told.get("endpoint")),
            events=None if not isinstance(events, list) else [event for event in events if isinstance(event, str)],
            strategy=label(told.get("notifyStrategy")),
            content_format=label(told.get("notifyContentFormat")),
        )

    async def set_notification(self, wanted: Notification) -> None:
        """Set the notification of the region."""
        self.check_notification(wanted)
        body = {
            "enabled": wanted.enabled,
            "endpoint": wanted.endpoint,
            "events": wanted.events,
            "notifyStrategy": wanted.strategy,
            "notifyContentFormat": wanted.content_format,
        }
        await self.call("PUT", "/notification", body=given(body))

    async def close(self) -> None:
        """Give back what the client holds."""
        await self.http.aclose()

    # What is sent

    def create_body(self, source: Source, target: Target, rule: Rule | None) -> dict[str, Any]:
        """The body of a create, without what was not given."""
        body: dict[str, Any] = {
            "source": {"bucket": source.bucket, "key": source.key},
            "target": self.target_body(target),
        }
        return body if rule is None else {**body, "rule": self.rule_body(rule)}

    def target_body(self, target: Target) -> dict[str, Any]:
        """A ThumbnailTaskTarget."""
        return given(
            {
                "destBucket": target.bucket,
                "destKeyPrefix": target.key_prefix,
                "format": target.format,
                "widthInPixel": target.width,
                "heightInPixel": target.height,
            }
        )

    def rule_body(self, rule: Rule) -> dict[str, Any]:
        """A ThumbnailTaskRule."""
        return given(
            {
                "mode": rule.mode,
                "keyFrame": rule.key_frame,
                "startTimeInSecond": rule.start_s,
                "endTimeInSecond": rule.end_s,
                "count": rule.count,
            }
        )

    async def pages(self, filters: list[tuple[str, str]]) -> AsyncIterator[list[Task]]:
        """Page after page, each beginning with the marker that the one before named. BadAnswer: a page goes astray."""
        marker: str | None = None
        used: set[str] = set()
        while True:
            query = filters if marker is None else [*filters, ("marker", marker)]
            told = self.unwrapped(await self.call("GET", "/thumbnail", query), "thumbnailQuery")
            yield self.read_tasks(told)
            marker = label(told.get("nextMarker"))
            if not self.has_more(told):
                return
            if not marker or marker in used:
                raise BadAnswer("more pages are promised, without a new marker")
            used.add(marker)

    def has_more(self, told: Mapping[str, Any]) -> bool:
        """`truncated`; where it is missing, a marker says as much."""
        truncated = told.get("truncated")
        if truncated is None:
            return bool(told.get("nextMarker"))
        return truncated in (True, "true")

    async def call(
        self, method: str, place: str, query: list[tuple[str, str]] | None = None, body: Any = None
    ) -> dict[str, Any]:
        """Send a request, again after a growing pause where that is safe; gives the decoded body."""
        for pause_s in (*PAUSES_S, None):
            answer = await self.send(method, place, query or [], body)
            told = self.read_object(answer)
            problem = self.read_error(answer, told)
            if problem is None:
                return told
            if pause_s is None or not self.may_repeat(method, problem):
                raise problem
            log.warning("%s %s repeated after %s", method, place, problem.code)
            await asyncio.sleep(pause_s + random.uniform(0, 0.1 * pause_s))
        raise AssertionError("unreachable")

    def may_repeat(self, method: str, problem: ApiError) -> bool:
        """Whether the same request may be sent once more: never when it might start a second task."""
        return problem.code in TOO_MANY or (method != "POST" and problem.code in UNAVAILABLE)

    async def send(self, method: str, place: str, query: list[tuple[str, str]], body: Any) -> Answer:
        """Sign and send once."""
        path = f"/v1/regions/{encoded(self.region)}{place}"
        content = b"" if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        signed = {"host": self.host, "x-jdcloud-date": self.date(), "x-jdcloud-nonce": self.nonce()}
        if body is not None:
            signed["content-type"] = "application/json"
        asked = query_string(query)
        proof = authorization(self.key, self.region, method, path, asked, signed, content)
        headers = {**signed, "x-jdcloud-algorithm": ALGORITHM, "authorization": proof}
        return await self.exchange(method, f"{self.endpoint}{path}{'?' if asked else ''}{asked}", headers, content)

    async def exchange(self, method: str, url: str, headers: dict[str, str], content: bytes) -> Answer:
        """One request over the wire, redirects not followed."""
        try:
            async with asyncio.timeout(self.timeout_s):
                response = await self.http.request(method, url, headers=headers, content=content or None)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as problem:
            raise NoAnswer(f"{method} {urlsplit(url).path}: {type(problem).__name__}") from problem
        return Answer(response.status_code, response.headers.get("x-jdcloud-request-id", ""), response.content)

    def date(self) -> str:
        """The moment that a request is dated with, yyyymmddThhmmssZ."""
        return datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")

    def nonce(self) -> str:
        """What makes a request unlike any other."""
        return str(uuid.uuid4())

    # What came back

    def read_object(self, answer: Answer) -> dict[str, Any]:
        """The JSON object of an answer; success and errors have one."""
        try:
            body = json.loads(answer.body)
        except (ValueError, RecursionError):
            body = None
        if not isinstance(body, dict):
            raise BadAnswer(f"HTTP {answer.status} without a JSON object")
        return body

    def read_error(self, answer: Answer, told: dict[str, Any]) -> ApiError | None:
        """The error in an answer, None when it is a success. BadAnswer: neither."""
        error = told.get("error")
        if isinstance(error, dict) and label(error.get("status")):
            request_id = label(told.get("requestId")) or answer.request_id
            return ApiError(str(label(error["status"])), answer.status, request_id, label(error.get("message")) or "")
        if error is not None or not 200 <= answer.status < 300:
            raise BadAnswer(f"HTTP {answer.status} without an error name")
        return None

    def unwrapped(self, told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        """The documented wrapper under `result`; the service is known to leave it out."""
        result = told.get("result")
        if not isinstance(result, dict):
            raise BadAnswer("no result in the answer")
        inner = result.get(name)
        return inner if isinstance(inner, dict) else result

    def read_id(self, value: Any) -> str:
        """A task id."""
        task_id = label(value)
        if not task_id:
            raise BadAnswer("no taskID in the answer")
        return task_id

    def read_tasks(self, told: Mapping[str, Any]) -> list[Task]:
        """The tasks of a page."""
        tasks = told.get("taskList")
        if tasks is None and told.get("truncated") is False:
            return []
        if not isinstance(tasks, list) or not all(isinstance(task, dict) for task in tasks):
            raise BadAnswer("no taskList in the answer")
        return [self.read_task(task) for task in tasks]

    def read_task(self, told: Mapping[str, Any]) -> Task:
        """One task. What is unknown is passed over, what is missing stays empty."""
        target = section(told.get("target"))
        keys = target.get("keys")
        return Task(
            task_id=self.read_id(told.get("taskID")),
            status=label(told.get("status")) or "",
            error_code=label(told.get("errorCode")),
            created_time=label(told.get("createdTime")),
            last_updated_time=label(told.get("lastUpdatedTime")),
            source=section(told.get("source")),
            target=target,
            rule=section(told.get("rule")),
            keys=tuple(key for key in keys if isinstance(key, str)) if isinstance(keys, list) else (),
        )

    async def look(self, task_id: str) -> Task:
        """One task, for somebody who waits for it. TaskVanished."""
        try:
            return await self.get(task_id)
        except ApiError as problem:
            if problem.code == "NOT_FOUND":
                raise TaskVanished(problem.code, problem.http_status, problem.request_id, problem.message) from problem
            raise

    def is_over(self, task: Task) -> bool:
        """Whether it has succeeded. TaskFailed: it ended otherwise. A state that nobody knows yet is not the end."""
        if task.status in LOST:
            raise TaskFailed(task)
        if task.status not in (*WAITING, *RUNNING, *DONE):
            log.warning("task %s is in the unknown state %r", task.task_id, task.status)
        return task.status in DONE


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def given(members: Mapping[str, Any]) -> dict[str, Any]:
    """Members without those that were not given."""
    return {name: value for name, value in members.items() if value is not None}


def label(value: Any) -> str | None:
    """A text, also where an integer stands for it."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else None


def section(value: Any) -> Mapping[str, Any]:
    """A nested object, an empty one where there is none."""
    return value if isinstance(value, dict) else {}

"""A client of Tencent Cloud VOD's animated images, written from its documents: blocking, with requests, a few threads.

Signs for itself, refuses what the documents forbid, and repeats a task whose answer was lost under the same SessionId.
"""

from __future__ import annotations

import json
import logging
import random
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import requests

from .answers import Answer, Entry, Page, StoredTemplate, Task, entry, label, number, objects, stored_template, task
from .errors import ApiError, BadAnswer, NoAnswer, StillRunning, TaskFailed, TaskVanished
from .limits import (
    DEFINITIONS_AT_ONCE,
    PAGE_LIMIT,
    Checks,
    Gif,
    InvalidRequest,
    Options,
    Period,
    Source,
    Template,
    text,
)
from .signature import SecretKey, authorization

log = logging.getLogger(__name__)

VERSION = "2018-07-17"
# Requests turned away by one of these were not looked at, so that every operation may be tried again.
BUSY = "RequestLimitExceeded"
SEEN_BEFORE = "InvalidParameterValue.SessionId"
UNKNOWN_TASK = ("InvalidParameterValue.TaskId", "ResourceNotFound")
PAUSES_S = (0.5, 1.0, 2.0)
LONGEST_PAUSE_S = 15.0
AT_ONCE = 4
MOST_PAGES = 10_000

Json = dict[str, Any]


class VodClient(Checks):
    """Keeps templates of animated images; starts, reads, lists and awaits tasks that make such images.

    endpoint    "https://vod.tencentcloudapi.com"
    sub_app_id  the application, where the account has several
    timeout_s   for connecting, and for each wait for the answer's head or body
    """

    def __init__(
        self, endpoint: str, key: SecretKey, *, sub_app_id: int | None = None, timeout_s: float = 10.0
    ) -> None:
        self.endpoint = endpoint.rstrip("/")
        self.host = urlsplit(endpoint).netloc
        self.key = key
        self.sub_app_id = sub_app_id
        self.timeout_s = timeout_s

    def __repr__(self) -> str:
        return f"VodClient({self.endpoint!r}, {self.key!r})"

    # Templates

    def create_template(self, wanted: Template) -> int:
        """Make a template; gives its id."""
        self.check_create(wanted)
        return self.read_definition(self.call("CreateAnimatedGraphicsTemplate", self.template_body(wanted)))

    def change_template(self, definition: int, changes: Template) -> None:
        """Change a template; what is not given stays."""
        self.check_change(definition, changes)
        self.call("ModifyAnimatedGraphicsTemplate", {"Definition": definition, **self.template_body(changes)})

    def delete_template(self, definition: int) -> None:
        """Delete a template of one's own."""
        self.check_definition(definition)
        self.call("DeleteAnimatedGraphicsTemplate", {"Definition": definition})

    def page_of_templates(
        self, definitions: Sequence[int] | None = None, kind: str | None = None, offset: int = 0, limit: int = 10
    ) -> Page:
        """One page of the templates that fit."""
        self.check_page(definitions, kind, offset, limit)
        asked = {"Definitions": definitions, "Type": kind, "Offset": offset, "Limit": limit}
        return self.read_page(self.call("DescribeAnimatedGraphicsTemplates", given(asked)))

    def templates(self, definitions: Sequence[int] | None = None, kind: str | None = None) -> list[StoredTemplate]:
        """All templates that fit, each once."""
        found: dict[int, StoredTemplate] = {}
        for some in self.groups(definitions):
            offset = 0
            for _ in range(MOST_PAGES):
                page = self.page_of_templates(some, kind, offset, PAGE_LIMIT)
                found.update((one.definition, one) for one in page.templates)
                offset += len(page.templates)
                if not page.templates or offset >= page.total:
                    break
        return list(found.values())

    # Tasks

    def process(self, source: Source, gifs: Sequence[Gif], options: Options | None = None) -> str:
        """Start a task; gives its id. InvalidRequest: nothing was sent. NoAnswer: it may have been started.

        A request whose answer was lost is sent once more under the same SessionId, so that there is one task at most.
        """
        options = options or Options()
        self.check_process(source, gifs, options)
        session_id = self.new_session() if options.session_id is None else options.session_id
        body = self.process_body(source, gifs, options, session_id)
        try:
            return self.start(body)
        except NoAnswer as lost:
            if not session_id:
                raise
            log.warning("ProcessMedia repeated in session %s", session_id)
            time.sleep(PAUSES_S[0])
            return self.start_again(body, lost)

    def get(self, task_id: str) -> Task:
        """One task of the last three days."""
        told = self.call("DescribeTaskDetail", {"TaskId": text("TaskId", task_id, least=1)})
        return self.read_task(told, task_id)

    def query(self, task_ids: Sequence[str]) -> list[Task]:
        """Several tasks, in the order asked for; a few at a time. Raises what the first of them raises."""
        if isinstance(task_ids, str):
            raise InvalidRequest("task_ids: a list is needed")
        wanted = [text("TaskId", task_id, least=1) for task_id in task_ids]
        with ThreadPoolExecutor(AT_ONCE) as threads:
            return list(threads.map(self.get, wanted))

    def tasks(
        self,
        status: str | None = None,
        file_id: str | None = None,
        created: Period | None = None,
        finished: Period | None = None,
        sort: tuple[str, str] | None = None,
        limit: int | None = None,
    ) -> list[Entry]:
        """All tasks that fit, each once, in the order of the service. sort: field and order; limit: of one page."""
        self.check_list(status, sort, limit)
        asked = {
            "Status": status,
            "FileId": file_id if file_id is None else text("FileId", file_id),
            "CreateTime": self.period_body("CreateTime", created),
            "FinishTime": self.period_body("FinishTime", finished),
            "Sort": None if sort is None else {"Field": sort[0], "Order": sort[1]},
            "Limit": limit,
        }
        found: dict[str, Entry] = {}
        for page in self.pages(given(asked)):
            for one in page:
                found.setdefault(one.task_id, one)
        return list(found.values())

    def wait(self, task_id: str, timeout_s: float = 600.0, interval_s: float = 2.0) -> Task:
        """The task once all its images are made. TaskFailed, TaskVanished; StillRunning after timeout_s.

        interval_s: the first pause; the others grow up to LONGEST_PAUSE_S.
        """
        began = time.monotonic()
        paused_s = 0.0
        while True:
            found = self.look(task_id)
            if self.is_over(found):
                return found
            if max(paused_s, time.monotonic() - began) >= timeout_s:
                raise StillRunning(f"task {task_id} has not ended within {timeout_s} s, it is {found.status}")
            time.sleep(interval_s)
            paused_s += interval_s
            interval_s = min(1.5 * interval_s, LONGEST_PAUSE_S)

    # What is sent

    def new_session(self) -> str:
        """A SessionId that nobody has used."""
        return uuid.uuid4().hex

    def template_body(self, wanted: Template) -> Json:
        """A template, without what was not given."""
        return given(
            {
                "Fps": wanted.fps,
                "Width": wanted.width,
                "Height": wanted.height,
                "ResolutionAdaptive": wanted.resolution_adaptive,
                "Format": wanted.format,
                "Quality": wanted.quality,
                "Name": wanted.name,
                "Comment": wanted.comment,
            }
        )

    def process_body(self, source: Source, gifs: Sequence[Gif], options: Options, session_id: str) -> Json:
        """A ProcessMedia."""
        return given(
            {
                "FileId": source.file_id,
                "MediaStoragePath": source.storage_path,
                "MediaProcessTask": {"AnimatedGraphicTaskSet": [self.gif_body(gif) for gif in gifs]},
                "TasksPriority": options.priority,
                "TasksNotifyMode": options.notify,
                "SessionContext": options.session_context,
                "SessionId": session_id,
            }
        )

    def gif_body(self, gif: Gif) -> Json:
        """An AnimatedGraphicTaskInput, in seconds."""
        return given({"Definition": gif.definition, "StartTimeOffset": gif.start_s, "EndTimeOffset": gif.end_s})

    def period_body(self, name: str, period: Period | None) -> Json | None:
        """A time range; none when it has no end at all."""
        if period is None:
            return None
        ends = given({"After": period.after, "Before": period.before})
        return {end: self.time_text(f"{name}.{end}", moment) for end, moment in ends.items()} or None

    def groups(self, definitions: Sequence[int] | None) -> Iterator[Sequence[int] | None]:
        """Ids in groups that one request may ask for; None asks for all."""
        if definitions is None:
            yield None
            return
        for first in range(0, len(definitions), DEFINITIONS_AT_ONCE):
            yield definitions[first : first + DEFINITIONS_AT_ONCE]

    def pages(self, asked: Json) -> Iterator[list[Entry]]:
        """Page after page, each beginning where the token of the one before says. BadAnswer: a token leads back."""
        token: str | None = None
        used: set[str] = set()
        for _ in range(MOST_PAGES):
            told = self.call("DescribeTasks", asked if token is None else {**asked, "ScrollToken": token})
            yield self.read_entries(told)
            token = label(told.get("ScrollToken"))
            if not token:
                return
            if token in used:
                raise BadAnswer("a token leads back to pages that were read")
            used.add(token)
        raise BadAnswer(f"more than {MOST_PAGES} pages")

    def start(self, body: Json) -> str:
        """Send a ProcessMedia; gives the task's id."""
        return self.read_task_id(self.call("ProcessMedia", body))

    def start_again(self, body: Json, lost: NoAnswer) -> str:
        """Send a ProcessMedia once more whose answer was lost. A session seen before means that it had been obeyed."""
        try:
            return self.start(body)
        except ApiError as problem:
            if problem.code != SEEN_BEFORE:
                raise
        for page in self.pages(given({"FileId": body.get("FileId"), "Limit": PAGE_LIMIT})):
            for one in page:
                if one.session_id == body["SessionId"]:
                    return one.task_id
        raise NoAnswer(f"{lost}; a task of session {body['SessionId']} was started, but is not listed") from lost

    def call(self, action: str, parameters: Json) -> Json:
        """Send a request, again after a growing pause while the service is busy; gives what Response holds.

        Raises ApiError, BadAnswer, NoAnswer.
        """
        for pause_s in (*PAUSES_S, None):
            answer = self.send(action, parameters)
            problem = self.read_error(answer)
            if problem is None:
                return answer.members
            if pause_s is None or not self.may_repeat(problem):
                raise problem
            log.warning("%s repeated after %s", action, problem.code)
            time.sleep(pause_s + random.uniform(0, 0.1 * pause_s))
        raise AssertionError("unreachable")

    def may_repeat(self, problem: ApiError) -> bool:
        """Whether the same request may be sent once more: never when it might start a second task."""
        return problem.code == BUSY or problem.code.startswith(f"{BUSY}.")

    def send(self, action: str, parameters: Json) -> Answer:
        """Sign and send once."""
        whole = parameters if self.sub_app_id is None else {"SubAppId": self.sub_app_id, **parameters}
        content = json.dumps(whole, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
        moment = datetime.now(UTC)
        signed = {"content-type": "application/json", "host": self.host}
        headers = {
            **signed,
            "authorization": authorization(self.key, signed, content, moment),
            "x-tc-action": action,
            "x-tc-version": VERSION,
            "x-tc-timestamp": str(int(moment.timestamp())),
            "x-tc-language": "en-US",
        }
        return self.read_response(*self.exchange(action, headers, content))

    def exchange(self, action: str, headers: Mapping[str, str], content: bytes) -> tuple[int, bytes]:
        """One request over the wire, redirects not followed; gives HTTP status and body.

        Every request has a connection of its own: sessions are not made for several threads, and one that was kept
        open may be closed just when a task goes out on it.
        """
        try:
            with requests.Session() as session:
                # Neither proxies nor a .netrc, which would replace the Authorization header.
                session.trust_env = False
                answer = session.post(
                    f"{self.endpoint}/",
                    headers=dict(headers),
                    data=content,
                    timeout=self.timeout_s,
                    allow_redirects=False,
                )
        except (requests.RequestException, ValueError) as problem:  # a Location that is no URL is a ValueError
            raise NoAnswer(f"{action}: {type(problem).__name__}") from problem
        return answer.status_code, answer.content

    # What came back

    def read_response(self, status: int, content: bytes) -> Answer:
        """A success or an error: both have HTTP status 200. BadAnswer: it is neither."""
        try:
            body = json.loads(content)
        except (ValueError, RecursionError):
            body = None
        response = body.get("Response") if isinstance(body, dict) else None
        if not isinstance(response, dict) or (status != 200 and not isinstance(response.get("Error"), dict)):
            raise BadAnswer(f"HTTP {status} without a response in JSON")
        return Answer(status, response)

    def read_error(self, answer: Answer) -> ApiError | None:
        """The error in an answer, None when it is a success."""
        error = answer.members.get("Error")
        if error is None:
            return None
        code = label(error.get("Code")) if isinstance(error, dict) else None
        if not code:
            raise BadAnswer("an error without a code")
        request_id = label(answer.members.get("RequestId")) or ""
        return ApiError(code, answer.http_status, request_id, label(error.get("Message")) or "")

    def read_definition(self, told: Json) -> int:
        """The id of a template."""
        definition = number(told.get("Definition"))
        if definition is None:
            raise BadAnswer("no Definition in the answer")
        return definition

    def read_task_id(self, told: Json) -> str:
        """The id of a task."""
        task_id = label(told.get("TaskId"))
        if not task_id:
            raise BadAnswer("no TaskId in the answer")
        return task_id

    def read_page(self, told: Json) -> Page:
        """Templates, and how many there are in all."""
        total = number(told.get("TotalCount"))
        templates = [stored_template(one) for one in objects(told, "AnimatedGraphicsTemplateSet", total == 0)]
        return Page(len(templates) if total is None else total, templates)

    def read_entries(self, told: Json) -> list[Entry]:
        """The tasks of a page."""
        return [entry(one) for one in objects(told, "TaskSet", "ScrollToken" in told)]

    def read_task(self, told: Json, asked: str) -> Task:
        """One task."""
        return task(told, asked)

    def look(self, task_id: str) -> Task:
        """One task, for somebody who waits for it. TaskVanished."""
        try:
            return self.get(task_id)
        except ApiError as problem:
            if problem.code in UNKNOWN_TASK:
                raise TaskVanished(problem.code, problem.http_status, problem.request_id, problem.message) from problem
            raise

    def is_over(self, found: Task) -> bool:
        """Whether all images are made. TaskFailed: one is not. A state that nobody knows yet is not the end.

        FINISH says that nothing more will happen, not that it went well: that every part says for itself.
        """
        if found.status == "ABORTED":
            raise TaskFailed(found)
        if found.status != "FINISH":
            return False
        if not found.images or any(image.status == "FAIL" for image in found.images):
            raise TaskFailed(found)
        return all(image.status == "SUCCESS" for image in found.images)


def given(members: Mapping[str, Any]) -> Json:
    """Members without those that were not given."""
    return {name: value for name, value in members.items() if value is not None}

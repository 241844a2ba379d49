"""Buggy variants of the correct client, each with one mistake that people make, and the check that must find it."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import NamedTuple

from .client import (
    LOST,
    QUEUED,
    RUNNING,
    SUCCEEDED,
    ApiError,
    BadAnswer,
    GifClient,
    NoAnswer,
    Task,
    TaskFailed,
    decoded,
)
from .limits import IDS_AT_ONCE, SPAN_LIMIT_MS, TIME, InvalidRequest, whole
from .signature import AccessKey

# Limits, couplings, units.


class OddWidths(GifClient):
    """Forgets that a side is even."""

    def check_side(self, name, value, most):
        if value not in (-1, 0):
            whole(name, value, 32, most)


class HeightAsWide(GifClient):
    """Takes the limit of the width for both sides."""

    def check_side(self, name, value, most):
        super().check_side(name, value, 3840)


class ZeroBesideAny(GifClient):
    """Forgets that 0 needs 0 beside it."""

    def check_size(self, width, height):
        if width == height == -1:
            raise InvalidRequest("width and height: -1 needs a length beside it")


class SpanInSeconds(GifClient):
    """Compares whole seconds, so that 60.999 s pass."""

    def check_span(self, start_ms, end_ms):
        if end_ms // 1000 - start_ms // 1000 > SPAN_LIMIT_MS // 1000:
            raise InvalidRequest("start and end: more than 60 s apart")


class SpanBelow(GifClient):
    """Refuses exactly 60 s."""

    def check_span(self, start_ms, end_ms):
        if not end_ms - start_ms < SPAN_LIMIT_MS:
            raise InvalidRequest("start and end: 60 s apart or more")


class NoRateIsZero(GifClient):
    """Asks whether the frame rate is true: 0 is neither refused nor sent."""

    def check_frame_rate(self, frame_rate):
        if frame_rate:
            super().check_frame_rate(frame_rate)

    def gif_body(self, gif):
        return super().gif_body(gif if gif.frame_rate else replace(gif, frame_rate=None))


class ClampsRate(GifClient):
    """Quietly brings the frame rate into its range."""

    def check_frame_rate(self, frame_rate):
        pass

    def gif_body(self, gif):
        rate = gif.frame_rate
        return super().gif_body(gif if rate is None else replace(gif, frame_rate=min(max(rate, 1), 75)))


class CutsToSeconds(GifClient):
    """Keeps times in whole seconds on the way to the wire."""

    def gif_body(self, gif):
        return super().gif_body(replace(gif, start_ms=gif.start_ms // 1000 * 1000, end_ms=gif.end_ms // 1000 * 1000))


class LocalTimes(GifClient):
    """Writes the times of a filter as the clock on the wall shows them."""

    def time_text(self, name, moment):
        return super().time_text(name, moment) if isinstance(moment, str) else moment.astimezone().strftime(TIME)


# Several at a time.


class ElevenAtOnce(GifClient):
    """Cuts a list of ids one too late."""

    def chunks(self, task_ids):
        for first in range(0, len(task_ids), IDS_AT_ONCE + 1):
            yield task_ids[first : first + IDS_AT_ONCE + 1]


class OnlyFirstTen(GifClient):
    """Asks for as many ids as one request may hold, and forgets the rest."""

    def chunks(self, task_ids):
        yield task_ids[:IDS_AT_ONCE]


class FirstPageIsOne(GifClient):
    """Counts pages from 1."""

    def pages(self, filters, size):
        page = 1
        while tasks := self.read_tasks(self.call("GET", [*filters, ("page", str(page))])):
            yield tasks
            page += 1


class DropsLastPage(GifClient):
    """Ends with the first page that is not full, before using it."""

    def pages(self, filters, size):
        for tasks in super().pages(filters, size):
            if len(tasks) < size:
                return
            yield tasks


class UntilTotal(GifClient):
    """Goes on until it has as many tasks as the total of the first page said, and waits where there are none."""

    def pages(self, filters, size):
        page, seen, total = 0, 0, None
        while total is None or seen < total:
            answer = self.call("GET", [*filters, ("page", str(page))])
            total = self.read_object(answer).get("total") if total is None else total
            tasks = self.read_tasks(answer)
            yield tasks
            seen, page = seen + len(tasks), page + 1
            if not tasks:
                time.sleep(300)


# Errors and repetitions.


class CodeFromStatus(GifClient):
    """Guesses the code from the HTTP status."""

    def read_error(self, answer):
        problem = super().read_error(answer)
        if problem is None:
            return None
        guess = {400: "MPC.10202", 401: "MPC.10203", 403: "MPC.10208"}.get(answer.status, "unknown")
        return ApiError(guess, answer.status, problem.request_id, problem.message)


class IdFromBody(GifClient):
    """Looks for the request id in the body, where MPC has none."""

    def read_error(self, answer):
        return super().read_error(replace(answer, request_id=""))


class CancelsBlindly(GifClient):
    """Does not look at the answer to a cancel."""

    def cancel(self, task_id):
        self.send("DELETE", [("task_id", str(task_id))], None)


class RepeatsRefusals(GifClient):
    """Repeats after every error."""

    def may_repeat(self, method, problem):
        return True


class TightLoop(GifClient):
    """Asks a busy gateway again and again, at once."""

    def call(self, method, query=None, body=None):
        for _ in range(12):
            answer = self.send(method, query or [], body)
            problem = self.read_error(answer)
            if problem is None or not self.may_repeat(method, problem):
                break
        if problem is not None:
            raise problem
        return answer


class RepeatsLost(GifClient):
    """Sends once more when no answer came, a create as well."""

    def send(self, method, query, body):
        for pause_s in (0.5, 1.0):
            try:
                return super().send(method, query, body)
            except NoAnswer:
                time.sleep(pause_s)
        return super().send(method, query, body)


class NoTimeout(GifClient):
    """Waits for an answer for ever."""

    def exchange(self, method, url, headers, content):
        self.timeout_s = None
        return super().exchange(method, url, headers, content)


class ReadsAnything(GifClient):
    """Takes an answer that it cannot read for an empty one."""

    def read_error(self, answer):
        try:
            return super().read_error(answer)
        except BadAnswer:
            return None

    def read_object(self, answer):
        body = decoded(answer)
        return body if isinstance(body, dict) else {}

    def read_tasks(self, answer):
        return [self.read_task(task) for task in self.read_object(answer).get("tasks") or []]


class TrustsShape(GifClient):
    """Reaches into answers without looking what they are."""

    def read_error(self, answer):
        code = decoded(answer).get("error_code") if answer.status != 204 else None
        return code and super().read_error(answer)


# Waiting and reading.


class ForgetsCancelled(GifClient):
    """Does not know that a cancelled task has ended."""

    def is_over(self, task):
        return task.status != "CANCELED" and super().is_over(task)


class AnyEndIsGood(GifClient):
    """Takes any end for success."""

    def is_over(self, task):
        return task.status in (SUCCEEDED, *LOST)


class NotRunningIsOver(GifClient):
    """Takes every state that it does not know for the end."""

    def is_over(self, task):
        if task.status in LOST:
            raise TaskFailed(task)
        return task.status not in ("INIT", "WAITING", "PROCESSING")


class WaitsForEver(GifClient):
    """Has no bound."""

    def wait(self, task_id, timeout_s=600.0, interval_s=900.0):
        while True:
            for task in self.query([task_id]):
                if self.is_over(task):
                    return task
            time.sleep(interval_s)


class StrictTask(GifClient):
    """Makes a task of all members of an answer, whatever they are."""

    def read_task(self, told):
        return Task(**told)


class NeedsDescription(GifClient):
    """Reads a member that finished tasks have, usually."""

    def is_over(self, task):
        return super().is_over(task) and bool(self.described[task.task_id])

    def read_task(self, told):
        task = super().read_task(told)
        if task.status == SUCCEEDED:
            self.described = {task.task_id: told["description"]}
        return task


class TextIds(GifClient):
    """Takes the table's word that ids are texts, although the example shows numbers."""

    def read_id(self, value):
        if not isinstance(value, str):
            raise BadAnswer("task_id is no text")
        return value


class FloatIds(GifClient):
    """Takes ids for numbers like any other."""

    def read_id(self, value):
        return str(int(float(super().read_id(value))))


class KnownStatesOnly(GifClient):
    """Fails at a state that it does not know."""

    def read_task(self, told):
        if told["status"] not in (*QUEUED, *RUNNING, SUCCEEDED, *LOST):
            raise BadAnswer(f"unknown state {told['status']}")
        return super().read_task(told)


# Paths and secrets.


class IdInPath(GifClient):
    """Names the task to cancel in the path, as other services have it."""

    def exchange(self, method, url, headers, content):
        if method == "DELETE":
            url = url.replace("?task_id=", "/")
        return super().exchange(method, url, headers, content)


class TellsSecret(GifClient):
    """Puts all it was given into the text of an exception."""

    def __init__(self, endpoint, project_id, key: AccessKey, timeout_s=10.0):
        super().__init__(endpoint, project_id, key, timeout_s)
        self.given = vars(key)

    def exchange(self, method, url, headers, content):
        try:
            return super().exchange(method, url, headers, content)
        except NoAnswer as problem:
            raise NoAnswer(f"{problem}, with {self.given}") from problem


class Bug(NamedTuple):
    """A variant, the check that must find it, and the rule that the finding must name (its tail)."""

    client: type[GifClient]
    caught_by: str
    rule: str = ""

    @property
    def name(self) -> str:
        return self.client.__name__


BUGS = (
    Bug(OddWidths, "RULE-INVALID", "output_param.width.step"),
    Bug(HeightAsWide, "RULE-INVALID", "output_param.height.range"),
    Bug(ZeroBesideAny, "RULE-INVALID", "width-source"),
    Bug(SpanInSeconds, "RULE-INVALID", "span-60s"),
    Bug(SpanBelow, "RULE-VALID", "span-60s"),
    Bug(NoRateIsZero, "RULE-INVALID", "output_param.frame_rate.range"),
    Bug(ClampsRate, "RULE-INVALID", "output_param.frame_rate.range"),
    Bug(CutsToSeconds, "RULE-VALID", "span-60s"),
    Bug(LocalTimes, "TIME"),
    Bug(ElevenAtOnce, "BATCH"),
    Bug(OnlyFirstTen, "BATCH"),
    Bug(FirstPageIsOne, "PAGES"),
    Bug(DropsLastPage, "PAGES"),
    Bug(UntilTotal, "PAGES"),
    Bug(CodeFromStatus, "ERR-MAP"),
    Bug(IdFromBody, "ERR-MAP"),
    Bug(CancelsBlindly, "ERR-MAP"),
    Bug(RepeatsRefusals, "RETRY-NEVER"),
    Bug(TightLoop, "RETRY-LOAD"),
    Bug(RepeatsLost, "LOST-ANSWER"),
    Bug(NoTimeout, "TIMEOUT"),
    Bug(ReadsAnything, "GARBAGE"),
    Bug(TrustsShape, "GARBAGE"),
    Bug(ForgetsCancelled, "WAIT-FINAL"),
    Bug(AnyEndIsGood, "WAIT-FINAL"),
    Bug(NotRunningIsOver, "WAIT-FINAL"),
    Bug(WaitsForEver, "WAIT-FINAL"),
    Bug(StrictTask, "READER"),
    Bug(NeedsDescription, "READER"),
    Bug(TextIds, "READER"),
    Bug(KnownStatesOnly, "READER"),
    Bug(FloatIds, "EXACT"),
    Bug(IdInPath, "ROUTE"),
    Bug(TellsSecret, "SECRET"),
)

"""Buggy variants of the correct client, each with one mistake that people make, and the check that must find it."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import replace
from typing import NamedTuple

from .client import DONE, LOST, RUNNING, WAITING, ApiError, BadAnswer, NoAnswer, Task, TaskFailed, ThumbnailClient
from .limits import COUNT_LIMIT, InvalidRequest, text, whole
from .signature import AccessKey

# Limits, couplings, defaults.


class EndOfVideoRefused(ThumbnailClient):
    """Refuses -1, which stands for the end of the video."""

    def check_order(self, start_s, end_s):
        if end_s < start_s:
            raise InvalidRequest("rule.endTimeInSecond: before the start")


class EndAfterStart(ThumbnailClient):
    """Refuses an end that is the start."""

    def check_order(self, start_s, end_s):
        if end_s != -1 and end_s <= start_s:
            raise InvalidRequest("rule.endTimeInSecond: not after the start")


class ModeMustBeNamed(ThumbnailClient):
    """Applies the rules of a mode only when it is written out; without one the service takes single."""

    def check_mode(self, rule):
        if rule.mode is not None:
            super().check_mode(rule)


class AverageFromStart(ThumbnailClient):
    """Knows of the end that average has no use for it, and not of the start."""

    def check_mode(self, rule):
        super().check_mode(replace(rule, start_s=None))


class EndBeforeStart(ThumbnailClient):
    """Knows that there is a start and an end, and not that they have an order."""

    def check_order(self, start_s, end_s):
        pass


class ZeroRefused(ThumbnailClient):
    """Refuses 0, which stands for the size of the video."""

    def check_length(self, name, value):
        if value is not None:
            whole(name, value, 8, 4096)


class BelowLimit(ThumbnailClient):
    """Allows less than the limit where the limit itself is allowed."""

    def check_count(self, count):
        if count is not None and not 0 < count < COUNT_LIMIT:
            raise InvalidRequest("rule.count: out of range")


class SmallestIsOne(ThumbnailClient):
    """Takes any positive length up to the limit."""

    def check_length(self, name, value):
        if value is not None:
            whole(name, value, 0, 4096)


class ClampsSize(ThumbnailClient):
    """Quietly brings a length into its range."""

    def check_length(self, name, value):
        pass

    def target_body(self, target):
        def fit(length):
            return length if not length else min(max(length, 8), 4096)

        return super().target_body(replace(target, width=fit(target.width), height=fit(target.height)))


class AlwaysCounts(ThumbnailClient):
    """Sends the default of the count always, also where none may be."""

    def rule_body(self, rule):
        return {"count": 1, **super().rule_body(rule)}


class DropsFalse(ThumbnailClient):
    """Leaves out what is not true: a false keyFrame is lost."""

    def rule_body(self, rule):
        return {name: value for name, value in super().rule_body(rule).items() if value is not False}


class TaskWords(ThumbnailClient):
    """Filters with the words that tasks answer with, which the query spells otherwise."""

    async def list(self, status=None, begin=None, end=None, limit=None):
        words = {"PENDING": "PENDDING", "FAILED": "ERROR"}
        self.check_list(status, limit)
        self.check_list = lambda status, limit: None
        return await super().list(words.get(status, status), begin, end, limit)


class SecondsOnly(ThumbnailClient):
    """Writes times without the milliseconds that they end in."""

    def time_text(self, name, moment):
        return super().time_text(name, moment).split(".")[0] + "Z"


# Pages.


class OnePage(ThumbnailClient):
    """Reads the name that a description gives: isTruncated, which no answer has."""

    def has_more(self, told):
        return bool(told.get("isTruncated"))


class SkipsMarked(ThumbnailClient):
    """Takes the marker for a task that it has seen, and skips the first of every further page."""

    async def pages(self, filters):
        first = True
        async for tasks in super().pages(filters):
            yield tasks if first else tasks[1:]
            first = False


# Errors and repetitions.


class NumberForName(ThumbnailClient):
    """Takes error.code, which is the number, for the code."""

    def read_error(self, answer, told):
        problem = super().read_error(answer, told)
        if problem is None:
            return None
        return ApiError(str(told["error"]["code"]), problem.http_status, problem.request_id, problem.message)


class SetsBlindly(ThumbnailClient):
    """Does not look at the answer to setNotification, which has no result anyway."""

    async def set_notification(self, wanted):
        self.check_notification(wanted)
        await self.send("PUT", "/notification", [], {"enabled": wanted.enabled, "endpoint": wanted.endpoint})


class RepeatsRefusals(ThumbnailClient):
    """Repeats after every error."""

    def may_repeat(self, method, problem):
        return True


class TightLoop(ThumbnailClient):
    """Asks a busy gateway again and again, at once."""

    async def call(self, method, place, query=None, body=None):
        for _ in range(12):
            answer = await self.send(method, place, query or [], body)
            told = self.read_object(answer)
            problem = self.read_error(answer, told)
            if problem is None or not self.may_repeat(method, problem):
                break
        if problem is not None:
            raise problem
        return told


class RepeatsLost(ThumbnailClient):
    """Sends once more when no answer came, a create as well."""

    async def send(self, method, place, query, body):
        for pause_s in (0.5, 1.0):
            try:
                return await super().send(method, place, query, body)
            except NoAnswer:
                await asyncio.sleep(pause_s)
        return await super().send(method, place, query, body)


class OneNonce(ThumbnailClient):
    """Makes a nonce once and keeps it."""

    def nonce(self):
        self.kept = getattr(self, "kept", None) or super().nonce()
        return self.kept


class NoTimeout(ThumbnailClient):
    """Waits for an answer for ever."""

    def __init__(self, endpoint, region, key, timeout_s=10.0):
        super().__init__(endpoint, region, key, None)


class ReadsAnything(ThumbnailClient):
    """Takes an answer that it cannot read for an empty one."""

    def read_object(self, answer):
        try:
            return super().read_object(answer)
        except BadAnswer:
            return {"result": {"taskList": []}}

    def read_error(self, answer, told):
        try:
            return super().read_error(answer, told)
        except BadAnswer:
            return None


class TrustsShape(ThumbnailClient):
    """Reaches into answers without looking what they are."""

    def read_object(self, answer):
        told = json.loads(answer.body)
        return told if told["requestId"] else {}


# Waiting and reading.


class KnowsFailedOnly(ThumbnailClient):
    """Waits for the word that the query has for failed tasks; tasks themselves say ERROR."""

    def is_over(self, task):
        return task.status != "ERROR" and super().is_over(task)


class AnyEndIsGood(ThumbnailClient):
    """Takes any end for success."""

    def is_over(self, task):
        return task.status in (*DONE, *LOST)


class NotRunningIsOver(ThumbnailClient):
    """Spells PENDDING as everybody would, and takes every other word for the end."""

    def is_over(self, task):
        if task.status in LOST:
            raise TaskFailed(task)
        return task.status not in ("PENDING", *RUNNING)


class WaitsForEver(ThumbnailClient):
    """Has no bound."""

    async def wait(self, task_id, timeout_s=600.0, interval_s=900.0):
        while not self.is_over(task := await self.look(task_id)):
            await asyncio.sleep(interval_s)
        return task


class StrictTask(ThumbnailClient):
    """Makes a task of all members of an answer, whatever they are."""

    def read_task(self, told):
        names = {name: re.sub("(?<=[a-z])(?=[A-Z])", "_", name).lower() for name in told}
        return Task(**{names[name]: value for name, value in told.items()})


class NeedsMode(ThumbnailClient):
    """Reads a member that not every task has."""

    def read_task(self, told):
        return replace(super().read_task(told), rule={**told["rule"], "isSingle": told["rule"]["mode"] == "single"})


class KnownStatesOnly(ThumbnailClient):
    """Fails at a state that it does not know."""

    def read_task(self, told):
        task = super().read_task(told)
        if task.status not in (*WAITING, *RUNNING, *DONE, *LOST):
            raise BadAnswer(f"unknown state {task.status}")
        return task


# Paths and secrets.


class SlashAtEnd(ThumbnailClient):
    """Ends the path of a task with a slash, as neighbours in the documents do."""

    async def get(self, task_id):
        told = await self.call("GET", f"/thumbnail/{text('task_id', task_id)}/")
        return self.read_task(self.unwrapped(told, "thumbnailTask"))


class TellsSecret(ThumbnailClient):
    """Has a repr that shows all it was given."""

    def __init__(self, endpoint, region, key: AccessKey, timeout_s=10.0):
        super().__init__(endpoint, region, key, timeout_s)
        self.given = vars(key)

    def __repr__(self):
        return f"TellsSecret({self.endpoint!r}, {self.given})"


class Bug(NamedTuple):
    """A variant, the check that must find it, and the rule that the finding must name (its tail)."""

    client: type[ThumbnailClient]
    caught_by: str
    rule: str = ""

    @property
    def name(self) -> str:
        return self.client.__name__


BUGS = (
    Bug(EndOfVideoRefused, "RULE-VALID", "end-not-before-start"),
    Bug(EndAfterStart, "RULE-VALID", "end-not-before-start"),
    Bug(ModeMustBeNamed, "RULE-INVALID", "count-not-with-single"),
    Bug(AverageFromStart, "RULE-INVALID", "start-not-with-average"),
    Bug(EndBeforeStart, "RULE-INVALID", "end-not-before-start"),
    Bug(ZeroRefused, "RULE-VALID", "target.widthInPixel.range"),
    Bug(BelowLimit, "RULE-VALID", "rule.count.range"),
    Bug(SmallestIsOne, "RULE-INVALID", "target.heightInPixel.range"),
    Bug(ClampsSize, "RULE-INVALID", "target.widthInPixel.range"),
    Bug(AlwaysCounts, "RULE-VALID", "rule.mode.enum"),
    Bug(DropsFalse, "FAITHFUL"),
    Bug(TaskWords, "RULE-VALID", "listThumbnailTask.status.enum"),
    Bug(SecondsOnly, "RULE-VALID", "begin.format"),
    Bug(OnePage, "PAGES"),
    Bug(SkipsMarked, "PAGES"),
    Bug(NumberForName, "ERR-MAP"),
    Bug(SetsBlindly, "ERR-MAP"),
    Bug(RepeatsRefusals, "RETRY-NEVER"),
    Bug(TightLoop, "RETRY-LOAD"),
    Bug(RepeatsLost, "LOST-ANSWER"),
    Bug(OneNonce, "FRESH"),
    Bug(NoTimeout, "TIMEOUT"),
    Bug(ReadsAnything, "GARBAGE"),
    Bug(TrustsShape, "GARBAGE"),
    Bug(KnowsFailedOnly, "WAIT-FINAL"),
    Bug(AnyEndIsGood, "WAIT-FINAL"),
    Bug(NotRunningIsOver, "WAIT-FINAL"),
    Bug(WaitsForEver, "WAIT-FINAL"),
    Bug(StrictTask, "READER"),
    Bug(NeedsMode, "READER"),
    Bug(KnownStatesOnly, "READER"),
    Bug(SlashAtEnd, "ROUTE"),
    Bug(TellsSecret, "SECRET"),
)

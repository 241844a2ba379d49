"""Buggy variants of the correct client, each with one mistake that people make, and the check that must find it."""

from __future__ import annotations

import json
import time
from typing import NamedTuple

from defusedxml import ElementTree

from .client import (
    FAILED,
    SERVICE_TYPES,
    STATES,
    SUCCEEDED,
    BadAnswer,
    GifClient,
    InvalidRequest,
    NoAnswer,
    Task,
    a_text,
    long,
    one_of,
)
from .rpc import PAUSES_S, ApiError, MultimediaError, Rpc, parsed

# What is asked.


class CallbackIsOptional(GifClient):
    """Believes the SDK models, in which nothing is mandatory."""

    def mandatory(self, name, value):
        return a_text(name, value or "") if name == "CallbackUrl" else super().mandatory(name, value)


class EmptyIsEnough(GifClient):
    """Asks for a text and forgets that it may be empty."""

    def mandatory(self, name, value):
        return a_text(name, value)


class ZeroIsNoFilter(GifClient):
    """Asks whether a filter is true: waiting tasks (0) cannot be asked for."""

    def filters(self, status, application_name, task_id, service_type):
        return super().filters(status or None, application_name, task_id, service_type)


class TypesBelowThree(GifClient):
    """Ends a range one too early."""

    def filters(self, status, application_name, task_id, service_type):
        if service_type is not None and service_type not in range(1, 3):
            raise InvalidRequest("ServiceType is 1 to 3")
        return super().filters(status, application_name, task_id, service_type)


class OneStateTooMany(GifClient):
    """Ends a range one too late."""

    def filters(self, status, application_name, task_id, service_type):
        filters = super().filters(None, application_name, task_id, service_type)
        if status is not None:
            filters["Status"] = str(one_of("Status", status, (*STATES, max(STATES) + 1)))
        return filters


class ClampsTypes(GifClient):
    """Quietly takes the nearest type."""

    def filters(self, status, application_name, task_id, service_type):
        if service_type is not None:
            service_type = min(max(service_type, min(SERVICE_TYPES)), max(SERVICE_TYPES))
        return super().filters(status, application_name, task_id, service_type)


class FloatIds(GifClient):
    """Lets a template's id pass through a float, which has 53 bits."""

    def create_gif_task(self, application_id, callback_url, template_id, video_name, video_url, scales=None):
        rounded = int(float(long("TemplateId", template_id)))
        template_id = min(rounded, 2**63 - 1)
        return super().create_gif_task(application_id, callback_url, template_id, video_name, video_url, scales)


# Errors and repetitions.


class _CodeFromStatus(Rpc):
    def error(self, status, members):
        guess = {400: "InvalidParameter", 401: "Unauthorized", 404: "ResourceNotFound"}.get(status, "InternalError")
        return super().error(status, {**members, "Code": guess})


class CodeFromStatus(GifClient):
    """Guesses the code from the HTTP status, which several share."""

    protocol = _CodeFromStatus


class _RequestIdFromHeader(Rpc):
    def error(self, status, members):
        return super().error(status, {**members, "RequestId": members.get("x-request-id")})


class LosesRequestId(GifClient):
    """Looks for the request id under the name that other clouds have for it."""

    protocol = _RequestIdFromHeader


class _RepeatsAll(Rpc):
    def was_not_let_in(self, problem):
        return isinstance(problem, ApiError)


class RepeatsRefusals(GifClient):
    """Repeats after every error that the service answers with."""

    protocol = _RepeatsAll


class _TightLoop(Rpc):
    def _repeated(self, action, parameters, is_worth_it):
        for _ in range(30):
            try:
                return self.attempt(action, parameters)
            except MultimediaError as problem:
                if not is_worth_it(problem):
                    raise
        return self.attempt(action, parameters)


class TightLoop(GifClient):
    """Asks a busy service again and again, at once."""

    protocol = _TightLoop


class _RepeatsLost(Rpc):
    def was_not_let_in(self, problem):
        return isinstance(problem, NoAnswer) or super().was_not_let_in(problem)


class RepeatsLost(GifClient):
    """Submits once more when no answer came."""

    protocol = _RepeatsLost


class _OneNonce(Rpc):
    def _repeated(self, action, parameters, is_worth_it):
        form = self.signed(action, parameters)
        for pause in (*PAUSES_S, 0.0):
            try:
                return self.members(action, *self.send(action, form))
            except MultimediaError as problem:
                if not is_worth_it(problem) or not pause:
                    raise
            time.sleep(pause)
        return {}


class OneNonce(GifClient):
    """Signs before the loop that repeats."""

    protocol = _OneNonce


# Answers.


class _NoTimeout(Rpc):
    def send(self, action, form):
        self._timeout_s = None
        return super().send(action, form)


class NoTimeout(GifClient):
    """Waits for an answer for ever."""

    protocol = _NoTimeout


class _ReadsAnything(Rpc):
    def members(self, action, status, content):
        try:
            return super().members(action, status, content)
        except BadAnswer:
            return {}


class ReadsAnything(GifClient):
    """Takes an answer that it cannot read for an empty one, and a task without an id for none."""

    protocol = _ReadsAnything

    def read_id(self, answer):
        return super().read_id(answer) if answer.get("TaskId") is not None else 0

    def page(self, filters, number, page_size):
        parameters = {**filters, "PageNumber": str(number), "PageSize": str(page_size)}
        return self.rpc.read("ListTasks", parameters)


class _TrustsShape(Rpc):
    def members(self, action, status, content):
        found = json.loads(content)
        if found.get("Code", "OK") != "OK":
            raise self.error(status, found)
        return found


class TrustsShape(GifClient):
    """Reaches into an answer without looking what it is."""

    protocol = _TrustsShape


class StrictTask(GifClient):
    """Makes a task of all members of an answer, whatever they are."""

    NAMES = (
        ("ApplicationId", "application_id"),
        ("VideoName", "video_name"),
        ("VideoUrl", "video_url"),
        ("ProcessResultUrl", "result_url"),
    )

    def task_of(self, task_id, status, members):
        known = dict(self.NAMES)
        skipped = ("AnalysisUseTime", "ApplicationName", "CreateTime", "ProcessingDuration", "Status", "TaskId")
        rest = {name: value for name, value in members.items() if name not in (*skipped, "Template")}
        return Task(task_id=task_id, status=status, **{known.get(name, name): value for name, value in rest.items()})


class NeedsTemplate(GifClient):
    """Reads a member that a task of a list may lack."""

    def listed(self, members):
        assert members["Template"]["Id"]
        return super().listed(members)


class KnownStatesOnly(GifClient):
    """Looks a state up among those that it knows."""

    def read_status(self, members):
        return {str(state): state for state in STATES}[str(members["Status"])]


class FloatTaskIds(GifClient):
    """Lets a task's id pass through a float on its way in."""

    def read_id(self, answer):
        return int(float(answer["TaskId"]))


class _JsonErrorsOnly(Rpc):
    def members(self, action, status, content):
        found = parsed(action, status, content)
        if status >= 300 and not content.startswith(b"{"):
            raise ApiError(f"HTTP.{status}", status, "", "")
        return found


class JsonErrorsOnly(GifClient):
    """Reads successes in both formats, and errors in JSON only."""

    protocol = _JsonErrorsOnly


class _NeedsRoot(Rpc):
    def members(self, action, status, content):
        if content.startswith(b"<"):
            ElementTree.fromstring(content)
        return super().members(action, status, content)


class NeedsRoot(GifClient):
    """Hands the documented XML sample, three elements side by side, to a parser as it is."""

    protocol = _NeedsRoot


# Lists and waiting.


class DropsLastPage(GifClient):
    """Ends with the first page that is not full, before using it."""

    def pages(self, filters, page_size):
        for tasks in super().pages(filters, page_size):
            if len(tasks) < page_size:
                return
            yield tasks


class FirstPageOnly(GifClient):
    """Does not know of pages."""

    def pages(self, filters, page_size):
        yield next(super().pages(filters, page_size))


class ForgetsFailed(GifClient):
    """Does not know that a failed task has ended."""

    def is_over(self, task_id, status):
        return status == SUCCEEDED


class AnyEndIsGood(GifClient):
    """Takes any end for success."""

    def is_over(self, task_id, status):
        return status in (SUCCEEDED, FAILED)


class NotRunningIsOver(GifClient):
    """Takes every state that it does not know for success."""

    def is_over(self, task_id, status):
        return super().is_over(task_id, status) or status not in STATES


class WaitsForEver(GifClient):
    """Has no bound."""

    def wait(self, task_id, *, timeout_s=600.0, every_s=600.0):
        while not self.is_over(task_id, self.status(task_id)):
            time.sleep(every_s)
        return self.result(task_id)


# Addresses and secrets.


class _SmallFirstLetter(Rpc):
    def signed(self, action, parameters):
        return super().signed(action[0].lower() + action[1:], parameters)


class SmallFirstLetter(GifClient):
    """Writes the operation as methods are written."""

    protocol = _SmallFirstLetter


class _TellsSecret(Rpc):
    def send(self, action, form):
        try:
            return super().send(action, form)
        except NoAnswer as problem:
            raise NoAnswer(f"{problem}, signed with {self._signer._key!r}") from problem


class TellsSecret(GifClient):
    """Puts what it signed with into the text of an exception."""

    protocol = _TellsSecret


class Bug(NamedTuple):
    """A variant, the check that must find it, and the rule that the finding must name (its tail)."""

    client: type[GifClient]
    caught_by: str
    rule: str = ""
    answer_format: str = "JSON"

    @property
    def name(self) -> str:
        return self.client.__name__


BUGS = (
    Bug(CallbackIsOptional, "RULE-INVALID", "CreateGifTask.CallbackUrl.required"),
    Bug(EmptyIsEnough, "RULE-INVALID", "CreateGifTask.VideoName.required"),
    Bug(ZeroIsNoFilter, "RULE-VALID", "ListTasks.Status.enum"),
    Bug(TypesBelowThree, "RULE-VALID", "ListTasks.ServiceType.enum"),
    Bug(OneStateTooMany, "RULE-INVALID", "ListTasks.Status.enum"),
    Bug(ClampsTypes, "RULE-INVALID", "ListTasks.ServiceType.enum"),
    Bug(FloatIds, "EXACT"),
    Bug(CodeFromStatus, "ERR-MAP"),
    Bug(LosesRequestId, "ERR-MAP"),
    Bug(RepeatsRefusals, "RETRY-NEVER"),
    Bug(TightLoop, "RETRY-LOAD"),
    Bug(RepeatsLost, "LOST-ANSWER"),
    Bug(OneNonce, "FRESH"),
    Bug(NoTimeout, "TIMEOUT"),
    Bug(ReadsAnything, "GARBAGE"),
    Bug(TrustsShape, "GARBAGE"),
    Bug(StrictTask, "READER"),
    Bug(NeedsTemplate, "READER"),
    Bug(KnownStatesOnly, "WAIT-FINAL"),
    Bug(FloatTaskIds, "EXACT"),
    Bug(JsonErrorsOnly, "ERR-MAP", answer_format="XML"),
    Bug(NeedsRoot, "XML", answer_format="XML"),
    Bug(DropsLastPage, "PAGES"),
    Bug(FirstPageOnly, "PAGES"),
    Bug(ForgetsFailed, "WAIT-FINAL"),
    Bug(AnyEndIsGood, "WAIT-FINAL"),
    Bug(NotRunningIsOver, "WAIT-FINAL"),
    Bug(WaitsForEver, "WAIT-FINAL"),
    Bug(SmallFirstLetter, "ROUTE"),
    Bug(TellsSecret, "SECRET"),
)

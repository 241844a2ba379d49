"""Mistakes in what is made of answers: errors and repetitions, waiting and reading; actions and secrets."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace

from .answers import Answer, Page, StoredTemplate, stored_template
from .client import PAUSES_S, SEEN_BEFORE, VodClient
from .errors import ApiError, BadAnswer, NoAnswer, TaskFailed
from .signature import SecretKey

# Errors and repetitions.


class ErrorsByStatus(VodClient):
    """Looks for errors where the HTTP status is not 200, and it always is."""

    def read_error(self, answer):
        return super().read_error(answer) if answer.http_status != 200 else None


class ShortCodes(VodClient):
    """Keeps the first part of a code only."""

    def read_error(self, answer):
        problem = super().read_error(answer)
        if problem is None:
            return None
        return ApiError(problem.code.split(".")[0], problem.http_status, problem.request_id, problem.message)


class DeletesBlindly(VodClient):
    """Does not look at the answer to a delete."""

    def delete_template(self, definition):
        self.check_definition(definition)
        self.send("DeleteAnimatedGraphicsTemplate", {"Definition": definition})


class RepeatsRefusals(VodClient):
    """Repeats after every error."""

    def may_repeat(self, problem):
        return True


class TightLoop(VodClient):
    """Asks a busy service again and again, at once."""

    def call(self, action, parameters):
        for _ in range(15):
            answer = self.send(action, parameters)
            problem = self.read_error(answer)
            if problem is None or not self.may_repeat(problem):
                break
        if problem is not None:
            raise problem
        return answer.members


class NewSessionEachTime(VodClient):
    """Repeats a task whose answer was lost, under a new SessionId."""

    def start_again(self, body, lost):
        return self.start({**body, "SessionId": self.new_session()})


class RepeatsLost(VodClient):
    """Sends once more when no answer came, and gives tasks no SessionId."""

    def new_session(self):
        return ""

    def send(self, action, parameters):
        try:
            return super().send(action, parameters)
        except NoAnswer:
            time.sleep(PAUSES_S[0])
            return super().send(action, parameters)


class AdoptsOthers(VodClient):
    """Takes a SessionId that was used before for its own repetition, and hands out somebody else's task."""

    def start(self, body):
        try:
            return super().start(body)
        except ApiError as problem:
            if problem.code != SEEN_BEFORE:
                raise
        return next(one.task_id for page in self.pages({}) for one in page if one.session_id == body["SessionId"])


class NoTimeout(VodClient):
    """Waits for an answer for ever."""

    def exchange(self, action, headers, content):
        self.timeout_s = None
        return super().exchange(action, headers, content)


class ReadsAnything(VodClient):
    """Takes an answer that it cannot read for an empty one."""

    def read_response(self, status, content):
        try:
            return super().read_response(status, content)
        except BadAnswer:
            return Answer(200, {})

    def read_page(self, told):
        try:
            return super().read_page(told)
        except BadAnswer:
            return Page(0, [])


class TrustsShape(VodClient):
    """Reaches into answers without looking what they are."""

    def read_response(self, status, content):
        try:
            return Answer(status, json.loads(content)["Response"])
        except ValueError:
            raise BadAnswer("no JSON") from None


# Waiting and reading.


class FinishIsSuccess(VodClient):
    """Takes FINISH for success, whatever the parts say."""

    def is_over(self, found):
        if found.status == "ABORTED":
            raise TaskFailed(found)
        return found.status == "FINISH"


class ForgetsAborted(VodClient):
    """Does not know that an aborted task has ended."""

    def is_over(self, found):
        return found.status != "ABORTED" and super().is_over(found)


class AbortedIsOver(VodClient):
    """Takes any end for success."""

    def is_over(self, found):
        return found.status == "ABORTED" or super().is_over(found)


class NotRunningIsOver(VodClient):
    """Takes every state that it does not know for the end."""

    def is_over(self, found):
        return found.status not in ("WAITING", "PROCESSING", "FINISH", "ABORTED") or super().is_over(found)


class VanishedIsOver(VodClient):
    """Takes a task that is not known any more for one that is done."""

    def wait(self, task_id, timeout_s=600.0, interval_s=2.0):
        try:
            return super().wait(task_id, timeout_s, interval_s)
        except ApiError:
            return None


class WaitsForEver(VodClient):
    """Looks less and less often, and never gives up."""

    def wait(self, task_id, timeout_s=600.0, interval_s=2.0):
        while not self.is_over(found := self.look(task_id)):
            time.sleep(interval_s)
            interval_s = min(2 * interval_s, 300.0)
        return found


class StrictTemplates(VodClient):
    """Makes a template of all members of an answer, whatever they are."""

    def read_page(self, told):
        names = {"Type": "kind"}

        def read(one):
            return StoredTemplate(
                **{
                    names.get(name) or re.sub("(?<=[a-z])(?=[A-Z])", "_", name).lower(): value
                    for name, value in one.items()
                }
            )

        return Page(told["TotalCount"], [read(one) for one in told["AnimatedGraphicsTemplateSet"]])


class NeedsSession(VodClient):
    """Reads a member that not every task has."""

    def read_task(self, told, asked):
        return replace(super().read_task(told, asked), session_id=told["ProcedureTask"]["SessionId"])


class KnownTypesOnly(VodClient):
    """Fails at a word that it does not know."""

    def read_page(self, told):
        for one in told.get("AnimatedGraphicsTemplateSet") or ():
            if stored_template(one).kind not in ("Preset", "Custom"):
                raise BadAnswer("a template of an unknown type")
        return super().read_page(told)


# Actions and secrets.


class WithoutS(VodClient):
    """Spells an action as the results spell it: AnimatedGraphic."""

    def send(self, action, parameters):
        return super().send(action.replace("DeleteAnimatedGraphics", "DeleteAnimatedGraphic"), parameters)


class TellsSecret(VodClient):
    """Has a repr that shows all it was given."""

    def __init__(self, endpoint, key: SecretKey, **options):
        super().__init__(endpoint, key, **options)
        self.given = vars(key)

    def __repr__(self):
        return f"TellsSecret({self.endpoint!r}, {self.given})"

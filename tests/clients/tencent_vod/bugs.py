"""Buggy variants of the correct client, each with one mistake that people make, and the check that must find it."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from typing import NamedTuple

from .answers import Answer, Page, StoredTemplate, label, stored_template
from .client import PAUSES_S, SEEN_BEFORE, VodClient, given
from .errors import ApiError, BadAnswer, NoAnswer, TaskFailed
from .limits import FPS_LIMIT, INT_LIMIT, NAME_LIMIT, QUALITY_MOST, SIDE_LEAST, SIDE_MOST, InvalidRequest, whole
from .signature import SecretKey

# Limits, couplings, units.


class SmallestIsOne(VodClient):
    """Takes any positive side up to the limit."""

    def check_side(self, name, value):
        if value is not None:
            whole(name, value, 0, SIDE_MOST)


class ZeroRefused(VodClient):
    """Refuses 0, which stands for the other side in proportion, or for the size of the video."""

    def check_side(self, name, value):
        if value is not None:
            whole(name, value, SIDE_LEAST, SIDE_MOST)


class NoFpsIsZero(VodClient):
    """Asks whether the frame rate is true: 0 is neither refused nor sent."""

    def check_fps(self, fps):
        if fps:
            super().check_fps(fps)

    def template_body(self, wanted):
        return super().template_body(wanted if wanted.fps else replace(wanted, fps=None))


class ClampsFps(VodClient):
    """Quietly brings the frame rate into its range."""

    def check_fps(self, fps):
        pass

    def template_body(self, wanted):
        fps = wanted.fps
        return super().template_body(wanted if fps is None else replace(wanted, fps=min(max(fps, 1), FPS_LIMIT)))


class QualityBelow(VodClient):
    """Allows less than the limit where the limit itself is allowed."""

    def check_quality(self, quality):
        super().check_quality(quality)
        if quality == QUALITY_MOST:
            raise InvalidRequest("Quality: too high")


class WholeQuality(VodClient):
    """Takes the quality for an integer."""

    def template_body(self, wanted):
        return super().template_body(wanted if wanted.quality is None else replace(wanted, quality=int(wanted.quality)))


class WebpLikeGif(VodClient):
    """Does not know that webp needs a size."""

    def check_webp(self, width, height):
        pass


class WebpBothMissing(VodClient):
    """Knows that webp needs a size, and takes two zeros for one."""

    def check_create(self, wanted):
        super().check_create(wanted if wanted.format != "webp" else replace(wanted, format=None))
        if wanted.format == "webp" and wanted.width is None and wanted.height is None:
            raise InvalidRequest("Width and Height: webp needs one of them")


class NameInBytes(VodClient):
    """Counts the bytes of a name in place of its characters."""

    def check_name(self, name):
        super().check_name(name)
        if name is not None and len(name.encode()) > NAME_LIMIT:
            raise InvalidRequest(f"Name: at most {NAME_LIMIT} bytes")


class AnyCase(VodClient):
    """Takes GIF for gif."""

    def check_template(self, wanted):
        super().check_template(self.lowered(wanted))

    def template_body(self, wanted):
        return super().template_body(self.lowered(wanted))

    def lowered(self, wanted):
        return wanted if wanted.format is None else replace(wanted, format=wanted.format.lower())


class AsManyIds(VodClient):
    """Sends as many ids in one request as there are."""

    def check_definitions(self, definitions):
        for definition in definitions or ():
            self.check_definition(definition)


class AnySession(VodClient):
    """Does not know how long a SessionId may be."""

    def check_session(self, session_id):
        pass


class PriorityUpTo(VodClient):
    """Knows the upper end of the priorities only."""

    def check_priority(self, priority):
        if priority is not None:
            whole("TasksPriority", priority, -INT_LIMIT, 10)


class NothingNamed(VodClient):
    """Lets a task go out that names no video."""

    def check_source(self, source):
        pass


class EndOfVideoRefused(VodClient):
    """Wants the end behind the start, though 0 is the end of the video and less counts from there."""

    def check_part(self, start_s, end_s):
        super().check_part(start_s, end_s)
        if (end_s or 0) <= (start_s or 0):
            raise InvalidRequest("EndTimeOffset: not behind the start")


class InMilliseconds(VodClient):
    """Takes the offsets for milliseconds, as other services have them."""

    def gif_body(self, gif):
        body = super().gif_body(gif)
        return {name: value if name == "Definition" else value * 1000 for name, value in body.items()}


class WholeSeconds(VodClient):
    """Cuts offsets to whole seconds."""

    def gif_body(self, gif):
        return {name: int(value) for name, value in super().gif_body(gif).items()}


class DropsZeros(VodClient):
    """Leaves out what is not true: a side that shall become 0 stays as it was."""

    def template_body(self, wanted):
        return {name: value for name, value in super().template_body(wanted).items() if value}


class NumberOfFile(VodClient):
    """Takes the id of a file, which looks like a number, for one."""

    def process_body(self, source, gifs, options, session_id):
        body = super().process_body(source, gifs, options, session_id)
        file_id = body.get("FileId", "")
        return {**body, "FileId": str(int(file_id))} if re.fullmatch("[0-9]+", file_id) else body


class IdsAsFloats(VodClient):
    """Lets ids pass through a float, as JSON libraries elsewhere do."""

    def gif_body(self, gif):
        return super().gif_body(replace(gif, definition=int(float(gif.definition))))


class LocalTimes(VodClient):
    """Writes the times of a filter as the clock on the wall shows them."""

    def time_text(self, name, moment):
        if isinstance(moment, str):
            return super().time_text(name, moment)
        return moment.astimezone().strftime("%Y-%m-%dT%H:%M:%SZ")


# Pages.


class OnePage(VodClient):
    """Takes the first page for all."""

    def pages(self, asked):
        yield self.read_entries(self.call("DescribeTasks", asked))


class DropsLastPage(VodClient):
    """Ends with the page that has no token, before using it."""

    def pages(self, asked):
        told = self.call("DescribeTasks", asked)
        while token := label(told.get("ScrollToken")):
            yield self.read_entries(told)
            told = self.call("DescribeTasks", {**asked, "ScrollToken": token})


class SkipsMarked(VodClient):
    """Takes the token for a task that it has seen, and skips the first of every further page."""

    def pages(self, asked):
        first = True
        for page in super().pages(asked):
            yield page if first else page[1:]
            first = False


class SameToken(VodClient):
    """Never moves the token on, and waits for more where it has seen everything."""

    def pages(self, asked):
        token, seen = None, []
        while True:
            told = self.call("DescribeTasks", given({**asked, "ScrollToken": token}))
            page = self.read_entries(told)
            yield page
            token = token or label(told.get("ScrollToken"))
            if not token:
                return
            if page == seen:
                time.sleep(900.0)
            seen = page


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


class Bug(NamedTuple):
    """A variant, the check that must find it, and the rule that the finding must name (its tail)."""

    client: type[VodClient]
    caught_by: str
    rule: str = ""

    @property
    def name(self) -> str:
        return self.client.__name__


BUGS = (
    Bug(SmallestIsOne, "RULE-INVALID", "CreateAnimatedGraphicsTemplate.Width.range"),
    Bug(ZeroRefused, "RULE-VALID", "CreateAnimatedGraphicsTemplate.Height.range"),
    Bug(NoFpsIsZero, "RULE-INVALID", "ModifyAnimatedGraphicsTemplate.Fps.range"),
    Bug(ClampsFps, "RULE-INVALID", "CreateAnimatedGraphicsTemplate.Fps.range"),
    Bug(QualityBelow, "RULE-VALID", "CreateAnimatedGraphicsTemplate.Quality.range"),
    Bug(WholeQuality, "RULE-VALID", "CreateAnimatedGraphicsTemplate.Quality.range"),
    Bug(WebpLikeGif, "RULE-INVALID", "webp-size-given"),
    Bug(WebpBothMissing, "RULE-INVALID", "CreateAnimatedGraphicsTemplate.webp-size-not-zero"),
    Bug(NameInBytes, "RULE-VALID", "CreateAnimatedGraphicsTemplate.Name.length"),
    Bug(AnyCase, "RULE-INVALID", "CreateAnimatedGraphicsTemplate.Format.enum"),
    Bug(AsManyIds, "RULE-INVALID", "Definitions.max-items"),
    Bug(AnySession, "RULE-INVALID", "ProcessMedia.SessionId.length"),
    Bug(PriorityUpTo, "RULE-INVALID", "ProcessMedia.TasksPriority.range"),
    Bug(NothingNamed, "RULE-INVALID", "media-named"),
    Bug(EndOfVideoRefused, "FAITHFUL"),
    Bug(InMilliseconds, "FAITHFUL"),
    Bug(WholeSeconds, "EXACT"),
    Bug(DropsZeros, "RULE-VALID", "ModifyAnimatedGraphicsTemplate.Width.range"),
    Bug(NumberOfFile, "EXACT"),
    Bug(IdsAsFloats, "EXACT"),
    Bug(LocalTimes, "TIME"),
    Bug(OnePage, "PAGES"),
    Bug(DropsLastPage, "PAGES"),
    Bug(SkipsMarked, "PAGES"),
    Bug(SameToken, "PAGES"),
    Bug(ErrorsByStatus, "ERR-MAP"),
    Bug(ShortCodes, "ERR-MAP"),
    Bug(DeletesBlindly, "ERR-MAP"),
    Bug(RepeatsRefusals, "RETRY-NEVER"),
    Bug(TightLoop, "RETRY-LOAD"),
    Bug(NewSessionEachTime, "LOST-ANSWER"),
    Bug(RepeatsLost, "LOST-ANSWER"),
    Bug(AdoptsOthers, "STATE", "session-once"),
    Bug(NoTimeout, "TIMEOUT"),
    Bug(ReadsAnything, "GARBAGE"),
    Bug(TrustsShape, "GARBAGE"),
    Bug(FinishIsSuccess, "SUBTASK"),
    Bug(ForgetsAborted, "WAIT-FINAL"),
    Bug(AbortedIsOver, "WAIT-FINAL"),
    Bug(NotRunningIsOver, "WAIT-FINAL"),
    Bug(VanishedIsOver, "WAIT-FINAL"),
    Bug(WaitsForEver, "WAIT-FINAL"),
    Bug(StrictTemplates, "READER"),
    Bug(NeedsSession, "READER"),
    Bug(KnownTypesOnly, "READER"),
    Bug(WithoutS, "ROUTE"),
    Bug(TellsSecret, "SECRET"),
)

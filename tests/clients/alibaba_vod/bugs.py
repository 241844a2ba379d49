"""Buggy variants of the correct client, each with one mistake that people make, and the check that must find it."""

from __future__ import annotations

import json
import time
from typing import NamedTuple

from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from .acs3 import PAUSES_S, Acs3, ApiError, VodError
from .client import BadAnswer, DynamicImage, NoAnswer, VodClient, an_object, ids
from .limits import (
    NAME_BYTES,
    VIDEOS_AT_ONCE,
    Configs,
    InvalidRequest,
    frames_per_second,
    json_text,
    members,
    one_of,
    template_type,
    whole,
)

# Limits and couplings of templates.


class _BelowLargest(Configs):
    def image_size(self):
        return whole(128, 4095)


class BelowLargest(VodClient):
    """Writes < for <=: 4096 px are refused."""

    configs = _BelowLargest()


class _SnapshotSizes(Configs):
    def image_size(self):
        return whole(8, 4096)


class SnapshotSizes(VodClient):
    """Takes the smallest size of snapshots for animated images."""

    configs = _SnapshotSizes()


class _RateIsTrue(Configs):
    def video(self, name, value):
        rate = value.get("Fps")
        if rate and float(rate):
            frames_per_second(f"{name}.Fps", rate)
        super().video(name, {key: item for key, item in value.items() if key != "Fps"})


class RateIsTrue(VodClient):
    """Asks whether the frame rate is true: 0 is not looked at."""

    configs = _RateIsTrue()


class _EndIsNoEnd(Configs):
    def time_span(self, name, value):
        if value.get("Duration") is None:
            raise InvalidRequest(f"{name}.Duration is mandatory")
        super().time_span(name, value)


class EndIsNoEnd(VodClient):
    """Wants a Duration, although End may stand in its place."""

    configs = _EndIsNoEnd()


class _SeekIsEnough(Configs):
    def time_span(self, name, value):
        self.part_of_time_span(name, value)
        if not value.get("Seek"):
            raise InvalidRequest(f"{name}.Seek is mandatory")


class SeekIsEnough(VodClient):
    """Forgets that a span needs a length."""

    configs = _SeekIsEnough()


class _AnyFormat(Configs):
    def container(self, name, value):
        wanted = value.get("Format")
        members(name, value, {}, ("Format",))
        one_of("gif", "webp")(f"{name}.Format", str(wanted).lower())


class AnyCase(VodClient):
    """Compares the format without regard to case, and sends it as it was written."""

    configs = _AnyFormat()


class NameInCharacters(VodClient):
    """Counts characters where bytes are limited."""

    def name(self, value):
        if len(value) > NAME_BYTES:
            raise InvalidRequest("Name is too long")
        return value


class CutsName(VodClient):
    """Quietly cuts a name that is too long."""

    def name(self, value):
        return value.encode()[:NAME_BYTES].decode(errors="ignore")


class RewritesConfig(VodClient):
    """Reads and writes configurations with every moment cut to whole seconds."""

    def add_template(self, name, kind, config, app_id=None):
        _, found = json_text("TemplateConfig", config or "")
        self.configs.check(template_type(kind), found)
        span = found.get("Clip", {}).get("TimeSpan", {})
        for moment in ("Seek", "Duration", "End"):
            if "." in str(span.get(moment, "")):
                span[moment] = str(span[moment]).partition(".")[0]
        return super().add_template(name, kind, json.loads(json.dumps(found, default=float)), app_id)


class EncodesTwice(VodClient):
    """Makes JSON of a text that is JSON already."""

    def update_template(self, template_id, name=None, config=None):
        if config is not None:
            self.configs.check_known(json_text("TemplateConfig", config)[1])
            config = json.dumps(config)
        parameters = {"VodTemplateId": template_id, "Name": name, "TemplateConfig": config}
        self.acs.change("UpdateVodTemplate", {key: value for key, value in parameters.items() if value is not None})


class AsciiOnly(VodClient):
    """Loses what is not ASCII on the way to the wire."""

    def name(self, value):
        return super().name(value).encode("ascii", "replace").decode()


# Several at a time.


class ElevenImages(VodClient):
    """Allows one image too many."""

    def delete_images(self, video_id, image_ids=None):
        if image_ids is None:
            super().delete_images(video_id)
            return
        joined = ",".join(ids("DynamicImageIds", image_ids, 11))
        self.acs.change("DeleteDynamicImage", {"VideoId": video_id, "DynamicImageIds": joined})


class AllAtOnce(VodClient):
    """Asks for all videos in one request."""

    def batches(self, wanted):
        yield wanted


class OneTooMany(VodClient):
    """Cuts a list of ids one too late."""

    def batches(self, wanted):
        for start in range(0, len(wanted), VIDEOS_AT_ONCE + 1):
            yield wanted[start : start + VIDEOS_AT_ONCE + 1]


# Errors and repetitions.


class _KnownCodes(Acs3):
    CODES = ("InvalidVideo.NotFound", "NoSuchResource", "MissingParameter", "InvalidParameter", "ServiceUnavailable")

    def error(self, status, found):
        problem = super().error(status, found)
        code = next((code for code in self.CODES if code == problem.code), "Unknown")
        return ApiError(code, status, problem.request_id, problem.message)


class KnownCodes(VodClient):
    """Knows the codes of some pages; whatever else comes is unknown."""

    protocol = _KnownCodes


class _MessageSaysIt(Acs3):
    def error(self, status, found):
        message = str(found.get("Message"))
        if "does not exist" in message:
            return super().error(status, {**found, "Code": "NoSuchResource"})
        return super().error(status, found)


class MessageSaysIt(VodClient):
    """Goes by the message: videos and templates both do not exist."""

    protocol = _MessageSaysIt


class IllegalIsDone(VodClient):
    """Takes the refusal of a video's state for a job that is there already."""

    def submit(self, video_id, template_id, overrides=None):
        try:
            return super().submit(video_id, template_id, overrides)
        except ApiError as problem:
            if problem.code != "Forbidden.IllegalStatus":
                raise
            return "already"


class MissingIsDeleted(VodClient):
    """Takes every error of a deletion for a template that is gone."""

    def delete_template(self, template_id):
        try:
            super().delete_template(template_id)
        except ApiError:
            return


class _RepeatsBadRequests(Acs3):
    def is_denied(self, problem):
        return super().is_denied(problem) or (isinstance(problem, ApiError) and problem.http_status == 400)


class RepeatsBadRequests(VodClient):
    """Throttling has HTTP status 400, so that every 400 is repeated."""

    protocol = _RepeatsBadRequests


class _TightLoop(Acs3):
    def _repeated(self, action, parameters, is_worth_it):
        for _ in range(3):
            try:
                return self.attempt(action, parameters)
            except VodError as problem:
                if not is_worth_it(problem):
                    raise
        return self.attempt(action, parameters)


class TightLoop(VodClient):
    """Asks a busy service again at once."""

    protocol = _TightLoop


class _RepeatsLost(Acs3):
    def is_denied(self, problem):
        return not isinstance(problem, ApiError) or super().is_denied(problem)


class RepeatsLost(VodClient):
    """Submits once more when no answer came, or none that it could read."""

    protocol = _RepeatsLost


class _MountsRetries(Acs3):
    def __init__(self, *given):
        super().__init__(*given)
        again = Retry(total=2, allowed_methods=None, status_forcelist=(503,), backoff_factor=0)
        self._session.mount("http://", HTTPAdapter(max_retries=again))


class MountsRetries(VodClient):
    """Lets the HTTP library repeat a request that is signed already."""

    protocol = _MountsRetries


class _OneNonce(Acs3):
    def _repeated(self, action, parameters, is_worth_it):
        nonce = self.nonce()
        self.nonce = lambda: nonce
        try:
            return super()._repeated(action, parameters, is_worth_it)
        finally:
            del self.nonce


class OneNonce(VodClient):
    """Takes the nonce for a key against doubles, and keeps it for every attempt."""

    protocol = _OneNonce


# Answers.


class _NoTimeout(Acs3):
    def send(self, action, query, headers):
        self._timeout_s = None
        return super().send(action, query, headers)


class NoTimeout(VodClient):
    """Waits for an answer for ever."""

    protocol = _NoTimeout


class _TrustsShape(Acs3):
    def members(self, action, status, content):
        found = json.loads(content)
        if status >= 300 or found.get("Code"):
            raise self.error(status, found)
        return found


class TrustsShape(VodClient):
    """Reaches into an answer without looking what it is."""

    protocol = _TrustsShape


class _EmptyIsEmpty(Acs3):
    def members(self, action, status, content):
        try:
            return super().members(action, status, content)
        except BadAnswer:
            return {"DynamicImageList": [], "VodTemplateInfoList": [], "VideoList": []}


class EmptyIsEmpty(VodClient):
    """Takes an answer that it cannot read for an empty list."""

    protocol = _EmptyIsEmpty


class StrictVideo(VodClient):
    """Wants every member that the documents show."""

    def video_of(self, members):
        assert members["CateId"]
        return super().video_of(members)


class StrictImage(VodClient):
    """Makes an image of all members of an answer, whatever they are."""

    NAMES = (
        ("DynamicImageId", "image_id"),
        ("JobId", "job_id"),
        ("FileURL", "url"),
        ("Format", "format"),
        ("Width", "width"),
        ("Height", "height"),
        ("Fps", "fps"),
        ("Duration", "duration"),
        ("FileSize", "file_size"),
        ("CreationTime", "created"),
    )

    def image_of(self, members):
        known = dict(self.NAMES)
        return DynamicImage(**{known.get(name, name): members[name] for name in members if name != "VideoId"})


class KnownKinds(VodClient):
    """Has a table of the kinds of templates that there are, and of their source."""

    def template_of(self, members):
        assert {"Custom": 1, "System": 2}[members["Source"]] if "Name" in members else True
        return super().template_of(members)

    def templates(self, kind, app_id=None):
        parameters = {"TemplateType": template_type(kind), **({} if app_id is None else {"AppId": app_id})}
        found = self.acs.read("ListVodTemplate", parameters)["VodTemplateInfoList"]
        return [VodClient.template_of(self, an_object(item)) for item in found]


class LastOfEach(VodClient):
    """Keeps the images by the template's format, and so one of each."""

    def images(self, video_id):
        return list({image.format: image for image in super().images(video_id)}.values())


# Addresses and secrets.


class _PathOfAction(Acs3):
    def __init__(self, url, *given):
        super().__init__(url, *given)
        self._url = f"{url.rstrip('/')}/vod"


class PathOfProduct(VodClient):
    """Adds the product to the path."""

    protocol = _PathOfAction


class _TellsSecret(Acs3):
    def send(self, action, query, headers):
        try:
            return super().send(action, query, headers)
        except NoAnswer as problem:
            raise NoAnswer(f"{problem}, with {vars(self._key)}") from problem


class TellsSecret(VodClient):
    """Puts what it signed with into the text of an exception."""

    protocol = _TellsSecret


class _AsksForEver(Acs3):
    def _repeated(self, action, parameters, is_worth_it):
        pause = PAUSES_S[0]
        while True:
            try:
                return self.attempt(action, parameters)
            except VodError as problem:
                if not is_worth_it(problem):
                    raise
            time.sleep(pause)
            pause *= 2


class AsksForEver(VodClient):
    """Repeats, more and more seldom, and never gives up."""

    protocol = _AsksForEver


class Bug(NamedTuple):
    """A variant, the check that must find it, and the rule that the finding must name (its tail)."""

    client: type[VodClient]
    caught_by: str
    rule: str = ""

    @property
    def name(self) -> str:
        return self.client.__name__


BUGS = (
    Bug(BelowLargest, "RULE-VALID", "AddVodTemplate.TemplateConfig.Video.Width.range"),
    Bug(SnapshotSizes, "RULE-INVALID", "AddVodTemplate.TemplateConfig.Video.Height.range"),
    Bug(RateIsTrue, "RULE-INVALID", "UpdateVodTemplate.TemplateConfig.Video.Fps.range"),
    Bug(EndIsNoEnd, "RULE-VALID", "AddVodTemplate.duration-or-end"),
    Bug(SeekIsEnough, "RULE-INVALID", "AddVodTemplate.duration-or-end"),
    Bug(AnyCase, "RULE-INVALID", "AddVodTemplate.TemplateConfig.Container.Format.enum"),
    Bug(NameInCharacters, "RULE-INVALID", "AddVodTemplate.Name.bytes"),
    Bug(CutsName, "RULE-INVALID", "UpdateVodTemplate.Name.bytes"),
    Bug(RewritesConfig, "RULE-VALID", "AddVodTemplate.TemplateConfig.Clip.TimeSpan.Seek.format"),
    Bug(EncodesTwice, "RULE-VALID", "UpdateVodTemplate.TemplateConfig.json"),
    Bug(AsciiOnly, "EXACT"),
    Bug(ElevenImages, "RULE-INVALID", "DeleteDynamicImage.DynamicImageIds.max-items"),
    Bug(AllAtOnce, "RULE-INVALID", "GetVideoInfos.VideoIds.max-items"),
    Bug(OneTooMany, "RULE-INVALID", "GetVideoInfos.VideoIds.max-items"),
    Bug(KnownCodes, "ERR-MAP"),
    Bug(MessageSaysIt, "STATE", "SubmitDynamicImageJob.video-exists"),
    Bug(IllegalIsDone, "STATE", "SubmitDynamicImageJob.video-status"),
    Bug(MissingIsDeleted, "ERR-MAP"),
    Bug(RepeatsBadRequests, "RETRY-NEVER"),
    Bug(TightLoop, "RETRY-LOAD"),
    Bug(AsksForEver, "RETRY-LOAD"),
    Bug(RepeatsLost, "LOST-ANSWER"),
    Bug(MountsRetries, "FRESH"),
    Bug(OneNonce, "FRESH"),
    Bug(NoTimeout, "TIMEOUT"),
    Bug(TrustsShape, "GARBAGE"),
    Bug(EmptyIsEmpty, "GARBAGE"),
    Bug(StrictVideo, "READER"),
    Bug(StrictImage, "READER"),
    Bug(KnownKinds, "READER"),
    Bug(LastOfEach, "PAGES"),
    Bug(PathOfProduct, "ROUTE"),
    Bug(TellsSecret, "SECRET"),
)

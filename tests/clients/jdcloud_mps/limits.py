"""What the documents of thumbnail tasks allow; everything is checked here before anything is sent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

MODES = ("single", "multi", "average")
FORMATS = ("jpg", "png", "webp")
LIST_STATES = ("PENDING", "RUNNING", "SUCCESS", "FAILED")
EVENTS = ("mpsTranscodeComplete", "mpsThumbnailComplete")
STRATEGIES = ("BACKOFF_RETRY", "EXPONENTIAL_DECAY_RETRY")
CONTENT_FORMATS = ("SIMPLIFIED", "JSON")
COUNT_LIMIT = 3600
PAGE_LIMIT = 1000
TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")


class InvalidRequest(ValueError):
    """The documents forbid this; nothing was sent."""


@dataclass(frozen=True, slots=True)
class Source:
    """The video: a bucket and the key of an object in it."""

    bucket: str
    key: str


@dataclass(frozen=True, slots=True)
class Target:
    """Where the pictures go, and how they look. None: the service's default.

    width, height  px; 0 is that of the video
    """

    bucket: str
    key_prefix: str | None = None
    format: str | None = None
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """Which pictures are taken. None: the service's default.

    mode     single, multi or average; the service takes single when there is none
    start_s  not with average
    end_s    only with multi; -1 is the end of the video
    count    not with single
    """

    mode: str | None = None
    key_frame: bool | None = None
    start_s: int | None = None
    end_s: int | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Notification:
    """Where the service reports the end of tasks. None: its default."""

    enabled: bool
    endpoint: str | None = None
    events: list[str] | None = None
    strategy: str | None = None
    content_format: str | None = None


class Checks:
    """The documented constraints, one method for each group."""

    def check_create(self, source: Source, target: Target, rule: Rule) -> None:
        """Everything about a new task."""
        text("source.bucket", source.bucket)
        text("source.key", source.key)
        self.check_target(target)
        self.check_rule(rule)

    def check_target(self, target: Target) -> None:
        """Bucket, prefix, format, size."""
        text("target.destBucket", target.bucket)
        if target.key_prefix is not None:
            text("target.destKeyPrefix", target.key_prefix, may_be_empty=True)
        member("target.format", target.format, FORMATS)
        self.check_length("target.widthInPixel", target.width)
        self.check_length("target.heightInPixel", target.height)

    def check_length(self, name: str, value: int | None) -> None:
        """0, or 8 to 4096."""
        if value is not None and value != 0:
            whole(name, value, 8, 4096)

    def check_rule(self, rule: Rule) -> None:
        """The mode, what it excludes, and the order of start and end."""
        member("rule.mode", rule.mode, MODES)
        if rule.key_frame is not None and not isinstance(rule.key_frame, bool):
            raise InvalidRequest("rule.keyFrame: true or false is needed")
        self.check_mode(rule)
        if rule.start_s is not None:
            whole("rule.startTimeInSecond", rule.start_s, 0)
        if rule.end_s is not None:
            whole("rule.endTimeInSecond", rule.end_s, -1)
            self.check_order(rule.start_s or 0, rule.end_s)
        self.check_count(rule.count)

    def check_mode(self, rule: Rule) -> None:
        """No mode is single: the service would take it so."""
        mode = rule.mode or "single"
        if mode == "average" and rule.start_s is not None:
            raise InvalidRequest("rule.startTimeInSecond: not with average")
        if mode != "multi" and rule.end_s is not None:
            raise InvalidRequest(f"rule.endTimeInSecond: not with {mode}")
        if mode == "single" and rule.count is not None:
            raise InvalidRequest("rule.count: not with single")

    def check_order(self, start_s: int, end_s: int) -> None:
        """The end is not before the start; -1 is the end of the video."""
        if end_s != -1 and end_s < start_s:
            raise InvalidRequest(f"rule.endTimeInSecond: {end_s} lies before {start_s}")

    def check_count(self, count: int | None) -> None:
        """1 to 3600."""
        if count is not None:
            whole("rule.count", count, 1, COUNT_LIMIT)

    def check_list(self, status: str | None, limit: int | None) -> None:
        """The words of the query differ from those of a task."""
        member("status", status, LIST_STATES)
        if limit is not None:
            whole("limit", limit, 1, PAGE_LIMIT)

    def check_notification(self, wanted: Notification) -> None:
        """Everything about a notification."""
        if not isinstance(wanted.enabled, bool):
            raise InvalidRequest("enabled: true or false is needed")
        if wanted.endpoint is not None and not re.match(r"https?://[^/?#]", text("endpoint", wanted.endpoint)):
            raise InvalidRequest("endpoint: an address that begins with http:// or https://")
        for event in wanted.events or ():
            member("events", event, EVENTS)
        member("notifyStrategy", wanted.strategy, STRATEGIES)
        member("notifyContentFormat", wanted.content_format, CONTENT_FORMATS)

    def time_text(self, name: str, moment: datetime | str) -> str:
        """yyyy-MM-ddTHH:mm:ss.SSSZ in GMT, from an aware datetime or from such a text."""
        if isinstance(moment, datetime):
            if moment.tzinfo is None:
                raise InvalidRequest(f"{name}: a time without a zone")
            return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
        if isinstance(moment, str) and TIME.fullmatch(moment):
            try:
                datetime.fromisoformat(moment)
            except ValueError:
                pass
            else:
                return moment
        raise InvalidRequest(f"{name}: yyyy-MM-ddTHH:mm:ss.SSSZ in GMT")


def text(name: str, value: object, *, may_be_empty: bool = False) -> str:
    """A text."""
    if not isinstance(value, str) or not (value or may_be_empty):
        raise InvalidRequest(f"{name}: a text is needed")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InvalidRequest(f"{name}: no text that UTF-8 can hold") from None
    return value


def member(name: str, value: object, words: tuple[str, ...]) -> None:
    """One of some words, or not given."""
    if value is not None and value not in words:
        raise InvalidRequest(f"{name}: one of {', '.join(words)}, not {value!r}")


def whole(name: str, value: object, least: int, most: int | None = None) -> int:
    """An integer from `least` to `most`; a boolean is none."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidRequest(f"{name}: an integer is needed")
    if value < least or (most is not None and value > most):
        raise InvalidRequest(f"{name}: {value} lies outside {least} to {most}")
    return value

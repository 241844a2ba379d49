"""What the documents of animated images allow; everything is checked here before anything is sent."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

FORMATS = ("gif", "webp")
ADAPTIVE = ("open", "close")
KINDS = ("Preset", "Custom")
NOTIFY = ("Finish", "Change", "None", "")
LIST_STATES = ("WAITING", "PROCESSING", "FINISH")
SORT_FIELDS = ("CreateTime", "FinishTime")
SORT_ORDERS = ("Asc", "Desc")
FPS_LIMIT = 60
SIDE_LEAST, SIDE_MOST = 128, 4096
QUALITY_LEAST, QUALITY_MOST = 1, 100
NAME_LIMIT = 64
COMMENT_LIMIT = 256
DEFINITIONS_AT_ONCE = 100
PAGE_LIMIT = 100
SESSION_ID_LIMIT = 50
SESSION_CONTEXT_LIMIT = 1000
PRIORITY_LIMIT = 10
INT_LIMIT = 2**63 - 1
TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})")


class InvalidRequest(ValueError):
    """The documents forbid this; nothing was sent."""


@dataclass(frozen=True, slots=True)
class Template:
    """How an animated image shall look. None: the service's default, for a change: as it was.

    width, height  px; 0 follows the other one, 0 and 0 are those of the video
    quality        1 to 100, fractions too
    """

    fps: int | None = None
    width: int | None = None
    height: int | None = None
    resolution_adaptive: str | None = None
    format: str | None = None
    quality: float | None = None
    name: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """The video: its id, or its path in an application of the mode "FileID + Path"."""

    file_id: str | None = None
    storage_path: str | None = None


@dataclass(frozen=True, slots=True)
class Gif:
    """An animated image that is wanted: a template, and the part of the video.

    start_s, end_s  seconds from the start, below 0 from the end; an end of 0 is the end of the video
    """

    definition: int
    start_s: float | None = None
    end_s: float | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """What else a task may be given. None: the service's default.

    session_id  tells a repetition from a new task for three days; None: the client makes one; "": none at all
    """

    session_id: str | None = None
    session_context: str | None = None
    priority: int | None = None
    notify: str | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """From `after` on, and before `before`; either may be missing."""

    after: datetime | str | None = None
    before: datetime | str | None = None


class Checks:
    """The documented constraints, one method for each group."""

    def check_create(self, wanted: Template) -> None:
        """Everything about a new template."""
        if wanted.fps is None:
            raise InvalidRequest("Fps: is needed")
        self.check_template(wanted)
        if wanted.format == "webp":
            self.check_webp(wanted.width or 0, wanted.height or 0)

    def check_change(self, definition: int, changes: Template) -> None:
        """Everything about a change that can be told without knowing the template."""
        self.check_definition(definition)
        self.check_template(changes)
        if changes.format == "webp" and changes.width is not None and changes.height is not None:
            self.check_webp(changes.width, changes.height)

    def check_template(self, wanted: Template) -> None:
        """The single members of a template."""
        self.check_fps(wanted.fps)
        self.check_side("Width", wanted.width)
        self.check_side("Height", wanted.height)
        member("ResolutionAdaptive", wanted.resolution_adaptive, ADAPTIVE)
        member("Format", wanted.format, FORMATS)
        self.check_quality(wanted.quality)
        self.check_name(wanted.name)
        if wanted.comment is not None:
            text("Comment", wanted.comment, COMMENT_LIMIT)

    def check_fps(self, fps: int | None) -> None:
        """1 to 60."""
        if fps is not None:
            whole("Fps", fps, 1, FPS_LIMIT)

    def check_side(self, name: str, value: int | None) -> None:
        """0, or 128 to 4096."""
        if value is not None and 0 < whole(name, value, 0, SIDE_MOST) < SIDE_LEAST:
            raise InvalidRequest(f"{name}: 0, or from {SIDE_LEAST} to {SIDE_MOST}, not {value}")

    def check_quality(self, quality: float | None) -> None:
        """1 to 100."""
        if quality is not None and not QUALITY_LEAST <= real("Quality", quality) <= QUALITY_MOST:
            raise InvalidRequest(f"Quality: from {QUALITY_LEAST} to {QUALITY_MOST}, not {quality}")

    def check_name(self, name: str | None) -> None:
        """At most 64 characters."""
        if name is not None:
            text("Name", name, NAME_LIMIT)

    def check_webp(self, width: int, height: int) -> None:
        """WebP needs a size."""
        if width == 0 and height == 0:
            raise InvalidRequest("Width and Height: webp needs one of them")

    def check_definition(self, definition: int) -> None:
        """The id of a template."""
        whole("Definition", definition, 0, INT_LIMIT)

    def check_page(self, definitions: Sequence[int] | None, kind: str | None, offset: int, limit: int) -> None:
        """Everything about a page of templates."""
        self.check_definitions(definitions)
        member("Type", kind, KINDS)
        whole("Offset", offset, 0, INT_LIMIT)
        whole("Limit", limit, 0, PAGE_LIMIT)

    def check_definitions(self, definitions: Sequence[int] | None) -> None:
        """At most 100 ids."""
        for definition in definitions or ():
            self.check_definition(definition)
        if definitions is not None and len(definitions) > DEFINITIONS_AT_ONCE:
            raise InvalidRequest(f"Definitions: at most {DEFINITIONS_AT_ONCE}, not {len(definitions)}")

    def check_process(self, source: Source, gifs: Sequence[Gif], options: Options) -> None:
        """Everything about a new task."""
        self.check_source(source)
        if not gifs:
            raise InvalidRequest("AnimatedGraphicTaskSet: nothing to do")
        for gif in gifs:
            self.check_definition(gif.definition)
            self.check_part(gif.start_s, gif.end_s)
        self.check_options(options)

    def check_source(self, source: Source) -> None:
        """One of the two; an empty text is none."""
        if not source.file_id and not source.storage_path:
            raise InvalidRequest("FileId or MediaStoragePath: one of them is needed")
        for name, value in (("FileId", source.file_id), ("MediaStoragePath", source.storage_path)):
            if value is not None:
                text(name, value)

    def check_part(self, start_s: float | None, end_s: float | None) -> None:
        """Numbers; whether the start is before the end, only the service knows, which knows the video."""
        for name, value in (("StartTimeOffset", start_s), ("EndTimeOffset", end_s)):
            if value is not None:
                real(name, value)

    def check_options(self, options: Options) -> None:
        """Session, context, priority, notification."""
        self.check_session(options.session_id)
        if options.session_context is not None:
            text("SessionContext", options.session_context, SESSION_CONTEXT_LIMIT)
        self.check_priority(options.priority)
        member("TasksNotifyMode", options.notify, NOTIFY)

    def check_session(self, session_id: str | None) -> None:
        """At most 50 characters."""
        if session_id is not None:
            text("SessionId", session_id, SESSION_ID_LIMIT)

    def check_priority(self, priority: int | None) -> None:
        """-10 to 10."""
        if priority is not None:
            whole("TasksPriority", priority, -PRIORITY_LIMIT, PRIORITY_LIMIT)

    def check_list(self, status: str | None, sort: tuple[str, str] | None, limit: int | None) -> None:
        """Filters of a list of tasks, but for its times."""
        member("Status", status, LIST_STATES)
        if limit is not None:
            whole("Limit", limit, 1, PAGE_LIMIT)
        if sort is not None:
            if None in sort:
                raise InvalidRequest("Sort: needs a field and an order")
            member("Sort.Field", sort[0], SORT_FIELDS)
            member("Sort.Order", sort[1], SORT_ORDERS)

    def time_text(self, name: str, moment: datetime | str) -> str:
        """ISO 8601, from an aware datetime or from such a text."""
        if isinstance(moment, datetime):
            if moment.tzinfo is None:
                raise InvalidRequest(f"{name}: a time without a zone")
            return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
        if isinstance(moment, str) and TIME.fullmatch(moment):
            try:
                datetime.fromisoformat(moment)
            except ValueError:
                pass
            else:
                return moment
        raise InvalidRequest(f"{name}: yyyy-mm-ddThh:mm:ssZ")


def member(name: str, value: object, known: tuple[str, ...]) -> None:
    """One of the documented words, or nothing."""
    if value is not None and value not in known:
        raise InvalidRequest(f"{name}: one of {', '.join(known)}, not {value!r}")


def text(name: str, value: object, most: int | None = None, least: int = 0) -> str:
    """A text of `least` to `most` characters."""
    if not isinstance(value, str) or len(value) < least:
        raise InvalidRequest(f"{name}: a text is needed")
    if most is not None and len(value) > most:
        raise InvalidRequest(f"{name}: at most {most} characters, not {len(value)}")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InvalidRequest(f"{name}: no text that UTF-8 can hold") from None
    return value


def whole(name: str, value: object, least: int, most: int) -> int:
    """An integer from `least` to `most`; a boolean is none."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidRequest(f"{name}: an integer is needed")
    if not least <= value <= most:
        raise InvalidRequest(f"{name}: from {least} to {most}, not {value}")
    return value


def real(name: str, value: object) -> float:
    """A finite number; a boolean is none."""
    if isinstance(value, float) and math.isfinite(value):
        return value
    return whole(name, value, -INT_LIMIT, INT_LIMIT)

"""What the documents of animated GIFs allow; everything is checked here before anything is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

TEXT_LIMIT = 64
FILE_NAME_LIMIT = 180
USER_DATA_LIMIT = 65_535
TASK_ID_LIMIT = 16
SPAN_LIMIT_MS = 60_000
INT_LIMIT = 2_147_483_647
PAGE_LIMIT = 50_000
IDS_AT_ONCE = 10
STATES = ("INIT", "WAITING", "PROCESSING", "PREPROCESSING", "SUCCEED", "FAILED", "CANCELED")
TIME = "%Y%m%d%H%M%S"


class InvalidRequest(ValueError):
    """The documents forbid this; nothing was sent."""


@dataclass(frozen=True, slots=True)
class ObsObject:
    """An object, or the folder for one, in a bucket of OBS. location: the region, that of MPC."""

    bucket: str
    location: str
    object: str
    file_name: str | None = None


@dataclass(frozen=True, slots=True)
class Gif:
    """The GIF that is wanted.

    width, height   px; -1 follows the other one, 0 is that of the video (then both are 0)
    start_ms, end_ms  the part of the video, 60 s at most
    frame_rate      1 to 75; None leaves it to the service
    """

    width: int
    height: int
    start_ms: int
    end_ms: int
    frame_rate: int | None = None
    format: str = "gif"


class Checks:
    """The documented constraints, one method for each group."""

    def check_create(self, source: ObsObject, output: ObsObject, gif: Gif, user_data: str | None) -> None:
        """Everything about a new task."""
        self.check_object("input", source)
        self.check_object("output", output)
        if source.object.lower().endswith(".m3u8"):
            raise InvalidRequest("input.object: no GIF can be made of an m3u8")
        self.check_gif(gif)
        if user_data is not None:
            text("user_data", user_data, USER_DATA_LIMIT, may_be_empty=True)

    def check_object(self, name: str, place: ObsObject) -> None:
        """Bucket, location and object are mandatory."""
        text(f"{name}.bucket", place.bucket, TEXT_LIMIT)
        text(f"{name}.location", place.location, TEXT_LIMIT)
        text(f"{name}.object", place.object)
        if place.file_name is not None:
            text(f"{name}.file_name", place.file_name, FILE_NAME_LIMIT, may_be_empty=True)

    def check_gif(self, gif: Gif) -> None:
        """Size, span, frame rate, format."""
        if gif.format != "gif":
            raise InvalidRequest("format: only gif is supported")
        self.check_side("width", gif.width, 3840)
        self.check_side("height", gif.height, 2160)
        self.check_size(gif.width, gif.height)
        whole("start", gif.start_ms, 0, INT_LIMIT)
        whole("end", gif.end_ms, 0, INT_LIMIT)
        self.check_span(gif.start_ms, gif.end_ms)
        self.check_frame_rate(gif.frame_rate)

    def check_side(self, name: str, value: int, most: int) -> None:
        """-1, 0, or even from 32."""
        whole(name, value, -1, most)
        if value not in (-1, 0) and (value < 32 or value % 2):
            raise InvalidRequest(f"{name}: -1, 0 or an even number from 32 to {most}, not {value}")

    def check_size(self, width: int, height: int) -> None:
        """-1 needs a real length beside it, 0 needs 0."""
        if -1 in (width, height) and max(width, height) < 32:
            raise InvalidRequest("width and height: -1 needs a length beside it")
        if 0 in (width, height) and width != height:
            raise InvalidRequest("width and height: 0 needs 0 beside it")

    def check_span(self, start_ms: int, end_ms: int) -> None:
        """60 seconds at most."""
        if end_ms - start_ms > SPAN_LIMIT_MS:
            raise InvalidRequest(f"start and end: {end_ms - start_ms} ms apart, at most {SPAN_LIMIT_MS}")

    def check_frame_rate(self, frame_rate: int | None) -> None:
        """1 to 75, or not given."""
        if frame_rate is not None:
            whole("frame_rate", frame_rate, 1, 75)

    def check_size_of_page(self, size: int) -> None:
        """1 to 100."""
        whole("size", size, 1, 100)

    def check_status(self, status: str) -> None:
        """One of the documented words."""
        if status not in STATES:
            raise InvalidRequest(f"status: one of {', '.join(STATES)}, not {status!r}")

    def time_text(self, name: str, moment: datetime | str) -> str:
        """yyyymmddhhmmss in UTC, from an aware datetime or from such a text."""
        if isinstance(moment, datetime):
            if moment.tzinfo is None:
                raise InvalidRequest(f"{name}: a time without a zone")
            return moment.astimezone(UTC).strftime(TIME)
        try:
            if datetime.strptime(moment, TIME).replace(tzinfo=UTC).strftime(TIME) == moment:
                return moment
        except (TypeError, ValueError):
            pass
        raise InvalidRequest(f"{name}: yyyymmddhhmmss in UTC")


def text(name: str, value: object, most: int | None = None, *, may_be_empty: bool = False) -> str:
    """A text of at most `most` characters."""
    if not isinstance(value, str) or not (value or may_be_empty):
        raise InvalidRequest(f"{name}: a text is needed")
    if most is not None and len(value) > most:
        raise InvalidRequest(f"{name}: at most {most} characters, not {len(value)}")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InvalidRequest(f"{name}: no text that UTF-8 can hold") from None
    return value


def id_text(value: object) -> object:
    """A task id as text; the examples of the documents show numbers."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def whole(name: str, value: object, least: int, most: int) -> int:
    """An integer from `least` to `most`; a boolean is none."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidRequest(f"{name}: an integer is needed")
    if not least <= value <= most:
        raise InvalidRequest(f"{name}: from {least} to {most}, not {value}")
    return value

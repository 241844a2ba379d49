"""What the documents of VOD allow in templates, overrides and lists of ids; checked before anything is sent."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

Json = dict[str, Any]
Check = Callable[[str, Any], None]

NAME_BYTES = 128
VIDEOS_AT_ONCE = 20
IMAGES_AT_ONCE = 10
SNAPSHOT, DYNAMIC_IMAGE = "Snapshot", "DynamicImage"
TEMPLATE_TYPES = (SNAPSHOT, DYNAMIC_IMAGE)

_SECONDS = re.compile(r"\d{1,5}(\.\d{1,3})?")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,3})?")
_LONGEST = Decimal("86399.999")


class InvalidRequest(ValueError):
    """The documents forbid this; nothing was sent."""


def mandatory(name: str, value: Any) -> str:
    """A text with something in it."""
    if not isinstance(value, str) or not value:
        raise InvalidRequest(f"{name} is mandatory and must not be empty")
    return value


def template_name(value: Any) -> str:
    """At most 128 bytes in UTF-8."""
    if not isinstance(value, str) or len(value.encode()) > NAME_BYTES:
        raise InvalidRequest(f"Name has at most {NAME_BYTES} bytes in UTF-8")
    return value


def template_type(value: Any) -> str:
    """One of the two kinds of template."""
    if value not in TEMPLATE_TYPES:
        raise InvalidRequest(f"TemplateType is one of {TEMPLATE_TYPES}, not {value!r}")
    return str(value)


def ids(name: str, values: Sequence[str], most: int) -> list[str]:
    """Ids that are joined with commas on the wire."""
    if isinstance(values, str) or not values:
        raise InvalidRequest(f"{name}: no ids")
    if len(values) > most:
        raise InvalidRequest(f"{name}: {len(values)} ids, at most {most} at once")
    wrong = [value for value in values if not isinstance(value, str) or not value or "," in value]
    if wrong:
        raise InvalidRequest(f"{name}: {wrong[0]!r} is no id")
    return list(values)


def json_text(name: str, value: str | Mapping[str, Any]) -> tuple[str, Json]:
    """A JSON object as the text that is sent and as what it holds. A text is sent as it is."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        found = json.loads(text, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise InvalidRequest(f"{name} is no JSON") from None
    if not isinstance(found, dict):
        raise InvalidRequest(f"{name} is a JSON object, not a JSON {type(found).__name__}")
    return text, found


def _no_number(word: str) -> None:
    raise ValueError(word)


# Single values.


def whole(low: int | None = None, high: int | None = None) -> Check:
    """A whole number, in a text or not, between two limits that are allowed themselves."""

    def check(name: str, value: Any) -> None:
        number = _number(value)
        if number is None or number != number.to_integral_value():
            raise InvalidRequest(f"{name} is a whole number, not {value!r}")
        if (low is not None and number < low) or (high is not None and number > high):
            raise InvalidRequest(f"{name} is {value}, allowed are {low} to {high}")

    return check


def frames_per_second(name: str, value: Any) -> None:
    """More than 0, at most 60."""
    number = _number(value)
    if number is None or not 0 < number <= 60:
        raise InvalidRequest(f"{name} is more than 0 and at most 60, not {value!r}")


def moment(name: str, value: Any) -> None:
    """Seconds (12000.556) or hh:mm:ss with up to three decimals, less than a day."""
    text = str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not (_CLOCK.fullmatch(text) or _is_seconds(text)):
        raise InvalidRequest(f"{name} is sssss[.SSS] or hh:mm:ss[.SSS], not {value!r}")


def _is_seconds(text: str) -> bool:
    return bool(_SECONDS.fullmatch(text)) and Decimal(text) <= _LONGEST


def one_of(*allowed: str) -> Check:
    """One of a few words."""

    def check(name: str, value: Any) -> None:
        if value not in allowed:
            raise InvalidRequest(f"{name} is one of {allowed}, not {value!r}")

    return check


def _number(value: Any) -> Decimal | None:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value):
        return Decimal(value)
    return None


# Objects.


def members(name: str, value: Any, checks: Mapping[str, Check], mandatory: Sequence[str] = ()) -> None:
    """An object whose known members are as they must be; null is absent, unknown members are let through."""
    if not isinstance(value, dict):
        raise InvalidRequest(f"{name} is a JSON object, not {value!r}")
    for missing in mandatory:
        if value.get(missing) in (None, ""):
            raise InvalidRequest(f"{name}.{missing} is mandatory")
    for member, check in checks.items():
        if value.get(member) is not None:
            check(f"{name}.{member}", value[member])


class Configs:
    """Template configurations and overrides, one method for each documented object."""

    def check(self, kind: str, config: Json) -> None:
        """The whole configuration of a new template."""
        if kind == DYNAMIC_IMAGE:
            members("TemplateConfig", config, self.image_members(), ("Container", "Clip"))
        else:
            members("TemplateConfig", config, self.snapshot_members(), ("SnapshotType", "SnapshotConfig"))

    def check_known(self, config: Json) -> None:
        """A configuration for a template whose kind is not known here."""
        members("TemplateConfig", config, {**self.image_members(), **self.snapshot_members()})

    def check_overrides(self, overrides: Json) -> None:
        """Watermarks, subtitles, and members of the animated-image template, each as far as it is given."""
        checks = {
            "Watermarks": self.watermarks,
            "SubtitleSetting": self.subtitles,
            "Video": self.video,
            "Container": self.part_of_container,
            "Clip": self.part_of_clip,
            "SetDefaultCover": one_of("true", "false"),
        }
        members("OverrideParams", overrides, checks)

    def image_members(self) -> dict[str, Check]:
        """DynamicImageTemplateConfig."""
        return {
            "Video": self.video,
            "Container": self.container,
            "Clip": self.clip,
            "SetDefaultCover": one_of("true", "false"),
        }

    def snapshot_members(self) -> dict[str, Check]:
        """SnapshotTemplateConfig."""
        return {
            "SnapshotType": one_of("NormalSnapshot", "SpriteSnapshot", "WebVttSnapshot"),
            "SnapshotConfig": self.snapshots,
        }

    def video(self, name: str, value: Any) -> None:
        """Size in px, frames per second; without them those of the video."""
        size = self.image_size()
        members(name, value, {"Width": size, "Height": size, "Fps": frames_per_second})

    def image_size(self) -> Check:
        """px of one side of an animated image."""
        return whole(128, 4096)

    def container(self, name: str, value: Any) -> None:
        """The format of the image."""
        members(name, value, {"Format": one_of("gif", "webp")}, ("Format",))

    def part_of_container(self, name: str, value: Any) -> None:
        """The same, where the template says the rest."""
        members(name, value, {"Format": one_of("gif", "webp")})

    def clip(self, name: str, value: Any) -> None:
        """Which part of the video."""
        members(name, value, {"TimeSpan": self.time_span}, ("TimeSpan",))

    def part_of_clip(self, name: str, value: Any) -> None:
        """The same, where the template says the rest."""
        members(name, value, {"TimeSpan": self.part_of_time_span})

    def time_span(self, name: str, value: Any) -> None:
        """Where the cut begins, and how long it is or how much of the tail is left out."""
        self.part_of_time_span(name, value)
        if value.get("Seek") in (None, ""):
            raise InvalidRequest(f"{name}.Seek is mandatory")
        if value.get("Duration") is None and value.get("End") is None:
            raise InvalidRequest(f"{name} needs Duration or End")

    def part_of_time_span(self, name: str, value: Any) -> None:
        """The moments of a span."""
        members(name, value, {"Seek": moment, "Duration": moment, "End": moment})

    def snapshots(self, name: str, value: Any) -> None:
        """SnapshotConfig."""
        checks = {
            "FrameType": one_of("intra", "normal"),
            "Count": whole(),
            "Interval": whole(0),
            "SpecifiedOffsetTime": whole(0),
            "Width": whole(8, 4096),
            "Height": whole(8, 4096),
            "Format": one_of("vtt"),
            "SubOut": self.sub_out,
            "SpriteSnapshotConfig": self.sprites,
        }
        members(name, value, checks)

    def sub_out(self, name: str, value: Any) -> None:
        """What WebVTT snapshots bring beside themselves."""
        members(name, value, {"IsSptFrag": one_of("true", "false")})

    def sprites(self, name: str, value: Any) -> None:
        """SpriteSnapshotConfig."""
        lines = whole(1, 10_000)
        sizes = dict.fromkeys(("CellWidth", "CellHeight", "Padding", "Margin"), whole())
        members(name, value, {**sizes, "Columns": lines, "Lines": lines, "KeepCellPic": one_of("keep", "delete")})

    def watermarks(self, name: str, value: Any) -> None:
        """A list of watermarks, each with the id of the one that it replaces."""
        for place, item in enumerate(_a_list(name, value)):
            members(f"{name}[{place}]", item, {"WatermarkId": _a_text}, ("WatermarkId",))

    def subtitles(self, name: str, value: Any) -> None:
        """SubtitleSetting."""
        members(name, value, {"SubtitleList": self.subtitle_list})

    def subtitle_list(self, name: str, value: Any) -> None:
        """Subtitles with their encoding."""
        for place, item in enumerate(_a_list(name, value)):
            members(f"{name}[{place}]", item, {"CharEncode": one_of("auto", "UTF-8", "GBK", "BIG5")})


def _a_list(name: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise InvalidRequest(f"{name} is a list, not {value!r}")
    return value


def _a_text(name: str, value: Any) -> None:
    if not isinstance(value, str):
        raise InvalidRequest(f"{name} is a text, not {value!r}")

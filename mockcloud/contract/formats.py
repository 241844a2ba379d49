"""Named formats of text: what a pattern or a range cannot say. Each brings its own valid and invalid examples.

`FORMATS` is what `format:` in a contract may name; `CHECKS` is what a rule's `check:` may name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Format:
    """A named format: `accepts` takes the text; the examples are what tests and boundary points are made from."""

    accepts: Callable[[str], bool]
    valid: tuple[str, ...]
    invalid: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """A named rule over an object's members. `holds` gets the object; the examples are whole objects."""

    holds: Callable[[Any], bool]
    valid: tuple[Any, ...]
    invalid: tuple[Any, ...]


def _date(pattern: str, layout: str) -> Callable[[str], bool]:
    shape = re.compile(pattern, re.ASCII)

    def accepts(text: str) -> bool:
        if shape.fullmatch(text) is None:
            return False
        try:
            datetime.strptime(text, layout)
        except ValueError:
            return False
        return True

    return accepts


_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)


def _iso(text: str) -> bool:
    if _ISO.fullmatch(text) is None:
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


_SECONDS = re.compile(r"\d{1,5}(\.\d{1,3})?", re.ASCII)
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,3})?", re.ASCII)


def _clock_or_seconds(text: str) -> bool:
    if _SECONDS.fullmatch(text):
        return float(text) <= 86399.999
    return _CLOCK.fullmatch(text) is not None


FORMATS: dict[str, Format] = {
    "utc-seconds": Format(
        _date(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "%Y-%m-%dT%H:%M:%SZ"),
        ("2020-02-29T00:00:00Z", "2026-12-31T23:59:59Z"),
        ("2020-02-29", "2021-02-29T00:00:00Z", "2020-01-01T00:00:00+08:00", "2020-01-01T00:00:00.000Z"),
    ),
    "utc-millis": Format(
        _date(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "%Y-%m-%dT%H:%M:%S.%fZ"),
        ("2020-02-29T00:00:00.000Z", "2026-12-31T23:59:59.999Z"),
        ("2020-02-29T00:00:00Z", "2021-02-29T00:00:00.000Z", "2020-01-01T00:00:00.000+08:00", "now"),
    ),
    "compact-time": Format(
        _date(r"\d{14}", "%Y%m%d%H%M%S"),
        ("20201119103652", "20200229000000", "20261231235959"),
        ("2020-11-19", "20201332000000", "202011191036", "2020-11-19T10:36:52Z"),
    ),
    "iso-time": Format(
        _iso,
        ("2018-10-01T10:00:00Z", "2018-10-01T10:00:00+08:00", "2020-02-29T23:59:59Z"),
        ("2018-10-01 10:00:00", "2018-13-01T10:00:00Z", "20181001100000"),
    ),
    "clock-or-seconds": Format(
        _clock_or_seconds,
        ("0", "0.000", "12000.556", "86399.999", "00:00:05.003", "23:59:59.999"),
        ("86400", "-1", "00:00:60", "24:00:00", "abc", ""),
    ),
    "http-url": Format(
        lambda text: re.match(r"https?://[^/\s]+", text) is not None,
        # An address for documentation: the mock posts to nobody there, and a developer's port stays alone.
        ("http://203.0.113.9/hook", "https://203.0.113.9"),
        ("ftp://example.com", "example.com", "http://"),
    ),
}

CHECKS: dict[str, Check] = {}

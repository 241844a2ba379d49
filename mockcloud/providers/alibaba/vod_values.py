"""Values as VOD's calls and answers hold them: times, numbers in text, JSON in text, documented defaults."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mockcloud.clock import moment
from mockcloud.contract.shape import number_in, parsed_json
from mockcloud.contract.spec import Operation
from mockcloud.model import Call
from mockcloud.state import ServiceState

Json = dict[str, Any]


def utc(seconds: float) -> str:
    """A moment as VOD writes it: 2020-07-28T02:01:06Z."""
    return moment(seconds).strftime("%Y-%m-%dT%H:%M:%SZ")


def default_of(operation: Operation, *path: str) -> Any:
    """The documented default of a parameter, or of a member of one that holds JSON; None when there is none."""
    schema = operation.input
    for name in path:
        schema = schema.get("contentSchema", schema)["properties"][name]
    return schema.get("default")


def given(call: Call, state: ServiceState, name: str) -> Any:
    """What a call says of a parameter: its value, else the documented default, else None."""
    value = call.parameters.get(name)
    return default_of(state.service.operations[call.operation], name) if value is None else value


def listed(call: Call, name: str) -> list[str]:
    """The entries of a list that is written with commas, each once, in order; empty ones left out."""
    return list(dict.fromkeys(entry.strip() for entry in call.parameters.get(name, "").split(",") if entry.strip()))


def page(call: Call, state: ServiceState, entries: Sequence[Any]) -> Sequence[Any]:
    """The entries that PageNo and PageSize ask for."""
    place, size = (int(number(given(call, state, name)) or 1) for name in ("PageNo", "PageSize"))
    start = (place - 1) * size
    return entries[start : start + size]


def object_in(value: Any) -> Json:
    """The object that a JSON text holds, or that already is one; {} for anything else."""
    found = parsed_json(value) if isinstance(value, str) else value
    return found if isinstance(found, dict) else {}


def number(value: Any) -> int | float | None:
    """A number, however it is written; None for anything else."""
    return number_in(value) if isinstance(value, str) else value


def seconds_in(value: Any) -> float:
    """Seconds in a time of a TimeSpan: "12000.556", "00:00:05.003" or a number."""
    seconds = 0.0
    for part in str(value).split(":"):
        seconds = 60 * seconds + float(part)
    return seconds


def in_digits(value: float) -> str:
    """A number as text, milliseconds at most: "2", "23.976"."""
    return f"{value:.3f}".rstrip("0").rstrip(".")

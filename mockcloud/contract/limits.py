"""What a single value can be held against: enum, range, step, length, bytes, pattern, format."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .formats import FORMATS
from .spec import Rule

Json = dict[str, Any]
Broken = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Limit:
    """A rule and the test that says whether a value of the right type breaks it."""

    rule: Rule
    broken: Broken


def value_types(schema: Json) -> tuple[str, ...]:
    """The types that a schema allows, () for any."""
    said = schema.get("type", ())
    return (said,) if isinstance(said, str) else tuple(said)


def scalar_limits(schema: Json) -> list[tuple[str, Json, Broken]]:
    """(kind, numbers, test) for every limit of a single value."""
    limits: list[tuple[str, Json, Broken]] = []
    if "enum" in schema:
        values = tuple(schema["enum"])
        limits.append(("enum", {"values": values}, lambda value: not _is_among(value, values)))
    limits.extend(_number_limits(schema))
    low, high = schema.get("minLength"), schema.get("maxLength")
    if low is not None or high is not None:
        limits.append(("length", {"min": low, "max": high}, lambda text: _is_outside(len(text), low, high)))
    if "maxBytes" in schema:
        most = schema["maxBytes"]
        limits.append(("bytes", {"max": most}, lambda text: len(text.encode("utf-8", "surrogatepass")) > most))
    if "pattern" in schema:
        pattern = re.compile(schema["pattern"])
        limits.append(("pattern", {"pattern": schema["pattern"]}, lambda text: pattern.search(text) is None))
    if "format" in schema:
        accepts = FORMATS[schema["format"]].accepts
        limits.append(("format", {"format": schema["format"]}, lambda text: not accepts(text)))
    if len(value_types(schema)) == 1:
        return limits
    # Several types: as in JSON Schema, a limit speaks only of values of its own type.
    return [(kind, numbers, _only(_SPEAKS_OF.get(kind), broken)) for kind, numbers, broken in limits]


_SPEAKS_OF: dict[str, Any] = {
    **dict.fromkeys(("range", "step"), (int, float)),
    **dict.fromkeys(("length", "bytes", "pattern", "format"), str),
}


def _only(types: Any, broken: Broken) -> Broken:
    return broken if types is None else lambda value: isinstance(value, types) and broken(value)


def domain(schema: Json) -> tuple[tuple[Any, ...], Json]:
    """(literals, range keywords) of a number: the range may stand alone or in `anyOf` beside literals."""
    parts = schema.get("anyOf")
    if parts is None:
        return (), schema
    literals = tuple(value for part in parts for value in part.get("enum", ()))
    return literals, next((part for part in parts if "enum" not in part), {})


def _number_limits(schema: Json) -> list[tuple[str, Json, Broken]]:
    literals, bounds = domain(schema)
    low, high = bounds.get("minimum"), bounds.get("maximum")
    above, below = bounds.get("exclusiveMinimum"), bounds.get("exclusiveMaximum")
    step = bounds.get("multipleOf")
    limits: list[tuple[str, Json, Broken]] = []

    def is_outside(value: Any) -> bool:
        return (
            _is_outside(value, low, high)
            or (above is not None and value <= above)
            or (below is not None and value >= below)
        )

    if any(bound is not None for bound in (low, high, above, below)):
        numbers = {"min": low, "max": high, "above": above, "below": below, "step": step, "literals": literals}
        limits.append(("range", numbers, lambda value: value not in literals and is_outside(value)))
    if step is not None:
        numbers = {"min": low, "max": high, "step": step, "literals": literals}

        def is_off_grid(value: Any) -> bool:
            return value not in literals and not is_outside(value) and not _is_multiple(value, step)

        limits.append(("step", numbers, is_off_grid))
    return limits


def _is_outside(value: Any, low: Any, high: Any) -> bool:
    return (low is not None and value < low) or (high is not None and value > high)


def _is_multiple(value: Any, step: Any) -> bool:
    if isinstance(value, int) and isinstance(step, int):
        return value % step == 0
    return Decimal(str(value)) % Decimal(str(step)) == 0


def _is_among(value: Any, values: tuple[Any, ...]) -> bool:
    """Membership as JSON has it: true is not 1."""
    return any(value == known and isinstance(value, bool) == isinstance(known, bool) for known in values)

"""What a single value can be held against: enum, range, step, length, bytes, pattern, format."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Any

from .formats import FORMATS
from .spec import Rule

Json = dict[str, Any]
Broken = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Limit:
    """A rule and the test that says whether a value of the right type breaks it.

    of_number  of text that holds a number, it speaks of the number
    """

    rule: Rule
    broken: Broken
    of_number: bool = False


def value_types(schema: Json) -> tuple[str, ...]:
    """The types that a schema allows, () for any."""
    said = schema.get("type", ())
    return (said,) if isinstance(said, str) else tuple(said)


def scalar_limits(schema: Json) -> list[tuple[str, Json, Broken]]:
    """(kind, numbers, test) for every limit of a single value."""
    limits: list[tuple[str, Json, Broken]] = []
    if "enum" in schema:
        values = tuple(schema["enum"])
        limits.append(("enum", {"values": values}, _not_among(values)))
    limits.extend(_number_limits(schema))
    low, high = schema.get("minLength"), schema.get("maxLength")
    if low is not None or high is not None:
        is_outside = _outside(low, high)
        limits.append(("length", {"min": low, "max": high}, lambda text: is_outside(len(text))))
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


NUMBER_KINDS = ("range", "step")
_SPEAKS_OF: dict[str, Any] = {
    **dict.fromkeys(NUMBER_KINDS, (int, float)),
    **dict.fromkeys(("length", "bytes", "pattern", "format"), str),
}


def _only(types: Any, broken: Broken) -> Broken:
    if types is None:
        return broken
    return lambda value: isinstance(value, types) and not isinstance(value, bool) and broken(value)


_EXACT: dict[str, type] = {"string": str, "integer": int, "boolean": bool}
_NOT_PLAIN = ("text", "separator", "contentSchema", "readOnly")
_WHOLE = range(-(2**63), 2**63)  # beyond 64 bits no provider has integers, and JSON is not written


def usual(schema: Json) -> tuple[type, Callable[[Any], Any]] | None:
    """(exact type, test) that the usual value meets, in a fraction of the time that a close look takes.

    What meets both breaks no limit and is given on as it is; of anything else they say nothing. None: there is no usual
    value, each has to be looked at.
    """
    types = value_types(schema)
    exact = _EXACT.get(types[0]) if len(types) == 1 else None
    if exact is None or any(word in schema for word in _NOT_PLAIN):
        return None
    limits = scalar_limits(schema)
    if exact is int:
        return exact, _usual_number(schema, limits)
    kinds = {kind for kind, _, _ in limits}
    if not kinds:
        return exact, bool  # text that is not empty; false gets a close look
    if kinds == {"enum"} and exact is str:
        return exact, frozenset(schema["enum"]).__contains__
    if kinds == {"length"}:
        least, most = schema.get("minLength", 0), schema.get("maxLength", inf)
        return exact, lambda text: least <= len(text) <= most
    if kinds == {"pattern"}:
        return exact, re.compile(schema["pattern"]).search
    return exact, _fits(limits)


def _usual_number(schema: Json, limits: list[tuple[str, Json, Broken]]) -> Callable[[Any], Any]:
    literals, bounds = domain(schema)
    low: Any = bounds.get("minimum")
    high: Any = bounds.get("maximum")
    step = bounds.get("multipleOf", 1)
    kinds = {kind for kind, _, _ in limits}
    if not kinds:
        return _WHOLE.__contains__
    if kinds <= {"range", "step"} and all(isinstance(number, int) for number in (low, high, step)):
        within = range(-(-low // step) * step, high + 1, step)
        if within and within[0] in _WHOLE and within[-1] in _WHOLE:
            known = frozenset(literals)
            return (lambda value: value in within or value in known) if known else within.__contains__
    fits = _fits(limits)
    return lambda value: value in _WHOLE and fits(value)


def _fits(limits: list[tuple[str, Json, Broken]]) -> Callable[[Any], bool]:
    tests = [broken for _, _, broken in limits]
    if len(tests) == 1:
        return lambda value: not tests[0](value)
    return lambda value: not any(broken(value) for broken in tests)


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

    is_outside = _outside(low, high, above, below)
    if any(bound is not None for bound in (low, high, above, below)):
        numbers = {"min": low, "max": high, "above": above, "below": below, "step": step, "literals": literals}
        broken = (lambda value: value not in literals and is_outside(value)) if literals else is_outside
        limits.append(("range", numbers, broken))
    if step is not None:
        numbers = {"min": low, "max": high, "step": step, "literals": literals}

        def is_off_grid(value: Any) -> bool:
            return value not in literals and not is_outside(value) and not _is_multiple(value, step)

        limits.append(("step", numbers, is_off_grid))
    return limits


def _outside(low: Any, high: Any, above: Any = None, below: Any = None) -> Broken:
    """The test that says whether a number is outside its bounds; None = no such bound."""
    if above is None and below is None:
        if low is not None and high is not None:
            return lambda value: value < low or value > high
        if low is not None:
            return lambda value: bool(value < low)
        if high is not None:
            return lambda value: bool(value > high)
    return lambda value: (
        (low is not None and value < low)
        or (high is not None and value > high)
        or (above is not None and value <= above)
        or (below is not None and value >= below)
    )


def _is_multiple(value: Any, step: Any) -> bool:
    if isinstance(value, int) and isinstance(step, int):
        return value % step == 0
    from fractions import Fraction  # no contract needs it to start with, and it brings decimal along

    return Fraction(str(value)) % Fraction(str(step)) == 0


def _not_among(values: tuple[Any, ...]) -> Broken:
    """The test that says whether a value is none of these; as JSON has it, true is not 1."""
    if all(isinstance(known, str) for known in values):
        texts = frozenset(values)
        return lambda value: not isinstance(value, str) or value not in texts
    return lambda value: (
        not any(value == known and isinstance(value, bool) == isinstance(known, bool) for known in values)
    )

"""Values on both sides of one limit: what a single member is set to, kind by kind. Deterministic, labelled by value."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from ..contract.expression import ABSENT
from ..contract.formats import FORMATS
from ..contract.limits import domain, scalar_limits, value_types
from ..contract.shape import parsed_json
from ..contract.spec import Rule
from .places import nominal

Json = dict[str, Any]
Values = tuple[list[Any], list[Any]]  # valid, invalid

UNKNOWN = "mockcloud-unknown"


def values_for(rule: Rule, schema: Json, base: Any, siblings: Iterable[Any] = ()) -> Values:
    """(valid, invalid) values of the member that a derived rule is about. `base`: its value in a valid request."""
    make = _MAKERS.get(rule.kind)
    if make is None:
        return [], []
    if "contentSchema" in schema and rule.kind in ("min-items", "max-items", "unique"):
        inner = parsed_json(base) if isinstance(base, str) else ABSENT
        lists = make(rule, schema["contentSchema"], inner)
        return [json.dumps(value) for value in lists[0]], [json.dumps(value) for value in lists[1]]
    valid, invalid = make(rule, schema, base)
    if rule.kind == "enum":
        known = rule.limits["values"]
        invalid += [value for value in siblings if value not in known]
    return once(valid), once(invalid)


def edge_values(schema: Json, sizes: Iterable[int] = ()) -> list[Any]:
    """Allowed values at the edges of a member's own limits: what coupled rules are completed with.

    sizes: numbers that a rule compares the length of a list with
    """
    if value_types(schema) == ("array",):
        make = _list_maker(schema, ABSENT)
        return [make(size) for size in dict.fromkeys((1, *sizes)) if size >= 0]
    if "enum" in schema:
        return list(schema["enum"])
    types = value_types(schema)
    if types == ("boolean",):
        return [True, False]
    if "text" in schema or set(types) & {"integer", "number"}:
        return _range_values(schema)[0] or [_spoken(schema, value) for value in (0, 1, 2)]
    return [nominal(schema)]


def _range(rule: Rule, schema: Json, base: Any) -> Values:
    valid, invalid = _range_values(schema)
    return valid, [value for value in invalid if _breaks(schema, value, rule.kind)]


def _range_values(schema: Json) -> Values:
    literals, bounds = domain(schema)
    low, high = bounds.get("minimum"), bounds.get("maximum")
    above, below = bounds.get("exclusiveMinimum"), bounds.get("exclusiveMaximum")
    step = bounds.get("multipleOf") or (1 if _is_whole(schema) else 0.1)
    grains = sorted({step, 1}) if step != 0.1 else [0.1, 1]
    tried: list[Any] = list(literals)
    for edge in (low, high, above, below):
        if edge is not None:
            tried += [edge, *(_tidy(edge + sign * grain) for grain in grains for sign in (-1, 1))]
    for literal in literals:
        tried += [literal + sign * grain for grain in grains if grain >= 1 for sign in (-1, 1)]
    if low is not None and low > 0:
        tried.append(-1)  # a client that takes 0 for "not given" may let this through although it looks at both edges
    spoken = [_spoken(schema, value) for value in tried]
    broken_by = {json.dumps(value): _broken_kinds(schema, value) for value in spoken}
    valid = [value for value in spoken if not broken_by[json.dumps(value)]]
    invalid = [value for value in spoken if broken_by[json.dumps(value)] & {"range", "step"}]
    return valid, invalid


def _is_whole(schema: Json) -> bool:
    return schema.get("text") == "integer" or value_types(schema) == ("integer",)


def _spoken(schema: Json, value: Any) -> Any:
    return str(value) if "text" in schema else value


def _tidy(value: Any) -> Any:
    return round(value, 6) if isinstance(value, float) else value


def _broken_kinds(schema: Json, value: Any) -> set[str]:
    measured = value
    if "text" in schema:
        measured = float(value) if "." in value else int(value)
    return {kind for kind, _, broken in scalar_limits(schema) if broken(measured)}


def _breaks(schema: Json, value: Any, kind: str) -> bool:
    return kind in _broken_kinds(schema, value)


def _enum(rule: Rule, schema: Json, base: Any) -> Values:
    values = list(rule.limits["values"])
    if not all(isinstance(value, str) for value in values):
        numbers = [value for value in values if isinstance(value, int)]
        return values, [max(numbers) + 1, min(numbers) - 1] if numbers else []
    cases = [change(value) for value in values for change in (str.upper, str.lower, str.capitalize)]
    empty = [] if schema.get("empty") == "absent" else [""]
    return values, [value for value in (UNKNOWN, *cases, *empty) if value not in values]


def _length(rule: Rule, schema: Json, base: Any) -> Values:
    low: Any = rule.limits.get("min")
    high: Any = rule.limits.get("max")
    valid: list[Any] = []
    invalid: list[Any] = []
    if high is not None:
        valid += [_text(base, size) for size in (max(low or 1, 1), high - 1, high) if size >= (low or 1)]
        invalid += [_text(base, size) for size in (high + 1, 2 * high)]
    if low:
        valid.append(_text(base, low))
        invalid += [_text(base, low - 1)] if low > 1 or schema.get("empty") != "absent" else []
    return valid, invalid


def _text(base: Any, size: int) -> str:
    seed = base if isinstance(base, str) and base else "x"
    return (seed * (size // len(seed) + 1))[:size]


def _bytes(rule: Rule, schema: Json, base: Any) -> Values:
    most = rule.limits["max"]
    wide, rest = divmod(most, 3)
    return ["媒" * wide + "x" * rest, "x" * most], ["媒" * wide + "x" * (rest + 1), "x" * (most + 1)]


def _items(rule: Rule, schema: Json, base: Any) -> Values:
    low: Any = rule.limits.get("min")
    high: Any = rule.limits.get("max")
    edge: Any = high if high is not None else low
    sizes = (1, edge - 1, edge) if high is not None else (edge, edge + 1)
    over = (edge + 1, 2 * edge) if high is not None else (edge - 1,)
    make = _list_maker(schema, base)
    valid = [make(size) for size in dict.fromkeys(sizes) if size >= (schema.get("minItems") or 0) and size > 0]
    return valid, [make(size) for size in dict.fromkeys(over) if size >= 0]


def _list_maker(schema: Json, base: Any) -> Callable[[int], Any]:
    separator = schema.get("separator")
    items = base.split(separator) if separator and isinstance(base, str) else base
    item = items[0] if isinstance(items, list) and items else nominal(schema.get("items", {}))

    def make(size: int) -> Any:
        found = [_varied(item, place) for place in range(size)]
        return separator.join(map(str, found)) if separator else found

    return make


def _varied(item: Any, place: int) -> Any:
    """The item itself first, then others of its kind."""
    if place == 0:
        return item
    if isinstance(item, str):
        return str(int(item) + place) if item.isdigit() and len(item) < 19 else f"{item[:40]}-{place}"
    if isinstance(item, int) and not isinstance(item, bool):
        return item + place
    return item


def _unique(rule: Rule, schema: Json, base: Any) -> Values:
    make = _list_maker(schema, base)
    return [make(2)], [[item, item] for item in make(1)]


def _pattern(rule: Rule, schema: Json, base: Any) -> Values:
    tried = [*schema.get("examples", ()), base]
    wrong = [*schema.get("counterexamples", ()), "", " ", "!"]
    return (
        [value for value in tried if isinstance(value, str) and not _breaks(schema, value, "pattern")],
        [value for value in wrong if _breaks(schema, value, "pattern")],
    )


def _format(rule: Rule, schema: Json, base: Any) -> Values:
    named = FORMATS[rule.limits["format"]]
    empty_is_absent = schema.get("empty") == "absent"
    return list(named.valid), [value for value in named.invalid if value or not empty_is_absent]


def _json(rule: Rule, schema: Json, base: Any) -> Values:
    text = base if isinstance(base, str) else nominal(schema)
    wrong = ["{not json", '"x"', json.dumps(text)]
    kind = (value_types(schema.get("contentSchema", {})) or ("object",))[0]
    return [text], [*wrong, "[]" if kind == "object" else "{}"]


def _read_only(rule: Rule, schema: Json, base: Any) -> Values:
    return [ABSENT], [nominal({**schema, "default": None})]


def _required(rule: Rule, schema: Json, base: Any) -> Values:
    empty = [""] if schema.get("empty") == "absent" else []
    return [base if base is not ABSENT else nominal(schema)], [ABSENT, *empty]


def _type(rule: Rule, schema: Json, base: Any) -> Values:
    types = set(rule.limits["types"])
    wrong: list[Any] = []
    if not types & {"string"}:
        wrong.append("ten")
    elif rule.limits.get("text"):
        wrong.append("abc")
    if not types & {"integer", "number"} and not rule.limits.get("text"):
        wrong.append(7)
    if "integer" in types and "number" not in types:
        wrong.append(8.5)
    if not types & {"object"}:
        wrong.append({"a": 1})
    if not types & {"array"}:
        wrong.append([1, 2])
    return [base] if base is not ABSENT else [nominal(schema)], wrong


def _unknown(rule: Rule, schema: Json, base: Any) -> Values:
    members = base if isinstance(base, dict) else {}
    return [members], [{**members, "MockcloudUnknown": "x"}]


_MAKERS: dict[str, Callable[[Rule, Json, Any], Values]] = {
    "range": _range,
    "step": _range,
    "enum": _enum,
    "length": _length,
    "bytes": _bytes,
    "min-items": _items,
    "max-items": _items,
    "unique": _unique,
    "pattern": _pattern,
    "format": _format,
    "json": _json,
    "read-only": _read_only,
    "required": _required,
    "type": _type,
    "unknown-parameter": _unknown,
}


def once(values: Iterable[Any]) -> list[Any]:
    """The same values without repetitions, whatever their types."""
    seen: dict[str, Any] = {}
    for value in values:
        seen.setdefault(repr(value), value)
    return list(seen.values())

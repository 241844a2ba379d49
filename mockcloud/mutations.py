"""Answers bent on purpose, in the provider's own shape: what a tolerant reader has to live with.

Every function takes the members of a documented answer and gives bent ones; the contract's `output` says what is what.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from .contract.spec import Operation, Service

Json = dict[str, Any]

UNKNOWN_NAME = "MockcloudUnknown"
UNKNOWN_WORD = "MOCKCLOUD_NEW"
BIG = 2**53 + 1

# A member is reached by its dotted path, list indices left out; "" in `args` means every member that fits.
Bend = Callable[[Json, Any, bool], Any]


def mutated(kind: str, args: Json, body: Json, operation: Operation, service: Service) -> Json:
    """The members of an answer, bent. kind: a key of `ANSWER_FAULTS` in faults.py, without "answer."."""
    body = deepcopy(body)
    if kind == "status":
        return _with_status(body, args.get("status", UNKNOWN_WORD), operation, service)
    if kind == "no-items":
        return _without_items(body, operation, service)
    if kind == "reordered":
        reordered: Json = _reordered(body)
        return reordered
    if kind == "unknown-member":
        _add_unknown(body)
        return body
    return _bent(body, operation.output or {}, str(args.get("path", "")), _BENDS[kind])


def _bent(body: Json, output: Json, wanted: str, bend: Bend) -> Json:
    """The members of an answer bent where `wanted` is, and what a mode puts beside them like what it repeats."""
    properties = output.get("properties", {})
    extras = {name: value for name, value in body.items() if name not in properties}
    documented = {name: value for name, value in body.items() if name in properties}
    _bend(documented, output, "", wanted, bend)
    for wrapper, inner in properties.items():
        _bend(extras, inner, wrapper, wanted, bend)
    return documented | extras


def _reordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _reordered(value[name]) for name in reversed(value)}
    return [_reordered(item) for item in value] if isinstance(value, list) else value


def _add_unknown(value: Any) -> None:
    if isinstance(value, dict):
        for item in value.values():
            _add_unknown(item)
        value[UNKNOWN_NAME] = {"Nested": [1, "x", None]}
    elif isinstance(value, list):
        for item in value:
            _add_unknown(item)


_GONE = object()


def _bend(value: Any, schema: Json, place: str, wanted: str, bend: Bend) -> None:
    """Bend members in place, those at `wanted` or all."""
    if isinstance(value, list):
        for item in value:
            _bend(item, schema.get("items", {}), place, wanted, bend)
    if not isinstance(value, dict):
        return
    required = schema.get("required", ())
    for name in list(value):
        inner = schema.get("properties", {}).get(name)
        if inner is None:
            continue  # no document names it
        path = f"{place}.{name}".lstrip(".")
        _bend(value[name], inner, path, wanted, bend)
        if wanted not in ("", path):
            continue
        bent = bend(inner, value[name], name not in required)
        if bent is _GONE:
            del value[name]
        else:
            value[name] = bent


def _null(schema: Json, value: Any, is_optional: bool) -> Any:
    return None if is_optional else value


def _missing(schema: Json, value: Any, is_optional: bool) -> Any:
    return _GONE if is_optional else value


def _number_for_text(schema: Json, value: Any, is_optional: bool) -> Any:
    is_number = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16 and value[0] != "0"
    return int(value) if is_number else value


def _text_for_number(schema: Json, value: Any, is_optional: bool) -> Any:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _new_word(schema: Json, value: Any, is_optional: bool) -> Any:
    if "enum" not in schema or isinstance(value, bool):
        return value
    return UNKNOWN_WORD if isinstance(value, str) else 99 if isinstance(value, int) else value


def _big_number(schema: Json, value: Any, is_optional: bool) -> Any:
    """A number that is big; also in place of digits where the documents have both, text and number."""
    is_digits = isinstance(value, str) and value.isdigit() and "integer" in schema.get("type", ())
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return BIG if is_number or is_digits else value


_BENDS: dict[str, Bend] = {
    "null": _null,
    "missing": _missing,
    "number-for-text": _number_for_text,
    "text-for-number": _text_for_number,
    "new-word": _new_word,
    "big-number": _big_number,
}


def bendable(kind: str, operation: Operation) -> list[str]:
    """The members of an answer whose documents allow a kind of bending, as dotted paths.

    Null only where null is documented, numbers for text only where both are: a client need not expect more.
    """
    return [
        path for path, schema, is_optional in _members(operation.output or {}, "") if _fits(kind, schema, is_optional)
    ]


def _fits(kind: str, schema: Json, is_optional: bool) -> bool:
    said = schema.get("type", ())
    types = {said} if isinstance(said, str) else set(said)
    match kind:
        case "null":
            return is_optional and "null" in types
        case "missing":
            return is_optional
        case "number-for-text":
            return {"string", "integer"} <= types
        case "text-for-number" | "big-number":
            return bool(types & {"integer", "number"})
    # A member with one word only is the mark of a success: another word may well be read as an error.
    return kind == "new-word" and len(schema.get("enum", ())) > 1


def _members(schema: Json, place: str) -> Iterator[tuple[str, Json, bool]]:
    if "items" in schema:
        yield from _members(schema["items"], place)
    for name, inner in schema.get("properties", {}).items():
        path = f"{place}.{name}".lstrip(".")
        yield path, inner, name not in schema.get("required", ())
        yield from _members(inner, path)


def _with_status(body: Json, word: Any, operation: Operation, service: Service) -> Json:
    """Every task of the answer in a state of the caller's choice, known or not."""
    for role in service.roles.values():
        if role.get("operation") != operation.name or not role.get("status"):
            continue
        path = [*filter(None, role.get("items", "").split(".")), *role["status"].split(".")]
        for start in range(len(path)):  # an extra of a mode repeats what is inside at the top
            _set(body, path[start:], word)
    return body


def _set(value: Any, path: list[str], word: Any) -> None:
    if isinstance(value, list):
        for item in value:
            _set(item, path, word)
    elif isinstance(value, dict) and path[0] in value:
        if len(path) > 1:
            _set(value[path[0]], path[1:], word)
        elif not isinstance(value[path[0]], dict | list):
            value[path[0]] = word


def _without_items(body: Json, operation: Operation, service: Service) -> Json:
    """A list answer that holds nothing, whatever its total says."""
    for role in service.roles.values():
        if role.get("operation") == operation.name and role.get("items"):
            path = role["items"].split(".")
            for start in range(len(path)):
                inner: Any = body
                for name in path[start:-1]:
                    inner = inner.get(name, {}) if isinstance(inner, dict) else {}
                if isinstance(inner, dict) and isinstance(inner.get(path[-1]), list):
                    inner[path[-1]] = []
    return body

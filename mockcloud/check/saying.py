"""What a request says of its operation's parameters, by name: that one is sent, left out, or has a listed value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..contract.limits import value_types
from ..contract.shape import ITEM, parsed_json
from .places import inside
from .rules import is_contested

Json = dict[str, Any]
Path = tuple[str, ...]


def parameters(schema: Json, path: Path = ()) -> Iterator[tuple[Path, Json, bool]]:
    """(place, schema, may be left out) of every parameter, those inside objects, lists and JSON texts as well."""
    opened = inside(schema)
    required = opened.get("required", ())
    for name, inner in opened.get("properties", {}).items():
        if not inner.get("readOnly"):
            yield (*path, name), inner, name not in required
            yield from parameters(inner, (*path, name))
    if "properties" in inside(opened.get("items", {})):
        yield from parameters(opened["items"], (*path, ITEM))


def sayable(place: Path, schema: Json, is_optional: bool) -> Iterator[str]:
    """All that can be said of one parameter."""
    name = dotted(place)
    yield f"{name} sent"
    if is_optional:
        yield f"{name} omitted"
    for value in listed_values(schema):
        yield f"{name}={value!r}"


def said(schema: Json, sent: Any, path: Path = ()) -> Iterator[str]:
    """What a request says: "x sent", "x omitted", "x=value", down into lists and JSON texts."""
    if isinstance(sent, str) and "contentSchema" in schema:
        sent = parsed_json(sent)
    opened = inside(schema)
    if isinstance(sent, list):
        for item in sent:
            yield from said(opened.get("items", {}), item, (*path, ITEM))
    if not isinstance(sent, dict):
        return
    for name, inner in opened.get("properties", {}).items():
        place = dotted((*path, name))
        if name not in sent or sent[name] is None:
            yield f"{place} omitted"
            continue
        yield f"{place} sent"
        value = sent[name]
        if isinstance(value, str | int | float | bool) and ("enum" in inner or isinstance(value, bool)):
            yield f"{place}={value!r}"
        yield from said(inner, value, (*path, name))


def listed_values(schema: Json) -> list[Any]:
    """The values of an enum or a boolean, without those that sources disagree over."""
    values = schema.get("enum") or ([True, False] if value_types(schema) == ("boolean",) else [])
    return [value for value in values if not is_contested(schema, value)]


def dotted(path: Path) -> str:
    """A place as people write it ("TaskSet[].Definition")."""
    return ".".join(path).replace(f".{ITEM}", ITEM)

"""What an answer of the journal holds, by the documented names of its members ("a.b", list indices left out)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from .. import providers
from ..contract.spec import Operation, Service
from ..model import WireReply

Json = dict[str, Any]
Path = tuple[str, ...]


def unwrapped(service: Service, record: Json) -> tuple[Json | None, tuple[str, str] | None]:
    """A record's answer, read as the provider writes it: members or error; (None, None) when it cannot be read."""
    answer = record["response"]
    is_xml = isinstance(answer, str) and answer.startswith("<")
    body = answer.encode() if isinstance(answer, str) else orjson.dumps(answer)
    kind = "text/xml;charset=utf-8" if is_xml else "application/json"
    try:
        reply = WireReply(record["status"], (("Content-Type", kind),), body)
        return providers.provider(service.provider).unwrap(reply)
    except ValueError:
        return None, None


def held_members(service: Service, operation: Operation, records: tuple[Json, ...]) -> set[str]:
    """The documented members that the answers of some requests hold."""
    answers = [unwrapped(service, record)[0] for record in records]
    names = {name for answer in answers for name in answer_names(operation.output or {}, answer, ())}
    return {name.removesuffix(" present") for name in names if name.endswith(" present")}


def answer_names(schema: Json, body: Any, path: Path) -> Iterator[str]:
    """Which documented members an answer holds: "a.b present", "a.b absent" (null counts as absent)."""
    if "items" in schema or isinstance(body, list):
        for item in _items(body):
            yield from answer_names(schema.get("items", {}), item, path)
    elif isinstance(body, dict):
        for name, inner in schema.get("properties", {}).items():
            place = ".".join((*path, name))
            if body.get(name) is None:
                yield f"{place} absent"
                continue
            yield f"{place} present"
            yield from answer_names(inner, body[name], (*path, name))


def answer_values(schema: Json, body: Any, path: Path) -> Iterator[tuple[str, str]]:
    """(member, value) of every plain value that an answer holds, null among them."""
    if "items" in schema or isinstance(body, list):
        for item in _items(body):
            yield from answer_values(schema.get("items", {}), item, path)
    elif isinstance(body, dict):
        for name, inner in schema.get("properties", {}).items():
            if name not in body:
                continue
            value = body[name]
            if isinstance(value, dict | list):
                yield from answer_values(inner, value, (*path, name))
            else:
                yield ".".join((*path, name)), repr(value)


def _items(body: Any) -> list[Any]:
    """The elements of a list; XML does not tell a list of one from its element."""
    return body if isinstance(body, list) else [body]

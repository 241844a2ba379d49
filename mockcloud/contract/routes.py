"""Which operation a request means: by method and path, or by action name; and what is nearest when none does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any
from urllib.parse import unquote

from ..model import Refusal
from .spec import Answer, Operation, Route, Service

Json = dict[str, Any]
_LONGEST_ASKED = 200  # characters that are compared; comparing takes their square
_HOLE = re.compile(r"\{(\w+)\}")


@dataclass(slots=True)  # not frozen: one for every request, at a third of the price
class Match:
    """What a request's method and path mean.

    operation  documented name, also of one that is documented but not served; "" when nothing fits
    place      path parameters, percent-decoded
    trouble    "" | "unserved" | "wrong-method" | "unknown-operation": a kind of the service's `refusals`
    """

    operation: str
    place: dict[str, str]
    trouble: str = ""


def match_path(service: Service, method: str, path: str) -> Match:
    """Find the operation bound to a method and a path (percent-encoded)."""
    other_method = ""
    for route in service.routes.get(path.count("/"), ()):
        found = route.pattern.fullmatch(path)
        if found is None:
            continue
        if route.method == method:
            place = {key: _decoded(value) for key, value in found.groupdict().items()}
            return Match(route.operation, place, "" if route.is_served else "unserved")
        other_method = other_method or route.operation
    return Match(other_method, {}, "wrong-method") if other_method else Match("", {}, "unknown-operation")


def _decoded(text: str) -> str:
    """Percent-decoded; bytes that are not UTF-8 are replaced, encoded or not."""
    return unquote(text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))


def match_action(service: Service, action: str) -> Match:
    """Find the operation of that name; names are case-sensitive."""
    if action in service.operations:
        return Match(action, {})
    return Match(action if action in service.unserved else "", {}, _action_trouble(service, action))


def _action_trouble(service: Service, action: str) -> str:
    return "unserved" if action in service.unserved else "unknown-operation"


def no_operation(service: Service, match: Match, asked: str) -> Refusal:
    """The refusal for a request that means no served operation. `asked`: the action, or method and path."""
    kinds = (match.trouble, "unknown-operation", "default")
    answer: Answer = next(service.refusals[kind] for kind in kinds if kind in service.refusals)
    if match.trouble == "unserved":
        detail = f"{asked} is documented but mockcloud does not serve it; `mockcloud services` lists what is served"
    elif match.trouble == "wrong-method":
        right = service.operations.get(match.operation)
        detail = f"{asked} has the path of {match.operation}" + (f", whose method is {right.method}" if right else "")
    else:
        detail = f"{asked} is no operation of {service.id}{nearest(service, asked)}"
    fill = answer.args if answer.args is not None else (asked,)
    return Refusal(
        answer.code,
        *(text.replace("{operation}", asked) for text in fill),
        variant=answer.variant,
        reason=match.trouble,
        detail=detail,
    )


def nearest(service: Service, asked: str) -> str:
    """What to append to a message: the nearest operation and what differs, or nothing."""
    known = [*service.operations, *(f"{op.method} {op.path}" for op in service.operations.values() if op.path)]
    asked = asked[:_LONGEST_ASKED]
    close = get_close_matches(asked, known, n=1, cutoff=0.5)
    if not close:
        return ""
    if " " not in close[0]:
        return f"; the nearest is {close[0]}"
    return f"; the nearest is {close[0]}{_differing_part(asked, close[0])}"


def _differing_part(asked: str, known: str) -> str:
    if asked.rstrip("/") == known:
        return ", which has no trailing slash"
    ours, theirs = known.split("/"), asked.split("/")
    if len(ours) != len(theirs):
        return f", which has {len(ours) - 1} path segments, not {len(theirs) - 1}"
    parts = [(here, there) for here, there in zip(ours, theirs, strict=True) if here != there and "{" not in here]
    return f", which has {parts[0][0]!r} where this has {parts[0][1]!r}" if parts else ""


def routes_of(operations: Mapping[str, Operation], unserved: Mapping[str, Json]) -> dict[int, tuple[Route, ...]]:
    """The routes of a service by the number of slashes in their paths."""
    bindings = [(name, operation.method, operation.path, True) for name, operation in operations.items()]
    bindings += [
        (name, binding["method"], binding["path"], False) for name, binding in unserved.items() if "path" in binding
    ]
    found: dict[int, tuple[Route, ...]] = {}
    for name, method, path, is_served in bindings:
        if path:
            slashes = path.count("/")
            found[slashes] = (*found.get(slashes, ()), Route(name, method, _pattern(path), is_served))
    return found


def _pattern(path: str) -> re.Pattern[str]:
    parts = _HOLE.split(path)
    pieces = [re.escape(part) if place % 2 == 0 else f"(?P<{part}>[^/]+)" for place, part in enumerate(parts)]
    return re.compile("".join(pieces))

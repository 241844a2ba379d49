"""The members of an operation that combinations and random requests are made of, and how rules tie them together."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..contract.expression import ABSENT
from ..contract.limits import value_types
from ..contract.spec import Operation, Rule
from .candidates import edge_values, once
from .places import Path, get, inside, put
from .points import PointMaker

Json = dict[str, Any]


# What a value breaks by itself, whatever stands beside it.
_OWN = ("type", "enum", "range", "step", "length", "bytes", "pattern", "format", "json", "min-items", "max-items")


@dataclass(frozen=True, slots=True)
class Member:
    """One value that can be varied: where it is, its schema, whether it can be left out, its edge values."""

    path: Path
    schema: Json
    is_optional: bool
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """late - early is at most `limit`: the two are drawn together."""

    late: Path
    early: Path
    limit: int


def members(operation: Operation, maker: PointMaker) -> list[Member]:
    """Every scalar member outside of lists, and lists as wholes; read-only and placeholder members are left out."""
    return list(_walk(operation, maker, operation.input, ()))


def _walk(operation: Operation, maker: PointMaker, schema: Json, path: Path) -> Iterator[Member]:
    opened = inside(schema)
    required = set(opened.get("required", ()))
    for name, inner in opened.get("properties", {}).items():
        place = (*path, name)
        if inner.get("readOnly"):
            continue
        base = get(operation, maker.base, place)
        if isinstance(base, str) and base.startswith("$"):
            continue
        is_object = value_types(inside(inner)) == ("object",) or "properties" in inside(inner)
        if is_object and (base is not ABSENT or _is_loose(inner)):
            yield from _walk(operation, maker, inner, place)
            continue
        own = {rule.id for rule in operation.rules if rule.path == place and rule.kind in _OWN}
        edges = [] if is_object else edge_values(inner)
        edges = [value for value in edges if not maker.broken(put(operation, maker.base, place, value)) & own]
        is_optional = name not in required
        # The base request's own value comes first: what is not varied stays as it is there.
        values = once([base, *edges, *([ABSENT] if is_optional else [])])
        if len(values) > 1:
            yield Member(place, inner, is_optional, tuple(values))


def _is_loose(schema: Json) -> bool:
    """Whether an object that the base leaves out can be varied member by member: none must be there, all are plain."""
    inner = schema.get("properties", {}).values()
    return bool(inner) and not schema.get("required") and all(value_types(value) != ("object",) for value in inner)


def clusters(operation: Operation, found: list[Member], maker: PointMaker) -> list[list[Member]]:
    """Members that rules tie together, directly or through others; those that no rule names stand alone."""
    leader = {member.path: member.path for member in found}

    def root(path: Path) -> Path:
        while leader[path] != path:
            path = leader[path]
        return path

    for rule in operation.rules:
        named = [member.path for path in _named(rule) for member in found if _touches(member.path, path)]
        for path in named[1:]:
            leader[root(path)] = root(named[0])
    groups: dict[Path, list[Member]] = {}
    for member in found:
        groups.setdefault(root(member.path), []).append(member)
    return list(groups.values())


def spans(operation: Operation) -> list[Span]:
    """The rules that read `late - early <= limit`."""
    return [span for rule in operation.rules if (span := _span(rule)) is not None]


def _span(rule: Rule) -> Span | None:
    match rule.must.tree if rule.must is not None else None:
        case ast.Compare(
            left=ast.BinOp(left=ast.Name(id=late), op=ast.Sub(), right=ast.Name(id=early)),
            ops=[ast.LtE()],
            comparators=[ast.Constant(value=int(limit))],
        ):
            return Span((*rule.path, late), (*rule.path, early), limit)
    return None


def _named(rule: Rule) -> list[Path]:
    if rule.kind not in ("rule", "ignored"):
        return []
    expressions = [expression for expression in (rule.when, rule.must) if expression is not None]
    names = [name for expression in expressions for name in expression.names]
    return [(*rule.path, *name) for name in names] + [(*rule.path, name) for name in rule.ignores]


def _touches(member: Path, named: Path) -> bool:
    """Whether a rule that names one of two paths speaks of the other: one lies on the way to the other."""
    shared = min(len(member), len(named))
    return member[:shared] == named[:shared]

"""Boundary points: for every rule of a contract, requests on both sides of its edge. Enumerated, never random.

A valid point breaks nothing. An invalid point breaks its rule alone; where rules are coupled so tightly that this
cannot be, it breaks the smallest set that holds its rule (`breaks`), and those rules form a cause group.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, product
from typing import Any

from ..contract.expression import ABSENT, Names
from ..contract.limits import value_types
from ..contract.spec import Operation, Rule, Service
from ..contract.validate import Validator
from .candidates import edge_values, once, values_for
from .places import Path, get, inside, nominal, put, schema_at

Json = dict[str, Any]
_MOST_TRIES = 600
_MOST_ROWS = 24
_WORDS = 48

# How many rules a request breaks, the request, those rules, and what its members were set to.
_Row = tuple[int, Json, frozenset[str], dict[Path, Any]]


@dataclass(frozen=True, slots=True)
class Point:
    """One request near the edge of one rule.

    rule        full rule id; polarity "valid" or "invalid"
    label       what is special about it ("span 60001 from 0"), unique within rule and polarity
    parameters  the operation's parameters; "$NAME" stands for what `given` keeps
    breaks      ids of all rules that it breaks, the target among them; empty for valid points
    given       what has to be prepared before (resources, calls), as in the contract's examples
    is_typed    whether all values have the documented JSON type (what clients are tried with)
    place       path parameters, None for the provider's usual ones
    """

    rule: str
    polarity: str
    label: str
    parameters: Json
    breaks: frozenset[str] = frozenset()
    given: tuple[Json, ...] = ()
    is_typed: bool = True
    place: Json | None = None

    def __str__(self) -> str:
        return f"{self.rule}/{self.polarity}: {self.label}"


class PointMaker:
    """Makes the points of one operation from its first succeeding example.

    A nested member that only a later example has (what one of several kinds of template needs) is varied in that one:
    beside members of another kind it means nothing.

    siblings  values of members of the same name elsewhere, tried as unknown ones
    textual   the wire has only text: values are judged as the text they become
    example   which of the succeeding examples to begin with
    """

    def __init__(
        self,
        operation: Operation,
        service: Service,
        siblings: dict[str, list[Any]] | None = None,
        *,
        textual: bool = False,
        example: int = 0,
    ) -> None:
        self._examples = [example for example in operation.examples if "error" not in example]
        self._operation, self._service = operation, service
        self._validate = Validator(operation, service)
        self._siblings = siblings or {}
        self._textual = textual
        self._others: dict[int, PointMaker] = {}
        self._begin_with(self._examples[example])

    def _begin_with(self, example: Json) -> None:
        self._given = tuple(example.get("given", ()))
        self.base: Json = example.get("call", {})
        self._place: Json | None = example.get("place")
        self._stand_ins = dict(_stand_ins(self._operation.input, self.base))

    def broken(self, parameters: Json) -> frozenset[str]:
        """The rules that a request breaks, those without effect on the answer included."""
        if self._stand_ins:
            parameters = _replaced(parameters, self._stand_ins)
        if self._textual:
            parameters = _as_text(parameters)
        return frozenset(found.rule for found in self._validate(parameters, self._textual).violations)

    def points(self) -> list[Point]:
        """All points of all rules, in the order of the rules."""
        found: list[Point] = []
        for rule in self._operation.rules:
            found += _unlike(self._fitting(rule)._of_rule(rule))
        return found

    def _fitting(self, rule: Rule) -> PointMaker:
        """The maker whose example has most of what leads to a nested member; this one unless another has more."""
        if rule.side == "server" or rule.kind in ("rule", "ignored") or len(rule.path) < 2:
            return self
        depths = [self._depth(example.get("call", {}), rule.path) for example in self._examples]
        best = depths.index(max(depths))
        if best == 0:
            return self
        if best not in self._others:
            maker = PointMaker(self._operation, self._service, self._siblings, textual=self._textual, example=best)
            self._others[best] = maker
        return self._others[best]

    def _depth(self, parameters: Json, path: Path) -> int:
        known = (depth for depth in range(1, len(path) + 1) if get(self._operation, parameters, path[:depth]) is ABSENT)
        return next(known, len(path) + 1)

    def _of_rule(self, rule: Rule) -> Iterator[Point]:
        if rule.side == "server":
            yield from self._written(rule)
        elif rule.kind == "ignored":
            yield from self._ignoring(rule)
        elif rule.kind == "rule":
            yield from self._coupled(rule)
        else:
            yield from self._derived(rule)

    def _written(self, rule: Rule) -> Iterator[Point]:
        for place, point in enumerate(rule.points):
            polarity = "invalid" if point["breaks"] else "valid"
            label = point.get("note") or f"{polarity} {place + 1}"
            breaks = frozenset({rule.id}) if point["breaks"] else frozenset()
            given = tuple(point.get("given", ()))
            yield Point(rule.id, polarity, label, point.get("call", {}), breaks, given, place=point.get("place"))

    # Limits of one member.

    def _derived(self, rule: Rule) -> Iterator[Point]:
        schema = schema_at(self._operation, rule.path)
        start = self._with_parent(rule.path)
        base = get(self._operation, start, rule.path)
        siblings = self._siblings.get(rule.path[-1], ()) if rule.path else ()
        valid, invalid = values_for(rule, schema, base, siblings)
        is_typed = rule.kind not in ("type", "unknown-parameter")
        if rule.kind == "type" and self._textual and set(rule.limits["types"]) & {"string", "array"}:
            invalid = [value for value in invalid if rule.limits["text"]]  # no text is of the wrong type
        for polarity, values in (("valid", valid), ("invalid", invalid)):
            for value in values:
                changed = put(self._operation, start, rule.path, value) if rule.path else value
                fitted = self._fitted(changed, rule, polarity, {rule.path})
                if fitted is not None:
                    label = f"{_name(rule.path)} {_worded(value, rule.kind)}"
                    yield self._point(rule, polarity, label, fitted, is_typed and _may_be(schema, value))

    def _with_parent(self, path: Path) -> Json:
        """The base request, with the objects around a member in place."""
        start = self.base
        for depth in range(1, len(path)):
            if get(self._operation, start, path[:depth]) is ABSENT:
                start = put(self._operation, start, path[:depth], _whole(schema_at(self._operation, path[:depth])))
        return start

    def _point(self, rule: Rule, polarity: str, label: str, parameters: Json, is_typed: bool = True) -> Point:
        breaks = self.broken(parameters) if polarity == "invalid" else frozenset()
        return Point(rule.id, polarity, label, parameters, breaks, self._given, is_typed, self._place)

    # Completing a request so that as few rules as possible break.

    def _fitted(self, parameters: Json, rule: Rule, polarity: str, fixed: set[Path]) -> Json | None:
        wanted = frozenset({rule.id}) if polarity == "invalid" else frozenset()
        broken = self.broken(parameters)
        if broken == wanted:
            return parameters
        best = (len(broken), parameters) if wanted <= broken and polarity == "invalid" else None
        for candidate in islice(self._completions(parameters, broken - wanted, fixed), _MOST_TRIES):
            found = self.broken(candidate)
            if found == wanted:
                return candidate
            if polarity == "invalid" and wanted <= found and (best is None or len(found) < best[0]):
                best = (len(found), candidate)
        return None if best is None else best[1]

    def _completions(self, parameters: Json, broken: frozenset[str], fixed: set[Path]) -> Iterator[Json]:
        """The same request with the other members of the rules that it breaks by the way set to edge values."""
        kept = {path[0] for path in fixed if path}
        for rule in self._operation.rules:
            if rule.kind == "ignored" and rule.id in broken:
                yield self._without(parameters, [name for name in rule.ignores if name not in kept])
        members = [path for path in self._members_of(broken) if path not in fixed]
        choices = [self._choices(path) for path in members]
        for path, values in zip(members, choices, strict=True):
            for value in values:
                yield put(self._operation, parameters, path, value)
        for left in range(len(members)):
            for right in range(left + 1, len(members)):
                for first, second in product(choices[left], choices[right]):
                    changed = put(self._operation, parameters, members[left], first)
                    yield put(self._operation, changed, members[right], second)

    def _members_of(self, rule_ids: Iterable[str]) -> list[Path]:
        wanted = set(rule_ids)
        paths: dict[Path, None] = {}
        for rule in self._operation.rules:
            if rule.id in wanted:
                paths.update(dict.fromkeys(self._paths(rule)))
        return list(paths)

    def _paths(self, rule: Rule) -> list[Path]:
        if rule.kind not in ("rule", "ignored"):
            return [rule.path]
        expressions = [expression for expression in (rule.when, rule.must) if expression is not None]
        names = [name for expression in expressions for name in expression.names]
        return [(*rule.path, *name) for name in dict.fromkeys([*names, *((name,) for name in rule.ignores)])]

    def _choices(self, path: Path) -> list[Any]:
        schema = schema_at(self._operation, path)
        constants = [value for rule in self._operation.rules for value in _constants(rule, path)]
        if value_types(schema) == ("array",):
            sizes = [value + more for value in constants if type(value) is int for more in (-1, 0, 1)]
            return once([*edge_values(schema, sizes), ABSENT])
        own = get(self._operation, self.base, path)
        if value_types(schema) in (("object",), ("boolean",)):
            return once([*([] if own is ABSENT else [own]), *edge_values(schema), ABSENT])
        is_free = value_types(schema) == ("string",) and not {"enum", "text", "format", "pattern"} & schema.keys()
        # Any text is as good as another, but only the base's own names something that exists.
        edges = [own] if is_free and own is not ABSENT else edge_values(schema)
        return once([*edges, *(_spoken(schema, value) for value in constants), ABSENT])

    def _without(self, parameters: Json, names: Iterable[str]) -> Json:
        return {key: value for key, value in parameters.items() if key not in set(names)}

    def _ignoring(self, rule: Rule) -> Iterator[Point]:
        """Members without effect: valid without them or without what makes them so, invalid with each and with all."""
        whole = self.base
        for name in rule.ignores:
            if name not in whole:
                whole = put(self._operation, whole, (name,), nominal(schema_at(self._operation, (name,))))
        names = rule.when.names if rule.when is not None else ()
        for values in product(*(self._choices(tuple(name)) for name in names)):
            start = whole
            for path, value in zip(names, values, strict=True):
                start = put(self._operation, start, path, value)
            label = ", ".join(
                f"{_name(name)} {_worded(value, 'rule')}" for name, value in zip(names, values, strict=True)
            )
            if rule.when is None or rule.when.holds(start):
                bare = self._without(start, rule.ignores)
                cases = [("valid", bare, "none")]
                cases += [("invalid", {**bare, name: start[name]}, name) for name in rule.ignores]
                cases += [("invalid", start, "all")]
                fixed = {*names, *((name,) for name in rule.ignores)}
                for polarity, parameters, which in cases:
                    fitted = self._fitted(parameters, rule, polarity, fixed)
                    if fitted is not None:
                        yield self._point(rule, polarity, f"{label}, with {which}", fitted)
            elif not self.broken(start):
                yield self._point(rule, "valid", f"{label}, with all", start)

    # Rules over several members.

    def _coupled(self, rule: Rule) -> Iterator[Point]:
        span = _difference(rule)
        if span is not None:
            yield from self._spans(rule, *span)
            return
        paths = self._paths(rule)
        start = self._with_parent((*rule.path, ""))
        wanted = frozenset({rule.id})
        found: dict[str, list[_Row]] = {"valid": [], "invalid": []}
        for settings in islice(self._settings(rule, paths), _MOST_TRIES):
            changed = start
            for path, value in settings.items():
                changed = put(self._operation, changed, path, value)
            broken = self.broken(changed)
            if not broken and self._applies(rule, changed):
                found["valid"].append((0, changed, broken, settings))
            elif wanted <= broken:
                found["invalid"].append((len(broken), changed, broken, settings))
        for polarity, rows in found.items():
            fewest = min((row[0] for row in rows), default=0)
            for _, changed, breaks, settings in _spread([row for row in rows if row[0] == fewest])[:_MOST_ROWS]:
                label = ", ".join(f"{_name(path)} {_worded(value, 'rule')}" for path, value in settings.items())
                yield Point(rule.id, polarity, label, changed, breaks, self._given, place=self._place)

    def _applies(self, rule: Rule, parameters: Json) -> bool:
        if rule.kind == "ignored":
            return True
        scope = get(self._operation, parameters, rule.path) if rule.path else parameters
        return isinstance(scope, dict | str)

    def _settings(self, rule: Rule, paths: list[Path]) -> Iterator[dict[Path, Any]]:
        choices = [once([*self._choices(path), *self._near(rule, path)]) for path in paths]
        for values in product(*choices):
            yield dict(zip(paths, values, strict=True))

    def _near(self, rule: Rule, path: Path) -> list[Any]:
        schema = schema_at(self._operation, path)
        if not set(value_types(schema)) & {"integer", "number"} and "text" not in schema:
            return []
        numbers = [value for value in _constants(rule, path) if type(value) in (int, float)]
        return [_spoken(schema, value + sign) for value in numbers for sign in (-1, 1)]

    def _spans(self, rule: Rule, late: Names, early: Names, limit: int) -> Iterator[Point]:
        """`late - early <= limit`: both sides of it, from several starts, and what integer division would hide."""
        late_path, early_path = (*rule.path, *late), (*rule.path, *early)
        unit = 1000 if schema_at(self._operation, late_path).get("unit") == "ms" else 1
        over = dict.fromkeys((1, unit // 2 or 1, unit - 1 or 1, unit))
        for begin in dict.fromkeys((0, 1, unit - 1, unit)):
            for polarity, spans in (("valid", (limit, limit - 1)), ("invalid", tuple(limit + more for more in over))):
                for span in spans:
                    changed = put(self._operation, self.base, early_path, begin)
                    changed = put(self._operation, changed, late_path, begin + span)
                    fitted = self._fitted(changed, rule, polarity, {early_path, late_path})
                    if fitted is not None:
                        yield self._point(rule, polarity, f"span {span} from {begin}", fitted)


def _spread(rows: list[_Row]) -> list[_Row]:
    """The rows that bring a value of some member first, so that what is cut off repeats what has been seen."""
    seen: set[tuple[Path, str]] = set()
    first: list[_Row] = []
    rest: list[_Row] = []
    for row in rows:
        values = {(path, repr(value)) for path, value in row[3].items()}
        (rest if values <= seen else first).append(row)
        seen |= values
    return first + rest


def _difference(rule: Rule) -> tuple[Names, Names, int] | None:
    """(late, early, limit) when a rule reads `late - early <= limit`."""
    match rule.must.tree if rule.must is not None else None:
        case ast.Compare(
            left=ast.BinOp(left=ast.Name(id=late), op=ast.Sub(), right=ast.Name(id=early)),
            ops=[ast.LtE()],
            comparators=[ast.Constant(value=int(limit))],
        ):
            return (late,), (early,), limit
    return None


def _constants(rule: Rule, path: Path) -> list[Any]:
    """The constants that a rule compares a member with."""
    found: list[Any] = []
    for expression in (rule.when, rule.must):
        if expression is None or path[: len(rule.path)] != rule.path:
            continue
        if path[len(rule.path) :] not in expression.names:
            continue
        for node in ast.walk(expression.tree):
            if (
                isinstance(node, ast.UnaryOp)
                and isinstance(node.op, ast.USub)
                and isinstance(node.operand, ast.Constant)
            ):
                found.append(-node.operand.value)  # type: ignore[operator]
            elif isinstance(node, ast.Constant):
                found.append(node.value)
    return found


def _stand_ins(schema: Json, value: Any) -> Iterator[tuple[str, Any]]:
    """("$NAME", a value of the type that belongs there) for what `given` will keep."""
    if isinstance(value, str) and value.startswith("$"):
        yield value, value if "string" in value_types(schema) else nominal(schema)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _stand_ins(schema.get("properties", {}).get(name, {}), item)
    elif isinstance(value, list):
        for item in value:
            yield from _stand_ins(schema.get("items", {}), item)


def _replaced(value: Any, stand_ins: Json) -> Any:
    if isinstance(value, str):
        return stand_ins.get(value, value)
    if isinstance(value, dict):
        return {key: _replaced(item, stand_ins) for key, item in value.items()}
    return [_replaced(item, stand_ins) for item in value] if isinstance(value, list) else value


def _as_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_text(item) for item in value]
    return value if isinstance(value, str) or value is None else str(value)


def _may_be(schema: Json, value: Any) -> bool:
    """Whether a value has a type that the schema documents, where the wire would carry any: no number is empty."""
    return value != "" or "string" in (value_types(schema) or ("string",))


def _spoken(schema: Json, value: Any) -> Any:
    return str(value) if "text" in schema and type(value) in (int, float) else value


def _whole(schema: Json) -> Any:
    return nominal(schema if schema.get("type") == "array" or "contentSchema" in schema else inside(schema))


def _name(path: Path) -> str:
    return path[-1] if path and path[-1] != "[]" else ".".join(path) or "request"


def _worded(value: Any, kind: str) -> str:
    if value is ABSENT:
        return "absent"
    if kind in ("max-items", "min-items", "unique") or (isinstance(value, list) and len(value) > 3):
        return f"of {len(value) if isinstance(value, list) else value.count(',') + 1 if value else 0}"
    if isinstance(value, str):
        if len(value) > _WORDS:
            return f"of {len(value)} characters"
        return repr(value)
    text = repr(value)
    return text if len(text) <= _WORDS else f"{text[:_WORDS]}..."


def _unlike(points: Iterable[Point]) -> Iterator[Point]:
    """Points with the same label and polarity are one; the first stays."""
    seen: set[tuple[str, str]] = set()
    for point in points:
        key = (point.polarity, point.label)
        if key not in seen:
            seen.add(key)
            yield point

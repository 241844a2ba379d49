"""Hypothesis strategies for requests, made from contracts: valid, near the edges, and wrong in one named way.

    from hypothesis import given
    from mockcloud.check.strategies import requests_for

    @given(requests_for("huawei-mpc.CreateAnimatedGraphicsTask"))
    def test_any_allowed_gif(p): ...

Nothing is rejected: members that rules tie together are drawn together, from assignments that are known to fit.
"""

from __future__ import annotations

import string
from collections.abc import Callable
from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ..contract.expression import ABSENT
from ..contract.formats import FORMATS
from ..contract.limits import domain, value_types
from ..contract.load import Contracts
from ..contract.spec import Operation, Rule, Service
from ..model import Misuse
from .caller import is_textual
from .members import Member, Span, clusters, members, spans
from .pairs import pairwise
from .places import Path, get, nominal, put_all
from .points import PointMaker

Json = dict[str, Any]
KINDS = ("valid", "boundary")
# What signing, quoting and encoding trip over comes more often than it does in life.
_LETTERS = string.ascii_letters + string.digits + 2 * "_-. 媒体动图é🎬%&+=/~*'\"<>"
_MOST_TEXT = 40
_MOST_SKELETONS = 256

Parts = tuple[Any, ...]
ValuesOf = Callable[[Any], dict[Path, Any]]


def requests_for(operation: str, kind: str = "valid") -> SearchStrategy[Json]:
    """Requests that break no rule of an operation ("huawei-mpc.CreateAnimatedGraphicsTask").

    kind  "valid": anything that is allowed; "boundary": half of the values stand at their edges
    Misuse: no such operation or kind.
    """
    if kind not in KINDS:
        raise Misuse(f"there is no kind {kind!r}", f"use {' or '.join(KINDS)}; for wrong requests there is breaking()")
    return _plan(operation).requests(kind == "boundary")


def breaking(rule: str) -> SearchStrategy[Json]:
    """Requests that break one rule, and only it where that can be ("huawei-mpc.CreateAnimatedGraphicsTask.span-60s").

    Misuse: no such rule, or one that no single request can break.
    """
    service, _, rest = rule.partition(".")
    operation, _, tail = rest.partition(".")
    return _plan(f"{service}.{operation}").breaking(rule, tail)


@cache
def _plan(operation_id: str) -> _Plan:
    service_id, _, name = operation_id.partition(".")
    contracts = Contracts()
    if service_id not in contracts.ids():
        raise Misuse(f"there is no service {service_id!r}", f"there are {', '.join(contracts.ids())}")
    service = contracts.service(service_id)
    if name not in service.operations:
        raise Misuse(f"{service_id} has no operation {name!r}", "`mockcloud services` lists them")
    return _Plan(service.operations[name], service)


class _Plan:
    """One operation, prepared for drawing."""

    def __init__(self, operation: Operation, service: Service) -> None:
        self._operation = operation
        self._maker = PointMaker(operation, service, textual=is_textual(operation, service))
        self._members = members(operation, self._maker)
        self._clusters = clusters(operation, self._members, self._maker)
        self._spans = spans(operation)
        self._ruling = [rule for rule in operation.rules if rule.kind in ("rule", "ignored")]
        self._rows = pairwise(operation, self._maker).rows[:_MOST_SKELETONS]

    def requests(self, at_edges: bool) -> SearchStrategy[Json]:
        """Valid requests."""
        if not self._clusters:
            return st.just(self._maker.base)
        drawn, values_of = self._drawn(self._clusters, at_edges)
        return drawn.map(lambda parts: put_all(self._operation, self._maker.base, values_of(parts)))

    def breaking(self, rule_id: str, tail: str) -> SearchStrategy[Json]:
        """Requests that break a rule."""
        try:
            rule = self._operation.rule(tail)
        except KeyError:
            raise Misuse(f"there is no rule {rule_id!r}", "`mockcloud rules` lists them") from None
        wrong = [point.parameters for point in self._maker.points() if point.rule == rule_id and point.breaks]
        if not wrong:
            raise Misuse(f"{rule_id} cannot be broken by a request alone", "its points are in the contract")
        free = [group for group in self._clusters if not any(_is_about(rule, member.path) for member in group)]
        drawn, values_of = self._drawn(free, False)
        return st.tuples(st.sampled_from(wrong), drawn).map(lambda parts: self._changed(parts[0], values_of(parts[1])))

    def _changed(self, wrong: Json, values: dict[Path, Any]) -> Json:
        """The wrong request with other members varied, as long as it still breaks what it should."""
        request = put_all(self._operation, wrong, values)
        return request if self._maker.broken(request) == self._maker.broken(wrong) else wrong

    def _drawn(self, groups: list[list[Member]], at_edges: bool) -> tuple[SearchStrategy[Parts], ValuesOf]:
        """What is drawn for some clusters, and how it becomes values: in one step at the end, each step costs."""
        clusters = [self._cluster(group, at_edges) for group in groups]

        def values_of(parts: Parts) -> dict[Path, Any]:
            values: dict[Path, Any] = {}
            for (_, part_of), part in zip(clusters, parts, strict=True):
                values.update(part_of(part))
            return values

        return st.tuples(*(drawn for drawn, _ in clusters)), values_of

    def _cluster(self, group: list[Member], at_edges: bool) -> tuple[SearchStrategy[Any], ValuesOf]:
        member = group[0]
        if len(group) == 1 and not any(_is_about(rule, member.path) for rule in self._ruling):
            return _one(member, at_edges), lambda value: {member.path: value}
        known = self._skeletons(group)
        loose = [member for member in group if not at_edges and _is_numeric(member.schema)]
        free = (_free(member.schema, member.values) for member in loose)
        tied = [span for span in self._spans if {span.late, span.early} <= {member.path for member in group}]
        lengths = (st.integers(0, span.limit) for span in tied)
        rest = 1 + len(loose)
        return st.tuples(st.sampled_from(known), *free, *lengths), lambda parts: self._resolved(
            group, loose, tied, parts[0], parts[1:rest], parts[rest:]
        )

    def _skeletons(self, group: list[Member]) -> list[dict[Path, Any]]:
        """Assignments of a cluster that are known to fit, the base request's first."""
        found: dict[str, dict[Path, Any]] = {}
        for row in (self._maker.base, *self._rows):
            values = {member.path: get(self._operation, row, member.path) for member in group}
            found.setdefault(repr(values), values)
        return list(found.values())

    def _resolved(
        self,
        group: list[Member],
        loose: list[Member],
        tied: list[Span],
        skeleton: dict[Path, Any],
        free: tuple[Any, ...],
        lengths: tuple[int, ...],
    ) -> dict[Path, Any]:
        """The skeleton with as many freely drawn values as the rules let stand."""
        values = dict(skeleton)
        for member, value in zip(loose, free, strict=True):
            if skeleton[member.path] is not ABSENT:
                values[member.path] = value
        for span, length in zip(tied, lengths, strict=True):
            if values[span.early] is not ABSENT and values[span.late] is not ABSENT:
                values[span.late] = values[span.early] + length
        for tried in self._retreats(skeleton, values, tied):
            if not self._maker.broken(put_all(self._operation, self._maker.base, tried)):
                return tried
        return skeleton

    def _retreats(self, skeleton: dict[Path, Any], values: dict[Path, Any], tied: list[Span]) -> list[dict[Path, Any]]:
        """All drawn values, then only those of spans: what remains is the skeleton itself."""
        spanned = {path for span in tied for path in (span.early, span.late)}
        return [values, {path: values[path] if path in spanned else value for path, value in skeleton.items()}]


def _is_about(rule: Rule, path: Path) -> bool:
    names = [name for expression in (rule.when, rule.must) if expression is not None for name in expression.names]
    places = [rule.path, *((*rule.path, *name) for name in names), *((*rule.path, name) for name in rule.ignores)]
    own = places[1:] or places
    return any(path[: len(place)] == place or place[: len(path)] == path for place in own)


def _one(member: Member, at_edges: bool) -> SearchStrategy[Any]:
    """The base's value, none, another edge, or any, the shortest to draw first: what is found ends as near the base."""
    base, *others = member.values
    edges = [value for value in others if at_edges or value is not ABSENT]
    parts = [st.sampled_from(edges)] if edges else []
    if not at_edges:
        parts = [st.just(value) for value in ([base, ABSENT] if member.is_optional else [base])] + parts
    return st.one_of(*parts, _free(member.schema, member.values))


def _is_numeric(schema: Json) -> bool:
    return "text" in schema or bool(set(value_types(schema)) & {"integer", "number"})


def _free(schema: Json, values: tuple[Any, ...] = ()) -> SearchStrategy[Any]:
    """Any value that a member's own limits allow; `values` are some that do, for what cannot be made up."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "text" in schema:
        return _number(schema, schema["text"] == "integer").map(str)
    types = value_types(schema)
    if set(types) & {"integer", "number"}:
        return _number(schema, "number" not in types)
    if types == ("boolean",):
        return st.booleans()
    known = [value for value in values if value is not ABSENT] or [nominal(schema)]
    if "pattern" in schema or types == ("object",) or _holds_objects(schema):
        return st.sampled_from([*known, *schema.get("examples", ())])
    if types == ("array",):
        items = _free(schema.get("items", {}))
        most = min(schema.get("maxItems", 4), 12)
        return st.lists(items, min_size=max(schema.get("minItems", 1), 1), max_size=most, unique_by=repr)
    return _text(schema)


def _holds_objects(schema: Json) -> bool:
    return value_types(schema.get("items", {})) == ("object",) or "contentSchema" in schema


def _number(schema: Json, whole: bool) -> SearchStrategy[Any]:
    literals, bounds = domain(schema)
    low, high = bounds.get("minimum"), bounds.get("maximum")
    if whole:
        step = bounds.get("multipleOf", 1)
        first = bounds.get("exclusiveMinimum", -1) + 1 if low is None else low
        last = bounds.get("exclusiveMaximum", first + 2**31) - 1 if high is None else high
        numbers: SearchStrategy[Any] = st.integers(-(-first // step), last // step).map(lambda count: count * step)
    else:
        first = bounds.get("exclusiveMinimum", 0) if low is None else low
        last = first + 1000 if high is None else high
        thousandths = st.integers(int(first * 1000) + (low is None), int(last * 1000))
        numbers = thousandths.map(lambda count: count / 1000)
    return st.one_of(st.sampled_from(literals), numbers) if literals else numbers


def _text(schema: Json) -> SearchStrategy[Any]:
    if "format" in schema:
        return st.sampled_from(FORMATS[schema["format"]].valid)
    if "separator" in schema:
        most = min(schema.get("maxItems", 4), 12)
        items = _free(schema.get("items", {})).map(lambda item: str(item).replace(schema["separator"], "_"))
        return st.lists(items, min_size=1, max_size=most, unique=True).map(schema["separator"].join)
    least = max(schema.get("minLength", 1), 1)
    most = min(schema.get("maxLength", schema.get("maxBytes", 4 * _MOST_TEXT) // 4), max(_MOST_TEXT, least))
    return st.text(_LETTERS, min_size=least, max_size=max(most, least)).map(_unblank)


def _unblank(text: str) -> str:
    """Nothing blank at the ends: some clients and servers cut it off, and no document says who may."""
    return text if text.strip() == text else "_" * len(text)


__all__ = ["breaking", "requests_for"]

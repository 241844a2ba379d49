"""Whether a request stands at the edge that a rule draws: for traffic that nobody planned."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from ..contract.expression import ABSENT
from ..contract.spec import Operation, Rule, Service
from .caller import is_textual
from .members import Span, spans
from .places import Path, get
from .points import PointMaker
from .possible import documented_rules

Json = dict[str, Any]

# Where every allowed value is as good as another: there is no edge, only being there.
_ANY_VALUE = ("required", "enum", "pattern", "format", "json", "unique")


class Edges:
    """The edges of one operation's rules."""

    def __init__(self, operation: Operation, service: Service) -> None:
        self._operation, self._service = operation, service
        self._rules = documented_rules(operation)
        self._spans = {(span.late, span.early): span for span in spans(operation)}

    def met(self, sent: Json) -> set[str]:
        """The rules at whose edge an allowed request stands; `sent` with the documented types."""
        return {rule.id for rule in self._rules if self._is_met(rule, sent)}

    def _is_met(self, rule: Rule, sent: Json) -> bool:
        paths = _paths(rule)
        values = [get(self._operation, sent, path) for path in paths]
        if rule.kind == "read-only":
            return values == [ABSENT]
        if rule.kind in _ANY_VALUE:
            return values[0] is not ABSENT
        span = self._spans.get((paths[0], paths[1])) if len(paths) == 2 else None
        if span is not None:
            return _is_at(span, values)
        return repr(values) in self._valid.get(rule.id, ())

    @cached_property
    def _valid(self) -> dict[str, set[str]]:
        """Rule → what its members hold in its valid points."""
        maker = PointMaker(self._operation, self._service, textual=is_textual(self._operation, self._service))
        rules = {rule.id: rule for rule in self._rules}
        found: dict[str, set[str]] = {}
        for point in maker.points():
            if point.polarity == "valid" and point.rule in rules:
                values = [get(self._operation, point.parameters, path) for path in _paths(rules[point.rule])]
                found.setdefault(point.rule, set()).add(repr(values))
        return found


def _paths(rule: Rule) -> list[Path]:
    """The members that a rule speaks of, in the order in which it names them."""
    if rule.kind != "rule":
        return [rule.path]
    expressions = [expression for expression in (rule.when, rule.must) if expression is not None]
    names = dict.fromkeys(name for expression in expressions for name in expression.names)
    return [(*rule.path, *name) for name in names] or [rule.path]


def _is_at(span: Span, values: list[Any]) -> bool:
    late, early = values
    is_number = all(isinstance(value, int | float) for value in values)
    return is_number and late - early in (span.limit, span.limit - 1)

"""A call's parameters against its contract: ignored members, then shapes, then rules.

Everything that is broken is found; which of it is answered follows the provider's documented order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..model import Refusal, Violation
from .expression import ABSENT, SAYS_NOTHING, lookup
from .formats import CHECKS
from .shape import ITEM, Shape, logical
from .spec import Answer, Operation, Rule, Service

Json = dict[str, Any]
_FIRST = ("unknown-parameter", "required", "type")
_NOTHING: tuple[Violation, ...] = ()


@dataclass(slots=True)  # not frozen: one for every request, at a third of the price
class Verdict:
    """What validation found. parameters: typed, without what has no effect; violations: all of them, in order."""

    parameters: Json
    violations: tuple[Violation, ...]
    refusal: Refusal | None


class Validator:
    """One operation's compiled checks."""

    def __init__(self, operation: Operation, service: Service) -> None:
        self._service = service
        self._operation = operation
        self._shape = Shape(service.id, operation.name, operation.input)
        self._ignoring = tuple(rule for rule in operation.rules if rule.ignores)
        self._rules = tuple((rule, _breach(rule)) for rule in operation.rules if rule.must is not None or rule.check)
        order = service.order or _FIRST
        self._rank = {kind: place for place, kind in enumerate(order)}

    def __call__(self, parameters: Json, textual: bool = False) -> Verdict:
        """Judge parameters by documented name, nested as on the wire."""
        broken: list[tuple[Rule, tuple[str, ...], Any]] = []
        if self._ignoring:
            parameters = self._without_ignored(parameters, textual, broken)
        typed, found = self._shape.check(parameters, textual)
        for rule, indices, value in found:
            broken.append((rule, _placed(rule.path, indices), value))
        if self._rules:
            self._hold_rules(self._seen(typed), broken)
        if not broken:
            return Verdict(typed, _NOTHING, None)
        return self._verdict(typed, broken)

    def _hold_rules(self, scope: Json, broken: list[tuple[Rule, tuple[str, ...], Any]]) -> None:
        places: dict[tuple[str, ...], list[tuple[tuple[str, ...], Json]]] = {}
        for rule, is_broken in self._rules:
            objects = places.get(rule.path)
            if objects is None:
                objects = places[rule.path] = _objects(scope, rule.path)
            for path, members in objects:
                if is_broken(members):
                    value = lookup(members, rule.blame)
                    broken.append((rule, (*path, *rule.blame), None if value is ABSENT else value))

    def _seen(self, typed: Json) -> Json:
        """Typed parameters as rules see them."""
        seen: Json = logical(self._operation.input, typed) if self._shape.holds_text else typed
        return seen

    def _without_ignored(
        self, parameters: Json, textual: bool, broken: list[tuple[Rule, tuple[str, ...], Any]]
    ) -> Json:
        scope = self._seen(self._shape.check(parameters, textual)[0])
        kept = dict(parameters)
        for rule in self._ignoring:
            if rule.when is not None and rule.when.holds(scope) is not True:
                continue
            broken.extend((rule, (name,), kept.pop(name)) for name in rule.ignores if name in kept)
        return kept

    def _verdict(self, typed: Json, broken: list[tuple[Rule, tuple[str, ...], Any]]) -> Verdict:
        violations = tuple(
            Violation(rule.id, pointer(path), value, rule.cite, rule.effect) for rule, path, value in broken
        )
        refused = [(rule, path, value) for rule, path, value in broken if rule.effect == "reject"]
        if not refused:
            return Verdict(typed, violations, None)
        rule, path, value = min(refused, key=lambda entry: self._rank.get(_order_word(entry[0]), len(self._rank)))
        return Verdict(typed, violations, self._refusal(rule, path, value, violations))

    def _refusal(self, rule: Rule, path: tuple[str, ...], value: Any, violations: tuple[Violation, ...]) -> Refusal:
        answer = answer_for(rule, self._service)
        return Refusal(
            answer.code,
            *filled(answer, path, value, self._operation.name),
            variant=answer.variant,
            reason=rule.id,
            detail=f"{pointer(path) or '/'} = {_short(value)}: {describe(rule)}",
            violations=violations,
        )


def answer_for(rule: Rule, service: Service) -> Answer:
    """The error that answers a broken rule: its own, else the service's for its kind."""
    return rule.answer or service.refusals.get(rule.kind) or service.refusals["default"]


def filled(answer: Answer, path: tuple[str, ...], value: Any, operation: str) -> tuple[str, ...]:
    """What goes into the message's %s: the answer's templates, by default the member's name."""
    names = [segment for segment in path if not segment.isdigit()] or [""]
    words = {
        "{name}": names[-1],
        "{path}": ".".join(path),
        "{top}": names[0],
        "{operation}": operation,
        "{value}": _spelt(value),  # the last one: a value may hold braces of its own
    }
    texts = []
    for template in answer.args if answer.args is not None else ("{name}",):
        for mark, word in words.items():
            template = template.replace(mark, word)
        texts.append(template)
    return tuple(texts)


def _spelt(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def pointer(path: tuple[str, ...]) -> str:
    """JSON Pointer of a path."""
    return "".join(f"/{segment.replace('~', '~0').replace('/', '~1')}" for segment in path)


def describe(rule: Rule) -> str:
    """A rule in one plain sentence."""
    words = _WORDS.get(rule.kind)
    return rule.text or (words(rule) if words else rule.kind)


def _type_words(rule: Rule) -> str:
    held = rule.limits["text"]
    return f"must be {' or '.join(rule.limits['types'])}" + (f" holding {held}" if held else "")


def _length_words(rule: Rule) -> str:
    unit = "characters" if rule.kind == "length" else "bytes"
    least, most = rule.limits.get("min"), rule.limits.get("max")
    words = (f"at least {least}" if least is not None else "", f"at most {most}" if most is not None else "")
    return f"must have {' and '.join(filter(None, words))} {unit}"


def _expression_words(rule: Rule) -> str:
    if rule.must is None:
        return rule.kind
    return (f"when {rule.when.source}, " if rule.when else "") + f"{rule.must.source} must hold"


def _range_words(limits: Mapping[str, Any]) -> str:
    words = [str(value) for value in limits["literals"]]
    low, high = limits.get("min"), limits.get("max")
    above, below = limits.get("above"), limits.get("below")
    start = f"from {low}" if low is not None else f"above {above}" if above is not None else ""
    most = f"to {high}" if low is not None else f"at most {high}"
    stop = most if high is not None else f"below {below}" if below is not None else ""
    grid = f"a multiple of {limits['step']}" if limits.get("step") is not None else ""
    return " or ".join(filter(None, (", ".join(words), " ".join(filter(None, (grid, start, stop))))))


_WORDS: dict[str, Callable[[Rule], str]] = {
    "required": lambda rule: "is mandatory",
    "type": _type_words,
    "enum": lambda rule: f"must be one of {', '.join(map(str, rule.limits['values']))}",
    "range": lambda rule: f"must be {_range_words(rule.limits)}",
    "step": lambda rule: f"must be {_range_words(rule.limits)}",
    "length": _length_words,
    "bytes": _length_words,
    "min-items": lambda rule: f"must have at least {rule.limits['min']} items",
    "max-items": lambda rule: f"must have at most {rule.limits['max']} items",
    "pattern": lambda rule: f"must match {rule.limits['pattern']}",
    "format": lambda rule: f"must be in the format {rule.limits['format']}",
    "json": lambda rule: "must be JSON of the documented shape",
    "ignored": lambda rule: (
        f"{', '.join(rule.ignores)} have no effect" + (f" when {rule.when.source}" if rule.when else "")
    ),
    "rule": _expression_words,
    "read-only": lambda rule: "is read-only",
    "unknown-parameter": lambda rule: "is not a documented parameter",
}


def _short(value: Any, most: int = 120) -> str:
    text = repr(value)
    return text if len(text) <= most else f"{text[:most]}... ({len(text)} characters)"


def _order_word(rule: Rule) -> str:
    return rule.kind if rule.kind in _FIRST or rule.kind not in ("rule", "state") else "rule"


def _placed(path: tuple[str, ...], indices: tuple[int, ...]) -> tuple[str, ...]:
    remaining = iter(indices)
    return tuple(str(next(remaining, ITEM)) if segment == ITEM else segment for segment in path)


def _breach(rule: Rule) -> Callable[[Json], bool]:
    """Whether an object breaks a rule: its `when` says yes and its `must` says no."""
    when = None if rule.when is None else rule.when.run
    holds = CHECKS[rule.check].holds if rule.must is None else rule.must.run

    def is_broken(members: Json) -> bool:
        try:
            return (when is None or when(members)) and not holds(members)
        except SAYS_NOTHING:
            return False

    return is_broken


def _objects(scope: Any, path: tuple[str, ...]) -> list[tuple[tuple[str, ...], Json]]:
    """The objects that a rule's path leads to, each with the path that was walked to it."""
    found: list[tuple[tuple[str, ...], Any]] = [((), scope)]
    for segment in path:
        if segment == ITEM:
            found = [
                ((*walked, str(index)), item)
                for walked, items in found
                if isinstance(items, list)
                for index, item in enumerate(items)
            ]
        else:
            found = [
                ((*walked, segment), members[segment])
                for walked, members in found
                if isinstance(members, dict) and segment in members
            ]
    return [(walked, members) for walked, members in found if isinstance(members, dict)]

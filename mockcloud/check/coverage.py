"""What was exercised of a contract, counted from intents and from the journal. Sets of names: they merge.

Each metric has a set of what is possible and a set of what was done; levels are metrics that are complete.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise as pairwise_of
from typing import Any

from .. import providers
from ..contract.expression import ABSENT
from ..contract.limits import value_types
from ..contract.spec import Operation, Service
from ..faults import GARBAGE
from ..model import WireReply
from .adapter import Offer
from .caller import dig
from .catalog.errors import codes_of
from .compare import typed
from .members import members
from .pairs import pairs_in, pairwise
from .places import inside
from .rules import Try, rule_items, tries
from .session import Ending
from .verdicts import OK, UNDECIDED, UNREACHABLE, Verdict, is_documented

Json = dict[str, Any]

METRICS = (
    "operations",
    "parameters",
    "rules_valid",
    "rules_invalid",
    "points",
    "independent",
    "pairs",
    "codes",
    "states",
    "transitions",
    "members",
    "faults",
)
LEVELS: tuple[tuple[str, ...], ...] = (
    ("operations",),
    ("parameters",),
    ("rules_valid",),
    ("rules_invalid", "codes"),
    ("points", "states", "members"),
    ("faults", "pairs", "transitions"),
)
WIRE_TROUBLES = ("wire.lost-answer", "wire.late-answer", "wire.hang", "wire.hang-body")


@dataclass(slots=True)
class Metric:
    """done and possible names of one metric; what is unreachable is in neither."""

    done: set[str] = field(default_factory=set)
    possible: set[str] = field(default_factory=set)

    def as_json(self, most_missing: int = 50) -> Json:
        """Counts, the share, and what is missing."""
        missing = sorted(self.possible - self.done)
        share = 1.0 if not self.possible else len(self.done & self.possible) / len(self.possible)
        done = len(self.done & self.possible)
        return {"done": done, "possible": len(self.possible), "share": share, "missing": missing[:most_missing]}


class Coverage:
    """The coverage of one service, by one adapter's run or by any traffic (then without an offer)."""

    def __init__(self, service: Service, offer: Offer | None = None) -> None:
        self.service, self.offer = service, offer
        self._names = list(offer.operations) if offer else list(service.operations)
        if offer:
            self._names += [name for name in offer.roles.values() if name not in self._names]
        self.metrics = {name: Metric() for name in METRICS}
        self.unreachable: set[str] = set()
        self.violating: list[Json] = []
        self._last_states: dict[str, str] = {}
        for name, possible in self._possible():
            self.metrics[name].possible |= possible

    # What is possible.

    def _operations(self) -> list[Operation]:
        return [self.service.operations[name] for name in self._names]

    def _possible(self) -> Iterator[tuple[str, set[str]]]:
        yield "operations", set(self._names)
        for operation in self._operations():
            yield "parameters", set(_parameter_names(operation, self.offer))
            yield "codes", {f"{operation.name} {entry.code}" for entry in codes_of(operation, self.service)}
            yield "members", {f"{operation.name} {name}" for name in _answer_members(operation)}
        yield from self._possible_rules()
        families = {self.service.operations[name].family for name in self.service.operations} - {""}
        wanted = self.service.roles.get("create", {}).get("operation")
        used = {self.service.operations[wanted].family} & families if wanted else families
        for family in used:
            steps = [str(step) for step in self.service.families[family].steps]
            ends = [str(word) for word in self.service.families[family].words()[len(steps) :]]
            yield "states", {*steps, *ends}
            yield "transitions", {f"{one} > {other}" for one, other in pairwise_of(steps)}
        if self.offer:
            for name in self._asked_names():
                yield "faults", {f"{name} garbage {kind}" for kind in GARBAGE}

    def _asked_names(self) -> list[str]:
        return [name for name in self._names if self.service.operations[name].output is not None]

    def _possible_rules(self) -> Iterator[tuple[str, set[str]]]:
        if self.offer is None:
            rules = {rule.id for operation in self._operations() for rule in operation.rules if is_documented(rule)}
            yield "rules_valid", rules
            yield "rules_invalid", rules
            return
        for attempt, rule_id, polarity in self._planned:
            yield f"rules_{polarity}", {rule_id}
            yield "points", {f"{rule_id}/{polarity}/{attempt.label}"}
            if attempt.broken == {rule_id}:
                yield "independent", {rule_id}
        for name, method in self.offer.operations.items():
            operation = self.service.operations[name]
            if method != "query" and operation.depth == "full":
                yield "pairs", {f"{name} {pair}" for pair in self._pairs(operation)}

    @cached_property
    def _planned(self) -> list[tuple[Try, str, str]]:
        assert self.offer is not None  # noqa: S101 - for the type checker
        return [
            (attempt, item.rule.id, item.polarity)
            for item in rule_items(self.offer)
            if item.rule is not None
            for attempt in tries(
                self.offer,
                self.service.operations[item.rule.operation],
                self.offer.operations[item.rule.operation],
                item.rule,
                item.polarity,
            )
        ]

    def _pairs(self, operation: Operation) -> frozenset[str]:
        assert self.offer is not None  # noqa: S101 - for the type checker
        return (
            pairwise(operation, self.offer.maker(operation)).feasible
            if not self.offer.adapter_class.offers
            else frozenset()
        )

    # What was done.

    def intent(self, attempt: Try, ending: Ending, verdict: Verdict) -> None:
        """One input that was handed to the client, and what it came to."""
        for planned, rule_id, polarity in self._by_label.get((attempt.operation.name, attempt.label), ()):
            if planned.asked != attempt.asked:
                continue
            name = f"{rule_id}/{polarity}/{attempt.label}"
            if verdict.word == UNREACHABLE:
                self.unreachable.add(name)
                self.metrics["points"].possible.discard(name)
            elif verdict.word != UNDECIDED:
                self.metrics["points"].done.add(name)
                if polarity == "invalid" or verdict.word == OK:
                    self.metrics[f"rules_{polarity}"].done.add(rule_id)
                if attempt.broken == {rule_id}:
                    self.metrics["independent"].done.add(rule_id)

    @cached_property
    def _by_label(self) -> dict[tuple[str, str], list[tuple[Try, str, str]]]:
        found: dict[tuple[str, str], list[tuple[Try, str, str]]] = {}
        for planned in self._planned if self.offer else ():
            found.setdefault((planned[0].operation.name, planned[0].label), []).append(planned)
        return found

    def notes(self, notes: Iterable[tuple[str, ...]]) -> None:
        """What checks noted: ("code", operation id, code), ("fault", operation id, kind), ("state", word), ..."""
        for kind, *what in notes:
            name = (
                " ".join([what[0].partition(".")[2], *what[1:]])
                if kind in ("code", "fault", "member")
                else " > ".join(what)
            )
            metric = {"code": "codes", "fault": "faults", "member": "members", "state": "states"}.get(
                kind, "transitions"
            )
            self.metrics[metric].done.add(name)

    def record(self, record: Json) -> None:
        """One journal record of any traffic."""
        operation = self.service.operations.get(record["operation"])
        if operation is None or record["service"] != self.service.id:
            return
        self.metrics["operations"].done.add(operation.name)
        sent = typed(operation, record["parameters"])
        self.metrics["parameters"].done |= {f"{operation.name} {name}" for name in _held(operation.input, sent, ())}
        broken = [found for found in record["violations"] if found["effect"] == "reject"]
        if self.offer is None:
            self.metrics["rules_invalid"].done |= {found["rule"] for found in broken}
        if broken:
            self.violating.append({"id": record["id"], "operation": operation.id, "violations": broken})
        if record["reason"]:
            self.metrics["codes"].done |= self._code(operation, record)
            return
        if self.offer is None:
            self.metrics["rules_valid"].done |= {rule.id for rule in operation.rules if _at_edge(operation, rule, sent)}
        elif operation.name in self.offer.operations and operation.depth == "full":
            found = members(operation, self.offer.maker(operation))
            self.metrics["pairs"].done |= {f"{operation.name} {pair}" for pair in pairs_in(operation, found, sent)}
        self._answer(operation, record)

    def _code(self, operation: Operation, record: Json) -> set[str]:
        _, error = self._unwrapped(record)
        return {f"{operation.name} {error[0]}"} if error else set()

    def _unwrapped(self, record: Json) -> tuple[Json | None, tuple[str, str] | None]:
        import orjson

        text = record["response"]
        is_xml = isinstance(text, str) and text.startswith("<")
        body = text.encode() if isinstance(text, str) else orjson.dumps(text)
        kind = "text/xml;charset=utf-8" if is_xml else "application/json"
        try:
            return providers.provider(self.service.provider).unwrap(
                WireReply(record["status"], (("Content-Type", kind),), body)
            )
        except ValueError:
            return None, None

    def _answer(self, operation: Operation, record: Json) -> None:
        body, _ = self._unwrapped(record)
        if body is None:
            return
        present = set(_present(operation.output or {}, body, ()))
        for name in _answer_members(operation):
            path, _, word = name.partition(" ")
            if (path in present) == (word == "present"):
                self.metrics["members"].done.add(f"{operation.name} {name}")
        for role in ("query", "wait", "list"):
            spec = self.service.roles.get(role, {})
            if spec.get("operation") == operation.name and spec.get("status"):
                self._states(spec, body)

    def _states(self, spec: Json, body: Json) -> None:
        items = dig(body, spec["items"]) if spec.get("items") else [body]
        for item in items if isinstance(items, list) else ():
            word, task = dig(item, spec["status"]), dig(item, spec["id"]) if spec.get("id") else ""
            if word is ABSENT:
                continue
            self.metrics["states"].done.add(str(word))
            last = self._last_states.get(str(task))
            if last is not None and last != str(word):
                self.metrics["transitions"].done.add(f"{last} > {word}")
            self._last_states[str(task)] = str(word)

    # What comes of it.

    def level(self) -> int:
        """The highest level all of whose metrics, and those of the levels below, are complete."""
        for reached, names in enumerate(LEVELS):
            if any(self.metrics[name].possible - self.metrics[name].done for name in names):
                return reached
        return len(LEVELS)

    def share(self) -> float:
        """The share of everything possible that was done."""
        possible = sum(len(metric.possible) for metric in self.metrics.values())
        done = sum(len(metric.possible & metric.done) for metric in self.metrics.values())
        return done / possible if possible else 1.0

    def as_json(self) -> Json:
        """All metrics, the level, and what could not be reached."""
        return {
            "service": self.service.id,
            "level": self.level(),
            "share": self.share(),
            "unreachable": sorted(self.unreachable),
            "metrics": {name: metric.as_json() for name, metric in self.metrics.items()},
            "violating": self.violating[:200],
        }

    def dump(self) -> Json:
        """What was done, for merging with other workers' (`merge`)."""
        done = {name: sorted(metric.done) for name, metric in self.metrics.items()}
        return {
            "service": self.service.id,
            "done": done,
            "unreachable": sorted(self.unreachable),
            "violating": self.violating,
        }

    def merge(self, dumped: Json) -> None:
        """Add what another worker did."""
        for name, done in dumped["done"].items():
            self.metrics[name].done |= set(done)
        self.unreachable |= set(dumped["unreachable"])
        self.metrics["points"].possible -= self.unreachable
        self.violating += dumped["violating"]


def _parameter_names(operation: Operation, offer: Offer | None) -> Iterator[str]:
    for name, schema, is_optional in _parameters(operation.input, ()):
        if offer is not None and not offer.is_offered(tuple(name.split("."))):
            continue
        yield f"{operation.name} {name} sent"
        if is_optional:
            yield f"{operation.name} {name} omitted"
        values = schema.get("enum") or ([True, False] if value_types(schema) == ("boolean",) else ())
        yield from (f"{operation.name} {name}={value!r}" for value in values)


def _parameters(schema: Json, path: tuple[str, ...]) -> Iterator[tuple[str, Json, bool]]:
    opened = inside(schema)
    required = opened.get("required", ())
    for name, inner in opened.get("properties", {}).items():
        if inner.get("readOnly"):
            continue
        place = (*path, name)
        yield ".".join(place), inner, name not in required
        if "properties" in inside(inner):
            yield from _parameters(inner, place)


def _held(schema: Json, sent: Any, path: tuple[str, ...]) -> Iterator[str]:
    """What a request says of parameters: "x sent", "x omitted", "x=value"."""
    if not isinstance(sent, dict):
        return
    for name, inner in inside(schema).get("properties", {}).items():
        place = ".".join((*path, name))
        if name not in sent:
            yield f"{place} omitted"
            continue
        yield f"{place} sent"
        value = sent[name]
        if isinstance(value, str | int | float | bool):
            yield f"{place}={value!r}"
        yield from _held(inner, value, (*path, name))


def _at_edge(operation: Operation, rule: Any, sent: Json) -> bool:
    """Whether an accepted request stands at the edge that a rule draws: its member has an edge value."""
    from .candidates import values_for
    from .places import get, schema_at

    if not is_documented(rule) or rule.kind in ("rule", "ignored", "unknown-parameter"):
        return bool(rule.kind == "rule" and rule.must is not None and rule.must.holds(_scope(operation, rule, sent)))
    value = get(operation, sent, rule.path)
    if value is ABSENT:
        return bool(rule.kind == "read-only")
    valid, _ = values_for(rule, schema_at(operation, rule.path), value)
    return value in valid


def _scope(operation: Operation, rule: Any, sent: Json) -> Any:
    from .places import get

    found = get(operation, sent, rule.path) if rule.path else sent
    return found if isinstance(found, dict) else {}


def _answer_members(operation: Operation) -> Iterator[str]:
    """For every documented member of an answer "a.b present", for the optional ones "a.b absent" as well."""
    for name, is_optional in _output_members(operation.output or {}, ()):
        yield f"{name} present"
        if is_optional:
            yield f"{name} absent"


def _output_members(schema: Json, path: tuple[str, ...]) -> Iterator[tuple[str, bool]]:
    if "items" in schema:
        yield from _output_members(schema["items"], path)
    required = schema.get("required", ())
    for name, inner in schema.get("properties", {}).items():
        place = (*path, name)
        yield ".".join(place), name not in required
        yield from _output_members(inner, place)


def _present(schema: Json, body: Any, path: tuple[str, ...]) -> Iterator[str]:
    if isinstance(body, list):
        for item in body:
            yield from _present(schema.get("items", {}), item, path)
    elif isinstance(body, dict):
        for name, value in body.items():
            if value is not None:
                yield ".".join((*path, name))
                yield from _present(schema.get("properties", {}).get(name, {}), value, (*path, name))

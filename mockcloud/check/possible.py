"""What can be exercised of a contract, by name: the known side of every metric.

With an adapter that is what its client offers and the battery can try; without one, all that an operation documents.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise as following
from typing import Any

from ..contract.spec import Family, Operation, Rule, Service
from ..faults import GARBAGE
from ..mutations import bendable
from .adapter import Offer
from .catalog.asking import askings
from .catalog.errors import codes_of
from .catalog.reader import needed_members
from .catalog.silence import silences
from .catalog.trouble import LOST_FAULTS
from .members import members
from .pairs import pairs_in
from .rows import is_allowed, own_part, planned_rows
from .rules import Try, is_of_type, left_out, rule_items, tries
from .saying import parameters, said, sayable
from .tally import Tally
from .verdicts import is_documented

Json = dict[str, Any]
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Planned:
    """One boundary point that the battery tries, and the names that stand for it."""

    attempt: Try
    rule: str
    polarity: str

    @property
    def point(self) -> str:
        """Its name in the metric `points`; also its stable id in reports."""
        return f"{self.rule}.{self.polarity}.{self.attempt.label}"

    @property
    def is_alone(self) -> bool:
        """Whether it breaks its rule and no other."""
        return self.attempt.broken == {self.rule}


def planned_points(offer: Offer) -> Iterator[Planned]:
    """Every boundary point of every item of a battery, in order."""
    for item in rule_items(offer):
        if item.rule is not None:
            operation = offer.operation(item.rule.operation)
            method = offer.operations[operation.name]
            for attempt in tries(offer, operation, method, item.rule, item.polarity):
                yield Planned(attempt, item.rule.id, item.polarity)


def of_offer(tally: Tally, offer: Offer, points: list[Planned]) -> None:
    """Fill in what an adapter's battery can do."""
    service = offer.service
    names = list(dict.fromkeys([*offer.operations, *offer.roles.values()]))
    tally.can("operations", names)
    for name in names:
        operation = offer.operation(name)
        tally.can("parameters", offered_parameters(offer, operation))
        tally.can("codes", (f"{name} {entry.code}" for entry in codes_of(operation, service)))
        tally.can("members", answer_members(service, operation))
    for planned in points:
        tally.can(f"rules_{planned.polarity}", [planned.rule])
        tally.can("points", [planned.point])
        if planned.is_alone:
            tally.can("independent", [planned.rule])
    for name, method in offer.operations.items():
        operation = offer.operation(name)
        if method != "query" and operation.depth == "full":
            tally.can("pairs", offered_pairs(offer, operation, method))
    tally.can("faults", _faults(offer))
    _lives(tally, service, {offer.service.roles[role]["operation"] for role in offer.roles})


def of_operation(tally: Tally, service: Service, operation: Operation) -> None:
    """Fill in what any traffic can do with one operation."""
    tally.can("parameters", parameter_names(operation))
    tally.can("codes", (f"{operation.name} {entry.code}" for entry in codes_of(operation, service)))
    tally.can("members", answer_members(service, operation))
    rules = [rule.id for rule in documented_rules(operation)]
    tally.can("rules_valid", rules)
    tally.can("rules_invalid", rules)
    _lives(tally, service, {operation.name})


def documented_rules(operation: Operation) -> list[Rule]:
    """The rules of an operation that a client can break or keep, wrong JSON types aside."""
    documented = [rule for rule in operation.rules if is_documented(rule)]
    return [rule for rule in documented if rule.kind != "ignored" and not is_of_type(rule)]


# Parameters.


def offered_parameters(offer: Offer, operation: Operation) -> Iterator[str]:
    """What the requests say that an adapter can be asked for; and the ids that its roles take are sent."""
    method = offer.operations.get(operation.name, "")
    for role in ("query", "cancel", "wait"):
        ids = offer.service.roles.get(role, {}).get("ids")
        if ids in operation.input.get("properties", {}) and offer.roles.get(role) == operation.name:
            yield f"{operation.name} {ids} sent"
    if method in ("", "query"):
        return
    mine = left_out(offer, method, operation) | offer.pages(operation)
    told = {name for row in _allowed(offer, operation, method) for name in said(operation.input, row)}
    for place, schema, is_optional in parameters(operation.input):
        if place[0] not in mine and offer.is_offered(place):
            # What no allowed request says, a rule forbids.
            yield from (f"{operation.name} {name}" for name in sayable(place, schema, is_optional) if name in told)


def _allowed(offer: Offer, operation: Operation, method: str) -> Iterator[Json]:
    yield from (row for _, row in planned_rows(offer, operation, method))
    for point in offer.points(operation):
        if point.polarity == "valid" and point.is_typed and not point.place:
            asked = own_part(offer, operation, method, point.parameters)
            if is_allowed(offer, operation, asked):
                yield asked


def parameter_names(operation: Operation) -> Iterator[str]:
    """What can be said with all parameters of an operation."""
    for place, schema, is_optional in parameters(operation.input):
        yield from (f"{operation.name} {name}" for name in sayable(place, schema, is_optional))


def offered_pairs(offer: Offer, operation: Operation, method: str) -> set[str]:
    """The pairs of edge values in the rows that FAITHFUL has for an operation: all that any request can hold."""
    found = [member for member in members(operation, offer.maker(operation)) if offer.is_offered(member.path)]
    own = left_out(offer, method, operation)
    found = [member for member in found if member.path[0] not in own]
    rows = planned_rows(offer, operation, method)
    return {f"{operation.name} {pair}" for _, row in rows for pair in pairs_in(operation, found, row)}


# Answers.


def answer_members(service: Service, operation: Operation) -> Iterator[str]:
    """Every documented member of an answer present, absent where it may be, varied where it has two forms."""
    needed = [f"{name}." for name in needed_members(service, operation)]
    may_miss = {
        place for place in bendable("missing", operation) if not any(name.startswith(f"{place}.") for name in needed)
    }
    may_vary = set(bendable("number-for-text", operation))
    for place in _answers(operation.output or {}, ()):
        name = f"{operation.name} {place}"
        yield f"{name} present"
        if place in may_miss:
            yield f"{name} absent"
        if place in may_vary:
            yield f"{name} varied"


def _answers(schema: Json, path: Path) -> Iterator[str]:
    if "items" in schema:
        yield from _answers(schema["items"], path)
    for name, inner in schema.get("properties", {}).items():
        yield ".".join((*path, name))
        yield from _answers(inner, (*path, name))


# Tasks.


def _lives(tally: Tally, service: Service, names: set[str]) -> None:
    """States and transitions of the tasks that the create role makes, when an answer of these operations shows them."""
    showing = [role for role in service.roles.values() if role.get("status") and role["operation"] in names]
    create = service.roles.get("create", {}).get("operation")
    if not showing or create is None:
        return
    family = service.families[service.operations[create].family]
    tally.can("states", map(str, family.words()))
    tally.can("transitions", transitions(family))


def transitions(family: Family) -> list[str]:
    """Step after step, from every step but the last to failure, and from the queue to the cancelled state."""
    found = list(following(family.steps))
    if family.failed is not None:
        found += [(step, family.failed) for step in family.steps[:-1]]
    if family.cancelled is not None:
        found += [(step, family.cancelled) for step in family.steps[: family.queued]]
    return [f"{one} > {other}" for one, other in found]


# Faults.


def _faults(offer: Offer) -> Iterator[str]:
    for asking in askings(offer):
        if asking.name != "wait" and asking.operation.output is not None:
            yield from (f"{asking.operation.name} garbage {kind}" for kind in GARBAGE)
    yield from (f"{silence.asking.operation.name} {silence.fault}" for silence in silences(offer))
    if "create" in offer.roles:
        yield from (f"{offer.roles['create']} {fault}" for fault in LOST_FAULTS)

"""The allowed requests that an adapter is tried with beside the edges of rules.

They hold every pair of edge values, and say everything that can be said of a parameter: sent, left out, each listed
value.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any
from weakref import WeakKeyDictionary

from ..contract.expression import ABSENT
from ..contract.limits import value_types
from ..contract.spec import Operation
from .adapter import Offer, narrowed
from .pairs import pairwise
from .places import Path, get, nominal, put, schema_at
from .rules import is_contested, left_out
from .saying import dotted, listed_values, parameters, said

Json = dict[str, Any]
Row = tuple[str, Json]  # label, request

_MOST_PAIRS = 120
_MOST_BASES = 150

_known: WeakKeyDictionary[Offer, dict[str, list[Row]]] = WeakKeyDictionary()


def own_part(offer: Offer, operation: Operation, method: str, request: Json) -> Json:
    """What an adapter can be asked for of a request."""
    own = left_out(offer, method, operation)
    return {name: value for name, value in narrowed(offer, request).items() if name not in own}


def is_allowed(offer: Offer, operation: Operation, request: Json) -> bool:
    """Whether a request breaks nothing and holds nothing over which sources disagree."""
    return not offer.broken(operation, request) and not is_contested(operation.input, request)


def planned_rows(offer: Offer, operation: Operation, method: str) -> list[Row]:
    """All rows of an operation, made once."""
    known = _known.setdefault(offer, {})
    if operation.name not in known:
        pairs = _pair_rows(offer, operation, method)
        known[operation.name] = [*_parameter_rows(offer, operation, method, pairs), *pairs]
    return known[operation.name]


def tried_rows(offer: Offer, operation: Operation, method: str) -> list[Row]:
    """Those that a battery has the time for: all but where pairs take very many."""
    rows = planned_rows(offer, operation, method)
    single = sum(not label.startswith("row ") for label, _ in rows)
    return rows[: single + _MOST_PAIRS]


def _pair_rows(offer: Offer, operation: Operation, method: str) -> list[Row]:
    asked = [own_part(offer, operation, method, row) for row in pairwise(operation, offer.maker(operation)).rows]
    return [(f"row {place + 1}", row) for place, row in enumerate(asked) if is_allowed(offer, operation, row)]


def _parameter_rows(offer: Offer, operation: Operation, method: str, others: list[Row]) -> Iterator[Row]:
    """A row for everything that can be said of a parameter and that no pair of edge values says by the way."""
    told = {name for _, row in others for name in said(operation.input, row)}
    for place, schema, is_optional in parameters(operation.input):
        if not offer.is_offered(place):
            continue
        name = dotted(place)
        wanted = [(f"{name} sent", nominal(schema)), *((f"{name}={value!r}", value) for value in listed_values(schema))]
        if is_optional:
            wanted.append((f"{name} omitted", ABSENT))
        for words, value in wanted:
            row = None if words in told else _found(offer, operation, method, place, value, words)
            if row is not None:
                told |= set(said(operation.input, row))
                yield words, row


def _found(offer: Offer, operation: Operation, method: str, place: Path, value: Any, words: str) -> Json | None:
    """An allowed request that says something; None when there is none, which rules may see to."""
    for base in islice(_bases(offer, operation), _MOST_BASES):
        changed = put(operation, _with_parents(operation, base, place), place, value)
        asked = own_part(offer, operation, method, changed)
        if words in set(said(operation.input, asked)) and is_allowed(offer, operation, asked):
            return asked
    return None


def _bases(offer: Offer, operation: Operation) -> Iterator[Json]:
    yield offer.maker(operation).base
    yield from (point.parameters for point in offer.points(operation) if point.polarity == "valid" and not point.place)


def _with_parents(operation: Operation, base: Json, place: Path) -> Json:
    """The request with what is around a member in place."""
    for depth in range(1, len(place)):
        parent = place[:depth]
        if get(operation, base, parent) is ABSENT:
            schema = schema_at(operation, parent)
            whole = nominal(schema) if value_types(schema) != ("array",) else [nominal(schema.get("items", {}))]
            base = put(operation, base, parent, whole)
    return base

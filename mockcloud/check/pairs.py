"""Pairwise rows: valid requests that together hold every pair of valid edge values that can stand side by side.

Greedy, with a look at the rules before a value is taken. What no row can hold is infeasible and said so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, islice, product
from typing import Any

from ..contract.spec import Operation
from .members import Member, clusters, members
from .places import Path, get, put_all
from .points import PointMaker

Json = dict[str, Any]
_MOST_REPAIRS = 400

Choice = tuple[int, int]  # member, value
Pair = tuple[Choice, Choice]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows; the feasible pairs, all of which they hold, by name; and how many pairs no request can hold."""

    rows: tuple[Json, ...]
    feasible: frozenset[str]
    infeasible: int


def pairs_in(operation: Operation, found: list[Member], request: Json) -> Iterator[str]:
    """The names of the pairs of edge values that a request holds."""
    held = [f"{'.'.join(member.path)}={get(operation, request, member.path)!r}" for member in found]
    yield from (f"{left} & {right}" for left, right in combinations(held, 2))


def pairwise(operation: Operation, maker: PointMaker) -> Rows:
    """Rows for an operation. Deterministic."""
    return _Builder(operation, maker).build()


class _Builder:
    def __init__(self, operation: Operation, maker: PointMaker) -> None:
        self._operation, self._maker = operation, maker
        self._members: list[Member] = members(operation, maker)
        self._base = [0] * len(self._members)
        self._cluster_of: dict[int, list[int]] = {}
        index = {member.path: place for place, member in enumerate(self._members)}
        for group in clusters(operation, self._members, maker):
            places = [index[member.path] for member in group]
            for place in places:
                self._cluster_of[place] = places
        self._known: dict[tuple[tuple[int, int], ...], bool] = {}

    def build(self) -> Rows:
        wanted: dict[Pair, None] = {}
        for left, right in combinations(range(len(self._members)), 2):
            for one, other in product(range(len(self._members[left].values)), range(len(self._members[right].values))):
                wanted[(left, one), (right, other)] = None
        rows, feasible = [], dict.fromkeys(wanted)
        total = len(wanted)
        while wanted:
            pair = next(iter(wanted))
            row = self._row_with(pair)
            if row is None:
                del wanted[pair], feasible[pair]
                continue
            self._improve(row, pair, wanted)
            for left, right in combinations(range(len(row)), 2):
                wanted.pop(((left, row[left]), (right, row[right])), None)
            rows.append(self._request(row))
        names = frozenset(f"{self._name(left)} & {self._name(right)}" for left, right in feasible)
        return Rows(tuple(rows), names, total - len(feasible))

    def _name(self, choice: Choice) -> str:
        member = self._members[choice[0]]
        return f"{'.'.join(member.path)}={member.values[choice[1]]!r}"

    def _row_with(self, pair: Pair) -> list[int] | None:
        """A valid row that holds a pair, the rest as in the base request or mended; None when there is none."""
        row = self._base.copy()
        for place, value in pair:
            row[place] = value
        fixed = {place for place, _ in pair}
        for place in sorted(fixed):
            if not self._mend(row, self._cluster_of[place], fixed):
                return None
        return row

    def _mend(self, row: list[int], cluster: list[int], fixed: set[int]) -> bool:
        if self._fits(row, cluster):
            return True
        free = [place for place in cluster if place not in fixed]
        for size in (1, 2, 3):
            for places in combinations(free, size):
                choices = product(*(range(len(self._members[place].values)) for place in places))
                for values in islice(choices, _MOST_REPAIRS):
                    tried = row.copy()
                    for place, value in zip(places, values, strict=True):
                        tried[place] = value
                    if self._fits(tried, cluster):
                        row[:] = tried
                        return True
        return False

    def _improve(self, row: list[int], pair: Pair, wanted: dict[Pair, None]) -> None:
        """Take, member by member, the value that holds most wanted pairs with the rest of the row."""
        fixed = {place for place, _ in pair}
        for place in range(len(row)):
            if place in fixed:
                continue
            scores = sorted(
                (-self._gain(row, place, value, wanted), value) for value in range(len(self._members[place].values))
            )
            before = row[place]
            for gain, value in scores[:3]:
                row[place] = value
                if gain < 0 and self._fits(row, self._cluster_of[place]):
                    break
                row[place] = before

    def _gain(self, row: list[int], place: int, value: int, wanted: dict[Pair, None]) -> int:
        mine = (place, value)
        return sum(
            ((other, row[other]), mine) in wanted if other < place else (mine, (other, row[other])) in wanted
            for other in range(len(row))
            if other != place
        )

    def _fits(self, row: list[int], cluster: list[int]) -> bool:
        """Whether the members of a cluster may stand together; what others hold does not matter to it."""
        key = tuple((place, row[place]) for place in cluster)
        known = self._known.get(key)
        if known is None:
            values = {self._members[place].path: self._members[place].values[row[place]] for place in cluster}
            request = put_all(self._operation, self._maker.base, values)
            known = self._known[key] = not self._maker.broken(request)
        return known

    def _request(self, row: list[int]) -> Json:
        values: dict[Path, Any] = {
            member.path: member.values[value]
            for member, value, base in zip(self._members, row, self._base, strict=True)
            if value != base
        }
        return put_all(self._operation, self._maker.base, values)

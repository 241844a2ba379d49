"""The goals, and whether what was measured meets them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .figures import Spread, Table, short

_CPU = "CPU per request, Huawei create with AK/SK, by that of"


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure that has to be at most, or at least, so much; judged by the median over the rounds."""

    figure: str
    says: str
    limit: float
    is_floor: bool = False
    unit: str = ""

    @property
    def bound(self) -> str:
        """The limit in words."""
        return f"at {'least' if self.is_floor else 'most'} {self.limit:g}{self.unit}"

    def is_met(self, measured: Spread) -> bool:
        """Whether the median is within the limit."""
        return measured.middle >= self.limit if self.is_floor else measured.middle <= self.limit


GOALS = (
    Goal("create.cpu/application", f"{_CPU} the bare application", 2.0),
    Goal("create.cpu/moto", f"{_CPU} moto_server", 0.08),
    Goal("create.cpu/prism", f"{_CPU} Prism", 0.20),
    Goal("create.cpu/prism-silent", f"{_CPU} silent Prism", 0.40),
    Goal("create.cpu/pytest-httpserver", f"{_CPU} pytest-httpserver", 0.45),
    Goal("first.cpu/wiremock", "CPU of the first requests, by WireMock's with its journal", 1.0),
    Goal("start/application", "start to first answer, by the bare application's", 1.3),
    Goal("memory.start", "resident at start", 60, unit=" MiB"),
    Goal("memory.late/early", "resident after all requests, by that after the first (300,000 and 10,000)", 1.1),
    Goal("fixture.ms", "the fixture, per test, over an empty test", 0.3, unit=" ms"),
    Goal("post/pytest-httpserver", "a test with one requests.post, by pytest-httpserver's", 1.05),
    Goal("collect.ms", "collecting a suite that does not use the plug-in, more than without it", 5, unit=" ms"),
    Goal("strategies/builds", "examples per second of the strategies, by hand-written ones", 0.8, is_floor=True),
    Goal("checked/generated", "checked examples per second over the socket, by generated ones", 0.5, is_floor=True),
    Goal("page.large/small", "a page of the most tasks, by that of the fewest", 1.5),
    Goal("page.filtered.large/small", "the same with a status filter", 1.5),
    Goal("insert.large/small", "an insert beside the most tasks, by that beside the fewest", 1.5),
)


def judged(figures: Mapping[str, Sequence[float]], goals: Sequence[Goal] = GOALS) -> Table:
    """Each goal beside what was measured."""
    rows = []
    for goal in goals:
        values = figures.get(goal.figure)
        if not values:
            rows.append((goal.says, goal.bound, "not measured", "-"))
            continue
        measured = Spread.of(values)
        word = "yes" if goal.is_met(measured) else f"no, by {short(abs(measured.middle / goal.limit - 1) * 100)} %"
        rows.append((goal.says, goal.bound, str(measured), word))
    note = "Judged by the median. Measured: min / median / max over the rounds."
    return Table("Goals", ("goal", "limit", "measured", "met"), tuple(rows), note)

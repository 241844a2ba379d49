"""How much of what is documented was exercised: for each metric the names of what can be done and of what was done.

Sets of names merge, so several runs and several workers add up. Levels are metrics that are complete.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

METRICS = {
    "operations": "operations called",
    "parameters": "parameters sent, left out, each listed value",
    "rules_valid": "rules with an allowed request at their edge",
    "rules_invalid": "rules with a forbidden request at their edge",
    "points": "boundary points",
    "independent": "rules broken alone",
    "pairs": "pairs of edge values",
    "codes": "error codes",
    "states": "task states shown",
    "transitions": "task states shown one after another",
    "members": "delivered members of answers present, absent, varied",
    "faults": "faults of wire and body",
}
LEVELS: tuple[tuple[str, ...], ...] = (
    ("operations",),
    ("parameters",),
    ("rules_valid",),
    ("rules_invalid", "codes"),
    ("points", "states", "members"),
    ("faults", "pairs", "transitions"),
)
_MOST_MISSING = 200


@dataclass(slots=True)
class Metric:
    """Names of what is documented, what was done, and what the client's interface cannot express.

    A name that was done without being known does not count.
    """

    known: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    unreachable: set[str] = field(default_factory=set)

    @property
    def possible(self) -> set[str]:
        """What can be done: all that is known, without what was only ever out of reach."""
        return self.known - (self.unreachable - self.done)

    @property
    def missing(self) -> set[str]:
        """What can be done and was not."""
        return self.possible - self.done

    @property
    def share(self) -> float:
        """0 to 1; 1 where there is nothing to do."""
        possible = self.possible
        return len(possible & self.done) / len(possible) if possible else 1.0

    def as_json(self) -> Json:
        """Counts, share, and what is missing."""
        possible, missing = self.possible, sorted(self.missing)
        return {
            "done": len(possible & self.done),
            "possible": len(possible),
            "share": round(self.share, 4),
            "unreachable": len(self.known - possible),
            "missing": missing[:_MOST_MISSING],
        }


class Delivered(Metric):
    """Members of answers. What no answer of an operation ever holds, no client can be shown."""

    @property
    def possible(self) -> set[str]:
        """Members that were delivered; all of them for an operation that has not answered yet."""
        present = {name for name in self.done if name.endswith(" present")}
        answered = {name.partition(" ")[0] for name in present}
        reachable = self.known - (self.unreachable - self.done)
        return {name for name in reachable if name.partition(" ")[0] not in answered or _present(name) in present}


def _present(name: str) -> str:
    return f"{name.rpartition(' ')[0]} present"


class Tally:
    """All metrics of one run."""

    def __init__(self) -> None:
        self.metrics = {name: Delivered() if name == "members" else Metric() for name in METRICS}

    def can(self, metric: str, names: Iterable[str]) -> None:
        """Add to what is known."""
        self.metrics[metric].known.update(names)

    def did(self, metric: str, *names: str) -> None:
        """Add to what was done."""
        self.metrics[metric].done.update(names)

    def cannot(self, metric: str, *names: str) -> None:
        """Add to what the client's interface cannot express; what it does some other time counts all the same."""
        self.metrics[metric].unreachable.update(names)

    def reached(self) -> int:
        """The highest level all of whose metrics, and those of the levels below, are complete; 0 to 6."""
        for level, names in enumerate(LEVELS):
            if any(self.metrics[name].missing for name in names):
                return level
        return len(LEVELS)

    def in_the_way(self) -> list[str]:
        """The metrics that keep the next level from being reached."""
        level = self.reached()
        return [name for name in LEVELS[level] if self.metrics[name].missing] if level < len(LEVELS) else []

    def share(self) -> float:
        """The mean over the metrics that have something to do, so that a few thousand pairs do not hide the rest."""
        shares = [metric.share for metric in self.metrics.values() if metric.known]
        return sum(shares) / len(shares) if shares else 1.0

    def as_json(self) -> Json:
        """The level, and every metric that has something to do."""
        metrics = {name: metric.as_json() for name, metric in self.metrics.items() if metric.known}
        return {"level": self.reached(), "share": round(self.share(), 4), "metrics": metrics}

    def dump(self) -> Json:
        """Everything, for `merge` in another process."""
        return {
            name: [sorted(metric.known), sorted(metric.done), sorted(metric.unreachable)]
            for name, metric in self.metrics.items()
        }

    def merge(self, dumped: Json) -> None:
        """Add what another process knew, did and could not reach."""
        for name, (known, done, unreachable) in dumped.items():
            self.can(name, known)
            self.did(name, *done)
            self.cannot(name, *unreachable)

"""The matrix of rules: for each what became of its allowed points, its forbidden ones, and both sides of its edge."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from ..tally import Tally

Json = dict[str, Any]
_SIDE = re.compile(r"\.(valid|invalid)\.")


def matrix(rules: Iterable[Json], tally: Tally, findings: Iterable[Json]) -> list[Json]:
    """A row for each rule.

    A side is "failed" when a finding is about it, "done" when a point of it was judged, "open" when none was, "none"
    when the client's interface can express none. The neighbours are "done" when every point on both sides that can be
    expressed was judged, and none failed.
    """
    points = tally.metrics["points"]
    reachable = points.possible
    failed: Counter[tuple[str, str]] = Counter()
    for found in findings:
        failed[found["subject"], found["polarity"]] += found["failed"]
    by_side = _by_side(points.known)
    rows = []
    for rule in rules:
        sides: dict[str, Json] = {}
        for side in ("valid", "invalid"):
            mine = by_side.get((rule["id"], side), set())
            sides[side] = {
                "points": len(mine),
                "done": len(mine & points.done),
                "failed": failed[rule["id"], side],
                "unreachable": len(mine - reachable),
            }
            sides[side]["result"] = _result(sides[side])
        rows.append({**rule, **sides, "neighbours": _neighbours(list(sides.values()))})
    return rows


def _result(side: Json) -> str:
    if side["failed"]:
        return "failed"
    if side["done"]:
        return "done"
    return "open" if side["points"] > side["unreachable"] else "none"


def _neighbours(sides: list[Json]) -> str:
    results = {side["result"] for side in sides}
    for word in ("failed", "none", "open"):
        if word in results:
            return word
    return "done" if all(side["done"] >= side["points"] - side["unreachable"] for side in sides) else "open"


def _by_side(names: Iterable[str]) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = {}
    for name in names:
        rule, side, _ = _SIDE.split(name, maxsplit=1)
        found.setdefault((rule, side), set()).add(name)
    return found

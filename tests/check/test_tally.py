"""Metrics add up, merge over processes, and make levels."""

from __future__ import annotations

import pytest

from mockcloud.check.tally import LEVELS, METRICS, Tally


def full() -> Tally:
    tally = Tally()
    for name in METRICS:
        tally.can(name, ["a", "b"])
        tally.did(name, "a", "b")
    return tally


def test_every_metric_but_one_belongs_to_a_level():
    counted = [name for names in LEVELS for name in names]
    assert sorted(counted) == sorted({*METRICS} - {"independent"})


def test_share_is_what_was_done_of_what_can_be_done():
    tally = Tally()
    tally.can("codes", ["a", "b", "c", "d"])
    tally.did("codes", "a", "b", "unknown")
    assert tally.as_json()["metrics"] == {
        "codes": {"done": 2, "possible": 4, "share": 0.5, "unreachable": 0, "missing": ["c", "d"]}
    }


def test_what_cannot_be_expressed_is_no_gap():
    tally = Tally()
    tally.can("points", ["a", "b", "c"])
    tally.did("points", "a", "b")
    tally.cannot("points", "b", "c")
    assert tally.as_json()["metrics"]["points"] == {
        "done": 2,
        "possible": 2,
        "share": 1.0,
        "unreachable": 1,
        "missing": [],
    }


def test_total_share_is_the_mean_of_the_metrics():
    tally = Tally()
    tally.can("pairs", map(str, range(1000)))
    tally.can("codes", ["a"])
    tally.did("codes", "a")
    assert tally.share() == 0.5


def test_nothing_to_do_is_done():
    assert (Tally().share(), Tally().reached(), Tally().as_json()["metrics"]) == (1.0, 6, {})


@pytest.mark.parametrize(
    ("metric", "level"), [(name, level) for level, names in enumerate(LEVELS) for name in names], ids=str
)
def test_gap_keeps_its_level_from_being_reached(metric, level):
    tally = full()
    tally.can(metric, ["c"])
    assert (tally.reached(), tally.in_the_way()) == (level, [metric])


def test_all_levels_can_be_reached():
    assert (full().reached(), full().in_the_way()) == (6, [])


def test_workers_add_up():
    one, other, whole = Tally(), Tally(), Tally()
    for tally in (one, other):
        tally.can("points", ["a", "b", "c"])
    one.did("points", "a")
    one.cannot("points", "b", "c")
    other.did("points", "b")
    for tally in (one, other):
        whole.merge(tally.dump())
    metric = whole.as_json()["metrics"]["points"]
    assert (metric["done"], metric["possible"], metric["unreachable"]) == (2, 2, 1)


def test_long_lists_of_gaps_are_cut():
    tally = Tally()
    tally.can("pairs", (f"{place:04}" for place in range(1000)))
    assert len(tally.as_json()["metrics"]["pairs"]["missing"]) == 200

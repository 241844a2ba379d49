"""Ids of every shape, the same for the same seed."""

from __future__ import annotations

import re

import pytest

from mockcloud.ids import Ids

SHAPES = {
    "hex": (lambda ids: ids.hex(), r"[0-9a-f]{32}"),
    "short hex": (lambda ids: ids.hex(7), r"[0-9a-f]{7}"),
    "uuid": (lambda ids: ids.uuid(), r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
    "base36": (lambda ids: ids.base36(20), r"[0-9a-z]{20}"),
    "decimal": (lambda ids: ids.decimal(19), r"[1-9][0-9]{18}"),
}


@pytest.mark.parametrize(("make", "pattern"), SHAPES.values(), ids=SHAPES)
def test_shape(make, pattern):
    ids = Ids("0")
    assert all(re.fullmatch(pattern, make(ids)) for _ in range(200))


@pytest.mark.parametrize(("make", "pattern"), SHAPES.values(), ids=SHAPES)
def test_ids_differ(make, pattern):
    ids = Ids("0")
    assert len({make(ids) for _ in range(100)}) == 100


def test_same_seed_gives_the_same_ids_in_order():
    first, second = Ids("7/a"), Ids("7/a")
    assert [first.hex(), first.uuid(), first.decimal(5)] == [second.hex(), second.uuid(), second.decimal(5)]


def test_other_seed_gives_other_ids():
    assert Ids("7/a").hex() != Ids("7/b").hex()


def test_counters_are_apart_and_begin_where_they_are_told():
    ids = Ids("0")
    assert [ids.count("a"), ids.count("a"), ids.count("b", 10), ids.count("b", 10)] == [1, 2, 10, 11]


def test_counting_uses_up_no_randomness():
    first, second = Ids("0"), Ids("0")
    first.count("a")
    assert first.hex() == second.hex()

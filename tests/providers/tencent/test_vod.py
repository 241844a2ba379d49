"""The behaviours brought together."""

from __future__ import annotations

from mockcloud.providers.tencent import vod

from .raw import SERVICE, Cloud


def test_every_operation_has_its_behaviour_and_none_is_left_over():
    assert set(vod.BEHAVIOURS) == {operation.behave for operation in SERVICE.operations.values()}


def test_every_kind_is_completed_when_it_is_seeded():
    assert set(vod.STOCK) == set(SERVICE.kinds)


def test_a_fresh_account_has_the_documented_samples():
    shelves = Cloud().state.shelves
    assert {name: len(shelf) for name, shelf in shelves.items()} == {
        "media": 2,
        "template": 2,
        "snapshot-template": 1,
        "procedure": 4,
    }

"""The behaviours brought together."""

from __future__ import annotations

import pytest

from mockcloud.explain import explained, find
from mockcloud.providers.tencent import vod

from .raw import CONTRACTS, SERVICE, Cloud


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


@pytest.mark.parametrize(
    ("asked", "origin"),
    [
        ("tencent-vod.clock-skew", "documented"),
        ("tencent-vod.check-order", "invented"),
        ("tencent-vod.signed-service-and-host", "read off"),
        ("tencent-vod.event-queue", "documented"),
        ("tencent-vod.long-poll", "invented"),
        ("tencent-vod.tries-of-a-callback", "invented"),
        ("tencent-vod.scroll-token", "documented"),
        ("tencent-vod.task-order", "invented"),
        ("tencent-vod.presets", "documented"),
        ("tencent-vod.uploads", "invented"),
        ("tencent-vod.CreateAnimatedGraphicsTemplate.Fps.range", "documented"),
        ("tencent-vod.DescribeTasks.limit-not-zero", "invented"),
    ],
)
def test_what_it_does_says_where_it_comes_from(asked, origin):
    assert explained(find(asked, CONTRACTS))["origin"].startswith(origin)

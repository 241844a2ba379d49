"""What an item finds has to come again: a stalling machine is nothing that the client did."""

from __future__ import annotations

import pytest

import mockcloud
from mockcloud.check.battery import Options, battery, offer_of, open_session, run_item
from mockcloud.check.findings import Case, Finding, Item
from mockcloud.contract.load import Contracts
from tests.clients.huawei_mpc.adapter import Correct


@pytest.fixture(scope="module")
def session():
    offer = offer_of(Correct, Contracts())
    with mockcloud.start() as cloud, open_session(offer, cloud, Options()).open() as session:
        yield session


def _item(titles):
    """An item that finds something else (or nothing: "") each time it is run."""
    told = iter(titles)

    def run(session, result):
        title = next(told)
        session.has_stalled = True
        result.judged += 1
        if title:
            yield Finding("READER", "x.Y", title, "says", "cite", (Case("c", None, None, "did"),), 1, "item")

    return Item("item", "READER", run)


def test_finding_that_comes_again_is_told(session):
    result = run_item(session, _item(["a", "a"]), Options())

    assert (result.word, [finding.title for finding in result.findings]) == ("failed", ["a"])


def test_finding_that_does_not_come_again_is_a_note(session):
    result = run_item(session, _item(["a", ""]), Options())

    assert (result.word, result.findings) == ("ok", [])
    assert "did not come again" in result.note


def test_other_finding_each_time_is_told_as_it_came_first(session):
    result = run_item(session, _item(["a", "b"]), Options())

    assert [finding.title for finding in result.findings] == ["a"]


def test_nothing_found_is_not_run_again(session):
    assert run_item(session, _item([""]), Options()).word == "ok"


def test_finding_of_a_machine_that_kept_up_is_told_at_once(session):
    item = _item(["a"])

    def prompt(session, result):
        yield from item.run(session, result)
        session.has_stalled = False

    assert run_item(session, Item("item", "READER", prompt), Options()).word == "failed"


def test_real_battery_still_begins_with_rules(session):
    assert battery(session.offer, Options())[0].rule is not None

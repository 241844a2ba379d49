"""What an item finds has to come again: a stalling machine is nothing that the client did."""

from __future__ import annotations

from dataclasses import replace

import pytest

import mockcloud
from mockcloud.check.battery import Options, battery, offer_of, open_session, run_item
from mockcloud.check.findings import Case, Finding, Item
from mockcloud.check.rules import Try, attempted
from mockcloud.check.verdicts import FAILED_ALLOWED, OK
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


@pytest.mark.parametrize(
    ("titles", "told"),
    [(["a", "b", "c"], ["a"]), (["a", "b", "a"], ["a"]), (["a", "b", "b"], ["b"]), (["a", "b", ""], [])],
)
def test_of_other_findings_each_time_those_are_told_that_come_twice_or_came_first(session, titles, told):
    result = run_item(session, _item(titles), Options())

    assert [finding.title for finding in result.findings] == told


@pytest.mark.parametrize(("stalls", "words"), [(1, [OK]), (2, [FAILED_ALLOWED])])
def test_one_input_of_many_is_tried_again_at_once(session, stalls, words, monkeypatch):
    operation = session.offer.operation("CreateAnimatedGraphicsTask")
    attempt = Try(operation, "create", f"{stalls} times", session.offer.maker(operation).base, frozenset(), ())
    ask, left = session.ask, [True] * stalls

    def stalling(*arguments, **more):
        ending = ask(*arguments, **more)
        session.has_stalled = bool(left)
        return replace(ending, word="failed") if left and left.pop() else ending

    monkeypatch.setattr(session, "ask", stalling)
    monkeypatch.setattr(session, "judged", {})
    session.has_stalled = False

    assert [attempted(session, attempt)[1].word] == words
    assert session.has_stalled is (words != [OK])


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

"""The items of a battery: which there are, how one is run, when it stops, what an exception does."""

from __future__ import annotations

import pytest

import mockcloud
from mockcloud.check.battery import AdapterMistake, Options, battery, offer_of, open_session, run, run_item
from mockcloud.check.catalog import CATALOG
from mockcloud.check.findings import Case, Finding, Item
from mockcloud.contract.load import Contracts
from mockcloud.model import Misuse
from tests.clients.huawei_mpc.adapter import Correct

from .gifs import (
    Careless,
    Gifs,
    Inheriting,
    InheritingAgain,
    Lost,
    Mended,
    NeverWorks,
    OnlySeconds,
    Silent,
    Unlinked,
)

CONTRACTS = Contracts()
SPAN = "huawei-mpc.CreateAnimatedGraphicsTask.span-60s"
REJECTS = "CreateAnimatedGraphicsTask.span-60s-rejects"


@pytest.fixture(scope="module")
def cloud():
    with mockcloud.start() as running:
        yield running


def offer(adapter):
    return offer_of(adapter, CONTRACTS)


def result_of(adapter, cloud, item, **options):
    chosen = Options(**options)
    with open_session(offer(adapter), cloud, chosen).open() as session:
        if isinstance(item, str):
            item = next(one for one in battery(session.offer, chosen) if one.id == item)
        return run_item(session, item, chosen)


# What it takes.


def test_package_that_an_item_will_need_is_asked_for_before_anything_runs(monkeypatch):
    monkeypatch.setattr("mockcloud.check.battery.find_spec", lambda name: None if name == "hypothesis" else name)
    with pytest.raises(Misuse) as raised:
        offer(Gifs)
    assert raised.value.text == "checks need hypothesis, which is not installed"
    assert raised.value.hint == "pip install 'mockcloud[check]'"


# Which items.


def test_every_rule_has_two_items_and_every_check_one():
    items = battery(offer(Correct), Options())
    ids = [item.id for item in items]
    assert len(ids) == len(set(ids))
    assert {"RULE-INVALID", "RULE-VALID", *CATALOG} == {item.check for item in items}
    assert {item.polarity for item in items if item.rule} == {"valid", "invalid"}


def test_ids_do_not_change_from_one_time_to_the_next():
    assert [i.id for i in battery(offer(Gifs), Options())] == [i.id for i in battery(offer(Gifs), Options())]


def test_tail_of_a_rule_will_do():
    items = battery(offer(Gifs), Options(rule="span-60s"))
    assert {item.rule.id for item in items} == {SPAN}
    assert items == battery(offer(Gifs), Options(rule=SPAN)) or len(items) == 2


def test_tail_that_means_several_rules_is_refused():
    with pytest.raises(Misuse, match="names several rules"):
        battery(offer(Gifs), Options(rule="range"))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (Options(checks=("ERRMAP",)), "did you mean 'ERR-MAP'"),
        (Options(rule="span-61s"), "did you mean 'span-60s'"),
        (Options(without={"ERRMAP": "x"}), "did you mean 'ERR-MAP'"),
        (Options(without={"ERR-MAP": " "}), "has no reason"),
    ],
    ids=["check", "rule", "without", "reason"],
)
def test_what_does_not_exist_is_refused_with_the_nearest(options, said):
    with pytest.raises(Misuse, match=said):
        battery(offer(Gifs), options)


def test_sequences_are_tried_only_when_asked_for():
    assert "MACHINE" not in [item.id for item in battery(offer(Gifs), Options())]
    assert "MACHINE" in [item.id for item in battery(offer(Gifs), Options(machine=5))]


# How one is run.


def test_mistake_is_found_and_told(cloud):
    result = result_of(Gifs, cloud, REJECTS)
    [finding] = result.findings
    assert (result.word, finding.subject, finding.title) == (
        "failed",
        SPAN,
        "a request that breaks a documented rule was sent",
    )
    assert (len(finding.cases), finding.tried, finding.cases[0].label) == (12, 16, "span 60001 from 0")


def test_exception_names_its_reason(cloud):
    result = result_of(Gifs, cloud, REJECTS, without={"RULE-INVALID": "issue 3"})
    assert (result.word, result.note) == ("without", "issue 3")


def test_one_case_is_enough(cloud):
    result = result_of(Gifs, cloud, REJECTS, case="span 60999 from 0")
    assert [case.label for finding in result.findings for case in finding.cases] == ["span 60999 from 0"]


def test_case_of_a_check_is_picked_from_what_it_finds(cloud):
    def several(session, result):
        result.judged += 2
        yield Finding("X", "s", "t", "", "", (Case("a", 1, 1, ""), Case("b", 1, 1, "")), 2, "X")
        yield Finding("X", "s", "t", "", "", (Case("a", 1, 1, ""),), 2, "X")

    result = result_of(Mended, cloud, Item("X", "X", several), case="b")
    assert [[case.label for case in finding.cases] for finding in result.findings] == [["b"]]


def test_item_that_can_express_nothing_is_skipped(cloud):
    result = result_of(OnlySeconds, cloud, "CreateAnimatedGraphicsTask.output_param.end.range-rejects")
    assert (result.word, result.note, result.unreachable) == ("skipped", "the client's interface cannot express it", 1)


def test_item_that_can_express_a_part_is_judged_by_that(cloud):
    result = result_of(OnlySeconds, cloud, REJECTS)
    assert (result.word, result.judged + result.unreachable) == ("ok", 16)
    assert 0 < result.judged < 16


# When it stops.


def test_item_stops_when_its_time_is_over_and_keeps_what_it_found(cloud):
    def endless(session, result):
        session.fresh()
        told = Case("told", 1, 1, "")
        yield Finding("X", "svc", "first", "", "", (told,), 1, "X")
        while True:
            session.fresh()
            result.judged += 1
            Case(f"number {result.judged}", 1, 1, "")

    result = result_of(Mended, cloud, Item("X", "X", endless, cap_s=0.2))
    assert (result.word, result.is_cut) == ("failed", True)
    assert result.note == f"cut after 0.2 s, {result.judged} cases were judged"
    first, rest = result.findings
    assert first.title == "first"
    assert [case.label for case in rest.cases] == [f"number {place + 1}" for place in range(result.judged)]


def test_item_that_was_cut_without_a_finding_is_good_and_says_so(cloud):
    def endless(session, result):
        while True:
            session.fresh()
        yield

    result = result_of(Mended, cloud, Item("X", "X", endless, cap_s=0.1))
    assert (result.word, result.is_cut, result.findings) == ("ok", True, [])
    assert result.note.startswith("cut after 0.1 s")


def test_random_requests_stop_when_the_time_is_over(cloud):
    item = Item("FAITHFUL", "FAITHFUL", CATALOG["FAITHFUL"].run, cap_s=0.3)
    result = result_of(Mended, cloud, item, max_examples=1_000_000)
    assert (result.word, result.is_cut) == ("ok", True)


def test_next_item_has_its_own_time(cloud):
    def endless(session, result):
        while True:
            session.fresh()
        yield

    def short(session, result):
        session.fresh()
        result.judged += 1
        return iter(())

    with open_session(offer(Mended), cloud, Options()).open() as session:
        items = [Item("A", "X", endless, cap_s=0.1), Item("B", "X", short, cap_s=5)]
        assert [result.is_cut for result in run(session, items, Options())] == [True, False]


def test_every_check_has_a_cap():
    assert all(0 < check.cap_s <= 60 for check in CATALOG.values())


# An adapter that is wrong.


@pytest.mark.parametrize(
    ("adapter", "said"),
    [
        (
            Silent,
            r"nothing that the client of Silent sends reaches the mock at http://127.0.0.1:\d+: create returned '1'",
        ),
        (Careless, r"Careless\.create itself failed with KeyError: 'wrong name' \(.*gifs\.py:\d+\); use \.get\(\)"),
        (Unlinked, r"Unlinked\.connect failed: OSError: no configuration"),
    ],
    ids=["silent", "careless", "unlinked"],
)
def test_mistake_of_the_adapter_is_no_finding(adapter, said, cloud):
    with pytest.raises(AdapterMistake, match=said):
        result_of(adapter, cloud, REJECTS)


def test_mistake_of_the_adapter_is_told_again_for_every_item(cloud):
    with open_session(offer(Silent), cloud, Options()).open() as session:
        for item in battery(session.offer, Options())[:2]:
            with pytest.raises(AdapterMistake, match="reaches the mock"):
                run_item(session, item, Options())
        assert session.calls == 1


@pytest.mark.parametrize("adapter", [Inheriting, InheritingAgain])
def test_member_that_an_adapter_has_to_have_is_one_that_it_cannot_leave_out(adapter, cloud):
    result = result_of(adapter, cloud, "CreateAnimatedGraphicsTask.output_param.start.required-rejects")
    assert (result.word, result.unreachable, result.findings) == ("skipped", 1, [])


def test_error_that_the_client_has_lost_is_a_finding(cloud):
    titles = {finding.title for finding in result_of(Lost, cloud, "ERR-MAP").findings}
    assert titles == {"the error's code is lost"}


def test_plain_call_that_does_not_work_is_told_once(cloud):
    options = Options(checks=("ERR-MAP", "RETRY-NEVER", "GARBAGE"))
    with open_session(offer(NeverWorks), cloud, options).open() as session:
        first, *others = run(session, battery(session.offer, options), options)
    [finding] = first.findings
    assert (finding.title, finding.cases[0].client) == (
        "a plain, valid create does not work",
        "crashed: KeyError: 'description'",
    )
    assert {(other.word, other.note) for other in others} == {("skipped", "a plain create does not work")}

"""Which call a fault hits, how often, and how it is lifted."""

from __future__ import annotations

import pytest

from mockcloud.faults import ANSWER_FAULTS, WIRE_FAULTS, Faults


def hits(faults, *calls):
    taken = (faults.take(*call) for call in calls)
    return [fault.error if fault else None for fault in taken]


CALL = ("s", "Make", "mockcloud")


def test_fault_hits_as_often_as_it_was_asked_for():
    faults = Faults()
    faults.add("s", "Make", "Bad", times=2)
    assert hits(faults, CALL, CALL, CALL) == ["Bad", "Bad", None]
    assert len(faults) == 0


def test_fault_for_good_stays():
    faults = Faults()
    fault = faults.add("s", "Make", "Bad", times=0)
    assert hits(faults, *[CALL] * 5) == ["Bad"] * 5
    assert (len(faults), fault.hits) == (1, 5)


@pytest.mark.parametrize(
    "call", [("other", "Make", "mockcloud"), ("s", "Other", "mockcloud"), ("s", "Make", "mockcloud-b")]
)
def test_other_calls_are_not_hit(call):
    faults = Faults()
    faults.add("s", "Make", "Bad", account="mockcloud")
    assert hits(faults, call) == [None]


def test_fault_of_no_operation_hits_every_operation():
    faults = Faults()
    faults.add("s", "", "Bad", times=0)
    assert hits(faults, CALL, ("s", "Other", "x")) == ["Bad", "Bad"]


def test_faults_hit_in_the_order_they_were_asked_for():
    faults = Faults()
    for error in ("First", "Second"):
        faults.add("s", "Make", error)
    assert hits(faults, CALL, CALL) == ["First", "Second"]


def test_one_fault_is_lifted_by_its_id():
    faults = Faults()
    first = faults.add("s", "Make", "First")
    faults.add("s", "Make", "Second")
    assert faults.clear(fault_id=first.id) == 1
    assert hits(faults, CALL) == ["Second"]


def test_faults_of_an_account_are_lifted_alone():
    faults = Faults()
    faults.add("s", "Make", "Mine", account="mockcloud")
    faults.add("s", "Make", "Everybody's")
    assert faults.clear("mockcloud") == 1
    assert hits(faults, CALL) == ["Everybody's"]


def test_all_faults_are_lifted():
    faults = Faults()
    for _ in range(3):
        faults.add("s", "Make", "Bad")
    assert (faults.clear(), len(faults)) == (3, 0)


@pytest.mark.parametrize(
    ("error", "kinds"),
    [("Bad", (False, True)), (next(iter(WIRE_FAULTS)), (True, False)), (next(iter(ANSWER_FAULTS)), (False, False))],
)
def test_kind_of_a_fault_is_read_off_its_name(error, kinds):
    fault = Faults().add("s", "Make", error)
    assert (fault.is_wire, fault.is_code) == kinds


def test_record_has_the_documented_members():
    record = Faults().add("s", "Make", "Bad", 3, ["x"], "mockcloud").as_json()
    assert record == {
        "id": 1,
        "service": "s",
        "operation": "Make",
        "error": "Bad",
        "times": 3,
        "args": ["x"],
        "account": "mockcloud",
        "hits": 0,
    }

"""Sequences of calls: nothing is held against a correct client, mistakes that only an order shows are found."""

from __future__ import annotations

import unittest
from functools import partial

import pytest

import mockcloud
from mockcloud.check import machine
from mockcloud.check.battery import Options, offer_of, open_session, run_item
from mockcloud.check.findings import ContractViolation, Item
from mockcloud.check.sequences import machine_check
from mockcloud.contract.load import Contracts
from mockcloud.model import Misuse
from tests.clients.huawei_mpc.adapter import BUGGY, Correct

from .gifs import Adapter, Mended, Silent

CONTRACTS = Contracts()


class NoCreate(Adapter):
    service = "huawei-mpc"

    def connect(self, cloud):
        return cloud

    def query(self, client, ids):
        return ids


class WornByWaiting(Correct):
    """Wrong only after something else was done."""

    def wait(self, client, task_id):
        client.is_worn = True
        return super().wait(client, task_id)

    def query(self, client, ids):
        return [] if getattr(client, "is_worn", False) else super().query(client, ids)


class SendsAndRefuses(Mended):
    """Wrong at once."""

    def create(self, client, p):
        super().create(client, p)
        raise ValueError("no")


def tried(case):
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(case).run(result)
    return result


def found_by(adapter, cloud, cap_s=60.0, **how):
    offer = offer_of(adapter, CONTRACTS)
    item = Item("MACHINE", "MACHINE", partial(machine_check, **{"examples": 200, "steps": 10, **how}), cap_s=cap_s)
    with open_session(offer, cloud, Options(seed=1)).open() as session:
        return run_item(session, item, Options())


@pytest.fixture(scope="module")
def cloud():
    with mockcloud.start() as running:
        yield running


def test_correct_client_goes_through():
    result = tried(machine(Correct, max_examples=10, steps=10, random_seed=1))
    assert (result.testsRun, result.failures, result.errors) == (1, [], [])


def test_client_that_only_creates_goes_through():
    assert tried(machine(Mended, max_examples=10, steps=5, random_seed=1)).wasSuccessful()


def test_mistake_that_only_an_order_shows_is_found():
    result = tried(machine(WornByWaiting, max_examples=200, steps=10, random_seed=1))
    [(_, told)] = result.failures
    assert "ContractViolation: 1 of " in told
    assert "ids do not come back in a sequence" in told
    assert '"call":"wait"' in told
    assert "mockcloud check tests.check.test_sequences:WornByWaiting --check MACHINE --seed 1" in told


@pytest.mark.parametrize(
    ("bug", "title"),
    [
        ("ElevenAtOnce", "a request of a sequence breaks a rule"),
        ("DropsLastPage", "a list is not complete in a sequence"),
    ],
)
def test_mistakes_are_found_as_an_item_of_the_battery(bug, title, cloud):
    [finding] = found_by(BUGGY[bug], cloud).findings
    assert finding.title == title


def test_same_seed_finds_the_same(cloud):
    one, other = (found_by(SendsAndRefuses, cloud).findings[0].cases[0].asked for _ in "ab")
    assert [step["with"] for step in one] == [step["with"] for step in other]


def test_sequences_keep_to_their_time(cloud):
    result = found_by(Mended, cloud, examples=100_000, cap_s=0.5)
    assert (result.word, result.is_cut, result.findings) == ("ok", True, [])
    assert result.judged > 1


def test_what_was_found_is_kept_when_the_time_is_over(cloud):
    result = found_by(SendsAndRefuses, cloud, examples=100_000, cap_s=0.3)
    assert [finding.title for finding in result.findings] == ["allowed input does not go through in a sequence"]


def test_client_that_creates_nothing_has_no_sequences(cloud):
    with pytest.raises(Misuse, match="NoCreate does not create tasks"):
        machine(NoCreate)


def test_adapter_that_is_wrong_is_named():
    result = tried(machine(Silent, max_examples=2))
    [(_, told)] = result.errors
    assert "nothing that the client of Silent sends reaches the mock" in told


def test_violation_is_an_assertion():
    assert issubclass(ContractViolation, AssertionError)

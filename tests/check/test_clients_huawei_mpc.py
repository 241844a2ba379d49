"""Clients of huawei-mpc: each buggy one is found by the check meant for it, nothing is held against the others."""

from __future__ import annotations

import pytest

import mockcloud
from mockcloud.check.battery import Options, battery, offer_of, open_session, run
from mockcloud.contract.load import Contracts
from tests.clients.huawei_mpc.adapter import BUGGY, BUGS, Correct
from tests.clients.huawei_mpc.sdk import AsyncSdk, Sdk

CONTRACTS = Contracts()
EVERYTHING = Options()


@pytest.fixture(scope="module")
def cloud():
    with mockcloud.start() as running:
        yield running


def results_of(adapter, cloud, options):
    offer = offer_of(adapter, CONTRACTS)
    with open_session(offer, cloud, options).open() as session:
        return list(run(session, battery(offer, options), options))


@pytest.mark.parametrize(
    ("adapter", "skipped"),
    [
        (Correct, {"SUBTASK", "XML"}),
        (Sdk, {"WAIT-FINAL", "SUBTASK", "XML"}),
        (AsyncSdk, {"WAIT-FINAL", "SUBTASK", "XML"}),
    ],
    ids=["correct", "sdk", "async-sdk"],
)
def test_nothing_is_held_against(adapter, skipped, cloud):
    results = results_of(adapter, cloud, EVERYTHING)

    assert [finding.text("") for result in results for finding in result.findings] == []
    assert {result.item.id for result in results if result.word == "skipped" and not result.item.rule} == skipped
    assert {result.word for result in results} == {"ok", "skipped"}


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: f"{bug.name}-{bug.caught_by}")
def test_mistake_is_found_by_the_check_meant_for_it(bug, cloud):
    options = Options(checks=(bug.caught_by,), rule=bug.rule)

    results = results_of(BUGGY[bug.name], cloud, options)

    found = {(finding.check, finding.subject) for result in results for finding in result.findings}
    assert any(check == bug.caught_by and subject.endswith(bug.rule) for check, subject in found)

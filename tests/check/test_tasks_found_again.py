"""A client that finds the task of a lost answer again has done right; one that returns anything else has not."""

from __future__ import annotations

import pytest

import mockcloud
from mockcloud.check.battery import Options, battery, offer_of, open_session, run_item
from mockcloud.contract.load import Contracts
from tests.clients.tencent_vod.adapter import Correct
from tests.clients.tencent_vod.client import VodClient
from tests.clients.tencent_vod.errors import BadAnswer, NoAnswer


class LooksForLost(VodClient):
    """Looks for its session in the list of tasks at once, whatever went wrong."""

    def start(self, body):
        try:
            return super().start(body)
        except (BadAnswer, NoAnswer):
            for page in self.pages({}):
                for entry in page:
                    if entry.session_id == body["SessionId"]:
                        return entry.task_id
            raise


class Finds(Correct):
    client_class = LooksForLost


class Pretends(Correct):
    def create(self, client, p):
        try:
            return super().create(client, p)
        except NoAnswer:
            return "unknown"


@pytest.fixture(scope="module")
def cloud():
    with mockcloud.start() as running:
        yield running


def result_of(adapter, cloud, check):
    options = Options(checks=(check,))
    offer = offer_of(adapter, Contracts())
    [item] = battery(offer, options)
    with open_session(offer, cloud, options).open() as session:
        return run_item(session, item, options)


@pytest.mark.parametrize("check", ["LOST-ANSWER", "TIMEOUT", "GARBAGE"])
def test_a_task_that_was_made_may_be_found_again(cloud, check):
    result = result_of(Finds, cloud, check)

    assert (result.word, result.findings) == ("ok", [])


def test_an_id_that_no_task_has_is_a_pretence(cloud):
    [finding] = result_of(Pretends, cloud, "LOST-ANSWER").findings

    assert finding.title == "a lost answer does not end in a clean error"
    assert len(finding.cases) == finding.tried

"""The secret key is looked for wherever a client may tell it: unanswered, refused, or with nothing in its way."""

from __future__ import annotations

import logging

import pytest

import mockcloud
from mockcloud.check.battery import Options, battery, offer_of, open_session, run_item
from mockcloud.contract.load import Contracts
from mockcloud.gate import SECRET
from tests.clients.jdcloud_mps.adapter import Correct
from tests.clients.jdcloud_mps.client import ApiError, NoAnswer, ThumbnailClient

CONTRACTS = Contracts()
OPTIONS = Options(checks=("SECRET",))
LOG = logging.getLogger(__name__)


@pytest.fixture(scope="module")
def cloud():
    with mockcloud.start() as running:
        yield running


class TellsWhenRefused(ThumbnailClient):
    def read_error(self, answer, told):
        problem = super().read_error(answer, told)
        return problem and ApiError(problem.code, problem.http_status, problem.request_id, SECRET)


class TellsWhenAllIsWell(ThumbnailClient):
    def unwrapped(self, told, name):
        LOG.info("answered %s with %s", name, SECRET)
        return super().unwrapped(told, name)


class TellsInTheCause(ThumbnailClient):
    async def exchange(self, *request):
        try:
            return await super().exchange(*request)
        except NoAnswer as problem:
            raise NoAnswer("nothing") from ValueError(f"{problem} {SECRET}")


class HidesTheCause(TellsInTheCause):
    async def exchange(self, *request):
        try:
            return await super().exchange(*request)
        except NoAnswer:
            raise NoAnswer("nothing") from None


@pytest.mark.parametrize(
    ("client_class", "places"),
    [
        (ThumbnailClient, set()),
        (TellsWhenRefused, {"the exception"}),
        (TellsWhenAllIsWell, {"the log"}),
        (TellsInTheCause, {"the exception"}),
        (HidesTheCause, set()),
    ],
)
def test_the_secret_is_found_where_it_is_told(client_class, places, cloud):
    offer = offer_of(type("Telling", (Correct,), {"client_class": client_class}), CONTRACTS)
    [item] = battery(offer, OPTIONS)
    with open_session(offer, cloud, OPTIONS).open() as session:
        result = run_item(session, item, OPTIONS)

    details = [case.client for finding in result.findings for case in finding.cases]
    assert {detail.removeprefix("the secret key stands in ") for detail in details} == places

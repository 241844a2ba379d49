"""A list's pages are the client's own business: they are neither asked for nor held against what was asked."""

from __future__ import annotations

import pytest

import mockcloud
from mockcloud.check.battery import Options, battery, offer_of, open_session, run_item
from mockcloud.contract.load import Contracts
from tests.clients.alibaba_multimediaai.adapter import Gifs
from tests.clients.alibaba_multimediaai.client import GifClient
from tests.clients.huawei_mpc.adapter import Correct as Mpc
from tests.clients.jdcloud_mps.adapter import Correct as Thumbnails
from tests.clients.tencent_vod.adapter import Correct as Vod


class ForgetsStatus(Gifs):
    def list(self, client, p):
        return super().list(client, {name: value for name, value in p.items() if name != "Status"})


@pytest.fixture(scope="module")
def cloud():
    with mockcloud.start() as running:
        yield running


def result_of(adapter, cloud, item_id):
    offer = offer_of(adapter, Contracts())
    item = next(item for item in battery(offer, Options()) if item.id == item_id)
    with open_session(offer, cloud, Options()).open() as session:
        return run_item(session, item, Options())


def test_a_filter_is_tried_although_the_mandatory_page_number_is_not_asked_for(cloud):
    result = result_of(Gifs, cloud, "ListTasks.Status.enum-accepts")

    assert (result.word, result.judged, result.findings) == ("ok", 4, [])


def test_a_dropped_filter_is_found(cloud):
    [finding] = result_of(ForgetsStatus, cloud, "ListTasks.Status.enum-accepts").findings

    assert finding.cases[0].client == "Status: asked 0, not sent"


def test_no_client_is_asked_to_refuse_a_missing_page(cloud):
    offer = offer_of(Gifs, Contracts())

    tried = {item.id for item in battery(offer, Options()) if item.rule is not None}

    assert not {"ListTasks.PageNumber.required-rejects", "ListTasks.PageSize.required-rejects"} & tried


class ForgetsFilters(GifClient):
    """Asks for the first page of some tasks, and for the second one of all."""

    def page(self, filters, number, page_size):
        return super().page(filters if number == 1 else {}, number, page_size)


class Forgetful(Gifs):
    client_class = ForgetsFilters


class OtherValues(GifClient):
    """Goes on from another value of what it was asked for."""

    def page(self, filters, number, page_size):
        return super().page({name: value if number == 1 else "2" for name, value in filters.items()}, number, page_size)


class GoesOn(Gifs):
    client_class = OtherValues


def cases_of(adapter, cloud):
    found = result_of(adapter, cloud, "PAGES").findings
    return {case.label: case.client for finding in found for case in finding.cases}


def test_a_filter_that_only_the_first_page_keeps_is_found(cloud):
    assert cases_of(Forgetful, cloud) == {
        "Status 0, 3 a page": "Status is missing in 2 of 3 requests",
        "ServiceType 3, 3 a page": "ServiceType is missing in 2 of 3 requests",
    }


def test_a_filter_may_have_another_value_on_a_later_page(cloud):
    assert cases_of(GoesOn, cloud) == {}


@pytest.mark.parametrize("adapter", [Gifs, Mpc, Thumbnails, Vod])
def test_nothing_is_found_in_lists_of_correct_clients(adapter, cloud):
    assert cases_of(adapter, cloud) == {}

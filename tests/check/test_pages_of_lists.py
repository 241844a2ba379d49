"""A list's pages are the client's own business: they are neither asked for nor held against what was asked."""

from __future__ import annotations

import pytest

import mockcloud
from mockcloud.check.battery import Options, battery, offer_of, open_session, run_item
from mockcloud.contract.load import Contracts
from tests.clients.alibaba_multimediaai.adapter import Gifs


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

"""Answers about tasks that have ended, and answers in XML, are bent like all others."""

from __future__ import annotations

import pytest

import mockcloud
from mockcloud.check.battery import Options, battery, offer_of, open_session, run_item
from mockcloud.contract.load import Contracts
from tests.clients.alibaba_multimediaai.adapter import Gifs, XmlGifs
from tests.clients.alibaba_multimediaai.client import GifClient
from tests.clients.jdcloud_mps.adapter import Correct as Thumbnails
from tests.clients.jdcloud_mps.client import BadAnswer, ThumbnailClient

CONTRACTS = Contracts()
OPTIONS = Options(checks=("READER",))


@pytest.fixture(scope="module")
def cloud():
    with mockcloud.start() as running:
        yield running


def labels_of(adapter, cloud):
    offer = offer_of(adapter, CONTRACTS)
    [item] = battery(offer, OPTIONS)
    with open_session(offer, cloud, OPTIONS).open() as session:
        result = run_item(session, item, OPTIONS)
    return {case.label for finding in result.findings for case in finding.cases}


def thumbnails(look):
    """Its client looks at the members of every task that it reads."""

    class Looking(ThumbnailClient):
        def read_task(self, told):
            look(told)
            return super().read_task(told)

    return type("Looking", (Thumbnails,), {"client_class": Looking})


def needs_an_error_code(told):
    if told["status"] == "ERROR":
        int(told["errorCode"])


def needs_keys(told):
    if told["status"] == "SUCCESS":
        list(told["target"]["keys"])


def insists_on_keys(told):
    if told["status"] == "SUCCESS" and not told["target"].get("keys"):
        raise BadAnswer("a task that is done without pictures")


def test_error_of_a_failed_task_may_be_missing(cloud):
    assert labels_of(thumbnails(needs_an_error_code), cloud) == {
        "missing: thumbnailTask.errorCode of a task that is ERROR",
        "missing: thumbnailQuery.taskList.errorCode of a task that is ERROR",
    }


def test_result_of_a_task_that_succeeded_may_be_missing(cloud):
    found = labels_of(thumbnails(needs_keys), cloud)

    assert "missing: thumbnailTask.target.keys of a task that is SUCCESS" in found
    assert "missing: thumbnailTask.target.keys" in found  # seen by who waits


def test_who_says_that_the_result_is_missing_has_read_the_answer(cloud):
    assert labels_of(thumbnails(insists_on_keys), cloud) <= {"missing: thumbnailTask.target"}


class NeedsAddress(GifClient):
    """Looks up the result of what it waited for."""

    def wait(self, task_id, **more):
        task = super().wait(task_id, **more)
        self.rpc.read("GetTaskResult", {"TaskId": str(task_id)})["Result"]["ProcessResultUrl"].strip()
        return task


class Addressing(Gifs):
    client_class = NeedsAddress


def test_answers_of_every_operation_that_a_call_needs_are_bent(cloud):
    assert "missing: Result.ProcessResultUrl" in labels_of(Addressing, cloud)


class KnownMembers(GifClient):
    def read_id(self, answer):
        assert answer.keys() <= {"RequestId", "TaskId", "Code"}
        return super().read_id(answer)


class XmlKnownMembers(XmlGifs):
    client_class = KnownMembers


def test_answers_in_xml_are_bent(cloud):
    assert "unknown-member everywhere" in labels_of(XmlKnownMembers, cloud)


@pytest.mark.parametrize("adapter", [Gifs, XmlGifs, Thumbnails])
def test_nothing_is_found_in_correct_clients(adapter, cloud):
    assert labels_of(adapter, cloud) == set()

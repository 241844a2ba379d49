"""Clients of MultimediaAI: nothing is found in the correct one and the official ones, every buggy one is caught."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

import mockcloud
from mockcloud.check.battery import Options, battery, offer_of, open_session, run, run_item
from mockcloud.check.findings import adapter_name
from mockcloud.contract.load import Contracts
from tests.clients.alibaba_multimediaai.adapter import BUGGY, PATIENT, QUICK, Gifs, XmlGifs
from tests.clients.alibaba_multimediaai.bugs import BUGS
from tests.clients.alibaba_multimediaai.client import TaskFailed
from tests.clients.alibaba_multimediaai.sdk import Legacy, Tea

OPTIONS = Options(max_examples=20)
CONTRACTS = Contracts()
KINDS = (Gifs, XmlGifs, Legacy, Tea)
QUICK_ONES = [type(f"Quick{kind.__name__}", (kind,), QUICK) for kind in (Gifs, Legacy, Tea)]
PATIENT_ONES = [type(kind.__name__, (kind,), PATIENT) for kind in KINDS]
UNTIL_THEY_GIVE_UP = ("TIMEOUT", "LOST-ANSWER")
OFFERS = {kind.__name__: offer_of(kind, CONTRACTS) for kind in (*PATIENT_ONES, *QUICK_ONES)}
ITEMS = [
    (name, item)
    for name, offer in OFFERS.items()
    for item in battery(offer, OPTIONS)
    if (item.check in UNTIL_THEY_GIVE_UP) == name.startswith("Quick")
]


@pytest.fixture(scope="module")
def stack():
    with ExitStack() as stack:
        yield stack


@pytest.fixture(scope="module")
def cloud(stack):
    return stack.enter_context(mockcloud.start())


@pytest.fixture(scope="module")
def sessions(stack, cloud):
    """One session for each of the clients that nothing may be found in: what they were asked once is known."""
    opened = {}

    def session_of(name):
        if name not in opened:
            opened[name] = stack.enter_context(open_session(OFFERS[name], cloud, OPTIONS).open())
        return opened[name]

    return session_of


@pytest.mark.parametrize(("name", "item"), ITEMS, ids=[f"{name}-{item.id}" for name, item in ITEMS])
def test_nothing_is_found(sessions, name, item):
    result = run_item(sessions(name), item, OPTIONS)

    assert [finding.text(adapter_name(OFFERS[name])) for finding in result.findings] == []
    assert result.word in ("ok", "skipped"), result.note


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_mistake_is_found(cloud, bug):
    offer = offer_of(BUGGY[bug.name], CONTRACTS)
    options = Options(checks=(bug.caught_by,), rule=bug.rule, max_examples=0)
    with open_session(offer, cloud, options).open() as session:
        findings = [finding for result in run(session, battery(offer, options), options) for finding in result.findings]

    assert {finding.check for finding in findings} == {bug.caught_by}
    assert all(finding.cases and finding.subject.endswith(bug.rule) for finding in findings)


def test_a_failed_task_says_why(cloud):
    cloud.reset()
    cloud.clock.freeze()
    client = Gifs().connect(cloud)
    task_id = client.create_gif_task("ApplicationId", "https://xxx", 1, "testVideo", "http://XXX.mp4")
    cloud.task(task_id).fail("1000")

    with pytest.raises(TaskFailed) as caught:
        client.wait(task_id)

    assert caught.value.task.error_code == "1000"
    assert caught.value.task.error_message == "Download fail"
    assert caught.value.task.result_url is None


def test_a_finished_task_has_a_result(cloud):
    cloud.reset()
    client = XmlGifs().connect(cloud)
    task_id = client.create_gif_task("ApplicationId", "https://xxx", 1, "动画 & <mehr>", "http://XXX.mp4")
    cloud.clock.advance(60)

    task = client.wait(task_id)

    assert (task.status, task.video_name) == (2, "动画 & <mehr>")
    assert task.result_url.startswith("http")

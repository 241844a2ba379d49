"""Clients of VOD: nothing is found in the correct one and the official ones, every buggy one is caught."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

import mockcloud
from mockcloud.check.battery import Options, battery, offer_of, open_session, run, run_item
from mockcloud.check.findings import adapter_name
from mockcloud.contract.load import Contracts
from tests.clients.alibaba_vod.adapter import BUGGY, PATIENT, QUICK, Vod
from tests.clients.alibaba_vod.bugs import BUGS
from tests.clients.alibaba_vod.client import ApiError
from tests.clients.alibaba_vod.sdk import Legacy, Tea, TeaAsync

OPTIONS = Options(max_examples=10)
CONTRACTS = Contracts()
KINDS = (Vod, Legacy, Tea, TeaAsync)
QUICK_ONES = [type(f"Quick{kind.__name__}", (kind,), QUICK) for kind in KINDS]
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
    rule = bug.rule if bug.caught_by.startswith("RULE-") else ""
    options = Options(checks=(bug.caught_by,), rule=rule, max_examples=0)
    with open_session(offer, cloud, options).open() as session:
        findings = [finding for result in run(session, battery(offer, options), options) for finding in result.findings]

    assert {finding.check for finding in findings} == {bug.caught_by}
    assert all(finding.cases and finding.subject.endswith(bug.rule) for finding in findings)


def ids_of(count):
    return [f"{place:032x}" for place in range(count)]


def test_videos_come_from_several_requests(cloud):
    cloud.reset()
    known = ids_of(22)
    for video_id in known:
        cloud.seed("alibaba-vod", "video", VideoId=video_id)

    videos = Vod().connect(cloud).videos([*known, "f" * 32])

    assert list(videos) == known
    asked = [record["parameters"]["VideoIds"].count(",") + 1 for record in cloud.requests(operation="GetVideoInfos")]
    assert asked == [20, 3]


def test_some_videos_that_do_not_exist_are_no_error(cloud):
    cloud.reset()
    cloud.seed("alibaba-vod", "video", VideoId="f" * 32)

    assert list(Vod().connect(cloud).videos([*ids_of(20), "f" * 32])) == ["f" * 32]


def test_no_video_at_all_is_an_error(cloud):
    cloud.reset()

    with pytest.raises(ApiError) as caught:
        Vod().connect(cloud).videos(ids_of(21))

    assert (caught.value.code, caught.value.http_status) == ("InvalidVideo.NotFound", 404)


def test_no_id_is_not_every_image(cloud):
    cloud.reset()
    client = Vod().connect(cloud)

    with pytest.raises(ValueError, match="DynamicImageIds: no ids"):
        client.delete_images("7d2fbc3e2734410a1b2c3bdb0e08e55f", [])

    assert cloud.requests() == []

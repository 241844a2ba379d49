"""A client that looks up many ids in several requests, or none in none, has changed nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

import mockcloud
from mockcloud.check import Adapter
from mockcloud.check.battery import Options, battery, offer_of, open_session, run_item
from mockcloud.check.compare import differences, is_in_parts
from mockcloud.contract.load import Contracts
from tests.clients.alibaba_vod.sdk import Tea
from tests.clients.tencent_vod.adapter import Correct
from tests.clients.tencent_vod.client import VodClient
from tests.clients.tencent_vod.errors import VodError

CONTRACTS = Contracts()
VOD = CONTRACTS.service("tencent-vod")
MEDIA, TEMPLATES = VOD.operations["DescribeMediaInfos"], VOD.operations["DescribeAnimatedGraphicsTemplates"]
MOST = 20


class Media(Adapter):
    """Reads media, `size` in a request."""

    service = "tencent-vod"
    fails = VodError
    offers: tuple[str, ...] = ("FileIds",)
    connect = Correct.connect
    client_class = VodClient
    size = MOST
    most = 1000

    def describe_media_infos(self, client, p):
        ids = p["FileIds"][: self.most]
        parts = [ids[at : at + self.size] for at in range(0, len(ids), self.size)]
        answers = [client.call("DescribeMediaInfos", {"FileIds": part}) for part in parts]
        return [one["FileId"] for answer in answers for one in answer["MediaInfoSet"]]


class Filtering(Media):
    offers = ()


class OneByOne(Media):
    size = 1


class TooMany(Media):
    size = MOST + 1


class Cuts(Media):
    most = MOST


class Invents(Media):
    def describe_media_infos(self, client, p):
        return super().describe_media_infos(client, p) or ["everything"]


@pytest.fixture(scope="module")
def cloud():
    with mockcloud.start() as running:
        yield running


def found_in(adapter: type[Adapter], rule: str, cloud):
    offer, options = offer_of(adapter, CONTRACTS), Options(rule=f"DescribeMediaInfos.FileIds.{rule}")
    with open_session(offer, cloud, options).open() as session:
        results = [run_item(session, item, options) for item in battery(offer, options)]
    assert {result.word for result in results} <= {"ok", "failed"}
    return {finding.title for result in results for finding in result.findings}


@pytest.mark.parametrize("adapter", [Media, OneByOne])
@pytest.mark.parametrize("rule", ["max-items", "min-items"])
def test_parts_that_make_the_whole_are_no_change(adapter, rule, cloud):
    assert found_in(adapter, rule, cloud) == set()


@pytest.mark.parametrize(
    ("adapter", "rule", "title"),
    [
        (TooMany, "max-items", "a request that breaks a documented rule was sent"),
        (Cuts, "max-items", "the input was silently changed"),
        (Invents, "min-items", "nothing was sent, yet the call returned"),
    ],
)
def test_parts_that_do_not_are_one(adapter, rule, title, cloud):
    assert found_in(adapter, rule, cloud) == {title}


@pytest.mark.parametrize(
    ("asked", "sent", "is_whole"),
    [
        ({"FileIds": ["1", "2", "3"]}, [{"FileIds": ["1", "2"]}, {"FileIds": ["3"]}], True),
        ({"FileIds": ["1", "2", "3"]}, [{"FileIds": ["1", "2"]}, {"FileIds": ["2"]}], False),
        ({"FileIds": ["1", "2"], "Filters": ["metaData"]}, [{"FileIds": ["1"]}, {"FileIds": ["2"]}], False),
        ({"FileIds": ["1", "2", "3"]}, [{"FileIds": ["3"]}, {"FileIds": ["1", "2"]}], True),
        ({"FileIds": ["1", "2", "3"]}, [{"FileIds": ["3"]}, {"FileIds": ["2", "1"]}], False),
        ({"FileIds": ["1", "2"]}, [{"FileIds": ["1"]}, {"FileIds": []}], False),
        ({"FileIds": ["1"]}, [{"FileIds": ["1"]}], False),
    ],
)
def test_parts_carry_the_list_and_all_the_rest(asked, sent, is_whole):
    assert is_in_parts(MEDIA, asked, sent, offer_of(Filtering, CONTRACTS)) is is_whole


@pytest.mark.parametrize(
    ("parts", "is_some"),
    [([["1", "2"]], True), ([["1"], ["3"]], True), ([["2", "1"]], False), ([["1"], ["1"]], False), ([["4"]], False)],
)
def test_a_client_that_was_stopped_has_sent_some_of_the_parts(parts, is_some):
    asked, sent = {"FileIds": ["1", "2", "3"]}, [{"FileIds": part} for part in parts]
    offer = offer_of(Filtering, CONTRACTS)

    assert is_in_parts(MEDIA, asked, sent, offer, stopped=True) is is_some
    assert not is_in_parts(MEDIA, asked, sent, offer)


class TwentyAtATime(Tea):
    """Whose second request is answered with an error, because it asks for unknown videos only."""

    offers = ("VideoIds",)

    def get_video_infos(self, client, p):
        ids = p["VideoIds"].split(",")
        return [self.some(client, ids[at : at + MOST]) for at in range(0, len(ids), MOST)]

    def some(self, client, ids):
        return self.call(client, "GetVideoInfos", {"VideoIds": ",".join(ids)})


class AllAtOnce(TwentyAtATime):
    def get_video_infos(self, client, p):
        ids = p["VideoIds"].split(",")
        parts = [ids[at : at + MOST] for at in range(0, len(ids), MOST)]
        with ThreadPoolExecutor() as pool:
            return list(pool.map(lambda part: self.some(client, part), reversed(parts)))


@pytest.mark.parametrize("adapter", [TwentyAtATime, AllAtOnce])
@pytest.mark.parametrize("polarity", ["rejects", "accepts"])
def test_the_provider_may_refuse_a_part(adapter, polarity, cloud):
    offer, options = offer_of(adapter, CONTRACTS), Options()
    item = next(one for one in battery(offer, options) if one.id == f"GetVideoInfos.VideoIds.max-items-{polarity}")
    with open_session(offer, cloud, options).open() as session:
        assert run_item(session, item, options).findings == []


def test_what_is_created_is_not_to_be_had_in_parts():
    operation = VOD.operations["ProcessMedia"]
    sets = [{"Definition": 1}, {"Definition": 2}]
    asked = {"MediaProcessTask": {"AnimatedGraphicTaskSet": sets}}
    sent = [{"MediaProcessTask": {"AnimatedGraphicTaskSet": [one]}} for one in sets]

    assert not is_in_parts(operation, asked, sent, offer_of(Correct, CONTRACTS))


class Templates(Correct):
    offers = ("Type", "Limit", "Offset", "Definitions")


@pytest.mark.parametrize(
    ("asked", "sent", "changes"),
    [
        ({}, {"Offset": 100, "Limit": 100}, []),
        ({"Limit": 5}, {"Limit": 100}, ["Limit: asked 5, sent 100"]),
        ({}, {"Limit": 100, "Type": "Preset"}, ["Type: not asked for, sent 'Preset'"]),
    ],
)
def test_pages_of_any_list_are_the_clients_business(asked, sent, changes):
    assert differences(TEMPLATES, asked, sent, offer_of(Templates, CONTRACTS)) == changes

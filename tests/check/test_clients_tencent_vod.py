"""Clients of tencent-vod: each buggy one is found by the check meant for it, nothing is held against the others."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

import mockcloud
from mockcloud.check.battery import Options, battery, offer_of, open_session, run
from mockcloud.contract.load import Contracts
from tests.clients.tencent_vod.adapter import BUGGY, BUGS, Correct
from tests.clients.tencent_vod.client import VodClient
from tests.clients.tencent_vod.errors import NoAnswer, TaskFailed
from tests.clients.tencent_vod.limits import Gif, Source, Template
from tests.clients.tencent_vod.limits import Options as TaskOptions
from tests.clients.tencent_vod.sdk import RetryingSdk, Sdk
from tests.clients.tencent_vod.signature import SecretKey, authorization

CONTRACTS = Contracts()
EVERYTHING = Options(max_examples=30)
VIDEO = Source("5285890784246869930")


@pytest.fixture(scope="module")
def cloud():
    with mockcloud.start() as running:
        yield running


@pytest.fixture
def client(cloud):
    cloud.reset()
    return VodClient(cloud.url, SecretKey(cloud.access_key_id, cloud.access_key_secret), timeout_s=5.0)


def results_of(adapter, cloud, options):
    offer = offer_of(adapter, CONTRACTS)
    with open_session(offer, cloud, options).open() as session:
        return list(run(session, battery(offer, options), options))


@pytest.mark.parametrize(
    ("adapter", "skipped"),
    [
        (Correct, {"BATCH", "XML", "IGNORED"}),
        (Sdk, {"BATCH", "XML", "IGNORED", "WAIT-FINAL", "SUBTASK"}),
    ],
    ids=["correct", "sdk"],
)
def test_nothing_is_held_against(adapter, skipped, cloud):
    results = results_of(adapter, cloud, EVERYTHING)

    assert [finding.text("") for result in results for finding in result.findings] == []
    assert {result.item.id for result in results if result.word == "skipped" and not result.item.rule} == skipped
    assert {result.word for result in results} == {"ok", "skipped"}


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: f"{bug.name}-{bug.caught_by}")
def test_mistake_is_found_by_the_check_meant_for_it(bug, cloud):
    rule = bug.rule if bug.caught_by.startswith("RULE-") else ""
    options = Options(checks=(bug.caught_by,), rule=rule, max_examples=30)

    results = results_of(BUGGY[bug.name], cloud, options)

    found = {(finding.check, finding.subject) for result in results for finding in result.findings}
    assert any(check == bug.caught_by and subject.endswith(bug.rule) for check, subject in found)


def test_the_clients_own_retries_make_three_tasks(cloud):
    [result] = results_of(RetryingSdk, cloud, Options(checks=("LOST-ANSWER",)))

    [finding] = result.findings
    assert finding.title == "one call made several tasks"
    assert "one call made 3 tasks" in finding.cases[0].client


def test_the_clients_own_retries_throw_the_answer_away(cloud):
    [result] = results_of(RetryingSdk, cloud, Options(checks=("RETRY-LOAD",)))

    titles = {finding.title for finding in result.findings}
    assert titles == {"an answer that came after repeating is thrown away"}


# The correct client, where the checks do not look.


def test_signature_is_the_one_that_the_official_client_makes():
    body = (
        rb'{"Fps": 10, "Width": 320, "Height": 0, "Format": "gif", "Quality": 75.0, '
        rb'"Name": "\u6a21\u677f a_b&c=1+2"}'
    )
    headers = {"content-type": "application/json", "host": "127.0.0.1:18701"}
    moment = datetime.fromtimestamp(1795189908, UTC)

    assert authorization(SecretKey("mockcloud", "mockcloud-secret"), headers, body, moment) == (
        "TC3-HMAC-SHA256 Credential=mockcloud/2026-11-20/vod/tc3_request, SignedHeaders=content-type;host, "
        "Signature=09253fbff416b1c00ec521dfb95cfad12278157fbe19ce8217f7d9ec34a9f3f5"
    )


@pytest.mark.parametrize("fault", ["wire.lost-answer", "wire.close"])
def test_a_task_whose_answer_was_lost_is_found_again(fault, client, cloud):
    cloud.fail_next("tencent-vod", "ProcessMedia", fault)

    task_id = client.process(VIDEO, [Gif(20000)])

    sent = [request["parameters"] for request in cloud.requests(operation="ProcessMedia")]
    assert len(sent) == 2
    assert sent[0] == sent[1]
    assert [entry.task_id for entry in client.tasks()] == [task_id]


def test_a_task_without_a_session_is_not_sent_again(client, cloud):
    cloud.fail_next("tencent-vod", "ProcessMedia", "wire.lost-answer")

    with pytest.raises(NoAnswer):
        client.process(VIDEO, [Gif(20000)], TaskOptions(session_id=""))

    assert len(cloud.requests(operation="ProcessMedia")) == 1


def test_a_finished_task_has_its_images(client, cloud):
    task_id = client.process(VIDEO, [Gif(20000, 2, 5), Gif(20001, -5, -1.5)])
    cloud.clock.advance(60)

    first, second = client.wait(task_id).images

    assert (first.definition, first.status, first.start_s, first.end_s) == (20000, "SUCCESS", 2, 5)
    assert (second.definition, second.start_s, second.end_s) == (20001, 55, 58.5)
    assert second.url.endswith("v.f20001.webp")


def test_a_failed_image_says_why(client, cloud):
    task_id = client.process(VIDEO, [Gif(20000), Gif(12345)])
    cloud.clock.advance(60)

    with pytest.raises(TaskFailed, match=r"is FINISH: 12345: InvalidInput\.DefinitionNotExist$"):
        client.wait(task_id)


def test_all_templates_come_from_all_pages(client, cloud):
    made = [client.create_template(Template(fps=10, name=f"模板 {number}")) for number in range(16)]

    assert sorted(one.definition for one in client.templates(kind="Custom")) == sorted(made)
    assert len(client.templates()) == 18


def test_many_ids_are_asked_for_in_several_requests(client, cloud):
    definition = client.create_template(Template(fps=10))

    found = client.templates([*range(1, 151), definition])

    assert [one.definition for one in found] == [definition]
    sent = cloud.requests(operation="DescribeAnimatedGraphicsTemplates")
    assert [len(request["parameters"]["Definitions"]) for request in sent] == [100, 51]


def test_the_application_is_named_when_there_is_one(client, cloud):
    client.sub_app_id = 1500001234

    client.templates()

    assert json.loads(cloud.requests()[0]["body"]) == {"SubAppId": 1500001234, "Offset": 0, "Limit": 100}

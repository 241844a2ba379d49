"""Notifications over real sockets: the confirmation of a setting, messages, retries."""

from __future__ import annotations

import hashlib
import json
import time
from base64 import b64encode
from datetime import datetime
from itertools import pairwise

import pytest
import requests

from mockcloud.clock import Clock
from mockcloud.contract.load import Contracts
from mockcloud.pipeline import Engine
from mockcloud.providers import Sender, provider
from mockcloud.providers.jdcloud.notify import announce
from mockcloud.state import Settings
from tests.providers.jdcloud.receiver import Receiver

SERVICE = Contracts().service("jdcloud-mps")


@pytest.fixture
def receiver():
    found = Receiver()
    yield found
    found.stop()


class Api:
    """Calls of one account, composed by the project's own codec."""

    def __init__(self, cloud) -> None:
        self.cloud = cloud
        self.codec = provider("jdcloud")
        self.calls = 0

    def send(self, name, parameters=None, **place):
        self.calls += 1
        cloud = self.cloud
        operation = SERVICE.operations[name]
        sender = Sender(
            cloud.endpoint, cloud.access_key_id, cloud.access_key_secret, time.time(), f"n{self.calls}", place=place
        )
        wire = self.codec.compose(operation, parameters or {}, sender)
        url = f"{cloud.url}{wire.path}{'?' if wire.query else ''}{wire.query}"
        return requests.request(wire.method, url, data=wire.body, headers=dict(wire.headers), timeout=10)

    def subscribe(self, endpoint, events=("mpsThumbnailComplete",), **more):
        return self.send("setNotification", {"enabled": True, "endpoint": endpoint, "events": [*events], **more})

    def setting(self, **place):
        return self.send("getNotification", **place).json()["result"]["notification"]

    def create(self, **place):
        parameters = {"source": {"bucket": "videos", "key": "a.mp4"}, "target": {"destBucket": "pictures"}}
        return self.send("createThumbnailTask", parameters, **place).json()["result"]["taskID"]

    def task(self, task_id):
        return self.send("getThumbnailTask", taskId=task_id).json()["result"]["thumbnailTask"]


@pytest.fixture
def api(mockcloud):
    mockcloud.clock.freeze()
    return Api(mockcloud)


def unconfirmed(answer) -> bool:
    error = answer.json()["error"]
    return (answer.status_code, error["status"], error["message"]) == (
        400,
        "FAILED_PRECONDITION",
        "资源 endpoint 在当前状态下不可进行当前操作",
    )


# The setting and its confirmation.


def test_region_without_a_setting(api):
    assert api.setting() == {
        "enabled": False,
        "notifyStrategy": "BACKOFF_RETRY",
        "notifyContentFormat": "SIMPLIFIED",
    }


def test_setting_is_kept_once_the_endpoint_has_confirmed(api, receiver):
    answer = api.subscribe(receiver.url)
    assert (answer.status_code, set(answer.json())) == (200, {"requestId"})
    assert receiver.kinds() == ["SubscriptionConfirmation"]
    assert api.setting() == {
        "enabled": True,
        "endpoint": receiver.url,
        "events": ["mpsThumbnailComplete"],
        "notifyStrategy": "BACKOFF_RETRY",
        "notifyContentFormat": "SIMPLIFIED",
    }


def test_setting_without_an_endpoint_asks_nobody(mockcloud, api):
    assert api.send("setNotification", {"enabled": True}).json().keys() == {"requestId"}
    assert api.setting()["enabled"] is True
    assert mockcloud.callbacks == []


def test_setting_belongs_to_region_and_account(mockcloud, api, receiver):
    api.subscribe(receiver.url)
    assert api.setting(regionId="cn-east-2")["enabled"] is False
    assert Api(mockcloud.account("other")).setting()["enabled"] is False


@pytest.mark.parametrize("part", ["message", "whole body"])
def test_confirmation_in_json_is_of_the_message_or_of_all(api, receiver, part):
    receiver.answers = lambda kind, body: (
        200,
        b64encode(json.loads(body)["message"].encode() if part == "message" else body),
    )
    assert api.subscribe(receiver.url, notifyContentFormat="JSON").status_code == 200
    assert api.setting()["notifyContentFormat"] == "JSON"


@pytest.mark.parametrize(
    "answers",
    [
        lambda kind, body: (200, body),
        lambda kind, body: (200, b""),
        lambda kind, body: (200, b64encode(b"something else")),
        lambda kind, body: (500, b64encode(body)),
        lambda kind, body: (204, b""),
    ],
    ids=["not in base64", "empty", "another message", "status 500", "status 204"],
)
def test_endpoint_that_does_not_confirm_is_refused(api, receiver, answers):
    api.send("setNotification", {"enabled": False, "notifyContentFormat": "JSON"})
    receiver.answers = answers
    answer = api.subscribe(receiver.url)
    assert unconfirmed(answer)
    assert answer.headers["X-Mockcloud-Reason"] == "unconfirmed"
    assert api.setting() == {"enabled": False, "notifyStrategy": "BACKOFF_RETRY", "notifyContentFormat": "JSON"}
    assert receiver.kinds() == ["SubscriptionConfirmation"]


def test_endpoint_where_nobody_listens_is_refused(mockcloud, api, receiver):
    receiver.stop()
    assert unconfirmed(api.subscribe(receiver.url))
    (entry,) = mockcloud.requests(operation="setNotification", service="jdcloud-mps")
    assert entry["detail"] == "the endpoint did not answer the SubscriptionConfirmation with status 200"


def test_endpoint_out_of_reach_is_taken_without(mockcloud, api):
    assert api.subscribe("http://203.0.113.7/hook").status_code == 200
    assert api.setting()["endpoint"] == "http://203.0.113.7/hook"
    assert [record["outcome"] for record in mockcloud.callbacks] == ["refused"]


# Messages.


@pytest.mark.parametrize("is_failed", [False, True], ids=["success", "error"])
def test_end_of_a_task_is_told(mockcloud, api, receiver, is_failed):
    api.subscribe(receiver.url)
    task_id = api.create()
    if is_failed:
        mockcloud.task(task_id).fail(1001)
    mockcloud.clock.advance(5)
    receiver.wait_for(2)
    path, body = receiver.messages[-1][1:]
    assert receiver.kinds() == ["SubscriptionConfirmation", "Notification"]
    assert path == "/hook"
    assert json.loads(body) == api.task(task_id)
    assert json.loads(body)["status"] == ("ERROR" if is_failed else "SUCCESS")
    assert mockcloud.callbacks[-1]["task"] == task_id


def test_json_puts_attributes_around_the_message(mockcloud, api, receiver):
    receiver.answers = lambda kind, body: (200, b64encode(json.loads(body)["message"].encode()))
    api.subscribe(receiver.url, notifyContentFormat="JSON")
    task_id = api.create()
    mockcloud.clock.advance(5)
    told = json.loads(receiver.messages[-1][2])
    assert json.loads(told["message"]) == api.task(task_id)
    assert told["messageMD5"] == hashlib.md5(told["message"].encode()).hexdigest()
    assert (told["topicOwner"], told["messageTag"]) == ("mockcloud", "mpsThumbnailComplete")
    assert isinstance(told["publishTime"], int)
    assert set(told) == {
        "topicOwner",
        "topicName",
        "subscriptionName",
        "messageId",
        "message",
        "messageMD5",
        "messageTag",
        "publishTime",
    }


@pytest.mark.parametrize(
    "changed",
    [{"enabled": False}, {"events": ["mpsTranscodeComplete"]}, {"events": []}, {"events": None}],
    ids=["disabled", "another event", "no event", "events absent"],
)
def test_nobody_is_told_who_did_not_ask(mockcloud, api, receiver, changed):
    setting = {"enabled": True, "endpoint": receiver.url, "events": ["mpsThumbnailComplete"], **changed}
    assert api.send("setNotification", setting).status_code == 200
    api.create()
    mockcloud.clock.advance(5)
    assert receiver.kinds() == ["SubscriptionConfirmation"]


def test_other_regions_are_not_told(mockcloud, api, receiver):
    api.subscribe(receiver.url)
    api.create(regionId="cn-east-2")
    mockcloud.clock.advance(5)
    assert receiver.kinds() == ["SubscriptionConfirmation"]


def refuse_notifications(kind, body):
    return (200, b64encode(body)) if kind == "SubscriptionConfirmation" else (500, b"")


def moments(record) -> list[float]:
    return [datetime.fromisoformat(attempt["time"]).timestamp() for attempt in record["attempts"]]


def test_backoff_tries_three_times_more_after_10_to_20_seconds(mockcloud, api, receiver):
    receiver.answers = refuse_notifications
    api.subscribe(receiver.url)
    api.create()
    mockcloud.clock.advance(2)
    mockcloud.clock.advance(3 * 20)
    record = mockcloud.callbacks[-1]
    times = moments(record)
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert record["outcome"] == "failed"
    assert len(gaps) == 3
    assert all(10 <= gap <= 20 for gap in gaps)
    assert len(set(gaps)) == 3


def test_delivery_that_comes_through_at_last(mockcloud, api, receiver):
    receiver.answers = refuse_notifications
    api.subscribe(receiver.url)
    api.create()
    mockcloud.clock.advance(2)
    receiver.answers = lambda kind, body: (200, b"not looked at")
    mockcloud.clock.advance(20)
    record = mockcloud.callbacks[-1]
    assert record["outcome"] == "delivered"
    assert [attempt["status"] for attempt in record["attempts"]] == [500, 200]


# Without a socket.


def waits(strategy: str, seed: int = 0) -> tuple[float, ...]:
    engine = Engine(Settings(seed=seed), Contracts(), Clock(lambda: 1_767_323_045.0))
    state = engine.world.account("mockcloud").service(engine.contracts.service("jdcloud-mps"))
    state.memory["settings"] = {
        "cn-north-1": {
            "enabled": True,
            "endpoint": "http://127.0.0.1:9/",
            "events": ["mpsThumbnailComplete"],
            "notifyStrategy": strategy,
            "notifyContentFormat": "SIMPLIFIED",
        }
    }
    announce(state, "cn-north-1", "mpsThumbnailComplete", {}, "task", 1_767_323_045.0)
    (record,) = engine.callbacks
    return record.delivery.waits


def test_exponential_decay_tries_for_a_day():
    found = waits("EXPONENTIAL_DECAY_RETRY")
    assert found[:11] == (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 512)
    assert len(found) == 176
    assert found.count(512) == 167
    assert 86_000 < sum(found) < 86_400


def test_random_waits_follow_from_the_seed():
    assert waits("BACKOFF_RETRY", 1) == waits("BACKOFF_RETRY", 1) != waits("BACKOFF_RETRY", 2)

"""JD Cloud's own Python client, unmodified, and raw requests, over a real socket."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest
import requests
from jdcloud_sdk.core.config import Config
from jdcloud_sdk.core.credential import Credential
from jdcloud_sdk.core.logger import FATAL, Logger
from jdcloud_sdk.services.mps.apis.CreateThumbnailTaskRequest import (
    CreateThumbnailTaskParameters,
    CreateThumbnailTaskRequest,
)
from jdcloud_sdk.services.mps.apis.GetNotificationRequest import GetNotificationParameters, GetNotificationRequest
from jdcloud_sdk.services.mps.apis.GetThumbnailTaskRequest import GetThumbnailTaskParameters, GetThumbnailTaskRequest
from jdcloud_sdk.services.mps.apis.ListSnapshotTasksRequest import ListSnapshotTasksParameters, ListSnapshotTasksRequest
from jdcloud_sdk.services.mps.apis.ListThumbnailTaskRequest import ListThumbnailTaskParameters, ListThumbnailTaskRequest
from jdcloud_sdk.services.mps.apis.SetNotificationRequest import SetNotificationParameters, SetNotificationRequest
from jdcloud_sdk.services.mps.client.MpsClient import MpsClient
from jdcloud_sdk.services.mps.models.ThumbnailTaskRule import ThumbnailTaskRule
from jdcloud_sdk.services.mps.models.ThumbnailTaskSource import ThumbnailTaskSource
from jdcloud_sdk.services.mps.models.ThumbnailTaskTarget import ThumbnailTaskTarget

from mockcloud.contract.load import Contracts
from mockcloud.model import Wire
from mockcloud.providers.jdcloud.sign import sign
from tests.providers.jdcloud.receiver import Receiver

REGION = "cn-north-1"
SERVICE = Contracts().service("jdcloud-mps")
REQUEST_ID = re.compile("[a-z0-9]{32}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def client_of(cloud, secret=None, key=None):
    credential = Credential(key or cloud.access_key_id, secret or cloud.access_key_secret)
    return MpsClient(credential, Config(cloud.endpoint, "http"), logger=Logger(FATAL))


@pytest.fixture
def client(mockcloud):
    mockcloud.clock.freeze()
    return client_of(mockcloud)


def creation(region=REGION, rule=None, **target):
    wanted = ThumbnailTaskTarget("pictures")
    for name, value in target.items():
        setattr(wanted, name, value)
    parameters = CreateThumbnailTaskParameters(region, ThumbnailTaskSource("videos", "clips/a.mp4"), wanted)
    if rule is not None:
        given = ThumbnailTaskRule()
        for name, value in rule.items():
            setattr(given, name, value)
        parameters.setRule(given)
    return CreateThumbnailTaskRequest(parameters)


def listing(region=REGION, **filters):
    parameters = ListThumbnailTaskParameters(region)
    for name, value in filters.items():
        setattr(parameters, name, value)
    return ListThumbnailTaskRequest(parameters)


def create(client, **more):
    response = client.send(creation(**more))
    assert response.error is None
    return response.result["thumbnailTaskID"]["taskID"]


def get(client, task_id, region=REGION):
    response = client.send(GetThumbnailTaskRequest(GetThumbnailTaskParameters(region, task_id)))
    assert response.error is None
    return response.result["thumbnailTask"]


def assert_refused(response, status, code, message):
    error = response.error
    assert (error.status, error.code, error.message) == (status, code, message)
    assert response.result is None
    assert REQUEST_ID.fullmatch(response.request_id)


# The seed: one success envelope, all documented members.


def test_create_answers_the_documented_envelope(client):
    response = client.send(creation())
    assert response.error is None
    assert REQUEST_ID.fullmatch(response.request_id)
    assert re.fullmatch("[0-9a-f]{32}", response.result["thumbnailTaskID"]["taskID"])


@pytest.mark.parametrize(
    ("option", "members"),
    [("documented", {"thumbnailTaskID"}), ("sdk", {"taskID"}), ("both", {"thumbnailTaskID", "taskID"})],
)
def test_shape_of_the_result_is_an_option(request, mockcloud_servers, option, members):
    cloud = mockcloud_servers.get({"options": {"jdcloud-mps.result": option}})
    cloud.reset()
    response = client_of(cloud).send(creation())
    assert set(response.result) == members


def test_default_shape_has_the_wrapper_and_the_flat_members(client):
    result = client.send(creation()).result
    assert result == {"thumbnailTaskID": {"taskID": result["taskID"]}, "taskID": result["taskID"]}


def test_from_creation_to_pictures(mockcloud, client):
    task_id = create(client, rule={"mode": "average", "count": 3}, format="png", destKeyPrefix="clips/a")
    waiting = get(client, task_id)
    mockcloud.clock.advance(1)
    running = get(client, task_id)
    mockcloud.clock.advance(1)
    done = get(client, task_id)

    assert [shown["status"] for shown in (waiting, running, done)] == ["PENDDING", "RUNNING", "SUCCESS"]
    assert done["source"] == {"bucket": "videos", "key": "clips/a.mp4"}
    assert done["target"] == {
        "destBucket": "pictures",
        "destKeyPrefix": "clips/a",
        "format": "png",
        "widthInPixel": 0,
        "heightInPixel": 0,
        "keys": [f"clips/a-{task_id}-000{number}.png" for number in (1, 2, 3)],
    }
    assert done["rule"] == {
        "mode": "average",
        "keyFrame": True,
        "startTimeInSecond": 0,
        "endTimeInSecond": -1,
        "count": 3,
    }
    assert all(TIME.fullmatch(done[name]) for name in ("createdTime", "lastUpdatedTime"))
    assert waiting["createdTime"] == waiting["lastUpdatedTime"] == done["createdTime"] < done["lastUpdatedTime"]


def test_failed_task_carries_the_code_that_was_asked_for(mockcloud, client):
    task_id = create(client)
    mockcloud.task(task_id).fail(1001)
    shown = get(client, task_id)
    assert (shown["status"], shown["errorCode"]) == ("ERROR", 1001)
    assert "keys" not in shown["target"]


def test_walk_over_pages(client):
    created = [create(client) for _ in range(5)]
    seen, marker = [], None
    for size in (2, 2, 1):
        query = client.send(listing(limit=2, marker=marker)).result["thumbnailQuery"]
        assert len(query["taskList"]) == size
        seen += [task["taskID"] for task in query["taskList"]]
        marker = query.get("nextMarker")
    assert seen == created[::-1]
    assert (query["truncated"], query["limit"], marker) == (False, 2, None)


def test_list_with_every_filter(client):
    task_id = create(client)
    filters = {"status": "PENDING", "begin": "2018-01-01T00:00:00.000Z", "end": "2999-01-01T00:00:00.000Z"}
    query = client.send(listing(**filters)).result["thumbnailQuery"]
    assert query == {**filters, "limit": 1000, "truncated": False, "taskList": [get(client, task_id)]}


def test_empty_list_is_a_list(client):
    result = client.send(listing()).result
    assert (result["taskList"], result["truncated"], result["limit"]) == ([], False, 1000)


def test_regions_are_apart(client):
    task_id = create(client, region="cn-east-2")
    assert client.send(listing()).result["taskList"] == []
    assert get(client, task_id, "cn-east-2")["taskID"] == task_id


def test_accounts_are_apart(mockcloud, client):
    create(client)
    other = client_of(mockcloud.account("other"))
    assert other.send(listing()).result["taskList"] == []


# What the client sends.


def test_client_sends_null_for_what_was_left_alone(mockcloud, client):
    create(client, rule={"mode": "multi", "count": 3})
    (entry,) = mockcloud.requests(operation="createThumbnailTask", service="jdcloud-mps")
    sent = json.loads(entry["body"]) if isinstance(entry["body"], str) else entry["body"]
    assert sent["regionId"] == REGION
    assert sent["taskID"] is None
    assert sent["rule"] == {
        "mode": "multi",
        "keyFrame": None,
        "startTimeInSecond": None,
        "endTimeInSecond": None,
        "count": 3,
    }
    assert entry["violations"] == []


def test_read_only_members_have_no_effect_and_are_reported(mockcloud, client):
    request = creation()
    request.parameters.setTaskID("mine")
    request.parameters.setStatus("SUCCESS")
    task_id = client.send(request).result["taskID"]
    (entry,) = mockcloud.requests(violations=True)
    assert task_id != "mine"
    assert get(client, task_id)["status"] == "PENDDING"
    assert [found["rule"] for found in entry["violations"]] == [
        "jdcloud-mps.createThumbnailTask.taskID.read-only",
        "jdcloud-mps.createThumbnailTask.status.read-only",
    ]


def test_plain_dicts_are_sent_as_they_are(client):
    parameters = {"regionId": REGION, "source": {"bucket": "b", "key": "k é"}, "target": {"destBucket": "d"}}
    response = client.send(CreateThumbnailTaskRequest(parameters))
    assert get(client, response.result["taskID"])["source"] == {"bucket": "b", "key": "k é"}


def test_security_token_is_a_signed_header(mockcloud, client):
    request = creation()
    request.header = {"x-jdcloud-security-token": "token"}
    assert client.send(request).error is None
    (entry,) = mockcloud.requests()
    assert "x-jdcloud-security-token" in str(entry["headers"]).lower()
    assert "dG9rZW4" not in str(entry)


def test_every_filter_survives_the_clients_encoding(client):
    begin = "2018-01-01T00:00:00.000Z"
    assert client.send(listing(begin=begin)).result["thumbnailQuery"]["begin"] == begin


# Refusals, as the client shows them.

REFUSED = [
    (creation(rule={"count": 2}), "参数 rule.count 存在错误"),
    (creation(rule={"mode": "burst"}), "参数 rule.mode 存在错误"),
    (creation(rule={"mode": "average", "startTimeInSecond": 5}), "参数 rule.startTimeInSecond 存在错误"),
    (creation(rule={"endTimeInSecond": 10}), "参数 rule.endTimeInSecond 存在错误"),
    (creation(widthInPixel=7), "参数 target.widthInPixel 存在错误"),
    (creation(heightInPixel=4097), "参数 target.heightInPixel 存在错误"),
    (creation(format="bmp"), "参数 target.format 存在错误"),
    (CreateThumbnailTaskRequest(CreateThumbnailTaskParameters(REGION, None, None)), "参数 source 存在错误"),
    (listing(limit=0), "参数 limit 存在错误"),
    (listing(status="DONE"), "参数 status 存在错误"),
    (listing(marker="nothing"), "参数 marker 存在错误"),
    (SetNotificationRequest(SetNotificationParameters(REGION, None)), "参数 enabled 存在错误"),
]


@pytest.mark.parametrize(("request_", "message"), REFUSED, ids=[str(place) for place in range(len(REFUSED))])
def test_broken_rule(client, request_, message):
    assert_refused(client.send(request_), "INVALID_ARGUMENT", 400, message)


def test_unknown_task(client):
    response = client.send(GetThumbnailTaskRequest(GetThumbnailTaskParameters(REGION, "no such task")))
    assert_refused(response, "NOT_FOUND", 404, "找不到 no such task")


def test_slash_in_a_task_id_leads_nowhere(client):
    response = client.send(GetThumbnailTaskRequest(GetThumbnailTaskParameters(REGION, "a/b")))
    assert_refused(response, "NOT_FOUND", 404, "no route and no API found with those values [gw]")


def test_missing_source(mockcloud, client):
    mockcloud.seed("jdcloud-mps", "object", bucket="videos", key="clips/a.mp4", exists=False)
    assert_refused(client.send(creation()), "NOT_FOUND", 404, "找不到 clips/a.mp4")


def test_operation_that_is_not_served(client):
    response = client.send(ListSnapshotTasksRequest(ListSnapshotTasksParameters()))
    assert_refused(response, "NOT_IMPLEMENTED", 501, "目前不支持 GET /v1/snapshotTasks")


@pytest.mark.parametrize("operation", [*SERVICE.operations])
def test_any_operation_can_be_made_to_fail(mockcloud, client, operation):
    mockcloud.fail_next("jdcloud-mps", operation, "RATE_LIMIT")
    asked = {
        "createThumbnailTask": creation(),
        "getThumbnailTask": GetThumbnailTaskRequest(GetThumbnailTaskParameters(REGION, "x")),
        "listThumbnailTask": listing(),
        "getNotification": GetNotificationRequest(GetNotificationParameters(REGION)),
        "setNotification": SetNotificationRequest(SetNotificationParameters(REGION, True)),
    }
    assert_refused(client.send(asked[operation]), "RATE_LIMIT", 429, "请求过频繁")


def test_wrong_secret(mockcloud, client):
    response = client_of(mockcloud, secret="wrong").send(creation())
    assert_refused(response, "ACCESS_ERROR", 401, "sign result is not same [gw]")
    (entry,) = mockcloud.requests()
    assert "the secret is probably wrong" in entry["detail"]


# Notifications.


@pytest.fixture
def receiver():
    found = Receiver()
    yield found
    found.stop()


def setting_of(client):
    response = client.send(GetNotificationRequest(GetNotificationParameters(REGION)))
    assert response.error is None
    return response.result["notification"]


def subscription(endpoint):
    parameters = SetNotificationParameters(REGION, True)
    parameters.setEndpoint(endpoint)
    parameters.setEvents(["mpsThumbnailComplete"])
    return SetNotificationRequest(parameters)


def test_setting_travels_there_and_back(client, receiver):
    response = client.send(subscription(receiver.url))
    assert (response.error, response.result) == (None, None)
    assert REQUEST_ID.fullmatch(response.request_id)
    assert setting_of(client) == {
        "enabled": True,
        "endpoint": receiver.url,
        "events": ["mpsThumbnailComplete"],
        "notifyStrategy": "BACKOFF_RETRY",
        "notifyContentFormat": "SIMPLIFIED",
    }


def test_end_of_a_task_is_told_to_the_endpoint(mockcloud, client, receiver):
    client.send(subscription(receiver.url))
    task_id = create(client)
    mockcloud.clock.advance(2)
    assert receiver.kinds() == ["SubscriptionConfirmation", "Notification"]
    assert json.loads(receiver.messages[-1][2]) == get(client, task_id)


def test_endpoint_that_does_not_confirm(client, receiver):
    receiver.answers = lambda kind, body: (200, b"ok")
    message = "资源 endpoint 在当前状态下不可进行当前操作"
    assert_refused(client.send(subscription(receiver.url)), "FAILED_PRECONDITION", 400, message)
    assert setting_of(client)["enabled"] is False


# Raw requests: generation 2, and each row of the 401 table.

BODY = json.dumps({"source": {"bucket": "b", "key": "k"}, "target": {"destBucket": "d"}}).encode()
PATH = f"/v1/regions/{REGION}/thumbnail"
SIGNED = "SignedHeaders=host;x-jdcloud-date, Signature=00"


def send_raw(cloud, headers, method="POST", path=PATH, query="", body=BODY):
    url = f"{cloud.url}{path}{'?' if query else ''}{query}"
    return requests.request(method, url, data=body, headers=headers, timeout=10)


def signed_headers(cloud, **changed):
    date = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    base = (("Host", cloud.endpoint), ("Content-Type", "application/json"))
    settings = {"key_id": cloud.access_key_id, "secret": cloud.access_key_secret, "date": date, "nonce": "nonce-1"}
    made = sign(Wire("POST", PATH, "", base, BODY), **{**settings, "region": REGION, **changed})
    return dict(made.headers)


@pytest.mark.parametrize("generation", ["2", "3"])
def test_signed_by_hand(mockcloud, generation):
    answer = send_raw(mockcloud, signed_headers(mockcloud, generation=generation))
    body = answer.json()
    assert answer.status_code == 200
    assert set(body) == {"requestId", "result"}
    assert answer.headers["x-jdcloud-request-id"] == body["requestId"]
    assert answer.headers["Content-Type"] == "application/json"


def without(headers, name):
    return {key: value for key, value in headers.items() if key != name}


UNAUTHENTICATED = {
    "lack of header authorization [gw]": lambda headers: without(headers, "Authorization"),
    "lack of credential in the header authorization [gw]": lambda headers: {
        **headers,
        "Authorization": f"JDCLOUD2-HMAC-SHA256 {SIGNED}",
    },
    "lack of header signedHeaders [gw]": lambda headers: {
        **headers,
        "Authorization": headers["Authorization"].replace("SignedHeaders", "Signed"),
    },
    "lack of header x-jdcloud-date [gw]": lambda headers: without(headers, "x-jdcloud-date"),
    "Invalid accessKey [gw]": lambda headers: {
        **headers,
        "Authorization": headers["Authorization"].replace("Credential=mockcloud/", "Credential=nobody/"),
    },
    "sign result is not same [gw]": lambda headers: {**headers, "Content-Type": "text/plain"},
}


@pytest.mark.parametrize("message", UNAUTHENTICATED)
def test_row_of_the_401_table(mockcloud, message):
    answer = send_raw(mockcloud, UNAUTHENTICATED[message](signed_headers(mockcloud)))
    body = answer.json()
    assert answer.status_code == 401
    assert body["error"] == {"status": "ACCESS_ERROR", "code": 401, "message": message}
    assert REQUEST_ID.fullmatch(body["requestId"])
    assert answer.headers["x-jdcloud-request-id"] == body["requestId"]


def test_changed_body(mockcloud):
    answer = send_raw(mockcloud, signed_headers(mockcloud), body=BODY + b" ")
    assert answer.json()["error"]["message"] == "sign result is not same [gw]"


def test_authentication_comes_before_the_route(mockcloud):
    answer = send_raw(mockcloud, {}, path="/v1/regions/cn-north-1/nothing")
    assert (answer.status_code, answer.json()["error"]["status"]) == (401, "ACCESS_ERROR")


def test_body_that_is_no_json(mockcloud):
    date = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    base = (("Host", mockcloud.endpoint), ("Content-Type", "application/json"))
    made = sign(
        Wire("POST", PATH, "", base, b"{"),
        key_id="mockcloud",
        secret="mockcloud-secret",
        date=date,
        nonce="n",
        region=REGION,
    )
    answer = send_raw(mockcloud, dict(made.headers), body=b"{")
    assert answer.status_code == 400
    assert answer.json()["error"] == {"status": "INVALID_ARGUMENT", "code": 400, "message": "参数 body 存在错误"}
    assert answer.headers["X-Mockcloud-Reason"] == "malformed"

"""What the official clients make of refusals: who may come in, injected errors, trouble on the wire."""

from __future__ import annotations

import pytest
import requests
from huaweicloudsdkcore.exceptions.exceptions import (
    ClientRequestException,
    ConnectionException,
    SdkException,
    ServerResponseException,
)
from huaweicloudsdkmpc.v1 import ListAnimatedGraphicsTaskRequest

from mockcloud.contract.load import Contracts

from .huawei_clients import FLAVOURS, Mpc

SERVICE = Contracts().service("huawei-mpc")
OPERATION = SERVICE.operations["ListAnimatedGraphicsTask"]
PREFIX = "Incorrect IAM authentication information: "
# With 429 the SDK's own retry adapter steps in on GET, PUT and DELETE, and the answer is lost; POST shows it.
ROWS = [entry for entry in SERVICE.errors if entry.status >= 400 and entry.status != 429 and not entry.code.isdigit()]


def told(call, kind=ClientRequestException, **members):
    with pytest.raises(kind) as caught:
        call(**members)
    error = caught.value
    return error.status_code, error.error_code, error.error_msg


@pytest.fixture(params=FLAVOURS)
def flavour(request):
    return request.param


# Who may come in.


def test_wrong_secret(mockcloud, flavour):
    mpc = Mpc(mockcloud, flavour, secret="guess")

    status, code, message = told(mpc.list_animated_graphics_task)

    assert (status, code) == (401, "APIGW.0301")
    start = f"{PREFIX}verify aksk signature fail, canonicalRequest:GET|/v1/{mockcloud.project_id}/animated-graphics/||"
    assert message.startswith(start)
    assert "|content-type;host;user-agent;x-project-id;x-sdk-date|" in message
    (entry,) = mockcloud.requests()
    assert entry["reason"] == "signature"
    assert entry["diagnosis"]["ours"].replace("\n", "|") in message


def test_unknown_key(mockcloud, flavour):
    mpc = Mpc(mockcloud, flavour, key="AKIA")

    message = f"{PREFIX}Get secretKey failed,ak:AKIA,err:ak not exist"
    assert told(mpc.list_animated_graphics_task) == (401, "APIGW.0301", message)


def test_request_id_is_that_of_the_journal(mockcloud, flavour):
    mpc = Mpc(mockcloud, flavour)
    with pytest.raises(ClientRequestException) as caught:
        mpc.list_animated_graphics_task(size=0)

    assert caught.value.request_id == mockcloud.requests()[-1]["request_id"]


def test_client_without_a_project(mockcloud, flavour):
    mpc = Mpc(mockcloud, flavour, project=None)

    assert told(mpc.list_animated_graphics_task) == (403, "MPC.10208", "Failed to verify the tenant ID.")
    assert "%7Bproject_id%7D" in mockcloud.requests()[-1]["path"]


def test_moving_the_clock_locks_nobody_out(mockcloud, flavour):
    mockcloud.clock.advance(365 * 86400)

    assert Mpc(mockcloud, flavour).list_animated_graphics_task().total == 0


@pytest.mark.mockcloud(auth="lenient")
def test_any_secret_will_do_when_lenient(mockcloud):
    assert Mpc(mockcloud, secret="guess").list_animated_graphics_task().total == 0


@pytest.mark.mockcloud(auth="off")
def test_any_key_will_do_when_off(mockcloud):
    assert Mpc(mockcloud, key="AKIA", secret="guess").list_animated_graphics_task().total == 0


def test_operation_that_is_not_served(mockcloud, flavour):
    mpc = Mpc(mockcloud, flavour)

    message = "The API does not exist or has not been published in the environment."
    assert told(mpc.list_all_buckets) == (404, "APIGW.0101", message)


def test_headers_that_a_caller_adds(mockcloud):
    # The SDK signs an added X-Auth-Token, and sends the documented X-Project_Id unsigned.
    client = Mpc(mockcloud).client

    def listed(**headers):
        invoker = client.list_animated_graphics_task_invoker(ListAnimatedGraphicsTaskRequest())
        for name, value in headers.items():
            invoker.add_header(name.replace("__", "-"), value)
        return invoker.invoke()

    assert listed(X__Auth__Token="nonsense").total == 0
    assert listed(X__Project_Id=mockcloud.project_id).total == 0
    assert told(listed, X__Project_Id="other") == (403, "MPC.10208", "Failed to verify the tenant ID.")


# Errors that are asked for.


@pytest.mark.parametrize("entry", ROWS, ids=[f"{entry.code}-{entry.variant or entry.status}" for entry in ROWS])
def test_injected_error_reaches_the_exception(mockcloud, entry):
    own = SERVICE.error(entry.code, entry.variant, OPERATION.name)
    error = f"{entry.code}/{entry.variant}" if entry.variant else entry.code
    mockcloud.fail_next("huawei-mpc", OPERATION.name, error, args=["this"])
    kind = ClientRequestException if own.status < 500 else ServerResponseException

    found = told(Mpc(mockcloud).list_animated_graphics_task, kind)

    assert found == (own.status, own.code, own.message.replace("%s", "this"))


def test_throttled_creation(mockcloud, flavour):
    mockcloud.fail_next("huawei-mpc", "CreateAnimatedGraphicsTask", "APIGW.0308")
    mpc = Mpc(mockcloud, flavour)

    assert told(mpc.create) == (429, "APIGW.0308", "The throttling threshold has been reached.")
    assert mpc.create().task_id == "30647"


def test_throttled_query_loses_its_code_in_the_blocking_client(mockcloud):
    mockcloud.fail_next("huawei-mpc", OPERATION.name, "APIGW.0308")

    status, code, _ = told(Mpc(mockcloud).list_animated_graphics_task)

    assert (status, code) == (429, "429")
    assert len(mockcloud.requests()) == 1


# Trouble on the wire.


def test_lost_answer_leaves_one_task(mockcloud):
    mockcloud.fail_next("huawei-mpc", "CreateAnimatedGraphicsTask", "wire.lost-answer")
    mpc = Mpc(mockcloud)
    with pytest.raises((SdkException, requests.exceptions.RequestException)):
        mpc.create()

    assert mpc.list_animated_graphics_task().total == 1


def test_nobody_listens(mockcloud, flavour):
    mpc = Mpc(mockcloud, flavour, url="http://127.0.0.1:1")

    with pytest.raises(ConnectionException):
        mpc.list_animated_graphics_task()

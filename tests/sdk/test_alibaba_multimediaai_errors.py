"""Errors, signatures and XML of MultimediaAI as the official clients see them."""

from __future__ import annotations

import http.client
import json
import time
from dataclasses import replace

import pytest
from alibabacloud_multimediaai20190810 import models
from alibabacloud_tea_openapi import models as tea_models
from alibabacloud_tea_util.models import RuntimeOptions

from mockcloud.contract.load import Contracts
from mockcloud.providers import Sender
from mockcloud.providers.alibaba.wire import compose
from mockcloud.providers.alibaba.xml import parse

from .alibaba_multimediaai import (
    CLIENTS,
    GIF,
    SERVICE,
    acs,
    acs_client,
    acs_request,
    common,
    common_request,
    failure_of,
    tea,
    tea_client,
    tea_request,
)

CONTRACT = Contracts().service(SERVICE)
BOTH = pytest.mark.parametrize("generation", ["acs", "tea"])
EVERY = pytest.mark.parametrize("generation", list(CLIENTS))

# The error table of seed 000, row by row, with %s filled with "Wanted".
SEED_ERRORS = [
    (500, "InternalError", "An error occurred while processing your request."),
    (404, "InvalidApiNotFound", "The specified API operation does not exist. Please check the URL and method."),
    (400, "InvalidParameter", "The specified parameter Wanted is invalid."),
    (400, "InvalidTimeStamp", "The specified TimeStamp is invalid. Please check parameter Wanted."),
    (400, "MissingParameter", "You must specify the parameter Wanted."),
    (404, "ResourceNotFound", "The requested resource does not exist. Please check the parameter Wanted."),
    (500, "ServiceUnavailable", "An error occurred while processing your request."),
    (500, "UnknownError", "An error occurred while processing your request."),
    (401, "Unauthorized", "You are not authorized to perform the operation."),
    (406, "ServiceNotSelected", "The service is not activated."),
    (401, "ServiceNotOpened", "You have not purchased the service."),
    (401, "BalanceNotEnough", "The account balance is insufficient and you cannot perform the request."),
    (406, "FaceImageCountLimit", "The maximum number of face images is exceeded."),
    (406, "ApplicationCountLimit", "The maximum number of applications is exceeded."),
    (406, "FileUploadCountLimit", "The maximum number of file upload is exceeded."),
    (406, "FileContentInvalid", "The specified file content is invalid."),
    (406, "ExistParameter", "The specified parameter Wanted exists."),
    (406, "ExistTemplateRelationship", "The associated template already exists."),
]
# Two more on other pages of the service, and what the gateway says.
MORE_ERRORS = [
    (400, "InvalidParameterLengthLimit", "The maximum length of Wanted is exceeded."),
    (403, "Forbidden", "The beta version has expired."),
    (404, "InvalidAccessKeyId.NotFound", "Specified access key is not found."),
    (400, "InvalidAccessKeyId.Inactive", "Specified access key is disabled."),
    (400, "SignatureNonceUsed", "Specified signature nonce was used already."),
    (400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired."),
    (400, "Throttling.User", "Request was denied due to user flow control."),
    (503, "Throttling", "Request was denied due to request throttling."),
]


# Errors.


@BOTH
@pytest.mark.parametrize("row", SEED_ERRORS + MORE_ERRORS, ids=lambda row: row[1])
def test_every_error_reaches_the_caller(mockcloud, generation, row):
    mockcloud.fail_next(SERVICE, "CreateGifTask", row[1], args="Wanted")
    call = CLIENTS[generation](mockcloud)
    failure = failure_of(call, "CreateGifTask", **GIF)
    assert failure.told == row
    assert failure.request_id == mockcloud.requests(service=SERVICE)[-1]["request_id"]
    assert call("CreateGifTask", **GIF)["TaskId"] == 1


def test_the_rows_above_are_the_table_of_the_contract():
    own = [(entry.status, entry.code) for entry in CONTRACT.errors if entry.table == "service" and not entry.task]
    assert own == [(status, code) for status, code, _ in SEED_ERRORS + MORE_ERRORS[:2]]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("ServiceUnavailable", "ServerException"),
        ("UnknownError", "ServerException"),
        ("Unauthorized", "ClientException"),
    ],
)
def test_tea_tells_the_server_s_errors_from_the_client_s(mockcloud, code, kind):
    mockcloud.fail_next(SERVICE, "", code)
    assert failure_of(tea(mockcloud), "CreateGifTask", **GIF).kind == kind


@EVERY
@pytest.mark.parametrize("name", ["ApplicationId", "CallbackUrl", "TemplateId", "VideoName", "VideoUrl"])
def test_a_missing_parameter(mockcloud, generation, name):
    given = {key: value for key, value in GIF.items() if key != name}
    failure = failure_of(CLIENTS[generation](mockcloud), "CreateGifTask", **given)
    assert failure.told == (400, "MissingParameter", f"You must specify the parameter {name}.")


@EVERY
def test_a_wrong_parameter(mockcloud, generation):
    failure = failure_of(CLIENTS[generation](mockcloud), "CreateGifTask", **{**GIF, "TemplateId": "abc"})
    assert failure.told == (400, "InvalidParameter", "The specified parameter TemplateId is invalid.")


@EVERY
@pytest.mark.parametrize(("name", "value"), [("ApplicationId", "elsewhere"), ("TemplateId", 7)])
def test_a_resource_that_is_not_there(mockcloud, generation, name, value):
    failure = failure_of(CLIENTS[generation](mockcloud), "CreateGifTask", **{**GIF, name: value})
    assert failure.told == (
        404,
        "ResourceNotFound",
        f"The requested resource does not exist. Please check the parameter {name}.",
    )


@pytest.mark.parametrize("operation", ["DeleteTemplate", "createGifTask", "GetTaskDetail", "SubmitDynamicImageJob"])
def test_an_operation_that_is_not_there(mockcloud, operation):
    failure = failure_of(common(mockcloud), operation)
    assert failure.told == (
        404,
        "InvalidApiNotFound",
        "The specified API operation does not exist. Please check the URL and method.",
    )


@pytest.mark.mockcloud(options={"alibaba-multimediaai.dynamic-cover": "not-selected"})
@BOTH
def test_the_service_is_not_selected(mockcloud, generation):
    failure = failure_of(CLIENTS[generation](mockcloud), "CreateGifTask", **GIF)
    assert failure.told == (406, "ServiceNotSelected", "The service is not activated.")


@pytest.mark.mockcloud(max_body=1000)
def test_a_body_that_is_too_large(mockcloud):
    failure = failure_of(tea(mockcloud), "CreateGifTask", **{**GIF, "VideoName": "x" * 3000})
    assert failure.told == (400, "InvalidParameterLengthLimit", "The maximum length of body is exceeded.")


# Signatures.


def test_the_old_client_sees_that_its_secret_is_wrong(mockcloud):
    # It compares what stands behind the colon with its own string to sign and, when they are equal, blames the secret.
    failure = failure_of(acs(mockcloud, secret="wrong"), "CreateGifTask", **GIF)
    assert (failure.status, failure.code) == (400, "InvalidAccessKeySecret")
    assert failure.message.startswith("The AccessKeySecret is incorrect.")
    (entry,) = mockcloud.requests(service=SERVICE)
    assert entry["status"] == 400
    assert "secret is probably wrong" in entry["detail"]


def test_the_old_client_sees_a_string_to_sign_that_is_not_its_own(mockcloud):
    mockcloud.fail_next(SERVICE, "CreateGifTask", "SignatureDoesNotMatch", args="POST&%2F&other")
    failure = failure_of(acs(mockcloud), "CreateGifTask", **GIF)
    assert failure.told == (
        400,
        "SignatureDoesNotMatch",
        "Specified signature is not matched with our calculation. server string to sign is:POST&%2F&other",
    )


@pytest.mark.parametrize("generation", ["tea", "tea-async"])
def test_the_new_client_sees_the_mismatch(mockcloud, generation):
    failure = failure_of(CLIENTS[generation](mockcloud, secret="wrong"), "CreateGifTask", **GIF)
    assert (failure.status, failure.code) == (400, "SignatureDoesNotMatch")
    assert "server string to sign is:POST&%2F&AccessKeyId%3Dmockcloud%26Action%3DCreateGifTask" in failure.message


@BOTH
def test_an_unknown_access_key(mockcloud, generation):
    class Stranger:
        endpoint, access_key_id, access_key_secret = mockcloud.endpoint, "LTAI-stranger", "x"

    failure = failure_of(CLIENTS[generation](Stranger), "CreateGifTask", **GIF)
    assert failure.told == (404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")


def test_a_security_token_is_signed_and_accepted(mockcloud):
    client = tea_client(mockcloud, security_token="sts-token", type="sts")
    assert client.create_gif_task(tea_request("CreateGifTask", GIF)).body.task_id == 1


def test_version_3_of_the_signature_works_for_this_service_too(mockcloud):
    client = tea_client(mockcloud)
    params = tea_models.Params(
        action="CreateGifTask",
        version="2019-08-10",
        protocol="HTTP",
        pathname="/",
        method="POST",
        auth_type="AK",
        style="RPC",
        req_body_type="formData",
        body_type="json",
    )
    request = tea_models.OpenApiRequest(body={**GIF})
    answer = client.call_api(params, request, RuntimeOptions())
    assert answer["body"]["Code"] == "OK"
    (entry,) = mockcloud.requests(service=SERVICE)
    assert any(value.startswith("ACS3-HMAC-SHA256") for name, value in entry["headers"] if name == "Authorization")


# XML, and requests by hand.


@pytest.mark.parametrize("form", ["XML", None])
def test_xml_success(mockcloud, form):
    request = acs_request(mockcloud, "CreateGifTask", GIF)
    if form is not None:
        request.set_accept_format(form)
    root, members = parse(acs_client(mockcloud).do_action(request))
    assert root == "CreateGifTaskResponse"
    assert members.pop("RequestId")
    assert members == {"TaskId": "1", "Code": "OK"}


@pytest.mark.parametrize("form", ["XML", None])
def test_xml_error(mockcloud, form):
    request = acs_request(mockcloud, "CreateGifTask", {**GIF, "VideoUrl": ""})
    if form is not None:
        request.set_accept_format(form)
    root, members = parse(acs_client(mockcloud).do_action(request))
    assert root == "Error"
    assert members["HostId"] == mockcloud.endpoint
    assert (members["Code"], members["Message"]) == ("MissingParameter", "You must specify the parameter VideoUrl.")


def test_xml_of_a_list(mockcloud):
    acs(mockcloud)("CreateGifTask", **GIF)
    acs(mockcloud)("CreateGifTask", **GIF)
    request = common_request(mockcloud, "ListTasks", {"PageNumber": 1, "PageSize": 10})
    request.set_accept_format("XML")
    root, members = parse(acs_client(mockcloud).do_action(request))
    assert root == "ListTasksResponse"
    assert [task["TaskId"] for task in members["Tasks"]] == ["2", "1"]


def _post(cloud, wire):
    connection = http.client.HTTPConnection(cloud.host, cloud.port, timeout=10)
    try:
        connection.request(wire.method, f"{wire.path}?{wire.query}", wire.body or None, dict(wire.headers))
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def _sender(cloud, **more):
    sender = Sender(cloud.endpoint, cloud.access_key_id, cloud.access_key_secret, time.time(), "by-hand")
    return replace(sender, **more)


@pytest.mark.parametrize("scheme", ["v1", "v3"])
def test_headers_of_an_answer(mockcloud, scheme):
    wire = compose(CONTRACT.operations["CreateGifTask"], GIF, _sender(mockcloud, scheme=scheme))
    status, headers, body = _post(mockcloud, wire)
    assert status == 200
    assert headers["Content-Type"] == "application/json;charset=utf-8"
    assert headers["x-acs-request-id"] == json.loads(body)["RequestId"]


@pytest.mark.parametrize("scheme", ["v1", "v3"])
def test_a_request_that_comes_twice_is_refused(mockcloud, scheme):
    wire = compose(CONTRACT.operations["CreateGifTask"], GIF, _sender(mockcloud, scheme=scheme))
    assert _post(mockcloud, wire)[0] == 200
    status, _, body = _post(mockcloud, wire)
    told = json.loads(body)
    assert (status, told["Code"]) == (400, "SignatureNonceUsed")
    assert told["Recommend"].startswith("https://api.aliyun.com/troubleshoot?q=SignatureNonceUsed&product=multimediaai")
    assert told["HostId"] == mockcloud.endpoint


@pytest.mark.parametrize(("away", "status"), [(-600, 200), (600, 200), (-1200, 400), (1200, 400)])
def test_the_age_of_a_request(mockcloud, away, status):
    wire = compose(CONTRACT.operations["CreateGifTask"], GIF, _sender(mockcloud, now=time.time() + away))
    assert _post(mockcloud, wire)[0] == status


def test_the_mock_s_clock_does_not_age_signatures(mockcloud):
    mockcloud.clock.advance(100_000)
    assert acs(mockcloud)("CreateGifTask", **GIF)["TaskId"] == 1


def test_the_refusal_says_in_a_header_which_rule_was_broken(mockcloud):
    given = {name: value for name, value in GIF.items() if name != "VideoUrl"}
    wire = compose(CONTRACT.operations["CreateGifTask"], given, _sender(mockcloud))
    assert _post(mockcloud, wire)[1]["X-Mockcloud-Reason"] == "alibaba-multimediaai.CreateGifTask.VideoUrl.required"


def test_secrets_do_not_reach_the_journal(mockcloud):
    client = tea_client(mockcloud, security_token="very-secret-token", type="sts")
    client.create_gif_task(models.CreateGifTaskRequest().from_map(GIF))
    text = json.dumps(mockcloud.requests(service=SERVICE))
    assert "very-secret-token" not in text
    assert mockcloud.access_key_secret not in text

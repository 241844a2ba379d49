"""Requests to calls and back, and the three shapes of errors."""

from __future__ import annotations

import json

import pytest

from mockcloud.contract.routes import match_path
from mockcloud.ids import Ids
from mockcloud.model import Refusal, Reply, Wire, WireReply
from mockcloud.providers import Sender
from mockcloud.providers.huawei import wire as codec

from .raw import CONTRACTS, ERRORS, NOW, PATH, PROJECT, SERVICE, Desk, decoded, request, with_header

SENDER = Sender("127.0.0.1:4580", "mockcloud", "mockcloud-secret", NOW, "n", place={"project_id": PROJECT})
EXAMPLES = [(operation, example) for operation in SERVICE.operations.values() for example in operation.examples]


def refused(wire):
    """The refusal that decoding gives at once, before anybody is asked who he is."""
    call = codec.open(wire, "r")
    with pytest.raises(Refusal) as caught:
        codec.decode(call, CONTRACTS.service)
    return caught.value


# Whose is it.


@pytest.mark.parametrize(
    "wire",
    [
        Wire("GET", PATH),
        Wire("GET", "/v1.0-ext/p/objects"),
        Wire("GET", "/v3/projects"),
        Wire("GET", "/v5/caller-identity"),
        Wire("GET", "/other", headers=(("X-Sdk-Date", "20201119T103652Z"),)),
        Wire("GET", "/other", headers=(("Authorization", "SDK-HMAC-SHA256 Access=a"),)),
    ],
)
def test_request_is_claimed(wire):
    assert codec.claims(wire)


@pytest.mark.parametrize("wire", [Wire("GET", "/"), Wire("GET", "/v2/p"), Wire("GET", "/?Action=X")])
def test_request_is_left_to_others(wire):
    assert not codec.claims(wire)


# Decoding.


def test_query_call_is_decoded():
    call = decoded(request(query="task_id=1&task_id=2&status=FAILED&page=0", X_Language="zh-cn"))

    assert call.operation == "ListAnimatedGraphicsTask"
    assert call.parameters == {"task_id": ["1", "2"], "status": "FAILED", "page": "0"}
    assert call.place == {"project_id": PROJECT}
    assert call.common["x-language"] == "zh-cn"
    assert call.textual


def test_query_is_percent_decoded():
    assert decoded(request(query="status=a%2Bb+c%20d&task_id=%FF")).parameters == {
        "status": "a+b c d",
        "task_id": "\N{REPLACEMENT CHARACTER}",
    }


def test_body_call_is_decoded():
    call = decoded(request("POST", body=b'{"user_data": "\xc3\xbc", "n": 1}', query="user_data=no"))

    assert call.operation == "CreateAnimatedGraphicsTask"
    assert call.parameters == {"user_data": "ü", "n": 1}
    assert not call.textual


def test_query_member_of_a_body_call_is_decoded():
    call = decoded(request("POST", "/v3/auth/tokens", "nocatalog=true&other=1", b'{"auth": {}}'))

    assert call.parameters == {"nocatalog": "true", "auth": {}}


def test_body_of_a_query_call_does_not_matter():
    assert decoded(request(body=b"{}")).parameters == {}


@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON; charset=UTF-8"])
def test_content_type_with_charset_will_do(content_type):
    assert decoded(request("POST", body=b"{}", Content_Type=content_type)).deferred is None


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp"])
def test_other_content_type_is_refused_later(content_type):
    found = decoded(request("POST", body=b"{}", Content_Type=content_type)).deferred

    assert (found.code, found.reason) == ("MPC.10205", "content-type")


@pytest.mark.parametrize("body", [b"{", b"[]", b"1", b"null", b'"x"', b"\xff", b"a=b", b"{'a': 1}", b'{"a": NaN}'])
def test_body_that_is_no_object_is_refused_later(body):
    found = decoded(request("POST", body=body)).deferred

    assert (found.code, found.reason) == ("MPC.10202", "malformed")


@pytest.mark.parametrize(("body", "content_type"), [(b"{", "application/json"), (b"{}", "text/plain")])
def test_iam_has_its_own_code_for_such_bodies(body, content_type):
    wire = request("POST", "/v3/auth/tokens", body=body, Content_Type=content_type)

    assert decoded(wire).deferred.code == "400"


@pytest.mark.parametrize("name", ["X-Project-Id", "X-Project_Id", "x-project_id"])
def test_project_header_has_to_be_that_of_the_path(name):
    wire = request()

    assert decoded(with_header(wire, name, PROJECT)).deferred is None
    found = decoded(with_header(wire, name, "another")).deferred
    assert (found.code, found.reason) == ("MPC.10208", "project")


@pytest.mark.parametrize("project", ["%7Bproject_id%7D", "{project_id}", "p" * 65])
def test_project_that_is_none_is_refused_later(project):
    found = decoded(request(path=f"/v1/{project}/animated-graphics")).deferred

    assert (found.code, found.reason) == ("MPC.10208", "project")


def test_project_of_64_characters_will_do():
    assert decoded(request(path=f"/v1/{'p' * 64}/animated-graphics")).deferred is None


# What has no operation.


@pytest.mark.parametrize("path", ["/v1/p/nothing", "/v1/p/animated-graphics/", "/v1/animated-graphics", "/v3/unknown"])
def test_unknown_path(path):
    found = refused(request(path=path))

    assert (found.code, found.variant, found.reason) == ("APIGW.0101", "", "unknown-operation")


def test_unknown_path_names_the_nearest():
    assert "the nearest is GET /v1/{project_id}/animated-graphics" in refused(request(path=f"{PATH}/")).detail


@pytest.mark.parametrize(("method", "path"), [("PUT", PATH), ("PATCH", PATH), ("POST", "/v3/projects")])
def test_wrong_method(method, path):
    found = refused(request(method, path))

    assert (found.code, found.variant, found.reason) == ("APIGW.0101", "wrong-method", "wrong-method")


@pytest.mark.parametrize("name", SERVICE.unserved)
def test_unserved_operation_is_known_but_not_there(name):
    binding = SERVICE.unserved[name]
    path = binding["path"].replace("{project_id}", PROJECT)

    found = refused(request(binding["method"], path))

    assert (found.code, found.variant, found.reason) == ("APIGW.0101", "", "unserved")
    assert match_path(SERVICE, binding["method"], path).operation == name


def test_answer_to_an_unserved_operation():
    status, body = Desk().send(request("GET", f"/v1/{PROJECT}/buckets"))

    message = "The API does not exist or has not been published in the environment."
    assert (status, body["error_code"], body["error_msg"]) == (404, "APIGW.0101", message)
    assert len(body["request_id"]) == 32


# Answers.


SUCCESS = Reply({"a": "ü"}, 200, (("X-More", "1"),))


def answer(path=PATH, reply=SUCCESS):
    return codec.encode(codec.open(Wire("GET", path), "0" * 32), reply)


def test_success_is_json_with_a_request_id():
    found = answer()

    assert found.headers == (("Content-Type", "application/json"), ("X-Request-Id", "0" * 32), ("X-More", "1"))
    assert json.loads(found.body) == {"a": "ü"}


def test_success_without_a_body_has_no_content_type():
    found = answer(reply=Reply(None, 204))

    assert found == WireReply(204, (("X-Request-Id", "0" * 32),), b"")


def test_iam_adds_its_trace_id():
    assert answer("/v3/projects").header("x-iam-trace-id") == "0" * 32


@pytest.mark.parametrize(
    ("kind", "code", "variant"),
    [("mpc", "MPC.10202", ""), ("gateway", "APIGW.0301", "unauthorized"), ("iam", "401", "password")],
)
def test_error_has_the_documented_shape(kind, code, variant):
    entry = SERVICE.error(code, variant)
    request_id = ERRORS["gateway"]["request_id"]

    found = codec.refuse(codec.open(Wire("GET", PATH), request_id), entry, entry.message)

    assert json.loads(found.body) == ERRORS[kind]
    assert found.status == entry.status
    assert found.header("x-request-id") == request_id
    assert found.header("content-type") == "application/json"


@pytest.mark.parametrize(("kind", "code"), [("mpc", "MPC.10202"), ("gateway", "APIGW.0301"), ("iam", "401")])
def test_error_is_read_back(kind, code):
    members, error = codec.unwrap(WireReply(400, (), json.dumps(ERRORS[kind]).encode()))

    assert members is None
    assert error[0] == code


def test_success_is_read_back():
    assert codec.unwrap(WireReply(200, (), b'{"total": 0}')) == ({"total": 0}, None)
    assert codec.unwrap(WireReply(204, (), b"")) == (None, None)


def test_request_ids_are_32_hex_digits():
    found = codec.new_request_id(Ids("x"))

    assert len(found) == 32
    assert int(found, 16) >= 0


# There and back.


@pytest.mark.parametrize(
    ("operation", "example"), EXAMPLES, ids=[f"{operation.name}-{example['name']}" for operation, example in EXAMPLES]
)
def test_composed_request_is_decoded_to_the_same_call(operation, example):
    call = decoded(codec.compose(operation, example["call"], SENDER))

    texts = {name: _text(value) for name, value in example["call"].items()}
    assert call.operation == operation.name
    assert call.parameters == (texts if call.textual else example["call"])


def _text(value):
    if isinstance(value, list):
        return [_text(item) for item in value] if len(value) > 1 else _text(value[0])
    return str(value)


def test_composed_request_may_carry_a_token():
    wire = codec.compose(
        SERVICE.operations["ListThumbnailsTask"], {}, Sender("h", "mockcloud", "s", NOW, "n", token="mockcloud-token")
    )

    assert wire.header("x-auth-token") == "mockcloud-token"
    assert wire.header("authorization") is None


def test_token_request_carries_no_credentials():
    operation = SERVICE.operations["KeystoneCreateUserTokenByPassword"]

    wire = codec.compose(operation, {"nocatalog": "true", "auth": {}}, SENDER)

    assert (wire.query, wire.body) == ("nocatalog=true", b'{"auth":{}}')
    assert wire.header("authorization") is None


def test_body_of_more_than_12_mb_is_refused_whatever_the_server_takes():
    most = b" " * (12 << 20)

    assert decoded(request("POST", body=most)).deferred.reason == "malformed"
    found = refused(request("POST", body=most + b" "))
    assert (found.code, found.variant, found.reason) == ("APIGW.0201", "body-too-large", "too-large")


@pytest.mark.parametrize("path", [PATH, "/v3/auth/tokens"])
def test_body_that_is_too_large_is_refused_by_the_gateway(path):
    reply = Desk().engine.refuse(request("POST", path), "too-large", 413).reply

    body = json.loads(reply.body)
    told = (reply.status, body["error_code"], body["error_msg"])
    assert told == (413, "APIGW.0201", "Request entity too large.")
    assert reply.header("x-request-id") == body["request_id"]

"""Which requests are Tencent Cloud's, what they mean, and how answers look."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from mockcloud.ids import Ids
from mockcloud.model import Call, Refusal, Reply, Wire
from mockcloud.pipeline import worded
from mockcloud.providers import NAMES
from mockcloud.providers import provider as provider_named
from mockcloud.providers.tencent import form, sign
from mockcloud.providers.tencent import wire as codec

from .raw import CONTRACTS, CREATE, SCHEMES, SENDER, SERVICE, TEMPLATE, composed, engine, with_header

JSON = ("Content-Type", "application/json")
FORM = ("Content-Type", form.FORM)
FLAT = b"MediaProcessTask.AnimatedGraphicTaskSet.0.Definition=20001&FileId=1"


def _decoded(wire: Wire) -> Call:
    call = codec.open(wire, "ID")
    codec.decode(call, CONTRACTS.service)
    return call


def _refusal(wire: Wire) -> Refusal:
    with pytest.raises(Refusal) as caught:
        _decoded(wire)
    return caught.value


def _message(refusal: Refusal) -> str:
    return worded(SERVICE.error(refusal.code, refusal.variant), refusal.fill, SERVICE, "")


def _body(wire: Wire, body: bytes) -> Wire:
    return replace(wire, body=body)


# What is ours.


@pytest.mark.parametrize(
    "wire",
    [
        *(composed(scheme) for scheme in SCHEMES),
        Wire("POST", "/", "", (("X-TC-Version", "2018-07-17"), JSON), b"{}"),
        Wire("POST", "/x", "", (("x-tc-language", "zh-CN"),)),
        Wire("POST", "/", "", (("Authorization", "TC3-HMAC-SHA256 Credential=x"),)),
        Wire("GET", "/", "Action=PullEvents&SecretId=x"),
        Wire("POST", "/", "", (FORM,), b"Action=PullEvents&Nonce=1&Signature=x"),
        Wire("GET", "/", "Action=PullEvents&SecretId=x&no-equals&A=%FF"),
        Wire("POST", "/", "", (("Content-Type", "text/plain"),), b"Action=PullEvents&SecretId=x\xff"),
    ],
)
def test_ours(wire):
    assert codec.claims(wire)


@pytest.mark.parametrize("scheme", SCHEMES[:2])
def test_headers_are_nobody_elses(scheme):
    assert [name for name in NAMES if provider_named(name).claims(composed(scheme))] == ["tencent"]


def test_the_query_form_is_asked_for_before_that_of_alibaba():
    assert NAMES.index("tencent") < NAMES.index("alibaba")


@pytest.mark.parametrize(
    "wire",
    [
        Wire("GET", "/", "Action=CreateGifTask&AccessKeyId=x&SignatureNonce=1&Signature=y"),
        Wire("GET", "/", "Action=CreateGifTask&AccessKeyId=x&Nonce=1"),
        Wire("POST", "/v1/p/thumbnails", "", (JSON,), b'{"Action": "a", "SecretId": "b"}'),
        Wire("GET", "/", "no-equals"),
        Wire("GET", "/"),
    ],
)
def test_not_ours(wire):
    assert not codec.claims(wire)


# What it means.


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_form_of_a_request_means_the_same(scheme):
    call = _decoded(composed(scheme, {**TEMPLATE, "SubAppId": 7}))
    is_text = scheme != ""
    expected = {name: str(value) for name, value in TEMPLATE.items()} if is_text else TEMPLATE
    assert (call.service, call.operation, call.textual) == ("tencent-vod", CREATE.name, is_text)
    assert call.parameters == expected
    assert (call.common["action"], call.common["version"], call.common["region"]) == (
        "CreateAnimatedGraphicsTemplate",
        "2018-07-17",
        "cn-north-1",
    )
    assert call.common["subappid"] == "7"
    assert call.deferred is None


@pytest.mark.parametrize("scheme", ["", "HmacSHA1"])
def test_a_place_may_leave_the_region_out(scheme):
    assert "region" not in _decoded(composed(scheme, place={"Region": ""})).common
    assert _decoded(composed(scheme, place={"Region": "ap-guangzhou"})).common["region"] == "ap-guangzhou"


def test_nested_values_come_out_of_flattened_names():
    wire = _body(composed("HmacSHA1"), FLAT + b"&Action=ProcessMedia&Version=2018-07-17")
    assert _decoded(wire).parameters == {
        "MediaProcessTask": {"AnimatedGraphicTaskSet": [{"Definition": "20001"}]},
        "FileId": "1",
    }


def test_an_empty_body_is_an_empty_request():
    assert _decoded(_body(composed(), b"")).parameters == {}


def test_a_content_type_may_have_parameters():
    wire = with_header(composed(), "Content-Type", "application/json; charset=utf-8")
    assert _decoded(wire).parameters == TEMPLATE


def test_multipart_parts_are_parameters():
    body = (
        b'--b\r\nContent-Disposition: form-data; name="FileId"\r\n\r\n1\r\n'
        b'--b\r\nContent-Disposition: form-data; name="MediaProcessTask"\r\nContent-Type: application/json\r\n\r\n'
        b'{"AnimatedGraphicTaskSet": [{"Definition": 20001}]}\r\n'
        b'--b\r\nContent-Disposition: form-data; name="TasksPriority"\r\n\r\n10\r\n--b--\r\n'
    )
    wire = with_header(_body(composed(), body), "Content-Type", "multipart/form-data; boundary=b")
    call = _decoded(wire)
    assert call.textual
    assert call.parameters == {
        "FileId": "1",
        "MediaProcessTask": {"AnimatedGraphicTaskSet": [{"Definition": 20001}]},
        "TasksPriority": "10",
    }


@pytest.mark.parametrize("body", [b"", b"--other\r\n\r\n1\r\n--other--\r\n", b"--b\r\n\r\nno name\r\n--b--\r\n"])
def test_a_multipart_body_that_cannot_be_read(body):
    wire = with_header(_body(composed(), body), "Content-Type", "multipart/form-data; boundary=b")
    assert _refusal(wire).code == "InvalidRequest"


# What is refused before anybody asks who it is from.


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "PATCH"])
def test_other_methods(method):
    refusal = _refusal(replace(composed(), method=method))
    assert (refusal.code, _message(refusal)) == (
        "UnsupportedProtocol",
        f"The method `{method}` is not supported, only GET and POST are.",
    )


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{", "no JSON"),
        (b"\xff", "no JSON"),
        (b'{"Fps": NaN}', "no JSON"),
        (b'{"Name": "\\ud800"}', "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[]", "no JSON object"),
        (b"7", "no JSON object"),
        (b"null", "no JSON object"),
    ],
)
def test_bodies_that_are_no_json_objects(body, message):
    refusal = _refusal(_body(composed(), body))
    assert (refusal.code, _message(refusal)) == ("InvalidParameter", f"The request body is not valid: {message}.")


def test_a_pair_of_surrogates_is_one_character():
    assert _decoded(_body(composed(), b'{"Name": "\\ud83d\\ude00"}')).parameters == {"Name": "\U0001f600"}


@pytest.mark.parametrize(
    ("query", "code", "message"),
    [
        ("Action", "InvalidParameter", "Url key and value should be splited by `=`."),
        ("A=%FF", "InvalidParameter", "The request body is not valid: not UTF-8."),
        ("Fps=1&Fps=2", "InvalidParameter", "The parameter `Fps` is not valid."),
        ("A=1&A.B=2", "InvalidParameter", "The parameter `A.B` is not valid."),
    ],
)
@pytest.mark.parametrize("scheme", ["tc3-get", "HmacSHA1-get"])
def test_queries_that_cannot_be_read(scheme, query, code, message):
    refusal = _refusal(replace(composed(scheme), query=query))
    assert (refusal.code, _message(refusal)) == (code, message)


@pytest.mark.parametrize("kind", ["text/plain", form.FORM, None])
def test_a_content_type_that_does_not_go_with_the_signature(kind):
    refusal = _refusal(with_header(composed(), "Content-Type", kind))
    assert refusal.code == "InvalidParameter"
    assert "Content-Type does not go with TC3-HMAC-SHA256" in _message(refusal)


def test_a_form_of_another_content_type():
    refusal = _refusal(with_header(composed("HmacSHA1"), "Content-Type", "text/plain"))
    assert refusal.code == "InvalidParameter"
    assert "Content-Type does not go with HmacSHA1 or HmacSHA256" in _message(refusal)


@pytest.mark.parametrize("scheme", ["", "HmacSHA256"])
@pytest.mark.parametrize("name", ["Action", "Version"])
def test_missing_common_parameter(scheme, name):
    wire = composed(scheme)
    pairs = [pair for pair in form.sent(wire) if pair[0] != name]
    wire = with_header(wire, f"X-TC-{name}", None) if not scheme else _body(wire, form.write(pairs).encode())
    refusal = _refusal(wire)
    assert (refusal.code, _message(refusal)) == (
        "MissingParameter",
        f"The request is missing a required parameter `{name}`.",
    )


def test_another_path():
    assert _refusal(replace(composed(), path="/v2/index.php")).code == "InvalidParameter"


def test_a_form_over_one_megabyte():
    refusal = _refusal(_body(composed("HmacSHA1"), b"A=" + b"x" * 1_048_575))
    assert refusal.code == "AuthFailure.SignatureFailure"
    assert "because of exceeding request size limit" in _message(refusal)
    assert _refusal(_body(composed("HmacSHA1"), b"A=" + b"x" * 1_048_574)).code == "MissingParameter"


@pytest.mark.parametrize(
    ("scheme", "changes"), [("", {"body": b" " * 10_485_761}), ("tc3-get", {"query": "A=" + "x" * 32_767})]
)
def test_requests_over_the_other_limits(scheme, changes):
    refusal = _refusal(replace(composed(scheme), **changes))
    assert (refusal.code, _message(refusal)) == (
        "RequestSizeLimitExceeded",
        "The request is larger than the limit.",
    )


def test_requests_at_the_other_limits():
    assert _decoded(_body(composed(), b" " * 10_485_760)).parameters == {}
    assert _decoded(replace(composed("tc3-get"), query="A=" + "x" * 32_766)).parameters == {"A": "x" * 32_766}


# What is refused after that.


@pytest.mark.parametrize(
    ("header", "value", "code", "message"),
    [
        ("X-TC-Version", "2017-03-12", "NoSuchVersion", "The version `2017-03-12` does not exist."),
        (
            "X-TC-Action",
            "createAnimatedGraphicsTemplate",
            "InvalidAction",
            "The request action=`createAnimatedGraphicsTemplate` is invalid or not found in service=`vod` and "
            "version=`2018-07-17`.",
        ),
        (
            "X-TC-Action",
            "SearchMedia",
            "InvalidAction",
            "The request action=`SearchMedia` exists, but this test double does not serve it.",
        ),
    ],
)
def test_deferred_until_the_signature_was_judged(header, value, code, message):
    wire = with_header(composed(), header, value)
    deferred = _decoded(wire).deferred
    assert deferred is not None
    assert (deferred.code, _message(deferred)) == (code, message)
    strange = engine().handle(with_header(wire, "Authorization", "Basic x"))
    assert b"AuthFailure.InvalidAuthorization" in strange.reply.body


@pytest.mark.parametrize("value", ["seven", -1, True, 1.5])
def test_an_application_that_is_no_number(value):
    deferred = _decoded(_body(composed(), json.dumps({"Fps": 1, "SubAppId": value}).encode())).deferred
    assert deferred is not None
    assert (deferred.code, deferred.fill) == ("InvalidParameter", ("SubAppId",))


# Answers.


def test_success_envelope():
    call = codec.open(composed(), "ed93f3cb-f35e-473f-b9f3-0d451b8b79c6")
    reply = codec.encode(call, Reply({"Definition": 1008, "Name": "模板"}))
    assert reply.status == 200
    assert reply.headers == (("Content-Type", "application/json"),)
    assert json.loads(reply.body) == {
        "Response": {"Definition": 1008, "Name": "模板", "RequestId": "ed93f3cb-f35e-473f-b9f3-0d451b8b79c6"}
    }
    assert codec.unwrap(reply) == ({"Definition": 1008, "Name": "模板"}, None)


def test_error_envelope():
    call = codec.open(composed(), "ID")
    reply = codec.refuse(call, SERVICE.error("InvalidParameterValue.Fps"), "The parameter `Fps` is not valid.")
    assert reply.status == 200
    assert reply.headers == (("Content-Type", "application/json"),)
    error = {"Code": "InvalidParameterValue.Fps", "Message": "The parameter `Fps` is not valid."}
    assert json.loads(reply.body) == {"Response": {"Error": error, "RequestId": "ID"}}
    assert codec.unwrap(reply) == (None, ("InvalidParameterValue.Fps", "The parameter `Fps` is not valid."))


def test_every_documented_error_has_http_status_200():
    assert {entry.status for entry in SERVICE.errors} == {200}


@pytest.mark.parametrize(("trace_id", "given"), [("0b7c-11", "0b7c-11"), ("a b", None), ("x" * 65, None)])
def test_a_trace_id_comes_back(trace_id, given):
    call = codec.open(with_header(composed(), "X-TC-TraceId", trace_id), "ID")
    assert codec.encode(call, Reply(None)).header("x-tc-traceid") == given


def test_request_ids_are_lower_case_uuids():
    found = codec.new_request_id(Ids("seed"))
    assert [len(part) for part in found.split("-")] == [8, 4, 4, 4, 12]
    assert found == found.lower()
    assert found == codec.new_request_id(Ids("seed"))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_engine_answers_every_form(scheme):
    reply = engine().handle(composed(scheme)).reply
    assert codec.unwrap(reply) == ({"Definition": 1008}, None)


def test_nothing_is_left_without_an_envelope():
    for wire in (
        Wire("GET", "/", "Action=%FF&SecretId=x", (("Host", "vod.tencentcloudapi.com"),)),
        Wire("OPTIONS", "*", "", (("Host", "vod.ap-guangzhou.tencentcloudapi.com"),)),
        Wire("POST", "/", "", (("Host", "vod.tencentcloudapi.com"), JSON), b"\x00"),
    ):
        assert set(json.loads(engine().handle(wire).reply.body)["Response"]) == {"Error", "RequestId"}


def test_a_number_of_four_hundred_digits_is_refused_like_any_other():
    found = engine()
    wire = codec.compose(CREATE, {"Fps": 10**400}, SENDER)
    assert codec.unwrap(found.handle(wire).reply)[1] == (
        "InvalidParameterValue.Fps",
        "The parameter `Fps` is not valid.",
    )
    assert found.bugs == 0


def test_auth_off_needs_no_signature():
    found = engine(auth="off")
    bare = Wire("POST", "/", "", (JSON, ("X-TC-Action", "DescribeEventConfig"), ("X-TC-Version", "2018-07-17")), b"{}")
    assert codec.unwrap(found.handle(bare).reply)[0] is not None


def test_lenient_auth_needs_a_name_only():
    found = engine(auth="lenient")
    assert codec.unwrap(found.handle(composed(secret="wrong", now=0)).reply) == ({"Definition": 1008}, None)
    nobody = found.handle(with_header(composed(), "Authorization", None)).reply
    assert codec.unwrap(nobody)[1] == (
        "MissingParameter",
        "The request is missing a required parameter `Authorization`.",
    )


def test_compose_signs_what_it_sends():
    wire = codec.compose(CREATE, TEMPLATE, replace(SENDER, scheme="HmacSHA256", nonce="no number"))
    call = codec.open(wire, "ID")
    assert call.common["nonce"].isdigit()
    assert sign.credentials(call, SERVICE).key_id == "mockcloud"

"""Which requests are Alibaba Cloud's, what they mean, and how answers look."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from mockcloud.contract.spec import ErrorEntry
from mockcloud.ids import Ids
from mockcloud.model import Call, Refusal, Reply, Wire
from mockcloud.pipeline import worded
from mockcloud.providers import Sender
from mockcloud.providers import provider as provider_named
from mockcloud.providers.alibaba import wire as codec
from mockcloud.providers.alibaba.pairs import FORM, parse, write

from .raw import CONTRACTS, FIXTURES, GIF, RECORDED, SENDER, SENDER_V3, SERVICE, edited, engine, recorded

CREATE = SERVICE.operations["CreateGifTask"]
FORM_HEADER = ("Content-Type", FORM)


def _decoded(wire: Wire) -> Call:
    call = codec.open(wire, "ID")
    codec.decode(call, CONTRACTS.service)
    return call


def _refusal(wire: Wire) -> Refusal:
    with pytest.raises(Refusal) as caught:
        _decoded(wire)
    return caught.value


# What is ours.


@pytest.mark.parametrize("row", RECORDED, ids=lambda row: row["name"])
def test_every_official_client_is_claimed_and_by_nobody_else(row):
    wire = recorded(row)
    assert codec.claims(wire)
    assert not provider_named("tencent").claims(wire)


@pytest.mark.parametrize(
    "wire",
    [
        Wire("GET", "/", "Action=CreateGifTask&Version=2019-08-10"),
        Wire("POST", "/", "", (FORM_HEADER,), b"Action=CreateGifTask&AccessKeyId=x"),
        Wire("POST", "/", "", (("x-acs-action", "CreateGifTask"),)),
        Wire("POST", "/x", "", (("Authorization", "ACS3-HMAC-SHA256 Credential=x"),)),
        # Action was forgotten.
        Wire("GET", "/", "Version=2019-08-10&AccessKeyId=x&SignatureNonce=1&Signature=x"),
        Wire("POST", "/", "", (FORM_HEADER,), b"AccessKeyId=x&SignatureNonce=1"),
    ],
)
def test_ours(wire):
    assert codec.claims(wire)


@pytest.mark.parametrize(
    "wire",
    [
        Wire("GET", "/", "Action=DescribeTaskDetail&SecretId=x&Nonce=1&Version=2018-07-17"),
        Wire("GET", "/", "Action=CreateGifTask"),
        Wire("GET", "/v1/regions/cn-north-1/thumbnail", "Action=x&Version=1"),
        Wire("POST", "/v1/p/transcodings", "", (("Authorization", "SDK-HMAC-SHA256 Access=x"),)),
        Wire("GET", "/"),
        Wire("GET", "/", "AccessKeyId=x&Signature=y&Expires=1"),
        Wire("GET", "/", "SecretId=x&AccessKeyId=x&SignatureNonce=1"),
    ],
)
def test_not_ours(wire):
    assert not codec.claims(wire)


# What a request means.


@pytest.mark.parametrize("row", RECORDED, ids=lambda row: row["name"])
def test_recorded_request_is_understood(row):
    call = _decoded(recorded(row))
    assert call.operation in {"CreateGifTask", "SubmitDynamicImageJob"}
    assert call.service == ("alibaba-multimediaai" if call.operation == "CreateGifTask" else "alibaba-vod")
    name, value = ("VideoName", "a b*~'(首)") if call.operation == "CreateGifTask" else ("VideoId", "v 1*~'(!)/:首")
    assert call.parameters[name] == value
    assert not call.parameters.keys() & codec.COMMON
    assert call.textual
    assert call.deferred is None


def test_the_documented_request_is_understood():
    query = (FIXTURES / "multimediaai" / "CreateGifTask.query").read_text("utf-8")
    call = _decoded(Wire("GET", "/", f"{query}&Version=2019-08-10&RegionId=cn-beijing"))
    assert call.parameters == {**GIF, "TemplateId": "1"}


def test_query_and_form_belong_together():
    wire = Wire("POST", "/", "Action=CreateGifTask&Version=2019-08-10&TemplateId=1", (FORM_HEADER,), b"VideoName=x+y")
    assert _decoded(wire).parameters == {"TemplateId": "1", "VideoName": "x y"}


def test_everything_may_stand_in_the_form():
    pairs = write([("Action", "CreateGifTask"), ("Version", "2019-08-10"), ("VideoName", "x")])
    call = _decoded(Wire("POST", "/", "", (FORM_HEADER, ("x-acs-action", "createGifTask")), pairs.encode()))
    assert (call.operation, call.parameters) == ("CreateGifTask", {"VideoName": "x"})


def test_the_parameter_goes_before_the_header():
    wire = Wire(
        "GET",
        "/",
        "Action=CreateGifTask&Version=2019-08-10",
        (("x-acs-action", "createGifTask"), ("x-acs-version", "2017-03-21")),
    )
    call = _decoded(wire)
    assert (call.operation, call.service) == ("CreateGifTask", "alibaba-multimediaai")


def test_headers_alone_name_operation_and_service():
    wire = Wire("POST", "/", "", (("x-acs-action", "SubmitDynamicImageJob"), ("x-acs-version", "2017-03-21")))
    call = _decoded(wire)
    assert (call.operation, call.service, call.format) == ("SubmitDynamicImageJob", "alibaba-vod", "json")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("Action=CreateGifTask", "MissingVersion"),
        ("Action=CreateGifTask&Version=", "MissingVersion"),
        ("Action=CreateGifTask&Version=2014-06-18", "InvalidVersion"),
        ("Version=2019-08-10", "MissingAction"),
        ("Action=createGifTask&Version=2019-08-10", "InvalidApiNotFound"),
        ("Action=DeleteTemplate&Version=2019-08-10", "InvalidApiNotFound"),
        ("Action=SubmitDynamicImageJob&Version=2019-08-10", "InvalidApiNotFound"),
        ("Action=CreateGifTask&Version=2017-03-21", "InvalidAction.NotFound"),
    ],
)
def test_a_request_that_means_nothing(query, code):
    assert _refusal(Wire("GET", "/", query)).code == code


@pytest.mark.parametrize("action", sorted(SERVICE.unserved))
def test_a_console_operation_is_known_by_name_only(action):
    refusal = _refusal(Wire("GET", "/", f"Action={action}&Version=2019-08-10"))
    assert (refusal.code, refusal.reason) == ("InvalidApiNotFound", "unserved")


def test_a_misspelled_operation_is_told_its_neighbour():
    assert "CreateGifTask" in _refusal(Wire("GET", "/", "Action=CreateGiftTask&Version=2019-08-10")).detail


def test_there_is_one_path():
    assert _refusal(Wire("GET", "/api/", "Action=CreateGifTask&Version=2019-08-10")).code == "InvalidApiNotFound"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"])
def test_other_methods_come_first(method):
    assert _refusal(Wire(method, "/", "Action=Nothing")).code == "UnsupportedHTTPMethod"


@pytest.mark.parametrize("version", ["2019-08-10", "2017-03-21"])
def test_version_says_whose_the_request_is_before_anything_is_refused(version):
    call = codec.open(Wire("PUT", "/", f"Action=Nothing&Version={version}", (("Host", "127.0.0.1"),)), "ID")
    with pytest.raises(Refusal, match="UnsupportedHTTPMethod"):
        codec.decode(call, CONTRACTS.service)
    assert CONTRACTS.service(call.service).version == version


@pytest.mark.parametrize(
    ("query", "name"),
    [("VideoName=a&VideoName=b", "VideoName"), ("Video%ff=a", "Video\ufffd"), ("VideoName=%ff", "VideoName")],
)
def test_damage_is_told_after_authentication(query, name):
    call = _decoded(Wire("GET", "/", f"Action=CreateGifTask&Version=2019-08-10&{query}"))
    assert (call.deferred.code, call.deferred.fill) == ("InvalidParameter", (name,))
    json.dumps(call.parameters, ensure_ascii=False).encode()


# Formats.


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("JSON", "json"),
        ("json", "json"),
        ("Json", "json"),
        ("XML", "xml"),
        ("xml", "xml"),
        ("None", "xml"),
        ("", "xml"),
    ],
)
def test_what_is_not_json_is_xml(text, expected):
    assert codec.open(Wire("GET", "/", f"Action=CreateGifTask&Format={text}"), "ID").format == expected


def test_without_a_format_the_answer_is_xml():
    assert codec.open(Wire("GET", "/", "Action=CreateGifTask"), "ID").format == "xml"


def test_version_3_is_always_answered_in_json():
    assert codec.open(edited(codec.compose(CREATE, GIF, SENDER_V3), Format="XML"), "ID").format == "json"


def _call(form: str, operation: str = "CreateGifTask") -> Call:
    wire = Wire("GET", "/", "", (("Host", "multimediaai.cn-beijing.aliyuncs.com"),))
    return Call(wire, "alibaba", SERVICE.id, "7CAB5D5A-575C-4E3D-A659-D1C9F6ABB012", operation, format=form)


def test_success_in_json_is_the_documented_one():
    answer = codec.encode(_call("json"), Reply({"TaskId": 1, "Code": "OK"}))
    assert json.loads(answer.body) == json.loads((FIXTURES / "multimediaai" / "CreateGifTask.json").read_bytes())
    assert b" " not in answer.body
    assert answer.status == 200
    assert dict(answer.headers) == {
        "Content-Type": "application/json;charset=utf-8",
        "x-acs-request-id": "7CAB5D5A-575C-4E3D-A659-D1C9F6ABB012",
    }


def test_success_in_xml_is_the_documented_one_below_a_root():
    answer = codec.encode(_call("xml"), Reply({"TaskId": 1, "Code": "OK"}))
    documented = (FIXTURES / "multimediaai" / "CreateGifTask.xml").read_text("utf-8")
    assert answer.body.decode() == re.sub(r"\s*\n\s*", "", documented)
    assert answer.header("content-type") == "text/xml;charset=utf-8"


def test_success_without_members_has_its_request_id():
    answer = codec.encode(_call("json", "UpdateTemplate"), Reply({}))
    assert json.loads(answer.body) == {"RequestId": "7CAB5D5A-575C-4E3D-A659-D1C9F6ABB012"}


GATEWAY = ErrorEntry("MissingTimestamp", 400, "Timestamp is mandatory for this action.", "G-a", table="gateway")
OWN = ErrorEntry("MissingParameter", 400, "You must specify the parameter %s.", "seed 000")


def test_error_in_json_names_the_host_that_was_called():
    answer = codec.refuse(_call("json"), OWN, "You must specify the parameter VideoUrl.")
    assert answer.status == 400
    assert json.loads(answer.body) == {
        "RequestId": "7CAB5D5A-575C-4E3D-A659-D1C9F6ABB012",
        "HostId": "multimediaai.cn-beijing.aliyuncs.com",
        "Code": "MissingParameter",
        "Message": "You must specify the parameter VideoUrl.",
    }


def test_error_in_xml_has_the_root_error():
    answer = codec.refuse(_call("xml"), OWN, "a < b & c")
    assert answer.header("content-type") == "text/xml;charset=utf-8"
    assert answer.body.decode() == (
        '<?xml version="1.0" encoding="UTF-8"?><Error><RequestId>7CAB5D5A-575C-4E3D-A659-D1C9F6ABB012</RequestId>'
        "<HostId>multimediaai.cn-beijing.aliyuncs.com</HostId><Code>MissingParameter</Code>"
        "<Message>a &lt; b &amp; c</Message></Error>"
    )


def test_the_gateway_recommends():
    answer = codec.refuse(_call("json"), GATEWAY, GATEWAY.message)
    assert json.loads(answer.body)["Recommend"] == (
        "https://api.aliyun.com/troubleshoot?q=MissingTimestamp&product=multimediaai"
        "&requestId=7CAB5D5A-575C-4E3D-A659-D1C9F6ABB012"
    )


def test_request_ids_are_uuids_in_upper_case():
    assert re.fullmatch(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", codec.new_request_id(Ids("x")))


@pytest.mark.parametrize(
    ("host", "service"),
    [
        ("vod.cn-shanghai.aliyuncs.com", "alibaba-vod"),
        ("vod.aliyuncs.com", "alibaba-vod"),
        ("multimediaai.cn-hangzhou.aliyuncs.com", "alibaba-multimediaai"),
        ("127.0.0.1:4580", "alibaba-multimediaai"),
        ("http://127.0.0.1:4580", "alibaba-multimediaai"),
    ],
)
def test_the_host_is_the_best_guess_until_version_is_read(host, service):
    assert codec.open(Wire("GET", "/", "Action=x", (("Host", host),)), "ID").service == service


# Composing and reading back.


@pytest.mark.parametrize("sender", [SENDER, SENDER_V3], ids=["v1", "v3"])
@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a b*~'(首)", "a b*~'(首)"),
        (1, "1"),
        (2.0, "2"),
        (23.976, "23.976"),
        (True, "true"),
        ({"a": [1]}, '{"a":[1]}'),
        ("", ""),
    ],
)
def test_what_is_composed_is_decoded_as_text(sender, value, text):
    assert _decoded(codec.compose(CREATE, {"VideoName": value}, sender)).parameters == {"VideoName": text}


def test_what_is_none_is_not_sent():
    assert _decoded(codec.compose(CREATE, {"VideoName": None}, SENDER)).parameters == {}


@pytest.mark.parametrize("service_id", codec.SERVICES)
def test_composed_requests_reach_their_own_service(service_id):
    operation = next(iter(CONTRACTS.service(service_id).operations.values()))
    assert _decoded(codec.compose(operation, {}, SENDER)).service == service_id


@pytest.mark.parametrize("form", ["json", "xml"])
def test_unwrap_is_the_inverse(form):
    success = codec.encode(_call(form), Reply({"Code": "OK"}))
    error = codec.refuse(_call(form), OWN, "text")
    assert codec.unwrap(success) == ({"Code": "OK"}, None)
    assert codec.unwrap(error) == (None, ("MissingParameter", "text"))


def test_a_success_may_have_code_and_message():
    answer = codec.encode(_call("json", "ProcessOcrAlgorithm"), Reply({"Code": 200, "Message": "OK"}))
    assert codec.unwrap(answer) == ({"Code": 200, "Message": "OK"}, None)


# The whole way through the engine.


def _answer(wire: Wire, **settings):
    return engine(**settings).handle(wire).reply


@pytest.mark.parametrize("entry", SERVICE.errors, ids=lambda entry: f"{entry.code}")
def test_every_error_has_its_status_code_and_message(entry):
    running = engine()
    running.faults.add(SERVICE.id, "CreateGifTask", entry.code, args=["Wanted"])
    answer = running.handle(codec.compose(CREATE, GIF, SENDER)).reply
    told = json.loads(answer.body)
    first = SERVICE.error(entry.code)
    assert answer.status == first.status
    assert (told["Code"], told["Message"]) == (entry.code, worded(first, ("Wanted",), SERVICE, "CreateGifTask"))


def test_a_fault_without_an_argument_names_the_first_required_parameter():
    running = engine()
    running.faults.add(SERVICE.id, "CreateGifTask", "ExistParameter")
    told = json.loads(running.handle(codec.compose(CREATE, GIF, SENDER)).reply.body)
    assert told["Message"] == "The specified parameter ApplicationId exists."


def test_signature_comes_before_faults_and_parameters():
    running = engine()
    running.faults.add(SERVICE.id, "CreateGifTask", "Unauthorized")
    answer = running.handle(codec.compose(CREATE, {}, replace(SENDER, secret="wrong"))).reply
    assert json.loads(answer.body)["Code"] == "SignatureDoesNotMatch"
    assert json.loads(running.handle(codec.compose(CREATE, {}, SENDER)).reply.body)["Code"] == "Unauthorized"
    again = replace(SENDER, nonce="nonce-2")
    assert json.loads(running.handle(codec.compose(CREATE, {}, again)).reply.body)["Code"] == "MissingParameter"


def test_without_authentication_a_plain_address_will_do():
    query = (FIXTURES / "multimediaai" / "CreateGifTask.query").read_text("utf-8")
    answer = _answer(Wire("GET", "/", f"{query}&Version=2019-08-10&Format=JSON"), auth="off")
    assert json.loads(answer.body)["TaskId"] == 1


def test_lenient_wants_credentials_and_verifies_nothing():
    wrong = codec.compose(CREATE, GIF, replace(SENDER, secret="wrong", now=0.0))
    assert json.loads(_answer(wrong, auth="lenient").body)["Code"] == "OK"
    bare = edited(wrong, drop="AccessKeyId")
    assert json.loads(_answer(bare, auth="lenient").body)["Code"] == "MissingAccessKeyId"


@pytest.mark.parametrize("sender", [SENDER, SENDER_V3], ids=["v1", "v3"])
def test_region_and_strangers_are_signed_and_ignored(sender: Sender):
    wire = codec.compose(CREATE, {**GIF, "Scales": "[1]", "Stranger": "x"}, sender)
    assert ("RegionId", "cn-north-1") in parse(wire.query)
    assert _answer(wire).status == 200


def test_without_an_action_the_gateway_says_what_is_missing():
    answer = _answer(edited(codec.compose(CREATE, GIF, SENDER), drop="Action"))
    told = json.loads(answer.body)
    assert (answer.status, told["Code"]) == (400, "MissingAction")
    assert told["Message"] == "Action is mandatory for this action."


@pytest.mark.parametrize(
    ("version", "code", "message"),
    [
        ("2019-08-10", "InvalidParameterLengthLimit", "The maximum length of body is exceeded."),
        ("2017-03-21", "InvalidParameter", 'The specified parameter "body" is not valid.'),
    ],
)
def test_a_body_that_is_too_large_is_refused_by_the_service_of_its_version(version, code, message):
    running = engine()
    wire = Wire("POST", "/", f"Action=AddVodTemplate&Version={version}&Format=JSON&AccessKeyId=x", (FORM_HEADER,))
    answer = running.refuse(wire, "too-large", 413).reply
    told = json.loads(answer.body)
    assert (answer.status, told["Code"], told["Message"]) == (400, code, message)
    (entry,) = running.journal
    assert CONTRACTS.service(entry.service).version == version


@pytest.mark.parametrize(
    ("service_id", "operation", "given"),
    [
        ("alibaba-multimediaai", "ListTasks", {"PageNumber": 1, "PageSize": 10, "Status": "", "ServiceType": ""}),
        ("alibaba-vod", "GetVideoList", {"PageSize": "", "SortBy": "", "StartTime": ""}),
    ],
)
def test_an_empty_value_counts_as_absent_and_is_explained(service_id, operation, given):
    service = CONTRACTS.service(service_id)
    assert _answer(codec.compose(service.operations[operation], given, SENDER)).status == 200
    assert [found["origin"] for found in service.behaviours if found["id"] == "empty-values"] == ["invented"]


HOSTILE = {
    "nothing but an action": Wire("GET", "/", "Action=&Version="),
    "broken escapes": Wire("GET", "/", "Action=CreateGifTask&Version=%zz&%=%"),
    "bytes that are no text": Wire("GET", "/", "Action=%ff&Version=2019-08-10&AccessKeyId=%fe"),
    "a body that is no form": Wire("POST", "/", "Action=x&Version=2019-08-10", (FORM_HEADER,), b"\xff\x00&=\xfe"),
    "an authorization without sense": Wire("POST", "/", "", (("Authorization", "ACS3-,=;,"), ("x-acs-action", "x"))),
    "a header that is no text": Wire("POST", "/", "", (("x-acs-action", "\udcff"), ("x-acs-version", "2019-08-10"))),
    "markup everywhere": Wire("GET", "/", "Action=<x>&Version=<y>&Format=<z>", (("Host", "<h>&"),)),
    "control characters": Wire("GET", "/", "Action=%00%1b&Version=2019-08-10"),
    "no host": Wire("GET", "/", "Action=CreateGifTask&Version=2019-08-10"),
    "a long name": Wire("GET", "/", f"Action={'x' * 100_000}&Version=2019-08-10"),
}


@pytest.mark.parametrize("wire", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("mode", ["strict", "lenient", "off"])
def test_whatever_arrives_is_answered_in_the_own_form(wire, mode):
    running = engine(auth=mode)
    answer = running.handle(wire).reply
    _, (code, message) = codec.unwrap(answer)
    assert 400 <= answer.status < 500
    assert code
    assert message
    assert running.bugs == 0

"""What is on JD Cloud's wire: who claims it, what it means, which envelope an answer has."""

from __future__ import annotations

import json

import pytest

from mockcloud.contract.load import Contracts
from mockcloud.contract.spec import ErrorEntry
from mockcloud.ids import Ids
from mockcloud.model import Call, Refusal, Reply, Wire, WireReply
from mockcloud.providers import Sender
from mockcloud.providers.jdcloud import wire as codec

CONTRACTS = Contracts()
SERVICE = CONTRACTS.service("jdcloud-mps")
THUMBNAIL = "/v1/regions/cn-north-1/thumbnail"


def decoded(method: str, path: str, query: str = "", body: bytes = b"") -> Call:
    call = codec.open(Wire(method, path, query, (("Host", "h"),), body), "r")
    codec.decode(call, CONTRACTS.service)
    return call


def deferred(*request, **more) -> Refusal:
    found = decoded(*request, **more).deferred
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("path", "headers", "is_ours"),
    [
        (THUMBNAIL, (), True),
        ("/v1/regions/cn-north-1/notification", (), True),
        ("/v1/regions/cn-north-1/buckets/b/imageStyles", (), True),
        ("/v1/snapshotTasks", (("Authorization", "JDCLOUD2-HMAC-SHA256 Credential=x"),), True),
        ("/v1/snapshotTasks", (("authorization", "JDCLOUD3-HMAC-SHA256 Credential=x"),), True),
        ("/v1/snapshotTasks", (("X-Jdcloud-Nonce", "n"),), True),
        ("/v1/snapshotTasks", (), False),
        ("/v1/0123456789abcdef0123456789abcdef/thumbnails", (), False),
        ("/v1/regions/thumbnails", (), False),
        ("/v3/auth/tokens", (), False),
        ("/", (("Authorization", "TC3-HMAC-SHA256 Credential=x"),), False),
    ],
)
def test_claims(path, headers, is_ours):
    assert codec.claims(Wire("GET", path, "", headers)) is is_ours


@pytest.mark.parametrize(
    ("method", "path", "operation", "place"),
    [
        ("POST", THUMBNAIL, "createThumbnailTask", {"regionId": "cn-north-1"}),
        ("GET", THUMBNAIL, "listThumbnailTask", {"regionId": "cn-north-1"}),
        ("GET", f"{THUMBNAIL}/a%20b", "getThumbnailTask", {"regionId": "cn-north-1", "taskId": "a b"}),
        ("GET", "/v1/regions/cn-east-2/notification", "getNotification", {"regionId": "cn-east-2"}),
        ("PUT", "/v1/regions/cn-east-2/notification", "setNotification", {"regionId": "cn-east-2"}),
    ],
)
def test_route(method, path, operation, place):
    call = decoded(method, path)
    assert (call.operation, call.place, call.deferred) == (operation, place, None)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", THUMBNAIL),
        ("POST", f"{THUMBNAIL}/abc"),
        ("GET", f"{THUMBNAIL}/"),
        ("GET", f"{THUMBNAIL}/a/b"),
        ("GET", "/v2/regions/cn-north-1/thumbnail"),
    ],
)
def test_no_such_route(method, path):
    refusal = deferred(method, path)
    assert (refusal.code, refusal.variant) == ("NOT_FOUND", "route")


@pytest.mark.parametrize("operation", [*SERVICE.unserved])
def test_documented_but_not_served(operation):
    binding = SERVICE.unserved[operation]
    path = binding["path"].replace("{", "").replace("}", "")
    call = decoded(binding["method"], path)
    assert (call.operation, call.deferred.code, call.deferred.reason) == (operation, "NOT_IMPLEMENTED", "unserved")


def test_query_is_decoded_and_stays_text():
    call = decoded("GET", THUMBNAIL, "limit=10&begin=2018-01-01T00%3A00%3A00.000Z&marker=a%2Bb&status=")
    assert call.textual
    assert call.parameters == {"limit": "10", "begin": "2018-01-01T00:00:00.000Z", "marker": "a+b", "status": ""}


def test_query_of_broken_bytes_is_still_text():
    assert decoded("GET", THUMBNAIL, "marker=%ff\udce9").parameters == {"marker": "\ufffd\ufffd"}


def test_repeated_parameter_is_refused():
    refusal = deferred("GET", THUMBNAIL, "limit=1&limit=2")
    assert (refusal.code, refusal.fill, refusal.reason) == ("INVALID_ARGUMENT", ("limit",), "repeated")


def test_repeated_parameter_that_is_not_documented_is_passed_over():
    assert decoded("GET", THUMBNAIL, "x=1&x=2").deferred is None


def test_body_keeps_its_types():
    body = {"source": {"bucket": "b", "key": "é"}, "rule": {"count": 3, "keyFrame": None}}
    call = decoded("POST", THUMBNAIL, "", json.dumps(body).encode())
    assert not call.textual
    assert call.parameters == body


def test_no_body_is_an_empty_one():
    call = decoded("POST", THUMBNAIL)
    assert (call.parameters, call.deferred) == ({}, None)


@pytest.mark.parametrize("body", [b"{", b"[1]", b'"text"', b"null", b"\xff\xfe", b'{"a": NaN}', b"a=1"])
def test_body_that_is_no_object_is_refused(body):
    refusal = deferred("POST", THUMBNAIL, body=body)
    assert (refusal.code, refusal.fill, refusal.reason) == ("INVALID_ARGUMENT", ("body",), "malformed")


def test_body_of_a_query_is_not_looked_at():
    assert decoded("GET", THUMBNAIL, "limit=1", b"{").parameters == {"limit": "1"}


def test_url_that_is_too_long_is_refused_at_once():
    decoded("GET", THUMBNAIL, "a" * (8192 - len(THUMBNAIL) - 1))
    with pytest.raises(Refusal, match="HTTP_URI_TOO_LONG"):
        decoded("GET", THUMBNAIL, "a" * (8192 - len(THUMBNAIL)))


def test_body_that_is_too_large_is_refused_at_once():
    with pytest.raises(Refusal, match="HTTP_REQUEST_ENTITY_TOO_LARGE"):
        decoded("POST", THUMBNAIL, body=b" " * (100 * 1024 * 1024 + 1))


def opened(request_id: str = "bbf8vinuw9142j3npttfgp2kg4vf9bj7") -> Call:
    return codec.open(Wire("GET", THUMBNAIL), request_id)


def test_success_envelope():
    reply = codec.encode(opened("abc"), Reply({"thumbnailTaskID": {"taskID": "1"}}))
    assert reply.status == 200
    assert json.loads(reply.body) == {"requestId": "abc", "result": {"thumbnailTaskID": {"taskID": "1"}}}
    assert reply.header("content-type") == "application/json"
    assert reply.header("x-jdcloud-request-id") == "abc"


def test_success_without_a_result():
    assert json.loads(codec.encode(opened("abc"), Reply(None)).body) == {"requestId": "abc"}


def test_error_envelope_of_the_documents():
    entry = ErrorEntry("ACCESS_ERROR", 401, "lack of header authorization [gw]", "GW")
    reply = codec.refuse(opened(), entry, entry.message)
    assert reply.status == 401
    assert json.loads(reply.body) == {
        "requestId": "bbf8vinuw9142j3npttfgp2kg4vf9bj7",
        "error": {"status": "ACCESS_ERROR", "code": 401, "message": "lack of header authorization [gw]"},
    }
    assert reply.header("x-jdcloud-request-id") == "bbf8vinuw9142j3npttfgp2kg4vf9bj7"


SHAPES = ["documented", "sdk", "both"]
WRAPPED = [
    ("thumbnailTaskID", {"taskID": "1"}),
    ("thumbnailTask", {"taskID": "1", "source": {}, "target": {}}),
    ("thumbnailQuery", {"limit": 1, "truncated": False, "taskList": []}),
    ("notification", {"enabled": False}),
]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("wrapper", "members"), WRAPPED, ids=[wrapper for wrapper, _ in WRAPPED])
def test_unwrap_gives_the_documented_form_of_any_shape(wrapper, members, shape):
    reply = codec.encode(opened(), Reply(codec.flat_and_wrapped(wrapper, members, shape)))
    assert codec.unwrap(reply) == ({wrapper: members}, None)


def test_shapes_on_the_wire():
    shaped = [codec.flat_and_wrapped("thumbnailTaskID", {"taskID": "1"}, shape) for shape in SHAPES]
    assert shaped == [
        {"thumbnailTaskID": {"taskID": "1"}},
        {"taskID": "1"},
        {"thumbnailTaskID": {"taskID": "1"}, "taskID": "1"},
    ]


def test_unwrap_of_an_error_and_of_nothing():
    assert codec.unwrap(codec.refuse(opened(), ErrorEntry("NOT_FOUND", 404, "", "GW"), "no")) == (
        None,
        ("NOT_FOUND", "no"),
    )
    assert codec.unwrap(WireReply(200, (), b'{"requestId": "1"}')) == (None, None)


def sender(**more) -> Sender:
    return Sender("127.0.0.1:8080", "mockcloud", "mockcloud-secret", 1_767_323_045.0, "n", **more)


@pytest.mark.parametrize(
    ("name", "parameters", "place"),
    [
        ("createThumbnailTask", {"source": {"bucket": "b", "key": "k"}}, {"regionId": "cn-north-1"}),
        ("listThumbnailTask", {"limit": "10", "begin": "2018-01-01T00:00:00.000Z"}, {"regionId": "cn-east-2"}),
        ("getThumbnailTask", {}, {"regionId": "cn-north-1", "taskId": "a b/c"}),
        ("setNotification", {"enabled": True}, {"regionId": "cn-north-1"}),
    ],
)
def test_decode_is_the_inverse_of_compose(name, parameters, place):
    wire = codec.compose(SERVICE.operations[name], parameters, sender(place=place))
    call = codec.open(wire, "r")
    codec.decode(call, CONTRACTS.service)
    assert (call.operation, call.parameters, call.place, call.deferred) == (name, parameters, place, None)
    assert call.common == {"x-jdcloud-date": "20260102T030405Z", "x-jdcloud-nonce": "n"}


@pytest.mark.parametrize(("scheme", "algorithm"), [("", "JDCLOUD2"), ("2", "JDCLOUD2"), ("3", "JDCLOUD3")])
def test_compose_signs_in_either_generation(scheme, algorithm):
    wire = codec.compose(SERVICE.operations["listThumbnailTask"], {}, sender(scheme=scheme))
    assert wire.header("authorization").startswith(f"{algorithm}-HMAC-SHA256 Credential=mockcloud/20260102/cn-north-1/")


def test_compose_writes_values_of_a_query_as_text():
    wire = codec.compose(SERVICE.operations["listThumbnailTask"], {"limit": 5, "x": True}, sender())
    assert wire.query == "limit=5&x=true"


def test_request_id_has_the_published_form():
    made = codec.new_request_id(Ids("seed"))
    assert len(made) == 32
    assert set(made) <= set("0123456789abcdefghijklmnopqrstuvwxyz")

"""Who a request is from: the order of the checks, their codes and messages, and what is said of a wrong signature."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from mockcloud.gate import Gate
from mockcloud.model import Refusal, Wire
from mockcloud.pipeline import worded
from mockcloud.providers.tencent import form, sign, tc3, v1
from mockcloud.providers.tencent import wire as codec

from .raw import CONTRACTS, NOW, SCHEMES, SENDER, SERVICE, composed, with_header

GATE = Gate(wall=lambda: NOW)


def _account(wire: Wire, gate: Gate = GATE) -> str:
    call = codec.open(wire, "ID")
    codec.decode(call, CONTRACTS.service)
    return sign.verify(call, sign.credentials(call, SERVICE), SERVICE, gate)


def _refused(wire: Wire, gate: Gate = GATE) -> Refusal:
    with pytest.raises(Refusal) as caught:
        _account(wire, gate)
    return caught.value


def _message(refusal: Refusal) -> str:
    return worded(SERVICE.error(refusal.code, refusal.variant), refusal.fill, SERVICE, "")


def _resigned(wire: Wire, **changes: str) -> Wire:
    """A v1 request with parameters changed before it is signed."""
    pairs = [(name, changes.get(name, value)) for name, value in form.sent(wire) if name != "Signature"]
    text = v1.source("POST", "127.0.0.1:4580", pairs)
    signature = v1.signature("mockcloud-secret", text, v1.digest_of(dict(pairs)["SignatureMethod"]))
    return replace(wire, body=form.write([*pairs, ("Signature", signature)]).encode())


def _authorization(wire: Wire, **changes: str) -> Wire:
    header = wire.header("authorization") or ""
    for old, new in changes.items():
        header = header.replace(old, new)
    return with_header(wire, "Authorization", header)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_right_signature_names_the_account(scheme):
    assert _account(composed(scheme)) == "mockcloud"
    assert _account(composed(scheme, key_id="mockcloud-seven")) == "mockcloud-seven"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_same_request_is_accepted_twice(scheme):
    wire = composed(scheme)
    assert (_account(wire), _account(wire)) == ("mockcloud", "mockcloud")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_wrong_secret_is_found(scheme):
    refusal = _refused(composed(scheme, secret="another"))
    assert refusal.code == "AuthFailure.SignatureFailure"
    assert _message(refusal) == (
        "The provided credentials could not be validated. Please check your signature is correct."
    )
    assert refusal.diagnosis["theirs"] is None
    assert "secret key is probably wrong" in refusal.diagnosis["difference"]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("seconds", [-300, 300])
def test_a_time_stamp_at_the_edge_is_accepted(scheme, seconds):
    assert _account(composed(scheme, now=NOW + seconds)) == "mockcloud"


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_time_stamp_beyond_the_edge_has_expired(scheme, seconds):
    refusal = _refused(composed(scheme, now=NOW + seconds))
    assert refusal.code == "AuthFailure.SignatureExpire"
    assert _message(refusal) == (
        "Signature expired. Please use local time and enable NTP service for time synchronization to avoid a "
        "deviation between `Timestamp` and the server time 1600000000."
    )
    assert f"{seconds:+d} s" in refusal.detail


def test_the_time_stamp_is_judged_before_the_key_and_the_key_before_the_signature():
    late = composed(now=NOW - 999, key_id="stranger", secret="another")
    assert _refused(late).code == "AuthFailure.SignatureExpire"
    assert _refused(composed(key_id="stranger", secret="another")).code == "AuthFailure.SecretIdNotFound"


@pytest.mark.parametrize("key_id", ["stranger", "mock cloud", "mockcloud2"])
@pytest.mark.parametrize("scheme", ["", "HmacSHA256"])
def test_an_unknown_key_is_not_found(scheme, key_id):
    refusal = _refused(composed(scheme, key_id=key_id))
    assert refusal.code == "AuthFailure.SecretIdNotFound"
    assert _message(refusal) == "The SecretId is not found, please ensure that your SecretId is correct."


@pytest.mark.parametrize(("header", "name"), [("X-TC-Timestamp", "Timestamp"), ("Authorization", "Authorization")])
def test_missing_header(header, name):
    refusal = _refused(with_header(composed(), header, None))
    assert (refusal.code, _message(refusal)) == (
        "MissingParameter",
        f"The request is missing a required parameter `{name}`.",
    )


@pytest.mark.parametrize("name", ["Timestamp", "Nonce", "SecretId", "Signature"])
def test_missing_parameter_of_version_1(name):
    wire = composed("HmacSHA1")
    pairs = [pair for pair in form.sent(wire) if pair[0] != name]
    refusal = _refused(replace(wire, body=form.write(pairs).encode()))
    assert (refusal.code, refusal.fill) == ("MissingParameter", (name,))


@pytest.mark.parametrize("value", ["soon", "-1", "1.5", "٣"])
def test_a_time_stamp_that_is_no_number(value):
    refusal = _refused(with_header(composed(), "X-TC-Timestamp", value))
    assert (refusal.code, _message(refusal)) == (
        "InvalidParameter",
        "The value type of parameter `Timestamp` is not valid.",
    )


def test_a_nonce_that_is_no_number():
    refusal = _refused(_resigned(composed("HmacSHA1"), Nonce="seven"))
    assert (refusal.code, refusal.fill) == ("InvalidParameter", ("Nonce",))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"TC3-HMAC-SHA256": "TC3-HMAC-SHA1"}, "`Algorithm` not valid."),
        ({"Credential=": "Cred="}, "`Credential` not valid."),
        ({"Signature=": "Sign="}, "`Signature` not valid."),
        ({"content-type;host": "host"}, "`SignedHeaders` not valid."),
        ({"SignedHeaders=content-type;host": "SignedHeaders="}, "`SignedHeaders` not valid."),
        ({"mockcloud/2020-09-13/vod/": "mockcloud/"}, "`Credential` not valid."),
        ({"/vod/": "//"}, "`Service` in Credential not valid."),
        ({"/vod/": "/云/"}, "`Service` in Credential not valid."),
        ({"2020-09-13": "2020-09-12"}, "`Date` in Credential not valid."),
        ({"tc3_request": "tc3"}, "`tc3_request` in Credential not valid."),
    ],
)
def test_an_authorization_of_another_form(changes, message):
    refusal = _refused(_authorization(composed(), **changes))
    assert refusal.code == "AuthFailure.InvalidAuthorization"
    assert _message(refusal) == (
        f"The request `Authorization` header does not conform to tencentcloud standards: {message}"
    )


def test_the_service_of_the_scope_and_the_port_of_the_host_are_the_clients_choice():
    """The Node client names the first label of the endpoint and signs the host without its port."""
    wire = composed()
    bare = with_header(wire, "Authorization", None)
    for service in ("127", "localhost:8080", "cvm"):
        signer = tc3.Signer("2020-09-13", service, str(int(NOW)))
        for host in ("127.0.0.1", "127.0.0.1:4580"):
            signature = signer.signature("mockcloud-secret", tc3.canonical(bare, "content-type;host", host).text())
            header = (
                f"TC3-HMAC-SHA256 Credential=mockcloud/2020-09-13/{service}/tc3_request, "
                f"SignedHeaders=content-type;host, Signature={signature}"
            )
            assert _account(with_header(bare, "Authorization", header)) == "mockcloud"


def test_action_is_not_covered_but_the_body_is():
    wire = composed()
    assert _account(with_header(wire, "X-TC-Action", "PullEvents")) == "mockcloud"
    assert _refused(replace(wire, body=b'{"Fps": 11}')).code == "AuthFailure.SignatureFailure"


def test_more_signed_headers_are_covered():
    wire = with_header(composed(), "Authorization", None)
    signer = tc3.Signer("2020-09-13", "vod", str(int(NOW)))
    names = "content-type;host;x-tc-action"
    signature = signer.signature("mockcloud-secret", tc3.canonical(wire, names).text())
    header = (
        f"TC3-HMAC-SHA256 Credential=mockcloud/2020-09-13/vod/tc3_request,SignedHeaders={names},Signature={signature}"
    )
    signed = with_header(wire, "Authorization", header)
    assert _account(signed) == "mockcloud"
    assert _refused(with_header(signed, "X-TC-Action", "PullEvents")).code == "AuthFailure.SignatureFailure"


def test_an_unsigned_payload_may_change():
    unsigned = with_header(with_header(composed(), "Authorization", None), "X-TC-Timestamp", None)
    wire = sign.sign(with_header(unsigned, "X-TC-Content-SHA256", "UNSIGNED-PAYLOAD"), SENDER)
    assert _account(replace(wire, body=b'{"Fps": 11}')) == "mockcloud"


def test_the_wall_clock_judges():
    later = Gate(wall=lambda: NOW + 301)
    assert _refused(composed(), later).code == "AuthFailure.SignatureExpire"


# What is said of a wrong signature.


def _signed_as(wire: Wire, canonical: str, secret: str = "mockcloud-secret", **signer: str) -> Wire:
    made = tc3.Signer(**{"day": "2020-09-13", "service": "vod", "timestamp": str(int(NOW)), **signer})
    right = (wire.header("authorization") or "").rpartition("Signature=")[2]
    return _authorization(wire, **{right: made.signature(secret, canonical)})


@pytest.mark.parametrize(
    ("scheme", "change", "difference"),
    [
        ("", {"payload": tc3.UNSIGNED}, "UNSIGNED-PAYLOAD was put in place of the hash"),
        ("", {"payload": tc3.EMPTY_SHA256}, "the body was hashed as empty"),
        ("", {"method": "GET"}, "the method was taken for GET"),
        ("", {"path": ""}, "the path was left empty"),
        ("tc3-get", {"query": ""}, "the query was left out"),
    ],
)
def test_a_usual_mistake_is_named(scheme, change, difference):
    wire = composed(scheme)
    theirs = replace(tc3.canonical(wire, "content-type;host"), **change).text()
    refusal = _refused(_signed_as(wire, theirs))
    assert refusal.reason == "signature"
    assert refusal.diagnosis["theirs"] == theirs
    assert refusal.diagnosis["difference"].startswith(f"{difference}; line ")
    assert refusal.diagnosis["ours"] == tc3.canonical(wire, "content-type;host").text()


def test_a_sorted_query_is_named():
    wire = composed("tc3-get")
    ours = tc3.canonical(wire, "content-type;host")
    theirs = replace(ours, query="&".join(sorted(ours.query.split("&")))).text()
    assert _refused(_signed_as(wire, theirs)).diagnosis["difference"].startswith("the query was sorted")


def test_the_host_of_the_real_service_is_named():
    wire = composed()
    theirs = tc3.canonical(wire, "content-type;host", "vod.tencentcloudapi.com").text()
    difference = _refused(_signed_as(wire, theirs)).diagnosis["difference"]
    assert difference == (
        "the host was signed as that of the real service; line 5, column 6: "
        "here '127.0.0.1:4580\\n\\ncontent-', there 'vod.tencentcloudapi.com\\n'"
    )


def test_a_body_that_was_serialized_twice_is_named():
    wire = composed()
    compact = json.dumps(json.loads(wire.body), separators=(",", ":")).encode()
    theirs = tc3.canonical(replace(wire, body=compact), "content-type;host").text()
    assert "another serialization of the body" in _refused(_signed_as(wire, theirs)).diagnosis["difference"]


def test_a_key_without_its_prefix_is_named():
    wire = composed()
    ours = tc3.canonical(wire, "content-type;host").text()
    signer = tc3.Signer("2020-09-13", "vod", str(int(NOW)))
    key = signer.key("mockcloud-secret", "")
    wrong = tc3.hmac_sha256(key, signer.string_to_sign(ours)).hex()
    right = (wire.header("authorization") or "").rpartition("Signature=")[2]
    difference = _refused(_authorization(wire, **{right: wrong})).diagnosis["difference"]
    assert difference == "the secret key was used without 'TC3' before it"


@pytest.mark.parametrize(
    ("make", "difference"),
    [
        (lambda pairs: v1.source("POST", "127.0.0.1:4580", pairs).replace("/?", "?"), "the '/' behind the host"),
        (lambda pairs: v1.source("GET", "127.0.0.1:4580", pairs), "the method was taken for GET"),
        (lambda pairs: v1.source("POST", "vod.tencentcloudapi.com", pairs), "the host was signed as that of the real"),
    ],
)
def test_a_usual_mistake_of_version_1_is_named(make, difference):
    wire = composed("HmacSHA256")
    pairs = [pair for pair in form.sent(wire) if pair[0] != "Signature"]
    wrong = v1.signature("mockcloud-secret", make(pairs), "sha256")
    refusal = _refused(replace(wire, body=form.write([*pairs, ("Signature", wrong)]).encode()))
    assert refusal.diagnosis["difference"].startswith(difference)


def test_a_signature_that_was_not_encoded_is_named():
    for number in range(1, 200):
        wire = composed("HmacSHA1", nonce=str(number))
        pairs = form.sent(wire)
        if "+" in dict(pairs)["Signature"]:
            break
    spoiled = [(name, value.replace("+", " ") if name == "Signature" else value) for name, value in pairs]
    refusal = _refused(replace(wire, body=form.write(spoiled).encode()))
    assert refusal.diagnosis["difference"].startswith("the signature was not encoded")

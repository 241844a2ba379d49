"""Who may come in: recorded clients, order of the checks, time, nonces, and what is said about wrong signatures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mockcloud.gate import Gate
from mockcloud.model import Refusal, Wire
from mockcloud.providers import alibaba
from mockcloud.providers.alibaba import sign, sign_v1, sign_v3
from mockcloud.providers.alibaba.pairs import form_text, parse, read
from mockcloud.providers.alibaba.wire import compose

from .raw import GIF, NOW, RECORDED, SENDER, SENDER_V3, SERVICE, edited, recorded, with_header

CREATE = SERVICE.operations["CreateGifTask"]
V1 = compose(CREATE, {**GIF, "VideoName": "a b*~/%2F", "aZ": ""}, SENDER)
V3 = compose(CREATE, {**GIF, "VideoName": "a b*~/%", "Aa": "x", "aZ": ""}, SENDER_V3)


def _enter(wire: Wire, gate: Gate | None = None) -> str:
    call = alibaba.open(wire, "ID")
    return alibaba.verify(call, alibaba.credentials(call, SERVICE), SERVICE, gate or Gate(wall=lambda: NOW))


def _refusal(wire: Wire, gate: Gate | None = None) -> Refusal:
    with pytest.raises(Refusal) as caught:
        _enter(wire, gate)
    return caught.value


@pytest.mark.parametrize("row", RECORDED, ids=lambda row: row["name"])
def test_recorded_request_of_an_official_client_comes_in(row):
    wall = sign.read_stamp(row["date"])
    assert _enter(recorded(row), Gate(wall=lambda: wall)) == "mockcloud"


@pytest.mark.parametrize("wire", [V1, V3], ids=["v1", "v3"])
def test_what_sign_makes_comes_in(wire):
    assert _enter(wire) == "mockcloud"


@pytest.mark.parametrize("sender", [SENDER, SENDER_V3], ids=["v1", "v3"])
def test_every_access_key_is_an_account(sender):
    assert _enter(compose(CREATE, GIF, replace(sender, key_id="mockcloud-other"))) == "mockcloud-other"


@pytest.mark.parametrize(
    "name", ["AccessKeyId", "Signature", "SignatureMethod", "SignatureVersion", "SignatureNonce", "Timestamp"]
)
@pytest.mark.parametrize("how", ["absent", "empty"])
def test_a_common_parameter_of_version_1_is_missing(name, how):
    wire = edited(V1, drop=name) if how == "absent" else edited(V1, **{name: ""})
    refusal = _refusal(wire)
    assert refusal.code == f"Missing{name}"
    assert SERVICE.error(refusal.code).message == f"{name} is mandatory for this action."


@pytest.mark.parametrize(
    ("header", "value", "code"),
    [
        ("authorization", None, "MissingAccessKeyId"),
        ("authorization", "ACS3-HMAC-SHA256 SignedHeaders=host,Signature=00", "MissingAccessKeyId"),
        ("authorization", "ACS3-HMAC-SHA256 Credential=mockcloud,SignedHeaders=host", "MissingSignature"),
        (
            "authorization",
            "ACS3-RSA-SHA256 Credential=mockcloud,SignedHeaders=host,Signature=00",
            "InvalidSignatureMethod",
        ),
        ("x-acs-signature-nonce", None, "MissingSignatureNonce"),
        ("x-acs-date", None, "MissingTimestamp"),
    ],
)
def test_a_header_of_version_3_is_missing_or_of_another_scheme(header, value, code):
    assert _refusal(with_header(V3, header, value)).code == code


def test_version_3_with_no_signed_headers_does_not_match():
    wire = with_header(V3, "authorization", "ACS3-HMAC-SHA256 Credential=mockcloud,Signature=00")
    assert _refusal(wire).code == "SignatureDoesNotMatch"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"SignatureMethod": "HMAC-MD5"}, "InvalidSignatureMethod"),
        ({"SignatureVersion": "2.0"}, "InvalidSignatureVersion"),
    ],
)
def test_another_scheme_of_version_1(changes, code):
    assert _refusal(edited(V1, **changes)).code == code


def test_the_method_may_be_spelled_as_one_sample_has_it():
    wire = sign.sign(Wire("GET", "/", "Action=CreateGifTask&SignatureMethod=Hmac-SHA1"), SENDER)
    pairs = [pair for pair in parse(wire.query) if pair not in {("SignatureMethod", "HMAC-SHA1"), ("Signature", "")}]
    pairs = [(name, value) for name, value in pairs if name != "Signature"]
    signature = sign_v1.signature(SENDER.secret, sign_v1.string_to_sign("GET", pairs))
    query = "&".join(f"{name}={value}" for name, value in pairs)
    assert _enter(replace(wire, query=f"{query}&Signature={signature.replace('+', '%2B')}")) == "mockcloud"


@pytest.mark.parametrize(
    "text", ["2020-09-13 12:26:40", "2020-09-13T12:26:40.000Z", "2020-13-13T12:26:40Z", "1600000000"]
)
@pytest.mark.parametrize("scheme", ["v1", "v3"])
def test_a_time_in_another_form(text, scheme):
    wire = edited(V1, Timestamp=text) if scheme == "v1" else with_header(V3, "x-acs-date", text)
    assert _refusal(wire).code == "InvalidTimeStamp.Format"


@pytest.mark.parametrize("sender", [SENDER, SENDER_V3], ids=["v1", "v3"])
@pytest.mark.parametrize("away", [-900, -600, 600, 900])
def test_fifteen_minutes_either_way_are_allowed(sender, away):
    assert _enter(compose(CREATE, GIF, replace(sender, now=NOW + away))) == "mockcloud"


@pytest.mark.parametrize("sender", [SENDER, SENDER_V3], ids=["v1", "v3"])
@pytest.mark.parametrize("away", [-1200, -901, 901, 1200])
def test_more_than_fifteen_minutes_are_not(sender, away):
    assert _refusal(compose(CREATE, GIF, replace(sender, now=NOW + away))).code == "InvalidTimeStamp.Expired"


def test_an_unknown_access_key():
    refusal = _refusal(compose(CREATE, GIF, replace(SENDER, key_id="LTAI-somebody")))
    assert (refusal.code, SERVICE.error(refusal.code).status) == ("InvalidAccessKeyId.NotFound", 404)
    assert "mockcloud" in refusal.detail


def test_a_nonce_is_used_once_in_both_generations():
    gate = Gate(wall=lambda: NOW)
    _enter(V1, gate)
    assert _refusal(V1, gate).code == "SignatureNonceUsed"
    assert _refusal(V3, gate).code == "SignatureNonceUsed"


def test_a_nonce_belongs_to_one_access_key():
    gate = Gate(wall=lambda: NOW)
    _enter(V1, gate)
    assert _enter(compose(CREATE, GIF, replace(SENDER, key_id="mockcloud-other")), gate) == "mockcloud-other"


def test_a_nonce_is_forgotten_after_fifteen_minutes():
    times = [NOW]
    gate = Gate(wall=lambda: times[0])
    _enter(V1, gate)
    times[0] = NOW + 901
    assert _enter(compose(CREATE, GIF, replace(SENDER, now=times[0])), gate) == "mockcloud"


def test_only_a_right_signature_makes_a_nonce_used():
    gate = Gate(wall=lambda: NOW)
    _refusal(compose(CREATE, GIF, replace(SENDER, secret="wrong")), gate)
    assert _enter(V1, gate) == "mockcloud"


@pytest.mark.parametrize(
    ("wire", "code"),
    [
        (edited(V1, AccessKeyId="", Timestamp="never"), "MissingAccessKeyId"),
        (edited(V1, Timestamp="never", AccessKeyId="unknown"), "InvalidTimeStamp.Format"),
        (edited(V1, Timestamp="2019-01-01T00:00:00Z", AccessKeyId="unknown"), "InvalidTimeStamp.Expired"),
        (edited(V1, AccessKeyId="unknown", Signature="wrong"), "InvalidAccessKeyId.NotFound"),
        (edited(V1, Signature="wrong"), "SignatureDoesNotMatch"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_order_of_the_checks(wire, code):
    assert _refusal(wire).code == code


def test_a_used_nonce_is_told_before_a_wrong_signature():
    gate = Gate(wall=lambda: NOW)
    _enter(V1, gate)
    assert _refusal(edited(V1, Signature="wrong"), gate).code == "SignatureNonceUsed"


def test_the_message_holds_our_string_to_sign_without_a_colon_of_its_own():
    refusal = _refusal(edited(V1, Signature="wrong"))
    text = sign_v1.string_to_sign("POST", parse(V1.query) + parse(form_text(V1)))
    assert refusal.fill == (text,)
    assert ":" not in text


def test_the_message_of_version_3_holds_its_string_to_sign():
    refusal = _refusal(with_header(V3, "x-acs-signature-nonce", "other"))
    algorithm, digest = refusal.fill[0].split("\n")
    assert algorithm == "ACS3-HMAC-SHA256"
    assert len(digest) == 64


def _v1_mistakes():
    query, form = parse(V1.query), parse(form_text(V1))
    return list(sign_v1.mistakes("POST", query, form, SENDER.secret))


def _v3_mistakes():
    _, parts = sign_v3.parse_authorization(V3.header("authorization"))
    return list(sign_v3.mistakes(V3, parts["SignedHeaders"], SENDER.secret))


@pytest.mark.parametrize("mistake", _v1_mistakes(), ids=lambda mistake: mistake[0])
def test_a_mistake_of_version_1_is_named(mistake):
    what, theirs, signature = mistake
    refusal = _refusal(edited(V1, Signature=signature))
    assert refusal.diagnosis["difference"].startswith(what)
    assert refusal.diagnosis["theirs"] == theirs


@pytest.mark.parametrize("part", ["without its port", "in place of its hash", "'&' behind it", "left out"])
def test_a_mistake_of_version_3_is_named(part):
    what, theirs, signature = next(found for found in _v3_mistakes() if part in found[0])
    _, parts = sign_v3.parse_authorization(V3.header("authorization"))
    header = sign_v3.authorization("mockcloud", parts["SignedHeaders"], signature)
    refusal = _refusal(with_header(V3, "authorization", header))
    assert refusal.diagnosis["difference"].startswith(what)
    assert refusal.diagnosis["theirs"] == theirs


def test_a_difference_says_where_the_strings_part():
    unsorted = sign_v1.string_as_is("POST", parse(V1.query) + parse(form_text(V1)))
    refusal = _refusal(edited(V1, Signature=sign_v1.signature(SENDER.secret, unsorted)))
    assert "wire order: line 1, column" in refusal.detail


def test_a_wrong_secret_is_no_known_mistake():
    refusal = _refusal(compose(CREATE, GIF, replace(SENDER, secret="wrong")))
    assert refusal.diagnosis["theirs"] is None
    assert "secret is probably wrong" in refusal.detail


def test_bytes_that_are_no_text_are_signed_as_they_are():
    query = "Action=CreateGifTask&VideoName=%ff"
    assert _enter(sign.sign(Wire("GET", "/", query), SENDER)) == "mockcloud"


def test_a_strange_header_cannot_break_the_diagnosis():
    refusal = _refusal(with_header(V3, "host", "h\udcffst"))
    assert refusal.diagnosis["ours"].encode()


@pytest.mark.parametrize(
    ("wire", "is_v3"),
    [
        (V1, False),
        (V3, True),
        (with_header(V1, "x-acs-action", "CreateGifTask"), False),
        (with_header(V3, "authorization", None), True),
        (Wire("GET", "/", "Version=2019-08-10"), False),
    ],
)
def test_which_generation_a_request_uses(wire, is_v3):
    assert sign.is_v3(wire, read(wire)) is is_v3


def test_stamps_are_read_as_they_are_written():
    assert sign.stamp(NOW) == "2020-09-13T12:26:40Z"
    assert sign.read_stamp("2020-09-13T12:26:40Z") == NOW

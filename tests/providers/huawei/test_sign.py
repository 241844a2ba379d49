"""Signature vectors, and every way in which credentials are refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mockcloud.gate import TOKEN, Gate
from mockcloud.model import Refusal, Wire
from mockcloud.pipeline import worded
from mockcloud.providers.huawei import sign
from mockcloud.providers.huawei import wire as codec
from mockcloud.providers.huawei.tokens import make_token
from mockcloud.providers.signing import sha256_hex

from .raw import CONTRACTS, NOW, PATH, PROJECT, SERVICE, VECTORS, decoded, request, with_header

PREFIX = "Incorrect IAM authentication information: "


def vector_wire(vector):
    headers = tuple((name, value) for name, value in VECTORS["headers"])
    return Wire(vector["method"], VECTORS["path"], vector["query"], headers, vector["body"].encode())


def vector_proof(vector):
    return sign.Proof(VECTORS["key"], tuple(VECTORS["signed"]), vector["signature"], "20201119T103652Z")


def gate(now=NOW, mode="strict"):
    return Gate(mode, lambda: now)


def signed(method="GET", query="", body=b"", key="mockcloud", secret="mockcloud-secret", now=NOW, path=PATH, **headers):
    """A signed request without a token."""
    return sign.sign(request(method, path, query, body, X_Auth_Token="", **headers), key, secret, now)


def judge(wire, at=None):
    """The account of a request, by credentials and verify."""
    call = decoded(wire)
    return sign.verify(call, sign.credentials(call, SERVICE), SERVICE, at or gate())


def refusal(wire, at=None):
    """(status, code, message) of the refusal that a request meets."""
    call = codec.open(wire, "0" * 32)
    codec.decode(call, CONTRACTS.service)
    with pytest.raises(Refusal) as caught:
        sign.verify(call, sign.credentials(call, SERVICE), SERVICE, at or gate())
    found = caught.value
    entry = SERVICE.error(found.code, found.variant, call.operation)
    return entry.status, entry.code, worded(entry, found.fill, SERVICE, call.operation)


def reauthorized(wire, **changes):
    """The same request with parts of its Authorization changed."""
    value = wire.header("authorization")
    for old, new in changes.values():
        value = value.replace(old, new)
    return with_header(wire, "Authorization", value)


# Vectors.


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["name"])
def test_canonical_request_has_the_published_hash(vector):
    ours = next(sign.readings(vector_wire(vector), vector_proof(vector)))

    assert sha256_hex(ours.encode()) == vector["canonical_sha256"]


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["name"])
def test_signature_is_the_published_one(vector):
    ours = next(sign.readings(vector_wire(vector), vector_proof(vector)))

    assert sign.signature(VECTORS["secret"], "20201119T103652Z", ours) == vector["signature"]


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["name"])
def test_signing_gives_the_published_authorization(vector):
    bare = with_header(vector_wire(vector), "X-Sdk-Date", None)

    done = sign.sign(bare, VECTORS["key"], VECTORS["secret"], NOW)

    names = ";".join(VECTORS["signed"])
    expected = f"SDK-HMAC-SHA256 Access=AKEXAMPLE, SignedHeaders={names}, Signature={vector['signature']}"
    assert done.header("authorization") == expected
    assert done.header("x-sdk-date") == "20201119T103652Z"


def test_canonical_request_has_six_parts_and_an_empty_line():
    wire = Wire("get", "/v1/a%20b/c", "z=1&a=x%2Fy&a=%20", (("Host", " h "), ("X-Sdk-Date", "d")), b"")

    text = next(sign.readings(wire, sign.Proof("k", ("host", "x-sdk-date"), "", "d")))

    assert text == (
        "GET\n/v1/a%20b/c/\na=%20&a=x%2Fy&z=1\nhost:h\nx-sdk-date:d\n\nhost;x-sdk-date\n"
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )


# What is right.


def test_signature_names_the_account():
    assert judge(signed(key="mockcloud-team")) == "mockcloud-team"


def test_query_in_wire_order_is_right_too():
    wire = signed(query="task_id=9&task_id=10")
    date = wire.header("x-sdk-date")
    proof = sign.Proof("mockcloud", tuple(sorted(wire.header_map().keys() - {"authorization"})), "", date)
    readings = list(sign.readings(wire, proof))

    assert [text.split("\n")[2] for text in readings] == ["task_id=10&task_id=9", "task_id=9&task_id=10"]
    other = sign.signature("mockcloud-secret", date, readings[1])
    ours = wire.header("authorization").rpartition("=")[2]
    assert judge(reauthorized(wire, signature=(ours, other))) == "mockcloud"


def test_body_hash_header_stands_in_for_the_hash():
    unsigned = {"Content_Type": "text/plain", "X_Sdk_Content_Sha256": "UNSIGNED-PAYLOAD"}
    wire = signed("POST", body=b"anything", **unsigned)

    assert judge(replace(wire, body=b"something else")) == "mockcloud"


def test_empty_body_may_be_hashed_whatever_the_header_says():
    wire = signed("POST", X_Sdk_Content_Sha256="UNSIGNED-PAYLOAD")
    proof = sign.credentials(decoded(wire), SERVICE).parts["proof"]

    hashes = [text.rpartition("\n")[2] for text in sign.readings(wire, proof)]

    assert hashes == ["UNSIGNED-PAYLOAD", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"]


def test_headers_with_an_underscore_are_not_signed():
    bare = replace(request(X_Auth_Token=""), headers=(("Host", "127.0.0.1:4580"), ("X-Project_Id", PROJECT)))
    wire = sign.sign(bare, "mockcloud", "mockcloud-secret", NOW)

    assert "x-project_id" not in wire.header("authorization")
    assert judge(wire) == "mockcloud"


def test_security_token_is_taken_when_it_is_signed():
    assert judge(signed(X_Security_Token="temporary")) == "mockcloud"


def test_bytes_that_are_no_text_do_not_disturb():
    assert judge(signed(query="task_id=%FF", X_Language="z\udcff")) == "mockcloud"


@pytest.mark.parametrize("seconds", [-900, 900])
def test_date_at_the_edge_is_taken(seconds):
    assert judge(signed(now=NOW + seconds)) == "mockcloud"


def test_signature_decides_where_there_is_a_token_as_well():
    wire = replace(signed(), headers=(*signed().headers, ("X-Auth-Token", "nonsense")))

    assert judge(wire) == "mockcloud"


def test_token_counts_beside_an_authorization_of_another_scheme():
    assert judge(request(Authorization="Basic dTpw")) == "mockcloud"


# What the gateway refuses, with each of its texts.


def test_nothing():
    assert refusal(request(X_Auth_Token="")) == (401, "APIGW.0301", f"{PREFIX}x-auth-token not found")


def test_unknown_token():
    assert refusal(request(X_Auth_Token="MIInever")) == (401, "APIGW.0301", f"{PREFIX}decrypt token fail")


def test_unknown_token_names_one_that_is_known():
    call = decoded(request(X_Auth_Token="MIInever"))
    with pytest.raises(Refusal) as caught:
        sign.verify(call, sign.credentials(call, SERVICE), SERVICE, gate())

    assert TOKEN in caught.value.detail


def test_token_after_its_life():
    at, token = gate(), make_token(PROJECT, "x")
    at.issue_token(token, "mockcloud", NOW)

    message = f"{PREFIX}token expires, expires_at: 2020-11-19T10:36:52.000000Z"
    assert refusal(request(X_Auth_Token=token), at) == (401, "APIGW.0301", message)


def test_token_before_its_end():
    at, token = gate(), make_token(PROJECT, "x")
    at.issue_token(token, "mockcloud-team", NOW + 1)

    assert judge(request(X_Auth_Token=token), at) == "mockcloud-team"


def test_wrong_signature_shows_the_canonical_request():
    wire = signed(secret="guess")

    status, code, message = refusal(wire)

    agreed = "content-type:application/json|host:127.0.0.1:4580|x-sdk-date:20201119T103652Z"
    names = "content-type;host;x-sdk-date"
    hashed = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert (status, code) == (401, "APIGW.0301")
    assert message == (f"{PREFIX}verify aksk signature fail, canonicalRequest:GET|{PATH}/||{agreed}||{names}|{hashed}")


def test_unknown_key():
    assert refusal(signed(key="AKIA")) == (401, "APIGW.0301", f"{PREFIX}Get secretKey failed,ak:AKIA,err:ak not exist")


@pytest.mark.parametrize("seconds", [-901, 901])
def test_date_beyond_the_edge(seconds):
    message = f"{PREFIX}calc ak sk signature fail:signature expired"
    assert refusal(signed(now=NOW + seconds)) == (401, "APIGW.0301", message)


@pytest.mark.parametrize("date", [None, "2020-11-19T10:36:52Z", "20201119T106652Z", "20201319T103652Z", "now"])
def test_date_that_is_none(date):
    wire = with_header(signed(), "X-Sdk-Date", date)
    assert refusal(wire) == (401, "APIGW.0301", f"{PREFIX}verify aksk signature fail")


def test_date_that_is_not_signed():
    wire = reauthorized(signed(), signed=(";x-sdk-date", ""))
    assert refusal(wire) == (401, "APIGW.0301", f"{PREFIX}verify aksk signature fail")


@pytest.mark.parametrize(
    "value",
    [
        "Bearer x",
        "SDK-HMAC-SM3 Access=mockcloud, SignedHeaders=host, Signature=0",
        "SDK-ECDSA-P256-SHA256 Access=mockcloud, SignedHeaders=host, Signature=0",
        "V11-HMAC-SHA256 Credential=mockcloud/20201119/cn-north-1/mpc, SignedHeaders=host, Signature=0",
        "SDK-HMAC-SHA256 Access=mockcloud",
        "SDK-HMAC-SHA256, Access=mockcloud, SignedHeaders=host, Signature=0",
    ],
)
def test_authorization_of_another_form(value):
    wire = request(X_Auth_Token="", Authorization=value)
    assert refusal(wire) == (401, "APIGW.0301", f"{PREFIX}Unauthorized")


def test_token_of_another_project():
    at, token = gate(), make_token("another", "x")
    at.issue_token(token, "mockcloud", NOW + 1)

    assert refusal(request(X_Auth_Token=token), at) == (403, "MPC.10208", "Failed to verify the tenant ID.")


def test_token_of_the_account_alone():
    at, token = gate(), make_token("", "x")
    at.issue_token(token, "mockcloud", NOW + 1)

    assert refusal(request(X_Auth_Token=token), at) == (403, "MPC.10208", "Failed to verify the tenant ID.")


# What IAM refuses, in two texts.


def test_nothing_for_iam():
    message = "The request you have made requires authentication."
    assert refusal(request(path="/v3/projects", X_Auth_Token="")) == (401, "401", message)


@pytest.mark.parametrize(
    "wire",
    [
        request(path="/v3/projects", X_Auth_Token="MIInever"),
        signed(path="/v3/projects", secret="guess"),
        signed(path="/v3/projects", key="AKIA"),
        signed(path="/v3/projects", now=NOW + 3600),
    ],
)
def test_wrong_credentials_for_iam(wire):
    assert refusal(wire) == (401, "401", "Authentication failed")


def test_token_of_any_project_will_do_for_iam():
    at, token = gate(), make_token("another", "x")
    at.issue_token(token, "mockcloud", NOW + 1)

    assert judge(request(path="/v3/projects", X_Auth_Token=token), at) == "mockcloud"


def password_request(name="mockcloud", password="mockcloud-secret"):
    body = (
        b'{"auth": {"identity": {"methods": ["password"], "password": {"user": {"name": "%s", "password": "%s", '
        b'"domain": {"name": "d"}}}}}}' % (name.encode(), password.encode())
    )
    return request("POST", "/v3/auth/tokens", body=body, X_Auth_Token="")


def test_password_names_the_account():
    assert judge(password_request("mockcloud-team")) == "mockcloud-team"


@pytest.mark.parametrize(("name", "password"), [("mockcloud", "guess"), ("nobody", "mockcloud-secret")])
def test_wrong_password(name, password):
    assert refusal(password_request(name, password)) == (401, "401", "The username or password is wrong.")


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"{", b'{"auth": 1}', b'{"auth": {"identity": {"password": {}}}}'])
def test_request_without_a_user_is_for_validation_to_refuse(body):
    assert judge(request("POST", "/v3/auth/tokens", body=body, X_Auth_Token="")) == "mockcloud"

"""Signatures of both generations, against published vectors and vectors of the clients."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from mockcloud.contract.load import Contracts
from mockcloud.gate import Gate
from mockcloud.model import Call, Refusal, Wire
from mockcloud.providers.jdcloud.sign import (
    GENERATIONS,
    Proof,
    canonical_path,
    canonical_query,
    credentials,
    readings,
    sign,
    signature,
    string_to_sign,
    verify,
)

VECTORS = json.loads((Path(__file__).parents[3] / "fixtures/jdcloud/mps/signatures.json").read_text("utf-8"))
SERVICE = Contracts().service("jdcloud-mps")
DATE = "20260102T030405Z"
HEADERS = (("Host", "127.0.0.1:4580"), ("Content-Type", "application/json"))
CREATE = Wire("POST", "/v1/regions/cn-north-1/thumbnail", "", HEADERS, b'{"source": 1}')
LIST = Wire("GET", "/v1/regions/cn-north-1/thumbnail", "limit=1&status=RUNNING", HEADERS)


def signed(wire: Wire = CREATE, **changed) -> Wire:
    settings = {"key_id": "mockcloud", "secret": "mockcloud-secret", "date": DATE, "nonce": "n", "region": "cn-north-1"}
    return sign(wire, **{**settings, **changed})


def judged(wire: Wire) -> str:
    call = Call(wire, "jdcloud", "jdcloud-mps", "r", place={"regionId": "cn-north-1"})
    return verify(call, credentials(call, SERVICE), SERVICE, Gate())


def refusal(wire: Wire) -> Refusal:
    with pytest.raises(Refusal) as caught:
        judged(wire)
    return caught.value


def with_header(wire: Wire, name: str, value: str | None) -> Wire:
    others = tuple(pair for pair in wire.headers if pair[0].lower() != name.lower())
    return replace(wire, headers=others if value is None else (*others, (name, value)))


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_vector_is_one_of_the_accepted_readings(vector):
    scheme = GENERATIONS[vector["generation"]]
    wire = Wire(
        vector["method"],
        vector["path"],
        vector["query"],
        tuple(vector["headers"].items()),
        vector["body"].encode(),
    )
    names = tuple(vector["signed"])
    day, region, service = vector["date"][:8], vector["region"], vector["service"]
    proof = Proof(scheme, vector["key_id"], day, region, service, scheme.terminator, names, "", vector["date"])

    made = {signature(vector["secret"], proof, request) for request in readings(wire, names)}

    assert vector["signature"] in made


def test_published_example_is_reproduced_step_by_step():
    vector = VECTORS[0]
    wire = Wire("POST", vector["path"], vector["query"], tuple(vector["headers"].items()), vector["body"].encode())
    names = tuple(vector["signed"])
    scheme = GENERATIONS["2"]
    proof = Proof(scheme, "TESTAK", "20190214", "cn-north-1", "test", scheme.terminator, names, "", vector["date"])
    request = next(readings(wire, names))

    assert request.split("\n") == [
        "POST",
        "/v1/resource%3Aaction",
        "o=%25&p0=p0&p1=p1&u=u",
        "x-jdcloud-date:20190214T104514Z",
        "x-jdcloud-nonce:testnonce",
        "x-my-header:test",
        "x-my-header_blank:blank",
        "",
        "x-jdcloud-date;x-jdcloud-nonce;x-my-header;x-my-header_blank",
        "e51832a118eeff7ad976d635b7d04538e362e4c21bd0f6253580b0a83a209074",
    ]
    assert string_to_sign(proof, request).split("\n") == [
        "JDCLOUD2-HMAC-SHA256",
        "20190214T104514Z",
        "20190214/cn-north-1/test/jdcloud2_request",
        "fb2e317056269590681d091f8eb22272967c0b922b2deda887312215ea4eed4c",
    ]


@pytest.mark.parametrize("generation", ["2", "3"])
@pytest.mark.parametrize("wire", [CREATE, LIST], ids=["create", "list"])
def test_what_sign_makes_is_accepted(wire, generation):
    assert judged(signed(wire, generation=generation)) == "mockcloud"


def test_key_names_the_account():
    assert judged(signed(key_id="mockcloud-other")) == "mockcloud-other"


@pytest.mark.parametrize(
    "names",
    [
        ("content-type", "host"),
        ("x-jdcloud-date", "x-jdcloud-nonce"),
        ("accept", "content-type", "host", "x-jdcloud-date", "x-jdcloud-nonce"),
        ("x-jdcloud-date",),
    ],
    ids=["python", "php", "node", "date alone"],
)
def test_client_chooses_what_it_signs(names):
    wire = with_header(CREATE, "Accept", "application/json, text/plain")
    assert judged(signed(wire, signed=names)) == "mockcloud"


@pytest.mark.parametrize(
    ("path", "canonical"),
    [
        ("", "/"),
        ("v1/x", "/v1/x"),
        ("//v1///x/", "/v1/x/"),
        ("/v1/snapshotTasks:submit", "/v1/snapshotTasks%3Asubmit"),
        ("/a%20b/%7E/%2f%2F", "/a%20b/~/"),
        ("/中", "/%E4%B8%AD"),
    ],
)
def test_canonical_path(path, canonical):
    assert canonical_path(path) == canonical


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("", ""),
        ("b=2&a=1", "a=1&b=2"),
        ("a=2&a=10&a=", "a=&a=10&a=2"),
        ("a", "a="),
        ("t=2018-01-01T00:00:00.000Z", "t=2018-01-01T00%3A00%3A00.000Z"),
        ("a=b=c", "a=b%3Dc"),
        ("a=x+y&b=x%20y&c=%2b", "a=x%20y&b=x%20y&c=%2B"),
        ("&&a=1&", "a=1"),
    ],
)
def test_canonical_query(query, canonical):
    assert canonical_query(query) == canonical


def test_python_leaves_out_what_has_no_value():
    assert canonical_query("a&=b&c=1", loose=False) == "c=1"


@pytest.mark.parametrize(
    ("header", "value", "variant"),
    [
        ("Authorization", None, "lack-authorization"),
        ("Authorization", "  ", "lack-authorization"),
        ("Authorization", "Bearer abc", "lack-credential"),
        ("Authorization", "JDCLOUD2-HMAC-SHA256 SignedHeaders=host, Signature=0", "lack-credential"),
        ("Authorization", "JDCLOUD2-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=0", "lack-credential"),
        ("Authorization", "JDCLOUD4-HMAC-SHA256 Credential=k/20260102/r/mps/jdcloud4_request", "lack-credential"),
        (
            "Authorization",
            "JDCLOUD2-HMAC-SHA256 Credential=k/20260102/r/mps/jdcloud2_request, Signature=0",
            "lack-signed-headers",
        ),
        (
            "Authorization",
            "JDCLOUD2-HMAC-SHA256 Credential=k/20260102/r/mps/jdcloud2_request, SignedHeaders=, Signature=0",
            "lack-signed-headers",
        ),
        ("x-jdcloud-date", None, "lack-date"),
    ],
)
def test_what_is_missing_is_named(header, value, variant):
    broken = refusal(with_header(signed(), header, value))
    assert (broken.code, broken.variant) == ("ACCESS_ERROR", variant)


@pytest.mark.parametrize(
    ("without", "variant"),
    [
        ({"Authorization", "x-jdcloud-date"}, "lack-authorization"),
        ({"x-jdcloud-date"}, "lack-date"),
    ],
)
def test_first_thing_missing_is_reported(without, variant):
    wire = signed(key_id="nobody")
    wire = replace(wire, headers=tuple(pair for pair in wire.headers if pair[0] not in without))
    assert refusal(wire).variant == variant


def test_unknown_key_comes_before_the_signature():
    broken = refusal(signed(key_id="nobody", secret="wrong"))
    assert (broken.code, broken.variant) == ("ACCESS_ERROR", "invalid-access-key")
    assert "mockcloud-<name>" in broken.detail


@pytest.mark.parametrize(
    "wire",
    [
        signed(secret="wrong"),
        replace(signed(), body=b'{"source": 2}'),
        replace(signed(), method="PUT"),
        replace(signed(LIST), query="limit=2&status=RUNNING"),
        replace(signed(), path="/v1/regions/cn-north-1/thumbnail/x"),
        with_header(signed(), "Host", "127.0.0.1:1"),
        with_header(signed(), "x-jdcloud-date", "20260102T030406Z"),
        with_header(signed(signed=("host",)), "x-jdcloud-date", "20260103T030405Z"),
        signed(date="2026-01-02T03:04:05Z"),
        signed(region="cn-east-2"),
        signed(service="vm"),
    ],
    ids=["secret", "body", "method", "query", "path", "host", "date", "day", "date form", "region", "service"],
)
def test_anything_changed_is_another_signature(wire):
    broken = refusal(wire)
    assert (broken.code, broken.variant, broken.reason) == ("ACCESS_ERROR", "signature", "signature")


@pytest.mark.parametrize(
    "mixed", [("JDCLOUD2-HMAC-SHA256", "jdcloud3_request"), ("JDCLOUD3-HMAC-SHA256", "jdcloud2_request")]
)
def test_constants_of_a_generation_belong_together(mixed):
    algorithm, terminator = mixed
    text = f"{algorithm} Credential=mockcloud/20260102/cn-north-1/mps/{terminator}, SignedHeaders=host, Signature=00"
    assert f"ends in {terminator!r}" in refusal(with_header(signed(), "Authorization", text)).detail


def test_neither_age_nor_repetition_matters():
    gate = Gate()
    call = Call(signed(date="19990102T030405Z"), "jdcloud", "jdcloud-mps", "r", place={"regionId": "cn-north-1"})
    for _ in range(2):
        assert verify(call, credentials(call, SERVICE), SERVICE, gate) == "mockcloud"


def test_path_without_a_region_takes_any():
    wire = signed(replace(CREATE, path="/v1/snapshotTasks:submit"), region="jdcloud-api")
    call = Call(wire, "jdcloud", "jdcloud-mps", "r")
    assert verify(call, credentials(call, SERVICE), SERVICE, Gate()) == "mockcloud"


def test_signed_hash_stands_in_for_the_body():
    names = ("host", "x-jdcloud-content-sha256", "x-jdcloud-date")
    wire = signed(with_header(CREATE, "x-jdcloud-content-sha256", "0" * 64), signed=names)
    proof = credentials(Call(wire, "jdcloud", "jdcloud-mps", "r"), SERVICE).parts["proof"]
    _, with_stand_in = readings(wire, names)
    authorization = wire.header("authorization").replace(
        proof.signature, signature("mockcloud-secret", proof, with_stand_in)
    )

    assert with_stand_in.endswith("\n" + "0" * 64)
    assert judged(with_header(wire, "Authorization", authorization)) == "mockcloud"


def test_unsigned_hash_does_not_stand_in():
    wire = with_header(signed(), "x-jdcloud-content-sha256", "0" * 64)
    assert len(list(readings(wire, ("host",)))) == 1


def test_authorization_that_is_not_ascii_is_no_credential():
    wire = with_header(signed(key_id="mockcloud-\udce9"), "x-other", "1")
    assert refusal(wire).variant == "lack-credential"

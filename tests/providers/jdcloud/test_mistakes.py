"""What a wrong signature's diagnosis says: a client that makes one mistake is told which."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace

import pytest

from mockcloud.contract.load import Contracts
from mockcloud.gate import Gate
from mockcloud.model import Call, Refusal, Wire
from mockcloud.providers.jdcloud.sign import credentials, verify

SERVICE = Contracts().service("jdcloud-mps")
DATE = "20260102T030405Z"
SECRET = "mockcloud-secret"


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Client:
    """A signer of its own, each step of which a test can get wrong."""

    method, path, query = "GET", "/v1/regions/cn-north-1/thumbnail/a:b", "b=x%20y&a=1"
    canonical_path, canonical_query = "/v1/regions/cn-north-1/thumbnail/a%3Ab", "a=1&b=x%20y"
    body = b""
    host = signed_host = "127.0.0.1:4580"
    names = ("content-type", "host", "x-jdcloud-date")
    algorithm, prefix, terminator = "JDCLOUD2-HMAC-SHA256", "JDCLOUD2", "jdcloud2_request"
    signing_algorithm = signing_terminator = ""
    scope_terminator = ""
    secret, date, signed_method, blank = SECRET, DATE, "", "\n"
    hashed_body = ""
    key_as_hex = unhashed = bare = upper = False

    def __init__(self, **wrong: object) -> None:
        for name, value in wrong.items():
            assert hasattr(self, name), name
            setattr(self, name, value)

    def canonical(self) -> str:
        values = {"content-type": "application/json", "host": self.signed_host, "x-jdcloud-date": DATE}
        block = "\n".join(f"{name}:{values[name]}" for name in self.names) + self.blank
        method = self.signed_method or self.method
        body = self.hashed_body or sha(self.body)
        return "\n".join((method, self.canonical_path, self.canonical_query, block, ";".join(self.names), body))

    def signature(self) -> str:
        terminator = self.signing_terminator or self.terminator
        scope = f"20260102/cn-north-1/mps/{terminator}"
        request = self.canonical()
        head = f"{self.signing_algorithm or self.algorithm}\n{self.date}\n{scope}\n"
        text = request if self.bare else head + (request if self.unhashed else sha(request.encode()))
        key = (self.prefix + self.secret).encode()
        for part in ("20260102", "cn-north-1", "mps", terminator):
            digest = hmac.new(key, part.encode(), "sha256")
            key = digest.hexdigest().encode() if self.key_as_hex else digest.digest()
        made = hmac.new(key, text.encode(), "sha256").hexdigest()
        return made.upper() if self.upper else made

    def wire(self) -> Wire:
        authorization = (
            f"{self.algorithm} Credential=mockcloud/20260102/cn-north-1/mps/{self.terminator}, "
            f"SignedHeaders={';'.join(self.names)}, Signature={self.signature()}"
        )
        headers = (
            ("Host", self.host),
            ("Content-Type", "application/json"),
            ("x-jdcloud-date", DATE),
            ("Authorization", authorization),
        )
        return Wire(self.method, self.path, self.query, headers, self.body)


def verdict(wire: Wire) -> str:
    call = Call(wire, "jdcloud", "jdcloud-mps", "r", place={"regionId": "cn-north-1"})
    return verify(call, credentials(call, SERVICE), SERVICE, Gate())


def diagnosis(wire: Wire) -> dict:
    with pytest.raises(Refusal) as caught:
        verdict(wire)
    assert caught.value.reason == "signature"
    assert caught.value.detail == caught.value.diagnosis["difference"]
    return caught.value.diagnosis


def test_client_without_a_mistake_is_let_in():
    assert verdict(Client().wire()) == "mockcloud"


OTHER_REQUESTS = [
    ({"canonical_path": "/v1/regions/cn-north-1/thumbnail/a:b"}, "':' becomes %3A"),
    ({"canonical_path": "/v1/regions/cn-north-1/thumbnail/a%3Ab/"}, "a slash at the end"),
    ({"canonical_path": "/"}, "the path was left out"),
    ({"canonical_query": "b=x%20y&a=1"}, "the query was not sorted"),
    ({"canonical_query": "a=1&b=x+y"}, "it must be %20"),
    ({"canonical_query": ""}, "the query was left out"),
    ({"blank": ""}, "the empty line behind the headers"),
    ({"signed_method": "get"}, "in lower case"),
    ({"signed_host": "127.0.0.1"}, "without its port"),
    ({"host": "localhost", "signed_host": "localhost:80"}, "with the port 80"),
    ({"signed_host": "mps.jdcloud-api.com"}, "signed as 'mps.jdcloud-api.com'"),
    ({"names": ("host", "content-type", "x-jdcloud-date")}, "not sorted"),
    ({"body": b"{}", "method": "POST", "hashed_body": sha(b"")}, "signed as an empty one"),
    ({"body": b"{}", "method": "POST", "hashed_body": "{}"}, "signed unhashed"),
    ({"body": b"{}", "method": "POST", "hashed_body": sha(b"{}").upper()}, "in upper case"),
]


@pytest.mark.parametrize(("wrong", "words"), OTHER_REQUESTS, ids=[words for _, words in OTHER_REQUESTS])
def test_mistake_in_the_canonical_request_is_named_and_placed(wrong, words):
    client = Client(**wrong)
    found = diagnosis(client.wire())
    assert words in found["difference"]
    assert found["theirs"] == client.canonical()
    assert (
        found["ours"]
        == Client(
            **{name: wrong[name] for name in ("body", "method", "host") if name in wrong}
            | ({"signed_host": wrong["host"]} if "host" in wrong else {})
        ).canonical()
    )
    assert "here " in found["difference"]
    assert "line " in found["difference"]


OTHER_KEYS = [
    ({"prefix": "JDCLOUD3"}, "prefixed with 'JDCLOUD3', not 'JDCLOUD2'"),
    ({"prefix": ""}, "without the prefix 'JDCLOUD2'"),
    (
        {"prefix": "JDCLOUD3", "signing_terminator": "jdcloud3_request", "signing_algorithm": "JDCLOUD3-HMAC-SHA256"},
        "signed with the constants of JDCLOUD3-HMAC-SHA256, sent as JDCLOUD2-HMAC-SHA256",
    ),
    ({"secret": "mockcloud"}, "the access key id as the secret"),
    ({"secret": "mockcloud-secret\n"}, "white space around it"),
    ({"key_as_hex": True}, "must be binary"),
    ({"unhashed": True}, "unhashed"),
    ({"bare": True}, "the canonical request itself was signed"),
    ({"date": "20260102"}, "the day was signed"),
    ({"upper": True}, "the signature is in upper case"),
]


@pytest.mark.parametrize(("wrong", "words"), OTHER_KEYS, ids=[words for _, words in OTHER_KEYS])
def test_mistake_in_the_key_or_string_to_sign_is_named(wrong, words):
    found = diagnosis(Client(**wrong).wire())
    assert words in found["difference"]
    assert found["theirs"] == found["ours"] == Client().canonical()


def test_date_header_in_place_of_the_gateways():
    wire = Client(date="Fri, 02 Jan 2026 03:04:05 GMT").wire()
    dated = replace(wire, headers=(*wire.headers, ("Date", "Fri, 02 Jan 2026 03:04:05 GMT")))
    assert "the Date header was signed" in diagnosis(dated)["difference"]


def test_unknown_mistake_points_to_the_secret():
    found = diagnosis(Client(secret="another").wire())
    assert "the secret is probably wrong" in found["difference"]
    assert found["theirs"] is None
    assert found["ours"] == Client().canonical()


def test_bytes_of_the_query_that_are_not_utf_8_are_no_mistake_of_ours():
    found = diagnosis(replace(Client().wire(), query="\udcff=%ff&a=1"))
    assert "the secret is probably wrong" in found["difference"]


def test_signed_header_that_was_not_sent_is_named():
    wire = Client().wire()
    bare = replace(wire, headers=tuple(pair for pair in wire.headers if pair[0] != "Content-Type"))
    assert diagnosis(bare)["difference"] == "SignedHeaders names content-type, which the request does not have"


def test_diagnosis_never_holds_the_secret():
    for wrong, _ in OTHER_REQUESTS + OTHER_KEYS:
        assert SECRET not in str(diagnosis(Client(**wrong).wire()))

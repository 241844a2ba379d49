"""Signature version 3: the published vectors, what each client does to its query, and usual mistakes."""

from __future__ import annotations

import pytest

from mockcloud.model import Wire
from mockcloud.providers.alibaba import sign_v3
from mockcloud.providers.signing import EMPTY_SHA256

from .raw import VECTORS

SIGNED = "host;x-acs-action;x-acs-date"


def _published(vector):
    about = VECTORS["version-3-request"]
    headers = (
        ("Host", about["host"]),
        ("x-acs-action", about["action"]),
        ("x-acs-version", about["version"]),
        ("x-acs-date", vector["date"]),
        ("x-acs-signature-nonce", vector["nonce"]),
        ("x-acs-content-sha256", EMPTY_SHA256),
    )
    return Wire(about["method"], "/", about["query"], headers), about["signed"]


def _wire(query="b=2&a=x+y*%2F", body=b"", headers=()):
    base = (("Host", "127.0.0.1:4580"), ("x-acs-action", "CreateGifTask"), ("x-acs-date", " 2020-09-13T12:26:40Z "))
    return Wire("POST", "/", query, (*base, *headers), body)


@pytest.mark.parametrize("vector", VECTORS["version-3"], ids=lambda vector: vector["date"])
def test_published_vector(vector):
    wire, signed = _published(vector)
    text = sign_v3.string_to_sign(sign_v3.canonical(wire, signed).text())
    assert sign_v3.signature(vector["secret"], text) == vector["signature"]


def test_canonical_request_line_by_line():
    assert sign_v3.canonical(_wire(), SIGNED).text().split("\n") == [
        "POST",
        "/",
        "a=x%20y%2A%2F&b=2",
        "host:127.0.0.1:4580",
        "x-acs-action:CreateGifTask",
        "x-acs-date:2020-09-13T12:26:40Z",
        "",
        SIGNED,
        EMPTY_SHA256,
    ]


def test_the_query_counts_as_it_reads_not_as_it_is_spelled():
    escaped, raw = _wire("a=%2A%7E%27%28%29%21%2F%3A"), _wire("a=*~'()!/:")
    assert sign_v3.canonical(escaped, SIGNED) == sign_v3.canonical(raw, SIGNED)


def test_the_body_counts():
    assert sign_v3.canonical(_wire(body=b"x"), SIGNED).payload != sign_v3.canonical(_wire(), SIGNED).payload


def test_authorization_is_read_as_it_is_written():
    text = sign_v3.authorization("mockcloud", SIGNED, "00ff")
    assert sign_v3.parse_authorization(text) == (
        "ACS3-HMAC-SHA256",
        {"Credential": "mockcloud", "SignedHeaders": SIGNED, "Signature": "00ff"},
    )


def test_authorization_without_parts():
    assert sign_v3.parse_authorization("ACS3-HMAC-SHA256") == ("ACS3-HMAC-SHA256", {})


@pytest.mark.parametrize(
    "part",
    [
        "'&' behind it",
        "Base64",
        "in place of its hash",
        "not sorted",
        "without regard to case",
        "stands on the wire",
        "space was encoded as '+'",
        "query was left out",
        "body was not hashed",
        "x-acs-content-sha256",
        "path was left empty",
        "GET",
        "without its port",
        "with a scheme",
        "headers were not sorted",
        "empty line",
    ],
)
def test_a_usual_mistake_is_among_them(part):
    assert any(part in what for what, _, _ in sign_v3.mistakes(_wire(), SIGNED, "secret"))


def test_a_host_without_a_port_may_have_been_signed_with_one():
    wire = Wire("POST", "/", "", (("Host", "vod.cn-shanghai.aliyuncs.com"),))
    texts = [text for what, text, _ in sign_v3.mistakes(wire, "host", "secret") if "with a port" in what]
    assert "host:vod.cn-shanghai.aliyuncs.com:80\n" in texts[0]

"""HmacSHA1 and HmacSHA256: recorded and published vectors."""

from __future__ import annotations

import pytest

from mockcloud.model import Wire
from mockcloud.providers.tencent import v1

from .raw import VECTORS


@pytest.mark.parametrize("row", VECTORS["v1"], ids=lambda row: row["name"])
def test_vector(row):
    pairs = [tuple(pair) for pair in row["pairs"]]
    digest = v1.digest_of(dict(pairs).get("SignatureMethod", ""))
    assert v1.signature(row["secret"], v1.source(row["method"], row["host"], pairs), digest) == row["signature"]


def test_source_is_sorted_decoded_and_without_signature():
    pairs = [("b", "2 +&"), ("Signature", "x"), ("B", "1"), ("A.10", "3"), ("A.2", "4")]
    assert v1.source("POST", "h:1", pairs) == "POSTh:1/?A.10=3&A.2=4&B=1&b=2 +&"


@pytest.mark.parametrize(
    ("method", "digest"), [("HmacSHA256", "sha256"), ("HmacSHA1", "sha1"), ("", "sha1"), ("HmacMD5", "sha1")]
)
def test_unknown_methods_count_as_hmac_sha1(method, digest):
    assert v1.digest_of(method) == digest


def test_mistakes_say_what_was_signed():
    wire = Wire("POST", "/", "", (("Host", "h:1"),))
    found = {what for what, _, _ in v1.mistakes(wire, [("B", "1 2"), ("A", "3")], "sha1", "s", "vod.example")}
    assert {
        "the parameters were not sorted",
        "the values were encoded before signing",
        "the host was signed as that of the real service",
        "the signature was not encoded, its '+' arrived as a space",
    } <= found

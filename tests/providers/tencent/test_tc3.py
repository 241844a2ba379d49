"""TC3-HMAC-SHA256: recorded and published vectors, and the parts of the canonical request."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mockcloud.model import Wire
from mockcloud.providers.tencent import tc3

from .raw import VECTORS


def _wire(row: dict) -> Wire:
    headers = [("Content-Type", row["content_type"]), ("Host", row["host"])]
    if row["unsigned"]:
        headers.append(("X-TC-Content-SHA256", "UNSIGNED-PAYLOAD"))
    return Wire(row["method"], "/", row["query"], tuple(headers), row["body"].encode())


@pytest.mark.parametrize("row", VECTORS["tc3"], ids=lambda row: row["name"])
def test_vector(row):
    signer = tc3.Signer(row["day"], row["service"], row["timestamp"])
    assert signer.day == tc3.utc_day(int(row["timestamp"]))
    assert signer.signature(row["secret"], tc3.canonical(_wire(row), "content-type;host").text()) == row["signature"]


def test_canonical_request_as_documented():
    wire = Wire("POST", "/", "ignored=1", (("Host", "h:1"), ("content-TYPE", " application/json ")), b"{}")
    assert tc3.canonical(wire, "content-type;host").text() == (
        "POST\n/\n\ncontent-type:application/json\nhost:h:1\n\ncontent-type;host\n"
        "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    )


def test_query_of_a_get_is_taken_as_it_stands():
    wire = Wire("GET", "/", "b=1+2&a=%7e", (("Host", "h"),))
    assert tc3.canonical(wire, "host").query == "b=1+2&a=%7e"


def test_signed_headers_are_lower_cased_and_sorted():
    wire = Wire("POST", "/", "", (("X-TC-Action", "A"), ("Host", "h"), ("Content-Type", "c")))
    found = tc3.canonical(wire, "x-tc-action;host;content-type").headers
    assert found == (("content-type", "c"), ("host", "h"), ("x-tc-action", "A"))


@pytest.mark.parametrize(
    ("host", "hosts"),
    [
        ("127.0.0.1:4580", ("127.0.0.1:4580", "127.0.0.1")),
        ("localhost", ("localhost",)),
        ("[::1]:4580", ("[::1]:4580", "[::1]")),
    ],
)
def test_hosts_with_and_without_port(host, hosts):
    assert tc3.hosts(Wire("GET", "/", "", (("Host", host),))) == hosts


def test_every_mistake_gives_another_signature_than_ours():
    row = VECTORS["tc3"][0]
    wire = replace(_wire(row), query="A=1")
    signer = tc3.Signer(row["day"], row["service"], row["timestamp"])
    ours = {
        signer.signature(row["secret"], tc3.canonical(wire, "content-type;host", host).text())
        for host in tc3.hosts(wire)
    }
    found = list(tc3.mistakes(wire, "content-type;host", signer, row["secret"], "vod.tencentcloudapi.com"))
    assert len({what for what, _, _ in found}) > 20
    wrong = [what for what, text, signature in found if signature not in ours]
    assert len(wrong) > 40

"""Every verifier accepts what its own scheme signs, and nothing else: one thing changed, and it refuses."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockcloud import providers
from mockcloud.gate import Gate
from mockcloud.model import Refusal, Wire
from mockcloud.providers import Sender
from mockcloud.providers.alibaba import sign as alibaba
from mockcloud.providers.huawei import sign as huawei
from mockcloud.providers.jdcloud import sign as jdcloud
from mockcloud.providers.tencent import sign as tencent
from tests.contract.catalog import CONTRACTS, START
from tests.fuzz.effort import effort
from tests.fuzz.wires import HOST, SENDER

FORM = ("Content-Type", "application/x-www-form-urlencoded")
JSON = ("Content-Type", "application/json")


@dataclass(frozen=True, slots=True)
class Scheme:
    """A signature generation and what it covers.

    sign     signs a bare request for a sender
    bare     method, path and headers of a request before it is signed
    query    whether pairs of the query are covered; body: "pairs" of a form, "bytes", or "" for not at all
    path     whether the path is covered; where it is not, decoding takes only one
    headers  lower-case names of covered headers
    """

    provider: str
    sign: Callable[[Wire, Sender], Wire]
    bare: Wire
    query: bool
    body: str
    path: bool
    headers: tuple[str, ...]
    scheme: str = ""


def _jdcloud(wire: Wire, sender: Sender) -> Wire:
    return jdcloud.sign(
        wire,
        key_id=sender.key_id,
        secret=sender.secret,
        date="20260102T030405Z",
        nonce=sender.nonce,
        region=sender.region,
        generation=sender.scheme,
    )


def _huawei(wire: Wire, sender: Sender) -> Wire:
    return huawei.sign(wire, sender.key_id, sender.secret, sender.now)


def _wire(method: str, path: str, *headers: tuple[str, str], query: str = "") -> Wire:
    return Wire(method, path, query, (("Host", HOST), *headers))


GIF = (("x-acs-action", "CreateGifTask"), ("x-acs-version", "2019-08-10"))
RPC = "Action=CreateGifTask&Version=2019-08-10"
ACS = ("host", "x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256")
HUAWEI = "/v1/0123456789abcdef/animated-graphics"
JD = "/v1/regions/cn-north-1/thumbnail"
JD_HEADERS = ("host", "content-type", "x-jdcloud-date", "x-jdcloud-nonce")
TC3 = (("X-TC-Action", "ProcessMedia"), ("X-TC-Version", "2018-07-17"))
V1 = "Action=ProcessMedia&Version=2018-07-17"

SCHEMES = {
    "alibaba-v1": Scheme("alibaba", alibaba.sign, _wire("POST", "/", FORM, query=RPC), True, "pairs", False, ()),
    "alibaba-v3": Scheme("alibaba", alibaba.sign, _wire("POST", "/", *GIF), True, "bytes", True, ACS, "v3"),
    "huawei-get": Scheme("huawei", _huawei, _wire("GET", HUAWEI, JSON), True, "", True, ("host", "x-sdk-date")),
    "huawei-post": Scheme(
        "huawei", _huawei, _wire("POST", HUAWEI, JSON), True, "bytes", True, ("host", "content-type", "x-sdk-date")
    ),
    "jdcloud-2": Scheme("jdcloud", _jdcloud, _wire("POST", JD, JSON), True, "bytes", True, JD_HEADERS, "2"),
    "jdcloud-3": Scheme("jdcloud", _jdcloud, _wire("GET", JD, JSON), True, "bytes", True, JD_HEADERS, "3"),
    "tencent-tc3": Scheme(
        "tencent", tencent.sign, _wire("POST", "/", *TC3, JSON), False, "bytes", False, ("host", "content-type")
    ),
    "tencent-tc3-get": Scheme(
        "tencent", tencent.sign, _wire("GET", "/", *TC3, FORM), True, "", False, ("host", "content-type"), "tc3-get"
    ),
    "tencent-sha1": Scheme(
        "tencent", tencent.sign, _wire("GET", "/", query=V1), True, "", False, ("host",), "HmacSHA1"
    ),
    "tencent-sha256": Scheme(
        "tencent", tencent.sign, _wire("POST", "/", FORM), False, "pairs", False, ("host",), "HmacSHA256"
    ),
}
NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8).map(lambda text: f"own-{text}")
PAIRS = st.dictionaries(NAMES, st.text(st.characters(codec="utf-8"), max_size=12), max_size=5).map(
    lambda m: [*m.items()]
)
SPACES = st.sampled_from([quote, quote_plus])
BODIES = st.binary(max_size=50)


def bare(scheme: Scheme, pairs: list[tuple[str, str]], fields: list[tuple[str, str]], body: bytes, via: Any) -> Wire:
    """A request before it is signed, with these parameters in its query and this form or these bytes as its body."""
    wire = scheme.bare
    query = "&".join(filter(None, (wire.query, urlencode(pairs, quote_via=via) if scheme.query else "")))
    if scheme.body == "pairs":
        start = V1.encode() + b"&" if scheme.provider == "tencent" else b""
        body = start + urlencode(fields, quote_via=via).encode() if fields or start else b""
    return replace(wire, query=query, body=body.rstrip(b"&") if scheme.body else b"")


def judged(scheme: Scheme, wire: Wire) -> str:
    """The account that the verifier finds. Refusal: it finds none."""
    provider = providers.provider(scheme.provider)
    call = provider.open(wire, "request-id")
    with suppress(Refusal):  # what else is wrong with a request is not the verifier's business
        provider.decode(call, CONTRACTS.service)
    service = CONTRACTS.service(call.service)
    return provider.verify(call, provider.credentials(call, service), service, Gate(wall=lambda: START))


def sender(scheme: Scheme, secret: str = SENDER.secret) -> Sender:
    return replace(SENDER, scheme=scheme.scheme, secret=secret)


@pytest.mark.parametrize("name", SCHEMES)
@effort(0.5)
@given(pairs=PAIRS, fields=PAIRS, body=BODIES, via=SPACES)
def test_its_own_signature_is_accepted(name, pairs, fields, body, via):
    scheme = SCHEMES[name]
    wire = scheme.sign(bare(scheme, pairs, fields, body, via), sender(scheme))
    assert judged(scheme, wire) == "mockcloud"


@pytest.mark.parametrize("name", SCHEMES)
@effort(0.3)
@given(pairs=PAIRS, fields=PAIRS, body=BODIES, secret=st.text(st.characters(codec="utf-8"), max_size=20))
def test_another_secret_is_refused(name, pairs, fields, body, secret):
    scheme = SCHEMES[name]
    wire = scheme.sign(bare(scheme, pairs, fields, body, quote), sender(scheme, f"{secret}!"))
    with pytest.raises(Refusal) as caught:
        judged(scheme, wire)
    assert caught.value.diagnosis is not None


LETTERS = st.sampled_from("abcxyzABCXYZ0189")


def _other_text(draw: Any, text: str) -> str:
    """The text with one character more, less or another."""
    place = draw(st.integers(0, len(text)))
    letter = draw(LETTERS.filter(lambda letter: letter != text[place : place + 1]))
    if place == len(text) or draw(st.booleans()):
        return text[:place] + letter + text[place:]
    return text[:place] + letter + text[place + 1 :]


def _other_pairs(draw: Any, text: str) -> str:
    """A query or a form with one pair more, less, or another value of one."""
    pieces = text.split("&") if text else []
    kind = draw(st.sampled_from(["more", "less", "other"])) if pieces else "more"
    if kind == "more":
        return "&".join([*pieces, f"more={draw(LETTERS)}"])
    place = draw(st.integers(0, len(pieces) - 1))
    if kind == "other":
        pieces[place] += draw(LETTERS)
    else:
        del pieces[place]
    return "&".join(pieces)


def _other_method(draw: Any, scheme: Scheme, wire: Wire) -> Wire:
    return replace(
        wire, method=draw(st.sampled_from(["GET", "POST", "PUT", "DELETE"]).filter(lambda m: m != wire.method))
    )


def _other_path(draw: Any, scheme: Scheme, wire: Wire) -> Wire:
    head, slash, tail = wire.path.rpartition("/")
    return replace(wire, path=head + slash + _other_text(draw, tail))


def _other_query(draw: Any, scheme: Scheme, wire: Wire) -> Wire:
    return replace(wire, query=_other_pairs(draw, wire.query))


def _other_body(draw: Any, scheme: Scheme, wire: Wire) -> Wire:
    if scheme.body == "pairs":
        return replace(wire, body=_other_pairs(draw, wire.body.decode()).encode())
    place = draw(st.integers(0, len(wire.body)))
    if place == len(wire.body):
        return replace(wire, body=wire.body + draw(st.binary(min_size=1, max_size=3)))
    changed = bytes([wire.body[place] ^ draw(st.integers(1, 255))]) if draw(st.booleans()) else b""
    return replace(wire, body=wire.body[:place] + changed + wire.body[place + 1 :])


def _other_header(draw: Any, scheme: Scheme, wire: Wire) -> Wire:
    places = [place for place, (name, _) in enumerate(wire.headers) if name.lower() in scheme.headers]
    place = draw(st.sampled_from(places))
    name, value = wire.headers[place]
    changed = ((name, _other_text(draw, value)),) if draw(st.booleans()) else ()
    return replace(wire, headers=(*wire.headers[:place], *changed, *wire.headers[place + 1 :]))


def covered(scheme: Scheme) -> list[Callable[[Any, Scheme, Wire], Wire]]:
    """What can be changed of a signed request without the signature being right any more."""
    chosen = [
        (True, _other_method),
        (scheme.path, _other_path),
        (scheme.query, _other_query),
        (bool(scheme.body), _other_body),
        (bool(scheme.headers), _other_header),
    ]
    return [change for applies, change in chosen if applies]


@pytest.mark.parametrize("name", SCHEMES)
@effort(1.5)
@given(data=st.data(), pairs=PAIRS, fields=PAIRS, body=BODIES)
def test_a_request_that_was_changed_is_refused(name, data, pairs, fields, body):
    scheme = SCHEMES[name]
    wire = scheme.sign(bare(scheme, pairs, fields, body, quote), sender(scheme))
    change = data.draw(st.sampled_from(covered(scheme)), label="change")
    with pytest.raises(Refusal):
        judged(scheme, change(data.draw, scheme, wire))

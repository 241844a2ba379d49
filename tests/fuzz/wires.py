"""Requests to try decoders with: anything at all, and valid ones that were damaged."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from mockcloud import providers
from mockcloud.check.places import nominal
from mockcloud.contract.spec import Operation, Service
from mockcloud.gate import KEY_ID, SECRET
from mockcloud.model import Wire
from mockcloud.providers import Sender
from tests.contract.catalog import SERVICES, START

HOST = "127.0.0.1:4580"
SENDER = Sender(HOST, KEY_ID, SECRET, START, "1234567")
# Every signature generation that a provider's `compose` knows, the default one first.
SCHEMES = {
    "alibaba": ("", "v3"),
    "huawei": ("",),
    "jdcloud": ("2", "3"),
    "tencent": ("", "tc3-get", "HmacSHA1", "HmacSHA256", "HmacSHA1-get", "HmacSHA256-get"),
}


def plain_call(operation: Operation) -> dict[str, Any]:
    """Parameters that an operation takes: its first documented example's, else the required ones."""
    calls = [example["call"] for example in operation.examples if "call" in example]
    return calls[0] if calls else nominal(operation.input)


def samples(services: Iterable[Service] = SERVICES) -> list[Wire]:
    """One signed request of every operation in every signature generation."""
    return [
        providers.provider(service.provider).compose(operation, plain_call(operation), replace(SENDER, scheme=scheme))
        for service in services
        for operation in service.operations.values()
        for scheme in SCHEMES[service.provider]
    ]


SAMPLES = samples()
METHODS = st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "get", "M-SEARCH"])


def as_received(data: bytes) -> str:
    """Bytes of a request's head as the server hands them on."""
    return data.decode("utf-8", "surrogateescape")


_PIECES = [
    *("%", "%FF", "%00", "%2", "%C3%28", "+", "&", "&&", "=", "?", "#", ".", ".0", ".999999999=x", ".-1", "[]", "//"),
    *("\x00", "\t", "\x7f", "é", "媒", "😀", "\udcff"),
    *("null", "NaN", "1e999", "-0", "9" * 30, "9" * 5000, "{", "}", "[", '"', "\\", "\\ud800", "{}", "[1]", "<a>"),
    *("]]>", "${jndi}", "../", "%2e%2e", "\r\n", ";", ",", "/", "Credential=", "Signature=", "SignedHeaders=", ":"),
]
TEXT = st.one_of(
    st.binary(max_size=30).map(as_received),
    st.text(st.characters(codec="utf-8"), max_size=20),
    st.lists(st.sampled_from(_PIECES), max_size=6).map("".join),
)
_NAMES = sorted(
    {name for wire in SAMPLES for name, _ in wire.headers} | {"X-Auth-Token", "x-jdcloud-foo", "X-TC-Token"}
)
_VALUES = sorted({value for wire in SAMPLES[::7] for _, value in wire.headers})
_HEADERS = st.tuples(st.sampled_from(_NAMES) | TEXT, st.sampled_from(_VALUES) | TEXT)
_QUERIES = sorted({wire.query for wire in SAMPLES if wire.query})
_PATHS = sorted({wire.path for wire in SAMPLES} | {"", "*", "//", "/v1", "/v3/auth/tokens", "/_mockcloud"})
_BODIES = sorted({wire.body for wire in SAMPLES})

wires: SearchStrategy[Wire] = st.builds(
    Wire,
    METHODS | TEXT,
    st.sampled_from(_PATHS) | TEXT.map(lambda text: f"/{text}"),
    st.sampled_from(_QUERIES) | TEXT,
    st.lists(_HEADERS, max_size=8).map(tuple),
    st.sampled_from(_BODIES) | st.binary(max_size=60),
)
Change = Callable[[Any, Wire], Wire]


def _spliced(draw: Any, whole: Any, pieces: SearchStrategy[Any]) -> Any:
    """A text or bytes with a part of it replaced by something else, or by the part itself twice."""
    begin = draw(st.integers(0, len(whole)))
    end = draw(st.integers(begin, min(len(whole), begin + 40)))
    part = whole[begin:end] * 2 if draw(st.booleans()) else draw(pieces)
    return whole[:begin] + part + whole[end:]


def _header(draw: Any, wire: Wire) -> Wire:
    headers = list(wire.headers)
    place = draw(st.integers(0, len(headers) - 1)) if headers else 0
    kinds = ["drop", "twice", "value", "more"] if headers else ["more"]
    match draw(st.sampled_from(kinds)):
        case "drop":
            del headers[place]
        case "twice":
            headers.append((headers[place][0], draw(TEXT)))
        case "value":
            name, value = headers[place]
            headers[place] = (name, _spliced(draw, value, TEXT))
        case _:
            headers.append(draw(_HEADERS))
    return replace(wire, headers=tuple(headers))


CHANGES: list[Change] = [
    lambda draw, wire: replace(wire, method=draw(METHODS)),
    lambda draw, wire: replace(wire, path=_spliced(draw, wire.path, TEXT)),
    lambda draw, wire: replace(wire, query=_spliced(draw, wire.query, TEXT)),
    lambda draw, wire: replace(
        wire, body=_spliced(draw, wire.body, TEXT.map(lambda text: text.encode("utf-8", "surrogateescape")))
    ),
    _header,
]


@st.composite
def damaged(draw: Any, known: tuple[Wire, ...] = tuple(SAMPLES)) -> Wire:
    """A valid request with one to four things changed."""
    wire = draw(st.sampled_from(known))
    for change in draw(st.lists(st.sampled_from(CHANGES), min_size=1, max_size=4)):
        wire = change(draw, wire)
    return wire

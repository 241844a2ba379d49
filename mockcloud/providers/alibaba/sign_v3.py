"""Signature version 3 (ACS3-HMAC-SHA256): over method, path, query, chosen headers and the hash of the body.

Source: G-d; what TV and NO send.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterator
from dataclasses import dataclass, replace

from mockcloud.model import Wire
from mockcloud.providers.signing import EMPTY_SHA256, sha256_hex

from .pairs import Pairs, parse, percent, write

ALGORITHM = "ACS3-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Canonical:
    """The parts of a canonical request; `text` joins them.

    query   encoded and sorted text; headers: (lower-case name, trimmed value), sorted
    signed  the SignedHeaders text as sent; payload: hex SHA-256 of the body
    """

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    signed: str
    payload: str

    def text(self) -> str:
        """The canonical request; an empty line follows the block of headers."""
        block = "".join(f"{name}:{value}\n" for name, value in self.headers)
        return "\n".join((self.method, self.path, self.query, block, self.signed, self.payload))


def canonical(wire: Wire, signed: str) -> Canonical:
    """Our canonical request. The query is decoded and encoded anew: clients sign %2A and send '*'."""
    headers = wire.header_map()
    names = sorted(name.strip().lower() for name in signed.split(";") if name.strip())
    return Canonical(
        method=wire.method,
        path=wire.path or "/",
        query=write(sorted(parse(wire.query))),
        headers=tuple((name, headers.get(name, "").strip()) for name in names),
        signed=signed,
        payload=sha256_hex(wire.body) if wire.body else EMPTY_SHA256,
    )


def with_bare_names(wire: Wire, ours: Canonical) -> Canonical:
    """The same request with the names of its query as they are: TO encodes values only."""
    return replace(ours, query="&".join(f"{name}={percent(value)}" for name, value in sorted(parse(wire.query))))


def string_to_sign(canonical_request: str) -> str:
    """The algorithm's name, a newline, and the hash of the canonical request."""
    return f"{ALGORITHM}\n{sha256_hex(canonical_request.encode('utf-8', 'surrogateescape'))}"


def signature(secret: str, text: str) -> str:
    """Hex HMAC-SHA256; the key is the secret as it is, without '&'."""
    return _mac(secret, text).hex()


def _mac(secret: str, text: str) -> bytes:
    return hmac.digest(secret.encode(), text.encode("utf-8", "surrogateescape"), "sha256")


def mistakes(wire: Wire, signed: str, secret: str) -> Iterator[tuple[str, str, str]]:
    """(what a client did wrong, its canonical request, its signature), one usual mistake at a time."""
    ours = canonical(wire, signed)
    text = ours.text()
    hashed = string_to_sign(text)
    yield "the access key secret was used with an '&' behind it", text, signature(f"{secret}&", hashed)
    yield (
        "the signature is in Base64 in place of hex",
        text,
        base64.b64encode(_mac(secret, hashed)).decode(),
    )
    yield "the canonical request was signed in place of its hash", text, signature(secret, f"{ALGORITHM}\n{text}")
    for what, other in _other_requests(wire, ours):
        yield what, other, signature(secret, string_to_sign(other))


def _other_requests(wire: Wire, ours: Canonical) -> Iterator[tuple[str, str]]:
    pairs = parse(wire.query)
    yield "the query was not sorted", replace(ours, query=write(pairs)).text()
    yield "the query was sorted without regard to case", replace(ours, query=write(_by_lower_name(pairs))).text()
    yield "the query was taken as it stands on the wire", replace(ours, query=wire.query).text()
    yield "a space was encoded as '+'", replace(ours, query=ours.query.replace("%20", "+")).text()
    yield "the query was left out", replace(ours, query="").text()
    yield "the body was not hashed", replace(ours, payload=EMPTY_SHA256).text()
    yield "the hash of the body was left out", replace(ours, payload="").text()
    sent = (wire.header("x-acs-content-sha256") or "").strip()
    yield "x-acs-content-sha256 is not the hash of the body", replace(ours, payload=sent).text()
    yield "the path was left empty", replace(ours, path="").text()
    for other in ("GET", "POST"):
        yield f"the method was taken for {other}", replace(ours, method=other).text()
    for what, host in _other_hosts(wire.header("host") or ""):
        headers = tuple((name, host if name == "host" else value) for name, value in ours.headers)
        yield what, replace(ours, headers=headers).text()
    in_order = {name: place for place, name in enumerate(ours.signed.lower().split(";"))}
    headers = tuple(sorted(ours.headers, key=lambda header: in_order.get(header[0], 0)))
    yield "the headers were not sorted", replace(ours, headers=headers).text()
    yield "SignedHeaders was sent unsorted", replace(ours, signed=";".join(sorted(ours.signed.split(";")))).text()
    block = "\n".join(f"{name}:{value}" for name, value in ours.headers)
    parts = (ours.method, ours.path, ours.query, block, ours.signed, ours.payload)
    yield "the empty line behind the headers was left out", "\n".join(parts)


def _by_lower_name(pairs: Pairs) -> Pairs:
    return sorted(pairs, key=lambda pair: pair[0].lower())


def _other_hosts(host: str) -> Iterator[tuple[str, str]]:
    name, colon, port = host.rpartition(":")
    if colon and port.isdigit():
        yield "the host was signed without its port", name
    else:
        yield "the host was signed with a port", f"{host}:80"
        yield "the host was signed with a port", f"{host}:443"
    yield "the host was signed with a scheme", f"http://{host}"


def authorization(key_id: str, signed: str, value: str) -> str:
    """The Authorization header."""
    return f"{ALGORITHM} Credential={key_id},SignedHeaders={signed},Signature={value}"


def parse_authorization(text: str) -> tuple[str, dict[str, str]]:
    """(algorithm, parts by name) of an Authorization header."""
    algorithm, _, rest = text.strip().partition(" ")
    pieces = (piece.strip().partition("=") for piece in rest.split(","))
    return algorithm, {name: value for name, _, value in pieces if name}

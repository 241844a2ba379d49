"""TC3-HMAC-SHA256: over method, query, chosen headers and the hash of the body.

Source: API 调用方式/接口鉴权 v3_intl.md; PYC abstract_client and sign; NODE sign.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import quote, unquote_plus

from mockcloud.model import Wire
from mockcloud.providers.signing import EMPTY_SHA256, hmac_sha256, sha256_hex

ALGORITHM = "TC3-HMAC-SHA256"
TERMINATOR = "tc3_request"
UNSIGNED = "UNSIGNED-PAYLOAD"
MUST_BE_SIGNED = ("content-type", "host")


@dataclass(frozen=True, slots=True)
class Signer:
    """What a signature is made for: day ("2026-11-20", UTC), service ("vod"), timestamp (Unix seconds as text)."""

    day: str
    service: str
    timestamp: str

    def string_to_sign(self, canonical: str) -> str:
        """Algorithm, time, scope and the hash of the canonical request, one a line."""
        hashed = sha256_hex(canonical.encode("utf-8", "surrogateescape"))
        return "\n".join((ALGORITHM, self.timestamp, f"{self.day}/{self.service}/{TERMINATOR}", hashed))

    def key(self, secret: str, prefix: str = "TC3") -> bytes:
        """The signing key: day, service and the terminator worked into the secret."""
        return hmac_sha256(hmac_sha256(hmac_sha256(f"{prefix}{secret}".encode(), self.day), self.service), TERMINATOR)

    def signature(self, secret: str, canonical: str) -> str:
        """Hex HMAC-SHA256 of the string to sign."""
        return hmac_sha256(self.key(secret), self.string_to_sign(canonical)).hex()


@dataclass(frozen=True, slots=True)
class Canonical:
    """The parts of a canonical request; `text` joins them. The path is always "/".

    query    as it stands on the wire, neither sorted nor encoded anew; "" for POST
    headers  (lower-case name, trimmed value), sorted
    signed   the SignedHeaders text as sent
    payload  hex SHA-256 of the body, or of the word UNSIGNED-PAYLOAD
    """

    method: str
    query: str
    headers: tuple[tuple[str, str], ...]
    signed: str
    payload: str
    path: str = "/"

    def text(self) -> str:
        """The canonical request; an empty line follows the block of headers."""
        block = "".join(f"{name}:{value}\n" for name, value in self.headers)
        return "\n".join((self.method, self.path, self.query, block, self.signed, self.payload))


def utc_day(timestamp: int) -> str:
    """The UTC day of a moment, as the credential scope has it."""
    return datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d")


def canonical(wire: Wire, signed: str, host: str | None = None) -> Canonical:
    """Our canonical request; `host` in place of the Host header's value."""
    sent = wire.header_map()
    if host is not None:
        sent["host"] = host
    names = sorted({name.strip().lower() for name in signed.split(";") if name.strip()})
    return Canonical(
        method=wire.method,
        query="" if wire.method == "POST" else wire.query,
        headers=tuple((name, sent.get(name, "").strip()) for name in names),
        signed=signed,
        payload=_payload(wire),
    )


def _payload(wire: Wire) -> str:
    if (wire.header("x-tc-content-sha256") or "").strip() == UNSIGNED:
        return sha256_hex(UNSIGNED.encode())
    return EMPTY_SHA256 if wire.method == "GET" else sha256_hex(wire.body)


def hosts(wire: Wire) -> tuple[str, ...]:
    """The Host header as it is, and without its port: the Node client signs the latter (NODE)."""
    host = (wire.header("host") or "").strip()
    name, colon, port = host.rpartition(":")
    return (host, name) if colon and port.isdigit() else (host,)


def mistakes(wire: Wire, signed: str, signer: Signer, secret: str, real_host: str) -> Iterator[tuple[str, str, str]]:
    """(what a client did wrong, its canonical request, its signature), one usual mistake at a time."""
    for host in hosts(wire):
        ours = canonical(wire, signed, host)
        text = ours.text()
        for what, other in _other_requests(wire, ours, real_host):
            yield what, other, signer.signature(secret, other)
        for what, signature in _other_keys(signer, secret, text):
            yield what, text, signature


def _other_keys(signer: Signer, secret: str, text: str) -> Iterator[tuple[str, str]]:
    hashed = signer.string_to_sign(text)
    yield "the secret key was used without 'TC3' before it", hmac_sha256(signer.key(secret, ""), hashed).hex()
    yield "the signature is in upper case", signer.signature(secret, text).upper()
    raw = hmac_sha256(signer.key(secret), hashed)
    yield "the signature is in Base64 in place of hex", base64.b64encode(raw).decode()
    direct = hmac.digest(f"TC3{secret}".encode(), hashed.encode(), "sha256").hex()
    yield "the string to sign was signed with the secret key itself", direct
    unhashed = "\n".join((*hashed.split("\n")[:3], text))
    whole = hmac.digest(signer.key(secret), unhashed.encode("utf-8", "surrogateescape"), "sha256").hex()
    yield "the canonical request stands in the string to sign in place of its hash", whole
    for service in ("vod", "cvm"):
        if service != signer.service:
            other = replace(signer, service=service)
            yield (
                f"the key was made for the service {service!r}, the scope names another",
                (hmac_sha256(other.key(secret), hashed).hex()),
            )


def _other_requests(wire: Wire, ours: Canonical, real_host: str) -> Iterator[tuple[str, str]]:
    if ours.query:
        parts = ours.query.split("&")
        yield "the query was sorted", replace(ours, query="&".join(sorted(parts))).text()
        yield "a space in the query was encoded another way", replace(ours, query=_other_spaces(ours.query)).text()
        yield "the query was decoded", replace(ours, query=unquote_plus(ours.query)).text()
        yield "the query was left out", replace(ours, query="").text()
    elif wire.query:
        yield "the query of a POST was signed", replace(ours, query=wire.query).text()
    for what, payload in _other_payloads(wire):
        yield what, replace(ours, payload=payload).text()
    for what, path in (("the path was left empty", ""), ("the path was signed as sent", wire.path)):
        yield what, replace(ours, path=path).text()
    for method in ("GET", "POST", wire.method.lower()):
        yield f"the method was taken for {method}", replace(ours, method=method).text()
    yield from _other_headers(ours, real_host)
    block = "\n".join(f"{name}:{value}" for name, value in ours.headers)
    parts = [ours.method, ours.path, ours.query, block, ours.signed, ours.payload]
    yield "the empty line behind the headers was left out", "\n".join(parts)


def _other_spaces(query: str) -> str:
    return query.replace("+", "%20") if "+" in query else query.replace("%20", "+")


def _other_payloads(wire: Wire) -> Iterator[tuple[str, str]]:
    yield "the body was hashed as empty", EMPTY_SHA256
    yield "UNSIGNED-PAYLOAD was put in place of the hash", UNSIGNED
    yield "UNSIGNED-PAYLOAD was signed without the header X-TC-Content-SHA256", sha256_hex(UNSIGNED.encode())
    yield "the body was signed although X-TC-Content-SHA256 says UNSIGNED-PAYLOAD", sha256_hex(wire.body)
    yield "the body was not hashed", wire.body.decode("utf-8", "replace")
    try:
        body = json.loads(wire.body)
    except (ValueError, RecursionError):
        return
    for spaces in ((",", ":"), (", ", ": ")):
        for escapes in (False, True):
            text = json.dumps(body, ensure_ascii=escapes, separators=spaces)
            yield (
                "another serialization of the body was signed than was sent",
                sha256_hex(text.encode("utf-8", "replace")),
            )


def _other_headers(ours: Canonical, real_host: str) -> Iterator[tuple[str, str]]:
    values = dict(ours.headers)
    for what, name, value in (
        ("the host was signed as that of the real service", "host", real_host),
        ("the host was signed with a scheme", "host", f"http://{values.get('host', '')}"),
        ("the content type was signed with a charset", "content-type", "application/json; charset=utf-8"),
        (
            "the content type was signed without its parameters",
            "content-type",
            values.get("content-type", "").partition(";")[0],
        ),
        ("the content type was signed as JSON", "content-type", "application/json"),
        ("the content type was signed in lower case", "content-type", values.get("content-type", "").lower()),
    ):
        headers = tuple((key, value if key == name else old) for key, old in ours.headers)
        yield what, replace(ours, headers=headers).text()
    place = {name: index for index, name in enumerate(ours.signed.lower().split(";"))}
    unsorted = tuple(sorted(ours.headers, key=lambda header: place.get(header[0], 0)))
    yield "the headers were not sorted", replace(ours, headers=unsorted).text()
    titled = tuple((quote(name.title()), value) for name, value in ours.headers)
    yield "the names of the headers were not in lower case", replace(ours, headers=titled).text()

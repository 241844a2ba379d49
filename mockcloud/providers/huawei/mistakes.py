"""Why a signature is wrong: each usual mistake is tried, and the one that gives the client's signature named.

The client's canonical request is not on the wire. What can be said is which deviation from the rules leads to exactly
the signature that it sent; where none does, the secret is the likely culprit.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote_plus

from mockcloud.contract.spec import Service
from mockcloud.model import Wire
from mockcloud.providers.signing import EMPTY_SHA256, first_difference, hmac_sha256, sha256_hex

from .sign import (
    ALGORITHM,
    Proof,
    body_hash,
    canonical_headers,
    canonical_path,
    canonical_query,
    query_pairs,
    readings,
    signature,
    string_to_sign,
)

Json = dict[str, Any]
_HIDDEN = "***"


def diagnose(wire: Wire, proof: Proof, secret: str, service: Service) -> Json:
    """{"ours", "theirs", "difference"} of a signature that was not accepted; values of secret headers are hidden."""
    ours = next(readings(wire, proof))
    found = _found(wire, proof, secret, ours)
    secrets = [value for name in service.secrets["headers"] if (value := (wire.header(name) or "").strip())]

    def shown(text: str) -> str:
        for value in secrets:
            text = text.replace(value, _HIDDEN)
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")

    if found is not None:
        mistake, theirs = found
        where = f" ({first_difference(ours, theirs)})" if theirs != ours else ""
        return {"ours": shown(ours), "theirs": shown(theirs), "difference": shown(f"{mistake}{where}")}
    absent = [name for name in proof.signed if wire.header(name) is None]
    if absent:
        difference = f"SignedHeaders names {', '.join(absent)}, which the request does not have"
    else:
        difference = (
            "no known mistake gives this signature, so the secret is probably wrong, "
            "or method, path, query, body or a signed header was changed after signing"
        )
    return {"ours": shown(ours), "theirs": None, "difference": shown(difference)}


def _found(wire: Wire, proof: Proof, secret: str, ours: str) -> tuple[str, str] | None:
    """(mistake, the canonical request that its maker would have signed) or None."""
    for mistake, request in _other_requests(wire, proof):
        if signature(secret, proof.date, request) == proof.signature:
            return mistake, request
    for mistake, made in _other_ways(wire, proof, secret, ours):
        if made == proof.signature:
            return mistake, ours
    return None


def _other_requests(wire: Wire, proof: Proof) -> Iterator[tuple[str, str]]:
    """Canonical requests with one part made in a wrong way."""
    path, query, names = canonical_path(wire.path), canonical_query(wire.query), tuple(sorted(proof.signed))
    block = canonical_headers(wire, names)

    def request(**changed: str) -> str:
        parts = {"method": wire.method, "path": path, "query": query, "block": block, "names": ";".join(names)}
        return "\n".join((parts | {"body": body_hash(wire)} | changed).values())

    yield "the slash at the end of the path was left out", request(path=path.removesuffix("/"))
    yield "the path was signed as it stands in the URL", request(path=f"{wire.path.rstrip('/')}/")
    yield "the query was left out", request(query="")
    yield "the query was signed as it stands in the URL", request(query=wire.query)
    yield "repeated names were joined with ','", request(query=_joined(wire.query))
    yield "a space in the query was encoded as '+', it must be %20", request(query=_with_plus(wire.query))
    yield "the body was signed as an empty one", request(body=EMPTY_SHA256)
    yield "X-Sdk-Content-Sha256 was sent but not signed, it stands in for the hash", request(body=sha256_hex(wire.body))
    yield "the body was signed unhashed", request(body=wire.body.decode("utf-8", "surrogateescape"))
    yield "the hash of the body is in upper case", request(body=body_hash(wire).upper())
    yield "the empty line behind the headers was left out", request(block=block.removesuffix("\n"))
    yield "the method was signed in lower case", request(method=wire.method.lower())
    yield from _other_headers(wire, proof, request)


def _other_headers(wire: Wire, proof: Proof, request: Any) -> Iterator[tuple[str, str]]:
    names = tuple(sorted(proof.signed))
    host = wire.header("host") or ""
    name, colon, _ = host.partition(":")
    others = {"the host was signed without its port": name} if colon else {}
    others |= {} if colon else {f"the host was signed with the port {port}": f"{host}:{port}" for port in (80, 443)}
    for mistake, other in others.items():
        swapped = replace(wire, headers=tuple((n, other if n.lower() == "host" else v) for n, v in wire.headers))
        yield mistake, request(block=canonical_headers(swapped, names))
    yield (
        "the signed headers were not sorted",
        request(block=canonical_headers(wire, proof.signed), names=";".join(proof.signed)),
    )
    if "user-agent" in names:
        fewer = tuple(name for name in names if name != "user-agent")
        block = canonical_headers(wire, fewer)
        yield "User-Agent is in SignedHeaders but was not signed", request(block=block, names=";".join(fewer))


def _other_ways(wire: Wire, proof: Proof, secret: str, ours: str) -> Iterator[tuple[str, str]]:
    """Signatures of the right canonical request, made in a wrong way."""
    right = signature(secret, proof.date, ours)
    yield "the signature is in upper case", right.upper()
    yield "the signature is in Base64, it must be hex", b64encode(bytes.fromhex(right)).decode()
    for name, key in (
        ("the access key id", proof.key_id),
        ("the secret with white space behind it", f"{secret}\n"),
        ("'SDK' and the secret", f"SDK{secret}"),
        (f"{ALGORITHM!r} and the secret", f"{ALGORITHM}{secret}"),
    ):
        yield f"signed with {name} as the key", signature(key, proof.date, ours)
    yield "the canonical request went into the string to sign unhashed", _hex(secret, f"{_head(proof)}{ours}")
    yield "the canonical request itself was signed", _hex(secret, ours)
    day = hmac_sha256(secret.encode(), proof.date[:8])
    yield (
        "a key was derived from the date, the secret itself is the key",
        hmac.digest(day, string_to_sign(proof.date, ours).encode(), "sha256").hex(),
    )
    date = (wire.header("date") or "").strip()
    if date:
        yield "the Date header was signed in place of X-Sdk-Date", signature(secret, date, ours)


def _head(proof: Proof) -> str:
    return f"{ALGORITHM}\n{proof.date}\n"


def _hex(key: str, text: str) -> str:
    return hmac.digest(key.encode(), text.encode("utf-8", "surrogateescape"), "sha256").hex()


def _joined(query: str) -> str:
    values: dict[str, list[str]] = {}
    for name, value in query_pairs(query):
        values.setdefault(name, []).append(value)
    return "&".join(
        canonical_query(f"{_plus(name)}={_plus(','.join(found))}") for name, found in sorted(values.items())
    )


def _with_plus(query: str) -> str:
    pairs = sorted(query_pairs(query))
    return "&".join(f"{_plus(name)}={_plus(value)}" for name, value in pairs)


def _plus(text: str) -> str:
    return quote_plus(text, safe="~", errors="surrogateescape")

"""Why a JD Cloud signature is wrong: each usual mistake is tried, and the one that gives the client's signature named.

The client's canonical request is not on the wire. What can be said is which deviation from the rules leads to exactly
the signature that it sent; where none does, the secret is the likely culprit.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote_plus, unquote_plus

from mockcloud.model import Wire
from mockcloud.providers.signing import EMPTY_SHA256, first_difference, hmac_sha256, sha256_hex

from .sign import (
    DATE,
    GENERATIONS,
    Generation,
    Proof,
    canonical_headers,
    canonical_path,
    canonical_query,
    readings,
    signature,
    signing_key,
    string_to_sign,
)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a client that makes one mistake would sign: the mistake, its canonical string, the signature it gives."""

    mistake: str
    theirs: str
    signature: str


def diagnose(wire: Wire, proof: Proof, secret: str, hosts: tuple[str, ...], scope_trouble: str = "") -> Json:
    """{"ours", "theirs", "difference"} of a signature that was not accepted.

    hosts          the provider's own host names, which a client may have signed
    scope_trouble  what is wrong with the scope by itself; then that is the difference
    """
    ours = next(readings(wire, proof.signed))
    if scope_trouble:
        return {"ours": ours, "theirs": None, "difference": scope_trouble}
    for attempt in _attempts(wire, proof, secret, ours, hosts):
        if attempt.signature == proof.signature:
            where = f" ({first_difference(ours, attempt.theirs)})" if attempt.theirs != ours else ""
            return {"ours": ours, "theirs": attempt.theirs, "difference": f"{attempt.mistake}{where}"}
    absent = [name for name in proof.signed if wire.header(name) is None]
    if absent:
        difference = f"SignedHeaders names {', '.join(absent)}, which the request does not have"
    else:
        difference = (
            "no known mistake gives this signature, so the secret is probably wrong, "
            "or method, path, query, body or a signed header was changed after signing"
        )
    return {"ours": ours, "theirs": None, "difference": difference}


def _attempts(wire: Wire, proof: Proof, secret: str, ours: str, hosts: tuple[str, ...]) -> Iterator[Attempt]:
    for mistake, request in _other_requests(wire, proof, hosts):
        yield Attempt(mistake, request, signature(secret, proof, request))
    for mistake, other in _other_proofs(wire, proof):
        yield Attempt(mistake, ours, signature(secret, other, ours))
    for name, text in (("access key id", proof.key_id), ("secret with white space around it", f"{secret}\n")):
        yield Attempt(f"signed with the {name} as the secret", ours, signature(text, proof, ours))
    key = signing_key(secret, proof.generation, proof.day, proof.region, proof.service)
    unhashed = "\n".join((*string_to_sign(proof, ours).split("\n")[:3], ours))
    yield Attempt("the canonical request went into the string to sign unhashed", ours, _hex(key, unhashed))
    yield Attempt("the canonical request itself was signed", ours, _hex(key, ours))
    yield Attempt(
        "the steps of the signing key were chained as hex text, they must be binary",
        ours,
        _hex(_hex_chained_key(secret, proof), string_to_sign(proof, ours)),
    )
    yield Attempt("the signature is in upper case", ours, signature(secret, proof, ours).upper())


def _other_requests(wire: Wire, proof: Proof, hosts: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Canonical requests with one part made in a wrong way."""
    path, query = canonical_path(wire.path), canonical_query(wire.query)
    block, names = canonical_headers(wire, proof.signed), ";".join(sorted(proof.signed))
    body = wire.body.decode("utf-8", "replace")

    def request(**changed: str) -> str:
        parts = {"method": wire.method, "path": path, "query": query, "block": block, "names": names}
        return "\n".join((parts | {"body": sha256_hex(wire.body)} | changed).values())

    yield (
        "the path was signed as it stands in the URL; decode it and encode it anew (':' becomes %3A)",
        request(path=wire.path),
    )
    yield "a slash at the end of the path was added or left out", request(path=_other_end(path))
    yield "the path was left out", request(path="/")
    yield "the query was not sorted", request(query=_unsorted(wire.query))
    yield "the query was signed as it stands in the URL", request(query=wire.query)
    yield "a space in the query was encoded as '+', it must be %20", request(query=_with_plus(wire.query))
    yield "the query was left out", request(query="")
    yield "the body was signed as an empty one", request(body=EMPTY_SHA256)
    yield "the body was signed unhashed", request(body=body)
    yield "the hash of the body is in upper case", request(body=sha256_hex(wire.body).upper())
    yield "the empty line behind the headers was left out", request(block=block.removesuffix("\n"))
    yield "the method was signed in lower case", request(method=wire.method.lower())
    for mistake, host in _other_hosts(wire.header("host") or "", hosts):
        swapped = replace(wire, headers=tuple((n, host if n.lower() == "host" else v) for n, v in wire.headers))
        yield mistake, request(block=canonical_headers(swapped, proof.signed))
    unsorted = canonical_headers(wire, proof.signed).splitlines(keepends=True)
    by_name = {line.partition(":")[0]: line for line in unsorted}
    yield (
        "the signed headers were not sorted",
        request(block="".join(by_name[name] for name in proof.signed), names=";".join(proof.signed)),
    )


def _other_hosts(host: str, own: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    name, colon, _ = host.partition(":")
    if colon:
        yield "the host was signed without its port", name
    else:
        yield "the host was signed with the port 80", f"{host}:80"
        yield "the host was signed with the port 443", f"{host}:443"
    for other in own:
        yield f"the host was signed as {other!r}, it was sent as {host!r}", other


def _other_end(path: str) -> str:
    return path.removesuffix("/") if path.endswith("/") else f"{path}/"


def _unsorted(query: str) -> str:
    items = [canonical_query(item) for item in query.split("&")]
    return "&".join(item for item in items if item)


def _with_plus(query: str) -> str:
    pairs = (item.partition("=") for item in query.split("&") if item)
    return "&".join(sorted(f"{_plus(name)}={_plus(value)}" for name, _, value in pairs))


def _plus(text: str) -> str:
    return quote_plus(unquote_plus(text, errors="surrogateescape"), safe="~", errors="surrogateescape")


def _other_proofs(wire: Wire, proof: Proof) -> Iterator[tuple[str, Proof]]:
    """The same request under other constants, scope or date than the header says."""
    for other in GENERATIONS.values():
        if other == proof.generation:
            continue
        prefix, terminator = other.prefix, other.terminator
        mixed = Generation(proof.generation.algorithm, prefix, proof.generation.terminator)
        yield (
            f"the secret was prefixed with {prefix!r}, not {proof.generation.prefix!r}",
            replace(proof, generation=mixed),
        )
        mixed = Generation(other.algorithm, prefix, terminator)
        yield (
            f"signed with the constants of {other.algorithm}, sent as {proof.generation.algorithm}",
            replace(proof, generation=mixed, terminator=terminator),
        )
    bare = replace(proof.generation, prefix="")
    yield f"the secret was used without the prefix {proof.generation.prefix!r}", replace(proof, generation=bare)
    date = wire.header("date")
    if date and date.isascii():
        yield f"the Date header was signed in place of {DATE}", replace(proof, date=date.strip())
    yield f"the day was signed in place of {DATE}", replace(proof, date=proof.day)


def _hex_chained_key(secret: str, proof: Proof) -> bytes:
    key = (proof.generation.prefix + secret).encode()
    for part in (proof.day, proof.region, proof.service, proof.generation.terminator):
        key = hmac_sha256(key, part).hex().encode()
    return key


def _hex(key: bytes, text: str) -> str:
    return hmac.digest(key, text.encode("utf-8", "surrogateescape"), "sha256").hex()

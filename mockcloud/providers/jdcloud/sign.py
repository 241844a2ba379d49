"""JD Cloud's request signature: who signed, whether it is right, and how to make one.

Two generations are in use. They differ in three constants that belong together: the documents, the Node, Java and Go
clients sign with generation 2, the current Python and PHP clients with generation 3. Which headers are signed is the
client's choice: the list in `SignedHeaders` is believed.

Naming the client's mistake when a signature is wrong is the business of `mistakes`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from urllib.parse import quote_from_bytes, unquote_to_bytes

from mockcloud.contract.spec import Service
from mockcloud.gate import Gate
from mockcloud.model import Call, Claim, Refusal, Wire
from mockcloud.providers.signing import hmac_sha256, is_same, sha256_hex

CODE = "ACCESS_ERROR"
DATE = "x-jdcloud-date"
NONCE = "x-jdcloud-nonce"
BODY_HASH = "x-jdcloud-content-sha256"
_DATE_FORM = re.compile(r"[0-9]{8}T[0-9]{6}Z")


@dataclass(frozen=True, slots=True)
class Generation:
    """The constants of one signature generation: algorithm, what precedes the secret, last part of the scope."""

    algorithm: str
    prefix: str
    terminator: str


GENERATIONS = {
    "2": Generation("JDCLOUD2-HMAC-SHA256", "JDCLOUD2", "jdcloud2_request"),
    "3": Generation("JDCLOUD3-HMAC-SHA256", "JDCLOUD3", "jdcloud3_request"),
}
_BY_ALGORITHM = {generation.algorithm: generation for generation in GENERATIONS.values()}


@dataclass(frozen=True, slots=True)
class Proof:
    """What the Authorization and date headers say.

    day, region, service, terminator   the four parts of the credential scope
    signed                             names of the signed headers, lower case, in the order given
    date                               x-jdcloud-date as received
    """

    generation: Generation
    key_id: str
    day: str
    region: str
    service: str
    terminator: str
    signed: tuple[str, ...]
    signature: str
    date: str

    @property
    def scope(self) -> str:
        """The credential scope as text."""
        return f"{self.day}/{self.region}/{self.service}/{self.terminator}"


def credentials(call: Call, service: Service) -> Claim:
    """Read the Authorization header.

    Refusal: ACCESS_ERROR with the gateway's own message for what is missing; in its order: the header, the
    credential, the list of signed headers, the date.
    """
    header = (call.wire.header("authorization") or "").strip()
    if not header:
        raise _lacking("lack-authorization", "the request has no Authorization header; sign it")
    algorithm, _, rest = header.partition(" ")
    members = {name.strip(): value.strip() for name, _, value in (part.partition("=") for part in rest.split(","))}
    scope = members.get("Credential", "").rsplit("/", 4)
    generation = _BY_ALGORITHM.get(algorithm)
    if generation is None or len(scope) != 5 or not all(scope) or not header.isascii():
        raise _lacking(
            "lack-credential",
            f"Authorization is not '<algorithm> Credential=<key>/<day>/<region>/<service>/<terminator>, "
            f"SignedHeaders=..., Signature=...' with one of {sorted(_BY_ALGORITHM)}",
        )
    signed = tuple(name.strip().lower() for name in members.get("SignedHeaders", "").split(";") if name.strip())
    if not signed:
        raise _lacking("lack-signed-headers", "Authorization has no SignedHeaders")
    date = (call.wire.header(DATE) or "").strip()
    if not date:
        raise _lacking("lack-date", f"the request has no {DATE} header")
    key_id, day, region, product_name, terminator = scope
    signature = members.get("Signature", "")
    proof = Proof(generation, key_id, day, region, product_name, terminator, signed, signature, date)
    return Claim(key_id, parts={"proof": proof})


def _lacking(variant: str, detail: str) -> Refusal:
    return Refusal(CODE, variant=variant, reason="credentials", detail=detail)


def verify(call: Call, claim: Claim, service: Service, gate: Gate) -> str:
    """Judge the signature; the account's name.

    Neither the age of the date nor a repeated nonce matters: nothing published limits them. The day of the scope
    must be the day of x-jdcloud-date, its region the one that the path names.
    Refusal: ACCESS_ERROR, for an unknown key, or with a diagnosis for a signature that is not ours.
    """
    secret = gate.secret(claim.key_id)
    if secret is None:
        detail = f"access key {claim.key_id!r} is not known here; use 'mockcloud' or 'mockcloud-<name>'"
        raise Refusal(CODE, variant="invalid-access-key", reason="credentials", detail=detail)
    proof: Proof = claim.parts["proof"]
    wrong = scope_trouble(proof, call.place.get("regionId"), service.id.partition("-")[2])
    if wrong or not any(
        is_same(signature(secret, proof, request), proof.signature) for request in readings(call.wire, proof.signed)
    ):
        from .mistakes import diagnose  # it builds on this module

        diagnosis = diagnose(call.wire, proof, secret, service.hosts, wrong)
        raise Refusal(
            CODE, variant="signature", reason="signature", detail=diagnosis["difference"], diagnosis=diagnosis
        )
    return gate.account(claim.key_id)


def scope_trouble(proof: Proof, region: str | None, service: str) -> str:
    """What is wrong with the scope by itself, in one sentence; "" when nothing is.

    region  the one in the path; None where the path has none (then any will do)
    """
    if not _DATE_FORM.fullmatch(proof.date):
        return f"{DATE} {proof.date!r} is not of the form YYYYMMDDTHHmmssZ"
    if proof.day != proof.date[:8]:
        return f"the scope says day {proof.day!r}, {DATE} says {proof.date[:8]!r}"
    if proof.terminator != proof.generation.terminator:
        wanted = proof.generation.terminator
        return f"the scope ends in {proof.terminator!r}, with {proof.generation.algorithm} it ends in {wanted!r}"
    if proof.service != service:
        return f"the scope says service {proof.service!r}, this one is {service!r}"
    if region is not None and proof.region != region:
        return f"the scope says region {proof.region!r}, the path says {region!r}"
    return ""


def readings(wire: Wire, signed: tuple[str, ...]) -> Iterator[str]:
    """The canonical requests that the rules allow for; the documented one first, most often the only one.

    The published clients differ in four places, and each of them is in use: whether "+" in a path is a space
    (Python), whether a parameter without "=" counts (not in Python), whether query values are encoded anew (Java
    sends its own form), whether inner runs of spaces in headers are squeezed (not in Python). A signed
    x-jdcloud-content-sha256 stands in for the hash of the body (Node's description).
    """
    paths = _unique(canonical_path(wire.path), canonical_path(wire.path.replace("+", " ")))
    queries = _unique(canonical_query(wire.query), canonical_query(wire.query, loose=False), sorted_query(wire.query))
    headers = _unique(canonical_headers(wire, signed), canonical_headers(wire, signed, squeeze=False))
    own_hash = wire.header(BODY_HASH) if BODY_HASH in signed else None
    hashes = _unique(sha256_hex(wire.body), own_hash or sha256_hex(wire.body))
    names = ";".join(sorted(signed))
    for path, query, block, body_hash in product(paths, queries, headers, hashes):
        yield "\n".join((wire.method, path, query, block, names, body_hash))


def _unique(*texts: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def canonical_path(path: str) -> str:
    """Percent-decode, squeeze slashes, encode anew: ":" becomes %3A, an empty path "/"."""
    decoded = re.sub(rb"/+", b"/", unquote_to_bytes(_bytes(path)))
    return quote_from_bytes(b"/" + decoded.removeprefix(b"/"), safe="/~")


def canonical_query(query: str, *, loose: bool = True) -> str:
    """Decode each pair, encode anew, sort by name and value.

    loose  whether a parameter without "=" counts as one with an empty value, and an empty name counts at all
    """
    pairs = []
    for item in query.split("&"):
        name, equals, value = item.partition("=")
        if item and (loose or (name and equals)):
            pairs.append((_recoded(name), _recoded(value)))
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def sorted_query(query: str) -> str:
    """The pairs as they came, sorted."""
    return "&".join(sorted(item for item in query.split("&") if item))


def _recoded(text: str) -> str:
    return quote_from_bytes(unquote_to_bytes(_bytes(text.replace("+", " "))), safe="~")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def canonical_headers(wire: Wire, signed: tuple[str, ...], *, squeeze: bool = True) -> str:
    """One "name:value" line for each signed header, sorted by name; a header that is not there has an empty value."""
    values: dict[str, list[str]] = {name: [] for name in sorted(signed)}
    for name, value in wire.headers:
        if name.lower() in values:
            values[name.lower()].append(re.sub(" +", " ", value.strip()) if squeeze else value.strip())
    return "".join(f"{name}:{','.join(found)}\n" for name, found in values.items())


def signing_key(secret: str, generation: Generation, day: str, region: str, service: str) -> bytes:
    """The key that the secret gives for one day, region and service."""
    key = hmac_sha256((generation.prefix + secret).encode(), day)
    for part in (region, service, generation.terminator):
        key = hmac_sha256(key, part)
    return key


def string_to_sign(proof: Proof, request: str) -> str:
    """Algorithm, date, scope and the hash of the canonical request."""
    hashed = sha256_hex(request.encode("utf-8", "surrogateescape"))
    return "\n".join((proof.generation.algorithm, proof.date, proof.scope, hashed))


def signature(secret: str, proof: Proof, request: str) -> str:
    """The signature that a canonical request should carry, lower-case hex."""
    key = signing_key(secret, proof.generation, proof.day, proof.region, proof.service)
    return hmac_sha256(key, string_to_sign(proof, request)).hex()


def sign(
    wire: Wire,
    *,
    key_id: str,
    secret: str,
    date: str,
    nonce: str,
    region: str,
    service: str = "mps",
    generation: str = "2",
    signed: tuple[str, ...] | None = None,
) -> Wire:
    """The same request with date, nonce and Authorization.

    date    YYYYMMDDTHHmmssZ, UTC
    signed  lower-case names; default: content-type, host, date and nonce, those of them that are there
    """
    dated = replace(wire, headers=(*wire.headers, (DATE, date), (NONCE, nonce)))
    present = dated.header_map()
    names = signed if signed is not None else tuple(n for n in ("content-type", "host", DATE, NONCE) if n in present)
    scheme = GENERATIONS[generation]
    proof = Proof(scheme, key_id, date[:8], region, service, scheme.terminator, names, "", date)
    made = signature(secret, proof, next(readings(dated, names)))
    text = (
        f"{scheme.algorithm} Credential={key_id}/{proof.scope}, "
        f"SignedHeaders={';'.join(sorted(names))}, Signature={made}"
    )
    return replace(dated, headers=(*dated.headers, ("Authorization", text)))

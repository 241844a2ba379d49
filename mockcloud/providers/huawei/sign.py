"""Who calls, and whether that is proven: SDK-HMAC-SHA256 signatures, tokens, and the password at POST /v3/auth/tokens.

Which headers are signed is the client's choice, X-Sdk-Date among them: the list in SignedHeaders is believed.
Naming the client's mistake when a signature is wrong is the business of `mistakes`.
Source: GW signing guide; CORE signer.py; measured.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from itertools import product
from typing import Any
from urllib.parse import quote, unquote

from mockcloud.contract.spec import Service
from mockcloud.gate import TOKEN, Gate
from mockcloud.model import Call, Claim, Refusal, Wire
from mockcloud.providers.signing import EMPTY_SHA256, hmac_sha256, is_same, sha256_hex

from .tokens import opens

Json = dict[str, Any]

ALGORITHM = "SDK-HMAC-SHA256"
DATE = "x-sdk-date"
BODY_HASH = "x-sdk-content-sha256"
KEYSTONE = "keystone"
STAMP = "%Y%m%dT%H%M%SZ"
_STAMP_FORM = re.compile(r"[0-9]{8}T[0-9]{6}Z")
_PLAIN = re.compile(r"[A-Za-z0-9_.~-]*").fullmatch
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_.~/-]*").fullmatch
_AUTHORIZATION = re.compile(
    rf"{ALGORITHM} +Access=(?P<key>[^,\s]+), *SignedHeaders=(?P<signed>[^,\s]*), *Signature=(?P<signature>[^,\s]+)"
)


@dataclass(slots=True)  # not frozen: one for every request, at a third of the price
class Proof:
    """What the Authorization and date headers say.

    signed  names of the signed headers, lower case, in the order given
    date    X-Sdk-Date as received, "" when absent
    """

    key_id: str
    signed: tuple[str, ...]
    signature: str
    date: str


def credentials(call: Call, service: Service) -> Claim:
    """Signature before token, and for a token request the user name and password.

    Refusal: APIGW.0301, from IAM 401: nothing there, or an Authorization of another scheme and no token beside it.
    """
    operation = service.operations.get(call.operation)
    if operation is not None and operation.behave == "create_token":
        return _password_claim(call)
    named = call.wire.named
    header = named.get("authorization", "").strip()
    found = _AUTHORIZATION.fullmatch(header)
    if found is not None:
        key_id, signed, signature_text = found.groups()
        names = tuple(filter(None, signed.lower().split(";")))
        return Claim(key_id, parts={"proof": Proof(key_id, names, signature_text, named.get(DATE, "").strip())})
    token = named.get("x-auth-token", "").strip()
    if token:
        return Claim("", token=token)
    if header:
        detail = f"Authorization is not '{ALGORITHM} Access=<key>, SignedHeaders=<a;b>, Signature=<hex>'"
        raise _unauthorized(call, "unauthorized", detail)
    raise _unauthorized(call, "no-credentials", "the request has neither Authorization nor X-Auth-Token")


def _password_claim(call: Call) -> Claim:
    user = call.parameters
    for member in ("auth", "identity", "password", "user"):
        inner = user.get(member)
        user = inner if isinstance(inner, dict) else {}
    name, password = user.get("name"), user.get("password")
    if not (isinstance(name, str) and isinstance(password, str) and name and password):
        return Claim("", parts={"password": None})
    return Claim(name, parts={"password": password})


def _unauthorized(call: Call, variant: str, detail: str, *fill: str, diagnosis: Json | None = None) -> Refusal:
    """The refusal of whoever was asked: the gateway has a text for each case, IAM two in all."""
    code = "APIGW.0301"
    if call.format == KEYSTONE:
        code, fill = "401", ()
        variant = "" if variant == "no-credentials" else "failed"
    reason = "signature" if diagnosis is not None else "credentials"
    return Refusal(code, *fill, variant=variant, reason=reason, detail=detail, diagnosis=diagnosis)


def verify(call: Call, claim: Claim, service: Service, gate: Gate) -> str:
    """Judge what was claimed; the account's name.

    Refusal: APIGW.0301 (from IAM 401) for key, date, signature and token; MPC.10208 for a token of another project.
    """
    if "password" in claim.parts:
        return _verify_password(claim, gate)
    if claim.token:
        return _verify_token(call, claim, gate)
    return _verify_signature(call, claim, service, gate)


def _verify_password(claim: Claim, gate: Gate) -> str:
    # A request that lacks name or password passes: what is wrong with it is for validation to say.
    password = claim.parts["password"]
    secret = gate.secret(claim.key_id)
    if password is not None and (secret is None or not is_same(secret, password)):
        detail = f"user {claim.key_id!r}: the name is 'mockcloud' or 'mockcloud-<name>', the password its secret"
        raise Refusal("401", variant="password", reason="credentials", detail=detail)
    return gate.account(claim.key_id)


def _verify_token(call: Call, claim: Claim, gate: Gate) -> str:
    known = gate.token(claim.token)
    if known is None:
        detail = f"this token was not issued here (or before a reset); use {TOKEN!r}, or POST /v3/auth/tokens gives one"
        raise _unauthorized(call, "token-unreadable", detail)
    account, expires = known
    if expires <= gate.wall():
        at = keystone_time(expires)
        raise _unauthorized(call, "token-expired", f"the token was good until {at}", at)
    project = call.place.get("project_id", "")
    if call.format != KEYSTONE and project and not opens(claim.token, project):
        detail = f"the token is not one of project {project}; ask for one with that scope"
        raise Refusal("MPC.10208", reason="project", detail=detail)
    return account


def _verify_signature(call: Call, claim: Claim, service: Service, gate: Gate) -> str:
    proof: Proof = claim.parts["proof"]
    secret = gate.secret(claim.key_id)
    if secret is None:
        detail = f"access key {claim.key_id!r} is not known here; use 'mockcloud' or 'mockcloud-<name>'"
        raise _unauthorized(call, "unknown-key", detail, claim.key_id)
    stamp = moment_of(proof.date)
    if stamp is None or DATE not in proof.signed:
        trouble = "is not of the form YYYYMMDDTHHMMSSZ" if stamp is None else "is not among the signed headers"
        raise _unauthorized(call, "signature-plain", f"X-Sdk-Date {proof.date!r} {trouble}")
    skew = abs(gate.wall() - stamp)
    if skew > service.limit("clock-skew"):
        detail = f"X-Sdk-Date {proof.date} is {skew:.0f} s off, at most {service.limit('clock-skew'):.0f} (wall clock)"
        raise _unauthorized(call, "signature-expired", detail)
    for ours in readings(call.wire, proof):
        if is_same(signature(secret, proof.date, ours), proof.signature):
            break
    else:
        from .mistakes import diagnose  # it builds on this module

        diagnosis = diagnose(call.wire, proof, secret, service)
        shown = diagnosis["ours"].replace("\n", "|")
        raise _unauthorized(call, "signature", diagnosis["difference"], shown, diagnosis=diagnosis)
    return gate.account(claim.key_id)


def moment_of(date: str) -> float | None:
    """X-Sdk-Date as seconds since the epoch; None when it is not in the documented form."""
    return _read_stamp(date) if _STAMP_FORM.fullmatch(date) else None


@lru_cache(maxsize=64)
def _read_stamp(date: str) -> float | None:
    try:
        return datetime.strptime(date, STAMP).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None


def keystone_time(seconds: float) -> str:
    """A moment as IAM writes it: UTC with microseconds."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def readings(wire: Wire, proof: Proof) -> Iterator[str]:
    """The canonical requests that are taken as right; the documented one first, most often the only one.

    The Python client signs integer values in numeric order and sends them so; CORE hashes nothing when there is no
    body, whatever X-Sdk-Content-Sha256 says. Both are in the provider's conflicts.
    """
    documented = canonical_query(wire.query), body_hash(wire)
    yield canonical_request(wire, proof.signed, *documented)
    queries = dict.fromkeys((documented[0], canonical_query(wire.query, in_order=False)))
    hashes = dict.fromkeys((documented[1], *(() if wire.body else (EMPTY_SHA256,))))
    for query, hashed in product(queries, hashes):
        if (query, hashed) != documented:
            yield canonical_request(wire, proof.signed, query, hashed)


def canonical_request(wire: Wire, signed: tuple[str, ...], query: str, hashed: str) -> str:
    """The six parts, one a line; the signed headers end with a newline of their own, hence an empty line."""
    names = sorted(signed)
    block = canonical_headers(wire, names)
    return "\n".join((wire.method.upper(), canonical_path(wire.path), query, block, ";".join(names), hashed))


def canonical_path(path: str) -> str:
    """Percent-decode, encode each segment anew, end with a slash."""
    if _PLAIN_PATH(path):
        return path if path.endswith("/") else f"{path}/"
    encoded = "/".join(encode_all(segment) for segment in unquote(path, errors="surrogateescape").split("/"))
    return encoded if encoded.endswith("/") else f"{encoded}/"


def canonical_query(query: str, *, in_order: bool = True) -> str:
    """Percent-decode each pair, encode it anew; sorted by name and value, or as they came."""
    if not query:
        return ""
    pairs = query_pairs(query)
    return "&".join(f"{encode_all(name)}={encode_all(value)}" for name, value in (sorted(pairs) if in_order else pairs))


def query_pairs(query: str, errors: str = "surrogateescape") -> list[tuple[str, str]]:
    """Names and values of a query, decoded, in wire order; "+" is a space. `errors`: for bytes that are not UTF-8."""
    if not query:
        return []
    parts = (item.partition("=") for item in query.replace("+", " ").split("&") if item)
    return [(unquote(name, errors=errors), unquote(value, errors=errors)) for name, _, value in parts]


def encode_all(text: str) -> str:
    """Percent-encode everything but A-Z a-z 0-9 - _ . and ~."""
    return text if _PLAIN(text) else quote(text, safe="~", errors="surrogateescape")


def canonical_headers(wire: Wire, names: Sequence[str]) -> str:
    """A "name:value" line for each name; a header that is not there has an empty value."""
    values = wire.header_map()
    return "".join([f"{name}:{values.get(name, '').strip()}\n" for name in names])


def body_hash(wire: Wire) -> str:
    """The value of X-Sdk-Content-Sha256 where the request has it, else the SHA-256 of the body."""
    return (wire.header(BODY_HASH) or "").strip() or sha256_hex(wire.body)


def string_to_sign(date: str, request: str) -> str:
    """Algorithm, date, and the hash of the canonical request."""
    return f"{ALGORITHM}\n{date}\n{sha256_hex(request.encode('utf-8', 'surrogateescape'))}"


def signature(secret: str, date: str, request: str) -> str:
    """The signature of a canonical request, lower-case hex. The secret is the key as it is."""
    return hmac_sha256(secret.encode(), string_to_sign(date, request)).hex()


def sign(wire: Wire, key_id: str, secret: str, now: float) -> Wire:
    """The same request, signed at `now` (seconds since the epoch).

    Every header is signed but those with "_" in their name, as the Python client does.
    """
    date = datetime.fromtimestamp(now, UTC).strftime(STAMP)
    dated = replace(wire, headers=(*wire.headers, ("X-Sdk-Date", date)))
    signed = tuple(sorted(name for name in dated.header_map() if "_" not in name))
    request = canonical_request(dated, signed, canonical_query(dated.query), body_hash(dated))
    value = (
        f"{ALGORITHM} Access={key_id}, SignedHeaders={';'.join(signed)}, Signature={signature(secret, date, request)}"
    )
    return replace(dated, headers=(*dated.headers, ("Authorization", value)))

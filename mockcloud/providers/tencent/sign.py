"""Who a request is from, and whether its signature is right: TC3-HMAC-SHA256 in a header, version 1 in parameters.

Checks in this order: missing common parameters, form of Authorization, time stamp, secret id, signature (decision in
the contract's conflicts). The numbers come from the contract.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mockcloud.contract.spec import Service
from mockcloud.gate import Gate
from mockcloud.model import Call, Claim, Refusal, Wire
from mockcloud.providers import Sender
from mockcloud.providers.signing import first_difference, is_same, sha256_hex

from . import form, tc3, v1

_TC3_HEADERS = ("authorization", "x-tc-action", "x-tc-version", "x-tc-timestamp")


def is_tc3(wire: Wire) -> bool:
    """Whether the request is of the generation with headers. X-TC-TraceId says nothing, both send it (PYC)."""
    if any(wire.header(name) is not None for name in _TC3_HEADERS):
        return True
    return wire.method != "GET" and form.content_type(wire) in ("application/json", "multipart/form-data")


def credentials(call: Call, service: Service) -> Claim:
    """The claim of a request.

    Refusal: MissingParameter, in the order Timestamp, then Authorization or Nonce, SecretId, Signature;
    InvalidParameter for figures that are none; AuthFailure.InvalidAuthorization.
    """
    names = ("Timestamp", "Authorization") if is_tc3(call.wire) else ("Timestamp", "Nonce", "SecretId", "Signature")
    for name in names:
        if not call.common.get(name.lower()):
            raise Refusal("MissingParameter", name, reason="common-parameter", detail=f"send {_where(call.wire, name)}")
    for name in ("Timestamp", "Nonce"):
        value = call.common.get(name.lower(), "0")
        if not (value.isascii() and value.isdigit() and len(value) <= 20):
            detail = f"{_where(call.wire, name)} is {value[:40]!r}, not a whole number"
            raise Refusal("InvalidParameter", name, variant="type", reason="common-parameter", detail=detail)
    if is_tc3(call.wire):
        return _header_claim(call)
    return Claim(call.common["secretid"], parts={"signature": call.common["signature"]})


def _where(wire: Wire, name: str) -> str:
    if not is_tc3(wire):
        return f"the parameter {name}"
    return "the header Authorization" if name == "Authorization" else f"the header X-TC-{name}"


def _header_claim(call: Call) -> Claim:
    scheme, _, rest = call.common["authorization"].partition(" ")
    if scheme != tc3.ALGORITHM:
        raise _malformed("Algorithm", f"Authorization begins with {scheme[:40]!r}, not with {tc3.ALGORITHM}", "part")
    found = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    for name in ("Credential", "SignedHeaders", "Signature"):
        if not found.get(name):
            raise _malformed(name, f"Authorization has no {name}", "part")
    scope = found["Credential"].rsplit("/", 3)
    if len(scope) != 4:
        raise _malformed("Credential", "Credential is not SecretId/date/service/tc3_request", "part")
    key_id, day, service, end = scope
    for name, part in (("SecretId", key_id), ("Date", day), ("Service", service)):
        if not part or not part.isascii():
            raise _malformed(name, f"{name} in Credential is empty or not ASCII")
    if end != tc3.TERMINATOR:
        raise _malformed("tc3_request", f"Credential ends in {end[:40]!r}, not in {tc3.TERMINATOR}")
    signed = found["SignedHeaders"]
    missing = set(tc3.MUST_BE_SIGNED) - {name.strip().lower() for name in signed.split(";")}
    if missing:
        raise _malformed("SignedHeaders", f"SignedHeaders lacks {', '.join(sorted(missing))}", "part")
    return Claim(key_id, parts={"signature": found["Signature"], "day": day, "service": service, "signed": signed})


def _malformed(name: str, detail: str, variant: str = "") -> Refusal:
    return Refusal("AuthFailure.InvalidAuthorization", name, variant=variant, reason="authorization", detail=detail)


def verify(call: Call, claim: Claim, service: Service, gate: Gate) -> str:
    """Judge age, key and signature; the account's name.

    Refusal: AuthFailure.SignatureExpire, .InvalidAuthorization (day), .SecretIdNotFound, .SignatureFailure.
    """
    now, timestamp = int(gate.wall()), int(call.common["timestamp"])
    if abs(now - timestamp) > service.limit("clock-skew"):
        detail = (
            f"Timestamp {timestamp} is {timestamp - now:+d} s off the wall clock; the mock's own clock plays no part"
        )
        raise Refusal("AuthFailure.SignatureExpire", str(now), reason="timestamp", detail=detail)
    day = claim.parts.get("day")
    if day is not None and day != tc3.utc_day(timestamp):
        raise _malformed("Date", f"the day in Credential is {day}, that of X-TC-Timestamp is {tc3.utc_day(timestamp)}")
    secret = gate.secret(claim.key_id)
    if secret is None:
        detail = f"SecretId {claim.key_id[:64]!r} is unknown; use 'mockcloud' or 'mockcloud-<name>'"
        raise Refusal("AuthFailure.SecretIdNotFound", reason="secret-id", detail=detail)
    if "day" in claim.parts:
        _verify_tc3(call, claim, service, secret)
    else:
        _verify_v1(call, claim, service, secret)
    return gate.account(claim.key_id)


def _verify_tc3(call: Call, claim: Claim, service: Service, secret: str) -> None:
    parts = claim.parts
    signer = tc3.Signer(parts["day"], parts["service"], call.common["timestamp"])
    for host in tc3.hosts(call.wire):
        if is_same(
            signer.signature(secret, tc3.canonical(call.wire, parts["signed"], host).text()), parts["signature"]
        ):
            return
    ours = tc3.canonical(call.wire, parts["signed"]).text()
    known = tc3.mistakes(call.wire, parts["signed"], signer, secret, service.hosts[0])
    raise _mismatch(ours, parts["signature"], known)


def _verify_v1(call: Call, claim: Claim, service: Service, secret: str) -> None:
    pairs, signature = form.sent(call.wire), claim.parts["signature"]
    digest = v1.digest_of(call.common.get("signaturemethod", ""))
    for host in tc3.hosts(call.wire):
        if is_same(v1.signature(secret, v1.source(call.wire.method, host, pairs), digest), signature):
            return
    ours = v1.source(call.wire.method, tc3.hosts(call.wire)[0], pairs)
    raise _mismatch(ours, signature, v1.mistakes(call.wire, pairs, digest, secret, service.hosts[0]))


def _mismatch(ours: str, received: str, known: Iterable[tuple[str, str, str]]) -> Refusal:
    theirs, difference = None, "no known mistake gives this signature, so the secret key is probably wrong"
    for what, text, signature in known:
        if is_same(signature, received):
            theirs = text
            difference = what if text == ours else f"{what}; {first_difference(ours, text)}"
            break
    return Refusal(
        "AuthFailure.SignatureFailure",
        reason="signature",
        detail=difference,
        diagnosis={"ours": ours, "theirs": theirs, "difference": difference},
    )


def sign(wire: Wire, sender: Sender) -> Wire:
    """The same request, signed: version 1 when `sender.scheme` names its hash ("HmacSHA1"), else TC3-HMAC-SHA256."""
    method = sender.scheme.partition("-")[0]
    return _sign_v1(wire, sender, method) if method in v1.DIGESTS else _sign_tc3(wire, sender)


def _sign_tc3(wire: Wire, sender: Sender) -> Wire:
    timestamp = int(sender.now)
    wire = replace(wire, headers=(*wire.headers, ("X-TC-Timestamp", str(timestamp))))
    signer = tc3.Signer(tc3.utc_day(timestamp), "vod", str(timestamp))
    signed = ";".join(tc3.MUST_BE_SIGNED)
    signature = signer.signature(sender.secret, tc3.canonical(wire, signed).text())
    credential = f"{sender.key_id}/{signer.day}/{signer.service}/{tc3.TERMINATOR}"
    header = f"{tc3.ALGORITHM} Credential={credential}, SignedHeaders={signed}, Signature={signature}"
    return replace(wire, headers=(*wire.headers, ("Authorization", header)))


def _sign_v1(wire: Wire, sender: Sender, method: str) -> Wire:
    pairs = [
        *form.sent(wire),
        ("Timestamp", str(int(sender.now))),
        ("Nonce", _number(sender.nonce)),
        ("SecretId", sender.key_id),
        ("SignatureMethod", method),
    ]
    text = v1.source(wire.method, tc3.hosts(wire)[0], pairs)
    signature = v1.signature(sender.secret, text, v1.digest_of(method))
    written = form.write([*pairs, ("Signature", signature)])
    return replace(wire, query=written) if wire.method == "GET" else replace(wire, query="", body=written.encode())


def _number(nonce: str) -> str:
    """A Nonce is a positive whole number; other text becomes one."""
    return nonce if nonce.isascii() and nonce.isdigit() else str(int(sha256_hex(nonce.encode())[:12], 16) + 1)

"""Who calls, and whether the signature is right: both generations of signatures behind one door.

`sign_v1` and `sign_v3` hold the canonical strings; here is what they share: which common parameter is missing, the age
of the time stamp, the access key, the nonce, and what to say about a signature that does not match.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from mockcloud.contract.spec import Service
from mockcloud.gate import Gate
from mockcloud.model import Call, Claim, Refusal, Wire
from mockcloud.providers import Sender
from mockcloud.providers.signing import first_difference, is_same, sha256_hex

from . import sign_v1, sign_v3
from .pairs import Pairs, form_text, parse, shown, write

STAMP = "%Y-%m-%dT%H:%M:%SZ"
_STAMP_FORM = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


def is_v3(wire: Wire, pairs: Pairs) -> bool:
    """Whether a request uses signature version 3: by its Authorization, else by naming its action in a header only."""
    if (wire.header("authorization") or "").startswith("ACS3-"):
        return True
    return wire.header("x-acs-action") is not None and not any(name == "Action" for name, _ in pairs)


def credentials(call: Call, service: Service) -> Claim:
    """Access key id and signature, from the common parameters or from Authorization.

    Refusal: MissingAccessKeyId, MissingSignature, InvalidSignatureMethod (a scheme other than ACS3-HMAC-SHA256).
    """
    claim = _claim_v3(call.wire) if call.common.get("scheme") == "v3" else _claim_v1(call)
    _need("AccessKeyId", claim.key_id)
    _need("Signature", claim.parts["signature"])
    return claim


def _claim_v1(call: Call) -> Claim:
    common = call.common
    parts = {
        "scheme": "v1",
        "signature": common.get("signature", ""),
        "nonce": common.get("signaturenonce", ""),
        "date": common.get("timestamp", ""),
        "method": common.get("signaturemethod", ""),
        "version": common.get("signatureversion", ""),
    }
    return Claim(key_id=common.get("accesskeyid", ""), parts=parts)


def _claim_v3(wire: Wire) -> Claim:
    algorithm, found = sign_v3.parse_authorization(wire.header("authorization") or "")
    if algorithm and algorithm != sign_v3.ALGORITHM:
        raise Refusal(
            "InvalidSignatureMethod",
            reason="signature",
            detail=f"Authorization begins with {algorithm!r}; only {sign_v3.ALGORITHM} is served",
        )
    parts = {
        "scheme": "v3",
        "signature": found.get("Signature", ""),
        "nonce": (wire.header("x-acs-signature-nonce") or "").strip(),
        "date": (wire.header("x-acs-date") or "").strip(),
        "signed": found.get("SignedHeaders", ""),
    }
    return Claim(key_id=found.get("Credential", ""), parts=parts)


def verify(call: Call, claim: Claim, service: Service, gate: Gate) -> str:
    """Presence, time, access key, nonce, signature, in this order; the name of the account.

    Only a right signature makes a nonce used, so a client that repairs its secret may send the same one again.
    Refusal: the gateway's codes for each of them.
    """
    _check_presence(claim)
    _check_time(claim.parts["date"], service, gate)
    secret = gate.secret(claim.key_id)
    if secret is None:
        raise Refusal(
            "InvalidAccessKeyId.NotFound",
            reason="access-key",
            detail=f"access key id {claim.key_id!r} is not one of the mock's; use mockcloud or mockcloud-<name>",
        )
    nonce, window = claim.parts["nonce"], service.limit("nonce-window")
    if gate.nonce_is_used(claim.key_id, nonce, window):
        raise Refusal(
            "SignatureNonceUsed",
            reason="nonce",
            detail=f"nonce {nonce!r} was used by this key within {window:.0f} s; make a new one for each attempt",
        )
    if claim.parts["scheme"] == "v3":
        _check_v3(call.wire, claim, secret)
    else:
        _check_v1(call.wire, claim, secret)
    gate.remember_nonce(claim.key_id, nonce)
    return gate.account(claim.key_id)


def _check_presence(claim: Claim) -> None:
    if claim.parts["scheme"] == "v1":
        _need("SignatureMethod", claim.parts["method"])
        _need("SignatureVersion", claim.parts["version"])
    _need("SignatureNonce", claim.parts["nonce"])
    _need("Timestamp", claim.parts["date"])
    if claim.parts["scheme"] == "v3":
        return
    # One published sample spells it Hmac-SHA1 (VD zh 服务端API/调用方式/签名机制).
    if claim.parts["method"].upper() != sign_v1.METHOD:
        raise Refusal(
            "InvalidSignatureMethod",
            reason="signature",
            detail=f"SignatureMethod is {claim.parts['method']!r}, it must be {sign_v1.METHOD}",
        )
    if claim.parts["version"] != sign_v1.VERSION:
        raise Refusal(
            "InvalidSignatureVersion",
            reason="signature",
            detail=f"SignatureVersion is {claim.parts['version']!r}, it must be {sign_v1.VERSION}",
        )


def _need(name: str, value: str) -> None:
    if not value:
        raise Refusal(
            f"Missing{name}", reason="common-parameter", detail=f"the common parameter {name} is missing or empty"
        )


def _check_time(text: str, service: Service, gate: Gate) -> None:
    sent = read_stamp(text)
    if sent is None:
        raise Refusal(
            "InvalidTimeStamp.Format",
            reason="timestamp",
            detail=f"{text!r} is not a UTC time of the form 2020-02-29T12:00:00Z",
        )
    skew, away = service.limit("clock-skew"), sent - gate.wall()
    if abs(away) > skew:
        raise Refusal(
            "InvalidTimeStamp.Expired",
            reason="timestamp",
            detail=f"{text} is {away:+.0f} s away from this machine's time, at most {skew:.0f} s are allowed",
        )


def stamp(seconds: float) -> str:
    """Seconds since the epoch as Timestamp and x-acs-date have them."""
    return datetime.fromtimestamp(seconds, UTC).strftime(STAMP)


def read_stamp(text: str) -> float | None:
    """The inverse of `stamp`; None for any other form, fractions included."""
    if not _STAMP_FORM.fullmatch(text):
        return None
    try:
        return datetime.strptime(text, STAMP).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None


def _check_v1(wire: Wire, claim: Claim, secret: str) -> None:
    query, form = parse(wire.query), parse(form_text(wire))
    ours = sign_v1.string_to_sign(wire.method, query + form)
    if is_same(sign_v1.signature(secret, ours), claim.parts["signature"]):
        return
    raise _mismatch(ours, ours, claim, sign_v1.mistakes(wire.method, query, form, secret))


def _check_v3(wire: Wire, claim: Claim, secret: str) -> None:
    request = sign_v3.canonical(wire, claim.parts["signed"])
    ours = request.text()
    to_sign = sign_v3.string_to_sign(ours)
    if is_same(sign_v3.signature(secret, to_sign), claim.parts["signature"]):
        return
    bare = sign_v3.string_to_sign(sign_v3.with_bare_names(wire, request).text())
    if bare != to_sign and is_same(sign_v3.signature(secret, bare), claim.parts["signature"]):
        return
    raise _mismatch(to_sign, ours, claim, sign_v3.mistakes(wire, claim.parts["signed"], secret))


def _mismatch(to_sign: str, ours: str, claim: Claim, mistakes: Iterator[tuple[str, str, str]]) -> Refusal:
    """The refusal with our string to sign in its message.

    PC splits that message at its colon and compares the rest with its own string (RUN), so it goes out unchanged.
    """
    ours = shown(ours)
    theirs, difference = None, "no known mistake gives this signature, so the access key secret is probably wrong"
    for what, text, signature in mistakes:
        if is_same(signature, claim.parts["signature"]):
            theirs = text = shown(text)
            difference = what if text == ours else f"{what}: {first_difference(ours, text)}"
            break
    return Refusal(
        "SignatureDoesNotMatch",
        to_sign,
        reason="signature",
        detail=difference,
        diagnosis={"ours": ours, "theirs": theirs, "difference": difference},
    )


def sign(wire: Wire, sender: Sender) -> Wire:
    """Sign a request: `sender.scheme` "v3" in headers, else version 1 in the query.

    The wire has its operation and version already: as parameters for version 1, as x-acs-* headers for version 3.
    """
    return _sign_v3(wire, sender) if sender.scheme == "v3" else _sign_v1(wire, sender)


def _sign_v1(wire: Wire, sender: Sender) -> Wire:
    common = [
        ("AccessKeyId", sender.key_id),
        ("SignatureMethod", sign_v1.METHOD),
        ("SignatureNonce", sender.nonce),
        ("SignatureVersion", sign_v1.VERSION),
        ("Timestamp", stamp(sender.now)),
    ]
    query = parse(wire.query) + common
    text = sign_v1.string_to_sign(wire.method, query + parse(form_text(wire)))
    return replace(wire, query=write([*query, ("Signature", sign_v1.signature(sender.secret, text))]))


def _sign_v3(wire: Wire, sender: Sender) -> Wire:
    added = (
        ("x-acs-date", stamp(sender.now)),
        ("x-acs-signature-nonce", sender.nonce),
        ("x-acs-content-sha256", sha256_hex(wire.body)),
    )
    dressed = replace(wire, headers=wire.headers + added)
    names = (name.lower() for name, _ in dressed.headers)
    signed = ";".join(sorted(name for name in names if name == "host" or name.startswith("x-acs-")))
    value = sign_v3.signature(sender.secret, sign_v3.string_to_sign(sign_v3.canonical(dressed, signed).text()))
    header = ("Authorization", sign_v3.authorization(sender.key_id, signed, value))
    return replace(dressed, headers=(*dressed.headers, header))

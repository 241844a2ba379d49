"""Signature version 1, HmacSHA1 and HmacSHA256: over method, host, path and the sorted parameters.

Source: API 调用方式/接口鉴权_intl.md; PYC abstract_client and sign; NODE sign.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

from mockcloud.model import Wire

from .form import Pairs
from .tc3 import hosts

DIGESTS = {"HmacSHA1": "sha1", "HmacSHA256": "sha256"}


def digest_of(method: str) -> str:
    """The hash that a SignatureMethod names; what is absent or unknown counts as HmacSHA1 (API)."""
    return DIGESTS.get(method, DIGESTS["HmacSHA1"])


def source(method: str, host: str, pairs: Pairs) -> str:
    """The string to sign: decoded values, names in byte order, Signature left out."""
    chosen = sorted((pair for pair in pairs if pair[0] != "Signature"), key=lambda pair: pair[0].encode())
    return f"{method}{host}/?" + "&".join(f"{name}={value}" for name, value in chosen)


def signature(secret: str, text: str, digest: str) -> str:
    """Base64 HMAC of the string to sign."""
    return base64.b64encode(_raw(secret, text, digest)).decode()


def _raw(secret: str, text: str, digest: str) -> bytes:
    return hmac.digest(secret.encode(), text.encode("utf-8", "surrogateescape"), digest)


def mistakes(wire: Wire, pairs: Pairs, digest: str, secret: str, real_host: str) -> Iterator[tuple[str, str, str]]:
    """(what a client did wrong, its string to sign, its signature), one usual mistake at a time."""
    for host in hosts(wire):
        ours = source(wire.method, host, pairs)
        for what, text in _other_sources(wire, host, pairs, real_host):
            yield what, text, signature(secret, text, digest)
        other = "sha1" if digest == "sha256" else "sha256"
        yield f"the hash was {other}, SignatureMethod says {digest}", ours, signature(secret, ours, other)
        yield (
            "the signature was not encoded, its '+' arrived as a space",
            ours,
            (signature(secret, ours, digest).replace("+", " ")),
        )
        yield "the signature is in hex in place of Base64", ours, _raw(secret, ours, digest).hex()
        yield "the secret key was used with an '&' behind it", ours, signature(f"{secret}&", ours, digest)
        yield "the secret key was used with 'TC3' before it", ours, signature(f"TC3{secret}", ours, digest)


def _other_sources(wire: Wire, host: str, pairs: Pairs, real_host: str) -> Iterator[tuple[str, str]]:
    ours = source(wire.method, host, pairs)
    chosen = [pair for pair in pairs if pair[0] != "Signature"]
    head = f"{wire.method}{host}/?"
    yield "the parameters were not sorted", head + "&".join(f"{name}={value}" for name, value in chosen)
    yield (
        "the parameters were sorted without regard to case",
        head + "&".join(f"{name}={value}" for name, value in sorted(chosen, key=lambda pair: pair[0].lower())),
    )
    for encode in (quote, quote_plus, lambda text: quote(text, safe="")):
        encoded = [(name, encode(value)) for name, value in chosen]
        yield "the values were encoded before signing", source(wire.method, host, encoded)
    yield "the '/' behind the host was left out", ours.replace(f"{host}/?", f"{host}?", 1)
    yield "the '?' was left out", ours.replace("/?", "/", 1)
    for method in ("GET", "POST", wire.method.lower()):
        yield f"the method was taken for {method}", source(method, host, pairs)
    yield "the host was signed as that of the real service", source(wire.method, real_host, pairs)
    yield "the host was signed with a scheme", source(wire.method, f"http://{host}", pairs)
    yield "the host was signed as the old path of version 2", ours.replace(f"{host}/?", f"{host}/v2/index.php?", 1)
    own = [pair for pair in pairs if pair[0] != "SignatureMethod"]
    yield "SignatureMethod was left out", source(wire.method, host, own)

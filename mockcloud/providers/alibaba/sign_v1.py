"""Signature version 1 of Alibaba Cloud's RPC style: HMAC-SHA1 over all parameters of query and form.

Source: VD zh 服务端API/调用方式/签名机制; what PC, TM, NP send.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable, Iterator
from urllib.parse import quote, quote_plus, unquote

from .pairs import Pairs, percent

METHOD = "HMAC-SHA1"
VERSION = "1.0"


def string_to_sign(method: str, pairs: Pairs) -> str:
    """METHOD&%2F& and the encoded canonical query: every pair but Signature, sorted by name, empty values kept."""
    return _assembled(method, [f"{percent(name)}={percent(value)}" for name, value in _signed(sorted(pairs))])


def signature(secret: str, text: str, digest: str = "sha1", suffix: str = "&") -> str:
    """Base64 of HMAC-SHA1 with the key `secret` + '&'."""
    return base64.b64encode(_mac(secret, text, digest, suffix)).decode()


def _mac(secret: str, text: str, digest: str = "sha1", suffix: str = "&") -> bytes:
    return hmac.digest(f"{secret}{suffix}".encode(), text.encode("utf-8", "surrogateescape"), digest)


def _signed(pairs: Pairs) -> Pairs:
    return [(name, value) for name, value in pairs if name != "Signature"]


def _assembled(method: str, pieces: list[str]) -> str:
    return f"{method}&%2F&{percent('&'.join(pieces))}"


def mistakes(method: str, query: Pairs, form: Pairs, secret: str) -> Iterator[tuple[str, str, str]]:
    """(what a client did wrong, its string to sign, its signature), one usual mistake at a time."""
    ours = string_to_sign(method, query + form)
    yield "the access key secret was used without the '&' behind it", ours, signature(secret, ours, suffix="")
    yield "HMAC-SHA256 was used in place of HMAC-SHA1", ours, signature(secret, ours, digest="sha256")
    yield "the signature is in hex in place of Base64", ours, _mac(secret, ours).hex()
    for what, text in _other_strings(method, query, form):
        yield what, text, signature(secret, text)
        yield f"{what}, and the secret was used without the '&' behind it", text, signature(secret, text, suffix="")


def _other_strings(method: str, query: Pairs, form: Pairs) -> Iterator[tuple[str, str]]:
    pairs = _signed(query + form)
    inner = [f"{percent(name)}={percent(value)}" for name, value in sorted(pairs)]
    for other in ("GET", "POST"):
        if other != method:
            yield f"the method was taken for {other}, the request came as {method}", _assembled(other, inner)
    yield "the parameters were left in wire order", string_as_is(method, pairs)
    yield (
        "the parameters were sorted without regard to case",
        string_as_is(method, sorted(pairs, key=lambda pair: pair[0].lower())),
    )
    yield "the parameters of the form body were left out", string_to_sign(method, query)
    yield "the parameters of the query were left out", string_to_sign(method, form)
    yield "parameters with an empty value were left out", string_to_sign(method, [pair for pair in pairs if pair[1]])
    yield "the canonical query was not encoded a second time", f"{method}&%2F&{'&'.join(inner)}"
    yield "the '/' was not encoded", f"{method}&/&{percent('&'.join(inner))}"
    yield "the values on the wire are encoded twice", string_to_sign(method, [(n, unquote(v)) for n, v in pairs])
    for what, encode in _OTHER_ENCODINGS:
        text = "&".join(f"{encode(name)}={encode(value)}" for name, value in sorted(pairs))
        yield what, f"{method}&%2F&{encode(text)}"
        if encode(text) != percent(text):
            yield f"{what} (inside only)", f"{method}&%2F&{percent(text)}"


def string_as_is(method: str, pairs: Pairs) -> str:
    """The string to sign with the pairs in the order given."""
    return _assembled(method, [f"{percent(name)}={percent(value)}" for name, value in _signed(pairs)])


def _lower_hex(text: str) -> str:
    pieces = percent(text).split("%")
    return pieces[0] + "".join(f"%{piece[:2].lower()}{piece[2:]}" for piece in pieces[1:])


_OTHER_ENCODINGS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("a space was encoded as '+'", lambda text: quote_plus(text, safe="", errors="surrogateescape")),
    ("'*' was left as it is", lambda text: percent(text).replace("%2A", "*")),
    ("'~' was encoded", lambda text: percent(text).replace("~", "%7E")),
    ("'/' was left as it is", lambda text: quote(text, safe="/", errors="surrogateescape")),
    ("a space became '+', '*' stayed and '~' was encoded", lambda text: _form_style(text)),
    ("the percent-encoding is in lower case", _lower_hex),
    ("nothing was encoded", lambda text: text),
)


def _form_style(text: str) -> str:
    """What HTML forms (Java's URLEncoder) make of a text."""
    return percent(text).replace("%20", "+").replace("%2A", "*").replace("~", "%7E")

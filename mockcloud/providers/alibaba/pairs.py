"""Names and values of a query string or a form body, and Alibaba Cloud's own percent-encoding.

Bytes that are not UTF-8 survive as surrogates, so that a signature over them can still be checked.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote_to_bytes

from mockcloud.model import Wire

Pairs = list[tuple[str, str]]
_PLAIN = re.compile(r"[A-Za-z0-9_.~-]*").fullmatch
FORM = "application/x-www-form-urlencoded"


def percent(text: str) -> str:
    """RFC 3986: letters, digits and - _ . ~ stay, every other UTF-8 byte becomes %XX in upper case.

    Source: VD zh 服务端API/调用方式/签名机制.
    """
    return text if _PLAIN(text) else quote(text.encode("utf-8", "surrogateescape"), safe="-_.~")


def parse(text: str) -> Pairs:
    """Decoded pairs in wire order; '+' is a space, a piece without '=' has an empty value."""
    pieces = (piece.partition("=") for piece in text.split("&") if piece)
    return [(_decoded(name), _decoded(value)) for name, _, value in pieces]


def _decoded(text: str) -> str:
    if text.isascii() and "%" not in text and "+" not in text:
        return text
    raw = text.replace("+", " ").encode("utf-8", "surrogateescape")
    return unquote_to_bytes(raw).decode("utf-8", "surrogateescape")


def form_text(wire: Wire) -> str:
    """The body where it is a form, else "".

    A body without a type counts as a form. Other types carry no parameters in the RPC style; the asynchronous
    tea client labels its empty bodies application/octet-stream.
    """
    kind = (wire.header("content-type") or FORM).partition(";")[0].strip().lower()
    return wire.body.decode("utf-8", "surrogateescape").strip("\r\n") if kind == FORM else ""


def read(wire: Wire) -> Pairs:
    """All parameters of a request, those of the query first."""
    form = form_text(wire)
    return parse(wire.query) + parse(form) if form else parse(wire.query)


def write(pairs: Pairs) -> str:
    """The text of a query or a form: the inverse of `parse`."""
    return "&".join(f"{percent(name)}={percent(value)}" for name, value in pairs)


def is_utf8(text: str) -> bool:
    """Whether decoded text was UTF-8 on the wire."""
    return text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text)


def shown(text: str) -> str:
    """The same text with what was not UTF-8 replaced, so that it can be stored and printed."""
    return text if is_utf8(text) else text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")

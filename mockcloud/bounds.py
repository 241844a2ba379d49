"""How much a request may hold, judged from its bytes before anybody reads them. No I/O.

The usual request is let through after counting a few bytes; only what has many of them is looked at closely.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .model import Wire

DEEPEST = 64  # no documented structure is a quarter as deep; Python's own recursion ends somewhere above 200

# Text in JSON; one that has no end goes to the last byte, so that what is left over is read only once.
_TEXTS = re.compile(rb'"(?:[^"\\]|\\.)*(?:"|\\?\Z)', re.S)
_NOT_BRACKETS = bytes(byte for byte in range(256) if byte not in b"{}[]")


@dataclass(frozen=True, slots=True)
class Bounds:
    """depth: nested objects and lists of JSON; members: keys and items; parameters: pairs in a query or a form."""

    depth: int = DEEPEST
    members: int = 50_000
    parameters: int = 5_000


def excess(wire: Wire, bounds: Bounds) -> str:
    """What a request has too much of, in words; "" when it keeps within the bounds."""
    if wire.query.count("&") >= bounds.parameters:
        return f"the query has more than {bounds.parameters} parameters"
    body = wire.body
    if not body:
        return ""
    if body.count(b",") + body.count(b"{") + body.count(b"[") > bounds.members and _members(body) > bounds.members:
        return f"the body has more than {bounds.members} members"
    if is_deeper(body, bounds.depth):
        return f"the body is nested deeper than {bounds.depth}"
    if not body.lstrip().startswith((b"{", b"[")) and body.count(b"&") >= bounds.parameters:
        return f"the body has more than {bounds.parameters} parameters"
    return ""


def _members(body: bytes) -> int:
    bare = _TEXTS.sub(b"", body)
    return bare.count(b",") + bare.count(b"{") + bare.count(b"[")


def is_deeper(data: bytes, most: int = DEEPEST) -> bool:
    """Whether JSON is nested deeper than so many objects and lists."""
    if data.count(b"{") + data.count(b"[") <= most:
        return False
    depth = 0
    for bracket in _TEXTS.sub(b"", data).translate(None, _NOT_BRACKETS):
        depth += 1 if bracket in b"{[" else -1
        if depth > most:
            return True
    return False

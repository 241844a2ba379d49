"""What all signature schemes share: comparing, and saying where two canonical strings part."""

from __future__ import annotations

import hashlib
import hmac

EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()


def sha256_hex(data: bytes) -> str:
    """Lower-case hex SHA-256."""
    return hashlib.sha256(data).hexdigest()


def hmac_sha256(key: bytes, text: str) -> bytes:
    """Raw HMAC-SHA256 of UTF-8 text."""
    return hmac.digest(key, text.encode(), "sha256")


def is_same(expected: str, received: str) -> bool:
    """Compare two signatures in constant time; text that is not ASCII is never equal."""
    return hmac.compare_digest(expected.encode(), received.encode("utf-8", "surrogateescape"))


def first_difference(ours: str, theirs: str, around: int = 24) -> str:
    """Where two canonical strings part: line, column, and what stands there on either side."""
    limit = min(len(ours), len(theirs))
    place = next((index for index in range(limit) if ours[index] != theirs[index]), limit)
    line = ours.count("\n", 0, place) + 1
    column = place - (ours.rfind("\n", 0, place) + 1) + 1
    here, there = ours[place : place + around], theirs[place : place + around]
    return f"line {line}, column {column}: here {here!r}, there {there!r}"

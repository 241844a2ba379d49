"""JDCLOUD2-HMAC-SHA256: how a request to JD Cloud is signed with an access key."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import quote

ALGORITHM = "JDCLOUD2-HMAC-SHA256"
PREFIX = "JDCLOUD2"
TERMINATOR = "jdcloud2_request"
SERVICE = "mps"


class AccessKey:
    """An access key id and its secret. Neither its repr nor anything else shows the secret."""

    def __init__(self, key_id: str, secret: str) -> None:
        self.key_id = key_id
        self._secret = secret

    def __repr__(self) -> str:
        return f"AccessKey({self.key_id!r})"

    def signing_key(self, day: str, region: str) -> bytes:
        """The key derived for a day (yyyymmdd), a region and this service."""
        key = (PREFIX + self._secret).encode()
        for part in (day, region, SERVICE, TERMINATOR):
            key = _mac(key, part)
        return key


def encoded(text: str) -> str:
    """Percent-encoded, but for letters, digits and - _ . ~ (RFC 3986)."""
    return quote(text, safe="~")


def query_string(pairs: list[tuple[str, str]]) -> str:
    """The query as it is signed and sent: encoded, sorted by name, then value."""
    return "&".join(f"{name}={value}" for name, value in sorted((encoded(n), encoded(v)) for n, v in pairs))


def canonical_request(method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> str:
    """What is hashed into the text to sign. path and query are encoded already; headers: those that are signed."""
    lower = {name.lower(): " ".join(value.split()) for name, value in headers.items()}
    lines = "".join(f"{name}:{lower[name]}\n" for name in sorted(lower))
    return "\n".join([method, path, query, lines, ";".join(sorted(lower)), hashlib.sha256(body).hexdigest()])


def authorization(
    key: AccessKey, region: str, method: str, path: str, query: str, headers: dict[str, str], body: bytes
) -> str:
    """The Authorization header. headers: all that shall be signed, x-jdcloud-date among them."""
    date = headers["x-jdcloud-date"]
    scope = "/".join((date[:8], region, SERVICE, TERMINATOR))
    digest = hashlib.sha256(canonical_request(method, path, query, headers, body).encode()).hexdigest()
    signature = _mac(key.signing_key(date[:8], region), f"{ALGORITHM}\n{date}\n{scope}\n{digest}").hex()
    names = ";".join(sorted(name.lower() for name in headers))
    return f"{ALGORITHM} Credential={key.key_id}/{scope}, SignedHeaders={names}, Signature={signature}"


def _mac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()

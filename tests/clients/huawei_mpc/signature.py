"""SDK-HMAC-SHA256: how a request to Huawei Cloud is signed with an access key."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime
from urllib.parse import quote, unquote

ALGORITHM = "SDK-HMAC-SHA256"


class AccessKey:
    """An access key id and its secret. Neither its repr nor anything else shows the secret."""

    def __init__(self, key_id: str, secret: str) -> None:
        self.key_id = key_id
        self._secret = secret.encode()

    def __repr__(self) -> str:
        return f"AccessKey({self.key_id!r})"

    def mac(self, text: str) -> str:
        """Hexadecimal HMAC-SHA256 of a text under the secret."""
        return hmac.new(self._secret, text.encode(), hashlib.sha256).hexdigest()


def encoded(text: str) -> str:
    """Percent-encoded, but for letters, digits and - _ . ~ (RFC 3986)."""
    return quote(text, safe="~")


def query_string(pairs: list[tuple[str, str]]) -> str:
    """The query as it is signed and sent: encoded, sorted by name, then value."""
    return "&".join(f"{name}={value}" for name, value in sorted((encoded(n), encoded(v)) for n, v in pairs))


def canonical_path(path: str) -> str:
    """Each segment decoded and encoded again; always with a slash at the end."""
    whole = "/".join(encoded(unquote(segment)) for segment in path.split("/"))
    return whole if whole.endswith("/") else f"{whole}/"


def canonical_request(method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> str:
    """What is hashed into the text to sign. headers: those that are signed, under any case."""
    lower = {name.lower(): value.strip() for name, value in headers.items()}
    lines = "".join(f"{name}:{lower[name]}\n" for name in sorted(lower))
    names = ";".join(sorted(lower))
    return "\n".join([method, canonical_path(path), query, lines, names, hashlib.sha256(body).hexdigest()])


def sign(
    key: AccessKey, method: str, path: str, query: str, headers: dict[str, str], body: bytes, moment: datetime
) -> dict[str, str]:
    """The headers with X-Sdk-Date and Authorization. headers: all that shall be signed, Host among them."""
    date = moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    signed = {**headers, "X-Sdk-Date": date}
    request = canonical_request(method, path, query, signed, body)
    digest = hashlib.sha256(request.encode()).hexdigest()
    names = ";".join(sorted(name.lower() for name in signed))
    signature = key.mac(f"{ALGORITHM}\n{date}\n{digest}")
    return {
        **signed,
        "Authorization": f"{ALGORITHM} Access={key.key_id}, SignedHeaders={names}, Signature={signature}",
    }

"""TC3-HMAC-SHA256: how a POST request to Tencent Cloud's API 3.0 is signed."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime

ALGORITHM = "TC3-HMAC-SHA256"
SERVICE = "vod"


class SecretKey:
    """A secret id and its key. Neither its repr nor anything else shows the key."""

    def __init__(self, secret_id: str, key: str) -> None:
        self.secret_id = secret_id
        self._key = f"TC3{key}".encode()

    def __repr__(self) -> str:
        return f"SecretKey({self.secret_id!r})"

    def mac(self, date: str, text: str) -> str:
        """Hexadecimal HMAC-SHA256 of a text under the key of that day."""
        key = self._key
        for part in (date, SERVICE, "tc3_request"):
            key = hmac.digest(key, part.encode(), "sha256")
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def authorization(key: SecretKey, headers: dict[str, str], body: bytes, moment: datetime) -> str:
    """The Authorization of a POST to the root. headers: those that are signed, their names in lower case."""
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    names = ";".join(sorted(headers))
    request = "\n".join(["POST", "/", "", lines, names, hashlib.sha256(body).hexdigest()])
    date = moment.astimezone(UTC).strftime("%Y-%m-%d")
    scope = f"{date}/{SERVICE}/tc3_request"
    digest = hashlib.sha256(request.encode()).hexdigest()
    signature = key.mac(date, f"{ALGORITHM}\n{int(moment.timestamp())}\n{scope}\n{digest}")
    return f"{ALGORITHM} Credential={key.secret_id}/{scope}, SignedHeaders={names}, Signature={signature}"

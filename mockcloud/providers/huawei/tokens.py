"""The text of a token. It names the project that it opens, so nothing beside the gate has to remember that.

Real tokens are long base64 texts that begin with "MII"; these look alike and hold JSON.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Any

import orjson

from mockcloud.gate import is_fixed

_BEGIN = "MII"


def make_token(project_id: str, unique: str) -> str:
    """A token for a project; "" for one of the account alone. `unique`: text that no other token has."""
    return _BEGIN + urlsafe_b64encode(orjson.dumps({"project": project_id, "id": unique})).decode()


def opens(token: str, project_id: str) -> bool:
    """Whether a token that the gate knows is good for a project."""
    return is_fixed(token) or project_of(token) == project_id


def project_of(token: str) -> str:
    """The project that a token names, "" when it names none or is not ours."""
    try:
        found: Any = orjson.loads(urlsafe_b64decode(token.removeprefix(_BEGIN)))
    except ValueError:
        return ""
    return str(found.get("project", "")) if isinstance(found, dict) else ""


def made_up_id(account: str, kind: str, name: str = "") -> str:
    """32 hex digits that are always the same for an account, a kind of thing and a name."""
    return sha256(f"{account}/{kind}/{name}".encode()).hexdigest()[:32]

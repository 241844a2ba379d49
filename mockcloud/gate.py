"""Who may come in: access keys, tokens, nonces and the wall clock that signatures are judged by."""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable

KEY_ID = "mockcloud"
SECRET = "mockcloud-secret"  # noqa: S105 - the published credential of the test double
TOKEN = "mockcloud-token"  # noqa: S105 - likewise
MODES = ("strict", "lenient", "off")
_LONGEST_NONCE = 64


class Gate:
    """Credentials of the mock, and what has to be remembered about their use.

    Any id `mockcloud` or `mockcloud-<name>` is an account of its own; all share one secret.
    """

    def __init__(self, mode: str = "strict", wall: Callable[[], float] = time.time, most_nonces: int = 100_000) -> None:
        self.mode = mode
        self.wall = wall
        self._most = most_nonces
        self._nonces: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._tokens: OrderedDict[str, tuple[str, float]] = OrderedDict()
        self.nonces_dropped = 0

    @staticmethod
    def knows(key_id: str) -> bool:
        """Whether an access key id is one of ours."""
        return key_id == KEY_ID or (key_id.startswith(f"{KEY_ID}-") and len(key_id) <= 128)

    def secret(self, key_id: str) -> str | None:
        """The secret of an access key id; None for an id that is not ours."""
        return SECRET if self.knows(key_id) else None

    def account(self, key_id: str) -> str:
        """The account that a key id names; everything without a valid one belongs to `mockcloud`."""
        return key_id if self.knows(key_id) else KEY_ID

    def nonce_is_used(self, key_id: str, nonce: str, window_s: float) -> bool:
        """Whether this key has used the nonce within the window, by the wall clock."""
        used = self._nonces.get((key_id, _short(nonce)))
        return used is not None and self.wall() - used <= window_s

    def remember_nonce(self, key_id: str, nonce: str) -> None:
        """To be called once the signature was found right."""
        key = (key_id, _short(nonce))
        self._nonces[key] = self.wall()
        self._nonces.move_to_end(key)
        while len(self._nonces) > self._most:
            self._nonces.popitem(last=False)
            self.nonces_dropped += 1

    def issue_token(self, token: str, account: str, expires: float) -> None:
        """Let a token open an account until `expires` (wall clock, seconds)."""
        self._tokens[token] = (account, expires)
        while len(self._tokens) > self._most:
            self._tokens.popitem(last=False)

    def token(self, token: str) -> tuple[str, float] | None:
        """(account, expiry) of a token; None for one that was never issued here."""
        if is_fixed(token):
            return KEY_ID + token.removeprefix(TOKEN), float("inf")
        return self._tokens.get(token)

    def reset(self, account: str | None = None) -> None:
        """Forget nonces and tokens, of one account or of all."""
        if account is None:
            self._nonces.clear()
            self._tokens.clear()
            self.nonces_dropped = 0
            return
        for used in [key for key in self._nonces if key[0] == account]:
            del self._nonces[used]
        for token in [token for token, (owner, _) in self._tokens.items() if owner == account]:
            del self._tokens[token]


def token_of(key_id: str) -> str:
    """The fixed token of an account: it opens every project and never expires."""
    return TOKEN + key_id.removeprefix(KEY_ID)


def is_fixed(token: str) -> bool:
    """Whether this is the fixed token of an account."""
    return token.startswith(TOKEN) and Gate.knows(KEY_ID + token.removeprefix(TOKEN))


def _short(nonce: str) -> str:
    """What stands for a nonce, however long it is."""
    return (
        nonce if len(nonce) <= _LONGEST_NONCE else hashlib.sha256(nonce.encode("utf-8", "surrogateescape")).hexdigest()
    )

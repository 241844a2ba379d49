"""Secrets taken out of what a client says and of what reports hold; what a client says is one line."""

from __future__ import annotations

from typing import Any

from ..gate import SECRET, TOKEN
from ..redact import HIDDEN, Redactor
from .adapter import Offer

# What moves a terminal's cursor, ends a line or turns it around: a log in which it stands reads like our own words.
_TURNS = (0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_CONTROL = {code: chr(code).encode("unicode_escape").decode() for code in (*range(32), *range(127, 160), *_TURNS)}


class Clean:
    """Takes the secrets out of a value: those that the service's contract names, and the mock's own."""

    def __init__(self, offer: Offer) -> None:
        secrets = offer.service.secrets
        self._redactor = Redactor(secrets["headers"], (*secrets["headers"], *secrets["parameters"]))

    def __call__(self, value: Any) -> Any:
        """The same JSON value without them."""
        return without_own_secrets(self._redactor.value(value))

    def text(self, text: str) -> str:
        """The same words of a client without them, in one line."""
        words: str = without_own_secrets(self._redactor.text(text))
        return words.rstrip().translate(_CONTROL)


def without_own_secrets(value: Any) -> Any:
    """The same value, the mock's secret key and token hidden wherever they stand in a text."""
    if isinstance(value, str):
        text = value.replace(SECRET, HIDDEN).replace(TOKEN, HIDDEN)
        # Half characters, which a client may have sent, can be written to no file.
        return text if text.isascii() else text.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {name: without_own_secrets(item) for name, item in value.items()}
    return [without_own_secrets(item) for item in value] if isinstance(value, list | tuple) else value

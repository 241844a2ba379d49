"""Secrets leave before anything is stored: journal, log, reports. The list is data; users add, nobody shortens."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

Json = dict[str, Any]

HIDDEN = "***"
# Names that are secret wherever they stand, beside what each provider's contract lists.
HEADERS = frozenset({"authorization", "cookie", "set-cookie", "proxy-authorization"})
PARAMETERS = frozenset({"signature", "password", "secret", "securitytoken", "token", "accesskeysecret", "secretkey"})
_SIGNATURE = re.compile(r"(?i)(signature\s*=\s*)[^,\s&]+")
_KEPT_SCHEME = re.compile(r"(?i)\b(credential|access|signedheaders)\s*=")


class Redactor:
    """Hides the values of secret headers and parameters. Names in any case."""

    def __init__(self, headers: Iterable[str] = (), parameters: Iterable[str] = ()) -> None:
        self._headers = HEADERS | {name.lower() for name in headers}
        self._names = PARAMETERS | {name.lower() for name in parameters}
        names = "|".join(sorted(map(re.escape, self._names), key=len, reverse=True))
        self._pairs = re.compile(rf"(?i)((?:^|[?&\s])(?:{names})=)[^&\s\"]+")
        self._json = re.compile(rf'(?i)("(?:{names})"\s*:\s*)("(?:[^"\\]|\\.)*"|[^,}}\]\s]+)')
        self._xml = re.compile(rf"(?i)(<({names})>)[^<]*(</\2>)")

    def headers(self, headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Headers with secret values hidden; of a signature header the key id and the signed names stay."""
        return [(name, _header_value(value) if name.lower() in self._headers else value) for name, value in headers]

    def text(self, text: str) -> str:
        """A query, form, JSON or XML text with secret values hidden."""
        if "=" in text:
            text = self._pairs.sub(rf"\g<1>{HIDDEN}", text)
        if '"' in text:
            text = self._json.sub(rf'\g<1>"{HIDDEN}"', text)
        return self._xml.sub(rf"\g<1>{HIDDEN}\g<3>", text) if "</" in text else text

    def value(self, value: Any) -> Any:
        """A decoded value with secret members hidden at any depth."""
        if isinstance(value, dict):
            return {key: HIDDEN if str(key).lower() in self._names else self.value(item) for key, item in value.items()}
        return [self.value(item) for item in value] if isinstance(value, list) else value


def _header_value(value: str) -> str:
    if _KEPT_SCHEME.search(value):
        return _SIGNATURE.sub(rf"\g<1>{HIDDEN}", value)
    scheme, space, _ = value.partition(" ")
    return f"{scheme} {HIDDEN}" if space and scheme.isalnum() else HIDDEN

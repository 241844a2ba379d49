"""Secrets leave before anything is stored: journal, log, reports. The list is data; users add, nobody shortens.

Most texts hold no secret, so a search for a few stems comes first; only what has one of them is looked at closely.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Any

import orjson

from .gate import KEY_ID

Json = dict[str, Any]

HIDDEN = "***"
# Secret wherever they stand, beside what each provider's contract lists; in any case, with - or _ or neither.
HEADERS = frozenset({"authorization", "cookie", "set-cookie", "proxy-authorization", "x-api-key"})
HEADER_ENDS = ("-token", "-secret", "-password", "-signature")
PARAMETERS = frozenset({"signature", "password", "secret", "token", "securitytoken", "accesskeysecret", "secretkey"})
# Names in the query of a signed URL (object stores, content delivery), which may stand in any other text.
SIGNED = frozenset(
    {
        *("sign", "sig", "authkey", "xamzsignature", "xamzsecuritytoken", "xosssignature", "xosssecuritytoken"),
        *("xobssecuritytoken", "xcossecuritytoken", "qsignature", "bearertoken"),
    }
)
# Of these the first characters stay, and all of those that are the mock's own.
KEY_IDS = frozenset(
    {
        *("accesskey", "accesskeyid", "ossaccesskeyid", "awsaccesskeyid", "secretid", "credential", "access"),
        *("xamzcredential", "xosscredential", "qak"),
    }
)
_KEPT = 4
# Whatever holds one of the names above holds one of these, however it is hyphenated.
_STEMS = ("sig", "token", "secret", "password", "credential", "auth", "access", "q-ak", "cookie", "api-key")

# A pair in a query, a header, a log line; percent-encoded once or twice where one text stands in another.
_BEFORE = r"(?:^|[?&#\s,;|\"'(/]|%(?:25)?(?:3F|26|23))"
_EQUALS = r"\s?(?:=|%3D|%253D)\s?"
_VALUE = r"(?:'([^']*)'|\"([^\"]*)\"|([^\s&\"<>,]+?)(?=%26|%2526|[\s&\"<>,]|$))"
# User and password in a URL; a path that holds "@" ends the search.
_USER = re.compile(
    r"(?i)(://)[^\s/?#\"'<>&@]{1,512}(@)"
    r"|(%(?:25)?3A%(?:25)?2F%(?:25)?2F)(?:(?!%(?:25)?(?:2F|3F|23|40))[^\s&\"'<>]){1,512}(%(?:25)?40)"
)
# A member of JSON, which may be text in another JSON and so have escaped quotes: 31 backslashes, five JSONs deep.
# What has no end is hidden to the last.
_MEMBER = r"\s{0,8}:\s{0,8}(?:\1\"((?:\\.|[^\"\\])*?)\1\"|\\?[\[{\"].*|[^,\]}\s\"]+)"

_SIGNED_BY = re.compile(r"(?i)\b(?:credential|access)=.*\bsignature=")
# The usual form of such a header, which `_SIGNED_BY` and the pairs would read just the same.
_SIGNATURE = re.compile(
    r"([A-Za-z0-9-]+ (?:Credential|Access)=)([A-Za-z0-9/_-]+)"
    r"(, ?SignedHeaders=[A-Za-z0-9;_-]*, ?Signature=)[A-Za-z0-9+/=]+"
)
_MOST_NAMES = 1_000  # names of headers whose kind is remembered, those of usual length
_LONGEST_NAME = 64


class Redactor:
    """Hides the values of secret headers and parameters. headers, parameters: further names."""

    def __init__(self, headers: Iterable[str] = (), parameters: Iterable[str] = ()) -> None:
        parameters = tuple(parameters)
        more = {_plain(name) for name in parameters} - KEY_IDS
        self._headers = HEADERS | {name.lower() for name in headers}
        self._names = PARAMETERS | more
        stems = {*_STEMS, *self._headers, *(name.lower() for name in parameters), *more}
        self._stems = tuple(stem for stem in stems if not any(other in stem for other in stems - {stem}))
        self._known: dict[str, bool] = {}

    # Compiling the patterns takes a sixth of what mockcloud adds to the start of a server; most runs need none of them.

    @cached_property
    def _everywhere(self) -> str:
        return _spelt(self._names | SIGNED | KEY_IDS - {"access"})  # that alone is a plain word

    @cached_property
    def _pairs(self) -> re.Pattern[str]:
        return re.compile(rf"(?im)({_BEFORE})({_spelt(self._names | SIGNED | KEY_IDS)})({_EQUALS}){_VALUE}")

    @cached_property
    def _json(self) -> re.Pattern[str]:
        return re.compile(rf"(?is)(\\{{0,40}})\"({self._everywhere})\1\"{_MEMBER}")

    @cached_property
    def _xml(self) -> re.Pattern[str]:
        return re.compile(rf"(?i)(<({self._everywhere})(?:\s[^<>]{{0,512}})?>)(<!\[CDATA\[[^<]*|[^<]+)")

    @cached_property
    def _part(self) -> re.Pattern[str]:
        return re.compile(
            rf"(?is)(name=\"?({self._everywhere})\"?[^\n]*\n(?:[^\n]+\n){{0,8}}?\r?\n)(.+?)(?=\r?\n--|\Z)"
        )

    @cached_property
    def _line(self) -> re.Pattern[str]:
        ends = "|".join(f"[a-z0-9-]{{0,64}}{end}" for end in HEADER_ENDS)
        names = "|".join(map(re.escape, sorted(self._headers, key=len, reverse=True)))
        return re.compile(rf"(?im)(^|\|)({names}|{ends})(: ?)([^\n|]+)")

    def headers(self, headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Headers with secret values hidden; of a signature header the key id and the signed names stay."""
        found = []
        for header in headers:
            name, value = header
            if self._known.get(name) is False and "=" not in value and "{" not in value and "@" not in value:
                found.append(header)  # the usual one: neither its name nor its value can hold a secret
            else:
                found.append((name, self._header(name, value)))
        return found

    def _header(self, name: str, value: str) -> str:
        is_secret = self._known.get(name)
        if is_secret is None:
            is_secret = self._learn(name)
        if not is_secret:
            return self.text(value) if "=" in value or "{" in value or "@" in value else value
        usual = _SIGNATURE.fullmatch(value)
        if usual is not None:
            return f"{usual[1]}{key_shown(usual[2])}{usual[3]}{HIDDEN}"
        scheme, space, rest = value.partition(" ")
        if _SIGNED_BY.search(rest):
            return f"{scheme} {self._pairs.sub(_hidden_pair, rest)}"
        return f"{scheme} {HIDDEN}" if space and scheme.isalnum() else HIDDEN

    def _learn(self, name: str) -> bool:
        low = name.lower()
        is_secret = low in self._headers or low.endswith(HEADER_ENDS)
        if len(name) <= _LONGEST_NAME:
            if len(self._known) >= _MOST_NAMES:
                self._known.clear()
            self._known[name] = is_secret
        return is_secret

    def has_none(self, text: str) -> bool:
        """Whether a text holds no secret for sure."""
        low = text.lower()
        for stem in self._stems:  # `any` takes three times as long, and this is done for every request
            if stem in low:
                return False
        return "@" not in text and "%40" not in text

    def text(self, text: str) -> str:
        """A query, form, JSON, XML or canonical string with secret values hidden."""
        if self.has_none(text):
            return text
        if text[:1] in ("{", "["):
            try:
                return orjson.dumps(self.value(orjson.loads(text))).decode()
            except (orjson.JSONDecodeError, TypeError, RecursionError):
                pass  # not JSON, or nothing that we would read as such
        text = self._pairs.sub(_hidden_pair, text)
        if '"' in text:
            text = self._json.sub(_hidden_member, text)
        if "<" in text:
            text = self._xml.sub(_hidden_element, text)
        if ":" in text:
            text = self._line.sub(_hidden_line, text)
        if "form-data" in text:
            text = self._part.sub(_hidden_element, text)
        return _USER.sub(_hidden_user, text) if _may_name_a_user(text) else text

    def value(self, value: Any) -> Any:
        """A decoded value with secret members hidden at any depth, and what is secret in its texts."""
        if isinstance(value, dict):
            return {self.text(str(key)): self._member(_plain(str(key)), item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(item) for item in value]
        return self.text(value) if isinstance(value, str) else value

    def _member(self, name: str, value: Any) -> Any:
        if name in self._names or name in SIGNED:
            return HIDDEN
        if name in KEY_IDS and name != "access":
            return key_shown(value) if isinstance(value, str) else HIDDEN
        if "?" in name:  # a URL that was taken for the name of a parameter
            return self._member(name.rpartition("?")[2], value)
        return self.value(value)


def key_shown(key_id: str) -> str:
    """An access key id as it may be stored: whole when it is the mock's, else its first characters."""
    if key_id == KEY_ID or key_id.startswith((f"{KEY_ID}-", f"{KEY_ID}/", f"{KEY_ID}%")):
        return key_id
    return f"{key_id.removesuffix(HIDDEN)[:_KEPT]}{HIDDEN}"


def _shown(name: str, value: str) -> str:
    return key_shown(value) if _plain(name) in KEY_IDS else HIDDEN


def _hidden_pair(found: re.Match[str]) -> str:
    before, name, equals, single, double, bare = found.groups()
    quote = "'" if single is not None else '"' if double is not None else ""
    return f"{before}{name}{equals}{quote}{_shown(name, single or double or bare or '')}{quote}"


def _hidden_member(found: re.Match[str]) -> str:
    mark = f'{found[1]}"'
    return f"{mark}{found[2]}{mark}:{mark}{HIDDEN if found[3] is None else _shown(found[2], found[3])}{mark}"


def _hidden_element(found: re.Match[str]) -> str:
    return f"{found[1]}{_shown(found[2], found[3])}"


def _hidden_line(found: re.Match[str]) -> str:
    """A line of a canonical request."""
    return f"{found[1]}{found[2]}{found[3]}{HIDDEN}"


def _hidden_user(found: re.Match[str]) -> str:
    return f"{found[1] or found[3]}{HIDDEN}{found[2] or found[4]}"


def _may_name_a_user(text: str) -> bool:
    return "@" in text or "%40" in text


def _plain(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")


def _spelt(names: Iterable[str]) -> str:
    """A pattern for names however they are hyphenated; longer ones first."""
    return "|".join("[-_]?".join(map(re.escape, name)) for name in sorted(names, key=len, reverse=True))

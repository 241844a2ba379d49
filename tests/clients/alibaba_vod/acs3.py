"""Alibaba Cloud's signature version 3 (ACS3-HMAC-SHA256): sign, send, read JSON, tell errors apart.

Parameters stand in the query, the signature in a header; answers are JSON only.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

import requests

Json = dict[str, Any]

ALGORITHM = "ACS3-HMAC-SHA256"
EMPTY_BODY = hashlib.sha256(b"").hexdigest()
# Denied by flow control, so nothing was done: even a job may be submitted again.
DENIED = frozenset({"Throttling", "Throttling.User", "Throttling.Api"})
PAUSES_S = (0.4, 1.2)


class VodError(Exception):
    """Anything that went wrong after something was sent."""


class ApiError(VodError):
    """The service or its gateway answered with an error: code as documented, http_status, request_id, message."""

    def __init__(self, code: str, http_status: int, request_id: str, message: str) -> None:
        super().__init__(f"{code} (HTTP {http_status}, request {request_id or 'unknown'}): {message}")
        self.code = code
        self.http_status = http_status
        self.request_id = request_id
        self.message = message


class BadAnswer(VodError):
    """Something came back that is no answer of this service."""

    def __init__(self, what: str, http_status: int = 200) -> None:
        super().__init__(f"{what} (HTTP {http_status})")
        self.http_status = http_status


class NoAnswer(VodError):
    """The connection failed or nothing came in time. Whether the request was obeyed is unknown."""


def encoded(text: str) -> str:
    """Percent-encoded in UTF-8, all but letters, digits and - _ . ~ (RFC 3986)."""
    return quote(text, safe="~")


def query_string(parameters: Mapping[str, str]) -> str:
    """Parameters as they are signed and sent, sorted by name."""
    return "&".join(f"{encoded(name)}={encoded(value)}" for name, value in sorted(parameters.items()))


def canonical_request(method: str, query: str, headers: Mapping[str, str]) -> str:
    """What is hashed and signed; all the headers given, the body empty."""
    names = sorted(headers)
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in names)
    return "\n".join([method, "/", query, lines, ";".join(names), EMPTY_BODY])


class AccessKey:
    """An access key. Neither its repr nor anything else shows the secret."""

    def __init__(self, access_key_id: str, access_key_secret: str) -> None:
        self.access_key_id = access_key_id
        self._secret = access_key_secret.encode()

    def __repr__(self) -> str:
        return f"AccessKey({self.access_key_id!r})"

    def authorization(self, method: str, query: str, headers: Mapping[str, str]) -> str:
        """The header that signs a request. headers: those to be signed, names in lower case."""
        digest = hashlib.sha256(canonical_request(method, query, headers).encode()).hexdigest()
        signature = hmac.new(self._secret, f"{ALGORITHM}\n{digest}".encode(), hashlib.sha256).hexdigest()
        names = ";".join(sorted(headers))
        return f"{ALGORITHM} Credential={self.access_key_id},SignedHeaders={names},Signature={signature}"


class Acs3:
    """One endpoint, one key, one version of an API.

    timeout_s  for the connection, and for each silence while an answer is read
    """

    def __init__(self, url: str, key: AccessKey, version: str, timeout_s: float) -> None:
        self._url = url.rstrip("/")
        self._host = urlsplit(url).netloc
        self._key = key
        self._version = version
        self._timeout_s = timeout_s
        self._session = requests.Session()
        self._session.trust_env = False

    def __repr__(self) -> str:
        return f"Acs3({self._url!r}, {self._key!r}, {self._version!r})"

    def read(self, action: str, parameters: Mapping[str, str]) -> Json:
        """Ask something that changes nothing: repeated when the service is busy or unwell, or did not answer."""
        return self._repeated(action, parameters, self.is_worth_reading_again)

    def change(self, action: str, parameters: Mapping[str, str]) -> Json:
        """Ask for a change: repeated only when flow control has denied it."""
        return self._repeated(action, parameters, self.is_denied)

    def is_denied(self, problem: VodError) -> bool:
        """Whether the service says that it has not even looked at the request."""
        return isinstance(problem, ApiError) and problem.code in DENIED

    def is_worth_reading_again(self, problem: VodError) -> bool:
        """Whether the same question may have an answer in a while."""
        if isinstance(problem, ApiError | BadAnswer):
            return self.is_denied(problem) or problem.http_status >= 500
        return isinstance(problem, NoAnswer)

    def _repeated(self, action: str, parameters: Mapping[str, str], is_worth_it: Callable[[VodError], bool]) -> Json:
        for pause in PAUSES_S:
            try:
                return self.attempt(action, parameters)
            except VodError as problem:
                if not is_worth_it(problem):
                    raise
            time.sleep(pause)
        return self.attempt(action, parameters)

    def attempt(self, action: str, parameters: Mapping[str, str]) -> Json:
        """One request, signed anew, and the members of its answer. ApiError, BadAnswer, NoAnswer."""
        query = query_string(parameters)
        status, content = self.send(action, query, self.signed(action, query))
        return self.members(action, status, content)

    def signed(self, action: str, query: str) -> dict[str, str]:
        """The headers of a request; nonce and date are new for every attempt."""
        headers = {
            "host": self._host,
            "x-acs-action": action,
            "x-acs-version": self._version,
            "x-acs-date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": self.nonce(),
            "x-acs-content-sha256": EMPTY_BODY,
        }
        return {**headers, "Authorization": self._key.authorization("POST", query, headers)}

    def nonce(self) -> str:
        """Never the same twice."""
        return uuid.uuid4().hex

    def send(self, action: str, query: str, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """HTTP status and body of the answer. Redirects are not followed."""
        url = f"{self._url}/?{query}" if query else f"{self._url}/"
        try:
            answer = self._session.post(url, headers=headers, timeout=self._timeout_s, allow_redirects=False)
        except requests.RequestException as problem:
            # The text of the problem holds the URL with all parameters; its kind is enough.
            raise NoAnswer(f"{action}: {type(problem).__name__}") from None
        return answer.status_code, answer.content

    def members(self, action: str, status: int, content: bytes) -> Json:
        """The members of an answer. ApiError when it is an error, BadAnswer when it is no answer."""
        try:
            found = json.loads(content.decode())
        except (ValueError, RecursionError) as problem:
            raise BadAnswer(f"{action}: no JSON ({type(problem).__name__})", status) from None
        if not isinstance(found, dict):
            raise BadAnswer(f"{action}: a JSON {type(found).__name__}, not an object", status)
        if status < 300:
            return found
        if not found.get("Code"):
            raise BadAnswer(f"{action}: an error without a code", status)
        raise self.error(status, found)

    def error(self, status: int, found: Json) -> ApiError:
        """The exception for an error answer."""
        return ApiError(str(found["Code"]), status, str(found.get("RequestId") or ""), str(found.get("Message") or ""))

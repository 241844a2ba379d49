"""Alibaba Cloud's RPC protocol with signature version 1: sign, send, read JSON or XML, tell errors apart.

Everything travels in a form body, so that neither a URL nor what `requests` says about one shows a signature.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import requests
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

Json = dict[str, Any]

# The gateway turned the request away before anything was done: even a create may be repeated.
BUSY = ("Throttling", "Throttling.User", "Throttling.Api")
PAUSES_S = (0.5, 1.5)


class MultimediaError(Exception):
    """Anything that went wrong after something was sent."""


class ApiError(MultimediaError):
    """The service or its gateway answered with an error: code as documented, http_status, request_id, message."""

    def __init__(self, code: str, http_status: int, request_id: str, message: str) -> None:
        super().__init__(f"{code} (HTTP {http_status}, request {request_id or 'unknown'}): {message}")
        self.code = code
        self.http_status = http_status
        self.request_id = request_id
        self.message = message


class BadAnswer(MultimediaError):
    """Something came back that is no answer of this service."""

    def __init__(self, what: str, http_status: int = 200) -> None:
        super().__init__(f"{what} (HTTP {http_status})")
        self.http_status = http_status


class NoAnswer(MultimediaError):
    """The connection failed or nothing came in time. Whether the request was obeyed is unknown."""


def encoded(text: str) -> str:
    """Percent-encoded in UTF-8, all but letters, digits and - _ . ~ (RFC 3986)."""
    return quote(text, safe="~")


def string_to_sign(method: str, parameters: Mapping[str, str]) -> str:
    """What is signed: every parameter but Signature, sorted by name, an empty value as `Name=`."""
    pairs = sorted((name, value) for name, value in parameters.items() if name != "Signature")
    canonical = "&".join(f"{encoded(name)}={encoded(value)}" for name, value in pairs)
    return f"{method}&{encoded('/')}&{encoded(canonical)}"


class Signer:
    """An access key. Neither its repr nor anything else shows the secret."""

    def __init__(self, access_key_id: str, access_key_secret: str) -> None:
        self.access_key_id = access_key_id
        self._key = f"{access_key_secret}&".encode()

    def __repr__(self) -> str:
        return f"Signer({self.access_key_id!r})"

    def signature(self, method: str, parameters: Mapping[str, str]) -> str:
        """Base64 of the HMAC-SHA1."""
        text = string_to_sign(method, parameters)
        return base64.b64encode(hmac.new(self._key, text.encode(), hashlib.sha1).digest()).decode()


class Rpc:
    """One endpoint, one key, one version of the API.

    answer_format  "JSON" or "XML", what the service is asked for
    timeout_s      for the connection, and for each silence while an answer is read
    """

    def __init__(
        self, url: str, signer: Signer, version: str, *, answer_format: str = "JSON", timeout_s: float = 10.0
    ) -> None:
        self._url = url.rstrip("/") + "/"
        self._signer = signer
        self._version = version
        self._format = answer_format
        self._timeout_s = timeout_s
        self._session = requests.Session()
        self._session.trust_env = False

    def __repr__(self) -> str:
        return f"Rpc({self._url!r}, {self._signer!r}, {self._version!r})"

    def read(self, action: str, parameters: Mapping[str, str]) -> Json:
        """Ask something that changes nothing, again when the service is busy or unwell, or silent.

        Raises ApiError, BadAnswer, NoAnswer.
        """
        return self._repeated(action, parameters, self.may_read_again)

    def change(self, action: str, parameters: Mapping[str, str]) -> Json:
        """Ask for a change, again only when the gateway has not let it in: a second request would be a second change.

        Raises ApiError, BadAnswer, NoAnswer.
        """
        return self._repeated(action, parameters, self.was_not_let_in)

    def _repeated(
        self, action: str, parameters: Mapping[str, str], is_worth_it: Callable[[MultimediaError], bool]
    ) -> Json:
        for pause in PAUSES_S:
            try:
                return self.attempt(action, parameters)
            except MultimediaError as problem:
                if not is_worth_it(problem):
                    raise
            time.sleep(pause)
        return self.attempt(action, parameters)

    def was_not_let_in(self, problem: MultimediaError) -> bool:
        """Whether nothing can have come of a request."""
        return isinstance(problem, ApiError) and problem.code in BUSY

    def may_read_again(self, problem: MultimediaError) -> bool:
        """Whether the same question may have an answer in a while."""
        if isinstance(problem, ApiError | BadAnswer):
            return self.was_not_let_in(problem) or problem.http_status >= 500
        return isinstance(problem, NoAnswer)

    def attempt(self, action: str, parameters: Mapping[str, str]) -> Json:
        """One request, signed anew."""
        status, content = self.send(action, self.signed(action, parameters))
        return self.members(action, status, content)

    def signed(self, action: str, parameters: Mapping[str, str]) -> dict[str, str]:
        """The parameters with the common ones: nonce and time are new for every attempt."""
        whole = {
            **parameters,
            "Action": action,
            "Version": self._version,
            "Format": self._format,
            "AccessKeyId": self._signer.access_key_id,
            "SignatureMethod": "HMAC-SHA1",
            "SignatureVersion": "1.0",
            "SignatureNonce": self.nonce(),
            "Timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        return {**whole, "Signature": self._signer.signature("POST", whole)}

    def nonce(self) -> str:
        """Never the same twice."""
        return uuid.uuid4().hex

    def send(self, action: str, form: Mapping[str, str]) -> tuple[int, bytes]:
        """HTTP status and body of the answer. Redirects are not followed: they would carry the signature elsewhere."""
        try:
            answer = self._session.post(self._url, data=form, timeout=self._timeout_s, allow_redirects=False)
        except requests.RequestException as problem:
            raise NoAnswer(f"{action}: {type(problem).__name__}") from None
        return answer.status_code, answer.content

    def members(self, action: str, status: int, content: bytes) -> Json:
        """The members of an answer. ApiError when it is an error, whatever the HTTP status."""
        members = parsed(action, status, content)
        says_ok = members.get("Code") in (None, "", "OK")
        if status < 300 and says_ok:
            return members
        if says_ok:
            raise BadAnswer(f"{action}: an error without a code", status)
        raise self.error(status, members)

    def error(self, status: int, members: Json) -> ApiError:
        """The exception for an error answer."""
        request_id, message = members.get("RequestId"), members.get("Message")
        return ApiError(str(members["Code"]), status, str(request_id or ""), str(message or ""))


def parsed(action: str, status: int, content: bytes) -> Json:
    """The members of a JSON or XML document. The gateway's errors do not always have the format that was asked for."""
    try:
        is_xml = content.lstrip().startswith(b"<")
        members = xml_members(content.decode(), action) if is_xml else json.loads(content.decode())
    except (ValueError, RecursionError, ElementTree.ParseError, DefusedXmlException) as problem:
        raise BadAnswer(f"{action}: neither JSON nor XML ({type(problem).__name__})", status) from None
    if not isinstance(members, dict):
        raise BadAnswer(f"{action}: a JSON {type(members).__name__}, not an object", status)
    return members


def xml_members(text: str, action: str) -> Json:
    """An XML answer as the same members as in JSON, all values text.

    The root is <Action>Response or Error; the reference page of CreateGifTask prints its members without one.
    ValueError: it is no answer.
    """
    body = re.sub(r"^\s*<\?xml.*?\?>", "", text, count=1, flags=re.DOTALL)
    wrapped = ElementTree.fromstring(f"<Answer>{body}</Answer>")
    children = list(wrapped)
    if len(children) == 1 and children[0].tag in (f"{action}Response", "Error"):
        wrapped = children[0]
    elif not any(child.tag == "RequestId" for child in children):
        raise ValueError("an unknown root")
    members = xml_value(wrapped)
    return members if isinstance(members, dict) else {}


def xml_value(element: Any) -> Any:
    """An element's text, or its members; one that is repeated is a list."""
    if not len(element):
        return element.text or ""
    members: Json = {}
    for child in element:
        value = xml_value(child)
        if child.tag not in members:
            members[child.tag] = value
        elif isinstance(members[child.tag], list):
            members[child.tag].append(value)
        else:
            members[child.tag] = [members[child.tag], value]
    return members

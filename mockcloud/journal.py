"""What happened: one entry per request, redacted before it is kept, bounded by count and bytes."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import orjson

from .bounds import is_deeper
from .model import Violation, Wire, WireReply
from .redact import Redactor

Json = dict[str, Any]
_OVERHEAD = 900  # bytes that an entry takes beside its texts, roughly
_PER_HEADER = 160
_PER_VIOLATION = 2_500
_LONGEST_TEXT = 65_536
_LONGEST_VALUE = 2_048
_DEEPEST = 1_000  # what orjson reads again


# Neither is frozen, although nobody changes them: making a frozen one takes three times as long, for every request.
@dataclass(slots=True)
class Notes:
    """What the engine knows of a request beside its bytes; not yet redacted.

    time     mock seconds since the epoch
    is_body  the parameters are the JSON of the body, see `Call`
    """

    time: float
    account: str
    service: str = ""
    operation: str = ""
    parameters: Json | None = None
    is_body: bool = False
    violations: tuple[Violation, ...] = ()
    reason: str = ""
    detail: str = ""
    diagnosis: Json | None = None
    request_id: str = ""
    fault: str = ""


@dataclass(slots=True)
class Entry:
    """One request and its answer, redacted. What has structure is kept as JSON text, which takes a tenth of the room.

    packed_parameters  empty when they are the body's
    size               bytes that it takes, roughly
    """

    id: int
    time: float
    account: str
    service: str
    operation: str
    method: str
    path: str
    headers: list[tuple[str, str]]
    body: str
    packed_parameters: bytes
    status: int
    response: str
    violations: tuple[Violation, ...]
    reason: str
    detail: str
    packed_diagnosis: bytes
    request_id: str
    fault: str
    size: int

    @property
    def parameters(self) -> Any:
        """The parameters as they were sent."""
        return orjson.loads(self.packed_parameters or self.body)

    @property
    def diagnosis(self) -> Any:
        """Both canonical strings of a signature that is wrong, and where they part; None of any other request."""
        return orjson.loads(self.packed_diagnosis)

    def as_json(self, stamp: str) -> Json:
        """The record of `GET /_mockcloud/requests`."""
        return {
            "id": self.id,
            "time": stamp,
            "account": self.account,
            "service": self.service,
            "operation": self.operation,
            "method": self.method,
            "path": self.path,
            "headers": self.headers,
            "body": self.body,
            "parameters": self.parameters,
            "status": self.status,
            "response": parsed(self.response),
            "violations": [
                {"rule": one.rule, "path": one.path, "value": one.value, "cite": one.cite, "effect": one.effect}
                for one in self.violations
            ],
            "reason": self.reason,
            "detail": self.detail,
            "diagnosis": self.diagnosis,
            "request_id": self.request_id,
            "fault": self.fault,
        }


class Journal:
    """Entries, oldest first. The oldest go when there are more than `most` or they take more than `most_bytes`."""

    def __init__(self, most: int = 10_000, most_bytes: int = 64 * 1024 * 1024) -> None:
        self._most, self._most_bytes = most, most_bytes
        self._entries: deque[Entry] = deque()
        self._next = 1
        self.size = 0
        self.dropped = 0

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, wire: Wire, reply: WireReply, redactor: Redactor, notes: Notes) -> Entry:
        """Keep a request and its answer."""
        query, body, response, detail = _plain(wire.query), _text(wire.body), _text(reply.body), _plain(notes.detail)
        # What is written with escapes is searched for secrets, and kept, without them.
        is_body = notes.is_body and "\\u" not in body and len(body) < _LONGEST_TEXT
        parameters = b"" if is_body else packed(notes.parameters) if notes.parameters else b"{}"
        # Most requests hold no secret but in their headers: one search over everything finds out.
        whole = "\n".join((query, body, response, detail, parameters.decode()))
        size = _OVERHEAD + _weight(whole)
        if not redactor.has_none(whole):
            query, body, response, detail = map(redactor.text, (query, body, response, detail))
            parameters = packed(notes.parameters or {}, redactor)
        values = "".join([value for _, value in wire.headers])
        headers = redactor.headers(wire.headers if values.isascii() else _readable(wire.headers))
        violations = tuple(_storable(found, redactor) for found in notes.violations) if notes.violations else ()
        diagnosis = packed(notes.diagnosis, redactor) if notes.diagnosis else b"null"
        path = f"{_plain(wire.path)}?{query}" if query else _plain(wire.path)
        size += _PER_HEADER * len(headers) + _weight(values) + _weight(wire.path) + len(diagnosis)
        size += len(wire.names) if len(wire.named) == len(headers) else sum(len(name) for name, _ in headers)
        if violations:
            size += sum(_PER_VIOLATION + len(found.path) for found in violations)
        entry = Entry(
            id=self._next,
            time=notes.time,
            account=notes.account,
            service=notes.service,
            operation=_plain(notes.operation[:_LONGEST_VALUE]),
            method=wire.method,
            path=path,
            headers=headers,
            body=body,
            packed_parameters=parameters,
            status=reply.status,
            response=response,
            violations=violations,
            reason=notes.reason,
            detail=detail,
            packed_diagnosis=diagnosis,
            request_id=notes.request_id,
            fault=notes.fault,
            size=size,
        )
        self._next += 1
        self._entries.append(entry)
        self.size += size
        while len(self._entries) > self._most or (self.size > self._most_bytes and len(self._entries) > 1):
            self.size -= self._entries.popleft().size
            self.dropped += 1
        return entry

    def clear(self, account: str | None = None) -> int:
        """Forget everything, or what one account did; how many entries went."""
        before = len(self._entries)
        self._entries = deque(entry for entry in self._entries if account is not None and entry.account != account)
        self.size = sum(entry.size for entry in self._entries)
        if account is None:
            self.dropped = 0
        return before - len(self._entries)


def _storable(found: Violation, redactor: Redactor) -> Violation:
    """The same violation, its value redacted, cut where it is long, and nobody else's."""
    name = found.path.rpartition("/")[2]
    text = packed({name: found.value}, redactor)
    if len(text) <= _LONGEST_VALUE:
        try:
            whole = orjson.loads(text)
        except orjson.JSONDecodeError:  # a whole number beyond every double is not read back
            return replace(found, value=text.decode("utf-8", "replace"))
        return replace(found, value=next(iter(whole.values())) if isinstance(whole, dict) else whole)
    return replace(found, value=f"{text[:_LONGEST_VALUE].decode('utf-8', 'replace')}... ({len(text)} bytes)")


def packed(value: Any, redactor: Redactor | None = None) -> bytes:
    """Redacted JSON. What JSON does not have (whole numbers over 64 bit, half characters) comes as near as it gets."""
    try:
        return _dumped(value, redactor)
    except RecursionError:
        return b'"too deep to be kept"'


def _dumped(value: Any, redactor: Redactor | None) -> bytes:
    try:
        data = orjson.dumps(value)
        if redactor is None or redactor.has_none(data.decode()):
            return data
        return orjson.dumps(redactor.value(value))
    except TypeError:
        whole = value if redactor is None else redactor.value(value)
        data = json.dumps(whole, ensure_ascii=False, default=str).encode("utf-8", "replace")
        if is_deeper(data, _DEEPEST):  # how deep json itself goes depends on the version of Python
            raise RecursionError from None
        return data


def _plain(text: str) -> str:
    """The same text with bytes that were not UTF-8 replaced, so that it can be shown."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _readable(headers: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    """The same headers with bytes that were not UTF-8 replaced."""
    return [(name, _plain(value)) for name, value in headers]


def _text(data: bytes) -> str:
    text = data.decode("utf-8", "replace")
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}... ({len(text)} characters)"


def _weight(text: str) -> int:
    return len(text) if text.isascii() else 4 * len(text)


def parsed(text: str) -> Any:
    """JSON text as a value, any other text as it stands."""
    if text[:1] not in ("{", "["):
        return text
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text

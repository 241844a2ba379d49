"""What happened: one entry per request, redacted before it is kept, bounded by count and bytes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from .model import Violation, Wire, WireReply
from .redact import Redactor

Json = dict[str, Any]
_OVERHEAD = 600  # bytes that an entry takes beside its texts, roughly
_LONGEST_TEXT = 65_536


@dataclass(slots=True)
class Entry:
    """One request and its answer, already redacted. `time`: mock seconds since the epoch."""

    id: int
    time: float
    account: str
    service: str
    operation: str
    method: str
    path: str
    headers: list[tuple[str, str]]
    body: str
    parameters: Json
    status: int
    response: str
    violations: tuple[Violation, ...]
    reason: str
    detail: str
    diagnosis: Json | None
    request_id: str
    fault: str
    size: int

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
                {
                    "rule": found.rule,
                    "path": found.path,
                    "value": found.value,
                    "cite": found.cite,
                    "effect": found.effect,
                }
                for found in self.violations
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
        self._bytes = 0
        self._next = 1
        self.dropped = 0

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def add(
        self,
        wire: Wire,
        reply: WireReply,
        redactor: Redactor,
        *,
        time: float,
        account: str,
        service: str,
        operation: str,
        parameters: Json,
        violations: tuple[Violation, ...] = (),
        reason: str = "",
        detail: str = "",
        diagnosis: Json | None = None,
        request_id: str = "",
        fault: str = "",
    ) -> Entry:
        """Keep a request and its answer."""
        query = redactor.text(wire.query) if wire.query else ""
        body = redactor.text(_text(wire.body)) if wire.body else ""
        response = redactor.text(_text(reply.body)) if reply.body else ""
        size = _OVERHEAD + 3 * len(body) + len(response) + len(query) + len(wire.path)
        entry = Entry(
            id=self._next,
            time=time,
            account=account,
            service=service,
            operation=operation,
            method=wire.method,
            path=f"{wire.path}?{query}" if query else wire.path,
            headers=redactor.headers(wire.headers),
            body=body,
            parameters=redactor.value(parameters),
            status=reply.status,
            response=response,
            violations=violations,
            reason=reason,
            detail=detail,
            diagnosis=diagnosis,
            request_id=request_id,
            fault=fault,
            size=size,
        )
        self._next += 1
        self._entries.append(entry)
        self._bytes += size
        while len(self._entries) > self._most or (self._bytes > self._most_bytes and len(self._entries) > 1):
            self._bytes -= self._entries.popleft().size
            self.dropped += 1
        return entry

    def clear(self, account: str | None = None) -> None:
        """Forget everything, or what one account did."""
        kept = [] if account is None else [entry for entry in self._entries if entry.account != account]
        self._entries = deque(kept)
        self._bytes = sum(entry.size for entry in kept)
        if account is None:
            self.dropped = 0


def _text(data: bytes) -> str:
    text = data.decode("utf-8", "replace")
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}... ({len(text)} characters)"


def parsed(text: str) -> Any:
    """JSON text as a value, any other text as it stands."""
    if text[:1] not in ("{", "["):
        return text
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text

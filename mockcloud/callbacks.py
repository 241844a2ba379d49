"""Deliveries that the mock owes: records, attempts, outcomes. No I/O: the server posts what is in the outbox."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .state import Account, Delivery

Json = dict[str, Any]
AGENT = "mockcloud-callback"  # what deliveries call themselves; the admin interface takes nothing from it
MOST, MOST_BYTES = 10_000, 16 * 1024 * 1024
_OVERHEAD = 1_000  # bytes that a record takes beside its texts, roughly


@dataclass(slots=True)
class Attempt:
    """One POST: `time` in mock seconds, outcome "answered" | "failed" | "refused", HTTP status or None."""

    time: float
    outcome: str
    status: int | None


@dataclass(slots=True)
class Record:
    """One delivery and what became of it: outcome "pending" | "delivered" | "failed" | "refused" | "dropped"."""

    id: int
    delivery: Delivery
    account: Account
    due: float
    attempts: list[Attempt] = field(default_factory=list)
    outcome: str = "pending"
    reason: str = ""

    @property
    def is_gone(self) -> bool:
        """Whether it made room for others."""
        return self.outcome == "dropped"

    @property
    def size(self) -> int:
        """Bytes that it takes, roughly."""
        delivery = self.delivery
        return _OVERHEAD + len(delivery.body) + len(delivery.url) + sum(len(value) for _, value in delivery.headers)


class Callbacks:
    """All deliveries, oldest first, and the outbox of those whose next attempt is due."""

    def __init__(
        self,
        now: Callable[[], float],
        is_current: Callable[[Account], bool],
        most: int = MOST,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self.now = now
        self._is_current = is_current
        self._most, self._most_bytes = most, most_bytes
        self._bytes = 0
        self._records: deque[Record] = deque()
        self._next = 1
        self.outbox: deque[Record] = deque()
        self.dropped = 0

    def __iter__(self) -> Iterator[Record]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)

    def add(self, delivery: Delivery, account: Account) -> None:
        """Owe somebody a delivery; its first attempt is due now. One for an account that was reset is forgotten."""
        if not self._is_current(account):
            return
        record = Record(self._next, delivery, account, self.now())
        self._next += 1
        self._records.append(record)
        self.outbox.append(record)
        self._bytes += record.size
        while len(self._records) > self._most or (self._bytes > self._most_bytes and len(self._records) > 1):
            oldest = self._records.popleft()
            self._bytes -= oldest.size
            if oldest.outcome == "pending":
                oldest.outcome, oldest.reason = "dropped", "too many deliveries"
            self.dropped += 1
        without_dropped(self.outbox)

    def wanted(self, record: Record) -> bool:
        """Whether a delivery is still to be made: pending, and its account was not reset."""
        return record.outcome == "pending" and self._is_current(record.account)

    def refused(self, record: Record, reason: str, at: float) -> None:
        """The address is not one that the mock may post to."""
        record.attempts.append(Attempt(at, "refused", None))
        record.reason = reason
        self._end(record, "refused", b"")

    def attempted(
        self, record: Record, status: int | None, reason: str = "", body: bytes = b"", at: float | None = None
    ) -> None:
        """One POST, begun at a moment, was answered with a status and a body that begins so, or failed (None).

        The next attempt is scheduled. Nothing happens when the account was reset meanwhile.
        """
        if not self.wanted(record):
            return
        moment = self.now() if at is None else at
        record.attempts.append(Attempt(moment, "failed" if status is None else "answered", status))
        settled = record.delivery.settled
        if status is not None and (not settled or status in settled):
            self._end(record, "delivered", body)
            return
        record.reason = reason or f"answered {status}"
        tries = len(record.attempts)
        if tries > len(record.delivery.waits):
            self._end(record, "failed", body)
            return
        due = self.now() + record.delivery.waits[tries - 1]
        record.account.later(due, lambda _: self.outbox.append(record), record)

    def _end(self, record: Record, outcome: str, body: bytes) -> None:
        record.outcome = outcome
        if record.delivery.ended is not None and self._is_current(record.account):
            record.delivery.ended(outcome, body)

    def clear(self, account: str | None = None) -> None:
        """Forget everything, or what one account owes."""
        if account is None:
            self._records.clear()
            self.outbox.clear()
            self._bytes = self.dropped = 0
            return
        self._records = deque(record for record in self._records if record.account.name != account)
        self.outbox = deque(record for record in self.outbox if record.account.name != account)
        self._bytes = sum(record.size for record in self._records)

    def as_json(self, record: Record, stamp: Callable[[float], str]) -> Json:
        """The record of `GET /_mockcloud/callbacks`."""
        return {
            "id": record.id,
            "url": shown_url(record.delivery.url),
            "task": record.delivery.task,
            "service": record.delivery.service,
            "account": record.account.name,
            "due": stamp(record.due),
            "attempts": [
                {"time": stamp(attempt.time), "outcome": attempt.outcome, "status": attempt.status}
                for attempt in record.attempts
            ],
            "outcome": record.outcome,
            "reason": record.reason,
        }


def without_dropped(records: deque[Record]) -> None:
    """Take those away from the beginning that made room for others: there they are, the oldest go first."""
    while records and records[0].is_gone:
        records.popleft()


def shown_url(url: str) -> str:
    """A URL without what may be secret in it: query, fragment, credentials."""
    plain = url.partition("?")[0].partition("#")[0]
    scheme, slashes, rest = plain.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{slashes}{host.rpartition('@')[2]}{slash}{path}" if slashes else plain

"""Deliveries that the mock owes: records, attempts, outcomes. No I/O: the server posts what is in the outbox."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .state import Account, Delivery

Json = dict[str, Any]
MOST = 10_000


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


class Callbacks:
    """All deliveries, oldest first, and the outbox of those whose next attempt is due."""

    def __init__(self, now: Callable[[], float], is_current: Callable[[Account], bool]) -> None:
        self._now = now
        self._is_current = is_current
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
        record = Record(self._next, delivery, account, self._now())
        self._next += 1
        self._records.append(record)
        self.outbox.append(record)
        while len(self._records) > MOST:
            oldest = self._records.popleft()
            if oldest.outcome == "pending":
                oldest.outcome, oldest.reason = "dropped", "too many deliveries"
            self.dropped += 1

    def wanted(self, record: Record) -> bool:
        """Whether a delivery is still to be made: pending, and its account was not reset."""
        return record.outcome == "pending" and self._is_current(record.account)

    def refused(self, record: Record, reason: str) -> None:
        """The address is not one that the mock may post to."""
        record.attempts.append(Attempt(self._now(), "refused", None))
        record.reason = reason
        self._end(record, "refused", b"")

    def attempted(self, record: Record, status: int | None, reason: str = "", body: bytes = b"") -> None:
        """One POST was answered with a status and a body that begins so, or failed (None) for a reason.

        The next attempt is scheduled.
        """
        record.attempts.append(Attempt(self._now(), "failed" if status is None else "answered", status))
        settled = record.delivery.settled
        if status is not None and (not settled or status in settled):
            self._end(record, "delivered", body)
            return
        record.reason = reason or f"answered {status}"
        tries = len(record.attempts)
        if tries > len(record.delivery.waits):
            self._end(record, "failed", body)
            return
        due = self._now() + record.delivery.waits[tries - 1]
        record.account.later(due, lambda _: self.outbox.append(record))

    def _end(self, record: Record, outcome: str, body: bytes) -> None:
        record.outcome = outcome
        if record.delivery.ended is not None and self._is_current(record.account):
            record.delivery.ended(outcome, body)

    def clear(self, account: str | None = None) -> None:
        """Forget everything, or what one account owes."""
        if account is None:
            self._records.clear()
            self.outbox.clear()
            self.dropped = 0
            return
        self._records = deque(record for record in self._records if record.account.name != account)
        self.outbox = deque(record for record in self.outbox if record.account.name != account)

    def as_json(self, record: Record, stamp: Callable[[float], str]) -> Json:
        """The record of `GET /_mockcloud/callbacks`."""
        return {
            "id": record.id,
            "url": record.delivery.url.partition("?")[0],
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

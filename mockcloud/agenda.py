"""What is to happen at a later moment of the mock's time. No clock: whoever asks says until when."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from typing import Protocol

Action = Callable[[float], None]


class Owner(Protocol):
    """What something is planned for: a task, a delivery."""

    @property
    def is_gone(self) -> bool:
        """Whether it was dropped, so that nothing more happens to it."""


class Lasting(Protocol):
    """Whose it is: an account."""

    @property
    def is_current(self) -> bool:
        """Whether it was not reset meanwhile."""


_Entry = tuple[float, int, Lasting, Owner | None, Action]


class Agenda:
    """What happens at a later moment of the mock's time, over all accounts, in order of (due, entry).

    What belongs to an account that was reset, or to a task or a delivery that was dropped, does not happen.
    """

    def __init__(self, wake: Callable[[], None] = lambda: None) -> None:
        self._heap: list[_Entry] = []
        self._entries = 0
        self._sweep_at = 1024
        self._wake = wake

    def __len__(self) -> int:
        return len(self._heap)

    def add(self, due: float, action: Action, account: Lasting, owner: Owner | None = None) -> None:
        """Do something at a moment; `action` gets the moment it was due. When nothing is due before, `wake` is told."""
        if not account.is_current:
            return
        self._entries += 1
        entry = (due, self._entries, account, owner, action)
        heappush(self._heap, entry)
        if len(self._heap) >= self._sweep_at:
            self._sweep()
        if self._heap[0] is entry:
            self._wake()

    def _sweep(self) -> None:
        self._heap = [entry for entry in self._heap if _is_wanted(entry)]
        heapify(self._heap)
        self._sweep_at = max(1024, 2 * len(self._heap))

    def next_due(self) -> float | None:
        """When the next entry is due."""
        while self._heap and not _is_wanted(self._heap[0]):
            heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def pop(self, until: float) -> tuple[float, Action] | None:
        """Take the next entry that is due by then."""
        due = self.next_due()
        if due is None or due > until:
            return None
        return due, heappop(self._heap)[4]

    def clear(self) -> None:
        """Forget everything."""
        self._heap.clear()

    def shift(self, seconds: float) -> None:
        """Move every entry."""
        self._heap = [(due + seconds, *rest) for due, *rest in self._heap]  # type: ignore[misc]


def _is_wanted(entry: _Entry) -> bool:
    owner = entry[3]
    return entry[2].is_current and (owner is None or not owner.is_gone)

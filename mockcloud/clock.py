"""The mock's clock: wall time plus an offset, or frozen. Nothing here sleeps."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime


class Clock:
    """Mock time in seconds since the epoch. `wall` is the real one, for signatures only."""

    def __init__(self, wall: Callable[[], float] = time.time) -> None:
        self.wall = wall
        self._offset = 0.0
        self._frozen: float | None = None

    def now(self) -> float:
        """Mock time, seconds since the epoch."""
        return self.wall() + self._offset if self._frozen is None else self._frozen

    @property
    def is_frozen(self) -> bool:
        """Whether time stands still until somebody moves it."""
        return self._frozen is not None

    def set(self, moment: float) -> None:
        """Jump to a moment (seconds since the epoch); a frozen clock stays frozen there."""
        if self._frozen is None:
            self._offset = moment - self.wall()
        else:
            self._frozen = moment

    def freeze(self) -> None:
        """Stop at the current moment."""
        self._frozen = self.now()

    def resume(self) -> None:
        """Run on from the current moment."""
        if self._frozen is not None:
            moment, self._frozen = self._frozen, None
            self._offset = moment - self.wall()

    def reset(self) -> None:
        """Back to wall time, running."""
        self._offset, self._frozen = 0.0, None


def moment(seconds: float) -> datetime:
    """Seconds since the epoch as an aware UTC datetime."""
    return datetime.fromtimestamp(seconds, UTC)

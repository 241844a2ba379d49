"""Virtual waiting: a client that polls runs at once.

`time.sleep` and `asyncio.sleep` are replaced for the threads of one family: the client's thread and those it starts.
Every pause is recorded and moves the mock's clock. Waits on events, conditions and sockets stay real.

A bound that a client keeps with a clock has to come nearer as it pauses, so `time.monotonic` and `time.perf_counter`
are ahead by the pauses of their thread. `time.time` is, only where a function that pauses asks for it (or one that
called it): a deadline is kept there, while the date of a signature, which is judged by the real clock, is taken
elsewhere.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import CodeType, FrameType
from typing import Any
from weakref import WeakSet

MOST_PAUSES = 10_000
MOST_SECONDS = 86_400.0

_real_sleep = time.sleep
_real_async_sleep = asyncio.sleep
_real_start = threading.Thread.start
_real_monotonic = time.monotonic
_real_perf_counter = time.perf_counter
_real_time = time.time


class WaitsForEver(BaseException):
    """Thrown into a client that has paused too often or too long; no `except Exception` of its own catches it."""


class _Ahead(threading.local):
    """How far this thread's clocks are ahead: by all its pauses, and for `time.time` by those of the current call."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.since = 0.0
        self.pausing: set[CodeType] = set()


_ahead = _Ahead()


def begin_call() -> None:
    """From here on `time.time` is right again in this thread, until somebody pauses."""
    _ahead.since = _ahead.seconds
    _ahead.pausing.clear()


def _go_ahead(seconds: float) -> None:
    """Move this thread's clocks, and remember who pauses."""
    _ahead.seconds += max(float(seconds), 0.0)
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        _ahead.pausing.add(frame.f_code)
        frame = frame.f_back


def _monotonic() -> float:
    return _real_monotonic() + _ahead.seconds


def _perf_counter() -> float:
    return _real_perf_counter() + _ahead.seconds


def _time() -> float:
    moved = _ahead.seconds - _ahead.since
    if moved and sys._getframe(1).f_code in _ahead.pausing:
        return _real_time() + moved
    return _real_time()


@dataclass(slots=True)
class Pauses:
    """The pauses of one family of threads. `seconds` in order; `moved` is called with each of them."""

    moved: Callable[[float], None] = lambda seconds: None
    seconds: list[float] = field(default_factory=list)
    total: float = 0.0
    most: int = MOST_PAUSES

    def add(self, seconds: float) -> None:
        """Record a pause. WaitsForEver: there were too many, or more than a day of them."""
        seconds = max(float(seconds), 0.0)
        self.seconds.append(seconds)
        self.total += seconds
        if len(self.seconds) > self.most or self.total > MOST_SECONDS:
            raise WaitsForEver
        if seconds:
            self.moved(seconds)


_families: dict[int, tuple[WeakSet[threading.Thread], Pauses]] = {}


def _pauses_here() -> Pauses | None:
    if not _families:
        return None
    thread = threading.current_thread()
    return next((pauses for family, pauses in list(_families.values()) if thread in family), None)


def _sleep(seconds: float, /) -> None:
    pauses = _pauses_here()
    if pauses is None:
        _real_sleep(seconds)
    else:
        _go_ahead(seconds)
        pauses.add(seconds)


async def _async_sleep(delay: float, result: Any = None) -> Any:
    pauses = _pauses_here()
    if pauses is None:
        return await _real_async_sleep(delay, result)
    if delay > 0:
        _go_ahead(delay)
        pauses.add(delay)
    return await _real_async_sleep(0, result)


def _start(thread: threading.Thread) -> None:
    starter = threading.current_thread()
    for family, _ in list(_families.values()):
        if starter in family:
            family.add(thread)
    _real_start(thread)


_REPLACED: tuple[tuple[Any, Any], ...] = (
    (_real_sleep, _sleep),
    (_real_async_sleep, _async_sleep),
    (_real_monotonic, _monotonic),
    (_real_perf_counter, _perf_counter),
    (_real_time, _time),
)


def _swap(pairs: tuple[tuple[Any, Any], ...]) -> None:
    """Replace functions wherever a loaded module holds them (`from time import sleep` copies the name)."""
    wanted = {id(old): new for old, new in pairs}
    for name, module in list(sys.modules.items()):
        if module is None or name == __name__:
            continue
        members = getattr(module, "__dict__", None)
        if not isinstance(members, dict):
            continue
        for key, value in list(members.items()):
            new = wanted.get(id(value))
            if new is not None:
                members[key] = new


_users = 0
_modules_seen = 0
_lock = threading.Lock()


@contextmanager
def virtual_time() -> Iterator[None]:
    """Put the replacements in place; outside of families of threads they do what they always did."""
    global _users, _modules_seen
    with _lock:
        _users += 1
        if _users == 1 or len(sys.modules) != _modules_seen:
            _swap(_REPLACED)
            threading.Thread.start = _start  # type: ignore[method-assign, assignment]
            _modules_seen = len(sys.modules)
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if _users == 0:
                _swap(tuple((new, old) for old, new in _REPLACED))
                threading.Thread.start = _real_start  # type: ignore[method-assign]


@contextmanager
def family(pauses: Pauses) -> Iterator[Callable[[threading.Thread], None]]:
    """A family of threads whose pauses are virtual; gives the function that takes a thread into it."""
    members: WeakSet[threading.Thread] = WeakSet()
    key = id(members)
    _families[key] = (members, pauses)
    try:
        yield members.add
    finally:
        del _families[key]

"""Where a client runs: a thread of its own with virtual waiting, one event loop for coroutines, and a watchdog."""

from __future__ import annotations

import asyncio
import ctypes
import inspect
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .waiting import Pauses, WaitsForEver, begin_call, family, virtual_time


@dataclass(frozen=True, slots=True)
class Result:
    """How one call into the client ended.

    ending   "returned" | "raised" | "hung" (still running when the watchdog came) | "endless" (paused for ever)
    value    what it returned; problem: what it raised
    pauses   seconds of each replaced pause; seconds: wall time, pauses counted as nothing
    """

    ending: str
    value: Any = None
    problem: BaseException | None = None
    pauses: tuple[float, ...] = ()
    seconds: float = 0.0


class Stage:
    """Runs calls one after the other in one thread. A call that hangs costs the stage; make another one then."""

    def __init__(self, moved: Callable[[float], None]) -> None:
        self._pauses = Pauses(moved)
        self._work: queue.SimpleQueue[Callable[[], Any] | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="mockcloud-client", daemon=True)
        self.is_lost = False
        self._thread.start()

    def _run(self) -> None:
        loop: asyncio.AbstractEventLoop | None = None
        with virtual_time(), family(self._pauses) as take_in:
            take_in(threading.current_thread())
            while (call := self._work.get()) is not None:
                begin_call()
                try:
                    value = call()
                    if inspect.isawaitable(value):
                        loop = loop or asyncio.new_event_loop()
                        asyncio.set_event_loop(loop)
                        value = loop.run_until_complete(_awaited(value))
                    self._done.put(("returned", value))
                except WaitsForEver:
                    self._done.put(("endless", None))
                except BaseException as problem:
                    self._done.put(("raised", problem))
            if loop is not None:
                loop.run_until_complete(loop.shutdown_asyncgens())
                asyncio.set_event_loop(None)
                loop.close()

    def run(self, call: Callable[[], Any], patience: float, most_pauses: int = 10_000) -> Result:
        """Make a call; wait for its end at most `patience` seconds of wall time."""
        self._pauses.seconds, self._pauses.total, self._pauses.most = [], 0.0, most_pauses
        began = time.monotonic()
        self._work.put(call)
        try:
            ending, value = self._done.get(timeout=patience)
        except queue.Empty:
            self.is_lost = True
            self._interrupt()
            return Result("hung", pauses=tuple(self._pauses.seconds), seconds=time.monotonic() - began)
        seconds = time.monotonic() - began
        pauses = tuple(self._pauses.seconds)
        if ending == "raised":
            return Result("raised", problem=value, pauses=pauses, seconds=seconds)
        return Result(ending, value, pauses=pauses, seconds=seconds)

    def _interrupt(self) -> None:
        """End a client that would go on sending requests: what it does next meets an exception it does not catch."""
        thread = ctypes.c_ulong(self._thread.ident or 0)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(WaitsForEver))

    def close(self) -> None:
        """End the thread once it is idle; a lost one ends when its call does."""
        self._work.put(None)
        if not self.is_lost:
            self._thread.join(timeout=5.0)


async def _awaited(value: Any) -> Any:
    return await value

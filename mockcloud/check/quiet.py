"""While a battery runs: no log of the refusals that it asks for, no warnings of clients that it disturbs."""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet() -> Iterator[None]:
    """Without the mock's log, and without what Python prints of clients when nobody handles their log."""
    log, root = logging.getLogger("mockcloud"), logging.getLogger()
    level, handler = log.level, logging.NullHandler()
    log.setLevel(logging.ERROR)
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        log.setLevel(level)


_lock = threading.Lock()
_unwarned = 0
_kept: list[warnings.catch_warnings[None]] = []


@contextmanager
def unwarned() -> Iterator[None]:
    """Without warnings, in whatever thread; what they were set to is back when the last one leaves."""
    global _unwarned
    with _lock:
        _unwarned += 1
        if _unwarned == 1:
            _kept.append(warnings.catch_warnings())
            _kept[-1].__enter__()
            warnings.simplefilter("ignore")
    try:
        yield
    finally:
        with _lock:
            _unwarned -= 1
            if not _unwarned:
                _kept.pop().__exit__(None, None, None)

"""While a battery runs: no log of the refusals that it asks for, no warnings of clients that it disturbs."""

from __future__ import annotations

import logging
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

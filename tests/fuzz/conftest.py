"""Makes the profile known that `make fuzz` takes, and sends the log where its lines are made but not kept."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from hypothesis import settings

from mockcloud.logs import FORMATS
from tests.fuzz.effort import EXAMPLES, FUZZ

settings.register_profile(FUZZ, max_examples=EXAMPLES, deadline=None)


def made(record: logging.LogRecord) -> bool:
    """Make a line of a record in every form, and let nobody keep it."""
    for form in FORMATS.values():
        form().format(record).encode("utf-8", "backslashreplace")
    return False


@pytest.fixture(autouse=True)
def unread_log() -> Iterator[None]:
    """Thousands of refusals beside a failure would hide it."""
    log = logging.getLogger("mockcloud")
    log.addFilter(made)
    yield
    log.removeFilter(made)

from __future__ import annotations

import pytest

import mockcloud
from mockcloud.check import report

from .gifs import Gifs
from .reported import run_of


@pytest.fixture(scope="session")
def example_run():
    """The README's example under a few checks, with an exception."""
    with mockcloud.start() as cloud:
        yield run_of(Gifs, cloud, without={"SECRET": "issue 12"}, level=3)


@pytest.fixture
def example(example_run):
    return report.tree([example_run])

"""Where clients run: endings, pauses, and what becomes of a client that does not end."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from mockcloud.check.stage import Stage


@pytest.fixture
def moved():
    return []


@pytest.fixture
def stage(moved):
    stage = Stage(moved.append)
    yield stage
    stage.close()


def test_value_comes_back(stage):
    result = stage.run(lambda: 42, 5.0)

    assert (result.ending, result.value) == ("returned", 42)


def test_exception_comes_back(stage):
    result = stage.run(lambda: {}["x"], 5.0)

    assert result.ending == "raised"
    assert isinstance(result.problem, KeyError)


def test_pauses_are_virtual_and_move_the_clock(stage, moved):
    result = stage.run(lambda: time.sleep(3600), 5.0)

    assert result.ending == "returned"
    assert list(result.pauses) == moved == [3600.0]


def test_coroutines_run_in_one_loop_with_virtual_pauses(stage):
    async def wait():
        await asyncio.sleep(1800)
        return id(asyncio.get_running_loop())

    first, second = stage.run(wait, 5.0), stage.run(wait, 5.0)

    assert first.value == second.value
    assert first.pauses == (1800,)


def test_pauses_of_threads_that_the_client_starts_are_virtual(stage):
    def call():
        thread = threading.Thread(target=time.sleep, args=(600,))
        thread.start()
        thread.join()

    assert stage.run(call, 5.0).pauses == (600,)


def test_pauses_elsewhere_stay_real(stage):
    stage.run(lambda: None, 5.0)
    began = time.monotonic()

    time.sleep(0.01)

    assert time.monotonic() - began >= 0.01


def test_client_that_pauses_for_ever_is_told_so(stage):
    def call():
        while True:
            time.sleep(1)

    assert stage.run(call, 30.0, most_pauses=50).ending == "endless"


def test_client_that_never_ends_is_ended(stage):
    rounds = []

    def call():
        while True:
            rounds.append(1)
            threading.Event().wait(0.001)

    assert stage.run(call, 0.2).ending == "hung"
    stage._thread.join(0.0)
    stage.close()
    stage._thread.join(5.0)
    assert not stage._thread.is_alive()

"""A client that keeps its bound with a clock comes to its end although its pauses take no time."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from time import monotonic, perf_counter
from time import time as epoch

import pytest

from mockcloud.check.stage import Stage

BOUND_S = 600.0


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage(lambda seconds: None)
    yield stage
    stage.close()


def by_monotonic():
    deadline = time.monotonic() + BOUND_S
    while time.monotonic() < deadline:
        time.sleep(2)


def by_name():
    deadline = monotonic() + BOUND_S
    while monotonic() < deadline:
        time.sleep(2)


def by_perf_counter():
    deadline = perf_counter() + BOUND_S
    while perf_counter() < deadline:
        time.sleep(2)


def by_wall_clock():
    deadline = epoch() + BOUND_S
    while epoch() < deadline:
        time.sleep(2)


def by_wall_clock_above():
    deadline = time.time() + BOUND_S
    while time.time() < deadline:
        pause()


def pause():
    time.sleep(2)


async def by_timeout():
    try:
        async with asyncio.timeout(BOUND_S):
            while True:
                await asyncio.sleep(2)
    except TimeoutError:
        return


async def by_wait_for():
    try:
        await asyncio.wait_for(by_nothing(), BOUND_S)
    except TimeoutError:
        return


async def by_nothing():
    while True:
        await asyncio.sleep(2)


@pytest.mark.parametrize(
    "wait",
    [by_monotonic, by_name, by_perf_counter, by_wall_clock, by_wall_clock_above, by_timeout, by_wait_for],
)
def test_a_bound_is_reached(stage, wait):
    result = stage.run(wait, 20.0)

    assert result.ending == "returned", result
    assert sum(result.pauses) == pytest.approx(BOUND_S, abs=4)


def test_no_bound_stays_none(stage):
    assert stage.run(by_nothing, 20.0).ending == "endless"


def test_the_date_of_a_signature_is_the_real_one(stage):
    def date() -> float:
        return time.time()

    def client() -> float:
        time.sleep(3600)
        return date()

    assert stage.run(client, 20.0).value == pytest.approx(time.time(), abs=5)


def test_the_next_call_begins_with_the_right_time(stage):
    def client() -> float:
        found = time.time()
        time.sleep(3600)
        return found

    stage.run(client, 20.0)

    assert stage.run(client, 20.0).value == pytest.approx(time.time(), abs=5)


def test_clocks_of_other_threads_are_right(stage):
    stage.run(lambda: time.sleep(3600), 20.0)
    found: list[float] = []
    began = time.monotonic()

    other = threading.Thread(target=lambda: found.append(time.monotonic()))
    other.start()
    other.join()

    assert found == [pytest.approx(began, abs=5)]


def test_a_thread_of_the_client_is_ahead_by_its_own_pauses_only(stage):
    def client() -> tuple[float, float]:
        began = time.monotonic()
        worker = threading.Thread(target=lambda: time.sleep(3600))
        worker.start()
        worker.join()
        between = time.monotonic()
        time.sleep(10)
        return between - began, time.monotonic() - between

    assert stage.run(client, 20.0).value == (pytest.approx(0, abs=5), pytest.approx(10, abs=5))

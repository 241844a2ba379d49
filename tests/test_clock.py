"""Mock time beside a wall clock that the test moves."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from mockcloud.clock import Clock, moment


class Wall:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def wall():
    return Wall()


@pytest.fixture
def clock(wall):
    return Clock(wall)


def test_fresh_clock_shows_wall_time(clock, wall):
    wall.now += 5
    assert (clock.now(), clock.is_frozen) == (1005.0, False)


def test_clock_of_its_own_is_the_real_one():
    before = time.time()
    assert before <= Clock().now() <= time.time()


def test_set_clock_runs_on_from_there(clock, wall):
    clock.set(50.0)
    wall.now += 5
    assert clock.now() == 55.0


def test_frozen_clock_stands(clock, wall):
    clock.freeze()
    wall.now += 5
    assert (clock.now(), clock.is_frozen) == (1000.0, True)


def test_frozen_clock_that_is_set_stays_frozen_there(clock, wall):
    clock.freeze()
    clock.set(70.0)
    wall.now += 5
    assert (clock.now(), clock.is_frozen) == (70.0, True)


def test_resumed_clock_runs_on_from_where_it_stood(clock, wall):
    clock.freeze()
    wall.now += 5
    clock.resume()
    wall.now += 2
    assert (clock.now(), clock.is_frozen) == (1002.0, False)


def test_resuming_a_running_clock_changes_nothing(clock):
    clock.set(50.0)
    clock.resume()
    assert clock.now() == 50.0


def test_freezing_twice_changes_nothing(clock, wall):
    clock.freeze()
    wall.now += 5
    clock.freeze()
    assert clock.now() == 1000.0


def test_reset_clock_shows_wall_time_again(clock):
    clock.set(50.0)
    clock.freeze()
    clock.reset()
    assert (clock.now(), clock.is_frozen) == (1000.0, False)


def test_wall_time_is_never_moved(clock):
    clock.set(50.0)
    assert clock.wall() == 1000.0


def test_moments_are_utc():
    assert moment(0.5) == datetime(1970, 1, 1, 0, 0, 0, 500_000, UTC)

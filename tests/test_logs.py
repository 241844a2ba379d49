from __future__ import annotations

import json
import logging
import os
import sys
import time

import pytest

from mockcloud.logs import Backlog, JsonFormat, TextFormat


def record(message: str, *fill: object, trouble: bool = False) -> logging.LogRecord:
    told = None
    if trouble:
        try:
            raise ValueError("broken")
        except ValueError:
            told = sys.exc_info()
    made = logging.LogRecord("mockcloud", logging.WARNING, __file__, 1, message, fill, told)
    made.created = 1_767_323_045.0
    return made


@pytest.fixture
def pipe():
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


def test_text_has_time_level_and_message():
    assert TextFormat().format(record("%s refused", "x.Y")) == "03:04:05 warning x.Y refused"


def test_text_lets_no_control_character_of_a_request_through():
    assert TextFormat().format(record("path /\x1b[2J\n/\x9b")) == r"03:04:05 warning path /\x1b[2J\x0a/\x9b"


def test_text_has_the_traceback_below():
    first, second, *_ = TextFormat().format(record("failed", trouble=True)).splitlines()
    assert (first, second) == ("03:04:05 warning failed", "Traceback (most recent call last):")


def test_json_is_one_line_whatever_is_in_it():
    text = JsonFormat().format(record('"\n\udcff', trouble=True))
    said = json.loads(text)
    assert "\n" not in text
    assert (said["time"], said["level"], said["logger"]) == ("2026-01-02T03:04:05.000Z", "warning", "mockcloud")
    assert said["trace"].endswith("ValueError: broken")


def test_lines_arrive_in_order_by_the_time_it_is_closed(pipe):
    backlog = Backlog(pipe[1])
    for number in range(100):
        backlog.emit(record("line %s", number))
    backlog.close()
    assert os.read(pipe[0], 65_536).decode().splitlines() == [f"line {number}" for number in range(100)]


def test_text_that_is_no_unicode_is_written_escaped(pipe):
    backlog = Backlog(pipe[1])
    backlog.emit(record("\udcff"))
    backlog.close()
    assert os.read(pipe[0], 100) == b"\\udcff\n"


def test_nobody_waits_for_a_reader_who_does_not_come(pipe):
    backlog = Backlog(pipe[1], most=10)
    began = time.monotonic()
    for _ in range(100):
        backlog.emit(record("x" * 10_000))
    backlog.close()
    assert time.monotonic() - began < 2
    assert backlog.dropped > 0


def test_reader_who_has_gone_is_no_trouble():
    reading, writing = os.pipe()
    os.close(reading)
    backlog = Backlog(writing)
    backlog.emit(record("to nobody"))
    backlog.close()
    backlog.emit(record("to nobody again"))
    os.close(writing)
    assert backlog.dropped == 0

"""Times and numbers as VOD writes them."""

import pytest

from mockcloud.model import Call, Wire
from mockcloud.providers.alibaba.vod_values import (
    default_of,
    given,
    in_digits,
    listed,
    number,
    object_in,
    page,
    seconds_in,
    utc,
)

from .vod_case import SERVICE, Vod


def _call(action, **parameters):
    return Call(Wire("POST", "/"), "alibaba", "alibaba-vod", "ID", action, parameters)


def test_moments_are_utc_in_seconds():
    assert utc(1_595_901_666.9) == "2020-07-28T02:01:06Z"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0", 0), ("12000.556", 12000.556), ("00:00:05.003", 5.003), ("23:59:59.999", 86399.999), (7, 7), (1.5, 1.5)],
)
def test_times_of_a_time_span(text, seconds):
    assert seconds_in(text) == pytest.approx(seconds)


@pytest.mark.parametrize(("value", "text"), [(2, "2"), (2.0, "2"), (23.976, "23.976"), (0.1 + 0.2, "0.3"), (10, "10")])
def test_numbers_in_text(value, text):
    assert in_digits(value) == text


@pytest.mark.parametrize(("value", "expected"), [("12", 12), ("0.5", 0.5), (7, 7), ("x", None), (None, None)])
def test_numbers_however_written(value, expected):
    assert number(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [('{"a":1}', {"a": 1}), ({"a": 1}, {"a": 1}), ("[1]", {}), ("{", {}), ("", {})]
)
def test_objects_in_text(value, expected):
    assert object_in(value) == expected


def test_lists_with_commas_hold_each_entry_once():
    assert listed(_call("DeleteVideo", VideoIds="b, a,,b"), "VideoIds") == ["b", "a"]
    assert listed(_call("DeleteVideo"), "VideoIds") == []


def test_defaults_come_from_the_contract():
    state = Vod().state
    assert given(_call("GetVideoList"), state, "PageSize") == 10
    assert given(_call("GetVideoList", PageSize=3), state, "PageSize") == 3
    assert default_of(SERVICE.operations["SubmitSnapshotJob"], "SpriteSnapshotConfig", "Columns") == "10"


def test_pages():
    state, items = Vod().state, list(range(25))
    assert page(_call("GetVideoList"), state, items) == items[:10]
    assert page(_call("GetVideoList", PageNo=3), state, items) == items[20:]
    assert page(_call("ListSnapshots", PageNo="2", PageSize="20"), state, items) == items[20:]
    assert page(_call("ListSnapshots", PageNo="2.0", PageSize="10.0"), state, items) == items[10:20]
    assert list(page(_call("GetVideoList", PageNo=10), state, range(10**30))) == list(range(90, 100))

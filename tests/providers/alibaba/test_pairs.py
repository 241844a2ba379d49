"""Decoding queries and forms, and the provider's own percent-encoding."""

from __future__ import annotations

import pytest

from mockcloud.model import Wire
from mockcloud.providers.alibaba.pairs import form_text, is_utf8, parse, percent, read, shown, write


@pytest.mark.parametrize(
    ("text", "encoded"),
    [
        ("AZaz09-_.~", "AZaz09-_.~"),
        (" ", "%20"),
        ("*'()!", "%2A%27%28%29%21"),
        ("/:+&=%", "%2F%3A%2B%26%3D%25"),
        ("首", "%E9%A6%96"),
        ("", ""),
    ],
)
def test_percent_keeps_the_unreserved_and_nothing_else(text, encoded):
    assert percent(text) == encoded


@pytest.mark.parametrize("query", ["Name=a%20b%2A", "Name=a+b*"])
def test_both_spellings_of_a_value_mean_the_same(query):
    assert parse(query) == [("Name", "a b*")]


def test_pairs_keep_order_empty_values_and_repetitions():
    assert parse("b=2&a=&&c&b=1") == [("b", "2"), ("a", ""), ("c", ""), ("b", "1")]


def test_write_is_the_inverse_of_parse():
    pairs = [("Name", "a b*~'(首)"), ("Empty", "")]
    assert parse(write(pairs)) == pairs


def test_bytes_that_are_not_utf8_survive_and_are_known():
    ((_, value),) = parse("Name=%ff%E9%A6%96")
    assert percent(value) == "%FF%E9%A6%96"
    assert not is_utf8(value)
    assert shown(value) == "\ufffd首"


@pytest.mark.parametrize("header", [(), (("content-type", "application/x-www-form-urlencoded; charset=UTF-8"),)])
def test_a_form_is_read_behind_the_query(header):
    wire = Wire("POST", "/", "a=1", header, b"b=2")
    assert read(wire) == [("a", "1"), ("b", "2")]


def test_a_body_of_another_type_holds_no_parameters():
    wire = Wire("POST", "/", "", (("Content-Type", "application/octet-stream"),), b"b=2")
    assert form_text(wire) == ""

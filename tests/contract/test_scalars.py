"""Numbers in text; the rest of what single values are held against is tested through shapes, in test_shape.py."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockcloud.contract.scalars import number_in
from tests.fuzz.effort import effort


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("-0", 0), ("007", 7), ("-12", -12), ("1.5", 1.5), ("-.5", -0.5), ("9" * 400, int("9" * 400))],
)
def test_number_in_text(text, number):
    found = number_in(text)
    assert (found, type(found)) == (number, type(number))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "--1",
        "+1",
        "1.",
        ".",
        "1e5",
        " 1",
        "1\n",
        "1_0",
        "0x1",
        "٣",
        "²",
        "1.٣",
        "9" * 401,
        "9" * 399 + ".0",
        "inf",
    ],
)
def test_text_without_a_number(text):
    assert number_in(text) is None


@effort()
@given(st.integers(-(10**30), 10**30))
def test_integers_are_read_back(number):
    assert number_in(str(number)) == number


@effort()
@given(st.text(alphabet="-.0123456789e+ ٣x", max_size=20))
def test_what_is_read_is_what_python_reads(text):
    found = number_in(text)
    assert found is None or found == float(text)

"""Named formats and checks hold what their own examples say; nothing they are given breaks them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockcloud.contract.formats import CHECKS, FORMATS
from tests.fuzz.effort import effort

from .catalog import OPERATIONS

VALID = [(name, text) for name, one in FORMATS.items() for text in one.valid]
INVALID = [(name, text) for name, one in FORMATS.items() for text in one.invalid]


@pytest.mark.parametrize(("name", "text"), VALID)
def test_format_accepts_its_valid_examples(name, text):
    assert FORMATS[name].accepts(text) is True


@pytest.mark.parametrize(("name", "text"), INVALID)
def test_format_refuses_its_invalid_examples(name, text):
    assert FORMATS[name].accepts(text) is False


@pytest.mark.parametrize("name", FORMATS)
def test_format_has_examples_of_both_kinds(name):
    assert FORMATS[name].valid
    assert FORMATS[name].invalid


@pytest.mark.parametrize("name", FORMATS)
@effort()
@given(text=st.text() | st.from_regex(re.compile(r"[\d\-:.TZ+/h ]{0,30}", re.ASCII)))
def test_format_judges_any_text(name, text):
    assert FORMATS[name].accepts(text) in (True, False)


@pytest.mark.parametrize("name", FORMATS)
def test_digits_of_other_scripts_are_none(name):
    strange = [text.translate({ord("0") + digit: 0x660 + digit for digit in range(10)}) for text in FORMATS[name].valid]
    if any(char.isdigit() for text in FORMATS[name].valid for char in text) and name != "http-url":
        assert not any(map(FORMATS[name].accepts, strange))


def test_checks_judge_their_examples():
    for check in CHECKS.values():
        assert all(map(check.holds, check.valid))
        assert not any(map(check.holds, check.invalid))


def _formats(schema):
    if isinstance(schema, dict):
        found = {schema["format"]} if isinstance(schema.get("format"), str) else set()
        return found.union(*map(_formats, schema.values()))
    return set().union(*map(_formats, schema)) if isinstance(schema, list) else set()


def test_every_format_is_used():
    assert set().union(*(_formats(operation.input) for operation in OPERATIONS)) >= set(FORMATS)

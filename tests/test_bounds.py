"""What a request may hold, at the bounds and beside them, and that judging it takes no time."""

from __future__ import annotations

import json
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockcloud.bounds import Bounds, excess, is_deeper
from mockcloud.model import Wire
from tests.fuzz.effort import effort

BOUNDS = Bounds(depth=3, members=10, parameters=4)


def judged(body=b"", query=""):
    return excess(Wire("POST", "/", query, (), body), BOUNDS)


@pytest.mark.parametrize("query", ["", "a=1", "a=1&b=2&c=3&d=4"])
def test_few_parameters_are_fine(query):
    assert judged(query=query) == ""


def test_many_parameters_are_not():
    assert judged(query="a&b&c&d&e") == "the query has more than 4 parameters"


def test_many_parameters_in_a_form_are_not():
    assert judged(b"a=1&b=2&c=3&d=4&e=5") == "the body has more than 4 parameters"


def test_many_ampersands_in_json_are_fine():
    assert judged(b' {"a": "1&2&3&4&5&6"}') == ""


@pytest.mark.parametrize("body", [b"[[[1]]]", b'{"a":{"b":[1]}}', b"[[],[],[],[]]", b'"[[[[[["', b'["[[[[", "{{{"]'])
def test_shallow_json_is_fine(body):
    assert judged(body) == ""


@pytest.mark.parametrize("body", [b"[[[[1]]]]", b'{"a":{"b":[{}]}}', b"[[[[", b'["a", [[[', b'[[["]", ['])
def test_deep_json_is_not(body):
    assert judged(body) == "the body is nested deeper than 3"


@pytest.mark.parametrize("body", [b"[1,2,3,4,5,6,7,8,9,10]", b'["1,2,3,4,5,6,7,8,9,10,11,12,13,14"]'])
def test_few_members_are_fine(body):
    assert judged(body) == ""


def test_many_members_are_not():
    assert judged(b"[1,2,3,4,5,6,7,8,9,10,11]") == "the body has more than 10 members"


@pytest.mark.parametrize("piece", [b'"', b'\\"', b"[", b"{", b"\\", b"[]", b",", b'"[', b'{"a":'])
def test_hostile_bodies_take_no_time(piece):
    begin = process_time()
    # So many brackets in front that they are counted outside of texts.
    excess(Wire("POST", "/", "", (), b"[" * 100 + piece * (1_000_000 // len(piece))), Bounds())
    assert process_time() - begin < 2.0  # what grows with the square takes minutes


_JSON = st.recursive(
    st.none() | st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


def depth(value):
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0


@effort()
@given(_JSON, st.integers(0, 5), st.booleans())
def test_depth_is_that_of_the_value(value, most, ascii_only):
    data = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "replace")
    assert is_deeper(data, most) == (depth(value) > most)

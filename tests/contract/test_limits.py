"""What one value is held against: numbers at and beside each bound, and text."""

from __future__ import annotations

import pytest

from mockcloud.contract.limits import domain, scalar_limits, value_types


def broken(schema, value):
    return {kind for kind, _, is_broken in scalar_limits(schema) if is_broken(value)}


INTEGER = {"type": "integer"}


@pytest.mark.parametrize(
    ("schema", "good", "bad", "kind"),
    [
        ({"minimum": 8}, (8, 9), (7,), "range"),
        ({"maximum": 10}, (10, 9), (11, 10**30), "range"),
        ({"exclusiveMinimum": 0}, (1, 0.001), (0, -1), "range"),
        ({"exclusiveMaximum": 10}, (9,), (10,), "range"),
        ({"minimum": 1, "maximum": 1}, (1, 1.0), (0, 2), "range"),
        ({"multipleOf": 2}, (0, -4, 2**70), (1, 2**70 + 1), "step"),
        ({"type": "number", "multipleOf": 0.1}, (0.3, 0.7, 1, 1e22), (0.35, 0.30001), "step"),
        ({"type": "number", "multipleOf": 0.001}, (12000.556, 1e300), (0.0005,), "step"),
        (
            {"anyOf": [{"enum": [-1, 0]}, {"minimum": 32, "maximum": 64, "multipleOf": 2}]},
            (-1, 0, 32, 64),
            (1, 31, 66),
            "range",
        ),
        ({"anyOf": [{"enum": [-1, 0]}, {"minimum": 32, "maximum": 64, "multipleOf": 2}]}, (34,), (33,), "step"),
        ({"type": "string", "minLength": 1}, ("a",), ("",), "length"),
        ({"type": "string", "maxLength": 2}, ("é漢", "😀😀"), ("abc",), "length"),
        ({"type": "string", "maxBytes": 3}, ("abc", "漢", "é1"), ("éé", "漢1", "abcd"), "bytes"),
        ({"type": "string", "maxBytes": 3}, ("\udcff",), ("\udcff\udcff",), "bytes"),
        ({"type": "string", "pattern": "^a+$"}, ("a", "aa"), ("b", "ab", ""), "pattern"),
        ({"type": "string", "pattern": "b"}, ("abc",), ("ac",), "pattern"),
        (
            {"type": "string", "format": "utc-seconds"},
            ("2020-02-29T00:00:00Z",),
            ("2021-02-29T00:00:00Z", ""),
            "format",
        ),
        ({"enum": ["a", "B"]}, ("a", "B"), ("A", "", 1, None, ["a"], {}), "enum"),
        ({"enum": [1, 2]}, (1, 2.0), (True, "1", 3), "enum"),
        ({"enum": [True]}, (True,), (1, "true"), "enum"),
    ],
)
def test_limit(schema, good, bad, kind):
    schema = {**INTEGER, **schema} if "enum" not in schema else schema
    assert [value for value in good if kind in broken(schema, value)] == []
    assert [value for value in bad if kind not in broken(schema, value)] == []


def test_step_says_nothing_of_what_is_out_of_range():
    assert broken({"type": "integer", "minimum": 10, "multipleOf": 2}, 7) == {"range"}


def test_limits_of_several_types_speak_of_their_own():
    schema = {"type": ["integer", "string", "boolean"], "minimum": 5, "maxLength": 2}
    assert [broken(schema, value) for value in (4, "abc", True, 6, "ab", False)] == [
        {"range"},
        {"length"},
        *[set()] * 4,
    ]


def test_limits_without_a_type_speak_of_their_own():
    schema = {"minimum": 5, "maxLength": 2, "pattern": "a"}
    assert [broken(schema, value) for value in (4, "b", None, [1], True)] == [{"range"}, {"pattern"}, *[set()] * 3]


def test_numbers_of_a_limit_are_kept_for_points():
    found = {kind: numbers for kind, numbers, _ in scalar_limits({"type": "integer", "minimum": 2, "multipleOf": 2})}
    assert found["range"] == {"min": 2, "max": None, "above": None, "below": None, "step": 2, "literals": ()}
    assert found["step"] == {"min": 2, "max": None, "step": 2, "literals": ()}


@pytest.mark.parametrize(
    ("schema", "types"), [({}, ()), ({"type": "string"}, ("string",)), ({"type": ["a", "b"]}, ("a", "b"))]
)
def test_value_types(schema, types):
    assert value_types(schema) == types


def test_domain_of_literals_and_a_range():
    assert domain({"anyOf": [{"enum": [0]}, {"minimum": 5}]}) == ((0,), {"minimum": 5})
    assert domain({"minimum": 5}) == ((), {"minimum": 5})

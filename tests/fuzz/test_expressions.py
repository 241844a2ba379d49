"""The rule language takes any text and any object: it compiles or says why not, and never answers with an exception."""

from __future__ import annotations

import operator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockcloud.contract.expression import ABSENT, Expression, ExpressionError
from tests.contract.catalog import OPERATIONS
from tests.fuzz.effort import effort

RULES = [rule for operation in OPERATIONS for rule in operation.rules]
SOURCES = sorted({part.source for rule in RULES for part in (rule.when, rule.must) if part is not None})
MEMBERS = ["a", "b", "c", "d.e", "d.f"]
WORDS = [*MEMBERS, "present(", "len(", "(", ")", "[", "]", ",", "1", "-3", "2.5", "'x'", '"', "true", "false", "None"]
WORDS += [
    " and ",
    " or ",
    " not ",
    " in ",
    " + ",
    " - ",
    " * ",
    " / ",
    "==",
    "!=",
    "<=",
    "<",
    ">=",
    ">",
    "lambda",
    "if",
]
WORDS += ["__class__", "f''", "b''", "*", ":=", "\x00", "#", "\n", ".", "9" * 5_000, "1e999", "0x", "é", "(" * 300]

numbers = st.integers() | st.floats() | st.sampled_from([2**63, 10**399, -(10**399), 1e308, -0.0])
values = st.recursive(
    st.none() | st.booleans() | numbers | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcdef"), inner, max_size=3),
    max_leaves=8,
)
scopes = st.fixed_dictionaries({}, optional=dict.fromkeys("abcdef", values)) | values


def judged(source: str, *found: Any) -> None:
    """Compile a text, and if it is in the language hold every object against it."""
    with suppress(ExpressionError):
        expression = Expression(source, lambda names: ABSENT)
        for scope in found:
            assert expression.holds(scope) in (True, False, None)


@effort(3)
@given(st.text(max_size=40) | st.lists(st.sampled_from(WORDS), max_size=9).map("".join), scopes)
def test_any_text_is_an_expression_or_none(source, scope):
    judged(source, scope)


@effort(1)
@given(st.sampled_from(SOURCES), st.data(), scopes)
def test_damaged_expression_of_a_contract_is_one_or_none(source, data, scope):
    place = data.draw(st.integers(0, len(source)))
    piece = data.draw(st.sampled_from(WORDS))
    judged(source[:place] + piece + source[place + data.draw(st.integers(0, 3)) :], scope)


@effort(3)
@given(st.data())
def test_rules_of_contracts_say_true_false_or_nothing_of_any_object(data):
    rule = data.draw(st.sampled_from([rule for rule in RULES if rule.must is not None]))
    names = [name for part in (rule.when, rule.must) if part is not None for name in part.names]
    members = {name[0]: values if len(name) == 1 else st.dictionaries(st.just(name[1]), values) for name in names}
    scope = data.draw(st.fixed_dictionaries({}, optional=members))
    for part in (rule.when, rule.must):
        assert part is None or part.holds(scope) in (True, False, None)


@pytest.mark.parametrize(
    "source",
    [
        "-" * 5_000 + "1 == 1",
        "a" + ".b" * 20_000,
        "1" + "+1" * 20_000 + " == 2",
        "not " * 20_000 + "a",
        "[" * 300 + "]" * 300,
        "a\x00b",
        "\ud800 == 1",
        "9" * 5_000 + " == a",
        "",
        "__import__('os')",
        "a if b else c",
        "[x for x in a]",
        "a ** 9999999",
    ],
    ids=range(13),
)
def test_text_that_is_no_expression_is_told_so(source):
    with pytest.raises(ExpressionError):
        Expression(source, lambda names: ABSENT)


@pytest.mark.parametrize(
    ("source", "scope"),
    [
        ("a + b > 1", {"a": 10**399, "b": 1.5}),
        ("a * b > 1", {"a": "x", "b": 10**12}),
        ("a * b > 1", {"a": ["x"], "b": 10**12}),
        ("a + b == 'xy'", {"a": "x", "b": "y"}),
        ("len(a) > 1", {"a": 5}),
        ("a < b", {"a": "5", "b": 5}),
        ("a in b", {"a": 1, "b": 1}),
    ],
)
def test_what_cannot_be_reckoned_with_switches_a_rule_off(source, scope):
    assert Expression(source, lambda names: ABSENT).holds(scope) is None


# What the language means, held against Python itself.

COMPARISONS = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
ARITHMETIC = {"+": operator.add, "-": operator.sub, "*": operator.mul}
SCOPE = {"a": 3, "b": -7, "c": 0, "d": {"e": 12}}
terms = st.recursive(
    st.integers(0, 50).map(lambda number: (str(number), number))
    | st.sampled_from([("a", 3), ("b", -7), ("c", 0), ("d.e", 12), ("len('four')", 4)]),
    lambda inner: (
        st.builds(
            lambda left, sign, right: (f"({left[0]} {sign} {right[0]})", ARITHMETIC[sign](left[1], right[1])),
            inner,
            st.sampled_from(sorted(ARITHMETIC)),
            inner,
        )
        | inner.map(lambda term: (f"-{term[0]}", -term[1]))
    ),
    max_leaves=6,
)
claims = st.recursive(
    st.builds(
        lambda left, sign, right: (f"{left[0]} {sign} {right[0]}", COMPARISONS[sign](left[1], right[1])),
        terms,
        st.sampled_from(sorted(COMPARISONS)),
        terms,
    )
    | st.builds(lambda item, items: (f"{item[0]} in {items}", item[1] in items), terms, st.lists(st.integers(0, 9)))
    | st.sampled_from([("true", True), ("false", False), ("present(a)", True), ("present(nothing)", False)]),
    lambda inner: (
        st.builds(lambda one, two: (f"({one[0]}) and ({two[0]})", one[1] and two[1]), inner, inner)
        | st.builds(lambda one, two: (f"({one[0]}) or ({two[0]})", one[1] or two[1]), inner, inner)
        | inner.map(lambda claim: (f"not ({claim[0]})", not claim[1]))
    ),
    max_leaves=5,
)


@effort(3)
@given(claims)
def test_an_expression_means_what_it_means_in_python(claim):
    source, wanted = claim
    assert Expression(source, lambda names: ABSENT).holds(SCOPE) is wanted


@effort(1)
@given(claims)
def test_an_absent_member_switches_the_whole_expression_off(claim):
    assert Expression(f"nothing == 1 and ({claim[0]})", lambda names: ABSENT).holds(SCOPE) is None

"""The rule language: what it takes, what it means, what switches it off."""

from __future__ import annotations

import pytest

from mockcloud.contract.expression import ABSENT, Expression, ExpressionError, lookup, name_of

DEFAULTS = {("size",): 10, ("clip", "start"): 0}
SCOPE = {"a": 5, "b": 7, "t": "abc", "yes": True, "no": False, "items": [1, 2], "clip": {"end": 9}, "nothing": None}


def default(names):
    return DEFAULTS.get(names, ABSENT)


def holds(source, scope=SCOPE):
    return Expression(source, default).holds(scope)


@pytest.mark.parametrize(
    "source",
    [
        "a == 5",
        "a != 6",
        "a < b",
        "a <= 5",
        "b > a",
        "b >= 7",
        "5 <= a <= 7",
        "a in [1, 5]",
        "a not in [1, 2]",
        "a in (1, 5)",
        "t in ['abc', \"x\"]",
        "a + b == 12",
        "b - a == 2",
        "a * 2 == 10",
        "-a == -5",
        "a - -1 == 6",
        "a == 5 and b == 7",
        "a == 6 or b == 7",
        "not a == 6",
        "not (a == 6 or b == 6)",
        "yes",
        "yes == true",
        "no == false",
        "len(t) == 3",
        "len(items) < 3",
        "clip.end == 9",
        "a * 1.5 == 7.5",
        "present(a)",
        "not present(zzz)",
        "present(clip.end)",
        "not present(clip.zzz)",
        "not present(size)",
        "size == 10",
        "clip.start == 0",
        " a == 5 ",
    ],
)
def test_holds(source):
    assert holds(source) is True


@pytest.mark.parametrize(
    "source", ["a == 6", "a > b", "5 < a < 7", "a in [1, 2]", "a == 5 and b == 8", "no", "not yes"]
)
def test_does_not_hold(source):
    assert holds(source) is False


@pytest.mark.parametrize(
    "source",
    [
        "zzz == 1",
        "not zzz",
        "a == 5 and zzz == 1",
        "zzz or a == 5",
        "clip.zzz > 1",
        "len(zzz) == 1",
        "zzz in [1]",
        "-zzz < 0",
    ],
)
def test_absent_member_switches_it_off(source):
    assert holds(source) is None


def test_part_that_has_decided_needs_no_other():
    assert (holds("a == 5 or zzz"), holds("a == 6 and zzz")) == (True, False)


@pytest.mark.parametrize(
    "source", ["a < t", "t > 1", "a + t == 1", "len(a) == 1", "-t == 1", "a in 5", "t * 3 == 'x'", "items + items == 1"]
)
def test_values_that_cannot_be_compared_switch_it_off(source):
    assert holds(source) is None


def test_what_was_sent_goes_before_the_default():
    assert holds("size == 3", {"size": 3}) is True


@pytest.mark.parametrize("scope", [{}, [], None, "text", {"clip": 5}, {"clip": None}])
def test_any_scope_is_taken(scope):
    assert holds("clip.end == 9", scope) is None


@pytest.mark.parametrize(
    "source",
    [
        "",
        "a ==",
        "a = 5",
        "a / b == 1",
        "a ** 2 == 1",
        "a % 2 == 0",
        "a is 5",
        "f(a)",
        "len(a, b)",
        "present('a')",
        "present(1)",
        "len()",
        "len(a=1)",
        "a[0] == 1",
        "a.b() == 1",
        "lambda: 1",
        "[x for x in items]",
        "{1: 2}",
        "a if b else 1",
        "f'{a}'",
        "None",
        "b'x' == a",
        "__import__('os')",
        "a; b",
        "a == 1j",
        "~a == 1",
        "\x00",
        "(" * 5000 + ")" * 5000,
        "not " * 5000 + "a",
    ],
    ids=lambda source: source[:20],
)
def test_what_is_not_in_the_language_is_refused(source):
    with pytest.raises(ExpressionError):
        Expression(source, default)


def test_names_are_in_order_of_appearance_and_once():
    assert Expression("b < a and present(clip.end) and b > 1 and true", default).names == (
        ("b",),
        ("a",),
        ("clip", "end"),
    )


def test_unknown_member_is_the_contracts_mistake():
    def strict(names):
        raise KeyError(names)

    with pytest.raises(KeyError):
        Expression("present(zzz)", strict)


def test_expression_shows_its_source():
    assert repr(Expression("a == 5", default)) == "Expression('a == 5')"


@pytest.mark.parametrize(
    ("names", "value"),
    [
        (("a",), 5),
        (("clip", "end"), 9),
        (("clip", "zzz"), ABSENT),
        (("a", "b"), ABSENT),
        ((), SCOPE),
        (("nothing",), None),
    ],
)
def test_lookup(names, value):
    assert lookup(SCOPE, names) == value


@pytest.mark.parametrize(("source", "names"), [("a", ("a",)), ("a.b.c", ("a", "b", "c")), ("1", None), ("f().b", None)])
def test_name_of_a_node(source, names):
    import ast

    assert name_of(ast.parse(source, mode="eval").body) == names

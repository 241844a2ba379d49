"""Single values of an input: is it of the type, which of its limits does it break, what is given on.

Where the wire has only text, text becomes what the contract says it is; nothing else is read into it.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isinf
from typing import Any

from .expression import ABSENT
from .limits import Limit
from .spec import Rule

Found = list[tuple[Rule, tuple[int, ...], Any]]
Checker = Callable[[Any, tuple[int, ...], Found, bool], Any]

_INTEGERS = 2**63  # beyond 64 bits no provider has integers, and JSON is not written
_MOST_DIGITS = 400  # more than any documented number; Python refuses to read 4,300 and takes long before


def scalar(types: tuple[str, ...], type_rule: Rule | None, limits: tuple[Limit, ...], text: str | None) -> Checker:
    """The checker of a value that is neither object nor list. text: the number that it holds as text, or None."""
    if text is not None:
        return _number_text(type_rule, limits, text)
    is_of, tests = _type_test(types), tuple((limit.broken, limit.rule) for limit in limits)
    is_whole = "integer" in types and "number" not in types

    def check(value: Any, indices: tuple[int, ...], found: Found, textual: bool) -> Any:
        typed = _from_text(value, types) if textual and isinstance(value, str) else value
        if type_rule is not None and not is_of(typed):
            found.append((type_rule, indices, value))
            return ABSENT
        before = len(found)
        for broken, rule in tests:
            if broken(typed):
                found.append((rule, indices, value))
                if rule.effect == "ignore":
                    return ABSENT
        if is_whole and isinstance(typed, int | float) and not -_INTEGERS <= typed < _INTEGERS:
            if type_rule is not None and len(found) == before:  # else its own limit has spoken
                found.append((type_rule, indices, value))
            return ABSENT
        return int(typed) if is_whole and isinstance(typed, float) else typed

    return check


def _number_text(type_rule: Rule | None, limits: tuple[Limit, ...], text: str) -> Checker:
    """The checker of text that holds a number: the number is measured, the text stays."""
    is_of = _type_test((text,))

    def check(value: Any, indices: tuple[int, ...], found: Found, textual: bool) -> Any:
        number = _from_text(value, (text,)) if isinstance(value, str) else value
        if not is_of(number):
            if type_rule is not None:
                found.append((type_rule, indices, value))
            return ABSENT
        for limit in limits:
            if limit.broken(number if limit.of_number else value):
                found.append((limit.rule, indices, value))
                if limit.rule.effect == "ignore":
                    return ABSENT
        return value

    return check


def number_in(text: str) -> int | float | None:
    """The number that a text holds, None when it holds none."""
    body = text[1:] if text[:1] == "-" else text
    if len(body) > _MOST_DIGITS or not body.isascii():
        return None
    if body.isdigit():
        return int(text)
    whole, dot, part = body.partition(".")
    if dot and part.isdigit() and (not whole or whole.isdigit()):
        number = float(text)
        return None if isinf(number) else number
    return None


def _from_text(value: str, types: tuple[str, ...]) -> Any:
    if "string" in types or not types:
        return value
    if "boolean" in types and value.lower() in ("true", "false"):
        return value.lower() == "true"
    number = number_in(value)
    return value if number is None or (isinstance(number, float) and "number" not in types) else number


def _type_test(types: tuple[str, ...]) -> Callable[[Any], bool]:
    """Whether a value is of one of these types."""
    tests = [_TYPE_TESTS[name] for name in types]
    return tests[0] if len(tests) == 1 else lambda value: any(test(value) for test in tests)


def _is_integer(value: Any) -> bool:
    if isinstance(value, float):
        return value.is_integer()
    return isinstance(value, int) and not isinstance(value, bool)


_TYPE_TESTS: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": _is_integer,
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "null": lambda value: value is None,
}

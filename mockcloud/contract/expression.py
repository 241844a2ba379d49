"""The rule language: a whitelisted corner of Python's expressions, walked once into closures, never `eval`.

Comparisons (chained too), `+ - *`, unary minus, `in [..]`, `and or not`, `present(x)`, `len(x)`, names and dotted
names, numbers, text, `true`, `false`. A name that is absent, after documented defaults, switches the whole
expression off; so does comparing values of different types, because the type has a rule of its own.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

Names = tuple[str, ...]
Default = Callable[[Names], Any]
_Step = Callable[[Any], Any]

ABSENT: Any = type("Absent", (), {"__repr__": lambda self: "ABSENT"})()

_COMPARE: dict[type, Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda item, items: item in items,
    ast.NotIn: lambda item, items: item not in items,
}


def _of_numbers(work: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Arithmetic on numbers alone: a text times a number would be as long as a caller likes."""

    def apply(left: Any, right: Any) -> Any:
        if isinstance(left, int | float) and isinstance(right, int | float):
            return work(left, right)
        raise TypeError("no numbers")

    return apply


_ARITHMETIC: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: _of_numbers(operator.add),
    ast.Sub: _of_numbers(operator.sub),
    ast.Mult: _of_numbers(operator.mul),
}
_CONSTANT_NAMES = {"true": True, "false": False}


class ExpressionError(ValueError):
    """The text is not in the rule language."""


class _Off(Exception):
    """A name is absent: the expression says nothing."""


# An absent name, values of different types, numbers beyond what can be reckoned with.
SAYS_NOTHING = (_Off, TypeError, OverflowError)


class Expression:
    """A compiled expression.

    names  the members it speaks of, in order of appearance; tree: its syntax
    run    its value over an object; raises one of SAYS_NOTHING when it is switched off
    """

    __slots__ = ("names", "run", "source", "tree")

    def __init__(self, source: str, default: Default) -> None:
        names: list[Names] = []
        try:
            self.tree = ast.parse(source.strip(), mode="eval").body
            self.run = _compile(self.tree, default, names)
        except ExpressionError:
            raise
        except (SyntaxError, ValueError) as problem:
            raise ExpressionError(f"{source!r} is not an expression: {problem}") from problem
        except (RecursionError, MemoryError) as problem:
            raise ExpressionError(f"{source[:80]!r}... is nested too deep") from problem
        self.source = source
        self.names = tuple(dict.fromkeys(names))

    def holds(self, scope: Mapping[str, Any]) -> bool | None:
        """True or False over an object's members; None when the expression is switched off.

        That is so as well when numbers are beyond what can be reckoned with: their own limits speak of those.
        """
        try:
            return bool(self.run(scope))
        except SAYS_NOTHING:
            return None

    def __repr__(self) -> str:
        return f"Expression({self.source!r})"


def lookup(scope: Any, names: Names) -> Any:
    """The member that dotted names lead to; ABSENT when there is none."""
    for name in names:
        if not isinstance(scope, dict) or name not in scope:
            return ABSENT
        scope = scope[name]
    return scope


def name_of(node: ast.expr) -> Names | None:
    """The dotted name that a syntax node is, or None."""
    if isinstance(node, ast.Name):
        return (node.id,)
    if isinstance(node, ast.Attribute):
        inner = name_of(node.value)
        return None if inner is None else (*inner, node.attr)
    return None


def _compile(node: ast.expr, default: Default, names: list[Names]) -> _Step:
    named = name_of(node)
    if named is not None:
        return _member(named, default, names)
    match node:
        case ast.Constant(value=value) if isinstance(value, int | float | str):
            return lambda scope: value
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return _list(items, default, names)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            step = _compile(inner, default, names)
            return lambda scope: -step(scope)
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            step = _compile(inner, default, names)
            return lambda scope: not step(scope)
        case ast.BoolOp(op=joint, values=parts):
            return _joint([_compile(part, default, names) for part in parts], until=isinstance(joint, ast.Or))
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _ARITHMETIC:
            first, second = _compile(left, default, names), _compile(right, default, names)
            work = _ARITHMETIC[type(sign)]
            return lambda scope: work(first(scope), second(scope))
        case ast.Compare():
            return _comparison(node, default, names)
        case ast.Call(func=ast.Name(id=function), args=[argument], keywords=[]):
            return _function(function, argument, default, names)
    raise ExpressionError(f"{ast.unparse(node)!r} is not in the rule language")


def _member(named: Names, default: Default, names: list[Names]) -> _Step:
    if named[0] in _CONSTANT_NAMES and len(named) == 1:
        constant = _CONSTANT_NAMES[named[0]]
        return lambda scope: constant
    names.append(named)
    fallback = default(named)
    name = named[0]

    def member(scope: Any) -> Any:
        value = scope.get(name, fallback) if isinstance(scope, dict) else fallback
        if value is ABSENT:
            raise _Off
        return value

    def inner_member(scope: Any) -> Any:
        value = lookup(scope, named)
        if value is ABSENT:
            value = fallback
        if value is ABSENT:
            raise _Off
        return value

    return member if len(named) == 1 else inner_member


def _list(items: list[ast.expr], default: Default, names: list[Names]) -> _Step:
    steps = [_compile(item, default, names) for item in items]
    if all(_is_constant(item) for item in items):
        constants = [step(None) for step in steps]
        return lambda scope: constants
    return lambda scope: [step(scope) for step in steps]


def _is_constant(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return isinstance(node.operand, ast.Constant) and isinstance(node.operand.value, int | float)
    if isinstance(node, ast.List | ast.Tuple):
        return all(map(_is_constant, node.elts))
    return isinstance(node, ast.Constant)


def _joint(steps: list[_Step], until: bool) -> _Step:
    """`and` and `or`: the first part that is `until` decides."""

    def joint(scope: Any) -> bool:
        for step in steps:
            if bool(step(scope)) is until:
                return until
        return not until

    return joint


def _comparison(node: ast.Compare, default: Default, names: list[Names]) -> _Step:
    unknown = [sign for sign in node.ops if type(sign) not in _COMPARE]
    if unknown:
        raise ExpressionError(f"{ast.unparse(node)!r} compares in a way the rule language does not know")
    steps = [_compile(part, default, names) for part in (node.left, *node.comparators)]
    signs = [_COMPARE[type(sign)] for sign in node.ops]
    if len(signs) == 1:
        sign, first, second = signs[0], steps[0], steps[1]
        if _is_constant(node.comparators[0]):
            constant = second(None)
            return lambda scope: sign(first(scope), constant)
        return lambda scope: sign(first(scope), second(scope))

    def compare(scope: Any) -> bool:
        left = steps[0](scope)
        for sign, step in zip(signs, steps[1:], strict=True):
            right = step(scope)
            if not sign(left, right):
                return False
            left = right
        return True

    return compare


def _function(function: str, argument: ast.expr, default: Default, names: list[Names]) -> _Step:
    named = name_of(argument)
    if function == "present" and named is not None:
        names.append(named)
        default(named)  # an unknown member is an error of the contract
        return lambda scope: lookup(scope, named) is not ABSENT
    if function == "len":
        step = _compile(argument, default, names)
        return lambda scope: len(step(scope))
    raise ExpressionError(f"{function}() is not in the rule language; there are present(member) and len(x)")

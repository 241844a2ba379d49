"""Whether an adapter's methods are what the checks call: a misspelt one would pass for a helper, and never be tried."""

from __future__ import annotations

import inspect
import re
from collections.abc import Collection, Iterator
from difflib import SequenceMatcher
from types import FunctionType

from ..contract.spec import Service
from ..model import Misuse

ROLES = ("create", "query", "list", "cancel", "wait")
_OTHERS = ("connect", "error", "intended")
_TAKEN = {  # by every method that is called; operations take what `create` does
    "connect": ("cloud",),
    "error": ("problem",),
    "intended": ("p",),
    "query": ("client", "ids"),
    "cancel": ("client", "task_id"),
    "wait": ("client", "task_id"),
}
_USUAL = ("client", "p")
_NEAR = 0.9  # of a long name; a role is a short word, of which one letter may be wrong


def snake_case(name: str) -> str:
    """CreateGifTask → create_gif_task, createThumbnailTask → create_thumbnail_task."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def check_methods(adapter_class: type, base: type, service: Service, operations: Collection[str]) -> None:
    """Misuse: methods that the service has no use for, that are misspelt, or that cannot be called.

    base  what an adapter is derived from; operations: names in snake case
    """
    name = adapter_class.__name__
    own = set(_own(adapter_class, base))
    called = {*operations, *ROLES}
    impossible = [role for role in ROLES if role in own and role not in service.roles]
    if impossible:
        have = ", ".join(service.roles)
        raise Misuse(f"{name}.{impossible[0]}: {service.id} documents no such role", f"it has {have}")
    for method in sorted(own - called):
        meant = _meant(method, service.roles, operations) if _is_callable_with(adapter_class, method, _USUAL) else ""
        if meant:
            raise Misuse(f"{name}.{method} is no role and no operation", f"call it {meant}; a helper begins with _")
    if not own & called:
        roles = ", ".join(service.roles)
        raise Misuse(f"{name} offers no operation", f"define {roles}, or an operation such as {next(iter(operations))}")
    for method in (*_OTHERS, *sorted(own & called)):
        taken = _TAKEN.get(method, _USUAL)
        if not _is_callable_with(adapter_class, method, taken):
            raise Misuse(
                f"{name}.{method} cannot be called with {' and '.join(taken)}",
                f"define {method}(self, {', '.join(taken)})",
            )


def check_making(adapter_class: type) -> None:
    """Misuse: an adapter cannot be made without arguments, as the checks do."""
    name = adapter_class.__name__
    if inspect.isabstract(adapter_class):
        lacks = ", ".join(sorted(getattr(adapter_class, "__abstractmethods__", ())))
        raise Misuse(f"{name} is abstract: it has no {lacks}", "name a class that has it")
    if not _is_callable_with(adapter_class, "__init__", ()):
        raise Misuse(
            f"{name}.__init__ wants arguments", "an adapter is made without any; keep what it needs in the class"
        )


def _own(adapter_class: type, base: type) -> Iterator[str]:
    for kind in adapter_class.__mro__:
        if kind is not base and issubclass(kind, base):
            yield from (
                method
                for method, value in vars(kind).items()
                if not method.startswith("_") and method not in _OTHERS and callable(getattr(value, "__func__", value))
            )


def _meant(method: str, roles: Collection[str], operations: Collection[str]) -> str:
    """The role or operation that a method's name comes so near to that it must be meant; "" when there is none."""
    told = snake_case(method)
    if role := next((role for role in roles if _is_one_slip(told, role)), ""):
        return role
    near = {operation: SequenceMatcher(None, told, operation).ratio() for operation in operations}
    best = max(near, key=lambda operation: near[operation])
    return best if near[best] >= _NEAR else ""


def _is_one_slip(told: str, word: str) -> bool:
    """Whether one letter is missing, too many, another one, or has changed its place with the next."""
    shared = min(len(told), len(word))
    start = next((place for place in range(shared) if told[place] != word[place]), shared)
    rest, meant = told[start:], word[start:]
    if len(rest) == len(meant):
        return rest[1:] == meant[1:] or (rest[:2] == meant[1::-1] and rest[2:] == meant[2:])
    return rest[1:] == meant or rest == meant[1:]


def _is_callable_with(adapter_class: type, method: str, arguments: tuple[str, ...]) -> bool:
    """Whether a method takes so many arguments, as far as one can see: of what wraps one nobody knows."""
    found = inspect.getattr_static(adapter_class, method)
    function = found.__func__ if isinstance(found, staticmethod | classmethod) else found
    if not isinstance(function, FunctionType):
        return True
    given = arguments if isinstance(found, staticmethod) else ("self", *arguments)
    try:
        inspect.signature(function, follow_wrapped=False).bind(*given)
    except TypeError:
        return False
    return True

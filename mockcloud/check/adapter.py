"""What a user writes: an Adapter, about twenty lines between the checks and their client.

Parameters are the operation's own, by documented name, nested as on the wire, with the documented JSON type.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

from ..contract.expression import ABSENT
from ..contract.spec import Operation, Rule, Service
from ..model import Misuse
from .caller import is_textual
from .methods import ROLES, check_making, check_methods, snake_case
from .places import get
from .points import Point, PointMaker

if TYPE_CHECKING:
    from ..cloud import Cloud

Json = dict[str, Any]
POLICIES = ("refuse", "forward")

# A client that raises one of these by accident has crashed; it did not refuse anything.
PROGRAMMING_ERRORS = (
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    NameError,
    UnboundLocalError,
    RecursionError,
    ZeroDivisionError,
    AssertionError,
    NotImplementedError,
)


class Cannot(Exception):
    """The client's own interface cannot express what is asked."""


def cannot(why: str) -> NoReturn:
    """Say that the client's interface cannot express this; the point counts as unreachable, not as a gap."""
    raise Cannot(why)


class Adapter:
    """Between the checks and one client of one service. Subclass it, one instance for each run.

    service         service id ("huawei-mpc")
    refuses         what the client raises before anything is sent
    fails           what it raises because of the provider's answer
    gives_up_within seconds without an answer after which the client has given up
    policy          "refuse": what is forbidden is never sent; "forward": it may be sent, the refusal must surface
    offers          dotted members that the client's interface can express; () = all that is documented
    at_most_requests  how often one call may be tried in all when the provider is busy

    Methods, those that the client has: create(client, p) → task id; query(client, ids) → ids; list(client, p) → ids;
    cancel(client, id); wait(client, id); any other operation by its name in snake case, e.g.
    create_animated_graphics_template(client, p). They may be coroutines.
    """

    service: str = ""
    refuses: type[BaseException] | tuple[type[BaseException], ...] = ()
    fails: type[BaseException] | tuple[type[BaseException], ...] = ()
    gives_up_within: float = 5.0
    policy: str = "refuse"
    offers: tuple[str, ...] = ()
    at_most_requests: int = 10

    def connect(self, cloud: Cloud) -> Any:
        """Make a client that talks to `cloud` (url, endpoint, access_key_id, ...). Called for every case anew."""
        raise NotImplementedError

    def error(self, problem: BaseException) -> tuple[str, int, str]:
        """(code, HTTP status, request id) of one of `fails`; code as `fail_next` takes it."""
        raise NotImplementedError("the adapter does not define it")

    def intended(self, p: Json) -> Json:
        """What the client sends on purpose for p: declare a mapping (clamping, rounding) here. Default: p itself."""
        return p


class Offer:
    """What an adapter offers of a service: which operations, through which method. Misuse when it is wrong.

    roles       role → operation, those that the adapter has a method for
    operations  operation → the method's name
    """

    def __init__(self, adapter_class: type[Adapter], known: tuple[str, ...], service: Callable[[str], Service]) -> None:
        self.adapter_class = adapter_class
        name = adapter_class.__name__
        if not (isinstance(adapter_class, type) and issubclass(adapter_class, Adapter)):
            raise Misuse(f"{name} is no Adapter", "subclass mockcloud.check.Adapter")
        if adapter_class.service not in known:
            raise Misuse(f"{name}.service is {adapter_class.service!r}", f"use one of {', '.join(known)}")
        if not _defines(adapter_class, "connect"):
            raise Misuse(f"{name} has no connect(self, cloud)", "return a client of yours that talks to cloud.url")
        if adapter_class.policy not in POLICIES:
            raise Misuse(f"{name}.policy is {adapter_class.policy!r}", "use 'refuse' or 'forward'")
        for word in ("refuses", "fails"):
            _check_exceptions(adapter_class, word)
        check_making(adapter_class)
        _check_numbers(adapter_class)
        self.service = service(adapter_class.service)
        self.roles = {
            role: self.service.roles[role]["operation"]
            for role in ROLES
            if role in self.service.roles and _defines(adapter_class, role)
        }
        by_name = {snake_case(operation): operation for operation in self.service.operations}
        self.operations = {
            operation: method for method, operation in by_name.items() if _defines(adapter_class, method)
        }
        for role in ("list", "query", "create"):
            if role in self.roles:
                self.operations.setdefault(self.roles[role], role)
        self._makers: dict[str, PointMaker] = {}
        self._points: dict[str, list[Point]] = {}
        check_methods(adapter_class, Adapter, self.service, by_name)
        self._check_offers()

    def _check_offers(self) -> None:
        if isinstance(self.adapter_class.offers, str):
            name, offers = self.adapter_class.__name__, self.adapter_class.offers
            raise Misuse(f"{name}.offers is {offers!r}", f"write a tuple: ({offers!r},)")
        for offer in self.adapter_class.offers:
            if not any(_leads(operation.input, offer.split(".")) for operation in self.service.operations.values()):
                raise Misuse(
                    f"{self.adapter_class.__name__}.offers: {offer!r} is no documented member",
                    "members are dotted, list indices are left out: output_param.width",
                )

    def maker(self, operation: Operation) -> PointMaker:
        """What makes the points of an operation."""
        if operation.name not in self._makers:
            textual = is_textual(operation, self.service)
            self._makers[operation.name] = PointMaker(operation, self.service, textual=textual)
        return self._makers[operation.name]

    def points(self, operation: Operation) -> list[Point]:
        """All boundary points of an operation, made once."""
        if operation.name not in self._points:
            self._points[operation.name] = self.maker(operation).points()
        return self._points[operation.name]

    def operation(self, name: str) -> Operation:
        """The contract of an operation."""
        return self.service.operations[name]

    def pages(self, operation: Operation) -> frozenset[str]:
        """Members that the client of a list fills in by itself: which page, of what size, where to go on."""
        if self.operations.get(operation.name) != "list":
            return frozenset()
        page = self.service.roles["list"].get("page", {})
        return frozenset(page[word] for word in ("number", "marker", "size") if word in page)

    def broken(self, operation: Operation, asked: Json) -> frozenset[str]:
        """The rules that a request breaks, once the client has added what nobody can ask it for.

        That is which page of a list it wants, and members that it does not offer: it chooses those well.
        """
        maker = self.maker(operation)
        needed = self.pages(operation) & set(operation.input.get("required", ()))
        own = {name: value for name, value in maker.base.items() if name in needed}
        return maker.broken(_merged({**own, **_left_to_client(self, maker.base)}, asked))

    def is_asked(self, rule: Rule) -> bool:
        """Whether an adapter can be asked to keep or break a rule.

        It offers members that the rule speaks of, and those that it does not offer need not be there: of the ones
        that its client fills in by itself nobody knows with what.
        """
        expressions = [one for one in (rule.when, rule.must) if one is not None] if rule.kind == "rule" else []
        names = dict.fromkeys(name for expression in expressions for name in expression.names)
        paths = [(*rule.path, *name) for name in names] or [rule.path]
        operation = self.operation(rule.operation)
        base = self.maker(operation).base
        others = [path for path in paths if not self.is_offered(path)]
        return len(others) < len(paths) and all(get(operation, base, path) is ABSENT for path in others)

    def is_offered(self, path: tuple[str, ...]) -> bool:
        """Whether a member, or something below or around it, is offered. "[]" segments do not count."""
        offers = self.adapter_class.offers
        if not offers:
            return True
        plain = tuple(segment for segment in path if segment != "[]")
        for offer in offers:
            parts = tuple(offer.split("."))
            shared = min(len(parts), len(plain))
            if parts[:shared] == plain[:shared]:
                return True
        return False


def narrowed(offer: Offer, parameters: Json, path: tuple[str, ...] = ()) -> Json:
    """Parameters without what the adapter does not offer."""
    kept: Json = {}
    for name, value in parameters.items():
        place = (*path, name)
        if offer.is_offered(place):
            kept[name] = narrowed(offer, value, place) if isinstance(value, dict) else value
    return kept


def _left_to_client(offer: Offer, parameters: Json, path: tuple[str, ...] = ()) -> Json:
    """The other part: parameters that the adapter does not offer."""
    kept: Json = {}
    for name, value in parameters.items():
        place = (*path, name)
        if not offer.is_offered(place):
            kept[name] = value
        elif isinstance(value, dict) and (inner := _left_to_client(offer, value, place)):
            kept[name] = inner
    return kept


def _merged(base: Json, over: Json) -> Json:
    """Both; where both have a member that is no object, that of `over`."""
    merged = {**base, **over}
    for name in base.keys() & over.keys():
        if isinstance(base[name], dict) and isinstance(over[name], dict):
            merged[name] = _merged(base[name], over[name])
    return merged


def _leads(schema: Json, parts: list[str]) -> bool:
    for part in parts:
        schema = schema.get("contentSchema", schema)
        while "items" in schema and "properties" not in schema:
            schema = schema["items"]
        schema = schema.get("contentSchema", schema)
        if part not in schema.get("properties", {}):
            return False
        schema = schema["properties"][part]
    return True


def _defines(adapter_class: type[Adapter], method: str) -> bool:
    found = inspect.getattr_static(adapter_class, method, None)
    return callable(getattr(adapter_class, method, None)) and found is not inspect.getattr_static(Adapter, method, None)


def _check_exceptions(adapter_class: type[Adapter], word: str) -> None:
    said = getattr(adapter_class, word)
    kinds = said if isinstance(said, tuple) else (said,)
    wrong = [kind for kind in kinds if not (isinstance(kind, type) and issubclass(kind, BaseException))]
    if wrong:
        raise Misuse(
            f"{adapter_class.__name__}.{word} holds {wrong[0]!r}", "name exception classes, several in a tuple"
        )


def _check_numbers(adapter_class: type[Adapter]) -> None:
    name, seconds, most = adapter_class.__name__, adapter_class.gives_up_within, adapter_class.at_most_requests
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds <= 600:
        raise Misuse(f"{name}.gives_up_within is {seconds!r}", "give seconds, for example 2.0")
    if isinstance(most, bool) or not isinstance(most, int) or most < 1:
        raise Misuse(f"{name}.at_most_requests is {most!r}", "give a whole number from 1 on")

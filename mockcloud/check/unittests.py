"""The same battery for `python -m unittest`: `contract_case(Adapter)` gives a TestCase with a method for every item."""

from __future__ import annotations

import re
import unittest
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import Any

from .. import start
from ..contract.load import Contracts
from .adapter import Adapter
from .battery import Options, battery, offer_of, open_session, run_item
from .findings import ContractViolation, Item, adapter_name
from .gathering import Suite
from .quiet import quiet
from .session import MEND, AdapterMistake, Session

__unittest = True  # unittest leaves this module's lines out of its tracebacks


class _Battery(unittest.TestCase):
    """One adapter's battery against a mock of its own. Exceptions and level are judged when the class is through."""

    stack: ExitStack
    session: Session
    suite: Suite
    plan: tuple[Any, ...]

    @classmethod
    def setUpClass(cls) -> None:
        offer, options, items = cls.plan
        cls.stack = ExitStack()
        cls.stack.enter_context(quiet())
        cloud = cls.stack.enter_context(start())
        cls.session = cls.stack.enter_context(open_session(offer, cloud, options).open())
        cls.suite = Suite(cls.__qualname__, offer, options, items, is_counted=bool(options.level))
        cls.suite.watch(cls.session)

    @classmethod
    def tearDownClass(cls) -> None:
        cls.stack.close()
        problems = cls.suite.finished().gaps()
        if problems:
            raise AssertionError("; ".join(problems))

    def run_one(self, item: Item) -> None:
        __tracebackhide__ = True
        offer, options, _ = self.plan
        try:
            result = run_item(self.session, item, options)
        except AdapterMistake as mistake:
            raise AssertionError(f"{mistake} ({MEND})") from None
        self.suite.add(result)
        if result.word in ("skipped", "without"):
            self.skipTest(f"{result.word}: {result.note}")
        if result.word == "failed":
            name, sources = adapter_name(offer), offer.service.sources
            raise ContractViolation("\n\n".join(finding.text(name, sources) for finding in result.findings))


def contract_case(
    adapter_class: type[Adapter],
    *,
    checks: Iterable[str] = (),
    without: dict[str, str] | None = None,
    level: int = 0,
    max_examples: int = 100,
    seed: int = 0,
) -> type[unittest.TestCase]:
    """A TestCase for an adapter, with the options of `contract_tests`; methods are named after the items.

    Misuse: the adapter, a check or an exception is wrong.
    """
    options = Options(tuple(checks), dict(without or {}), max_examples, seed, level=level)
    offer = offer_of(adapter_class, Contracts())
    items = battery(offer, options)
    methods: dict[str, Any] = {_method_name(item): _method(item) for item in items}
    own = {"plan": (offer, options, items), "__module__": adapter_class.__module__, "__doc__": _Battery.__doc__}
    return type(f"ContractCase_{adapter_class.__name__}", (_Battery,), {**methods, **own})


def _method(item: Item) -> Callable[[_Battery], None]:
    def test(self: _Battery) -> None:
        __tracebackhide__ = True
        self.run_one(item)

    test.__doc__ = item.id
    return test


def _method_name(item: Item) -> str:
    return f"test_{re.sub('[^A-Za-z0-9]+', '_', item.id)}"

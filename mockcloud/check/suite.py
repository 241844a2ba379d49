"""The pytest door of the checks: `contract_tests(Adapter)` gives a class of tests.

One item for every rule and polarity, one for every check of the catalogue; ids are stable.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from ..contract.load import Contracts
from ..pytest_plugin import Servers, gathering
from .adapter import Adapter, Offer
from .battery import Options, battery, offer_of, open_session, run_item
from .findings import ContractViolation, Item, ItemResult, adapter_name
from .gathering import Suite
from .session import MEND, AdapterMistake, Session

CONTRACTS = Contracts()


def contract_tests(
    adapter_class: type[Adapter],
    *,
    checks: Iterable[str] = (),
    without: dict[str, str] | None = None,
    level: int = 0,
    max_examples: int = 100,
    seed: int = 0,
) -> type:
    """A class of tests for an adapter; assign it to a name that pytest collects (`TestGifs`).

    checks   ids of the catalogue to run, () = all
    without  check or item id → reason: what is known to fail; an entry that would pass fails the run
    level    coverage level (1 to 6) that the run must reach, 0 = any; judged at the session's end, when every item ran
    Misuse: the adapter, a check or an exception is wrong.
    """
    options = Options(tuple(checks), dict(without or {}), max_examples, seed, level=level)
    offer = offer_of(adapter_class, CONTRACTS)
    items = battery(offer, options)
    rules = [item for item in items if item.rule is not None]
    others = [item for item in items if item.rule is None]

    class ContractTests:
        """One adapter's battery."""

        @pytest.fixture
        def suite(self, request: pytest.FixtureRequest) -> Suite:
            name = request.node.getparent(pytest.Class).nodeid
            return gathering(request.config).suite(name, offer, options, items)

        @pytest.fixture
        def session(
            self,
            suite: Suite,
            request: pytest.FixtureRequest,
            mockcloud_servers: Servers,
            mockcloud_config: dict[str, Any],
            caplog: pytest.LogCaptureFixture,
        ) -> Iterator[Session]:
            cloud = mockcloud_servers.get(mockcloud_config)
            session = mockcloud_servers.once(suite, lambda: open_session(offer, cloud, options).open())
            suite.watch(session)
            # Refusals are what the battery asks for.
            with caplog.at_level(logging.ERROR, logger="mockcloud"), gathering(request.config).apart(cloud):
                yield session

        @pytest.mark.parametrize("item", rules, ids=lambda item: item.id)
        def test_rule(self, session: Session, suite: Suite, item: Item) -> None:
            __tracebackhide__ = True
            judge(run(session, suite, item, options), options, offer)

        @pytest.mark.parametrize("item", others, ids=lambda item: item.id)
        def test_check(self, session: Session, suite: Suite, item: Item) -> None:
            __tracebackhide__ = True
            judge(run(session, suite, item, options), options, offer)

    if not rules:
        del ContractTests.test_rule
    if not others:
        del ContractTests.test_check
    ContractTests.__name__ = ContractTests.__qualname__ = f"ContractTests_{adapter_class.__name__}"
    ContractTests.__module__ = adapter_class.__module__
    return ContractTests


def run(session: Session, suite: Suite, item: Item, options: Options) -> ItemResult:
    """Run an item and keep what it came to. A mistake of the adapter fails the test in one line."""
    __tracebackhide__ = True
    said = ""
    try:
        result = run_item(session, item, options)
    except AdapterMistake as mistake:
        suite.blame(mistake)
        said = f"{mistake}\n({MEND})"
    if said:
        pytest.fail(said, pytrace=False)  # out here, or pytest shows what the mistake came of as well
    suite.add(result)
    return result


def judge(result: ItemResult, options: Options, offer: Offer) -> None:
    """Say what an item came to in pytest's words."""
    __tracebackhide__ = True
    item = result.item
    if result.word == "skipped":
        pytest.skip(result.note)
    if result.word == "without":
        pytest.xfail(f"without {item.id}: {result.note}")
    if result.word == "failed":
        name, sources = adapter_name(offer), offer.service.sources
        raise ContractViolation("\n\n".join(finding.text(name, sources) for finding in result.findings))
    if item.id in options.without:
        reason = options.without[item.id]
        pytest.fail(f"without names {item.id} ({reason}), but it passes: take the entry away", pytrace=False)

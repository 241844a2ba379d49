"""The pytest door of the checks: `contract_tests(Adapter)` gives a class of tests.

One item for every rule and polarity, one for every check of the catalogue; ids are stable.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from ..contract.load import Contracts
from ..pytest_plugin import Servers
from .adapter import Adapter, Offer
from .battery import Options, battery, offer_of, open_session, run_item
from .findings import ContractViolation, Item, adapter_name
from .session import Session

_CONTRACTS = Contracts()


def contract_tests(
    adapter_class: type[Adapter],
    *,
    checks: tuple[str, ...] = (),
    without: dict[str, str] | None = None,
    level: int = 0,
    max_examples: int = 100,
    seed: int = 0,
) -> type:
    """A class of tests for an adapter; assign it to a name that pytest collects (`TestGifs`).

    checks   ids of the catalogue to run, () = all
    without  check or item id → reason: what is known to fail; an entry that would pass fails the run
    level    coverage level (1 to 6) that the run must reach, 0 = any
    Misuse: the adapter, a check or an exception is wrong.
    """
    options = Options(tuple(checks), dict(without or {}), max_examples, seed, level=level)
    offer = offer_of(adapter_class, _CONTRACTS)
    items = battery(offer, options)

    class ContractTests:
        """One adapter's battery."""

        @pytest.fixture
        def session(
            self, mockcloud_servers: Servers, mockcloud_config: dict[str, Any], caplog: pytest.LogCaptureFixture
        ) -> Iterator[Session]:
            cloud = mockcloud_servers.get(mockcloud_config)
            with caplog.at_level(logging.ERROR, logger="mockcloud"):  # refusals are what the battery asks for
                yield mockcloud_servers.once(ContractTests, lambda: open_session(offer, cloud, options).open())

        @pytest.mark.parametrize("item", _of_rules(items, True), ids=lambda item: item.id)
        def test_rule(self, session: Session, item: Item) -> None:
            _assert_item(session, item, options, offer)

        @pytest.mark.parametrize("item", _of_rules(items, False), ids=lambda item: item.id)
        def test_check(self, session: Session, item: Item) -> None:
            _assert_item(session, item, options, offer)

    ContractTests.__name__ = ContractTests.__qualname__ = f"ContractTests_{adapter_class.__name__}"
    ContractTests.__module__ = adapter_class.__module__
    return ContractTests


def _of_rules(items: list[Item], wanted: bool) -> list[Item]:
    return [item for item in items if (item.rule is not None) == wanted]


def _assert_item(session: Session, item: Item, options: Options, offer: Offer) -> None:
    result = run_item(session, item, options)
    reason = options.without.get(item.id) or options.without.get(item.check)
    if result.word == "skipped":
        pytest.skip(result.note)
    if result.word == "without":
        pytest.xfail(f"without {item.id}: {reason}")
    if result.word == "failed":
        name = adapter_name(offer)
        raise ContractViolation("\n\n".join(finding.text(name) for finding in result.findings))
    if options.without.get(item.id):
        pytest.fail(f"without names {item.id} ({reason}), but it passes: take the entry away", pytrace=False)

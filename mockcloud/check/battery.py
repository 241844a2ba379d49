"""All that an adapter is tried with, as items that can be run one by one, and the run of all of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..contract.load import Contracts
from ..model import Misuse
from .adapter import Adapter, Offer
from .catalog import CATALOG, catalog_items
from .findings import Item, ItemResult
from .rules import rule_items
from .session import AdapterMistake, Session

if TYPE_CHECKING:
    from ..cloud import Cloud

BUDGETS = {"quick": 0, "ci": 100, "nightly": 2000}
RULE_CHECKS = ("RULE-INVALID", "RULE-VALID")


@dataclass(frozen=True, slots=True)
class Options:
    """What to run, and how.

    checks        ids of the catalogue, () = all
    without       check or item id → reason: expected failures; one that passes is itself a failure
    max_examples  fuzzed examples for each operation
    seed          of the fuzz
    rule, case    only the items of one rule (any unambiguous tail), only one case of it
    """

    checks: tuple[str, ...] = ()
    without: dict[str, str] = field(default_factory=dict)
    max_examples: int = 100
    seed: int = 0
    rule: str = ""
    case: str = ""
    level: int = 0


def offer_of(adapter_class: type[Adapter], contracts: Contracts) -> Offer:
    """The checked offer of an adapter class. Misuse: what is wrong with it."""
    return Offer(adapter_class, contracts.ids(), contracts.service)


def battery(offer: Offer, options: Options) -> list[Item]:
    """The items of a run. Misuse: a check, rule or exception that does not exist."""
    items = [*rule_items(offer), *catalog_items(offer)]
    known = {*RULE_CHECKS, *CATALOG}
    if wrong := [check for check in options.checks if check not in known]:
        raise Misuse(f"there is no check {wrong[0]!r}", f"there are {', '.join(sorted(known))}")
    stale = [name for name in options.without if name not in known and not any(item.id == name for item in items)]
    if stale:
        raise Misuse(f"without names {stale[0]!r}, which is no check and no item", "see `mockcloud check --list`")
    if empty := [name for name, reason in options.without.items() if not reason.strip()]:
        raise Misuse(f"without {empty[0]!r} has no reason", 'say why: without={"READER": "issue 12"}')
    chosen = [item for item in items if not options.checks or item.check in options.checks]
    if options.rule:
        chosen = _of_rule(chosen, options.rule)
    return chosen


def _of_rule(items: list[Item], tail: str) -> list[Item]:
    exact = [item for item in items if item.rule is not None and item.rule.id == tail]
    found = exact or [item for item in items if item.rule is not None and item.rule.id.endswith(f".{tail}")]
    rules = sorted({item.rule.id for item in found if item.rule is not None})
    if not rules:
        raise Misuse(f"there is no rule {tail!r} that this adapter is tried with", "`mockcloud rules` lists all")
    if len(rules) > 1:
        raise Misuse(f"{tail!r} names several rules", f"say which: {', '.join(rules)}")
    return found


def run_item(session: Session, item: Item, options: Options) -> ItemResult:
    """Run one item. AdapterMistake goes through: it is no finding on the client."""
    result = ItemResult(item, "ok")
    began = time.monotonic()
    reason = options.without.get(item.id) or options.without.get(item.check)
    result.findings = list(item.run(session, result))
    result.seconds = time.monotonic() - began
    if result.findings:
        result.word, result.note = ("without", reason) if reason else ("failed", "")
    return result


def run(
    session: Session,
    items: Iterable[Item],
    options: Options,
    progress: Callable[[ItemResult], Any] = lambda result: None,
) -> Iterator[ItemResult]:
    """Run items one after the other."""
    for item in items:
        result = run_item(session, item, options)
        progress(result)
        yield result


def stale_exceptions(results: Iterable[ItemResult], options: Options) -> list[str]:
    """Entries of `without` that nothing failed: they hide nothing any more."""
    used = {name for result in results if result.word == "without" for name in (result.item.id, result.item.check)}
    ran = {name for result in results for name in (result.item.id, result.item.check)}
    return [name for name in options.without if name in ran and name not in used]


def open_session(offer: Offer, cloud: Cloud, options: Options) -> Session:
    """A session for a run."""
    return Session(offer, cloud, options.case, options.max_examples, options.seed)


__all__ = ["AdapterMistake", "Options", "battery", "offer_of", "open_session", "run", "run_item", "stale_exceptions"]

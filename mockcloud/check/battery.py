"""All that an adapter is tried with, as items that can be run one by one, and the run of all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.util import find_spec
from math import inf
from time import monotonic
from typing import TYPE_CHECKING, Any

from ..contract.load import Contracts
from ..controls import nearest
from ..model import Misuse
from .adapter import Adapter, Offer
from .catalog import CATALOG, catalog_items
from .catalog.asking import askings
from .catalog.trouble import OURS
from .findings import Case, Finding, Item, ItemResult, case_of, collected
from .rules import rule_items
from .session import AdapterMistake, CutShort, Ending, Session

if TYPE_CHECKING:
    from ..cloud import Cloud

BUDGETS = {"quick": 0, "ci": 100, "nightly": 2000}
RULE_CHECKS = ("RULE-INVALID", "RULE-VALID")
MACHINE = "MACHINE"
_UNKNOWN = frozenset({"access-key", "authorization", "credentials", "secret-id", "signature", "token"})
_LATER = ("hypothesis",)  # imported by the items that need it, after many that do not
_MOST_LABELS = 5
_CUT = "the check was cut short; until then this had gone wrong"
_AGAIN = 2  # how often an item is run again whose findings may be those of a machine that stood still


@dataclass(frozen=True, slots=True)
class Options:
    """What to run, and how.

    checks        ids of the catalogue, () = all
    without       check or item id → reason: expected failures; one that passes is itself a failure
    max_examples  fuzzed examples for each operation
    seed          of the fuzz
    rule, case    only the items of one rule (any unambiguous tail), only one case of it
    level         coverage level that must be reached, 0 = any
    machine       examples of the state machine, 0 = none
    """

    checks: tuple[str, ...] = ()
    without: dict[str, str] = field(default_factory=dict)
    max_examples: int = 100
    seed: int = 0
    rule: str = ""
    case: str = ""
    level: int = 0
    machine: int = 0

    def reason(self, item: Item) -> str:
        """Why an item may fail; "" when it may not."""
        return self.without.get(item.id) or self.without.get(item.check) or ""


def offer_of(adapter_class: type[Adapter], contracts: Contracts) -> Offer:
    """The checked offer of an adapter class. Misuse: what is wrong with it, or a package that checks will need."""
    missing = [name for name in _LATER if find_spec(name) is None]
    if missing:
        raise Misuse(f"checks need {missing[0]}, which is not installed", "pip install 'mockcloud[check]'")
    return Offer(adapter_class, contracts.ids(), contracts.service)


def battery(offer: Offer, options: Options) -> list[Item]:
    """The items of a run. Misuse: a check, rule or exception that does not exist."""
    items = [*rule_items(offer), *catalog_items(offer), *_machine_items(options)]
    known = [*RULE_CHECKS, *CATALOG, MACHINE]
    for check in options.checks:
        if check not in known:
            raise Misuse(f"there is no check {check!r}", nearest(check, known))
    for name, reason in options.without.items():
        if name not in known and not any(item.id == name for item in items):
            raise Misuse(
                f"without names {name!r}, which is no check and no item", nearest(name, [*known, *_ids(items)])
            )
        if not reason.strip():
            raise Misuse(f"without {name!r} has no reason", 'say why: without={"READER": "issue 12"}')
    chosen = [item for item in items if not options.checks or item.check in options.checks]
    if options.rule and chosen and not any(item.rule for item in chosen):
        raise Misuse(f"{', '.join(options.checks)} tries no rule", "leave the check out, or the rule")
    return _of_rule(chosen, options.rule) if options.rule else chosen


def _machine_items(options: Options) -> Iterator[Item]:
    if options.machine:
        from .sequences import machine_check  # hypothesis' stateful part is loaded when it is wanted

        yield Item(MACHINE, MACHINE, partial(machine_check, examples=options.machine), cap_s=180.0)


def _ids(items: Iterable[Item]) -> list[str]:
    return [item.id for item in items]


def _of_rule(items: list[Item], tail: str) -> list[Item]:
    exact = [item for item in items if item.rule is not None and item.rule.id == tail]
    found = exact or [item for item in items if item.rule is not None and item.rule.id.endswith(f".{tail}")]
    rules = sorted({item.rule.id for item in found if item.rule is not None})
    if not rules:
        known = dict.fromkeys(item.rule.tail for item in items if item.rule is not None)
        raise Misuse(f"there is no rule {tail!r} that this adapter is tried with", nearest(tail, known))
    if len(rules) > 1:
        raise Misuse(f"{tail!r} names several rules", f"say which: {', '.join(rules)}")
    return found


def meet(session: Session) -> None:
    """Make sure, once, that what the client sends reaches the mock. AdapterMistake: nothing does."""
    said = session.judged.get("meet")
    if said is None:
        said = session.judged["meet"] = _strangeness(session)
    if said:
        raise AdapterMistake(said)


def _strangeness(session: Session) -> str:
    heard: list[str] = []
    refused: Ending | None = None
    name = session.offer.adapter_class.__name__
    for asking in askings(session.offer):
        ending = asking.make(session)
        if any(record["reason"] not in _UNKNOWN for record in ending.all):
            return ""
        if ending.all:
            refused = ending
        elif ending.word != "cannot":
            heard.append(f"{asking.name} {ending.says}")
    if refused is not None:
        return (
            f"the mock refuses the credentials that {name}'s client sends: {refused.says}. connect(self, cloud) has to "
            "give it cloud.access_key_id with cloud.access_key_secret, or cloud.token; or the client signs wrongly"
        )
    if not heard:
        return ""
    return (
        f"nothing that the client of {name} sends reaches the mock at {session.cloud.url}: {'; '.join(heard[:3])}. "
        "connect(self, cloud) has to give it cloud.url, and cloud.access_key_id with its secret"
    )


def run_item(session: Session, item: Item, options: Options) -> ItemResult:
    """Run one item, at most for its time. What it finds has to come again when a call took suspiciously long.

    A machine that stands still for a second makes a client's timeout fire: that is nothing the client did.
    AdapterMistake goes through: it is no finding on the client.
    """
    session.has_stalled = False
    first = _run_once(session, item, options)
    if not (session.has_stalled and first.findings) or first.is_cut:
        return first
    seconds, known = first.seconds, _titles(first)
    for _ in range(_AGAIN):
        session.judged.clear()
        session.unworking.clear()
        again = _run_once(session, item, options)
        seconds += again.seconds
        again.seconds = seconds
        lasting = [finding for finding in again.findings if (finding.subject, finding.title) in known]
        if lasting:
            again.findings = lasting
            return again
        if again.word != "failed":
            again.note = again.note or "what went wrong at first did not come again"
            return again
        known |= _titles(again)
    return first  # something else each time: it is told as it came first


def _titles(result: ItemResult) -> set[tuple[str, str]]:
    return {(finding.subject, finding.title) for finding in result.findings}


def _run_once(session: Session, item: Item, options: Options) -> ItemResult:
    result = ItemResult(item, "ok")
    began = monotonic()
    meet(session)
    session.deadline = monotonic() + item.cap_s
    with collected() as cases:
        try:
            for finding in item.run(session, result):
                result.findings.append(finding)
            result.findings += _plain_failures(session, item)
        except CutShort:
            result.is_cut = True
            result.note = f"cut after {item.cap_s:g} s, {result.judged} cases were judged"
            result.findings += _left_over(session, item, result, cases)
        finally:
            session.deadline = inf
    result.seconds = monotonic() - began
    if options.case and item.rule is None:
        _keep_case(result, options.case)
    _settle(result, options.reason(item), session)
    return result


def _plain_failures(session: Session, item: Item) -> Iterator[Finding]:
    """Calls that do not even work when nothing disturbs them, told by the item that met them first."""
    for name, operation, ending in session.failing:
        case = case_of(f"plain {name}", f"a plain, valid {name}", ending)
        title, says = f"a plain, valid {name} does not work", "what is documented as a plain request works"
        yield Finding(item.check, operation.id, title, says, OURS, (case,), 1, item.id)
    session.failing.clear()


def _left_over(session: Session, item: Item, result: ItemResult, cases: list[Case]) -> Iterator[Finding]:
    """What had gone wrong when time was up and stands in no finding yet."""
    told = {id(case) for finding in result.findings for case in finding.cases}
    rest = tuple(case for case in cases if id(case) not in told)
    if rest:
        says = CATALOG[item.check].says if item.check in CATALOG else _CUT
        subject, cite = (item.rule.id, item.rule.cite) if item.rule else (session.service.id, "")
        yield Finding(item.check, subject, _CUT, says, cite, rest, result.judged, item.id)


def _keep_case(result: ItemResult, label: str) -> None:
    """Leave out the other cases. A check does not name those that pass: one that it never had looks like them."""
    failed = dict.fromkeys(case.label for found in result.findings for case in found.cases)
    result.findings = [one for one in (_with_case(found, label) for found in result.findings) if one.cases]
    if not result.findings and result.word == "ok":
        others = f"; these do: {', '.join(list(failed)[:_MOST_LABELS])}" if failed else ""
        result.note = f"no case {label!r} fails{others}"


def _with_case(finding: Finding, label: str) -> Finding:
    return replace(finding, cases=tuple(case for case in finding.cases if case.label == label))


def _settle(result: ItemResult, reason: str, session: Session) -> None:
    if result.findings:
        result.word = "without" if reason else "failed"
        result.note = reason or result.note
    elif result.word == "ok" and not result.judged and not result.is_cut:
        result.word = "skipped"
        result.note = result.note or _why_unjudged(result, session)


def _why_unjudged(result: ItemResult, session: Session) -> str:
    if result.unreachable:
        return "the client's interface cannot express it"
    if session.unworking:
        return f"a plain {' and a plain '.join(sorted(session.unworking))} does not work"
    if result.undecided:
        return "the mock's state, or requests that the client splits, got in the way"
    return "there is nothing to try"


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


def open_session(offer: Offer, cloud: Cloud, options: Options) -> Session:
    """A session for a run."""
    return Session(offer, cloud, options.case, options.max_examples, options.seed)


__all__ = ["AdapterMistake", "Options", "battery", "meet", "offer_of", "open_session", "run", "run_item"]

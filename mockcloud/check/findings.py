"""What a check says: findings with rule, input, what was sent, what the client did, and how to run it again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import orjson

from ..contract.spec import Rule
from ..contract.validate import describe
from .adapter import Adapter, Offer
from .again import command
from .session import Ending, Session

Json = dict[str, Any]

# Checks whose inputs stand for themselves: one of them is run again as it is, whatever seed found it.
_REPLAYED = ("FAITHFUL", "EXACT")


@dataclass(frozen=True, slots=True)
class Case:
    """One input that showed a mistake. label: what is special about it."""

    label: str
    asked: Any
    sent: Any
    client: str

    def __post_init__(self) -> None:
        seen = _seen.get()
        if seen is not None:
            seen.append(self)


_seen: ContextVar[list[Case] | None] = ContextVar("mockcloud_cases", default=None)


@contextmanager
def collected() -> Iterator[list[Case]]:
    """All cases that are made meanwhile, also those that no finding holds because the check was cut short."""
    cases: list[Case] = []
    token = _seen.set(cases)
    try:
        yield cases
    finally:
        _seen.reset(token)


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake of the client.

    check    id in the catalogue ("RULE-INVALID")
    subject  full rule id, operation id, or service id
    title    what is wrong, in one line; part of the stable id, so it holds no values
    says     the rule or expectation in words; cite: where it is documented
    cases    those that failed, the smallest first; tried: how many there were
    group    cause group: findings of one group have one cause
    again    options that show it again, where rule or check and case do not
    """

    check: str
    subject: str
    title: str
    says: str
    cite: str
    cases: tuple[Case, ...]
    tried: int
    item: str
    group: str = ""
    again: str = ""

    def replay(self, adapter: str) -> str:
        """The command that shows it again, from the current folder."""
        first = self.cases[0] if self.cases else None
        if self.again:
            return f"{command(adapter)} {self.again}"
        if first is not None and self.check in _REPLAYED and isinstance(first.asked, dict):
            wanted = {"operation": self.subject.partition(".")[2], "p": first.asked}
            return f"{command(adapter)} --replay {_quoted(shown(wanted, most=100_000))}"
        case = f" --case {_quoted(first.label)}" if first is not None else ""
        option = f"--rule {self.subject}" if self.check.startswith("RULE-") else f"--check {self.check}"
        return f"{command(adapter)} {option}{case}"

    def text(self, adapter: str, sources: Mapping[str, str] | None = None) -> str:
        """The finding as a person reads it. sources: what the tags of the service's citations stand for."""
        first = self.cases[0] if self.cases else Case("", None, None, "")
        lines = [
            f"{len(self.cases)} of {self.tried} cases: {self.title}",
            f"  rule    {self.subject}: {self.says}" + (f" (case: {first.label})" if first.label else ""),
            f"  source  {sourced(self.cite, sources or {})}",
            f"  asked   {shown(first.asked)}",
            f"  sent    {shown(first.sent)}",
            f"  client  {first.client}",
            f"  again   {self.replay(adapter)}",
        ]
        return "\n".join(lines)


@dataclass(slots=True)
class ItemResult:
    """What one item of the battery came to.

    word    "ok", "failed", "skipped" (with the reason in `note`), "without" (failed, and known to)
    is_cut  it used up its time before it was through; what it had found by then counts
    """

    item: Item
    word: str
    findings: list[Finding] = field(default_factory=list)
    note: str = ""
    seconds: float = 0.0
    judged: int = 0
    unreachable: int = 0
    undecided: int = 0
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to run: `id` is stable and unique ("CreateGifTask.span-60s-rejects", "ERR-MAP").

    cap_s  seconds of wall time after which it stops
    """

    id: str
    check: str
    run: Callable[[Session, ItemResult], Iterator[Finding]]
    rule: Rule | None = None
    polarity: str = ""
    cap_s: float = 60.0


class ContractViolation(AssertionError):
    """A test item found something; the text is the findings'."""


def adapter_name(offer: Offer) -> str:
    """How the command line names an adapter ("tests.test_gifs:Gifs")."""
    kind: type[Adapter] = offer.adapter_class
    return f"{kind.__module__}:{kind.__qualname__}"


def case_of(label: str, asked: Any, ending: Ending, detail: str = "") -> Case:
    """A case from an ending: the first request's parameters are what was sent."""
    sent = ending.requests[0]["parameters"] if ending.requests else None
    client = detail if detail and detail != ending.says else ending.says
    return Case(label, asked, sent, _with_answer(client, ending))


def _with_answer(client: str, ending: Ending) -> str:
    if not ending.requests or not ending.requests[0]["reason"]:
        return client
    record = ending.requests[0]
    return f"{client}; the provider answered HTTP {record['status']} ({record['reason']})"


def of_rule(check: str, rule: Rule, title: str, cases: list[Case], tried: int, item: str, group: str = "") -> Finding:
    """A finding about a documented rule."""
    return Finding(check, rule.id, title, describe(rule), rule.cite, tuple(cases), tried, item, group)


def sourced(cite: str, sources: Mapping[str, str]) -> str:
    """A citation with its tags written out ("seed 002 T7 end; PY" → what seed 002 is, "T7 end", what PY is)."""
    return "; ".join(_written_out(part.strip(), sources) for part in cite.split(";"))


def _written_out(cite: str, sources: Mapping[str, str]) -> str:
    tag = max((tag for tag in sources if _begins(cite, tag)), key=len, default="")
    if not tag:
        return cite
    place = cite[len(tag) :].lstrip(" :")
    return f"{sources[tag]}: {place}" if place else sources[tag]


def _begins(cite: str, tag: str) -> bool:
    return cite.startswith(tag) and not cite[len(tag) : len(tag) + 1].isalnum()


def shown(value: Any, most: int = 2000) -> str:
    """A value for messages: JSON, cut when long."""
    if value is None:
        return "nothing"
    try:
        text = orjson.dumps(value, default=repr).decode()
    except TypeError:  # whole numbers over 64 bit, half characters
        text = json.dumps(value, default=repr, separators=(",", ":"))
    return text if len(text) <= most else f"{text[:most]}... ({len(text)} characters)"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"

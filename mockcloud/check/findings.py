"""What a check says: findings with rule, input, what was sent, what the client did, and how to run it again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from ..contract.spec import Rule
from ..contract.validate import describe
from .adapter import Adapter, Offer
from .session import Ending, Session

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """One input that showed a mistake. label: what is special about it."""

    label: str
    asked: Any
    sent: Any
    client: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake of the client.

    check    id in the catalogue ("RULE-INVALID")
    subject  full rule id, or operation and what was tried ("huawei-mpc.CreateAnimatedGraphicsTask MPC.10202")
    title    what is wrong, in one line
    says     the rule or expectation in words; cite: where it is documented
    cases    those that failed, the smallest first; tried: how many there were
    group    cause group: findings of one group have one cause
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

    def replay(self, adapter: str) -> str:
        """The command that shows it again."""
        case = f" --case {_quoted(self.cases[0].label)}" if self.cases else ""
        option = f"--rule {self.subject}" if self.check.startswith("RULE-") else f"--check {self.check}"
        return f"mockcloud check {adapter} {option}{case}"

    def text(self, adapter: str) -> str:
        """The finding as a person reads it."""
        first = self.cases[0] if self.cases else Case("", None, None, "")
        lines = [
            f"{len(self.cases)} of {self.tried} cases: {self.title}",
            f"  rule    {self.subject}: {self.says}" + (f" (case: {first.label})" if first.label else ""),
            f"  source  {self.cite}",
            f"  asked   {shown(first.asked)}",
            f"  sent    {shown(first.sent)}",
            f"  client  {first.client}",
            f"  again   {self.replay(adapter)}",
        ]
        return "\n".join(lines)


@dataclass(slots=True)
class ItemResult:
    """What one item of the battery came to: "ok", "failed", "skipped" (with the reason in `note`)."""

    item: Item
    word: str
    findings: list[Finding] = field(default_factory=list)
    note: str = ""
    seconds: float = 0.0
    judged: int = 0
    unreachable: int = 0
    undecided: int = 0


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to run: `id` is stable and unique ("span-60s-rejects", "ERR-MAP")."""

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


def shown(value: Any, most: int = 2000) -> str:
    """A value for messages: JSON, cut when long."""
    if value is None:
        return "nothing"
    text = orjson.dumps(value, default=repr).decode()
    return text if len(text) <= most else f"{text[:most]}... ({len(text)} characters)"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"

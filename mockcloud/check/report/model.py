"""A run of checks as plain data: it merges, travels between processes, and is what every format is made of.

`tree` is the JSON report (docs/report.md). What enters here has lost its secrets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ...contract.spec import Rule
from ...contract.validate import describe
from ...version import VERSION
from ..adapter import Offer
from ..battery import Options
from ..clean import Clean
from ..findings import Finding, Item, ItemResult, adapter_name, sourced
from ..session import MEND, AdapterMistake
from ..tally import Tally
from .citations import url_of
from .matrix import matrix
from .places import location

Json = dict[str, Any]
FORMAT = 1
_MOST_CASES = 20
_PASSED, _FAILED, _NOTHING = "passed", "failed", "nothing-checked"


class Run:
    """One adapter's run, or one worker's part of it.

    about   what does not change while it runs: adapter, service, policy, seed, wanted level, items, exceptions, rules
    items   id → what it came to
    mistakes  what is wrong with the adapter itself: what it was met in came to nothing
    known   ids of findings that a baseline lists: they are shown and do not fail the run
    under   metric ("" = all of them) → percent that it must reach
    """

    def __init__(self, about: Json, tally: Tally) -> None:
        self.about = about
        self.tally = tally
        self.items: dict[str, Json] = {}
        self.raw: list[Json] = []
        self.mistakes: list[str] = []
        self.seconds = 0.0
        self.known: frozenset[str] = frozenset()
        self.under: Mapping[str, float] = {}

    def add(self, result: ItemResult, offer: Offer, clean: Clean) -> None:
        """One more item."""
        self.items[result.item.id] = clean(_item(result))
        self.raw += [clean(_finding(found, offer, result.word)) for found in result.findings]
        self.seconds += result.seconds

    def blame(self, mistake: AdapterMistake, clean: Clean) -> None:
        """The adapter failed in an item."""
        self._blame([clean.text(str(mistake))])

    def _blame(self, mistakes: Iterable[str]) -> None:
        self.mistakes += [said for said in dict.fromkeys(mistakes) if said not in self.mistakes]

    # Between processes.

    def dump(self) -> Json:
        """Everything, for `merge` in another process."""
        own = {"items": self.items, "raw": self.raw, "mistakes": self.mistakes, "seconds": self.seconds}
        return {"about": self.about, "tally": self.tally.dump(), **own}

    def merge(self, dumped: Json) -> None:
        """Add what another process ran of the same adapter."""
        self.items.update(dumped["items"])
        self.raw += dumped["raw"]
        self._blame(dumped["mistakes"])
        self.seconds = max(self.seconds, dumped["seconds"])
        self.tally.merge(dumped["tally"])

    @classmethod
    def loaded(cls, dumped: Json) -> Run:
        """What `dump` gave, as a run."""
        run = cls(dumped["about"], Tally())
        run.merge(dumped)
        return run

    # What it came to.

    def findings(self) -> list[Json]:
        """The findings of failed items, one for each cause group, in the order of the items."""
        order = {name: place for place, name in enumerate(self.about["items"])}
        failed = [found for found in self.raw if not found["without"]]
        seen: set[tuple[str, str]] = set()
        first: list[Json] = []
        for found in sorted(failed, key=lambda found: order.get(found["item"], len(order))):
            key = (found["check"], found["group"] or found["id"])
            if key not in seen:
                seen.add(key)
                first.append({**found, "known": found["id"] in self.known})
        return first

    @property
    def is_complete(self) -> bool:
        """Whether every item of the battery ran."""
        return self.items.keys() >= set(self.about["items"])

    def stale(self) -> list[str]:
        """Exceptions that hide nothing: all that they name ran, and none of it failed."""
        found = []
        for name in self.about["without"]:
            named = [one for one, check in self.about["items"].items() if name in (one, check)]
            words = [self.items[one]["result"] for one in named if one in self.items]
            if len(words) == len(named) and "ok" in words and "without" not in words:
                found.append(name)
        return found

    def shortcomings(self) -> list[str]:
        """Why the run fails beside its findings."""
        return [f"{said} ({MEND})" for said in self.mistakes] + self.gaps()

    def gaps(self) -> list[str]:
        """Why the run as a whole fails, although no item of it did."""
        said = [f"without names {name}, which passes: take the entry away" for name in self.stale()]
        wanted, reached = self.about["level"], self.tally.reached()
        if wanted > reached and self.is_complete:
            gaps = ", ".join(self.tally.in_the_way())
            said.append(f"coverage is at level {reached}, wanted {wanted}: {gaps} not complete")
        for name, percent in self.under.items():
            share = 100 * (self.tally.metrics[name].share if name else self.tally.share())
            if share < percent:
                said.append(f"{name or 'coverage'} is at {share:.1f} %, wanted {percent:g} %")
        return said

    def result(self) -> str:
        """In one word."""
        if self.shortcomings() or any(not found["known"] for found in self.findings()):
            return _FAILED
        return _PASSED if any(one["result"] != "skipped" for one in self.items.values()) else _NOTHING

    def tree(self) -> Json:
        """The run as the JSON report has it."""
        about = self.about
        named = ("adapter", "suite", "service", "title", "policy", "seed", "not_offered")
        words = [one["result"] for one in self.items.values()]
        return {
            **{name: about[name] for name in named},
            "result": self.result(),
            "shortcomings": self.shortcomings(),
            "seconds": round(self.seconds, 3),
            "is_complete": self.is_complete,
            "level": {"reached": self.tally.reached(), "wanted": about["level"], "missing": self.tally.in_the_way()},
            "counts": {word: words.count(word) for word in ("ok", "failed", "skipped", "without")},
            "items": [self.items[name] for name in about["items"] if name in self.items],
            "findings": self.findings(),
            "exceptions": self._exceptions(),
            "rules": matrix(about["rules"], self.tally, self.raw),
            "coverage": self.tally.as_json(),
        }

    def _exceptions(self) -> list[Json]:
        stale = self.stale()
        return [
            {"name": name, "reason": reason, "is_stale": name in stale}
            for name, reason in self.about["without"].items()
        ]


def about(offer: Offer, options: Options, items: Iterable[Item], suite: str = "") -> Json:
    """What does not change while an adapter's items run."""
    service = offer.service
    tried = list(items)
    first = offer.roles.get("create")
    ruled = [item.rule for item in tried if item.rule is not None]
    rules = {rule.id: rule for rule in sorted(ruled, key=lambda rule: rule.operation != first)}
    return {
        "adapter": adapter_name(offer),
        "suite": suite,
        "service": service.id,
        "title": f"{service.title}, {service.version}",
        "policy": offer.adapter_class.policy,
        "seed": options.seed,
        "level": options.level,
        "not_offered": [role for role in service.roles if role not in offer.roles],
        "items": {item.id: item.check for item in tried},
        "without": dict(options.without),
        "rules": [
            {
                "id": rule.id,
                "says": _says(rule),
                "cite": rule.cite,
                "source": sourced(rule.cite, service.sources),
                "url": url_of(sourced(rule.cite, service.sources)),
            }
            for rule in rules.values()
        ],
    }


def tree(runs: Iterable[Run], traffic: Iterable[Json] = ()) -> Json:
    """The whole report."""
    told = [run.tree() for run in runs]
    heard = list(traffic)
    results = [run["result"] for run in told]
    result = _FAILED if _FAILED in results else _PASSED if _PASSED in results or heard else _NOTHING
    return {"format": FORMAT, "mockcloud": VERSION, "result": result, "runs": told, "traffic": heard}


def stable_id(finding: Finding, polarity: str) -> str:
    """An id for baselines and fingerprints, the same as long as the mistake is: subject, what was tried, what is wrong.

    huawei-mpc.CreateAnimatedGraphicsTask.span-60s.invalid.a-request-that-breaks-a-documented-rule-was-sent
    """
    title = re.sub(r"[^a-z]+", "-", finding.title.lower()).strip("-")
    return f"{finding.subject}.{polarity or finding.check}.{title}"


def _says(rule: Rule) -> str:
    place = ".".join(rule.path)
    return f"{place}: {describe(rule)}" if place else describe(rule)


def _item(result: ItemResult) -> Json:
    item = result.item
    return {
        "id": item.id,
        "check": item.check,
        "rule": item.rule.id if item.rule else "",
        "polarity": item.polarity,
        "result": result.word,
        "note": result.note,
        "seconds": round(result.seconds, 3),
        "judged": result.judged,
        "unreachable": result.unreachable,
        "undecided": result.undecided,
        "is_cut": result.is_cut,
    }


def _finding(finding: Finding, offer: Offer, word: str) -> Json:
    polarity = {"RULE-INVALID": "invalid", "RULE-VALID": "valid"}.get(finding.check, "")
    source = sourced(finding.cite, offer.service.sources)
    file, line = location(offer, finding.subject)
    return {
        "id": stable_id(finding, polarity),
        "item": finding.item,
        "check": finding.check,
        "subject": finding.subject,
        "polarity": polarity,
        "title": finding.title,
        "says": finding.says,
        "cite": finding.cite,
        "source": source,
        "url": url_of(source),
        "tried": finding.tried,
        "failed": len(finding.cases),
        "group": finding.group,
        "without": word == "without",
        "again": finding.replay(adapter_name(offer)),
        "file": file,
        "line": line,
        "cases": [
            {
                "id": f"{finding.subject}.{polarity or finding.check}.{case.label}",
                "label": case.label,
                "asked": case.asked,
                "sent": case.sent,
                "client": case.client,
            }
            for case in finding.cases[:_MOST_CASES]
        ],
    }

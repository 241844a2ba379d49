"""A run of checks as values, and as the JSON report (stable ids: provider.operation.rule.polarity.case)."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...version import VERSION
from ..adapter import Adapter, Offer
from ..coverage import Coverage
from ..findings import Finding, ItemResult, adapter_name

Json = dict[str, Any]
FORMAT = 1


@dataclass(slots=True)
class Report:
    """One adapter's run.

    stale   entries of `without` that hide nothing any more
    known   stable ids of findings that a baseline lists: they are shown and do not fail the run
    """

    offer: Offer
    results: list[ItemResult]
    coverage: Coverage
    seed: int = 0
    wanted_level: int = 0
    seconds: float = 0.0
    stale: list[str] = field(default_factory=list)
    known: frozenset[str] = frozenset()

    @property
    def adapter(self) -> str:
        """The adapter as the command line names it."""
        return adapter_name(self.offer)

    def findings(self) -> list[Finding]:
        """All findings of failed items, one for each cause group, in the order of the items."""
        found = [finding for result in self.results if result.word == "failed" for finding in result.findings]
        seen: set[tuple[str, str]] = set()
        first: list[Finding] = []
        for finding in found:
            key = (finding.check, finding.group or finding.subject + finding.title)
            if key not in seen:
                seen.add(key)
                first.append(finding)
        return first

    def new_findings(self) -> list[Finding]:
        """Those that no baseline lists."""
        return [finding for finding in self.findings() if stable_id(finding) not in self.known]

    def count(self, word: str) -> int:
        """How many items came to "ok", "failed", "skipped" or "without"."""
        return sum(result.word == word for result in self.results)

    def as_json(self) -> Json:
        """The whole report; docs/report.md describes it."""
        return {
            "format": FORMAT,
            "mockcloud": VERSION,
            "adapter": self.adapter,
            "service": self.offer.service.id,
            "policy": self.offer.adapter_class.policy,
            "seed": self.seed,
            "seconds": round(self.seconds, 3),
            "wanted_level": self.wanted_level,
            "items": [_item(result) for result in self.results],
            "findings": [
                _finding(finding, self.adapter, stable_id(finding) in self.known) for finding in self.findings()
            ],
            "stale": self.stale,
            "coverage": self.coverage.as_json(),
        }


def stable_id(finding: Finding) -> str:
    """An id for baselines and fingerprints: the same as long as the mistake is."""
    return f"{finding.check}:{finding.subject}:{finding.title}"


def location(offer: Offer, finding: Finding) -> tuple[str, int]:
    """(file relative to the working folder, line) of the adapter method that a finding is about."""
    kind: type[Adapter] = offer.adapter_class
    name = finding.subject.split(".")[1] if finding.subject.count(".") else ""
    method = getattr(kind, offer.operations.get(name, "create"), None) or kind
    try:
        path = Path(inspect.getsourcefile(method) or "")
        line = inspect.getsourcelines(method)[1]
    except (OSError, TypeError):
        return "", 1
    try:
        return str(path.resolve().relative_to(Path.cwd())), line
    except ValueError:
        return path.name, line


def _item(result: ItemResult) -> Json:
    return {
        "id": result.item.id,
        "check": result.item.check,
        "rule": result.item.rule.id if result.item.rule else None,
        "polarity": result.item.polarity or None,
        "result": result.word,
        "note": result.note,
        "seconds": round(result.seconds, 3),
        "judged": result.judged,
        "unreachable": result.unreachable,
        "undecided": result.undecided,
    }


def _finding(finding: Finding, adapter: str, is_known: bool) -> Json:
    return {
        "id": stable_id(finding),
        "check": finding.check,
        "subject": finding.subject,
        "title": finding.title,
        "says": finding.says,
        "cite": finding.cite,
        "tried": finding.tried,
        "group": finding.group,
        "known": is_known,
        "again": finding.replay(adapter),
        "cases": [
            {"label": case.label, "asked": case.asked, "sent": case.sent, "client": case.client}
            for case in finding.cases
        ],
    }

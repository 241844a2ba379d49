"""One pytest session: results of suites and of ordinary tests, merged over workers, judged and reported at its end."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..cloud import Cloud
from ..contract.load import Contracts
from . import report as reports
from .adapter import Offer
from .battery import Options
from .clean import Clean, without_own_secrets
from .coverage import Coverage
from .findings import Item, ItemResult
from .report.model import about
from .session import AdapterMistake, Session
from .tally import Tally
from .traffic import Traffic

Json = dict[str, Any]


class Suite:
    """One `contract_tests` class in this process. Coverage is counted only when somebody wants to know."""

    def __init__(self, name: str, offer: Offer, options: Options, items: Iterable[Item], *, is_counted: bool) -> None:
        self._offer, self._clean = offer, Clean(offer)
        self._coverage = Coverage(offer.service, offer) if is_counted else None
        self._session: Session | None = None
        tally = self._coverage.tally if self._coverage else Tally()
        self.run = reports.Run(about(offer, options, items, name), tally)

    def watch(self, session: Session) -> None:
        """Count what a session does from now on."""
        if self._session is None:
            self._session = session
            if self._coverage is not None:
                self._coverage.watch(session)

    def add(self, result: ItemResult) -> None:
        """One more item."""
        self.run.add(result, self._offer, self._clean)

    def blame(self, mistake: AdapterMistake) -> None:
        """The adapter itself failed in an item."""
        self.run.blame(mistake, self._clean)

    def finished(self) -> reports.Run:
        """The run with all that was counted."""
        if self._coverage is not None and self._session is not None:
            self._coverage.notes(self._session.notes)
            self._coverage.settle()
        return self.run


class Gathering:
    """What one process has, and on the controller all of them.

    wanted      (format, file) of the reports
    contracts   read once for all
    """

    def __init__(self, wanted: list[tuple[str, Path | None]], contracts: Contracts | None = None) -> None:
        self._wanted = wanted
        self._suites: dict[str, Suite] = {}
        self._runs: dict[str, reports.Run] = {}
        self.traffic = Traffic(contracts or Contracts()) if wanted else None

    def suite(self, name: str, offer: Offer, options: Options, items: list[Item]) -> Suite:
        """The suite of that name, made when it is first asked for."""
        if name not in self._suites:
            is_counted = bool(self._wanted or options.level)
            self._suites[name] = Suite(name, offer, options, items, is_counted=is_counted)
        return self._suites[name]

    def watched(self, cloud: Cloud) -> Cloud:
        """A mock whose traffic counts, if somebody wants to know."""
        return cloud if self.traffic is None else self.traffic.watch(cloud)

    @contextmanager
    def apart(self, cloud: Cloud) -> Iterator[None]:
        """What happens inside is no ordinary traffic."""
        if self.traffic is None:
            yield
            return
        with self.traffic.deaf(cloud):
            yield

    # Between processes.

    def dump(self) -> str:
        """All of it as text, for `take_in` on the controller."""
        runs = {name: suite.finished().dump() for name, suite in self._suites.items()}
        traffic = self.traffic.dump() if self.traffic is not None else {}
        return json.dumps({"runs": runs, "traffic": traffic}, default=repr)

    def take_in(self, text: str) -> None:
        """Add what a worker had."""
        told = json.loads(text)
        for name, dumped in told["runs"].items():
            if name in self._runs:
                self._runs[name].merge(dumped)
            else:
                self._runs[name] = reports.Run.loaded(dumped)
        if self.traffic is not None:
            self.traffic.merge(told["traffic"])

    def finish(self) -> None:
        """No more comes."""
        self._runs |= {name: suite.finished() for name, suite in self._suites.items()}
        self._suites.clear()

    # What it came to.

    def problems(self) -> list[str]:
        """Why the session fails although no test did: stale exceptions, a level that was not reached."""
        return [f"{name}: {said}" for name, run in self._runs.items() for said in run.gaps()]

    def notes(self) -> Iterator[str]:
        """What somebody should know."""
        for name, run in self._runs.items():
            for item in run.items.values():
                if item["is_cut"]:
                    yield f"{name}: {item['id']} was {item['note']}"
            if run.about["level"] and not run.is_complete:
                ran, whole = len(run.items), len(run.about["items"])
                yield f"{name}: level {run.about['level']} was not judged, {ran} of {whole} items ran"

    def tree(self) -> Json:
        """The report."""
        traffic = self.traffic.tree() if self.traffic is not None else []
        return reports.tree(self._runs.values(), without_own_secrets(traffic))

    def write(self, say: Callable[[str], Any], step_summary: Path | None = None) -> None:
        """Write the reports that are wanted, and say where."""
        if not self._wanted:
            return
        report = self.tree()
        say(reports.overview(report))
        reports.write(self._wanted, report, say)
        for kind, path in self._wanted:
            if path is not None:
                say(f"{kind} report: {path}")
        if step_summary is not None and any(kind == "github" for kind, _ in self._wanted):
            reports.append_summary(step_summary, report)

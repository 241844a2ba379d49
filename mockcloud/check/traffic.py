"""What ordinary tests sent: no adapter, no plan, only the journal, read before it is emptied."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..cloud import Cloud, watched
from ..contract.load import Contracts
from ..contract.spec import Service
from ..contract.validate import describe
from .coverage import Coverage
from .findings import sourced
from .tally import Tally

Json = dict[str, Any]

_EMPTIES = (("POST", "/reset"), ("DELETE", "/requests"))
_MOST_VIOLATING = 1000


class Heard:
    """What one service was sent, in this process or in several.

    violating  (rule, path, test) → the first such request, and how many there were
    """

    def __init__(self, service: Service, tally: Tally) -> None:
        self.service, self.tally = service, tally
        self.requests = self.dropped = 0
        self.tests: set[str] = set()
        self.violating: dict[str, Json] = {}

    def violates(self, record: Json, test: str) -> None:
        """Note what a request breaks."""
        operation = self.service.operations.get(record["operation"])
        rules = {rule.id: rule for rule in operation.rules} if operation else {}
        for found in record["violations"]:
            rule = rules.get(found["rule"])
            if rule is None or found["effect"] != "reject" or len(self.violating) >= _MOST_VIOLATING:
                continue
            told = {
                "rule": rule.id,
                "says": describe(rule),
                "cite": rule.cite,
                "source": sourced(rule.cite, self.service.sources),
                "basis": rule.basis,
                "side": rule.side,
                "path": found["path"],
                "value": found["value"],
                "test": test,
                "count": 0,
            }
            self.violating.setdefault(f"{rule.id} {found['path']} {test}", told)["count"] += 1

    def dump(self) -> Json:
        """Everything, for `merge` in another process."""
        numbers = {"requests": self.requests, "dropped": self.dropped, "tests": sorted(self.tests)}
        return {**numbers, "violating": self.violating, "tally": self.tally.dump()}

    def merge(self, dumped: Json) -> None:
        """Add what another process heard; no test runs in two of them."""
        self.requests += dumped["requests"]
        self.dropped += dumped["dropped"]
        self.tests |= set(dumped["tests"])
        self.violating |= dumped["violating"]
        self.tally.merge(dumped["tally"])

    def tree(self) -> Json:
        """As the JSON report has it."""
        violating = sorted(self.violating.values(), key=lambda one: (one["rule"], one["path"], one["test"]))
        coverage = self.tally.as_json()
        return {
            "service": self.service.id,
            "title": f"{self.service.title}, {self.service.version}",
            "tests": len(self.tests),
            "requests": self.requests,
            "dropped": self.dropped,
            "violating": violating,
            "coverage": {"metrics": coverage["metrics"]},
        }


class Traffic:
    """All that tests send through the fixture. `test`: the id of the one that runs."""

    def __init__(self, contracts: Contracts) -> None:
        self._contracts = contracts
        self.test = ""
        self.heard: dict[str, Heard] = {}
        self._coverage: dict[str, Coverage] = {}
        self._clouds: dict[str, Cloud] = {}
        self._last: dict[str, int] = {}
        self._is_deaf = False

    def watch(self, cloud: Cloud) -> Cloud:
        """The same mock; what it was sent is read before anybody empties its journal."""
        self._clouds[cloud.url] = cloud

        def before(method: str, path: str) -> None:
            if (method, path.partition("?")[0]) in _EMPTIES:
                self.read(cloud)
                self._begin()

        return watched(cloud, before)

    @contextmanager
    def deaf(self, cloud: Cloud) -> Iterator[None]:
        """Hear nothing of what a mock is sent meanwhile."""
        if cloud.url in self._clouds:
            self.read(cloud)
        self._is_deaf = True
        try:
            yield
        finally:
            cloud.reset()
            self._last.pop(cloud.url, None)
            self._is_deaf = False

    def read_all(self) -> None:
        """Count what came to any mock since the last time."""
        for cloud in self._clouds.values():
            self.read(cloud)

    def read(self, cloud: Cloud) -> None:
        """Count what came since the last time."""
        if self._is_deaf:
            return
        answer = cloud.admin("GET", "/requests?account=*")
        last = self._last.get(cloud.url, 0)
        records = [record for record in answer["requests"] if record["id"] > last]
        for record in records:
            if record["service"]:
                self._count(record)
        if records:
            self._last[cloud.url] = records[-1]["id"]
            self._drop(records, last)

    def _drop(self, records: list[Json], last: int) -> None:
        """Entries are numbered without gaps, also over a reset: what is missing went before it could be read."""
        missing = records[0]["id"] - last - 1 if last else 0
        service = next((record["service"] for record in records if record["service"]), "")
        if missing > 0 and service:
            self.heard[service].dropped += missing

    def _begin(self) -> None:
        for coverage in self._coverage.values():
            coverage.begin()

    def _count(self, record: Json) -> None:
        name = record["service"]
        if name not in self.heard:
            self._coverage[name] = Coverage(self._contracts.service(name))
            self.heard[name] = Heard(self._contracts.service(name), self._coverage[name].tally)
        heard = self.heard[name]
        heard.requests += 1
        heard.tests.add(self.test)
        heard.violates(record, self.test)
        self._coverage[name].record(record)

    def dump(self) -> Json:
        """Everything, for `merge` in another process."""
        return {name: heard.dump() for name, heard in self.heard.items()}

    def merge(self, dumped: Json) -> None:
        """Add what another process heard."""
        for name, told in dumped.items():
            if name not in self.heard:
                self.heard[name] = Heard(self._contracts.service(name), Tally())
            self.heard[name].merge(told)

    def tree(self) -> list[Json]:
        """As the JSON report has it, one entry for each service that was sent something."""
        return [self.heard[name].tree() for name in sorted(self.heard)]

"""What was exercised of a contract: counted from inputs that were judged, from notes of checks, and from the journal.

`possible` says what there is, `tally` adds it up; here is what was done. Without an adapter any traffic counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..contract.expression import ABSENT
from ..contract.spec import Operation, Service
from .adapter import Offer
from .caller import dig
from .compare import typed
from .edges import Edges
from .hearing import answer_names, answer_values, unwrapped
from .members import Member, members
from .pairs import pairs_in
from .possible import Planned, of_offer, of_operation, planned_points
from .rules import Try
from .saying import said
from .session import Ending, Session
from .tally import Tally
from .verdicts import OK, UNDECIDED, UNREACHABLE, Verdict

Json = dict[str, Any]
Path = tuple[str, ...]


class Coverage:
    """The coverage of one service: by an adapter's battery, or by any traffic when there is no offer."""

    def __init__(self, service: Service, offer: Offer | None = None) -> None:
        self.service, self.offer = service, offer
        self.tally = Tally()
        self._points: dict[tuple[str, str], list[Planned]] = {}
        self._members: dict[str, list[Member]] = {}
        self._edges: dict[str, Edges] = {}
        self._values: dict[str, str] = {}
        self._states: dict[str, str] = {}
        self._last_record = self._last_case = 0
        if offer is not None:
            points = list(planned_points(offer))
            of_offer(self.tally, offer, points)
            for planned in points:
                self._points.setdefault((planned.attempt.operation.name, planned.attempt.label), []).append(planned)
        else:
            self.tally.can("operations", service.operations)

    def watch(self, session: Session) -> None:
        """Count what a session does from now on."""

        def read(record: Json) -> None:
            if session.cases != self._last_case:
                self._last_case = session.cases
                self.begin()
            if record["id"] > self._last_record:  # a case with several calls shows the first ones again
                self._last_record = record["id"]
                self.record(record)

        session.watchers.append(self.intent)
        session.readers.append(read)

    def begin(self) -> None:
        """The mock was reset: its tasks are others, even if they have the same ids."""
        self._states.clear()

    # Inputs that were judged.

    def intent(self, attempt: Try, ending: Ending, verdict: Verdict) -> None:
        """One input that was handed to the client, and what it came to."""
        is_reachable = verdict.word not in (UNREACHABLE, UNDECIDED)
        for planned in self._points.get((attempt.operation.name, attempt.label), ()):
            if planned.attempt.asked == attempt.asked:
                self._point(planned, verdict, is_reachable)
        if attempt.broken:
            return
        operation = attempt.operation
        pairs = [f"{operation.name} {pair}" for pair in pairs_in(operation, self._members_of(operation), attempt.asked)]
        names = [f"{operation.name} {name}" for name in said(operation.input, attempt.asked)]
        if not is_reachable:
            self.tally.cannot("pairs", *pairs)
            self.tally.cannot("parameters", *names)
        elif verdict.word == OK:
            self.tally.did("pairs", *pairs)
            self.tally.did("parameters", *names)

    def _point(self, planned: Planned, verdict: Verdict, is_reachable: bool) -> None:
        if not is_reachable:
            self.tally.cannot("points", planned.point)
            return
        self.tally.did("points", planned.point)
        if planned.polarity == "invalid" or verdict.word == OK:
            self.tally.did(f"rules_{planned.polarity}", planned.rule)
        if planned.is_alone:
            self.tally.did("independent", planned.rule)

    def _members_of(self, operation: Operation) -> list[Member]:
        if operation.name not in self._members:
            assert self.offer is not None  # noqa: S101 - for the type checker: inputs come of adapters
            self._members[operation.name] = members(operation, self.offer.maker(operation))
        return self._members[operation.name]

    def notes(self, notes: Iterable[tuple[str, ...]]) -> None:
        """What checks noted: ("code", operation id, code), ("fault", operation id, kind), ("state", word)."""
        for kind, *what in notes:
            if kind in ("code", "fault"):
                self.tally.did(f"{kind}s", f"{what[0].partition('.')[2]} {what[1]}")

    def settle(self) -> None:
        """At the end of a run: a rule none of whose points can be expressed is out of reach itself."""
        planned = [planned for group in self._points.values() for planned in group]
        points = self.tally.metrics["points"].possible
        sides = {(one.polarity, one.rule) for one in planned if one.point in points}
        alone = {one.rule for one in planned if one.is_alone and one.point in points}
        for one in planned:
            if (one.polarity, one.rule) not in sides:
                self.tally.cannot(f"rules_{one.polarity}", one.rule)
            if one.is_alone and one.rule not in alone:
                self.tally.cannot("independent", one.rule)

    # The journal.

    def record(self, record: Json) -> None:
        """One journal record."""
        operation = self.service.operations.get(record["operation"])
        if operation is None or record["service"] != self.service.id:
            return
        if self.offer is None and operation.name not in self._edges:
            self._edges[operation.name] = Edges(operation, self.service)
            of_operation(self.tally, self.service, operation)
        self.tally.did("operations", operation.name)
        sent = typed(operation, record["parameters"] or {})
        self.tally.did("parameters", *(f"{operation.name} {name}" for name in said(operation.input, sent)))
        if self.offer is None:
            self._traffic(operation, record, sent)
        body, error = unwrapped(self.service, record)
        if body is not None:
            self._answer(operation, body)
        elif error is not None and self.offer is None:
            self.tally.did("codes", f"{operation.name} {error[0]}")

    def _traffic(self, operation: Operation, record: Json, sent: Json) -> None:
        self.tally.did("rules_invalid", *(found["rule"] for found in record["violations"]))
        if not record["reason"]:
            self.tally.did("rules_valid", *self._edges[operation.name].met(sent))

    def _answer(self, operation: Operation, body: Json) -> None:
        output = operation.output or {}
        for name in answer_names(output, body, ()):
            self.tally.did("members", f"{operation.name} {name}")
        for place, value in answer_values(output, body, ()):
            name = f"{operation.name} {place} varied"
            if self._values.setdefault(name, value) != value:
                self.tally.did("members", name)
        for role in self.service.roles.values():
            if role.get("operation") == operation.name and role.get("status"):
                self._show(role, body)

    def _show(self, role: Json, body: Json) -> None:
        """The states that an answer shows."""
        items = dig(body, role["items"]) if role.get("items") else [body]
        for item in items if isinstance(items, list) else ():
            word, task = dig(item, role["status"]), str(dig(item, role["id"]) if role.get("id") else "")
            if word is ABSENT or word is None:
                continue
            self.tally.did("states", str(word))
            last = self._states.get(task)
            if last is not None and last != str(word):
                self.tally.did("transitions", f"{last} > {word}")
            self._states[task] = str(word)

"""Faults that users ask for: documented errors for the next calls, bent answers, and trouble on the wire.

A fault is data; `pipeline` gives documented errors and bends answers, `server` carries out what happens on the wire.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

# What can go wrong on the wire, and when: "before" the call is processed, or "after" it took effect.
WIRE_FAULTS: dict[str, tuple[str, str]] = {
    "wire.close": ("before", "close the connection at once, nothing is processed"),
    "wire.hang": ("before", "never answer (args: seconds, at most 120)"),
    "wire.lost-answer": ("after", "process the call, then close the connection without an answer"),
    "wire.late-answer": ("after", "process the call, answer late (args: seconds)"),
    "wire.hang-body": ("after", "process the call, send head and half the body, then nothing (args: seconds)"),
    "wire.garbage": ("after", "process the call, answer garbage (args: kind)"),
}
# What can be wrong with an answer that keeps the provider's shape (args: path narrows it to one member).
ANSWER_FAULTS: dict[str, str] = {
    "answer.unknown-member": "members that no document names, in every object",
    "answer.reordered": "members in reverse order",
    "answer.null": "null for every optional member",
    "answer.missing": "optional members left out",
    "answer.number-for-text": "numbers where text is documented, as far as it holds digits",
    "answer.text-for-number": "text where numbers are documented",
    "answer.new-word": "a word that no document names where words are listed",
    "answer.big-number": "2^53+1 for integers",
    "answer.status": "tasks in a state of your choice, known or not (args: status); queue several to script a course",
    "answer.no-items": "a list that holds nothing, whatever its total says",
    "answer.rootless": "XML without its root element",
    "state.new-task": "process the call, then create one more task like the newest",
}
# What these take as args.
FAULT_ARGS = ("seconds", "kind", "path", "status")
MOST_FAULTS = 1_000
GARBAGE = ("html-502", "redirect", "empty", "null", "list", "truncated", "charset", "short-body")


@dataclass(slots=True)
class Fault:
    """One instruction.

    operation  "" = every operation of the service; account: None = every account; times: 0 = for good
    """

    id: int
    service: str
    operation: str
    error: str
    times: int = 1
    args: Any = field(default_factory=dict)
    account: str | None = None
    hits: int = 0

    @property
    def is_wire(self) -> bool:
        """Whether it happens on the wire and not in a documented answer."""
        return self.error in WIRE_FAULTS

    @property
    def is_code(self) -> bool:
        """Whether it is a documented error."""
        return not self.is_wire and self.error not in ANSWER_FAULTS

    def as_json(self) -> Json:
        """The record of `GET /_mockcloud/faults`."""
        return {
            "id": self.id,
            "service": self.service,
            "operation": self.operation,
            "error": self.error,
            "times": self.times,
            "args": self.args,
            "account": self.account,
            "hits": self.hits,
        }


class Faults:
    """The faults in force, in the order they were asked for."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._next = 1

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._faults)

    def __len__(self) -> int:
        return len(self._faults)

    def add(
        self,
        service: str,
        operation: str,
        error: str,
        times: int = 1,
        args: Any = None,
        account: str | None = None,
    ) -> Fault:
        """Put a fault in force."""
        fault = Fault(self._next, service, operation, error, times, {} if args is None else args, account)
        self._next += 1
        self._faults.append(fault)
        return fault

    def take(self, service: str, operation: str, account: str) -> Fault | None:
        """The first fault that hits this call; it is used up by one."""
        if not self._faults:
            return None
        for fault in self._faults:
            if fault.service != service or fault.operation not in ("", operation):
                continue
            if fault.account not in (None, account):
                continue
            fault.hits += 1
            if fault.times and fault.hits >= fault.times:
                self._faults.remove(fault)
            return fault
        return None

    def clear(self, account: str | None = None, fault_id: int | None = None) -> int:
        """Lift all faults, those of one account, or one by its id; how many went."""
        before = len(self._faults)
        if fault_id is not None:
            self._faults = [fault for fault in self._faults if fault.id != fault_id]
        elif account is not None:
            self._faults = [fault for fault in self._faults if fault.account != account]
        else:
            self._faults = []
        return before - len(self._faults)

"""Plain, valid requests for every method that an adapter has: what the directed checks disturb.

Ids that a method needs come from calls of our own, made beforehand and not counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ...contract.expression import ABSENT
from ...contract.spec import Operation
from ..adapter import Offer, narrowed
from ..caller import dig
from ..rules import left_out
from ..session import Ending, Session

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asking:
    """One method of an adapter with a request that works.

    name       the role, or the operation
    arguments  prepares the mock (after `session.fresh()`) and gives what the method is called with
    """

    name: str
    method: str
    operation: Operation
    arguments: Callable[[Session], tuple[Any, ...]]

    def make(self, session: Session, patience: float = 0.0) -> Ending:
        """Prepare and call. Faults are to be put in place between `prepared` and `ask`; here there are none."""
        return self.ask(session, self.prepared(session), patience)

    def prepared(self, session: Session, *, moves_clock: bool = True) -> tuple[Any, ...]:
        """A clean mock, a new client, and the arguments of the call."""
        session.fresh(moves_clock=moves_clock)
        arguments = self.arguments(session)
        session.forget()
        return arguments

    def ask(self, session: Session, arguments: tuple[Any, ...], patience: float = 0.0) -> Ending:
        """Make the call."""
        return session.ask(self.method, *arguments, operation=self.operation.name, patience=patience)


def askings(offer: Offer, *, roles: tuple[str, ...] = ()) -> Iterator[Asking]:
    """One for every role and operation that the adapter offers; `roles` narrows to those."""
    for role, name in offer.roles.items():
        if not roles or role in roles:
            yield Asking(role, role, offer.operation(name), _ARGUMENTS[role](offer))
    if roles:
        return
    for name, method in offer.operations.items():
        if method not in _ARGUMENTS:
            yield Asking(name, method, offer.operation(name), _own(offer, offer.operation(name), method))


def works(session: Session, asking: Asking) -> Ending | None:
    """The undisturbed call, made once. None: nothing can be learnt from disturbing it.

    The client cannot express it, or it does not even work then, which is told once, by the item that meets it first.
    """
    key = f"works {asking.name}"
    known: Ending | None = session.judged.get(key)
    if known is None:
        known = session.judged[key] = asking.make(session)
        if known.word not in ("returned", "cannot"):
            session.failing.append((asking.name, asking.operation, known))
            session.unworking.add(asking.name)
    return known if known.word == "returned" else None


def _own(offer: Offer, operation: Operation, method: str, holding: str = "") -> Callable[[Session], tuple[Any, ...]]:
    """Arguments from the first succeeding example; `holding`: one whose answer has something there, if there is."""
    succeeding = [example for example in operation.examples if "error" not in example]
    full = [example for example in succeeding if dig(example.get("answer", {}), holding) not in (ABSENT, [])]
    example = (full if holding and full else succeeding)[0]

    def arguments(session: Session) -> tuple[Any, ...]:
        session.prepare(example.get("given", ()))
        own = left_out(offer, method, operation)
        asked = {name: value for name, value in narrowed(offer, example.get("call", {})).items() if name not in own}
        return (session.filled(asked),)

    return arguments


def _create(offer: Offer) -> Callable[[Session], tuple[Any, ...]]:
    return _own(offer, offer.operation(offer.roles["create"]), "create")


def _list(offer: Offer) -> Callable[[Session], tuple[Any, ...]]:
    return _own(offer, offer.operation(offer.roles["list"]), "list", offer.service.roles["list"].get("items", ""))


def _query(offer: Offer) -> Callable[[Session], tuple[Any, ...]]:
    return lambda session: ([new_task(session)],)


def _task(offer: Offer) -> Callable[[Session], tuple[Any, ...]]:
    return lambda session: (new_task(session),)


_ARGUMENTS: dict[str, Callable[[Offer], Callable[[Session], tuple[Any, ...]]]] = {
    "create": _create,
    "query": _query,
    "list": _list,
    "cancel": _task,
    "wait": _task,
}


def creating(session: Session) -> Json:
    """The documented request that makes a task: `given`, `call`."""
    operation = session.service.operations[session.service.roles["create"]["operation"]]
    return next(example for example in operation.examples if "error" not in example)


def new_task(session: Session) -> Any:
    """The id of a task that we created ourselves, as the provider types it."""
    role = session.service.roles["create"]
    operation = session.service.operations[role["operation"]]
    example = creating(session)
    session.prepare(example.get("given", ()))
    answered = session.send(operation, session.filled(example.get("call", {})))
    found = dig(answered.body, role["id"])
    if found is ABSENT:
        raise ValueError(f"{operation.id} answered no {role['id']}: {answered.error or answered.body}")
    return found


def tasks(session: Session) -> list[Json]:
    """The tasks of the service, oldest first."""
    query = f"service={session.service.id}&account={session.cloud.access_key_id}"
    found: list[Json] = session.cloud.admin("GET", f"/tasks?{query}")["tasks"]
    return found

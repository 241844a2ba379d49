"""Tolerant reading: READER over answers that are bent, also those about tasks that have ended.

Only what an undisturbed answer holds is bent, in whatever format it comes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from ...contract.spec import Operation, Service
from ...mutations import bendable
from ..findings import Case, Finding, ItemResult, case_of
from ..hearing import held_members
from ..session import Ending, Session
from .asking import Asking, askings, new_task, tasks, works
from .lists import everything
from .trouble import OURS
from .waits import failure_code, family_of

Json = dict[str, Any]
_ANYWHERE = ("unknown-member", "reordered")
_LACKS = ("null", "missing")
_BENDS = (*_ANYWHERE, *_LACKS, "number-for-text", "new-word")


@dataclass(frozen=True, slots=True)
class Course:
    """One course of a call whose answers are bent.

    label    what has become of the tasks, "" for new ones
    asking   the call
    bring    brings it about, once everything is prepared
    known    per operation: members that another course bends
    """

    label: str
    asking: Asking
    bring: Callable[[Session], None]
    known: dict[str, set[str]]


def reader(session: Session, result: ItemResult) -> Iterator[Finding]:
    """Answers that are longer, shorter or in another order than usual read like the usual one."""
    for asking in askings(session.offer):
        if works(session, asking) is None or asking.operation.output is None:
            continue
        cases: dict[str, list[Case]] = {}
        tried: dict[str, int] = {}
        for course in _courses(session, asking):
            plain = _asked(session, course)
            if plain.word != "returned" and not (asking.name == "wait" and plain.word == "failed"):
                continue  # what a client says of a task that has ended is WAIT-FINAL's business
            for bent in _bent(session, asking, course, plain):
                ending = _asked(session, course, bent)
                name = bent.operation.id
                tried[name] = tried.get(name, 0) + 1
                result.judged += 1
                session.note("member", name, f"{bent.path or '*'} {bent.kind}")
                if not _is_read(session, asking, ending, plain, bent):
                    case = case_of(bent.label, f"{asking.name}, {bent.label}", ending, ending.says)
                    cases.setdefault(name, []).append(case)
        for subject, found in cases.items():
            says = "what the documents allow of an answer is read: unknown, reordered, missing and null members"
            title = "an answer that the documents allow is not read"
            yield Finding("READER", subject, title, says, OURS, tuple(found), tried[subject], result.item.id)


@dataclass(frozen=True, slots=True)
class _Bent:
    """One way to bend the answers of an operation. is_outcome: only a task that has ended has the member."""

    operation: Operation
    label: str
    kind: str
    path: str = ""
    is_outcome: bool = False


def _courses(session: Session, asking: Asking) -> Iterator[Course]:
    """New tasks, then those that have succeeded and failed, where a call shows them."""
    known: dict[str, set[str]] = {}
    yield Course("", asking, lambda _: None, known)
    role = session.service.roles.get(asking.name, {})
    if asking.name not in ("query", "list", "wait") or not role.get("status"):
        return
    if asking.name == "list":
        asking = replace(asking, arguments=_all_of_one)
    family = family_of(session.offer)
    last, code = family.steps[-1], failure_code(session)
    if asking.name != "wait":  # whoever waits has seen that already
        yield Course(f"of a task that is {last}", asking, _each(lambda task: task.force(last)), known)
    if family.failed is not None:
        yield Course(f"of a task that is {family.failed}", asking, _each(lambda task: task.fail(code)), known)


def _all_of_one(session: Session) -> tuple[Any, ...]:
    """Makes a task and asks for all: the documented example may ask for some only, and these may have ended."""
    new_task(session)
    role = session.service.roles["list"]
    return (everything(session, session.service.operations[role["operation"]], role.get("page", {}))[0],)


def _each(end: Callable[[Any], Any]) -> Callable[[Session], None]:
    def bring(session: Session) -> None:
        for task in tasks(session):
            end(session.cloud.task(task["id"], session.service.id))

    return bring


def _asked(session: Session, course: Course, bent: _Bent | None = None) -> Ending:
    arguments = course.asking.prepared(session)
    course.bring(session)
    if bent is not None:
        args = {"path": bent.path} if bent.path else {}
        session.cloud.fail_next(session.service.id, bent.operation.name, f"answer.{bent.kind}", times=0, args=args)
    return course.asking.ask(session, arguments)


def _bent(session: Session, asking: Asking, course: Course, plain: Ending) -> Iterator[_Bent]:
    """Every way to bend what the undisturbed answers hold and those of no earlier course held."""
    for name in dict.fromkeys([asking.operation.name, *(record["operation"] for record in plain.all)]):
        operation = session.service.operations.get(name)
        records = tuple(record for record in plain.all if record["operation"] == name)
        if operation is None or operation.output is None or not records:
            continue
        held, first = (held_members(session.service, operation, some) for some in (records, records[:1]))
        is_over = bool(course.label) or name != asking.operation.name
        known = course.known.setdefault(name, set())
        new = held - known
        if not new and known:
            continue
        known |= held
        for kind, path in _ways(session.service, operation, asking, new):
            label = " ".join(filter(None, [f"{kind}: {path}" if path else f"{kind} everywhere", course.label]))
            late = asking.name == "wait" and (is_over or path not in first)
            yield _Bent(operation, label, kind, path, is_outcome=bool(course.label) or late)


def _ways(service: Service, operation: Operation, asking: Asking, held: set[str]) -> Iterator[tuple[str, str]]:
    needed = needed_members(service, operation)
    # Queries and lists show a state that nobody knows; what waiting makes of it is WAIT-FINAL's business.
    role = service.roles.get(asking.name, {}) if operation is asking.operation else {}
    state = f"{role.get('items', '')}.{role.get('status', '')}".lstrip(".") if asking.name != "wait" else ""
    yield from ((kind, "") for kind in _ANYWHERE)
    for kind in _BENDS[len(_ANYWHERE) :]:
        for path in bendable(kind, operation):
            is_free = kind == "number-for-text" or (kind == "new-word" and path == state)
            is_needed = any(name == path or name.startswith(f"{path}.") for name in needed)
            if path in held and (is_free or not is_needed):
                yield kind, path


def needed_members(service: Service, operation: Operation) -> set[str]:
    """Members without which an answer says nothing: ids, states, outcomes, items, and what pages go by."""
    found: set[str] = set()
    for role in service.roles.values():
        if role.get("operation") != operation.name:
            continue
        items = role.get("items") or ""
        for word in ("id", "status"):
            if role.get(word):
                found |= {f"{items}.{role[word]}".lstrip("."), role[word]}
        found |= {*role.get("outcome", ())}
        found |= {value for value in (items, *map(str, role.get("page", {}).values())) if value}
    return found


def _is_read(session: Session, asking: Asking, ending: Ending, plain: Ending, bent: _Bent) -> bool:
    """Whether a bent answer came to what the plain one did.

    The ids that a query or list gives are new in every case: as many are wanted. Whoever insists on what a task that
    has ended came to, its pictures or its error, may say that they are missing.
    """
    if ending.word != plain.word:
        is_clean = ending.word not in ("returned", "hung", "endless") and not ending.is_programming_error
        return is_clean and (plain.word == "failed" or (bent.is_outcome and bent.kind in _LACKS))
    if asking.name in ("query", "list") and ending.word == "returned":
        return len(session.ids(ending)) == len(session.ids(plain))
    return True

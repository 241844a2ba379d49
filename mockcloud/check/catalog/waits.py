"""Waiting: WAIT-FINAL over every way a task can go, SUBTASK where a finished task may hold a failed part.

Time is virtual: a pause of the client moves the mock's clock. Unbounded means 10,000 pauses, or a day of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ...contract.spec import Family
from ...mutations import UNKNOWN_WORD
from ..adapter import PROGRAMMING_ERRORS, Offer
from ..findings import Case, Finding, ItemResult, case_of
from ..session import Ending, Session
from .asking import Asking, askings, new_task, works

Json = dict[str, Any]
Disturb = Callable[[Session, Asking, str], None]
_PATIENCE_S = 40.0
_MOST_LOOKS = 5  # at a task that has ended: one shows the state, others may fetch details or make sure


@dataclass(frozen=True, slots=True)
class Course:
    """One way for a task to go.

    disturb     brings it about
    is_success  whether waiting may return
    state       the state that is shown; is_over: whether it is shown from the beginning and nothing comes after it
    """

    label: str
    disturb: Disturb
    is_success: bool
    state: str = ""
    is_over: bool = False


def no_wait(offer: Offer) -> str:
    """Why nothing is waited for."""
    return "" if "wait" in offer.roles else "the adapter does not wait"


def family_of(offer: Offer) -> Family:
    """The life cycle of the tasks that the service's create role makes."""
    operation = offer.operation(offer.service.roles["create"]["operation"])
    return offer.service.families[operation.family]


def wait_final(session: Session, result: ItemResult) -> Iterator[Finding]:
    """Waiting ends for every final state, with the right verdict, and never without a bound."""
    asking = next(askings(session.offer, roles=("wait",)))
    if works(session, asking) is None:
        return
    courses = list(_courses(session))
    wrong: dict[str, list[Case]] = {}
    for course in courses:
        ending = _waited(session, asking, course)
        result.judged += 1
        title = _title(course, ending)
        if title:
            wrong.setdefault(title, []).append(case_of(course.label, f"wait, {course.label}", ending, ending.says))
    family = family_of(session.offer)
    for title, cases in wrong.items():
        says = "waiting ends for every state with the right verdict, and never without a bound"
        subject = asking.operation.id
        yield Finding("WAIT-FINAL", subject, title, says, family.cite, tuple(cases), len(courses), result.item.id)


def _courses(session: Session) -> Iterator[Course]:
    family = family_of(session.offer)
    yield Course("the task succeeds", _nothing, True, str(family.steps[-1]))
    yield Course("the task is seen in every state", _step_by_step, True)
    if family.failed is not None:
        yield Course(f"the task ends as {family.failed}", _fail, False, str(family.failed), True)
    if family.cancelled is not None:
        word = family.cancelled
        yield Course(f"the task ends as {word}", _force(word), False, str(word), True)
    for step in family.steps[:-1]:
        if family.failed is not None:
            yield Course(f"the task is {step}, then {family.failed}", _after(step, _fail), False)
    for step in family.steps[: family.queued]:
        if family.cancelled is not None:
            yield Course(f"the task is {step}, then {family.cancelled}", _after(step, _force(family.cancelled)), False)
    running = family.steps[-2]
    yield Course(f"the task stays {running} for ever", _stay(running), False, str(running))
    yield Course("the task stays in a state that no document names", _stay(_unknown(family)), False)
    yield Course("the task vanishes", _vanish, False)


def _unknown(family: Family) -> str | int:
    return UNKNOWN_WORD if isinstance(family.steps[0], str) else 99


def _waited(session: Session, asking: Asking, course: Course) -> Ending:
    session.fresh()
    task = new_task(session)
    session.forget()
    course.disturb(session, asking, str(task))
    if course.state:
        session.note("state", course.state)
    return session.ask("wait", task, operation=asking.operation.name, patience=_PATIENCE_S)


def _title(course: Course, ending: Ending) -> str:
    if ending.word == "endless":
        return "waiting has no bound"
    if ending.word == "hung":
        return "waiting does not end"
    if ending.is_programming_error:
        return "waiting crashes"
    if course.is_success:
        return "" if ending.word == "returned" else "a task that succeeded is not taken for success"
    if ending.word == "returned":
        return "a task that did not succeed is taken for success"
    if course.is_over and len(ending.requests) > _MOST_LOOKS:
        return "a task that has ended is waited for"
    return ""


def _nothing(session: Session, asking: Asking, task: str) -> None:
    pass


def _fail(session: Session, asking: Asking, task: str) -> None:
    session.cloud.task(task, session.service.id).fail(failure_code(session))


def failure_code(session: Session) -> str | int:
    """What a task of the service fails with."""
    entries = [entry for entry in session.service.errors if entry.task]
    # Where tasks have HTTP statuses of their own, 200 is the code of a success.
    codes = [entry.code for entry in entries if entry.status != 200] or [entry.code for entry in entries]
    return codes[0] if codes else 1


def _after(step: str | int, end: Disturb) -> Disturb:
    """The task is shown in a state once, then it has ended."""

    def disturb(session: Session, asking: Asking, task: str) -> None:
        end(session, asking, task)
        name = asking.operation.name
        session.cloud.fail_next(session.service.id, name, "answer.status", times=1, args={"status": step})

    return disturb


def _force(word: str | int) -> Disturb:
    def force(session: Session, asking: Asking, task: str) -> None:
        session.cloud.task(task, session.service.id).force(word)

    return force


def _step_by_step(session: Session, asking: Asking, task: str) -> None:
    """Each state once, in order, whatever the clock says; then the task is done."""
    steps = family_of(session.offer).steps
    name = asking.operation.name
    for word in steps[:-1]:
        session.cloud.fail_next(session.service.id, name, "answer.status", args={"status": word})
    # The last answers are its own, and by then it is done.
    session.cloud.task(task, session.service.id).force(steps[-1])


def _stay(word: str | int) -> Disturb:
    def stay(session: Session, asking: Asking, task: str) -> None:
        name = asking.operation.name
        session.cloud.fail_next(session.service.id, name, "answer.status", times=0, args={"status": word})

    return stay


def _vanish(session: Session, asking: Asking, task: str) -> None:
    """An empty list where the task is looked up in one, else the documented refusal of an unknown id."""
    name = asking.operation.name
    has_items = any(role.get("items") for role in session.service.roles.values() if role.get("operation") == name)
    if has_items:
        session.cloud.fail_next(session.service.id, name, "answer.no-items", times=0)
        return
    unknown = next((rule for rule in asking.operation.rules if rule.side == "server" and rule.answer), None)
    code = unknown.answer.code if unknown is not None and unknown.answer else session.service.errors[0].code
    session.cloud.fail_next(session.service.id, name, code, times=0)


def no_subtask(offer: Offer) -> str:
    """Why a finished task holds no failed part."""
    if "wait" not in offer.roles:
        return "the adapter does not wait"
    family = family_of(offer)
    return "" if family.failed is None else f"a failed task is {family.failed}, which WAIT-FINAL looks at"


def subtask(session: Session, result: ItemResult) -> Iterator[Finding]:
    """A finished task whose part has failed is a failure."""
    asking = next(askings(session.offer, roles=("wait",)))
    if works(session, asking) is None:
        return
    family = family_of(session.offer)
    codes = [entry.code for entry in session.service.errors if entry.task]
    cases: list[Case] = []
    for code in codes:
        session.fresh()
        task = new_task(session)
        session.forget()
        session.cloud.task(str(task), session.service.id).force(family.steps[-1], code)
        ending = session.ask("wait", task, operation=asking.operation.name, patience=_PATIENCE_S)
        result.judged += 1
        if ending.word == "returned" or isinstance(ending.problem, PROGRAMMING_ERRORS):
            cases.append(case_of(code, f"wait, {family.steps[-1]} with a part that failed with {code}", ending))
    if cases:
        says = f"a task that is {family.steps[-1]} has succeeded only when each of its parts has"
        title = "a failed part is taken for success"
        subject = asking.operation.id
        yield Finding("SUBTASK", subject, title, says, family.cite, tuple(cases), len(codes), result.item.id)

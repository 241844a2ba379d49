"""Trouble on the wire: LOST-ANSWER, TIMEOUT, GARBAGE.

A clean end is any exception but a programming error; a fresh connection and a clean mock for every case.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...faults import GARBAGE
from ..adapter import PROGRAMMING_ERRORS, Offer
from ..findings import Case, Finding, ItemResult, case_of
from ..session import Ending, Session
from .asking import Asking, askings, tasks, works

Json = dict[str, Any]
_LATE_S = 0.3  # how much later than the client's patience an answer or the end of the silence comes
_GRACE_S = 1.0  # how much longer than it promised a client may take on a busy machine
LOST_FAULTS = ("wire.lost-answer", "wire.late-answer", "wire.hang-body")
READABLE = ("charset",)  # the true answer in UTF-16, and labelled so: whoever can read it has read no garbage
OURS = "decision: nothing documents what a client does here; it is what every client needs"


def no_create(offer: Offer) -> str:
    """Why nothing can be created."""
    return "" if "create" in offer.roles else "the adapter does not create tasks"


def lost_answer(session: Session, result: ItemResult) -> Iterator[Finding]:
    """At most one task comes of one call, also when its answer is lost, late, or cut off after it was accepted."""
    asking = next(askings(session.offer, roles=("create",)))
    if works(session, asking) is None:
        return
    late = session.adapter.gives_up_within + _LATE_S
    troubles: tuple[tuple[str, str, Json], ...] = (
        ("answer lost", LOST_FAULTS[0], {}),
        ("answer late", LOST_FAULTS[1], {"seconds": late}),
        ("answer cut off", LOST_FAULTS[2], {"seconds": 0}),
    )
    doubled: list[Case] = []
    swallowed: list[Case] = []
    for label, fault, args in troubles:
        ending = _troubled(session, asking, fault, args)
        result.judged += 1
        made = len(tasks(session))
        if made > 1:
            doubled.append(case_of(label, f"create, {label}", ending, f"one call made {made} tasks; it {ending.says}"))
        elif _is_success(session, ending) or _is_programming_error(ending):
            swallowed.append(case_of(label, f"create, {label}", ending, ending.says))
    says = "one call makes at most one task, whatever becomes of the answer"
    for title, cases in (
        ("one call made several tasks", doubled),
        ("a lost answer does not end in a clean error", swallowed),
    ):
        if cases:
            subject = asking.operation.id
            yield Finding("LOST-ANSWER", subject, title, says, OURS, tuple(cases), len(troubles), result.item.id)


def timeout(session: Session, result: ItemResult) -> Iterator[Finding]:
    """A call ends within the time that the adapter promises when nothing is answered, or half an answer."""
    promised = session.adapter.gives_up_within
    for asking in one_reading_one_writing(session.offer):
        if works(session, asking) is None:
            continue
        cases: list[Case] = []
        for label, fault in (("silence", "wire.hang"), ("silence in the body", "wire.hang-body")):
            if fault == "wire.hang-body" and asking.operation.output is None:
                continue
            ending = _troubled(session, asking, fault, {"seconds": promised + _GRACE_S + 2 * _LATE_S})
            result.judged += 1
            if ending.word == "hung" or ending.result.seconds > promised + _GRACE_S:
                detail = f"was busy for {ending.result.seconds:.1f} s, it promises {promised} s (gives_up_within)"
                cases.append(case_of(label, f"{asking.name}, {label}", ending, detail))
            elif _is_success(session, ending) or _is_programming_error(ending):
                cases.append(case_of(label, f"{asking.name}, {label}", ending, ending.says))
        if cases:
            says = f"a call ends cleanly within {promised} s when nothing is answered"
            title = "the call does not end in time and cleanly when the provider is silent"
            subject = asking.operation.id
            yield Finding("TIMEOUT", subject, title, says, OURS, tuple(cases), 2, result.item.id)


def garbage(session: Session, result: ItemResult) -> Iterator[Finding]:
    """HTML, redirects, empty, null, truncated and wrongly encoded answers end in a clean error."""
    for asking in askings(session.offer):
        if asking.name == "wait" or asking.operation.output is None:
            continue
        if works(session, asking) is None:
            continue
        cases: list[Case] = []
        for kind in GARBAGE:
            ending = _troubled(session, asking, "wire.garbage", {"kind": kind})
            result.judged += 1
            is_read = _is_success(session, ending) and kind not in READABLE
            if is_read or ending.word == "hung" or _is_programming_error(ending):
                cases.append(case_of(kind, f"{asking.name}, answered with {kind}", ending, ending.says))
        if cases:
            says = "an answer that is none ends in a clean error, never in success or a crash"
            title = "a garbage answer does not end in a clean error"
            subject = asking.operation.id
            yield Finding("GARBAGE", subject, title, says, OURS, tuple(cases), len(GARBAGE), result.item.id)


def _troubled(session: Session, asking: Asking, fault: str, args: Json) -> Ending:
    """One call under a fault that stays until it ends."""
    arguments = asking.prepared(session)
    session.cloud.fail_next(session.service.id, asking.operation.name, fault, times=0, args=args)
    ending = asking.ask(session, arguments, patience=session.adapter.gives_up_within + 2 * _GRACE_S)
    session.note("fault", asking.operation.id, fault if fault != "wire.garbage" else f"garbage {args['kind']}")
    return ending


def one_reading_one_writing(offer: Offer) -> Iterator[Asking]:
    """Whom TIMEOUT tries. Waiting costs real time: one call that creates and one that reads speak for the rest."""
    writing = [role for role in ("create",) if role in offer.roles]
    reading = [role for role in ("query", "list") if role in offer.roles]
    wanted = (*writing, *reading[:1])
    if wanted:
        yield from askings(offer, roles=wanted)
    else:
        yield from list(askings(offer))[:1]


def _is_success(session: Session, ending: Ending) -> bool:
    """Whether a call returned although it had no answer to read.

    The id of a task that was made is no pretence: a client may find its task again in a list, by its own key.
    """
    return ending.word == "returned" and str(ending.value) not in {str(task["id"]) for task in tasks(session)}


def _is_programming_error(ending: Ending) -> bool:
    return isinstance(ending.problem, PROGRAMMING_ERRORS) and ending.word != "failed"

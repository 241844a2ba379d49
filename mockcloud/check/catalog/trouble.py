"""Trouble on the wire: LOST-ANSWER, GARBAGE; for TIMEOUT see silence.

A clean end is any exception but a programming error; a fresh connection and a clean mock for every case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ...faults import GARBAGE
from ..adapter import Offer
from ..findings import Case, Finding, ItemResult, case_of
from ..session import Ending, Session
from .asking import Asking, askings, tasks, works

Json = dict[str, Any]
LATE_S = 0.3  # how much later than the client's patience an answer or the end of the silence comes
GRACE_S = 1.0  # how much longer than it promised a client may take on a busy machine
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
    late = session.adapter.gives_up_within + LATE_S
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
        elif is_success(session, ending) or ending.is_programming_error:
            swallowed.append(case_of(label, f"create, {label}", ending, ending.says))
    says = "one call makes at most one task, whatever becomes of the answer"
    for title, cases in (
        ("one call made several tasks", doubled),
        ("a lost answer does not end in a clean error", swallowed),
    ):
        if cases:
            subject = asking.operation.id
            yield Finding("LOST-ANSWER", subject, title, says, OURS, tuple(cases), len(troubles), result.item.id)


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
            is_read = is_success(session, ending) and kind not in READABLE
            if is_read or ending.word == "hung" or ending.is_programming_error:
                cases.append(case_of(kind, f"{asking.name}, answered with {kind}", ending, ending.says))
        if cases:
            says = "an answer that is none ends in a clean error, never in success or a crash"
            title = "a garbage answer does not end in a clean error"
            subject = asking.operation.id
            yield Finding("GARBAGE", subject, title, says, OURS, tuple(cases), len(GARBAGE), result.item.id)


def troubled(session: Session, asking: Asking, fault: str, args: Json) -> Callable[[], Ending]:
    """A clean mock with a fault that stays until the call ends, which is made when the result is called."""
    arguments = asking.prepared(session)
    session.cloud.fail_next(session.service.id, asking.operation.name, fault, times=0, args=args)
    return lambda: asking.ask(session, arguments, patience=session.adapter.gives_up_within + 2 * GRACE_S)


def _troubled(session: Session, asking: Asking, fault: str, args: Json) -> Ending:
    """One call under a fault."""
    ending = troubled(session, asking, fault, args)()
    session.note("fault", asking.operation.id, fault if fault != "wire.garbage" else f"garbage {args['kind']}")
    return ending


def is_success(session: Session, ending: Ending) -> bool:
    """Whether a call returned although it had no answer to read.

    The id of a task that was made is no pretence: a client may find its task again in a list, by its own key.
    """
    return ending.word == "returned" and str(ending.value) not in {str(task["id"]) for task in tasks(session)}

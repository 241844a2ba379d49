"""TIMEOUT: a call ends when nothing is answered. Silence costs real time, so that the calls wait for it together.

Each has an account of its own. Clients that share something are slower in company, or ask for the account of another:
what does not end cleanly is tried again alone, until one of them has shown that it is not the company.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from ..adapter import Offer
from ..findings import Case, Finding, ItemResult, case_of
from ..session import AdapterMistake, Ending, Session
from .asking import Asking, askings, works
from .trouble import GRACE_S, LATE_S, OURS, is_success, troubled

Json = dict[str, Any]
_MOST_TOGETHER = 32

Told = tuple[Ending, str]  # what came of a call, and what is wrong with it


@dataclass(frozen=True, slots=True)
class Silence:
    """One call that is not answered, or half."""

    asking: Asking
    label: str
    fault: str

    def begin(self, session: Session) -> Callable[[], Ending]:
        """Prepare the mock; the call is made when the result is called."""
        seconds = session.adapter.gives_up_within + GRACE_S + 2 * LATE_S
        return troubled(session, self.asking, self.fault, {"seconds": seconds})


def silences(offer: Offer) -> Iterator[Silence]:
    """All that are tried: every method, but for waiting, whose bound is another."""
    for asking in askings(offer):
        if asking.name == "wait":
            continue
        yield Silence(asking, "silence", "wire.hang")
        if asking.operation.output is not None:
            yield Silence(asking, "silence in the body", "wire.hang-body")


def timeout(session: Session, result: ItemResult) -> Iterator[Finding]:
    """A call ends within the time that the adapter promises when nothing is answered, or half an answer."""
    chosen = [silence for silence in silences(session.offer) if works(session, silence.asking) is not None]
    together = _tried_together(session, chosen)
    cases: dict[str, list[Case]] = {}
    tried: Counter[str] = Counter()
    for silence, told in zip(chosen, together, strict=True):
        operation = silence.asking.operation.id
        result.judged += 1
        tried[operation] += 1
        session.note("fault", operation, silence.fault)
        if told is None or (told[1] and not cases):
            told = _tried(session, silence.begin(session))
        if told[1]:
            asked = f"{silence.asking.name}, {silence.label}"
            cases.setdefault(operation, []).append(case_of(silence.label, asked, *told))
    for operation, some in cases.items():
        says = f"a call ends cleanly within {session.adapter.gives_up_within} s when nothing is answered"
        title = "the call does not end in time and cleanly when the provider is silent"
        yield Finding("TIMEOUT", operation, title, says, OURS, tuple(some), tried[operation], result.item.id)


def _tried_together(session: Session, chosen: list[Silence]) -> list[Told | None]:
    """What came of each while others waited beside it; None for one that was not even asked there."""
    together: list[Told | None] = []
    for first in range(0, len(chosen), _MOST_TOGETHER):
        with ExitStack() as stack, ThreadPoolExecutor(_MOST_TOGETHER) as pool:
            waiting: list[Future[Told | None]] = []
            for silence in chosen[first : first + _MOST_TOGETHER]:
                beside = stack.enter_context(session.beside(f"silent-{len(waiting)}").open())
                # Connecting and preparing go one by one: clients may read their settings from a place they share.
                call = _begun(beside, silence)
                waiting.append(pool.submit(_tried_beside, beside, call))
            together += [trial.result() for trial in waiting]
    return together


def _begun(session: Session, silence: Silence) -> Callable[[], Ending] | None:
    try:
        return silence.begin(session)
    except AdapterMistake:
        return None


def _tried_beside(session: Session, call: Callable[[], Ending] | None) -> Told | None:
    if call is None:
        return None
    try:
        told = _tried(session, call)
    except AdapterMistake:
        return None
    return told if told[0].all else None


def _tried(session: Session, call: Callable[[], Ending]) -> Told:
    ending = call()
    return ending, _wrong(session, ending)


def _wrong(session: Session, ending: Ending) -> str:
    """What is wrong with how a call ended that nobody answered; "" for a clean end in time."""
    promised = session.adapter.gives_up_within
    if ending.word == "hung" or ending.result.seconds > promised + GRACE_S:
        return f"was busy for {ending.result.seconds:.1f} s, it promises {promised} s (gives_up_within)"
    return ending.says if is_success(session, ending) or ending.is_programming_error else ""

"""What a client did with one input, judged: the one table that all rule checks share.

| what happened                          | forbidden, refuse | forbidden, forward            | allowed |
|----------------------------------------|-------------------|-------------------------------|---------|
| refused, nothing sent                  | ok                | ok                            | fail    |
| refused after something was sent       | fail if it breaks a rule | ok if the provider refused it | fail    |
| sent unchanged, provider error surfaced | fail             | ok                            | fail    |
| sent unchanged, call returned          | fail              | fail: refusal swallowed       | ok      |
| sent changed                           | fail              | fail                          | fail    |
| another exception                      | fail: crashed     | fail                          | fail    |

Only rules whose basis is `documented` can make an input forbidden.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..contract.spec import Operation, Rule
from .compare import differences, is_in_parts
from .session import Ending, Session

Json = dict[str, Any]

OK = "ok"
UNREACHABLE = "unreachable"
UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one input came to.

    word  "ok", "unreachable" (the client cannot express it), "undecided" (state got in the way), else what is wrong
    """

    word: str
    detail: str = ""

    @property
    def is_finding(self) -> bool:
        """Whether the client did something wrong."""
        return self.word not in (OK, UNREACHABLE, UNDECIDED)


SENT_VIOLATION = "a request that breaks a documented rule was sent"
SWALLOWED = "the provider's refusal was swallowed: the call returned"
CHANGED = "the input was silently changed"
CRASHED = "the client crashed"
REFUSED_ALLOWED = "allowed input was refused"
FAILED_ALLOWED = "allowed input ended in an error"
NOT_SENT = "nothing was sent, yet the call returned"
HUNG = "the call did not end"


def judge(session: Session, operation: Operation, asked: Json, ending: Ending, broken: frozenset[str]) -> Verdict:
    """Judge one ending. `broken`: documented rules that the input breaks; empty = the input is allowed."""
    if ending.word == "cannot":
        return Verdict(UNREACHABLE, str(ending.problem))
    if ending.word in ("hung", "endless"):
        return Verdict(HUNG, ending.says)
    if ending.word == "crashed":
        return Verdict(CRASHED, ending.says)
    intended = session.adapter.intended(asked)
    if broken and intended == asked:
        return _forbidden(session, operation, asked, ending, broken)
    return _allowed(session, operation, intended, ending)


def _forbidden(session: Session, operation: Operation, asked: Json, ending: Ending, broken: frozenset[str]) -> Verdict:
    if not ending.requests:
        is_said = ending.word != "returned" or _is_about_nothing(operation, ending, broken)
        return Verdict(OK) if is_said else Verdict(NOT_SENT, ending.says)
    changes = changed(session, operation, asked, ending.requests[0])
    if changes and not _breaks_any(ending, broken):
        is_done = ending.word == "returned" or _state_reason(operation, ending)
        is_whole = is_done and _is_in_parts(session, operation, asked, ending)
        return Verdict(OK) if is_whole else Verdict(CHANGED, "; ".join(changes))
    if session.adapter.policy == "refuse":
        return Verdict(SENT_VIOLATION, ending.says)
    if ending.word == "returned" and not _was_refused(ending):
        return Verdict(OK)  # nothing to surface: the rule has no refusal on the wire
    if ending.word == "returned":
        return Verdict(SWALLOWED, ending.says)
    return Verdict(OK) if _was_refused(ending) else Verdict(FAILED_ALLOWED, ending.says)


def _allowed(session: Session, operation: Operation, asked: Json, ending: Ending) -> Verdict:
    if not ending.requests:
        if ending.word == "returned":
            return Verdict(NOT_SENT, ending.says)
        return Verdict(REFUSED_ALLOWED, ending.says)
    changes = changed(session, operation, asked, ending.requests[0])
    if changes and not _is_in_parts(session, operation, asked, ending):
        return Verdict(CHANGED, "; ".join(changes))
    state = _state_reason(operation, ending)
    if state:
        return Verdict(UNDECIDED, f"the mock's state got in the way: {state}")
    if ending.word == "returned":
        return Verdict(SWALLOWED, ending.says) if _was_refused(ending) else Verdict(OK)
    if ending.word == "refused":
        return Verdict(REFUSED_ALLOWED, f"after it was sent: {ending.says}")
    return Verdict(FAILED_ALLOWED, ending.says)


def changed(session: Session, operation: Operation, asked: Json, record: Json) -> list[str]:
    """What differs between what was asked and what a request carried, as far as the adapter offers it.

    A default that is sent where a rule forbids it is a change as well: the request breaks what the input did not.
    """
    found = differences(operation, asked, record["parameters"], session.offer)
    if found:
        return found
    client = {rule.id for rule in operation.rules if rule.side == "client" and rule.effect == "reject"}
    new = {broken["rule"] for broken in record["violations"]} & client - session.offer.broken(operation, asked)
    return [f"sent a member that breaks {rule}, which what was asked does not" for rule in sorted(new)]


def _is_in_parts(session: Session, operation: Operation, asked: Json, ending: Ending) -> bool:
    sent = [record["parameters"] for record in ending.requests]
    return is_in_parts(operation, asked, sent, session.offer, stopped=bool(_state_reason(operation, ending)))


def _is_about_nothing(operation: Operation, ending: Ending, broken: frozenset[str]) -> bool:
    """Whether a client was asked about no ids at all, and gave nothing without asking."""
    kinds = {rule.kind for rule in operation.rules if rule.id in broken}
    return kinds == {"min-items"} and not operation.family and not ending.value


def _was_refused(ending: Ending) -> bool:
    return any(record["reason"] for record in ending.requests)


def _breaks_any(ending: Ending, broken: frozenset[str]) -> bool:
    return any(found["rule"] in broken for record in ending.requests for found in record["violations"])


# Fixed words with which behaviours say that state, not the request, is in the way.
_STATES = ("not-found", "unconfirmed", "option")


def _state_reason(operation: Operation, ending: Ending) -> str:
    """Why the mock's state refused an input that is allowed (an unknown id, a receiver that is not there); else ""."""
    states = {rule.id for rule in operation.rules if rule.side == "server"} | set(_STATES)
    return next((str(record["reason"]) for record in ending.requests if record["reason"] in states), "")


def is_documented(rule: Rule) -> bool:
    """Whether a rule may fail somebody's client."""
    return rule.basis == "documented" and rule.side == "client"

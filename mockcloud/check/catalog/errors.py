"""Documented errors at the client: ERR-MAP, RETRY-NEVER, RETRY-LOAD.

An injected code stays until the call ends, so a client that repeats meets it again.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...contract.spec import ErrorEntry, Operation, Service
from ..adapter import Offer
from ..findings import Case, Finding, ItemResult, case_of
from ..session import Ending, Session
from .asking import Asking, askings, works

_TIMES_BUSY = (1, 2)


def codes_of(operation: Operation, service: Service) -> list[ErrorEntry]:
    """The errors that a client of an operation can meet: those documented for it, else the service's own table."""
    codes = operation.errors or tuple(
        dict.fromkeys(entry.code for entry in service.errors if entry.table == "service" and not entry.task)
    )
    entries = [service.error(code, "", operation.name) for code in codes]
    return [entry for entry in entries if entry.code != "OK"]


def busy_codes(operation: Operation, service: Service) -> list[ErrorEntry]:
    """The errors after which a client may ask again: those of the operation, and those of a gateway that is busy.

    A gateway stands before every operation and is named by none.
    """
    gateway = [entry for entry in service.errors if entry.table == "gateway" and entry.retry == "load"]
    known = [entry for entry in codes_of(operation, service) if entry.retry != "never"]
    return list({entry.code: entry for entry in (*gateway, *known)}.values())


def injected(session: Session, asking: Asking, entry: ErrorEntry) -> Ending:
    """How the client ends when every request of a call meets a code. Known endings are not asked for again."""
    key = f"inject {asking.name} {entry.code}"
    known: Ending | None = session.judged.get(key)
    if known is None:
        arguments = asking.prepared(session)
        session.cloud.fail_next(session.service.id, asking.operation.name, entry.code, times=0)
        known = session.judged[key] = asking.ask(session, arguments)
        session.note("code", asking.operation.id, entry.code)
    return known


def missing_fails(offer: Offer) -> str:
    """Why errors cannot be read."""
    if not offer.adapter_class.fails:
        return "the adapter names no exceptions of the provider's errors (fails)"
    return ""


def err_map(session: Session, result: ItemResult) -> Iterator[Finding]:
    """Code, status and request id of every documented error reach the caller; no error reads as success."""
    for asking in askings(session.offer):
        if works(session, asking) is None:
            continue
        wrong: dict[str, list[Case]] = {}
        entries = [entry for entry in codes_of(asking.operation, session.service) if _is_met(asking, entry)]
        for entry in entries:
            ending = injected(session, asking, entry)
            result.judged += 1
            title, detail = _misread(session, ending, entry)
            if title:
                wrong.setdefault(title, []).append(case_of(entry.code, f"{asking.name}, {entry.code}", ending, detail))
        for title, cases in wrong.items():
            says = "the code, HTTP status and request id of every documented error reach the caller"
            cite = session.service.error(cases[0].label, "", asking.operation.name).cite
            yield Finding("ERR-MAP", asking.operation.id, title, says, cite, tuple(cases), len(entries), result.item.id)


def _is_met(asking: Asking, entry: ErrorEntry) -> bool:
    """A client that waits may go on after an error that passes; what it does then is RETRY-LOAD's business."""
    return asking.name != "wait" or entry.retry == "never"


def _misread(session: Session, ending: Ending, entry: ErrorEntry) -> tuple[str, str]:
    if ending.word == "returned":
        return "a documented error reads as success", ending.says
    if ending.word in ("hung", "endless"):
        return "the call did not end", ending.says
    if ending.word != "failed":
        return "a documented error does not arrive as one of the adapter's `fails`", ending.says
    if not ending.requests:
        return "a documented error was not waited for", ending.says
    code, status, request_id = session.read_error(ending)
    record = ending.requests[-1]
    if code != entry.code:
        return "the error's code is lost", f"the client says {code!r}, the provider said {entry.code!r}"
    if status != record["status"]:
        return "the error's HTTP status is lost", f"the client says {status}, the provider said {record['status']}"
    if request_id != record["request_id"]:
        return "the error's request id is lost", f"the client says {request_id!r}, it was {record['request_id']!r}"
    return "", ""


def retry_never(session: Session, result: ItemResult) -> Iterator[Finding]:
    """Errors that repeating cannot mend are met once."""
    for asking in askings(session.offer):
        if asking.name == "wait" or works(session, asking) is None:
            continue
        entries = [entry for entry in codes_of(asking.operation, session.service) if entry.retry == "never"]
        cases = []
        for entry in entries:
            ending = injected(session, asking, entry)
            result.judged += 1
            if len(ending.requests) > 1:
                detail = f"sent {len(ending.requests)} requests, then {ending.says}"
                cases.append(case_of(entry.code, f"{asking.name}, {entry.code}", ending, detail))
        if cases:
            entry = session.service.error(cases[0].label, "", asking.operation.name)
            says = "an error that repeating cannot mend is not answered by repeating"
            title = "a definitive error was met by repeating the request"
            yield Finding(
                "RETRY-NEVER",
                asking.operation.id,
                title,
                says,
                entry.cite,
                tuple(cases),
                len(entries),
                result.item.id,
            )


def retry_load(session: Session, result: ItemResult) -> Iterator[Finding]:
    """A busy provider is asked again at most N times, with pauses; giving up at once is as good.

    Whoever asks again takes the answer when there is one.
    """
    limit = session.adapter.at_most_requests
    for asking in askings(session.offer):
        if asking.name == "wait" or works(session, asking) is None:
            continue
        entries = busy_codes(asking.operation, session.service)
        too_many: list[Case] = []
        tight: list[Case] = []
        for entry in entries:
            ending = injected(session, asking, entry)
            result.judged += 1
            repeats = len(ending.requests) - 1
            pauses = [seconds for seconds in ending.result.pauses if seconds > 0]
            asked = f"{asking.name}, {entry.code} for good"
            if repeats + 1 > limit:
                detail = f"sent {repeats + 1} requests, at most {limit} (at_most_requests)"
                too_many.append(case_of(entry.code, asked, ending, detail))
            elif entry.retry == "load" and repeats > len(pauses):
                tight.append(case_of(entry.code, asked, ending, f"repeated {repeats} times with {len(pauses)} pauses"))
        lost = list(_thrown_away(session, asking, entries))
        for title, cases in (
            ("a busy provider is asked for ever", too_many),
            ("repeated without a pause", tight),
            ("an answer that came after repeating is thrown away", lost),
        ):
            if cases:
                entry = session.service.error(cases[0].label.partition(",")[0], "", asking.operation.name)
                says = f"a busy provider is asked at most {limit} times, with pauses between, until it answers"
                yield Finding(
                    "RETRY-LOAD",
                    asking.operation.id,
                    title,
                    says,
                    entry.cite,
                    tuple(cases),
                    len(entries),
                    result.item.id,
                )


def _thrown_away(session: Session, asking: Asking, entries: list[ErrorEntry]) -> Iterator[Case]:
    """Calls that repeat until the provider is no longer busy, and then fail all the same."""
    busy = next((entry.code for entry in entries if entry.retry == "load"), "")
    for times in _TIMES_BUSY if busy else ():
        arguments = asking.prepared(session)
        session.cloud.fail_next(session.service.id, asking.operation.name, busy, times=times)
        ending = asking.ask(session, arguments)
        is_answered = len(ending.requests) > times and not ending.requests[-1]["reason"]
        if is_answered and ending.word != "returned":
            detail = f"was answered when it asked for the {times + 1}. time, and {ending.says}"
            yield case_of(f"{busy}, {times} times", f"{asking.name}, {busy} {times} times", ending, detail)

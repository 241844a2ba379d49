"""What every request of a client shows by itself: ROUTE, SECRET, FRESH. Also BATCH and IGNORED."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Any

from ...contract.limits import value_types
from ...contract.spec import Operation
from ...gate import SECRET
from ..adapter import Offer
from ..findings import Case, Finding, ItemResult, case_of
from ..places import schema_at
from ..session import Ending, Session
from .asking import askings, new_task, works
from .errors import codes_of
from .trouble import OURS

Json = dict[str, Any]


def route(session: Session, result: ItemResult) -> Iterator[Finding]:
    """Every request hits a documented operation."""
    cases: list[Case] = []
    calls = 0
    for asking in askings(session.offer):
        ending = asking.make(session)
        calls += 1
        result.judged += 1
        cases += [
            Case(asking.name, f"a plain {asking.name}", record["path"], record["detail"])
            for record in ending.all
            if record["reason"] in ("unrouted", "unserved", "unknown-operation", "wrong-method")
        ]
    if cases:
        says, title = "every request means a documented operation", "a request means no documented operation"
        yield Finding("ROUTE", session.service.id, title, says, OURS, tuple(cases), calls, result.item.id)


class _Log(logging.Handler):
    """Everything that is logged while a client works."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith("mockcloud"):
            self.lines.append(record.getMessage())


def secret(session: Session, result: ItemResult) -> Iterator[Finding]:
    """The secret key stands in no URL, body, header, log record, exception or repr."""
    cases: list[Case] = []
    log = _Log()
    root = logging.getLogger()
    level = root.level
    root.addHandler(log)
    root.setLevel(logging.DEBUG)
    try:
        for asking in askings(session.offer):
            for fault, what in _secretly(session, asking.operation):
                arguments = asking.prepared(session)
                if fault:
                    session.cloud.fail_next(session.service.id, asking.operation.name, fault, times=0)
                ending = asking.ask(session, arguments)
                result.judged += 1
                cases += _leaks(session, asking.name, ending, log, what)
                log.lines.clear()
    finally:
        root.removeHandler(log)
        root.setLevel(level)
    if cases:
        says, title = "the secret key is never shown", "the secret key is shown"
        yield Finding("SECRET", session.service.id, title, says, OURS, tuple(cases), result.judged, result.item.id)


def _secretly(session: Session, operation: Operation) -> Iterator[tuple[str, str]]:
    """(fault, in words): how a call goes in which a client may tell its secret."""
    yield "wire.close", "connection closed"
    refused = next((entry.code for entry in codes_of(operation, session.service) if entry.retry == "never"), "")
    if refused:
        yield refused, refused
    yield "", "nothing in its way"


def _leaks(session: Session, name: str, ending: Ending, log: _Log, what: str) -> Iterator[Case]:
    places = {
        "the exception": "\n".join(_chain(ending.problem)),
        "repr of the client": repr(session.client),
        "the log": "\n".join(log.lines),
        "the URL": "\n".join(record["path"] for record in ending.all),
        "a header": "\n".join(f"{value}" for record in ending.all for _, value in record["headers"]),
        "a body": "\n".join(record["body"] for record in ending.all),
    }
    for place, text in places.items():
        if SECRET in text:
            yield Case(name, f"{name}, {what}", None, f"the secret key stands in {place}")


def _chain(problem: BaseException | None) -> Iterator[str]:
    """What a traceback says of an exception and of those behind it."""
    while problem is not None:
        yield f"{problem!r} {problem}"
        behind = None if problem.__suppress_context__ else problem.__context__
        problem = problem.__cause__ or behind


def fresh(session: Session, result: ItemResult) -> Iterator[Finding]:
    """Each attempt is signed anew where the scheme has a nonce: repeated requests differ in it."""
    cases: list[Case] = []
    for asking in askings(session.offer):
        if works(session, asking) is None:
            continue
        arguments = asking.prepared(session)
        busy = next((entry.code for entry in session.service.errors if entry.retry == "load"), "")
        session.cloud.fail_next(session.service.id, asking.operation.name, busy, times=1)
        ending = asking.ask(session, arguments)
        result.judged += 1
        nonces = [nonce for record in ending.requests for nonce in _nonces(record)]
        if len(set(nonces)) < len(nonces):
            detail = f"sent {len(ending.requests)} requests with {len(set(nonces))} nonces"
            cases.append(case_of(busy, f"{asking.name}, busy once", ending, detail))
    if cases:
        says, title = "every attempt is signed anew", "a repeated request carried a nonce that was used"
        yield Finding("FRESH", session.service.id, title, says, OURS, tuple(cases), result.judged, result.item.id)


def _nonces(record: Json) -> list[str]:
    """What a request carried as nonce: a header or a parameter of that name; schemes without one have none."""
    found = [value for name, value in record["headers"] if "nonce" in name.lower()]
    sent = f"{record['path'].partition('?')[2]}&{record['body']}" if "=" in record["body"] else record["path"]
    return found or re.findall(r"(?i)[?&](?:\w*nonce)=([^&]+)", f"&{sent}" if "?" not in sent else sent)


def no_busy_code(offer: Offer) -> str:
    """Why no repetition can be caused."""
    return "" if any(entry.retry == "load" for entry in offer.service.errors) else "no documented code asks to repeat"


def no_batch(offer: Offer) -> str:
    """Why there is no limit of ids to respect."""
    if "query" not in offer.roles:
        return "the adapter does not query"
    return "" if _most_ids(offer) else "one id at a time is documented"


def _most_ids(offer: Offer) -> int:
    role = offer.service.roles["query"]
    operation = offer.operation(role["operation"])
    if role["ids"] not in operation.input.get("properties", {}):
        return 0
    schema = schema_at(operation, (role["ids"],))
    is_list = value_types(schema) == ("array",) or "separator" in schema
    return int(schema.get("maxItems", 0)) if is_list else 0


def batch(session: Session, result: ItemResult) -> Iterator[Finding]:
    """No request holds more ids than documented, and all of them come back, however they are split."""
    role = session.service.roles["query"]
    operation = session.service.operations[role["operation"]]
    most = _most_ids(session.offer)
    rule = next(found for found in operation.rules if found.tail == f"{role['ids']}.max-items")
    over: list[Case] = []
    lost: list[Case] = []
    sizes = (1, most - 1, most, most + 1, 2 * most, 2 * most + 1)
    for size in sizes:
        session.fresh()
        ids = [new_task(session) for _ in range(size)]
        session.forget()
        ending = session.ask("query", ids, operation=operation.name)
        result.judged += 1
        label = f"{size} ids"
        if ending.word == "cannot":
            result.unreachable += 1
            continue
        if size > most and ending.word in ("refused",) and not ending.requests:
            continue  # it says that it takes no more; nothing was sent
        if session.adapter.policy == "forward" and size > most and ending.word == "failed":
            continue
        if any(found["rule"] == rule.id for record in ending.requests for found in record["violations"]):
            over.append(case_of(label, f"query of {size} ids", ending))
        elif ending.word != "returned":
            lost.append(case_of(label, f"query of {size} ids", ending))
        elif sorted(session.ids(ending)) != sorted(map(str, ids)):
            detail = f"gave {len(session.ids(ending))} of {size} ids"
            lost.append(case_of(label, f"query of {size} ids", ending, detail))
    for title, cases in (("a request holds more ids than documented", over), ("ids do not all come back", lost)):
        if cases:
            says = f"at most {most} ids in one request, and all come back"
            yield Finding("BATCH", rule.id, title, says, rule.cite, tuple(cases), len(sizes), result.item.id)


def no_ignored(offer: Offer) -> str:
    """Why no member is documented as ineffective."""
    known = [rule for name in offer.operations for rule in offer.operation(name).rules if rule.kind == "ignored"]
    return "" if known else "no member is documented as ineffective"


def ignored(session: Session, result: ItemResult) -> Iterator[Finding]:
    """Members documented as ineffective are not sent: whoever sends them relies on them. A note, no failure."""
    for asking in askings(session.offer):
        ending = asking.make(session)
        result.judged += 1
        waste = [
            found["path"] for record in ending.requests for found in record["violations"] if found["effect"] == "ignore"
        ]
        if waste:
            result.note = f"{asking.name} sends {', '.join(sorted(set(waste)))} to no effect"
    yield from ()

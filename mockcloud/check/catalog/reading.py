"""Reading: XML without a root, STATE over refusals that depend on state, TIME over time zones."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ...contract.spec import Rule
from ...contract.validate import answer_for, describe
from ..adapter import Offer, narrowed
from ..compare import differences
from ..findings import Case, Finding, ItemResult, case_of
from ..places import schema_at
from ..rules import Try, left_out, tries
from ..session import Ending, Session
from .asking import askings, works
from .trouble import OURS

Json = dict[str, Any]
_MOST_MOMENTS = 3
# In one of them it is another day than in UTC, whatever the time.
_FAR_ZONES = (("UTC-14", "14 hours ahead of UTC"), ("UTC+12", "12 hours behind UTC"))


def _text(ending: Ending) -> str:
    answer = ending.requests[0]["response"] if ending.requests else ""
    return answer if isinstance(answer, str) else ""


def no_xml(offer: Offer) -> str:
    """Why no answer is XML without a root."""
    quirky = any("rootless-xml" in offer.operation(name).quirks for name in offer.operations)
    return "" if quirky else "no XML answer without a root is documented for what the adapter offers"


def xml(session: Session, result: ItemResult) -> Iterator[Finding]:
    """An XML answer reads like JSON, also the documented sample without a root element."""
    for asking in askings(session.offer):
        if "rootless-xml" not in asking.operation.quirks:
            continue
        plain = works(session, asking)
        if plain is None:
            continue
        if not _text(plain).lstrip().startswith("<"):
            result.word, result.note = "skipped", "the client asks for JSON"
            return
        arguments = asking.prepared(session)
        session.cloud.fail_next(session.service.id, asking.operation.name, "answer.rootless", times=0)
        ending = asking.ask(session, arguments)
        result.judged += 1
        if ending.word != "returned" or str(ending.value) in ("", "None"):
            says, title = "XML answers read like JSON, also without a root", "an XML answer without a root is not read"
            case = case_of("rootless", f"{asking.name}, XML without a root element", ending, ending.says)
            subject = asking.operation.id
            yield Finding("XML", subject, title, says, OURS, (case,), 1, result.item.id)


def state(session: Session, result: ItemResult) -> Iterator[Finding]:
    """Refusals that depend on the provider's state surface with their code."""
    for name, method in session.offer.operations.items():
        operation = session.offer.operation(name)
        if method in ("query",):
            continue
        for rule in operation.rules:
            wrong = [point for point in rule.points if point["breaks"] and not point.get("place")]
            if rule.side != "server" or rule.basis != "documented" or not wrong:
                continue
            cases: list[Case] = []
            for place, point in enumerate(wrong):
                session.fresh()
                session.prepare(point.get("given", ()))
                asked = narrowed(session.offer, session.filled(point.get("call", {})))
                if left_out(session.offer, method, operation) & asked.keys():
                    continue
                ending = session.ask(method, asked, operation=name)
                result.judged += 1
                detail = _unsurfaced(session, ending, answer_for(rule, session.service).code, rule.id)
                if detail:
                    cases.append(case_of(point.get("note") or f"state {place + 1}", asked, ending, detail))
            if cases:
                title, says = "a refusal that depends on state does not surface", describe(rule)
                yield Finding("STATE", rule.id, title, says, rule.cite, tuple(cases), len(wrong), result.item.id)


def _unsurfaced(session: Session, ending: Ending, code: str, rule: str) -> str:
    if not any(record["reason"] == rule for record in ending.requests):
        return ""  # the client did not get as far, or sent something else: other checks look at that
    if ending.word != "failed":
        return ending.says
    told = session.read_error(ending)[0]
    return "" if told == code else f"the client says {told!r}, the provider said {code!r}"


def _times(offer: Offer, name: str) -> list[Rule]:
    """The rules that say how a time is written, also within members that a plain request leaves out."""
    operation = offer.operation(name)
    if offer.operations[name] == "query" or operation.depth != "full":
        return []
    own = left_out(offer, offer.operations[name], operation)
    return [
        rule
        for rule in operation.rules
        if rule.kind == "format" and rule.path[0] not in own and offer.is_offered(rule.path)
        if _is_time(str(schema_at(operation, rule.path)["format"]))
    ]


def _is_time(word: str) -> bool:
    return "time" in word or word.startswith("utc-")


def time_zones(session: Session, result: ItemResult) -> Iterator[Finding]:
    """Times reach the wire in the documented format and zone, whatever the process's own time zone is."""
    for name, method in session.offer.operations.items():
        operation = session.offer.operation(name)
        cases: list[Case] = []
        tried = 0
        for rule in _times(session.offer, name):
            for attempt in tries(session.offer, operation, method, rule, "valid")[:_MOST_MOMENTS]:
                for zone in ("Asia/Shanghai", "America/New_York"):
                    ending = _in_zone(session, zone, attempt)
                    tried += 1
                    result.judged += 1
                    sent = ending.requests[0]["parameters"] if ending.requests else {}
                    if sent and differences(operation, attempt.asked, sent, session.offer):
                        detail = f"sent {sent.get(rule.path[0])!r}"
                        cases.append(case_of(f"{attempt.label} in {zone}", attempt.asked, ending, detail))
        if cases:
            says, title = "times go out in the documented format and zone", "a time is changed by the local time zone"
            yield Finding("TIME", operation.id, title, says, OURS, tuple(cases), tried, result.item.id)
    yield from _dates_of_requests(session, result)


def _dates_of_requests(session: Session, result: ItemResult) -> Iterator[Finding]:
    """What a request is dated and signed with is in UTC: the same call works wherever it is made."""
    asking = next((one for one in askings(session.offer) if works(session, one) is not None), None)
    if asking is None:
        return
    cases: list[Case] = []
    for zone, what in _FAR_ZONES:
        arguments = asking.prepared(session)
        with _zone(zone):
            ending = asking.ask(session, arguments)
        result.judged += 1
        if ending.word != "returned":
            cases.append(case_of(what, f"a plain {asking.name}", ending, ending.says))
    if cases:
        title, says = "a request is dated by the local time zone", "requests are dated and signed in UTC"
        subject, tried = asking.operation.id, len(_FAR_ZONES)
        yield Finding("TIME", subject, title, says, OURS, tuple(cases), tried, result.item.id)


def _in_zone(session: Session, zone: str, attempt: Try) -> Ending:
    session.fresh()
    session.prepare(attempt.given)
    with _zone(zone):
        return session.ask(attempt.method, session.filled(attempt.asked), operation=attempt.operation.name)


@contextmanager
def _zone(zone: str) -> Iterator[None]:
    """The process's local time zone, for as long as a client works; where the platform cannot, nothing changes."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    set_zone = getattr(time, "tzset", lambda: None)
    set_zone()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        set_zone()

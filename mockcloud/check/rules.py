"""The checks that every rule brings: RULE-INVALID, RULE-VALID; and FAITHFUL over combinations and exact values.

`plan` says which points an adapter is tried with; `rule_items` makes one item of every rule and polarity.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from ..contract.shape import parsed_json
from ..contract.spec import Operation, Rule
from .adapter import Offer, narrowed
from .findings import Case, Finding, Item, ItemResult, case_of, of_rule
from .session import Ending, Session
from .verdicts import OK, UNDECIDED, UNREACHABLE, Verdict, is_documented, judge

Json = dict[str, Any]
TRIED_ON_SERVERS = ("type", "unknown-parameter")


@dataclass(frozen=True, slots=True)
class Try:
    """One input for one method of an adapter.

    broken       the documented rules for which the provider refuses it
    may_refuse   it breaks a documented rule that the provider does not refuse: a client that does is as right as one
                 that sends it
    """

    operation: Operation
    method: str
    label: str
    asked: Json
    broken: frozenset[str]
    given: tuple[Json, ...]
    group: str = ""
    may_refuse: bool = False


def left_out(offer: Offer, method: str, operation: Operation) -> frozenset[str]:
    """Members that are the client's own business: pages, markers and ids of a list."""
    if method != "list":
        return frozenset()
    page = offer.service.roles["list"].get("page", {})
    own = {page[word] for word in ("number", "marker") if word in page}
    query = offer.service.roles.get("query", {})
    if query.get("operation") == operation.name and query.get("ids"):
        own.add(query["ids"])
    return frozenset(own)


def tries(offer: Offer, operation: Operation, method: str, rule: Rule, polarity: str) -> list[Try]:
    """The inputs for one rule and polarity, as far as the adapter offers them."""
    documented = {found.id for found in operation.rules if is_documented(found)}
    own = left_out(offer, method, operation)
    found: list[Try] = []
    for point in offer.points(operation):
        if point.rule != rule.id or point.polarity != polarity or not point.is_typed or point.place:
            continue
        asked = {name: value for name, value in narrowed(offer, point.parameters).items() if name not in own}
        broken = offer.broken(operation, asked)
        if (polarity == "invalid") != (rule.id in broken) or (polarity == "valid" and broken):
            continue
        if broken - documented or is_contested(operation.input, asked):
            continue  # nothing documents it, or sources disagree: whatever the client does is right
        group = "+".join(sorted(broken)) if len(broken) > 1 else ""
        refused = broken & refusing(operation)
        found.append(
            Try(operation, method, point.label, asked, refused, point.given, group, may_refuse=bool(broken - refused))
        )
    return found


def is_of_type(rule: Rule) -> bool:
    """Whether a rule only says of what type a value is: an adapter is never handed one of another type.

    So does a bound that the type brings along, whose breach the provider answers as it does a wrong type.
    """
    brings_along = rule.kind == "range" and rule.answer is not None and rule.answer.variant == "type"
    return rule.kind in TRIED_ON_SERVERS or brings_along


def refusing(operation: Operation) -> frozenset[str]:
    """The rules that no request may break: the provider refuses it, or the member is not the client's to send."""
    return frozenset(
        rule.id
        for rule in operation.rules
        if is_documented(rule) and (rule.effect == "reject" or rule.kind == "read-only")
    )


def is_contested(schema: Json, value: Any) -> bool:
    """Whether a value holds something over which sources disagree."""
    contested = schema.get("contested")
    if isinstance(contested, dict) and isinstance(value, int | float) and not isinstance(value, bool):
        low, high = contested.get("minimum", value), contested.get("maximum", value)
        return bool(low <= value <= high)
    if isinstance(contested, list) and value in contested:
        return True
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        return any(is_contested(properties.get(name, {}), item) for name, item in value.items())
    if isinstance(value, list):
        return any(is_contested(schema.get("items", {}), item) for item in value)
    if isinstance(value, str) and "contentSchema" in schema:
        return is_contested(schema["contentSchema"], parsed_json(value))
    return False


def rule_items(offer: Offer) -> Iterator[Item]:
    """One item for every documented rule and polarity that the adapter can be tried with."""
    for name, method in offer.operations.items():
        if method == "query":
            continue  # how many ids a request holds is judged by BATCH alone
        operation = offer.operation(name)
        if operation.depth != "full" or operation.place.get("properties", {}).keys() - {"project_id", "regionId"}:
            continue
        own = left_out(offer, method, operation)
        for rule in operation.rules:
            if not is_documented(rule) or rule.kind == "ignored" or is_of_type(rule):
                continue
            if not offer.is_asked(rule) or (rule.path and rule.path[0] in own):
                continue
            if rule.kind == "required" and rule.path[0] in offer.pages(operation):
                continue
            for polarity, word in (("invalid", "rejects"), ("valid", "accepts")):
                yield Item(
                    id=f"{name}.{rule.tail}-{word}",
                    check="RULE-INVALID" if polarity == "invalid" else "RULE-VALID",
                    run=_runner(offer, operation, method, rule, polarity),
                    rule=rule,
                    polarity=polarity,
                )


def _runner(offer: Offer, operation: Operation, method: str, rule: Rule, polarity: str) -> Any:
    def run(session: Session, result: ItemResult) -> Iterator[Finding]:
        planned = tries(offer, operation, method, rule, polarity)
        if not planned:
            result.word, result.note = "skipped", "the adapter's interface cannot express it"
            return
        by_title: dict[str, list[Case]] = {}
        groups: dict[str, set[str]] = {}
        for attempt in planned:
            if session.only_case and attempt.label != session.only_case:
                continue
            ending, verdict = attempted(session, attempt)
            count(result, verdict)
            if verdict.is_finding:
                by_title.setdefault(verdict.word, []).append(
                    case_of(attempt.label, attempt.asked, ending, verdict.detail)
                )
                groups.setdefault(verdict.word, set()).add(attempt.group)
        for title, cases in by_title.items():
            # A case that breaks this rule alone has this rule for its cause.
            group = next(iter(groups[title])) if len(groups[title]) == 1 else ""
            yield of_rule(result.item.check, rule, title, cases, len(planned), result.item.id, group)

    return run


def count(result: ItemResult, verdict: Verdict) -> None:
    """Add a verdict to an item's counts."""
    result.judged += verdict.word not in (UNREACHABLE, UNDECIDED)
    result.unreachable += verdict.word == UNREACHABLE
    result.undecided += verdict.word == UNDECIDED


def attempted(session: Session, attempt: Try) -> tuple[Ending, Verdict]:
    """Run one input, or give what it came to before: the same request stands in the lists of several rules."""
    key = f"{attempt.operation.id} {orjson.dumps([attempt.asked, attempt.given], option=orjson.OPT_SORT_KEYS).decode()}"
    known = session.judged.get(key)
    if known is None:
        known = session.judged[key] = _made(session, attempt)
    ending, verdict = known
    session.tell(attempt, ending, verdict)
    return ending, verdict


def _made(session: Session, attempt: Try) -> tuple[Ending, Verdict]:
    """What an input comes to; once more when the machine stood still, which one of thousands may meet."""
    stalled = session.has_stalled
    for _ in range(2):
        session.has_stalled = False
        session.fresh()
        session.prepare(attempt.given)
        asked = session.filled(attempt.asked)
        ending = session.ask(attempt.method, asked, operation=attempt.operation.name)
        verdict = _verdict(session, attempt, asked, ending)
        if not (verdict.is_finding and session.has_stalled):
            break
    session.has_stalled = stalled or (verdict.is_finding and session.has_stalled)
    return ending, verdict


def _verdict(session: Session, attempt: Try, asked: Json, ending: Ending) -> Verdict:
    if attempt.may_refuse and ending.word == "refused" and not ending.requests:
        return Verdict(OK)
    return judge(session, attempt.operation, asked, ending, attempt.broken)

"""The wire carries what was asked: FAITHFUL over combinations and random requests, EXACT over values that get bent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...contract.expression import ABSENT
from ...contract.limits import value_types
from ...contract.shape import ITEM
from ...contract.spec import Operation
from ...mutations import BIG, bendable
from ..compare import differences
from ..findings import Case, Finding, ItemResult, case_of
from ..members import members
from ..places import Path, get, put
from ..points import PointMaker
from ..rows import is_allowed, own_part, tried_rows
from ..rules import Try, attempted, count
from ..session import Ending, Session
from ..verdicts import Verdict
from .asking import askings
from .trouble import OURS

Json = dict[str, Any]
_HOPELESS = 10
SAYS = "the wire carries exactly what was asked, nothing is added, dropped or bent"


def faithful(session: Session, result: ItemResult) -> Iterator[Finding]:
    """Pairs of edge values, then random allowed requests: all go through, unchanged."""
    for name, method in session.offer.operations.items():
        operation = session.offer.operation(name)
        if method == "query" or operation.depth != "full":
            continue
        given = _given(operation)
        rows = tried_rows(session.offer, operation, method)
        cases = list(_tried(session, operation, method, rows, given, result))
        if not cases and session.max_examples:
            cases = _fuzzed(session, operation, method, given, result)
        if cases:
            title, says = "allowed input does not go through unchanged", SAYS
            cite = next((rule.cite for rule in operation.rules), OURS)
            tried = len(rows) + session.max_examples
            yield Finding("FAITHFUL", operation.id, title, says, cite, tuple(cases), tried, result.item.id)


def _given(operation: Operation) -> tuple[Json, ...]:
    example = next(example for example in operation.examples if "error" not in example)
    return tuple(example.get("given", ()))


def _tried(
    session: Session,
    operation: Operation,
    method: str,
    rows: list[tuple[str, Json]],
    given: tuple[Json, ...],
    result: ItemResult,
) -> Iterator[Case]:
    decided = result.judged
    for place, (label, asked) in enumerate(rows):
        if place > _HOPELESS and result.judged == decided:
            return  # state decides every one of them: nothing more is learnt
        ending, verdict = _attempt(session, operation, method, label, asked, given)
        count(result, verdict)
        if verdict.is_finding:
            yield case_of(label, asked, ending, f"{verdict.word}: {verdict.detail}")


def _attempt(
    session: Session, operation: Operation, method: str, label: str, asked: Json, given: tuple[Json, ...]
) -> tuple[Ending, Verdict]:
    return attempted(session, Try(operation, method, label, asked, frozenset(), given))


def _fuzzed(
    session: Session, operation: Operation, method: str, given: tuple[Json, ...], result: ItemResult
) -> list[Case]:
    """Random allowed requests; the smallest that fails is given back."""
    from hypothesis import HealthCheck, Phase, seed, settings
    from hypothesis import given as drawing

    from ..strategies import requests_for

    failed: list[Case] = []
    looked, decided = 0, result.judged

    @seed(session.seed)
    @settings(
        max_examples=session.max_examples,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @drawing(requests_for(operation.id, "boundary"))
    def each(request: Json) -> None:
        asked = own_part(session.offer, operation, method, request)
        nonlocal looked
        if not is_allowed(session.offer, operation, asked):
            return
        looked += 1
        if looked > _HOPELESS and result.judged == decided:
            return  # state decides every one of them, an unknown id for example: nothing more is learnt
        ending, verdict = _attempt(session, operation, method, "random", asked, given)
        count(result, verdict)
        if verdict.is_finding:
            failed[:] = [case_of("random", asked, ending, f"{verdict.word}: {verdict.detail}")]
            raise AssertionError

    try:
        each()
    except AssertionError:
        return failed
    return []


def exact(session: Session, result: ItemResult) -> Iterator[Finding]:
    """Big integers, fractions, leading zeros, quotes and non-ASCII text arrive as they were given."""
    for name, method in session.offer.operations.items():
        operation = session.offer.operation(name)
        if method == "query" or operation.depth != "full":
            continue
        cases: list[Case] = []
        tried = list(_exact_requests(session, operation, method))
        for label, asked in tried:
            ending, verdict = _attempt(session, operation, method, label, asked, _given(operation))
            count(result, verdict)
            bent = ending.requests and differences(operation, asked, ending.requests[0]["parameters"], session.offer)
            if bent or verdict.word.startswith("the client crashed"):
                cases.append(case_of(label, asked, ending, verdict.detail))
        if cases:
            title = "a value does not arrive as it was given"
            cite = next((rule.cite for rule in operation.rules), OURS)
            yield Finding("EXACT", operation.id, title, SAYS, cite, tuple(cases), len(tried), result.item.id)
    yield from _big_ids(session, result)


def _big_ids(session: Session, result: ItemResult) -> Iterator[Finding]:
    """A task's id that no float can hold comes out of the client as it came in."""
    for asking in askings(session.offer, roles=("create", "list")):
        role = session.service.roles[asking.name]
        place = f"{role.get('items', '')}.{role['id']}".lstrip(".")
        if place not in bendable("big-number", asking.operation):
            continue
        arguments = asking.prepared(session)
        operation = asking.operation
        session.cloud.fail_next(session.service.id, operation.name, "answer.big-number", times=0, args={"path": place})
        ending = asking.ask(session, arguments)
        if ending.word == "cannot":
            continue
        result.judged += 1
        found = [ending.value] if asking.name == "create" else session.ids(ending)
        if ending.word != "returned" or {str(value) for value in found} - {str(BIG)}:
            case = case_of(f"{place} {BIG}", f"{asking.name}, answered with {place} {BIG}", ending)
            title, says = "an id does not arrive as it was answered", "an id comes out of the client as it came in"
            yield Finding("EXACT", operation.id, title, says, OURS, (case,), 1, result.item.id)


_TEXTS = ("007", "动物世界 ✂ é", 'a "b" \\ & <c> +%20 ~*', " x ")
_WHOLE = (2**53 + 1, 2**63 - 1)


def _exact_requests(session: Session, operation: Operation, method: str) -> Iterator[tuple[str, Json]]:
    maker = session.offer.maker(operation)
    for path, schema in _exact_places(operation, maker):
        types = value_types(schema)
        values: tuple[Any, ...] = ()
        if types == ("string",) and not {"enum", "format", "contentSchema", "separator"} & schema.keys():
            values = ("007",) if "text" in schema else _TEXTS
        elif types == ("integer",):
            values = _WHOLE
        elif types == ("number",):
            values = (0.5, 0.1)
        for value in values:
            if not session.offer.is_offered(path) or value is ABSENT:
                continue
            asked = own_part(session.offer, operation, method, put(operation, maker.base, path, value))
            if is_allowed(session.offer, operation, asked):
                yield f"{path[-1]} {value!r}", asked


def _exact_places(operation: Operation, maker: PointMaker) -> Iterator[tuple[Path, Json]]:
    """Members that hold one value, also those of the first object in a list that the plain request has."""
    for member in members(operation, maker):
        yield member.path, member.schema
        own = member.schema.get("items", {}).get("properties", {})
        if own and get(operation, maker.base, (*member.path, ITEM)) is not ABSENT:
            for name, schema in own.items():
                yield (*member.path, ITEM, name), schema

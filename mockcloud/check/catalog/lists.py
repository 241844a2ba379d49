"""Lists: PAGES. Every element exactly once, whatever their number, also while one is added; never an endless loop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from ...contract.spec import Operation
from ..adapter import PROGRAMMING_ERRORS, Offer, narrowed
from ..findings import Case, Finding, ItemResult, case_of
from ..rows import is_allowed
from ..rules import left_out
from ..session import Ending, Session
from .asking import creating, new_task

Json = dict[str, Any]
_SMALL = 3
_MOST_ELEMENTS = 60
_SETTLED_S = 60.0
_PATIENCE_S = 8.0  # a loop that has not ended by then, without a pause, does not end


def no_list(offer: Offer) -> str:
    """Why nothing is listed."""
    return "" if "list" in offer.roles else "the adapter does not list"


def pages(session: Session, result: ItemResult) -> Iterator[Finding]:
    """Every element comes back exactly once; a list that ends early ends the client's loop."""
    role = session.service.roles["list"]
    operation = session.service.operations[role["operation"]]
    asked, size = everything(session, operation, role.get("page", {}))
    counts = _counts(size, bool(role.get("page")))
    wrong: dict[str, list[Case]] = {}
    for count in counts:
        ending, made = _listed(session, operation, asked, count)
        result.judged += 1
        title, detail = _wrong(session, ending, made, exactly=True)
        if title:
            label = f"{count} elements, {size} a page" if size else f"{count} elements"
            wrong.setdefault(title, []).append(case_of(label, asked, ending, detail))
    if role.get("page") and size:
        for label, fault, times in (
            ("an element is added between pages", "state.new-task", 1),
            ("a page holds nothing although the total says more", "answer.no-items", 0),
        ):
            ending, made = _listed(session, operation, asked, 2 * size + 1, fault, times)
            result.judged += 1
            title, detail = _wrong(session, ending, made, exactly=False, is_cut=times == 0)
            if title:
                wrong.setdefault(title, []).append(case_of(label, asked, ending, detail))
        dropped = list(_dropped(session, operation, asked, size, result))
        wrong.update({"a later page is not of the list that was asked for": dropped} if dropped else {})
    for title, cases in wrong.items():
        says = "every element of a list comes back exactly once"
        cite = next((rule.cite for rule in operation.rules), "")
        tried = max(len(counts) + 2, len(cases))
        yield Finding("PAGES", operation.id, title, says, cite, tuple(cases), tried, result.item.id)


def _dropped(session: Session, operation: Operation, asked: Json, size: int, result: ItemResult) -> Iterator[Case]:
    """Filters that the first request carries and a later one does not: its page is one of another list.

    One that a later request carries with another value may be how the client goes on, from time to time for example.
    """
    seen: set[str] = set()
    for name, value in _filters(session.offer, operation):
        filtered = {**asked, name: value}
        if name in seen or not is_allowed(session.offer, operation, filtered):
            continue
        ending, _ = _listed(session, operation, filtered, 2 * size + 1)
        carried = [name in one["parameters"] for one in ending.requests]
        if len(carried) < 2 or not carried[0]:
            continue  # the tasks are not of that kind, or FAITHFUL tells
        seen.add(name)
        result.judged += 1
        if not all(carried):
            detail = f"{name} is missing in {carried.count(False)} of {len(carried)} requests"
            yield case_of(f"{name} {value!r}, {size} a page", filtered, ending, detail)


def _filters(offer: Offer, operation: Operation) -> Iterator[tuple[str, Any]]:
    """Members that narrow a list, with allowed values."""
    own = left_out(offer, "list", operation) | offer.pages(operation) | set(operation.input.get("required", ()))
    for point in offer.points(operation):
        for name, value in point.parameters.items():
            is_mine = point.rule.startswith(f"{operation.id}.{name}.") and offer.is_offered((name,))
            if point.polarity == "valid" and point.is_typed and name not in own and is_mine:
                yield name, value


def everything(session: Session, operation: Operation, page: Json) -> tuple[Json, int]:
    """(what the client is asked for, size of a page): mandatory members, and a small page where it can be said.

    What belongs to something (the images of a video) is asked for where the tasks are made.
    """
    example = next(example for example in operation.examples if "error" not in example)
    own = {page[word] for word in ("number", "marker") if word in page}
    required = set(operation.input.get("required", ())) - own
    made = creating(session).get("call", {})
    plain = {name: made.get(name, value) for name, value in example.get("call", {}).items() if name in required}
    asked = narrowed(session.offer, plain)
    name = page.get("size")
    if not name:
        return asked, 0
    schema = operation.input["properties"][name]
    if session.offer.is_offered((name,)):
        return {**asked, name: max(_SMALL, schema.get("minimum", 1))}, max(_SMALL, schema.get("minimum", 1))
    return asked, int(schema.get("default", schema.get("maximum", 0)))


def _counts(size: int, has_pages: bool) -> list[int]:
    if not has_pages or not size or 2 * size + 5 > _MOST_ELEMENTS:
        return [0, 1, 5]
    return [0, 1, size - 1, size, size + 1, 2 * size + 5]


def _listed(
    session: Session, operation: Operation, asked: Json, count: int, fault: str = "", times: int = 0
) -> tuple[Ending, list[str]]:
    session.fresh()
    session.prepare(creating(session).get("given", ()))
    made = [str(new_task(session)) for _ in range(count)]
    if made and not session.service.roles["list"].get("status"):
        session.cloud.clock.advance(_SETTLED_S)  # only what is done is listed
    session.forget()
    if fault:
        session.cloud.fail_next(session.service.id, operation.name, fault, times=times)
    patience = session.adapter.gives_up_within + _PATIENCE_S
    return session.ask("list", dict(asked), operation=operation.name, patience=patience), made


def _wrong(
    session: Session, ending: Ending, made: list[str], *, exactly: bool, is_cut: bool = False
) -> tuple[str, str]:
    if ending.word == "cannot":
        return "", ""
    if ending.word in ("hung", "endless"):
        return "listing does not end", ending.says
    if is_cut:
        return ("listing crashes", ending.says) if isinstance(ending.problem, PROGRAMMING_ERRORS) else ("", "")
    if ending.word != "returned":
        return "a plain list does not work", ending.says
    got = Counter(session.ids(ending))
    lost = [task for task in made if task not in got]
    if lost:
        return "elements of a list are lost", f"gave {sum(got.values())} of {len(made)}, without {', '.join(lost[:3])}"
    twice = [task for task, times in got.items() if times > 1]
    if twice and exactly:
        return "elements of a list come back twice", f"gave {', '.join(twice[:3])} more than once"
    return "", ""

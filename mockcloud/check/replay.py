"""One request once more: `mockcloud check pkg.module:Adapter --replay '{"operation": ..., "p": {...}}'`."""

from __future__ import annotations

import json
from typing import Any

from ..controls import nearest
from ..model import Misuse
from .findings import shown
from .rules import Try, attempted, refusing
from .session import Ending, Session
from .verdicts import OK, Verdict, is_documented

Json = dict[str, Any]
_FORM = '{"operation": "CreateGifTask", "p": {...}}'


def wanted(session: Session, text: str) -> Try:
    """What a `--replay` asks for. Misuse: it is not understood, or the adapter does not offer it."""
    try:
        told = json.loads(text)
        name, asked = told["operation"], told["p"]
    except (ValueError, KeyError, TypeError) as problem:
        raise Misuse(f"--replay is not understood: {problem!r}", f"write {_FORM}") from problem
    if not isinstance(name, str):
        raise Misuse(f"operation is {name!r}", f"write {_FORM}")
    offer = session.offer
    if name not in offer.operations or offer.operations[name] == "query":
        raise Misuse(f"the adapter cannot be asked for {name!r}", nearest(name, offer.operations))
    if not isinstance(asked, dict):
        raise Misuse(f"p is {asked!r}", f"write {_FORM}")
    operation = offer.operation(name)
    documented = {rule.id for rule in operation.rules if is_documented(rule)}
    example = next(example for example in operation.examples if "error" not in example)
    given = tuple(example.get("given", ()))
    broken = offer.broken(operation, asked) & documented
    refused = broken & refusing(operation)
    method = offer.operations[name]
    return Try(operation, method, "replayed", asked, frozenset(refused), given, may_refuse=bool(broken - refused))


def replayed(session: Session, attempt: Try) -> tuple[Verdict, list[str]]:
    """The verdict, and what happened in lines."""
    ending, verdict = attempted(session, attempt)
    lines = [f"asked   {shown(attempt.asked)}"]
    lines += [f"breaks  {rule}" for rule in sorted(attempt.broken)]
    for record in ending.all:
        lines.append(f"sent    {record['operation'] or record['path']} {shown(record['parameters'])}")
        lines.append(f"answer  HTTP {record['status']} {record['reason']}".rstrip())
    return verdict, [*lines, f"client  {ending.says}", f"verdict {_worded(verdict, ending)}"]


def _worded(verdict: Verdict, ending: Ending) -> str:
    if verdict.word == OK:
        return "ok"
    is_news = verdict.detail and verdict.detail != ending.says
    return f"{verdict.word}: {verdict.detail}" if is_news else verdict.word

"""What mockcloud does and how it knows: every rule, behaviour, error, operation and switch is a fact to be asked for.

Ids: `service.Operation.rule`, `service.behaviour`, `service:CODE[/variant]`, `service.Operation`, `service.switch`, and
the fixed words of the X-Mockcloud-Reason header. Tails that mean one fact only will do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from .contract.load import Contracts
from .contract.routes import Match, no_operation
from .contract.spec import ErrorEntry, Kind, Operation, Rule, Service
from .contract.validate import answer_for, describe, filled
from .model import Misuse
from .pipeline import worded

Json = dict[str, Any]

ORIGINS = {
    "documented": "documented by the provider",
    "sdk": "read off the provider's SDK, not documented",
    "assumed": "invented here: decided by mockcloud, not documented",
    "invented": "invented here: decided by mockcloud, not documented",
}
EFFECTS = {
    "reject": "a request that breaks it is refused",
    "ignore": "what breaks it is dropped without a word",
    "warn": "a request that breaks it is served; journal and log say so",
}
RETRIES = {"never": "of no use", "load": "of use, later and slower", "may": "perhaps of use"}

# Words of the X-Mockcloud-Reason header that are neither a rule's id nor an error's code.
REASONS = {
    "access-key": "The access key id is none of ours: use mockcloud, or mockcloud-<name> for an account of its own.",
    "authorization": "The Authorization header is not in the provider's documented form.",
    "common-parameter": "One of the provider's common parameters is absent or wrong; the log names it.",
    "credentials": "There are no credentials in the request, or not in the documented form.",
    "fault": "Somebody asked for this error: fail_next, or POST /_mockcloud/faults.",
    "malformed": "The request could not be read: broken JSON, XML or text, or not what its headers say.",
    "mockcloud-bug": "mockcloud itself failed. The log has the traceback; please report it.",
    "nonce": "This nonce was used before. A signed request is good for one call.",
    "not-found": "There is nothing with this id in the account. The log names ids that a fresh server has.",
    "option": "A switch of the mock answers this way; `mockcloud serve --set` changes it.",
    "project": "The project of the path is not that of the token or of the header.",
    "secret-id": "The secret id is none of ours: use mockcloud, or mockcloud-<name> for an account of its own.",
    "signature": "The signature is not the one expected; log and journal have canonical strings and difference.",
    "timestamp": "The request's time is too far from the wall clock, or cannot be read.",
    "token": "The token was never issued here, or has expired. The fixed token is mockcloud-token.",
    "too-large": "The body is larger than the server takes; see `mockcloud serve --max-body`.",
    "unconfirmed": "The endpoint did not confirm the subscription.",
    "unknown-operation": "The service documents no such operation. The log names the nearest.",
    "unrouted": "The request belongs to no service that mockcloud knows. The answer names the nearest operation.",
    "unserved": "The operation is documented but not served; `mockcloud services` lists what is.",
    "wrong-method": "The path is that of an operation whose method is another one.",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that can be explained.

    kind  rule, behaviour, error, operation, unserved or switch
    what  its entry in the contract
    """

    id: str
    kind: str
    service: Service
    what: Any


def facts(service: Service) -> Iterator[Fact]:
    """Everything that a service's contract says, by id."""
    for operation in service.operations.values():
        yield Fact(operation.id, "operation", service, operation)
        for rule in operation.rules:
            yield Fact(rule.id, "rule", service, rule)
    for row in service.behaviours:
        yield Fact(f"{service.id}.{row['id']}", "behaviour", service, row)
    for name, switch in service.options.items():
        yield Fact(f"{service.id}.{name}", "switch", service, {"name": name, **switch})
    for name, binding in service.unserved.items():
        yield Fact(f"{service.id}.{name}", "unserved", service, binding)
    rows = {entry.code: entry for _, entry in reversed(_error_rows(service))}
    for code, entry in sorted(rows.items()):
        yield Fact(f"{service.id}:{code}", "error", service, entry)


def find(asked: str, contracts: Contracts) -> Fact:
    """The fact that an id or an unambiguous tail of one means. Misuse: names the nearest, or all that it may mean."""
    asked = asked.strip()
    known = [fact for service in contracts.services() for fact in facts(service)]
    for means in (_is_exactly, _ends_like, _looks_like):
        found = [fact for fact in known if means(fact.id, asked)]
        if len(found) == 1:
            return found[0]
        if found:
            raise Misuse(f"{asked!r} may mean {len(found)} things", _listed(fact.id for fact in found))
    raise Misuse(f"nothing is called {asked!r}", _nearest(asked, [fact.id for fact in known]))


def _is_exactly(known: str, asked: str) -> bool:
    code, slash, _ = asked.partition("/")
    return known == asked or (bool(slash) and known == code)


def _ends_like(known: str, asked: str) -> bool:
    code = asked.partition("/")[0]
    return known.endswith((f".{asked}", f":{asked}", f":{code}"))


def _looks_like(known: str, asked: str) -> bool:
    known, asked = known.lower(), asked.lower()
    return _is_exactly(known, asked) or _ends_like(known, asked)


def _listed(names: Iterable[str], most: int = 20) -> str:
    shown = list(names)
    return ", ".join(shown[:most]) + (f" and {len(shown) - most} more" if len(shown) > most else "")


def _nearest(asked: str, known: list[str]) -> str:
    depth = asked.count(".") + 1
    tails = {name if ":" in name else ".".join(name.split(".")[-depth:]): name for name in known}
    tails.update({name.rpartition(":")[2]: name for name in known if ":" in name})
    close = get_close_matches(asked, tails, n=3, cutoff=0.5)
    if close:
        return f"did you mean {_listed(tails[tail] for tail in close)}?"
    return "`mockcloud rules` lists all rules, `mockcloud services` what is served"


# What is said about each kind of fact, as data. `rendered` makes text of it.


def explained(fact: Fact) -> Json:
    """Everything known about a fact: id, kind, says, origin, sources, what it is answered with, conflicts."""
    said: Json = {"id": fact.id, "kind": fact.kind, "service": f"{fact.service.id}: {fact.service.title}"}
    return said | _SAYS[fact.kind](fact.what, fact.service)


def _rule(rule: Rule, service: Service) -> Json:
    operation = service.operations[rule.operation]
    schema = _schema_at(operation.input, rule.path)
    names = {name for expression in (rule.when, rule.must) if expression for path in expression.names for name in path}
    names |= {*rule.path, *rule.blame, *rule.ignores, rule.tail} - {"[]"}
    said: Json = {
        "says": f"{_dotted(rule.path)}: {describe(rule)}" if rule.path else describe(rule),
        "origin": ORIGINS[rule.basis],
        "sources": _sources(rule.cite, service),
        "effect": EFFECTS[rule.effect],
        "decided": "from the request alone" if rule.side == "client" else "with what is in place on the server",
    }
    if rule.when is not None and rule.kind != "ignored":
        said["when"] = rule.when.source
    if rule.must is not None:
        said["must"] = rule.must.source
    if "unit" in schema:
        said["unit"] = schema["unit"]
    if "contested" in schema:
        said["disputed"] = f"{_values(schema['contested'])}: sources disagree, never held against a client"
    if rule.effect == "reject":
        said["answer"] = _answer(rule, operation, service)
    return said | _conflicts(names, operation, service)


def _answer(rule: Rule, operation: Operation, service: Service) -> Json:
    answer = answer_for(rule, service)
    entry = service.error(answer.code, answer.variant, operation.name)
    # What an expression blames lies inside the object that it speaks of; a shape blames its own place.
    place = (*rule.path, *rule.blame) if rule.kind == "rule" else rule.blame or rule.path
    fill = filled(answer, tuple("0" if segment == "[]" else segment for segment in place), "...", operation.name)
    return {"status": entry.status, "code": entry.code, "message": worded(entry, fill, service, operation.name)}


def _behaviour(row: Json, service: Service) -> Json:
    words = {row["id"], row["id"].replace("-", " ")}
    return {
        "says": row["what"],
        "origin": ORIGINS[row["origin"]],
        "sources": _sources(row["cite"], service),
    } | _conflicts(words, None, service)


def _switch(row: Json, service: Service) -> Json:
    values = ", ".join(f"{value} (default)" if value == row.get("default") else str(value) for value in row["enum"])
    return {
        "says": row["what"],
        "values": values,
        "origin": "a switch of the mock: mockcloud serve --set " + f"{service.id}.{row['name']}=...",
        "sources": _sources(row.get("cite", ""), service),
    } | _conflicts({row["name"], row["name"].replace("-", " ")}, None, service)


def _error(entry: ErrorEntry, service: Service) -> Json:
    rules = [
        rule.id
        for operation in service.operations.values()
        for rule in operation.rules
        if rule.effect == "reject" and answer_for(rule, service).code == entry.code
    ]
    rows = [(where, row) for where, row in _error_rows(service) if row.code == entry.code]
    met = {"ends tasks" if row.task else "answers requests" for _, row in rows}
    return {
        "says": f"an error that {' and '.join(sorted(met))}",
        "rows": [_row(row, where, service) for where, row in rows],
        "operations": [name for name, operation in service.operations.items() if entry.code in operation.errors],
        "rules": rules,
        "try": f'fail_next("{service.id}", OPERATION, "{entry.code}") or POST /_mockcloud/faults',
    } | _conflicts({entry.code}, None, service)


def _row(row: ErrorEntry, operation: str, service: Service) -> Json:
    return {
        "name": f"{row.code}/{row.variant}" if row.variant else row.code,
        **({"operation": operation} if operation else {}),
        "status": row.status,
        "message": row.message,
        **({"note": row.note} if row.note else {}),
        "retry": RETRIES[row.retry],
        "sources": _sources(row.cite, service),
    }


def _error_rows(service: Service) -> list[tuple[str, ErrorEntry]]:
    """Every row of the service's tables, and those that an operation documents differently, with its name."""
    own = [(name, row) for name, operation in service.operations.items() for row in operation.own_errors]
    return [*(("", row) for row in service.errors), *own]


def _operation(operation: Operation, service: Service) -> Json:
    binding = operation.action or f"{operation.method} {operation.path}"
    counted = {
        basis: sum(rule.basis == basis for rule in operation.rules) for basis in ("documented", "sdk", "assumed")
    }
    depth = "in full" if operation.depth == "full" else "in shape and documented limits"
    said: Json = {
        "says": f"{operation.title or operation.name}; served {depth}",
        "binding": binding,
        "sources": [{"cite": tag, "source": service.sources.get(tag, "")} for tag in operation.sources],
        "rules": ", ".join(f"{count} {ORIGINS[basis].partition(':')[0]}" for basis, count in counted.items() if count),
        "errors": list(operation.errors),
    }
    if operation.family:
        family = service.families[operation.family]
        ends = family.words()[len(family.steps) :]
        said["states"] = " > ".join(map(str, family.steps)) + "".join(f" | {word}" for word in ends)
    mentioned = [row for row in service.conflicts if _mentions(row, {operation.name})]
    return said | {"conflicts": [*operation.conflicts, *mentioned]}


def _unserved(binding: Json, service: Service) -> Json:
    action = binding.get("action") or f"{binding.get('method', '')} {binding.get('path', '')}".strip()
    refusal = no_operation(service, Match("", {}, "unserved"), action)
    entry = service.error(refusal.code, refusal.variant)
    message = worded(entry, refusal.fill, service, "")
    return {
        "says": "documented, or in an official SDK, but not served",
        "binding": action,
        "answer": {"status": entry.status, "code": entry.code, "message": message},
        "conflicts": [],
    }


_SAYS: dict[str, Callable[[Any, Service], Json]] = {
    "rule": _rule,
    "behaviour": _behaviour,
    "switch": _switch,
    "error": _error,
    "operation": _operation,
    "unserved": _unserved,
}


def _conflicts(names: set[str], operation: Operation | None, service: Service) -> Json:
    """Where sources disagree over it; and the headings of what else is disputed about its operation."""
    own = operation.conflicts if operation is not None else ()
    touching = [row for row in (*own, *service.conflicts) if _mentions(row, names)]
    if operation is None:
        touching += [
            {"operation": one.name, **row}
            for one in service.operations.values()
            for row in one.conflicts
            if _mentions(row, names)
        ]
    rest = [row["about"] for row in own if row not in touching]
    return {"conflicts": touching} | ({"other_conflicts": rest} if rest else {})


def _mentions(row: Json, names: set[str]) -> bool:
    """Whether a conflict speaks of one of these names: in its heading, or elsewhere if it is no common word."""
    texts = (row["about"], *map(str, row.get("says", {}).values()), str(row.get("decision", "")))
    everywhere = "\n".join(texts)
    return any(_has_word(row["about"] if name.isalpha() and name.islower() else everywhere, name) for name in names)


def _has_word(text: str, word: str) -> bool:
    return re.search(rf"(?<![\w.-]){re.escape(word)}(?![\w-]|\.\w)", text) is not None


def _sources(cite: str, service: Service) -> list[Json]:
    """The parts of a citation, each with what its tag stands for."""
    found = []
    for part in filter(None, cite.split("; ")):
        tags = [tag for tag in service.sources if part == tag or part.startswith((f"{tag} ", f"{tag}:"))]
        found.append({"cite": part, "source": service.sources[max(tags, key=len)] if tags else ""})
    return found


def _schema_at(schema: Json, path: tuple[str, ...]) -> Json:
    for segment in path:
        inside = schema.get("contentSchema", schema)
        schema = inside.get("items", {}) if segment == "[]" else inside.get("properties", {}).get(segment, {})
    return schema


def _dotted(path: tuple[str, ...]) -> str:
    return ".".join(path).replace(".[]", "[]")


def _values(said: Any) -> str:
    if isinstance(said, dict):
        return f"{said.get('minimum', '')} to {said.get('maximum', '')}"
    return ", ".join(map(str, said))


# Words.

_PLAIN = ("origin", "when", "must", "unit", "values", "disputed", "effect", "decided", "binding", "states")


def rendered(said: Json) -> str:
    """An explanation as text for a terminal."""
    lines = [said["id"], f"  {said['kind']} of {said['service']}", "", f"  {said['says']}"]
    if plain := [_line(name, said[name]) for name in _PLAIN if name in said]:
        lines += ["", *plain]
    if "answer" in said:
        answer = said["answer"]
        lines.append(_line("answer", f"HTTP {answer['status']} {answer['code']}: {answer['message']}"))
    lines += _source_lines(said.get("sources", ()))
    for row in said.get("rows", ()):
        where = f" ({row['operation']} only)" if "operation" in row else ""
        lines += ["", _line(row["name"], f"HTTP {row['status']}: {row['message']}{where}")]
        lines += [_line(name, row[name]) for name in ("note", "retry") if name in row]
        lines += _source_lines(row["sources"])
    lines += _list_lines(said)
    for row in said["conflicts"]:
        where = f" ({row['operation']})" if "operation" in row else ""
        lines += ["", f"  sources disagree{where} about: {row['about']}"]
        lines += [f"    {tag}: {text}" for tag, text in row.get("says", {}).items()]
        lines.append(f"    decided here: {row.get('decision', '')}")
    if said.get("other_conflicts"):
        lines += ["", f"  sources also disagree, in the same operation, about: {'; '.join(said['other_conflicts'])}"]
    return "\n".join(lines)


def _list_lines(said: Json) -> list[str]:
    named = [(name, said[name]) for name in ("errors", "operations", "rules") if said.get(name)]
    lines = [_line(name, found if isinstance(found, str) else _listed(found, 6)) for name, found in named]
    return ["", *lines, _line("try", said["try"])] if "try" in said else lines


def _line(name: str, text: str) -> str:
    return f"  {name + ':':<12} {text}"


def _source_lines(sources: Iterable[Json]) -> list[str]:
    return [
        _line("source", part["cite"]) + (f"\n{'':15}= {part['source']}" if part["source"] else "") for part in sources
    ]


# What is served.


def served(service: Service) -> Json:
    """A service in a few words: what is served in full, what in shape, what not, with which resources and switches."""
    operations = service.operations.values()
    return {
        "id": service.id,
        "title": service.title,
        "version": service.version,
        "full": [operation.name for operation in operations if operation.depth == "full"],
        "shape": [operation.name for operation in operations if operation.depth != "full"],
        "unserved": list(service.unserved),
        "kinds": {name: [_sample_id(kind, item) for item in kind.samples] for name, kind in service.kinds.items()},
        "switches": {name: switch.get("enum", []) for name, switch in service.options.items()},
        "rules": sum(len(operation.rules) for operation in operations),
    }


def listed(said: Json) -> str:
    """What `served` says, as text for a terminal."""
    lines = [f"{said['id']}  {said['title']}, {said['version']}, {said['rules']} rules"]
    lines += [_line(f"in {depth}", ", ".join(said[depth])) for depth in ("full", "shape") if said[depth]]
    if said["unserved"]:
        lines.append(_line("not served", f"{len(said['unserved'])} documented operations, --json names them"))
    lines += [_line(kind, f"{', '.join(keys) or 'none'} on a fresh server") for kind, keys in said["kinds"].items()]
    for name, values in said["switches"].items():
        lines.append(f"  --set {said['id']}.{name}={'|'.join(map(str, values))}")
    return "\n".join(lines)


def _sample_id(kind: Kind, item: Json) -> str:
    """How a sample is asked for: its key, or what the key is made of."""
    return str(item[kind.key] if kind.key in item else "/".join(map(str, item.values())))


def rules_of(asked: str | None, contracts: Contracts) -> list[Rule]:
    """The rules of everything, of a service, or of an operation (its name alone will do). Misuse: names the nearest."""
    services = list(contracts.services())
    if asked is None:
        return [rule for service in services for one in service.operations.values() for rule in one.rules]
    operations = {one.id: one for service in services for one in service.operations.values()}
    if asked in contracts.ids():
        return [rule for one in contracts.service(asked).operations.values() for rule in one.rules]
    found = [one for name, one in operations.items() if asked in (name, one.name)]
    if not found:
        known = [*contracts.ids(), *operations, *(one.name for one in operations.values())]
        close = get_close_matches(asked, known, n=1, cutoff=0.4)
        hint = f"did you mean {close[0]}?" if close else "`mockcloud services` lists what is served"
        raise Misuse(f"there is no service or operation {asked!r}", hint)
    return [rule for one in found for rule in one.rules]

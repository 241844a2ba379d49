"""Documents to values: checks every key, resolves what refers to what, derives the rules of shapes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from .expression import ABSENT, Expression, ExpressionError, Names
from .form import ANSWER, OPERATION, PROVIDER, SERVICE, ContractError, check_form, check_schema
from .formats import CHECKS
from .routes import routes_of
from .shape import ITEM, SchemaError, Shape, answer_of, logical
from .spec import Answer, ErrorEntry, Family, Kind, Operation, Rule, Service

Json = dict[str, Any]

QUIRKS = ("rootless-xml",)
REFUSAL_KINDS = {
    *("default", "required", "type", "enum", "range", "step", "length", "bytes", "min-items", "max-items", "unique"),
    *("pattern", "format", "json", "rule", "unknown-parameter", "repeated", "malformed", "unserved"),
    *("unknown-operation", "wrong-method", "too-large", "internal"),
}
ORDERED = tuple(
    sorted(REFUSAL_KINDS - {"default", "internal", "unserved", "unknown-operation", "wrong-method", "too-large"})
)
RETRIES = ("never", "load", "may")
BASES = ("documented", "sdk", "assumed")
SIDES = ("client", "server")
EFFECTS = ("reject", "ignore", "warn")
ORIGINS = ("documented", "sdk", "invented")


def build_service(
    provider: Json, service: Json, operations: Mapping[str, Json], chosen: Mapping[str, Any] | None = None
) -> Service:
    """One service from its documents. ContractError says file, key and fix.

    chosen  the user's switches ("jdcloud-mps.range-error": "OUT_OF_RANGE"), for errors that depend on one
    """
    check_form(provider, PROVIDER, "provider.yaml")
    name = f"{provider['provider']}/service.yaml"
    check_form(service, SERVICE, name)
    name = f"{name} of {service['service']}"
    sources = {**provider.get("sources", {}), **service.get("sources", {})}
    errors = (
        *(_error(row, "service", sources, name) for row in service.get("errors", ())),
        *(_error(row, "gateway", sources, name) for row in provider.get("errors", ())),
    )
    refusals = {
        kind: _answer(
            _switched(said, service, chosen or {}, f"{name} refusals.{kind}"), errors, f"{name} refusals.{kind}"
        )
        for kind, said in service.get("refusals", {}).items()
    }
    if unknown := refusals.keys() - REFUSAL_KINDS:
        raise ContractError(f"{name}: refusals for unknown kinds {sorted(unknown)}", f"use {sorted(REFUSAL_KINDS)}")
    for kind in service.get("order", ()):
        _one_of(kind, ORDERED, f"{name} order")
    _once([(entry.code, entry.variant) for entry in errors if entry.table == "service"], f"{name} errors")
    _once([(entry.code, entry.variant) for entry in errors if entry.table == "gateway"], "provider.yaml errors")
    if "default" not in refusals:
        raise ContractError(f"{name}: refusals has no default", "name the code that answers any broken limit")
    service_id: str = service["service"]
    for part, table in (
        ("limits", provider.get("limits", {})),
        *((word, service.get(word, {})) for word in ("limits", "options")),
    ):
        for key, row in table.items():
            _cited(row["cite"], sources, f"{name} {part}.{key}")
    families = {key: _family(key, value, sources, name) for key, value in service.get("families", {}).items()}
    kinds = {key: _kind(key, value, sources, name) for key, value in service.get("kinds", {}).items()}
    for row in service.get("behaviours", ()):
        _one_of(row["origin"], ORIGINS, f"{name} behaviours.{row['id']}.origin")
        _cited(row["cite"], sources, f"{name} behaviours.{row['id']}")
    built = {
        stem: _Reader(service_id, stem, document, sources, errors, families).operation(str(service["version"]))
        for stem, document in operations.items()
    }
    for role, said in service.get("roles", {}).items():
        _one_of(said["operation"], tuple(built), f"{name} roles.{role}.operation")
    unserved = {row["operation"]: row["binding"] for row in service.get("unserved", ())}
    return Service(
        id=service_id,
        provider=provider["provider"],
        title=service["title"],
        version=str(service["version"]),
        sources=sources,
        hosts=tuple(provider.get("hosts", {}).get(service_id, ())),
        operations=built,
        unserved=unserved,
        errors=errors,
        refusals=refusals,
        order=tuple(service.get("order", ())),
        families=families,
        kinds=kinds,
        roles=service.get("roles", {}),
        options=service.get("options", {}),
        behaviours=tuple(service.get("behaviours", ())),
        limits={**provider.get("limits", {}), **service.get("limits", {})},
        secrets=_secrets(provider.get("secrets", {}), service.get("secrets", {})),
        conflicts=(*provider.get("conflicts", ()), *service.get("conflicts", ())),
        routes=_routes(built, unserved, name),
    )


class _Reader:
    """One operation's document on its way to an Operation."""

    def __init__(
        self,
        service: str,
        stem: str,
        document: Json,
        sources: Mapping[str, str],
        errors: tuple[ErrorEntry, ...],
        families: Mapping[str, Family],
    ) -> None:
        self.service, self.document, self.sources, self.errors = service, document, sources, errors
        self.name = f"{service}/{stem}.yaml"
        check_form(document, OPERATION, self.name)
        if document["operation"] != stem:
            raise ContractError(f"{self.name}: operation is {document['operation']!r}", f"name it {stem!r}")
        self.input: Json = {"type": "object", **(document.get("input") or {})}
        family = document.get("family", "")
        if family and family not in families:
            raise ContractError(f"{self.name}: family {family!r} is not in service.yaml", f"use {sorted(families)}")

    def operation(self, version: str) -> Operation:
        document, binding = self.document, self.document["binding"]
        check_schema(self.input, f"{self.name} input")
        own = tuple(
            _error(row, "operation", self.sources, self.name)
            for row in document.get("errors", ())
            if isinstance(row, dict)
        )
        codes = tuple(row["code"] if isinstance(row, dict) else row for row in document.get("errors", ()))
        known = {entry.code for entry in (*own, *self.errors)}
        if missing := [code for code in codes if code not in known]:
            raise ContractError(f"{self.name}: errors not in any table: {missing}", "add them to service.yaml's errors")
        self.errors = (*own, *self.errors)
        for quirk in document.get("quirks", ()):
            _one_of(quirk, QUIRKS, f"{self.name} quirks")
        for member in document.get("paged", ()):
            _one_of(member, tuple(self.input.get("properties", {})), f"{self.name} paged")
        for example in document.get("examples", ()):
            _cited(example["cite"], self.sources, f"{self.name} examples.{example['name']}")
        return Operation(
            id=f"{self.service}.{document['operation']}",
            name=document["operation"],
            service=self.service,
            version=version,
            title=document.get("title", ""),
            method=binding.get("method", ""),
            path=binding.get("path", ""),
            action=binding.get("action", ""),
            group=document.get("group", ""),
            depth=document.get("depth", "full"),
            status=document.get("status", 200),
            sources=tuple(document.get("sources", ())),
            input=self.input,
            place=document.get("place", {}),
            output=document.get("output"),
            rules=self._rules(),
            errors=codes,
            own_errors=own,
            family=document.get("family", ""),
            behave=document["behave"],
            examples=tuple(document.get("examples", ())),
            quirks=tuple(document.get("quirks", ())),
            paged=tuple(document.get("paged", ())),
            conflicts=tuple(document.get("conflicts", ())),
        )

    def _rules(self) -> tuple[Rule, ...]:
        try:
            derived = Shape(self.service, self.document["operation"], self.input).rules
        except SchemaError as problem:
            raise ContractError(f"{self.name}: {problem}", "cite it on the member or on the object around it") from None
        rules = [*derived, *(self._rule(row) for row in self.document.get("rules", ()))]
        seen: set[str] = set()
        for rule in rules:
            if rule.id in seen:
                raise ContractError(f"{self.name}: the rule id {rule.id} stands twice", "ids are unique")
            seen.add(rule.id)
            where = f"{self.name} {rule.tail}"
            _cited(rule.cite, self.sources, where)
            _one_of(rule.basis, BASES, f"{where}.basis")
            _one_of(rule.effect, EFFECTS, f"{where}.effect")
            if rule.answer is not None:
                _answer(rule.answer, self.errors, where)
        return tuple(rules)

    def _rule(self, row: Json) -> Rule:
        where = f"{self.name} rules.{row['id']}"
        path = tuple(_segments(row.get("at", "")))
        side = row.get("side", "client")
        schema = self._at(path, where)
        when, must = (self._expression(row.get(word), schema, where) for word in ("when", "must"))
        _one_of(side, SIDES, f"{where}.side")
        if sum(word in row for word in ("must", "check", "ignores")) > 1:
            raise ContractError(f"{where}: `must`, `check` and `ignores` exclude each other", "make two rules of it")
        if (must is None) == (not row.get("check") and not row.get("ignores") and side == "client"):
            raise ContractError(f"{where}: a client rule has `must`, `check` or `ignores`; a server rule has none")
        self._check_ignoring(row, path, where)
        if row.get("check") and row["check"] not in CHECKS:
            raise ContractError(f"{where}: check {row['check']!r} is unknown", f"use {sorted(CHECKS)}")
        blame = tuple(_segments(row["blame"])) if "blame" in row else must.names[0] if must and must.names else ()
        return Rule(
            id=f"{self.service}.{self.document['operation']}.{row['id']}",
            service=self.service,
            operation=self.document["operation"],
            kind="ignored" if row.get("ignores") else "state" if side == "server" else "rule",
            path=path,
            cite=row.get("cite", ""),
            when=when,
            must=must,
            check=row.get("check", ""),
            ignores=tuple(row.get("ignores", ())),
            effect=row.get("effect", "ignore" if row.get("ignores") else "reject"),
            side=side,
            basis=row.get("basis", "documented"),
            answer=answer_of(row.get("error")),
            text=row.get("text", ""),
            blame=blame,
            points=tuple(row.get("points", ())),
        )

    def _check_ignoring(self, row: Json, path: tuple[str, ...], where: str) -> None:
        ignored = row.get("ignores", ())
        if ignored and path:
            raise ContractError(f"{where}: `ignores` speaks of members at the root", "leave `at` out")
        for name in ignored:
            _one_of(name, tuple(self.input.get("properties", {})), f"{where}.ignores")

    def _expression(self, source: str | None, schema: Json, where: str) -> Expression | None:
        if source is None:
            return None

        def default(names: Names) -> Any:
            inner = schema
            for name in names:
                properties = _inside(inner).get("properties", {})
                if name not in properties:
                    raise ContractError(
                        f"{where}: {'.'.join(names)} is not a member here", f"there are {[*properties]}"
                    )
                inner = properties[name]
            return logical(inner, inner["default"]) if "default" in inner else ABSENT

        try:
            return Expression(str(source), default)
        except ExpressionError as problem:
            raise ContractError(f"{where}: {problem}") from problem

    def _at(self, path: tuple[str, ...], where: str) -> Json:
        schema = self.input
        for segment in path:
            inner = _inside(schema)
            found = inner.get("items") if segment == ITEM else inner.get("properties", {}).get(segment)
            if found is None:
                raise ContractError(f"{where}: at {'.'.join(path)!r} leads nowhere, {segment!r} is not there")
            schema = found
        return schema


def _routes(operations: Mapping[str, Operation], unserved: Mapping[str, Json], where: str) -> Any:
    try:
        return routes_of(operations, unserved)
    except re.error as problem:
        raise ContractError(f"{where}: a path: {problem}", "each {name} in it is a word, and stands once") from problem


def _inside(schema: Json) -> Json:
    inner = schema.get("contentSchema", schema)
    return inner if isinstance(inner, dict) else {}


def _segments(path: str) -> Iterable[str]:
    for place, segment in enumerate(path.replace(ITEM, f".{ITEM}").split(".") if path else ()):
        if segment and not (place == 0 and segment in ("body", "query")):
            yield segment


def _one_of(value: str, known: tuple[str, ...], where: str) -> None:
    if value not in known:
        raise ContractError(f"{where} is {value!r}", f"use one of {', '.join(known)}")


def _once(keys: list[tuple[str, str]], where: str) -> None:
    """ContractError: a code stands twice with the same variant, so that nobody would ever get the second."""
    for code, variant in {key for key in keys if keys.count(key) > 1}:
        raise ContractError(
            f"{where}: {code}{f'/{variant}' if variant else ''} stands twice", "tell them apart by variant"
        )


def _cited(cite: str, sources: Mapping[str, str], where: str) -> None:
    if not isinstance(cite, str) or not cite:
        raise ContractError(f"{where} has no cite", "say where it is documented")
    for part in cite.split("; "):
        if not any(part == tag or part.startswith((f"{tag} ", f"{tag}:")) for tag in sources):
            raise ContractError(f"{where}: cite {part!r} begins with no source tag", f"there are {', '.join(sources)}")


def _error(row: Json, table: str, sources: Mapping[str, str], where: str) -> ErrorEntry:
    _cited(row["cite"], sources, f"{where} errors.{row['code']}")
    entry = ErrorEntry(**row, table=table)
    _one_of(entry.retry, RETRIES, f"{where} errors.{entry.code}.retry")
    return entry


def _answer(said: Any, errors: tuple[ErrorEntry, ...], where: str) -> Answer:
    if not isinstance(said, Answer):
        check_form(said, ANSWER, where)
    answer = answer_of(said)
    if answer is None or not any(
        entry.code == answer.code and answer.variant in ("", entry.variant) for entry in errors
    ):
        raise ContractError(f"{where}: the error {said!r} is in no table", "add it to an errors table")
    return answer


def _switched(said: Any, service: Json, chosen: Mapping[str, Any], where: str) -> Any:
    """What an answer is under the options in force: `{by: <option>, <value>: <answer>, ...}`, or the answer itself."""
    if not isinstance(said, dict) or "by" not in said:
        return said
    name, options = said["by"], service.get("options", {})
    _one_of(name, tuple(options), f"{where}.by")
    values = options[name].get("enum", [options[name]["default"]])
    if said.keys() != {"by", *map(str, values)}:
        raise ContractError(
            f"{where}: there are answers for {sorted(said.keys() - {'by'})}", f"{name} is one of {values}"
        )
    return said[str(chosen.get(f"{service['service']}.{name}", options[name]["default"]))]


def _family(name: str, row: Json, sources: Mapping[str, str], where: str) -> Family:
    _cited(row["cite"], sources, f"{where} families.{name}")
    if row["queued"] >= len(row["steps"]):
        raise ContractError(f"{where} families.{name}: all steps are queued", "the last step is the end")
    error = row.get("error", {})
    check_schema(error, f"{where} families.{name}.error")
    steps = tuple(row["steps"])
    return Family(name, steps, row["queued"], row.get("failed"), row.get("cancelled"), row["cite"], error)


def _kind(name: str, row: Json, sources: Mapping[str, str], where: str) -> Kind:
    _cited(row["cite"], sources, f"{where} kinds.{name}")
    for field, schema in row["fields"].items():
        check_schema(schema, f"{where} kinds.{name}.fields.{field}")
    if row["key"] not in row["fields"]:
        raise ContractError(f"{where} kinds.{name}: its key {row['key']!r} is not among its fields")
    return Kind(name, row["key"], row["fields"], tuple(row.get("samples", ())), row["cite"])


def _secrets(*tables: Json) -> Json:
    return {
        word: tuple(dict.fromkeys(name.lower() for table in tables for name in table.get(word, ())))
        for word in ("headers", "parameters")
    }

"""Input schemas: every limit in them becomes a Rule with an id, and all of them together one compiled checker.

The keywords are those of JSON Schema 2020-12 that docs/contracts.md names, and our own beside them. `limits.py` has
what one value is held against; this module walks objects, lists and text that holds something.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

import orjson

from .expression import ABSENT
from .limits import NUMBER_KINDS, Limit, scalar_limits, usual, value_types
from .scalars import Checker, Found, scalar
from .scalars import number_in as number_in
from .spec import Answer, Rule

Json = dict[str, Any]
# Checker of the value, rule that it is required, rule that it is read-only, whether empty text counts as absent.
Member = tuple[Checker, Rule | None, Rule | None, bool]

ITEM = "[]"
DEEPEST = 64  # levels of JSON in text; nothing documented comes near, and writing JSON stops near 1,000


class SchemaError(ValueError):
    """An input schema says something that this module does not understand."""


class Shape:
    """A compiled input schema: `rules` in the order of the schema, `check` for parameters.

    check(parameters, textual) gives (typed parameters, what was found). Typed: text became numbers and booleans where
    the wire has only text, absent-like values and ignored members are gone.
    """

    def __init__(self, service: str, operation: str, schema: Json) -> None:
        self._service = service
        self._operation = operation
        self.rules: list[Rule] = []
        self.drops_null = schema.get("null") == "absent"
        self.holds_text = _holds_text(schema)
        self._check = self._object({"type": "object", **schema}, (), "")

    def check(self, parameters: Json, textual: bool = False) -> tuple[Json, Found]:
        """Hold parameters against the schema. `textual`: every value arrived as text."""
        found: Found = []
        if self.drops_null:
            parameters = without_null(parameters)
        typed = self._check(parameters, (), found, textual)
        return (typed if isinstance(typed, dict) else {}), found

    def _rule(self, schema: Json, path: tuple[str, ...], kind: str, inherited: str, limits: Json) -> Rule:
        cite = _picked(schema, "cite", kind) or inherited
        place = ".".join(path).replace(f".{ITEM}", ITEM)
        if not cite:
            raise SchemaError(f"{self._operation}.{place}: the limit {kind!r} has no cite")
        rule = Rule(
            id=f"{self._service}.{self._operation}.{place}{'.' if place else ''}{kind}",
            service=self._service,
            operation=self._operation,
            kind=kind,
            path=path,
            cite=cite,
            limits=limits,
            effect=_picked(schema, "effect", kind) or "reject",
            side=_picked(schema, "side", kind) or "client",
            basis=_picked(schema, "basis", kind) or "documented",
            answer=answer_of(_picked(schema, "error", kind)),
            blame=path,
        )
        self.rules.append(rule)
        return rule

    def _compile(self, schema: Json, path: tuple[str, ...], cite: str) -> Checker:
        own = schema.get("cite")
        cite = own if isinstance(own, str) else (own or {}).get("default", cite)
        types = value_types(schema)
        type_rule = (
            self._rule(schema, path, "type", cite, {"types": types, "text": schema.get("text")}) if types else None
        )
        if "contentSchema" in schema:
            return self._json_text(schema, path, cite, type_rule)
        if "separator" in schema:
            return self._separated(schema, path, cite, type_rule)
        if types == ("object",):
            return self._object(schema, path, cite, type_rule)
        if types == ("array",):
            return self._array(schema, path, cite, type_rule)
        checker = scalar(types, type_rule, self._limits(schema, path, cite), schema.get("text"))
        containers: dict[type, Checker] = {}
        if "object" in types:
            containers[dict] = self._object(schema, path, cite, type_rule)
        if "array" in types:
            containers[list] = self._array(schema, path, cite, type_rule)
        return _one_of(containers, checker) if containers else checker

    def _limits(self, schema: Json, path: tuple[str, ...], cite: str) -> tuple[Limit, ...]:
        return tuple(
            Limit(self._rule(schema, path, kind, cite, numbers), broken, kind in NUMBER_KINDS)
            for kind, numbers, broken in scalar_limits(schema)
        )

    def _object(self, schema: Json, path: tuple[str, ...], cite: str, type_rule: Rule | None = None) -> Checker:
        own = schema.get("cite")
        cite = own if isinstance(own, str) else (own or {}).get("default", cite)
        required = frozenset(schema.get("required", ()))
        members = self._members(schema, path, cite)
        unknown_names = required - members.keys()
        if unknown_names:
            raise SchemaError(f"{self._operation}: required members without a schema: {sorted(unknown_names)}")
        closed = schema.get("additionalProperties") is False
        unknown = self._rule(schema, path, "unknown-parameter", cite, {}) if closed else None
        wanted = tuple((name, rule) for name, (_, rule, _, _) in members.items() if rule is not None)
        plain = {name: test for name, inner in schema.get("properties", {}).items() if (test := usual(inner))}
        return _object_checker(members, plain, wanted, unknown, type_rule)

    def _members(self, schema: Json, path: tuple[str, ...], cite: str) -> dict[str, Member]:
        required = schema.get("required", ())
        members: dict[str, Member] = {}
        for name, inner in schema.get("properties", {}).items():
            place = (*path, name)
            missing = self._rule(inner, place, "required", cite, {}) if name in required else None
            echoed = self._rule(inner, place, "read-only", cite, {}) if inner.get("readOnly") else None
            dropped = echoed is not None and echoed.effect == "ignore"
            checker = _as_it_is if dropped else self._compile(inner, place, cite)
            members[name] = (checker, missing, echoed, inner.get("empty") == "absent")
        return members

    def _array(self, schema: Json, path: tuple[str, ...], cite: str, type_rule: Rule | None) -> Checker:
        items = self._items(schema, path, cite)

        def check(value: Any, indices: tuple[int, ...], found: Found, textual: bool) -> Any:
            if textual and isinstance(value, str):
                value = [value]
            if not isinstance(value, list):
                return _clash(type_rule, value, indices, found)
            return items(value, indices, found, textual)

        return check

    def _items(self, schema: Json, path: tuple[str, ...], cite: str) -> Checker:
        limits = [
            Limit(self._rule(schema, path, kind, cite, numbers), broken)
            for kind, numbers, broken in _list_limits(schema)
        ]
        item_schema = schema.get("items")
        inner = None if item_schema is None else self._compile(item_schema, (*path, ITEM), cite)

        def check(value: Any, indices: tuple[int, ...], found: Found, textual: bool) -> Any:
            for limit in limits:
                if limit.broken(value):
                    found.append((limit.rule, indices, value))
                    if limit.rule.effect == "ignore":
                        return ABSENT
            if inner is None:
                return value
            results = [inner(item, (*indices, index), found, textual) for index, item in enumerate(value)]
            return [item for item in results if item is not ABSENT]

        return check

    def _separated(self, schema: Json, path: tuple[str, ...], cite: str, type_rule: Rule | None) -> Checker:
        separator = schema["separator"]
        items = self._items({**schema, "items": _untyped_text(schema.get("items", {}))}, path, cite)

        def check(value: Any, indices: tuple[int, ...], found: Found, textual: bool) -> Any:
            if not isinstance(value, str):
                return _clash(type_rule, value, indices, found)
            return ABSENT if items(value.split(separator), indices, found, textual) is ABSENT else value

        return check

    def _json_text(self, schema: Json, path: tuple[str, ...], cite: str, type_rule: Rule | None) -> Checker:
        json_rule = self._rule(schema, path, "json", cite, {})
        limits = self._limits(schema, path, cite)
        inside = self._compile(schema["contentSchema"], path, cite)
        # The limits of what is inside share the text's place; its own type rule would share the text's id.
        self.rules = _without_twice(self.rules)

        def check(value: Any, indices: tuple[int, ...], found: Found, textual: bool) -> Any:
            if not isinstance(value, str):
                return _clash(type_rule, value, indices, found)
            for limit in limits:
                if limit.broken(value):
                    found.append((limit.rule, indices, value))
            parsed = parsed_json(value)
            inner: Found = []
            if parsed is ABSENT or (inside(parsed, indices, inner, False) is ABSENT and _is_type_clash(inner)):
                found.append((json_rule, indices, value))
            else:
                found.extend(inner)
            return value

        return check


def _one_of(containers: Mapping[type, Checker], otherwise: Checker) -> Checker:
    """The checker of a schema that takes objects or lists beside single values."""

    def check(value: Any, indices: tuple[int, ...], found: Found, textual: bool) -> Any:
        return containers.get(type(value), otherwise)(value, indices, found, textual)

    return check


def _as_it_is(value: Any, indices: tuple[int, ...], found: Found, textual: bool) -> Any:
    return value


def _object_checker(
    members: dict[str, Member],
    plain: dict[str, tuple[type, Callable[[Any], Any]]],
    wanted: tuple[tuple[str, Rule], ...],
    unknown: Rule | None,
    type_rule: Rule | None,
) -> Checker:
    look = _member_checker(members, unknown)

    def check(value: Any, indices: tuple[int, ...], found: Found, textual: bool) -> Any:
        if not isinstance(value, dict):
            return _clash(type_rule, value, indices, found)
        typed: Json = {}
        for name, item in value.items():
            test = plain.get(name)
            if test is not None and type(item) is test[0] and item != "" and test[1](item):
                typed[name] = item
            else:
                look(name, item, typed, indices, found, textual)
        for name, rule in wanted:
            if name not in value or (members[name][3] and value[name] == ""):
                found.append((rule, indices, None))
        return typed

    return check


def _member_checker(members: dict[str, Member], unknown: Rule | None) -> Callable[..., None]:
    """Looks at one member closely and puts what is given on into the typed object."""

    def look(name: str, item: Any, typed: Json, indices: tuple[int, ...], found: Found, textual: bool) -> None:
        member = members.get(name)
        if member is None:
            if unknown is not None:
                found.append((unknown, indices, name))
            else:
                typed[name] = item
            return
        inner, missing, read_only, empty_is_absent = member
        if item == "" and (empty_is_absent or (textual and missing is None)):
            return
        if read_only is not None:
            found.append((read_only, indices, item))
            if read_only.effect == "ignore":
                return
        result = inner(item, indices, found, textual)
        if result is not ABSENT:
            typed[name] = result

    return look


def _clash(type_rule: Rule | None, value: Any, indices: tuple[int, ...], found: Found) -> Any:
    if type_rule is not None:
        found.append((type_rule, indices, value))
    return ABSENT


def _is_type_clash(found: Found) -> bool:
    return len(found) == 1 and found[0][0].kind == "type"


def _untyped_text(schema: Json) -> Json:
    """What stands between separators is text whatever it holds: such an item has no type that could be wrong."""
    return {key: value for key, value in schema.items() if key != "type" or value != "string"}


def _without_twice(rules: list[Rule]) -> list[Rule]:
    return list({rule.id: rule for rule in reversed(rules)}.values())[::-1]


def parsed_json(text: str) -> Any:
    """JSON text as a value; ABSENT when it is none, or is nested too deeply to be written out again."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return ABSENT
    return ABSENT if text.count("[") + text.count("{") > DEEPEST and _is_deeper(value) else value


def _is_deeper(value: Any) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for item in level for inner in _members(item)]
        if not level:
            return False
    return True


def _members(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def without_null(value: Any) -> Any:
    """The same value without the members that are null, at any depth."""
    if isinstance(value, dict):
        return {key: without_null(item) for key, item in value.items() if item is not None}
    return [without_null(item) for item in value] if isinstance(value, list) else value


def _list_limits(schema: Json) -> list[tuple[str, Json, Callable[[Any], bool]]]:
    limits: list[tuple[str, Json, Callable[[Any], bool]]] = []
    least, most = schema.get("minItems"), schema.get("maxItems")
    if least is not None:
        limits.append(("min-items", {"min": least}, lambda items: len(items) < least))
    if most is not None:
        limits.append(("max-items", {"max": most}, lambda items: len(items) > most))
    if schema.get("uniqueItems"):
        limits.append(("unique", {}, _has_twice))
    return limits


def _has_twice(items: list[Any]) -> bool:
    return len(set(map(_as_key, items))) < len(items)


def _as_key(value: Any) -> Hashable:
    """A JSON value as a key: 1 and 1.0 are the same, true is something else."""
    if isinstance(value, bool):
        return ("bool", value)
    if isinstance(value, dict):
        return frozenset((name, _as_key(item)) for name, item in value.items())
    return ("list", *map(_as_key, value)) if isinstance(value, list) else value


def _picked(schema: Json, keyword: str, kind: str) -> Any:
    """What a keyword says for one kind of limit: one value for all, or a mapping kind → value."""
    said = schema.get(keyword)
    if keyword == "error" and isinstance(said, dict) and "code" in said:
        return said
    return said.get(kind, said.get("default")) if isinstance(said, dict) else said


def answer_of(said: Any) -> Answer | None:
    """A contract's `error`: a code, or {code, variant, args}."""
    if said is None or isinstance(said, Answer):
        return said
    if isinstance(said, str):
        return Answer(said)
    args = said.get("args")
    return Answer(said["code"], said.get("variant", ""), None if args is None else tuple(map(str, args)))


def logical(schema: Json, value: Any) -> Any:
    """A typed value as rules see it: text that holds JSON, a list or a number has become that."""
    if isinstance(value, str):
        if "contentSchema" in schema:
            parsed = parsed_json(value)
            return parsed if parsed is ABSENT else logical(schema["contentSchema"], parsed)
        if "separator" in schema:
            return [logical(schema.get("items", {}), item) for item in value.split(schema["separator"])]
        return number_in(value) if "text" in schema else value
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        seen = {name: logical(properties.get(name, {}), item) for name, item in value.items()}
        return {name: item for name, item in seen.items() if item is not ABSENT and item is not None}
    if isinstance(value, list):
        return [logical(schema.get("items", {}), item) for item in value]
    return value


def _holds_text(schema: Any) -> bool:
    if isinstance(schema, dict):
        if "contentSchema" in schema or "text" in schema or "separator" in schema:
            return True
        return any(_holds_text(inner) for inner in schema.values())
    return isinstance(schema, list) and any(_holds_text(inner) for inner in schema)

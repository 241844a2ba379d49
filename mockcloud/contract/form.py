"""The form of contract files: where each key may stand and of what type it is, as docs/contracts.md says.

What the values mean, and whether they go together across a file, is `build`'s business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from ..model import Misuse
from .formats import FORMATS

Json = dict[str, Any]
_DEEPEST = 60  # levels of a document; the deepest of ours has twenty


class ContractError(Misuse):
    """A contract file is wrong: which one, what, and what would be right."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a value may be.

    types    () for any; a whole number is a float as well, true and false are no numbers
    words    values that it is one of, () for any
    members  of a mapping; without `open` it has no others. needs: those that it must have
    each     of every item of a list, and of every member of a mapping that `members` does not name
    least    of a number; of the length of a text or a list
    pick     gives the form that a value is held against in place of this one
    """

    types: tuple[type, ...] = ()
    words: tuple[Any, ...] = ()
    members: Mapping[str, Form] | None = None
    needs: tuple[str, ...] = ()
    each: Form | None = None
    open: bool = False
    least: float | None = None
    pick: Callable[[Any], Form] | None = None


def check_form(value: Any, form: Form, where: str, depth: int = 0) -> None:
    """Hold a value against a form. ContractError: says where it differs."""
    form = form if form.pick is None else form.pick(value)
    if form.types and not any(_is(value, kind) for kind in form.types):
        wanted = " or ".join(_NAMES[kind] for kind in form.types)
        raise ContractError(f"{where} is {value!r}"[:300], f"it is {wanted}")
    if form.words and value not in form.words:
        raise ContractError(f"{where} is {value!r}"[:300], f"use one of {', '.join(map(str, form.words))}")
    if form.least is not None and _size(value) < form.least:
        raise ContractError(f"{where} is {value!r}"[:300], f"at least {form.least:g} is meant")
    if depth > _DEEPEST:
        raise ContractError(f"{where[:300]} is nested too deep", f"at most {_DEEPEST} levels are read")
    if isinstance(value, dict):
        _check_members(value, form, where, depth)
    elif isinstance(value, list) and form.each is not None:
        for place, item in enumerate(value):
            check_form(item, form.each, f"{where}[{place}]", depth + 1)


def _check_members(value: Json, form: Form, where: str, depth: int) -> None:
    members = form.members or {}
    if form.members is not None and not form.open and (unknown := value.keys() - members.keys()):
        raise ContractError(f"{where}: unknown keys {sorted(unknown)}"[:300], f"there are {', '.join(sorted(members))}")
    if missing := [name for name in form.needs if name not in value]:
        raise ContractError(f"{where} has no {missing[0]}", f"it needs {', '.join(form.needs)}")
    for name, item in value.items():
        inner = members.get(name, form.each)
        if inner is not None:
            check_form(item, inner, f"{where}.{name}", depth + 1)


_NAMES: Mapping[type, str] = {
    str: "text", bool: "true or false", int: "a whole number", float: "a number", list: "a list", dict: "a mapping",
    type(None): "null",
}  # fmt: skip


def _is(value: Any, kind: type) -> bool:
    if isinstance(value, bool):
        return kind is bool
    if kind is float:
        return isinstance(value, int) or (isinstance(value, float) and isfinite(value))
    return isinstance(value, kind)


def _size(value: Any) -> float:
    return len(value) if isinstance(value, str | list) else value if isinstance(value, int | float) else 0


# Building blocks.

_NULL = type(None)
ANY = Form()
TEXT = Form((str,))
WORD = Form((str,), least=1)
FLAG = Form((bool,))
COUNT = Form((int,), least=0)
NUMBER = Form((float,))
MAPPING = Form((dict,))
SCALAR = Form((str, float, bool))
TEXTS = Form((list,), each=TEXT)
BY_NAME = Form((dict,), each=TEXT)
_TEXT_BY_KIND = Form((str, dict), each=TEXT)

ANSWER = Form((str, dict), members={"code": WORD, "variant": TEXT, "args": Form((list,), each=ANY)}, needs=("code",))
_ANSWERS = Form((dict,), each=ANSWER)
_ERROR = Form(pick=lambda said: _ANSWERS if isinstance(said, dict) and "code" not in said else ANSWER)


def _record(needs: Mapping[str, Form], **more: Form) -> Form:
    return Form((dict,), members={**needs, **more}, needs=tuple(needs))


def _list_of(form: Form) -> Form:
    return Form((list,), each=form)


def _map_of(form: Form) -> Form:
    return Form((dict,), each=form)


# Schemas of input.

TYPES = ("string", "integer", "number", "boolean", "object", "array", "null")
_TYPE = Form((str,), words=TYPES)
_PROPERTIES: dict[str, Form] = {}
_SCHEMA = Form((dict,), members=_PROPERTIES)
_NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_PROPERTIES |= {
    "type": Form(pick=lambda said: Form((list,), each=Form(words=TYPES), least=1) if isinstance(said, list) else _TYPE),
    **dict.fromkeys(_NUMBERS, NUMBER),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "maxBytes"), COUNT),
    **dict.fromkeys(("cite", "basis", "effect", "side"), _TEXT_BY_KIND),
    **dict.fromkeys(("readOnly", "uniqueItems", "additionalProperties", "clients-may-add"), FLAG),
    **dict.fromkeys(("pattern", "description", "unit", "contentMediaType"), TEXT),
    **dict.fromkeys(("empty", "null"), Form(words=("absent",))),
    "multipleOf": Form((float,), least=1e-9),
    "enum": Form((list,), least=1),
    "items": _SCHEMA,
    "properties": _map_of(_SCHEMA),
    "required": TEXTS,
    "default": ANY,
    "contentSchema": _SCHEMA,
    "anyOf": Form((list,), each=_record({}, enum=Form((list,)), multipleOf=NUMBER, **dict.fromkeys(_NUMBERS, NUMBER))),
    "text": Form(words=("integer", "number")),
    "separator": WORD,
    "format": Form((str,), words=tuple(FORMATS)),
    "contested": Form((list, dict), each=SCALAR, members=dict.fromkeys(("minimum", "maximum"), NUMBER)),
    "in": Form(words=("query", "body")),
    "error": _ERROR,
    "examples": Form((list,)),
    "counterexamples": Form((list,)),
}

# Which type a keyword speaks of; one that cannot be held against what it stands beside would fail on a request.
_SPEAK_OF: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys((*_NUMBERS, "multipleOf", "anyOf"), ("integer", "number")),
    **dict.fromkeys(("minLength", "maxLength", "maxBytes", "pattern", "format", "text"), ("string",)),
    **dict.fromkeys(("separator", "contentSchema"), ("string",)),
    **dict.fromkeys(("items", "minItems", "maxItems", "uniqueItems"), ("array",)),
    **dict.fromkeys(("properties", "required", "additionalProperties"), ("object",)),
}


def check_schema(schema: Any, where: str) -> None:
    """Hold a schema of input against its form, keywords against types among it. ContractError: says where."""
    check_form(schema, _SCHEMA, where)
    _check_keywords(schema, where)


def _check_keywords(schema: Json, where: str) -> None:
    said = schema.get("type", ())
    types = {said} if isinstance(said, str) else set(said)
    types |= {"integer", "number"} if "text" in schema else set()
    types |= {"array"} if "separator" in schema else set()
    for keyword in schema:
        wanted = _SPEAK_OF.get(keyword)
        if wanted and types.isdisjoint(wanted):
            raise ContractError(f"{where}: {keyword} speaks of {' or '.join(wanted)}", f"the type is {said or 'open'}")
    if "enum" in schema and not types.isdisjoint(("object", "array")) and "separator" not in schema:
        raise ContractError(f"{where}: enum speaks of single values", f"the type is {said}")
    if "pattern" in schema:
        try:
            re.compile(schema["pattern"])
        except (re.error, OverflowError, RecursionError) as problem:
            raise ContractError(f"{where}.pattern {schema['pattern']!r} is none: {problem}"[:300]) from problem
    for name, inner in schema.get("properties", {}).items():
        _check_keywords(inner, f"{where}.{name}")
    for keyword in ("items", "contentSchema"):
        if keyword in schema:
            _check_keywords(schema[keyword], f"{where}.{keyword}")


# Files.

_NEEDS_CITE = {"cite": WORD}
_STATUS_WORD = Form((str, int))
ERROR = _record(
    {"code": WORD, "status": Form((int,), least=100), "message": TEXT, **_NEEDS_CITE},
    variant=TEXT,
    retry=TEXT,
    note=TEXT,
    task=FLAG,
)
_CONFLICTS = _list_of(_record({"about": TEXT, "says": Form((dict,), each=SCALAR), "decision": SCALAR}))
_LIMIT = _record({"value": Form((float, list)), **_NEEDS_CITE}, unit=TEXT)
_SECRETS = _record({}, headers=TEXTS, parameters=TEXTS)
_ACTION, _ROUTE = _record({"action": WORD}), _record({"method": WORD, "path": WORD})
_BINDING = Form(pick=lambda said: _ACTION if isinstance(said, dict) and "action" in said else _ROUTE)
_FORMAT = Form(words=(1,))

PROVIDER = _record(
    {"format": _FORMAT, "provider": WORD, "title": TEXT},
    sources=BY_NAME,
    hosts=_map_of(TEXTS),
    errors=_list_of(ERROR),
    limits=_map_of(_LIMIT),
    secrets=_SECRETS,
    conflicts=_CONFLICTS,
)
# An answer, or one for each value of a switch.
_ANSWERS_BY = Form((dict,), members={"by": WORD}, open=True, each=ANSWER)
_REFUSAL = Form(pick=lambda said: _ANSWERS_BY if isinstance(said, dict) and "by" in said else ANSWER)
SERVICE = _record(
    {"format": _FORMAT, "service": WORD, "title": TEXT, "version": Form((str, float)), "refusals": _map_of(_REFUSAL)},
    sources=BY_NAME,
    errors=_list_of(ERROR),
    order=TEXTS,
    families=_map_of(
        _record(
            {"steps": Form((list,), each=_STATUS_WORD, least=2), "queued": COUNT, **_NEEDS_CITE},
            failed=_STATUS_WORD,
            cancelled=_STATUS_WORD,
            error=_SCHEMA,
        )
    ),
    kinds=_map_of(
        _record({"key": WORD, "fields": _map_of(_SCHEMA), **_NEEDS_CITE}, samples=_list_of(MAPPING)),
    ),
    roles=_map_of(Form((dict,), members={"operation": WORD}, needs=("operation",), open=True)),
    options=_map_of(_record({"default": SCALAR, "what": TEXT, **_NEEDS_CITE}, enum=Form((list,), least=1))),
    behaviours=_list_of(_record({"id": WORD, "what": TEXT, "origin": TEXT, **_NEEDS_CITE})),
    unserved=_list_of(_record({"operation": WORD, "binding": _BINDING})),
    limits=_map_of(_LIMIT),
    secrets=_SECRETS,
    conflicts=_CONFLICTS,
)
_OUTPUT_MEMBERS: dict[str, Form] = {"required": TEXTS}
_OUTPUT = Form((dict, _NULL), members=_OUTPUT_MEMBERS, open=True)
_OUTPUT_MEMBERS |= {"properties": _map_of(_OUTPUT), "items": _OUTPUT, "type": _PROPERTIES["type"]}
_POINT = _record({"breaks": FLAG}, given=_list_of(MAPPING), call=MAPPING, place=MAPPING, note=TEXT)
_RULE = _record(
    {"id": WORD},
    **dict.fromkeys(("at", "when", "must", "side", "check", "blame", "cite", "basis", "effect", "text"), TEXT),
    ignores=TEXTS,
    error=ANSWER,
    points=_list_of(_POINT),
)
_EXAMPLE = _record(
    {"name": WORD, **_NEEDS_CITE},
    given=_list_of(MAPPING),
    call=MAPPING,
    place=MAPPING,
    answer=Form((dict, _NULL)),
    error=ANSWER,
)
OPERATION = _record(
    {"operation": WORD, "binding": _BINDING, "behave": WORD},
    title=TEXT,
    group=TEXT,
    depth=Form(words=("full", "shape")),
    status=Form((int,), least=100),
    sources=TEXTS,
    input=Form((dict, _NULL)),
    place=_SCHEMA,
    output=_OUTPUT,
    rules=_list_of(_RULE),
    errors=_list_of(Form(pick=lambda said: ERROR if isinstance(said, dict) else WORD)),
    family=TEXT,
    examples=_list_of(_EXAMPLE),
    quirks=TEXTS,
    paged=TEXTS,
    conflicts=_CONFLICTS,
)

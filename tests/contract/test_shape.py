"""Compiled input schemas: beside `jsonschema` where they say the same, and by hand where they say more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from mockcloud.contract.expression import ABSENT
from mockcloud.contract.shape import SchemaError, Shape, answer_of, logical, parsed_json, without_null
from mockcloud.contract.spec import Answer
from tests.fuzz.effort import effort

# Schemas and values of the keywords that both know

_INTEGERS = st.integers(-20, 20)
_NUMBERS = _INTEGERS | st.sampled_from([0.5, 1.5, -2.5, 3.0, 1e20, -0.0, 2**63, 10**30])
_TEXTS = st.text("ab1-é", max_size=5)
_NAMES = st.sampled_from(["a", "b", "c"])


@st.composite
def bounds(draw, low, high, values):
    found = {}
    for word in draw(st.sets(st.sampled_from([low, high]))):
        found[word] = draw(values)
    return found


@st.composite
def number_schemas(draw):
    kind = draw(st.sampled_from(["integer", "number"]))
    values = _INTEGERS if kind == "integer" else _NUMBERS
    schema = {"type": kind}
    limits = draw(bounds("minimum", "maximum", values) | bounds("exclusiveMinimum", "exclusiveMaximum", values))
    if draw(st.booleans()):
        limits["multipleOf"] = draw(st.sampled_from([1, 2, 5] if kind == "integer" else [1, 2, 0.5, 0.25]))
    if limits and draw(st.booleans()):
        return {**schema, "anyOf": [{"enum": draw(st.lists(values, min_size=1, max_size=2))}, limits]}
    return {**schema, **limits}


@st.composite
def text_schemas(draw):
    schema = {"type": "string", **draw(bounds("minLength", "maxLength", st.integers(0, 4)))}
    pattern = draw(st.sampled_from([None, "^a", "1$", "^[ab]*$", "b.b"]))
    return schema if pattern is None else {**schema, "pattern": pattern}


_ENUMS = st.lists(_INTEGERS | _TEXTS | st.booleans() | st.none(), min_size=1, max_size=4).map(
    lambda some: {"enum": some}
)
_PLAIN = st.sampled_from([{"type": "boolean"}, {"type": "null"}, {}])


@st.composite
def mixed_schemas(draw):
    """Several scalar types at once; limits speak of their own."""
    first, second = draw(number_schemas()), draw(text_schemas())
    return {**first, **second, "type": draw(st.permutations([first["type"], "string", "null"]))}


def _containers(inner):
    arrays = st.builds(
        lambda items, limits, unique: {"type": "array", "items": items, **limits, **unique},
        inner,
        bounds("minItems", "maxItems", st.integers(0, 3)),
        st.sampled_from([{}, {"uniqueItems": True}]),
    )

    def as_object(properties, required, closed):
        known = [name for name in required if name in properties]
        return {"type": "object", "properties": properties, "required": known, **closed}

    objects = st.builds(
        as_object,
        st.dictionaries(_NAMES, inner, max_size=3),
        st.lists(_NAMES, unique=True),
        st.sampled_from([{}, {"additionalProperties": False}]),
    )
    nullable = objects.map(lambda schema: {**schema, "type": ["object", "null"]})
    return arrays | objects | nullable


SCHEMAS = st.recursive(number_schemas() | text_schemas() | mixed_schemas() | _ENUMS | _PLAIN, _containers, max_leaves=6)
VALUES = st.recursive(
    _NUMBERS | _TEXTS | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES, inner, max_size=3),
    max_leaves=8,
)


@st.composite
def near(draw, schema):
    """A value that a schema may accept, or nearly so."""
    if draw(st.integers(0, 7)) == 0:
        return draw(VALUES)
    kind = schema.get("type")
    kind = draw(st.sampled_from(kind)) if isinstance(kind, list) else kind
    if "enum" in schema:
        return draw(st.sampled_from(schema["enum"]))
    if kind == "object":
        names = [name for name in schema["properties"] if draw(st.integers(0, 4))]
        return {name: draw(near(schema["properties"][name])) for name in names}
    if kind == "array":
        return draw(st.lists(near(schema["items"]), max_size=4))
    return draw(
        {"string": _TEXTS, "integer": _INTEGERS, "number": _NUMBERS, "boolean": st.booleans()}.get(kind, st.none())
    )


CASES = SCHEMAS.flatmap(lambda schema: st.tuples(st.just(schema), near(schema) | VALUES))


def cited(schema):
    """The same schema with the citations that ours want."""
    return {"properties": {"x": schema}, "cite": "doc"}


@effort(8)
@given(CASES)
def test_verdict_is_that_of_jsonschema_and_what_is_accepted_is_given_on_as_it_is(case):
    schema, value = case
    shape = Shape("s", "Op", cited(schema))
    typed, found = shape.check({"x": value})
    assert found or typed == {"x": value}
    assert {rule.id for rule, _, _ in found} <= {rule.id for rule in shape.rules}
    too_big = [rule for rule, _, big in found if rule.kind == "type" and isinstance(big, int) and abs(big) >= 2**63]
    assert (not found) == Draft202012Validator(schema).is_valid(value) or too_big


# What ours say beside that


def check(schema, value, textual=False):
    """(what is given on, [(rule id inside the operation, indices, value)]) of one member "x"."""
    typed, found = Shape("s", "Op", cited(schema)).check(value, textual)
    return typed, [(rule.tail, indices, got) for rule, indices, got in found]


def member(schema, value, textual=False):
    typed, found = check(schema, {"x": value}, textual)
    return typed.get("x", ABSENT), [tail for tail, _, _ in found]


TEXT, INTEGER = {"type": "string"}, {"type": "integer"}


def test_every_limit_has_an_id_from_its_place():
    schema = {
        "type": "object",
        "required": ["a"],
        "properties": {
            "a": {"type": "integer", "minimum": 1, "multipleOf": 2},
            "b": {
                "type": "array",
                "maxItems": 2,
                "items": {"type": "object", "properties": {"c": {**TEXT, "maxBytes": 1}}},
            },
        },
        "additionalProperties": False,
    }
    assert [rule.tail for rule in Shape("s", "Op", cited(schema)).rules] == [
        *("x.type", "x.a.required", "x.a.type", "x.a.range", "x.a.step", "x.b.type", "x.b.max-items", "x.b[].type"),
        *("x.b[].c.type", "x.b[].c.bytes", "x.unknown-parameter"),
    ]


def test_limit_without_a_citation_is_refused():
    with pytest.raises(SchemaError, match=r"Op\.x: the limit 'type' has no cite"):
        Shape("s", "Op", {"properties": {"x": TEXT}})


def test_citation_is_inherited_and_narrowed():
    schema = {
        "type": "object",
        "cite": "inner",
        "properties": {"a": {**INTEGER, "minimum": 1, "cite": {"range": "own"}}},
    }
    cites = {rule.tail: rule.cite for rule in Shape("s", "Op", cited(schema)).rules}
    assert cites == {"x.type": "inner", "x.a.type": "inner", "x.a.range": "own"}


def test_words_about_a_limit_are_said_per_kind():
    schema = {
        **INTEGER,
        "minimum": 1,
        "basis": {"range": "assumed"},
        "effect": {"type": "warn", "default": "ignore"},
        "error": {"range": {"code": "Bad", "args": [1]}, "default": "Worse"},
    }
    rules = {rule.kind: rule for rule in Shape("s", "Op", cited(schema)).rules}
    assert [rules[kind].basis for kind in ("type", "range")] == ["documented", "assumed"]
    assert [rules[kind].effect for kind in ("type", "range")] == ["warn", "ignore"]
    assert [rules[kind].answer for kind in ("type", "range")] == [Answer("Worse"), Answer("Bad", "", ("1",))]


def test_required_member_without_a_schema_is_refused():
    with pytest.raises(SchemaError, match="required members without a schema: \\['a'\\]"):
        Shape("s", "Op", cited({"type": "object", "required": ["a"], "properties": {}}))


def test_place_in_a_list_is_found():
    schema = {"type": "array", "items": {"type": "array", "items": INTEGER}}
    assert check(schema, {"x": [[1], [2, "a"]]})[1] == [("x[][].type", (1, 1), "a")]


def test_what_is_wrong_is_left_out_of_what_is_given_on():
    schema = {"type": "array", "items": INTEGER}
    assert member(schema, [1, "a", 3]) == ([1, 3], ["x[].type"])


# Text


@pytest.mark.parametrize(
    ("schema", "text", "typed"),
    [
        (INTEGER, "5", 5),
        (INTEGER, "-5", -5),
        ({"type": "number"}, "5", 5),
        ({"type": "number"}, "5.50", 5.5),
        ({"type": "number"}, ".5", 0.5),
        ({"type": "boolean"}, "true", True),
        ({"type": "boolean"}, "False", False),
        (TEXT, "5", "5"),
        ({"type": ["string", "integer"]}, "5", "5"),
        ({"type": ["integer", "null"]}, "5", 5),
        ({}, "5", "5"),
        ({"type": "array", "items": INTEGER}, ["1", "2"], [1, 2]),
        ({"type": "array", "items": INTEGER}, "7", [7]),
        ({"type": "object", "properties": {"a": INTEGER}}, {"a": "1"}, {"a": 1}),
    ],
)
def test_text_gets_its_type_where_the_wire_has_none(schema, text, typed):
    assert member(schema, text, textual=True) == (typed, [])


@pytest.mark.parametrize(
    ("schema", "text"),
    [(INTEGER, text) for text in ("5.0", "+5", " 5", "5 ", "1e3", "0x5", "", "-", "٥", "5a", "9" * 500, "true")]
    + [({"type": "number"}, text) for text in ("1e3", "5.", ".", "1.2.3", "inf", "nan", "9" * 399 + ".5", "-.")]
    + [({"type": "boolean"}, text) for text in ("1", "yes", "", "t")],
)
def test_text_that_is_not_of_the_type(schema, text):
    required = {"required": ["x"], "properties": {"x": schema}, "cite": "doc"}
    assert [rule.kind for rule, _, _ in Shape("s", "Op", required).check({"x": text}, True)[1]] == ["type"]


def test_empty_text_counts_as_absent_where_nothing_is_required():
    assert member(INTEGER, "", textual=True) == (ABSENT, [])


def test_numbers_in_json_stay_what_they_are():
    assert member(INTEGER, "5") == (ABSENT, ["x.type"])


@pytest.mark.parametrize(("value", "typed"), [(5.0, 5), (-3.0, -3), (5, 5)])
def test_whole_number_is_given_on_as_one(value, typed):
    given, found = member(INTEGER, value)
    assert (given, type(given), found) == (typed, int, [])


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1, 1e30, 10**399])
def test_integer_beyond_64_bits_is_of_no_type(value):
    assert member(INTEGER, value) == (ABSENT, ["x.type"])


def test_integer_beyond_64_bits_that_is_out_of_range_is_just_that():
    assert member({**INTEGER, "maximum": 10}, 2**70) == (ABSENT, ["x.range"])


@pytest.mark.parametrize("value", [2**63 - 1, -(2**63)])
def test_integer_of_64_bits_is_taken(value):
    assert member(INTEGER, value) == (value, [])


# Our own keywords


NUMBER_TEXT = {"type": ["integer", "string"], "text": "integer", "minimum": 5, "maxLength": 3}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("7", ("7", [])),
        (7, (7, [])),
        ("4", ("4", ["x.range"])),
        (4, (4, ["x.range"])),
        ("0007", ("0007", ["x.length"])),
        ("seven", (ABSENT, ["x.type"])),
        ("7.0", (ABSENT, ["x.type"])),
        (True, (ABSENT, ["x.type"])),
        (None, (ABSENT, ["x.type"])),
    ],
)
def test_text_that_holds_a_number(value, expected):
    assert member(NUMBER_TEXT, value) == expected


LISTED = {"type": "string", "separator": ",", "minItems": 2, "maxItems": 3, "items": {"type": "string", "minLength": 1}}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a,b", ("a,b", [])),
        ("a", ("a", ["x.min-items"])),
        ("a,b,c,d", ("a,b,c,d", ["x.max-items"])),
        ("a,,c", ("a,,c", ["x[].length"])),
        (5, (ABSENT, ["x.type"])),
        (["a", "b"], (ABSENT, ["x.type"])),
    ],
)
def test_text_that_holds_a_list(value, expected):
    assert member(LISTED, value) == expected


JSON_TEXT = {
    "type": "string",
    "contentMediaType": "application/json",
    "contentSchema": {"type": "object", "properties": {"a": {**INTEGER, "minimum": 1}}, "required": ["a"]},
}


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ('{"a": 1}', []),
        ('{"a": 0}', ["x.a.range"]),
        ('{"a": "1"}', ["x.a.type"]),
        ("{}", ["x.a.required"]),
        ("[]", ["x.json"]),
        ("5", ["x.json"]),
        ("{", ["x.json"]),
        ("", ["x.json"]),
        ("[" * 5000, ["x.json"]),
        ('{"a": ' + "[" * 100 + "]" * 100 + "}", ["x.json"]),
    ],
)
def test_text_that_holds_json(value, found):
    assert member(JSON_TEXT, value) == (value, found)


def test_no_text_where_json_is_wanted():
    assert member(JSON_TEXT, {"a": 1}) == (ABSENT, ["x.type"])


def whole(schema, value):
    typed, found = Shape("s", "Op", {"cite": "doc", **schema}).check(value)
    return typed, [rule.tail for rule, _, _ in found]


def test_null_counts_as_absent_where_the_contract_says_so():
    schema = {"null": "absent", "required": ["a"], "properties": {"a": TEXT, "b": {"type": "array", "items": {}}}}
    assert whole(schema, {"a": None, "b": [{"c": None, "d": 1}]}) == ({"b": [{"d": 1}]}, ["a.required"])


def test_null_is_a_value_elsewhere():
    assert whole({"properties": {"a": TEXT}}, {"a": None}) == ({}, ["a.type"])


def test_empty_text_counts_as_absent_where_the_contract_says_so():
    schema = {"required": ["a"], "properties": {"a": {**TEXT, "empty": "absent"}, "b": {**TEXT, "empty": "absent"}}}
    assert whole(schema, {"a": "", "b": ""}) == ({}, ["a.required"])


def test_unknown_member_is_said_by_its_name():
    found = Shape("s", "Op", {"cite": "doc", "properties": {}, "additionalProperties": False}).check({"zzz": 1})[1]
    assert [(rule.kind, value) for rule, _, value in found] == [("unknown-parameter", "zzz")]


def test_unknown_member_is_given_on_where_it_is_allowed():
    assert whole({"properties": {}}, {"zzz": 1}) == ({"zzz": 1}, [])


def test_read_only_member_is_noted():
    assert whole({"properties": {"a": {**TEXT, "readOnly": True}}}, {"a": "x"}) == ({"a": "x"}, ["a.read-only"])


def test_ignored_read_only_member_is_dropped_and_not_judged():
    schema = {"properties": {"a": {**INTEGER, "readOnly": True, "effect": {"read-only": "ignore"}}}}
    assert whole(schema, {"a": "no integer"}) == ({}, ["a.read-only"])


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({**INTEGER, "minimum": 1, "effect": {"range": "ignore"}}, 0),
        ({"type": "array", "maxItems": 1, "effect": {"max-items": "ignore"}}, [1, 2]),
        ({**TEXT, "separator": ",", "maxItems": 1, "items": {}, "effect": {"max-items": "ignore"}}, "a,b"),
    ],
)
def test_value_that_breaks_a_limit_of_no_effect_is_dropped(schema, value):
    typed, found = member(schema, value)
    assert (typed, len(found)) == (ABSENT, 1)


@pytest.mark.parametrize(
    ("items", "unique"),
    [
        ([1, 2], True),
        ([1, 1.0], False),
        ([1, True], True),
        ([{"a": 1, "b": 2}, {"b": 2, "a": 1}], False),
        ([[1], [True]], True),
        (["\udcff", "\udcff"], False),
        ([10**30, 10**30], False),
    ],
)
def test_unique_is_as_json_has_it(items, unique):
    assert (member({"type": "array", "uniqueItems": True}, items)[1] == []) is unique


# Seen by rules


@pytest.mark.parametrize(
    ("schema", "value", "seen"),
    [
        (NUMBER_TEXT, "7", 7),
        (LISTED, "a,b", ["a", "b"]),
        (JSON_TEXT, '{"a": 1}', {"a": 1}),
        (JSON_TEXT, "{", ABSENT),
        ({"type": "object", "properties": {"n": NUMBER_TEXT}}, {"n": "7", "m": "7", "z": None}, {"n": 7, "m": "7"}),
        ({"type": "array", "items": NUMBER_TEXT}, ["7"], [7]),
        (TEXT, "7", "7"),
    ],
)
def test_logical(schema, value, seen):
    assert logical(schema, value) == seen


@pytest.mark.parametrize(("text", "value"), [("[1]", [1]), ("", ABSENT), ("\udcff", ABSENT), ('"\udcff"', ABSENT)])
def test_parsed_json(text, value):
    assert parsed_json(text) == value


def test_without_null():
    assert without_null({"a": None, "b": [{"c": None}, None], "d": 0}) == {"b": [{}, None], "d": 0}


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (None, None),
        ("Bad", Answer("Bad")),
        ({"code": "Bad", "variant": "long", "args": ["{name}", 5]}, Answer("Bad", "long", ("{name}", "5"))),
        (Answer("Bad"), Answer("Bad")),
    ],
)
def test_answer_of(said, answer):
    assert answer_of(said) == answer

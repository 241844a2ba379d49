"""A call against its contract: what is ignored, what is broken, which of it is answered and with which words."""

from __future__ import annotations

import pytest

from mockcloud.contract.spec import Answer
from mockcloud.contract.validate import Validator, answer_for, describe, filled, pointer
from tests.small import service

FLAT = {
    "cite": "doc",
    "required": ["Width"],
    "properties": {
        "Width": {"type": "integer", "minimum": 8, "maximum": 100},
        "Height": {"type": "integer", "minimum": 8, "maximum": 100, "default": 8},
        "Name": {"type": "string", "maxLength": 4},
        "Boxes": {
            "type": "array",
            "items": {"type": "object", "properties": {"From": {"type": "integer"}, "To": {"type": "integer"}}},
        },
    },
}


def validator(rules=(), schema=FLAT, order=(), **refusals):
    made = service(input=schema, rules=list(rules), behave="make")
    refused = {**made.refusals, **{kind: Answer(code) for kind, code in refusals.items()}}
    made = type(made)(
        **{name: getattr(made, name) for name in made.__dataclass_fields__} | {"refusals": refused, "order": order}
    )
    return Validator(made.operations["Make"], made)


def judged(found, parameters, textual=False):
    verdict = found(parameters, textual)
    return [(one.rule.removeprefix("acme-gif.Make."), one.path, one.value) for one in verdict.violations]


def test_good_call_breaks_nothing():
    verdict = validator()({"Width": 10, "Name": "abcd"})
    assert (verdict.parameters, verdict.violations, verdict.refusal) == ({"Width": 10, "Name": "abcd"}, (), None)


def test_everything_that_is_broken_is_found():
    assert judged(validator(), {"Height": 7, "Name": "abcde"}) == [
        *[("Height.range", "/Height", 7), ("Name.length", "/Name", "abcde"), ("Width.required", "/Width", None)]
    ]


def test_violation_says_where_it_is_documented():
    violation = validator()({"Width": 7}).violations[0]
    assert (violation.rule, violation.cite, violation.effect) == ("acme-gif.Make.Width.range", "doc", "reject")


def test_refusal_carries_the_rule_and_all_violations():
    refusal = validator()({"Width": 7, "Name": "abcde"}).refusal
    assert (refusal.code, refusal.fill, refusal.reason) == ("Bad", ("Width",), "acme-gif.Make.Width.range")
    assert refusal.detail == "/Width = 7: must be from 8 to 100"
    assert len(refusal.violations) == 2


# Which one is answered


@pytest.mark.parametrize(
    ("order", "first"),
    [
        ((), "Width.required"),
        (("length", "required"), "Name.length"),
        (("rule",), "tall"),
        (("range", "length"), "Height.range"),
    ],
)
def test_order_of_the_provider_decides_which_is_answered(order, first):
    rules = [{"id": "tall", "must": "Height > 50", "cite": "doc"}]
    refusal = validator(rules, order=order)({"Height": 7, "Name": "abcde"}).refusal
    assert refusal.reason == f"acme-gif.Make.{first}"


def test_unknown_parameters_go_first_where_nothing_is_documented():
    schema = {**FLAT, "additionalProperties": False}
    refusal = validator(schema=schema)({"Name": "abcde", "Zzz": 1}).refusal
    assert refusal.reason == "acme-gif.Make.unknown-parameter"


@pytest.mark.parametrize(
    ("error", "refusals", "answer"),
    [
        (None, {}, "Bad"),
        (None, {"range": "Busy"}, "Busy"),
        ("Lost", {"range": "Busy"}, "Lost"),
    ],
)
def test_answer_is_the_rules_own_then_that_of_its_kind_then_the_default(error, refusals, answer):
    width = {"type": "integer", "minimum": 8, "cite": "doc", **({"error": error} if error else {})}
    found = validator(schema={"properties": {"Width": width}}, **refusals)
    assert found({"Width": 7}).refusal.code == answer


@pytest.mark.parametrize("effect", ["warn", "ignore"])
def test_what_is_not_rejected_is_only_noted(effect):
    width = {"type": "integer", "minimum": 8, "cite": "doc", "effect": effect}
    verdict = validator(schema={"properties": {"Width": width}})({"Width": 7})
    assert (verdict.refusal, [one.effect for one in verdict.violations]) == (None, [effect])
    assert verdict.parameters == ({"Width": 7} if effect == "warn" else {})


# Rules


def test_rule_speaks_of_members_at_its_place():
    rules = [{"id": "forward", "at": "Boxes[]", "must": "From < To", "cite": "doc"}]
    call = {"Width": 10, "Boxes": [{"From": 1, "To": 2}, {"From": 3, "To": 3}, {"From": 1}, {"From": 5, "To": 4}]}
    assert judged(validator(rules), call) == [("forward", "/Boxes/1/From", 3), ("forward", "/Boxes/3/From", 5)]


def test_rule_blames_whom_it_says():
    rules = [{"id": "forward", "at": "Boxes[]", "must": "From < To", "blame": "To", "cite": "doc"}]
    assert judged(validator(rules), {"Width": 10, "Boxes": [{"From": 3, "To": 3}]}) == [("forward", "/Boxes/0/To", 3)]


def test_rule_holds_only_when_its_condition_does():
    rules = [{"id": "named", "when": "Width > 50", "must": "present(Name)", "cite": "doc"}]
    assert judged(validator(rules), {"Width": 10}) == []
    assert judged(validator(rules), {"Width": 60}) == [("named", "/Name", None)]


def test_default_counts_for_rules_and_is_not_filled_in():
    rules = [{"id": "not-square", "must": "Width != Height", "cite": "doc"}]
    verdict = validator(rules)({"Width": 8})
    assert [one.rule for one in verdict.violations] == ["acme-gif.Make.not-square"]
    assert verdict.parameters == {"Width": 8}


def test_member_of_the_wrong_type_switches_rules_off():
    rules = [{"id": "not-square", "must": "Width != Height", "cite": "doc"}]
    assert judged(validator(rules), {"Width": 10, "Height": "10"}) == [("Height.type", "/Height", "10")]


def test_rules_see_numbers_where_the_wire_has_text():
    rules = [{"id": "not-square", "must": "Width != Height", "cite": "doc"}]
    assert judged(validator(rules), {"Width": "10", "Height": "10"}, textual=True) == [("not-square", "/Width", 10)]


def test_rules_see_what_is_in_text_that_holds_json():
    clip = {"type": "object", "properties": {"Start": {"type": "integer"}, "End": {"type": "integer"}}}
    schema = {
        "cite": "doc",
        "properties": {"Clip": {"type": "string", "contentMediaType": "application/json", "contentSchema": clip}},
    }
    rules = [{"id": "forward", "at": "Clip", "must": "Start < End", "cite": "doc"}]
    assert judged(validator(rules, schema), {"Clip": '{"Start": 5, "End": 5}'}) == [("forward", "/Clip/Start", 5)]


# Ignored members


IGNORING = [{"id": "by-name", "when": "present(Name)", "ignores": ["Height", "Boxes"], "cite": "doc"}]


def test_ignored_members_are_dropped_before_anything_is_checked():
    verdict = validator(IGNORING)({"Width": 10, "Name": "a", "Height": 1, "Boxes": "no list"})
    assert (verdict.parameters, verdict.refusal) == ({"Width": 10, "Name": "a"}, None)
    assert [(one.rule, one.path, one.value, one.effect) for one in verdict.violations] == [
        ("acme-gif.Make.by-name", "/Height", 1, "ignore"),
        ("acme-gif.Make.by-name", "/Boxes", "no list", "ignore"),
    ]


def test_members_count_when_the_condition_does_not_hold():
    assert judged(validator(IGNORING), {"Width": 10, "Height": 1}) == [("Height.range", "/Height", 1)]


@pytest.mark.parametrize(("width", "textual"), [(60, False), ("60", True)])
def test_condition_sees_numbers_also_where_the_wire_has_text(width, textual):
    rules = [{"id": "wide", "when": "Width > 50", "ignores": ["Height"], "cite": "doc"}]
    assert [rule for rule, _, _ in judged(validator(rules), {"Width": width, "Height": "x"}, textual)] == ["wide"]


def test_null_that_counts_as_absent_does_not_make_others_ignored():
    schema = {**FLAT, "null": "absent"}
    assert judged(validator(IGNORING, schema), {"Width": 10, "Name": None, "Height": 1}) == [
        ("Height.range", "/Height", 1)
    ]


# Words


@pytest.mark.parametrize(
    ("args", "value", "words"),
    [
        (None, 7, ("Width",)),
        ((), 7, ()),
        (("{name}", "{path}", "{top}"), 7, ("Width", "Boxes.0.Width", "Boxes")),
        (("{value}", "{operation}"), 7, ("7", "Make")),
        (("<{value}>",), True, ("<true>",)),
        (("<{value}>",), None, ("<>",)),
        (("<{value}>",), "{operation}", ("<{operation}>",)),
        (("plain",), 7, ("plain",)),
    ],
)
def test_message_is_filled_from_templates(args, value, words):
    assert filled(Answer("Bad", args=args), ("Boxes", "0", "Width"), value, "Make") == words


def test_message_about_the_whole_call_is_filled_with_nothing():
    assert filled(Answer("Bad"), (), None, "Make") == ("",)


@pytest.mark.parametrize(("path", "text"), [((), ""), (("a", "0", "b"), "/a/0/b"), (("a/b", "c~d"), "/a~1b/c~0d")])
def test_pointer(path, text):
    assert pointer(path) == text


def rules_of(member, rules=()):
    return {
        rule.tail: rule
        for rule in service(input={"cite": "doc", "properties": {"X": member, "Y": {}}}, rules=list(rules))
        .operations["Make"]
        .rules
    }


@pytest.mark.parametrize(
    ("member", "tail", "words"),
    [
        ({"type": "integer"}, "X.type", "must be integer"),
        ({"type": ["integer", "string"], "text": "integer"}, "X.type", "must be integer or string holding integer"),
        ({"type": "string", "enum": ["a", "b"]}, "X.enum", "must be one of a, b"),
        ({"type": "integer", "minimum": 1, "maximum": 5}, "X.range", "must be from 1 to 5"),
        ({"type": "integer", "exclusiveMinimum": 1, "exclusiveMaximum": 5}, "X.range", "must be above 1 below 5"),
        ({"type": "integer", "minimum": 1}, "X.range", "must be from 1"),
        ({"type": "integer", "maximum": 100}, "X.range", "must be at most 100"),
        ({"type": "number", "exclusiveMinimum": 0, "maximum": 60}, "X.range", "must be above 0 at most 60"),
        (
            {"type": "integer", "anyOf": [{"enum": [-1, 0]}, {"minimum": 32, "maximum": 64, "multipleOf": 2}]},
            "X.step",
            "must be -1, 0 or a multiple of 2 from 32 to 64",
        ),
        (
            {"type": "string", "minLength": 1, "maxLength": 5},
            "X.length",
            "must have at least 1 and at most 5 characters",
        ),
        ({"type": "string", "maxBytes": 5}, "X.bytes", "must have at most 5 bytes"),
        ({"type": "array", "minItems": 1}, "X.min-items", "must have at least 1 items"),
        ({"type": "array", "maxItems": 1}, "X.max-items", "must have at most 1 items"),
        ({"type": "string", "pattern": "^a"}, "X.pattern", "must match ^a"),
        ({"type": "string", "format": "utc-seconds"}, "X.format", "must be in the format utc-seconds"),
        ({"type": "string", "readOnly": True}, "X.read-only", "is read-only"),
    ],
)
def test_limit_is_described_in_a_sentence(member, tail, words):
    assert describe(rules_of(member)[tail]) == words


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"must": "X > 5"}, "X > 5 must hold"),
        ({"when": "present(Y)", "must": "X > 5"}, "when present(Y), X > 5 must hold"),
        ({"when": "present(Y)", "ignores": ["X"]}, "X have no effect when present(Y)"),
        ({"must": "X > 5", "text": "X is large"}, "X is large"),
        ({"side": "server", "text": "X exists"}, "X exists"),
    ],
)
def test_rule_is_described_in_a_sentence(rule, words):
    assert describe(rules_of({"type": "integer"}, [{"id": "it", "cite": "doc", **rule}])["it"]) == words


def test_answer_for_a_rule_of_no_special_kind_is_the_default():
    made = service()
    assert answer_for(made.operations["Make"].rule("Width.range"), made) == Answer("Bad")

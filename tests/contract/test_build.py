"""Documents that are in form but do not go together are refused; those that do become values."""

from __future__ import annotations

from typing import Any

import pytest

from mockcloud.contract.build import build_service
from mockcloud.contract.form import ContractError
from mockcloud.contract.spec import Answer
from tests.small import documents, service


def built(provider: Any = None, of_service: Any = None, operation: Any = None, stem: str = "Make") -> Any:
    """The small service with some members of its documents replaced."""
    first, second, third = documents()
    return build_service(
        {**first, **(provider or {})}, {**second, **(of_service or {})}, {stem: {**third, **(operation or {})}}
    )


def refused(**documents: Any) -> str:
    with pytest.raises(ContractError) as caught:
        built(**documents)
    return caught.value.text


RULE = {"id": "it", "must": "Width > 5", "cite": "doc"}


def test_service_has_what_its_documents_say():
    made = built()
    assert (made.id, made.provider, made.title, made.version) == ("acme-gif", "acme", "Acme GIF", "1")
    assert made.hosts == ("gif.*.acme.example",)
    assert made.limit("clock-skew") == 900.0
    assert made.secrets == {"headers": ("x-acme",), "parameters": ("pin",)}
    assert made.families["gif"].words() == ("NEW", "BUSY", "DONE", "BROKEN", "STOPPED")
    assert made.refusals == {"default": Answer("Bad")}


def test_operation_has_what_its_document_says():
    operation = built(operation={"errors": ["Bad"], "status": 202, "depth": "shape"}).operations["Make"]
    assert (operation.id, operation.action, operation.family, operation.behave) == (
        "acme-gif.Make",
        "Make",
        "gif",
        "make",
    )
    assert (operation.status, operation.depth, operation.errors, operation.version) == (202, "shape", ("Bad",), "1")


def test_rules_of_shapes_come_before_those_by_hand():
    assert [rule.tail for rule in built().operations["Make"].rules] == [
        *("Width.required", "Width.type", "Width.range", "Height.type", "Height.range", "Name.type", "Name.length"),
        *("not-square", "video-exists"),
    ]


def test_rule_is_found_by_its_tail():
    operation = built().operations["Make"]
    assert operation.rule("not-square").id == "acme-gif.Make.not-square"
    with pytest.raises(KeyError, match=r"acme-gif\.Make\.nope"):
        operation.rule("nope")


def test_server_rule_is_one_of_state():
    rule = built().operations["Make"].rule("video-exists")
    assert (rule.kind, rule.side, rule.answer) == ("state", "server", Answer("Bad", "", ("{value}",)))


def test_rule_blames_the_first_name_of_what_must_hold():
    rules = [{**RULE, "when": "present(Name)"}, {**RULE, "id": "other", "blame": "Name"}]
    made = built(operation={"rules": rules}).operations["Make"]
    assert [made.rule(tail).blame for tail in ("it", "other")] == [("Width",), ("Name",)]


def test_leading_body_or_query_of_a_place_is_left_out():
    box = {"type": "object", "cite": "doc", "properties": {"Side": {"type": "integer"}}}
    rules = [{"id": "it", "at": "body.Box", "must": "Side > 1", "cite": "doc"}]
    made = built(operation={"input": {"cite": "doc", "properties": {"Box": box}}, "rules": rules})
    assert made.operations["Make"].rule("it").path == ("Box",)


# Errors


def test_error_is_the_operations_own_then_the_services_then_the_gateways():
    own = {"code": "Bad", "status": 422, "message": "own", "cite": "doc"}
    made = built(operation={"errors": [own, "Busy"]})
    assert [made.error("Bad", "", name).status for name in ("Make", "")] == [422, 400]
    assert (made.error("Busy").table, made.error("Bad").table) == ("gateway", "service")


def test_variant_of_an_error_is_told_apart():
    made = service()
    assert (made.error("Bad").message, made.error("Bad", "long").message) == ("bad %s", "bad %s: %s")


@pytest.mark.parametrize(("code", "variant"), [("Nope", ""), ("Bad", "nope"), ("Bad/long", "")])
def test_error_that_nobody_documents_is_a_key_error(code, variant):
    with pytest.raises(KeyError, match="no error"):
        service().error(code, variant)


# What does not go together


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"refusals": {}}, "refusals has no default"),
        ({"refusals": {"default": "Nope"}}, "the error 'Nope' is in no table"),
        ({"refusals": {"default": {"code": "Bad", "variant": "nope"}}}, "is in no table"),
        ({"refusals": {"default": "Bad", "zzz": "Bad"}}, "refusals for unknown kinds ['zzz']"),
        (
            {"refusals": {"default": "Bad", "range": {"by": "result", "flat": "Bad"}}},
            "there are answers for ['flat']",
        ),
        ({"refusals": {"default": "Bad", "range": {"by": "nope", "flat": "Bad"}}}, "refusals.range.by is 'nope'"),
        ({"order": ["requird"]}, "order is 'requird'"),
        (
            {"errors": [{"code": "Bad", "status": 400, "message": "", "cite": "elsewhere p. 3"}]},
            "begins with no source tag",
        ),
        (
            {"errors": [{"code": "Bad", "status": 400, "message": "", "cite": "doc", "retry": "maybe"}]},
            "retry is 'maybe'",
        ),
        ({"errors": [{"code": "Bad", "status": 400, "message": "", "cite": "doc"}] * 2}, "Bad stands twice"),
        ({"families": {"gif": {"steps": ["A", "B"], "queued": 1, "cite": "nowhere"}}}, "begins with no source tag"),
        (
            {"kinds": {"video": {"key": "Idd", "fields": {"Id": {"type": "string"}}, "cite": "doc"}}},
            "its key 'Idd' is not among",
        ),
        (
            {"limits": {"most": {"value": 5, "cite": "nowhere"}}},
            "limits.most: cite 'nowhere' begins with no source tag",
        ),
        (
            {"options": {"o": {"default": 1, "what": "w", "cite": "nowhere"}}},
            "options.o: cite 'nowhere' begins with no",
        ),
        ({"behaviours": [{"id": "b", "what": "w", "origin": "guessed", "cite": "doc"}]}, "origin is 'guessed'"),
        ({"roles": {"create": {"operation": "Nope"}}}, "roles.create.operation is 'Nope'"),
    ],
)
def test_service_that_does_not_go_together(changes, said):
    assert said in refused(of_service=changes)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"operation": "Mkae"}, "operation is 'Mkae'"),
        ({"family": "mp4"}, "family 'mp4' is not in service.yaml"),
        ({"errors": ["Nope"]}, "errors not in any table: ['Nope']"),
        ({"quirks": ["odd"]}, "quirks is 'odd'"),
        ({"examples": [{"name": "n", "cite": "nowhere"}]}, "begins with no source tag"),
        ({"input": {"properties": {"X": {"type": "string"}}}}, "the limit 'type' has no cite"),
        (
            {"input": {"cite": "nowhere", "properties": {"X": {"type": "string"}}}, "rules": []},
            "begins with no source tag",
        ),
        ({"input": {"cite": "doc", "required": ["X"], "properties": {}}, "rules": []}, "without a schema: ['X']"),
        (
            {"input": {"cite": "doc", "properties": {"X": {"type": "string", "basis": "guess"}}}, "rules": []},
            "basis is 'guess'",
        ),
        (
            {"input": {"cite": "doc", "properties": {"X": {"type": "string", "effect": "shrug"}}}, "rules": []},
            "effect is 'shrug'",
        ),
        (
            {"input": {"cite": "doc", "properties": {"X": {"type": "string", "error": "Nope"}}}, "rules": []},
            "is in no table",
        ),
    ],
)
def test_operation_that_does_not_go_together(changes, said):
    assert said in refused(operation=changes)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"must": "Depth > 5"}, "Depth is not a member here"),
        ({"must": "present(Depth)"}, "Depth is not a member here"),
        ({"when": "Depth > 5"}, "Depth is not a member here"),
        ({"must": "Width >"}, "is not an expression"),
        ({"must": "Width / 2 > 1"}, "is not in the rule language"),
        ({"at": "Box"}, "at 'Box' leads nowhere"),
        ({"at": "Width[]"}, "leads nowhere"),
        ({"side": "middle"}, "side is 'middle'"),
        ({"side": "server"}, "a server rule has none"),
        ({"must": None}, "must"),
        ({"check": "nope", "must": "-"}, "check 'nope' is unknown"),
        ({"check": "nope"}, "exclude each other"),
        ({"ignores": ["Name"]}, "exclude each other"),
        ({"must": "-", "ignores": ["Nmae"]}, "ignores is 'Nmae'"),
        ({"must": "-", "ignores": ["Name"], "at": "Width"}, "speaks of members at the root"),
        ({"cite": "elsewhere"}, "begins with no source tag"),
        ({"cite": ""}, "has no cite"),
        ({"error": "Nope"}, "is in no table"),
        ({"basis": "guess"}, "basis is 'guess'"),
        ({"effect": "shrug"}, "effect is 'shrug'"),
        ({"id": "Width.range"}, "Width.range stands twice"),
    ],
)
def test_rule_that_does_not_go_together(rule, said):
    made = {**RULE, **rule}
    made = {key: value for key, value in made.items() if value != "-"}
    assert said in refused(operation={"rules": [made]})


def test_same_rule_twice_is_refused():
    assert "stands twice" in refused(operation={"rules": [RULE, RULE]})


def test_several_citations_each_begin_with_a_source():
    rule = {**RULE, "cite": "doc p. 3; doc: table 5; doc"}
    assert built(operation={"rules": [rule]}).operations["Make"].rule("it").cite == rule["cite"]
    assert "'other' begins with no source tag" in refused(operation={"rules": [{**RULE, "cite": "doc; other"}]})


def test_tag_is_a_whole_word():
    assert "begins with no source tag" in refused(operation={"rules": [{**RULE, "cite": "document 5"}]})

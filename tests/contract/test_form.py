"""A contract that is out of form is refused where it is, before anything is made of it."""

from __future__ import annotations

from typing import Any

import pytest

from mockcloud.contract.build import build_service
from mockcloud.contract.form import OPERATION, PROVIDER, SERVICE, ContractError, check_form, check_schema
from mockcloud.contract.load import contracts_root, read_yaml
from tests import small

FORMS = {"provider.yaml": PROVIDER, "service.yaml": SERVICE}


@pytest.mark.parametrize(
    "path", sorted(contracts_root().glob("*/**/*.yaml")), ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_every_file_is_in_form(path):
    check_form(read_yaml(path.read_text("utf-8"), path.name), FORMS.get(path.name, OPERATION), path.name)


def built(document: str, place: str, value: Any) -> None:
    """Build the small service with one value of one document replaced; "-" takes it away."""
    documents = dict(zip(("provider", "service", "operation"), small.documents(), strict=True))
    *path, last = (int(part) if part.isdigit() else part for part in place.split("."))
    inner = documents[document]
    for part in path:
        inner = inner[part]
    if value == "-":
        del inner[last]
    else:
        inner[last] = value
    build_service(documents["provider"], documents["service"], {"Make": documents["operation"]})


@pytest.mark.parametrize(
    ("document", "place", "value", "said"),
    [
        ("provider", "title", "-", "provider.yaml has no title"),
        ("provider", "format", 2, "provider.yaml.format is 2 (use one of 1)"),
        ("provider", "hosts", [], "provider.yaml.hosts is [] (it is a mapping)"),
        ("provider", "errors.0.status", "503", "errors[0].status is '503' (it is a whole number)"),
        ("provider", "errors.0.status", True, "errors[0].status is True"),
        ("provider", "limits.clock-skew.value", "15 min", "limits.clock-skew.value is '15 min'"),
        ("provider", "secrets.cookies", [], "secrets: unknown keys ['cookies'] (there are headers, parameters)"),
        ("service", "families.gif.steps", ["NEW"], "families.gif.steps is ['NEW'] (at least 2 is meant)"),
        ("service", "families.gif.queued", 3, "all steps are queued"),
        ("service", "kinds.video.fields.Id", {"type": "text"}, "fields.Id.type is 'text' (use one of string"),
        ("service", "kinds.video.fields.Id.pattern", "(", "fields.Id.pattern '(' is none"),
        ("service", "refusals.default", {"variant": "long"}, "refusals.default has no code"),
        ("service", "roles", {"create": {"operation": "Mkae"}}, "roles.create.operation is 'Mkae' (use one of Make)"),
        ("operation", "binding", {"method": "GET"}, "binding has no path"),
        ("operation", "binding", {"method": "GET", "path": "/{a}/{a}"}, "a path: "),
        ("operation", "behave", "-", "has no behave"),
        ("operation", "rules.0.must", 5, "rules[0].must is 5 (it is text)"),
        ("operation", "rules.0.ignore", ["x"], "rules[0]: unknown keys ['ignore']"),
        ("operation", "input.properties.Width.type", "string", "input.Width: minimum speaks of integer or number"),
        ("operation", "input.properties.Name.type", "-", "input.Name: maxLength speaks of string (the type is open)"),
        ("operation", "input.properties.Name", {"type": "object", "enum": [{}]}, "Name: enum speaks of single values"),
        ("operation", "input.properties.Name.maxLength", -1, "Name.maxLength is -1 (at least 0 is meant)"),
        ("operation", "input.properties.Width.minimum", float("inf"), "Width.minimum is inf (it is a number)"),
    ],
)  # fmt: skip
def test_what_is_out_of_form_is_named(document, place, value, said):
    with pytest.raises(ContractError) as caught:
        built(document, place, value)
    assert said in str(caught.value)


def test_documents_nested_too_deep_are_refused():
    schema: Any = {"type": "string"}
    for _ in range(100):
        schema = {"type": "object", "properties": {"x": schema}}
    with pytest.raises(ContractError, match="nested too deep"):
        check_schema(schema, "input")

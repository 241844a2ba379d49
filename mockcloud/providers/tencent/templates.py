"""Templates for animated images: create, change, delete, list."""

from __future__ import annotations

from typing import Any

from mockcloud.model import Call, Refusal
from mockcloud.state import ServiceState

from .library import iso, next_definition, stock_dated

Json = dict[str, Any]
OPERATION = "{}AnimatedGraphicsTemplate"
CUSTOM = "Custom"


def create_template(call: Call, state: ServiceState) -> Json:
    """Keep a new template; its id.

    Refusal: LimitExceeded.TooMuchTemplate; InvalidParameterValue.Fps above the option fps-max.
    """
    _check_fps(call, state)
    shelf = state.shelves["template"]
    most = state.option("most-templates")
    if sum(template["Type"] == CUSTOM for template in shelf) >= most:
        detail = f"there are {most} custom templates; delete one, or set the option most-templates"
        raise state.breaks(call.operation, "template-quota", "", None, detail)
    definition = next_definition(state)
    shelf.put(stock_dated({**call.parameters, "Definition": definition}, state))
    return {"Definition": definition}


def modify_template(call: Call, state: ServiceState) -> Json:
    """Change what was sent. Refusal: unknown or preset template; webp without a size in what would come of it."""
    _check_fps(call, state)
    template = _custom(call, state)
    changed = {**template, **call.parameters, "UpdateTime": iso(state.now())}
    if changed["Format"] == "webp" and changed["Width"] == changed["Height"] == 0:
        detail = "the template would be webp with Width and Height 0; send one of them as well"
        raise state.breaks(call.operation, "webp-size-not-zero-then", "/Format", changed["Format"], detail)
    template.update(changed)
    return {}


def delete_template(call: Call, state: ServiceState) -> Json:
    """Forget a custom template. Refusal: ResourceNotFound.TemplateNotExist, for a preset as well."""
    state.shelves["template"].remove(_custom(call, state)["Definition"])
    return {}


def describe_templates(call: Call, state: ServiceState) -> Json:
    """A page of the templates that match, in the order in which they were made; ids that do not exist are left out."""
    sent, fields = call.parameters, call_defaults(call, state)
    wanted = sent.get("Definitions")
    found = [
        template
        for template in state.shelves["template"]
        if (not wanted or template["Definition"] in wanted) and sent.get("Type") in (None, template["Type"])
    ]
    page = found[fields["Offset"] : fields["Offset"] + fields["Limit"]]
    shown = state.service.operations[call.operation].output or {}
    names = shown["properties"]["AnimatedGraphicsTemplateSet"]["items"]["properties"]
    items = [{name: template[name] for name in names} for template in page]
    return {"TotalCount": len(found), "AnimatedGraphicsTemplateSet": items}


def call_defaults(call: Call, state: ServiceState) -> Json:
    """The parameters with the defaults that the contract documents at the top level."""
    schema = state.service.operations[call.operation].input["properties"]
    defaults = {name: inner["default"] for name, inner in schema.items() if "default" in inner}
    return {**defaults, **call.parameters}


def _custom(call: Call, state: ServiceState) -> Json:
    definition = call.parameters["Definition"]
    template = state.shelves["template"].get(definition)
    known = [item["Definition"] for item in state.shelves["template"] if item["Type"] == CUSTOM]
    detail = f"custom templates are {known[-5:]}" if known else "there is no custom template yet, create one first"
    if template is None:
        raise state.breaks(call.operation, "template-exists", "/Definition", definition, detail)
    if template["Type"] != CUSTOM:
        raise state.breaks(call.operation, "template-is-custom", "/Definition", definition, detail)
    return template


def _check_fps(call: Call, state: ServiceState) -> None:
    most, fps = state.option("fps-max"), call.parameters.get("Fps")
    if fps is not None and fps > most:
        detail = f"Fps is {fps}, the option fps-max is {most}"
        refusal: Refusal = state.breaks(call.operation, "Fps.range", "/Fps", fps, detail)
        raise refusal


BEHAVIOURS = {
    "create_template": create_template,
    "modify_template": modify_template,
    "delete_template": delete_template,
    "describe_templates": describe_templates,
}

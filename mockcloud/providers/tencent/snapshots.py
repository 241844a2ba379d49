"""Templates for snapshots at points in time: create, change, delete, list.

Formats, sizes, quota and the preset come from the contract; the tasks that use a template are in `tasks`.
Source: CLI *SnapshotByTimeOffsetTemplate*.
"""

from __future__ import annotations

from typing import Any

from mockcloud.model import Call
from mockcloud.state import ServiceState

from .library import iso, next_definition, stock_dated
from .templates import CUSTOM, call_defaults

Json = dict[str, Any]

KIND = "snapshot-template"


def create_snapshot_template(call: Call, state: ServiceState) -> Json:
    """Keep a new template; its id. Refusal: the quota of custom templates is used up."""
    check_quota(call, state, KIND, "snapshot-templates", "template-quota")
    definition = next_definition(state)
    state.shelves[KIND].put(stock_dated({**call.parameters, "Definition": definition}, state))
    return {"Definition": definition}


def check_quota(call: Call, state: ServiceState, kind: str, limit: str, rule: str) -> None:
    """Make sure that one more custom resource of a kind may be kept. Refusal: the rule that names the limit."""
    most = state.service.limit(limit)
    custom = sum(item["Type"] == CUSTOM for item in state.shelves[kind])
    if custom >= most:
        detail = f"there are {custom} custom ones, at most {most:.0f}; delete one first"
        raise state.breaks(call.operation, rule, "", custom, detail)


def modify_snapshot_template(call: Call, state: ServiceState) -> Json:
    """Change what was sent, keep the rest. Refusal: no custom template of that id."""
    _custom(call, state).update({**call.parameters, "UpdateTime": iso(state.now())})
    return {}


def delete_snapshot_template(call: Call, state: ServiceState) -> Json:
    """Forget a template. Refusal: no custom template of that id."""
    state.shelves[KIND].remove(_custom(call, state)["Definition"])
    return {}


def describe_snapshot_templates(call: Call, state: ServiceState) -> Json:
    """A page of the templates that match, in the order in which they were made; unknown ids are left out."""
    sent = call_defaults(call, state)
    wanted = sent.get("Definitions")
    found = [
        template
        for template in state.shelves[KIND]
        if (not wanted or template["Definition"] in wanted) and sent.get("Type") in (None, template["Type"])
    ]
    page = found[sent["Offset"] : sent["Offset"] + sent["Limit"]]
    return {"TotalCount": len(found), "SnapshotByTimeOffsetTemplateSet": page}


def _custom(call: Call, state: ServiceState) -> Json:
    definition = call.parameters["Definition"]
    template = state.shelves[KIND].get(definition)
    if template is not None and template["Type"] == CUSTOM:
        return template
    known = [item["Definition"] for item in state.shelves[KIND] if item["Type"] == CUSTOM]
    there = f"custom templates are {known[-5:]}" if known else "there is no custom template yet, create one first"
    raise state.breaks(call.operation, "template-exists", "/Definition", definition, there)


BEHAVIOURS = {
    "create_snapshot_template": create_snapshot_template,
    "modify_snapshot_template": modify_snapshot_template,
    "delete_snapshot_template": delete_snapshot_template,
    "describe_snapshot_templates": describe_snapshot_templates,
}

"""Task flow templates: create, replace, delete, list. A flow's name is its key.

What a flow makes of a media file is `tasks`' business; here it is only kept.
Source: CLI *ProcedureTemplate*; seed 004 Task Initiation.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from mockcloud.model import Call
from mockcloud.state import ServiceState

from .library import iso, stock_dated
from .snapshots import check_quota
from .templates import CUSTOM, call_defaults

Json = dict[str, Any]

KIND = "procedure"
# All samples of this structure have +08:00, unlike the other operations. See conflicts of DescribeProcedureTemplates.
BEIJING = timezone(timedelta(hours=8))


def create_procedure_template(call: Call, state: ServiceState) -> Json:
    """Keep a flow. Refusal: the name is taken, or the quota of custom flows is used up."""
    shelf, name = state.shelves[KIND], call.parameters["Name"]
    if shelf.get(name) is not None:
        detail = f"a task flow {name!r} exists; choose another name, or replace it with ResetProcedureTemplate"
        raise state.breaks(call.operation, "name-free", "/Name", name, detail)
    check_quota(call, state, KIND, "procedures", "procedure-quota")
    shelf.put(stock_dated(call.parameters, state))
    return {}


def reset_procedure_template(call: Call, state: ServiceState) -> Json:
    """Set a flow's contents anew; what is not given is emptied. Refusal: no custom flow of that name."""
    created = _custom_flow(call, state)["CreateTime"]
    state.shelves[KIND].put({**call.parameters, "CreateTime": created, "UpdateTime": iso(state.now())})
    return {}


def delete_procedure_template(call: Call, state: ServiceState) -> Json:
    """Forget a flow. Refusal: no custom flow of that name."""
    state.shelves[KIND].remove(_custom_flow(call, state)["Name"])
    return {}


def describe_procedure_templates(call: Call, state: ServiceState) -> Json:
    """A page of flows: presets first, then in the order of their creation, unless SortBy says otherwise."""
    sent = call_defaults(call, state)
    names = sent.get("Names")
    found = [
        flow
        for flow in state.shelves[KIND]
        if (not names or flow["Name"] in names) and sent.get("Type") in (None, flow["Type"])
    ]
    if sent.get("SortBy"):
        found = _by_creation(found, newest_first=sent["SortBy"][0]["Order"].lower() == "desc")
    page = found[sent["Offset"] : sent["Offset"] + sent["Limit"]]
    return {"TotalCount": len(found), "ProcedureTemplateSet": [_shown(flow, state) for flow in page]}


def _custom_flow(call: Call, state: ServiceState) -> Json:
    name = call.parameters["Name"]
    flow = state.shelves[KIND].get(name)
    if flow is not None and flow["Type"] == CUSTOM:
        return flow
    known = ", ".join(repr(item["Name"]) for item in state.shelves[KIND] if item["Type"] == CUSTOM)
    detail = f"{name!r} is no custom task flow; there are {known or 'none yet'}"
    raise state.breaks(call.operation, "procedure-exists", "/Name", name, detail)


def _by_creation(flows: list[Json], *, newest_first: bool) -> list[Json]:
    """Flows of the same second stay in the order they came, or in the opposite one."""
    rising = sorted(flows, key=lambda flow: datetime.fromisoformat(flow["CreateTime"]))
    return rising[::-1] if newest_first else rising


def _shown(flow: Json, state: ServiceState) -> Json:
    """A flow as the answer has it: every documented member, the lists of tasks filled up."""
    members = state.service.operations["DescribeProcedureTemplates"].output or {}
    names = members["properties"]["ProcedureTemplateSet"]["items"]["properties"]
    whole: Json = {name: flow.get(name) for name in names}
    whole["MediaProcessTask"] = _whole_task(flow.get("MediaProcessTask"), state)
    for name in ("CreateTime", "UpdateTime"):
        whole[name] = datetime.fromisoformat(flow[name]).astimezone(BEIJING).isoformat(timespec="seconds")
    return whole


def _whole_task(task: Json | None, state: ServiceState) -> Json | None:
    if task is None:
        return None
    lists = state.service.operations["CreateProcedureTemplate"].input["properties"]["MediaProcessTask"]["properties"]
    return {
        name: [_filled(item, schema["items"]["properties"]) for item in task.get(name, ())]
        for name, schema in lists.items()
    }


def _filled(item: Json, members: Json) -> Json:
    """A task's input with what was left out: the default, an empty list, or null, as in the samples."""
    return {
        name: item.get(name, schema.get("default", [] if schema.get("type") == "array" else None))
        for name, schema in members.items()
    }


BEHAVIOURS = {
    "create_procedure_template": create_procedure_template,
    "reset_procedure_template": reset_procedure_template,
    "delete_procedure_template": delete_procedure_template,
    "describe_procedure_templates": describe_procedure_templates,
}

"""VOD's templates for animated images and snapshots: kept as they were sent, in `state.shelves["template"]`.

Source: VD en API Reference/Media processing/Snapshot template; TV.
"""

from __future__ import annotations

from typing import Any

import orjson

from mockcloud.contract.validate import Validator
from mockcloud.model import Call, Misuse, Refusal
from mockcloud.state import ServiceState

from .vod_values import given, utc

Json = dict[str, Any]


def add_vod_template(call: Call, state: ServiceState) -> Json:
    """Keep a template under a new id."""
    names = ("Name", "TemplateType", "TemplateConfig")
    fields = {**{name: call.parameters[name] for name in names}, "AppId": given(call, state, "AppId")}
    template = state.shelves["template"].put(_whole(fields, state))
    return {"VodTemplateId": template["VodTemplateId"]}


def update_vod_template(call: Call, state: ServiceState) -> Json:
    """Change the name, replace the configuration. Refusal: an unknown id, or not what the type needs."""
    template = template_of(call, state)
    changes: Json = {name: call.parameters[name] for name in ("Name", "TemplateConfig") if name in call.parameters}
    if "TemplateConfig" in changes:
        refuse_misfit(call, state, template["TemplateType"], changes["TemplateConfig"])
    template.update(changes, ModifyTime=utc(state.now()))
    return {"VodTemplateId": template["VodTemplateId"]}


def refuse_misfit(call: Call, state: ServiceState, template_type: str, config: str) -> None:
    """Refusal: a configuration that AddVodTemplate would not take for this type."""
    problem = misfit(state, template_type, config)
    if problem:
        detail = f"the template is of type {template_type}; {problem}"
        raise state.breaks(call.operation, "config-fits-type", "/TemplateConfig", config, detail)


def misfit(state: ServiceState, template_type: str, config: str) -> str:
    """What AddVodTemplate has against a configuration for a type; "" for nothing."""
    whole = {"Name": "any", "TemplateType": template_type, "TemplateConfig": config}
    verdict = Validator(state.service.operations["AddVodTemplate"], state.service)(whole)
    return "" if verdict.refusal is None else verdict.refusal.detail


def get_vod_template(call: Call, state: ServiceState) -> Json:
    """One template."""
    output = state.service.operations[call.operation].output or {}
    members = output["properties"]["VodTemplateInfo"]["properties"]
    template = template_of(call, state)
    return {"VodTemplateInfo": {name: template[name] for name in members}}


def list_vod_template(call: Call, state: ServiceState) -> Json:
    """All templates of one type and application, in the order they came."""
    output = state.service.operations[call.operation].output or {}
    members = output["properties"]["VodTemplateInfoList"]["items"]["properties"]
    wanted = (call.parameters["TemplateType"], given(call, state, "AppId"))
    found = [
        {name: template[name] for name in members}
        for template in state.shelves["template"]
        if (template["TemplateType"], template["AppId"]) == wanted
    ]
    return {"VodTemplateInfoList": found}


def delete_vod_template(call: Call, state: ServiceState) -> Json:
    """Take a template away; jobs that it began go on."""
    template = template_of(call, state)
    state.shelves["template"].remove(template["VodTemplateId"])
    return {"VodTemplateId": template["VodTemplateId"]}


def template_of(call: Call, state: ServiceState, name: str = "VodTemplateId", template_type: str = "") -> Json:
    """The template that a parameter names. Refusal: there is none, or it is of another type than asked for."""
    key = call.parameters[name]
    template = state.shelves["template"].get(key)
    if template is None:
        raise _absent(call, state, "template-exists", name, template_type, f"there is no template {key!r}")
    if template_type and template["TemplateType"] != template_type:
        reason = f"the template {key!r} is of type {template['TemplateType']}, not {template_type}"
        raise _absent(call, state, "template-type", name, template_type, reason)
    return template


def _absent(call: Call, state: ServiceState, rule: str, name: str, template_type: str, reason: str) -> Refusal:
    there = [
        template["VodTemplateId"]
        for template in state.shelves["template"]
        if template_type in ("", template["TemplateType"])
    ]
    detail = f"{reason}; there are {', '.join(there[:5]) or 'none'}"
    return state.breaks(call.operation, rule, f"/{name}", call.parameters[name], detail)


def stock_template(fields: Json, state: ServiceState) -> Json:
    """A whole template from some of its fields. Misuse: a configuration that AddVodTemplate would not take."""
    template = _whole(fields, state)
    samples = {sample.get("TemplateConfig") for sample in state.service.kinds["template"].samples}
    config = template["TemplateConfig"]
    problem = "" if config in samples else misfit(state, template["TemplateType"], config)
    if problem:
        raise Misuse(f"no {template['TemplateType']} template can have this configuration", problem)
    return template


def _whole(fields: Json, state: ServiceState) -> Json:
    """Some fields and, for the rest, what is there already or the first sample of the type has."""
    now, kind = utc(state.now()), state.service.kinds["template"]
    key = fields.get("VodTemplateId") or state.ids.hex()
    known = state.shelves["template"].get(key) or {}
    template = {"VodTemplateId": key, "CreationTime": now, "ModifyTime": now, **known, **fields}
    template_type = template.setdefault("TemplateType", kind.fields["TemplateType"]["default"])
    if "TemplateConfig" not in template:
        template["TemplateConfig"] = next(
            sample["TemplateConfig"]
            for sample in kind.samples
            if sample["TemplateType"] == template_type and "TemplateConfig" in sample
        )
    config = template["TemplateConfig"]
    if isinstance(config, dict):
        template["TemplateConfig"] = orjson.dumps(config).decode()
    return template


BEHAVIOURS = {
    "add_vod_template": add_vod_template,
    "update_vod_template": update_vod_template,
    "get_vod_template": get_vod_template,
    "list_vod_template": list_vod_template,
    "delete_vod_template": delete_vod_template,
}

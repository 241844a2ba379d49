"""What MultimediaAI does: tasks for GIFs, covers and labels, and their templates. Faces are in `faces`.

Names, limits, states, error texts and fixed answers come from the contracts.
Source: seed 000; MD API参考; TM.
"""

from __future__ import annotations

import json
from itertools import count
from typing import Any
from urllib.parse import quote

import orjson

from mockcloud.clock import moment
from mockcloud.model import Call, Refusal
from mockcloud.state import Delivery, ServiceState
from mockcloud.tasks import Status, Task

from . import faces
from .paging import page

Json = dict[str, Any]

_OPTION_CODES = {"not-selected": "ServiceNotSelected", "not-opened": "ServiceNotOpened"}
_ERROR_MEMBERS = ("ErrorCode", "ErrorName", "ErrorMessage", "ErrorReason")


def create_task(call: Call, state: ServiceState) -> Json:
    """Begin a GIF, cover or label task. Refusal: the service is switched off, or ids that do not exist."""
    given = call.parameters
    off = _OPTION_CODES.get(state.option("dynamic-cover")) if call.operation == "CreateGifTask" else None
    if off is not None:
        raise Refusal(off, reason="option", detail=f"the option dynamic-cover is {state.option('dynamic-cover')!r}")
    if state.shelves["application"].get(given["ApplicationId"]) is None:
        raise _absent(call, state, "application", "ApplicationId")
    if "TemplateId" in given and state.shelves["template"].get(given["TemplateId"]) is None:
        raise _absent(call, state, "template", "TemplateId")
    number = state.ids.count("task")
    data = {"request_id": call.request_id, "url": _result_url(state)}
    group = state.service.operations[call.operation].group
    state.add_task(str(number), call.operation, given, group=group, data=data)
    return {"TaskId": number, **fixed_answer(call, state)}


def fixed_answer(call: Call, state: ServiceState) -> Json:
    """The members of the answer that always have the value which the contract gives them."""
    output = state.service.operations[call.operation].output or {}
    return {name: schema["default"] for name, schema in output.get("properties", {}).items() if "default" in schema}


def _result_url(state: ServiceState) -> str:
    """A signed address as the one published example has it; nothing is stored there."""
    expires = int(state.now()) + 3600
    signature = quote(f"{state.ids.base36(27)}=", safe="")
    return (
        f"http://mockcloud.oss-{state.settings.region}.aliyuncs.com/processResult/{state.ids.hex()}.txt"
        f"?Expires={expires}&OSSAccessKeyId={state.account.name}&Signature={signature}"
    )


def _absent(call: Call, state: ServiceState, kind: str, name: str) -> Refusal:
    known = ", ".join(str(item[name]) for item in list(state.shelves[kind])[:5]) or "none"
    value = call.parameters[name]
    return state.breaks(
        call.operation, f"{kind}-exists", f"/{name}", value, f"{name} {value!r} is unknown; there are {known}"
    )


def get_task_status(call: Call, state: ServiceState) -> Json:
    """The state of one task, as a number."""
    return {"Status": state.read(_task(call, state)).word}


def get_task_result(call: Call, state: ServiceState) -> Json:
    """The state of one task, its names, and once it has ended what came of it."""
    task = _task(call, state)
    status = state.read(task)
    result = {name: task.request[name] for name in ("ApplicationId", "VideoName", "VideoUrl")}
    if status.started is not None and status.ended is not None:
        result["AnalysisUseTime"] = round(status.ended - status.started)
    return {"Status": status.word, "Result": {**result, **outcome(task, status, state)}}


def _task(call: Call, state: ServiceState) -> Task:
    number = call.parameters["TaskId"]
    task = state.tasks.get(str(number))
    if task is None:
        known = ", ".join([other.id for other in state.tasks][-5:]) or "none yet"
        raise state.breaks(
            call.operation, "task-exists", "/TaskId", number, f"TaskId {number} is unknown; there are {known}"
        )
    return task


def outcome(task: Task, status: Status, state: ServiceState) -> Json:
    """What an ended task has: ProcessResultUrl or the four Error members; nothing before the end."""
    if not status.is_final:
        return {}
    if status.phase != "failed":
        return {"ProcessResultUrl": task.data["url"]}
    return dict(zip(_ERROR_MEMBERS, _error_values(task.failure or {}, state), strict=True))


def _error_values(failure: Json, state: ServiceState) -> tuple[str, str, str, str]:
    """Number, name, text and reason, as the two published examples have them.

    A code of tasks says one text three times (GetTaskResult); a code of the error table gives its status, its name
    and its text twice (ListTasks).
    """
    first = next(entry.code for entry in state.service.errors if entry.task)
    code = str(failure.get("code") or first)
    entry = next((found for found in state.service.errors if found.code == code), None)
    text = str(failure.get("message") or (entry.message if entry else code))
    if entry is None or entry.task:
        return code, text, text, text
    return str(entry.status), entry.code, text, text


def list_tasks(call: Call, state: ServiceState) -> Json:
    """A page of tasks, newest first; filters by state, kind, application's name and id."""
    given, now = call.parameters, state.now()
    names, size = _application_names(state), given["PageSize"]

    def matches(task: Task) -> bool:
        return given.get("TaskId", int(task.id)) == int(task.id) and (
            "ApplicationName" not in given or names.get(task.request["ApplicationId"]) == given["ApplicationName"]
        )

    tasks, total = state.tasks.select(
        now,
        group=str(given["ServiceType"]) if "ServiceType" in given else None,
        words=frozenset({given["Status"]}) if "Status" in given else None,
        where=matches if {"TaskId", "ApplicationName"} & given.keys() else None,
        offset=(given["PageNumber"] - 1) * size,
        limit=size,
    )
    return {
        "TotalCount": total,
        "PageNumber": given["PageNumber"],
        "PageSize": size,
        "Tasks": [_summary(task, state, names) for task in tasks],
    }


def _application_names(state: ServiceState) -> dict[str, str]:
    return {item["ApplicationId"]: item["ApplicationName"] for item in state.shelves["application"]}


def _summary(task: Task, state: ServiceState, names: dict[str, str]) -> Json:
    status, request = state.read(task), task.request
    summary: Json = {
        "TaskId": int(task.id),
        "Status": status.word,
        "ApplicationId": request["ApplicationId"],
        "ApplicationName": names.get(request["ApplicationId"], request["ApplicationId"]),
        "VideoName": request["VideoName"],
        "VideoUrl": request["VideoUrl"],
        "CreateTime": date(task.created),
        **outcome(task, status, state),
    }
    if status.started is not None and status.ended is not None:
        summary["ProcessingDuration"] = round((status.ended - status.started) * 1000)
    template = state.shelves["template"].get(request.get("TemplateId"))
    if template is not None:
        summary["Template"] = {"Id": str(template["TemplateId"]), "Name": template["TemplateName"]}
    return summary


def date(seconds: float) -> str:
    """Mock time as the lists print it, a UTC date."""
    return moment(seconds).strftime("%Y-%m-%d")


def stepped(task: Task, status: Status, at: float, state: ServiceState) -> None:
    """Tell CallbackUrl that a task has ended. What the body holds is invented here; nothing is published."""
    url = task.request.get("CallbackUrl")
    if not status.is_final or not url:
        return
    request = task.request
    body = {
        "TaskId": int(task.id),
        "Status": status.word,
        "RequestId": task.data["request_id"],
        "ApplicationId": request["ApplicationId"],
        "VideoName": request["VideoName"],
        "VideoUrl": request["VideoUrl"],
        **outcome(task, status, state),
    }
    state.deliver(
        Delivery(
            url=url,
            body=json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(),
            headers=(("Content-Type", "application/json;charset=utf-8"),),
            service=state.service.id,
            account=state.account.name,
            task=task.id,
            waits=(1.0, 1.0),
            settled=(200,),
        )
    )


def create_template(call: Call, state: ServiceState) -> Json:
    """Keep a template under the next free number, which the answer gives as text."""
    given = call.parameters
    names = ("TemplateName", "IsDefault")
    item = {name: given[name] for name in names if name in given}
    item |= {"Content": orjson.loads(given["Content"]), "Type": given.get("Type")}
    kept = state.shelves["template"].put(_stock_template(item, state))
    return {"TemplateId": str(kept["TemplateId"])}


def _template(call: Call, state: ServiceState) -> Json:
    template = state.shelves["template"].get(call.parameters["TemplateId"])
    if template is None:
        raise _absent(call, state, "template", "TemplateId")
    return template


def get_template(call: Call, state: ServiceState) -> Json:
    """One template, its Content as an object."""
    template = _template(call, state)
    names = ("TemplateName", "Content", "IsDefault", "CreateTime", "UpdateTime")
    found = {"TemplateId": str(template["TemplateId"]), **{name: template[name] for name in names}}
    return found if template["Type"] is None else {**found, "Category": template["Type"]}


def list_templates(call: Call, state: ServiceState) -> Json:
    """A page of templates, oldest first; filters by number, name and type."""
    given = call.parameters
    found = [
        _listed(item)
        for item in state.shelves["template"]
        if str(given.get("TemplateId", item["TemplateId"])) == str(item["TemplateId"])
        and given.get("TemplateName", item["TemplateName"]) == item["TemplateName"]
        and given.get("Type", item["Type"]) == item["Type"]
    ]
    return {**page(call, state, "Templates", found), "TotalAmount": len(found)}


def _listed(item: Json) -> Json:
    names = ("TemplateName", "Type", "IsDefault", "CreateTime", "UpdateTime")
    kept = {name: item[name] for name in names if item[name] is not None}
    return {"TemplateId": str(item["TemplateId"]), **kept}


def update_template(call: Call, state: ServiceState) -> Json:
    """Change what was sent and keep the rest."""
    template, given = _template(call, state), call.parameters
    changes: Json = {name: given[name] for name in ("TemplateName", "IsDefault", "Type") if name in given}
    if "Content" in given:
        changes["Content"] = orjson.loads(given["Content"])
    template.update(changes, UpdateTime=date(state.now()))
    return {}


def process_algorithm(call: Call, state: ServiceState) -> Json:
    """The three members that the model documents, whatever was sent."""
    return fixed_answer(call, state)


def _stock_application(item: Json, state: ServiceState) -> Json:
    key = item.get("ApplicationId") or state.ids.hex()
    return {"ApplicationName": key, **item, "ApplicationId": key}


def _stock_template(item: Json, state: ServiceState) -> Json:
    shelf, today = state.shelves["template"], date(state.now())
    number = item.get("TemplateId") or next(free for free in count(len(shelf) + 1) if shelf.get(free) is None)
    return {
        "TemplateName": f"template-{number}",
        "CreateTime": today,
        "UpdateTime": today,
        **item,
        "TemplateId": number,
    }


STOCK = {"application": _stock_application, "template": _stock_template}

BEHAVIOURS = {
    "create_task": create_task,
    "get_task_status": get_task_status,
    "get_task_result": get_task_result,
    "list_tasks": list_tasks,
    "create_template": create_template,
    "get_template": get_template,
    "list_templates": list_templates,
    "update_template": update_template,
    "process_algorithm": process_algorithm,
    **faces.BEHAVIOURS,
}

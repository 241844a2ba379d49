"""Processing tasks: begin them, show them, list them, and tell of their end.

task.data holds {"media": FileId, name, address and MetaData as they were, "parts": plans of `results`, "nothing":
whether there was nothing to process}. A task that failed is FINISH all the same: its parts say FAIL.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from mockcloud.model import Call
from mockcloud.state import ServiceState
from mockcloud.tasks import Status, Task

from . import events, results
from .library import home, iso, meta_data, stock_media, with_nulls
from .templates import call_defaults

Json = dict[str, Any]

FAMILY = "procedure"
TASK_TYPE = "Procedure"
NOTHING_TO_DO = "InvalidInput.ConfigurationUnsupported"
ABORTED = "InternalError"
# Parts of a request that are processing as well, though nothing comes of them here.
OTHERS = ("AiContentReviewTask", "AiAnalysisTask", "AiRecognitionTask", "AiRecognitionTaskSet", "ReviewAudioVideoTask")
PHASES = {"WAITING": {"queued"}, "PROCESSING": {"running"}, "FINISH": {"succeeded", "failed"}}


def process_media(call: Call, state: ServiceState) -> Json:
    """Begin a task. Refusal: unknown media, a SessionId that was used within three days."""
    sent = call.parameters
    named = _named_media(call, state)
    _use_session(call, state, "session-window")
    media = named or _fetched(sent["Url"], state)
    task = start(state, call.operation, media, sent.get("MediaProcessTask"), sent, _has_others(sent))
    return {"TaskId": task.id}


def process_media_by_procedure(call: Call, state: ServiceState) -> Json:
    """Begin the task of a task flow. Refusal: unknown media or flow, a SessionId that was used within seven days."""
    sent = call.parameters
    media = _named_media(call, state)
    assert media is not None  # noqa: S101 - the rule media-named
    flow = state.shelves["procedure"].get(sent["ProcedureName"])
    if flow is None:
        known = [item["Name"] for item in state.shelves["procedure"]][-5:]
        detail = f"task flows are {known}"
        raise state.breaks(call.operation, "procedure-exists", "/ProcedureName", sent["ProcedureName"], detail)
    _use_session(call, state, "session-window-procedure")
    task = start(state, call.operation, media, flow["MediaProcessTask"], sent, _has_others(flow))
    return {"TaskId": task.id, "ReviewAudioVideoTaskId": "", "ImportMediaKnowledgeTaskIdSet": []}


def _has_others(request: Json) -> bool:
    return any(request.get(name) for name in OTHERS)


def _named_media(call: Call, state: ServiceState) -> Json | None:
    file_id, path = call.parameters.get("FileId"), call.parameters.get("MediaStoragePath")
    shelf = state.shelves["media"]
    if file_id is not None:
        media = shelf.get(file_id)
        if media is None:
            detail = f"media files are {[item['FileId'] for item in shelf][:5]}"
            raise state.breaks(call.operation, "media-exists", "/FileId", file_id, detail)
        return media
    if path is None:
        return None
    media = next((item for item in shelf if item["StoragePath"] == path), None)
    if media is None:
        detail = f"paths are {[item['StoragePath'] for item in shelf if item['StoragePath']][:5]}"
        raise state.breaks(call.operation, "path-exists", "/MediaStoragePath", path, detail)
    return media


def _fetched(url: str, state: ServiceState) -> Json:
    """A new media file, fetched from an address: named after the file there."""
    name, extension = posixpath.splitext(posixpath.basename(urlsplit(url).path))
    fields = {"Name": name or "media", **({"Type": extension[1:].lower()} if extension[1:] else {})}
    return state.shelves["media"].put(stock_media(fields, state))


def _use_session(call: Call, state: ServiceState, window: str) -> None:
    session = call.parameters.get("SessionId")
    if not session:
        return
    used, now = state.memory.setdefault("sessions", {}), state.steady()
    longest = state.service.limit("session-window-procedure")
    while used and now - used[oldest := next(iter(used))] > longest:
        del used[oldest]
    if session in used and now - used[session] <= state.service.limit(window):
        detail = (
            f"SessionId {session!r} was used {now - used[session]:.0f} s ago; DescribeTasks shows the task it began"
        )
        raise state.breaks(call.operation, "session-once", "/SessionId", session, detail)
    used.pop(session, None)
    used[session] = now


def start(
    state: ServiceState, operation: str, media: Json, process: Json | None, request: Json, has_others: bool = False
) -> Task:
    """Begin the task that a MediaProcessTask means for a media file.

    request     has TasksPriority, TasksNotifyMode, SessionContext, SessionId as far as they were sent
    has_others  whether there is other processing beside `process`
    """
    process = process or {}
    parts = results.plan(media, process, state)
    app, _ = home(state)
    return state.add_task(
        f"{app}-{TASK_TYPE}-{state.ids.hex()}t0",
        operation,
        request,
        family=FAMILY,
        data={
            "media": {
                "FileId": media["FileId"],
                "FileName": media["Name"],
                "FileUrl": media["MediaUrl"],
                "MetaData": meta_data(media),
            },
            "parts": parts,
            "nothing": not parts and not has_others,
        },
    )


def stepped(task: Task, status: Status, at: float, state: ServiceState) -> None:
    """At the end of a task: leave the results at the media file, and notify as TasksNotifyMode says."""
    if not status.is_final or status.phase == "cancelled":
        return
    _leave_results(task, state)
    mode, parts = task.request.get("TasksNotifyMode"), task.data["parts"]
    if mode == "None":
        return
    first = 1 if mode == "Change" and parts else len(parts)
    for done in range(first, len(parts) + 1):
        content = {"ProcedureStateChangeEvent": procedure_task(task, status, state, done)}
        events.announce(state, "ProcedureStateChanged", content, task.id)


def _leave_results(task: Task, state: ServiceState) -> None:
    media = state.shelves["media"].get(task.data["media"]["FileId"])
    if media is None or task.failure is not None:
        return
    for part in task.data["parts"]:
        if part["Output"] is not None and part["Type"] in results.KEPT:
            media[results.KEPT[part["Type"]]].append(part["Output"])


def procedure_task(task: Task, status: Status, state: ServiceState, done: int | None = None) -> Json:
    """The ProcedureTask of answers and notifications.

    done  how many parts have ended so far; None: all or none, as the status says
    """
    parts = task.data["parts"]
    ended = done if done is not None else len(parts) if status.is_final else 0
    is_over = status.is_final and ended == len(parts)
    return {
        "TaskId": task.id,
        "Status": "FINISH" if is_over else "PROCESSING",
        **_whole_failure(task, is_over, state),
        **task.data["media"],
        "MediaProcessResultSet": [_part(part, place < ended, task, status, state) for place, part in enumerate(parts)],
        "AiContentReviewResultSet": [],
        "AiAnalysisResultSet": [],
        "AiRecognitionResultSet": [],
        "TasksPriority": task.request.get("TasksPriority", 0),
        "TasksNotifyMode": task.request.get("TasksNotifyMode", ""),
        "SessionContext": task.request.get("SessionContext", ""),
        "SessionId": task.request.get("SessionId", ""),
        "Operator": "",
        "OperationType": "",
    }


def _whole_failure(task: Task, is_over: bool, state: ServiceState) -> Json:
    """The retired members of the task itself: only where there is no part to carry them."""
    code = (task.failure or {}).get("code") or (NOTHING_TO_DO if task.data["nothing"] else "")
    if not is_over or task.data["parts"] or not code:
        return {}
    return {"ErrCode": _number(code, state), "Message": _words(code, state)}


def _part(part: Json, has_ended: bool, task: Task, status: Status, state: ServiceState) -> Json:
    code = part["code"] or (task.failure or {}).get("code") or (ABORTED if status.phase == "cancelled" else "")
    never = _never(state)
    begun = iso(status.started) if status.started is not None else never
    common: Json = {"Input": part["Input"], "Output": None, "BeginProcessTime": begun, "FinishTime": never}
    if not has_ended:
        progress = 50 if status.phase == "running" else 0
        told = {"Status": "PROCESSING", "ErrCodeExt": "", "ErrCode": 0, "Message": "", "Progress": progress}
    elif code:
        words = _words(code, state)
        told = {
            "Status": "FAIL",
            "ErrCodeExt": code,
            "ErrCode": _number(code, state),
            "Message": words,
            "Progress": 100,
        }
    else:
        told = {"Status": "SUCCESS", "ErrCodeExt": "", "ErrCode": 0, "Message": "SUCCESS", "Progress": 100}
        common["Output"] = part["Output"]
    if has_ended and status.ended is not None:
        common["FinishTime"] = iso(status.ended)
    members = {member: None for _, member, _ in results.MAKERS.values()}
    return {"Type": part["Type"], **members, part["member"]: {**told, **common}}


def _number(code: str, state: ServiceState) -> int:
    kind = {"InvalidInput": "input-error", "SourceFileError": "source-error"}.get(code.partition(".")[0])
    return int(state.service.limit(kind or "internal-error"))


def _words(code: str, state: ServiceState) -> str:
    return next((entry.message for entry in state.service.errors if entry.task and entry.code == code), "")


def _never(state: ServiceState) -> str:
    output = state.service.operations["DescribeTaskDetail"].output or {}
    never: str = output["properties"]["FinishTime"]["default"]
    return never


def _times(task: Task, status: Status, state: ServiceState) -> Json:
    never = _never(state)
    return {
        "CreateTime": iso(task.created),
        "BeginProcessTime": never if status.started is None else iso(status.started),
        "FinishTime": never if status.ended is None else iso(status.ended),
    }


def describe_task_detail(call: Call, state: ServiceState) -> Json:
    """One task of the last three days. Refusal: InvalidParameterValue.TaskId."""
    task_id, now = call.parameters["TaskId"], state.now()
    task = state.tasks.get(task_id)
    if task is None or now - task.created > state.service.limit("task-window"):
        newest, _ = state.tasks.select(now, limit=3)
        known = f"the newest are {[item.id for item in newest]}" if newest else "there is no task yet"
        detail = "the task is older than three days" if task else f"there is no such task; {known}"
        raise state.breaks(call.operation, "task-exists", "/TaskId", task_id, detail)
    status = state.read(task)
    members = {
        "TaskType": TASK_TYPE,
        "Status": status.word,
        **_times(task, status, state),
        "ProcedureTask": procedure_task(task, status, state),
    }
    return with_nulls(state.service.operations[call.operation].output or {}, members)


def describe_tasks(call: Call, state: ServiceState) -> Json:
    """A page of the tasks of the last three days, newest first unless Sort says otherwise.

    Refusal: a ScrollToken that is no task. One whose task has left the list since goes on behind it.
    """
    sent, now, token = call.parameters, state.now(), call.parameters.get("ScrollToken")
    limit = call_defaults(call, state)["Limit"]
    first = state.tasks.get(token) if token else None
    if token and first is None:
        detail = "take the ScrollToken of the answer before; absent or empty begins anew"
        raise state.breaks(call.operation, "scroll-token-known", "/ScrollToken", token, detail)
    found = _listed(sent, first, now, limit + 1, state)
    more = found[limit].id if len(found) > limit else ""
    return {"TaskSet": [_summary(task, now, state) for task in found[:limit]], "ScrollToken": more}


def _listed(sent: Json, first: Task | None, now: float, most: int, state: ServiceState) -> list[Task]:
    """The tasks that fit, from `first` on. Without Sort, newest first, no more than `most` are looked for."""
    sort = sent.get("Sort", {"Field": "CreateTime", "Order": "Desc"})
    key, is_falling = _key(sort["Field"], now), sort["Order"] == "Desc"
    is_plain = "Sort" not in sent and first is None
    found, _ = state.tasks.select(
        now,
        phases=frozenset(PHASES[sent["Status"]]) if "Status" in sent else None,
        after=now - state.service.limit("task-window"),
        before=first.created if first is not None and "Sort" not in sent else None,
        where=_filter(sent, now),
        limit=most if is_plain else None,
    )
    if "Sort" in sent:
        found.sort(key=key, reverse=is_falling)
    if first is not None:
        edge = key(first)
        found = [task for task in found if (key(task) <= edge if is_falling else key(task) >= edge)]
    return found


def _key(field: str, now: float) -> Callable[[Task], tuple[float, int]]:
    if field == "CreateTime":
        return lambda task: (task.created, task.number)

    def finished(task: Task) -> tuple[float, int]:
        ended = task.status(now).ended
        return (float("inf") if ended is None else ended, task.number)

    return finished


def _filter(sent: Json, now: float) -> Callable[[Task], bool] | None:
    file_id = sent.get("FileId")
    created, finished = _between(sent.get("CreateTime")), _between(sent.get("FinishTime"))
    if not file_id and created is None and finished is None:
        return None

    def fits(task: Task) -> bool:
        return (
            (not file_id or task.data["media"]["FileId"] == file_id)
            and (created is None or created(task.created))
            and (finished is None or finished(task.status(now).ended))
        )

    return fits


def _between(times: Json | None) -> Callable[[float | None], bool] | None:
    """Whether a moment lies in a TimeRange: After inclusive, Before exclusive; what has not happened does not."""
    if not times:
        return None
    after = _seconds(times["After"]) if "After" in times else float("-inf")
    before = _seconds(times["Before"]) if "Before" in times else float("inf")
    return lambda moment: moment is not None and after <= moment < before


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _summary(task: Task, now: float, state: ServiceState) -> Json:
    status = task.status(now)
    return {
        "TaskId": task.id,
        "Status": status.word,
        "FileId": task.data["media"]["FileId"],
        "TaskType": TASK_TYPE,
        **_times(task, status, state),
        "SessionId": task.request.get("SessionId", ""),
        "SessionContext": task.request.get("SessionContext", ""),
    }


BEHAVIOURS = {
    "process_media": process_media,
    "process_media_by_procedure": process_media_by_procedure,
    "describe_task_detail": describe_task_detail,
    "describe_tasks": describe_tasks,
}

"""What JD Cloud's media processing does: thumbnail tasks, and the notification setting of a region.

How a notification is made and confirmed is in `notify`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mockcloud.clock import moment
from mockcloud.model import Call, Misuse
from mockcloud.providers.jdcloud.notify import announce, get_notification, set_notification
from mockcloud.providers.jdcloud.wire import flat_and_wrapped
from mockcloud.state import ServiceState
from mockcloud.tasks import Status, Task

Json = dict[str, Any]
CREATE = "createThumbnailTask"

# The words of the list's filter; the tasks' own words for the same are taken as well.
_PHASES = {
    "PENDING": "queued",
    "PENDDING": "queued",
    "RUNNING": "running",
    "SUCCESS": "succeeded",
    "FAILED": "failed",
    "ERROR": "failed",
}
# Times are shown in milliseconds, cut off; half a microsecond makes up for what a float loses.
_MILLISECOND, _ROUNDING = 0.001, 0.0000005


def create_thumbnail_task(call: Call, state: ServiceState) -> Json:
    """Begin a task. Refusal: the source was seeded as missing."""
    source = call.parameters["source"]
    key = object_id(source["bucket"], source["key"])
    found = state.shelves["object"].get(key)
    if found is not None and not found["exists"]:
        known = next((f", for example {item['id']!r}" for item in state.shelves["object"] if item["exists"]), "")
        detail = f"the object {key!r} was seeded with exists: false; every object that was not exists{known}"
        raise state.breaks(CREATE, "source-exists", "/source/key", source["key"], detail)
    task_id = state.ids.hex(32)
    request = _with_defaults(state.service.operations[CREATE].input, call.parameters)
    region = call.place["regionId"]
    state.add_task(task_id, CREATE, request, group=region, data={"region": region})
    return _shaped(state, "thumbnailTaskID", {"taskID": task_id})


def get_thumbnail_task(call: Call, state: ServiceState) -> Json:
    """One task of the region. Refusal: there is none with this id."""
    task_id, region = call.place["taskId"], call.place["regionId"]
    task = state.tasks.get(task_id)
    if task is None or task.data["region"] != region:
        detail = f"region {region} has no task {task_id!r}{_known_tasks(state, region, task)}"
        raise state.breaks("getThumbnailTask", "task-exists", "/taskId", task_id, detail)
    return _shaped(state, "thumbnailTask", rendered(task, state.read(task)))


def _known_tasks(state: ServiceState, region: str, elsewhere: Task | None) -> str:
    if elsewhere is not None:
        return f"; it was created in {elsewhere.data['region']}"
    known, _ = state.tasks.select(state.now(), group=region, limit=3)
    return f"; there are {', '.join(task.id for task in known)}" if known else "; none was created there"


def list_thumbnail_task(call: Call, state: ServiceState) -> Json:
    """A page of the region's tasks, newest first. Refusal: a marker that is no task of the region."""
    asked, region = call.parameters, call.place["regionId"]
    properties = state.service.operations["listThumbnailTask"].input["properties"]
    limit = asked.get("limit", properties["limit"]["default"])
    newest = _marked(asked["marker"], region, state) if "marker" in asked else None
    phase = _PHASES[asked["status"]] if "status" in asked else None

    def is_wanted(task: Task) -> bool:
        return state.read(task).phase == phase

    # In the `polls` mode a filter by status looks at every task, as a query of it would.
    is_looking = phase is not None and state.settings.progress.mode == "polls"
    now = state.now()
    after, before = _seconds(asked.get("begin")), _seconds(asked.get("end"))
    found, _ = state.tasks.select(
        now,
        after=None if after is None else after - _ROUNDING,
        before=None if before is None else before + _MILLISECOND - _ROUNDING,
        group=region,
        upto=newest,
        phases=None if phase is None or is_looking else frozenset({phase}),
        where=is_wanted if is_looking else None,
        limit=limit + 1,
    )
    page = found[:limit]
    answer: Json = {name: asked[name] for name in ("status", "begin", "end", "marker") if name in asked}
    answer |= {"limit": limit, "truncated": len(found) > limit}
    if len(found) > limit:
        answer["nextMarker"] = found[limit].id
    answer["taskList"] = [rendered(task, task.status(now) if phase else state.read(task)) for task in page]
    return _shaped(state, "thumbnailQuery", answer)


def _marked(marker: str, region: str, state: ServiceState) -> int:
    task = state.tasks.get(marker)
    if task is None or task.data["region"] != region:
        detail = f"the marker {marker!r} is no task of region {region}; pass on a nextMarker as it came"
        raise state.breaks("listThumbnailTask", "marker-exists", "/marker", marker, detail)
    return task.number


def _seconds(text: str | None) -> float | None:
    return None if text is None else datetime.fromisoformat(text).timestamp()


def rendered(task: Task, status: Status) -> Json:
    """A task as getThumbnailTask shows it: defaults filled in, errorCode with an error, keys with success."""
    request = task.request
    shown: Json = {"taskID": task.id, "status": status.word}
    error = (task.failure or {}).get("code") if status.phase == "failed" else None
    if isinstance(error, int) or (error and error.isdigit()):
        shown["errorCode"] = int(error)
    shown["createdTime"] = timestamp(task.created)
    shown["lastUpdatedTime"] = timestamp(status.ended or status.started or task.created)
    shown["source"] = request["source"]
    shown["target"] = {**request["target"], "keys": _keys(task)} if status.phase == "succeeded" else request["target"]
    shown["rule"] = request["rule"]
    return shown


def _keys(task: Task) -> list[str]:
    target, rule = task.request["target"], task.request["rule"]
    stem = f"{target['destKeyPrefix']}-{task.id}"
    return [f"{stem}-{number:04d}.{target['format']}" for number in range(1, rule["count"] + 1)]


def timestamp(seconds: float) -> str:
    """UTC with milliseconds: "2018-11-21T03:24:08.123Z"."""
    return f"{moment(seconds).isoformat(timespec='milliseconds')[:23]}Z"


def _with_defaults(schema: Json, parameters: Json) -> Json:
    """The documented members of a request, with the contract's defaults and the prefix's, which is the source key."""
    request: Json = {}
    for name in ("source", "target", "rule"):
        properties = schema["properties"][name]["properties"]
        given = parameters.get(name, {})
        defaults = {key: inner["default"] for key, inner in properties.items() if "default" in inner}
        request[name] = {**defaults, **{key: value for key, value in given.items() if key in properties}}
    request["target"].setdefault("destKeyPrefix", request["source"]["key"])
    return request


def _shaped(state: ServiceState, wrapper: str, members: Json) -> Json:
    return flat_and_wrapped(wrapper, members, state.option("result"))


def object_id(bucket: str, key: str) -> str:
    """What an object is kept under."""
    return f"{bucket}/{key}"


def stepped(task: Task, status: Status, at: float, state: ServiceState) -> None:
    """Tell the region's endpoint of a task that has ended, well or not."""
    if status.is_final:
        announce(state, task.data["region"], "mpsThumbnailComplete", rendered(task, status), task.id, at)


def _stock_object(fields: Json, state: ServiceState) -> Json:
    if "bucket" not in fields or "key" not in fields:
        raise Misuse("an object has a bucket and a key", f"got {sorted(fields)}")
    return {**fields, "id": object_id(fields["bucket"], fields["key"])}


STOCK = {"object": _stock_object}

BEHAVIOURS = {
    "create_thumbnail_task": create_thumbnail_task,
    "get_thumbnail_task": get_thumbnail_task,
    "list_thumbnail_task": list_thumbnail_task,
    "get_notification": get_notification,
    "set_notification": set_notification,
}

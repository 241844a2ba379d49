"""Event notifications: the configuration, the queue of the reliable callback, the posts of the normal one.

What is kept: memory["event-config"], memory["events"] = {number: event}, memory["handles"] = {handle: number}.
An event is {"content": EventContent without handle, "born": seconds, "handle": text, "pulled": seconds}, the last two
None until somebody pulled it. The seconds are steady time: a clock that is set back keeps no event hidden for longer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from mockcloud.model import Call, Reply
from mockcloud.state import Delivery, ServiceState

from .library import with_nulls, without_nulls

Json = dict[str, Any]

# The switch of the configuration that an event depends on; the others are always notified (CLI).
SWITCHES = {"NewFileUpload": "UploadMediaCompleteEventSwitch", "FileDeleted": "DeleteMediaCompleteEventSwitch"}


def announce(state: ServiceState, event_type: str, content: Json, task: str = "") -> None:
    """Notify an event in the mode that is in force now.

    content  its one filled member, {"ProcedureStateChangeEvent": {...}}
    task     the task it is about, for the record of deliveries
    """
    config = _config(state)
    switch = SWITCHES.get(event_type)
    if switch is not None and config[switch] == "OFF":
        return
    whole = {"EventType": event_type, **content}
    if config["Mode"] == "PULL":
        _queue(state, whole)
    elif config["NotificationUrl"]:
        state.deliver(_delivery(state, config["NotificationUrl"], whole, task))


def _queue(state: ServiceState, content: Json) -> None:
    events = state.memory.setdefault("events", {})
    events[state.ids.count("event")] = {"content": content, "born": state.steady(), "handle": None, "pulled": None}
    while len(events) > state.settings.most_tasks:
        _forget(state, next(iter(events)))


def _delivery(state: ServiceState, url: str, content: Json, task: str) -> Delivery:
    """The seed's form: no handle, no Response around it, no null. Any answer settles it; else two more tries."""
    limit = state.service.limit
    return Delivery(
        url=url,
        body=json.dumps(without_nulls(content), ensure_ascii=False).encode("utf-8", "replace"),
        headers=(("Content-Type", "application/json"),),
        service=state.service.id,
        account=state.account.name,
        task=task,
        waits=(limit("callback-wait"),) * (int(limit("callback-attempts")) - 1),
        settled=(),
        timeout=limit("callback-timeout"),
    )


def pull_events(call: Call, state: ServiceState) -> Reply:
    """Up to 16 events that wait; each is then hidden for 30 s. Nothing there: held, and empty when the hold is over."""
    now, most = state.steady(), int(state.service.limit("events-per-pull"))
    found = list(islice(_waiting(state, now), most))
    if not found:
        return Reply({"EventSet": []}, hold=state.service.limit("pull-hold"))
    schema = (state.service.operations[call.operation].output or {})["properties"]["EventSet"]["items"]
    answered = []
    for number, event in found:
        handle = _hand_out(state, number, event, now)
        answered.append(with_nulls(schema, {"EventHandle": handle, **event["content"]}))
    return Reply({"EventSet": answered})


def _waiting(state: ServiceState, now: float) -> Iterator[tuple[int, Json]]:
    """Events that can be pulled, oldest first. Those kept for too long are forgotten."""
    events: dict[int, Json] = state.memory.get("events", {})
    kept, hidden = state.service.limit("event-kept"), state.service.limit("event-hidden")
    while events and now - events[oldest := next(iter(events))]["born"] > kept:
        _forget(state, oldest)
    for number, event in events.items():
        if event["pulled"] is None or now - event["pulled"] >= hidden:
            yield number, event


def _hand_out(state: ServiceState, number: int, event: Json, now: float) -> str:
    handles = state.memory.setdefault("handles", {})
    handles.pop(event["handle"], None)
    handle = state.ids.hex()
    event["handle"], event["pulled"] = handle, now
    handles[handle] = number
    return handle


def confirm_events(call: Call, state: ServiceState) -> Json:
    """Forget the events of these handles. Refusal: one is unknown, confirmed or too old; then none is forgotten."""
    now, hidden = state.steady(), state.service.limit("event-hidden")
    handles, events = state.memory.get("handles", {}), state.memory.get("events", {})
    for place, handle in enumerate(call.parameters["EventHandles"]):
        number = handles.get(handle)
        if number is None or now - events[number]["pulled"] > hidden:
            fault = "is unknown or was confirmed" if number is None else f"was pulled more than {hidden:.0f} s ago"
            detail = f"the handle {handle[:64]!r} {fault}; PullEvents gives an event again with a new handle"
            raise state.breaks(call.operation, "handle-known", f"/EventHandles/{place}", handle, detail)
    for handle in set(call.parameters["EventHandles"]):
        _forget(state, handles[handle])
    return {}


def _forget(state: ServiceState, number: int) -> None:
    event = state.memory["events"].pop(number)
    state.memory.get("handles", {}).pop(event["handle"], None)


def describe_event_config(call: Call, state: ServiceState) -> Json:
    """The configuration; a fresh account pulls."""
    names = (state.service.operations[call.operation].output or {})["properties"]
    return {name: _config(state)[name] for name in names}


def modify_event_config(call: Call, state: ServiceState) -> Json:
    """Change what was sent; an empty NotificationUrl clears it."""
    state.memory["event-config"] = {**_config(state), **call.parameters}
    return {}


def _config(state: ServiceState) -> Json:
    config: Json | None = state.memory.get("event-config")
    if config is None:
        output = state.service.operations["DescribeEventConfig"].output or {}
        config = {name: schema["default"] for name, schema in output["properties"].items()}
    return config


BEHAVIOURS = {
    "pull_events": pull_events,
    "confirm_events": confirm_events,
    "describe_event_config": describe_event_config,
    "modify_event_config": modify_event_config,
}

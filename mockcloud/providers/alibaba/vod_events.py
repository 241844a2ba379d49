"""VOD's event notification: its configuration, who is told what, and the signature of a callback.

Configurations live in `state.memory["callbacks"]`, plain data: {AppId: the members of SetMessageCallback}.
Source: VD en Developer Guide/Event notification; VD en API Reference/Global configurations/Event notifications.
"""

from __future__ import annotations

import hashlib
from typing import Any

import orjson

from mockcloud.model import Call
from mockcloud.state import Delivery, ServiceState
from mockcloud.tasks import Task

from .vod_values import default_of, given, object_in

Json = dict[str, Any]

# Members of a configuration that take effect with one callback type only.
_OF_TYPE = {"HTTP": ("CallbackURL", "AuthSwitch", "AuthKey"), "MNS": ("MnsEndpoint", "MnsQueueName")}
ALL = "ALL"


def set_message_callback(call: Call, state: ServiceState) -> Json:
    """Replace an application's configuration; what is left out is off."""
    wanted = call.parameters
    kind = wanted.get("CallbackType", "HTTP")
    config = {"CallbackType": kind, "EventTypeList": wanted.get("EventTypeList", "")}
    config.update({name: wanted[name] for name in _OF_TYPE[kind] if name in wanted})
    _configurations(state)[given(call, state, "AppId")] = config
    return {}


def get_message_callback(call: Call, state: ServiceState) -> Json:
    """An application's configuration; only an empty EventTypeList when there is none."""
    app = given(call, state, "AppId")
    config = _configurations(state).get(app, {"EventTypeList": ""})
    return {"MessageCallback": {"AppId": app, **config}}


def delete_message_callback(call: Call, state: ServiceState) -> Json:
    """Forget an application's configuration."""
    _configurations(state).pop(given(call, state, "AppId"), None)
    return {}


def _configurations(state: ServiceState) -> dict[str, Json]:
    found: dict[str, Json] = state.memory.setdefault("callbacks", {})
    return found


def notify(event: Json, task: Task, video: Json | None, state: ServiceState) -> None:
    """Send an event to whom the configuration and UserData say; nobody when it is switched off.

    A member of the event that holds an object is sent as a JSON text, as documented.
    """
    known = video or {}
    app = known.get("AppId") or default_of(state.service.operations["GetMessageCallback"], "AppId")
    config = _configurations(state).get(app)
    if config is None or config["CallbackType"] != "HTTP" or not is_on(config["EventTypeList"], event["EventType"]):
        return
    wishes = [object_in(task.data.get("UserData", "")), object_in(known.get("UserData", ""))]
    url = next(filter(None, map(_own_url, wishes)), config.get("CallbackURL"))
    if not url:
        return
    extend = next((wish["Extend"] for wish in wishes if wish.get("Extend")), None)
    body = {name: _as_text(value) for name, value in event.items()}
    if extend is not None:
        body["Extend"] = _as_text(extend)
    state.deliver(_delivery(url, body, config, task, state))


def is_on(switches: str, event_type: str) -> bool:
    """Whether an EventTypeList switches an event on."""
    names = {name.strip() for name in switches.split(",")}
    return ALL in names or event_type in names


def _own_url(user_data: Json) -> str:
    """The address that UserData names in place of the configured one; only HTTP can be named."""
    wish = object_in(user_data.get("MessageCallback", ""))
    return str(wish.get("CallbackURL", "")) if str(wish.get("CallbackType", "http")).upper() == "HTTP" else ""


def _as_text(value: Any) -> Any:
    return value if isinstance(value, str | list) else orjson.dumps(value).decode()


def _delivery(url: str, body: Json, config: Json, task: Task, state: ServiceState) -> Delivery:
    key = config.get("AuthKey", "") if config.get("AuthSwitch") == "on" else ""

    def signed() -> tuple[tuple[str, str], ...]:
        # Receivers hold the time against their own clock, so it is not the mock's.
        timestamp = str(int(state.clock.wall()))
        return (("X-VOD-TIMESTAMP", timestamp), ("X-VOD-SIGNATURE", signature(url, timestamp, key))) if key else ()

    limit = state.service.limit
    return Delivery(
        url=url,
        body=orjson.dumps(body),
        headers=(("Content-Type", "application/json;charset=utf-8"),),
        service=state.service.id,
        account=state.account.name,
        task=task.id,
        waits=(limit("callback-interval"),) * (int(limit("callback-attempts")) - 1),
        settled=(int(limit("callback-success")),),
        timeout=limit("callback-timeout"),
        fresh=signed,
    )


def signature(url: str, timestamp: str, key: str) -> str:
    """X-VOD-SIGNATURE: MD5 of address, time and key; the body is not in it.

    Source: VD en Developer Guide/Event notification/HTTP callback authentication.
    """
    return hashlib.md5(f"{url}|{timestamp}|{key}".encode()).hexdigest()


BEHAVIOURS = {
    "set_message_callback": set_message_callback,
    "get_message_callback": get_message_callback,
    "delete_message_callback": delete_message_callback,
}

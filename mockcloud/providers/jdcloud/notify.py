"""JD Cloud's notifications: the setting of a region, its confirmation by the endpoint, and the messages.

Documented are the confirmation (the endpoint returns the message in base64), the retry strategies, and that a message
comes bare or with attributes around it. What the messages say is published nowhere; their content is ours.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from dataclasses import replace
from typing import Any

import orjson

from mockcloud.model import Call, Refusal, Reply
from mockcloud.providers.jdcloud.wire import flat_and_wrapped
from mockcloud.state import Delivery, ServiceState

Json = dict[str, Any]
SET = "setNotification"
MESSAGE_TYPE = "x-jdcloud-message-type"
_CONFIRMATION, _NOTIFICATION = "SubscriptionConfirmation", "Notification"

# Wall seconds that an endpoint has for its confirmation, and that the caller of setNotification is held at most.
_PATIENCE, _HOLD = 3.0, 4.0
_MOST_UNANSWERED = 100


def get_notification(call: Call, state: ServiceState) -> Json:
    """The region's setting; switched off, with the defaults, where there is none."""
    setting = _settings(state).get(call.place["regionId"]) or _with_defaults(state, {"enabled": False})
    return flat_and_wrapped("notification", setting, state.option("result"))


def set_notification(call: Call, state: ServiceState) -> Reply | None:
    """Keep the region's setting once its endpoint has confirmed it. Refusal: the endpoint did not.

    The call is held while the confirmation is under way: the server asks again when something has happened.
    """
    region, setting = call.place["regionId"], _with_defaults(state, call.parameters)
    if "endpoint" not in setting:
        _settings(state)[region] = setting
        return None
    # Request id → None while nothing is known, else what is wrong with the endpoint's answer ("" = nothing).
    asked: dict[str, str | None] = state.memory.setdefault("confirmations", {})
    if call.request_id not in asked:
        asked[call.request_id] = None
        while len(asked) > _MOST_UNANSWERED:
            del asked[next(iter(asked))]
        _ask_for_confirmation(call.request_id, region, setting, state)
    trouble = asked[call.request_id]
    if trouble is None:
        return Reply(None, hold=_HOLD)
    del asked[call.request_id]
    if trouble:
        raise Refusal("FAILED_PRECONDITION", "endpoint", reason="unconfirmed", detail=trouble)
    return None


def _settings(state: ServiceState) -> dict[str, Json]:
    found: dict[str, Json] = state.memory.setdefault("settings", {})
    return found


def _with_defaults(state: ServiceState, given: Json) -> Json:
    properties = state.service.operations[SET].input["properties"]
    values = {name: given.get(name, inner.get("default")) for name, inner in properties.items()}
    return {name: value for name, value in values.items() if value is not None}


def _ask_for_confirmation(request_id: str, region: str, setting: Json, state: ServiceState) -> None:
    message = state.ids.hex(32)
    delivery = _delivery(state, setting, message, _CONFIRMATION, tag=_CONFIRMATION, at=state.now(), region=region)
    # With attributes around it, "the message" may be read as either.
    answers = {b64encode(message.encode()), b64encode(delivery.body)}

    def ended(outcome: str, answer: bytes) -> None:
        asked = state.memory["confirmations"]
        if outcome == "delivered" and answer.strip() in answers:
            trouble = ""
        elif outcome == "refused":
            trouble = ""  # an address that mockcloud may not post to
        elif outcome == "delivered":
            trouble = f"the endpoint answered {answer[:80]!r} to the {_CONFIRMATION}, not the message in base64"
        else:
            trouble = f"the endpoint did not answer the {_CONFIRMATION} with status 200"
        if not trouble:
            _settings(state)[region] = setting
        if request_id in asked:
            asked[request_id] = trouble

    state.deliver(replace(delivery, waits=(), timeout=_PATIENCE, ended=ended))


def announce(state: ServiceState, region: str, event: str, message: Json, task_id: str, at: float) -> None:
    """Tell the region's endpoint of an event, if it is enabled and asks for it."""
    setting = _settings(state).get(region)
    if not setting or not setting["enabled"] or "endpoint" not in setting or event not in setting.get("events", ()):
        return
    text = orjson.dumps(message).decode()
    state.deliver(_delivery(state, setting, text, _NOTIFICATION, tag=event, at=at, region=region, task=task_id))


def _delivery(
    state: ServiceState, setting: Json, message: str, kind: str, *, tag: str, at: float, region: str, task: str = ""
) -> Delivery:
    is_bare = setting["notifyContentFormat"] == "SIMPLIFIED"
    body = message.encode() if is_bare else orjson.dumps(_with_attributes(state, message, tag, at, region))
    return Delivery(
        url=setting["endpoint"],
        body=body,
        headers=(("Content-Type", "application/json; charset=utf-8"), (MESSAGE_TYPE, kind)),
        service=state.service.id,
        account=state.account.name,
        task=task,
        waits=_waits(state, setting["notifyStrategy"]),
    )


def _with_attributes(state: ServiceState, message: str, tag: str, at: float, region: str) -> Json:
    return {
        "topicOwner": state.account.name,
        "topicName": f"{state.service.id}-{region}",
        "subscriptionName": f"{state.service.id}-{region}",
        "messageId": state.ids.uuid(),
        "message": message,
        "messageMD5": hashlib.md5(message.encode()).hexdigest(),
        "messageTag": tag,
        "publishTime": int(at * 1000),
    }


def _waits(state: ServiceState, strategy: str) -> tuple[float, ...]:
    """Seconds before each further attempt of a retry strategy."""
    limit = state.service.limit
    if strategy == "BACKOFF_RETRY":
        shortest, longest = limit("backoff-shortest"), limit("backoff-longest")
        shares = (int(state.ids.hex(8), 16) / 0xFFFFFFFF for _ in range(int(limit("backoff-retries"))))
        return tuple(shortest + share * (longest - shortest) for share in shares)
    first, longest = limit("decay-first"), limit("decay-longest")
    return tuple(min(first * 2.0**retry, longest) for retry in range(int(limit("decay-retries"))))

"""JD Cloud's wire form: paths under /v1, a JSON body or a query, one envelope for answers and one for errors.

The HTTP status of an error is its number, `error.status` its name. `requestId` stands in every body, good or bad: the
Python client reads neither result nor error without it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import orjson

from mockcloud.contract.routes import match_path, no_operation
from mockcloud.contract.spec import ErrorEntry, Operation, Service
from mockcloud.journal import packed
from mockcloud.model import Call, Refusal, Reply, Wire, WireReply
from mockcloud.providers import Sender
from mockcloud.providers.jdcloud.sign import DATE, NONCE, sign

Json = dict[str, Any]
SERVICE = "jdcloud-mps"
REQUEST_ID = "x-jdcloud-request-id"
_WITHOUT_BODY = ("GET", "DELETE", "HEAD")

# Each documented wrapper under `result`, and a member that only its content has. A task has everything that a task id
# has, so it comes first.
WRAPPERS = (
    ("thumbnailQuery", "taskList"),
    ("notification", "enabled"),
    ("thumbnailTask", "source"),
    ("thumbnailTaskID", "taskID"),
)


def claims(wire: Wire) -> bool:
    """Whether a request is for JD Cloud: by its signature, a header of its gateway, or a path with a region.

    An unsigned request for a thumbnail must get JD Cloud's 401; Huawei's paths below /v1 have a project id there.
    """
    if wire.named.get("authorization", "").startswith("JDCLOUD"):
        return True
    if wire.has_header_like("x-jdcloud-"):
        return True
    return wire.path.startswith("/v1/regions/") and wire.path.count("/") > 3


def open(wire: Wire, request_id: str) -> Call:  # noqa: A001 - the Protocol's name
    """The envelope: there is one service and one format."""
    return Call(wire, "jdcloud", SERVICE, request_id)


def decode(call: Call, services: Callable[[str], Service]) -> None:
    """Fill operation, place and parameters.

    What is wrong with route, query or body is reported after authentication, so it is only kept.
    Refusal: URL or body larger than the gateway takes.
    """
    wire, service = call.wire, services(SERVICE)
    _judge_size(wire, service)
    call.common = {name: value for name in (DATE, NONCE) if (value := wire.header(name)) is not None}
    match = match_path(service, wire.method, wire.path)
    call.operation, call.place = match.operation, match.place
    if match.trouble:
        call.deferred = no_operation(service, match, f"{wire.method} {wire.path}")
    elif wire.method in _WITHOUT_BODY:
        _read_query(call, service)
    else:
        _read_body(call, service)


def _judge_size(wire: Wire, service: Service) -> None:
    url_size = len(wire.path) + len(wire.query) + bool(wire.query)
    if url_size > service.limit("url-size"):
        raise Refusal("HTTP_URI_TOO_LONG", reason="too-large", detail=f"the URL has {url_size} bytes")
    if len(wire.body) > service.limit("body-size"):
        raise Refusal("HTTP_REQUEST_ENTITY_TOO_LARGE", reason="too-large", detail=f"{len(wire.body)} bytes of body")


def _read_query(call: Call, service: Service) -> None:
    call.textual = True
    query = call.wire.query.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    documented = service.operations[call.operation].input.get("properties", {})
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name in call.parameters and name in documented:
            call.deferred = _refusal(service, "repeated", f"the query has {name!r} more than once", name)
        call.parameters[name] = value


def _read_body(call: Call, service: Service) -> None:
    if not call.wire.body:
        return
    try:
        body = orjson.loads(call.wire.body)
    except orjson.JSONDecodeError as problem:
        call.deferred = _refusal(service, "malformed", f"the body is not JSON: {problem}")
        return
    if isinstance(body, dict):
        call.parameters, call.is_body = body, True
    else:
        call.deferred = _refusal(service, "malformed", f"the body is a JSON {type(body).__name__}, not an object")


def _refusal(service: Service, kind: str, detail: str, *fill: str) -> Refusal:
    answer = service.refusals.get(kind, service.refusals["default"])
    return Refusal(answer.code, *(fill or answer.args or ()), variant=answer.variant, reason=kind, detail=detail)


def encode(call: Call, reply: Reply) -> WireReply:
    """{"requestId", "result"}, without result where the operation has none."""
    body: Json = {"requestId": call.request_id}
    if reply.body is not None:
        body["result"] = reply.body
    return _wired(call, reply.status, body, reply.headers)


def refuse(call: Call, entry: ErrorEntry, message: str) -> WireReply:
    """{"requestId", "error": {"status", "code", "message"}}; the code is the HTTP status."""
    error = {"status": entry.code, "code": entry.status, "message": message}
    return _wired(call, entry.status, {"requestId": call.request_id, "error": error}, ())


def _wired(call: Call, status: int, body: Json, headers: tuple[tuple[str, str], ...]) -> WireReply:
    own = (("Content-Type", "application/json"), (REQUEST_ID, call.request_id))
    return WireReply(status, (*own, *headers), packed(body))


def compose(operation: Operation, parameters: Json, sender: Sender) -> Wire:
    """The signed request that makes a call; generation 2, which is the documented one, unless the sender says 3.

    place  the sender's region and an id that no task has, unless they are given
    """
    place = {"regionId": sender.region, "taskId": "0" * 32, **(sender.place or {})}
    path = operation.path
    for name in operation.place.get("properties", {}):
        path = path.replace(f"{{{name}}}", quote(str(place[name]), safe=""))
    headers = (("Host", sender.host), ("Content-Type", "application/json"))
    if operation.method in _WITHOUT_BODY:
        wire = Wire(operation.method, path, urlencode(_texts(parameters), quote_via=quote), headers)
    else:
        wire = Wire(operation.method, path, "", headers, orjson.dumps(parameters))
    date = datetime.fromtimestamp(sender.now, UTC).strftime("%Y%m%dT%H%M%SZ")
    return sign(
        wire,
        key_id=sender.key_id,
        secret=sender.secret,
        date=date,
        nonce=sender.nonce,
        region=str(place["regionId"]),
        generation=sender.scheme or "2",
    )


def _texts(parameters: Json) -> Json:
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in parameters.items()}


def flat_and_wrapped(wrapper: str, members: Json, shape: str) -> Json:
    """`result` with its documented wrapper, without it, or both beside each other.

    shape  "documented" | "sdk" | "both", as the contract's option `result` has it
    """
    wrapped = {wrapper: members}
    return members if shape == "sdk" else wrapped if shape == "documented" else wrapped | members


def unwrap(reply: WireReply) -> tuple[Json | None, tuple[str, str] | None]:
    """The members under `result` in their documented form, whichever shape was chosen; or the error's name and text."""
    body = orjson.loads(reply.body)
    error = body.get("error")
    if error:
        return None, (error["status"], error["message"])
    result = body.get("result")
    if result is None:
        return None, None
    for wrapper, _ in WRAPPERS:
        if wrapper in result:
            return {wrapper: result[wrapper]}, None
    wrapper = next(wrapper for wrapper, mark in WRAPPERS if mark in result)
    return {wrapper: result}, None


def new_request_id(ids: Any) -> str:
    """32 digits and lower-case letters, like the published examples."""
    return str(ids.base36(32))

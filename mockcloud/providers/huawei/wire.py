"""The way in and out: method and path name the operation, the query or a JSON body holds the parameters.

Three shapes of errors: MPC's two members, the gateway's three, and IAM's, which is Keystone's and whose code is the
HTTP status. Every answer carries X-Request-Id, the only place where the clients look for it.
Source: seed 002 T1 to T3, T8; GW; OASI; CORE http_client.py; measured.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import orjson

from mockcloud.contract.routes import match_path, no_operation
from mockcloud.contract.spec import ErrorEntry, Operation, Service
from mockcloud.ids import Ids
from mockcloud.journal import packed
from mockcloud.model import Call, Refusal, Reply, Wire, WireReply
from mockcloud.providers import Sender

from . import sign
from .sign import KEYSTONE, query_pairs
from .tokens import made_up_id

Json = dict[str, Any]

SERVICE = "huawei-mpc"
JSON = "application/json"
PATHS = ("/v1/", "/v1.0-ext/")
IAM_PATHS = ("/v3/", "/v5/")
PROJECT_HEADERS = ("x-project-id", "x-project_id")
_COMMON = (*PROJECT_HEADERS, "x-language", "x-sdk-date", "content-type")


def claims(wire: Wire) -> bool:
    """Whether this is Huawei Cloud's: its signature, or a path of MPC or IAM."""
    if wire.named.get("authorization", "").startswith(f"{sign.ALGORITHM} ") or sign.DATE in wire.named:
        return True
    return wire.path.startswith((*PATHS, *IAM_PATHS))


def open(wire: Wire, request_id: str) -> Call:  # noqa: A001 - the Protocol's name
    """The envelope: what IAM is asked is answered in Keystone's shape."""
    error_format = KEYSTONE if wire.path.startswith(IAM_PATHS) else "json"
    return Call(wire, "huawei", SERVICE, request_id, format=error_format)


def decode(call: Call, services: Callable[[str], Service]) -> None:
    """Find the operation, read parameters and project.

    Refusal: APIGW.0201 for a body that is too large, APIGW.0101 for a path or method that no operation has. Deferred
    until the caller is known: MPC.10208 for a project that is none or not the header's, MPC.10205 and MPC.10202 (from
    IAM 400) for a body that cannot be read.
    """
    wire, service = call.wire, services(SERVICE)
    if len(wire.body) > service.limit("body-size"):
        answer = service.refusals["too-large"]
        detail = f"the body has {len(wire.body)} bytes, at most {service.limit('body-size'):.0f}"
        raise Refusal(answer.code, variant=answer.variant, reason="too-large", detail=detail)
    match = match_path(service, wire.method, wire.path)
    call.operation = match.operation if match.operation in service.operations else ""
    if match.trouble:
        raise no_operation(service, match, f"{wire.method} {wire.path}")
    operation = service.operations[match.operation]
    call.place = match.place
    call.common = {name: wire.named[name] for name in _COMMON if name in wire.named}
    call.textual = wire.method in ("GET", "DELETE")
    call.parameters = _query(operation, wire)
    if not call.textual:
        body = _body(call, service)
        call.is_body = bool(body) and not call.parameters
        call.parameters = body if call.is_body else call.parameters | body
    call.deferred = _project_trouble(call, operation) or call.deferred


def _query(operation: Operation, wire: Wire) -> Json:
    """Parameters of the query; repeated names become a list. Where a body holds the others, only those meant for it."""
    if not wire.query:
        return {}
    members = operation.input.get("properties", {})
    found: Json = {}
    readable = wire.query.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    for name, value in query_pairs(readable, errors="replace"):
        if wire.method in ("GET", "DELETE") or members.get(name, {}).get("in") == "query":
            earlier = found.get(name)
            found[name] = value if earlier is None else [*_listed(earlier), value]
    return found


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _body(call: Call, service: Service) -> Json:
    """The members of a JSON body; a body that is none leaves a deferred refusal."""
    if not call.wire.body:
        return {}
    said = call.common.get("content-type", "")
    if said != JSON and said.partition(";")[0].strip().lower() != JSON:
        detail = f"Content-Type is {said!r}, the body must be {JSON}"
        call.deferred = _unreadable(call, "MPC.10205", "content-type", detail)
        return {}
    malformed = service.refusals["malformed"].code
    try:
        found = orjson.loads(call.wire.body)
    except orjson.JSONDecodeError as problem:
        call.deferred = _unreadable(call, malformed, "malformed", f"the body is not JSON: {problem}")
        return {}
    if not isinstance(found, dict):
        detail = f"the body is a JSON {type(found).__name__}, not an object"
        call.deferred = _unreadable(call, malformed, "malformed", detail)
        return {}
    return found


def _unreadable(call: Call, code: str, reason: str, detail: str) -> Refusal:
    return Refusal("400" if call.format == KEYSTONE else code, reason=reason, detail=detail)


def _project_trouble(call: Call, operation: Operation) -> Refusal | None:
    """What is wrong with the project of the path, before it is held against a token."""
    project = call.place.get("project_id")
    if project is None:
        return None
    schema = operation.place["properties"]["project_id"]
    if "{" in project or "}" in project:
        detail = f"the path holds {project!r}: the client has no project id to fill in"
        return Refusal(schema["error"], reason="project", detail=detail)
    if len(project) > schema["maxLength"]:
        detail = f"the project id in the path has {len(project)} characters, at most {schema['maxLength']}"
        return Refusal(schema["error"], reason="project", detail=detail)
    for name in PROJECT_HEADERS:
        said = call.common.get(name, project)
        if said != project and said.strip() != project:
            return Refusal(schema["error"], reason="project", detail=f"{name} is {said!r}, the path has {project!r}")
    return None


def encode(call: Call, reply: Reply) -> WireReply:
    """A success; no body means no content type either."""
    headers = (*_identity(call), *reply.headers)
    if reply.body is None:
        return WireReply(reply.status, headers, b"")
    return WireReply(reply.status, (("Content-Type", JSON), *headers), packed(reply.body))


def _identity(call: Call) -> tuple[tuple[str, str], ...]:
    own = ("X-Request-Id", call.request_id)
    return (own, ("X-IAM-Trace-Id", call.request_id)) if call.format == KEYSTONE else (own,)


def refuse(call: Call, entry: ErrorEntry, message: str) -> WireReply:
    """An error in the shape of whoever gives it: IAM (the code is a number), the gateway, MPC."""
    body: Json
    if entry.code.isdigit():
        title = HTTPStatus(entry.status).phrase
        body = {"error": {"code": int(entry.code), "message": message, "title": title}}
    elif entry.table == "gateway":
        body = {"error_msg": message, "error_code": entry.code, "request_id": call.request_id}
    else:
        body = {"error_code": entry.code, "error_msg": message}
    return WireReply(entry.status, (("Content-Type", JSON), *_identity(call)), packed(body))


def compose(operation: Operation, parameters: Json, sender: Sender) -> Wire:
    """The request that makes a call, signed or with a token, as the Python client would send it."""
    place = {"project_id": made_up_id(sender.key_id, "project", sender.region)} | (sender.place or {})
    path = operation.path
    for name, value in place.items():
        path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
    query, body = _split(operation, parameters)
    headers = [("Host", sender.host), ("Content-Type", JSON)]
    if "{project_id}" in operation.path:
        headers.append(("X-Project-Id", str(place["project_id"])))
    wire = Wire(operation.method, path, _written(query), tuple(headers), orjson.dumps(body) if body else b"")
    if operation.behave == "create_token":
        return wire
    if sender.token:
        return Wire(wire.method, wire.path, wire.query, (*wire.headers, ("X-Auth-Token", sender.token)), wire.body)
    return sign.sign(wire, sender.key_id, sender.secret, sender.now)


def _split(operation: Operation, parameters: Json) -> tuple[Json, Json]:
    """(what goes into the query, what goes into the body)."""
    members = operation.input.get("properties", {})
    usual = "query" if operation.method in ("GET", "DELETE") else "body"
    inside = {name: members.get(name, {}).get("in", usual) for name in parameters}
    query = {name: value for name, value in parameters.items() if inside[name] == "query"}
    return query, {name: value for name, value in parameters.items() if inside[name] == "body"}


def _written(query: Json) -> str:
    pairs = ((name, item) for name, value in query.items() for item in _listed(value))
    return "&".join(f"{sign.encode_all(name)}={sign.encode_all(_text(item))}" for name, item in pairs)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def unwrap(reply: WireReply) -> tuple[Json | None, tuple[str, str] | None]:
    """(members, None) of a success, (None, (code, message)) of an error in any of the three shapes.

    An error is known by its members: the table of MPC has a code whose status is 200.
    """
    found: Any = orjson.loads(reply.body) if reply.body else None
    if isinstance(found, dict) and "error_code" in found:
        return None, (found["error_code"], found["error_msg"])
    if isinstance(found, dict) and "error" in found:
        return None, (str(found["error"]["code"]), found["error"]["message"])
    return found, None


def new_request_id(ids: Ids) -> str:
    """32 hex digits, as in the gateway's answers."""
    return ids.hex(32)

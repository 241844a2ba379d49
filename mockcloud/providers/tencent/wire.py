"""Tencent Cloud's API 3.0: one path, the operation in a header or a parameter, one envelope for good and bad.

Signatures are left to `sign`, types of parameters to the contracts.
Source: API 调用方式/请求结构_intl.md, 公共参数_intl.md, 返回结果_intl.md; what the clients send and need (RUN).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from email import message_from_bytes, policy
from typing import Any

from mockcloud.contract.routes import match_action, no_operation
from mockcloud.contract.spec import ErrorEntry, Operation, Service
from mockcloud.contract.validate import filled
from mockcloud.ids import Ids
from mockcloud.model import Call, Refusal, Reply, Wire, WireReply
from mockcloud.providers import Sender

from . import form, sign, v1

Json = dict[str, Any]

SERVICE = "tencent-vod"
METHODS = ("GET", "POST")
# Exactly this text: with a charset behind it the Python client takes every error for a success (PYC _check_error).
CONTENT_TYPE = "application/json"
JSON_BODY = "application/json"
MULTIPART = "multipart/form-data"
# Common parameters of version 1; a JSON body holds none of them but SubAppId.
COMMON = (
    *("Action", "Version", "Timestamp", "Nonce", "SecretId", "Signature", "SignatureMethod"),
    *("Region", "Token", "Language", "RequestClient"),
)
_TRACE_ID = re.compile(r"[0-9A-Za-z-]{1,64}")
_LONE_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def claims(wire: Wire) -> bool:
    """Whether this is Tencent Cloud's: a TC3 signature, an X-TC-* header, or Action beside SecretId or Nonce.

    Alibaba Cloud's query form has Action as well; it names its key AccessKeyId and has no Nonce.
    """
    if wire.named.get("authorization", "").startswith("TC3-"):
        return True
    if wire.has_header_like("x-tc-"):
        return True
    if "Action" not in wire.query and b"Action" not in wire.body:
        return False
    names = form.names(wire)
    return "Action" in names and "AccessKeyId" not in names and not names.isdisjoint({"SecretId", "Nonce"})


def open(wire: Wire, request_id: str) -> Call:  # noqa: A001 - the name that every provider's module uses
    """The envelope: always that of this service, in JSON; the common parameters as far as they can be read."""
    call = Call(wire=wire, provider="tencent", service=SERVICE, request_id=request_id)
    if sign.is_tc3(wire):
        for name, value in wire.headers:
            low = name.lower()
            if low.startswith("x-tc-") or low == "authorization":
                call.common.setdefault(low.removeprefix("x-tc-"), value.strip())
        return call
    try:
        pairs = form.sent(wire)
    except form.FormError:
        return call
    for name, value in pairs:
        if name in COMMON:
            call.common.setdefault(name.lower(), value)
    return call


def decode(call: Call, services: Callable[[str], Service]) -> None:
    """Fill parameters and operation.

    Refusal: UnsupportedProtocol, size, InvalidParameter for what cannot be read, MissingParameter for Action and
    Version. Deferred: NoSuchVersion, InvalidAction, a SubAppId that is no number.
    """
    service = services(SERVICE)
    if call.wire.method not in METHODS:
        raise _refused(service, "wrong-method", call.wire.method, "use POST or GET")
    if call.wire.path not in ("", "/"):
        raise _refused(service, "malformed", "the path is not /", f"the path is {call.wire.path!r}; there is only '/'")
    _check_size(call.wire, service)
    try:
        call.parameters = _parameters(call, service)
    except form.FormError as problem:
        raise _unreadable(service, problem) from problem
    for name in ("Action", "Version"):
        if not call.common.get(name.lower()):
            where = f"the header X-TC-{name}" if sign.is_tc3(call.wire) else f"the parameter {name}"
            raise Refusal("MissingParameter", name, reason="common-parameter", detail=f"send {where}")
    call.deferred = _operation(call, service) or _application(call)


def _check_size(wire: Wire, service: Service) -> None:
    if wire.method == "GET":
        if len(wire.query) > service.limit("get-query"):
            raise _refused(service, "too-large", "query", f"the query has {len(wire.query)} bytes")
    elif sign.is_tc3(wire):
        if len(wire.body) > service.limit("json-body"):
            raise _refused(service, "too-large", "body", f"the body has {len(wire.body)} bytes")
    elif len(wire.body) > service.limit("form-body"):
        detail = f"the form has {len(wire.body)} bytes; TC3-HMAC-SHA256 takes {service.limit('json-body'):.0f}"
        raise Refusal("AuthFailure.SignatureFailure", variant="size", reason="too-large", detail=detail)


def _parameters(call: Call, service: Service) -> Json:
    wire, kind = call.wire, form.content_type(call.wire)
    if wire.method == "POST" and not sign.is_tc3(wire) and kind not in (form.FORM, ""):
        detail = f"Content-Type is {kind!r}; with HmacSHA1 and HmacSHA256 it is {form.FORM}"
        raise _refused(service, "malformed", "Content-Type does not go with HmacSHA1 or HmacSHA256", detail)
    if wire.method == "GET" or not sign.is_tc3(wire):
        call.textual = True
        taken = () if sign.is_tc3(wire) else COMMON
        return form.nested([pair for pair in form.sent(wire) if pair[0] not in taken])
    if kind == JSON_BODY:
        return _json_object(wire.body, service)
    if kind == MULTIPART:
        call.textual = True
        return _parts(wire, service)
    detail = f"Content-Type is {kind or 'absent'!r}; with TC3-HMAC-SHA256 it is {JSON_BODY} or {MULTIPART}"
    raise _refused(service, "malformed", "Content-Type does not go with TC3-HMAC-SHA256", detail)


def _json_object(body: bytes, service: Service) -> Json:
    found = _json(body, service) if body.strip() else {}
    if not isinstance(found, dict):
        raise _refused(service, "malformed", "no JSON object", f"the body is a JSON {type(found).__name__}")
    return found


def _json(body: bytes, service: Service) -> Any:
    try:
        text = body.decode()
        found = json.loads(text, parse_constant=_no_constant)
        if _LONE_SURROGATE.search(text):
            json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as problem:
        short = "nested too deep" if isinstance(problem, RecursionError) else str(problem)[:200]
        raise _refused(service, "malformed", "no JSON", f"the body is no JSON: {short}") from problem
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _parts(wire: Wire, service: Service) -> Json:
    head = f"Content-Type: {wire.header('content-type')}\r\n\r\n".encode("utf-8", "replace")
    message = message_from_bytes(head + wire.body, policy=policy.HTTP)
    if not message.is_multipart():
        raise Refusal("InvalidRequest", reason="malformed", detail="the multipart body has no parts of its boundary")
    found: Json = {}
    for part in message.iter_parts():
        name, content = part.get_param("name", header="content-disposition"), part.get_payload(decode=True)
        if not isinstance(name, str) or not isinstance(content, bytes):
            raise Refusal("InvalidRequest", reason="malformed", detail="a part of the multipart body has no name")
        if part.get_content_type() == JSON_BODY:
            found[name] = _json(content, service)
        elif content:
            found[name] = content.decode("utf-8", "replace")
    return found


def _unreadable(service: Service, problem: form.FormError) -> Refusal:
    if problem.kind == "pair":
        detail = f"{problem.name[:80]!r} has no '='"
        return Refusal("InvalidParameter", variant="pair", reason="malformed", detail=detail)
    if problem.kind == "text":
        return _refused(service, "malformed", "not UTF-8", "names and values are UTF-8, percent-encoded")
    what = "stands twice" if problem.kind == "repeated" else "clashes with a parameter above or below it"
    return _refused(service, "repeated", problem.name, f"the parameter {problem.name[:80]!r} {what}")


def _operation(call: Call, service: Service) -> Refusal | None:
    version, action = call.common["version"], call.common["action"]
    if version != service.version:
        detail = f"Version is {version!r}, {service.id} has {service.version}"
        return Refusal("NoSuchVersion", version, reason="common-parameter", detail=detail)
    match = match_action(service, action)
    call.operation = match.operation
    return no_operation(service, match, action) if match.trouble else None


def _application(call: Call) -> Refusal | None:
    """SubAppId is common to all operations: taken out of the parameters, accepted when it is a number."""
    found = call.parameters.pop("SubAppId", None)
    if found is None:
        return None
    call.common["subappid"] = text = str(found)
    if isinstance(found, bool) or not (text.isascii() and text.isdigit()):
        detail = f"SubAppId is {found!r}, not a whole number"
        return Refusal("InvalidParameter", "SubAppId", variant="type", reason="common-parameter", detail=detail)
    return None


def _refused(service: Service, kind: str, value: str, detail: str) -> Refusal:
    answer = service.refusals.get(kind) or service.refusals["default"]
    fill = filled(answer, (value,), value, value)
    return Refusal(answer.code, *fill, variant=answer.variant, reason=kind, detail=detail)


def encode(call: Call, reply: Reply) -> WireReply:
    """The members and RequestId inside Response."""
    return _answer(call, reply.status, {**(reply.body or {}), "RequestId": call.request_id}, reply.headers)


def refuse(call: Call, entry: ErrorEntry, message: str) -> WireReply:
    """Error and RequestId inside Response; without RequestId the Python client raises a KeyError (RUN)."""
    error = {"Code": entry.code, "Message": message}
    return _answer(call, entry.status, {"Error": error, "RequestId": call.request_id})


def _answer(call: Call, status: int, members: Json, more: tuple[tuple[str, str], ...] = ()) -> WireReply:
    body = json.dumps({"Response": members}, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    trace_id = call.wire.header("x-tc-traceid") or ""
    trace = (("X-TC-TraceId", trace_id),) if _TRACE_ID.fullmatch(trace_id) else ()
    return WireReply(status, (("Content-Type", CONTENT_TYPE), *trace, *more), body)


def compose(operation: Operation, parameters: Json, sender: Sender) -> Wire:
    """A signed request: JSON and TC3-HMAC-SHA256, or as `sender.scheme` says.

    Schemes: "tc3-get", "HmacSHA1", "HmacSHA256", "HmacSHA1-get", "HmacSHA256-get". `sender.place["Region"]` goes before
    the sender's region; "" leaves it out.
    """
    region = (sender.place or {}).get("Region", sender.region)
    version = operation.version
    host, is_get = ("Host", sender.host), sender.scheme.endswith("-get")
    if sender.scheme.partition("-")[0] in v1.DIGESTS:
        common = [("Action", operation.action), ("Version", version), *([("Region", region)] if region else [])]
        text = form.write([*form.flattened(parameters), *common])
        headers = [host, ("Content-Type", form.FORM)]
        wire = (
            Wire("GET", "/", text, tuple(headers)) if is_get else Wire("POST", "/", "", tuple(headers), text.encode())
        )
        return sign.sign(wire, sender)
    headers = [host, ("Content-Type", form.FORM if is_get else JSON_BODY), ("X-TC-Action", operation.action)]
    headers += [("X-TC-Version", version), *([("X-TC-Region", region)] if region else [])]
    if is_get:
        return sign.sign(Wire("GET", "/", form.write(form.flattened(parameters)), tuple(headers)), sender)
    return sign.sign(Wire("POST", "/", "", tuple(headers), json.dumps(parameters).encode()), sender)


def unwrap(reply: WireReply) -> tuple[Json | None, tuple[str, str] | None]:
    """The members without RequestId, or (code, message); the HTTP status is 200 for both."""
    members = json.loads(reply.body)["Response"]
    members.pop("RequestId", None)
    if "Error" in members:
        return None, (members["Error"]["Code"], members["Error"]["Message"])
    return members, None


def new_request_id(ids: Ids) -> str:
    """A UUID in lower case."""
    return ids.uuid()

"""Alibaba Cloud's RPC style: one path, the operation in Action, the service in Version, answers in JSON or XML.

Signatures are left to `sign`, types of parameters to the contracts.
Source: VD zh 服务端API/调用方式; seed 000 and seed 001, request samples; what the clients send.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from mockcloud.contract.routes import Match, match_action, no_operation
from mockcloud.contract.spec import ErrorEntry, Operation, Service
from mockcloud.contract.validate import filled
from mockcloud.ids import Ids
from mockcloud.model import Call, Refusal, Reply, Wire, WireReply
from mockcloud.providers import Sender

from . import sign, xml
from .pairs import FORM, is_utf8, read, shown, write

Json = dict[str, Any]

# The first one answers what names no version at all.
SERVICES = ("alibaba-multimediaai", "alibaba-vod")
METHODS = ("GET", "POST")
# Exactly this text: TO parses an XML error only when the header equals it letter by letter.
CONTENT_TYPES = {"json": "application/json;charset=utf-8", "xml": "text/xml;charset=utf-8"}
COMMON = {
    "Action",
    "Version",
    "Format",
    "AccessKeyId",
    "Signature",
    "SignatureMethod",
    "SignatureVersion",
    "SignatureNonce",
    "SignatureType",
    "Timestamp",
    "SecurityToken",
    "BearerToken",
    "RegionId",
}
_SIGNED = {"AccessKeyId", "Signature", "SignatureNonce", "SignatureMethod", "Version"}
_OURS = {"AccessKeyId", "SignatureNonce"}  # nobody else has both, so Action may be missing


def claims(wire: Wire) -> bool:
    """Whether this is Alibaba Cloud's: an x-acs-* header, an ACS3 signature, or Action or its companions.

    Tencent Cloud's query form has Action as well; it names its key SecretId.
    """
    if wire.named.get("authorization", "").startswith("ACS3-"):
        return True
    if wire.has_header_like("x-acs-"):
        return True
    if wire.path not in ("", "/"):
        return False
    names = {name for name, _ in read(wire)}
    return "SecretId" not in names and (names >= _OURS or ("Action" in names and not names.isdisjoint(_SIGNED)))


def open(wire: Wire, request_id: str) -> Call:  # noqa: A001 - the name that every provider's module uses
    """The envelope: parameters split into common ones and the operation's own, answer format, service by host name.

    Whatever is not JSON counts as XML, also the text "None" that PC sends when nobody set a format (RUN).
    Signature version 3 knows no Format and is answered in JSON.
    """
    call = Call(wire=wire, provider="alibaba", service=_guess(wire), request_id=request_id, textual=True)
    pairs = read(wire)
    for name, value in pairs:
        if name in COMMON:
            call.common.setdefault(name.lower(), shown(value))
        else:
            call.parameters.setdefault(shown(name), shown(value))
    for name in ("action", "version"):
        header = wire.header(f"x-acs-{name}")
        if header is not None:
            call.common.setdefault(name, shown(header.strip()))
    call.common["scheme"] = "v3" if sign.is_v3(wire, pairs) else "v1"
    is_json = call.common["scheme"] == "v3" or call.common.get("format", "").upper() == "JSON"
    call.format = "json" if is_json else "xml"
    return call


def _guess(wire: Wire) -> str:
    label = (wire.header("host") or "").partition(".")[0].lower()
    return next((service for service in SERVICES if service == f"alibaba-{label}"), SERVICES[0])


def decode(call: Call, services: Callable[[str], Service]) -> None:
    """Find the service by Version and the operation by Action; the parameter goes before the header.

    NP sends the header x-acs-action in the caller's spelling and the parameter with a capital (RUN).
    Refusal: method, MissingVersion, InvalidVersion, MissingAction, operations that are not there.
    Deferred: parameters that stand twice or are not UTF-8.
    """
    version, action = call.common.get("version", ""), call.common.get("action", "")
    service = next((found for found in map(services, SERVICES) if found.version == version), None)
    if service is not None:
        call.service = service.id
    if call.wire.method not in METHODS:
        raise _refused(services(call.service), "wrong-method", call.wire.method, f"use {' or '.join(METHODS)}")
    if not version:
        raise Refusal("MissingVersion", reason="common-parameter", detail="send Version or the header x-acs-version")
    if service is None:
        known = ", ".join(f"{services(name).version} ({name})" for name in SERVICES)
        raise Refusal("InvalidVersion", reason="common-parameter", detail=f"Version is {version!r}; there are {known}")
    if not action:
        raise Refusal("MissingAction", reason="common-parameter", detail="send Action or the header x-acs-action")
    match, asked = match_action(service, action), action
    if call.wire.path not in ("", "/"):
        match, asked = Match("", {}, "unknown-operation"), f"{action} at {call.wire.path}"
    call.operation = match.operation
    if match.trouble:
        raise no_operation(service, match, asked)
    call.deferred = _damage(call.wire, service)


def _damage(wire: Wire, service: Service) -> Refusal | None:
    seen: set[str] = set()
    for name, value in read(wire):
        if not is_utf8(name) or not is_utf8(value):
            return _refused(service, "malformed", shown(name), f"parameter {shown(name)!r} is not UTF-8")
        if name in seen:
            return _refused(service, "repeated", name, f"parameter {name!r} stands twice")
        seen.add(name)
    return None


def _refused(service: Service, kind: str, name: str, detail: str) -> Refusal:
    answer = service.refusals.get(kind) or service.refusals["default"]
    fill = filled(answer, (name,), name, name)
    return Refusal(answer.code, *fill, variant=answer.variant, reason=kind, detail=detail)


def encode(call: Call, reply: Reply) -> WireReply:
    """RequestId and the members, in JSON or below <{Action}Response> in XML."""
    members = {"RequestId": call.request_id, **(reply.body or {})}
    return _answer(call, reply.status, f"{call.operation}Response", members, reply.headers)


def refuse(call: Call, entry: ErrorEntry, message: str) -> WireReply:
    """The error envelope; Recommend is on the gateway's own errors only.

    Source: VD zh 服务端API/调用方式/返回结果; G-c for Recommend.
    """
    members = {
        "RequestId": call.request_id,
        "HostId": call.wire.header("host") or "",
        "Code": entry.code,
        "Message": message,
    }
    if entry.table == "gateway":
        product = call.service.partition("-")[2]
        members["Recommend"] = (
            f"https://api.aliyun.com/troubleshoot?q={entry.code}&product={product}&requestId={call.request_id}"
        )
    return _answer(call, entry.status, "Error", members)


def _answer(call: Call, status: int, root: str, members: Json, more: tuple[tuple[str, str], ...] = ()) -> WireReply:
    if call.format == "json":
        body = json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    else:
        body = xml.render(root, members)
    headers = (("Content-Type", CONTENT_TYPES[call.format]), ("x-acs-request-id", call.request_id), *more)
    return WireReply(status, headers, body)


def compose(operation: Operation, parameters: Json, sender: Sender) -> Wire:
    """A signed POST: version 1 with a form body, as TM sends it; `sender.scheme` "v3" with a query, as TV does."""
    own = [(name, _text(value)) for name, value in parameters.items() if value is not None]
    version = operation.version
    host = ("Host", sender.host)
    if sender.scheme == "v3":
        query = [*own, ("RegionId", sender.region)]
        headers = (host, ("x-acs-action", operation.action), ("x-acs-version", version), ("Accept", "application/json"))
        return sign.sign(Wire("POST", "/", write(query), headers), sender)
    common = [("Action", operation.action), ("Version", version), ("Format", "JSON"), ("RegionId", sender.region)]
    wire = Wire("POST", "/", write(common), (host, ("Content-Type", FORM)), write(own).encode())
    return sign.sign(wire, sender)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def unwrap(reply: WireReply) -> tuple[Json | None, tuple[str, str] | None]:
    """The members without RequestId, or (code, message). XML gives text for every value.

    An error is known by its HostId; Code and Message alone are also members of some successes.
    """
    kind = (reply.header("content-type") or "").lower()
    members = xml.parse(reply.body)[1] if "xml" in kind else json.loads(reply.body)
    if "HostId" in members:
        return None, (members["Code"], members["Message"])
    members.pop("RequestId", None)
    return members, None


def new_request_id(ids: Ids) -> str:
    """A UUID in upper case."""
    return ids.uuid().upper()

"""Trouble on the wire, carried out: closed connections, silence, late answers, garbage."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

from .faults import Fault
from .model import WireReply

_LONGEST_SECONDS = 120.0


def cut(request: web.BaseRequest) -> web.StreamResponse:
    """Close the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def late(request: web.BaseRequest, response: web.StreamResponse, fault: Fault) -> web.StreamResponse:
    """Answer after `seconds`, or never (the connection is closed then) when the fault is a hang."""
    await _silence(fault, 3.0 if fault.error == "wire.late-answer" else _LONGEST_SECONDS)
    return response if fault.error == "wire.late-answer" else cut(request)


async def disturbed(request: web.BaseRequest, reply: WireReply, fault: Fault) -> web.StreamResponse:
    """Half a body and then silence, or garbage of the kind that the fault names."""
    if fault.error == "wire.hang-body":
        return await _half(request, reply, fault)
    return await _garbage(request, reply, str(_args(fault).get("kind", "html-502")))


async def _half(request: web.BaseRequest, reply: WireReply, fault: Fault | None) -> web.StreamResponse:
    body = reply.body or b"{}"
    response = web.StreamResponse(status=reply.status, headers=dict(reply.headers))
    response.content_length = len(body)
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    if fault is not None:
        await _silence(fault, _LONGEST_SECONDS)
    return cut(request)


async def _garbage(request: web.BaseRequest, reply: WireReply, kind: str) -> web.StreamResponse:
    headers = dict(reply.headers)
    match kind:
        case "html-502":
            page = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
            return web.Response(status=502, text=page, content_type="text/html")
        case "redirect":
            return web.Response(status=302, headers={"Location": "http://127.0.0.1:9/elsewhere"})
        case "empty":
            return web.Response(status=reply.status, headers=headers)
        case "null" | "list":
            return web.Response(status=reply.status, headers=headers, body=b"null" if kind == "null" else b"[]")
        case "truncated":
            return web.Response(status=reply.status, headers=headers, body=reply.body[: len(reply.body) // 2])
        case "charset":
            response = web.Response(status=reply.status, body=reply.body.decode().encode("utf-16"))
            response.headers["Content-Type"] = f"{reply.header('Content-Type') or 'application/json'}; charset=utf-16"
            return response
    return await _half(request, reply, None)


async def _silence(fault: Fault, default: float) -> None:
    await asyncio.sleep(min(float(_args(fault).get("seconds", default)), _LONGEST_SECONDS))


def _args(fault: Fault) -> dict[str, Any]:
    return fault.args if isinstance(fault.args, dict) else {}

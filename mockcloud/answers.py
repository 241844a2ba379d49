"""Answers on their way to the socket: most are written in one piece, the odd ones by aiohttp's own Response."""

from __future__ import annotations

import time
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus

from aiohttp import HttpVersion, web
from aiohttp.http import SERVER_SOFTWARE

from .model import WireReply

_WITHOUT_BODY = (204, 304)
_OLD = HttpVersion(1, 0)


def response(reply: WireReply, request: web.BaseRequest, is_last: bool = False) -> web.StreamResponse:
    """What the server gives back for a request. is_last: the connection is closed after it."""
    if reply.body and request.method != "HEAD" and reply.status not in _WITHOUT_BODY:
        return _Whole(reply, is_last)
    found = web.Response(status=reply.status, body=reply.body or None)
    for name, value in reply.headers:
        found.headers[name] = value
    if is_last:
        found.force_close()
    return found


class _Whole(web.StreamResponse):
    """Head and body in one write. It has what the protocol asks of a response, at half the price of a Response."""

    def __init__(self, reply: WireReply, is_last: bool) -> None:
        self._reply = reply
        self._is_last = is_last

    @property
    def keep_alive(self) -> bool:
        """Whether the connection stays open."""
        return not self._is_last

    async def prepare(self, request: web.BaseRequest) -> None:
        """Write it. ConnectionResetError: nobody is there any more."""
        self._is_last = self._is_last or not request.keep_alive
        transport = request.transport
        if transport is None or transport.is_closing():
            raise ConnectionResetError("the client is gone")
        transport.write(_head(self._reply, request.version, self._is_last) + self._reply.body)
        if request.protocol.writing_paused:  # the next answer waits until this one was taken
            await request.writer.drain()

    async def write_eof(self, data: bytes = b"") -> None:
        """All has been written."""


def _head(reply: WireReply, version: HttpVersion, is_last: bool) -> bytes:
    """Status line and headers. ValueError: one of them has a line break."""
    lines = [_status_line(version, reply.status)]
    lines += [f"{name}: {value}" for name, value in reply.headers]
    lines += [f"Content-Length: {len(reply.body)}", f"Date: {_date(int(time.time()))}", f"Server: {SERVER_SOFTWARE}"]
    # Each version names only what is not its own custom.
    if is_last is not (version <= _OLD):
        lines.append("Connection: close" if is_last else "Connection: keep-alive")
    head = "\r\n".join(lines)
    if not head.count("\n") == head.count("\r") == len(lines) - 1:
        raise ValueError(f"a header of this answer has a line break: {reply.headers!r}")
    return f"{head}\r\n\r\n".encode()


@lru_cache(maxsize=128)
def _status_line(version: HttpVersion, status: int) -> str:
    known = {one.value: one.phrase for one in HTTPStatus}
    return f"HTTP/{version.major}.{version.minor} {status} {known.get(status, '')}"


@lru_cache(maxsize=2)
def _date(second: int) -> str:
    return formatdate(second, usegmt=True)

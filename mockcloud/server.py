"""The socket side: reads requests, carries out outcomes, keeps the mock's time.

Everything that decides anything is in `pipeline` (provider requests) and `admin` (the mock's own routes).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson
from aiohttp import ClientPayloadError, web
from aiohttp.http_exceptions import HttpProcessingError

from .admin import PREFIX, Admin
from .answers import response
from .bounds import Bounds, excess
from .model import Misuse, Wire
from .pipeline import Engine, Outcome
from .posting import Poster
from .wirefaults import cut, disturbed, late

log = logging.getLogger("mockcloud.server")

# Deliveries that fall due on the way of an `advance` are waited for so long, all of them together.
_PATIENCE_SECONDS = 2.0
_JSON = "application/json"

_Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Binding:
    """Where and how to listen, and how much a request may take.

    max_body        bytes; as many as a provider documents for JSON (Tencent Cloud, request structure: 10 MB)
    callback_hosts  hosts beside loopback that callbacks may go to
    allow_hosts     further names in the Host header under which the admin interface answers
    max_line        bytes of a request line or of one header; max_headers: their number
    bounds          nesting, members and parameters of a request
    head_seconds    for a request's head to come, and for an idle connection
    body_seconds    for its body to come, and for its answer to be taken
    connections     at the same time; an idle one ends for a new one
    admin           whether the admin interface answers on a socket; admin_port: on one of its own (0 picks one)
    """

    host: str = "127.0.0.1"
    port: int = 4580
    max_body: int = 10 * 1024 * 1024
    callback_hosts: tuple[str, ...] = ()
    admin_token: str = field(default="", repr=False)
    allow_hosts: tuple[str, ...] = ()
    stopping_seconds: float = 3.0
    max_line: int = 64 * 1024
    max_headers: int = 128
    bounds: Bounds = field(default_factory=Bounds)
    head_seconds: float = 30.0
    body_seconds: float = 30.0
    connections: int = 900
    admin: bool = True
    admin_port: int | None = None

    def __post_init__(self) -> None:
        """Misuse: a value of another type, or out of range."""
        for name in ("port", "admin_port"):
            value = getattr(self, name)
            if not _is_whole(value, 0, 65_535) and not (name == "admin_port" and value is None):
                raise Misuse(f"{name} is {value!r}", "use 0 to 65535, 0 picks a free one")
        for name in ("max_body", "max_line", "max_headers", "connections"):
            if not _is_whole(getattr(self, name), 1, 1 << 30):
                raise Misuse(f"{name} is {getattr(self, name)!r}", "use a whole number from 1 on")
        for name in ("head_seconds", "body_seconds", "stopping_seconds"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 3600:
                raise Misuse(f"{name} is {value!r}", "use seconds, above 0 and at most 3600")
        for name in ("callback_hosts", "allow_hosts"):
            value = getattr(self, name)
            if isinstance(value, str) or not all(isinstance(host, str) and host for host in value):
                raise Misuse(f"{name} is {value!r}", "use a tuple of host names")


def _is_whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


class Trouble(NamedTuple):
    """Why a request is not taken, as `Engine.refuse` has it: kind, HTTP status, sentence."""

    kind: str
    status: int
    detail: str


class Server:
    """An engine behind a socket. Start and stop it in a running event loop."""

    def __init__(self, engine: Engine, binding: Binding) -> None:
        self.engine = engine
        self.binding = binding
        self.port = self.admin_port = 0
        self.admin = Admin(engine, self.move, token=binding.admin_token, hosts=(binding.host, *binding.allow_hosts))
        self._wake = asyncio.Event()
        self._poster = Poster(
            engine.callbacks,
            binding.callback_hosts,
            own_ports=lambda: {self.port, self.admin_port},
            failed=self._posting_failed,
            ended=self._wake.set,
        )
        self._moving = asyncio.Lock()
        self._moves = 0
        self._waiting: set[asyncio.Event] = set()
        self._pump_task: asyncio.Task[None] | None = None
        self._sites: list[tuple[asyncio.Server, web.Server]] = []

    async def start(self) -> None:
        """Listen. Misuse: the port is taken, or the host is no address of this machine."""
        own_port = self.binding.admin and self.binding.admin_port is not None
        listener = _listener(self.binding.host, self.binding.port)
        self.port = listener.getsockname()[1]
        try:
            other = _listener(self.binding.host, self.binding.admin_port or 0) if own_port else None
        except Misuse:
            listener.close()
            raise
        is_shared = self.binding.admin and not own_port
        await self._serve(listener, self._handle if is_shared else self._handle_without_admin)
        self.admin_port = self.port if is_shared else 0
        if other is not None:
            self.admin_port = other.getsockname()[1]
            await self._serve(other, self._handle_admin)
        self.engine.wake = self._wake.set
        self._pump_task = asyncio.get_running_loop().create_task(self._pump(), name="mockcloud-pump")

    async def _serve(self, listener: socket.socket, handler: _Handler) -> None:
        binding = self.binding
        protocols = _Protocols(
            handler,
            binding.connections,
            binding.body_seconds,
            self.engine.bug,
            access_log=None,
            keepalive_timeout=binding.head_seconds,
            lingering_time=min(2.0, binding.body_seconds),
            max_line_size=binding.max_line,
            max_field_size=binding.max_line,
            max_headers=binding.max_headers,
            auto_decompress=False,
        )
        self._sites.append((await asyncio.get_running_loop().create_server(protocols, sock=listener), protocols))

    async def stop(self) -> None:
        """Stop listening, give what is under way a moment, end."""
        for site, _ in self._sites:
            site.close()
        if self._pump_task is not None:
            self._pump_task.cancel()
            await asyncio.gather(self._pump_task, return_exceptions=True)
        await self._poster.close(self.binding.stopping_seconds)
        for _, protocols in self._sites:
            await protocols.shutdown(timeout=0.5)

    @property
    def url(self) -> str:
        """The endpoint, with an address in figures that a client on this machine can use."""
        host = self.binding.host
        shown = "127.0.0.1" if host in ("0.0.0.0", "localhost", "") else host  # noqa: S104
        return f"http://{'[::1]' if shown == '::' else f'[{shown}]' if ':' in shown else shown}:{self.port}"

    # Requests.

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if _is_admin(request.raw_path):
            return await self._handle_admin(request)
        return await self._handle_call(request)

    async def _handle_without_admin(self, request: web.BaseRequest) -> web.StreamResponse:
        if _is_admin(request.raw_path):
            return _json(404, "the admin interface is not here", "it was moved with --admin-port, or left out")
        return await self._handle_call(request)

    async def _handle_admin(self, request: web.BaseRequest) -> web.StreamResponse:
        wire, trouble = await self._read(request)
        reply = await self.admin.answer(wire, (trouble.status, trouble.detail) if trouble else None)
        return response(reply, request, is_last=trouble is not None)

    async def _handle_call(self, request: web.BaseRequest) -> web.StreamResponse:
        arrived = self.engine.world.resets
        wire, trouble = await self._read(request)
        if trouble is not None:
            return response(self.engine.refuse(wire, *trouble, arrived).reply, request, is_last=True)
        outcome = self.engine.handle(wire, arrived)
        if self._waiting:
            self._tell()
        if outcome.hold > 0:
            outcome = await self._held(request, outcome)
        if outcome.fault is not None and outcome.fault.is_wire:
            return await self._faulty(request, outcome)
        return response(outcome.reply, request)

    async def _read(self, request: web.BaseRequest) -> tuple[Wire, Trouble | None]:
        """The request, as far as it came, and why it is not taken."""
        binding = self.binding
        body, trouble = b"", None
        try:
            if request.content.is_eof():
                body = _arrived(request, binding.max_body)
            else:
                async with asyncio.timeout(binding.body_seconds):
                    body = await _body(request, binding.max_body)
        except _TooLarge:
            trouble = Trouble("too-large", 413, f"the body is larger than {binding.max_body} bytes, see --max-body")
        except TimeoutError:
            trouble = Trouble("malformed", 408, f"the body did not come within {binding.body_seconds:g} s")
        except (HttpProcessingError, ClientPayloadError, web.PayloadAccessError) as problem:
            trouble = Trouble("malformed", 400, f"the body is not HTTP: {type(problem).__name__}")
        except ConnectionError:
            trouble = Trouble("malformed", 400, "the client left before its body had come")
        wire = _wire(request, body)
        if trouble is None and (found := excess(wire, binding.bounds)):
            trouble = Trouble("malformed", 400, found)
        return wire, trouble

    async def _held(self, request: web.BaseRequest, outcome: Outcome) -> Outcome:
        """Wait until something happens for the account, at most as long as the outcome allows, then ask again."""
        loop = asyncio.get_running_loop()
        end, moves, happened = loop.time() + outcome.hold, self._moves, asyncio.Event()
        self._waiting.add(happened)
        try:
            while outcome.again is not None and outcome.hold > 0:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout_at(end):
                        await happened.wait()
                happened.clear()
                if request.transport is None or request.transport.is_closing():
                    outcome.leave()
                    break
                is_over = loop.time() >= end or self._moves != moves or not outcome.account.is_current
                outcome = outcome.again(is_over)
        finally:
            self._waiting.discard(happened)
        return outcome

    async def _faulty(self, request: web.BaseRequest, outcome: Outcome) -> web.StreamResponse:
        fault = outcome.fault
        assert fault is not None  # noqa: S101 - for the type checker
        if fault.error in ("wire.close", "wire.lost-answer"):
            return cut(request)
        if fault.error in ("wire.late-answer", "wire.hang"):
            return await late(request, response(outcome.reply, request), fault)
        return await disturbed(request, outcome.reply, fault)

    # Time.

    async def _pump(self) -> None:
        """Do what falls due by itself, and post what is in the outbox."""
        engine = self.engine
        while True:
            self._wake.clear()
            engine.run_due()
            self._poster.start()
            self._tell()
            due, wait = engine.world.agenda.next_due(), None
            if due is not None and not engine.clock.is_frozen:
                wait = max(due - engine.clock.now(), 0.0)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._wake.wait()

    def _tell(self) -> None:
        for happened in self._waiting:
            happened.set()

    def _posting_failed(self) -> None:
        self.engine.bug("after a delivery")

    async def move(self, target: Callable[[], float], runs: bool | None = None) -> None:
        """Move the mock's clock to a moment; what falls due on the way happens first, in order.

        target  is asked once it is our turn; one move happens after the other
        runs    whether the clock runs afterwards; None: as before
        """
        engine = self.engine
        async with self._moving:
            patience = asyncio.get_running_loop().time() + _PATIENCE_SECONDS
            begun, resets = engine.clock.now(), engine.world.whole_resets
            with contextlib.closing(engine.moves(target())) as steps:
                for _ in steps:
                    self._poster.start()
                    await self._poster.settled(patience)
            if runs is not None and engine.world.whole_resets == resets:
                (engine.clock.resume if runs else engine.clock.freeze)()
            self._moves += engine.clock.now() != begun
        self._wake.set()
        self._tell()


class _Protocols(web.Server):
    """Makes a protocol for each connection, with our own answers to what is not HTTP, and only so many at a time.

    When there are too many, the one that has been idle for the longest makes room: clients leave theirs open.
    patience: seconds for an answer to be taken.
    """

    def __init__(
        self, handler: _Handler, most: int, patience: float, bug: Callable[[str], None], **settings: Any
    ) -> None:
        super().__init__(self._handle)
        self.most, self.patience, self.bug, self.settings = most, patience, bug, settings
        self.idle: dict[_Protocol, None] = {}  # the one that has been so for the longest first
        self._handler = handler

    def __call__(self) -> web.RequestHandler:
        return _Protocol(self, loop=asyncio.get_running_loop(), **self.settings)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        protocol = request.protocol
        assert isinstance(protocol, _Protocol)  # noqa: S101 - for the type checker
        self.idle.pop(protocol, None)
        try:
            return await self._handler(request)
        finally:
            if request.transport is not None:
                self.idle[protocol] = None

    def has_room(self) -> bool:
        """Whether one more connection is taken; an idle one may end for it."""
        if len(self.connections) < self.most:
            return True
        longest = next((one for one in self.idle if not one.is_busy), None)
        if longest is None:
            return False
        del self.idle[longest]
        longest.force_close()
        return True


class _Protocol(web.RequestHandler):
    __slots__ = ("_giving_up", "_protocols")

    def __init__(self, manager: _Protocols, **settings: Any) -> None:
        super().__init__(manager, **settings)
        self._protocols = manager
        self._giving_up: asyncio.TimerHandle | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a request has arrived that nobody has begun with, or an answer is not taken yet."""
        return bool(self._messages) or self.writing_paused

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self._protocols.has_room() or not isinstance(transport, asyncio.Transport):
            if isinstance(transport, asyncio.Transport):
                # So that writing is paused as long as anything is left to be taken.
                transport.set_write_buffer_limits(0)
            super().connection_made(transport)
            self._protocols.idle[self] = None
            return
        body = _error("there are too many connections", "close some")
        head = f"HTTP/1.1 503 Service Unavailable\r\nContent-Type: {_JSON}\r\nContent-Length: {len(body)}\r\n"
        transport.write(f"{head}Connection: close\r\n\r\n".encode() + body)
        transport.close()
        self._close = True

    def connection_lost(self, exc: BaseException | None) -> None:
        self._protocols.idle.pop(self, None)
        self._give_time()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self.transport is not None:
            # Closing would wait for the other side for ever, and the next answers are not made before.
            self._giving_up = self._loop.call_later(self._protocols.patience, self.transport.abort)

    def resume_writing(self) -> None:
        self._give_time()
        super().resume_writing()

    def _give_time(self) -> None:
        if self._giving_up is not None:
            self._giving_up.cancel()
            self._giving_up = None

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """What cannot be read as HTTP, and what we failed at: JSON, never a page."""
        if status >= 500:
            self._protocols.bug(f"on {request.method} {request.path}")
        if request.writer.output_size > 0:
            raise ConnectionError("the answer has begun already")
        if status >= 500:
            return _json(status, "mockcloud itself failed", "its log has the traceback")
        log.info("not HTTP: %s", type(exc).__name__)
        return _json(status, f"this is not HTTP as it should be: {type(exc).__name__}", "see RFC 9112")


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host or "127.0.0.1", port))
    except (OSError, OverflowError, UnicodeError) as problem:
        listener.close()
        raise Misuse(
            f"cannot listen on {host}:{port}: {problem}", "choose another port with --port, 0 picks a free one"
        ) from problem
    listener.listen(1024)
    listener.setblocking(False)
    return listener


class _TooLarge(Exception):
    """The body is larger than allowed."""


def _arrived(request: web.BaseRequest, most: int) -> bytes:
    """The whole body, all of which is there already: most often it comes with the head, and nobody has to wait."""
    body = request.content.read_nowait()
    if len(body) > most:
        raise _TooLarge
    return body


async def _body(request: web.BaseRequest, most: int) -> bytes:
    """The whole body. TooLarge: the rest is not read."""
    if not request.can_read_body:
        return b""
    if (request.content_length or 0) > most:
        raise _TooLarge
    if request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.content.iter_any():
        size += len(chunk)
        if size > most:
            raise _TooLarge
        chunks.append(chunk)
    return b"".join(chunks)


def _wire(request: web.BaseRequest, body: bytes) -> Wire:
    path, _, query = request.raw_path.partition("?")
    if not path.startswith("/") and "://" in path:
        path = "/" + path.partition("://")[2].partition("/")[2]
    headers = [
        (name.decode("utf-8", "surrogateescape"), value.decode("utf-8", "surrogateescape"))
        for name, value in request.raw_headers
    ]
    return Wire(request.method, path, query, tuple(headers), body)


def _is_admin(raw_path: str) -> bool:
    path = raw_path if raw_path.startswith("/") else "/" + raw_path.partition("://")[2].partition("/")[2]
    return path.startswith(PREFIX) and path[len(PREFIX) : len(PREFIX) + 1] in ("", "/", "?")


def _error(error: str, hint: str) -> bytes:
    return orjson.dumps({"error": error, "hint": hint})


def _json(status: int, error: str, hint: str) -> web.Response:
    response = web.Response(status=status, body=_error(error, hint), content_type=_JSON)
    response.force_close()
    return response

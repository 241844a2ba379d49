"""The socket side: the only module that knows aiohttp. Reads requests, carries out outcomes, posts callbacks.

Everything that decides anything is in `pipeline` (provider requests) and `admin` (the mock's own routes).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, StreamReader, TCPConnector, web

from .addresses import Refused, checked_address
from .admin import PREFIX, Admin
from .callbacks import Record
from .model import Misuse, Wire, WireReply
from .pipeline import Engine, Outcome
from .wirefaults import cut, disturbed, late

log = logging.getLogger("mockcloud.server")


@dataclass(frozen=True, slots=True)
class Binding:
    """Where and how to listen. `callback_hosts`: hosts beside loopback that callbacks may go to."""

    host: str = "127.0.0.1"
    port: int = 4580
    max_body: int = 1024 * 1024
    callback_hosts: tuple[str, ...] = ()
    admin_token: str = ""
    allow_hosts: tuple[str, ...] = ()
    stopping_seconds: float = 3.0
    options: dict[str, Any] = field(default_factory=dict)


class Server:
    """An engine behind a socket. Start and stop it in a running event loop."""

    def __init__(self, engine: Engine, binding: Binding) -> None:
        self.engine = engine
        self.binding = binding
        self.port = 0
        self.admin = Admin(
            engine,
            self.advance,
            token=binding.admin_token,
            hosts=(binding.host, *binding.allow_hosts),
        )
        self._wake = asyncio.Event()
        self._happened = asyncio.Condition()
        self._moves = 0
        self._posting: set[asyncio.Task[None]] = set()
        self._pump_task: asyncio.Task[None] | None = None
        self._site: asyncio.Server | None = None
        self._web: web.Server | None = None
        self._session: ClientSession | None = None

    async def start(self) -> None:
        """Listen. Misuse: the port is taken, or the host is no address of this machine."""
        loop = asyncio.get_running_loop()
        self._web = web.Server(self._handle, access_log=None, keepalive_timeout=30.0)
        listener = _listener(self.binding.host, self.binding.port)
        self._site = await loop.create_server(self._web, sock=listener)
        self.port = listener.getsockname()[1]
        self.engine.wake = self._wake.set
        self._pump_task = loop.create_task(self._pump(), name="mockcloud-pump")

    async def stop(self) -> None:
        """Stop listening, give what is under way a moment, end."""
        if self._site is not None:
            self._site.close()
        if self._pump_task is not None:
            self._pump_task.cancel()
            await asyncio.gather(self._pump_task, return_exceptions=True)
        if self._posting:
            _, late_ones = await asyncio.wait(set(self._posting), timeout=self.binding.stopping_seconds)
            for task in late_ones:
                task.cancel()
            await asyncio.gather(*late_ones, return_exceptions=True)
        if self._web is not None:
            await self._web.shutdown(timeout=0.5)
        if self._session is not None:
            await self._session.close()

    @property
    def url(self) -> str:
        """The endpoint, with an address in figures that a client on this machine can use."""
        host = self.binding.host
        shown = "127.0.0.1" if host in ("0.0.0.0", "localhost", "") else "[::1]" if host in ("::", "::1") else host  # noqa: S104
        return f"http://{shown}:{self.port}"

    # Requests.

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        arrived = self.engine.world.resets
        path, _, query = request.raw_path.partition("?")
        headers = tuple(
            (name.decode("utf-8", "surrogateescape"), value.decode("utf-8", "surrogateescape"))
            for name, value in request.raw_headers
        )
        body = await _body(request, self.binding.max_body)
        if path.startswith("http://"):
            path = "/" + path.removeprefix("http://").partition("/")[2]
        wire = Wire(request.method, path, query, headers, body or b"")
        if path.startswith(PREFIX):
            return _response(await self.admin.answer(wire, body is not None))
        if body is None:
            return _closing(_response(self.engine.refuse(wire, "too-large", 413, arrived=arrived).reply))
        outcome = self.engine.handle(wire, arrived)
        if outcome.hold > 0:
            outcome = await self._held(outcome)
        if outcome.fault is not None and outcome.fault.is_wire:
            return await self._faulty(request, outcome)
        return _response(outcome.reply)

    async def _held(self, outcome: Outcome) -> Outcome:
        """Wait until something happens for the account, at most as long as the outcome allows, then ask again."""
        loop = asyncio.get_running_loop()
        end = loop.time() + outcome.hold
        moves = self._moves
        while outcome.again is not None and outcome.hold > 0:
            left = end - loop.time()
            async with self._happened:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._happened.wait(), max(left, 0.0))
            moved = self._moves != moves or not self.engine.world.is_current(outcome.account)
            outcome = outcome.again(moved or end - loop.time() <= 0.0)
        return outcome

    async def _faulty(self, request: web.BaseRequest, outcome: Outcome) -> web.StreamResponse:
        fault = outcome.fault
        assert fault is not None  # noqa: S101 - for the type checker
        if fault.error in ("wire.close", "wire.lost-answer"):
            return cut(request)
        if fault.error in ("wire.late-answer", "wire.hang"):
            return await late(request, _response(outcome.reply), fault)
        return await disturbed(request, outcome.reply, fault)

    # Time.

    async def _pump(self) -> None:
        """Do what falls due by itself, and post what is in the outbox."""
        while True:
            self._wake.clear()
            if self.engine.run_due():
                await self._tell()
            self._post()
            due = self.engine.world.agenda.next_due()
            wait = None
            if due is not None and not self.engine.clock.is_frozen:
                wait = max(due - self.engine.clock.now(), 0.0)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), wait)
            await self._tell()

    async def _tell(self) -> None:
        async with self._happened:
            self._happened.notify_all()

    async def advance(self, target: float) -> None:
        """Move the mock's clock to a moment; what falls due on the way happens first, in order."""
        engine, clock = self.engine, self.engine.clock
        was_frozen = clock.is_frozen
        clock.freeze()
        patience = asyncio.get_running_loop().time() + 2.0
        while (due := engine.world.agenda.next_due()) is not None and due <= target:
            clock.set(max(due, clock.now()))
            engine.run_due(due)
            await self._settled(patience)
        clock.set(max(target, clock.now()) if target >= clock.now() else target)
        if not was_frozen:
            clock.resume()
        self._moves += 1
        self._wake.set()
        await self._tell()

    async def _settled(self, patience: float) -> None:
        self._post()
        left = patience - asyncio.get_running_loop().time()
        if self._posting and left > 0:
            await asyncio.wait(set(self._posting), timeout=left)

    # Callbacks.

    def _post(self) -> None:
        outbox = self.engine.callbacks.outbox
        while outbox:
            task = asyncio.get_running_loop().create_task(self._deliver(outbox.popleft()))
            self._posting.add(task)
            task.add_done_callback(self._posting.discard)

    async def _deliver(self, record: Record) -> None:
        callbacks = self.engine.callbacks
        if not callbacks.wanted(record):
            return
        delivery = record.delivery
        try:
            address = await checked_address(delivery.url, self.binding.callback_hosts)
        except Refused as refused:
            callbacks.refused(record, str(refused))
            self._wake.set()
            log.warning("callback to %s refused: %s", delivery.url.partition("?")[0], refused)
            return
        body = b""
        try:
            async with self._client().post(
                address.url,
                data=delivery.body,
                headers={**dict(delivery.headers), "Host": address.host_header},
                timeout=ClientTimeout(total=delivery.timeout),
                allow_redirects=False,
                server_hostname=address.server_hostname,
            ) as answer:
                status: int | None = answer.status
                reason = ""
                if delivery.ended is not None:
                    body = await _beginning(answer.content)
        except (ClientError, TimeoutError, OSError) as problem:
            status, reason = None, type(problem).__name__
        if self.engine.world.is_current(record.account):
            callbacks.attempted(record, status, reason, body)
            self._wake.set()

    def _client(self) -> ClientSession:
        if self._session is None:
            self._session = ClientSession(
                connector=TCPConnector(force_close=True, limit=100),
                cookie_jar=DummyCookieJar(),
                auto_decompress=False,
                headers={"User-Agent": "mockcloud"},
                trust_env=False,
            )
        return self._session


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host or "127.0.0.1", port))
    except (OSError, OverflowError) as problem:
        listener.close()
        raise Misuse(
            f"cannot listen on {host}:{port}: {problem}", "choose another port with --port, 0 picks a free one"
        ) from problem
    listener.listen(1024)
    listener.setblocking(False)
    return listener


async def _beginning(content: StreamReader, most: int = 64 * 1024) -> bytes:
    """The first bytes of an answer's body."""
    found = b""
    while len(found) < most and (chunk := await content.read(most - len(found))):
        found += chunk
    return found


async def _body(request: web.BaseRequest, most: int) -> bytes | None:
    """The whole body; None when it is larger than allowed (the rest is then not read)."""
    if not request.can_read_body:
        return b""
    if (request.content_length or 0) > most:
        return None
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.content.iter_any():
        size += len(chunk)
        if size > most:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def _response(reply: WireReply) -> web.Response:
    response = web.Response(status=reply.status, body=reply.body or None)
    for name, value in reply.headers:
        response.headers[name] = value
    return response


def _closing(response: web.Response) -> web.Response:
    response.force_close()
    return response

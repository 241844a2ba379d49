"""Deliveries on their way: what is in the outbox is posted, in order for each receiver, and nobody waits for it.

Where they may go is `addresses`' business, what becomes of them `callbacks`'.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable
from urllib.parse import urlsplit

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    StreamReader,
    TCPConnector,
)

from .addresses import Address, Refused, checked_address
from .callbacks import AGENT, Callbacks, Record, shown_url, without_dropped

log = logging.getLogger("mockcloud.posting")

# The next delivery to a receiver begins when the last one was answered, or after this long.
_GRACE_SECONDS = 0.1
_MOST_AT_ONCE = 10  # deliveries under way to one receiver; of all there are ten times as many
_LONGEST_ANSWER = 64 * 1024


class Poster:
    """Posts deliveries over HTTP.

    hosts      hosts beside loopback that deliveries may go to
    own_ports  where the mock itself listens: it calls nobody there
    failed     is called when handling an outcome raised something; an exception is being handled then
    ended      is called after every attempt: somebody may have waited for its outcome
    """

    def __init__(
        self,
        callbacks: Callbacks,
        hosts: tuple[str, ...],
        own_ports: Callable[[], set[int]],
        failed: Callable[[], None],
        ended: Callable[[], None],
    ) -> None:
        self._callbacks = callbacks
        self._hosts = hosts
        self._own_ports = own_ports
        self._failed = failed
        self._ended = ended
        self._lanes: dict[str, deque[Record]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: ClientSession | None = None

    def start(self) -> None:
        """Set what is in the outbox on its way."""
        outbox = self._callbacks.outbox
        while outbox:
            record = outbox.popleft()
            target = _target(record.delivery.url)
            lane = self._lanes.get(target)
            if lane is None:
                self._lanes[target] = deque([record])
                self._run(self._drain(target))
            else:
                without_dropped(lane)
                lane.append(record)

    def _run(self, work: object) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)  # type: ignore[arg-type,var-annotated]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _drain(self, target: str) -> None:
        lane, under_way = self._lanes[target], set[asyncio.Task[None]]()
        while lane:
            newest = self._run(self._deliver(lane.popleft()))
            await asyncio.wait({newest}, timeout=_GRACE_SECONDS)
            under_way = {task for task in (*under_way, newest) if not task.done()}
            if len(under_way) >= _MOST_AT_ONCE:
                _, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
        del self._lanes[target]

    async def settled(self, until: float) -> None:
        """Wait for what is on its way, until a moment of the loop's time."""
        loop = asyncio.get_running_loop()
        while self._tasks and (left := until - loop.time()) > 0:
            await asyncio.wait(set(self._tasks), timeout=left)

    async def close(self, seconds: float) -> None:
        """Give what is on its way some seconds, then end."""
        await self.settled(asyncio.get_running_loop().time() + seconds)
        for task in (late := set(self._tasks)):
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def _deliver(self, record: Record) -> None:
        if not self._callbacks.wanted(record):
            return
        begun = self._callbacks.now()
        try:
            try:
                async with asyncio.timeout(record.delivery.timeout):
                    address = await checked_address(record.delivery.url, self._hosts, self._own_ports())
                    status, body = await self._post(record, address)
            except Refused as refused:
                log.warning("callback to %s refused: %s", shown_url(record.delivery.url), refused)
                self._callbacks.refused(record, str(refused), begun)
            except (ClientError, TimeoutError, OSError, ValueError) as problem:
                self._callbacks.attempted(record, None, type(problem).__name__, at=begun)
            else:
                self._callbacks.attempted(record, status, body=body, at=begun)
        except Exception:
            self._failed()
        self._ended()

    async def _post(self, record: Record, address: Address) -> tuple[int, bytes]:
        """Post to the first of the checked addresses where somebody listens."""
        *others, last = address.urls
        for url in others:
            with contextlib.suppress(ClientConnectorError):
                return await self._post_to(url, record, address)
        return await self._post_to(last, record, address)

    async def _post_to(self, url: str, record: Record, address: Address) -> tuple[int, bytes]:
        delivery = record.delivery
        async with self._client().post(
            url,
            data=delivery.body,
            headers=dict((("User-Agent", AGENT), *delivery.headers, *delivery.fresh(), ("Host", address.host_header))),
            timeout=ClientTimeout(total=delivery.timeout),
            allow_redirects=False,
            server_hostname=address.server_hostname,
        ) as answer:
            return answer.status, b"" if delivery.ended is None else await _beginning(answer.content)

    def _client(self) -> ClientSession:
        if self._session is None:
            self._session = ClientSession(
                connector=TCPConnector(force_close=True, limit=10 * _MOST_AT_ONCE),
                cookie_jar=DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
            )
        return self._session


def _target(url: str) -> str:
    try:
        return urlsplit(url).netloc
    except ValueError:
        return ""


async def _beginning(content: StreamReader) -> bytes:
    """The first bytes of an answer's body."""
    found = b""
    while len(found) < _LONGEST_ANSWER and (chunk := await content.read(_LONGEST_ANSWER - len(found))):
        found += chunk
    return found

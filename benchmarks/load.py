"""A load generator on one thread: keep-alive connections, ready-made requests, one request at a time on each.

It does nothing but send bytes and find the end of an answer, so that one core of it is enough for any of the servers.
"""

from __future__ import annotations

import select
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter

_RECEIVED = 1 << 16
_PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Load:
    """What came of some requests.

    seconds    from the first byte sent to the last one received
    latencies  seconds of each request, sorted
    statuses   how often each HTTP status came
    last       the last answer's body
    """

    requests: int
    seconds: float
    latencies: list[float]
    statuses: dict[int, int]
    last: bytes

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds

    def percentile(self, share: float) -> float:
        """The latency that this share of the requests did not exceed, in seconds."""
        return self.latencies[min(int(share * len(self.latencies)), len(self.latencies) - 1)]


class _Connection:
    """One connection; `buffer` holds what has come of an answer, `begun` when its request was sent."""

    __slots__ = ("address", "begun", "buffer", "sending", "socket")

    def __init__(self, address: tuple[str, int]) -> None:
        self.address = address
        self.buffer = b""
        self.begun = 0.0
        self.sending = b""
        self.open()

    def open(self) -> None:
        self.socket = socket.create_connection(self.address, timeout=_PATIENCE_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, request: bytes) -> None:
        self.buffer, self.sending = b"", request
        self.begun = perf_counter()
        self.socket.sendall(request)


def run(address: tuple[str, int], requests: Sequence[bytes], count: int, connections: int = 16) -> Load:
    """Send `count` requests, going round the given ones; each must name keep-alive itself if it wants it."""
    poll, open_connections = select.epoll(), {}
    turn = _round(requests)
    begun = perf_counter()
    for _ in range(min(connections, count)):
        connection = _Connection(address)
        open_connections[connection.socket.fileno()] = connection
        poll.register(connection.socket, select.EPOLLIN)
        connection.send(next(turn))
    sent, latencies, statuses, body = len(open_connections), [], {}, b""
    while len(latencies) < count:
        ready = poll.poll(_PATIENCE_SECONDS)
        if not ready:
            raise TimeoutError(f"no answer within {_PATIENCE_SECONDS:g} s, after {len(latencies)} requests")
        for number, _ in ready:
            connection = open_connections[number]
            received = connection.socket.recv(_RECEIVED)
            connection.buffer = connection.buffer + received if connection.buffer else received
            end = _end(connection.buffer, not received)
            if end is None:
                continue
            now = perf_counter()
            status, body, is_open = end
            latencies.append(now - connection.begun)
            statuses[status] = statuses.get(status, 0) + 1
            if sent == count:
                poll.unregister(number)  # when it is closed now, that is no further answer
                continue
            if not is_open or not received:
                poll.unregister(number)
                connection.socket.close()
                del open_connections[number]
                connection.open()
                open_connections[connection.socket.fileno()] = connection
                poll.register(connection.socket, select.EPOLLIN)
            connection.send(next(turn))
            sent += 1
    seconds = perf_counter() - begun
    poll.close()
    for connection in open_connections.values():
        connection.socket.close()
    return Load(count, seconds, sorted(latencies), statuses, body)


def _round(requests: Sequence[bytes]) -> Iterator[bytes]:
    while True:
        yield from requests


def _end(data: bytes, is_closed: bool) -> tuple[int, bytes, bool] | None:
    """(status, body, whether the connection stays open) of a whole answer; None while something is missing."""
    head = data.find(b"\r\n\r\n")
    if head < 0:
        if is_closed:
            raise ConnectionError(f"the connection was closed before an answer: {data[:80]!r}")
        return None
    low = data[:head].lower()
    status, body = int(data[9:12]), data[head + 4 :]
    keeps = b"connection: close" not in low and (data[5:8] == b"1.1" or b"connection: keep-alive" in low)
    place = low.find(b"content-length:")
    if place >= 0:
        stop = low.find(b"\r\n", place)
        length = int(low[place + 15 : stop if stop > 0 else None])
        return (status, body, keeps) if len(body) >= length else None
    if b"transfer-encoding: chunked" in low:
        return (status, body, keeps) if body.endswith(b"0\r\n\r\n") else None
    if status in (204, 304):
        return status, body, keeps
    return (status, body, False) if is_closed else None


def once(address: tuple[str, int], request: bytes) -> tuple[int, bytes]:
    """One request on a connection of its own: status and body."""
    found = run(address, [request], 1, 1)
    return next(iter(found.statuses)), found.last

"""A running server that a test owns, and raw bytes in and out of it."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from time import monotonic, time
from typing import Any

import orjson

from mockcloud import providers
from mockcloud.cloud import Cloud
from mockcloud.contract.load import Contracts
from mockcloud.contract.spec import Operation
from mockcloud.gate import KEY_ID, SECRET
from mockcloud.model import Wire
from mockcloud.providers import Sender
from mockcloud.running import Running

CONTRACTS = Contracts()
_NONCES = count()
CREATE = CONTRACTS.service("huawei-mpc").operations["CreateAnimatedGraphicsTask"]
LIST = CONTRACTS.service("huawei-mpc").operations["ListAnimatedGraphicsTask"]
TASK = {
    "input": {"bucket": "b", "location": "l", "object": "o.mp4"},
    "output": {"bucket": "b", "location": "l", "object": "o"},
    "output_param": {"format": "gif", "width": 0, "height": 0, "start": 0, "end": 2000},
}


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


class Line:
    """One connection."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=5)
        self._rest = b""

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def _fill(self) -> None:
        data = self.socket.recv(65_536)
        if not data:
            raise EOFError
        self._rest += data

    def head(self) -> tuple[int, dict[str, str]]:
        while b"\r\n\r\n" not in self._rest:
            self._fill()
        head, _, self._rest = self._rest.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        pairs = (line.partition(": ") for line in lines)
        return int(first.split(" ")[1]), {name.lower(): value for name, _, value in pairs}

    def answer(self, method: str = "POST") -> Answer:
        status, headers = self.head()
        size = 0 if method == "HEAD" else int(headers.get("content-length", 0))
        while len(self._rest) < size:
            self._fill()
        body, self._rest = self._rest[:size], self._rest[size:]
        return Answer(status, headers, body)

    def is_closed(self) -> bool:
        """Whether nothing but the end comes from the other side."""
        try:
            return not self._rest and not self.socket.recv(1)
        except ConnectionError:
            return True

    def close(self) -> None:
        self.socket.close()


@contextmanager
def line(port: int) -> Iterator[Line]:
    with closing(Line(port)) as found:
        yield found


def ask(port: int, data: bytes) -> Answer:
    with line(port) as one:
        one.send(data)
        return one.answer(data.partition(b" ")[0].decode("latin-1"))


@contextmanager
def running(**options: Any) -> Iterator[Running]:
    found = Running(**{"port": 0, **options})
    try:
        yield found
    finally:
        found.stop()


def cloud_of(server: Running) -> Cloud:
    return Cloud(server.url, server.call)


def composed(operation: Operation, parameters: Any, port: int) -> Wire:
    """A signed request of the account `mockcloud`, which can be sent once."""
    provider = providers.provider(CONTRACTS.service(operation.service).provider)
    sender = Sender(f"127.0.0.1:{port}", KEY_ID, SECRET, time(), f"nonce-{next(_NONCES)}")
    return provider.compose(operation, parameters, sender)


def written(wire: Wire) -> tuple[bytes, bytes]:
    """Head and body of a request."""
    headers = "".join(f"{name}: {value}\r\n" for name, value in wire.headers)
    query = f"?{wire.query}" if wire.query else ""
    head = f"{wire.method} {wire.path}{query} HTTP/1.1\r\n{headers}Content-Length: {len(wire.body)}\r\n\r\n"
    return head.encode(), wire.body


def until(holds: Callable[[], object]) -> None:
    """Wait for something that happens in the server's thread."""
    end = monotonic() + 5
    while not holds():
        assert monotonic() < end, "it does not happen"
        os.sched_yield()

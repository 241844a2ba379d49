"""Resident memory of a server with its defaults: at the start, and after many requests."""

from __future__ import annotations

import sys

from . import load, process, traffic
from .contenders import host_of
from .figures import Part, Table, short

_MIB = 1 << 20
_HEALTH = b"GET /_mockcloud/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def measure(early: int, late: int) -> Part:
    """After so many requests and after so many: one in two creates a task, the other one asks for it."""
    of_load, of_server = process.cores()
    process.pin(of_load)
    part = Part(commands=["mockcloud serve --port PORT"])
    port = process.free_port()
    command = [sys.executable, "-m", "benchmarks.serve", str(port), "asyncio"]
    server = process.start(command, port, _HEALTH, of_server)
    with process.running([server]):
        requests = _requests(server)
        start = server.memory() / _MIB
        load.run(server.address, requests, early)
        then = server.memory() / _MIB
        load.run(server.address, requests, late - early)
        end = server.memory() / _MIB
    part.figures["memory.late/early"] = [end / then]
    rows = (("at the start", short(start), ""), (f"after {early:,}", short(then), ""))
    rows += ((f"after {late:,}", short(end), short(end / then)),)
    note = "Huawei create and query in turn, signed, one account, all bounds at their defaults."
    part.tables.append(Table("Memory", ("requests", "MiB resident", f"by that after {early:,}"), rows, note))
    return part


def _requests(server: process.Process) -> list[bytes]:
    creation, query = traffic.named("huawei create"), traffic.named("huawei query")
    host = host_of(server)
    create = traffic.requests(creation, host, 1, "")[0]
    assert query.needs is not None
    _, path, fill = query.needs
    asked = fill(query, traffic.taken(creation, *load.once(server.address, create), path))
    return [create, traffic.requests(asked, host, 1, "")[0]]

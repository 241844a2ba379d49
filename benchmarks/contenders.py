"""Who runs against whom, how each is started, and what it is sent."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import load, traffic
from .bare import CREATED, PATH
from .openapi import document
from .peers import Peers
from .process import Process

Requests = Callable[[Process], list[bytes]]
_MODULE = (sys.executable, "-m")


@dataclass(frozen=True, slots=True)
class Contender:
    """A server.

    command   without its port, which stands for "PORT" in it; shown: the same for the reader, on any machine
    probe     the first request, to whose answer the start is timed
    create    what it is sent; it may have to prepare something first
    first     how many requests are measured from the first one on
    count     how many are measured after them
    """

    name: str
    command: tuple[str, ...]
    shown: str
    probe: bytes
    create: Requests
    first: int
    count: int


def contenders(peers: Peers, folder: Path, *, quick: bool) -> tuple[list[Contender], list[str]]:
    """All that can be run here, bare ones first, and what cannot, with the reason. folder: for what they need."""
    many, some, few = (500, 100, 20) if quick else (10_000, 1_000, 300)
    found = [
        _bare("application", many),
        _bare("server", many),
        _python("mockcloud", ("benchmarks.serve", "PORT", "asyncio"), _get("/_mockcloud/health"), _signed, many, many),
    ]
    absent = list(peers.absent)
    if _has("moto"):
        options = ("moto.server", "-H", "127.0.0.1", "-p", "PORT")
        found.append(_python("moto", options, _get("/moto-api/"), _s3, few // 10, few))
    else:
        absent.append("moto_server: moto[server] is not installed")
    if _has("pytest_httpserver"):
        options = ("benchmarks.httpserver", "PORT")
        found.append(_python("pytest-httpserver", options, _get("/"), _plain, some // 10, some))
    else:
        absent.append("pytest-httpserver: it is not installed")
    if peers.prism is not None:
        described = folder / "openapi.json"
        described.write_text(json.dumps(document()), "utf-8")
        for name, level in (("prism", ()), ("prism-silent", ("--verboseLevel", "silent"))):
            command = (str(peers.prism), "mock", "--port", "PORT", *level, str(described))
            shown = f"prism mock --port PORT {' '.join((*level, 'openapi.json'))}"
            found.append(Contender(name, command, shown, _get("/"), _plain, some // 5, some))
    if peers.wiremock is not None:
        root = folder / "wiremock"
        _write_mappings(root)
        options = "--port PORT --bind-address 127.0.0.1 --root-dir"
        command = ("java", "-jar", str(peers.wiremock), *options.split(), str(root))
        shown = f"java -jar wiremock-standalone.jar {options} DIRECTORY"
        found.append(Contender("wiremock", command, shown, _get("/__admin/mappings"), _plain, many, many))
    return found, absent


def _has(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def _python(name: str, options: tuple[str, ...], probe: bytes, create: Requests, first: int, count: int) -> Contender:
    return Contender(name, (*_MODULE, *options), f"python -m {' '.join(options)}", probe, create, first, count)


def _bare(kind: str, many: int) -> Contender:
    return _python(kind, ("benchmarks.bare", "PORT", kind), FOUND, _plain, many, many)


def _get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


FOUND = _get(PATH.replace("{project_id}", traffic.PROJECT))


def host_of(server: Process) -> str:
    """The Host header of requests to it."""
    return f"127.0.0.1:{server.port}"


def _signed(server: Process) -> list[bytes]:
    """Huawei's creation, signed. The same for who checks no signature: the bytes are what is compared."""
    return traffic.requests(traffic.named("huawei create"), host_of(server), 1, "")


_plain = _signed


def _s3(server: Process) -> list[bytes]:
    """PUT of one object, again and again: what moto keeps does not grow, as an SQS queue would, and slow it down."""
    status, _ = load.once(server.address, _s3_put(server, "/gifs", b""))
    if status != 200:
        raise RuntimeError(f"moto made no bucket: {status}")
    return [_s3_put(server, "/gifs/task", json.dumps(traffic.GIF).encode())]


def _s3_put(server: Process, path: str, body: bytes) -> bytes:
    lines = (
        f"PUT {path} HTTP/1.1",
        f"Host: {host_of(server)}",
        "Content-Type: application/json",
        "X-Amz-Date: 20251120T000000Z",
        "Authorization: AWS4-HMAC-SHA256 Credential=mock/20251120/us-east-1/s3/aws4_request, "
        "SignedHeaders=host;x-amz-date, Signature=0",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join((*lines, "", "")).encode() + body


def _write_mappings(root: Path) -> None:
    """What WireMock answers: the creation, any project, an id."""
    answer = {"status": 200, "jsonBody": CREATED, "headers": {"Content-Type": "application/json"}}
    request = {"method": "POST", "urlPathPattern": PATH.replace("{project_id}", "[^/]+")}
    (root / "mappings").mkdir(parents=True, exist_ok=True)
    (root / "mappings" / "create.json").write_text(json.dumps({"request": request, "response": answer}), "utf-8")

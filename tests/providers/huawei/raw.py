"""What the tests of this folder share: vectors, documented exchanges, a desk to call an engine from."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from mockcloud import providers
from mockcloud.check.caller import Answered, Caller
from mockcloud.clock import Clock
from mockcloud.contract.load import Contracts
from mockcloud.model import Call, Wire
from mockcloud.pipeline import Engine
from mockcloud.providers.huawei import wire as codec
from mockcloud.state import Settings
from mockcloud.tasks import Progress

FIXTURES = Path(__file__).parents[3] / "fixtures" / "huawei" / "mpc"


def fixture(name: str) -> Any:
    return json.loads((FIXTURES / name).read_text("utf-8"))


VECTORS = fixture("signatures.json")
DOCUMENTED = fixture("ListAnimatedGraphicsTask.json")
ERRORS = fixture("errors.json")

CONTRACTS = Contracts()
SERVICE = CONTRACTS.service("huawei-mpc")
NOW = 1_605_782_212.0  # 2020-11-19T10:36:52Z, when the task of the documented example was created
PROJECT = "0123456789abcdef0123456789abcdef"
PATH = f"/v1/{PROJECT}/animated-graphics"

INPUT = {"bucket": "obs-apitest-01", "location": "cn-north-5", "object": "mp4/4k.mp4"}
OUTPUT = {"bucket": "obs-apitest-01", "location": "cn-north-5", "object": "out_gamma/gif_file/"}
GIF = {
    "input": INPUT,
    "output": {**OUTPUT, "file_name": "file_001.gif"},
    "output_param": {"format": "gif", "width": 100, "height": 50, "start": 0, "end": 10000, "frame_rate": 15},
}
SNAPSHOTS = {"input": INPUT, "output": OUTPUT, "thumbnail_para": {"type": "DOTS", "dots": [5, 10]}, "original_dir": 1}


class Desk:
    """An engine whose wall clock stands still, and one account's way into it."""

    def __init__(self, progress: str = "timed", key_id: str = "mockcloud", **settings: Any) -> None:
        chosen = Settings(progress=Progress.parse(progress), **settings)
        self.engine = Engine(chosen, CONTRACTS, Clock(lambda: NOW))
        self.caller = Caller(self.engine, key_id)

    def __call__(self, operation: str, parameters: Any = None, project: str = PROJECT, **sender: Any) -> Answered:
        found = SERVICE.operations[operation]
        place = {"project_id": project} if "{project_id}" in found.path else None
        return self.caller.call(found, parameters or {}, place, **sender)

    def create(self, project: str = PROJECT, **changes: Any) -> str:
        task_id: str = self("CreateAnimatedGraphicsTask", {**GIF, **changes}, project).body["task_id"]
        return task_id

    def listed(self, project: str = PROJECT, **filters: Any) -> list[str]:
        return [task["task_id"] for task in self("ListAnimatedGraphicsTask", filters, project).body["tasks"]]

    def show(self, task_id: str, **filters: Any) -> dict[str, Any]:
        found: dict[str, Any] = self("ListAnimatedGraphicsTask", {"task_id": [task_id], **filters}).body["tasks"][0]
        return found

    def advance(self, seconds: float) -> None:
        self.engine.clock.set(self.engine.clock.now() + seconds)
        self.engine.run_due()

    def seed(self, kind: str, **fields: Any) -> None:
        providers.stock(self.engine.world.account("mockcloud").service(SERVICE), kind, fields)

    def send(self, wire: Wire) -> tuple[int, Any]:
        reply = self.engine.handle(wire).reply
        return reply.status, json.loads(reply.body) if reply.body else None


def request(method: str = "GET", path: str = PATH, query: str = "", body: bytes = b"", **headers: str) -> Wire:
    """A request with a token; header names with "_" for "-"."""
    usual = {"Host": "127.0.0.1:4580", "Content-Type": "application/json", "X-Auth-Token": "mockcloud-token"}
    given = usual | {name.replace("_", "-"): value for name, value in headers.items()}
    return Wire(method, path, query, tuple((name, value) for name, value in given.items() if value), body)


def with_header(wire: Wire, name: str, value: str | None) -> Wire:
    """The same request with one header replaced, or taken away."""
    kept = tuple(pair for pair in wire.headers if pair[0].lower() != name.lower())
    return replace(wire, headers=kept if value is None else (*kept, (name, value)))


def decoded(wire: Wire) -> Call:
    call = codec.open(wire, "0" * 32)
    codec.decode(call, CONTRACTS.service)
    return call

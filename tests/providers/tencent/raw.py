"""What the tests of this folder share: vectors, an engine at a fixed wall time, calls into it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from mockcloud.check.caller import Answered, Caller
from mockcloud.clock import Clock
from mockcloud.contract.load import Contracts
from mockcloud.model import Wire
from mockcloud.pipeline import Engine
from mockcloud.providers import Sender
from mockcloud.providers.tencent import wire as codec
from mockcloud.state import ServiceState, Settings
from mockcloud.tasks import Progress

FIXTURES = Path(__file__).parents[3] / "fixtures" / "tencent" / "vod"
VECTORS: dict[str, Any] = json.loads((FIXTURES / "signatures.json").read_text("utf-8"))
NOTIFICATION: dict[str, Any] = json.loads((FIXTURES / "notification.json").read_text("utf-8"))

CONTRACTS = Contracts()
SERVICE = CONTRACTS.service("tencent-vod")
NOW = 1_600_000_000.0  # 2020-09-13T12:26:40Z
SENDER = Sender("127.0.0.1:4580", "mockcloud", "mockcloud-secret", NOW, "7")
SCHEMES = ("", "tc3-get", "HmacSHA1", "HmacSHA256", "HmacSHA1-get", "HmacSHA256-get")
CREATE = SERVICE.operations["CreateAnimatedGraphicsTemplate"]
TEMPLATE = {"Fps": 10, "Width": 320, "Height": 0, "Format": "gif", "Quality": 75.5, "Name": "模板 a_b&c=1+2"}
MEDIA = "5285890784246869930"
GIF = {"Definition": 20001, "StartTimeOffset": 2, "EndTimeOffset": 5}


def engine(**settings: Any) -> Engine:
    """A fresh engine; its wall clock stands still."""
    return Engine(Settings(**settings), CONTRACTS, Clock(lambda: NOW))


def composed(scheme: str = "", parameters: dict[str, Any] | None = None, **sender: Any) -> Wire:
    """A signed CreateAnimatedGraphicsTemplate."""
    return codec.compose(
        CREATE, TEMPLATE if parameters is None else parameters, replace(SENDER, scheme=scheme, **sender)
    )


def with_header(wire: Wire, name: str, value: str | None) -> Wire:
    """The same request with one header replaced, or taken away."""
    kept = tuple(pair for pair in wire.headers if pair[0].lower() != name.lower())
    return replace(wire, headers=kept if value is None else (*kept, (name, value)))


class Cloud:
    """One account of an engine: calls by name, state, and the clock."""

    def __init__(self, progress: str = "timed", key_id: str = "mockcloud", **settings: Any) -> None:
        self.engine = engine(progress=Progress.parse(progress), **settings)
        self.caller = Caller(self.engine, key_id)
        self._key_id = key_id

    @property
    def state(self) -> ServiceState:
        """The service's state of the account."""
        return self.engine.world.account(self._key_id).service(SERVICE)

    def call(self, operation: str, **parameters: Any) -> Answered:
        """Make a call."""
        return self.caller.call(SERVICE.operations[operation], parameters)

    def ok(self, operation: str, **parameters: Any) -> Any:
        """Make a call that has to succeed; the members of its answer."""
        answered = self.call(operation, **parameters)
        assert answered.error is None, answered.error
        return answered.body

    def code(self, operation: str, **parameters: Any) -> str:
        """Make a call that has to be refused; the code."""
        answered = self.call(operation, **parameters)
        assert answered.error is not None, answered.body
        return answered.error[0]

    def process(self, *graphics: dict[str, Any], **more: Any) -> str:
        """Begin a task on the sample media; its id."""
        wanted = {"AnimatedGraphicTaskSet": list(graphics)} if graphics else {}
        task = {"MediaProcessTask": wanted} if wanted else {}
        task_id: str = self.ok("ProcessMedia", **{"FileId": MEDIA, **task, **more})["TaskId"]
        return task_id

    def advance(self, seconds: float) -> None:
        """Move the clock; what falls due happens at its moment."""
        self.engine.advance(seconds)

    def reason(self) -> str:
        """Why the last request was refused."""
        *_, entry = self.engine.journal
        return entry.reason

    def parts(self, task_id: str) -> list[dict[str, Any]]:
        """The results of a task."""
        task = self.ok("DescribeTaskDetail", TaskId=task_id)["ProcedureTask"]
        return [
            next(value for value in part.values() if isinstance(value, dict)) for part in task["MediaProcessResultSet"]
        ]

"""VOD in this process: one engine at a fixed wall time, called as on the wire."""

from __future__ import annotations

from typing import Any

from mockcloud import providers
from mockcloud.check.caller import Caller
from mockcloud.check.shapes import misfits
from mockcloud.clock import Clock
from mockcloud.contract.load import Contracts
from mockcloud.pipeline import Engine
from mockcloud.state import Settings

CONTRACTS = Contracts()
SERVICE = CONTRACTS.service("tencent-vod")
START = 1_600_000_000.0  # 2020-09-13T12:26:40Z
VIDEO = "5285890784246869930"
GIF, SNAPSHOT = 20000, 10


class Vod:
    """vod("DescribeMediaInfos", FileIds=[VIDEO]) gives the members of the answer, whose shape is held."""

    def __init__(self, **settings: Any) -> None:
        self.engine = Engine(Settings(**settings), CONTRACTS, Clock(lambda: START))
        self._caller = Caller(self.engine)

    def __call__(self, action: str, /, **parameters: Any) -> dict[str, Any]:
        operation = SERVICE.operations[action]
        answered = self._caller.call(operation, parameters)
        assert answered.error is None, answered.error
        assert answered.body is not None
        assert misfits(operation.output, answered.body) == []
        return answered.body

    def refused(self, action: str, /, *, place: Any = None, **parameters: Any) -> tuple[str, str]:
        """Code and message of an answer that has to be an error."""
        answered = self._caller.call(SERVICE.operations[action], parameters, place)
        assert answered.error is not None, answered.body
        return answered.error

    @property
    def last(self) -> Any:
        """The journal's last entry."""
        *_, entry = self.engine.journal
        return entry

    @property
    def state(self) -> Any:
        return self.engine.world.account("mockcloud").service(SERVICE)

    def seed(self, kind: str, **fields: Any) -> dict[str, Any]:
        return providers.stock(self.state, kind, fields)

    def advance(self, seconds: float) -> None:
        self._caller.prepare(SERVICE, [{"advance": seconds}])

    def media(self, file_id: str, *filters: str) -> dict[str, Any]:
        """One media file as DescribeMediaInfos shows it."""
        (found,) = self("DescribeMediaInfos", FileIds=[file_id], Filters=list(filters))["MediaInfoSet"]
        return found

    def events(self) -> list[dict[str, Any]]:
        """The events that wait, as PullEvents shows them."""
        return self("PullEvents")["EventSet"]

    def switch_on(self, switch: str) -> None:
        self("ModifyEventConfig", **{switch: "ON"})

"""VOD in this process: one engine at a fixed wall time, called as on the wire."""

from __future__ import annotations

import json
from typing import Any

from mockcloud import providers
from mockcloud.check.caller import Caller

from .raw import CONTRACTS, FIXTURES, engine

SERVICE = CONTRACTS.service("alibaba-vod")
DOCUMENTED = FIXTURES / "vod"
VIDEO = "7d2fbc3e2734410a1b2c3bdb0e08e55f"
TEMPLATE = "1a443dc52e0a1b2c3d4f10abc4794d70"
SNAPSHOT_TEMPLATE = "f5b228fe6930e0a1b2c30d6bf55bd877"
START = "2020-09-13T12:26:40Z"  # the engine's wall time


class Vod:
    """vod("ListDynamicImage", VideoId=VIDEO) gives the members of the answer."""

    def __init__(self, **settings: Any) -> None:
        self.engine = engine(**settings)
        self._caller = Caller(self.engine)

    @property
    def state(self) -> Any:
        return self.engine.world.account("mockcloud").service(SERVICE)

    def __call__(self, action: str, /, **parameters: Any) -> dict[str, Any]:
        answered = self._caller.call(SERVICE.operations[action], parameters)
        assert answered.error is None, answered.error
        assert answered.body is not None
        return answered.body

    def refused(self, action: str, /, **parameters: Any) -> tuple[int, str, str]:
        """HTTP status, code and message of an answer that has to be an error."""
        answered = self._caller.call(SERVICE.operations[action], parameters)
        assert answered.error is not None, answered.body
        return answered.reply.status, *answered.error

    @property
    def last(self) -> Any:
        """The journal's last entry."""
        *_, entry = self.engine.journal
        return entry

    def seed(self, kind: str, **fields: Any) -> dict[str, Any]:
        return providers.stock(self.state, kind, fields)

    def advance(self, seconds: float) -> None:
        self._caller.prepare(SERVICE, [{"advance": seconds}])

    def image(self, **span: str) -> dict[str, Any]:
        """The image that a job with this TimeSpan makes of the sample video."""
        overrides = json.dumps({"Clip": {"TimeSpan": span}})
        return self.made(OverrideParams=overrides)

    def made(self, **more: Any) -> dict[str, Any]:
        """The image that one more job on the sample video makes."""
        self("SubmitDynamicImageJob", **{"VideoId": VIDEO, "DynamicImageTemplateId": TEMPLATE, **more})
        self.advance(10)
        found: dict[str, Any] = self("ListDynamicImage", VideoId=more.get("VideoId", VIDEO))["DynamicImageList"][-1]
        return found

    def events(self) -> list[dict[str, Any]]:
        """The bodies of all events that the mock owes somebody."""
        return [json.loads(record.delivery.body) for record in self.engine.callbacks]


def invalid(name: str) -> tuple[int, str, str]:
    return 400, "InvalidParameter", f'The specified parameter "{name}" is not valid.'


def missing(name: str) -> tuple[int, str, str]:
    message = f'The input parameter "{name}" that is mandatory for processing this request is not supplied.'
    return 400, "MissingParameter", message


NO_VIDEO = (404, "InvalidVideo.NotFound", "The video does not exist.")
ILLEGAL_STATUS = (400, "Forbidden.IllegalStatus", "Status of the video is illegal.")


def no_resource(name: str) -> tuple[int, str, str]:
    return 404, "NoSuchResource", f"The specified resource {name} does not exist."

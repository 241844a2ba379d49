"""A small service of an invented provider, as documents that a test can change before they are built."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from mockcloud.clock import Clock
from mockcloud.contract.build import build_service
from mockcloud.contract.spec import Service
from mockcloud.state import Settings, World

PROVIDER = {
    "format": 1,
    "provider": "acme",
    "title": "Acme",
    "sources": {"doc": "the pages"},
    "hosts": {"acme-gif": ["gif.*.acme.example"]},
    "errors": [{"code": "Busy", "status": 503, "message": "busy", "cite": "doc"}],
    "limits": {"clock-skew": {"value": 900, "unit": "s", "cite": "doc"}},
    "secrets": {"headers": ["X-Acme"], "parameters": ["Pin"]},
}
SERVICE = {
    "format": 1,
    "service": "acme-gif",
    "title": "Acme GIF",
    "version": "1",
    "errors": [
        {"code": "Bad", "status": 400, "message": "bad %s", "cite": "doc"},
        {"code": "Bad", "variant": "long", "status": 400, "message": "bad %s: %s", "cite": "doc"},
        {"code": "Lost", "status": 200, "message": "lost", "cite": "doc", "task": True},
    ],
    "refusals": {"default": "Bad"},
    "families": {
        "gif": {
            "steps": ["NEW", "BUSY", "DONE"],
            "queued": 1,
            "failed": "BROKEN",
            "cancelled": "STOPPED",
            "cite": "doc",
        }
    },
    "kinds": {
        "video": {
            "key": "Id",
            "fields": {"Id": {"type": "string"}, "Tags": {"type": "array", "default": ["a"]}},
            "samples": [{"Id": "sample"}],
            "cite": "doc",
        }
    },
    "options": {"result": {"enum": ["flat", "both"], "default": "both", "what": "x", "cite": "doc"}},
}
OPERATION = {
    "operation": "Make",
    "binding": {"action": "Make"},
    "input": {
        "cite": "doc table",
        "required": ["Width"],
        "properties": {
            "Width": {"type": "integer", "minimum": 8, "maximum": 100},
            "Height": {"type": "integer", "minimum": 8, "maximum": 100, "default": 8},
            "Name": {"type": "string", "maxLength": 4},
        },
    },
    "output": {"type": "object"},
    "rules": [
        {"id": "not-square", "must": "Width != Height", "cite": "doc"},
        {"id": "video-exists", "side": "server", "cite": "doc", "error": {"code": "Bad", "args": ["{value}"]}},
    ],
    "family": "gif",
    "behave": "make",
}


def documents() -> tuple[Any, Any, Any]:
    """Fresh copies of (provider, service, operation)."""
    return deepcopy(PROVIDER), deepcopy(SERVICE), deepcopy(OPERATION)


def service(**changes: Any) -> Service:
    """The service, with members of its operation's document replaced."""
    provider, of_service, operation = documents()
    return build_service(provider, of_service, {"Make": {**operation, **changes}})


class World1(World):
    """A world at second 1000 of a clock that only `wall` moves; what is delivered and told is in lists."""

    def __init__(self, steps: bool = True, **settings: Any) -> None:
        self.wall = 1000.0
        self.delivered: list[Any] = []
        self.told: list[Any] = []
        super().__init__(
            Settings(**settings),
            Clock(lambda: self.wall),
            stepped=lambda _: self.tell if steps else None,
            stock=lambda state, kind, item: state.shelves[kind].put(item),
            deliver=lambda delivery, account: self.delivered.append((delivery, account)),
        )

    def tell(self, task: Any, status: Any, at: float, _: Any) -> None:
        self.told.append((task.id, status.word, at))

    def run(self, until: float) -> None:
        """Do what is due, at its moment."""
        while (entry := self.agenda.pop(until)) is not None:
            entry[1](entry[0])

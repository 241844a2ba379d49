"""What the tests of this folder share: recorded requests, vectors, a fresh engine at a fixed wall time."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from mockcloud.clock import Clock
from mockcloud.contract.load import Contracts
from mockcloud.model import Wire
from mockcloud.pipeline import Engine
from mockcloud.providers import Sender
from mockcloud.providers.alibaba.pairs import Pairs, parse, write
from mockcloud.state import Settings

FIXTURES = Path(__file__).parents[3] / "fixtures" / "alibaba"
RECORDED: list[dict[str, Any]] = json.loads((FIXTURES / "requests.json").read_text("utf-8"))["requests"]
VECTORS: dict[str, Any] = json.loads((FIXTURES / "signatures.json").read_text("utf-8"))

CONTRACTS = Contracts()
SERVICE = CONTRACTS.service("alibaba-multimediaai")
NOW = 1_600_000_000.0  # 2020-09-13T12:26:40Z
SENDER = Sender("127.0.0.1:4580", "mockcloud", "mockcloud-secret", NOW, "nonce-1")
SENDER_V3 = replace(SENDER, scheme="v3")
GIF = {
    "ApplicationId": "ApplicationId",
    "CallbackUrl": "https://xxx",
    "TemplateId": 1,
    "VideoName": "testVideo",
    "VideoUrl": "http://XXX.mp4",
}


def recorded(row: dict[str, Any]) -> Wire:
    """A recorded request as it came in."""
    headers = tuple((name, value) for name, value in row["headers"])
    return Wire(row["method"], row["path"], row["query"], headers, row["body"].encode())


def engine(now: float = NOW, **settings: Any) -> Engine:
    """A fresh engine; its wall clock stands still."""
    return Engine(Settings(**settings), CONTRACTS, Clock(lambda: now))


def edited(wire: Wire, drop: str = "", **changes: str) -> Wire:
    """The same request with parameters of its query changed, added, or dropped; not signed anew."""
    pairs: Pairs = [(name, changes.pop(name, value)) for name, value in parse(wire.query) if name != drop]
    return replace(wire, query=write([*pairs, *changes.items()]))


def with_header(wire: Wire, name: str, value: str | None) -> Wire:
    """The same request with one header replaced, or taken away."""
    kept = tuple(pair for pair in wire.headers if pair[0].lower() != name.lower())
    return replace(wire, headers=kept if value is None else (*kept, (name, value)))

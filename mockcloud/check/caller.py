"""Calls into an engine of this process, composed and signed as on the wire: for examples, points and replay."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from .. import providers
from ..contract.expression import ABSENT, lookup
from ..contract.spec import Operation, Service
from ..gate import KEY_ID, SECRET
from ..model import WireReply
from ..pipeline import Engine
from ..providers import Sender

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back: members of a success (frame of the contract's `output`), or (code, message) of an error."""

    reply: WireReply
    body: Json | None
    error: tuple[str, str] | None


class Caller:
    """One account's way into an engine. `host` is the Host header that requests carry."""

    def __init__(self, engine: Engine, key_id: str = KEY_ID, host: str = "127.0.0.1:4580") -> None:
        self.engine = engine
        self._key_id, self._host = key_id, host
        self._nonces = count(1)
        self.kept: Json = {}

    def call(self, operation: Operation, parameters: Json, place: Json | None = None, **sender: Any) -> Answered:
        """Compose, sign, send, read."""
        service = self.engine.contracts.service(operation.service)
        provider = providers.provider(service.provider)
        wire = provider.compose(operation, parameters, self._sender(place, sender))
        outcome = self.engine.handle(wire)
        if outcome.again is not None:
            outcome = outcome.again(True)  # nobody waits here: the last answer at once
        reply = outcome.reply
        body, error = provider.unwrap(reply)
        return Answered(reply, body, error)

    def _sender(self, place: Json | None, more: Mapping[str, Any]) -> Sender:
        nonce = f"mockcloud-nonce-{next(self._nonces)}"
        return Sender(self._host, self._key_id, SECRET, self.engine.clock.wall(), nonce, place=place, **more)

    def prepare(self, service: Service, given: Iterable[Json]) -> None:
        """Carry out a contract's `given` in this engine."""

        def seed(kind: str, fields: Json) -> None:
            providers.stock(self.engine.world.account(self._key_id).service(service), kind, fields)

        def advance(seconds: float) -> None:
            self.engine.clock.set(self.engine.clock.now() + seconds)
            self.engine.run_due()

        Given(service, self.kept, self.call, seed, advance).prepare(given)

    def filled(self, value: Any) -> Any:
        """The same value with every "$NAME" replaced by what was kept."""
        return filled(value, self.kept)


class Given:
    """Carries out what a contract's example or point needs beforehand.

    kept     what calls answered and later entries name with "$NAME"
    call     makes one call; seed puts a resource in place; advance moves the mock's clock by seconds
    """

    def __init__(
        self,
        service: Service,
        kept: Json,
        call: Callable[..., Answered],
        seed: Callable[[str, Json], None],
        advance: Callable[[float], Any],
    ) -> None:
        self._service, self._kept = service, kept
        self._call, self._seed, self._advance = call, seed, advance

    def prepare(self, given: Iterable[Json]) -> None:
        """Do it, in order. ValueError: a call was refused, or answered nothing to keep."""
        for entry in given:
            if "advance" in entry:
                self._advance(entry["advance"])
            elif "kind" in entry:
                self._seed(
                    entry["kind"], {key: filled(value, self._kept) for key, value in entry.items() if key != "kind"}
                )
            else:
                self._make_call(entry)

    def _make_call(self, entry: Json) -> None:
        operation = self._service.operations[entry["operation"]]
        for _ in range(entry.get("times", 1)):
            parameters, place = filled(entry.get("call", {}), self._kept), filled(entry.get("place"), self._kept)
            answered = self._call(operation, parameters, place)
            if answered.error is not None:
                raise ValueError(f"given: {operation.id} answered {answered.error}")
        for name, path in entry.get("keep", {}).items():
            value = dig(answered.body, path)
            if value is ABSENT:
                raise ValueError(f"given: {operation.id} answered no {path}: {answered.body}")
            self._kept[name] = value


def filled(value: Any, kept: Json) -> Any:
    """The same value with every "$NAME" replaced by what was kept."""
    if isinstance(value, str) and value.startswith("$") and value[1:] in kept:
        return kept[value[1:]]
    if isinstance(value, dict):
        return {key: filled(item, kept) for key, item in value.items()}
    return [filled(item, kept) for item in value] if isinstance(value, list) else value


def is_textual(operation: Operation, service: Service) -> bool:
    """Whether an operation's parameters travel as text only (query, form)."""
    provider = providers.provider(service.provider)
    wire = provider.compose(operation, {}, Sender("127.0.0.1:4580", KEY_ID, SECRET, 0.0, "mockcloud-nonce"))
    call = provider.open(wire, "")
    provider.decode(call, lambda _: service)
    return call.textual


def dig(body: Any, path: str) -> Any:
    """A dotted path with list indices ("FacePersons.0.FacePersonId")."""
    for segment in path.split("."):
        if isinstance(body, list):
            body = body[int(segment)] if int(segment) < len(body) else ABSENT
        else:
            body = lookup(body, (segment,))
    return body

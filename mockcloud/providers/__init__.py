"""The providers, and what each of them brings. Adding one is two folders and one line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Protocol

from ..contract.spec import ErrorEntry, Operation, Service
from ..gate import Gate
from ..model import Call, Claim, Refusal, Reply, Wire, WireReply
from ..state import ServiceState, Stepped

Json = dict[str, Any]

# In the order in which they are asked whether a request is theirs.
NAMES = ("tencent", "alibaba", "jdcloud", "huawei")

Behaviour = Callable[[Call, ServiceState], "Json | Reply | None"]


@dataclass(frozen=True, slots=True)
class Sender:
    """Who composes a request, and where to: `host` is the Host header ("127.0.0.1:4580").

    now    seconds since the epoch (wall clock); nonce: unique text
    place  path parameters; those not given get the provider's usual ones
    token  bearer token instead of a signature, where the provider has one
    scheme a signature generation of the provider, "" = its default
    """

    host: str
    key_id: str
    secret: str
    now: float
    nonce: str
    region: str = "cn-north-1"
    token: str = ""
    scheme: str = ""
    place: Json | None = None


class Provider(Protocol):
    """What `mockcloud.providers.<name>` offers at its top: the way in and out of the wire. No I/O, no state."""

    def claims(self, wire: Wire) -> bool:
        """Whether what is on the wire is this provider's (the Host header has been looked at already)."""

    def open(self, wire: Wire, request_id: str) -> Call:
        """The envelope: service (best guess) and answer format. Never raises; every answer goes through it."""

    def decode(self, call: Call, services: Callable[[str], Service]) -> None:
        """Fill service, operation, parameters, place, common.

        Refusal: what the provider reports before authentication; what it reports only after that goes into
        `call.deferred`.
        """

    def credentials(self, call: Call, service: Service) -> Claim:
        """Who it is from. Refusal: nothing there, or not in the documented form."""

    def verify(self, call: Call, claim: Claim, service: Service, gate: Gate) -> str:
        """Judge signature or token, date and nonce; the account's name. Refusal with a diagnosis otherwise."""

    def encode(self, call: Call, reply: Reply) -> WireReply:
        """A success in the documented envelope."""

    def refuse(self, call: Call, entry: ErrorEntry, message: str) -> WireReply:
        """An error in the documented envelope; `message` has its %s filled."""

    def compose(self, operation: Operation, parameters: Json, sender: Sender) -> Wire:
        """The signed request that makes a call: the inverse of decode, for tests, checks and replay."""

    def unwrap(self, reply: WireReply) -> tuple[Json | None, tuple[str, str] | None]:
        """(members of a success in the frame of `output`, None) or (None, (code, message)): the inverse of encode."""

    def new_request_id(self, ids: Any) -> str:
        """A request id in the provider's form, from a seeded `Ids`."""


@cache
def provider(name: str) -> Provider:
    """The provider of that name, imported when first asked for."""
    module: Any = import_module(f"{__name__}.{name}")
    return module  # type: ignore[no-any-return]


@cache
def service_module(service_id: str) -> Any:
    """The module with a service's behaviours: BEHAVIOURS, perhaps `stepped` and STOCK."""
    name, _, tail = service_id.partition("-")
    return import_module(f"{__name__}.{name}.{tail}")


def behaviour(service_id: str, name: str) -> Behaviour:
    """The function that a contract's `behave` names. KeyError when the module has none of that name."""
    found: Behaviour = service_module(service_id).BEHAVIOURS[name]
    return found


def stepped(service: Service) -> Stepped | None:
    """What a service does when a task enters a state; None when it does nothing."""
    found: Stepped | None = getattr(service_module(service.id), "stepped", None)
    return found


def stock(state: ServiceState, kind: str, item: Json) -> Json:
    """Put a resource in place, with the defaults that the service's module computes (STOCK)."""
    fill = getattr(service_module(state.service.id), "STOCK", {}).get(kind)
    return state.shelves[kind].put(fill(item, state) if fill else item)


__all__ = ["NAMES", "Behaviour", "Provider", "Refusal", "Sender", "behaviour", "provider", "service_module", "stock"]

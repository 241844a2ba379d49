"""The mock's own routes under /_mockcloud/: who may ask, what is asked, JSON in and out. No I/O.

Guards first (token, Host, cross-site), then one table of routes; `controls` does the work. GET has no effect.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import orjson

from . import controls
from .callbacks import AGENT
from .contract.shape import Shape
from .contract.validate import describe, pointer
from .controls import Controls, Move, nearest
from .journal import packed
from .model import Misuse, Wire, WireReply
from .pipeline import Engine, shown

Json = dict[str, Any]
PREFIX = "/_mockcloud"
_LONGEST_WORD = 100  # characters of what came in that are repeated
_OWN_SITES = ("same-origin", "none")  # of Sec-Fetch-Site: the mock's own pages, and no page at all
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Route:
    """One admin call: the function, and the schema of its arguments (body or query)."""

    run: Callable[[Controls, Json, str], Awaitable[Json]]
    schema: Json


_TEXT: Json = {"type": "string", "minLength": 1, "maxLength": 512}
_ACCOUNT: Json = {"account": _TEXT}
_LIMIT: Json = {"type": "integer", "minimum": 1, "maximum": 1_000_000}
_WHICH: Json = {"properties": {"service": _TEXT, **_ACCOUNT}}
_NONE: Json = {"properties": {}}

# name → {(method, has an id behind it): Route}
ROUTES: dict[str, dict[tuple[str, bool], Route]] = {
    "health": {("GET", False): Route(controls.health, _NONE)},
    "reset": {("POST", False): Route(controls.reset, {"properties": _ACCOUNT})},
    "resources": {
        ("GET", False): Route(controls.list_resources, {"properties": {"service": _TEXT, "kind": _TEXT, **_ACCOUNT}}),
        ("POST", False): Route(
            controls.add_resources,
            {
                "properties": {
                    "service": _TEXT,
                    "kind": _TEXT,
                    "items": {"type": "array", "items": {"type": "object"}, "maxItems": 100_000},
                    **_ACCOUNT,
                },
                "required": ["service", "kind", "items"],
            },
        ),
    },
    "faults": {
        ("GET", False): Route(controls.list_faults, {"properties": _ACCOUNT}),
        ("POST", False): Route(
            controls.add_fault,
            {
                "properties": {
                    "service": _TEXT,
                    "operation": {"type": "string", "maxLength": 512},
                    "error": _TEXT,
                    "times": {"type": "integer", "minimum": 0, "maximum": 1_000_000},
                    "args": {"type": ["object", "array", "string"]},
                    **_ACCOUNT,
                },
                "required": ["service", "error"],
            },
        ),
        ("DELETE", False): Route(controls.clear_faults, {"properties": _ACCOUNT}),
        ("DELETE", True): Route(controls.clear_faults, _NONE),
    },
    "clock": {
        ("GET", False): Route(controls.show_clock, _NONE),
        ("POST", False): Route(
            controls.move_clock,
            {
                "properties": {
                    "advance": {"type": "number", "minimum": 0, "maximum": 3_153_600_000},
                    "set": {"type": "string", "minLength": 1},
                    "freeze": {"type": "boolean"},
                    "resume": {"type": "boolean"},
                }
            },
        ),
    },
    "requests": {
        ("GET", False): Route(
            controls.list_requests,
            {
                "properties": {
                    "service": _TEXT,
                    "operation": _TEXT,
                    "violations": {"type": "boolean"},
                    "limit": _LIMIT,
                    **_ACCOUNT,
                }
            },
        ),
        ("DELETE", False): Route(controls.clear_requests, {"properties": _ACCOUNT}),
    },
    "tasks": {
        ("GET", False): Route(controls.list_tasks, {"properties": {"service": _TEXT, "limit": _LIMIT, **_ACCOUNT}}),
        ("GET", True): Route(controls.show_task, _WHICH),
        ("POST", True): Route(
            controls.force_task,
            {
                "properties": {
                    "status": {"type": ["string", "integer"]},
                    "error": {"type": ["string", "integer"]},
                    "message": {"type": "string", "maxLength": 4096},
                    "service": _TEXT,
                    **_ACCOUNT,
                }
            },
        ),
    },
    "callbacks": {("GET", False): Route(controls.list_callbacks, {"properties": _ACCOUNT})},
    "services": {("GET", False): Route(controls.list_services, _NONE)},
    "rules": {("GET", False): Route(controls.list_rules, {"properties": {"service": _TEXT, "operation": _TEXT}})},
}


class Denied(Exception):
    """A 4xx of the admin interface: status, error, hint."""

    def __init__(self, status: int, error: str, hint: str) -> None:
        super().__init__(error)
        self.status, self.error, self.hint = status, error, hint


class Admin:
    """Answers admin requests. `move` moves the clock and carries out what falls due on the way."""

    def __init__(
        self,
        engine: Engine,
        move: Move,
        *,
        token: str = "",
        hosts: tuple[str, ...] = (),
    ) -> None:
        self._controls = Controls(engine, move)
        self._token = token
        self._hosts = frozenset(host.lower() for host in hosts if host)
        self._shapes: dict[str, Shape] = {}

    async def answer(self, wire: Wire, refused: tuple[int, str] | None = None) -> WireReply:
        """Answer one request. refused: (status, why) when the server does not take it, but who asks is judged first."""
        try:
            self._guard(wire)
            if refused is not None:
                raise Denied(*refused, "send less")
            self._controls.engine.run_due()
            return _json(200, await self._act(wire))
        except Denied as denied:
            return _json(denied.status, {"error": denied.error, "hint": denied.hint})
        except Misuse as misuse:
            return _json(400, {"error": misuse.text, "hint": misuse.hint})
        except Exception:
            self._controls.engine.bug(f"on {wire.method} {shown(wire.path)}")
            return _json(500, {"error": "mockcloud itself failed", "hint": "its log has the traceback"})

    def _guard(self, wire: Wire) -> None:
        hosts, origins, sites = (_all(wire, name) for name in ("host", "origin", "sec-fetch-site"))
        host = _hostname(hosts[0]) if len(hosts) == 1 else ""
        if host not in self._hosts and not is_loopback(host):
            raise Denied(403, f"the host {host[:_LONGEST_WORD]!r} is not allowed", "allow it with --allow-host")
        is_foreign = any(origin.partition("://")[2] != hosts[0] for origin in origins)
        if is_foreign or any(site not in _OWN_SITES for site in sites):
            raise Denied(403, "requests from other sites are refused", "call the admin interface from no web page")
        if (wire.header("user-agent") or "").startswith(AGENT):
            raise Denied(403, "a callback cannot command a mock", "give another CallbackUrl")
        if self._token and not self._has_token(wire) and not _is_health(wire):
            raise Denied(401, "the admin token is missing or wrong", "send Authorization: Bearer <token>")

    def _has_token(self, wire: Wire) -> bool:
        scheme, _, given = (wire.header("authorization") or "").partition(" ")
        expected, received = (text.encode("utf-8", "surrogateescape") for text in (self._token, given.strip()))
        return scheme.lower() == "bearer" and hmac.compare_digest(received, expected)

    async def _act(self, wire: Wire) -> Json:
        name, _, rest = wire.path.removeprefix(PREFIX).removeprefix("/").partition("/")
        methods = ROUTES.get(name)
        if methods is None or "/" in rest:
            raise Denied(404, f"{PREFIX}/{name[:_LONGEST_WORD]} is no admin route", nearest(name, ROUTES))
        route = methods.get((wire.method, bool(rest)))
        if route is None:
            known = ", ".join(f"{method} {PREFIX}/{name}{'/{id}' if has_id else ''}" for method, has_id in methods)
            raise Denied(405, f"{wire.method} {wire.path[:_LONGEST_WORD]} is not an admin call", f"there are {known}")
        if _is_health(wire) and self._token and not self._has_token(wire):
            return {"status": "ok"}
        text = dict(parse_qsl(wire.query, keep_blank_values=True))
        given = {**_body(wire), **text} if wire.method != "GET" else text
        arguments = self._checked(f"{wire.method} {name}", route.schema, given, bool(text))
        return await route.run(self._controls, arguments, unquote(rest))

    def _checked(self, title: str, schema: Json, given: Json, textual: bool) -> Json:
        shape = self._shapes.get(title)
        if shape is None:
            shape = self._shapes[title] = Shape(
                "admin", title, {"additionalProperties": False, "cite": "admin", **schema}
            )
        typed, found = shape.check(given, textual)
        if found:
            rule, _, value = found[0]
            if rule.kind == "unknown-parameter":
                raise Misuse(f"{_short(value)} is not a field here", nearest(str(value), schema.get("properties", {})))
            place = pointer(rule.path).lstrip("/").replace("/", ".")
            raise Misuse(f"{place} {describe(rule)}", f"got {_short(value)}" if value is not None else "it is absent")
        return typed


def _all(wire: Wire, header: str) -> list[str]:
    """Every value of a header, in lower case."""
    return [value.lower() for name, value in wire.headers if name.lower() == header]


def _short(value: Any) -> str:
    return repr(value)[:200]


def _hostname(header: str) -> str:
    try:
        return (urlsplit(f"//{header}").hostname or "").lower()
    except ValueError:
        return ""


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a host: by name, or by an address in figures however it is written."""
    if host.lower() in _LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_health(wire: Wire) -> bool:
    return wire.method == "GET" and wire.path == f"{PREFIX}/health"


def _body(wire: Wire) -> Json:
    if not wire.body.strip():
        return {}
    try:
        body = orjson.loads(wire.body)
    except orjson.JSONDecodeError as problem:
        raise Misuse(f"the body is not JSON: {problem}", "send a JSON object") from problem
    if not isinstance(body, dict):
        raise Misuse("the body is no JSON object", f"got a {type(body).__name__}")
    return body


def _json(status: int, body: Json) -> WireReply:
    return WireReply(status, (("Content-Type", "application/json"), ("Cache-Control", "no-store")), packed(body))

"""The mock's own routes under /_mockcloud/: who may ask, what is asked, JSON in and out. No I/O.

Guards first (token, Host, cross-site), then one table of routes; `controls` does the work. GET has no effect.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Awaitable, Callable
from difflib import get_close_matches
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import orjson

from .contract.shape import Shape
from .contract.validate import describe, pointer
from .controls import ROUTES, Controls
from .model import Misuse, Wire, WireReply
from .pipeline import Engine

Json = dict[str, Any]
PREFIX = "/_mockcloud"
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


class Denied(Exception):
    """A 4xx of the admin interface: status, error, hint."""

    def __init__(self, status: int, error: str, hint: str) -> None:
        super().__init__(error)
        self.status, self.error, self.hint = status, error, hint


class Admin:
    """Answers admin requests. `advance` moves the clock to a moment and carries out what falls due on the way."""

    def __init__(
        self,
        engine: Engine,
        advance: Callable[[float], Awaitable[None]],
        *,
        token: str = "",
        hosts: tuple[str, ...] = (),
    ) -> None:
        self._controls = Controls(engine, advance)
        self._token = token
        self._hosts = _LOOPBACK_NAMES | {host.lower() for host in hosts if host}
        self._shapes: dict[str, Shape] = {}

    async def answer(self, wire: Wire, is_whole: bool = True) -> WireReply:
        """Answer one request. `is_whole`: False when its body was larger than allowed."""
        try:
            self._guard(wire)
            if not is_whole:
                raise Denied(413, "the body is too large", "send less, or start with a larger --max-body")
            return _json(200, await self._act(wire))
        except Denied as denied:
            return _json(denied.status, {"error": denied.error, "hint": denied.hint})
        except Misuse as misuse:
            return _json(400, {"error": misuse.text, "hint": misuse.hint})

    def _guard(self, wire: Wire) -> None:
        host = urlsplit(f"//{wire.header('host') or ''}").hostname or ""
        if host.lower() not in self._hosts and not _is_own_literal(host, self._hosts):
            raise Denied(403, f"the host {host!r} is not allowed", "allow it with --allow-host")
        origin = wire.header("origin")
        if wire.header("sec-fetch-site") in ("cross-site", "same-site") or (
            origin is not None and urlsplit(origin).netloc.lower() != (wire.header("host") or "").lower()
        ):
            raise Denied(403, "requests from other sites are refused", "call the admin interface from no web page")
        if self._token and not self._is_let_in(wire):
            raise Denied(401, "the admin token is missing or wrong", "send Authorization: Bearer <token>")

    def _is_let_in(self, wire: Wire) -> bool:
        scheme, _, given = (wire.header("authorization") or "").partition(" ")
        is_right = scheme.lower() == "bearer" and hmac.compare_digest(given.encode(), self._token.encode())
        return is_right or (wire.method == "GET" and wire.path == f"{PREFIX}/health")

    async def _act(self, wire: Wire) -> Json:
        path = wire.path.removeprefix(PREFIX)
        name, _, rest = path.lstrip("/").partition("/")
        methods = ROUTES.get(name)
        if methods is None or "/" in rest:
            close = get_close_matches(name, ROUTES, n=1, cutoff=0.4)
            hint = f"the nearest is {PREFIX}/{close[0]}" if close else f"there are {', '.join(sorted(ROUTES))}"
            raise Denied(404, f"{PREFIX}/{name} is no admin route", hint)
        route = methods.get((wire.method, bool(rest)))
        if route is None:
            known = ", ".join(f"{method} {PREFIX}/{name}{'/{id}' if has_id else ''}" for method, has_id in methods)
            raise Denied(405, f"{wire.method} {wire.path} is not an admin call", f"there are {known}")
        if name == "health" and self._token and not (wire.header("authorization") or ""):
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
                raise Misuse(f"{value!r} is not a field here", _nearest(str(value), schema.get("properties", {})))
            place = pointer(rule.path).lstrip("/").replace("/", ".")
            raise Misuse(f"{place} {describe(rule)}", f"got {value!r}"[:200] if value is not None else "it is absent")
        return typed


def _nearest(word: str, known: Any) -> str:
    close = get_close_matches(word, list(known), n=1)
    return f"did you mean {close[0]!r}?" if close else f"there are {', '.join(known)}" if known else "none is taken"


def _is_own_literal(host: str, hosts: frozenset[str]) -> bool:
    """A loopback address in figures is ours however it is written."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _body(wire: Wire) -> Json:
    if not wire.body.strip():
        return {}
    try:
        body = orjson.loads(wire.body)
    except orjson.JSONDecodeError as problem:
        raise Misuse(f"the body is not JSON: {problem}", "send a JSON object") from problem
    if not isinstance(body, dict):
        raise Misuse("the body is no JSON object", f"got {type(body).__name__}")
    return body


def _json(status: int, body: Json) -> WireReply:
    return WireReply(status, (("Content-Type", "application/json"), ("Cache-Control", "no-store")), orjson.dumps(body))

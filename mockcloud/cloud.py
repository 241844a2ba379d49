"""What a test holds in its hand: a running mock, in this process (`start`) or elsewhere (`attach`).

Both speak the admin interface; the local one calls it without a socket.
"""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import SplitResult, quote, urlencode, urlsplit

import orjson

from .gate import KEY_ID, SECRET, token_of
from .model import Misuse, Unreachable

Json = dict[str, Any]


class Link(Protocol):
    """The way to the admin interface: method, path below /_mockcloud, body → (status, answer)."""

    def __call__(self, method: str, path: str, body: Json | None) -> tuple[int, Json]:
        """Make one admin call."""


class Cloud:
    """A running mock and the credentials of one account.

    url             "http://127.0.0.1:4580", the endpoint of all five services
    endpoint        "127.0.0.1:4580", for SDKs that take host and port
    host, port      the same in parts
    access_key_id, access_key_secret, token, project_id, region    what clients need to be given
    """

    region = "cn-north-1"
    access_key_secret = SECRET
    project_id = "0" * 31 + "1"

    def __init__(
        self, url: str, link: Link, access_key_id: str = KEY_ID, wrong: Callable[[], Json] | None = None
    ) -> None:
        parts = _parts(url)
        self.url = f"{parts.scheme}://{parts.netloc}"
        self.host = parts.hostname or ""
        self.port = parts.port or (443 if parts.scheme == "https" else 80)
        self.endpoint = parts.netloc
        self.access_key_id = access_key_id
        self._link, self._wrong = link, wrong
        self.clock = CloudClock(self.admin)

    @property
    def token(self) -> str:
        """A bearer token of this account that opens every project (Huawei) and never expires."""
        return token_of(self.access_key_id)

    def account(self, name: str) -> Cloud:
        """The same mock, seen with the access key id `mockcloud-<name>`: an account of its own."""
        return Cloud(self.url, self._link, f"{KEY_ID}-{name}", self._wrong)

    def admin(self, method: str, path: str, body: Json | None = None) -> Json:
        """Any admin call: path below /_mockcloud. Misuse: what the admin interface refuses, with its hint."""
        status, answer = self._link(method, path, body)
        if status != 200:
            raise Misuse(answer.get("error", f"status {status}"), answer.get("hint", ""))
        return answer

    def wrong(self) -> Json:
        """How often mockcloud itself failed (`bugs`) and got requests for nobody (`unrouted`) since the last reset."""
        return self.admin("GET", "/health") if self._wrong is None else self._wrong()

    def reset(self) -> None:
        """This account back to the start; for `mockcloud` that is everything, the clock as well."""
        self.admin("POST", "/reset", {} if self.access_key_id == KEY_ID else {"account": self.access_key_id})

    def seed(self, service: str, kind: str, **fields: Any) -> Json:
        """Put one resource in place; gives it back with its defaults."""
        body = {"service": service, "kind": kind, "items": [fields], "account": self.access_key_id}
        item: Json = self.admin("POST", "/resources", body)["items"][0]
        return item

    def resources(self, service: str, kind: str) -> list[Json]:
        """The resources in place."""
        query = urlencode({"service": service, "kind": kind, "account": self.access_key_id})
        found: list[Json] = self.admin("GET", f"/resources?{query}")["resources"]
        return found

    def fail_next(
        self, service: str, operation: str, error: str, times: int = 1, args: Any = None, **more: Any
    ) -> Json:
        """Let the next `times` calls of an operation ("" = any) fail with a documented code or a wire fault.

        args: what fills the message's %s (text or list), or the settings of a wire fault ({"seconds": 3})
        """
        body = {"service": service, "operation": operation, "error": error, "times": times, **more}
        if args is not None:
            body["args"] = args
        return self.admin("POST", "/faults", {**body, "account": self.access_key_id})

    def requests(self, **filters: Any) -> list[Json]:
        """The journal, oldest first. filters: service, operation, violations=True, limit."""
        shown = {key: str(value).lower() if isinstance(value, bool) else value for key, value in filters.items()}
        query = urlencode({**shown, "account": self.access_key_id})
        found: list[Json] = self.admin("GET", f"/requests?{query}")["requests"]
        return found

    def task(self, task_id: object, service: str | None = None) -> CloudTask:
        """A task, to look at or to force on."""
        return CloudTask(self, str(task_id), service)

    @property
    def callbacks(self) -> list[Json]:
        """Deliveries with attempts and outcomes, oldest first."""
        found: list[Json] = self.admin("GET", f"/callbacks?{urlencode({'account': self.access_key_id})}")["callbacks"]
        return found


def watched(cloud: Cloud, before: Callable[[str, str], None]) -> Cloud:
    """The same mock; `before(method, path)` is called ahead of every admin call that is made through it."""
    link = cloud._link

    def call(method: str, path: str, body: Json | None) -> tuple[int, Json]:
        before(method, path)
        return link(method, path, body)

    return Cloud(cloud.url, call, cloud.access_key_id, cloud._wrong)


class CloudClock:
    """The mock's clock. Every call answers with the new moment, ISO 8601."""

    def __init__(self, admin: Any) -> None:
        self._admin = admin

    def _post(self, body: Json) -> str:
        now: str = self._admin("POST", "/clock", body)["now"]
        return now

    def now(self) -> str:
        """The mock's time."""
        now: str = self._admin("GET", "/clock")["now"]
        return now

    def advance(self, seconds: float) -> str:
        """Move on; what falls due on the way happens first, callbacks included."""
        return self._post({"advance": seconds})

    def set(self, moment: str | datetime) -> str:
        """Jump to a moment ("2026-01-31T12:00:00Z"). Backwards, tasks go with it: no state goes back."""
        return self._post({"set": moment.isoformat() if isinstance(moment, datetime) else moment})

    def freeze(self) -> str:
        """Stop."""
        return self._post({"freeze": True})

    def resume(self) -> str:
        """Run on."""
        return self._post({"resume": True})


class CloudTask:
    """One task of the mock."""

    def __init__(self, cloud: Cloud, task_id: str, service: str | None) -> None:
        self._cloud, self.id, self._service = cloud, task_id, service

    def _call(self, method: str, body: Json | None) -> Json:
        which = {"account": self._cloud.access_key_id, **({"service": self._service} if self._service else {})}
        path = f"/tasks/{quote(self.id, safe='')}"
        if method == "GET":
            return self._cloud.admin("GET", f"{path}?{urlencode(which)}")
        return self._cloud.admin("POST", path, {**(body or {}), **which})

    @property
    def status(self) -> str | int:
        """The status in the provider's own word."""
        word: str | int = self._call("GET", None)["status"]
        return word

    def force(self, status: str | int, error: str | int | None = None) -> Json:
        """Bring it into a state, now, in the provider's own word."""
        return self._call("POST", {"status": status, **({} if error is None else {"error": error})})

    def fail(self, error: str | int) -> Json:
        """Let it fail with a documented task error."""
        return self._call("POST", {"error": error})


class _Remote:
    """Admin calls over HTTP."""

    def __init__(self, url: str, admin_token: str) -> None:
        self._parts = _parts(url)
        self._headers = {"Authorization": f"Bearer {admin_token}"} if admin_token else {}

    def __call__(self, method: str, path: str, body: Json | None) -> tuple[int, Json]:
        is_tls = self._parts.scheme == "https"
        connect = http.client.HTTPSConnection if is_tls else http.client.HTTPConnection
        connection = connect(self._parts.hostname or "", self._parts.port, timeout=30)
        try:
            data = None if body is None else orjson.dumps(body)
            connection.request(method, f"/_mockcloud{path}", data, self._headers)
            answer = connection.getresponse()
            found = orjson.loads(answer.read())
            if not isinstance(found, dict):
                raise ValueError(f"it answers with a JSON {type(found).__name__}")
            return answer.status, found
        except (OSError, ValueError, http.client.HTTPException) as problem:
            raise Unreachable(
                f"no mockcloud answers at {self._parts.geturl()}: {problem}", "is `mockcloud serve` running?"
            ) from problem
        finally:
            connection.close()


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0:
            return parts
    except ValueError:
        pass
    raise Misuse(f"{url!r} is no URL of a server", "write it like http://127.0.0.1:4580")


def attach(url: str, admin_token: str = "") -> Cloud:
    """A mock that already runs elsewhere. Misuse: nothing of ours answers there, or the token is wrong."""
    cloud = Cloud(url, _Remote(url, admin_token))
    health = cloud.admin("GET", "/health")
    if health.get("status") != "ok":
        raise Misuse(f"what answers at {url} is not mockcloud", "is `mockcloud serve` running there?")
    if "version" not in health:
        raise Misuse(f"the server at {url} wants its admin token", "give the one that it was started with")
    return cloud


@contextmanager
def start(port: int = 0, *, host: str = "127.0.0.1", **options: Any) -> Iterator[Cloud]:
    """Run a server in a thread of this process, until the block ends.

    options: auth, progress, task_seconds, seed, options (the contracts' switches), secrets (further names to redact),
    admin_token, callback_hosts, and the other members of `server.Binding`. Misuse: an unknown option, a value that it
    does not take, or the port is taken.
    """
    from .running import Running

    running = Running(**{"host": host, "port": port, **options})
    try:
        yield Cloud(running.url, running.call, wrong=running.wrong)
    finally:
        running.stop()

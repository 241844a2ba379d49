"""A server in a thread of its own, and what the options of `start` and of the command line mean."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Coroutine
from dataclasses import fields, replace
from inspect import signature
from typing import Any, TypeVar

import orjson

from .admin import is_loopback
from .controls import nearest
from .gate import MODES
from .model import Misuse, Wire
from .pipeline import Engine
from .server import Binding, Server
from .state import Settings
from .tasks import Progress

Json = dict[str, Any]
T = TypeVar("T")
log = logging.getLogger("mockcloud.running")


_DEFAULTS = Settings()


def settings_from(
    *,
    auth: str = "strict",
    progress: str = "timed",
    task_seconds: float = 2.0,
    seed: int = 0,
    options: Json | None = None,
    secrets: tuple[str, ...] = (),
    most_tasks: int = _DEFAULTS.most_tasks,
    most_accounts: int = _DEFAULTS.most_accounts,
    most_resources: int = _DEFAULTS.most_resources,
    most_requests: int = _DEFAULTS.most_requests,
    most_journal_bytes: int = _DEFAULTS.most_journal_bytes,
    most_callbacks: int = _DEFAULTS.most_callbacks,
    most_state_bytes: int = _DEFAULTS.most_state_bytes,
    most_nonces: int = _DEFAULTS.most_nonces,
) -> Settings:
    """Checked settings. Misuse: an unknown mode, a value of another type or out of range."""
    if auth not in MODES:
        raise Misuse(f"auth {auth!r} is not known", f"use one of {', '.join(MODES)}")
    if not isinstance(progress, str):
        raise Misuse(f"progress {progress!r} is not known", "use timed, immediate, manual or polls:N")
    if isinstance(task_seconds, bool) or not isinstance(task_seconds, int | float) or not 0 <= task_seconds <= 86_400:
        raise Misuse(f"task_seconds {task_seconds!r} is out of range", "use 0 to 86400")
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise Misuse(f"seed {seed!r} is no whole number", "use one, for example 0")
    if not isinstance(options or {}, dict):
        raise Misuse(f"options {options!r} are no mapping", 'use {"service.option": value}')
    if isinstance(secrets, str):
        raise Misuse(f"secrets is {secrets!r}", "use a tuple of names")
    kept: dict[str, Any] = {
        "most_tasks": most_tasks,
        "most_accounts": most_accounts,
        "most_resources": most_resources,
        "most_requests": most_requests,
        "most_journal_bytes": most_journal_bytes,
        "most_callbacks": most_callbacks,
        "most_state_bytes": most_state_bytes,
        "most_nonces": most_nonces,
    }
    for name, value in kept.items():
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 1 << 40:
            raise Misuse(f"{name} is {value!r}", "use a whole number from 1 on")
    chosen = Settings(
        auth=auth,
        progress=Progress.parse(progress, float(task_seconds)),
        seed=seed,
        options=dict(options or {}),
        secrets=tuple(secrets),
    )
    return replace(chosen, **kept)


def check_options(engine: Engine) -> None:
    """Misuse: a switch that no contract declares, or a value that it does not take."""
    for name, value in engine.settings.options.items():
        service_id, _, switch = str(name).partition(".")
        if service_id not in engine.contracts.ids():
            hint = nearest(service_id, engine.contracts.ids())
            raise Misuse(f"option {name!r}: there is no service {service_id!r}", hint)
        declared = engine.contracts.service(service_id).options
        if switch not in declared:
            raise Misuse(f"option {name!r} is not known", f"{service_id} has {', '.join(declared) or 'none'}")
        if "enum" in declared[switch] and value not in declared[switch]["enum"]:
            raise Misuse(f"option {name} = {value!r}", f"use one of {declared[switch]['enum']}")


BINDING = tuple(one.name for one in fields(Binding))
SETTINGS = tuple(signature(settings_from).parameters)


class Running:
    """A server that runs in a thread until `stop`. Misuse: wrong options, or the port is taken.

    options  those of `settings_from` and the members of `Binding`; port 0 picks a free one
    """

    def __init__(self, **options: Any) -> None:
        if unknown := [name for name in options if name not in (*BINDING, *SETTINGS)]:
            raise Misuse(f"there is no option {unknown[0]!r}", nearest(unknown[0], (*SETTINGS, *BINDING)))
        if options.get("admin_token") == "":
            raise Misuse("the admin token is empty", "give it a value or leave it out")
        self.engine = Engine(settings_from(**{name: options[name] for name in SETTINGS if name in options}))
        check_options(self.engine)
        self._binding = Binding(**{"port": 0, **{name: options[name] for name in BINDING if name in options}})
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="mockcloud", daemon=True)
        self._thread.start()
        try:
            self.server = self._wait(self._start())
        except BaseException:
            self._end()
            raise
        self.url = self.server.url
        if not self._binding.admin_token and self._binding.admin and not is_loopback(self._binding.host):
            log.warning("anybody who reaches %s can control the mock; admin_token=... keeps others out", self.url)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _start(self) -> Server:
        server = Server(self.engine, self._binding)
        await server.start()
        return server

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def call(self, method: str, path: str, body: Json | None) -> tuple[int, Json]:
        """One admin call without a socket."""
        path, _, query = path.partition("?")
        headers = [("Host", "127.0.0.1")]
        if self._binding.admin_token:
            headers.append(("Authorization", f"Bearer {self._binding.admin_token}"))
        data = b"" if body is None else orjson.dumps(body)
        wire = Wire(method, f"/_mockcloud{path}", query, tuple(headers), data)
        answer = self._wait(self.server.admin.answer(wire))
        return answer.status, orjson.loads(answer.body)

    def wrong(self) -> Json:
        """What `Cloud.wrong` says. Two numbers are read without going through the server's thread, for every test."""
        return {"bugs": self.engine.bugs, "unrouted": self.engine.unrouted}

    def stop(self) -> None:
        """End the server and its thread; a second time nothing happens."""
        if not self._loop.is_closed():
            self._wait(self.server.stop())
            self._end()

    async def _cancel_rest(self) -> None:
        """End handlers that sleep in a wire fault: aiohttp cancels them on shutdown and does not wait for them."""
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    def _end(self) -> None:
        self._wait(self._cancel_rest())
        self._wait(self._loop.shutdown_default_executor())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

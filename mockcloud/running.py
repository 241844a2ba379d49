"""A server in a thread of its own, and what the options of `start` and of the command line mean."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import orjson

from .gate import MODES
from .model import Misuse, Wire
from .pipeline import Engine
from .server import Binding, Server
from .state import Settings
from .tasks import Progress

Json = dict[str, Any]


def settings_from(
    *,
    auth: str = "strict",
    progress: str = "timed",
    task_seconds: float = 2.0,
    seed: int = 0,
    options: Json | None = None,
) -> Settings:
    """Checked settings. Misuse: an unknown mode or a number out of range."""
    if auth not in MODES:
        raise Misuse(f"auth {auth!r} is not known", f"use one of {', '.join(MODES)}")
    if not 0 <= task_seconds <= 86_400:
        raise Misuse(f"task_seconds {task_seconds!r} is out of range", "use 0 to 86400")
    return Settings(auth=auth, progress=Progress.parse(progress, task_seconds), seed=seed, options=options or {})


def check_options(engine: Engine) -> None:
    """Misuse: a switch that no contract declares, or a value that it does not take."""
    for name, value in engine.settings.options.items():
        service_id, _, switch = name.partition(".")
        if service_id not in engine.contracts.ids():
            raise Misuse(
                f"option {name!r}: there is no service {service_id!r}", f"use {', '.join(engine.contracts.ids())}"
            )
        declared = engine.contracts.service(service_id).options
        if switch not in declared:
            raise Misuse(f"option {name!r} is not known", f"{service_id} has {', '.join(declared) or 'none'}")
        if "enum" in declared[switch] and value not in declared[switch]["enum"]:
            raise Misuse(f"option {name} = {value!r}", f"use one of {declared[switch]['enum']}")


class Running:
    """A server that runs in a thread until `stop`. Misuse: wrong options, or the port is taken."""

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        max_body: int = 1024 * 1024,
        callback_hosts: tuple[str, ...] = (),
        admin_token: str = "",
        **settings: Any,
    ) -> None:
        try:
            self.engine = Engine(settings_from(**settings))
        except TypeError as problem:
            raise Misuse(f"start(): {str(problem).partition('() ')[2]}", "see help(mockcloud.start)") from None
        check_options(self.engine)
        binding = Binding(host, port, max_body, tuple(callback_hosts), admin_token)
        self._token = admin_token
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="mockcloud", daemon=True)
        self._thread.start()
        try:
            self.server = self._wait(self._start(binding))
        except BaseException:
            self._end()
            raise
        self.url = self.server.url

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _start(self, binding: Binding) -> Server:
        server = Server(self.engine, binding)
        await server.start()
        return server

    def _wait(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def call(self, method: str, path: str, body: Json | None) -> tuple[int, Json]:
        """One admin call without a socket."""
        path, _, query = path.partition("?")
        headers = [("Host", "127.0.0.1")]
        if self._token:
            headers.append(("Authorization", f"Bearer {self._token}"))
        data = b"" if body is None else orjson.dumps(body)
        wire = Wire(method, f"/_mockcloud{path}", query, tuple(headers), data)
        answer = self._wait(self.server.admin.answer(wire))
        return answer.status, orjson.loads(answer.body)

    def stop(self) -> None:
        """End the server and its thread."""
        self._wait(self.server.stop())
        self._end()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

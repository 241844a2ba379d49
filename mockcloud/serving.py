"""The server as a process of its own: runs until it is told to stop, says where it is, cleans up behind itself."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .admin import is_loopback
from .cloud import Cloud
from .contract.load import Contracts
from .gate import KEY_ID, SECRET, TOKEN
from .model import Misuse
from .pipeline import Engine
from .running import check_options, settings_from
from .server import Binding, Server

Json = dict[str, Any]
log = logging.getLogger("mockcloud.serving")

INTERRUPTED = 130
_STOPPING_SECONDS = 4.5  # below the five that whoever stops it is promised


class CannotRun(Exception):
    """Nothing is wrong with what was asked for, but it cannot be done here and now: the port is taken, say."""


def serve(engine: Engine, binding: Binding, announce: Callable[[str], None], endpoints_file: Path | None = None) -> int:
    """Run until SIGTERM (0) or SIGINT (130); gives the exit code. CannotRun: cannot listen, cannot write the file.

    announce        is called with the URL as soon as requests are answered
    endpoints_file  is there while the server is; see `endpoints_text`
    """
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(_run(engine, binding, announce, endpoints_file))


async def _run(engine: Engine, binding: Binding, announce: Callable[[str], None], endpoints_file: Path | None) -> int:
    stopped = _stop_signals()
    server = Server(engine, binding)
    try:
        await server.start()
    except Misuse as problem:
        raise CannotRun(str(problem)) from problem
    written = None
    try:
        if endpoints_file is not None:
            written = write_endpoints(endpoints_file, server.url)
        announce(server.url)
        _welcome(binding, server.url)
        return await stopped
    finally:
        if endpoints_file is not None and written is not None:
            remove_endpoints(endpoints_file, written)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(server.stop(), _STOPPING_SECONDS)


def _stop_signals() -> asyncio.Future[int]:
    """Comes true with the exit code when somebody wants the end. The same signal again ends it the hard way."""
    loop = asyncio.get_running_loop()
    stopped: asyncio.Future[int] = loop.create_future()

    def stop(number: int, code: int) -> None:
        loop.remove_signal_handler(number)
        if not stopped.done():
            log.info("stopping")
            stopped.set_result(code)

    for number, code in ((signal.SIGTERM, 0), (signal.SIGINT, INTERRUPTED)):
        # Where the loop knows no signals, the runner turns SIGINT into a KeyboardInterrupt.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stop, number, code)
    return stopped


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory


def _welcome(binding: Binding, url: str) -> None:
    """Log what a first call needs, and who else may call."""
    log.info(
        "access key id %s, secret %s, token %s; any id %s-<name> is an account of its own",
        *(KEY_ID, SECRET, TOKEN, KEY_ID),
    )
    log.info("sample resources: %s/_mockcloud/resources; what is served: `mockcloud services`", url)
    if not binding.admin_token and not is_loopback(binding.host):
        log.warning("anybody who reaches this address can control the mock; --admin-token TOKEN keeps others out")


# What was asked for, checked.


def engine_for(settings: Json, switches: tuple[str, ...] = ()) -> Engine:
    """An engine with checked settings; switches: "service.option=value". Misuse: what is not known or out of range."""
    contracts, options = Contracts(), {}
    for switch in switches:
        name, equals, text = switch.partition("=")
        if not equals:
            raise Misuse(f"--set {switch!r} has no value", "write SERVICE.OPTION=VALUE")
        options[name] = _typed(contracts, name, text)
    engine = Engine(settings_from(**settings, options=options))
    check_options(engine)
    return engine


def _typed(contracts: Contracts, name: str, text: str) -> Any:
    """The value that the contract declares for this text (30, not "30"); the text itself when it declares none."""
    service_id, _, option = name.partition(".")
    if service_id not in contracts.ids():
        return text
    declared = contracts.service(service_id).options.get(option, {}).get("enum", ())
    return next((value for value in declared if _written(value) == text), text)


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


# The file that says where it is.


def endpoints(url: str) -> dict[str, str]:
    """What a client has to be given, by the names of the fixture's attributes; all of it text."""
    cloud = Cloud(url, _nobody)
    return {
        "url": cloud.url,
        "host": cloud.host,
        "port": str(cloud.port),
        "endpoint": cloud.endpoint,
        "region": cloud.region,
        "access_key_id": KEY_ID,
        "access_key_secret": cloud.access_key_secret,
        "token": cloud.token,
        "project_id": cloud.project_id,
        "pid": str(os.getpid()),
    }


def _nobody(method: str, path: str, body: Json | None) -> tuple[int, Json]:
    raise NotImplementedError


def endpoints_text(path: Path, url: str) -> str:
    """The content of the endpoints file: a JSON object for *.json, else one MOCKCLOUD_NAME=value per line."""
    known = endpoints(url)
    if path.suffix == ".json":
        return json.dumps(known, indent=2) + "\n"
    return "".join(f"MOCKCLOUD_{name.upper()}={value}\n" for name, value in known.items())


def write_endpoints(path: Path, url: str) -> str:
    """Put the file in place, whole or not at all; gives its content. CannotRun: it cannot be written."""
    text = endpoints_text(path, url)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_text(text, "utf-8")
        unfinished.replace(path)
    except OSError as problem:
        unfinished.unlink(missing_ok=True)
        raise CannotRun(f"cannot write the endpoints file {path}: {problem.strerror or problem}") from problem
    return text


def remove_endpoints(path: Path, text: str) -> None:
    """Take the file away, unless another server has written its own meanwhile."""
    with contextlib.suppress(OSError):
        if path.read_text("utf-8") == text:
            path.unlink()

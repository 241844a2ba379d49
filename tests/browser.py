"""A page in Debian's chromium, headless, spoken to over its debugging socket. Nothing else starts a browser."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp

Json = dict[str, Any]

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-port=0"),
)
_PATIENCE_S = 60.0


def program() -> str | None:
    """The browser that is installed, None when there is none."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@contextmanager
def opened(profile: Path) -> Iterator[Browser]:
    """A browser with a fresh profile, ended by its process id."""
    command = [program() or "chromium", *FLAGS, f"--user-data-dir={profile}", "about:blank"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    try:
        lines = process.stderr or ()
        address = next(line.split()[-1] for line in lines if line.startswith("DevTools listening on "))
        browser = Browser(address)
        try:
            yield browser
        finally:
            browser.close()
    finally:
        process.terminate()
        process.communicate(timeout=_PATIENCE_S)


class Browser:
    """One tab. `requests`: every address that a page has asked for; `complaints`: what it wrote to its console."""

    def __init__(self, address: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._numbers = itertools.count(1)
        self._tab = ""
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self._do(self._connect(address))
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._tab = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def _do(self, work: Any) -> Any:
        return self._loop.run_until_complete(asyncio.wait_for(work, _PATIENCE_S))

    async def _connect(self, address: str) -> None:
        self._http = aiohttp.ClientSession()
        self._socket = await self._http.ws_connect(address, max_msg_size=0)

    async def _disconnect(self) -> None:
        await self._socket.close()
        await self._http.close()

    def close(self) -> None:
        """Let go of the socket."""
        self._do(self._disconnect())
        self._loop.close()

    def call(self, method: str, **parameters: Any) -> Json:
        """One command, and its result."""
        return self._do(self._call(method, parameters))

    async def _call(self, method: str, parameters: Json) -> Json:
        number = next(self._numbers)
        session = {"sessionId": self._tab} if self._tab else {}
        await self._socket.send_json({"id": number, "method": method, "params": parameters, **session})
        while True:
            told = await self._socket.receive_json()
            if told.get("id") == number:
                assert "error" not in told, told["error"]
                return told["result"]
            self._note(told)

    async def _until(self, event: str) -> None:
        while (told := await self._socket.receive_json()).get("method") != event:
            self._note(told)

    def _note(self, told: Json) -> None:
        parameters = told.get("params", {})
        match told.get("method"):
            case "Network.requestWillBeSent":
                self.requests.append(parameters["request"]["url"])
            case "Runtime.consoleAPICalled":
                self.complaints.append(str(parameters["args"]))
            case "Runtime.exceptionThrown":
                self.complaints.append(str(parameters["exceptionDetails"]))
            case "Log.entryAdded":
                self.complaints.append(parameters["entry"]["text"])

    def show(self, page: Path) -> None:
        """Load a page, wait until it is there."""
        self.requests.clear()
        self.complaints.clear()
        self.call("Page.navigate", url=page.absolute().as_uri())
        self._do(self._until("Page.loadEventFired"))

    def ask(self, expression: str) -> Any:
        """The value of an expression in the page."""
        told = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def dress(self, scheme: str) -> None:
        """Prefer "light" or "dark"."""
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def resize(self, width: int, height: int) -> None:
        """The size of the window, in px."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def allow_scripts(self, are_allowed: bool) -> None:
        """Whether the next page may run its script."""
        self.call("Emulation.setScriptExecutionDisabled", value=not are_allowed)

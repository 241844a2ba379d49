"""The pytest door: fixtures `mockcloud`, `mockcloud_server`, `mockcloud_config`, a marker and an option.

Imports nothing but pytest until a test asks for a mock.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

if TYPE_CHECKING:
    from .cloud import Cloud

T = TypeVar("T")

_MARKER = (
    "mockcloud(auth=, progress=, task_seconds=, seed=, options=, allow_unrouted=False): "
    "start options of the mock for this test"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --mockcloud-url and --mockcloud-admin-token."""
    group = parser.getgroup("mockcloud", "test double of four clouds' media services")
    group.addoption("--mockcloud-url", metavar="URL", help="use the mockcloud server that runs there")
    group.addoption("--mockcloud-admin-token", metavar="TOKEN", default="", help="its admin token, if it has one")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", _MARKER)


class Servers:
    """The mocks of one session (of one xdist worker): one for every set of start options that tests ask for."""

    def __init__(self, url: str | None, admin_token: str) -> None:
        self._url, self._admin_token = url, admin_token
        self._stack = contextlib.ExitStack()
        self._clouds: dict[str, Cloud] = {}
        self._kept: dict[Any, Any] = {}

    def get(self, options: dict[str, Any]) -> Cloud:
        """The mock with these start options."""
        from . import attach, start
        from .model import Misuse

        key = repr(sorted(options.items()))
        if key not in self._clouds:
            if self._url and options:
                raise Misuse(
                    f"the server at {self._url} cannot be given {sorted(options)}",
                    "start it with these options, or run without --mockcloud-url",
                )
            cloud = attach(self._url, self._admin_token) if self._url else self._stack.enter_context(start(**options))
            self._stack.enter_context(_without_proxy(cloud.endpoint))
            self._clouds[key] = cloud
        return self._clouds[key]

    def once(self, key: Any, make: Callable[[], AbstractContextManager[T]]) -> T:
        """Something that this session needs once, closed at its end."""
        if key not in self._kept:
            self._kept[key] = self._stack.enter_context(make())
        found: T = self._kept[key]
        return found

    def close(self) -> None:
        """Stop them all."""
        self._stack.close()


@contextlib.contextmanager
def _without_proxy(endpoint: str) -> Iterator[None]:
    """Keep clients that heed the environment from sending loopback traffic through a proxy."""
    # Tencent's client looks for "127.0.0.1:PORT" inside NO_PROXY, others compare host names.
    patch = pytest.MonkeyPatch()
    import os

    for name in ("NO_PROXY", "no_proxy"):
        known = os.environ.get(name, "")
        patch.setenv(name, ",".join(filter(None, (known, "127.0.0.1", "localhost", endpoint))))
    try:
        yield
    finally:
        patch.undo()


@pytest.fixture(scope="session")
def mockcloud_config() -> dict[str, Any]:
    """Start options of the mock; override it in your conftest.py."""
    return {}


@pytest.fixture(scope="session")
def mockcloud_servers(request: pytest.FixtureRequest) -> Iterator[Servers]:
    """All mocks of this session."""
    servers = Servers(request.config.getoption("--mockcloud-url"), request.config.getoption("--mockcloud-admin-token"))
    yield servers
    servers.close()


@pytest.fixture(scope="session")
def mockcloud_server(mockcloud_servers: Servers, mockcloud_config: dict[str, Any]) -> Cloud:
    """The session's mock, not reset between tests."""
    return mockcloud_servers.get(mockcloud_config)


def _marked(node: pytest.Item) -> dict[str, Any]:
    """The options of all markers of a test; those nearer to it win."""
    options: dict[str, Any] = {}
    for marker in reversed(list(node.iter_markers("mockcloud"))):
        if marker.args:
            pytest.fail(f"@pytest.mark.mockcloud takes options by name only, not {marker.args!r}", pytrace=False)
        options.update(marker.kwargs)
    return options


@pytest.fixture
def mockcloud(
    request: pytest.FixtureRequest, mockcloud_servers: Servers, mockcloud_config: dict[str, Any]
) -> Iterator[Cloud]:
    """A clean mock for this test; fails the test when mockcloud failed, or was sent what belongs to no service."""
    options = _marked(request.node)
    allow_unrouted = options.pop("allow_unrouted", False)
    cloud = mockcloud_servers.get({**mockcloud_config, **options})
    cloud.reset()
    yield cloud
    wrong = cloud.admin("GET", "/health")
    if wrong["bugs"]:
        pytest.fail(f"mockcloud itself failed {wrong['bugs']} time(s), see the log", pytrace=False)
    if wrong["unrouted"] and not allow_unrouted:
        lost = [
            f"{entry['method']} {entry['path']}: {entry['detail']}"
            for entry in cloud.requests()
            if not entry["service"]
        ]
        pytest.fail("requests that belong to no service:\n" + "\n".join(lost), pytrace=False)

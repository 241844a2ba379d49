"""The pytest door: fixtures `mockcloud`, `mockcloud_server`, `mockcloud_config`, a marker, options, reports.

Imports nothing but pytest until a test asks for a mock.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

if TYPE_CHECKING:
    from .check.gathering import Gathering
    from .cloud import Cloud

T = TypeVar("T")

_MARKER = (
    "mockcloud(auth=, progress=, task_seconds=, seed=, options=, allow_unrouted=False): "
    "start options of the mock for this test"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("mockcloud", "test double of four clouds' media services")
    group.addoption("--mockcloud-url", metavar="URL", help="use the mockcloud server that runs there")
    group.addoption("--mockcloud-admin-token", metavar="TOKEN", default="", help="its admin token, if it has one")
    group.addoption(
        "--mockcloud-report",
        metavar="FORMAT=FILE,...",
        action="append",
        default=[],
        help="say which documented rules, codes and states the tests exercised: json=F, html=F, junit=F, sarif=F, "
        "github",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known. UsageError: a report that cannot be written, one server for several workers."""
    config.addinivalue_line("markers", _MARKER)
    workers = config.getoption("numprocesses", 0) or 0  # of xdist
    if config.getoption("--mockcloud-url") and workers > 1 and not hasattr(config, "workerinput"):
        raise pytest.UsageError(
            f"--mockcloud-url: {workers} workers cannot share a server, each test begins with a clean one; "
            "use -n 1, or leave the option out: then every worker has a server of its own"
        )
    if config.getoption("--mockcloud-report"):
        gathering(config)


_GATHERING = pytest.StashKey["Gathering"]()
_PROBLEMS = pytest.StashKey[list[str]]()
_SESSION = pytest.StashKey[pytest.Session]()


def gathering(config: pytest.Config) -> Gathering:
    """Where the session's results come together, imported when it is first asked for."""
    if _GATHERING not in config.stash:
        from .check.gathering import Gathering
        from .check.report import wanted
        from .model import Misuse

        try:
            config.stash[_GATHERING] = Gathering(wanted(config.getoption("--mockcloud-report")))
        except Misuse as problem:
            raise pytest.UsageError(f"--mockcloud-report: {problem}") from None
    return config.stash[_GATHERING]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """A worker of xdist has ended: take in what it had."""
    told = getattr(node, "workeroutput", {}).get("mockcloud")
    if told:
        gathering(node.config).take_in(told)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand over to the controller; there, or without workers, judge exceptions and levels."""
    config = session.config
    found = config.stash.get(_GATHERING, None)
    if found is None:
        return
    if hasattr(config, "workeroutput"):
        config.workeroutput["mockcloud"] = found.dump()
        return
    found.finish()
    config.stash[_SESSION] = session
    config.stash[_PROBLEMS] = found.problems()
    if config.stash[_PROBLEMS] and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say what was found beside the tests' own results, and write the reports."""
    found = config.stash.get(_GATHERING, None)
    if found is None or hasattr(config, "workeroutput"):
        return
    problems, notes = config.stash.get(_PROBLEMS, []), list(found.notes())
    if problems or notes or config.getoption("--mockcloud-report"):
        terminalreporter.section("mockcloud")
    for said in problems:
        terminalreporter.write_line(said, red=True)
    for said in notes:
        terminalreporter.write_line(said, yellow=True)
    import os
    from pathlib import Path

    from .model import Misuse

    step = os.environ.get("GITHUB_STEP_SUMMARY", "")
    try:
        found.write(terminalreporter.write_line, Path(step) if step else None)
    except Misuse as problem:
        terminalreporter.write_line(f"--mockcloud-report: {problem}", red=True)
        config.stash[_SESSION].exitstatus = pytest.ExitCode.USAGE_ERROR


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Whose traffic it is that comes now."""
    found = item.config.stash.get(_GATHERING, None)
    if found is not None and found.traffic is not None:
        found.traffic.test = item.nodeid


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Count the traffic while the mocks are still there."""
    found = item.config.stash.get(_GATHERING, None)
    if found is not None and found.traffic is not None:
        found.traffic.read_all()


class Servers:
    """The mocks of one session (of one xdist worker): one for every set of start options that tests ask for."""

    def __init__(
        self, url: str | None, admin_token: str, watch: Callable[[Cloud], Cloud] = lambda cloud: cloud
    ) -> None:
        self._url, self._admin_token = url, admin_token
        self._watch = watch
        self._watched: dict[str, Cloud] = {}
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

    def watched(self, options: dict[str, Any]) -> Cloud:
        """The same mock, for ordinary tests: what they send counts in reports."""
        cloud = self.get(options)
        return self._watched.setdefault(cloud.url, self._watch(cloud))

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
    config = request.config
    url, token = config.getoption("--mockcloud-url"), config.getoption("--mockcloud-admin-token")
    is_reported = config.getoption("--mockcloud-report")
    servers = Servers(url, token, gathering(config).watched) if is_reported else Servers(url, token)
    yield servers
    servers.close()


@pytest.fixture(scope="session")
def mockcloud_server(mockcloud_servers: Servers, mockcloud_config: dict[str, Any]) -> Cloud:
    """The session's mock, not reset between tests."""
    return mockcloud_servers.watched(mockcloud_config)


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
    cloud = mockcloud_servers.watched({**mockcloud_config, **options})
    cloud.reset()
    yield cloud
    wrong = cloud.wrong()
    if wrong["bugs"]:
        pytest.fail(f"mockcloud itself failed {wrong['bugs']} time(s), see the log", pytrace=False)
    if wrong["unrouted"] and not allow_unrouted:
        lost = [
            f"{entry['method']} {entry['path']}: {entry['detail']}"
            for entry in cloud.requests()
            if not entry["service"]
        ]
        pytest.fail("requests that belong to no service:\n" + "\n".join(lost), pytrace=False)

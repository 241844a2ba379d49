"""A server in a thread of its own, and admin calls to it without a socket."""

from __future__ import annotations

import threading

import pytest

from mockcloud.running import BINDING, SETTINGS, Running, settings_from
from mockcloud.server import Binding
from mockcloud.state import Settings
from mockcloud.tasks import Progress

from .sockets import ask, running

HEALTH = b"GET /_mockcloud/health HTTP/1.1\r\nHost: localhost\r\n\r\n"


def test_server_answers_until_it_is_stopped():
    with running() as server:
        assert ask(server.server.port, HEALTH).status == 200
    with pytest.raises(ConnectionRefusedError):
        ask(server.server.port, HEALTH)


def test_servers_are_apart():
    with running() as first, running() as second:
        first.call("POST", "/faults", {"service": "huawei-mpc", "error": "MPC.10202"})
        assert [one.call("GET", "/faults", None)[1]["total"] for one in (first, second)] == [1, 0]


def test_admin_call_goes_without_a_socket():
    with running(admin=False, admin_token="secret") as server:
        assert server.call("GET", "/tasks?limit=5", None) == (200, {"tasks": [], "total": 0, "dropped": 0})
        assert server.call("POST", "/reset", {"x": 1})[0] == 400


def test_admin_calls_from_many_threads():
    with running() as server:
        answers = []
        threads = [
            threading.Thread(target=lambda: answers.append(server.call("POST", "/reset", {}))) for _ in range(20)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [status for status, _ in answers] == [200] * 20


def test_defaults_are_those_of_the_settings():
    assert settings_from() == Settings()


def test_settings_are_what_was_asked_for():
    made = settings_from(auth="off", progress="polls:3", task_seconds=5, seed=7, options={"a.b": 1}, secrets=("X",))
    assert made == Settings("off", Progress("polls", 5.0, 3), 7, options={"a.b": 1}, secrets=("X",))


def test_options_of_settings_and_binding_are_apart():
    assert set(BINDING) & set(SETTINGS) == set()
    assert {"port", "admin_token", "max_body"} <= set(BINDING) == set(Binding.__dataclass_fields__)


def test_members_of_the_binding_are_options():
    with running(max_body=10, head_seconds=5) as server:
        assert (server.server.binding.max_body, server.server.binding.head_seconds) == (10, 5)


def test_names_to_redact_are_taken():
    with running(secrets=("X-Mine",)) as server:
        ask(server.server.port, b"GET /x HTTP/1.1\r\nHost: a\r\nX-Mine: CANARY\r\n\r\n")
        assert "CANARY" not in str(server.call("GET", "/requests", None))


def test_port_is_picked_by_itself():
    server = Running()
    try:
        assert server.server.port > 0
    finally:
        server.stop()

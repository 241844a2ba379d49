"""Who may call the admin interface, held for every route; what it says to calls that are wrong."""

from __future__ import annotations

import asyncio

import orjson
import pytest

from mockcloud.admin import PREFIX, ROUTES, Admin, is_loopback
from mockcloud.model import Wire
from mockcloud.pipeline import Engine

from .contract.catalog import CONTRACTS

ALL = [(method, name, has_id) for name, methods in ROUTES.items() for method, has_id in methods]
IDS = [f"{method}-{name}{'-id' if has_id else ''}" for method, name, has_id in ALL]


class Desk:
    def __init__(self, **how):
        self.engine = Engine(contracts=CONTRACTS)
        self.admin = Admin(self.engine, self.move, **how)

    async def move(self, target, runs=None):
        for _ in self.engine.moves(target()):
            pass

    def ask(self, method, path, body=None, host="127.0.0.1:4580", headers=(), raw=None):
        path, _, query = path.partition("?")
        data = raw if raw is not None else b"" if body is None else orjson.dumps(body)
        wire = Wire(method, f"{PREFIX}{path}", query, (("Host", host), *headers), data)
        reply = asyncio.run(self.admin.answer(wire))
        return reply.status, orjson.loads(reply.body)

    def state(self):
        """All that an admin call could have changed."""
        engine = self.engine
        accounts = {one.name: [state.service.id for state in one.states()] for one in engine.world.accounts()}
        return accounts, len(engine.faults), len(engine.journal), engine.world.resets, engine.clock.is_frozen


@pytest.fixture
def desk():
    return Desk()


def path_of(name, has_id):
    return f"/{name}/1" if has_id else f"/{name}"


# Guards, on every route


@pytest.mark.parametrize(("method", "name", "has_id"), ALL, ids=IDS)
def test_route_asks_for_the_token(method, name, has_id):
    status, answer = Desk(token="secret").ask(method, path_of(name, has_id))
    assert (status, answer) == ((200, {"status": "ok"}) if name == "health" else (401, answer))
    assert name == "health" or "token" in answer["error"]


@pytest.mark.parametrize(("method", "name", "has_id"), ALL, ids=IDS)
def test_route_refuses_a_wrong_token(method, name, has_id):
    desk = Desk(token="secret")
    status, answer = desk.ask(method, path_of(name, has_id), headers=[("Authorization", "Bearer wrong")])
    assert (status, answer) == ((200, {"status": "ok"}) if name == "health" else (401, answer))


@pytest.mark.parametrize(("method", "name", "has_id"), ALL, ids=IDS)
def test_route_lets_the_right_token_in(method, name, has_id):
    desk = Desk(token="secret")
    status, _ = desk.ask(method, path_of(name, has_id), headers=[("authorization", "bearer secret")])
    assert status in (200, 400)


@pytest.mark.parametrize(("method", "name", "has_id"), ALL, ids=IDS)
def test_route_refuses_other_hosts(desk, method, name, has_id):
    before = desk.state()
    status, answer = desk.ask(method, path_of(name, has_id), host="evil.example")
    assert (status, answer["hint"], desk.state()) == (403, "allow it with --allow-host", before)


@pytest.mark.parametrize(("method", "name", "has_id"), ALL, ids=IDS)
@pytest.mark.parametrize(
    "headers",
    [
        [("Origin", "http://evil.example")],
        [("Origin", "null")],
        [("Origin", "http://127.0.0.1:9999")],
        [("Sec-Fetch-Site", "cross-site")],
        [("sec-fetch-site", "Same-Site")],
        [("Sec-Fetch-Site", "none"), ("Sec-Fetch-Site", "cross-site")],
        [("Sec-Fetch-Site", "cross-site, none")],
        [("Origin", "http://127.0.0.1"), ("Origin", "http://evil.example")],
    ],
    ids=["origin", "null", "port", "cross", "same", "two-sites", "listed", "two-origins"],
)
def test_route_refuses_other_sites(desk, method, name, has_id, headers):
    before = desk.state()
    status, answer = desk.ask(method, path_of(name, has_id), headers=headers)
    assert (status, answer["error"], desk.state()) == (403, "requests from other sites are refused", before)


@pytest.mark.parametrize("name", [name for method, name, has_id in ALL if method == "GET" and not has_id])
def test_get_has_no_effect(desk, name):
    desk.ask("GET", "/resources")  # samples come with the first look
    before = desk.state()
    assert desk.ask("GET", f"/{name}", {"account": "mockcloud-x", "error": "x"})[0] == 200
    assert desk.state() == before


def test_every_change_is_asked_for_by_post_or_delete():
    assert {method for method, _, _ in ALL} == {"GET", "POST", "DELETE"}


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PUT", "OPTIONS"])
def test_no_answer_lets_other_sites_read(desk, method):
    wire = Wire(method, f"{PREFIX}/health", "", (("Host", "localhost"), ("Origin", "http://localhost")), b"")
    headers = [name.lower() for name, _ in asyncio.run(desk.admin.answer(wire)).headers]
    assert [name for name in headers if name.startswith("access-control")] == []


# Hosts


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:4580", "localhost", "LOCALHOST:1", "[::1]:4580", "127.8.8.8"])
def test_loopback_host_is_allowed(desk, host):
    assert desk.ask("GET", "/health", host=host)[0] == 200


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "127.0.0.1.nip.example",
        "localhost.evil.example",
        "192.168.0.1",
        "[::2]",
        "[::1",
        "a:b:c",
        "@localhost:x@",
    ],
)
def test_other_host_is_refused(desk, host):
    assert desk.ask("GET", "/health", host=host)[0] == 403


@pytest.mark.parametrize("headers", [[("Host", "localhost")], [("host", "evil.example")]])
def test_second_host_header_is_refused(desk, headers):
    assert desk.ask("GET", "/health", headers=headers)[0] == 403


def test_listed_host_is_allowed():
    assert Desk(hosts=("Mock.internal",)).ask("GET", "/health", host="mock.INTERNAL:4580")[0] == 200


def test_own_origin_is_allowed(desk):
    status, _ = desk.ask("GET", "/health", host="localhost:1", headers=[("Origin", "http://localhost:1")])
    assert status == 200


def test_callback_cannot_command_a_mock(desk):
    status, answer = desk.ask("POST", "/reset", headers=[("User-Agent", "mockcloud-callback")])
    assert (status, answer["error"]) == (403, "a callback cannot command a mock")


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("127.0.0.2", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("example.com", False),
    ],
)
def test_is_loopback(host, loopback):
    assert is_loopback(host) is loopback


# Calls that are wrong


@pytest.mark.parametrize(
    ("method", "path", "status", "hint"),
    [
        ("GET", "/healt", 404, "did you mean 'health'?"),
        ("GET", "/reset", 405, "there are POST /_mockcloud/reset"),
        ("POST", "/health", 405, "there are GET /_mockcloud/health"),
        ("DELETE", "/clock", 405, "there are GET /_mockcloud/clock, POST /_mockcloud/clock"),
        ("GET", "/tasks/1/2", 404, "did you mean 'tasks'?"),
        ("GET", "", 404, "there are health"),
        ("PATCH", "/faults/7", 405, "DELETE /_mockcloud/faults/{id}"),
    ],
)
def test_call_that_is_none_names_the_nearest(desk, method, path, status, hint):
    given, answer = desk.ask(method, path)
    assert given == status
    assert hint in answer["hint"]


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"{", "the body is not JSON"),
        (b"[]", "the body is no JSON object"),
        (b'"x"', "the body is no JSON object"),
        (b"\xff", "the body is not JSON"),
        (b"[" * 2000, "the body is not JSON"),
    ],
)
def test_body_that_is_no_object_is_refused(desk, raw, error):
    status, answer = desk.ask("POST", "/reset", raw=raw)
    assert (status, answer["error"].startswith(error)) == (400, True)


@pytest.mark.parametrize("raw", [b"", b"  \n"])
def test_no_body_counts_as_an_empty_object(desk, raw):
    assert desk.ask("POST", "/reset", raw=raw)[0] == 200


@pytest.mark.parametrize(
    ("method", "path", "body", "error", "hint"),
    [
        ("POST", "/reset", {"acount": "mockcloud"}, "'acount' is not a field here", "did you mean 'account'?"),
        ("POST", "/reset", {"account": 5}, "account must be string", "got 5"),
        ("POST", "/reset", {"account": ""}, "account must have at least 1", "got ''"),
        ("GET", "/health?x=1", None, "'x' is not a field here", "there are none"),
        ("POST", "/resources", {"service": "huawei-mpc", "kind": "object"}, "items is mandatory", "it is absent"),
        ("POST", "/resources", {"service": "s", "kind": "k", "items": {}}, "items must be array", "got {}"),
        ("POST", "/faults", {"service": "s", "error": "e", "times": -1}, "times must be from 0 to 1000000", "got -1"),
        ("POST", "/faults", {"service": "s", "error": "e", "times": True}, "times must be integer", "got True"),
        ("POST", "/clock", {"advance": "5"}, "advance must be number", "got '5'"),
        ("POST", "/clock", {"advance": -1}, "advance must be from 0", "got -1"),
        ("GET", "/requests?limit=0", None, "limit must be from 1", "got '0'"),
        ("GET", "/requests?limit=x", None, "limit must be integer", "got 'x'"),
        ("GET", "/requests?violations=2", None, "violations must be boolean", "got '2'"),
        ("POST", "/tasks/1", {"status": []}, "status must be string or integer", "got []"),
    ],
)
def test_input_is_checked_like_a_providers(desk, method, path, body, error, hint):
    status, answer = desk.ask(method, path, body)
    assert status == 400
    assert error in answer["error"]
    assert hint in answer["hint"]


def test_long_input_is_not_repeated(desk):
    status, answer = desk.ask("POST", "/reset", {"x" * 100_000: 1})
    assert (status, len(answer["error"]) < 400) == (400, True)


def test_failure_of_ours_is_json_and_counted(desk, monkeypatch, caplog):
    monkeypatch.setattr(desk.engine, "reset", lambda *_: 1 / 0)
    status, answer = desk.ask("POST", "/reset")
    assert (status, answer["error"], desk.engine.bugs) == (500, "mockcloud itself failed", 1)
    assert "ZeroDivisionError" in caplog.text


def test_what_was_refused_on_the_way_in_is_said_after_the_guards(desk):
    wire = Wire("POST", f"{PREFIX}/reset", "", (("Host", "evil.example"),), b"")
    assert asyncio.run(desk.admin.answer(wire, (413, "too large"))).status == 403
    wire = Wire("POST", f"{PREFIX}/reset", "", (("Host", "localhost"),), b"")
    assert asyncio.run(desk.admin.answer(wire, (413, "too large"))).status == 413


@pytest.mark.parametrize("given", ["secr\udcffet", "sécret", ""])
def test_tokens_of_any_text_are_compared(given):
    assert Desk(token="secret").ask("POST", "/reset", headers=[("Authorization", f"Bearer {given}")])[0] == 401

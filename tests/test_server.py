"""What arrives on a socket, however malformed, is answered in the right shape; time, resets and polls over HTTP."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import ExitStack

import pytest

from mockcloud.bounds import Bounds
from mockcloud.model import Misuse, Reply, WireReply
from mockcloud.providers.tencent import events
from mockcloud.server import Binding

from .sockets import CONTRACTS, CREATE, LIST, TASK, ask, cloud_of, composed, line, running, until, written

PROJECT = "/v1/00000000000000000000000000000001/animated-graphics"


@pytest.fixture(scope="module")
def server():
    with running(max_body=1024 * 1024) as found:
        yield found


@pytest.fixture
def port(server):
    server.engine.reset()
    yield server.server.port
    assert server.engine.bugs == 0


def head(path="/v1/p/animated-graphics", method="POST", *more):
    lines = "".join(f"{one}\r\n" for one in more)
    return f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{lines}\r\n".encode()


def is_json_error(answer):
    return answer.headers["content-type"].startswith("application/json") and set(answer.json) == {"error", "hint"}


# What is not HTTP


@pytest.mark.parametrize(
    "data",
    [
        b"nonsense\r\n\r\n",
        b"GET\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nBad Header: 1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nNoColon\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 70_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n" + b"".join(b"X%d: 1\r\n" % n for n in range(200)) + b"\r\n",
    ],
    ids=lambda data: data[:24].decode("latin-1"),
)
def test_what_is_not_http_gets_json(port, data):
    answer = ask(port, data)
    assert 400 <= answer.status < 500
    assert is_json_error(answer)
    assert "this is not HTTP" in answer.json["error"]


def test_the_next_connection_is_fine_after_nonsense(port):
    ask(port, b"nonsense\r\n\r\n")
    assert ask(port, head("/_mockcloud/health", "GET")).status == 200


def test_bad_chunking_is_answered_in_the_shape_of_the_provider(port):
    answer = ask(port, head(PROJECT, "POST", "Transfer-Encoding: chunked") + b"zz\r\n{}\r\n0\r\n\r\n")
    assert answer.status == 400
    assert is_json_error(answer) or answer.json["error_code"] == "MPC.10202"


def test_chunked_body_is_read(port):
    wire = composed(CREATE, TASK, port)
    first, body = written(wire)
    first = first.replace(b"Content-Length: %d\r\n" % len(body), b"Transfer-Encoding: chunked\r\n")
    assert ask(port, first + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)).status == 200


# Requests that belong to nobody


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "OPTIONS", "TRACE"])
def test_request_of_no_service_is_404_in_json(port, method):
    answer = ask(port, head("/nowhere", method))
    assert (answer.status, is_json_error(answer), answer.headers["x-mockcloud-reason"]) == (404, True, "unrouted")


def test_head_has_no_body(port):
    with line(port) as one:
        one.send(head("/nowhere", "HEAD") + head("/_mockcloud/health", "GET"))
        assert one.answer("HEAD").status == 404
        assert one.answer("GET").json["status"] == "ok"


def test_absolute_target_is_a_path(port):
    answer = ask(port, head(f"http://127.0.0.1:{port}/_mockcloud/health", "GET"))
    assert answer.json["status"] == "ok"


def test_long_unknown_path_is_answered_at_once(port):
    begin = time.monotonic()
    answer = ask(port, head("/v1/" + "a/" * 15_000 + "x", "DELETE"))
    assert answer.status in (400, 404)
    assert time.monotonic() - begin < 2.0


def test_bytes_that_are_not_utf8_are_no_bug(port):
    answer = ask(port, b"GET /?Action=%ff\xff&Version=2019-08-10 HTTP/1.1\r\nHost: a\r\nX-Odd: \xff\r\n\r\n")
    assert 400 <= answer.status < 500
    assert ask(port, head("/_mockcloud/requests", "GET")).status == 200


# Bounds


def test_body_over_the_limit_is_answered_in_the_shape_of_the_provider(port):
    with line(port) as one:
        one.send(head(PROJECT, "POST", "Content-Length: 5000000"))
        one.send(b"x" * 5_000_000)
        answer = one.answer()
    assert (answer.status, answer.json["error_code"]) == (413, "APIGW.0201")
    assert answer.headers["x-mockcloud-reason"] == "too-large"


def test_chunked_body_over_the_limit_is_answered_too(port):
    with line(port) as one:
        one.send(head(PROJECT, "POST", "Transfer-Encoding: chunked"))
        for _ in range(40):
            one.send(b"10000\r\n" + b"x" * 65_536 + b"\r\n")
        one.send(b"0\r\n\r\n")
        assert one.answer().json["error_code"] == "APIGW.0201"


def test_body_of_exactly_the_limit_is_taken():
    with running(max_body=100) as small:
        assert ask(small.server.port, head(PROJECT, "POST", "Content-Length: 100") + b"x" * 100).status == 401
        assert ask(small.server.port, head(PROJECT, "POST", "Content-Length: 101") + b"x" * 101).status == 413


def test_a_body_as_large_as_a_provider_documents_is_taken_by_default():
    with running() as usual:
        answer = ask(usual.server.port, head(PROJECT, "POST", "Content-Length: 10000000") + b"x" * 10_000_000)
    assert answer.status == 401


def test_over_large_body_that_waits_to_be_asked_for_is_refused_before_it_comes(port):
    answer = ask(port, head(PROJECT, "POST", "Content-Length: 5000000", "Expect: 100-continue"))
    assert answer.status == 413


def test_body_that_waits_to_be_asked_for_is_asked_for(port):
    wire = composed(CREATE, TASK, port)
    first, body = written(wire)
    with line(port) as one:
        one.send(first.replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n"))
        assert one.head()[0] == 100
        one.send(body)
        assert one.answer().status == 200


@pytest.mark.parametrize(
    "body",
    [b"[" * 100 + b"]" * 100, b'{"a":' * 100 + b"1" + b"}" * 100, b"[" * 500_000, b"[" + b"1," * 60_000 + b"1]"],
    ids=["lists", "objects", "open", "members"],
)
def test_too_deep_or_too_many_members_is_answered_in_the_shape_of_the_provider(port, body):
    answer = ask(port, head(PROJECT, "POST", f"Content-Length: {len(body)}") + body)
    assert (answer.status, answer.json["error_code"]) == (400, "MPC.10202")


@pytest.mark.parametrize(
    ("limit", "within", "over"),
    [
        ({"max_line": 500}, head("/" + "x" * 400, "GET"), head("/" + "x" * 600, "GET")),
        ({"max_line": 500}, head("/x", "GET", "X: " + "x" * 400), head("/x", "GET", "X: " + "x" * 600)),
        ({"max_headers": 10}, head("/x", "GET", *["X: 1"] * 5), head("/x", "GET", *["X: 1"] * 15)),
    ],
    ids=["line", "header", "headers"],
)
def test_line_and_headers_are_limited(limit, within, over):
    with running(**limit) as small:
        assert ask(small.server.port, within).status == 404
        answer = ask(small.server.port, over)
    assert (answer.status, "this is not HTTP" in answer.json["error"]) == (400, True)


def test_too_many_parameters_are_answered_in_the_shape_of_the_provider(port):
    answer = ask(port, head("/?Action=X&Version=2017-03-21" + "&a=1" * 6_000, "GET"))
    assert answer.status == 400
    assert b"<RequestId>" in answer.body or "RequestId" in answer.json


def test_body_that_does_not_come_is_given_up_on():
    with running(body_seconds=0.2) as slow, line(slow.server.port) as one:
        one.send(head(PROJECT, "POST", "Content-Length: 10") + b"{")
        answer = one.answer()
        assert (answer.status, answer.json["error_code"]) == (400, "MPC.10202")
        assert one.is_closed()


def test_head_that_does_not_come_is_given_up_on():
    with running(head_seconds=0.2) as slow, line(slow.server.port) as one:
        one.send(b"GET / HTTP/1.1\r\n")
        assert one.is_closed()


def test_connections_over_the_limit_get_503():
    with running(connections=2) as few, line(few.server.port) as first, line(few.server.port) as second:
        for one in (first, second):
            one.send(head(PROJECT, "POST", "Content-Length: 10"))
        until(lambda: [(len(site.connections), len(site.idle)) for _, site in few.server._sites] == [(2, 0)])
        with line(few.server.port) as third:
            assert third.answer().status == 503


def test_the_longest_idle_connection_makes_room():
    with running(connections=2) as few, line(few.server.port) as first, line(few.server.port) as second:
        for one in (first, second, first):
            one.send(head("/_mockcloud/health", "GET"))
            assert one.answer().status == 200
        with line(few.server.port) as third:
            third.send(head("/_mockcloud/health", "GET"))
            assert third.answer().status == 200
            assert second.is_closed()
            first.send(head("/_mockcloud/health", "GET"))
            assert first.answer().status == 200


def test_clients_that_leave_connections_open_lock_nobody_out():
    with running(connections=3) as few, ExitStack() as left_open:
        for _ in range(10):
            one = left_open.enter_context(line(few.server.port))
            one.send(head("/_mockcloud/health", "GET"))
            assert one.answer().status == 200
        until(lambda: len(connections(few)) <= 3)


def test_a_closed_connection_makes_room():
    with running(connections=1) as few:
        for _ in range(3):
            with line(few.server.port) as one:
                one.send(head("/_mockcloud/health", "GET", "Connection: close"))
                assert one.answer().status == 200
                assert one.is_closed()


def test_a_request_that_has_arrived_keeps_its_connection():
    with running(connections=2) as few, line(few.server.port) as first, line(few.server.port) as second:
        for one in (first, second):
            one.send(head("/_mockcloud/health", "GET"))
            assert one.answer().status == 200
        ((_, protocols),) = few.server._sites

        async def at_once():
            next(iter(protocols.idle)).data_received(head("/_mockcloud/health", "GET"))
            return protocols.has_room()

        assert few._wait(at_once())
        assert first.answer().status == 200
        assert second.is_closed()


# Answers that nobody takes

MEGABYTES = 4


@pytest.fixture
def chatty(monkeypatch):
    """A server whose answers are larger than a socket takes at once, and which waits for nobody."""
    with running(body_seconds=0.3) as found:
        large = WireReply(200, (), b"x" * (MEGABYTES << 20))

        async def answer(wire, refused=None):
            return large

        monkeypatch.setattr(found.server.admin, "answer", answer)
        yield found


def test_answers_that_nobody_takes_do_not_pile_up(chatty, monkeypatch):
    monkeypatch.setattr(chatty.server._sites[0][1], "patience", 60.0)
    with line(chatty.server.port) as deaf:
        deaf.send(head("/_mockcloud/health", "GET") * 20)
        until(lambda: any(protocol.writing_paused for protocol in connections(chatty)))
        for _ in range(60):
            ask(chatty.server.port, head("/nowhere", "GET"))
        (held,) = [one.transport.get_write_buffer_size() for one in connections(chatty) if one.writing_paused]
        assert held <= MEGABYTES << 20
        assert [len(deaf.answer().body) for _ in range(3)] == [MEGABYTES << 20] * 3


def test_connection_whose_answer_nobody_takes_ends(chatty):
    with line(chatty.server.port) as deaf:
        deaf.send(head("/_mockcloud/health", "GET") * 20)
        until(lambda: any(protocol.writing_paused for protocol in connections(chatty)))
        until(lambda: not connections(chatty))


def test_closing_does_not_wait_for_somebody_to_take_an_answer(chatty):
    with line(chatty.server.port) as deaf:
        deaf.send(head("/_mockcloud/health", "GET", "Connection: close"))
        until(lambda: any(protocol.writing_paused for protocol in connections(chatty)))
        until(lambda: not connections(chatty))


def test_failure_of_ours_is_the_internal_error_of_the_provider(caplog, monkeypatch):
    with running() as broken:
        monkeypatch.setattr("mockcloud.providers.behaviour", lambda *_: 1 / 0)
        wire = composed(CREATE, TASK, broken.server.port)
        answer = ask(broken.server.port, b"".join(written(wire)))
        assert (answer.status, answer.json["error_code"]) == (500, "APIGW.0601")
        assert broken.engine.bugs == 1
    assert "ZeroDivisionError" in caplog.text


def test_failure_before_anything_is_known_is_json(monkeypatch):
    with running() as broken:
        monkeypatch.setattr(broken.engine, "_route", lambda _: 1 / 0)
        answer = ask(broken.server.port, head("/v1/x"))
        assert (answer.status, answer.json["error"], broken.engine.bugs) == (500, "mockcloud itself failed", 1)


def test_failure_of_the_server_is_json(monkeypatch):
    with running() as broken:
        monkeypatch.setattr("mockcloud.server._wire", lambda *_: 1 / 0)
        answer = ask(broken.server.port, head("/v1/x"))
        assert (answer.status, answer.json["error"], broken.engine.bugs) == (500, "mockcloud itself failed", 1)


# The admin interface on a socket


def test_admin_answers_where_the_calls_go(port):
    assert ask(port, head("/_mockcloud/health", "GET")).json["status"] == "ok"


@pytest.mark.parametrize("path", ["/_mockcloudreset", "/_mockcloudy/reset", "/x/_mockcloud/reset"])
def test_what_only_looks_like_admin_is_not(port, path):
    assert ask(port, head(path, "POST", "Content-Length: 0")).headers["x-mockcloud-reason"] == "unrouted"


def test_admin_can_be_left_out():
    with running(admin=False) as closed:
        answer = ask(closed.server.port, head("/_mockcloud/health", "GET"))
        assert (answer.status, closed.server.admin_port) == (404, 0)


def test_admin_can_have_a_port_of_its_own():
    with running(admin_port=0) as apart:
        assert ask(apart.server.port, head("/_mockcloud/health", "GET")).status == 404
        assert ask(apart.server.admin_port, head("/_mockcloud/health", "GET")).status == 200
        assert ask(apart.server.admin_port, head("/v1/x", "GET")).status == 404


def test_over_large_admin_body_is_413(port):
    answer = ask(port, head("/_mockcloud/reset", "POST", "Content-Length: 2000000") + b" " * 2_000_000)
    assert (answer.status, is_json_error(answer)) == (413, True)


# Listening


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("0.0.0.0", "127.0.0.1"),
        ("localhost", "127.0.0.1"),
        ("::1", "[::1]"),
        ("::", "[::1]"),
    ],
)
def test_url_is_one_that_this_machine_can_use(host, shown):
    with running(host=host, admin_token="t") as there:
        assert there.url == f"http://{shown}:{there.server.port}"
        assert cloud_of(there).admin("GET", "/health")["status"] == "ok"


def test_port_that_is_taken_is_misuse(port):
    with pytest.raises(Misuse, match="cannot listen on"), running(port=port):
        pass


def test_host_that_is_not_here_is_misuse():
    with pytest.raises(Misuse, match="cannot listen on"), running(host="203.0.113.7"):
        pass


def test_admin_port_that_is_taken_frees_the_other(port):
    with pytest.raises(Misuse, match="cannot listen on"), running(admin_port=port):
        pass


@pytest.mark.parametrize(
    "wrong",
    [
        {"port": "80"},
        {"port": -1},
        {"port": 70_000},
        {"port": True},
        {"admin_port": 70_000},
        {"max_body": 0},
        {"max_headers": 1.5},
        {"connections": 0},
        {"head_seconds": 0},
        {"body_seconds": "1"},
        {"callback_hosts": "example.com"},
        {"allow_hosts": [1]},
    ],
    ids=repr,
)
def test_binding_that_cannot_be_is_misuse(wrong):
    with pytest.raises(Misuse, match=next(iter(wrong))):
        Binding(**wrong)


def test_bounds_have_their_defaults():
    assert Binding().bounds == Bounds(depth=64, members=50_000, parameters=5_000)


# Resets


def test_request_whose_head_came_before_a_reset_changes_nothing(server, port):
    first, body = written(composed(CREATE, TASK, port))
    with line(port) as one:
        one.send(first + body[:10])
        until(lambda: any(protocol._request_in_progress for protocol in connections(server)))
        cloud_of(server).reset()
        one.send(body[10:])
        assert one.answer().status == 200
    assert cloud_of(server).admin("GET", "/tasks")["total"] == 0
    assert cloud_of(server).requests() == []


def test_nonce_of_a_request_from_before_a_reset_is_not_used_up(server, port):
    operation = CONTRACTS.service("alibaba-multimediaai").operations["ListTasks"]
    wire = composed(operation, {"PageNumber": 1, "PageSize": 10}, port)
    engine = server.engine
    arrived = engine.world.resets
    engine.reset()
    assert [engine.handle(wire, arrived).reply.status, engine.handle(wire).reply.status] == [200, 200]
    assert engine.handle(wire).reply.status == 400


# Time


def connections(server):
    return [protocol for _, site in server.server._sites for protocol in site.connections]


def create(server):
    answer = ask(server.server.port, b"".join(written(composed(CREATE, TASK, server.server.port))))
    return answer.json["task_id"]


def listed(server):
    return ask(server.server.port, b"".join(written(composed(LIST, {}, server.server.port)))).json


def test_advance_moves_tasks(server, port):
    create(server)
    cloud_of(server).clock.freeze()
    before = listed(server)["tasks"][0]["status"]
    cloud_of(server).clock.advance(2)
    assert (before, listed(server)["tasks"][0]["status"]) == ("INIT", "SUCCEED")


def test_moves_of_the_clock_come_one_after_the_other(server, port):
    clock = cloud_of(server).clock
    clock.set("2026-01-01T00:00:00Z")
    clock.freeze()
    clock.set("2026-01-01T00:00:00Z")
    threads = [threading.Thread(target=clock.advance, args=(10,)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert clock.now() == "2026-01-01T00:00:50.000Z"


# Long polls

PULL = CONTRACTS.service("tencent-vod").operations["PullEvents"]


class Poll:
    """A PullEvents that is under way. holds: whether there is nothing for it yet."""

    def __init__(self, server, holds=True):
        self._line = line(server.server.port)
        self._one = self._line.__enter__()
        self._one.send(b"".join(written(composed(PULL, {}, server.server.port))))
        if holds:
            until(lambda: server.server._waiting)
        self.begun = time.monotonic()

    def events(self):
        answer = self._one.answer()
        self._line.__exit__(None, None, None)
        return [event["EventType"] for event in answer.json["Response"]["EventSet"]]

    def seconds(self):
        return time.monotonic() - self.begun


def announce(server):
    """Queue an event, as something does that nobody called for."""

    async def work():
        state = server.engine.world.account("mockcloud").service(CONTRACTS.service("tencent-vod"))
        switches = ("UploadMediaCompleteEventSwitch", "DeleteMediaCompleteEventSwitch")
        state.memory["event-config"] = {"Mode": "PULL", "NotificationUrl": "", **dict.fromkeys(switches, "ON")}
        state.later(state.now(), lambda _: events.announce(state, "FileDeleted", {"FileDeleteEvent": {}}))

    server._wait(work())


def test_poll_ends_with_an_event(server, port):
    poll = Poll(server)
    announce(server)
    assert poll.events() == ["FileDeleted"]
    assert poll.seconds() < 4.0  # nothing at all ends it after 4.5


@pytest.mark.parametrize(
    "what", [lambda cloud: cloud.clock.advance(1), lambda cloud: cloud.reset()], ids=["advance", "reset"]
)
def test_poll_ends_empty_with(server, port, what):
    poll = Poll(server)
    what(cloud_of(server))
    assert poll.events() == []
    assert poll.seconds() < 4.0  # nothing at all ends it after 4.5


def test_poll_is_not_ended_by_other_requests(server, port):
    poll = Poll(server)
    listed(server)
    assert len(server.server._waiting) == 1
    cloud_of(server).clock.advance(1)
    assert poll.events() == []


def test_poll_of_a_client_that_left_takes_no_event(server, port):
    with line(port) as one:
        one.send(b"".join(written(composed(PULL, {}, port))))
        until(lambda: server.server._waiting)
        one.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    until(lambda: all(protocol.transport is None for protocol in connections(server)))
    announce(server)
    assert Poll(server, holds=False).events() == ["FileDeleted"]
    left = [entry for entry in cloud_of(server).requests() if entry["reason"] == "client-gone"]
    assert len(left) == 1


def test_answer_has_no_type_without_a_body(server, port):
    operation = CONTRACTS.service("huawei-mpc").operations["DeleteAnimatedGraphicsTask"]
    cloud_of(server).clock.freeze()
    wire = composed(operation, {"task_id": create(server)}, port)
    answer = ask(port, b"".join(written(wire)))
    assert (answer.status, answer.body, "content-type" in answer.headers) == (204, b"", False)


def test_poll_that_nothing_ends_is_over_after_its_hold(server, port, monkeypatch):
    held = Reply({"EventSet": []}, hold=0.2)
    monkeypatch.setattr("mockcloud.providers.behaviour", lambda *_: lambda call, state: held)
    poll = Poll(server)
    assert poll.events() == []
    assert 0.1 < poll.seconds() < 4.0

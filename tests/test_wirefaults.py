"""Trouble on the wire, seen by a client: what it gets, and whether the call took effect."""

from __future__ import annotations

import time

import pytest

from .sockets import CREATE, TASK, cloud_of, composed, line, running, until, written


@pytest.fixture(scope="module")
def server():
    with running() as found:
        yield found


@pytest.fixture
def cloud(server):
    found = cloud_of(server)
    found.reset()
    yield found
    assert server.engine.bugs == 0


@pytest.fixture
def call(server, cloud):
    with line(server.server.port) as one:
        one.send(b"".join(written(composed(CREATE, TASK, server.server.port))))
        yield one


@pytest.fixture
def fault(request, cloud):
    error, args = request.param
    cloud.fail_next("huawei-mpc", CREATE.name, error, args=args)


def tasks(cloud):
    return cloud.admin("GET", "/tasks")["total"]


def with_fault(error, **args):
    return pytest.mark.parametrize("fault", [(error, args)], indirect=True, ids=[error])


@with_fault("wire.close")
def test_closed_connection_processes_nothing(fault, call, cloud):
    assert (call.is_closed(), tasks(cloud)) == (True, 0)


@with_fault("wire.lost-answer")
def test_lost_answer_took_effect(fault, call, cloud):
    assert (call.is_closed(), tasks(cloud)) == (True, 1)


@with_fault("wire.hang", seconds=0.2)
def test_silence_processes_nothing_and_ends(fault, call, cloud):
    begin = time.monotonic()
    assert (call.is_closed(), tasks(cloud)) == (True, 0)
    assert time.monotonic() - begin > 0.1


@with_fault("wire.late-answer", seconds=0.2)
def test_late_answer_comes(fault, call, cloud):
    begin = time.monotonic()
    assert (call.answer().status, tasks(cloud)) == (200, 1)
    assert time.monotonic() - begin > 0.1


@with_fault("wire.hang-body", seconds=0)
def test_half_a_body_is_half_a_body(fault, call, cloud):
    status, headers = call.head()
    with pytest.raises((EOFError, ConnectionError)):
        call.answer()
    assert (status, int(headers["content-length"]) > 0, tasks(cloud)) == (200, True, 1)


def garbage(kind):
    return with_fault("wire.garbage", kind=kind)


@garbage("html-502")
def test_page_of_a_gateway(fault, call, cloud):
    answer = call.answer()
    assert (answer.status, answer.headers["content-type"], tasks(cloud)) == (502, "text/html; charset=utf-8", 1)


@garbage("redirect")
def test_redirect_to_elsewhere(fault, call):
    answer = call.answer()
    assert (answer.status, answer.headers["location"]) == (302, "http://127.0.0.1:9/elsewhere")


@garbage("empty")
def test_success_without_a_body(fault, call):
    answer = call.answer()
    assert (answer.status, answer.body, answer.headers["content-type"]) == (200, b"", "application/json")


@pytest.mark.parametrize(
    ("fault", "body"),
    [(("wire.garbage", {"kind": "null"}), b"null"), (("wire.garbage", {"kind": "list"}), b"[]")],
    indirect=["fault"],
)
def test_json_of_another_kind(fault, call, body):
    assert call.answer().body == body


@garbage("truncated")
def test_broken_json_with_a_right_length(fault, call):
    answer = call.answer()
    assert answer.body == b'{"task_id"'[: len(answer.body)]


@garbage("charset")
def test_json_in_another_charset(fault, call):
    answer = call.answer()
    assert answer.headers["content-type"] == "application/json; charset=utf-16"
    assert "task_id" in answer.body.decode("utf-16")


@garbage("short-body")
def test_body_shorter_than_its_length(fault, call):
    with pytest.raises((EOFError, ConnectionError)):
        call.answer()


@with_fault("wire.hang", seconds=100)
def test_stopping_does_not_wait_for_silence(cloud, fault):
    with running() as stopping:
        there = cloud_of(stopping)
        there.fail_next("huawei-mpc", CREATE.name, "wire.hang", args={"seconds": 100})
        with line(stopping.server.port) as one:
            one.send(b"".join(written(composed(CREATE, TASK, stopping.server.port))))
            until(lambda: there.admin("GET", "/faults")["total"] == 0)
            begin = time.monotonic()
            stopping.stop()
            assert time.monotonic() - begin < 2.5


@pytest.mark.parametrize("kind", ["wire.close", "wire.late-answer"])
def test_fault_is_in_the_journal(cloud, server, kind):
    cloud.fail_next("huawei-mpc", CREATE.name, kind, args={"seconds": 0})
    with line(server.server.port) as one:
        one.send(b"".join(written(composed(CREATE, TASK, server.server.port))))
        until(lambda: cloud.requests())
    assert cloud.requests()[0]["fault"] == kind

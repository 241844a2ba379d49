"""What stands on the socket in front of an answer's body, and who closes the connection."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from time import time

import pytest
from aiohttp import HttpVersion

from mockcloud.answers import _head
from mockcloud.model import WireReply

from .sockets import line, running

HEALTH = "/_mockcloud/health"


@pytest.fixture(scope="module")
def port():
    with running() as found:
        yield found.server.port
        assert found.engine.bugs == 0


def request(method="GET", version="1.1", *headers):
    return "\r\n".join((f"{method} {HEALTH} HTTP/{version}", "Host: 127.0.0.1", *headers, "", "")).encode()


def test_head_says_length_date_and_server(port):
    with line(port) as one:
        one.send(request())
        answer = one.answer()
    assert len(answer.body) == int(answer.headers["content-length"])
    assert abs(parsedate_to_datetime(answer.headers["date"]).timestamp() - time()) < 5
    assert "aiohttp" in answer.headers["server"]
    assert "connection" not in answer.headers


def test_connection_stays_open(port):
    with line(port) as one:
        for _ in range(3):
            one.send(request())
            assert one.answer().status == 200


def test_connection_is_closed_when_the_client_wants_it(port):
    with line(port) as one:
        one.send(request("GET", "1.1", "Connection: close"))
        assert one.answer().headers["connection"] == "close"
        assert one.is_closed()


def test_old_version_closes(port):
    with line(port) as one:
        one.send(request(version="1.0"))
        answer = one.answer()
        assert (answer.status, "connection" in answer.headers) == (200, False)
        assert one.is_closed()


def test_old_version_stays_open_when_it_asks_for_it(port):
    with line(port) as one:
        for _ in range(2):
            one.send(request("GET", "1.0", "Connection: keep-alive"))
            assert one.answer().headers["connection"] == "keep-alive"


def test_head_has_no_body(port):
    with line(port) as one:
        one.send(request("HEAD"))
        assert one.answer("HEAD").body == b""
        one.send(request())
        assert one.answer().json["status"] == "ok"


@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: b", "a\nb", "a\rb"])
def test_header_with_a_line_break_is_not_sent(value):
    with pytest.raises(ValueError, match="line break"):
        _head(WireReply(200, (("X-Request-Id", value),), b"{}"), HttpVersion(1, 1), False)


def test_unknown_status_has_no_phrase():
    assert _head(WireReply(599, (), b"{}"), HttpVersion(1, 1), False).startswith(b"HTTP/1.1 599 \r\n")

"""Hostile bytes on a real socket: an answer in the right shape or the end of the connection, at once, and no harm done.

After each: answered within a second, no failure of the server's own, no page, no traceback, and the next request fine.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from defusedxml import ElementTree
from hypothesis import given
from hypothesis import strategies as st

from mockcloud.running import Running
from tests.fuzz.corpus import CASES, HOST, Case
from tests.fuzz.effort import effort
from tests.fuzz.wires import SAMPLES
from tests.sockets import Answer, Line, line, running, until, written

PROBE = b"GET /_mockcloud/health HTTP/1.1\r\n" + HOST + b"\r\n"
PATIENCE = 0.3  # seconds that these servers wait for what does not come


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, Running]]:
    """A server that asks for signatures and one that does not, both in a hurry."""
    with ExitStack() as stack:
        found = {
            auth: stack.enter_context(running(auth=auth, body_seconds=PATIENCE, head_seconds=PATIENCE))
            for auth in ("strict", "off")
        }
        for server in found.values():
            list(server.engine.contracts.services())  # a first request that belongs to nobody reads them all
        yield found


def has_shape(shape: str, answer: Answer) -> bool:
    """Whether an answer stands in the envelope of a service, or of the server itself."""
    if shape == "":
        return answer.body == b""
    if answer.headers["content-type"].startswith("text/xml"):
        tags = {child.tag for child in ElementTree.fromstring(answer.body)}
        return shape == "alibaba" and "RequestId" in tags
    found = answer.json
    match shape:
        case "alibaba":
            return "RequestId" in found
        case "huawei":
            return "x-request-id" in answer.headers
        case "jdcloud":
            return "requestId" in found
        case "tencent":
            return "RequestId" in found.get("Response", {})
    return found.keys() == {"error", "hint"} or "status" in found


def spoken(one: Line, case: Case) -> Answer | None:
    """Send a case and read its answer; None when the connection ends without one."""
    try:
        one.send(case.data)
        if case.then:
            assert one.head()[0] == 100
            one.send(case.then)
        return one.answer(case.data.partition(b" ")[0].decode("latin-1"))
    except (EOFError, ConnectionError):
        return None


def is_fine(port: int) -> bool:
    with line(port) as one:
        one.send(PROBE)
        answer = one.answer()
    return answer.status == 200 and answer.json["bugs"] == 0


@pytest.mark.parametrize("length", [b"Content-Length: 9", b"Transfer-Encoding: chunked"])
def test_client_that_leaves_in_the_middle_is_no_failure_of_ours(servers, length):
    server = servers["off"]
    known = len(server.engine.journal)
    with line(server.server.port) as one:
        one.send(b"POST /x HTTP/1.1\r\n" + HOST + length + b"\r\nExpect: 100-continue\r\n\r\n")
        assert one.head()[0] == 100
    until(lambda: len(server.engine.journal) > known or server.engine.bugs)
    assert is_fine(server.server.port)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_hostile_request(servers, case):
    server = servers[case.auth]
    port, resets = server.server.port, server.engine.world.resets
    began, cpu = time.monotonic(), time.process_time()
    with line(port) as one:
        answer = spoken(one, case)
        # Somebody else's work on this machine is not the server's: it is judged by the time that it takes itself.
        assert time.process_time() - cpu < 1.0 + PATIENCE
        assert time.monotonic() - began < 5.0
        if answer is None:
            assert case.closes
        else:
            look_at(answer, case.shape.split("|"), case.status)
        if answer is None or case.closes:
            assert one.is_closed()
    assert is_fine(port)
    assert server.engine.world.resets == resets


def look_at(answer: Answer, shapes: list[str], status: tuple[int, ...] = ()) -> None:
    text = answer.body.decode()
    assert answer.status in status if status else answer.status < 500, answer
    assert any(has_shape(shape, answer) for shape in shapes), answer
    assert "<html" not in text.lower()
    assert "html" not in answer.headers.get("content-type", "")
    assert "Traceback" not in text
    assert "X-Injected" not in " ".join(answer.headers)


RAW = [b"".join(written(wire)) for wire in SAMPLES[::3]]
PIECES = st.binary(max_size=4) | st.sampled_from(
    [
        b"\r\n",
        b"\n",
        b"\r\n\r\n",
        b"\0",
        b"\xff",
        b" ",
        b":",
        b"Content-Length: 5\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"%",
    ]
)


@st.composite
def damaged_bytes(draw) -> bytes:
    """The bytes of a valid request with a few of them replaced, taken away or twice."""
    data = draw(st.sampled_from(RAW))
    for _ in range(draw(st.integers(1, 3))):
        begin = draw(st.integers(0, len(data)))
        end = min(begin + draw(st.integers(0, 12)), len(data))
        data = data[:begin] + draw(st.just(data[begin:end] * 2) | PIECES) + data[end:]
    return data


@effort(0.6)
@given(data=damaged_bytes())
def test_damaged_bytes_are_answered_or_the_connection_ends(servers, data):
    port = servers["off"].server.port
    with line(port) as one:
        answer = spoken(one, Case("damaged", data, ""))
    if answer is not None and answer.body:
        look_at(answer, ["ours", "alibaba", "huawei", "jdcloud", "tencent"])
    assert is_fine(port)

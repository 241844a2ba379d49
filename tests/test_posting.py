"""Deliveries over real HTTP: in order, on time, tried again in mock time, and never in anybody's way."""

from __future__ import annotations

import ipaddress
import time

import pytest

from mockcloud.state import Delivery

from .receiver import receiving
from .sockets import CONTRACTS, ask, cloud_of, running, until

SERVICE = CONTRACTS.service("huawei-mpc")


@pytest.fixture(scope="module")
def server():
    with running(callback_hosts=("listed.example",)) as found:
        yield found


@pytest.fixture
def cloud(server):
    found = cloud_of(server)
    found.reset()
    found.clock.freeze()
    yield found
    assert server.engine.bugs == 0


def owe(server, *urls, after=1.0, account="mockcloud", **more):
    """Let deliveries fall due in so many seconds of mock time."""

    async def work():
        state = server.engine.world.account(account).service(SERVICE)
        for url in urls:
            delivery = Delivery(url, b'{"a": 1}', (("X-Own", "1"),), SERVICE.id, account, **more)
            state.later(state.now() + after, lambda _, delivery=delivery: state.deliver(delivery))

    server._wait(work())


def outcomes(cloud):
    return [entry["outcome"] for entry in cloud.callbacks]


def test_advance_delivers_what_falls_due_before_it_answers(server, cloud):
    with receiving() as receiver:
        owe(server, f"{receiver.url}/hook?x=1")
        cloud.clock.advance(1)
        assert (receiver.paths, outcomes(cloud)) == (["/hook?x=1"], ["delivered"])
        _, headers, body = receiver.got[0]
        assert (body, headers["X-Own"], headers["User-Agent"]) == (b'{"a": 1}', "1", "mockcloud-callback")
        assert headers["Host"] == receiver.url.removeprefix("http://")


def test_each_attempt_has_fresh_headers(server, cloud):
    sent, statuses = iter("12"), iter((503, 200))
    with receiving(answer=lambda path: next(statuses)) as receiver:
        owe(server, receiver.url, fresh=lambda: (("X-Sent", next(sent)),))
        cloud.clock.advance(5)
        assert [headers["X-Sent"] for _, headers, _ in receiver.got] == ["1", "2"]


def test_what_is_not_due_stays(server, cloud):
    with receiving() as receiver:
        owe(server, receiver.url, after=5)
        cloud.clock.advance(4.9)
        assert (receiver.got, cloud.callbacks) == ([], [])


def test_running_clock_delivers_by_itself(server, cloud):
    cloud.clock.resume()
    with receiving() as receiver:
        begin = time.monotonic()
        owe(server, receiver.url, after=0.2)
        until(lambda: receiver.got)
        assert time.monotonic() - begin > 0.19


def test_deliveries_of_one_moment_arrive_in_order(server, cloud):
    with receiving() as receiver:
        owe(server, *(f"{receiver.url}/{number}" for number in range(30)))
        cloud.clock.advance(1)
        assert receiver.paths == [f"/{number}" for number in range(30)]


def test_retries_happen_in_mock_time(server, cloud):
    with receiving(answer=lambda path: 500) as receiver:
        owe(server, receiver.url, waits=(10.0, 60.0))
        cloud.clock.advance(1)
        assert (len(receiver.got), outcomes(cloud)) == (1, ["pending"])
        cloud.clock.advance(9.9)
        assert len(receiver.got) == 1
        cloud.clock.advance(0.1)
        assert len(receiver.got) == 2
        cloud.clock.advance(60)
        assert (len(receiver.got), outcomes(cloud)) == (3, ["failed"])


def test_one_advance_goes_through_all_attempts(server, cloud):
    statuses = iter([500, 503, 200])
    with receiving(answer=lambda path: next(statuses)) as receiver:
        owe(server, receiver.url, waits=(10.0, 60.0))
        cloud.clock.advance(100)
        assert (len(receiver.got), outcomes(cloud)) == (3, ["delivered"])
        assert [attempt["status"] for attempt in cloud.callbacks[0]["attempts"]] == [500, 503, 200]


def test_next_address_of_a_name_is_tried_where_nobody_listens(server, cloud, monkeypatch):
    async def both(*_):
        return [ipaddress.ip_address("::1"), ipaddress.ip_address("127.0.0.1")]

    monkeypatch.setattr("mockcloud.addresses._resolved", both)
    with receiving() as receiver:
        owe(server, receiver.url.replace("127.0.0.1", "localhost"))
        cloud.clock.advance(1)
        assert (outcomes(cloud), len(cloud.callbacks[0]["attempts"])) == (["delivered"], 1)
        assert receiver.got[0][1]["Host"].startswith("localhost:")


def test_redirects_are_not_followed(server, cloud):
    with receiving() as elsewhere, receiving(answer=lambda path: 302, location=elsewhere.url) as receiver:
        owe(server, receiver.url, waits=())
        cloud.clock.advance(1)
        assert (elsewhere.got, outcomes(cloud), cloud.callbacks[0]["reason"]) == ([], ["failed"], "answered 302")


def test_receiver_that_is_not_there_is_a_failed_attempt(server, cloud):
    owe(server, "http://127.0.0.1:9/", waits=())
    cloud.clock.advance(1)
    assert (outcomes(cloud), cloud.callbacks[0]["attempts"][0]["status"]) == (["failed"], None)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://192.0.2.1/", "not loopback"),
        ("http://unlisted.example/", "not loopback"),
        ("http://listed.example/", "cannot be resolved"),
        ("ftp://127.0.0.1/", "only http and https"),
        ("nonsense", "only http and https"),
    ],
)
def test_address_that_is_not_called_is_recorded_with_its_reason(server, cloud, url, reason):
    owe(server, url)
    cloud.clock.advance(1)
    assert outcomes(cloud) == ["refused"]
    assert reason in cloud.callbacks[0]["reason"]


def test_mock_does_not_command_itself(server, cloud):
    cloud.seed("huawei-mpc", "object", bucket="b", object="o")
    owe(server, f"{cloud.url}/_mockcloud/reset")
    cloud.clock.advance(1)
    assert outcomes(cloud) == ["refused"]
    assert len(cloud.resources("huawei-mpc", "object")) == 2


def test_header_that_cannot_be_sent_is_a_failed_attempt(server, cloud):
    with receiving() as receiver:
        owe(server, receiver.url, waits=(), account="mockcloud")

        async def spoil():
            state = server.engine.world.account("mockcloud").service(SERVICE)
            state.deliver(Delivery(receiver.url, b"", (("X", "a\nb"),), SERVICE.id, "mockcloud", waits=()))

        server._wait(spoil())
        cloud.clock.advance(1)
        assert sorted(outcomes(cloud)) == ["delivered", "failed"]


def test_receiver_that_never_answers_delays_an_advance_two_seconds_at_most(server, cloud):
    with receiving(answer=lambda path: 0) as receiver:
        owe(server, receiver.url, receiver.url, receiver.url)
        begin = time.monotonic()
        cloud.clock.advance(1)
        assert 1.5 < time.monotonic() - begin < 4.5  # an attempt has five seconds
        assert outcomes(cloud) == ["pending"] * 3
        begin = time.monotonic()
        assert ask(server.server.port, b"GET /_mockcloud/health HTTP/1.1\r\nHost: localhost\r\n\r\n").status == 200
        assert time.monotonic() - begin < 2.0


def test_receiver_that_never_answers_delays_no_other_receiver(server, cloud):
    cloud.clock.resume()
    with receiving(answer=lambda path: 0) as dead, receiving() as alive:
        begin = time.monotonic()
        owe(server, dead.url, alive.url, dead.url, alive.url, after=0.0)
        until(lambda: len(alive.got) == 2)
        assert time.monotonic() - begin < 4.5  # an attempt has five seconds


def test_many_deliveries_to_a_dead_receiver_leave_room_for_others(server, cloud, monkeypatch):
    monkeypatch.setattr("mockcloud.posting._GRACE_SECONDS", 0.0)
    cloud.clock.resume()
    with receiving(answer=lambda path: 0) as dead, receiving() as alive:
        owe(server, *[dead.url] * 150, after=0.0, timeout=20.0)
        until(lambda: len(dead.got) >= 10)
        for _ in range(3):
            owe(server, alive.url, after=0.0)
        until(lambda: len(alive.got) == 3)
        assert len(dead.got) == 10


def test_deliveries_that_were_dropped_are_not_kept_for_a_slow_receiver():
    with running(most_callbacks=10) as small, receiving(answer=lambda path: 0) as dead:
        owe(small, *[dead.url] * 300, after=0.0)
        until(lambda: small.engine.callbacks.dropped == 290)
        assert sum(map(len, small.server._poster._lanes.values())) + len(small.engine.callbacks.outbox) <= 20


def test_attempt_ends_after_its_timeout(server, cloud):
    with receiving(answer=lambda path: 0) as dead:
        owe(server, dead.url, timeout=0.2, waits=())
        cloud.clock.advance(1)
        assert (outcomes(cloud), cloud.callbacks[0]["reason"]) == (["failed"], "TimeoutError")


def test_deliveries_of_an_account_that_was_reset_are_dropped(server, cloud):
    with receiving(answer=lambda path: 500) as receiver:
        owe(server, receiver.url, account="mockcloud-a")
        owe(server, receiver.url, account="mockcloud-b")
        cloud.account("a").reset()
        cloud.clock.advance(1)
        assert (len(receiver.got), outcomes(cloud.account("a")), outcomes(cloud.account("b"))) == (1, [], ["pending"])


def test_answer_that_comes_after_a_reset_changes_nothing(server, cloud):
    with receiving(answer=lambda path: 0) as dead:
        owe(server, dead.url)
        cloud.clock.advance(1)
        cloud.reset()
    cloud.clock.advance(100)
    assert cloud.callbacks == []


def test_reset_in_the_middle_of_an_advance_ends_it(server, cloud):
    import threading

    with receiving(answer=lambda path: 0) as dead:
        owe(server, dead.url)
        thread = threading.Thread(target=cloud.clock.advance, args=(1_000_000,))
        thread.start()
        until(lambda: dead.got)
        cloud.reset()
        thread.join()
        assert cloud.clock.now() < "2100"
        assert cloud.admin("GET", "/clock")["frozen"] is False


def test_end_of_a_delivery_that_raises_is_counted_as_a_failure_of_ours(caplog):
    with running() as broken, receiving() as receiver:
        owe(broken, receiver.url, ended=lambda outcome, body: 1 / 0)
        cloud_of(broken).clock.advance(1)
        assert broken.engine.bugs == 1
    assert "ZeroDivisionError" in caplog.text


def test_what_is_due_and_raises_does_not_stop_the_clock(caplog):
    with running() as broken, receiving() as receiver:
        state = broken.engine.world.account("mockcloud").service(SERVICE)
        broken._loop.call_soon_threadsafe(lambda: state.later(state.now(), lambda _: 1 / 0))
        until(lambda: broken.engine.bugs)
        owe(broken, receiver.url, after=0.0)
        until(lambda: receiver.got)
    assert "ZeroDivisionError" in caplog.text


def test_stopping_waits_for_what_is_on_its_way_but_not_for_ever():
    with receiving(answer=lambda path: 0) as dead, running(stopping_seconds=0.3) as stopping:
        owe(stopping, dead.url, after=0.0)
        until(lambda: dead.got)
        begin = time.monotonic()
        stopping.stop()
        assert time.monotonic() - begin < 2.0

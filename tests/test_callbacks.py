"""Deliveries as records: attempts, outcomes, bounds, resets."""

from __future__ import annotations

import pytest

from mockcloud.callbacks import Callbacks, shown_url
from mockcloud.state import Delivery

from .small import World1


class Desk:
    def __init__(self, **bounds):
        self.world = World1()
        self.ends = []
        self.callbacks = Callbacks(self.world.clock.now, self.world.is_current, **bounds)

    def owe(self, account="mockcloud", **more):
        given = {
            "url": "http://127.0.0.1:1/x",
            "body": b"{}",
            "headers": (),
            "service": "s",
            "account": account,
            **more,
        }
        delivery = Delivery(**given, ended=lambda outcome, body: self.ends.append((outcome, body)))
        self.callbacks.add(delivery, self.world.account(account))
        return list(self.callbacks)[-1]


@pytest.fixture
def desk():
    return Desk()


def test_delivery_is_due_at_once(desk):
    record = desk.owe()
    assert (list(desk.callbacks.outbox), record.due, record.outcome) == ([record], 1000.0, "pending")


@pytest.mark.parametrize(("settled", "status"), [((200,), 200), ((), 500), ((), 302), ((200, 204), 204)])
def test_answer_that_settles_it(desk, settled, status):
    record = desk.owe(settled=settled)
    desk.callbacks.attempted(record, status, body=b"ok")
    assert (record.outcome, desk.ends) == ("delivered", [("delivered", b"ok")])


@pytest.mark.parametrize(("status", "reason"), [(500, "answered 500"), (302, "answered 302"), (None, "TimeoutError")])
def test_answer_that_does_not_settle_it_is_tried_again_later(desk, status, reason):
    record = desk.owe(waits=(5.0,))
    desk.callbacks.outbox.clear()
    desk.callbacks.attempted(record, status, "" if status else reason)
    assert (record.outcome, record.reason, desk.world.agenda.next_due()) == ("pending", reason, 1005.0)
    desk.world.run(1005.0)
    assert list(desk.callbacks.outbox) == [record]


def test_delivery_fails_when_its_attempts_are_used_up(desk):
    record = desk.owe(waits=(5.0,))
    for _ in range(2):
        desk.callbacks.attempted(record, 500)
    assert (record.outcome, len(record.attempts), desk.ends) == ("failed", 2, [("failed", b"")])


def test_attempt_has_the_moment_it_began(desk):
    record = desk.owe()
    desk.callbacks.attempted(record, 200, at=990.0)
    assert [(one.time, one.outcome, one.status) for one in record.attempts] == [(990.0, "answered", 200)]


def test_refused_delivery_says_why(desk):
    record = desk.owe()
    desk.callbacks.refused(record, "not loopback", 1000.0)
    assert (record.outcome, record.reason, record.attempts[0].outcome) == ("refused", "not loopback", "refused")


def test_delivery_of_an_account_that_was_reset_is_not_wanted(desk):
    record = desk.owe()
    desk.world.reset("mockcloud")
    desk.callbacks.attempted(record, 200)
    assert (desk.callbacks.wanted(record), record.attempts, desk.ends) == (False, [], [])


def test_delivery_for_an_account_from_before_a_reset_is_forgotten(desk):
    old = desk.world.account("mockcloud")
    desk.world.reset()
    desk.callbacks.add(Delivery("http://127.0.0.1/", b"", (), "s", "mockcloud"), old)
    assert len(desk.callbacks) == 0


def test_retry_of_an_account_that_was_reset_does_not_happen(desk):
    record = desk.owe(waits=(5.0,))
    desk.callbacks.outbox.clear()
    desk.callbacks.attempted(record, 500)
    desk.world.reset("mockcloud")
    desk.world.run(2000.0)
    assert list(desk.callbacks.outbox) == []


def test_oldest_go_first_and_are_counted():
    desk = Desk(most=2)
    records = [desk.owe() for _ in range(3)]
    assert (list(desk.callbacks), desk.callbacks.dropped) == (records[1:], 1)
    assert (records[0].outcome, desk.callbacks.wanted(records[0])) == ("dropped", False)


def test_next_attempt_of_a_delivery_that_was_dropped_is_forgotten():
    desk = Desk(most=1)
    desk.callbacks.attempted(desk.owe(waits=(5.0,)), 500)
    desk.owe()
    assert desk.world.agenda.next_due() is None


def test_outbox_keeps_nothing_that_was_dropped():
    desk = Desk(most=2)
    for _ in range(5):
        desk.owe()
    assert len(desk.callbacks.outbox) == 2


def test_bodies_count():
    desk = Desk(most_bytes=100_000)
    for _ in range(5):
        desk.owe(body=b"x" * 40_000)
    assert (len(desk.callbacks), desk.callbacks.dropped) == (2, 3)


def test_clearing_an_account_leaves_the_others(desk):
    desk.owe("mockcloud")
    other = desk.owe("mockcloud-b")
    desk.callbacks.clear("mockcloud")
    assert (list(desk.callbacks), list(desk.callbacks.outbox)) == ([other], [other])


def test_clearing_everything(desk):
    desk.owe()
    desk.callbacks.clear()
    assert (len(desk.callbacks), list(desk.callbacks.outbox), desk.callbacks.dropped) == (0, [], 0)


def test_record_has_the_documented_members(desk):
    record = desk.owe(url="http://u:p@127.0.0.1:1/x?token=1", task="t1")
    desk.callbacks.attempted(record, 500)
    assert desk.callbacks.as_json(record, str) == {
        "id": 1,
        "url": "http://127.0.0.1:1/x",
        "task": "t1",
        "service": "s",
        "account": "mockcloud",
        "due": "1000.0",
        "attempts": [{"time": "1000.0", "outcome": "answered", "status": 500}],
        "outcome": "pending",
        "reason": "answered 500",
    }


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://h/p?a=1#f", "http://h/p"),
        ("https://user:secret@h:1/p", "https://h:1/p"),
        ("http://h#f", "http://h"),
        ("http://a@b@h/", "http://h/"),
        ("nonsense?x", "nonsense"),
    ],
)
def test_urls_are_shown_without_secrets(url, shown):
    assert shown_url(url) == shown

"""What is to happen later: its order, who is woken for it, and what is no longer wanted."""

from __future__ import annotations

from types import SimpleNamespace

from mockcloud.agenda import Agenda

from .small import World1


def test_things_happen_in_order_of_moment_then_of_asking():
    world, done = World1(), []
    account = world.account("mockcloud")
    for due, name in ((1002.0, "c"), (1001.0, "a"), (1001.0, "b")):
        account.later(due, lambda at, name=name: done.append((name, at)))
    world.run(1002.0)
    assert done == [("a", 1001.0), ("b", 1001.0), ("c", 1002.0)]


def test_what_is_not_due_waits():
    world = World1()
    world.account("mockcloud").later(1002.0, lambda _: None)
    assert (world.agenda.pop(1001.9), world.agenda.next_due()) == (None, 1002.0)


def test_somebody_is_woken_for_what_is_due_first_only():
    woken = []
    world = World1()
    world.agenda._wake = lambda: woken.append(world.agenda.next_due())
    for due in (1005.0, 1007.0, 1003.0):
        world.account("mockcloud").later(due, lambda _: None)
    assert woken == [1005.0, 1003.0]


def test_what_is_no_longer_wanted_does_not_happen():
    agenda, account, owner = Agenda(), SimpleNamespace(is_current=True), SimpleNamespace(is_gone=False)
    agenda.add(1.0, print, account)
    agenda.add(2.0, print, SimpleNamespace(is_current=True), owner)
    account.is_current = False
    assert agenda.next_due() == 2.0
    owner.is_gone = True
    assert agenda.pop(3.0) is None


def test_what_belongs_to_nobody_any_more_is_not_taken():
    agenda = Agenda()
    agenda.add(1.0, print, SimpleNamespace(is_current=False))
    assert len(agenda) == 0

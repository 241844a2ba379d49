"""Accounts, resources, tasks by hand, what is due, and what a reset and a clock that is set back do to them."""

from __future__ import annotations

import pytest

from mockcloud.gate import Gate
from mockcloud.model import Misuse
from mockcloud.state import Account
from mockcloud.tasks import Progress

from .small import World1, service

SERVICE = service()


def state_of(world, account="mockcloud"):
    return world.account(account).service(SERVICE)


def begin(state, task_id="t1", **more):
    return state.add_task(task_id, "Make", {}, **more)


# Shelves


def test_fresh_account_has_the_samples():
    assert [item["Id"] for item in state_of(World1()).shelves["video"]] == ["sample"]


def test_resource_gets_defaults_of_its_own():
    shelf = state_of(World1()).shelves["video"]
    shelf.put({"Id": "a"})["Tags"].append("b")
    assert shelf.put({"Id": "c"}) == {"Id": "c", "Tags": ["a"]}


def test_resource_is_found_by_its_key_as_text():
    shelf = state_of(World1()).shelves["video"]
    shelf.put({"Id": 7})
    assert shelf.get("7") == shelf.get(7) == {"Id": 7, "Tags": ["a"]}


def test_resource_without_its_key_is_misuse():
    with pytest.raises(Misuse, match="a video has a Id"):
        state_of(World1()).shelves["video"].put({"Tags": []})


def test_oldest_resources_go_and_are_counted():
    shelf = state_of(World1(most_resources=2)).shelves["video"]
    for key in ("a", "b", "c"):
        shelf.put({"Id": key})
    assert ([item["Id"] for item in shelf], shelf.dropped) == (["b", "c"], 2)


def test_removing_says_whether_it_was_there():
    shelf = state_of(World1()).shelves["video"]
    assert (shelf.remove("sample"), shelf.remove("sample"), len(shelf)) == (True, False, 0)


# Options


def test_switch_has_the_default_of_the_contract():
    assert state_of(World1()).option("result") == "both"


def test_switch_has_what_the_user_chose():
    assert state_of(World1(options={"acme-gif.result": "flat"})).option("result") == "flat"


# Tasks


def test_creation_times_never_fall_when_the_wall_clock_does():
    world = World1()
    state = state_of(world)
    begin(state, "a")
    world.wall = 990.0
    assert begin(state, "b").created == 1000.0


def test_every_state_is_told_once_at_its_moment():
    world = World1()
    begin(state_of(world))
    world.run(5000.0)
    assert world.told == [("t1", "NEW", 1000.0), ("t1", "BUSY", 1001.0), ("t1", "DONE", 1002.0)]


def test_states_are_told_at_their_moments_also_when_somebody_looks_late():
    world = World1()
    begin(state_of(world))
    world.wall = 4000.0
    world.run(4000.0)
    assert [at for _, _, at in world.told] == [1000.0, 1001.0, 1002.0]


def test_forced_state_is_told_and_what_comes_after_it():
    world = World1(progress=Progress("manual"))
    state = state_of(world)
    task = begin(state)
    state.force(task, "BUSY")
    state.force(task, "BROKEN", {"code": "Lost"})
    world.run(1000.0)
    assert [word for _, word, _ in world.told] == ["NEW", "BUSY", "BROKEN"]


def test_cancelled_task_is_told_once():
    world = World1()
    state = state_of(world)
    task = begin(state)
    world.run(1000.0)
    state.cancel(task)
    world.run(5000.0)
    assert [word for _, word, _ in world.told] == ["NEW", "STOPPED"]


def test_dropped_task_is_not_told():
    world = World1(most_tasks=1)
    state = state_of(world)
    begin(state, "a")
    begin(state, "b")
    world.run(5000.0)
    assert {told[0] for told in world.told} == {"b"}


def test_flood_of_tasks_does_not_fill_the_agenda():
    world = World1(most_tasks=10)
    state = state_of(world)
    for number in range(5000):
        begin(state, str(number))
    assert len(world.agenda) < 2000


def test_read_in_the_polls_mode_tells():
    world = World1(progress=Progress("polls", 2.0, 1))
    state = state_of(world)
    task = begin(state)
    words = [state.read(task).word for _ in range(3)]
    world.run(1000.0)
    assert words == ["NEW", "BUSY", "DONE"]
    assert world.told[-1][1] == "DONE"


def test_force_takes_the_words_of_the_family_as_text_too():
    world = World1()
    state = state_of(world)
    task = begin(state)
    state.force(task, "DONE")
    assert task.status(1000.0).word == "DONE"


@pytest.mark.parametrize(
    ("before", "word", "message"),
    [
        ("NEW", "GONE", "not one of this task's"),
        ("BUSY", "NEW", "already 'BUSY'"),
        ("DONE", "BROKEN", "ended with 'DONE'"),
        ("STOPPED", "DONE", "ended with 'STOPPED'"),
    ],
)
def test_states_that_cannot_be_forced(before, word, message):
    state = state_of(World1())
    task = begin(state)
    state.force(task, before)
    with pytest.raises(Misuse, match=message):
        state.force(task, word)


def test_forced_failure_keeps_its_error():
    state = state_of(World1())
    task = begin(state)
    state.force(task, "BROKEN", {"code": "Lost"})
    assert (task.failure, task.status(1000.0).phase) == ({"code": "Lost"}, "failed")


def test_task_that_should_fail_can_be_forced_to_succeed():
    state = state_of(World1())
    task = begin(state, failure={"code": "Lost"})
    state.force(task, "DONE")
    assert (task.failure, task.status(1000.0).word) == (None, "DONE")


def test_force_shows_in_lists():
    state = state_of(World1())
    task = begin(state)
    state.force(task, "BROKEN")
    assert state.tasks.select(1000.0, phases=frozenset({"failed"}))[0] == [task]


def test_server_rule_makes_a_refusal():
    refusal = state_of(World1()).breaks("Make", "video-exists", "/Id", "x", "a fresh server has sample")
    assert (refusal.code, refusal.fill, refusal.reason) == ("Bad", ("x",), "acme-gif.Make.video-exists")
    assert refusal.detail == "a fresh server has sample"
    assert [(found.path, found.value, found.cite) for found in refusal.violations] == [("/Id", "x", "doc")]


# Accounts and resets


def test_accounts_are_apart():
    world = World1()
    begin(state_of(world, "mockcloud-a"))
    assert len(state_of(world, "mockcloud-b").tasks) == 0


def test_the_account_that_was_not_used_for_longest_goes():
    world = World1(most_accounts=2)
    first = world.account("a")
    world.account("b")
    world.account("a")
    world.account("c")
    assert ([account.name for account in world.accounts()], world.accounts_dropped) == (["a", "c"], 1)
    assert world.account("a") is first


def test_accounts_that_hold_too_much_go_the_one_that_was_not_used_for_longest_first():
    world = World1(most_state_bytes=100_000)
    for name, size in (("a", 60_000), ("b", 9_000), ("c", 40_000), ("c", 50_000)):
        world.hold(world.account(name), size)
    assert ([account.name for account in world.accounts()], world.accounts_dropped) == (["b", "c"], 1)
    world.hold(world.account("c"), 50_000)
    assert ([account.name for account in world.accounts()], world.accounts_dropped) == (["b"], 2)


def test_same_seed_gives_the_same_ids_after_a_reset():
    world = World1(seed=5)
    before = state_of(world).ids.hex()
    world.reset()
    assert state_of(world).ids.hex() == before


def test_reset_forgets_what_is_due_and_the_clock():
    world = World1()
    begin(state_of(world))
    world.clock.freeze()
    world.reset()
    assert (world.agenda.next_due(), world.clock.is_frozen) == (None, False)


def test_reset_of_one_account_leaves_the_others_and_the_clock():
    world = World1()
    begin(state_of(world, "a"), "ta")
    begin(state_of(world, "b"), "tb")
    world.clock.freeze()
    world.reset("a")
    world.run(5000.0)
    assert ({told[0] for told in world.told}, world.clock.is_frozen) == ({"tb"}, True)


@pytest.mark.parametrize("what", [None, "mockcloud"])
def test_request_from_before_a_reset_sees_an_account_of_its_own(what):
    world = World1()
    arrived = world.resets
    world.reset(what)
    stale = world.account("mockcloud", arrived)
    begin(stale.service(SERVICE))
    assert stale is not world.account("mockcloud")
    assert (len(state_of(world).tasks), world.agenda.next_due()) == (0, None)


def test_request_from_before_the_reset_of_another_account_is_not_stale():
    world = World1()
    arrived = world.resets
    world.reset("mockcloud-b")
    assert world.account("mockcloud-a", arrived) is world.account("mockcloud-a")


def test_stale_request_has_a_gate_of_its_own():
    world = World1()
    arrived = world.resets
    world.reset()
    stale = world.account("mockcloud", arrived).service(SERVICE)
    stale.gate.issue_token("tok", "mockcloud", 1e12)
    assert isinstance(stale.gate, Gate)
    assert world.gate.token("tok") is None


def test_object_from_before_a_reset_is_no_longer_current():
    world = World1()
    old = world.account("mockcloud")
    world.reset()
    old.later(1000.0, lambda _: None)
    assert isinstance(old, Account)
    assert (old.is_current, world.agenda.next_due()) == (False, None)


# The clock set back


def test_state_does_not_go_back_with_the_clock():
    world = World1()
    state = state_of(world)
    task = begin(state)
    world.wall = 1001.5
    world.rewind(50.0)
    assert (world.clock.now(), state.tasks.get("t1").status(50.0).word) == (50.0, "BUSY")
    assert task.status(50.5).word == "DONE"


def test_what_is_due_comes_at_the_same_distance_after_the_clock_was_set_back():
    world = World1()
    world.account("mockcloud").later(1003.0, lambda _: None)
    world.rewind(500.0)
    assert world.agenda.next_due() == 503.0


def test_steady_time_goes_on_when_the_clock_is_set_back():
    world = World1()
    state = state_of(world)
    before = state.steady()
    world.rewind(500.0)
    assert state.steady() == before
    world.clock.set(503.0)
    assert state.steady() == before + 3


def test_task_made_after_the_clock_was_set_back_runs_its_course():
    world = World1()
    state = state_of(world)
    begin(state, "a")
    world.rewind(500.0)
    assert begin(state, "b").status(502.0).word == "DONE"

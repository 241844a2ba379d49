"""Every service against a model of it in plain Python: two accounts, any order of calls, time in both directions.

What the model knows of a task is when it was made and whether it was cancelled; its state follows from the desk's
course. At the end the same calls are made of a second mock with the same seed, which has to give the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from mockcloud.check.caller import Caller
from mockcloud.model import WireReply
from mockcloud.pipeline import Engine
from mockcloud.tasks import Progress
from tests.contract.catalog import CONTRACTS, engine
from tests.fuzz.effort import effort
from tests.model.desks import DESKS, TASK_SECONDS, Desk

Json = dict[str, Any]
ACCOUNTS = ("mockcloud", "mockcloud-other")
# Half seconds, so that a task is met before, at and behind each of its moments.
SECONDS = st.integers(1, 10).map(lambda halves: halves / 2)


class Player:
    """A mock and two accounts' ways into it; `replies` is all that it has answered."""

    def __init__(self, service: str, seed: int) -> None:
        self.mock: Engine = engine(seed=seed, progress=Progress("timed", TASK_SECONDS))
        self.replies: list[WireReply] = []
        self._operations = CONTRACTS.service(service).operations
        self._callers = {name: Caller(self.mock, name) for name in ACCOUNTS}

    def call(self, account: str, operation: str, parameters: Json, place: Json | None) -> Json | None:
        answered = self._callers[account].call(self._operations[operation], parameters, place)
        self.replies.append(answered.reply)
        return None if answered.error is not None else answered.body or {}

    def advance(self, seconds: float) -> None:
        self.mock.advance(seconds)

    def reset(self, account: str | None) -> None:
        self.mock.reset(account)


@dataclass
class Made:
    """A task as the model knows it: mock seconds since the machine began."""

    id: str
    born: float
    is_cancelled: bool = False


class Machine(RuleBasedStateMachine):
    """Does anything, and holds what it sees against the model."""

    desk: Desk

    def __init__(self) -> None:
        super().__init__()
        self.trace: list[tuple[str, tuple[Any, ...]]] = []
        self.player = Player(self.desk.service, seed=7)
        self.model: dict[str, list[Made]] = {name: [] for name in ACCOUNTS}
        self.now = 0.0

    def do(self, action: str, *arguments: Any) -> Any:
        self.trace.append((action, arguments))
        return getattr(self.player, action)(*arguments)

    def ask(self, account: str) -> Any:
        return lambda operation, parameters, place=None: self.do("call", account, operation, parameters, place)

    def word(self, task: Made) -> str | int | None:
        if task.is_cancelled:
            return self.desk.cancelled
        return [word for word, age in self.desk.course if self.now - task.born >= age][-1]

    def found(self, account: str, task_id: str) -> Made | None:
        return next((task for task in self.model[account] if task.id == task_id), None)

    @rule(account=st.sampled_from(ACCOUNTS))
    def create(self, account: str) -> None:
        task_id = self.desk.create(self.ask(account))
        assert self.found(account, task_id) is None
        self.model[account].append(Made(task_id, self.now))

    def seen(self, account: str, task_id: str) -> str | int | None:
        """What a look at a task has to show; None when there is none to be seen."""
        task = self.found(account, task_id)
        word = None if task is None else self.word(task)
        return word if self.desk.listed is None or word in self.desk.listed else None

    @rule(account=st.sampled_from(ACCOUNTS), data=st.data())
    def read(self, account: str, data: st.DataObject) -> None:
        """Look at any task there is, also with the other account."""
        known = [task.id for tasks in self.model.values() for task in tasks]
        if known:
            task_id = data.draw(st.sampled_from(known))
            assert self.desk.read(self.ask(account), task_id) == self.seen(account, task_id)

    @rule(account=st.sampled_from(ACCOUNTS), size=st.integers(1, 4), data=st.data())
    def list(self, account: str, size: int, data: st.DataObject) -> None:
        words = [None, *(word for word, _ in self.desk.course), *filter(None, [self.desk.cancelled])]
        wanted = data.draw(st.sampled_from(words)) if self.desk.listed is None else None
        shown = self.desk.listed if wanted is None else (wanted,)
        there = [task.id for task in self.model[account] if shown is None or self.word(task) in shown]
        pages = list(self.desk.pages(self.ask(account), wanted, size))
        seen = [task_id for ids, _ in pages for task_id in ids]
        assert seen == (there[::-1] if self.desk.is_newest_first else there)
        assert {total for _, total in pages} <= {None, len(there)}
        if self.desk.listed is None:
            assert all(len(ids) == size for ids, _ in pages[:-1])

    @rule(account=st.sampled_from(ACCOUNTS), data=st.data())
    def cancel(self, account: str, data: st.DataObject) -> None:
        if self.desk.cancelled is None or not self.model[account]:
            return
        task = data.draw(st.sampled_from(self.model[account]))
        is_allowed = self.word(task) in self.desk.cancellable
        assert self.desk.cancel(self.ask(account), task.id) == is_allowed
        task.is_cancelled = task.is_cancelled or is_allowed

    @rule(seconds=SECONDS)
    def advance(self, seconds: float) -> None:
        self.do("advance", seconds)
        self.now += seconds
        self.look_at_all()

    def look_at_all(self) -> None:
        for account, tasks in self.model.items():
            for task in tasks[-6:]:
                assert self.desk.read(self.ask(account), task.id) == self.seen(account, task.id)

    @rule(seconds=SECONDS)
    def go_back(self, seconds: float) -> None:
        """The clock goes back and tasks with it: no state ever does."""
        self.do("advance", -seconds)
        self.now -= seconds
        for task in (task for tasks in self.model.values() for task in tasks):
            task.born -= seconds
        self.look_at_all()

    @precondition(lambda self: sum(map(len, self.model.values())) > 2)
    @rule(account=st.sampled_from((*ACCOUNTS, None)))
    def reset(self, account: str | None) -> None:
        self.do("reset", account)
        for name in ACCOUNTS if account is None else [account]:
            self.model[name].clear()

    def teardown(self) -> None:
        """Whatever was done: nothing failed, and another mock with the same seed gives the same bytes."""
        again = Player(self.desk.service, seed=7)
        for action, arguments in self.trace:
            getattr(again, action)(*arguments)
        assert again.replies == self.player.replies
        assert self.player.mock.bugs == self.player.mock.unrouted == 0


@pytest.mark.parametrize("desk", DESKS, ids=lambda desk: desk.service)
def test_service_is_its_model(desk):
    machine = type(f"Machine_{type(desk).__name__}", (Machine,), {"desk": desk})
    run_state_machine_as_test(machine, settings=effort(0.3, stateful_step_count=40))


@pytest.mark.parametrize("desk", DESKS, ids=lambda desk: desk.service)
def test_another_seed_gives_other_bytes(desk):
    players = [Player(desk.service, seed) for seed in (1, 1, 2)]
    for player in players:
        desk.create(
            lambda operation, given, place=None, player=player: player.call("mockcloud", operation, given, place)
        )
    first, same, other = (player.replies for player in players)
    assert first == same
    assert first != other

"""Tasks without timers: what state a task is in follows from when it was made and what time it is.

Four modes: `timed` (the queue takes the first half of `seconds`, the work the second), `immediate` (done at once),
`polls:N` (one step for every N reads), `manual` (only `force` moves it). Whatever the mode, a state never goes back.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .contract.spec import Family
from .model import Misuse

Json = dict[str, Any]
PHASES = ("queued", "running", "succeeded", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Progress:
    """How tasks move on: mode ("timed", "immediate", "polls", "manual"), seconds in all, reads per step."""

    mode: str = "timed"
    seconds: float = 2.0
    polls: int = 1

    @classmethod
    def parse(cls, text: str, seconds: float = 2.0) -> Progress:
        """From the command line's words. Misuse: an unknown mode, or polls without a positive number."""
        mode, _, number = text.partition(":")
        if mode == "polls" and number.isdigit() and int(number) > 0:
            return cls("polls", seconds, int(number))
        if mode in ("timed", "immediate", "manual") and not number:
            return cls(mode, seconds)
        raise Misuse(f"progress {text!r} is not known", "use timed, immediate, manual or polls:N with N >= 1")


@dataclass(frozen=True, slots=True)
class Status:
    """The state of a task at a moment. Times are mock seconds since the epoch; None = has not happened.

    word     the provider's own status word
    phase    "queued" | "running" | "succeeded" | "failed" | "cancelled"
    step     index into the family's steps (the last one for every end)
    started  when it left the queue
    ended    when it came to its end
    """

    word: str | int
    phase: str
    step: int
    started: float | None
    ended: float | None

    @property
    def is_final(self) -> bool:
        """Whether the task has ended."""
        return self.ended is not None


@dataclass(slots=True)
class Task:
    """One asynchronous job.

    request  the typed parameters that created it
    data     what the provider's module keeps with it
    failure  why it fails: {"code": documented task code, ...}; set beforehand it ends in the failed state
    marks    moves that somebody made or saw: (step, moment), oldest first
    end      (phase, moment) when it was ended by force or cancelled
    """

    id: str
    family: Family
    operation: str
    created: float
    number: int
    progress: Progress
    request: Json
    data: Json = field(default_factory=dict)
    failure: Json | None = None
    marks: list[tuple[int, float]] = field(default_factory=list)
    end: tuple[str, float] | None = None
    reads: int = 0
    held: bool = False

    @property
    def is_regular(self) -> bool:
        """Whether its state follows from its age alone, like that of its neighbours."""
        return not self.marks and self.end is None and self.failure is None and not self.held

    def due(self, step: int) -> float | None:
        """When it enters a step by itself; None when only reads or force bring it there."""
        anchor, since = self.marks[-1] if self.marks else (0, self.created)
        if step <= anchor:
            return next((at for reached, at in self.marks if reached >= step), self.created)
        if self.held or self.progress.mode in ("manual", "polls"):
            return None
        if self.progress.mode == "immediate":
            return since
        shares = fractions(self.family)
        return since + (shares[step] - shares[anchor]) * self.progress.seconds

    def status(self, now: float) -> Status:
        """The state at a moment (mock seconds)."""
        last = len(self.family.steps) - 1
        if self.end is not None and self.end[1] <= now:
            return self._ended(now)
        step = last
        while step > 0:
            entered = self.due(step)
            if entered is not None and entered <= now:
                break
            step -= 1
        started = self.due(self.family.queued) if step >= self.family.queued else None
        if step < last:
            phase = "queued" if step < self.family.queued else "running"
            return Status(self.family.steps[step], phase, step, started, None)
        fails = self.failure is not None and self.family.failed is not None
        word = self.family.failed if fails and self.family.failed is not None else self.family.steps[last]
        return Status(word, "failed" if fails else "succeeded", last, started, self.due(last))

    def _ended(self, now: float) -> Status:
        assert self.end is not None  # noqa: S101 - for the type checker
        phase, at = self.end
        family = self.family
        started = self.due(family.queued)
        word = {"failed": family.failed, "cancelled": family.cancelled}.get(phase, family.steps[-1])
        assert word is not None  # noqa: S101 - a family without the word never gets here, see TaskBook.force
        started = started if started is not None and started <= at and phase != "cancelled" else None
        return Status(word, phase, len(family.steps) - 1, started if started or phase == "cancelled" else at, at)

    def read(self, now: float) -> Status:
        """The state as a query shows it; in the `polls` mode the look counts."""
        if self.progress.mode == "polls" and self.end is None and not self.held:
            step = min(self.reads // self.progress.polls, len(self.family.steps) - 1)
            self.reads += 1
            if step > (self.marks[-1][0] if self.marks else 0):
                self.marks.append((step, now))
        return self.status(now)


def fractions(family: Family) -> tuple[float, ...]:
    """The share of the whole time after which each step begins: the queue takes the first half, work the second."""
    running = len(family.steps) - 1 - family.queued
    if not family.queued or not running:
        return tuple(index / (len(family.steps) - 1) for index in range(len(family.steps)))
    return tuple(
        0.5 * index / family.queued if index <= family.queued else 0.5 + 0.5 * (index - family.queued) / running
        for index in range(len(family.steps))
    )


class TaskBook:
    """The tasks of one account and service, in order of creation, at most `most` of them."""

    def __init__(self, most: int = 100_000) -> None:
        self._most = most
        self._by_id: dict[str, Task] = {}
        self._order: list[Task] = []
        self._irregular: dict[str, Task] = {}
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Task]:
        return iter(self._by_id.values())

    def add(self, task: Task) -> None:
        """Keep a task; the oldest goes when there are too many. The caller gives creation times that never fall."""
        self._by_id[task.id] = task
        self._order.append(task)
        if not task.is_regular:
            self._irregular[task.id] = task
        while len(self._by_id) > self._most:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        oldest = next(iter(self._by_id))
        del self._by_id[oldest]
        self._irregular.pop(oldest, None)
        self.dropped += 1
        if self.dropped % 4096 == 0 or len(self._order) > 2 * self._most:
            self._order = list(self._by_id.values())

    def get(self, task_id: str) -> Task | None:
        """The task with this id."""
        return self._by_id.get(task_id)

    def touch(self, task: Task) -> None:
        """To be called after a task's course was changed by hand, so that lists stay right."""
        self._irregular[task.id] = task

    def select(
        self,
        now: float,
        *,
        phases: frozenset[str] | None = None,
        after: float | None = None,
        before: float | None = None,
        where: Callable[[Task], bool] | None = None,
        newest_first: bool = True,
        offset: int = 0,
        limit: int | None = None,
    ) -> tuple[list[Task], int]:
        """A page of tasks and how many match in all.

        after, before  creation time, both ends inclusive, mock seconds
        phases         only tasks whose phase is one of these
        """
        tasks = self._between(after, before)
        if phases is not None or where is not None:
            tasks = [
                task
                for task in tasks
                if (phases is None or task.status(now).phase in phases) and (where is None or where(task))
            ]
        total = len(tasks)
        end = total if limit is None else min(total, offset + limit)
        if newest_first:
            return [tasks[total - 1 - index] for index in range(offset, end)], total
        return tasks[offset:end], total

    def _between(self, after: float | None, before: float | None) -> list[Task]:
        live = self._order[len(self._order) - len(self._by_id) :]
        low = 0 if after is None else bisect_left(live, after, key=lambda task: task.created)
        high = len(live) if before is None else bisect_right(live, before, key=lambda task: task.created)
        return live[low:high]

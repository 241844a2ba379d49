"""Tasks without timers: what state a task is in follows from when it was made and what time it is.

Four modes: `timed` (the queue takes the first half of `seconds`, the work the second), `immediate` (done at once),
`polls:N` (one step for every N reads), `manual` (only `force` moves it). Whatever the mode, a state never goes back.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from heapq import merge
from itertools import islice
from math import inf
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
        mode, colon, number = text.partition(":")
        if mode == "polls" and number.isascii() and number.isdigit() and 0 < int(number[:10]) <= 1_000_000:
            return cls("polls", seconds, int(number[:10]))
        if mode in ("timed", "immediate", "manual") and not colon:
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

    group    what lists tell apart beside the family (a project, a region); the provider's module chooses it
    request  the typed parameters that created it
    data     what the provider's module keeps with it
    failure  why it fails: {"code": documented task code, ...}; set beforehand it ends in the failed state
    marks    steps that it entered by reads or by hand, and those before them: (step, moment), oldest first
    end      (phase, moment) when it was ended by force or cancelled
    reads    looks at it since it entered its step, in the `polls` mode
    announced  the last step that the provider's module was told of
    place    where it stands in its line of the book
    is_gone  the book has dropped it
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
    group: str = ""
    marks: list[tuple[int, float]] = field(default_factory=list)
    end: tuple[str, float] | None = None
    reads: int = 0
    announced: int = -1
    place: int = -1
    is_gone: bool = False

    @property
    def is_regular(self) -> bool:
        """Whether its state follows from its age alone, like that of its neighbours."""
        return not self.marks and self.end is None and self.failure is None

    def due(self, step: int) -> float | None:
        """When it enters a step by itself, or did enter it; None when only reads or force bring it there."""
        anchor, since = self.marks[-1] if self.marks else (0, self.created)
        if step <= anchor:
            return next((at for reached, at in self.marks if reached >= step), self.created) if step else self.created
        if self.progress.mode in ("manual", "polls"):
            return None
        if self.progress.mode == "immediate":
            return since
        shares = fractions(len(self.family.steps), self.family.queued)
        return since + (shares[step] - shares[anchor]) * self.progress.seconds

    def status(self, now: float) -> Status:
        """The state at a moment (mock seconds)."""
        if self.end is not None:
            return self._ended(*self.end)
        family = self.family
        step = last = len(family.steps) - 1
        while step > 0:
            entered = self.due(step)
            if entered is not None and entered <= now:
                break
            step -= 1
        started = self.due(family.queued) if step >= family.queued else None
        if step < last:
            return Status(family.steps[step], phase_of(family, step), step, started, None)
        if self.failure is not None and family.failed is not None:
            return Status(family.failed, "failed", last, started, self.due(last))
        return Status(family.steps[last], "succeeded", last, started, self.due(last))

    def _ended(self, phase: str, at: float) -> Status:
        family = self.family
        started = self.due(family.queued)
        if started is None or started > at:
            started = None if phase == "cancelled" else at
        word = family.cancelled if phase == "cancelled" else family.failed
        assert word is not None  # noqa: S101 - `finish` has looked
        return Status(word, phase, len(family.steps) - 1, started, at)

    def read(self, now: float) -> Status:
        """The state as a query shows it; in the `polls` mode the look counts."""
        if self.progress.mode == "polls" and self.end is None:
            step = self.marks[-1][0] if self.marks else 0
            if self.reads >= self.progress.polls and step < len(self.family.steps) - 1:
                self.enter(step + 1, now)
            self.reads += 1
        return self.status(now)

    def enter(self, step: int, now: float) -> None:
        """Go on to a step now. What it has entered by itself until now is written down and stays as it was."""
        reached = self.status(now).step
        anchor = self.marks[-1][0] if self.marks else 0
        entered = [(passed, self.due(passed)) for passed in range(anchor + 1, reached + 1)]
        self.marks.extend((passed, at) for passed, at in entered if at is not None)
        if step > reached:
            self.marks.append((step, now))
        self.reads = 0

    def finish(self, phase: str, now: float) -> None:
        """End now as "failed" or "cancelled". ValueError: it has ended, or its family has no such end."""
        word = self.family.cancelled if phase == "cancelled" else self.family.failed
        status = self.status(now)
        if status.is_final or word is None:
            raise ValueError(f"task {self.id} is {status.word!r} and cannot become {phase}")
        self.enter(status.step, now)
        self.end = (phase, now)

    def shift(self, seconds: float) -> None:
        """Move its whole history, when the clock is set back: its state stays what it is."""
        self.created += seconds
        self.marks = [(step, at + seconds) for step, at in self.marks]
        self.end = None if self.end is None else (self.end[0], self.end[1] + seconds)


def phase_of(family: Family, step: int) -> str:
    """The phase of a task in a step, when nothing goes wrong."""
    return "succeeded" if step == len(family.steps) - 1 else "queued" if step < family.queued else "running"


@cache
def fractions(steps: int, queued: int) -> tuple[float, ...]:
    """The share of the whole time after which each step begins: the queue takes the first half, work the second."""
    running = steps - 1 - queued
    if not queued or not running:
        return tuple(index / (steps - 1) for index in range(steps))
    return tuple(
        0.5 * index / queued if index <= queued else 0.5 + 0.5 * (index - queued) / running for index in range(steps)
    )


Runs = list[tuple[int, int]]  # ranges of indices, end exclusive, rising


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tasks a list shows; None = no matter.

    phases, words  of the state that they are in; a task is in the list when it fits both
    after, before  creation time, both ends inclusive, mock seconds
    upto           the number of the newest
    """

    phases: frozenset[str] | None = None
    words: frozenset[str | int] | None = None
    after: float | None = None
    before: float | None = None
    upto: int | None = None

    def takes(self, phase: str, word: str | int) -> bool:
        """Whether a task in this state is shown."""
        return (self.phases is None or phase in self.phases) and (self.words is None or word in self.words)


class _Line:
    """Tasks of one family and group in order of creation; `tasks[start:]` are those that are still there.

    base  the place of tasks[0]; odd: places of the tasks whose state does not follow from their age, rising
    """

    __slots__ = ("_ages", "_family", "base", "odd", "progress", "start", "tasks")

    def __init__(self, family: Family, progress: Progress) -> None:
        self.tasks: list[Task] = []
        self.base = self.start = 0
        self.odd: list[int] = []
        self.progress = progress
        self._family = family
        seconds = {"timed": progress.seconds, "immediate": 0.0}.get(progress.mode)
        shares = fractions(len(family.steps), family.queued)
        # How old a task is when it enters each step.
        self._ages = [
            inf if seconds is None and step else share * (seconds or 0.0) for step, share in enumerate(shares)
        ]

    def add(self, task: Task) -> None:
        task.place = self.base + len(self.tasks)
        self.tasks.append(task)
        if not task.is_regular or task.progress != self.progress:
            self.odd.append(task.place)

    def touch(self, task: Task) -> None:
        place = bisect_left(self.odd, task.place)
        if place == len(self.odd) or self.odd[place] != task.place:
            insort(self.odd, task.place)

    def drop_first(self) -> None:
        self.start += 1
        if self.start >= 256 and self.start * 4 >= len(self.tasks):
            del self.tasks[: self.start]
            self.base += self.start
            self.start = 0
            del self.odd[: bisect_left(self.odd, self.base)]

    def runs(self, now: float, wanted: Wanted) -> Runs:
        """Where the tasks stand that are wanted now."""
        tasks, low, high = self.tasks, self.start, len(self.tasks)
        if wanted.after is not None:
            low = bisect_left(tasks, wanted.after, low, key=_created)
        if wanted.before is not None:
            high = bisect_right(tasks, wanted.before, low, high, key=_created)
        if wanted.upto is not None:
            high = bisect_right(tasks, wanted.upto, low, high, key=_number)
        if low >= high:
            return []
        if wanted.phases is None and wanted.words is None:
            return [(low, high)]
        # The older a task, the further it is: boundaries between steps part the line, but for the odd ones.
        found: Runs = []
        for step in range(len(self._ages) - 1, -1, -1):
            age = self._ages[step]
            end = bisect_right(tasks, now, low, high, key=_entering(age)) if step else high
            self._add_runs(found, now, wanted, low, end, step)
            low = end
        return found

    def _add_runs(self, found: Runs, now: float, wanted: Wanted, begin: int, end: int, step: int) -> None:
        is_wanted = wanted.takes(phase_of(self._family, step), self._family.steps[step])
        first, last = (bisect_left(self.odd, self.base + index) for index in (begin, end))
        for place in self.odd[first:last]:
            index = place - self.base
            status = self.tasks[index].status(now)
            if wanted.takes(status.phase, status.word) == is_wanted:
                continue
            if not is_wanted:
                found.append((index, index + 1))
            elif begin < index:
                found.append((begin, index))
            begin = index + 1
        if is_wanted and begin < end:
            found.append((begin, end))

    def page(self, runs: Runs, newest_first: bool, offset: int, most: int | None) -> Iterator[Task]:
        """The tasks of some runs from the offset on, at most so many."""
        for begin, end in reversed(runs) if newest_first else runs:
            size = end - begin
            if offset >= size:
                offset -= size
                continue
            count = size - offset if most is None else min(size - offset, most)
            low = end - offset - count if newest_first else begin + offset
            part = self.tasks[low : low + count]
            yield from reversed(part) if newest_first else part
            offset = 0
            most = None if most is None else most - count
            if most == 0:
                return


def _entering(age: float) -> Callable[[Task], float]:
    """When a task enters the step that it enters at this age."""
    return lambda task: task.created + age


def _created(task: Task) -> float:
    return task.created


def _number(task: Task) -> int:
    return task.number


class TaskBook:
    """The tasks of one account and service, in order of creation, at most `most` of them.

    They stand in one line for each family and group, so that a page of a list costs the same however many there are.
    """

    def __init__(self, most: int = 100_000) -> None:
        self._most = most
        self._by_id: dict[str, Task] = {}
        self._order: deque[Task] = deque()
        self._lines: dict[tuple[str, str], _Line] = {}
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[Task]:
        return iter(self._order)

    def newest(self) -> Iterator[Task]:
        """All tasks, newest first."""
        return reversed(self._order)

    def add(self, task: Task) -> None:
        """Keep a task; the oldest goes when there are too many. The caller gives times and numbers that never fall."""
        if task.id in self._by_id:
            raise ValueError(f"there is a task {task.id} already")
        key = (task.family.name, task.group)
        line = self._lines.get(key)
        if line is None:
            line = self._lines[key] = _Line(task.family, task.progress)
        line.add(task)
        self._by_id[task.id] = task
        self._order.append(task)
        while len(self._order) > self._most:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        oldest = self._order.popleft()
        oldest.is_gone = True
        del self._by_id[oldest.id]
        self._lines[oldest.family.name, oldest.group].drop_first()
        self.dropped += 1

    def get(self, task_id: str) -> Task | None:
        """The task with this id."""
        return self._by_id.get(task_id)

    def touch(self, task: Task) -> None:
        """To be called after a task's course was changed by hand, so that lists stay right."""
        if not task.is_gone:
            self._lines[task.family.name, task.group].touch(task)

    def select(
        self,
        now: float,
        *,
        family: str | None = None,
        group: str | None = None,
        phases: frozenset[str] | None = None,
        words: frozenset[str | int] | None = None,
        after: float | None = None,
        before: float | None = None,
        upto: int | None = None,
        where: Callable[[Task], bool] | None = None,
        newest_first: bool = True,
        offset: int = 0,
        limit: int | None = None,
    ) -> tuple[list[Task], int]:
        """A page of tasks and how many match in all. Only `where` has to look at every task.

        family, group  only tasks of these; None = of any
        phases ...     see `Wanted`
        """
        wanted = Wanted(phases, words, after, before, upto)
        found = [
            (line, line.runs(now, wanted))
            for (family_name, group_name), line in self._lines.items()
            if family in (None, family_name) and group in (None, group_name)
        ]
        if where is not None:
            matching = [task for task in list(self._pages(found, newest_first, 0, None)) if where(task)]
            return matching[offset:] if limit is None else matching[offset : offset + limit], len(matching)
        total = sum(end - begin for _, runs in found for begin, end in runs)
        return list(self._pages(found, newest_first, offset, limit)), total

    @staticmethod
    def _pages(found: list[tuple[_Line, Runs]], newest_first: bool, offset: int, limit: int | None) -> Iterator[Task]:
        if len(found) == 1:
            return found[0][0].page(found[0][1], newest_first, offset, limit)
        most = None if limit is None else offset + limit
        parts = (line.page(runs, newest_first, 0, most) for line, runs in found)
        return islice(merge(*parts, key=_number, reverse=newest_first), offset, most)

    def shift(self, seconds: float) -> None:
        """Move every task's history."""
        for task in self._order:
            task.shift(seconds)

"""What the mock remembers: accounts, and in each account one state per service. No I/O.

Everything that belongs to an account hangs on one `Account` object. A reset makes a new one, so that whatever still
holds the old one (a request that began before, a task's callback) changes nothing that anybody will see.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from .agenda import Action, Agenda, Owner
from .clock import Clock
from .contract.spec import Kind, Service
from .gate import Gate
from .ids import Ids
from .model import Misuse, Refusal, Violation
from .tasks import Progress, Status, Task, TaskBook

Json = dict[str, Any]
log = logging.getLogger("mockcloud")

_BIG = 16 * 1024  # bytes; what usual requests leave behind is bounded by its number


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user chose.

    options  switches that contracts declare: {"jdcloud-mps.result": "both"}
    secrets  names of headers and parameters that are redacted beside those of the contracts
    most_*   how much is kept: tasks of an account and service, accounts, resources of a kind, entries and bytes of the
             journal, deliveries, nonces (and tokens, as many), bytes of big requests; the oldest go first
    """

    auth: str = "strict"
    progress: Progress = field(default_factory=Progress)
    seed: int = 0
    region: str = "cn-north-1"
    options: Json = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    most_tasks: int = 100_000
    most_accounts: int = 1_000
    most_resources: int = 100_000
    most_requests: int = 10_000
    most_journal_bytes: int = 64 * 1024 * 1024
    most_callbacks: int = 10_000
    most_state_bytes: int = 256 * 1024 * 1024
    most_nonces: int = 100_000


@dataclass(frozen=True, slots=True)
class Delivery:
    """An HTTP POST that the mock owes somebody.

    waits     seconds of mock time before each further attempt; their number says how many
    settled   statuses that end it; empty = any answer at all
    timeout   seconds of wall time for one attempt
    fresh     makes the headers that say when an attempt was sent, anew for each one
    ended     told once how it ended: "delivered" | "failed" | "refused", and how the body of the last answer begins
    """

    url: str
    body: bytes
    headers: tuple[tuple[str, str], ...]
    service: str
    account: str
    task: str = ""
    waits: tuple[float, ...] = (1.0, 1.0)
    settled: tuple[int, ...] = (200,)
    timeout: float = 5.0
    fresh: Callable[[], tuple[tuple[str, str], ...]] = lambda: ()
    ended: Callable[[str, bytes], None] | None = None


class Shelf:
    """The resources of one kind, by key, in the order they came."""

    def __init__(self, kind: Kind, most: int = 100_000) -> None:
        self.kind = kind
        # Its oldest item goes at the same price however many have gone before; a plain dict's does not.
        self._items: OrderedDict[str, Json] = OrderedDict()
        self._most = most
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Json]:
        return iter(self._items.values())

    def get(self, key: object) -> Json | None:
        """The resource with this key (compared as text)."""
        return self._items.get(str(key))

    def put(self, item: Json) -> Json:
        """Add or replace; fields that are absent get the contract's defaults. The stored dict is returned.

        The oldest goes when there are too many. Misuse: the key is absent.
        """
        defaults = {
            name: _copied(schema["default"]) for name, schema in self.kind.fields.items() if "default" in schema
        }
        whole = {**defaults, **item}
        if self.kind.key not in whole:
            raise Misuse(f"a {self.kind.name} has a {self.kind.key}", f"got {', '.join(item) or 'nothing'}")
        self._items[str(whole[self.kind.key])] = whole
        while len(self._items) > self._most:
            self._items.popitem(last=False)
            self.dropped += 1
        return whole

    @contextmanager
    def all_or_none(self) -> Iterator[None]:
        """What is put in place inside the block stays only if it ends well."""
        before, dropped = self._items.copy(), self.dropped
        try:
            yield
        except Misuse:
            self._items, self.dropped = before, dropped
            raise

    def remove(self, key: object) -> bool:
        """Take one away; False when it was not there."""
        return self._items.pop(str(key), None) is not None


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value


class ServiceState:
    """One service of one account: what behaviours read and write.

    memory   whatever else the provider's module keeps (event configuration, queues), plain data
    """

    def __init__(self, account: Account, service: Service, stepped: Stepped | None) -> None:
        self.account = account
        self.service = service
        self.settings = account.world.settings
        self.clock = account.world.clock
        # What a request from before a reset still does to tokens is nobody's business any more.
        self.gate = account.world.gate if account.is_current else Gate(self.settings.auth, self.clock.wall)
        self.ids = Ids(f"{self.settings.seed}/{account.name}/{service.id}")
        self.tasks = TaskBook(self.settings.most_tasks)
        self.shelves = {name: Shelf(kind, self.settings.most_resources) for name, kind in service.kinds.items()}
        self.memory: Json = {}
        self._stepped = stepped
        self._last_created = 0.0

    def now(self) -> float:
        """Mock time, seconds since the epoch."""
        return self.clock.now()

    def steady(self) -> float:
        """Seconds of mock time that never go back, for how long ago something was; no moment to show to anybody."""
        return self.now() + self.account.world.rewound

    def option(self, name: str) -> Any:
        """The value of a switch that the contract declares."""
        key = f"{self.service.id}.{name}"
        return self.settings.options.get(key, self.service.options[name]["default"])

    def add_task(
        self,
        task_id: str,
        operation: str,
        request: Json,
        *,
        family: str = "",
        group: str = "",
        data: Json | None = None,
        failure: Json | None = None,
    ) -> Task:
        """Begin a task now. `family` defaults to the one that the operation's contract names.

        group  what lists tell apart beside the family (a project, a region), see `TaskBook.select`
        """
        self._last_created = created = max(self.now(), self._last_created)
        task = Task(
            id=task_id,
            family=self.service.families[family or self.service.operations[operation].family],
            operation=operation,
            created=created,
            number=self.ids.count("task-number"),
            progress=self.settings.progress,
            request=request,
            data=data if data is not None else {},
            failure=failure,
            group=group,
        )
        self.tasks.add(task)
        self._announce(task, created)
        return task

    def read(self, task: Task) -> Status:
        """The state of a task as a query shows it; a look may move it on (`polls`)."""
        marks = len(task.marks)
        status = task.read(self.now())
        if len(task.marks) > marks:
            self._changed(task)
        return status

    def cancel(self, task: Task) -> None:
        """End a task as cancelled, now. ValueError: it has ended, or its family cannot be cancelled."""
        task.finish("cancelled", self.now())
        self._changed(task)

    def force(self, task: Task, word: str | int, failure: Json | None = None) -> None:
        """Bring a task into a state, now. Misuse: an unknown word, a way back, a task that has ended."""
        family, now = task.family, self.now()
        known = next((one for one in family.words() if str(one) == str(word)), None)
        if known is None:
            raise Misuse(f"status {word!r} is not one of this task's", f"use one of {list(family.words())}")
        current = task.status(now)
        if current.is_final:
            raise Misuse(f"task {task.id} has ended with {current.word!r}", "states never go back; create another task")
        if known == family.failed:
            task.finish("failed", now)
            task.failure = failure or task.failure or {}
        elif known == family.cancelled:
            task.finish("cancelled", now)
        else:
            self._enter(task, family.steps.index(known), current, failure)
        self._changed(task)

    def _enter(self, task: Task, step: int, current: Status, failure: Json | None) -> None:
        if step < current.step:
            raise Misuse(f"task {task.id} is already {current.word!r}", "states never go back")
        task.enter(step, self.now())
        if step == len(task.family.steps) - 1:
            # A family without a failed state says inside the task what went wrong (Tencent's FINISH).
            task.failure = failure if task.family.failed is None else None

    def _changed(self, task: Task) -> None:
        self.tasks.touch(task)
        self._announce(task, self.now())

    def _announce(self, task: Task, at: float) -> None:
        """Tell the provider's module of the state that the task is in at a moment, once, and plan for the next."""
        if self._stepped is None:
            return
        status = task.status(at)
        if task.announced < status.step:
            task.announced = status.step
            self.account.later(at, lambda at: self._tell(task, status, at), task)
        due = None if status.is_final else task.due(status.step + 1)
        if due is not None:
            self.account.later(due, lambda at: self._announce(task, at), task)

    def _tell(self, task: Task, status: Status, at: float) -> None:
        if self._stepped is not None:
            self._stepped(task, status, at, self)

    def shift(self, seconds: float) -> None:
        """Move the history of its tasks, see `World.rewind`."""
        self._last_created += seconds
        self.tasks.shift(seconds)

    def later(self, due: float, action: Action) -> None:
        """Do something at a moment of the mock's time; a reset forgets it."""
        self.account.later(due, action)

    def deliver(self, delivery: Delivery) -> None:
        """Post something to somebody, now."""
        self.account.world.deliver(delivery, self.account)

    def breaks(self, operation: str, rule: str, path: str, value: Any, detail: str = "", *fill: str) -> Refusal:
        """The refusal for a server-side rule of the contract; the caller raises it.

        path    JSON Pointer into the parameters; fill: what goes into the message's %s (default: the rule's own)
        detail  what to do about it, one sentence with the ids that would work
        """
        found = self.service.operations[operation].rule(rule)
        answer = found.answer or self.service.refusals["default"]
        if not fill and answer.args is not None:
            fill = tuple(arg.replace("{value}", str(value)) for arg in answer.args)
        violation = Violation(found.id, path, value, found.cite)
        return Refusal(
            answer.code,
            *fill,
            variant=answer.variant,
            reason=found.id,
            detail=detail or found.text,
            violations=(violation,),
        )


Stepped = Callable[[Task, Status, float, ServiceState], None]


class Account:
    """Everything of one account.

    born        the number of resets that had happened when it was last reset
    is_current  whether it is still the account of its name; else nobody will see what happens to it
    held        bytes of the big requests that it took, any of which it may keep
    """

    def __init__(self, name: str, world: World, born: int, is_current: bool = True) -> None:
        self.name = name
        self.world = world
        self.born = born
        self.is_current = is_current
        self.held = 0
        self._services: dict[str, ServiceState] = {}

    def service(self, service: Service) -> ServiceState:
        """The state of one service, with its sample resources when it is new."""
        state = self._services.get(service.id)
        if state is None:
            state = self._services[service.id] = ServiceState(self, service, self.world.stepped(service))
            for kind in service.kinds.values():
                for sample in kind.samples:
                    self.world.stock(state, kind.name, dict(sample))
        return state

    def states(self) -> Iterator[ServiceState]:
        """The services that this account has used."""
        return iter(self._services.values())

    def later(self, due: float, action: Action, owner: Owner | None = None) -> None:
        """Do something at a moment of the mock's time, unless a reset or the end of its owner's record forgets it."""
        self.world.agenda.add(due, action, self, owner)


class World:
    """All accounts, the clock, what is due, and the seams to the provider modules and to the outside.

    stepped  gives the provider module's `stepped` function of a service, or None
    stock    puts a resource on its shelf, with the defaults that the provider's module computes
    deliver  takes a Delivery; the account says whether it is still wanted
    gate     who may come in, for services that issue tokens
    wake     is called when something is due earlier than all before
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        *,
        stepped: Callable[[Service], Stepped | None],
        stock: Callable[[ServiceState, str, Json], Json],
        deliver: Callable[[Delivery, Account], None],
        gate: Gate | None = None,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.gate = gate or Gate(settings.auth, clock.wall)
        self.stepped = stepped
        self.stock = stock
        self.deliver = deliver
        self.agenda = Agenda(wake)
        self.resets = 0
        self.whole_resets = 0
        self.accounts_dropped = 0
        self.rewound = 0.0  # seconds by which the clock was set back, in all
        self._born = 0
        self._accounts: OrderedDict[str, Account] = OrderedDict()

    def account(self, name: str, arrived: int | None = None) -> Account:
        """The account of that name; a request that arrived before its last reset gets one that nobody else sees.

        arrived  `resets` when the head of the request came in
        """
        if arrived is not None and self.is_stale(name, arrived):
            return Account(name, self, self.resets, is_current=False)
        found = self._accounts.get(name)
        if found is None:
            found = self._accounts[name] = Account(name, self, self._born)
            while len(self._accounts) > self.settings.most_accounts:
                self._drop(next(iter(self._accounts.values())))
        self._accounts.move_to_end(name)
        return found

    def hold(self, account: Account, size: int) -> None:
        """An account took a request. When they hold too much by big ones, those go that were not used for longest."""
        if size <= _BIG or not account.is_current:
            return
        account.held += size
        total = sum(one.held for one in self._accounts.values())
        for one in list(self._accounts.values()):
            if total <= self.settings.most_state_bytes:
                return
            if one.held:
                total -= one.held
                log.warning("account %s begins anew: big requests hold more than --most-state-bytes", one.name)
                self._drop(one)

    def _drop(self, account: Account) -> None:
        account.is_current = False
        del self._accounts[account.name]
        self.accounts_dropped += 1

    def is_stale(self, name: str, arrived: int) -> bool:
        """Whether a request with this account was under way when the account was last reset."""
        found = self._accounts.get(name)
        return arrived < (self._born if found is None else found.born)

    def accounts(self) -> Iterator[Account]:
        """All accounts that were used since they were last reset, the one that was used last at the end."""
        return iter(list(self._accounts.values()))

    def reset(self, name: str | None = None) -> None:
        """Back to the start, one account or everything (then the clock as well)."""
        self.resets += 1
        for account in list(self._accounts.values()) if name is None else [self.account(name)]:
            account.is_current = False
            del self._accounts[account.name]
        if name is not None:
            self._accounts[name] = Account(name, self, self.resets)
            return
        self._born = self.resets
        self.whole_resets += 1
        self.agenda.clear()
        self.clock.reset()

    def is_current(self, account: Account) -> bool:
        """Whether this object is still the account of its name."""
        return account.is_current

    def rewind(self, moment: float) -> None:
        """Set the clock back. Tasks and what is due go back with it, so that no task's state does."""
        seconds = moment - self.clock.now()
        self.clock.set(moment)
        self.rewound -= seconds
        self.agenda.shift(seconds)
        for account in self._accounts.values():
            for state in account.states():
                state.shift(seconds)

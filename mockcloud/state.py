"""What the mock remembers: accounts, and in each account one state per service. No I/O.

Everything that belongs to an account hangs on one `Account` object. A reset makes a new one, so that whatever still
holds the old one (a request that began before, a task's callback) changes nothing that anybody will see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any

from .clock import Clock
from .contract.spec import Kind, Service
from .gate import Gate
from .ids import Ids
from .model import Misuse, Refusal, Violation
from .tasks import Progress, Status, Task, TaskBook

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user chose. `options` are the switches that contracts declare: {"jdcloud-mps.result": "both"}."""

    auth: str = "strict"
    progress: Progress = field(default_factory=Progress)
    seed: int = 0
    region: str = "cn-north-1"
    options: Json = field(default_factory=dict)
    most_tasks: int = 100_000
    most_accounts: int = 1_000
    most_resources: int = 100_000


@dataclass(frozen=True, slots=True)
class Delivery:
    """An HTTP POST that the mock owes somebody.

    waits     seconds of mock time before each further attempt; their number says how many
    settled   statuses that end it; empty = any answer at all
    timeout   seconds of wall time for one attempt
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
    ended: Callable[[str, bytes], None] | None = None


class Agenda:
    """What happens at a later moment of the mock's time, in order of (due, entry)."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Callable[[float], None]]] = []
        self._entries = 0

    def add(self, due: float, action: Callable[[float], None]) -> None:
        """Do something at a moment; `action` gets the moment it was due."""
        self._entries += 1
        heappush(self._heap, (due, self._entries, action))

    def next_due(self) -> float | None:
        """When the next entry is due."""
        return self._heap[0][0] if self._heap else None

    def pop(self, until: float) -> tuple[float, Callable[[float], None]] | None:
        """Take the next entry that is due by then."""
        if not self._heap or self._heap[0][0] > until:
            return None
        due, _, action = heappop(self._heap)
        return due, action

    def clear(self) -> None:
        """Forget everything."""
        self._heap.clear()


class Shelf:
    """The resources of one kind, by key, in the order they came."""

    def __init__(self, kind: Kind, most: int = 100_000) -> None:
        self.kind = kind
        self._items: dict[str, Json] = {}
        self._most = most

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Json]:
        return iter(self._items.values())

    def get(self, key: object) -> Json | None:
        """The resource with this key (compared as text)."""
        return self._items.get(str(key))

    def put(self, item: Json) -> Json:
        """Add or replace; fields that are absent get the contract's defaults. The stored dict is returned."""
        defaults = {
            name: _copied(schema["default"]) for name, schema in self.kind.fields.items() if "default" in schema
        }
        whole = {**defaults, **item}
        self._items[str(whole[self.kind.key])] = whole
        while len(self._items) > self._most:
            del self._items[next(iter(self._items))]
        return whole

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
        self.gate = account.world.gate
        self.ids = Ids(f"{self.settings.seed}/{account.name}/{service.id}")
        self.tasks = TaskBook(self.settings.most_tasks)
        self.shelves = {name: Shelf(kind, self.settings.most_resources) for name, kind in service.kinds.items()}
        self.memory: Json = {}
        self._stepped = stepped
        self._last_created = 0.0

    def now(self) -> float:
        """Mock time, seconds since the epoch."""
        return self.clock.now()

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
        data: Json | None = None,
        failure: Json | None = None,
    ) -> Task:
        """Begin a task now. `family` defaults to the one that the operation's contract names."""
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
        )
        self.tasks.add(task)
        if self._stepped is not None:
            self._announce(task)
        return task

    def read(self, task: Task) -> Status:
        """The state of a task as a query shows it; a look may move it on (`polls`)."""
        marks = len(task.marks)
        status = task.read(self.now())
        if len(task.marks) > marks:
            self.tasks.touch(task)
            self._announce(task)
        return status

    def cancel(self, task: Task) -> None:
        """End a task as cancelled, now."""
        task.end = ("cancelled", self.now())
        self.tasks.touch(task)
        self._announce(task)

    def force(self, task: Task, word: str | int, failure: Json | None = None) -> None:
        """Bring a task into a state, now. Misuse: an unknown word, a way back, a task that has ended."""
        family, now = task.family, self.now()
        if word not in family.words():
            raise Misuse(f"status {word!r} is not one of this task's", f"use one of {list(family.words())}")
        current = task.status(now)
        if current.is_final:
            raise Misuse(f"task {task.id} has ended with {current.word!r}", "states never go back; create another task")
        if word == family.failed and word is not None:
            task.failure = failure or task.failure or {}
            task.end = ("failed", now)
        elif word == family.cancelled and word is not None:
            task.end = ("cancelled", now)
        else:
            step = family.steps.index(word)
            if step < current.step:
                raise Misuse(f"task {task.id} is already {current.word!r}", "states never go back")
            task.marks.append((step, now))
            if step == len(family.steps) - 1:
                # A family without a failed state says inside the task what went wrong (Tencent's FINISH).
                task.failure = failure if family.failed is None else None
        self.tasks.touch(task)
        self._announce(task)

    def _announce(self, task: Task) -> None:
        """Tell the provider's module of every state that the task enters, at its moment and once."""
        if self._stepped is None:
            return
        now, account = self.now(), self.account
        announced: int = task.data.get("_announced", -1)
        status = task.status(now)
        if announced < status.step:
            task.data["_announced"] = status.step
            account.agenda.add(now, lambda at: self._tell(task, at))
        if not status.is_final and task.end is None:
            due = task.due(status.step + 1)
            if due is not None:
                account.agenda.add(due, lambda _: self._announce(task))

    def _tell(self, task: Task, at: float) -> None:
        if self._stepped is not None:
            self._stepped(task, task.status(at), at, self)

    def later(self, due: float, action: Callable[[float], None]) -> None:
        """Do something at a moment of the mock's time; a reset forgets it."""
        self.account.agenda.add(due, action)

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
    """Everything of one account. `born` is the number of resets that had happened when it was made."""

    def __init__(self, name: str, world: World, born: int) -> None:
        self.name = name
        self.world = world
        self.born = born
        self.agenda = Agenda()
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


class World:
    """All accounts, the clock, and the seams to the provider modules and to the outside.

    stepped  gives the provider module's `stepped` function of a service, or None
    stock    puts a resource on its shelf, with the defaults that the provider's module computes
    deliver  takes a Delivery; the account says whether it is still wanted
    gate     who may come in, for services that issue tokens
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
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.gate = gate or Gate(settings.auth, clock.wall)
        self.stepped = stepped
        self.stock = stock
        self.deliver = deliver
        self.resets = 0
        self.accounts_dropped = 0
        self._accounts: dict[str, Account] = {}

    def account(self, name: str, arrived: int | None = None) -> Account:
        """The account of that name; a request that arrived before its last reset gets one that nobody else sees."""
        found = self._accounts.get(name)
        if found is None:
            found = self._accounts[name] = Account(name, self, 0)
            while len(self._accounts) > self.settings.most_accounts:
                self._accounts.pop(next(iter(self._accounts)))
                self.accounts_dropped += 1
        if arrived is not None and arrived < self._born(name, found):
            return Account(name, self, self.resets)
        return found

    def _born(self, name: str, account: Account) -> int:
        return max(account.born, self._all_reset)

    _all_reset = 0

    def accounts(self) -> Iterator[Account]:
        """All accounts that were used since they were last reset."""
        return iter(list(self._accounts.values()))

    def reset(self, name: str | None = None) -> None:
        """Back to the start, one account or everything (then the clock as well)."""
        self.resets += 1
        if name is not None:
            self._accounts[name] = Account(name, self, self.resets)
            return
        self._all_reset = self.resets
        self._accounts.clear()
        self.clock.reset()

    def is_current(self, account: Account) -> bool:
        """Whether this object is still the account of its name."""
        return self._accounts.get(account.name) is account

    def next_due(self) -> float | None:
        """When the next thing falls due in any account."""
        dues = [due for account in self._accounts.values() if (due := account.agenda.next_due()) is not None]
        return min(dues, default=None)

    def pop_due(self, until: float) -> tuple[float, Callable[[float], None]] | None:
        """The next thing that is due by then, over all accounts."""
        first = min(
            (account for account in self._accounts.values() if account.agenda.next_due() is not None),
            key=lambda account: account.agenda.next_due() or 0.0,
            default=None,
        )
        return None if first is None else first.agenda.pop(until)

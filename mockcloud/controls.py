"""What the admin interface can do, one function per call; `ROUTES` says how it is asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from contextlib import nullcontext
from datetime import UTC, datetime
from difflib import get_close_matches
from itertools import islice
from typing import Any, Protocol

from . import providers
from .contract.shape import Shape
from .contract.spec import Operation, Rule, Service
from .contract.validate import describe, pointer
from .faults import ANSWER_FAULTS, FAULT_ARGS, GARBAGE, MOST_FAULTS, WIRE_FAULTS
from .gate import KEY_ID
from .model import Misuse
from .pipeline import Engine, stamp
from .state import ServiceState
from .tasks import Task
from .version import VERSION

Json = dict[str, Any]
EVERYBODY = "*"
_LONGEST_WORD = 100  # characters of an unknown name that are compared
_MOST_COMPARED = 200  # tasks of a service whose ids an unknown one is compared with


class Move(Protocol):
    """Moves the clock, see `Server.move`."""

    def __call__(self, target: Callable[[], float], runs: bool | None = None) -> Awaitable[None]:
        """To a moment that is asked for when it is its turn; `runs`: whether the clock runs afterwards."""


class Controls:
    """The engine, seen from the admin interface."""

    def __init__(self, engine: Engine, move: Move) -> None:
        self.engine = engine
        self.move = move
        self._kinds: dict[str, Shape] = {}

    def service(self, name: str) -> Service:
        """The service of that name. Misuse: names the nearest."""
        known = self.engine.contracts.ids()
        if name not in known:
            raise Misuse(f"there is no service {name!r}", nearest(name, known))
        return self.engine.contracts.service(name)

    def operation(self, service: Service, name: str) -> Operation:
        """The operation of that name. Misuse: names the nearest."""
        if name not in service.operations:
            raise Misuse(f"{service.id} has no operation {name!r}", nearest(name, service.operations))
        return service.operations[name]

    def operation_of(self, service: str | None, name: str, *, is_served: bool = True) -> None:
        """Misuse: the service, or any service, has no operation of that name; names the nearest.

        is_served  whether those that are documented but not served do not count
        """
        services = [self.service(service)] if service else list(self.engine.contracts.services())
        known = [operation for one in services for operation in (*one.operations, *(() if is_served else one.unserved))]
        if name not in known:
            raise Misuse(
                f"{service or 'no service'} has {'no' if service else 'an'} operation {name!r}", nearest(name, known)
            )

    def account_name(self, arguments: Json) -> str:
        """The account that a call is about. Misuse: no access key id of the mock."""
        name: str = arguments.get("account", KEY_ID)
        if not self.engine.gate.knows(name):
            raise Misuse(f"there is no account {name!r}", f"accounts are named {KEY_ID} or {KEY_ID}-<name>")
        return name

    def state(self, arguments: Json, service: Service) -> ServiceState:
        """One service of one account."""
        return self.engine.world.account(self.account_name(arguments)).service(service)

    def states(self, arguments: Json) -> Iterable[ServiceState]:
        """The services that a listing is about: the named one, or all."""
        named = arguments.get("service")
        services = [self.service(named)] if named else self.engine.contracts.services()
        return [self.state(arguments, service) for service in services]

    def kind_shape(self, service: Service, kind: str) -> Shape:
        """The compiled fields of a kind of resource. Misuse: names the nearest kind."""
        if kind not in service.kinds:
            raise Misuse(f"{service.id} has no kind {kind!r}", nearest(kind, service.kinds))
        title = f"{service.id} {kind}"
        if title not in self._kinds:
            schema = {"properties": service.kinds[kind].fields, "additionalProperties": False, "cite": "admin"}
            self._kinds[title] = Shape("admin", title, schema)
        return self._kinds[title]


async def health(controls: Controls, _: Json, __: str) -> Json:
    """Whether it is ready, and what it is."""
    engine = controls.engine
    dropped = {
        "requests": engine.journal.dropped,
        "callbacks": engine.callbacks.dropped,
        "accounts": engine.world.accounts_dropped,
        "nonces": engine.gate.nonces_dropped,
    }
    services = list(engine.contracts.ids())
    wrong = {"bugs": engine.bugs, "unrouted": engine.unrouted}
    return {"status": "ok", "version": VERSION, "services": services, **wrong, "dropped": dropped}


async def reset(controls: Controls, arguments: Json, _: str) -> Json:
    """Back to the start; answers what had gone wrong since the last time."""
    engine = controls.engine
    wrong = {"bugs": engine.bugs, "unrouted": engine.unrouted}
    engine.reset(controls.account_name(arguments) if "account" in arguments else None)
    return {"reset": arguments.get("account", "everything"), **wrong}


async def add_resources(controls: Controls, arguments: Json, _: str) -> Json:
    """Put resources in place; all of them or, when one is wrong, none."""
    service = controls.service(arguments["service"])
    kind = arguments["kind"]
    shape = controls.kind_shape(service, kind)
    checked = []
    for place, item in enumerate(arguments["items"]):
        typed, found = shape.check(item)
        if found:
            rule, _place, value = found[0]
            if rule.kind == "unknown-parameter":
                raise Misuse(
                    f"items[{place}]: {kind} has no field {value!r}", nearest(value, service.kinds[kind].fields)
                )
            raise Misuse(f"items[{place}]: {pointer(rule.path).lstrip('/')} {describe(rule)}", f"got {value!r}"[:200])
        checked.append(typed)
    state = controls.state(arguments, service)
    # One item alone is in place or not; only several need what was there before, which may be much.
    with state.shelves[kind].all_or_none() if len(checked) > 1 else nullcontext():
        stocked = [providers.stock(state, kind, item) for item in checked]
    return {"items": [_shown(item) for item in stocked], "total": len(stocked)}


async def list_resources(controls: Controls, arguments: Json, _: str) -> Json:
    """What is in place."""
    kind, states = arguments.get("kind"), list(controls.states(arguments))
    known = dict.fromkeys(name for state in states for name in state.shelves)
    if kind is not None and kind not in known:
        raise Misuse(f"there is no kind {kind!r}", nearest(kind, known))
    found = [
        {"service": state.service.id, "kind": name, **_shown(item)}
        for state in states
        for name, shelf in state.shelves.items()
        if kind in (None, name)
        for item in shelf
    ]
    dropped = sum(shelf.dropped for state in states for shelf in state.shelves.values())
    return {"resources": found, "total": len(found), "dropped": dropped}


async def add_fault(controls: Controls, arguments: Json, _: str) -> Json:
    """Let the next calls fail."""
    service = controls.service(arguments["service"])
    operation, error = arguments.get("operation", ""), arguments["error"]
    if operation:
        controls.operation(service, operation)
    own = {**WIRE_FAULTS, **ANSWER_FAULTS}
    if error not in own:
        try:
            service.error(error.partition("/")[0], error.partition("/")[2], operation)
        except KeyError:
            codes = dict.fromkeys(entry.code for entry in service.errors)
            raise Misuse(f"{service.id} documents no error {error!r}", nearest(error, [*codes, *own])) from None
    args = arguments.get("args", {})
    args = _own_args(error, args) if error in own else [args] if isinstance(args, str) else args
    account = controls.account_name(arguments) if "account" in arguments else None
    faults = controls.engine.faults
    if len(faults) >= MOST_FAULTS:
        raise Misuse(f"there are {len(faults)} faults in force", "DELETE /_mockcloud/faults lifts them")
    return faults.add(service.id, operation, error, arguments.get("times", 1), args, account).as_json()


def _own_args(error: str, args: Any) -> Json:
    """The settings of a fault of ours. Misuse: unknown, of another type, or out of range."""
    if not isinstance(args, dict):
        raise Misuse(f"args of {error} are an object", 'for example {"seconds": 3}')
    for name, value in args.items():
        if name not in FAULT_ARGS:
            raise Misuse(f"{error} takes no {name!r}", nearest(name, FAULT_ARGS))
        if name == "seconds" and (
            isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 120
        ):
            raise Misuse(f"args.seconds is {value!r}", "use 0 to 120")
        if name == "kind" and value not in GARBAGE:
            raise Misuse(f"there is no garbage of kind {value!r}", nearest(str(value), GARBAGE))
    return args


async def list_faults(controls: Controls, arguments: Json, _: str) -> Json:
    """The faults in force: all, or those that an account meets."""
    account = controls.account_name(arguments) if "account" in arguments else None
    faults = [
        fault.as_json() for fault in controls.engine.faults if account is None or fault.account in (None, account)
    ]
    return {"faults": faults, "total": len(faults), "dropped": 0}


async def clear_faults(controls: Controls, arguments: Json, fault_id: str) -> Json:
    """Lift one fault, those of an account, or all."""
    account = controls.account_name(arguments) if "account" in arguments else None
    if not fault_id:
        return {"cleared": controls.engine.faults.clear(account)}
    known = [str(fault.id) for fault in controls.engine.faults]
    if fault_id not in known:
        raise Misuse(
            f"there is no fault {fault_id[:_LONGEST_WORD]!r}", f"{nearest(fault_id, known)}; used up ones are gone"
        )
    return {"cleared": controls.engine.faults.clear(fault_id=int(fault_id))}


async def show_clock(controls: Controls, _: Json, __: str) -> Json:
    """The mock's time."""
    clock = controls.engine.clock
    return {"now": stamp(clock.now()), "frozen": clock.is_frozen}


async def move_clock(controls: Controls, arguments: Json, _: str) -> Json:
    """Move, set, freeze or resume the clock; what falls due on the way happens first."""
    clock = controls.engine.clock
    if len(arguments) != 1:
        raise Misuse("one thing at a time", "send one of advance, set, freeze, resume")
    if "advance" in arguments:
        await controls.move(lambda: _bounded(clock.now() + arguments["advance"]))
    elif "set" in arguments:
        target = _bounded(_moment(arguments["set"]))
        await controls.move(lambda: target)
    else:
        await controls.move(clock.now, runs=not arguments.get("freeze", not arguments.get("resume")))
    return await show_clock(controls, {}, "")


def _bounded(seconds: float) -> float:
    if not 0 <= seconds <= _LATEST:
        raise Misuse("the clock shows 1970 to 9998", "choose another moment")
    return seconds


def _moment(text: str) -> float:
    try:
        when = datetime.fromisoformat(text)
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError) as problem:
        raise Misuse(f"set {text!r} is no time", "write it like 2026-01-31T12:00:00Z") from problem


_LATEST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()


async def list_requests(controls: Controls, arguments: Json, _: str) -> Json:
    """The journal, oldest first; `limit` keeps the newest. The account "*" is everybody."""
    engine, account = controls.engine, arguments.get("account")
    account = account if account == EVERYBODY else controls.account_name(arguments)
    service, operation = arguments.get("service"), arguments.get("operation")
    if operation is not None:
        controls.operation_of(service, operation, is_served=False)
    elif service is not None:
        controls.service(service)
    found = [
        entry
        for entry in engine.journal
        if account in (entry.account, EVERYBODY)
        and service in (None, entry.service)
        and operation in (None, entry.operation)
        and (not arguments.get("violations") or entry.violations)
    ]
    shown = found[-arguments["limit"] :] if arguments.get("limit") else found
    records = [entry.as_json(stamp(entry.time)) for entry in shown]
    return {"requests": records, "total": len(found), "dropped": engine.journal.dropped}


async def clear_requests(controls: Controls, arguments: Json, _: str) -> Json:
    """Empty an account's part of the journal."""
    return {"cleared": controls.engine.journal.clear(controls.account_name(arguments))}


async def list_tasks(controls: Controls, arguments: Json, _: str) -> Json:
    """Tasks service by service, oldest first; `limit` keeps the last."""
    states = list(controls.states(arguments))
    total, limit = sum(len(state.tasks) for state in states), arguments.get("limit")
    newest = (pair for state in reversed(states) for pair in ((task, state) for task in state.tasks.newest()))
    tasks = [_task(*pair) for pair in islice(newest, limit)][::-1]
    return {"tasks": tasks, "total": total, "dropped": sum(state.tasks.dropped for state in states)}


async def show_task(controls: Controls, arguments: Json, task_id: str) -> Json:
    """One task."""
    return _task(*_found_task(controls, arguments, task_id))


async def force_task(controls: Controls, arguments: Json, task_id: str) -> Json:
    """Bring a task into a state, perhaps with the error it ends with."""
    task, state = _found_task(controls, arguments, task_id)
    failure = _failure(task, state, arguments)
    failed = task.family.steps[-1] if task.family.failed is None else task.family.failed
    word = arguments.get("status", failed if failure is not None else None)
    if word is None:
        raise Misuse("status is absent", f"use one of {list(task.family.words())}")
    if failure is not None and word != failed:
        raise Misuse(f"a task that is {word!r} has no error", f"its status is {failed!r} when it failed")
    state.force(task, word, failure)
    controls.engine.run_due()
    return _task(task, state)


def _failure(task: Task, state: ServiceState, arguments: Json) -> Json | None:
    error = arguments.get("error")
    if error is None:
        return None
    codes = [entry.code for entry in state.service.errors if entry.task]
    if not codes:
        return {"code": _undocumented_code(error, task), "message": arguments.get("message", "")}
    if error not in codes:
        raise Misuse(f"{state.service.id} documents no task error {error!r}", nearest(str(error), codes))
    return {"code": error, "message": arguments.get("message", state.service.error(str(error)).message)}


def _undocumented_code(error: str | int, task: Task) -> str | int:
    """The code that the caller picks. Misuse: it has not the type that a task of this family shows."""
    shape = Shape("admin", "error", {"properties": {"error": task.family.error}, "cite": "admin"})
    typed, found = shape.check({"error": error}, textual=isinstance(error, str))
    if found:
        raise Misuse(f"error {describe(found[0][0])}", f"got {error!r}"[:200])
    code: str | int = typed["error"]
    return code


def _found_task(controls: Controls, arguments: Json, task_id: str) -> tuple[Task, ServiceState]:
    states = list(controls.states(arguments))
    for state in states:
        task = state.tasks.get(task_id)
        if task is not None:
            return task, state
    raise Misuse(
        f"there is no task {task_id[:_LONGEST_WORD]!r} in the account {controls.account_name(arguments)}",
        _nearest_task(task_id, states),
    )


def _nearest_task(task_id: str, states: list[ServiceState]) -> str:
    """The hint for an unknown task: one of the newer ones that is called nearly so, else the newest."""
    recent = [task.id for state in states for task in islice(state.tasks.newest(), _MOST_COMPARED)]
    if close := get_close_matches(task_id[:_LONGEST_WORD], recent, n=1, cutoff=0.8):
        return f"did you mean {close[0]!r}?"
    known = [task.id for state in states for task in islice(state.tasks.newest(), 3)]
    return f"the newest are {', '.join(known)}" if known else "there is no task yet"


async def list_callbacks(controls: Controls, arguments: Json, _: str) -> Json:
    """Deliveries with attempts and outcomes, oldest first."""
    callbacks, account = controls.engine.callbacks, controls.account_name(arguments)
    found = [callbacks.as_json(record, stamp) for record in callbacks if record.account.name == account]
    return {"callbacks": found, "total": len(found), "dropped": callbacks.dropped}


async def list_services(controls: Controls, _: Json, __: str) -> Json:
    """What is served."""
    found = [
        {
            "id": service.id,
            "title": service.title,
            "version": service.version,
            "operations": list(service.operations),
            "unserved": list(service.unserved),
            "kinds": list(service.kinds),
            "families": {name: list(family.words()) for name, family in service.families.items()},
        }
        for service in controls.engine.contracts.services()
    ]
    return {"services": found, "total": len(found), "dropped": 0}


async def list_rules(controls: Controls, arguments: Json, _: str) -> Json:
    """Every rule with its citation."""
    named, operation = arguments.get("service"), arguments.get("operation")
    if operation is not None:
        controls.operation_of(named, operation)
    services = [controls.service(named)] if named else controls.engine.contracts.services()
    found = [
        rule_record(rule)
        for service in services
        for name, contract in service.operations.items()
        if operation in (None, name)
        for rule in contract.rules
    ]
    return {"rules": found, "total": len(found), "dropped": 0}


def rule_record(rule: Rule) -> Json:
    """A rule as data."""
    return {
        "id": rule.id,
        "kind": rule.kind,
        "says": describe(rule),
        "cite": rule.cite,
        "basis": rule.basis,
        "effect": rule.effect,
        "side": rule.side,
    }


def nearest(word: str, known: Iterable[str]) -> str:
    """The hint for an unknown name."""
    names = list(known)
    close = get_close_matches(str(word)[:_LONGEST_WORD], names, n=1, cutoff=0.4)
    return f"did you mean {close[0]!r}?" if close else f"there are {', '.join(names[:40]) or 'none'}"


def _task(task: Task, state: ServiceState) -> Json:
    status = task.status(state.now())
    return {
        "id": task.id,
        "service": state.service.id,
        "operation": task.operation,
        "status": status.word,
        "phase": status.phase,
        "created": stamp(task.created),
        "started": None if status.started is None else stamp(status.started),
        "ended": None if status.ended is None else stamp(status.ended),
        "error": None if task.failure is None else task.failure.get("code"),
    }


def _shown(item: Json) -> Json:
    return {key: value for key, value in item.items() if not key.startswith("_")}

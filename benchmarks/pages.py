"""Pages of lists and inserts beside few and many tasks, with a status filter and without, in the engine alone."""

from __future__ import annotations

import gc
import time

from mockcloud.clock import Clock
from mockcloud.pipeline import Engine
from mockcloud.state import ServiceState, Settings
from mockcloud.tasks import Progress

from .figures import Part, Spread, Table
from .traffic import GIF, PROJECT, Case, contracts, wire

_OPERATION = "CreateAnimatedGraphicsTask"
_QUERIES = {"": {"size": 20, "page": 3}, "filtered": {"size": 20, "page": 3, "status": "SUCCEED"}}
_SECONDS = 20.0  # of mock time that the tasks are spread over; those of the last two are under way


def measure(sizes: tuple[int, ...], rounds: int, times: int) -> Part:
    """Fill a book for each size, then ask and add in alternation."""
    part = Part(commands=["engine alone, no socket: signed GET /v1/{project_id}/animated-graphics?size=20&page=3"])
    filled = [(size, *_filled(size, size + 10 * rounds * times)) for size in sizes]
    gc.freeze()  # else one insert in some hundred pays for a look at all that was there before
    figures: dict[tuple[str, int], list[float]] = {}
    for _ in range(rounds):
        for size, engine, state in filled:
            for name, parameters in _QUERIES.items():
                figures.setdefault((name, size), []).append(_asked(engine, parameters, times, size))
            figures.setdefault(("insert", size), []).append(_added(state, 10 * times))
    names = (*_QUERIES, "insert")
    rows = [(f"{size:,}", *(str(Spread.of(figures[name, size])) for name in names)) for size in sizes]
    head = ("tasks", "page, us", "page with a status filter, us", "insert, us")
    note = "A request's whole way through the engine; a page has 20 tasks and the total. The insert: the state alone, "
    note += "with the garbage collector kept off what was there before."
    part.tables.append(Table("Pages and inserts", head, tuple(rows), note))
    for name, key in (("page", ""), ("page.filtered", "filtered"), ("insert", "insert")):
        small, large = figures[key, sizes[0]], figures[key, sizes[-1]]
        part.figures[f"{name}.large/small"] = [many / few for many, few in zip(large, small, strict=True)]
    del filled
    gc.unfreeze()
    return part


def _filled(size: int, most: int) -> tuple[Engine, ServiceState]:
    settings = Settings(progress=Progress("timed", 2.0), most_tasks=most)
    engine = Engine(settings, contracts(), Clock())
    state = engine.world.account("mockcloud").service(contracts().service("huawei-mpc"))
    engine.clock.freeze()
    begun = engine.clock.now()
    for number in range(size):
        engine.clock.set(begun + _SECONDS * number / size)
        _add(state)
    return engine, state


def _add(state: ServiceState) -> None:
    state.add_task(str(state.ids.count("task")), _OPERATION, GIF, group=PROJECT, data={"project": PROJECT})


def _asked(engine: Engine, parameters: dict[str, object], times: int, size: int) -> float:
    """Microseconds of a page."""
    case = Case("page", "huawei-mpc", "ListAnimatedGraphicsTask", parameters, {"project_id": PROJECT})
    asked = wire(case, "127.0.0.1", "")
    answer = engine.handle(asked).reply
    if answer.status != 200 or answer.body.count(b'"task_id"') != 20:
        raise RuntimeError(f"of {size} tasks the answer was {answer.body[:200]!r}")
    begun = time.process_time()
    for _ in range(times):
        engine.handle(asked)
    return (time.process_time() - begun) / times * 1e6


def _added(state: ServiceState, times: int) -> float:
    """Microseconds of an insert."""
    begun = time.process_time()
    for _ in range(times):
        _add(state)
    return (time.process_time() - begun) / times * 1e6

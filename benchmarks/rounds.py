"""Servers in alternation: in every round each is started anew, sent its requests and stopped. One core each side.

Each round gives start to first answer, the first requests, those after them, and memory; mockcloud is then sent the
creation and the query of every service, beside the bare application's.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from . import load, process, traffic
from .contenders import FOUND, Contender, host_of
from .figures import Part, Spread, Table, ratios
from .load import Load

_MIB = 1 << 20
_RESET = b"POST /_mockcloud/reset HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n\r\n{}"
Series = dict[str, list[float]]


@dataclass(slots=True)
class Seen:
    """What one contender did, one entry a round: name of a figure → values."""

    figures: Series = field(default_factory=dict)

    def add(self, **values: float) -> None:
        for name, value in values.items():
            self.figures.setdefault(name, []).append(value)


def compare(contenders: Sequence[Contender], rounds: int, each: int) -> Part:
    """Run the rounds. each: requests of every service's creation and query."""
    of_load, of_server = process.cores()
    process.pin(of_load)
    seen = {one.name: Seen() for one in contenders}
    cases = {case.name: Seen() for case in traffic.CASES}
    part = Part(commands=[one.shown for one in contenders])
    broken: set[str] = set()
    for number in range(rounds):
        for one in contenders:
            if one.name in broken:
                continue
            try:
                _one_turn(one, seen[one.name], cases, of_server, each, number)
            except (RuntimeError, OSError) as problem:
                broken.add(one.name)
                part.absent.append(f"{one.name}: {problem}")
    known = {one.name: seen[one.name].figures for one in contenders if one.name not in broken}
    _tell(part, [one for one in contenders if one.name in known], known, rounds)
    _tell_cases(part, {name: one.figures for name, one in cases.items()}, known["application"])
    return part


def _one_turn(one: Contender, seen: Seen, cases: dict[str, Seen], core: int | None, each: int, number: int) -> None:
    port = process.free_port()
    command = [str(port) if word == "PORT" else word for word in one.command]
    server = process.start(command, port, one.probe, core)
    with process.running([server]):
        # "server" and "application" answer on the same terms, so their start is that of their first answer too.
        seen.add(start=server.seconds_to_answer, start_cpu=server.cpu_to_answer, memory=server.memory() / _MIB)
        requests = one.create(server)
        first, cpu = measured(server, requests, one.first)
        seen.add(first_cpu=cpu, first_rate=first.rate)
        later, cpu = measured(server, requests, one.count)
        seen.add(cpu=cpu, rate=later.rate, p50=later.percentile(0.5) * 1e3, p99=later.percentile(0.99) * 1e3)
        seen.add(memory_after=server.memory() / _MIB)
        if one.name == "application":
            _, cpu = measured(server, [FOUND], one.count)
            seen.add(query_cpu=cpu)
        if one.name == "mockcloud":
            for case in traffic.CASES:
                _one_case(case, cases[case.name], server, each, number)


def measured(server: process.Process, requests: Sequence[bytes], count: int) -> tuple[Load, float]:
    """The load, and CPU seconds of the server per 1,000 requests. RuntimeError: a request was refused."""
    before = server.cpu()
    found = load.run(server.address, requests, count)
    cpu = (server.cpu() - before) / count * 1000
    if set(found.statuses) - {200, 201}:
        raise RuntimeError(f"answers were {found.statuses}, the last one {found.last[:200]!r}")
    return found, cpu


def _one_case(case: traffic.Case, seen: Seen, server: process.Process, count: int, number: int) -> None:
    host, unique = host_of(server), f"{number}-{time.time_ns()}"
    # Each begins with an empty account: some lists have no pages and show all that was made.
    load.once(server.address, _RESET)
    if case.needs is not None:
        creation, path, fill = case.needs
        created = load.once(server.address, traffic.requests(creation, host, 1, f"{unique}-needed")[0])
        case = replace(fill(case, traffic.taken(creation, *created, path)), needs=None)
    load.once(server.address, traffic.requests(case, host, 1, f"{unique}-warm")[0])  # reads the contract
    found, cpu = measured(server, traffic.requests(case, host, count, unique), count)
    seen.add(cpu=cpu, rate=found.rate, p50=found.percentile(0.5) * 1e3, p99=found.percentile(0.99) * 1e3)


# What it came to.


def _tell(part: Part, contenders: Sequence[Contender], known: dict[str, Series], rounds: int) -> None:
    base, own = known["application"], known.get("mockcloud")
    head = ("server", "requests/s", "CPU s per 1,000", "by the application's", "p50 ms", "p99 ms")
    first = next((one.first for one in contenders if one.name == "mockcloud"), 0)
    rows, starts = [], []
    for one in contenders:
        found = known[one.name]
        by_base = ratios(found["cpu"], base["cpu"])
        rows.append((one.name, *_cells(found, "rate", "cpu"), str(Spread.of(by_base)), *_cells(found, "p50", "p99")))
        start = Spread.of(ratios(found["start"], base["start"]))
        cells = _cells(found, "start", "start_cpu", "memory", "memory_after", "first_rate", "first_cpu")
        starts.append((one.name, cells[0], str(start), *cells[1:], str(one.first)))
        if own is not None and one.name != "mockcloud":
            part.figures[f"create.cpu/{one.name}"] = ratios(own["cpu"], found["cpu"])
            part.figures[f"start/{one.name}"] = ratios(own["start"], found["start"])
            if one.first == first:
                part.figures[f"first.cpu/{one.name}"] = ratios(own["first_cpu"], found["first_cpu"])
                part.figures[f"first.rate/{one.name}"] = ratios(own["first_rate"], found["first_rate"])
    note = f"min / median / max of {rounds} rounds. mockcloud: Huawei create, signed; the others get the same bytes, "
    note += "moto an S3 PUT of the same body."
    part.tables.append(Table("One create", head, tuple(rows), note))
    head = ("server", "start to first answer, s", "by the application's", "CPU s of it", "MiB then")
    head += ("MiB after all", "first requests/s", "CPU s per 1,000 of them", "first")
    part.tables.append(Table("From the start on", head, tuple(starts)))
    if own is not None:
        part.figures["memory.start"] = own["memory"]
        head = ("by that of", "CPU per request", "CPU of the first requests", "rate of the first requests")
        kinds = ("create.cpu", "first.cpu", "first.rate")
        others = [one.name for one in contenders if one.name != "mockcloud"]
        rows = [(name, *(_ratio(part, f"{kind}/{name}") for kind in kinds)) for name in others]
        part.tables.append(Table("mockcloud's Huawei create, by the others in the same round", head, tuple(rows)))


def _ratio(part: Part, name: str) -> str:
    """A ratio over the rounds; nothing for who was not sent as many requests."""
    return str(Spread.of(part.figures[name])) if name in part.figures else ""


def _cells(found: Series, *names: str) -> tuple[str, ...]:
    return tuple(str(Spread.of(found[name])) for name in names)


def _tell_cases(part: Part, cases: dict[str, Series], base: Series) -> None:
    rows = []
    for name, found in cases.items():
        if not found:
            continue
        under = base["query_cpu" if "query" in name else "cpu"]
        by_base = Spread.of(ratios(found["cpu"], under))
        rows.append((name, *_cells(found, "rate", "cpu"), str(by_base), *_cells(found, "p50", "p99")))
    head = ("operation", "requests/s", "CPU s per 1,000", "by the application's", "p50 ms", "p99 ms")
    note = "Signature verified, rules, state, journal. The base is the application's create, or its query."
    part.tables.append(Table("Every service", head, tuple(rows), note))

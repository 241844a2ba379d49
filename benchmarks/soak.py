"""Soak: a fixed number of requests from several processes over several accounts to one server with small bounds.

`make soak` prints requests, errors, memory at the start, after a fifth and at the end, and open file descriptors. The
bounds are so small that they are reached within that fifth, so memory has to be flat from there on. Exit code 1: an
answer was not what it should be, something failed in the server, a bound was not reached or did not hold.
"""

from __future__ import annotations

import argparse
import http.client
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import orjson

from mockcloud import providers
from mockcloud.gate import SECRET

from . import process
from .traffic import COVER, DYNAMIC, GIF, GRAPHIC, PROJECT, THUMBNAIL, contracts

Json = dict[str, Any]
BOUNDS = {
    "most-tasks": 25,
    "most-accounts": 8,
    "most-resources": 25,
    "most-requests": 300,
    "most-journal-bytes": 2 << 20,
    "most-callbacks": 100,
    "most-nonces": 300,
}
GROWTH = 1.10  # of what was resident after a fifth, at most
_PER_CONNECTION = 150  # requests
_ROUNDS_PER_ACCOUNT = 40
_MOST_LEFT = 5  # file descriptors more than at the start, once all clients are gone


@dataclass(frozen=True, slots=True)
class Step:
    """One request of a round: what is sent, made anew each time, and the statuses that are right."""

    make: Callable[[Account], tuple[str, str, dict[str, str], bytes]]
    right: tuple[int, ...]


class Account:
    """One account's way to the server; `turn` counts its requests."""

    def __init__(self, name: str, host: str) -> None:
        self.name, self.host, self.turn = name, host, 0

    def signed(self, service: str, operation: str, parameters: Json, secret: str = SECRET, **place: str) -> Any:
        """A call of a service, as method, target, headers and body."""
        self.turn += 1
        nonce = f"{self.name}-{self.turn}-{time.time_ns()}"
        sender = providers.Sender(self.host, self.name, secret, time.time(), nonce, place=place)
        provider = providers.provider(service.partition("-")[0])
        wire = provider.compose(contracts().service(service).operations[operation], parameters, sender)
        target = f"{wire.path}?{wire.query}" if wire.query else wire.path
        return wire.method, target, dict(wire.headers), wire.body

    def admin(self, method: str, path: str, body: Json | None = None) -> Any:
        """An admin call."""
        return method, f"/_mockcloud{path}", {"Host": self.host}, b"" if body is None else orjson.dumps(body)


def _steps(dead: str) -> list[Step]:
    """A round: every service made to make, show, list and refuse; tokens, resources, deliveries that nobody takes."""
    cover = {**COVER, "CallbackUrl": f"http://{dead}/callback?token=secret"}
    wide = {**GIF, "output_param": {**GIF["output_param"], "width": 7}, "note": "x" * 20_000}
    user = {"name": "mockcloud", "password": SECRET, "domain": {"name": "mockcloud"}}
    auth = {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}}}
    object_ = {"service": "jdcloud-mps", "kind": "object"}
    return [
        Step(lambda a: a.signed("huawei-mpc", "CreateAnimatedGraphicsTask", GIF, project_id=PROJECT), (200,)),
        Step(lambda a: a.signed("huawei-mpc", "ListAnimatedGraphicsTask", {"size": 20}, project_id=PROJECT), (200,)),
        Step(lambda a: a.signed("huawei-mpc", "CreateAnimatedGraphicsTask", wide, project_id=PROJECT), (400,)),
        Step(lambda a: a.signed("huawei-mpc", "KeystoneCreateUserTokenByPassword", auth), (201,)),
        Step(lambda a: a.signed("jdcloud-mps", "createThumbnailTask", THUMBNAIL), (200,)),
        Step(lambda a: a.signed("jdcloud-mps", "listThumbnailTask", {"limit": 20}), (200,)),
        Step(lambda a: a.signed("jdcloud-mps", "listThumbnailTask", {}, secret="wrong"), (401,)),
        Step(lambda a: a.signed("alibaba-multimediaai", "CreateGifTask", cover), (200,)),
        Step(lambda a: a.signed("alibaba-multimediaai", "ListTasks", {"PageNumber": 1, "PageSize": 20}), (200,)),
        Step(lambda a: a.signed("alibaba-vod", "SubmitDynamicImageJob", DYNAMIC), (200,)),
        Step(lambda a: a.signed("alibaba-vod", "ListDynamicImage", {"VideoId": DYNAMIC["VideoId"]}), (200,)),
        Step(lambda a: a.signed("tencent-vod", "ProcessMedia", GRAPHIC), (200,)),
        Step(lambda a: a.signed("tencent-vod", "DescribeTasks", {"Limit": 20}), (200,)),
        Step(lambda a: ("GET", f"/nobodys/{a.turn}", {"Host": a.host}, b""), (404,)),
        Step(lambda a: a.admin("GET", f"/requests?limit=5&account={a.name}"), (200,)),
        Step(lambda a: a.admin("GET", f"/tasks?account={a.name}"), (200,)),
        Step(
            lambda a: a.admin(
                "POST", "/resources", {**object_, "items": [{"bucket": "b", "key": f"{a.turn}"}], "account": a.name}
            ),
            (200,),
        ),
    ]


def work(number: int, port: int, dead: str, accounts: int, count: int, done: Any, dropped: Any, wrong: Any) -> None:
    """Send `count` requests in rounds, going through some accounts; what is not right goes into `wrong`."""
    host = f"127.0.0.1:{port}"
    turns = cycle([Account(f"mockcloud-{number}-{place}", host) for place in range(accounts)])
    connection = http.client.HTTPConnection(host, timeout=30)
    for place, (account, step) in enumerate(_rounds(turns, _steps(dead))):
        if place == count:
            break
        method, target, headers, body = step.make(account)
        try:
            connection.request(method, target, body, headers)
            answer = connection.getresponse()
            said = answer.read()
            if target.startswith("/_mockcloud/tasks"):
                dropped.value = max(dropped.value, orjson.loads(said)["dropped"])
            if answer.status not in step.right:
                wrong.put(f"{answer.status} for {method} {target[:60]}")
        except (OSError, http.client.HTTPException) as problem:
            wrong.put(f"{type(problem).__name__} for {method} {target[:60]}")
            connection.close()
        if place % _PER_CONNECTION == _PER_CONNECTION - 1:
            connection.close()
        with done.get_lock():
            done.value += 1
    connection.close()


def _rounds(accounts: Iterator[Account], steps: list[Step]) -> Iterator[tuple[Account, Step]]:
    """A number of rounds with each account; every other time it is reset at the end."""
    reset = Step(lambda a: a.admin("POST", "/reset", {"account": a.name}), (200,))
    for place, account in enumerate(accounts):
        for _ in range(_ROUNDS_PER_ACCOUNT):
            for step in steps:
                yield account, step
        if place % 2:
            yield account, reset


# What is measured.


@dataclass(slots=True)
class Look:
    """The server at a moment: resident bytes, open file descriptors."""

    memory: int
    descriptors: int

    def __str__(self) -> str:
        return f"{self.memory / (1 << 20):6.1f} MiB resident, {self.descriptors} file descriptors"


def look(server: process.Process) -> Look:
    """What the server takes now."""
    return Look(server.memory(), len(list(Path(f"/proc/{server.handle.pid}/fd").iterdir())))


def health(port: int) -> Json:
    """What the server says of itself."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/_mockcloud/health")
    found: Json = orjson.loads(connection.getresponse().read())
    connection.close()
    return found


def soak(requests: int, processes: int, accounts: int, seconds: float) -> int:
    """Run it; the exit code."""
    port, dead = process.free_port(), f"127.0.0.1:{process.free_port()}"
    bounds = [part for name, value in BOUNDS.items() for part in (f"--{name}", str(value))]
    command = [sys.executable, "-m", "mockcloud", "serve", "--port", str(port), "--task-seconds", "0.2", *bounds]
    server = process.start(command, port, b"GET /_mockcloud/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", None)
    with process.running([server]):
        begun, start = time.monotonic(), look(server)
        fifth, errors, sent, dropped = _sent(server, port, dead, requests, processes, accounts, begun + seconds)
        took = time.monotonic() - begun
        _settle(server, start)
        end = look(server)
        said = health(port)
        said["dropped"]["tasks"] = dropped
    print(f"{sent} requests in {took:.0f} s, {processes} processes, {processes * accounts} accounts")
    print(f"{sum(errors.values())} errors, {said['bugs']} failures of the server; dropped: {said['dropped']}")
    for when, seen in (("start", start), ("after 20 %", fifth), ("end", end)):
        print(f"{when:<11}{seen}")
    troubles = [f"{times} x {what}" for what, times in errors.most_common(10)]
    troubles += _troubles(start, fifth, end, said)
    troubles += [f"only {sent} of {requests} requests within {seconds:g} s"] if sent < requests else []
    for trouble in troubles:
        print(f"WRONG: {trouble}")
    return 1 if troubles else 0


def _sent(
    server: process.Process, port: int, dead: str, requests: int, processes: int, accounts: int, until: float
) -> tuple[Look, Counter[str], int, int]:
    """Let the workers work.

    (how the server was after a fifth, what went wrong, how many requests were sent, how many tasks one account dropped)
    """
    context = multiprocessing.get_context("spawn")
    done, dropped, wrong = context.Value("q", 0), context.Value("q", 0), context.SimpleQueue()
    shares = [requests // processes + (place < requests % processes) for place in range(processes)]
    workers = [
        context.Process(target=work, args=(place, port, dead, accounts, share, done, dropped, wrong), daemon=True)
        for place, share in enumerate(shares)
    ]
    for worker in workers:
        worker.start()
    fifth, errors = look(server), Counter[str]()
    is_noted = False
    while any(worker.is_alive() for worker in workers) and time.monotonic() < until:
        time.sleep(0.05)
        if not is_noted and done.value >= requests / 5:
            fifth, is_noted = look(server), True
        while not wrong.empty():
            errors[wrong.get()] += 1
    for worker in workers:
        if worker.is_alive():
            worker.terminate()
        worker.join()
        if worker.exitcode:
            errors[f"a worker ended with {worker.exitcode}"] += 1
    while not wrong.empty():
        errors[wrong.get()] += 1
    return fifth, errors, done.value, dropped.value


def _settle(server: process.Process, start: Look) -> None:
    """Wait until the connections of the workers are closed."""
    for _ in range(100):
        if look(server).descriptors <= start.descriptors:
            return
        time.sleep(0.05)


def _troubles(start: Look, fifth: Look, end: Look, said: Json) -> Iterator[str]:
    if said["bugs"]:
        yield f"{said['bugs']} failures of the server"
    for name, dropped in said["dropped"].items():
        if not dropped:
            yield f"the bound on {name} was not reached, so nothing is said about it"
    if end.memory > GROWTH * fifth.memory:
        yield f"memory grew by {end.memory / fifth.memory - 1:.0%} from a fifth of the requests to the end"
    if end.descriptors > start.descriptors + _MOST_LEFT:
        yield f"{end.descriptors - start.descriptors} file descriptors were left open"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("requests", type=int, nargs="?", default=60_000, help="in all (default: 60000, about a minute)")
    parser.add_argument("--processes", type=int, default=3)
    parser.add_argument("--accounts", type=int, default=4, help="of each process")
    parser.add_argument("--seconds", type=float, default=600.0, help="after which it gives up")
    given = parser.parse_args()
    sys.exit(soak(given.requests, given.processes, given.accounts, given.seconds))


if __name__ == "__main__":
    main()

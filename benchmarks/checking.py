"""The checks: a battery's time, boundary points and drawn examples per second, a checked example over the socket."""

from __future__ import annotations

import http.client
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import orjson
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import mockcloud
from mockcloud.check.caller import is_textual
from mockcloud.check.points import PointMaker
from mockcloud.check.strategies import requests_for

from .figures import Part, Spread, Table
from .process import ROOT
from .traffic import contracts

Json = dict[str, Any]
_OPERATION = "huawei-mpc.CreateAnimatedGraphicsTask"
_NAME = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=3, max_size=40)


def by_hand() -> st.SearchStrategy[Json]:
    """What somebody would write who has read the same page: the same members, the optional ones too, and the rules."""
    name = {"file_name": _NAME}
    place = {"bucket": _NAME, "location": _NAME}
    source = st.fixed_dictionaries({**place, "object": st.sampled_from(["a.mp4", "mp4/4k.mp4"])}, optional=name)
    target = st.fixed_dictionaries({**place, "object": _NAME}, optional=name)
    sides = st.one_of(
        st.tuples(st.integers(16, 1920), st.integers(16, 1080)).map(lambda halves: (2 * halves[0], 2 * halves[1])),
        st.sampled_from([(-1, 480), (480, -1), (0, 0)]),
    )
    optional = {"format": st.just("gif"), "frame_rate": st.integers(1, 75)}
    gif = st.builds(
        lambda size, start, length, more: {
            "width": size[0],
            "height": size[1],
            "start": start,
            "end": start + length,
            **more,
        },
        *(sides, st.integers(0, 2**31 - 60_001), st.integers(1, 60_000)),
        st.fixed_dictionaries({}, optional=optional),
    )
    return st.builds(
        lambda source, target, gif, more: {"input": source, "output": target, "output_param": gif, **more},
        *(source, target, gif, st.fixed_dictionaries({}, optional={"user_data": _NAME})),
    )


def measure(rounds: int, examples: int) -> Part:
    """All of it; the drawn examples in alternation."""
    part = Part(commands=["cd docs/examples && mockcloud check gif_adapter:Gifs"])
    written, made = by_hand(), requests_for(_OPERATION)
    hand, ours, checked = [], [], []
    with mockcloud.start() as cloud:
        check = _checker(cloud)
        drawn(written, 20, check)
        drawn(made, 20, check)
        for _ in range(rounds):
            hand.append(drawn(written, examples))
            ours.append(drawn(made, examples))
            checked.append(drawn(made, examples, check))
    part.figures["strategies/builds"] = [mine / other for mine, other in zip(ours, hand, strict=True)]
    part.figures["checked/generated"] = [mine / other for mine, other in zip(checked, ours, strict=True)]
    rows = [
        ("drawn from hand-written `builds`", str(Spread.of(hand)), ""),
        ("drawn from `requests_for`", str(Spread.of(ours)), str(Spread.of(part.figures["strategies/builds"]))),
        ("drawn, sent and checked", str(Spread.of(checked)), str(Spread.of(part.figures["checked/generated"]))),
    ]
    note = f"{examples} examples of Huawei's creation a round, with hypothesis; the server in the same process. "
    note += "Ratios: to the row above."
    part.tables.append(Table("Examples per second", ("", "per second", "ratio"), tuple(rows), note))
    points = [points_per_second() for _ in range(max(1, rounds // 2))]
    battery = [battery_seconds() for _ in range(max(1, rounds // 2))]
    rows = [("boundary points made per second, all operations", str(Spread.of(points)))]
    rows.append(("the battery of the README's client, seconds, from the command line", str(Spread.of(battery))))
    part.tables.append(Table("Checks", ("", "min / median / max"), tuple(rows)))
    return part


def drawn(strategy: st.SearchStrategy[Json], examples: int, use: Callable[[Json], None] = lambda drawn: None) -> float:
    """Examples per second."""
    count = 0

    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def look(value: Json) -> None:
        nonlocal count
        count += 1
        use(value)

    begun = time.perf_counter()
    look()
    return count / (time.perf_counter() - begun)


def _checker(cloud: Any) -> Callable[[Json], None]:
    """Sends an example over one connection and holds that it was taken."""
    connection = http.client.HTTPConnection(cloud.host, cloud.port, timeout=30)
    path = f"/v1/{cloud.project_id}/animated-graphics"
    headers = {"X-Auth-Token": cloud.token, "Content-Type": "application/json"}

    def check(value: Json) -> None:
        connection.request("POST", path, orjson.dumps(value), headers)
        answer = connection.getresponse()
        said = answer.read()
        assert (answer.status, said[:11]) == (200, b'{"task_id":'), said

    return check


def points_per_second() -> float:
    """Boundary points of every operation of every service, made from contracts that are read already."""
    count, begun = 0, 0.0
    services = list(contracts().services())
    begun = time.perf_counter()
    for service in services:
        for operation in service.operations.values():
            count += len(PointMaker(operation, service, textual=is_textual(operation, service)).points())
    return count / (time.perf_counter() - begun)


def battery_seconds() -> float:
    """The README's example, which has one finding."""
    begun = time.perf_counter()
    command = [sys.executable, "-m", "mockcloud", "check", "gif_adapter:Gifs"]
    done = subprocess.run(command, cwd=ROOT / "docs" / "examples", capture_output=True, check=False, timeout=300)
    if done.returncode != 1:
        raise RuntimeError(f"the battery ended with {done.returncode}: {done.stderr[-300:]!r}")
    return time.perf_counter() - begun

"""What the pytest plug-in costs: the fixture, a test with one request beside pytest-httpserver's, other suites."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from .figures import Part, Spread, Table
from .traffic import GIF

_UNTIMED = 50  # tests at the beginning: the server starts in the first one
_CLOCK = f"""
import json, pathlib, time
begun, seen = [], []

def pytest_runtest_logstart(nodeid, location):
    seen.append(nodeid)
    if len(seen) == {_UNTIMED} + 1:
        begun.extend((time.perf_counter(), time.process_time()))

def pytest_sessionfinish(session, exitstatus):
    if begun:
        took = [time.perf_counter() - begun[0], time.process_time() - begun[1]]
        said = {{"wall": took[0], "cpu": took[1], "tests": len(seen) - {_UNTIMED}, "status": int(exitstatus)}}
        pathlib.Path("took.json").write_text(json.dumps(said))
"""
_HEAD = "import pytest\nimport requests\n\nGIF = {gif!r}\n\n\n@pytest.mark.parametrize('number', range({count}))\n"
_TESTS = {
    "empty": "def test_it(number):\n    pass\n",
    "fixture": "def test_it(number, mockcloud):\n    pass\n",
    "post": (
        "def test_it(number, mockcloud):\n"
        "    url = f'{mockcloud.url}/v1/{mockcloud.project_id}/animated-graphics'\n"
        "    answer = requests.post(url, json=GIF, headers={'X-Auth-Token': mockcloud.token})\n"
        "    assert answer.status_code == 200 and answer.json()['task_id']\n"
    ),
    "httpserver": (
        "def test_it(number, httpserver):\n"
        "    httpserver.expect_request('/v1/p/animated-graphics', method='POST').respond_with_json({'task_id': '1'})\n"
        "    url = httpserver.url_for('/v1/p/animated-graphics')\n"
        "    answer = requests.post(url, json=GIF, headers={'X-Auth-Token': 't'})\n"
        "    assert answer.status_code == 200 and answer.json()['task_id']\n"
    ),
}
_PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--no-header")


def measure(folder: Path, rounds: int, tests: int) -> Part:
    """Run the suites, one after the other in every round."""
    command = "python -m pytest -q -p no:cacheprovider"
    part = Part(commands=[command, f"{command} --collect-only", f"{command} --collect-only -p no:mockcloud"])
    kinds = [kind for kind in _TESTS if kind != "httpserver" or importlib.util.find_spec("pytest_httpserver")]
    for kind in kinds:
        _write(folder / kind, _TESTS[kind], tests + _UNTIMED)
    wall: dict[str, list[float]] = {kind: [] for kind in kinds}
    cpu: dict[str, list[float]] = {kind: [] for kind in kinds}
    for _ in range(rounds):
        for kind in kinds:
            took = _timed(folder / kind)
            wall[kind].append(took["wall"] / took["tests"] * 1e3)
            cpu[kind].append(took["cpu"] / took["tests"] * 1e3)
    rows = tuple((kind, str(Spread.of(wall[kind])), str(Spread.of(cpu[kind]))) for kind in kinds)
    note = f"{tests} tests each, those after the first {_UNTIMED}; the server in the same process. post: a test with "
    note += "one `requests.post` to Huawei's creation with a token; httpserver: the same with pytest-httpserver."
    part.tables.append(Table("Tests", ("test", "ms", "CPU ms"), rows, note))
    part.figures["fixture.ms"] = [mine - empty for mine, empty in zip(wall["fixture"], wall["empty"], strict=True)]
    if "httpserver" in kinds:
        part.figures["post/pytest-httpserver"] = [
            mine / other for mine, other in zip(wall["post"], wall["httpserver"], strict=True)
        ]
    else:
        part.absent.append("a test beside pytest-httpserver's: it is not installed")
    _collect(part, folder / "empty", 4 * rounds)
    _import(part, 2 * rounds)
    return part


def _write(folder: Path, test: str, count: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "conftest.py").write_text(_CLOCK)
    (folder / "test_it.py").write_text(_HEAD.format(gif=GIF, count=count) + test)


def _timed(folder: Path) -> dict[str, float]:
    subprocess.run(_PYTEST, cwd=folder, capture_output=True, check=False, timeout=300)
    found: dict[str, float] = json.loads((folder / "took.json").read_text())
    (folder / "took.json").unlink()
    if found["status"] != 0:
        raise RuntimeError(f"the suite in {folder.name} failed")
    return found


def _collect(part: Part, folder: Path, rounds: int) -> None:
    """What the plug-in adds to the collection of a suite that has nothing to do with it."""
    more_wall, more_cpu, whole = [], [], []
    for _ in range(rounds):
        without = _child((*_PYTEST, "--collect-only", "-p", "no:mockcloud"), folder)
        with_it = _child((*_PYTEST, "--collect-only"), folder)
        more_wall.append((with_it[0] - without[0]) * 1e3)
        more_cpu.append((with_it[1] - without[1]) * 1e3)
        whole.append(without[1] * 1e3)
    part.figures["collect.ms"] = more_cpu
    head = ("", "ms", "CPU ms")
    rows = (
        ("collecting without the plug-in", "", str(Spread.of(whole))),
        ("more with it", str(Spread.of(more_wall)), str(Spread.of(more_cpu))),
    )
    part.tables.append(Table("Collecting", head, rows, "The goal is judged by CPU, which is steadier."))


def _child(command: tuple[str, ...], folder: Path) -> tuple[float, float]:
    """(seconds, CPU seconds) of a process."""
    begun = time.perf_counter()
    handle = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(handle.pid, 0)
    handle.returncode = os.waitstatus_to_exitcode(status)
    if handle.returncode:
        raise RuntimeError(f"{' '.join(command[1:])} ended with {handle.returncode}")
    return time.perf_counter() - begun, used.ru_utime + used.ru_stime


def _import(part: Part, rounds: int) -> None:
    program = "import time; t = time.perf_counter(); import mockcloud; print((time.perf_counter() - t) * 1e3)"
    times = []
    for _ in range(rounds):
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
        times.append(float(done.stdout))
    part.commands.append("python -c 'import mockcloud'")
    part.tables.append(Table("Import", ("", "ms"), (("import mockcloud", str(Spread.of(times))),)))

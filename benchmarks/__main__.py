"""Everything in one run: `make bench`, or `make bench ARGS=--quick` to see that it works."""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from . import checking, memory, pages, peers, plugin, process, rounds
from .contenders import contenders
from .figures import Part
from .report import rendered

RESULTS = process.ROOT / "benchmarks" / "RESULTS.md"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="under two minutes; the figures say nothing")
    parser.add_argument("--only", choices=sorted(SUBJECTS), action="append", help="this subject only; repeatable")
    parser.add_argument("--to", type=Path, default=None, help="where the results go (default: benchmarks/RESULTS.md)")
    given = parser.parse_args()
    names = given.only or list(SUBJECTS)
    # Only a whole run may replace the results.
    target = given.to or (RESULTS if names == list(SUBJECTS) and not given.quick else None)
    # A server that compiles itself at every start would be measured for that.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    begun, before = time.perf_counter(), os.getloadavg()[0]
    cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
    parts = []
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            print(f"{time.perf_counter() - begun:5.0f} s  {name}", flush=True)
            try:
                parts.append(SUBJECTS[name](Path(folder), given.quick))
            except (RuntimeError, OSError) as problem:  # what the others found is worth keeping
                parts.append(Part(absent=[f"{name}: {problem}"]))
            if cores is not None:
                os.sched_setaffinity(0, cores)
    text = rendered(parts, time.perf_counter() - begun, (before, os.getloadavg()[0]), quick=given.quick)
    if target is None:
        print(text)
    else:
        target.write_text(text, "utf-8")
        print(f"{time.perf_counter() - begun:5.0f} s  {target.name} is written")


def _rounds(folder: Path, quick: bool) -> Part:
    found, absent = contenders(peers.install(), folder, quick=quick)
    part = rounds.compare(found, 1 if quick else 5, 50 if quick else 2_000)
    part.absent[:0] = absent
    return part


def _plugin(folder: Path, quick: bool) -> Part:
    return plugin.measure(folder, *((1, 50) if quick else (5, 500)))


SUBJECTS: dict[str, Callable[[Path, bool], Part]] = {
    "rounds": _rounds,
    "plugin": _plugin,
    "checks": lambda folder, quick: checking.measure(*((1, 50) if quick else (5, 500))),
    "pages": lambda folder, quick: pages.measure(
        *(((1_000, 10_000), 1, 20) if quick else ((1_000, 100_000, 1_000_000), 5, 300))
    ),
    "memory": lambda folder, quick: memory.measure(*((500, 1_500) if quick else (10_000, 300_000))),
}


if __name__ == "__main__":
    main()

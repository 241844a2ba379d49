"""RESULTS.md: goals first, then every table, then what was run and what could not be."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from .figures import Part
from .goals import judged

_PACKAGES = ("aiohttp", "orjson", "hypothesis", "pytest", "moto", "pytest-httpserver")


def rendered(parts: Sequence[Part], seconds: float, loads: tuple[float, float], *, quick: bool) -> str:
    """The whole document. loads: the machine's load average, before and after."""
    figures = {name: values for part in parts for name, values in part.figures.items()}
    blocks = ["# Results", _told(seconds, loads, quick=quick), str(judged(figures))]
    blocks += [str(table) for part in parts for table in part.tables]
    if absent := [line for part in parts for line in part.absent]:
        blocks.append("\n".join(("### Absent", "", *(f"* {line}" for line in absent))))
    commands = dict.fromkeys(line for part in parts for line in part.commands)
    blocks.append("\n".join(("### Commands", "", "```", "make bench", *commands, "```")))
    return "\n\n".join(blocks) + "\n"


def _told(seconds: float, loads: tuple[float, float], *, quick: bool) -> str:
    lines = [
        "Written by `make bench`; figures are min / median / max over the rounds, ratios of figures of the same round.",
        f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores; {_versions()}.",
        f"It took {seconds:.0f} s; load average {loads[0]:.1f} before and {loads[1]:.1f} after. In the rounds one core "
        "served and the other sent, 16 connections, keep-alive where the server does; asyncio's own loop, no uvloop.",
    ]
    if quick:
        lines.append("**A quick run: it shows that everything runs, its figures say nothing.**")
    elif loads[0] > 1:
        lines.append("**The machine was busy with something else: run it again on a quiet one.**")
    return "\n".join(lines)


def _versions() -> str:
    found = []
    for name in _PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)

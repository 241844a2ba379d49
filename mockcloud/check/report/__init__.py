"""What runs of checks came to, and the formats it is written in.

`model` makes the report, a tree of plain data; every format is one function from that tree to text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from ...controls import nearest
from ...model import Misuse
from .github import step_summary, workflow_commands
from .html import html_page
from .junit import junit_xml
from .model import Run, tree
from .sarif import sarif_log
from .terminal import overview, summary

Json = dict[str, Any]


def as_json(report: Json) -> str:
    """The report itself; docs/report.schema.json describes it."""
    return json.dumps(report, ensure_ascii=False, indent=1, default=repr) + "\n"


FORMATS: dict[str, Callable[[Json], str]] = {
    "junit": junit_xml,
    "json": as_json,
    "html": html_page,
    "sarif": sarif_log,
    "github": workflow_commands,
}
_SHOWN = ("github",)  # printed when no file is named


def wanted(options: Iterable[str]) -> list[tuple[str, Path | None]]:
    """(format, file) of `--report` options, each "FORMAT=FILE" or several with commas. Misuse: what is wrong."""
    found = []
    for one in (one for option in options for one in option.split(",")):
        kind, _, target = one.partition("=")
        if kind not in FORMATS:
            raise Misuse(f"there is no report {kind!r}", nearest(kind, FORMATS))
        if not target and kind not in _SHOWN:
            raise Misuse(f"the report {kind} needs a file", f"write {kind}=FILE")
        path = Path(target) if target else None
        if path is not None and not path.absolute().parent.is_dir():
            raise Misuse(f"{one}: there is no folder {path.absolute().parent}", "make it first")
        if path is not None and path.is_dir():
            raise Misuse(f"{one}: that is a folder", "name a file in it")
        found.append((kind, path))
    return found


def write(reports: Iterable[tuple[str, Path | None]], report: Json, say: Callable[[str], Any]) -> None:
    """Write a report in every format that is wanted; those without a file are said."""
    for kind, path in reports:
        text = FORMATS[kind](report)
        if path is not None:
            write_file(path, text)
        elif text:
            say(text)


def write_file(path: Path, text: str) -> None:
    """Write a text. Misuse: the file cannot be written."""
    try:
        path.write_text(text, "utf-8")
    except OSError as problem:
        raise Misuse(f"cannot write {path}: {problem.strerror}", "name another file") from problem


def append_summary(path: Path, report: Json, most: int = 1024 * 1024) -> None:
    """Add the table to a step's summary file, as far as there is room in it."""
    used = path.stat().st_size if path.exists() else 0
    if used < most:
        with path.open("a", encoding="utf-8") as file:
            file.write(step_summary(report, most - used))


__all__ = ["FORMATS", "Run", "append_summary", "overview", "summary", "tree", "wanted", "write", "write_file"]

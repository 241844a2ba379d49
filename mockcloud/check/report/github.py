"""GitHub Actions: annotations within what one step shows, and a table for the step's summary."""

from __future__ import annotations

from typing import Any

from .terminal import finding_text

Json = dict[str, Any]

_MOST_ERRORS = 10  # a step shows ten errors and ten warnings
_MOST_CHARACTERS = 4000
MOST_SUMMARY = 1024 * 1024
_MARKS = {"ok": "✅", "failed": "❌", "skipped": "⏭️", "without": "⚠️"}


def workflow_commands(report: Json) -> str:
    """One error for each cause, at the adapter's method; the rest as a count."""
    said = [_error(found) for run in report["runs"] for found in run["findings"] if not found["known"]]
    said += [
        _command("error", f"{run['adapter']}: {one}", title="mockcloud")
        for run in report["runs"]
        for one in run["shortcomings"]
    ]
    lines = said[:_MOST_ERRORS]
    if len(said) > _MOST_ERRORS:
        rest = f"and {len(said) - _MOST_ERRORS} more findings; the step's summary and the log have them all"
        lines.append(_command("warning", rest, title="mockcloud"))
    return "\n".join(lines)


def _error(found: Json) -> str:
    place = {"file": found["file"], "line": str(found["line"])} if found["file"] else {}
    text = finding_text(found)[:_MOST_CHARACTERS]
    return _command("error", text, **place, title=found["subject"])


def _command(kind: str, text: str, **properties: str) -> str:
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{kind} {told}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def step_summary(report: Json, room: int = MOST_SUMMARY) -> str:
    """Markdown for $GITHUB_STEP_SUMMARY, in at most `room` bytes of UTF-8."""
    parts = [part for run in report["runs"] for part in _run(run)]
    text, left = "", room - 200
    for place, part in enumerate(parts):
        size = len(part.encode()) + 2
        if size > left:
            return text + f"\n*{len(parts) - place} more parts did not fit.*\n"
        text += f"{part}\n\n"
        left -= size
    return text


def _run(run: Json) -> list[str]:
    mark = _MARKS["ok" if run["result"] == "passed" else "failed"]
    level, counts = run["level"], run["counts"]
    wanted = f", wanted L{level['wanted']}" if level["wanted"] else ""
    told = ", ".join(f"{number} {word}" for word, number in counts.items())
    head = f"### {mark} {_cell(run['adapter'])}\n\n{run['service']}, level L{level['reached']}{wanted}; {told}"
    parts = [head, *(f"- {_cell(one)}" for one in run["shortcomings"])]
    if run["findings"]:
        rows = [
            f"| {_cell(found['subject'])} | {found['check']} | {_cell(found['title'])} |"
            f" {found['failed']} of {found['tried']} | {_cell(found['source'])} |"
            for found in run["findings"]
        ]
        parts.append("\n".join(["| rule | check | what is wrong | cases | source |", "|---|---|---|---|---|", *rows]))
    metrics = run["coverage"]["metrics"]
    rows = [f"| {name} | {metric['done']} of {metric['possible']} |" for name, metric in metrics.items()]
    parts.append("\n".join(["| coverage | |", "|---|---|", *rows]))
    for found in run["findings"]:
        fence = "`" * 6
        parts.append(
            f"<details><summary>{_cell(found['subject'])}</summary>\n\n{fence}\n{finding_text(found)}\n{fence}\n</details>"
        )
    return parts


def _cell(text: str) -> str:
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return plain.replace("|", "\\|").replace("\n", " ")

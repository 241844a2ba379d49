"""JUnit XML: a suite for each adapter, a case for each item. Names are unique; rule and polarity are in the name."""

from __future__ import annotations

import re
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from .terminal import finding_text

Json = dict[str, Any]
_MOST_CHARACTERS = 64_000
# What XML 1.0 cannot hold, not even as a reference.
_UNHOLDABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(report: Json) -> str:
    """The report for servers that read JUnit XML (GitLab, Jenkins, ...)."""
    suites = [_suite(run) for run in report["runs"]]
    return "\n".join(['<?xml version="1.0" encoding="utf-8"?>', "<testsuites>", *suites, "</testsuites>", ""])


def _suite(run: Json) -> str:
    name = run["adapter"]
    by_item: dict[str, list[Json]] = {}
    for found in run["findings"]:
        by_item.setdefault(found["item"], []).append(found)
    cases = [_item(item, by_item.get(item["id"], []), name) for item in run["items"]]
    cases += [_case(name, f"run {place + 1}", 0.0, _failure(said)) for place, said in enumerate(run["shortcomings"])]
    failed = sum("<failure" in case for case in cases)
    skipped = sum("<skipped" in case for case in cases)
    counts = f'tests="{len(cases)}" failures="{failed}" errors="0" skipped="{skipped}" time="{run["seconds"]:.3f}"'
    return "\n".join([f"<testsuite name={_attribute(name)} {counts}>", *cases, "</testsuite>"])


def _item(item: Json, findings: list[Json], adapter: str) -> str:
    new = [found for found in findings if not found["known"]]
    inner = ""
    if new:
        inner = _failure(new[0]["title"], "\n\n".join(finding_text(found) for found in new), new[0])
    elif item["result"] in ("failed", "without", "skipped"):
        # One cause is told once: the other items of its group, and what a baseline lists, are no news.
        told = "in the baseline" if findings else "told with another item of the same cause"
        note: str = item["note"]
        why = {"failed": told, "without": f"without: {note}"}.get(item["result"], note)
        inner = f"<skipped message={_attribute(why)}/>"
    elif item["note"]:
        inner = f"<system-out>{_text(item['note'])}</system-out>"
    return _case(adapter, item["id"], item["seconds"], inner)


def _case(adapter: str, name: str, seconds: float, inner: str) -> str:
    head = f'<testcase classname={_attribute(adapter.replace(":", "."))} name={_attribute(name)} time="{seconds:.3f}"'
    return f"{head}>{inner}</testcase>" if inner else f"{head}/>"


def _failure(message: str, text: str = "", finding: Json | None = None) -> str:
    kind = finding["check"] if finding else "run"
    return f"<failure type={_attribute(kind)} message={_attribute(message)}>{_text(text or message)}</failure>"


def _attribute(text: str) -> str:
    return quoteattr(_UNHOLDABLE.sub("?", text))


def _text(text: str) -> str:
    return escape(_UNHOLDABLE.sub("?", text)[:_MOST_CHARACTERS])

"""`mockcloud check pkg.module:Adapter`: the battery without pytest.

Exit codes: 0 good, 1 findings (or coverage below what was asked for), 2 usage, 3 could not run, 5 nothing checked.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import json
import logging
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import orjson

from .. import attach, start
from ..contract.load import Contracts
from ..model import Misuse
from .adapter import Adapter, Offer
from .battery import BUDGETS, Options, battery, offer_of, open_session, run, stale_exceptions
from .coverage import Coverage
from .findings import Item, ItemResult
from .report import FORMATS, Report, summary
from .report.model import stable_id
from .session import AdapterMistake

Json = dict[str, Any]


@click.command("check")
@click.argument("adapter")
@click.option("--rule", default="", help="Only the items of one rule; any unambiguous tail of its id.")
@click.option("--check", "checks", multiple=True, help="Only this check of the catalogue; may be given several times.")
@click.option("--case", default="", help="Only the case with this label, as a finding names it.")
@click.option("--level", type=click.IntRange(0, 6), default=0, help="The coverage level that must be reached.")
@click.option(
    "--fail-under", type=click.FloatRange(0, 100), default=0.0, help="Percent of coverage that must be reached."
)
@click.option("--report", "reports", multiple=True, help="junit=F, json=F, html=F, sarif=F, or github.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the random requests.")
@click.option("--budget", type=click.Choice(sorted(BUDGETS)), default="ci", show_default=True)
@click.option("--baseline", type=click.Path(dir_okay=False, path_type=Path), help="Findings listed here do not fail.")
@click.option("--write-baseline", is_flag=True, help="Write this run's findings to the baseline.")
@click.option("--without", "without", multiple=True, metavar="ID=REASON", help="A known failure, with its reason.")
@click.option("--replay", default="", help='One request: {"operation": ..., "p": {...}} as JSON.')
@click.option("--url", default="", help="Use the mockcloud server that runs there.")
@click.option("--admin-token", default="", help="Its admin token.")
@click.option("--list", "list_only", is_flag=True, help="List the items that would run.")
def check(adapter: str, url: str, admin_token: str, list_only: bool, replay: str, **chosen: Any) -> None:
    """Check the client behind ADAPTER (pkg.module:Class) against the contract of its service."""
    logging.getLogger("mockcloud").setLevel(logging.ERROR)
    offer = offer_of(load_adapter(adapter), Contracts())
    options = _options(chosen)
    items = battery(offer, options)
    if list_only:
        for item in items:
            click.echo(item.id)
        return
    with _cloud(url, admin_token) as cloud, open_session(offer, cloud, options).open() as session:
        try:
            if replay:
                _replay(session, replay)
                return
            report = _run(session, offer, items, options)
        except AdapterMistake as mistake:
            raise Misuse(str(mistake), "mend the adapter; this is no finding on the client") from mistake
    report.known = _baseline(chosen["baseline"], chosen["write_baseline"], report)
    click.echo(summary(report))
    for wanted in chosen["reports"]:
        _write(wanted, report)
    sys.exit(_exit_code(report, chosen["fail_under"]))


def load_adapter(name: str) -> type[Adapter]:
    """The class that "pkg.module:Class" names. Misuse: no such module or class, or it is no Adapter."""
    module_name, _, class_name = name.partition(":")
    if not class_name:
        raise Misuse(f"{name!r} names no adapter", "write pkg.module:Class")
    if "" not in sys.path and str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        found: Any = importlib.import_module(module_name)
    except ImportError as problem:
        raise Misuse(f"cannot import {module_name}: {problem}", "run where the module can be imported") from problem
    for part in class_name.split("."):
        found = getattr(found, part, None)
    if not inspect.isclass(found) or not issubclass(found, Adapter):
        known = [key for key, value in vars(importlib.import_module(module_name)).items() if _is_adapter(value)]
        raise Misuse(f"{module_name} has no Adapter {class_name!r}", f"it has {', '.join(known) or 'none'}")
    return found


def _is_adapter(value: Any) -> bool:
    return inspect.isclass(value) and issubclass(value, Adapter) and value is not Adapter


def _options(chosen: Json) -> Options:
    without = dict(entry.partition("=")[::2] for entry in chosen["without"])
    return Options(
        checks=tuple(chosen["checks"]),
        without=without,
        max_examples=BUDGETS[chosen["budget"]],
        seed=chosen["seed"],
        rule=chosen["rule"],
        case=chosen["case"],
        level=chosen["level"],
    )


def _cloud(url: str, admin_token: str) -> Any:
    return contextlib.nullcontext(attach(url, admin_token)) if url else start()


def _run(session: Any, offer: Offer, items: list[Item], options: Options) -> Report:
    coverage = Coverage(offer.service, offer)
    session.watchers.append(coverage.intent)
    session.readers.append(coverage.record)
    began = time.monotonic()
    with _progress(len(items)) as step:
        results = list(run(session, items, options, step))
    coverage.notes(session.notes)
    seconds = time.monotonic() - began
    return Report(offer, results, coverage, options.seed, options.level, seconds, stale_exceptions(results, options))


@contextlib.contextmanager
def _progress(total: int) -> Iterator[Callable[[ItemResult], None]]:
    """A bar on a terminal, nothing elsewhere: the summary says it all."""
    if not sys.stderr.isatty():
        yield lambda result: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("checking", total=total)
        yield lambda result: bar.update(task, advance=1, description=result.item.id[:60])


def _replay(session: Any, text: str) -> None:
    try:
        wanted = json.loads(text)
        operation, asked = wanted["operation"], wanted["p"]
    except (ValueError, KeyError, TypeError) as problem:
        raise Misuse(
            f"--replay is not understood: {problem!r}", '{"operation": "CreateGifTask", "p": {...}}'
        ) from problem
    offer: Offer = session.offer
    if operation not in offer.operations:
        raise Misuse(f"the adapter offers no {operation!r}", f"it offers {', '.join(offer.operations)}")
    session.fresh()
    ending = session.ask(offer.operations[operation], asked, operation=operation)
    click.echo(f"client  {ending.says}")
    for record in ending.all:
        click.echo(f"sent    {record['operation']} {orjson.dumps(record['parameters']).decode()}")
        broken = ", ".join(found["rule"] for found in record["violations"])
        click.echo(f"answer  HTTP {record['status']} {record['reason']}" + (f"  breaks {broken}" if broken else ""))


def _baseline(path: Path | None, is_written: bool, report: Report) -> frozenset[str]:
    if path is None:
        if is_written:
            raise Misuse("--write-baseline needs --baseline FILE")
        return frozenset()
    if is_written:
        ids = sorted(stable_id(finding) for finding in report.findings())
        path.write_text("".join(f"{line}\n" for line in ids), "utf-8")
        return frozenset(ids)
    if not path.exists():
        raise Misuse(f"there is no baseline {path}", "make one with --write-baseline")
    return frozenset(line.strip() for line in path.read_text("utf-8").splitlines() if line.strip())


def _write(wanted: str, report: Report) -> None:
    kind, _, target = wanted.partition("=")
    if kind not in FORMATS:
        raise Misuse(f"there is no report {kind!r}", f"use {', '.join(sorted(FORMATS))}")
    text = FORMATS[kind](report)
    if target:
        Path(target).write_text(text, "utf-8")
    elif kind == "github":
        click.echo(text)
    else:
        raise Misuse(f"--report {kind} needs a file", f"write --report {kind}=FILE")


def _exit_code(report: Report, fail_under: float) -> int:
    if not report.results or all(result.word == "skipped" for result in report.results):
        return 5
    is_low = report.coverage.level() < report.wanted_level or 100 * report.coverage.share() < fail_under
    return 1 if report.new_findings() or report.stale or is_low else 0

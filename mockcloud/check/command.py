"""`mockcloud check pkg.module:Adapter`: the battery without pytest.

Exit codes: 0 good, 1 findings (or less coverage than asked for), 2 usage, 3 could not run, 5 nothing checked,
130 interrupted.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import os
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import click

from .. import attach, start
from ..contract.load import Contracts
from ..controls import nearest
from ..model import Misuse
from . import report as reports
from .adapter import Adapter, Offer
from .battery import BUDGETS, MACHINE, Options, battery, meet, offer_of, open_session, run
from .catalog import CATALOG
from .clean import Clean
from .coverage import Coverage
from .findings import Item, ItemResult
from .quiet import quiet
from .replay import replayed, wanted
from .report.model import about
from .session import MEND, AdapterMistake, Session
from .tally import METRICS

if TYPE_CHECKING:
    from ..cloud import Cloud

Json = dict[str, Any]

FINDINGS, NOTHING_CHECKED = 1, 5
_MACHINE_EXAMPLES = {"quick": 0, "ci": 0, "nightly": 50}
_SAID_EVERY_S = 10.0

_EPILOG = """\b
Examples:
  mockcloud check tests.gif_adapter:Gifs
  mockcloud check tests.gif_adapter:Gifs --rule span-60s --case 'span 60001 from 0'
  mockcloud check tests.gif_adapter:Gifs --level 5 --report junit=junit.xml --report html=report.html
  mockcloud check tests.gif_adapter:Gifs --baseline known.txt --write-baseline
"""


def _shares(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, float]:
    """`--fail-under 90` and `--fail-under points=100` as {"": 90, "points": 100}."""
    found = {}
    for value in values:
        name, _, number = value.rpartition("=")
        if name and name not in METRICS:
            raise click.BadParameter(f"there is no metric {name!r}; {nearest(name, METRICS)}", context, parameter)
        try:
            found[name] = float(number)
        except ValueError:
            raise click.BadParameter(f"{number!r} is no number", context, parameter) from None
        if not 0 <= found[name] <= 100:
            raise click.BadParameter(f"{number} is no percentage", context, parameter)
    return found


@click.command("check", epilog=_EPILOG)
@click.argument("adapter", metavar="PKG.MODULE:ADAPTER")
@click.option("--rule", default="", metavar="RULE", help="Only this rule; any unambiguous tail of its id will do.")
@click.option("--check", "checks", multiple=True, metavar="CHECK", help="Only this check, see --list; repeatable.")
@click.option("--case", default="", metavar="LABEL", help="Only the case with this label, as a finding names it.")
@click.option("--replay", default="", metavar="JSON", help='One request: {"operation": "CreateGifTask", "p": {...}}.')
@click.option(
    "--budget",
    type=click.Choice(list(BUDGETS)),
    default="ci",
    show_default=True,
    help="quick: enumerated inputs only; ci: and 100 random requests of each operation; nightly: 2000, and sequences "
    "of calls.",
)
@click.option("--seed", type=int, help="Of the random requests.  [default: 0; nightly: a new one, which is printed]")
@click.option("--level", type=click.IntRange(0, 6), default=0, metavar="0-6", help="Coverage level to be reached.")
@click.option(
    "--fail-under",
    "under",
    multiple=True,
    callback=_shares,
    metavar="[METRIC=]PERCENT",
    help="Coverage to be reached, of all metrics or of one; repeatable.",
)
@click.option(
    "--report",
    "wanted_reports",
    multiple=True,
    metavar="FORMAT=FILE",
    help="junit=F, json=F, html=F, sarif=F, or github, which prints annotations; repeatable.",
)
@click.option(
    "--without", multiple=True, metavar="ID=REASON", help="A check or item that is known to fail; repeatable."
)
@click.option(
    "--baseline",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Findings that it lists are shown and do not fail the run.",
)
@click.option("--write-baseline", is_flag=True, help="Write this run's findings to the baseline.")
@click.option("--url", default="", metavar="URL", help="Use the mockcloud server that runs there.")
@click.option("--admin-token", default="", metavar="TOKEN", help="Its admin token.")
@click.option("--list", "is_list", is_flag=True, help="List what would run, and end.")
def check(adapter: str, url: str, admin_token: str, is_list: bool, replay: str, **chosen: Any) -> None:
    """Try the client behind an adapter: inputs on both sides of every documented limit, documented errors, trouble.

    The adapter is a class, found from the current folder: `tests.gif_adapter:Gifs` is the class Gifs in
    tests/gif_adapter.py. Exit codes: 0 good, 1 findings, 2 usage, 3 could not run, 5 nothing checked, 130 interrupted.
    """
    offer = offer_of(load_adapter(adapter), Contracts())
    options = _options(chosen)
    if options.case and not (options.rule or options.checks):
        raise Misuse("--case alone names no case", "say --rule or --check as well, as the finding does")
    items = battery(offer, options)
    if is_list:
        _list(items)
        return
    wanted_reports = reports.wanted(chosen["wanted_reports"])
    baseline = _read_baseline(chosen["baseline"], chosen["write_baseline"])
    with quiet(), _cloud(url, admin_token) as cloud, open_session(offer, cloud, options).open() as session:
        try:
            if replay:
                sys.exit(_replay(session, replay))
            done = _run(session, items, options)
        except AdapterMistake as mistake:
            raise Misuse(str(mistake), MEND) from mistake
    done.known = baseline
    if done.mistakes:
        _tell(reports.tree([done]), wanted_reports)
        raise Misuse(done.mistakes[0], MEND)
    done.under = chosen["under"]
    if chosen["write_baseline"]:
        done.known = _write_baseline(chosen["baseline"], done)
    if options.case and not any(item["judged"] for item in done.items.values()):
        raise Misuse(f"there is no case {options.case!r}", "a finding names its cases, the JSON report lists them")
    _tell(reports.tree([done]), wanted_reports)
    sys.exit({"passed": 0, "failed": FINDINGS}.get(done.result(), NOTHING_CHECKED))


def load_adapter(name: str) -> type[Adapter]:
    """The class that "pkg.module:Class" names. Misuse: no such module or class, or it is no Adapter."""
    module_name, _, class_name = name.partition(":")
    if not module_name or not class_name:
        raise Misuse(f"{name!r} names no adapter", "write pkg.module:Class, for example tests.gif_adapter:Gifs")
    if "" not in sys.path and str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        module: Any = importlib.import_module(module_name)
    except KeyboardInterrupt:
        raise
    except BaseException as problem:
        # Somebody else's module may fail in any way while it is imported, or end the process, as scripts do.
        told = f"{type(problem).__name__}: {problem}"
        raise Misuse(f"cannot import {module_name}: {told}", _how_to_import(module_name, problem)) from problem
    found: Any = module
    for part in class_name.split("."):
        found = getattr(found, part, None)
    if not _is_adapter(found):
        known = [key for key, value in vars(module).items() if _is_adapter(value)]
        raise Misuse(
            f"{module_name} has no Adapter {class_name!r}", nearest(class_name, known) if known else "it has none"
        )
    adapter: type[Adapter] = found
    return adapter


def _how_to_import(module_name: str, problem: BaseException) -> str:
    """What would be right when a module cannot be imported."""
    if "/" in module_name or module_name.endswith(".py"):
        dotted = module_name.removesuffix(".py").removeprefix("./").replace("/", ".")
        return f"name the module, not the file: {dotted}"
    missing = getattr(problem, "name", None) if isinstance(problem, ModuleNotFoundError) else None
    if missing and (module_name == missing or module_name.startswith(f"{missing}.")):
        return "run where the module can be imported"
    return "the module has to be importable; mend it first"


def _is_adapter(value: Any) -> bool:
    return inspect.isclass(value) and issubclass(value, Adapter) and value is not Adapter


def _options(chosen: Json) -> Options:
    budget, seed = chosen["budget"], chosen["seed"]
    if seed is None:
        seed = secrets.randbelow(2**31) if budget == "nightly" else 0
    return Options(
        checks=tuple(chosen["checks"]),
        without=dict(entry.partition("=")[::2] for entry in chosen["without"]),
        max_examples=BUDGETS[budget],
        seed=seed,
        rule=chosen["rule"],
        case=chosen["case"],
        level=chosen["level"],
        machine=_MACHINE_EXAMPLES["nightly" if MACHINE in chosen["checks"] else budget],
    )


def _list(items: list[Item]) -> None:
    width = max((len(item.id) for item in items), default=0)
    for item in items:
        says = CATALOG[item.check].says if item.check in CATALOG else item.check
        click.echo(f"{item.id:<{width}}  {says}")


def _cloud(url: str, admin_token: str) -> AbstractContextManager[Cloud]:
    return contextlib.nullcontext(attach(url, admin_token)) if url else start()


def _run(session: Session, items: list[Item], options: Options) -> reports.Run:
    """Run items. AdapterMistake: the adapter failed in the first of them; later on it ends the run."""
    offer: Offer = session.offer
    coverage = Coverage(offer.service, offer)
    coverage.watch(session)
    clean = Clean(offer)
    done = reports.Run(about(offer, options, items), coverage.tally)
    began = monotonic()
    meet(session)
    try:
        with _progress(len(items)) as step:
            for result in run(session, items, options, step):
                done.add(result, offer, clean)
    except AdapterMistake as mistake:
        if not done.items:
            raise
        done.blame(mistake, clean)
    coverage.notes(session.notes)
    coverage.settle()
    done.seconds = monotonic() - began
    return done


@contextlib.contextmanager
def _progress(total: int) -> Iterator[Callable[[ItemResult], None]]:
    """A bar on a terminal, a line now and then elsewhere, both on standard error."""
    if not sys.stderr.isatty():
        yield _Lines(total)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("checking", total=total)
        failed = 0

        def step(result: ItemResult) -> None:
            nonlocal failed
            failed += result.word == "failed"
            wrong = f"[red]{failed} failed[/red]  " if failed else ""
            bar.update(task, advance=1, description=f"{wrong}{result.item.id[-48:]:<48}")

        yield step


class _Lines:
    """One line for each item that fails, and every ten seconds how far it is."""

    def __init__(self, total: int) -> None:
        self._total, self._done, self._said = total, 0, monotonic()

    def __call__(self, result: ItemResult) -> None:
        self._done += 1
        at = f"{self._done}/{self._total}"
        if result.word == "failed":
            click.echo(f"{at} {result.item.id}: {result.findings[0].title}", err=True)
        elif result.is_cut:
            click.echo(f"{at} {result.item.id}: {result.note}", err=True)
        elif monotonic() - self._said < _SAID_EVERY_S:
            return
        else:
            click.echo(f"{at} checked", err=True)
        self._said = monotonic()


def _replay(session: Session, text: str) -> int:
    attempt = wanted(session, text)
    meet(session)
    verdict, lines = replayed(session, attempt)
    click.echo("\n".join(lines))
    return FINDINGS if verdict.is_finding else 0


def _read_baseline(path: Path | None, is_written: bool) -> frozenset[str]:
    if path is None:
        if is_written:
            raise Misuse("--write-baseline needs a file", "add --baseline FILE")
        return frozenset()
    if is_written:
        if not path.absolute().parent.is_dir():
            raise Misuse(f"--baseline {path}: there is no folder {path.absolute().parent}", "make it first")
        return frozenset()
    if not path.exists():
        raise Misuse(f"there is no baseline {path}", "make one with --write-baseline")
    try:
        text = path.read_text("utf-8")
    except (OSError, ValueError) as problem:
        raise Misuse(f"cannot read {path}: {problem}", "make one with --write-baseline") from problem
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return frozenset(line for line in lines if line)


def _write_baseline(path: Path, done: reports.Run) -> frozenset[str]:
    ids = sorted(found["id"] for found in done.findings())
    head = f"# Known findings of {done.about['adapter']}; they are shown and do not fail a run.\n"
    reports.write_file(path, head + "".join(f"{line}\n" for line in ids))
    return frozenset(ids)


def _tell(report: Json, wanted_reports: list[tuple[str, Path | None]]) -> None:
    click.echo(reports.summary(report))
    reports.write(wanted_reports, report, click.echo)
    step = os.environ.get("GITHUB_STEP_SUMMARY", "")
    if step and any(kind == "github" for kind, _ in wanted_reports):
        reports.append_summary(Path(step), report)

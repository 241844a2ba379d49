"""The command line: `serve`, `services`, `rules`, `explain`, `check`.

Exit codes: 0 good, 1 findings, 2 usage or configuration, 3 could not run, 5 nothing checked, 130 interrupted.
Each command imports what it needs when it runs, so that `serve` is there at once.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from .model import Misuse, Unreachable
from .version import VERSION

Json = dict[str, Any]

USAGE, CANNOT_RUN, INTERRUPTED = 2, 3, 130
_CHECK_EXTRA = ("faker", "hypothesis", "jsonschema", "pytest", "rich")


class _Later(click.Command):
    """A command that is imported when it is called: `check` needs packages that serving does without."""

    def __init__(self, name: str, module: str, short_help: str) -> None:
        super().__init__(name, short_help=short_help, help=short_help)
        self._module = module

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """The real command's context."""
        command: click.Command = getattr(import_module(self._module), self.name or "")
        return command.make_context(info_name, args, parent, **extra)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(VERSION, "-V", "--version", prog_name="mockcloud")
def cli() -> None:
    """Test double for the video-to-GIF and thumbnail services of four clouds."""


cli.add_command(_Later("check", "mockcloud.check.command", "Check a client of these services against their contracts."))


def _setting(*names: str, **how: Any) -> Callable[[Any], Any]:
    """An option of `serve`, with its environment variable (--task-seconds: MOCKCLOUD_TASK_SECONDS)."""
    flag = next(name for name in names if name.startswith("--"))
    variable = f"MOCKCLOUD_{flag.removeprefix('--').replace('-', '_').upper()}"
    return click.option(*names, envvar=variable, show_envvar=True, **how)


def _no_empty_text(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Refuse "", also from the environment, which click takes for absent: an empty token must not mean an open door."""
    variable = str(parameter.envvar)
    if value is None and not os.environ.get(variable, "-").strip():
        raise click.BadParameter(f"{variable} is empty; give it a value or unset it", context, parameter)
    if value is not None and not value.strip():
        raise click.BadParameter("it is empty; give it a value or leave it out", context, parameter)
    return value


# Flags for how much is taken (members of `server.Binding`) and kept (of `state.Settings`): name, default, what it is.
_TAKEN: dict[str, tuple[float, str]] = {
    "max_body": (10 << 20, "Largest request body, bytes."),
    "max_line": (64 << 10, "Longest request line or header, bytes."),
    "max_headers": (128, "Most headers of a request."),
    "head_seconds": (30.0, "Time for a request's head, and for an idle connection."),
    "body_seconds": (30.0, "Time for a request's body, and for its answer to be taken."),
    "connections": (900, "Most connections at a time."),
}
_BOUNDS: dict[str, tuple[float, str]] = {
    "max_depth": (64, "Deepest nesting of JSON."),
    "max_members": (50_000, "Most keys and items of a body."),
    "max_parameters": (5_000, "Most parameters of a query or form."),
}
_KEPT: dict[str, tuple[float, str]] = {
    "most_tasks": (100_000, "Tasks kept of an account and service."),
    "most_accounts": (1_000, "Accounts kept."),
    "most_resources": (100_000, "Resources kept of a kind."),
    "most_requests": (10_000, "Requests kept in the journal."),
    "most_journal_bytes": (64 << 20, "Bytes kept in the journal."),
    "most_callbacks": (10_000, "Deliveries kept."),
    "most_state_bytes": (256 << 20, "Bytes of requests over 16 KiB that accounts hold."),
    "most_nonces": (100_000, "Nonces kept, and tokens."),
}


def _limits(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command one flag for every limit."""
    for name, (default, what) in reversed({**_TAKEN, **_BOUNDS, **_KEPT}.items()):
        most = int(default) if name == "max_depth" else 1 << 30  # what is deeper, nothing behind it reads
        is_time = isinstance(default, float)
        kind: click.ParamType[Any] = click.FloatRange(0, 3600, min_open=True) if is_time else click.IntRange(1, most)
        flag = f"--{name.replace('_', '-')}"
        command = _setting(flag, type=kind, default=default, show_default=True, help=what)(command)
    return command


@cli.command()
@_setting("-H", "--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@_setting("-p", "--port", type=click.IntRange(0, 65_535), default=4580, show_default=True, help="0 picks a free one.")
@_setting(
    "--auth",
    type=click.Choice(["strict", "lenient", "off"]),
    default="strict",
    show_default=True,
    help="Verify signatures; only look for credentials; ask for nothing.",
)
@_setting(
    "--progress",
    default="timed",
    show_default=True,
    metavar="MODE",
    help="How tasks move on: timed, immediate, manual, polls:N.",
)
@_setting("--task-seconds", type=float, default=2.0, show_default=True, help="How long a timed task takes.")
@_setting("--seed", type=int, default=0, show_default=True, help="Decides ids and made-up values.")
@_setting("--admin-token", callback=_no_empty_text, metavar="TOKEN", help="Ask for it under /_mockcloud/.")
@_setting(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Form of the log on standard error.",
)
@_setting(
    "--endpoints-file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write URL and credentials there when ready, remove it at the end; JSON if *.json, else NAME=value lines.",
)
@_setting(
    "--callback-host", multiple=True, metavar="HOST", help="Host beside loopback that callbacks may go to; repeatable."
)
@_setting(
    "--allow-host", multiple=True, metavar="HOST", help="Host name under which /_mockcloud/ may be called; repeatable."
)
@_setting("--admin-port", type=click.IntRange(0, 65_535), help="Answer /_mockcloud/ on this port and nowhere else.")
@_setting("--no-admin", is_flag=True, help="Do not answer /_mockcloud/ at all.")
@_setting("--secret", multiple=True, metavar="NAME", help="Header or parameter to hide in journal and log; repeatable.")
@_limits
@_setting(
    "--set",
    "switches",
    multiple=True,
    metavar="SERVICE.OPTION=VALUE",
    help="A switch of a service, see `mockcloud services`; repeatable.",
)
def serve(**given: Any) -> None:
    """Run the server. The first line on standard output is its URL; the log goes to standard error.

    SIGTERM ends it with 0, Ctrl-C with 130. Repeatable options take several values, with blanks between them, from
    their environment variable.
    """
    from . import logs, serving
    from .bounds import Bounds
    from .server import Binding

    path: Path | None = given["endpoints_file"]
    if path is not None and not path.absolute().parent.is_dir():
        raise Misuse(f"--endpoints-file {path}: there is no folder {path.absolute().parent}", "make it first")
    settings = {name: given[name] for name in ("auth", "progress", "task_seconds", "seed", *_KEPT)}
    engine = serving.engine_for({**settings, "secrets": given["secret"]}, given["switches"])
    binding = Binding(
        host=given["host"],
        port=given["port"],
        callback_hosts=given["callback_host"],
        admin_token=given["admin_token"] or "",
        allow_hosts=given["allow_host"],
        admin=not given["no_admin"],
        admin_port=given["admin_port"],
        bounds=Bounds(given["max_depth"], given["max_members"], given["max_parameters"]),
        **{name: given[name] for name in _TAKEN},
    )
    backlog = logs.configure(given["log_format"])

    try:
        code = serving.serve(engine, binding, click.echo, path)
    except serving.CannotRun as problem:
        click.echo(f"mockcloud: {problem}", err=True)
        code = CANNOT_RUN
    finally:
        backlog.close()
    sys.exit(code)


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def services(as_json: bool) -> None:
    """List what is served: operations, sample resources, switches."""
    from .contract.load import Contracts
    from .explain import listed, served

    found = [served(service) for service in Contracts().services()]
    _show({"services": found, "total": len(found)} if as_json else "\n\n".join(listed(said) for said in found))


@cli.command()
@click.argument("what", required=False, metavar="[SERVICE[.OPERATION]]")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def rules(what: str | None, as_json: bool) -> None:
    """List rules, each with its origin and where it is documented."""
    from .contract.load import Contracts
    from .controls import rule_record
    from .explain import rules_of

    found = [rule_record(rule) for rule in rules_of(what, Contracts())]
    if as_json:
        _show({"rules": found, "total": len(found)})
        return
    lines = []
    for said in found:
        effect = "" if said["effect"] == "reject" else f", {said['effect']}"
        lines.append(f"{said['id']}\n    {said['says']}  ({said['basis']}{effect}; {said['cite']})")
    _show("\n".join((*lines, f"{len(found)} rules")))


@cli.command()
@click.argument("what", metavar="RULE")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def explain(what: str, as_json: bool) -> None:
    """Say where a rule comes from and what it does: documented, read off an SDK, or invented here.

    RULE is the id of a rule, a behaviour, an operation or a switch, an error as SERVICE:CODE, or what the
    X-Mockcloud-Reason header says. An unambiguous end of an id will do: span-60s, output_param.width.range.
    """
    from .contract.load import Contracts
    from .explain import REASONS, explained, find, rendered

    if what in REASONS:
        _show({"id": what, "kind": "reason", "says": REASONS[what]} if as_json else f"{what}\n  {REASONS[what]}")
        return
    said = explained(find(what, Contracts()))
    _show(said if as_json else rendered(said))


def _show(what: Json | str) -> None:
    """Print a text, or data as JSON. Whoever reads only the first lines has seen enough; that is no error."""
    text = what if isinstance(what, str) else json.dumps(what, indent=2, ensure_ascii=False, default=str)
    try:
        click.echo(text)
    except BrokenPipeError:
        # Python would complain once more when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def run(arguments: list[str]) -> int:
    """Run a command; gives the exit code. Whatever goes wrong is said in a line or two on standard error."""
    try:
        code = cli.main(arguments, prog_name="mockcloud", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except click.ClickException as problem:
        problem.show()
        return USAGE
    except Unreachable as problem:
        _misused(problem.text, problem.hint)
        return CANNOT_RUN
    except Misuse as problem:
        return _misused(problem.text, problem.hint)
    except ModuleNotFoundError as problem:
        if (problem.name or "").partition(".")[0] not in _CHECK_EXTRA:
            raise
        return _misused(f"this needs {problem.name}, which is not installed", "pip install 'mockcloud[check]'")
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else 1


def _misused(text: str, hint: str) -> int:
    click.echo(f"mockcloud: {text}" + (f"\n  {hint}" if hint else ""), err=True)
    return USAGE


def main() -> None:
    """What the command `mockcloud` calls."""
    sys.exit(run(sys.argv[1:]))

"""What the documents say is run, or held against the code that it speaks of."""

from __future__ import annotations

import argparse
import inspect
import re
import shlex
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from mockcloud import cli
from mockcloud.admin import ROUTES
from mockcloud.contract.load import Contracts
from mockcloud.explain import served
from mockcloud.faults import ANSWER_FAULTS, GARBAGE, WIRE_FAULTS
from mockcloud.pytest_plugin import pytest_addoption

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
DOCUMENTS = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
CONTRACTS = Contracts()
SERVICES = {service.id: served(service) for service in CONTRACTS.services()}
ENDPOINT = "127.0.0.1:4580"

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
QUOTED = re.compile(r"`([^`]+)`")


def sections() -> dict[str, list[tuple[str, str]]]:
    """Heading → the code blocks below it, as (language, text)."""
    parts = re.split(r"^#+ (.+)$", README, flags=re.MULTILINE)
    return {heading: BLOCK.findall(text) for heading, text in zip(parts[1::2], parts[2::2], strict=True)}


def table(first: str) -> list[list[str]]:
    """The rows of the table whose head begins with a word."""
    lines = README.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"| {first} |"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def quoted(cell: str) -> list[str]:
    return QUOTED.findall(cell)


SECTIONS = sections()
SNIPPETS = {heading: blocks[0][1] for heading, blocks in SECTIONS.items() if re.fullmatch(r"[A-Z].*: [\w-]+", heading)}
(FIXTURE_EXAMPLE, START_EXAMPLE) = (
    text for language, text in SECTIONS["1. The pytest fixture"] if language == "python"
)
CONSOLE = [
    (command, tuple(filter(None, shown.splitlines())))
    for blocks in SECTIONS.values()
    for language, text in blocks
    if language == "console"
    for command, shown in re.findall(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", text, re.MULTILINE)
]
COMMANDS = [(command, shown) for command, shown in CONSOLE if command.startswith("mockcloud ")]
CURLS = [(command, shown) for command, shown in CONSOLE if command.startswith("curl ")]


# Code that the README shows.


@pytest.mark.parametrize("heading", SNIPPETS)
def test_snippet_of_an_official_sdk(heading, mockcloud, capsys):
    exec(compile(SNIPPETS[heading].replace(ENDPOINT, mockcloud.endpoint), heading, "exec"), {})
    (request,) = mockcloud.requests()
    assert (request["status"], request["reason"], request["violations"]) == (200, "", [])
    assert capsys.readouterr().out.strip()


def test_every_official_sdk_has_a_snippet():
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    extra = re.search(r"^sdk = \[(.*?)\]", project, re.MULTILINE | re.DOTALL)
    assert extra is not None
    named = {name.lower() for name in re.findall(r'"([\w-]+)[>\[]', extra[1])}
    shown = {heading.rpartition(": ")[2].lower() for heading in SNIPPETS}
    # The common parts come with the clients, IAM is what MPC's client asks by itself.
    assert named - shown == {"aliyun-python-sdk-core", "huaweicloudsdkiam", "tencentcloud-sdk-python-common"}


def test_examples_of_the_fixture_pass_as_somebody_elses_tests(tmp_path):
    path = tmp_path / "test_readme.py"
    path.write_text(FIXTURE_EXAMPLE, "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", str(path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert f"{FIXTURE_EXAMPLE.count('def test_')} passed" in done.stdout, done.stdout


def test_example_without_pytest(capsys):
    exec(compile(START_EXAMPLE, "README", "exec"), {})
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+ mockcloud mockcloud-secret\n", capsys.readouterr().out)


@pytest.mark.parametrize(("command", "shown"), COMMANDS, ids=[command for command, _ in COMMANDS])
def test_command_prints_what_is_shown(command, shown, capsys):
    assert cli.run(shlex.split(command)[1:]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in shown if line not in lines] == []


@pytest.mark.parametrize(("command", "shown"), CURLS, ids=[command for command, _ in CURLS])
def test_request_is_answered_as_shown(command, shown, mockcloud):
    asked = argparse.ArgumentParser()
    asked.add_argument("-s", action="store_true")
    asked.add_argument("-i", action="store_true")
    asked.add_argument("-H", action="append", default=[])
    asked.add_argument("-d", type=str.encode)
    asked.add_argument("url")
    given = asked.parse_args(shlex.split(command)[1:])
    request = urllib.request.Request(given.url.replace(ENDPOINT, mockcloud.endpoint), given.d)
    for header in given.H:
        request.add_header(*header.split(": "))
    try:
        answer = urllib.request.urlopen(request, timeout=10)
    except urllib.error.HTTPError as refused:
        answer = refused
    with answer:
        text = f"HTTP/1.1 {answer.status} {answer.reason}\n{answer.headers}\n{answer.read().decode()}"
    assert [line for line in shown if line not in text] == []


def test_make_targets_are_those_of_the_makefile():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))
    assert set(re.findall(r"make ([a-z]+)\b(?=`|$)", README, re.MULTILINE)) <= targets
    assert {"serve", "test", "lint", "wheel", "help"} <= targets


# Tables.


def test_table_of_services_is_what_the_contracts_say():
    rows = {quoted(row[0])[0]: (row[1], quoted(row[2]), quoted(row[3])) for row in table("service")}
    assert rows == {
        name: (f"{said['title']}, {said['version']}", said["full"], said["shape"]) for name, said in SERVICES.items()
    }


def test_table_of_samples_is_what_the_contracts_say():
    lines = [line for line in README.splitlines() if re.match(r"\| `[a-z-]+` \| `[a-z-]+` \|", line)]
    rows = [quoted(line) for line in lines]
    told = {(row[0], row[1]): [word for word in row[2:] if word != "exists: false"] for row in rows}
    assert told == {
        (name, kind): keys for name, said in SERVICES.items() for kind, keys in said["kinds"].items() if keys
    }


def test_table_of_flags_is_what_serve_takes():
    rows = {tuple(quoted(row[0])): quoted(row[1]) for row in table("flag")}
    assert rows == {tuple(option.opts): [option.envvar] for option in cli.serve.params}


def test_table_of_admin_calls_is_what_is_routed():
    rows = {quoted(row[0])[0]: set(quoted(row[1])) for row in table("call")}
    assert rows == {
        f"{method} /{name}{'/{id}' if has_id else ''}": set(route.schema["properties"])
        for name, methods in ROUTES.items()
        for (method, has_id), route in methods.items()
    }


def test_table_of_faults_is_complete():
    rows = table("error")
    assert [name for row in rows for name in quoted(row[0])] == [*WIRE_FAULTS, *ANSWER_FAULTS]
    garbage = next(row[1] for row in rows if "`wire.garbage`" in row[0])
    assert set(re.findall(r"[a-z]+(?:-[a-z0-9]+)*", " ".join(quoted(garbage)))) >= set(GARBAGE)


def test_table_of_the_fixture_names_what_there_is(mockcloud):
    names = [re.match(r"\w+", word)[0] for row in table("of the fixture") for word in quoted(row[0])]
    assert [name for name in names if not hasattr(mockcloud, name)] == []
    public = {name for name, _ in inspect.getmembers(mockcloud) if not name.startswith("_")}
    assert set(names) == public


def test_options_of_the_plugin_are_told():
    assert "--mockcloud-url" in README
    assert "--mockcloud-url" in inspect.getsource(pytest_addoption)


# Links.


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    prose = QUOTED.sub("", BLOCK.sub("", path.read_text("utf-8")))
    targets = re.findall(r"\]\((?!https?://)([^)#]+)\)", prose)
    assert [target for target in targets if not (path.parent / target).exists()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_files_that_are_named_are_there(path):
    named = re.findall(r"`((?:mockcloud|contracts|tests|docs|fixtures)/[\w./-]+)`", path.read_text("utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []

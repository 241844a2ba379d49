"""What README and docs say of the checks is run, or held against the code that it speaks of."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from defusedxml.ElementTree import fromstring
from jsonschema import Draft202012Validator

from mockcloud.check import report
from mockcloud.check.battery import MACHINE, RULE_CHECKS
from mockcloud.check.catalog import CATALOG
from mockcloud.check.command import check
from mockcloud.check.tally import LEVELS, METRICS
from mockcloud.contract.load import Contracts

from .gifs import Adapter
from .test_report_sarif import validator

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"
README, CHECKS, REPORT = (
    (ROOT / name).read_text("utf-8") for name in ("README.md", "docs/checks.md", "docs/report.md")
)
SCHEMA = json.loads((ROOT / "docs" / "report.schema.json").read_text("utf-8"))
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DOOR = BLOCK.findall(README.partition("### 3. Contract checks\n")[2].partition("\n## ")[0])
(COMMAND, *SHOWN) = next(text for language, text in DOOR if language == "console").splitlines()


def rows(text, first):
    lines = text.splitlines()
    start = lines.index(next(line for line in lines if line.startswith(f"| {first} |")))
    found = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        cells = re.split(r"(?<!\\)\|", line.strip().strip("|"))
        found.append([cell.strip().replace("\\|", "|") for cell in cells])
    return found


def quoted(text):
    return re.findall(r"`([^`]+)`", text)


# The example.


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    """(what the command of the README did, folder with the reports)"""
    folder = tmp_path_factory.mktemp("reports")
    command = COMMAND.removeprefix("$ cd docs/examples && mockcloud ").split()
    options = [f"--report={kind}={folder / name}" for kind, name in REPORTS.items()]
    done = subprocess.run(
        [sys.executable, "-m", "mockcloud", *command, *options, "--report=github"],
        cwd=EXAMPLES,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done, folder


REPORTS = {"junit": "junit.xml", "json": "report.json", "html": "report.html", "sarif": "report.sarif"}


def test_readme_shows_the_files_of_the_example():
    client, adapter, suite = (text for language, text in DOOR if language == "python")
    assert client in (EXAMPLES / "gif_client.py").read_text("utf-8")
    assert (EXAMPLES / "gif_adapter.py").read_text("utf-8").endswith(adapter)
    assert (EXAMPLES / "test_gifs.py").read_text("utf-8") == suite


def test_example_prints_what_the_readme_shows(example):
    done, _ = example
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    places = [
        next(place for place, line in enumerate(lines) if is_shown(line, wanted)) for wanted in filter(None, SHOWN)
    ]
    assert all(one < other for one, other in pairwise(places))


def is_shown(line, wanted):
    return line.startswith(wanted.removesuffix("...")) if wanted.endswith("...") else line == wanted


def test_example_has_one_finding(example):
    _, folder = example
    [run] = json.loads((folder / "report.json").read_text("utf-8"))["runs"]
    assert [found["subject"] for found in run["findings"]] == ["huawei-mpc.CreateAnimatedGraphicsTask.span-60s"]
    assert run["is_complete"]


def test_example_writes_valid_reports(example):
    done, folder = example
    texts = {kind: (folder / name).read_text("utf-8") for kind, name in REPORTS.items()}
    assert list(Draft202012Validator(SCHEMA).iter_errors(json.loads(texts["json"]))) == []
    assert list(validator().iter_errors(json.loads(texts["sarif"]))) == []
    [suite] = fromstring(texts["junit"]).findall("testsuite")
    assert [case.get("name") for case in suite.findall("testcase") if case.find("failure") is not None] == [
        "CreateAnimatedGraphicsTask.span-60s-rejects"
    ]
    assert texts["html"].startswith("<!doctype html>")
    assert done.stdout.splitlines()[-1].startswith("::error file=docs/examples/gif_adapter.py,line=18,title=")


def test_example_fails_as_tests():
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "span-60s", "test_gifs.py"]
    done = subprocess.run(command, cwd=EXAMPLES, capture_output=True, text=True, timeout=120)
    assert "1 failed, 1 passed" in done.stdout
    assert "ContractViolation: 12 of 16 cases: a request that breaks a documented rule was sent" in done.stdout


# Tables.


def test_every_check_is_told():
    told = {quoted(row[0])[0]: row[1] for row in rows(CHECKS, "id")}
    assert [*told] == [*RULE_CHECKS, *CATALOG, MACHINE]
    assert {name: told[name] for name in CATALOG} == {name: one.says for name, one in CATALOG.items()}


def test_every_metric_is_told_with_its_level():
    levels = {name: f"L{place + 1}" for place, names in enumerate(LEVELS) for name in names}
    assert [[quoted(row[0])[0], *row[1:]] for row in rows(CHECKS, "metric")] == [
        [name, words, levels.get(name, "")] for name, words in METRICS.items()
    ]


def test_every_option_is_told():
    told = {word.split()[0] for row in rows(CHECKS, "option") for word in quoted(row[0])}
    assert told == {option for parameter in check.params for option in parameter.opts if option.startswith("--")}


def test_every_member_of_an_adapter_is_told():
    told = {word.partition("(")[0] for row in rows(CHECKS, "member") for word in quoted(row[0])}
    assert told == {name for name in vars(Adapter) if not name.startswith("_")}


def test_every_format_is_told():
    assert {quoted(row[0])[0] for row in rows(REPORT, "format")} == {*report.FORMATS}


@pytest.mark.parametrize(
    ("heading", "schema"),
    [
        ("## The tree", SCHEMA),
        ("### A run", SCHEMA["$defs"]["run"]),
        ("### A finding", SCHEMA["$defs"]["finding"]),
        ("### Traffic", SCHEMA["$defs"]["traffic"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_member_of_the_report_is_told(heading, schema):
    section = re.split(r"\n#+ ", REPORT.partition(f"{heading}\n")[2])[0]
    told = {word for row in rows(section, "member") for word in quoted(" ".join(row))}
    # Which item found it, that it is no exception, and the title of a service go without saying.
    silent = {"item", "without", "title"}
    assert {*schema["required"]} - told <= silent


# Code and commands in docs/checks.md.


def names_of_the_client():
    class GifError(Exception):
        code, http_status, request_id = "X", 400, "r"

    return {"GifError": GifError, "GifClient": object, "__name__": "documented"}


def test_adapter_of_the_documents_is_one():
    from mockcloud.check.battery import offer_of

    first = next(text for language, text in BLOCK.findall(CHECKS) if language == "python")
    names = names_of_the_client()
    exec(compile(first, "checks.md", "exec"), names)
    offer = offer_of(names["Gifs"], Contracts())
    assert {*offer.roles} == {"create", "query"}


def test_code_of_the_documents_runs():
    from hypothesis import given

    from mockcloud.check import contract_case, contract_tests, machine
    from mockcloud.check.strategies import breaking, requests_for

    names = names_of_the_client() | {
        "given": given,
        "breaking": breaking,
        "requests_for": requests_for,
        "contract_case": contract_case,
        "contract_tests": contract_tests,
        "machine": machine,
    }
    for language, text in BLOCK.findall(CHECKS):
        if language == "python":
            exec(compile(text, "checks.md", "exec"), names)
    names["test_any_allowed_gif"]()
    names["test_gif_that_is_too_long"]()
    assert names["TestSequences"].__name__.startswith("Sequences_")


def test_commands_of_the_documents_are_understood():
    commands = re.findall(r"mockcloud (check tests\.gif_adapter:Gifs[^\n#]*)", CHECKS)
    assert len(commands) > 4
    for command in commands:
        context = check.make_context("check", command.split()[1:], resilient_parsing=False)
        assert context.params["adapter"] == "tests.gif_adapter:Gifs"

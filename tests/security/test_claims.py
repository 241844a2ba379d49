"""SECURITY.md: every claim names a test that is there, every minimum version is the one that is asked for."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "SECURITY.md").read_text("utf-8")
GUARANTEES = PAGE.partition("## What is guaranteed")[2].partition("## Dependencies")[0]
CLAIMS = [line for line in GUARANTEES.splitlines() if line.startswith("| ") and not line.startswith("| claim")]
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))


def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


@pytest.mark.parametrize(("path", "name"), NAMED, ids=[name for _, name in NAMED])
def test_named_test_is_there(path, name):
    assert name in names_in(ROOT / path)


@pytest.mark.parametrize("claim", CLAIMS, ids=range(len(CLAIMS)))
def test_claim_has_a_test_beside_it(claim):
    held_by = claim.strip("| ").rpartition(" | ")[2]
    assert re.fullmatch(r"`tests/[\w/]+\.py::test_\w+`(, `tests/[\w/]+\.py::test_\w+`)*", held_by)


def test_minimum_versions_are_those_of_the_package():
    listed = dict(re.findall(r"^\| ([\w-]+) \| (\d[\d.]*) \|", PAGE, flags=re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert listed == dict(dependency.split(">=") for dependency in project["dependencies"])

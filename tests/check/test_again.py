"""The command that shows a finding again works where the tests were run."""

from __future__ import annotations

import importlib
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from mockcloud.check.again import command

ADAPTER = """
from {client} import Client
from mockcloud.check import Adapter


class Gifs(Adapter):
    service = "huawei-mpc"

    def connect(self, cloud):
        return Client()

    def create(self, client, p):
        return ""
"""


@pytest.fixture
def project(tmp_path, monkeypatch, request):
    """A project whose adapter and client lie in folders that only its tests have on their path."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    names = [f"{request.node.name.split('[')[0]}_{what}" for what in ("adapter", "client")]
    for folder, name, text in (
        ("tests", names[0], ADAPTER.format(client=names[1])),
        ("src of it", names[1], "class Client: pass\n"),
    ):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{name}.py").write_text(text, "utf-8")
        monkeypatch.syspath_prepend(str(tmp_path / folder))
    yield names[0]
    for name in names:
        sys.modules.pop(name, None)


def test_folders_that_only_tests_have_on_their_path_are_named(project):
    importlib.import_module(project)

    said = command(f"{project}:Gifs")

    assert said == f"PYTHONPATH='tests:src of it' mockcloud check {project}:Gifs"
    mockcloud = f"{shlex.quote(sys.executable)} -c 'from mockcloud.cli import main; main()'"
    told = subprocess.run(
        said.replace("mockcloud", mockcloud, 1) + " --list", shell=True, capture_output=True, text=True, check=False
    )
    assert (told.returncode, told.stderr) == (0, "")


def test_path_that_is_said_anew_holds_what_it_held(project, monkeypatch, tmp_path):
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path / 'tests'}:{tmp_path / 'more'}")
    importlib.import_module(project)

    assert command(f"{project}:Gifs").startswith("PYTHONPATH='tests:src of it:more' mockcloud check ")


def test_folder_elsewhere_is_named_in_full(project, monkeypatch, tmp_path):
    importlib.import_module(project)
    monkeypatch.chdir(tmp_path / "tests")

    assert f"PYTHONPATH='{tmp_path}/src of it' " in command(f"{project}:Gifs")


@pytest.mark.parametrize("name", ["shlex", "pytest", "mockcloud.check.adapter", "__main__", "sys", "nowhere"])
def test_what_is_installed_or_unknown_needs_nothing(name, monkeypatch):
    monkeypatch.chdir(Path(__file__).parents[2])

    assert command(f"{name}:Adapter") == f"mockcloud check {name}:Adapter"

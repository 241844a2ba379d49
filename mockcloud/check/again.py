"""Where a command that shows a finding again finds the adapter: folders that the test runner had on its path."""

from __future__ import annotations

import inspect
import os
import shlex
import site
import sys
import sysconfig
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType


def command(adapter: str) -> str:
    """`mockcloud check pkg.module:Adapter` for the current folder, with PYTHONPATH where more is needed.

    pytest puts the folder of a test on its path, and those of its option `pythonpath`; the command line does not.
    """
    folders = os.pathsep.join(_needed(sys.modules.get(adapter.partition(":")[0])))
    path = f"PYTHONPATH={shlex.quote(folders)} " if folders else ""
    return f"{path}mockcloud check {adapter}"


def _needed(module: ModuleType | None) -> list[str]:
    """Folders that the adapter's module, and what it names, came from and that are on no path by themselves.

    A PYTHONPATH of now may have been said for this one run, and saying it anew takes the place of what it holds.
    """
    here = Path.cwd()
    roots = dict.fromkeys(root for one in _with_neighbours(module) if (root := _root(one)) is not None)
    needed = [root for root in roots if root not in {here} | _installed()]
    said = [Path(entry).resolve() for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
    return [_told(folder, here) for folder in dict.fromkeys([*needed, *said])] if needed else []


def _with_neighbours(module: ModuleType | None) -> Iterator[ModuleType]:
    if module is None:
        return
    yield module
    for value in vars(module).values():
        if inspect.ismodule(value):
            yield value
        elif inspect.isclass(value) or inspect.isfunction(value):
            found = sys.modules.get(value.__module__ or "")
            if found is not None:
                yield found


def _root(module: ModuleType) -> Path | None:
    """The folder from which a module's whole name leads to it; None when it came out of no file, or by another way."""
    file, name = getattr(module, "__file__", None), module.__name__
    if not file or name == "__main__":
        return None
    path = Path(file).resolve()
    parts = (path.parent if path.stem == "__init__" else path.with_suffix("")).parts
    depth = len(name.split("."))
    return Path(*parts[:-depth]) if list(parts[-depth:]) == name.split(".") else None


@cache
def _installed() -> frozenset[Path]:
    """Where Python and its packages are, and the folders that packages are worked on in (`pip install --editable`)."""
    paths = sysconfig.get_paths()
    folders = [paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    folders += [*site.getsitepackages(), site.getusersitepackages()]
    lines = [
        line
        for folder in folders
        for file in Path(folder).glob("*.pth")
        for line in file.read_text("utf-8", "replace").splitlines()
    ]
    worked_on = [line for line in lines if line and not line.startswith(("#", "import ")) and Path(line).is_dir()]
    return frozenset(Path(folder).resolve() for folder in (*folders, *worked_on))


def _told(root: Path, here: Path) -> str:
    return root.relative_to(here).as_posix() if root.is_relative_to(here) else str(root)

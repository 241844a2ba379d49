"""The shape of the package, as ARCHITECTURE.md draws it: who may import what, and that names stay where they belong."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "mockcloud"
MODULES = sorted(PACKAGE.rglob("*.py"))
PROVIDERS = sorted(path.name for path in (ROOT / "contracts").iterdir() if path.is_dir())
SHARED = [path for path in MODULES if not set(path.parts) & set(PROVIDERS)]

# One outside thing, one door.
DOORS = {
    "aiohttp": ("server.py", "answers.py", "posting.py", "wirefaults.py"),
    "yaml": ("contract/load.py",),
    "click": ("cli.py", "check/command.py"),
    "uvloop": ("serving.py",),
    "defusedxml": ("providers/alibaba/xml.py",),
    "pytest": ("pytest_plugin.py", "check/"),
    "_pytest": (),
    "hypothesis": ("check/",),
    "jsonschema": ("check/",),
    "faker": ("check/",),
    "rich": ("check/",),
    "requests": (),
    "httpx": (),
}


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def imported(path: Path) -> Iterator[str]:
    """The top-level packages that a module imports, wherever in it; relative imports are left out."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield (node.module or "").partition(".")[0]


def own_imports(path: Path) -> Iterator[str]:
    """The modules of ours that a module imports, as paths below the package."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = path.parents[node.level - 1]
            target = base.joinpath(*(node.module or "").split("."))
            yield from (target.joinpath(alias.name).relative_to(PACKAGE).as_posix() for alias in node.names)


@pytest.mark.parametrize("package", DOORS)
def test_outside_package_has_one_door(package):
    users = [name_of(path) for path in MODULES if package in imported(path)]
    assert [name for name in users if not name.startswith(DOORS[package])] == []


def test_nobody_imports_a_door_that_is_not_listed():
    known = {*DOORS, *sys.stdlib_module_names, "mockcloud", "orjson"}
    assert {package for path in MODULES for package in imported(path)} <= known


@pytest.mark.parametrize("path", SHARED, ids=name_of)
def test_shared_code_names_no_provider(path):
    tree = ast.parse(path.read_text("utf-8"))
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    prose = {id(node) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    spoken = {
        node.value.value
        for node in ast.walk(tree)
        if id(node) in prose and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    names = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]
    said = [text for text in (*texts, *names) if text not in spoken]
    named = {provider for provider in PROVIDERS for text in said if provider in text.lower()}
    assert named == (set(PROVIDERS) if name_of(path) == "providers/__init__.py" else set())


@pytest.mark.parametrize("path", SHARED, ids=name_of)
def test_shared_code_imports_no_provider(path):
    assert [name for name in own_imports(path) if set(name.split("/")) & set(PROVIDERS)] == []


@pytest.mark.parametrize("provider", PROVIDERS)
def test_provider_imports_no_other_provider(provider):
    others = set(PROVIDERS) - {provider}
    found = [name for path in (PACKAGE / "providers" / provider).rglob("*.py") for name in own_imports(path)]
    assert [name for name in found if set(name.split("/")) & others] == []


def test_engine_does_no_io_and_asks_nobody_for_time_or_chance():
    outside = (
        "server.py",
        "answers.py",
        "posting.py",
        "wirefaults.py",
        "addresses.py",
        "serving.py",
        "running.py",
        "cloud.py",
        "logs.py",
    )
    outside += ("pytest_plugin.py", "cli.py", "check/")
    engine = [path for path in MODULES if not name_of(path).startswith(outside)]
    loud = {"asyncio", "socket", "threading", "subprocess", "os", "time", "random", "secrets", "uuid"}
    found = {name_of(path): loud & set(imported(path)) for path in engine}
    # The clock is handed to everybody else; ids draw from a seeded source.
    allowed = {"clock.py": {"time"}, "gate.py": {"time"}, "ids.py": {"random"}}
    assert {name: asked for name, asked in found.items() if asked - allowed.get(name, set())} == {}


def loaded(program: str) -> set[str]:
    """The top-level packages that a program has loaded in a fresh interpreter."""
    program += "; import json, sys; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    return set(json.loads(done.stdout))


HEAVY = {"aiohttp", "asyncio", "yaml", "orjson", "click", "hypothesis", "jsonschema", "faker", "rich", "defusedxml"}


def test_importing_the_package_loads_nothing_heavy():
    assert loaded("import mockcloud") & HEAVY == set()


def test_importing_the_plugin_loads_nothing_but_itself():
    program = "import pytest, sys; before = set(sys.modules); import mockcloud.pytest_plugin; "
    program += "print(sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert ast.literal_eval(done.stdout) == ["mockcloud", "mockcloud.pytest_plugin", "mockcloud.version"]


def test_serving_loads_nothing_that_only_checks_need():
    assert loaded("import mockcloud.serving") & {"hypothesis", "jsonschema", "faker", "rich", "pytest"} == set()


# A module has its test file; these are held by the tests of a neighbour.
HELD_ELSEWHERE = {
    "contract/build.py": "contract/test_load.py",
    "contract/spec.py": "contract/test_load.py",
    "contract/validate.py": "contract/test_rules.py",
    "model.py": "test_pipeline.py",
    "version.py": "test_packaging.py",
}
# What the checks find is tested with whole clients, see tests/check.
MIRRORED = [path for path in MODULES if not path.name.startswith("__") and not name_of(path).startswith("check/")]


@pytest.mark.parametrize("path", MIRRORED, ids=name_of)
def test_module_has_its_test_file(path):
    beside = path.relative_to(PACKAGE).with_name(f"test_{path.name}").as_posix()
    assert (ROOT / "tests" / HELD_ELSEWHERE.get(name_of(path), beside)).is_file()


def test_what_is_held_elsewhere_is_there():
    assert [name for name in HELD_ELSEWHERE if not (PACKAGE / name).is_file()] == []

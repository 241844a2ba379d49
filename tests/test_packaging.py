from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

from mockcloud.version import VERSION

ROOT = Path(__file__).parent.parent


def built(target: str, source: Path, folder: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(folder)]
    subprocess.run(command, cwd=source, check=True, capture_output=True, timeout=120)
    (made,) = folder.iterdir()
    return made


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    with zipfile.ZipFile(built("wheel", ROOT, tmp_path_factory.mktemp("wheel"))) as archive:
        yield archive


def files(folder: str, *suffixes: str) -> set[str]:
    found = (path for path in (ROOT / folder).rglob("*") if path.suffix in suffixes)
    return {path.relative_to(ROOT).as_posix() for path in found}


def test_environment_is_not_kept_not_even_as_a_link():
    # With a slash behind it, git takes a link of that name for a file, and its next checkout the place of a folder.
    assert ".venv" in (ROOT / ".gitignore").read_text("utf-8").splitlines()


def test_wheel_holds_every_contract_as_it_is(wheel):
    contracts = files("contracts", ".yaml")
    carried = {name.replace("contracts/", "mockcloud/_contracts/", 1): name for name in contracts}
    assert {name for name in wheel.namelist() if name.startswith("mockcloud/_contracts/")} == carried.keys()
    assert all(wheel.read(name) == (ROOT / original).read_bytes() for name, original in carried.items())


def test_wheel_holds_the_package_and_nothing_else(wheel):
    info = f"mockcloud-{VERSION}.dist-info"
    names = {name for name in wheel.namelist() if not name.startswith("mockcloud/_contracts/")}
    described = {f"{info}/{name}" for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")}
    assert names == files("mockcloud", ".py") | {"mockcloud/py.typed"} | described


def test_base_install_asks_for_what_serving_needs(wheel):
    metadata = message_from_bytes(wheel.read(f"mockcloud-{VERSION}.dist-info/METADATA"))
    asked = [line for line in metadata.get_all("Requires-Dist") if "extra ==" not in line]
    assert {line.partition(">=")[0].lower() for line in asked} == {
        "aiohttp",
        "click",
        "defusedxml",
        "orjson",
        "pyyaml",
    }
    assert {"check", "dev", "sdk", "speed"} == set(metadata.get_all("Provides-Extra"))


def test_wheel_brings_the_command_and_the_pytest_plugin(wheel):
    points = wheel.read(f"mockcloud-{VERSION}.dist-info/entry_points.txt").decode()
    assert points.split() == [
        *("[console_scripts]", "mockcloud", "=", "mockcloud.cli:main"),
        *("[pytest11]", "mockcloud", "=", "mockcloud.pytest_plugin"),
    ]


def test_wheel_works_without_the_checkout(wheel, tmp_path):
    wheel.extractall(tmp_path)
    program = (
        "import mockcloud; from mockcloud.contract.load import Contracts as C; print(mockcloud.__file__, C().root)"
    )
    program += "; print(*C().ids()); print(*C().service('huawei-mpc').kinds['object'].samples[0].values())"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    places, services, sample = done.stdout.splitlines()
    assert places.split() == [str(tmp_path / "mockcloud/__init__.py"), str(tmp_path / "mockcloud/_contracts")]
    assert services == "alibaba-multimediaai alibaba-vod huawei-mpc jdcloud-mps tencent-vod"
    assert sample == "obs-apitest-01 mp4/4k.mp4"


def test_wheel_can_be_built_from_the_source_distribution(wheel, tmp_path):
    archive = built("sdist", ROOT, tmp_path / "sdist")
    with tarfile.open(archive) as source:
        source.extractall(tmp_path, filter="data")
    again = built("wheel", tmp_path / f"mockcloud-{VERSION}", tmp_path / "wheel")
    with zipfile.ZipFile(again) as second:
        assert sorted(second.namelist()) == sorted(wheel.namelist())

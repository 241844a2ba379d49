"""The peers that npm and Java bring, put into a folder of their own; where one is not to be had, why."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .process import ROOT

FOLDER = ROOT / ".venv-bench" / "node"
PACKAGES = ("@stoplight/prism-cli@^5", "wiremock@^3")  # the second one carries WireMock's jar
_PATIENCE_SECONDS = 240


@dataclass(frozen=True, slots=True)
class Peers:
    """What is there. prism: its command; wiremock: its jar; absent: what is not, and why."""

    prism: Path | None
    wiremock: Path | None
    absent: tuple[str, ...]


def install() -> Peers:
    """Install what is missing."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        return Peers(None, None, ("Prism and WireMock: there is no npm here",))
    FOLDER.mkdir(parents=True, exist_ok=True)
    trouble = ""
    if not (FOLDER / "node_modules" / ".bin" / "prism").exists():
        command = ["npm", "install", "--no-fund", "--no-audit", "--prefix", str(FOLDER), *PACKAGES]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE_SECONDS, check=False)
            trouble = "" if done.returncode == 0 else "npm could not install it"
        except (OSError, subprocess.TimeoutExpired):
            trouble = "npm did not come to an end"
    return _found(trouble)


def _found(trouble: str) -> Peers:
    absent = []
    prism: Path | None = FOLDER / "node_modules" / ".bin" / "prism"
    if prism is not None and not prism.exists():
        prism = None
        absent.append(f"Prism: {trouble or 'npm brought no command of it'}")
    jar = next(iter((FOLDER / "node_modules").glob("wiremock/build/wiremock-standalone-*.jar")), None)
    if jar is None:
        absent.append(f"WireMock: {trouble or 'the npm package holds no jar'}")
    elif not _runs(["java", "-version"]):
        jar = None
        absent.append("WireMock: there is no Java here")
    return Peers(prism, jar, tuple(absent))


def _runs(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=30, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False

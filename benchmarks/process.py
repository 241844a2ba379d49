"""Servers as processes of their own: on a core of their own, with what they cost read from the kernel."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent
_PATIENCE_SECONDS = 90.0


def cores() -> tuple[int | None, int | None]:
    """(core of the load, core of the server); (None, None) where there is only one or pinning is not possible."""
    if not hasattr(os, "sched_getaffinity"):
        return None, None
    known = sorted(os.sched_getaffinity(0))
    return (known[0], known[1]) if len(known) > 1 else (None, None)


def pin(core: int | None) -> None:
    """Keep this process on a core."""
    if core is not None:
        os.sched_setaffinity(0, {core})


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(slots=True)
class Process:
    """A server that runs. seconds_to_answer: from its start to the first answer."""

    port: int
    handle: subprocess.Popen[bytes]
    seconds_to_answer: float
    cpu_to_answer: float
    log: Path | None = None
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        return "127.0.0.1", self.port

    def cpu(self) -> float:
        """CPU seconds that it and its children have used, threads that have ended included."""
        return sum(_cpu(pid) for pid in _family(self.handle.pid))

    def memory(self) -> int:
        """Resident bytes of it and its children."""
        return sum(_resident(pid) for pid in _family(self.handle.pid))

    def stop(self) -> None:
        """End it."""
        self.handle.terminate()
        try:
            self.handle.wait(10)
        except subprocess.TimeoutExpired:
            self.handle.kill()
            self.handle.wait()


def _cpu(pid: int) -> float:
    # The CPU clock of another process, see clock_getcpuclockid(3); in nanoseconds where /proc counts in 10 ms.
    with contextlib.suppress(OSError):
        return time.clock_gettime((~pid << 3) | 2)
    return 0.0


def _resident(pid: int) -> int:
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def _family(pid: int) -> list[int]:
    found = [pid]
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found.extend(_family(int(child)))
    return found


def start(
    command: Sequence[str], port: int, probe: bytes, core: int | None, environment: dict[str, str] | None = None
) -> Process:
    """Run a command and wait until it answers `probe` on the port. RuntimeError: it ends, or does not answer."""
    begun = time.perf_counter()
    handle = subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE if environment and "SHOW" in environment else subprocess.DEVNULL,
        env={**os.environ, **(environment or {})},
        preexec_fn=lambda: pin(core),
    )
    while not _answers(port, probe):
        if handle.poll() is not None:
            raise RuntimeError(f"{command[0]} ended with {handle.returncode}")
        if time.perf_counter() - begun > _PATIENCE_SECONDS:
            handle.kill()
            raise RuntimeError(f"{command[0]} did not answer within {_PATIENCE_SECONDS:g} s")
        time.sleep(0.002)
    seconds = time.perf_counter() - begun
    return Process(port, handle, seconds, sum(_cpu(pid) for pid in _family(handle.pid)))


def _answers(port: int, probe: bytes) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5.0) as connection:
            connection.sendall(probe)
            return bool(connection.recv(1))
    except OSError:
        return False


@contextlib.contextmanager
def running(processes: Sequence[Process]) -> Iterator[None]:
    """Stop them all at the end, whatever happens."""
    try:
        yield
    finally:
        for process in processes:
            process.stop()

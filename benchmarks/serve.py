"""`mockcloud serve` on a loop of our choice: `python -m benchmarks.serve PORT asyncio|uvloop [OPTION...]`."""

from __future__ import annotations

import sys


def main(port: str, loop: str, options: list[str]) -> None:
    """Serve until ended. The server takes uvloop wherever it is installed, so it is hidden from it."""
    if loop == "asyncio":
        sys.modules["uvloop"] = None  # type: ignore[assignment]
    sys.argv = ["mockcloud", "serve", "--port", port, *options]
    from mockcloud.cli import main as run

    run()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])

"""pytest-httpserver as a process of its own: `python -m benchmarks.httpserver PORT`."""

from __future__ import annotations

import sys
import threading

from pytest_httpserver import HTTPServer

from .bare import CREATED
from .traffic import PROJECT


def main(port: int) -> None:
    """Serve until ended."""
    server = HTTPServer(host="127.0.0.1", port=port)
    server.expect_request(f"/v1/{PROJECT}/animated-graphics", method="POST").respond_with_json(CREATED)
    server.start()
    threading.Event().wait()


if __name__ == "__main__":
    main(int(sys.argv[1]))

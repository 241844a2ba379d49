"""An endpoint on this machine that notifications of JD Cloud are posted to."""

from __future__ import annotations

import threading
from base64 import b64encode
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TYPE = "x-jdcloud-message-type"
Answers = Callable[[str, bytes], tuple[int, bytes]]


class Receiver:
    """A server in a thread. `messages`: (type, path, body), oldest first; `answers` makes (status, body) from each."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, str, bytes]] = []
        self.answers: Answers = lambda kind, body: (200, b64encode(body))
        self._arrived = threading.Condition()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.take(self.headers[TYPE], self.path, body)
                status, answer = receiver.answers(self.headers[TYPE], body)
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"

    def take(self, kind: str, path: str, body: bytes) -> None:
        with self._arrived:
            self.messages.append((kind, path, body))
            self._arrived.notify_all()

    def wait_for(self, count: int) -> None:
        """Until so many messages have come; the assertion says how many did."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.messages) >= count, timeout=5), self.kinds()

    def kinds(self) -> list[str]:
        return [kind for kind, _, _ in self.messages]

    def stop(self) -> None:
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()

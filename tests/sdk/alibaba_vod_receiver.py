"""A real HTTP server that takes VOD's callbacks: what came, and answers in a given order."""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Receiver:
    """`posts` holds (path, headers, body) in the order they came; `answers` the statuses to give, then 200."""

    def __init__(self, server, answers):
        self._server = server
        self.answers = list(answers)
        self.posts = []

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_port}/hook?from=vod"

    @property
    def events(self):
        return [json.loads(body) for _, _, body in self.posts]

    def signed(self, key):
        """Whether each post carries the documented signature, made with this key over the configured address."""
        return [
            headers["X-VOD-SIGNATURE"]
            == hashlib.md5(f"{self.url}|{headers['X-VOD-TIMESTAMP']}|{key}".encode()).hexdigest()
            for _, headers, _ in self.posts
        ]


@contextlib.contextmanager
def receiving(*answers):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.posts.append((self.path, dict(self.headers), body))
            self.send_response(receiver.answers.pop(0) if receiver.answers else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = Receiver(server, answers)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

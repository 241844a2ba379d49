"""A real HTTP server that takes VOD's notifications, and may hang up instead of answering."""

from __future__ import annotations

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HANG_UP = 0


class Receiver:
    """`posts` holds (path, headers, body) in the order they came; `answers` the statuses to give, then 200."""

    def __init__(self, port, answers):
        self.url = f"http://127.0.0.1:{port}/receiveevent?from=vod"
        self.answers = list(answers)
        self.posts = []

    @property
    def events(self):
        return [json.loads(body) for _, _, body in self.posts]


@contextlib.contextmanager
def receiving(*answers):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.posts.append((self.path, dict(self.headers), body))
            status = receiver.answers.pop(0) if receiver.answers else 200
            self.close_connection = True
            if status != HANG_UP:
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = Receiver(server.server_port, answers)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

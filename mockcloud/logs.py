"""Where log lines go when the server runs on its own: standard error, as text or as JSON, never in the way.

A thread of its own writes them, from a bounded backlog: whoever starts the server and does not read its standard error
must not stop it. Lines that find the backlog full are counted and dropped.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import threading
from datetime import UTC, datetime

_MOST_LINES = 10_000
_CONTROL = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))}


class TextFormat(logging.Formatter):
    """One line per record, a traceback below it. Control characters of a request never reach the terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """Time (UTC), level, what happened."""
        message = record.getMessage().translate(_CONTROL)
        trace = f"\n{self.formatException(record.exc_info)}" if record.exc_info else ""
        return f"{_moment(record):%H:%M:%S} {record.levelname.lower()} {message}{trace}"


class JsonFormat(logging.Formatter):
    """One JSON object per line: time, level, logger, message, perhaps trace."""

    def format(self, record: logging.LogRecord) -> str:
        """Everything in one line, whatever is in it."""
        said = {
            "time": _moment(record).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            said["trace"] = self.formatException(record.exc_info)
        return json.dumps(said)


def _moment(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)


FORMATS = {"text": TextFormat, "json": JsonFormat}


class Backlog(logging.Handler):
    """Hands lines to a thread that writes them to a file descriptor.

    fd  usually 2; written to directly, because a thread that waits inside sys.stderr cannot be left behind
    """

    def __init__(self, fd: int = 2, most: int = _MOST_LINES) -> None:
        super().__init__()
        self._fd = fd
        self._lines: queue.Queue[str | None] = queue.Queue(most)
        self.dropped = 0
        self._thread = threading.Thread(target=self._write, name="mockcloud-log", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Take a record; drop it when nobody has read the last ten thousand."""
        try:
            self._lines.put_nowait(self.format(record))
        except queue.Full:
            self.dropped += 1
        except Exception:
            self.handleError(record)

    def close(self) -> None:
        """Write what is left, as far as somebody reads it within half a second."""
        super().close()
        if self._thread.is_alive():
            try:
                self._lines.put_nowait(None)
            except queue.Full:
                return
            self._thread.join(0.5)

    def _write(self) -> None:
        while (line := self._lines.get()) is not None:
            rest = f"{line}\n".encode("utf-8", "backslashreplace")
            try:
                while rest:
                    rest = rest[os.write(self._fd, rest) :]
            except OSError:  # nobody listens any more
                return


def configure(form: str) -> Backlog:
    """Send the log to standard error: all of ours from INFO on, other people's warnings."""
    backlog = Backlog()
    backlog.setFormatter(FORMATS[form]())
    logging.basicConfig(level=logging.WARNING, handlers=[backlog], force=True)
    logging.getLogger("mockcloud").setLevel(logging.INFO)
    return backlog

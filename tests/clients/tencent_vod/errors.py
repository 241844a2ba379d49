"""What goes wrong after something was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .answers import Task


class VodError(Exception):
    """Anything that went wrong after something was sent."""


class ApiError(VodError):
    """VOD refused. code as documented, http_status (200, whatever the error), request_id, message."""

    def __init__(self, code: str, http_status: int, request_id: str, message: str) -> None:
        super().__init__(f"{code} (HTTP {http_status}, request {request_id or 'unknown'}): {message}")
        self.code = code
        self.http_status = http_status
        self.request_id = request_id
        self.message = message


class TaskVanished(ApiError):
    """The service does not know the task any more."""


class BadAnswer(VodError):
    """An answer came, but it is none that the documents know."""


class NoAnswer(VodError):
    """The connection failed, or nothing came in time. Whether the request was obeyed is unknown."""


class TaskFailed(VodError):
    """A task ended without all its images. task: how it ended."""

    def __init__(self, task: Task) -> None:
        codes = [f"{image.definition}: {image.error_code}" for image in task.images if image.status == "FAIL"]
        super().__init__(f"task {task.task_id} is {task.status}: {', '.join(codes) or 'no image'}")
        self.task = task


class StillRunning(VodError):
    """The task had not ended within the time given."""

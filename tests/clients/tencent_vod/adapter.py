"""The adapter of the correct client, and one for every buggy variant of it."""

from __future__ import annotations

from datetime import datetime

from mockcloud.check import Adapter, cannot

from .bugs import BUGS, Bug
from .client import VodClient
from .errors import ApiError, VodError
from .limits import TIME, Gif, InvalidRequest, Options, Period, Source, Template
from .signature import SecretKey


class Correct(Adapter):
    """The client as it is."""

    service = "tencent-vod"
    refuses = InvalidRequest
    fails = VodError
    gives_up_within = 2.0
    offers = (
        *("Definition", "Fps", "Width", "Height", "ResolutionAdaptive", "Format", "Quality", "Name", "Comment"),
        *("Definitions", "Type", "Offset", "Limit"),
        *("FileId", "MediaStoragePath", "MediaProcessTask.AnimatedGraphicTaskSet"),
        *("TasksPriority", "TasksNotifyMode", "SessionContext", "SessionId"),
        *("TaskId", "Status", "CreateTime", "FinishTime", "Sort"),
    )
    client_class: type[VodClient] = VodClient

    def connect(self, cloud):
        key = SecretKey(cloud.access_key_id, cloud.access_key_secret)
        return self.client_class(cloud.url, key, timeout_s=0.7)

    def create(self, client, p):
        parts = (p.get("MediaProcessTask") or {}).get("AnimatedGraphicTaskSet")
        if not parts:
            cannot("a task without an animated image")
        gifs = [Gif(part.get("Definition"), part.get("StartTimeOffset"), part.get("EndTimeOffset")) for part in parts]
        options = Options(*map(p.get, ("SessionId", "SessionContext", "TasksPriority", "TasksNotifyMode")))
        return client.process(Source(p.get("FileId"), p.get("MediaStoragePath")), gifs, options)

    def query(self, client, ids):
        return [task.task_id for task in client.query(ids)]

    def list(self, client, p):
        sort = p.get("Sort")
        entries = client.tasks(
            status=p.get("Status"),
            file_id=p.get("FileId"),
            created=period(p.get("CreateTime")),
            finished=period(p.get("FinishTime")),
            sort=None if sort is None else (sort.get("Field"), sort.get("Order")),
            limit=p.get("Limit"),
        )
        return [entry.task_id for entry in entries]

    def wait(self, client, task_id):
        return client.wait(task_id)

    def create_animated_graphics_template(self, client, p):
        return client.create_template(template(p))

    def modify_animated_graphics_template(self, client, p):
        return client.change_template(p.get("Definition"), template(p))

    def delete_animated_graphics_template(self, client, p):
        return client.delete_template(p.get("Definition"))

    def describe_animated_graphics_templates(self, client, p):
        return client.page_of_templates(p.get("Definitions"), p.get("Type"), p.get("Offset", 0), p.get("Limit", 10))

    def error(self, problem):
        if isinstance(problem, ApiError):
            return problem.code, problem.http_status, problem.request_id
        return "", 0, ""  # the client could not read it


def template(p):
    """How an image shall look."""
    names = ("Fps", "Width", "Height", "ResolutionAdaptive", "Format", "Quality", "Name", "Comment")
    return Template(*map(p.get, names))


def period(p):
    """A time range; one without an end cannot be told from none."""
    if p is None:
        return None
    return Period(*(moment(p[end]) if end in p else None for end in ("After", "Before")))


def moment(text):
    """The client takes moments as well as texts; what is no moment it is given as text."""
    try:
        return datetime.fromisoformat(text) if TIME.fullmatch(text) else text
    except ValueError:
        return text


METHODS = (
    *("create", "query", "list", "wait"),
    *(name for name in vars(Correct) if name.endswith(("_template", "_templates"))),
)


def buggy(bug: Bug) -> type[Correct]:
    """The adapter of a variant. One that never gives up promises little, so that finding it takes little time."""
    members = {"client_class": bug.client, "__module__": __name__, "__doc__": bug.client.__doc__}
    if bug.caught_by == "TIMEOUT":
        members["gives_up_within"] = 0.2
    if bug.only:
        members |= {name: None for name in METHODS if name != bug.only}
    return type(bug.name, (Correct,), members)


# By name in this module, so that a command can name them: tests.clients.tencent_vod.adapter:FinishIsSuccess
BUGGY = {bug.name: buggy(bug) for bug in BUGS}
globals().update(BUGGY)

"""The adapter of the correct client, and one for every buggy variant of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from mockcloud.check import Adapter

from .bugs import BUGS, Bug
from .client import ApiError, GifClient, GifError
from .limits import TIME, Gif, InvalidRequest, ObsObject
from .signature import AccessKey


class Correct(Adapter):
    """The client as it is."""

    service = "huawei-mpc"
    refuses = InvalidRequest
    fails = GifError
    gives_up_within = 2.0
    client_class: type[GifClient] = GifClient

    def connect(self, cloud):
        key = AccessKey(cloud.access_key_id, cloud.access_key_secret)
        return self.client_class(cloud.url, cloud.project_id, key, timeout_s=0.6)

    def create(self, client, p):
        return client.create(place(p.get("input")), place(p.get("output")), gif(p), p.get("user_data"))

    def query(self, client, ids):
        return [task.task_id for task in client.query(ids)]

    def list(self, client, p):
        moments = {name: moment(p[name]) for name in ("start_time", "end_time") if name in p}
        return [task.task_id for task in client.list(**{**p, **moments})]

    def cancel(self, client, task_id):
        client.cancel(task_id)

    def wait(self, client, task_id):
        return client.wait(task_id)

    def error(self, problem):
        if isinstance(problem, ApiError):
            return problem.code, problem.http_status, problem.request_id
        return "", 0, ""  # the client could not read it


def place(told: dict[str, Any] | None) -> ObsObject:
    """Missing members become None, which the client refuses."""
    told = told or {}
    return ObsObject(told.get("bucket"), told.get("location"), told.get("object"), told.get("file_name"))


def gif(p: dict[str, Any]) -> Gif:
    """What is wanted; a missing format is the client's own default."""
    o = p.get("output_param") or {}
    known = {"format": o["format"]} if "format" in o else {}
    return Gif(o.get("width"), o.get("height"), o.get("start"), o.get("end"), o.get("frame_rate"), **known)


def moment(text: str) -> datetime | str:
    """The client takes moments as well as texts; what is no moment it is given as text."""
    try:
        return datetime.strptime(text, TIME).replace(tzinfo=UTC) if text.isascii() and len(text) == 14 else text
    except ValueError:
        return text


def buggy(bug: Bug) -> type[Correct]:
    """The adapter of a variant. One that never gives up promises little, and is tried with one call only."""
    members: dict[str, Any] = {"client_class": bug.client, "__module__": __name__, "__doc__": bug.client.__doc__}
    if bug.caught_by == "TIMEOUT":
        members |= {"gives_up_within": 0.2, "query": None, "list": None}
    return type(bug.name, (Correct,), members)


# By name in this module, so that a command can name them: tests.clients.huawei_mpc.adapter:OddWidths
BUGGY = {bug.name: buggy(bug) for bug in BUGS}
globals().update(BUGGY)

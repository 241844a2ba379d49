"""The adapter of the correct client, and one for every buggy variant of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mockcloud.check import Adapter, cannot

from .bugs import BUGS, Bug
from .client import ApiError, ThumbnailClient, ThumbnailError
from .limits import TIME, InvalidRequest, Notification, Rule, Source, Target
from .signature import AccessKey

READ_ONLY = ("taskID", "status", "errorCode", "createdTime", "lastUpdatedTime")


class Correct(Adapter):
    """The client as it is."""

    service = "jdcloud-mps"
    refuses = InvalidRequest
    fails = ThumbnailError
    gives_up_within = 1.5
    client_class: type[ThumbnailClient] = ThumbnailClient

    def connect(self, cloud):
        key = AccessKey(cloud.access_key_id, cloud.access_key_secret)
        return self.client_class(cloud.url, cloud.region, key, timeout_s=0.6)

    async def create(self, client, p):
        s, t, r = p.get("source") or {}, p.get("target") or {}, p.get("rule")
        if "keys" in t or any(name in p for name in READ_ONLY):
            cannot("nothing that only the service sets can be handed over")
        target = Target(
            t.get("destBucket"),
            t.get("destKeyPrefix"),
            t.get("format"),
            t.get("widthInPixel"),
            t.get("heightInPixel"),
        )
        return await client.create(Source(s.get("bucket"), s.get("key")), target, None if r is None else rule(r))

    async def query(self, client, ids):
        return [task.task_id for task in await client.query(ids)]

    async def list(self, client, p):
        moments = {name: moment(p[name]) for name in ("begin", "end") if name in p}
        return [task.task_id for task in await client.list(**{**p, **moments})]

    async def wait(self, client, task_id):
        return await client.wait(task_id)

    async def get_notification(self, client, p):
        return await client.get_notification()

    async def set_notification(self, client, p):
        await client.set_notification(
            Notification(
                p.get("enabled"),
                p.get("endpoint"),
                p.get("events"),
                p.get("notifyStrategy"),
                p.get("notifyContentFormat"),
            )
        )

    def error(self, problem):
        if isinstance(problem, ApiError):
            return problem.code, problem.http_status, problem.request_id
        return "", 0, ""  # the client could not read it


def rule(r):
    """The rule for the pictures; missing members are not given."""
    return Rule(r.get("mode"), r.get("keyFrame"), r.get("startTimeInSecond"), r.get("endTimeInSecond"), r.get("count"))


def moment(text):
    """The client takes moments as well as texts; what is no moment it is given as text."""
    try:
        return datetime.fromisoformat(text) if TIME.fullmatch(text) else text
    except ValueError:
        return text


def buggy(bug: Bug) -> type[Correct]:
    """The adapter of a variant. One that never gives up promises little, and is tried with one call only."""
    members: dict[str, Any] = {"client_class": bug.client, "__module__": __name__, "__doc__": bug.client.__doc__}
    if bug.caught_by == "TIMEOUT":
        members |= {"gives_up_within": 0.2, "query": None, "list": None}
    return type(bug.name, (Correct,), members)


# By name in this module, so that a command can name them: tests.clients.jdcloud_mps.adapter:EndOfVideoRefused
BUGGY = {bug.name: buggy(bug) for bug in BUGS}
globals().update(BUGGY)

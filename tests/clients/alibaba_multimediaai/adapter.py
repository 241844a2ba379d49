"""The adapters of the correct client, one for each format, and one for every buggy variant of it."""

from __future__ import annotations

from typing import Any

from mockcloud.check import Adapter

from .bugs import BUGS
from .client import ApiError, GifClient, InvalidRequest, MultimediaError

Json = dict[str, Any]


# For checks that wait until a client gives up, and for all others: a busy machine is no silent service.
QUICK = {"timeout_s": 0.5, "gives_up_within": 1.2}
PATIENT = {"timeout_s": 3.0, "gives_up_within": 10.0}


class Gifs(Adapter):
    """The client as it is, asking for JSON."""

    service = "alibaba-multimediaai"
    refuses = InvalidRequest
    fails = MultimediaError
    gives_up_within = 4.0
    timeout_s = 1.0
    client_class: type[GifClient] = GifClient
    answer_format = "JSON"

    def connect(self, cloud: Any) -> GifClient:
        return self.client_class(
            cloud.url,
            cloud.access_key_id,
            cloud.access_key_secret,
            answer_format=self.answer_format,
            timeout_s=self.timeout_s,
        )

    def create(self, client: GifClient, p: Json) -> int:
        return client.create_gif_task(
            application_id=p.get("ApplicationId"),
            callback_url=p.get("CallbackUrl"),
            template_id=p.get("TemplateId"),
            video_name=p.get("VideoName"),
            video_url=p.get("VideoUrl"),
            scales=p.get("Scales"),
        )

    def query(self, client: GifClient, ids: list[int]) -> list[int]:
        return [task.task_id for task in client.results(ids)]

    def list(self, client: GifClient, p: Json) -> list[int]:
        size = {"page_size": p["PageSize"]} if "PageSize" in p else {}
        tasks = client.tasks(
            status=p.get("Status"),
            application_name=p.get("ApplicationName"),
            task_id=p.get("TaskId"),
            service_type=p.get("ServiceType"),
            **size,
        )
        return [task.task_id for task in tasks]

    def wait(self, client: GifClient, task_id: int) -> str | None:
        return client.wait(task_id).result_url

    def get_task_status(self, client: GifClient, p: Json) -> int:
        return client.status(p.get("TaskId"))

    def get_task_result(self, client: GifClient, p: Json) -> int:
        return client.result(p.get("TaskId")).status

    def error(self, problem: MultimediaError) -> tuple[str, int, str]:
        if isinstance(problem, ApiError):
            return problem.code, problem.http_status, problem.request_id
        return "", 0, ""  # the client could not read it


class XmlGifs(Gifs):
    """The client as it is, asking for XML."""

    answer_format = "XML"


# By name in this module, so that a command can name them: tests.clients.alibaba_multimediaai.adapter:OneNonce
BUGGY = {
    bug.name: type(
        bug.name,
        (Gifs,),
        {**QUICK, "answer_format": bug.answer_format, "client_class": bug.client, "__module__": __name__},
    )
    for bug in BUGS
}
NoTimeout = BUGGY["NoTimeout"]  # it never gives up: the check need not wait long, nor for every call
NoTimeout.gives_up_within, NoTimeout.query, NoTimeout.list = 0.3, None, None
globals().update(BUGGY)

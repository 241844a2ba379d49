"""The adapter of the correct client, and one for every buggy variant of it."""

from __future__ import annotations

from typing import Any

from mockcloud.check import Adapter

from .bugs import BUGS
from .client import ApiError, InvalidRequest, VodClient, VodError

Json = dict[str, Any]


# For checks that wait until a client gives up, and for all others: a busy machine is no silent service.
QUICK = {"timeout_s": 0.5, "gives_up_within": 1.2}
PATIENT = {"timeout_s": 3.0, "gives_up_within": 10.0}


class Vod(Adapter):
    """The client as it is. It asks for videos by VideoIds only, twenty at a time."""

    service = "alibaba-vod"
    refuses = InvalidRequest
    fails = VodError
    gives_up_within = 4.0
    timeout_s = 1.0
    offers = (
        "VideoId",
        "DynamicImageTemplateId",
        "OverrideParams",
        "Name",
        "TemplateType",
        "TemplateConfig",
        "AppId",
        "VodTemplateId",
        "VideoIds",
        "DynamicImageIds",
    )
    client_class: type[VodClient] = VodClient

    def connect(self, cloud: Any) -> VodClient:
        return self.client_class(cloud.url, cloud.access_key_id, cloud.access_key_secret, timeout_s=self.timeout_s)

    def create(self, client: VodClient, p: Json) -> str:
        return client.submit(p.get("VideoId"), p.get("DynamicImageTemplateId"), p.get("OverrideParams"))

    def list(self, client: VodClient, p: Json) -> list[str | None]:
        return [image.job_id for image in client.images(p.get("VideoId"))]

    def delete_dynamic_image(self, client: VodClient, p: Json) -> None:
        some = p.get("DynamicImageIds")
        client.delete_images(p.get("VideoId"), None if some is None else some.split(","))

    def add_vod_template(self, client: VodClient, p: Json) -> str:
        return client.add_template(p.get("Name"), p.get("TemplateType"), p.get("TemplateConfig"), p.get("AppId"))

    def update_vod_template(self, client: VodClient, p: Json) -> None:
        client.update_template(p.get("VodTemplateId"), p.get("Name"), p.get("TemplateConfig"))

    def get_vod_template(self, client: VodClient, p: Json) -> str:
        return client.template(p.get("VodTemplateId")).template_id

    def list_vod_template(self, client: VodClient, p: Json) -> list[str]:
        return [template.template_id for template in client.templates(p.get("TemplateType"), p.get("AppId"))]

    def delete_vod_template(self, client: VodClient, p: Json) -> None:
        client.delete_template(p.get("VodTemplateId"))

    def get_video_infos(self, client: VodClient, p: Json) -> list[str]:
        some = p.get("VideoIds")
        return list(client.videos(some.split(",") if some else []))

    def error(self, problem: VodError) -> tuple[str, int, str]:
        if isinstance(problem, ApiError):
            return problem.code, problem.http_status, problem.request_id
        return "", 0, ""  # the client could not read it


# By name in this module, so that a command can name them: tests.clients.alibaba_vod.adapter:OneNonce
BUGGY = {
    bug.name: type(bug.name, (Vod,), {**QUICK, "client_class": bug.client, "__module__": __name__}) for bug in BUGS
}
NoTimeout = BUGGY["NoTimeout"]  # it never gives up: the check need not wait long, nor for every call
NoTimeout.gives_up_within, NoTimeout.query, NoTimeout.list = 0.3, None, None
globals().update(BUGGY)

"""The official clients of VOD, unmodified, as thin forward clients: what they are given, they send.

aliyun-python-sdk-vod on aliyun-python-sdk-core, and alibabacloud_vod20170321 on tea, blocking and as coroutines.
"""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

from alibabacloud_tea_openapi.models import Config
from alibabacloud_vod20170321 import models
from alibabacloud_vod20170321.client import Client
from aliyunsdkcore.acs_exception.exceptions import ClientException, ServerException
from aliyunsdkcore.client import AcsClient
from Tea.exceptions import TeaException

from mockcloud.check import Adapter
from mockcloud.check.methods import snake_case

Json = dict[str, Any]


class Unreadable(Exception):
    """An answer that is none: the SDKs do not look."""


def member(answer: Any, path: str) -> Any:
    """A member that an answer must have ("DynamicImageJob.JobId"), or Unreadable."""
    for name in ("RequestId", *path.split(".")) if path else ("RequestId",):
        found = answer.get(name) if isinstance(answer, dict) else None
        if found is None:
            raise Unreadable(f"no answer with {path or name}")
        answer = answer if name == "RequestId" else found
    return answer


def job_ids(images: list[Json]) -> list[str]:
    """Ids of the jobs that made images."""
    return [image["JobId"] for image in images]


def tea_client(cloud: Any, timeout_s: float) -> Client:
    """A client on tea."""
    milliseconds = int(timeout_s * 1000)
    return Client(
        Config(
            endpoint=cloud.endpoint,
            protocol="http",
            region_id="cn-shanghai",
            access_key_id=cloud.access_key_id,
            access_key_secret=cloud.access_key_secret,
            read_timeout=milliseconds,
            connect_timeout=milliseconds,
        )
    )


def tea_error(problem: Exception) -> tuple[str, int, str]:
    """Code, HTTP status and request id of what tea raises."""
    if isinstance(problem, TeaException):
        return problem.code, problem.data["statusCode"], problem.data["RequestId"]
    return "", 0, ""


class _Official(Adapter):
    """What is the same for all of them."""

    service = "alibaba-vod"
    policy = "forward"
    gives_up_within = 10.0
    timeout_s = 3.0  # a busy machine is no silent service
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
        "ReferenceIds",
        "DynamicImageIds",
    )


class Legacy(_Official):
    """aliyun-python-sdk-vod: signature version 1, POST, parameters in the query."""

    fails = (ServerException, ClientException, Unreadable)

    def connect(self, cloud: Any) -> tuple[AcsClient, str]:
        client = AcsClient(
            cloud.access_key_id,
            cloud.access_key_secret,
            "cn-shanghai",
            timeout=self.timeout_s,
            connect_timeout=self.timeout_s,
        )
        return client, cloud.endpoint

    def call(self, client: tuple[AcsClient, str], operation: str, parameters: Json) -> Any:
        """What the SDK makes of an answer."""
        acs, endpoint = client
        module = import_module(f"aliyunsdkvod.request.v20170321.{operation}Request")
        request = getattr(module, f"{operation}Request")()
        request.set_endpoint(endpoint)
        for name, value in parameters.items():
            getattr(request, f"set_{name}")(value)
        return json.loads(acs.do_action_with_exception(request))

    def create(self, client: Any, p: Json) -> str:
        return member(self.call(client, "SubmitDynamicImageJob", p), "DynamicImageJob.JobId")

    def list(self, client: Any, p: Json) -> list[str]:
        return job_ids(member(self.call(client, "ListDynamicImage", p), "DynamicImageList"))

    def delete_dynamic_image(self, client: Any, p: Json) -> None:
        member(self.call(client, "DeleteDynamicImage", p), "")

    def add_vod_template(self, client: Any, p: Json) -> str:
        return member(self.call(client, "AddVodTemplate", p), "VodTemplateId")

    def update_vod_template(self, client: Any, p: Json) -> str:
        return member(self.call(client, "UpdateVodTemplate", p), "VodTemplateId")

    def get_vod_template(self, client: Any, p: Json) -> Json:
        return member(self.call(client, "GetVodTemplate", p), "VodTemplateInfo")

    def list_vod_template(self, client: Any, p: Json) -> list[Json]:
        return member(self.call(client, "ListVodTemplate", p), "VodTemplateInfoList")

    def delete_vod_template(self, client: Any, p: Json) -> str:
        return member(self.call(client, "DeleteVodTemplate", p), "VodTemplateId")

    def get_video_infos(self, client: Any, p: Json) -> list[Json]:
        return member(self.call(client, "GetVideoInfos", p), "VideoList")

    def error(self, problem: Exception) -> tuple[str, int, str]:
        if isinstance(problem, ServerException):
            return problem.get_error_code(), problem.get_http_status(), problem.get_request_id()
        return "", 0, ""


class Tea(Legacy):
    """alibabacloud_vod20170321: signature version 3, POST, parameters in the query."""

    fails = (TeaException, Unreadable)

    def connect(self, cloud: Any) -> Client:
        return tea_client(cloud, self.timeout_s)

    def call(self, client: Client, operation: str, parameters: Json) -> Any:
        request = getattr(models, f"{operation}Request")().from_map(parameters)
        body = getattr(client, snake_case(operation))(request).body
        return None if body is None else body.to_map()

    def error(self, problem: Exception) -> tuple[str, int, str]:
        return tea_error(problem)


class TeaAsync(_Official):
    """The same SDK's coroutines, for the operations that make and show images."""

    fails = (TeaException, Unreadable)

    def connect(self, cloud: Any) -> Client:
        return tea_client(cloud, self.timeout_s)

    def error(self, problem: Exception) -> tuple[str, int, str]:
        return tea_error(problem)

    async def answer(self, client: Client, operation: str, parameters: Json) -> Any:
        """What the SDK makes of an answer."""
        request = getattr(models, f"{operation}Request")().from_map(parameters)
        body = (await getattr(client, f"{snake_case(operation)}_async")(request)).body
        return None if body is None else body.to_map()

    async def create(self, client: Client, p: Json) -> str:
        return member(await self.answer(client, "SubmitDynamicImageJob", p), "DynamicImageJob.JobId")

    async def list(self, client: Client, p: Json) -> list[str]:
        return job_ids(member(await self.answer(client, "ListDynamicImage", p), "DynamicImageList"))

    async def add_vod_template(self, client: Client, p: Json) -> str:
        return member(await self.answer(client, "AddVodTemplate", p), "VodTemplateId")

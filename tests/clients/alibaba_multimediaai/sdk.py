"""The official clients of MultimediaAI, unmodified, as thin forward clients: what they are given, they send.

aliyun-python-sdk-multimediaai on aliyun-python-sdk-core, and alibabacloud-multimediaai20190810 on tea. ListTasks is in
neither; the first can send it as a request of its own making.
"""

from __future__ import annotations

import json
import time
from importlib import import_module
from typing import Any

from alibabacloud_multimediaai20190810 import models
from alibabacloud_multimediaai20190810.client import Client
from alibabacloud_tea_openapi.models import Config
from aliyunsdkcore.acs_exception.exceptions import ClientException, ServerException
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.request import CommonRequest
from Tea.exceptions import TeaException

from mockcloud.check import Adapter
from mockcloud.check.methods import snake_case

Json = dict[str, Any]

VERSION = "2019-08-10"
PAGE_SIZE = 50
WAITING, RUNNING, SUCCEEDED = 0, 1, 2


class Stopped(Exception):
    """What people write around these clients: a task that failed or is not done in time, an answer that is none."""


def checked(answer: Any, *needed: str) -> Json:
    """An answer that is an object with the members that are needed, or Stopped: the SDKs do not look."""
    if not isinstance(answer, dict) or any(answer.get(name) is None for name in ("RequestId", *needed)):
        raise Stopped(f"no answer with {', '.join(needed) or 'a request id'}")
    return answer


class _Operations(Adapter):
    """The operations that both SDKs have, by their documented names."""

    service = "alibaba-multimediaai"
    policy = "forward"
    gives_up_within = 10.0
    timeout_s = 3.0  # a busy machine is no silent service

    def call(self, client: Any, operation: str, parameters: Json) -> Any:
        """What the SDK makes of an answer."""
        raise NotImplementedError

    def member(self, client: Any, operation: str, parameters: Json, name: str) -> Any:
        """One member of an answer."""
        return checked(self.call(client, operation, parameters), name)[name]

    def create(self, client: Any, p: Json) -> int:
        return self.member(client, "CreateGifTask", p, "TaskId")

    def query(self, client: Any, ids: list[int]) -> list[int]:
        for task_id in ids:
            self.get_task_result(client, {"TaskId": task_id})
        return ids

    def wait(self, client: Any, task_id: int) -> None:
        for _ in range(100):
            status = self.get_task_status(client, {"TaskId": task_id})
            if status == SUCCEEDED:
                return
            if status not in (WAITING, RUNNING):
                break
            time.sleep(2)
        raise Stopped(f"task {task_id} is in state {status}")

    def get_task_result(self, client: Any, p: Json) -> int:
        return self.member(client, "GetTaskResult", p, "Status")

    def get_task_status(self, client: Any, p: Json) -> int:
        return self.member(client, "GetTaskStatus", p, "Status")

    def create_cover_task(self, client: Any, p: Json) -> int:
        return self.member(client, "CreateCoverTask", p, "TaskId")

    def create_label_task(self, client: Any, p: Json) -> int:
        return self.member(client, "CreateLabelTask", p, "TaskId")

    def create_template(self, client: Any, p: Json) -> str:
        return self.member(client, "CreateTemplate", p, "TemplateId")

    def get_template(self, client: Any, p: Json) -> str:
        return self.member(client, "GetTemplate", p, "TemplateId")

    def list_templates(self, client: Any, p: Json) -> list[Json]:
        return self.member(client, "ListTemplates", p, "Templates")

    def update_template(self, client: Any, p: Json) -> None:
        checked(self.call(client, "UpdateTemplate", p))


class Legacy(_Operations):
    """aliyun-python-sdk-multimediaai: signature version 1, POST, parameters in the query."""

    fails = (ServerException, ClientException, Stopped)

    def connect(self, cloud: Any) -> tuple[AcsClient, str]:
        client = AcsClient(
            cloud.access_key_id,
            cloud.access_key_secret,
            "cn-beijing",
            timeout=self.timeout_s,
            connect_timeout=self.timeout_s,
        )
        return client, cloud.endpoint

    def call(self, client: tuple[AcsClient, str], operation: str, parameters: Json) -> Any:
        acs, endpoint = client
        module = import_module(f"aliyunsdkmultimediaai.request.v20190810.{operation}Request")
        request = getattr(module, f"{operation}Request")()
        request.set_endpoint(endpoint)
        for name, value in parameters.items():
            getattr(request, f"set_{name}")(value)
        return json.loads(acs.do_action_with_exception(request))

    def list(self, client: tuple[AcsClient, str], p: Json) -> list[int]:
        found: list[int] = []
        size = p.get("PageSize", PAGE_SIZE)
        for number in range(1, 1000):
            page = self.common(client, "ListTasks", {**p, "PageNumber": number, "PageSize": size})
            answer = checked(page, "Tasks", "TotalCount")
            found += [task["TaskId"] for task in answer["Tasks"]]
            if number * size >= answer["TotalCount"] or not answer["Tasks"]:
                break
        return found

    def common(self, client: tuple[AcsClient, str], operation: str, parameters: Json) -> Any:
        """An operation that the SDK has no class for."""
        acs, endpoint = client
        request = CommonRequest(domain=endpoint, version=VERSION, action_name=operation)
        request.set_protocol_type("http")
        for name, value in parameters.items():
            request.add_query_param(name, value)
        return json.loads(acs.do_action_with_exception(request))

    def error(self, problem: Exception) -> tuple[str, int, str]:
        if isinstance(problem, ServerException):
            return problem.get_error_code(), problem.get_http_status(), problem.get_request_id()
        return "", 0, ""


class Tea(_Operations):
    """alibabacloud-multimediaai20190810: signature version 1, POST, parameters in a form body."""

    fails = (TeaException, Stopped)

    def connect(self, cloud: Any) -> Client:
        milliseconds = int(self.timeout_s * 1000)
        return Client(
            Config(
                endpoint=cloud.endpoint,
                protocol="http",
                region_id="cn-beijing",
                access_key_id=cloud.access_key_id,
                access_key_secret=cloud.access_key_secret,
                read_timeout=milliseconds,
                connect_timeout=milliseconds,
            )
        )

    def call(self, client: Client, operation: str, parameters: Json) -> Any:
        request = getattr(models, f"{operation}Request")().from_map(parameters)
        body = getattr(client, snake_case(operation))(request).body
        return None if body is None else body.to_map()

    def error(self, problem: TeaException) -> tuple[str, int, str]:
        if isinstance(problem, Stopped):
            return "", 0, ""
        return problem.code, problem.data["statusCode"], problem.data["RequestId"]

"""Huawei Cloud's own client, unmodified, blocking and asynchronous: it forwards what it is given."""

from __future__ import annotations

from typing import Any

import requests
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import SdkException, ServiceResponseException
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkmpc import v1

from mockcloud.check import Adapter


class NoTask(Exception):
    """The client made nothing of the answer: it takes whatever it cannot read for an empty one."""


class Sdk(Adapter):
    """The blocking client."""

    service = "huawei-mpc"
    policy = "forward"
    fails = (SdkException, requests.RequestException, NoTask)
    gives_up_within = 2.0
    kind = v1.MpcClient

    def connect(self, cloud):
        credentials = BasicCredentials(cloud.access_key_id, cloud.access_key_secret, cloud.project_id)
        config = HttpConfig(timeout=(0.9, 0.9))
        return (
            self.kind.new_builder().with_credentials(credentials).with_endpoint(cloud.url).with_http_config(config)
        ).build()

    def call(self, client, name, request):
        """One operation; the asynchronous client overrides this."""
        return getattr(client, name)(request)

    def create(self, client, p):
        answer = self.call(client, "create_animated_graphics_task", v1.CreateAnimatedGraphicsTaskRequest(body(p)))
        if not answer.task_id:
            raise NoTask(answer.status_code)
        return answer.task_id

    def tasks(self, client, **members):
        """One request for tasks."""
        request = v1.ListAnimatedGraphicsTaskRequest(**members)
        answer = self.call(client, "list_animated_graphics_task", request)
        if answer.tasks is None:
            raise NoTask(answer.status_code)
        return [task.task_id for task in answer.tasks]

    def query(self, client, ids):
        return self.tasks(client, task_id=ids)

    def list(self, client, p):
        found: dict[str, None] = {}
        page = 0
        while ids := self.tasks(client, page=page, **p):
            found.update(dict.fromkeys(ids))
            page += 1
        return list(found)

    def cancel(self, client, task_id):
        self.call(client, "delete_animated_graphics_task", v1.DeleteAnimatedGraphicsTaskRequest(task_id))

    def error(self, problem):
        if isinstance(problem, ServiceResponseException):
            return problem.error_code, problem.status_code, problem.request_id
        return "", 0, ""


class AsyncSdk(Sdk):
    """The asynchronous client: it works in threads of its own and hands out futures."""

    kind = v1.MpcAsyncClient

    def call(self, client, name, request):
        return getattr(client, f"{name}_async")(request).result()


def body(p: dict[str, Any]) -> v1.CreateAnimatedGraphicsTaskReq:
    """The SDK's model of a create; what is missing is None there, and not sent."""
    kinds = {"input": v1.ObsObjInfo, "output": v1.ObsObjInfo, "output_param": v1.AnimatedGraphicsOutputParam}
    made = {name: kinds[name](**value) if name in kinds else value for name, value in p.items()}
    return v1.CreateAnimatedGraphicsTaskReq(**made)

"""Tencent Cloud's own client, unmodified: it forwards what it is given. With its own retryer it starts tasks twice."""

from __future__ import annotations

import json

from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.common.retry import StandardRetryer
from tencentcloud.vod.v20180717 import models
from tencentcloud.vod.v20180717.vod_client import VodClient

from mockcloud.check import Adapter


class NoResult(Exception):
    """The client made nothing of the answer: members that it does not find are None."""


class Sdk(Adapter):
    """The client as it comes: no retries, TC3 signatures."""

    service = "tencent-vod"
    policy = "forward"
    fails = (TencentCloudSDKException, NoResult)
    gives_up_within = 2.0
    retryer = None

    def connect(self, cloud):
        http = HttpProfile(protocol="http", endpoint=cloud.endpoint, reqTimeout=0.7)
        profile = ClientProfile(signMethod="TC3-HMAC-SHA256", httpProfile=http, language="en-US", retryer=self.retryer)
        return VodClient(Credential(cloud.access_key_id, cloud.access_key_secret), "", profile)

    def create(self, client, p):
        return told(client.ProcessMedia(request("ProcessMedia", p)).TaskId)

    def query(self, client, ids):
        answers = [client.DescribeTaskDetail(request("DescribeTaskDetail", {"TaskId": task_id})) for task_id in ids]
        return [told(answer.ProcedureTask).TaskId for answer in answers]

    def list(self, client, p):
        asked = request("DescribeTasks", p)
        found: dict[str, None] = {}
        while True:
            answer = client.DescribeTasks(asked)
            found.update((task.TaskId, None) for task in told(answer.TaskSet))
            if not answer.ScrollToken:
                return list(found)
            asked.ScrollToken = answer.ScrollToken

    def create_animated_graphics_template(self, client, p):
        answer = client.CreateAnimatedGraphicsTemplate(request("CreateAnimatedGraphicsTemplate", p))
        return told(answer.Definition)

    def modify_animated_graphics_template(self, client, p):
        client.ModifyAnimatedGraphicsTemplate(request("ModifyAnimatedGraphicsTemplate", p))

    def delete_animated_graphics_template(self, client, p):
        client.DeleteAnimatedGraphicsTemplate(request("DeleteAnimatedGraphicsTemplate", p))

    def describe_animated_graphics_templates(self, client, p):
        answer = client.DescribeAnimatedGraphicsTemplates(request("DescribeAnimatedGraphicsTemplates", p))
        return told(answer.AnimatedGraphicsTemplateSet)

    def error(self, problem):
        if isinstance(problem, TencentCloudSDKException):
            return (
                problem.get_code(),
                200,
                problem.get_request_id(),
            )  # the client takes every other status for no answer
        return "", 0, ""


class RetryingSdk(Sdk):
    """A mistake: the client's own retryer repeats a task whose answer was lost, and gives it no SessionId."""

    retryer = StandardRetryer(max_attempts=3)
    gives_up_within = 3.0


def request(action, p):
    """The SDK's model of a request; what is missing is None there, and not sent."""
    model = getattr(models, f"{action}Request")()
    model.from_json_string(json.dumps(p))
    return model


def told(value):
    """A member that an answer has to have."""
    if value is None:
        raise NoResult
    return value

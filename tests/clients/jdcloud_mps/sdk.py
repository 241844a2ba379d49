"""JD Cloud's own client, unmodified: it forwards what it is given, with a null for everything left alone."""

from __future__ import annotations

import requests
from jdcloud_sdk.core.config import Config
from jdcloud_sdk.core.credential import Credential
from jdcloud_sdk.core.logger import FATAL, Logger
from jdcloud_sdk.services.mps.apis.CreateThumbnailTaskRequest import (
    CreateThumbnailTaskParameters,
    CreateThumbnailTaskRequest,
)
from jdcloud_sdk.services.mps.apis.GetNotificationRequest import GetNotificationParameters, GetNotificationRequest
from jdcloud_sdk.services.mps.apis.GetThumbnailTaskRequest import GetThumbnailTaskParameters, GetThumbnailTaskRequest
from jdcloud_sdk.services.mps.apis.ListThumbnailTaskRequest import ListThumbnailTaskParameters, ListThumbnailTaskRequest
from jdcloud_sdk.services.mps.apis.SetNotificationRequest import SetNotificationParameters, SetNotificationRequest
from jdcloud_sdk.services.mps.client.MpsClient import MpsClient
from jdcloud_sdk.services.mps.models.ThumbnailTaskRule import ThumbnailTaskRule
from jdcloud_sdk.services.mps.models.ThumbnailTaskSource import ThumbnailTaskSource
from jdcloud_sdk.services.mps.models.ThumbnailTaskTarget import ThumbnailTaskTarget

from mockcloud.check import Adapter


class SdkError(Exception):
    """The client raises for no answer; this is the error that it hands out in place of a result."""

    def __init__(self, code="", http_status=0, request_id=""):
        super().__init__(f"{code or 'no result'} (HTTP {http_status})")
        self.told = (code, http_status, request_id)


class Sdk(Adapter):
    """The blocking client."""

    service = "jdcloud-mps"
    policy = "forward"
    fails = (SdkError, requests.RequestException, ValueError)
    gives_up_within = 2.0

    def connect(self, cloud):
        self.region = cloud.region
        credential = Credential(cloud.access_key_id, cloud.access_key_secret)
        return MpsClient(credential, Config(cloud.endpoint, "http", timeout=0.9), logger=Logger(FATAL))

    def create(self, client, p):
        source, target, rule = p.get("source"), p.get("target"), p.get("rule")
        parameters = CreateThumbnailTaskParameters(
            self.region,
            None if source is None else ThumbnailTaskSource(source.get("bucket"), source.get("key")),
            None if target is None else filled(ThumbnailTaskTarget(target.get("destBucket")), target),
        )
        own = {name: value for name, value in p.items() if name not in ("source", "target", "rule")}
        filled(parameters, own).setRule(None if rule is None else filled(ThumbnailTaskRule(), rule))
        return result(client.send(CreateThumbnailTaskRequest(parameters)))["thumbnailTaskID"]["taskID"]

    def query(self, client, ids):
        requests_ = [GetThumbnailTaskRequest(GetThumbnailTaskParameters(self.region, task_id)) for task_id in ids]
        return [result(client.send(request))["thumbnailTask"]["taskID"] for request in requests_]

    def list(self, client, p):
        parameters = filled(ListThumbnailTaskParameters(self.region), p)
        found: dict[str, None] = {}
        while True:
            told = result(client.send(ListThumbnailTaskRequest(parameters)))["thumbnailQuery"]
            found.update(dict.fromkeys(task["taskID"] for task in told["taskList"]))
            if not told["truncated"]:
                return list(found)
            parameters.setMarker(told["nextMarker"])

    def get_notification(self, client, p):
        return result(client.send(GetNotificationRequest(GetNotificationParameters(self.region))))["notification"]

    def set_notification(self, client, p):
        parameters = filled(SetNotificationParameters(self.region, p.get("enabled")), p)
        checked(client.send(SetNotificationRequest(parameters)))

    def error(self, problem):
        return problem.told if isinstance(problem, SdkError) else ("", 0, "")


def checked(response):
    """An answer that holds no error. An error without a request id the client does not see."""
    if response.error is not None:
        raise SdkError(response.error.status, response.error.code, response.request_id)
    if not response.request_id:
        raise SdkError
    return response


def result(response):
    """The result of an answer, as plain dictionaries."""
    if checked(response).result is None:
        raise SdkError
    return response.result


def filled(model, members):
    """A model of the SDK with members set."""
    for name, value in members.items():
        setattr(model, name, value)
    return model

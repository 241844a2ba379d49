"""The official VOD clients, unmodified, behind one way of calling: action and documented names in, members out."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass
from importlib import import_module

from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.models import Config, OpenApiRequest, Params
from alibabacloud_tea_util.models import RuntimeOptions
from alibabacloud_vod20170321 import models
from alibabacloud_vod20170321.client import Client
from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.client import AcsClient

VIDEO = "7d2fbc3e2734410a1b2c3bdb0e08e55f"
TEMPLATE = "1a443dc52e0a1b2c3d4f10abc4794d70"
SUBMIT = {"VideoId": VIDEO, "DynamicImageTemplateId": TEMPLATE}
CONFIG = {
    "Video": {"Width": "640", "Height": "360", "Fps": "10"},
    "Container": {"Format": "webp"},
    "Clip": {"TimeSpan": {"Seek": "00:00:05.003", "Duration": "2"}},
}

# "legacy" is aliyun-python-sdk-vod (signature version 1); the others are alibabacloud_vod20170321.
FLAVOURS = ("legacy", "tea", "tea-async", "tea-v2", "tea-v2-async")


@dataclass(frozen=True)
class Failed(Exception):
    """What the SDK's own exception said; the message without what the SDK put around it."""

    status: int
    code: str
    message: str
    request_id: str


class Vod:
    """One client of one flavour."""

    def __init__(self, flavour, cloud):
        self._flavour, self._cloud = flavour, cloud

    def __call__(self, action, **parameters):
        if self._flavour == "legacy":
            return self._legacy(action, parameters)
        return self._tea(action, parameters)

    def _legacy(self, action, parameters):
        client = AcsClient(self._cloud.access_key_id, self._cloud.access_key_secret, "cn-shanghai")
        try:
            return json.loads(client.do_action_with_exception(legacy_request(action, parameters, self._cloud)))
        except ServerException as error:
            raise Failed(
                error.get_http_status(), error.get_error_code(), error.get_error_msg(), error.get_request_id()
            ) from error

    def generic(self, action, parameters):
        """Any query at all, through the call that every tea client is built on."""
        kind = Params(
            action=action,
            version="2017-03-21",
            protocol="HTTP",
            pathname="/",
            method="POST",
            auth_type="AK",
            style="RPC",
            req_body_type="formData",
            body_type="json",
        )
        call = kind, OpenApiRequest(query=parameters), RuntimeOptions()
        client = self._client()
        if self._flavour.endswith("async"):
            return asyncio.run(client.call_api_async(*call))["body"]
        return client.call_api(*call)["body"]

    def _client(self):
        config = Config(
            endpoint=self._cloud.endpoint,
            protocol="http",
            region_id="cn-shanghai",
            access_key_id=self._cloud.access_key_id,
            access_key_secret=self._cloud.access_key_secret,
        )
        if "v2" in self._flavour:
            config.signature_algorithm = "v2"
        return Client(config)

    def _tea(self, action, parameters):
        client = self._client()
        request = getattr(models, f"{action}Request")().from_map(parameters)
        method = re.sub(r"(?<!^)(?=[A-Z])", "_", action).lower()
        try:
            if self._flavour.endswith("async"):
                response = asyncio.run(getattr(client, f"{method}_async")(request))
            else:
                response = getattr(client, method)(request)
        except AlibabaCloudException as error:
            head, tail = f"code: {error.status_code}, ", f" request id: {error.request_id}"
            message = error.message.removeprefix(head).removesuffix(tail)
            raise Failed(error.status_code, error.code, message, error.request_id) from error
        return response.body.to_map()


def legacy_request(action, parameters, cloud):
    """A request of aliyun-python-sdk-vod, pointed at the mock."""
    module = import_module(f"aliyunsdkvod.request.v20170321.{action}Request")
    request = getattr(module, f"{action}Request")()
    request.set_endpoint(cloud.endpoint)
    for name, value in parameters.items():
        getattr(request, f"set_{name}")(value)
    return request

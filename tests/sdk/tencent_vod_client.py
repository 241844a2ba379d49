"""The official VOD clients, unmodified, behind one way of calling: action and documented names in, members out."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.vod.v20180717 import models, vod_client, vod_client_async

VIDEO = "5285890784246869930"
REGION = "ap-guangzhou"

# Signature method and HTTP method; "unsigned" leaves the body out of the signature, "async" is the asyncio client.
FLAVOURS = ("tc3", "tc3-get", "unsigned", "async", "sha1", "sha256", "sha1-get")
_METHODS = {"sha1": "HmacSHA1", "sha256": "HmacSHA256"}


class Vod:
    """vod("DeleteMedia", FileId=VIDEO) gives the answer's members as the SDK's model holds them, RequestId included."""

    def __init__(self, cloud: Any, flavour: str = "tc3", *, region: str = REGION) -> None:
        method, _, http = flavour.partition("-")
        profile = ClientProfile(
            signMethod=_METHODS.get(method),
            httpProfile=HttpProfile(protocol="http", endpoint=cloud.endpoint, reqMethod="GET" if http else "POST"),
            language="en-US",
        )
        profile.unsignedPayload = method == "unsigned"
        self._arguments = (Credential(cloud.access_key_id, cloud.access_key_secret), region, profile)
        self._is_async = method == "async"

    def __call__(self, action: str, /, **parameters: Any) -> dict[str, Any]:
        request = getattr(models, f"{action}Request")()
        request.from_json_string(json.dumps(parameters))
        if self._is_async:
            response = asyncio.run(self._awaited(action, request))
        else:
            response = getattr(vod_client.VodClient(*self._arguments), action)(request)
        found: dict[str, Any] = json.loads(response.to_json_string())
        return found

    async def _awaited(self, action: str, request: Any) -> Any:
        async with vod_client_async.VodClient(*self._arguments) as client:
            return await getattr(client, action)(request)

    def refused(self, cloud: Any, action: str, /, **parameters: Any) -> tuple[str, str]:
        """Code and message of the SDK's exception, whose request id is that of the mock's own record."""
        with pytest.raises(TencentCloudSDKException) as caught:
            self(action, **parameters)
        error = caught.value
        entry = cloud.requests(service="tencent-vod")[-1]
        assert error.get_request_id() == entry["response"]["Response"]["RequestId"]
        return error.get_code(), error.get_message()

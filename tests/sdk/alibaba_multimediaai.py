"""The official clients of MultimediaAI, unmodified, pointed at the mock; and a place that callbacks can reach.

Three clients, one way to call them: `call(client, "CreateGifTask", TemplateId=1, ...)` gives the answer as documented
members, or raises `Failure` with what the SDK shows of an error.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from typing import Any

import pytest
from alibabacloud_multimediaai20190810 import models
from alibabacloud_multimediaai20190810.client import Client as TeaClient
from alibabacloud_tea_openapi import models as tea_models
from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.request import CommonRequest
from Tea.exceptions import TeaException

Json = dict[str, Any]
Client = Callable[..., Json]

SERVICE = "alibaba-multimediaai"
VERSION = "2019-08-10"
GIF: Json = {
    "ApplicationId": "ApplicationId",
    # Nothing listens there; the documented https://xxx would have its name looked up.
    "CallbackUrl": "http://127.0.0.1:9/hook",
    "TemplateId": 1,
    "VideoName": "testVideo",
    "VideoUrl": "http://XXX.mp4",
}


class Failure(Exception):
    """An error as an SDK shows it."""

    def __init__(self, status: int, code: str, message: str, request_id: str, kind: str) -> None:
        super().__init__(status, code, message)
        self.status, self.code, self.message, self.request_id, self.kind = status, code, message, request_id, kind

    @property
    def told(self) -> tuple[int, str, str]:
        return self.status, self.code, self.message


# aliyun-python-sdk-core with aliyun-python-sdk-multimediaai: signature version 1, POST, parameters in the query.


def acs_client(cloud: Any, secret: str = "") -> AcsClient:
    return AcsClient(cloud.access_key_id, secret or cloud.access_key_secret, "cn-beijing")


def acs_request(cloud: Any, operation: str, parameters: Json) -> Any:
    module = import_module(f"aliyunsdkmultimediaai.request.v20190810.{operation}Request")
    request = getattr(module, f"{operation}Request")()
    request.set_endpoint(cloud.endpoint)
    for name, value in parameters.items():
        getattr(request, f"set_{name}")(value)
    return request


def common_request(cloud: Any, operation: str, parameters: Json, method: str = "GET") -> CommonRequest:
    request = CommonRequest()
    request.set_domain(cloud.endpoint)
    request.set_version(VERSION)
    request.set_action_name(operation)
    request.set_method(method)
    request.set_protocol_type("http")
    for name, value in parameters.items():
        (request.add_query_param if method == "GET" else request.add_body_params)(name, str(value))
    return request


def _acs_answer(client: AcsClient, request: Any) -> Json:
    try:
        answer: Json = json.loads(client.do_action_with_exception(request))
    except ServerException as error:
        raise Failure(
            error.get_http_status(), error.get_error_code(), error.get_error_msg(), error.get_request_id(), "acs"
        ) from error
    return answer


def acs(cloud: Any, secret: str = "") -> Client:
    client = acs_client(cloud, secret)
    return lambda operation, **given: _acs_answer(client, acs_request(cloud, operation, given))


def common(cloud: Any, secret: str = "") -> Client:
    client = acs_client(cloud, secret)
    return lambda operation, **given: _acs_answer(client, common_request(cloud, operation, given))


def common_post(cloud: Any, secret: str = "") -> Client:
    client = acs_client(cloud, secret)
    return lambda operation, **given: _acs_answer(client, common_request(cloud, operation, given, "POST"))


# alibabacloud-multimediaai20190810 on tea: signature version 1, POST, parameters in a form body.


def tea_client(cloud: Any, secret: str = "", **more: Any) -> TeaClient:
    return TeaClient(
        tea_models.Config(
            endpoint=cloud.endpoint,
            protocol="http",
            region_id="cn-shanghai",
            access_key_id=cloud.access_key_id,
            access_key_secret=secret or cloud.access_key_secret,
            **more,
        )
    )


def _snake(name: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name).lstrip("_")


def tea_request(operation: str, parameters: Json) -> Any:
    kind = getattr(models, f"{operation}Request")
    return kind(**{_snake(name): value for name, value in parameters.items()})


def _tea_failure(error: TeaException) -> Failure:
    data = error.data
    return Failure(data["statusCode"], data["Code"], data["Message"], data["RequestId"], type(error).__name__)


def tea(cloud: Any, secret: str = "") -> Client:
    client = tea_client(cloud, secret)

    def call(operation: str, **given: Any) -> Json:
        try:
            answer: Json = getattr(client, _snake(operation))(tea_request(operation, given)).body.to_map()
        except TeaException as error:
            raise _tea_failure(error) from error
        return answer

    return call


def tea_async(cloud: Any, secret: str = "") -> Client:
    client = tea_client(cloud, secret)

    def call(operation: str, **given: Any) -> Json:
        try:
            answered = asyncio.run(getattr(client, f"{_snake(operation)}_async")(tea_request(operation, given)))
        except TeaException as error:
            raise _tea_failure(error) from error
        answer: Json = answered.body.to_map()
        return answer

    return call


def failure_of(call: Client, operation: str, **given: Any) -> Failure:
    """The failure that a call must end with."""
    with pytest.raises(Failure) as caught:
        call(operation, **given)
    return caught.value


CLIENTS: dict[str, Callable[..., Client]] = {
    "acs": acs,
    "common-get": common,
    "common-post": common_post,
    "tea": tea,
    "tea-async": tea_async,
}


# Somebody who is told when a task ends.


@dataclass
class Listener:
    """What reached a callback address; `statuses` are answered one after the other, then 200."""

    url: str
    statuses: list[int] = field(default_factory=list)
    received: list[Json] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def listening() -> Iterator[Listener]:
    """A real HTTP server on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            listener.received.append(json.loads(body))
            listener.headers.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(listener.statuses.pop(0) if listener.statuses else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener = Listener(f"http://127.0.0.1:{server.server_port}/hook?a=1&b=2")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

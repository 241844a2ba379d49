"""Signatures made by the official signer are right, whatever is signed; and ours are the same."""

from __future__ import annotations

import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer

from mockcloud.contract.load import Contracts
from mockcloud.gate import Gate
from mockcloud.model import Call, Wire
from mockcloud.providers.huawei import sign

SERVICE = Contracts().service("huawei-mpc")
NOW = 1_605_782_212.0
PATH = "/v1/0123456789abcdef0123456789abcdef/animated-graphics"
HEADERS = {"Content-Type": "application/json", "User-Agent": "sdk/3.0; app/#1", "X-Sdk-Date": "20201119T103652Z"}

REQUESTS = {
    "nothing": {},
    "ids": {"query": [("task_id", ["30647", "10", "2"]), ("status", "SUCCEED")]},
    "ids as numbers": {"query": [("task_id", [9, 10, 100])]},
    "no ASCII": {"query": [("status", "für ~-_.!*'() /?&=+%"), ("ä", "ö")]},
    "booleans": {"query": [("enabled", True), ("page", 0)]},
    "empty value": {"query": [("status", "")]},
    "body": {"method": "POST", "body": '{"user_data": "\\u00fc", "n": [1, 2]}'},
    "body not ASCII": {"method": "POST", "body": '{"user_data": "ü"}'},
    "no body": {"method": "POST"},
    "delete": {"method": "DELETE", "query": [("task_id", "30647")]},
    "put": {"method": "PUT", "body": "{}"},
    "more headers": {"headers": {"X-Project-Id": "p", "x-language": "zh-cn", "X-Security-Token": "t=="}},
    "header with an underscore": {"headers": {"X-Project_Id": "p"}},
    "header with spaces": {"headers": {"X-Language": "  a   b  "}},
    "path to encode": {"path": "/v1/%7Bproject_id%7D/animated-graphics"},
    "path not ASCII": {"path": "/v1/%C3%BC/animated-graphics"},
    "other content": {"method": "POST", "body": "text", "headers": {"Content-Type": "text/plain"}},
    "other content, no body": {"method": "POST", "headers": {"Content-Type": "text/plain"}},
}


def signed_by_the_sdk(method="GET", path=PATH, query=(), body="", headers=()):
    """A request as the SDK would send it."""
    request = SdkRequest(
        method=method,
        schema="http",
        host="127.0.0.1:4580",
        resource_path=path,
        header_params={**HEADERS, **dict(headers)},
        query_params=list(query),
        body=body,
    )
    done = Signer(BasicCredentials("mockcloud", "mockcloud-secret", "p")).sign(request)
    _, _, written = done.uri.partition("?")
    sent = done.body if isinstance(done.body, bytes) else (done.body or "").encode()
    values = {
        name: value.encode("latin-1").decode("utf-8", "surrogateescape") for name, value in done.header_params.items()
    }
    return Wire(method, path, written, tuple(values.items()), sent)


@pytest.mark.parametrize("name", REQUESTS)
def test_signature_of_the_sdk_is_right(name):
    call = Call(signed_by_the_sdk(**REQUESTS[name]), "huawei", "huawei-mpc", "r")

    claim = sign.credentials(call, SERVICE)

    assert sign.verify(call, claim, SERVICE, Gate(wall=lambda: NOW)) == "mockcloud"


@pytest.mark.parametrize(
    "name", [name for name in REQUESTS if name not in ("ids as numbers", "other content, no body")]
)
def test_our_signature_is_that_of_the_sdk(name):
    theirs = signed_by_the_sdk(**REQUESTS[name])
    bare = tuple((key, value) for key, value in theirs.headers if key not in ("Authorization", "X-Sdk-Date"))

    ours = sign.sign(
        Wire(theirs.method, theirs.path, theirs.query, bare, theirs.body), "mockcloud", "mockcloud-secret", NOW
    )

    assert ours.header("authorization") == theirs.header("authorization")

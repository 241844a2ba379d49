"""Every row of JD Cloud's error tables, word for word, as the official client gets it.

The tables stand here once more, copied from the pages and not from the contract, so that neither slips.
"""

from __future__ import annotations

import re

import pytest
import requests

from mockcloud.contract.load import Contracts

from .test_jdcloud_mps import client_of, creation, listing

SERVICE = Contracts().service("jdcloud-mps")
KEY = "jdcloud-mps"

# The gateway's own list; its messages end in " [gw]", as the live service writes them.
GATEWAY = [
    (400, "HTTP_BAD_REQUEST", "the request blocked by security rules"),
    (401, "ACCESS_ERROR/credentials", "Invalid authentication credentials"),
    (401, "ACCESS_ERROR/invalid-access-key", "Invalid accessKey"),
    (401, "ACCESS_ERROR/lack-authorization", "lack of header authorization"),
    (401, "ACCESS_ERROR/lack-credential", "lack of credential in the header authorization"),
    (401, "ACCESS_ERROR/lack-date", "lack of header x-jdcloud-date"),
    (401, "ACCESS_ERROR/lack-signed-headers", "lack of header signedHeaders"),
    (401, "ACCESS_ERROR/signature", "sign result is not same"),
    (403, "HTTP_FORBIDDEN/ip", "Your IP address is not allowed"),
    (403, "HTTP_FORBIDDEN/api", "api is disabled"),
    (404, "NOT_FOUND/route", "no route and no API found with those values"),
    (413, "HTTP_REQUEST_ENTITY_TOO_LARGE", "Payload too large"),
    (414, "HTTP_URI_TOO_LONG", "URI too long"),
    (429, "HTTP_RATE_LIMIT_EXCEEDED/key", "minute rate limit exceeded, role:ak"),
    (429, "HTTP_RATE_LIMIT_EXCEEDED/api", "minute rate limit exceeded, role:api"),
    (500, "HTTP_INTERNAL_SERVER_ERROR", "An unexpected error occurred"),
    (502, "HTTP_BAD_GATEWAY", "An invalid response was received from the upstream server"),
    (503, "HTTP_SERVICE_UNAVAILABLE", "The upstream server is currently unavailable"),
    (504, "HTTP_SERVER_TIMING_OUT", "The upstream server is timing out"),
]
# The common list has names and numbers; the texts are those of the unfinished table.
COMMON = [
    (400, "INVALID_ARGUMENT", "参数 one 存在错误"),
    (400, "FAILED_PRECONDITION", "资源 one 在当前状态下不可进行当前操作"),
    (400, "FAILED_PRECONDITION/dependent", "多个参数有大小依赖关系"),
    (400, "OUT_OF_RANGE", "参数 one  取值不合法"),
    (400, "OUT_OF_RANGE/between", "参数 one 取值应该介于 two 和 three 之间"),
    (400, "OUT_OF_RANGE/relation", "参数  one 取值应该 two的three"),
    (400, "ARGUMENT_NOT_SUPPORT", "参数 one 不支持"),
    (400, "ARGUMENT_NOT_FOUND", "参数 one 是必填参数"),
    (400, "ARGUMENT_WRONG_FORMAT", "参数 one  类型应该是 某two"),
    (400, "ARGUMENT_MISMATCH", "资源 one 不存在参数 two"),
    (401, "UNAUTHENTICATED", "认证失败"),
    (403, "HTTP_FORBIDDEN", "没有权限"),
    (403, "HTTP_FORBIDDEN/resource", "没有对资源 one 的 two 权限"),
    (404, "NOT_FOUND", "找不到 one"),
    (404, "RESOURCE_NOT_EXIST", "资源 one 不存在"),
    (409, "ABORTED", "当前无法对 one 进行操作"),
    (409, "ALREADY_EXISTS", "one 已存在"),
    (409, "CONFLICT", "两种资源归属的父资源不一致"),
    (429, "QUOTA_EXCEEDED", "配额不足，剩余配额： one"),
    (429, "RATE_LIMIT", "请求过频繁"),
    (429, "RATE_LIMIT_EXCEEDED", "请求过频繁"),
    (499, "CANCELLED", "取消操作"),
    (500, "UNKNOWN", "未知错误"),
    (500, "INTERNAL", "内部错误"),
    (501, "NOT_IMPLEMENTED", "目前不支持 one"),
    (502, "SOURCE_UNAVAILABLE", "源站不可用"),
    (503, "UNAVAILABLE", "服务不可用"),
    (504, "DEADLINE_EXCEEDED", "超时"),
]
ROWS = [(status, error, f"{message} [gw]") for status, error, message in GATEWAY] + COMMON


@pytest.fixture
def received(monkeypatch):
    """What the client's HTTP library receives, oldest first: the client itself keeps no status."""
    found, send = [], requests.Session.send

    def kept(session, request, **more):
        found.append(send(session, request, **more))
        return found[-1]

    monkeypatch.setattr(requests.Session, "send", kept)
    return found


def assert_told(response, answer, status, error, message):
    code = error.partition("/")[0]
    told = response.error
    assert (answer.status_code, told.code, told.status, told.message) == (status, status, code, message)
    assert response.result is None
    assert re.fullmatch("[a-z0-9]{32}", response.request_id)
    assert answer.headers["x-jdcloud-request-id"] == response.request_id


@pytest.mark.parametrize(("status", "error", "message"), ROWS, ids=[error for _, error, _ in ROWS])
def test_row_reaches_the_caller(mockcloud, received, status, error, message):
    mockcloud.fail_next(KEY, "createThumbnailTask", error, args=["one", "two", "three"])
    client = client_of(mockcloud)

    assert_told(client.send(creation()), received[-1], status, error, message)
    assert client.send(creation()).error is None


def test_contract_has_these_rows_and_no_others():
    known = {f"{entry.code}/{entry.variant}" if entry.variant else entry.code for entry in SERVICE.errors}
    assert known == {error for _, error, _ in ROWS}


# Rows that the client meets by itself, beside those of the requests that are broken by hand.


def test_key_that_does_not_exist(mockcloud, received):
    client = client_of(mockcloud, key="somebody")
    assert_told(client.send(creation()), received[-1], 401, "ACCESS_ERROR", "Invalid accessKey [gw]")


def test_url_that_is_too_long(mockcloud, received):
    response = client_of(mockcloud).send(listing(marker="m" * 8192))
    assert_told(response, received[-1], 414, "HTTP_URI_TOO_LONG", "URI too long [gw]")


@pytest.mark.mockcloud(max_body=1024)
def test_body_that_is_too_large(mockcloud, received):
    response = client_of(mockcloud).send(creation(destKeyPrefix="p" * 1024))
    assert_told(response, received[-1], 413, "HTTP_REQUEST_ENTITY_TOO_LARGE", "Payload too large [gw]")


@pytest.mark.mockcloud(options={"jdcloud-mps.range-error": "OUT_OF_RANGE"})
def test_number_outside_its_range_by_the_other_name(mockcloud, received):
    response = client_of(mockcloud).send(creation(widthInPixel=7))
    assert_told(response, received[-1], 400, "OUT_OF_RANGE", "参数 target.widthInPixel  取值不合法")

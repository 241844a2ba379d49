"""Signed requests of the five services, as bytes: a creation and a query of each.

Where a provider takes a nonce only once (Alibaba Cloud) every request is another one; the others may be repeated.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from mockcloud import providers
from mockcloud.contract.load import Contracts
from mockcloud.gate import KEY_ID, SECRET
from mockcloud.model import Wire, WireReply

Json = dict[str, Any]
PROJECT = "0" * 31 + "1"


@dataclass(frozen=True, slots=True)
class Case:
    """One operation with parameters of the documents.

    creation  the operation's case that has to be called before, and what to take out of its answer
    """

    name: str
    service: str
    operation: str
    parameters: Json
    place: Json
    needs: tuple[Case, str, Callable[[Case, str], Case]] | None = None


GIF = {
    "input": {"bucket": "obs-apitest-01", "location": "cn-north-1", "object": "mp4/4k.mp4"},
    "output": {
        "bucket": "obs-apitest-01",
        "location": "cn-north-1",
        "object": "out_gamma/gif_file/",
        "file_name": "file_001.gif",
    },
    "output_param": {"format": "gif", "width": 100, "height": 50, "start": 0, "end": 10000, "frame_rate": 15},
}
THUMBNAIL = {
    "source": {"bucket": "videos", "key": "clips/a.mp4"},
    "target": {"destBucket": "pictures", "destKeyPrefix": "thumbs/a", "format": "png", "widthInPixel": 320},
    "rule": {"mode": "multi", "startTimeInSecond": 0, "endTimeInSecond": 60, "count": 3},
}
DYNAMIC = {"VideoId": "7d2fbc3e2734410a1b2c3bdb0e08e55f", "DynamicImageTemplateId": "1a443dc52e0a1b2c3d4f10abc4794d70"}
GRAPHIC = {
    "FileId": "5285890784246869930",
    "MediaProcessTask": {
        "AnimatedGraphicTaskSet": [{"Definition": 20001, "StartTimeOffset": 2, "EndTimeOffset": 5}],
    },
}
COVER = {
    "ApplicationId": "ApplicationId",
    "TemplateId": 1,
    "VideoName": "testVideo",
    "VideoUrl": "http://a.test/b.mp4",
    "CallbackUrl": "http://a.test/callback",
}


def _with_id(name: str, is_list: bool = False) -> Callable[[Case, str], Case]:
    def fill(case: Case, found: str) -> Case:
        value: Any = [found] if is_list else int(found) if case.service == "alibaba-multimediaai" else found
        return Case(case.name, case.service, case.operation, {**case.parameters, name: value}, case.place)

    return fill


def _in_path(case: Case, found: str) -> Case:
    return Case(case.name, case.service, case.operation, case.parameters, {**case.place, "taskId": found})


_HUAWEI = Case("huawei create", "huawei-mpc", "CreateAnimatedGraphicsTask", GIF, {"project_id": PROJECT})
_JD = Case("jdcloud create", "jdcloud-mps", "createThumbnailTask", THUMBNAIL, {"regionId": "cn-north-1"})
_MAI = Case("multimediaai create", "alibaba-multimediaai", "CreateGifTask", COVER, {})
_VOD = Case("alibaba-vod create", "alibaba-vod", "SubmitDynamicImageJob", DYNAMIC, {})
_TENCENT = Case("tencent create", "tencent-vod", "ProcessMedia", GRAPHIC, {})
CASES = (
    _HUAWEI,
    Case(
        *("huawei query", "huawei-mpc", "ListAnimatedGraphicsTask", {}, {"project_id": PROJECT}),
        needs=(_HUAWEI, "task_id", _with_id("task_id", is_list=True)),
    ),
    _JD,
    Case(
        *("jdcloud query", "jdcloud-mps", "getThumbnailTask", {}, {"regionId": "cn-north-1"}),
        needs=(_JD, "thumbnailTaskID.taskID", _in_path),
    ),
    _MAI,
    Case(
        *("multimediaai query", "alibaba-multimediaai", "GetTaskResult", {}, {}),
        needs=(_MAI, "TaskId", _with_id("TaskId")),
    ),
    _VOD,
    Case(
        *("alibaba-vod query", "alibaba-vod", "ListDynamicImage", {"VideoId": DYNAMIC["VideoId"]}, {}),
        needs=(_VOD, "DynamicImageJob.JobId", lambda case, found: case),
    ),
    _TENCENT,
    Case(
        *("tencent query", "tencent-vod", "DescribeTaskDetail", {}, {}),
        needs=(_TENCENT, "TaskId", _with_id("TaskId")),
    ),
)


@cache
def contracts() -> Contracts:
    """The contracts, read once."""
    return Contracts()


def named(name: str) -> Case:
    """The case of that name."""
    return next(case for case in CASES if case.name == name)


def wire(case: Case, host: str, nonce: str) -> Wire:
    """One signed request."""
    service = contracts().service(case.service)
    sender = providers.Sender(host, KEY_ID, SECRET, time.time(), nonce, place=case.place)
    return _provider(case).compose(service.operations[case.operation], case.parameters, sender)


def _provider(case: Case) -> providers.Provider:
    return providers.provider(case.service.partition("-")[0])


def raw(wire: Wire) -> bytes:
    """A request as HTTP/1.1, with the headers that every client adds."""
    target = f"{wire.path}?{wire.query}" if wire.query else wire.path
    lines = [f"{wire.method} {target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in wire.headers]
    lines += ["User-Agent: mockcloud-benchmark/1.0", "Accept: */*"]
    if wire.body or wire.method == "POST":
        lines.append(f"Content-Length: {len(wire.body)}")
    return "\r\n".join((*lines, "", "")).encode() + wire.body


def requests(case: Case, host: str, count: int, unique: str) -> list[bytes]:
    """As many requests as have to differ: `count` where a nonce may be used once, else one. `unique`: of this round."""
    is_repeatable = not case.service.startswith("alibaba")
    return [raw(wire(case, host, f"{unique}-{number}")) for number in range(1 if is_repeatable else count)]


def taken(case: Case, status: int, body: bytes, path: str) -> str:
    """A member of an answer, by dotted names."""
    found, error = _provider(case).unwrap(WireReply(status, (("Content-Type", "application/json"),), body))
    if error is not None:
        raise RuntimeError(f"{case.name} was refused: {error}")
    value: Any = found
    for name in path.split("."):
        value = value[name]
    return str(value)

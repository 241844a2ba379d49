"""Each service's way to make, look at, list and cancel a task, and the course of a task that takes eight seconds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

Json = dict[str, Any]
TASK_SECONDS = 8.0


class Ask(Protocol):
    """Makes one call of the desk's service: the members of the answer, or None when it was refused."""

    def __call__(self, operation: str, parameters: Json, place: Json | None = None) -> Json | None:
        """Call an operation by its documented name."""


class Desk:
    """What the model needs of a service.

    course     (word, age in seconds at which a task enters it), in order
    cancelled  the word of a cancelled task, None where nothing can be cancelled; cancellable: the words before
    listed     the words of tasks that a list without a filter shows; is_newest_first: its order
    """

    service: str
    course: tuple[tuple[str | int, float], ...]
    cancelled: str | None = None
    cancellable: tuple[str | int, ...] = ()
    listed: tuple[str | int, ...] | None = None
    is_newest_first = True

    def create(self, ask: Ask) -> str:
        raise NotImplementedError

    def read(self, ask: Ask, task_id: str) -> str | int | None:
        """The word of a task, None when it is not there."""
        raise NotImplementedError

    def pages(self, ask: Ask, word: str | int | None, size: int) -> Iterator[tuple[list[str], int | None]]:
        """(ids, total where it is told) of each page, up to the last."""
        raise NotImplementedError

    def cancel(self, ask: Ask, task_id: str) -> bool:
        raise NotImplementedError


def body(answer: Json | None) -> Json:
    assert answer is not None
    return answer


class MultimediaAi(Desk):
    service = "alibaba-multimediaai"
    course = ((0, 0.0), (1, 4.0), (2, 8.0))

    def create(self, ask: Ask) -> str:
        given = {
            "ApplicationId": "ApplicationId",
            "TemplateId": 1,
            "VideoName": "v",
            "VideoUrl": "http://127.0.0.1/v.mp4",
        }
        return str(body(ask("CreateGifTask", {**given, "CallbackUrl": "http://callback.invalid/"}))["TaskId"])

    def read(self, ask: Ask, task_id: str) -> str | int | None:
        found = ask("GetTaskStatus", {"TaskId": int(task_id)})
        return None if found is None else found["Status"]

    def pages(self, ask: Ask, word: str | int | None, size: int) -> Iterator[tuple[list[str], int | None]]:
        number, total = 1, 0
        while number == 1 or (number - 1) * size < total:
            only = {} if word is None else {"Status": word}
            found = body(ask("ListTasks", {"PageNumber": number, "PageSize": size, **only}))
            total, number = found["TotalCount"], number + 1
            yield [str(task["TaskId"]) for task in found["Tasks"]], total


class Vod(Desk):
    """Only images that are done are listed, so that is how a job's state is seen."""

    service = "alibaba-vod"
    course = (("Init", 0.0), ("Processing", 4.0), ("success", 8.0))
    listed = ("success",)
    is_newest_first = False
    VIDEO = "7d2fbc3e2734410a1b2c3bdb0e08e55f"

    def create(self, ask: Ask) -> str:
        given = {"VideoId": self.VIDEO, "DynamicImageTemplateId": "1a443dc52e0a1b2c3d4f10abc4794d70"}
        job_id: str = body(ask("SubmitDynamicImageJob", given))["DynamicImageJob"]["JobId"]
        return job_id

    def read(self, ask: Ask, task_id: str) -> str | int | None:
        images = body(ask("ListDynamicImage", {"VideoId": self.VIDEO}))["DynamicImageList"]
        return "success" if task_id in {image["JobId"] for image in images} else None

    def pages(self, ask: Ask, word: str | int | None, size: int) -> Iterator[tuple[list[str], int | None]]:
        images = body(ask("ListDynamicImage", {"VideoId": self.VIDEO}))["DynamicImageList"]
        yield [image["JobId"] for image in images], len(images)


class Mpc(Desk):
    service = "huawei-mpc"
    course = (("INIT", 0.0), ("WAITING", 2.0), ("PROCESSING", 4.0), ("SUCCEED", 8.0))
    cancelled = "CANCELED"
    cancellable = ("INIT", "WAITING")

    def create(self, ask: Ask) -> str:
        where = {"bucket": "obs-apitest-01", "location": "cn-north-5", "object": "mp4/4k.mp4"}
        param = {"format": "gif", "width": 100, "height": 50, "start": 0, "end": 10000}
        given = {"input": where, "output": where, "output_param": param}
        task_id: str = body(ask("CreateAnimatedGraphicsTask", given))["task_id"]
        return task_id

    def read(self, ask: Ask, task_id: str) -> str | int | None:
        tasks = body(ask("ListAnimatedGraphicsTask", {"task_id": [task_id]}))["tasks"]
        return tasks[0]["status"] if tasks else None

    def pages(self, ask: Ask, word: str | int | None, size: int) -> Iterator[tuple[list[str], int | None]]:
        number, total = 0, 0
        while number == 0 or number * size < total:
            only = {} if word is None else {"status": word}
            found = body(ask("ListAnimatedGraphicsTask", {"page": number, "size": size, **only}))
            total, number = found["total"], number + 1
            yield [task["task_id"] for task in found["tasks"]], total

    def cancel(self, ask: Ask, task_id: str) -> bool:
        return ask("DeleteAnimatedGraphicsTask", {"task_id": task_id}) is not None


class Mps(Desk):
    service = "jdcloud-mps"
    course = (("PENDDING", 0.0), ("RUNNING", 4.0), ("SUCCESS", 8.0))

    def create(self, ask: Ask) -> str:
        given = {"source": {"bucket": "b", "key": "v.mp4"}, "target": {"destBucket": "b"}}
        task_id: str = body(ask("createThumbnailTask", given))["thumbnailTaskID"]["taskID"]
        return task_id

    def read(self, ask: Ask, task_id: str) -> str | int | None:
        found = ask("getThumbnailTask", {}, {"taskId": task_id})
        return None if found is None else found["thumbnailTask"]["status"]

    def pages(self, ask: Ask, word: str | int | None, size: int) -> Iterator[tuple[list[str], int | None]]:
        only, more = {} if word is None else {"status": word}, {}
        while True:
            found = body(ask("listThumbnailTask", {"limit": size, **only, **more}))["thumbnailQuery"]
            yield [task["taskID"] for task in found["taskList"]], None
            if not found["truncated"]:
                return
            more = {"marker": found["nextMarker"]}


class TencentVod(Desk):
    service = "tencent-vod"
    course = (("WAITING", 0.0), ("PROCESSING", 4.0), ("FINISH", 8.0))

    def create(self, ask: Ask) -> str:
        graphics = {"AnimatedGraphicTaskSet": [{"Definition": 20001, "StartTimeOffset": 2, "EndTimeOffset": 5}]}
        given = {"FileId": "5285890784246869930", "MediaProcessTask": graphics}
        task_id: str = body(ask("ProcessMedia", given))["TaskId"]
        return task_id

    def read(self, ask: Ask, task_id: str) -> str | int | None:
        found = ask("DescribeTaskDetail", {"TaskId": task_id})
        return None if found is None else found["Status"]

    def pages(self, ask: Ask, word: str | int | None, size: int) -> Iterator[tuple[list[str], int | None]]:
        only, more = {} if word is None else {"Status": word}, {}
        while True:
            found = body(ask("DescribeTasks", {"Limit": size, **only, **more}))
            yield [task["TaskId"] for task in found["TaskSet"]], None
            if not found["ScrollToken"]:
                return
            more = {"ScrollToken": found["ScrollToken"]}


DESKS: tuple[Desk, ...] = (MultimediaAi(), Vod(), Mpc(), Mps(), TencentVod())

"""What the media processing service does: the life of a task, its pictures, and lists."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from mockcloud.check.caller import Caller
from mockcloud.clock import Clock
from mockcloud.contract.load import Contracts
from mockcloud.model import Misuse
from mockcloud.pipeline import Engine
from mockcloud.providers import stock
from mockcloud.state import Settings
from mockcloud.tasks import Progress

CONTRACTS = Contracts()
SERVICE = CONTRACTS.service("jdcloud-mps")
START = 1_767_323_045.1234  # 2026-01-02T03:04:05.123Z
TARGET = {"destBucket": "pictures"}


class Mps:
    """One account of an engine without a socket."""

    def __init__(self, **settings) -> None:
        self.engine = Engine(Settings(**settings), CONTRACTS, Clock(lambda: START))
        self.engine.clock.freeze()
        self.caller = Caller(self.engine)

    @property
    def state(self):
        return self.engine.world.account("mockcloud").service(SERVICE)

    def call(self, operation, parameters=None, **place):
        return self.caller.call(SERVICE.operations[operation], parameters or {}, place)

    def create(self, key="clips/a.mp4", target=TARGET, region="cn-north-1", **rule):
        parameters = {"source": {"bucket": "videos", "key": key}, "target": target}
        answered = self.call("createThumbnailTask", {**parameters, **({"rule": rule} if rule else {})}, regionId=region)
        assert answered.error is None, answered.error
        return answered.body["thumbnailTaskID"]["taskID"]

    def task(self, task_id):
        return self.call("getThumbnailTask", taskId=task_id).body["thumbnailTask"]

    def list(self, region="cn-north-1", **filters):
        return self.call("listThumbnailTask", filters, regionId=region).body["thumbnailQuery"]

    def ids(self, **filters):
        return [task["taskID"] for task in self.list(**filters)["taskList"]]

    def advance(self, seconds):
        self.engine.clock.set(self.engine.clock.now() + seconds)
        self.engine.run_due()

    def force(self, task_id, word, failure=None):
        self.state.force(self.state.tasks.get(task_id), word, failure)


@pytest.fixture
def mps():
    return Mps()


def test_task_id_is_32_hex_digits(mps):
    assert re.fullmatch("[0-9a-f]{32}", mps.create())


def test_ids_follow_from_the_seed():
    assert Mps(seed=7).create() == Mps(seed=7).create() != Mps(seed=8).create()


def test_new_task_shows_every_default(mps):
    task_id = mps.create()
    assert mps.task(task_id) == {
        "taskID": task_id,
        "status": "PENDDING",
        "createdTime": "2026-01-02T03:04:05.123Z",
        "lastUpdatedTime": "2026-01-02T03:04:05.123Z",
        "source": {"bucket": "videos", "key": "clips/a.mp4"},
        "target": {
            "destBucket": "pictures",
            "destKeyPrefix": "clips/a.mp4",
            "format": "jpg",
            "widthInPixel": 0,
            "heightInPixel": 0,
        },
        "rule": {"mode": "single", "keyFrame": True, "startTimeInSecond": 0, "endTimeInSecond": -1, "count": 1},
    }


def test_task_keeps_what_was_given(mps):
    target = {**TARGET, "destKeyPrefix": "p/q", "format": "webp", "widthInPixel": 8, "heightInPixel": 4096}
    rule = {"mode": "multi", "keyFrame": False, "startTimeInSecond": 3, "endTimeInSecond": 3, "count": 3600}
    shown = mps.task(mps.create(target=target, **rule))
    assert (shown["target"], shown["rule"]) == (target, rule)


def test_task_moves_on_by_itself(mps):
    task_id = mps.create()
    mps.advance(1.0)
    running = mps.task(task_id)
    mps.advance(1.0)
    done = mps.task(task_id)

    assert (running["status"], running["lastUpdatedTime"]) == ("RUNNING", "2026-01-02T03:04:06.123Z")
    assert (done["status"], done["lastUpdatedTime"]) == ("SUCCESS", "2026-01-02T03:04:07.123Z")
    assert done["createdTime"] == "2026-01-02T03:04:05.123Z"
    assert "keys" not in running["target"]
    assert "errorCode" not in done


@pytest.mark.parametrize(
    ("rule", "count"),
    [({}, 1), ({"mode": "single", "startTimeInSecond": 5}, 1), ({"mode": "multi"}, 1)]
    + [({"mode": mode, "count": count}, count) for mode in ("multi", "average") for count in (1, 12, 3600)],
)
def test_number_of_pictures(mps, rule, count):
    task_id = mps.create(**rule)
    mps.advance(60)
    keys = mps.task(task_id)["target"]["keys"]
    assert len(keys) == count
    assert keys[0] == f"clips/a.mp4-{task_id}-0001.jpg"
    assert keys[-1] == f"clips/a.mp4-{task_id}-{count:04d}.jpg"


def test_pictures_are_named_after_prefix_and_format(mps):
    task_id = mps.create(target={**TARGET, "destKeyPrefix": "x/y", "format": "png"}, mode="average", count=2)
    mps.advance(60)
    assert mps.task(task_id)["target"]["keys"] == [f"x/y-{task_id}-0001.png", f"x/y-{task_id}-0002.png"]


@pytest.mark.parametrize(
    ("failure", "shown"), [({"code": 1001}, 1001), ({"code": "1001"}, 1001), ({"code": "bad"}, None), (None, None)]
)
def test_error_code_is_the_callers(mps, failure, shown):
    task_id = mps.create()
    mps.force(task_id, "ERROR", failure)
    found = mps.task(task_id)
    assert (found["status"], found.get("errorCode")) == ("ERROR", shown)
    assert "keys" not in found["target"]


def test_read_only_members_are_passed_over_and_reported(mps):
    parameters = {
        "taskID": "mine",
        "status": "SUCCESS",
        "errorCode": "7",
        "createdTime": "1999",
        "lastUpdatedTime": "1999",
        "source": {"bucket": "videos", "key": "a"},
        "target": {**TARGET, "keys": ["mine.jpg"]},
    }
    task_id = mps.call("createThumbnailTask", parameters).body["thumbnailTaskID"]["taskID"]
    *_, entry = mps.engine.journal

    assert task_id != "mine"
    assert mps.task(task_id)["status"] == "PENDDING"
    assert "keys" not in mps.task(task_id)["target"]
    assert {(found.rule.split(".", 2)[2], found.effect) for found in entry.violations} == {
        (f"{name}.read-only", "ignore")
        for name in ("taskID", "status", "errorCode", "createdTime", "lastUpdatedTime", "target.keys")
    }


def test_unknown_members_are_passed_over(mps):
    parameters = {"regionId": "x", "extra": 1, "source": {"bucket": "b", "key": "k", "more": 1}, "target": TARGET}
    task_id = mps.call("createThumbnailTask", parameters).body["thumbnailTaskID"]["taskID"]
    assert mps.task(task_id)["source"] == {"bucket": "b", "key": "k"}


def test_null_is_not_given(mps):
    rule = {"mode": "average", "keyFrame": None, "startTimeInSecond": None, "endTimeInSecond": None, "count": 2}
    shown = mps.task(mps.create(target={**TARGET, "format": None}, **rule))
    assert shown["target"]["format"] == "jpg"
    assert shown["rule"] == {
        "mode": "average",
        "keyFrame": True,
        "startTimeInSecond": 0,
        "endTimeInSecond": -1,
        "count": 2,
    }


BAD = [
    ({"source": None}, "source.required"),
    ({"source": {"bucket": "b"}}, "source.key.required"),
    ({"source": {"bucket": None, "key": "k"}}, "source.bucket.required"),
    ({"source": {"bucket": "", "key": "k"}}, "source.bucket.length"),
    ({"target": {}}, "target.destBucket.required"),
    ({"target": {"destBucket": ""}}, "target.destBucket.length"),
    ({"rule": {"mode": "burst"}}, "rule.mode.enum"),
    ({"rule": {"mode": "Single"}}, "rule.mode.enum"),
    ({"rule": {"mode": ""}}, "rule.mode.enum"),
    ({"rule": {"mode": "average", "startTimeInSecond": 5}}, "start-not-with-average"),
    ({"rule": {"mode": "average", "startTimeInSecond": 0}}, "default-start-not-with-average"),
    ({"rule": {"mode": "single", "endTimeInSecond": 10}}, "end-only-with-multi"),
    ({"rule": {"mode": "average", "endTimeInSecond": 10}}, "end-only-with-multi"),
    ({"rule": {"endTimeInSecond": 10}}, "end-only-with-multi"),
    ({"rule": {"endTimeInSecond": -1}}, "default-end-only-with-multi"),
    ({"rule": {"mode": "multi", "startTimeInSecond": 10, "endTimeInSecond": 9}}, "end-not-before-start"),
    ({"rule": {"mode": "multi", "endTimeInSecond": -2}}, "end-not-before-start"),
    ({"rule": {"mode": "single", "count": 2}}, "count-not-with-single"),
    ({"rule": {"count": 2}}, "count-not-with-single"),
    ({"rule": {"count": 1}}, "default-count-not-with-single"),
    ({"rule": {"mode": "multi", "count": 0}}, "rule.count.range"),
    ({"rule": {"mode": "multi", "count": 3601}}, "rule.count.range"),
    ({"rule": {"startTimeInSecond": -1}}, "rule.startTimeInSecond.range"),
    *(({"target": {**TARGET, "widthInPixel": size}}, "target.widthInPixel.range") for size in (-1, 1, 7, 4097)),
    *(({"target": {**TARGET, "heightInPixel": size}}, "target.heightInPixel.range") for size in (-1, 1, 7, 4097)),
    *(({"target": {**TARGET, "format": word}}, "target.format.enum") for word in ("bmp", "gif", "JPG")),
    ({"target": {**TARGET, "widthInPixel": "wide"}}, "target.widthInPixel.type"),
    ({"target": {**TARGET, "widthInPixel": 8.5}}, "target.widthInPixel.type"),
    ({"rule": {"keyFrame": "true"}}, "rule.keyFrame.type"),
    ({"rule": []}, "rule.type"),
]


@pytest.mark.parametrize(("changed", "rule"), BAD, ids=[f"{rule}-{changed}" for changed, rule in BAD])
def test_create_refuses(mps, changed, rule):
    parameters = {"source": {"bucket": "b", "key": "k"}, "target": TARGET, **changed}
    answered = mps.call("createThumbnailTask", parameters)
    *_, entry = mps.engine.journal
    assert answered.error[0] == "INVALID_ARGUMENT"
    assert answered.reply.status == 400
    assert entry.reason == f"jdcloud-mps.createThumbnailTask.{rule}"
    assert not len(mps.state.tasks)


GOOD = [
    {"mode": "single", "startTimeInSecond": 5},
    {"mode": "multi", "endTimeInSecond": 10},
    {"mode": "multi", "startTimeInSecond": 10, "endTimeInSecond": 10},
    {"mode": "multi", "startTimeInSecond": 10, "endTimeInSecond": 11},
    {"mode": "multi", "startTimeInSecond": 10, "endTimeInSecond": -1},
    {"mode": "multi", "endTimeInSecond": 0},
    {"mode": "average", "count": 4},
]


@pytest.mark.parametrize("rule", GOOD, ids=str)
def test_create_takes(mps, rule):
    assert mps.task(mps.create(**rule))["rule"].items() >= rule.items()


def test_missing_source_is_not_found(mps):
    stock(mps.state, "object", {"bucket": "videos", "key": "gone.mp4", "exists": False})
    parameters = {"source": {"bucket": "videos", "key": "gone.mp4"}, "target": TARGET}
    answered = mps.call("createThumbnailTask", parameters)
    *_, entry = mps.engine.journal
    assert answered.error == ("NOT_FOUND", "找不到 gone.mp4")
    assert answered.reply.status == 404
    assert "'videos/gone.mp4' was seeded with exists: false" in entry.detail
    assert "for example 'mockcloud-videos/sample.mp4'" in entry.detail


def test_seeded_object_needs_a_name(mps):
    with pytest.raises(Misuse, match="a bucket and a key"):
        stock(mps.state, "object", {"bucket": "videos"})


def test_unknown_task_names_those_that_exist(mps):
    task_id = mps.create()
    answered = mps.call("getThumbnailTask", taskId="nothing")
    *_, entry = mps.engine.journal
    assert answered.error == ("NOT_FOUND", "找不到 nothing")
    assert answered.reply.status == 404
    assert entry.detail == f"region cn-north-1 has no task 'nothing'; there are {task_id}"


def test_task_is_seen_in_its_own_region_only(mps):
    task_id = mps.create(region="cn-east-2")
    answered = mps.call("getThumbnailTask", regionId="cn-north-1", taskId=task_id)
    *_, entry = mps.engine.journal
    assert answered.error[0] == "NOT_FOUND"
    assert entry.detail.endswith("it was created in cn-east-2")
    assert mps.ids(region="cn-north-1") == []
    assert mps.ids(region="cn-east-2") == [task_id]


def test_list_of_nothing(mps):
    assert mps.list() == {"limit": 1000, "truncated": False, "taskList": []}


def test_list_is_newest_first_and_shows_whole_tasks(mps):
    first, second = mps.create(), mps.create()
    assert mps.list()["taskList"] == [mps.task(second), mps.task(first)]


@pytest.mark.parametrize(("limit", "tasks"), [(1, 1), (2, 2), (2, 3), (2, 4), (3, 10), (1000, 5)])
def test_walk_gives_every_task_once(mps, limit, tasks):
    created = [mps.create() for _ in range(tasks)]
    walked, filters = [], {"limit": limit}
    for _ in range(tasks):
        page = mps.list(**filters)
        walked += [task["taskID"] for task in page["taskList"]]
        assert page["limit"] == limit
        assert page["truncated"] == ("nextMarker" in page)
        if not page["truncated"]:
            break
        filters["marker"] = page["nextMarker"]
    assert walked == created[::-1]


def test_task_created_meanwhile_does_not_disturb_a_walk(mps):
    created = [mps.create() for _ in range(3)]
    marker = mps.list(limit=2)["nextMarker"]
    mps.create()
    assert mps.ids(limit=2, marker=marker) == [created[0]]


def test_filters_are_echoed(mps):
    task_id = mps.create()
    filters = {"status": "PENDING", "begin": "2018-01-01T00:00:00.000Z", "end": "2999-01-01T00:00:00.000Z"}
    page = mps.list(**filters, marker=task_id, limit=7)
    assert {name: page[name] for name in (*filters, "marker", "limit")} == {**filters, "marker": task_id, "limit": 7}


def test_marker_holds_when_its_task_has_left_the_filter(mps):
    old = mps.create()
    newer = mps.create()
    mps.force(newer, "RUNNING")
    assert mps.ids(status="PENDING", marker=newer) == [old]


@pytest.mark.parametrize("marker", ["nothing", "0" * 32])
def test_unknown_marker_is_refused(mps, marker):
    answered = mps.call("listThumbnailTask", {"marker": marker})
    assert answered.error == ("INVALID_ARGUMENT", "参数 marker 存在错误")


def test_marker_of_another_region_is_refused(mps):
    marker = mps.create(region="cn-east-2")
    assert mps.call("listThumbnailTask", {"marker": marker}).error[0] == "INVALID_ARGUMENT"


def test_status_words_of_filter_and_tasks(mps):
    waiting, running, done, failed = (mps.create() for _ in range(4))
    mps.force(running, "RUNNING")
    mps.force(done, "SUCCESS")
    mps.force(failed, "ERROR")
    found = {word: mps.ids(status=word) for word in ("PENDING", "PENDDING", "RUNNING", "SUCCESS", "FAILED", "ERROR")}
    assert found == {
        "PENDING": [waiting],
        "PENDDING": [waiting],
        "RUNNING": [running],
        "SUCCESS": [done],
        "FAILED": [failed],
        "ERROR": [failed],
    }


@pytest.mark.parametrize(
    ("begin", "end", "is_found"),
    [
        ("2026-01-02T03:04:05.123Z", None, True),
        ("2026-01-02T03:04:05.124Z", None, False),
        (None, "2026-01-02T03:04:05.123Z", True),
        (None, "2026-01-02T03:04:05.122Z", False),
        ("2026-01-02T03:04:05.123Z", "2026-01-02T03:04:05.123Z", True),
    ],
)
def test_times_are_held_against_creation_with_both_ends(mps, begin, end, is_found):
    task_id = mps.create()
    filters = {name: text for name, text in (("begin", begin), ("end", end)) if text}
    assert mps.ids(**filters) == ([task_id] if is_found else [])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"),
        ("limit", "1001"),
        ("limit", "ten"),
        ("limit", "1.5"),
        ("status", "DONE"),
        ("status", "pending"),
        ("begin", "2018-01-01"),
        ("begin", "2018-01-01T00:00:00Z"),
        ("end", "2018-02-30T00:00:00.000Z"),
    ],
)
def test_list_refuses(mps, name, value):
    answered = mps.call("listThumbnailTask", {name: value})
    assert answered.error == ("INVALID_ARGUMENT", f"参数 {name} 存在错误")


@pytest.mark.parametrize("name", ["limit", "status", "begin", "end", "marker"])
def test_empty_filter_is_none(mps, name):
    task_id = mps.create()
    page = mps.list(**{name: ""})
    assert [task["taskID"] for task in page.pop("taskList")] == [task_id]
    assert page == {"limit": 1000, "truncated": False}


def test_polls_move_a_task_on_in_get_and_in_lists():
    mps = Mps(progress=Progress("polls", polls=1))
    task_id = mps.create()
    words = [mps.task(task_id)["status"], mps.list()["taskList"][0]["status"], mps.task(task_id)["status"]]
    assert words == ["PENDDING", "RUNNING", "SUCCESS"]


def test_polls_by_a_filtered_list_end_too():
    mps = Mps(progress=Progress("polls", polls=1))
    task_id = mps.create()
    assert [mps.ids(status="SUCCESS") for _ in range(3)] == [[], [], [task_id]]


def test_filtered_list_shows_only_what_matches():
    mps = Mps(progress=Progress("polls", polls=1))
    mps.create()
    shown = [[task["status"] for task in mps.list(status="PENDING")["taskList"]] for _ in range(3)]
    assert shown == [["PENDDING"], [], []]


def test_immediate_progress_is_done_at_once():
    mps = Mps(progress=Progress("immediate"))
    assert mps.task(mps.create())["status"] == "SUCCESS"


@pytest.mark.parametrize("shape", ["documented", "sdk", "both"])
def test_result_option_changes_the_wire_only(shape):
    mps = Mps(options={"jdcloud-mps.result": shape})
    assert mps.task(mps.create())["status"] == "PENDDING"
    assert mps.list()["limit"] == 1000
    assert mps.call("getNotification").body["notification"]["enabled"] is False


def test_accounts_do_not_see_each_other(mps):
    task_id = mps.create()
    other = Mps()
    other.engine, other.caller = mps.engine, Caller(mps.engine, "mockcloud-other")
    assert other.ids() == []
    assert other.call("getThumbnailTask", taskId=task_id).error[0] == "NOT_FOUND"


def test_sample_object_is_there(mps):
    assert [item["id"] for item in mps.state.shelves["object"]] == ["mockcloud-videos/sample.mp4"]


def test_contract_default_is_the_only_place_of_the_page_size():
    limit = SERVICE.operations["listThumbnailTask"].input["properties"]["limit"]
    smaller = replace(
        SERVICE.operations["listThumbnailTask"],
        input={"type": "object", "properties": {"limit": {**limit, "default": 5}}},
    )
    mps = Mps()
    mps.state.service = replace(SERVICE, operations={**SERVICE.operations, "listThumbnailTask": smaller})
    assert mps.list()["limit"] == 5

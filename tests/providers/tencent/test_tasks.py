"""Processing tasks: their life, their results, the list, and SessionId."""

from __future__ import annotations

import re

import pytest

from mockcloud.model import Misuse
from mockcloud.providers import stock
from mockcloud.providers.tencent.tasks import start

from .raw import GIF, MEDIA, NOTIFICATION, Cloud

NEVER = "0001-01-01T00:00:00Z"
BAD = {"Definition": 7}


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


def _detail(cloud: Cloud, task_id: str) -> dict:
    return cloud.ok("DescribeTaskDetail", TaskId=task_id)


def _ids(cloud: Cloud, **parameters: object) -> list[str]:
    return [task["TaskId"] for task in cloud.ok("DescribeTasks", **parameters)["TaskSet"]]


# The life of a task.


def test_task_ids_have_the_documented_form(cloud):
    assert re.fullmatch(r"1256768367-Procedure-[0-9a-f]{32}t0", cloud.process(GIF))


def test_a_task_waits_is_processed_and_ends(cloud):
    task_id = cloud.process(GIF)
    seen = []
    for _ in range(3):
        detail = _detail(cloud, task_id)
        part = detail["ProcedureTask"]["MediaProcessResultSet"][0]["AnimatedGraphicTask"]
        seen.append((detail["Status"], detail["ProcedureTask"]["Status"], part["Status"], part["Progress"]))
        cloud.advance(1)
    assert seen == [
        ("WAITING", "PROCESSING", "PROCESSING", 0),
        ("PROCESSING", "PROCESSING", "PROCESSING", 50),
        ("FINISH", "FINISH", "SUCCESS", 100),
    ]


def test_times_of_what_has_not_happened(cloud):
    task_id = cloud.process(GIF)
    times = ("CreateTime", "BeginProcessTime", "FinishTime")
    waiting = _detail(cloud, task_id)
    cloud.advance(1.5)
    processed = _detail(cloud, task_id)
    cloud.advance(1)
    done = _detail(cloud, task_id)
    assert [waiting[name] for name in times] == ["2020-09-13T12:26:40Z", NEVER, NEVER]
    assert [processed[name] for name in times] == ["2020-09-13T12:26:40Z", "2020-09-13T12:26:41Z", NEVER]
    assert [done[name] for name in times] == ["2020-09-13T12:26:40Z", "2020-09-13T12:26:41Z", "2020-09-13T12:26:42Z"]
    (part,) = cloud.parts(task_id)
    assert (part["BeginProcessTime"], part["FinishTime"]) == ("2020-09-13T12:26:41Z", "2020-09-13T12:26:42Z")


def test_polls_move_a_task_on():
    cloud = Cloud(progress="polls:1")
    task_id = cloud.process(GIF)
    assert [_detail(cloud, task_id)["Status"] for _ in range(4)] == ["WAITING", "PROCESSING", "FINISH", "FINISH"]


def test_a_list_does_not_count_as_a_poll():
    cloud = Cloud(progress="polls:1")
    cloud.process(GIF)
    assert [cloud.ok("DescribeTasks")["TaskSet"][0]["Status"] for _ in range(3)] == ["WAITING"] * 3


def test_finish_says_nothing_about_success():
    cloud = Cloud(progress="immediate")
    task_id = cloud.process(BAD)
    detail = _detail(cloud, task_id)
    assert (detail["Status"], detail["ProcedureTask"]["Status"]) == ("FINISH", "FINISH")
    assert [part["Status"] for part in cloud.parts(task_id)] == ["FAIL"]


def test_parts_succeed_and_fail_one_by_one_in_the_order_of_the_call():
    cloud = Cloud(progress="immediate")
    task_id = cloud.process(GIF, BAD, GIF)
    assert [part["Status"] for part in cloud.parts(task_id)] == ["SUCCESS", "FAIL", "SUCCESS"]


def test_the_result_member_is_singular_and_the_others_are_null():
    cloud = Cloud(progress="immediate")
    (result,) = _detail(cloud, cloud.process(GIF))["ProcedureTask"]["MediaProcessResultSet"]
    assert result["Type"] == "AnimatedGraphics"
    assert [name for name, value in result.items() if isinstance(value, dict)] == ["AnimatedGraphicTask"]
    assert result["TranscodeTask"] is None


def test_there_is_no_task_id_at_the_top_and_other_kinds_of_tasks_are_null(cloud):
    detail = _detail(cloud, cloud.process(GIF))
    assert "TaskId" not in detail
    assert (detail["TaskType"], detail["EditMediaTask"], detail["PullUploadTask"]) == ("Procedure", None, None)


def test_everything_that_the_starting_documents_notification_has():
    cloud = Cloud(progress="immediate")
    shown = _detail(cloud, cloud.process(GIF))["ProcedureTask"]
    seed = NOTIFICATION["ProcedureStateChangeEvent"]
    differing = {"TaskId", "MediaProcessResultSet", "MetaData"}
    assert {name: shown[name] for name in seed if name not in differing} == {
        name: value for name, value in seed.items() if name not in differing
    }
    streams = {"VideoStreamSet"}
    assert {name: shown["MetaData"][name] for name in seed["MetaData"] if name not in streams} == {
        name: value for name, value in seed["MetaData"].items() if name not in streams
    }
    assert shown["MetaData"]["VideoStreamSet"][0].items() >= seed["MetaData"]["VideoStreamSet"][0].items()


def test_what_was_sent_comes_back(cloud):
    more = {"TasksPriority": -10, "TasksNotifyMode": "Change", "SessionContext": "ctx", "SessionId": "s"}
    shown = _detail(cloud, cloud.process(GIF, **more))["ProcedureTask"]
    assert {name: shown[name] for name in more} == more


def test_a_task_with_nothing_to_do_says_so_at_its_own_level():
    cloud = Cloud(progress="immediate")
    for parameters in ({}, {"MediaProcessTask": {}}, {"MediaProcessTask": {"AnimatedGraphicTaskSet": []}}):
        task = cloud.ok("ProcessMedia", FileId=MEDIA, **parameters)["TaskId"]
        shown = _detail(cloud, task)["ProcedureTask"]
        assert (shown["ErrCode"], shown["Message"]) == (40000, "the configuration is not supported")
        assert shown["MediaProcessResultSet"] == []


def test_other_processing_is_something_to_do():
    cloud = Cloud(progress="immediate")
    task = cloud.ok("ProcessMedia", FileId=MEDIA, AiRecognitionTask={"Definition": 10})["TaskId"]
    assert "ErrCode" not in _detail(cloud, task)["ProcedureTask"]


# Moved by hand.


@pytest.mark.parametrize(
    ("code", "number"), [("SourceFileError", 60000), ("InternalError", 70000), ("InvalidInput", 40000)]
)
def test_a_task_that_is_made_to_fail_fails_in_every_part(cloud, code, number):
    task_id = cloud.process(GIF, GIF)
    cloud.state.force(cloud.state.tasks.get(task_id), "FINISH", {"code": code})
    assert _detail(cloud, task_id)["Status"] == "FINISH"
    assert {(part["Status"], part["ErrCodeExt"], part["ErrCode"]) for part in cloud.parts(task_id)} == {
        ("FAIL", code, number)
    }
    assert cloud.state.shelves["media"].get(MEDIA)["AnimatedGraphicsSet"] == []


def test_a_task_may_be_aborted(cloud):
    task_id = cloud.process(GIF)
    cloud.state.force(cloud.state.tasks.get(task_id), "ABORTED")
    detail = _detail(cloud, task_id)
    assert (detail["Status"], detail["ProcedureTask"]["Status"]) == ("ABORTED", "FINISH")
    assert [(part["Status"], part["ErrCodeExt"]) for part in cloud.parts(task_id)] == [("FAIL", "InternalError")]
    with pytest.raises(Misuse):
        cloud.state.force(cloud.state.tasks.get(task_id), "FINISH")


# What it is about.


def test_results_stay_at_the_media_file(cloud):
    task_id = cloud.process(GIF, BAD)
    cloud.ok(
        "ProcessMedia",
        FileId=MEDIA,
        MediaProcessTask={"SnapshotByTimeOffsetTaskSet": [{"Definition": 10, "ExtTimeOffsetSet": ["1s"]}]},
    )
    media = cloud.state.shelves["media"].get(MEDIA)
    assert media["AnimatedGraphicsSet"] == []
    cloud.advance(2)
    assert media["AnimatedGraphicsSet"] == [cloud.parts(task_id)[0]["Output"]]
    assert len(media["SnapshotByTimeOffsetSet"]) == 1


def test_a_media_file_that_is_deleted_meanwhile_does_not_end_the_task(cloud):
    task_id = cloud.process(GIF)
    cloud.state.shelves["media"].remove(MEDIA)
    cloud.advance(2)
    assert [part["Status"] for part in cloud.parts(task_id)] == ["SUCCESS"]


def test_a_path_names_a_media_file(cloud):
    task_id = cloud.ok("ProcessMedia", MediaStoragePath="/dir/video.mp4")["TaskId"]
    assert _detail(cloud, task_id)["ProcedureTask"]["FileId"] == "5285485487985271487"


def test_a_file_id_goes_before_path_and_url(cloud):
    sent = {"FileId": MEDIA, "MediaStoragePath": "/none", "Url": "http://127.0.0.1/a.mp4"}
    task_id = cloud.ok("ProcessMedia", **sent)["TaskId"]
    assert _detail(cloud, task_id)["ProcedureTask"]["FileId"] == MEDIA


@pytest.mark.parametrize(
    ("url", "name", "container"),
    [("http://127.0.0.1/a/holiday.MOV?x=1", "holiday", "mov"), ("http://127.0.0.1/", "media", "mp4")],
)
def test_an_address_makes_a_new_media_file(cloud, url, name, container):
    task_id = cloud.ok("ProcessMedia", FileId="", Url=url)["TaskId"]
    media = cloud.state.shelves["media"].get(_detail(cloud, task_id)["ProcedureTask"]["FileId"])
    assert (media["Name"], media["Type"]) == (name, container)
    assert media["FileId"] != MEDIA


def test_a_refusal_names_what_there_is(cloud):
    cloud.call("ProcessMedia", FileId="1")
    *_, entry = cloud.engine.journal
    assert entry.reason == "tencent-vod.ProcessMedia.media-exists"
    assert MEDIA in entry.detail


def test_a_task_flow_is_what_it_says(cloud):
    answer = cloud.ok("ProcessMediaByProcedure", FileId=MEDIA, ProcedureName="MakeGif")
    assert (answer["ReviewAudioVideoTaskId"], answer["ImportMediaKnowledgeTaskIdSet"]) == ("", [])
    cloud.advance(2)
    (part,) = cloud.parts(answer["TaskId"])
    assert (part["Output"]["Container"], part["Output"]["EndTimeOffset"]) == ("gif", 60)


def test_a_template_that_is_deleted_later_does_not_matter(cloud):
    stock(cloud.state, "template", {"Definition": 7, "Width": 320})
    task_id = cloud.process({"Definition": 7})
    cloud.ok("DeleteAnimatedGraphicsTemplate", Definition=7)
    cloud.advance(2)
    assert cloud.parts(task_id)[0]["Output"]["Width"] == 320


def test_start_is_for_other_operations_too(cloud):
    media = cloud.state.shelves["media"].get(MEDIA)
    task = start(cloud.state, "CommitUpload", media, None, {"SessionContext": "from the upload"})
    assert _detail(cloud, task.id)["ProcedureTask"]["SessionContext"] == "from the upload"


# SessionId.


@pytest.mark.parametrize(
    ("operation", "more", "days"),
    [("ProcessMedia", {}, 3), ("ProcessMediaByProcedure", {"ProcedureName": "MakeGif"}, 7)],
)
def test_a_session_id_counts_for_days(cloud, operation, more, days):
    sent = {"FileId": MEDIA, "SessionId": "once", **more}
    cloud.ok(operation, **sent)
    cloud.advance(days * 86_400)
    assert cloud.code(operation, **sent) == "InvalidParameterValue.SessionId"
    assert len(cloud.state.tasks) == 1
    cloud.advance(1)
    cloud.ok(operation, **sent)
    assert cloud.code(operation, **sent) == "InvalidParameterValue.SessionId"


def test_both_operations_share_session_ids_each_with_its_window(cloud):
    cloud.ok("ProcessMedia", FileId=MEDIA, SessionId="once")
    cloud.advance(4 * 86_400)
    flow = {"FileId": MEDIA, "ProcedureName": "MakeGif", "SessionId": "once"}
    assert cloud.code("ProcessMediaByProcedure", **flow) == "InvalidParameterValue.SessionId"
    cloud.ok("ProcessMedia", FileId=MEDIA, SessionId="once")


def test_a_refused_call_uses_no_session_id(cloud):
    assert cloud.code("ProcessMedia", FileId="1", SessionId="once") == "InvalidParameterValue.FileId"
    cloud.ok("ProcessMedia", FileId=MEDIA, SessionId="once")


def test_a_refused_call_fetches_no_media(cloud):
    sent = {"Url": "http://127.0.0.1/holiday.mov", "SessionId": "once"}
    cloud.ok("ProcessMedia", **sent)
    before = len(cloud.state.shelves["media"])
    assert cloud.code("ProcessMedia", **sent) == "InvalidParameterValue.SessionId"
    assert len(cloud.state.shelves["media"]) == before


def test_a_session_id_counts_as_long_when_the_clock_is_set_back(cloud):
    sent = {"FileId": MEDIA, "SessionId": "once"}
    cloud.ok("ProcessMedia", **sent)
    cloud.engine.world.rewind(cloud.state.now() - 10 * 86_400)
    cloud.advance(3 * 86_400)
    assert cloud.code("ProcessMedia", **sent) == "InvalidParameterValue.SessionId"
    cloud.advance(1)
    cloud.ok("ProcessMedia", **sent)


def test_the_lost_task_is_found_by_its_session_id(cloud):
    task_id = cloud.process(GIF, SessionId="once", SessionContext="ctx")
    assert cloud.code("ProcessMedia", FileId=MEDIA, SessionId="once") == "InvalidParameterValue.SessionId"
    (entry,) = cloud.ok("DescribeTasks")["TaskSet"]
    assert (entry["TaskId"], entry["SessionId"], entry["SessionContext"]) == (task_id, "once", "ctx")


def test_old_session_ids_are_forgotten(cloud):
    for number in range(5):
        cloud.process(GIF, SessionId=str(number))
    cloud.advance(8 * 86_400)
    cloud.process(GIF, SessionId="new")
    assert list(cloud.state.memory["sessions"]) == ["new"]


# The list.


def test_the_list_has_the_newest_first(cloud):
    made = []
    for _ in range(3):
        made.append(cloud.process(GIF))
        cloud.advance(0.5)
    assert _ids(cloud) == made[::-1]


def test_statuses_of_the_list(cloud):
    old = cloud.process(GIF)
    cloud.advance(1)
    middle = cloud.process(GIF)
    cloud.advance(1)
    new = cloud.process(GIF)
    assert [(_ids(cloud, Status=word)) for word in ("FINISH", "PROCESSING", "WAITING")] == [[old], [middle], [new]]


def test_a_failed_task_is_listed_as_finished():
    cloud = Cloud(progress="immediate")
    assert _ids(cloud, Status="FINISH") == [] != [cloud.process(BAD)] == _ids(cloud, Status="FINISH")


def test_scrolling_sees_every_task_once(cloud):
    made = [cloud.process(GIF) for _ in range(25)]
    seen, token = [], ""
    for _ in range(3):
        answer = cloud.ok("DescribeTasks", ScrollToken=token)
        seen += [task["TaskId"] for task in answer["TaskSet"]]
        token = answer["ScrollToken"]
        cloud.process(GIF)
    assert (seen, token) == (made[::-1], "")


def test_the_token_is_the_id_of_the_next_task(cloud):
    made = [cloud.process(GIF) for _ in range(3)]
    answer = cloud.ok("DescribeTasks", Limit=2)
    assert answer["ScrollToken"] == made[0]


def test_a_token_goes_on_though_its_task_has_left_the_filter(cloud):
    made = [cloud.process(GIF) for _ in range(2)]
    cloud.advance(0.5)
    made += [cloud.process(GIF) for _ in range(2)]
    token = cloud.ok("DescribeTasks", Status="WAITING", Limit=2)["ScrollToken"]
    assert token == made[1]
    cloud.advance(0.6)
    assert cloud.ok("DescribeTasks", Status="WAITING", ScrollToken=token) == {"TaskSet": [], "ScrollToken": ""}
    assert _ids(cloud, Status="PROCESSING", ScrollToken=token) == made[1::-1]


@pytest.mark.parametrize(
    ("order", "field", "expected"),
    [
        ("Asc", "CreateTime", [0, 1, 2]),
        ("Desc", "CreateTime", [2, 1, 0]),
        ("Asc", "FinishTime", [1, 0, 2]),
        ("Desc", "FinishTime", [2, 0, 1]),
    ],
)
def test_sorting(order, field, expected):
    cloud = Cloud(progress="manual")
    made = [cloud.process(GIF) for _ in range(3)]
    for index in (1, 0):
        cloud.advance(1)
        cloud.state.force(cloud.state.tasks.get(made[index]), "FINISH")
    sort = {"Field": field, "Order": order}
    assert _ids(cloud, Sort=sort) == [made[index] for index in expected]
    first = cloud.ok("DescribeTasks", Sort=sort, Limit=1)
    rest = _ids(cloud, Sort=sort, ScrollToken=first["ScrollToken"])
    assert [first["TaskSet"][0]["TaskId"], *rest] == [made[index] for index in expected]


def test_filters_of_time_take_the_start_and_leave_the_end(cloud):
    task_id = cloud.process(GIF)
    cloud.advance(2)
    at, later = "2020-09-13T12:26:40Z", "2020-09-13T20:26:42+08:00"
    assert _ids(cloud, CreateTime={"After": at}) == [task_id]
    assert _ids(cloud, CreateTime={"Before": at}) == []
    assert _ids(cloud, FinishTime={"After": later, "Before": "2020-09-13T12:26:43Z"}) == [task_id]
    assert _ids(cloud, FinishTime={"Before": later}) == []


def test_what_has_not_ended_has_no_finish_time(cloud):
    cloud.process(GIF)
    assert _ids(cloud, FinishTime={"After": "2000-01-01T00:00:00Z"}) == []


def test_filter_by_media(cloud):
    cloud.process(GIF)
    other = cloud.process(GIF, FileId="5285485487985271487")
    assert _ids(cloud, FileId="5285485487985271487") == [other]


def test_tasks_of_more_than_three_days_ago_are_gone(cloud):
    task_id = cloud.process(GIF)
    cloud.advance(3 * 86_400)
    assert _ids(cloud) == [task_id]
    cloud.advance(1)
    assert _ids(cloud) == []
    assert cloud.code("DescribeTaskDetail", TaskId=task_id) == "InvalidParameterValue.TaskId"


def test_accounts_do_not_see_each_others_tasks(cloud):
    task_id = cloud.process(GIF)
    cloud.caller._key_id = "mockcloud-other"
    assert cloud.code("DescribeTaskDetail", TaskId=task_id) == "InvalidParameterValue.TaskId"
    assert _ids(cloud) == []


def test_the_same_seed_gives_the_same_ids():
    assert Cloud(seed=3).process(GIF) == Cloud(seed=3).process(GIF) != Cloud(seed=4).process(GIF)

"""Snapshot tasks: their own states, list, names of pictures, and the synchronous kind."""

from __future__ import annotations

import pytest

from .raw import SNAPSHOTS, Desk

REFUSED = ("MPC.10202", "Invalid request parameter")


def create(desk, **para_and_more):
    more = {
        name: para_and_more.pop(name) for name in ("tar", "sync", "original_dir", "user_data") if name in para_and_more
    }
    return desk("CreateThumbnailsTask", {**SNAPSHOTS, "thumbnail_para": para_and_more, **more})


def shown(desk, task_id):
    return desk("ListThumbnailsTask", {"task_id": [task_id]}).body["task_array"][0]


def pictures(desk, **para_and_more):
    found = shown(desk, create(desk, **para_and_more).body["task_id"])
    return [picture["pic_name"] for picture in found["thumbnail_info"]], found


def test_created_task_has_an_id_only():
    answered = create(Desk(), type="TIME")

    assert (answered.reply.status, answered.body) == (202, {"task_id": "30647"})


def test_states_follow_the_clock():
    desk = Desk()
    task = create(desk, type="TIME").body["task_id"]
    seen = []
    for _ in range(3):
        seen.append(shown(desk, task)["status"])
        desk.advance(1)

    assert seen == ["WAITING", "PROCESSING", "SUCCEEDED"]


def test_task_has_no_start_time_and_no_code():
    desk = Desk("immediate")

    _, found = pictures(desk, type="DOTS", dots=[1], user_data="mine")

    assert found == {
        "task_id": "30647",
        "status": "SUCCEEDED",
        "create_time": "20201119103652",
        "end_time": "20201119103652",
        "input": SNAPSHOTS["input"],
        "output": SNAPSHOTS["output"],
        "output_file_name": "30647.jpg",
        "user_data": "mine",
        "description": "The task has completed.",
        "thumbnail_info": [{"pic_name": "30647.jpg"}],
    }


@pytest.mark.parametrize(
    ("para", "names"),
    [
        ({"type": "DOTS", "dots": [7], "output_filename": "photo"}, ["photo.jpg"]),
        ({"type": "DOTS", "dots": [5, 10], "output_filename": "photo"}, ["photo_5.jpg", "photo_10.jpg"]),
        ({"type": "TIME", "time": 10, "duration": 25, "output_filename": "p"}, ["p_0.jpg", "p_10.jpg", "p_20.jpg"]),
        ({"time": 20, "start_time": 15, "output_filename": "p"}, ["p_15.jpg", "p_35.jpg", "p_55.jpg"]),
        ({"time": 20, "duration": 0, "output_filename": "p"}, ["p_0.jpg", "p_20.jpg", "p_40.jpg"]),
        ({"output_filename": "p"}, ["p_0.jpg", "p_12.jpg", "p_24.jpg", "p_36.jpg", "p_48.jpg"]),
        ({"time": 50}, ["30647_0.jpg", "30647_50.jpg"]),
        ({"time": 100, "start_time": 70}, []),
    ],
)
def test_names_of_pictures(para, names):
    assert pictures(Desk("immediate"), **para)[0] == names


def test_length_of_the_video_counts():
    desk = Desk("immediate")
    desk.seed("object", bucket="obs-apitest-01", object="mp4/4k.mp4", duration=25)

    assert pictures(desk, time=10, output_filename="p")[0] == ["p_0.jpg", "p_10.jpg", "p_20.jpg"]


def test_pictures_are_packed():
    _, found = pictures(Desk("immediate"), type="DOTS", dots=[1, 2], output_filename="p", tar=0)

    assert found["output_file_name"] == "p.tar"


def test_several_pictures_have_no_name_in_common():
    assert "output_file_name" not in pictures(Desk("immediate"), type="DOTS", dots=[1, 2])[1]


def test_folder_is_added_unless_told_not_to():
    _, found = pictures(Desk("immediate"), type="DOTS", dots=[1], original_dir=0)

    folder = found["output"]["object"].removeprefix(SNAPSHOTS["output"]["object"])
    assert len(folder) == 9
    assert folder.endswith("/")


# At once.


def test_synchronous_task_is_done_when_the_call_returns():
    desk = Desk()

    answered = create(desk, type="DOTS_MS", dots_ms=[1000], output_filename="photo", sync=1)

    assert (answered.reply.status, answered.body) == (
        202,
        {
            "task_id": "30647",
            "status": "SUCCEEDED",
            "create_time": "20201119103652",
            "output": SNAPSHOTS["output"],
            "output_file_name": "photo.jpg",
            "thumbnail_time": "1000",
            "description": "The task has completed.",
        },
    )
    assert shown(desk, "30647")["status"] == "SUCCEEDED"


def test_synchronous_task_on_a_missing_object():
    desk = Desk()
    desk.seed("object", bucket="obs-apitest-01", object="mp4/4k.mp4", exists=False)

    body = create(desk, type="DOTS", dots=[3], sync=1).body

    assert (body["status"], body["description"]) == ("FAILED", "The input file does not exist.")
    assert "output_file_name" not in body


@pytest.mark.parametrize(
    "para",
    [
        {"type": "TIME", "sync": 1},
        {"sync": 1},
        {"type": "DOTS", "dots": [1, 2], "sync": 1},
        {"type": "DOTS_MS", "dots_ms": [1, 2], "sync": 1},
        {"type": "DOTS_MS", "dots_ms": [1]},
        {"type": "DOTS_MS", "sync": 1},
        {"type": "DOTS"},
        {"type": "EVERY"},
        {"type": "DOTS", "dots": list(range(11))},
        {"time": 0},
        {"time": 101},
        {"start_time": -1},
        {"duration": -1},
        {"width": 96},
        {"width": 3841},
        {"height": 96},
        {"height": 2161},
        {"max_length": 239},
        {"max_length": 3841},
        {"format": 2},
        {"output_filename": "x" * 257},
        {"tar": 2},
        {"sync": 2},
        {"original_dir": -1},
        {"user_data": "x" * 65536},
    ],
    ids=str,
)
def test_parameters_outside_the_table(para):
    answered = create(Desk(), **para)

    assert (answered.reply.status, answered.error) == (400, REFUSED)


@pytest.mark.parametrize(
    "para",
    [
        {"width": 97, "height": 97},
        {"width": 3840, "height": 2160},
        {"width": 0, "height": 0},
        {"max_length": 240},
        {"max_length": 3840},
        {"time": 1},
        {"time": 100},
        {"amount": 1, "threshold": 2},
        {"type": "DOTS", "dots": list(range(10))},
    ],
    ids=str,
)
def test_parameters_inside_the_table(para):
    assert create(Desk(), **para).reply.status == 202


# Lists and cancelling.


def test_list_says_when_there_is_more():
    desk = Desk()
    for _ in range(3):
        create(desk, type="TIME")

    pages = [desk("ListThumbnailsTask", {"page": page, "size": 2}).body for page in (0, 1, 2)]

    assert [(len(page["task_array"]), page["is_truncated"], page["total"]) for page in pages] == [
        (2, 1, 3),
        (1, 0, 3),
        (0, 0, 3),
    ]


@pytest.mark.parametrize("status", ["SUCCEED", "PREPROCESSING", "INIT", "NO_TASK"])
def test_words_of_other_families_are_refused(status):
    answered = Desk()("ListThumbnailsTask", {"status": status})

    assert (answered.reply.status, answered.error) == (400, ("MPC.10202", "Invalid request parameter."))


def test_injected_failure_of_the_list_is_the_documented_one():
    desk = Desk()
    desk.engine.faults.add("huawei-mpc", "ListThumbnailsTask", "MPC.10212")

    answered = desk("ListThumbnailsTask")

    assert (answered.reply.status, answered.error) == (400, ("MPC.10212", "Operation failed."))


def test_waiting_task_is_cancelled():
    desk = Desk()
    task = create(desk, type="TIME").body["task_id"]

    assert desk("DeleteThumbnailsTask", {"task_id": task}).reply.status == 204
    desk.advance(10)
    assert shown(desk, task)["status"] == "CANCELED"


def test_started_task_is_not_cancelled():
    desk = Desk()
    task = create(desk, type="TIME").body["task_id"]
    desk.advance(1)

    answered = desk("DeleteThumbnailsTask", {"task_id": task})

    assert (answered.reply.status, answered.error) == (400, ("MPC.10212", "Operation failed."))


def test_unknown_task_is_not_cancelled():
    answered = Desk()("DeleteThumbnailsTask", {"task_id": "1"})

    assert (answered.reply.status, answered.error) == (403, ("MPC.10211", "The task does not exist."))


def test_cancelling_without_an_id():
    answered = Desk()("DeleteThumbnailsTask", {})

    assert (answered.reply.status, answered.error) == (400, REFUSED)

"""GIF and snapshot tasks through the official clients, over a socket."""

from __future__ import annotations

import pytest
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from .huawei_clients import FLAVOURS, FOLDER, GIF, SOURCE, Mpc


@pytest.fixture(params=FLAVOURS)
def mpc(request, mockcloud):
    mockcloud.clock.freeze()
    mockcloud.clock.set("2020-11-19T10:36:52Z")
    return Mpc(mockcloud, request.param)


def refused(call, **members):
    """What the SDK's exception says of a refused call."""
    with pytest.raises(ClientRequestException) as caught:
        call(**members)
    error = caught.value
    assert len(error.request_id) == 32
    return error.status_code, error.error_code, error.error_msg


INVALID = (400, "MPC.10202", "Invalid request parameter.")


def test_gif_from_creation_to_the_end(mpc, mockcloud):
    created = mpc.create(user_data="für mich", output={**FOLDER, "file_name": "file_001.gif"})
    assert (created.status_code, created.to_json_object()) == (200, {"task_id": "30647"})
    assert mpc.show("30647").status == "INIT"
    mockcloud.clock.advance(0.5)
    assert mpc.show("30647").status == "WAITING"
    mockcloud.clock.advance(0.5)
    running = mpc.show("30647")
    assert (running.status, running.end_time, running.description) == ("PROCESSING", None, None)
    mockcloud.clock.advance(1)

    answered = mpc.list_animated_graphics_task(task_id=[created.task_id])

    (task,) = answered.tasks
    assert answered.total == 1
    assert (task.status, task.error_code, task.description) == ("SUCCEED", "MPC.10218", "The task has completed.")
    assert (task.user_data, task.output.file_name) == ("für mich", "file_001.gif")
    assert task.input.to_dict() == {**SOURCE, "file_name": None}
    assert task.output_param.to_dict() == GIF
    times = (task.create_time, task.start_time, task.end_time)
    assert times == ("20201119103652", "20201119103653", "20201119103654")


def test_ids_are_text_for_the_sdk(mockcloud):
    mpc = Mpc(mockcloud)
    mpc.create()

    assert isinstance(mpc.show("30647").task_id, str)


@pytest.mark.mockcloud(options={"huawei-mpc.types": "numbers"})
def test_numbers_are_read_by_the_sdk_as_well(mockcloud):
    mpc = Mpc(mockcloud)
    mpc.create()

    task = mpc.show("30647")
    assert (task.task_id, len(task.create_time)) == ("30647", 14)
    assert mockcloud.requests()[-1]["response"]["tasks"][0]["task_id"] == 30647


def test_pages_and_filters(mpc, mockcloud):
    first = [mpc.create().task_id for _ in range(3)]
    mockcloud.clock.advance(100)
    second = [mpc.create().task_id for _ in range(2)]
    newest = [*reversed(first + second)]

    def listed(**filters):
        answered = mpc.list_animated_graphics_task(**filters)
        return [task.task_id for task in answered.tasks], answered.total

    assert listed() == (newest, 5)
    assert listed(page=0, size=2) == (newest[:2], 5)
    assert listed(page=2, size=2) == (newest[4:], 5)
    assert listed(page=3, size=2) == ([], 5)
    assert listed(status="SUCCEED") == (newest[2:], 3)
    assert listed(status="INIT", page=0, size=1) == (newest[:1], 2)
    border = mpc.show(second[0]).create_time
    assert listed(start_time=border) == (newest[:2], 2)
    assert listed(end_time=border, status="SUCCEED") == (newest[2:], 3)
    assert listed(task_id=[first[0], second[0], "1"]) == ([second[0], first[0]], 2)
    assert listed(task_id=first, page=9, size=500) == (newest[2:], 3)


def test_running_tasks_by_either_word(mpc, mockcloud):
    task = mpc.create().task_id
    mockcloud.clock.advance(1.5)

    for word in ("PROCESSING", "PREPROCESSING"):
        (shown,) = mpc.list_animated_graphics_task(status=word).tasks
        assert (shown.task_id, shown.status) == (task, "PROCESSING")


def test_cancelling(mpc, mockcloud):
    task = mpc.create().task_id

    answered = mpc.delete_animated_graphics_task(task_id=task)

    assert answered.status_code == 204
    mockcloud.clock.advance(10)
    assert mpc.show(task).status == "CANCELED"
    again = refused(mpc.delete_animated_graphics_task, task_id=task)
    assert again == (400, "MPC.10212", "Operation failed.")


def test_cancelling_too_late_or_nothing(mpc, mockcloud):
    task = mpc.create().task_id
    mockcloud.clock.advance(1)

    assert refused(mpc.delete_animated_graphics_task, task_id=task) == (400, "MPC.10212", "Operation failed.")
    unknown = refused(mpc.delete_animated_graphics_task, task_id="1")
    assert unknown == (403, "MPC.10211", "The task does not exist.")
    assert refused(mpc.delete_animated_graphics_task) == INVALID


def test_refused_query_is_the_documented_one(mpc):
    eleven = [str(number) for number in range(11)]

    assert refused(mpc.list_animated_graphics_task, task_id=eleven) == INVALID
    assert refused(mpc.list_animated_graphics_task, size=101) == INVALID
    assert refused(mpc.list_animated_graphics_task, status="FINISHED") == INVALID
    assert refused(mpc.list_animated_graphics_task, start_time="2020-11-19 10:36:52") == INVALID


def test_text_for_a_list_of_ids_is_told_by_its_length(mpc, mockcloud):
    # The SDK sends a parameter for each character of a text.
    assert refused(mpc.list_animated_graphics_task, task_id="a-very-long-id") == INVALID
    assert mockcloud.requests()[-1]["violations"][0]["rule"].endswith(".task_id.max-items")


@pytest.mark.parametrize(
    "change",
    [
        {"width": 33},
        {"width": 3842},
        {"height": 2162},
        {"width": -1, "height": -1},
        {"width": 0},
        {"end": 60001},
        {"start": 5, "end": 5},
        {"frame_rate": 0},
        {"frame_rate": 76},
        {"format": "webp"},
        {"width": None},
    ],
    ids=str,
)
def test_refused_creation(mpc, change):
    assert refused(mpc.create, **change) == INVALID


@pytest.mark.parametrize(
    "change",
    [
        {"width": 32, "height": 2160},
        {"width": 3840, "height": 32},
        {"width": -1, "height": 32},
        {"width": 3840, "height": -1},
        {"width": 0, "height": 0},
        {"start": 5000, "end": 65000},
        {"frame_rate": 1},
        {"frame_rate": 75},
        {"frame_rate": None},
        {"format": None},
    ],
    ids=str,
)
def test_accepted_creation(mpc, change):
    assert mpc.create(**change).task_id == "30647"


def test_creation_without_a_body(mpc):
    assert refused(mpc.create_animated_graphics_task) == INVALID


def test_missing_object(mpc, mockcloud):
    mockcloud.seed("huawei-mpc", "object", bucket=SOURCE["bucket"], object=SOURCE["object"], exists=False)
    task = mpc.create().task_id
    mockcloud.clock.advance(2)

    shown = mpc.show(task)
    told = (shown.status, shown.error_code, shown.description)
    assert told == ("FAILED", "MPC.10053", "The input file does not exist.")


def test_bucket_that_is_not_authorised(mpc, mockcloud):
    mockcloud.seed("huawei-mpc", "object", bucket=SOURCE["bucket"], authorized=False)

    assert refused(mpc.create) == (400, "MPC.10209", "Invalid input or output OBS path.")


def test_forced_failure(mpc, mockcloud):
    task = mpc.create().task_id
    mockcloud.task(task, "huawei-mpc").fail("MPC.10124")

    shown = mpc.show(task)
    told = (shown.status, shown.error_code, shown.description)
    assert told == ("FAILED", "MPC.10124", "Some data in the input file are missing.")


def test_projects_are_apart(mockcloud):
    ours, theirs = Mpc(mockcloud), Mpc(mockcloud, project="f" * 32)
    ours.create()

    assert theirs.list_animated_graphics_task().total == 0
    assert theirs.list_animated_graphics_task(task_id=["30647"]).tasks == []


def test_accounts_are_apart(mockcloud):
    other = mockcloud.account("team")
    Mpc(mockcloud).create()

    assert Mpc(other).list_animated_graphics_task().total == 0
    assert len(mockcloud.requests()) == len(other.requests()) == 1


# Snapshots.


def test_snapshots_from_creation_to_the_end(mpc, mockcloud):
    created = mpc.snapshots({"type": "DOTS", "dots": [5, 10], "output_filename": "p"}, original_dir=1, user_data="u")
    assert (created.status_code, created.to_json_object()) == (202, {"task_id": "30647"})
    seen = []
    for _ in range(3):
        (task,) = mpc.list_thumbnails_task(task_id=[created.task_id]).task_array
        seen.append(task.status)
        mockcloud.clock.advance(1)

    assert seen == ["WAITING", "PROCESSING", "SUCCEEDED"]
    assert [picture.pic_name for picture in task.thumbnail_info] == ["p_5.jpg", "p_10.jpg"]
    assert (task.user_data, task.description) == ("u", "The task has completed.")
    assert task.output.object == FOLDER["object"]


def test_snapshot_at_once(mpc):
    created = mpc.snapshots({"type": "DOTS", "dots": [7], "output_filename": "p"}, sync=1)

    assert created.status_code == 202
    told = (created.status, created.output_file_name, created.thumbnail_time, created.description)
    assert told == ("SUCCEEDED", "p.jpg", "7", "The task has completed.")


def test_pages_of_snapshots(mpc):
    for _ in range(3):
        mpc.snapshots({"type": "TIME", "time": 10})

    first, last = (mpc.list_thumbnails_task(page=page, size=2) for page in (0, 1))
    assert (len(first.task_array), first.is_truncated, first.total) == (2, 1, 3)
    assert (len(last.task_array), last.is_truncated, last.total) == (1, 0, 3)


def test_refusals_of_snapshots_have_their_own_text(mpc):
    invalid = (400, "MPC.10202", "Invalid request parameter")

    assert refused(mpc.snapshots, para={"time": 101}) == invalid
    assert refused(mpc.delete_thumbnails_task) == invalid
    assert refused(mpc.list_thumbnails_task, status="SUCCEED") == (400, "MPC.10202", "Invalid request parameter.")


def test_cancelling_snapshots(mpc, mockcloud):
    task = mpc.snapshots({"type": "TIME"}).task_id
    late = mpc.snapshots({"type": "TIME"}).task_id

    assert mpc.delete_thumbnails_task(task_id=task).status_code == 204
    assert mpc.list_thumbnails_task(status="CANCELED").task_array[0].task_id == task
    mockcloud.clock.advance(1)
    assert refused(mpc.delete_thumbnails_task, task_id=late) == (400, "MPC.10212", "Operation failed.")
    assert refused(mpc.delete_thumbnails_task, task_id="1") == (403, "MPC.10211", "The task does not exist.")

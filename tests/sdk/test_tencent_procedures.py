"""Task flow templates, through the official clients over a real socket."""

from __future__ import annotations

import pytest

from .tencent_vod_client import FLAVOURS, VIDEO, Vod

CREATE, RESET = "CreateProcedureTemplate", "ResetProcedureTemplate"
DELETE, DESCRIBE = "DeleteProcedureTemplate", "DescribeProcedureTemplates"
GIF = {"AnimatedGraphicTaskSet": [{"Definition": 20000, "StartTimeOffset": 2.5, "EndTimeOffset": -5}]}
BAD_NAME = ("InvalidParameter", "The parameter `Name` is not valid.")


@pytest.fixture
def vod(mockcloud):
    return Vod(mockcloud)


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_life_of_a_task_flow(mockcloud, flavour):
    vod = Vod(mockcloud, flavour)
    shots = {"Definition": 10, "ExtTimeOffsetSet": ["3.5s", "10%"]}

    vod(CREATE, Name="动图 a&b=1", Comment="old", MediaProcessTask=GIF)
    vod(RESET, Name="动图 a&b=1", Comment="new", MediaProcessTask={**GIF, "SnapshotByTimeOffsetTaskSet": [shots]})
    found = vod(DESCRIBE, Names=["动图 a&b=1", "MakeGif"], SortBy=[{"Field": "CreateTime", "Order": "desc"}])

    assert found["TotalCount"] == 2
    flow = found["ProcedureTemplateSet"][0]
    assert (flow["Name"], flow["Type"], flow["Comment"]) == ("动图 a&b=1", "Custom", "new")
    task = flow["MediaProcessTask"]
    assert task["AnimatedGraphicTaskSet"] == GIF["AnimatedGraphicTaskSet"]
    assert task["SnapshotByTimeOffsetTaskSet"] == [{**shots, "TimeOffsetSet": [], "WatermarkSet": []}]
    assert task["TranscodeTaskSet"] == []
    vod(DELETE, Name="动图 a&b=1")
    assert vod(DESCRIBE, Names=["动图 a&b=1"])["ProcedureTemplateSet"] == []


def test_what_is_shown_can_be_sent_back(vod):
    vod(
        CREATE,
        Name="mine",
        MediaProcessTask={
            **GIF,
            "TranscodeTaskSet": [{"Definition": 30, "WatermarkSet": [{"Definition": 15780}]}],
            "CoverBySnapshotTaskSet": [{"Definition": 10, "PositionType": "Time", "PositionValue": 1}],
        },
    )
    (shown,) = vod(DESCRIBE, Names=["mine"])["ProcedureTemplateSet"]

    vod(RESET, Name="mine", MediaProcessTask=shown["MediaProcessTask"])

    (again,) = vod(DESCRIBE, Names=["mine"])["ProcedureTemplateSet"]
    assert again["MediaProcessTask"] == shown["MediaProcessTask"]


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_name_is_taken(mockcloud, flavour):
    vod = Vod(mockcloud, flavour)
    vod(CREATE, Name="mine")

    taken = ("InvalidParameter.ExistedProcedureName", "A task flow of that name exists already.")
    assert vod.refused(mockcloud, CREATE, Name="mine") == taken


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("name", ["nobody's", "LongVideoPreset"])
def test_only_custom_flows_can_be_reset(mockcloud, flavour, name):
    no_flow = ("InvalidParameter.ProcedureNameNotExist", "No task flow of that name exists.")

    assert Vod(mockcloud, flavour).refused(mockcloud, RESET, Name=name) == no_flow


@pytest.mark.parametrize("name", ["nobody's", "LongVideoPreset"])
def test_only_custom_flows_can_be_deleted(mockcloud, vod, name):
    assert vod.refused(mockcloud, DELETE, Name=name) == BAD_NAME


@pytest.mark.parametrize("action", [CREATE, RESET, DELETE])
def test_name_is_mandatory(mockcloud, vod, action):
    missing = ("MissingParameter", "The request is missing a required parameter `Name`.")

    assert vod.refused(mockcloud, action) == missing


def test_longest_name(mockcloud, vod):
    vod(CREATE, Name="任" * 20)

    assert vod.refused(mockcloud, CREATE, Name="任" * 21) == BAD_NAME


@pytest.mark.parametrize("action", [CREATE, RESET])
@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"Comment": "c" * 257}, "Comment"),
        (
            {"MediaProcessTask": {"SnapshotByTimeOffsetTaskSet": [{"Definition": 10, "ExtTimeOffsetSet": ["3.5"]}]}},
            "MediaProcessTask.SnapshotByTimeOffsetTaskSet.0.ExtTimeOffsetSet.0",
        ),
        (
            {"MediaProcessTask": {"TranscodeTaskSet": [{"Definition": 30, "WatermarkSet": [{"Definition": 1}] * 11}]}},
            "MediaProcessTask.TranscodeTaskSet.0.WatermarkSet",
        ),
    ],
)
def test_member_out_of_range(mockcloud, vod, action, wrong, path):
    code, message = vod.refused(mockcloud, action, Name="mine", **wrong)

    assert (code, message) == ("InvalidParameter", f"The parameter `{path}` is not valid.")


def test_part_without_a_template(mockcloud, vod):
    code, message = vod.refused(
        mockcloud, CREATE, Name="mine", MediaProcessTask={"AnimatedGraphicTaskSet": [{"StartTimeOffset": 2}]}
    )

    path = "MediaProcessTask.AnimatedGraphicTaskSet.0.Definition"
    assert (code, message) == ("MissingParameter", f"The request is missing a required parameter `{path}`.")


def test_fifty_first_flow(mockcloud, vod):
    for number in range(49):
        vod(CREATE, Name=f"flow {number}")

    assert vod.refused(mockcloud, CREATE, Name="one more") == ("LimitExceeded", "The quota is used up.")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"Limit": 101}, "InvalidParameterValue.Limit"),
        ({"Type": "custom"}, "InvalidParameterValue.Type"),
        ({"Names": [str(number) for number in range(101)]}, "InvalidParameterValue.Names"),
    ],
)
def test_filters_out_of_range(mockcloud, vod, wrong, code):
    name = next(iter(wrong))

    assert vod.refused(mockcloud, DESCRIBE, **wrong) == (code, f"The parameter `{name}` is not valid.")


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_task_flow_makes_an_animated_image(mockcloud, flavour):
    mockcloud.clock.freeze()
    vod = Vod(mockcloud, flavour)
    vod(CREATE, Name="mine", MediaProcessTask=GIF)

    task_id = vod("ProcessMediaByProcedure", FileId=VIDEO, ProcedureName="mine")["TaskId"]
    mockcloud.clock.advance(5)

    task = vod("DescribeTaskDetail", TaskId=task_id)
    assert task["Status"] == "FINISH"
    (part,) = task["ProcedureTask"]["MediaProcessResultSet"]
    output = part["AnimatedGraphicTask"]["Output"]
    assert (output["StartTimeOffset"], output["EndTimeOffset"]) == (2.5, 55)

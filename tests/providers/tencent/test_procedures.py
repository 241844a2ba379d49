"""Task flow templates."""

from __future__ import annotations

import pytest

from .vod_case import GIF, VIDEO, Vod

PRESETS = ["LongVideoPreset", "SimpleAesEncryptPreset", "WidevineFairPlayPreset"]
SAMPLE = "MakeGif"
TAKEN = ("InvalidParameter.ExistedProcedureName", "A task flow of that name exists already.")
NO_FLOW = ("InvalidParameter.ProcedureNameNotExist", "No task flow of that name exists.")


def create(vod, name, **fields):
    assert vod("CreateProcedureTemplate", Name=name, **fields) == {}


def listed(vod, **filters):
    return vod("DescribeProcedureTemplates", **filters)


def shown(vod, name):
    (flow,) = listed(vod, Names=[name])["ProcedureTemplateSet"]
    return flow


def names(answer):
    return [flow["Name"] for flow in answer["ProcedureTemplateSet"]]


def test_flow_as_it_is_shown():
    vod = Vod()

    create(vod, "动图", Comment="after upload", MediaProcessTask={"AnimatedGraphicTaskSet": [{"Definition": GIF}]})

    flow = shown(vod, "动图")
    assert flow.pop("MediaProcessTask") == {
        "AnimatedGraphicTaskSet": [{"Definition": GIF, "StartTimeOffset": 0, "EndTimeOffset": 0}],
        "SnapshotByTimeOffsetTaskSet": [],
        "TranscodeTaskSet": [],
        "SampleSnapshotTaskSet": [],
        "ImageSpriteTaskSet": [],
        "CoverBySnapshotTaskSet": [],
        "AdaptiveDynamicStreamingTaskSet": [],
    }
    assert flow == {
        "Name": "动图",
        "Type": "Custom",
        "Comment": "after upload",
        "AiContentReviewTask": None,
        "AiAnalysisTask": None,
        "AiRecognitionTask": None,
        "AiRecognitionTaskSet": [],
        "MiniProgramPublishTask": None,
        "ReviewAudioVideoTask": None,
        "ImportMediaKnowledgeTaskSet": [],
        "CreateTime": "2020-09-13T20:26:40+08:00",
        "UpdateTime": "2020-09-13T20:26:40+08:00",
    }


def test_snapshots_of_a_flow_are_filled_up():
    vod = Vod()

    create(
        vod,
        "shots",
        MediaProcessTask={"SnapshotByTimeOffsetTaskSet": [{"Definition": 10, "ExtTimeOffsetSet": ["3.5s", "10%"]}]},
    )

    assert shown(vod, "shots")["MediaProcessTask"]["SnapshotByTimeOffsetTaskSet"] == [
        {"Definition": 10, "ExtTimeOffsetSet": ["3.5s", "10%"], "TimeOffsetSet": [], "WatermarkSet": []}
    ]


def test_flow_without_processing():
    vod = Vod()

    create(vod, "review only", ReviewAudioVideoTask={"Definition": 10, "ReviewContents": ["Cover"]})

    flow = shown(vod, "review only")
    assert flow["MediaProcessTask"] is None
    assert flow["ReviewAudioVideoTask"] == {"Definition": 10, "ReviewContents": ["Cover"]}


@pytest.mark.parametrize("name", ["mine", SAMPLE, PRESETS[0]])  # the other presets are longer than a name may be
def test_name_is_taken(name):
    vod = Vod()
    create(vod, "mine")

    assert vod.refused("CreateProcedureTemplate", Name=name) == TAKEN

    assert vod.last.reason == "tencent-vod.CreateProcedureTemplate.name-free"


def test_name_of_twenty_characters():
    vod = Vod()

    create(vod, "任" * 20)

    code, message = vod.refused("CreateProcedureTemplate", Name="任" * 21)
    assert (code, message) == ("InvalidParameter", "The parameter `Name` is not valid.")


def test_empty_name_is_none():
    vod = Vod()

    code, message = vod.refused("CreateProcedureTemplate", Name="")

    assert (code, message) == ("MissingParameter", "The request is missing a required parameter `Name`.")


def test_quota_counts_custom_flows():
    vod = Vod()
    vod("DeleteProcedureTemplate", Name=SAMPLE)
    for number in range(50):
        create(vod, f"flow {number}")

    assert vod.refused("CreateProcedureTemplate", Name="one more") == ("LimitExceeded", "The quota is used up.")

    assert vod.last.reason == "tencent-vod.CreateProcedureTemplate.procedure-quota"
    assert listed(vod, Type="Custom")["TotalCount"] == 50


def test_reset_replaces_everything_but_the_time_of_creation():
    vod = Vod()
    create(vod, "mine", Comment="old", MediaProcessTask={"AnimatedGraphicTaskSet": [{"Definition": GIF}]})
    vod.advance(60)

    assert vod("ResetProcedureTemplate", Name="mine", AiAnalysisTask={"Definition": 20}) == {}

    flow = shown(vod, "mine")
    assert (flow["Comment"], flow["MediaProcessTask"], flow["AiAnalysisTask"]) == ("", None, {"Definition": 20})
    assert (flow["CreateTime"], flow["UpdateTime"]) == ("2020-09-13T20:26:40+08:00", "2020-09-13T20:27:40+08:00")


@pytest.mark.parametrize("name", ["nobody's", "x" * 21, *PRESETS])
def test_only_custom_flows_can_be_reset(name):
    vod = Vod()

    assert vod.refused("ResetProcedureTemplate", Name=name) == NO_FLOW

    assert vod.last.reason == "tencent-vod.ResetProcedureTemplate.procedure-exists"
    assert SAMPLE in vod.last.detail


@pytest.mark.parametrize("name", ["nobody's", *PRESETS])
def test_only_custom_flows_can_be_deleted(name):
    vod = Vod()

    assert vod.refused("DeleteProcedureTemplate", Name=name) == (
        "InvalidParameter",
        "The parameter `Name` is not valid.",
    )


def test_deleted_flow_starts_nothing():
    vod = Vod()

    assert vod("DeleteProcedureTemplate", Name=SAMPLE) == {}

    assert names(listed(vod)) == PRESETS
    code, _ = vod.refused("ProcessMediaByProcedure", FileId=VIDEO, ProcedureName=SAMPLE)
    assert code == "InvalidParameterValue.ProcedureName"


def test_reset_flow_does_the_new_thing():
    vod = Vod()
    vod(
        "ResetProcedureTemplate",
        Name=SAMPLE,
        MediaProcessTask={"AnimatedGraphicTaskSet": [{"Definition": 20001, "EndTimeOffset": 3}]},
    )

    vod("ProcessMediaByProcedure", FileId=VIDEO, ProcedureName=SAMPLE)
    vod.advance(5)

    (image,) = vod.media(VIDEO)["AnimatedGraphicsInfo"]["AnimatedGraphicsSet"]
    assert (image["Definition"], image["Container"], image["EndTimeOffset"]) == (20001, "webp", 3)


def test_presets_come_first_then_the_order_of_creation():
    vod = Vod()
    create(vod, "b")
    create(vod, "a")

    assert names(listed(vod)) == [*PRESETS, SAMPLE, "b", "a"]


@pytest.mark.parametrize(("order", "expected"), [("desc", ["c", "b", "a"]), ("asc", ["a", "b", "c"])])
@pytest.mark.parametrize("field", ["CreateTime", "create_time"])
def test_order_by_time_of_creation(field, order, expected):
    vod = Vod()
    create(vod, "a")
    create(vod, "b")
    vod.advance(60)
    create(vod, "c")

    found = listed(vod, Names=["b", "c", "a"], SortBy=[{"Field": field, "Order": order}])

    assert names(found) == expected


def test_seeded_times_count_in_any_zone():
    vod = Vod()
    vod.seed("procedure", Name="later", CreateTime="2020-09-13T12:00:00Z")
    vod.seed("procedure", Name="sooner", CreateTime="2020-09-13T19:00:00+08:00")

    found = listed(vod, Names=["later", "sooner"], SortBy=[{"Field": "CreateTime", "Order": "asc"}])

    assert names(found) == ["sooner", "later"]
    assert found["ProcedureTemplateSet"][1]["CreateTime"] == "2020-09-13T20:00:00+08:00"


def test_pages_and_filters():
    vod = Vod()
    for number in range(11):
        create(vod, f"flow {number}")

    first, last = listed(vod, Type="Custom"), listed(vod, Type="Custom", Offset=10, Limit=100)

    assert first["TotalCount"] == last["TotalCount"] == 12
    assert (len(first["ProcedureTemplateSet"]), names(last)) == (10, ["flow 9", "flow 10"])
    assert names(listed(vod, Names=["flow 3", "nobody's", PRESETS[0]])) == [PRESETS[0], "flow 3"]
    assert listed(vod, Limit=0) == {"TotalCount": 15, "ProcedureTemplateSet": []}

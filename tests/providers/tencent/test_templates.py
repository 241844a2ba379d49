"""Templates for animated images. The limits of single members are held by the contract suite."""

from __future__ import annotations

import pytest

from mockcloud.providers import stock

from .raw import Cloud


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


def _described(cloud: Cloud, **parameters: object) -> list[dict]:
    return cloud.ok("DescribeAnimatedGraphicsTemplates", **parameters)["AnimatedGraphicsTemplateSet"]


def test_a_template_is_kept_with_its_defaults(cloud):
    definition = cloud.ok("CreateAnimatedGraphicsTemplate", Fps=10)["Definition"]
    assert _described(cloud, Definitions=[definition]) == [
        {
            "Definition": definition,
            "Type": "Custom",
            "Name": "",
            "Comment": "",
            "Width": 0,
            "Height": 0,
            "ResolutionAdaptive": "open",
            "Format": "gif",
            "Fps": 10,
            "Quality": 75,
            "CreateTime": "2020-09-13T12:26:40Z",
            "UpdateTime": "2020-09-13T12:26:40Z",
        }
    ]


def test_of_several_mistakes_the_first_in_the_order_of_the_checks_is_told(cloud):
    wrong = {"Frames": 3, "Width": "wide", "Quality": 0}
    told = []
    for mended in ({}, {"Frames": None}, {"Width": 320}, {"Fps": 10}, {"Quality": 1}):
        wrong |= mended
        answered = cloud.call("CreateAnimatedGraphicsTemplate", **wrong)
        told.append(answered.error and answered.error[0])
    assert told == ["UnknownParameter", "InvalidParameter", "MissingParameter", "InvalidParameterValue.Quality", None]


def test_modify_changes_what_was_sent_and_leaves_the_rest(cloud):
    definition = cloud.ok("CreateAnimatedGraphicsTemplate", Fps=10, Width=320, Name="a", Quality=50)["Definition"]
    cloud.advance(60)
    assert cloud.ok("ModifyAnimatedGraphicsTemplate", Definition=definition, Name="b", Fps=12) == {}
    (template,) = _described(cloud, Definitions=[definition])
    assert (template["Name"], template["Fps"], template["Width"], template["Quality"]) == ("b", 12, 320, 50)
    assert (template["CreateTime"], template["UpdateTime"]) == ("2020-09-13T12:26:40Z", "2020-09-13T12:27:40Z")


def test_a_refused_change_changes_nothing(cloud):
    stock(cloud.state, "template", {"Definition": 7, "Name": "a"})
    assert cloud.code("ModifyAnimatedGraphicsTemplate", Definition=7, Name="b", Format="webp") == (
        "InvalidParameterValue.FormatWebpWidthAndHeightBothZero"
    )
    assert cloud.reason().endswith("webp-size-not-zero-then")
    assert _described(cloud, Definitions=[7])[0]["Name"] == "a"


@pytest.mark.parametrize("size", [32, 127])
@pytest.mark.parametrize("side", ["Width", "Height"])
def test_modify_takes_no_size_below_128(cloud, side, size):
    stock(cloud.state, "template", {"Definition": 7})
    assert cloud.code("ModifyAnimatedGraphicsTemplate", Definition=7, **{side: size}) == (
        "InvalidParameterValue.Resolution"
    )
    assert cloud.ok("ModifyAnimatedGraphicsTemplate", Definition=7, **{side: 128}) == {}


@pytest.mark.parametrize("operation", ["ModifyAnimatedGraphicsTemplate", "DeleteAnimatedGraphicsTemplate"])
@pytest.mark.parametrize("definition", [20000, 20001, 999, 0])
def test_presets_and_strangers_cannot_be_changed(cloud, operation, definition):
    answered = cloud.call(operation, Definition=definition)
    assert answered.error == ("ResourceNotFound.TemplateNotExist", "The template does not exist.")


@pytest.mark.parametrize("operation", ["ModifyAnimatedGraphicsTemplate", "DeleteAnimatedGraphicsTemplate"])
def test_a_negative_id_is_of_a_wrong_type(cloud, operation):
    answered = cloud.call(operation, Definition=-1)
    assert answered.error == ("InvalidParameter", "The value type of parameter `Definition` is not valid.")


def test_delete_makes_room_and_frees_no_id(cloud):
    made = [cloud.ok("CreateAnimatedGraphicsTemplate", Fps=1)["Definition"] for _ in range(16)]
    assert cloud.code("CreateAnimatedGraphicsTemplate", Fps=1) == "LimitExceeded.TooMuchTemplate"
    cloud.ok("DeleteAnimatedGraphicsTemplate", Definition=made[3])
    assert cloud.ok("CreateAnimatedGraphicsTemplate", Fps=1)["Definition"] not in made


def test_presets_do_not_count_against_the_quota(cloud):
    stock(cloud.state, "template", {"Definition": 30000, "Type": "Preset"})
    for _ in range(16):
        cloud.ok("CreateAnimatedGraphicsTemplate", Fps=1)


def test_the_quota_can_be_set():
    cloud = Cloud(options={"tencent-vod.most-templates": 100})
    for _ in range(100):
        cloud.ok("CreateAnimatedGraphicsTemplate", Fps=1)
    assert cloud.code("CreateAnimatedGraphicsTemplate", Fps=1) == "LimitExceeded.TooMuchTemplate"


def test_the_highest_frame_rate_can_be_set():
    cloud = Cloud(options={"tencent-vod.fps-max": 30})
    definition = cloud.ok("CreateAnimatedGraphicsTemplate", Fps=30)["Definition"]
    assert cloud.code("CreateAnimatedGraphicsTemplate", Fps=31) == "InvalidParameterValue.Fps"
    assert cloud.code("ModifyAnimatedGraphicsTemplate", Definition=definition, Fps=60) == "InvalidParameterValue.Fps"


def test_filters_and_pages(cloud):
    made = [cloud.ok("CreateAnimatedGraphicsTemplate", Fps=1)["Definition"] for _ in range(12)]
    whole = cloud.ok("DescribeAnimatedGraphicsTemplates")
    assert (whole["TotalCount"], len(whole["AnimatedGraphicsTemplateSet"])) == (14, 10)
    custom = cloud.ok("DescribeAnimatedGraphicsTemplates", Type="Custom", Offset=10, Limit=100)
    assert custom["TotalCount"] == 12
    assert [item["Definition"] for item in custom["AnimatedGraphicsTemplateSet"]] == made[10:]
    assert cloud.ok("DescribeAnimatedGraphicsTemplates", Limit=0) == {
        "TotalCount": 14,
        "AnimatedGraphicsTemplateSet": [],
    }
    some = _described(cloud, Definitions=[made[5], 20001, 999])
    assert [item["Definition"] for item in some] == [20001, made[5]]


def test_accounts_have_templates_of_their_own(cloud):
    definition = cloud.ok("CreateAnimatedGraphicsTemplate", Fps=1)["Definition"]
    cloud.caller._key_id = "mockcloud-other"
    assert cloud.code("DeleteAnimatedGraphicsTemplate", Definition=definition) == "ResourceNotFound.TemplateNotExist"

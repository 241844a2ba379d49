"""Templates for snapshots at points in time, through the official clients over a real socket."""

from __future__ import annotations

import pytest

from .tencent_vod_client import FLAVOURS, VIDEO, Vod

CREATE, MODIFY = "CreateSnapshotByTimeOffsetTemplate", "ModifySnapshotByTimeOffsetTemplate"
DELETE, DESCRIBE = "DeleteSnapshotByTimeOffsetTemplate", "DescribeSnapshotByTimeOffsetTemplates"
FIELDS = {
    "Name": "时间点 a_b&c=1+2",
    "Comment": "for tests",
    "Width": 540,
    "Height": 960,
    "ResolutionAdaptive": "close",
    "Format": "png",
    "FillType": "white",
}
NO_TEMPLATE = ("ResourceNotFound.TemplateNotExist", "The template does not exist.")


@pytest.fixture
def vod(mockcloud):
    return Vod(mockcloud)


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_life_of_a_template(mockcloud, flavour):
    vod = Vod(mockcloud, flavour)

    definition = vod(CREATE, **FIELDS)["Definition"]
    vod(MODIFY, Definition=definition, Format="webp", Width=0)
    found = vod(DESCRIBE, Definitions=[definition, 10], Type="Custom", Offset=0, Limit=100)

    assert found["TotalCount"] == 1
    (template,) = found["SnapshotByTimeOffsetTemplateSet"]
    expected = {**FIELDS, "Definition": definition, "Type": "Custom", "Format": "webp", "Width": 0}
    assert {name: template[name] for name in expected} == expected
    vod(DELETE, Definition=definition)
    assert vod(DESCRIBE)["TotalCount"] == 1


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("action", [MODIFY, DELETE])
def test_unknown_template(mockcloud, flavour, action):
    assert Vod(mockcloud, flavour).refused(mockcloud, action, Definition=424242) == NO_TEMPLATE


@pytest.mark.parametrize("action", [MODIFY, DELETE])
def test_preset_cannot_be_changed(mockcloud, vod, action):
    assert vod.refused(mockcloud, action, Definition=10) == NO_TEMPLATE


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"Width": 31}, "InvalidParameterValue.Width"),
        ({"Height": 4097}, "InvalidParameterValue.Height"),
        ({"Format": "gif"}, "InvalidParameterValue.Format"),
        ({"Name": "n" * 65}, "InvalidParameterValue.Name"),
        ({"Comment": "c" * 257}, "InvalidParameterValue.Comment"),
    ],
)
@pytest.mark.parametrize(("action", "more"), [(CREATE, {}), (MODIFY, {"Definition": 1008})])
def test_member_out_of_range(mockcloud, vod, action, more, wrong, code):
    vod(CREATE)

    name = next(iter(wrong))
    assert vod.refused(mockcloud, action, **more, **wrong) == (code, f"The parameter `{name}` is not valid.")


@pytest.mark.parametrize(("name", "value"), [("FillType", "blue"), ("ResolutionAdaptive", "auto")])
def test_word_without_a_code_of_its_own(mockcloud, vod, name, value):
    code, message = vod.refused(mockcloud, CREATE, **{name: value})

    assert code == "InvalidParameterValue"
    assert message == f"The value `{value}` specified in the parameter `{name}` is not valid"


def test_wrong_type(mockcloud, vod):
    code, message = vod.refused(mockcloud, CREATE, Width="wide")

    assert (code, message) == ("InvalidParameter", "The value type of parameter `Width` is not valid.")


@pytest.mark.parametrize("action", [MODIFY, DELETE])
def test_id_is_mandatory(mockcloud, vod, action):
    missing = ("MissingParameter", "The request is missing a required parameter `Definition`.")

    assert vod.refused(mockcloud, action) == missing


def test_seventeenth_template(mockcloud, vod):
    for _ in range(16):
        vod(CREATE)

    quota = ("LimitExceeded.TooMuchTemplate", "There are as many templates as the quota allows.")
    assert vod.refused(mockcloud, CREATE) == quota


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"Limit": 101}, "InvalidParameterValue.Limit"),
        ({"Type": "custom"}, "InvalidParameterValue.Type"),
        ({"Definitions": list(range(101))}, "InvalidParameterValue.Definitions"),
    ],
)
def test_filters_out_of_range(mockcloud, vod, wrong, code):
    name = next(iter(wrong))

    assert vod.refused(mockcloud, DESCRIBE, **wrong) == (code, f"The parameter `{name}` is not valid.")


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_snapshots_of_a_template(mockcloud, flavour):
    mockcloud.clock.freeze()
    vod = Vod(mockcloud, flavour)
    definition = vod(CREATE, Format="png")["Definition"]

    wanted = [{"Definition": definition, "ExtTimeOffsetSet": ["0s", "50%"]}]
    vod("ProcessMedia", FileId=VIDEO, MediaProcessTask={"SnapshotByTimeOffsetTaskSet": wanted})
    mockcloud.clock.advance(5)

    (media,) = vod("DescribeMediaInfos", FileIds=[VIDEO], Filters=["snapshotByTimeOffsetInfo"])["MediaInfoSet"]
    (made,) = media["SnapshotByTimeOffsetInfo"]["SnapshotByTimeOffsetSet"]
    assert [picture["TimeOffset"] for picture in made["PicInfoSet"]] == [0, 30000]
    assert made["Definition"] == definition
    assert media["BasicInfo"] is None

"""Templates for snapshots at points in time."""

from __future__ import annotations

import pytest

from .vod_case import SNAPSHOT, Vod

NO_TEMPLATE = ("ResourceNotFound.TemplateNotExist", "The template does not exist.")
QUOTA = ("LimitExceeded.TooMuchTemplate", "There are as many templates as the quota allows.")


def create(vod, **fields):
    return vod("CreateSnapshotByTimeOffsetTemplate", **fields)["Definition"]


def listed(vod, **filters):
    return vod("DescribeSnapshotByTimeOffsetTemplates", **filters)


def shown(vod, definition):
    (template,) = listed(vod, Definitions=[definition])["SnapshotByTimeOffsetTemplateSet"]
    return template


def ids(answer):
    return [template["Definition"] for template in answer["SnapshotByTimeOffsetTemplateSet"]]


def test_template_of_defaults():
    vod = Vod()

    assert shown(vod, create(vod)) == {
        "Definition": 1008,
        "Type": "Custom",
        "Name": "",
        "Comment": "",
        "Width": 0,
        "Height": 0,
        "ResolutionAdaptive": "open",
        "Format": "jpg",
        "FillType": "black",
        "CreateTime": "2020-09-13T12:26:40Z",
        "UpdateTime": "2020-09-13T12:26:40Z",
    }


def test_template_keeps_what_was_sent():
    vod = Vod()
    sent = {
        "Name": "时间点截图",
        "Comment": "for the list",
        "Width": 32,
        "Height": 4096,
        "ResolutionAdaptive": "close",
        "Format": "webp",
        "FillType": "gauss",
    }

    template = shown(vod, create(vod, **sent))

    assert {name: template[name] for name in sent} == sent


def test_preset():
    (preset,) = listed(Vod(), Type="Preset")["SnapshotByTimeOffsetTemplateSet"]

    assert (preset["Definition"], preset["Format"], preset["FillType"]) == (SNAPSHOT, "jpg", "stretch")
    assert (preset["Width"], preset["Height"]) == (0, 0)


def test_ids_are_never_those_of_another_template():
    vod = Vod()
    vod.seed("snapshot-template", Definition=1008)

    animated = vod("CreateAnimatedGraphicsTemplate", Fps=10)["Definition"]

    assert [animated, create(vod), create(vod)] == [1009, 1010, 1011]


@pytest.mark.parametrize("side", ["Width", "Height"])
@pytest.mark.parametrize("length", [1, 31, 4097, -1])
def test_side_out_of_range(side, length):
    vod = Vod()

    code, message = vod.refused("CreateSnapshotByTimeOffsetTemplate", **{side: length})

    assert (code, message) == (f"InvalidParameterValue.{side}", f"The parameter `{side}` is not valid.")
    assert vod.last.reason == f"tencent-vod.CreateSnapshotByTimeOffsetTemplate.{side}.range"


def test_change_keeps_the_rest():
    vod = Vod()
    definition = create(vod, Name="before", Width=320, Format="png")
    vod.advance(60)

    vod("ModifySnapshotByTimeOffsetTemplate", Definition=definition, Name="after", Height=240)

    template = shown(vod, definition)
    assert (template["Name"], template["Width"], template["Height"], template["Format"]) == ("after", 320, 240, "png")
    assert (template["CreateTime"], template["UpdateTime"]) == ("2020-09-13T12:26:40Z", "2020-09-13T12:27:40Z")


@pytest.mark.parametrize("action", ["ModifySnapshotByTimeOffsetTemplate", "DeleteSnapshotByTimeOffsetTemplate"])
@pytest.mark.parametrize("definition", [SNAPSHOT, 424242])
def test_only_custom_templates_can_be_changed(action, definition):
    vod = Vod()
    known = create(vod)

    assert vod.refused(action, Definition=definition) == NO_TEMPLATE

    assert vod.last.reason == f"tencent-vod.{action}.template-exists"
    assert str(known) in vod.last.detail
    assert ids(listed(vod)) == [SNAPSHOT, known]


def test_deleted_template_is_gone():
    vod = Vod()
    definition = create(vod)

    assert vod("DeleteSnapshotByTimeOffsetTemplate", Definition=definition) == {}

    assert listed(vod, Definitions=[definition]) == {"TotalCount": 0, "SnapshotByTimeOffsetTemplateSet": []}
    assert vod.refused("DeleteSnapshotByTimeOffsetTemplate", Definition=definition) == NO_TEMPLATE


def test_quota_counts_custom_templates():
    vod = Vod()
    definitions = [create(vod) for _ in range(16)]

    assert vod.refused("CreateSnapshotByTimeOffsetTemplate") == QUOTA
    vod("DeleteSnapshotByTimeOffsetTemplate", Definition=definitions[3])

    assert create(vod) not in definitions


def test_pages():
    vod = Vod()
    custom = [create(vod) for _ in range(12)]

    first, second = listed(vod, Type="Custom"), listed(vod, Type="Custom", Offset=10, Limit=10)

    assert (ids(first), ids(second)) == (custom[:10], custom[10:])
    assert first["TotalCount"] == second["TotalCount"] == 12
    assert listed(vod, Limit=0) == {"TotalCount": 13, "SnapshotByTimeOffsetTemplateSet": []}


def test_filter_by_id_leaves_out_unknown_ones():
    vod = Vod()
    definition = create(vod)

    assert ids(listed(vod, Definitions=[definition, 424242, SNAPSHOT])) == [SNAPSHOT, definition]
    assert ids(listed(vod, Definitions=[definition, SNAPSHOT], Type="Preset")) == [SNAPSHOT]

"""What only one of several kinds of request has is varied in a request of that kind."""

from __future__ import annotations

import json

import pytest

from mockcloud.check.points import PointMaker
from mockcloud.contract.load import Contracts

VOD = Contracts().service("alibaba-vod")
MPC = Contracts().service("huawei-mpc")


def points_of(operation_name, tail):
    operation = VOD.operations[operation_name]
    found = [point for point in PointMaker(operation, VOD, textual=True).points() if point.rule.endswith(f".{tail}")]
    assert {point.polarity for point in found} == {"valid", "invalid"}
    return found


@pytest.mark.parametrize(
    "tail",
    [
        "TemplateConfig.SnapshotType.enum",
        "TemplateConfig.SnapshotConfig.Width.range",
        "TemplateConfig.SnapshotConfig.SubOut.IsSptFrag.enum",
        "TemplateConfig.SnapshotConfig.SpriteSnapshotConfig.Lines.range",
    ],
)
def test_members_of_snapshots_are_varied_in_templates_of_snapshots(tail):
    for point in points_of("AddVodTemplate", tail):
        assert point.parameters["TemplateType"] == "Snapshot"
        assert "Video" not in json.loads(point.parameters["TemplateConfig"])


def test_members_of_animated_images_are_varied_in_their_templates():
    for point in points_of("AddVodTemplate", "TemplateConfig.Video.Width.range"):
        assert point.parameters["TemplateType"] == "DynamicImage"


def test_what_no_example_has_is_varied_in_the_first():
    for point in points_of("SubmitDynamicImageJob", "OverrideParams.Video.Width.range"):
        assert point.parameters["VideoId"] == "7d2fbc3e2734410a1b2c3bdb0e08e55f"


def test_a_coupled_rule_is_tried_with_every_edge_value_of_its_members():
    points = points_of("AddVodTemplate", "AddVodTemplate.duration-or-end")
    spans = [json.loads(point.parameters["TemplateConfig"])["Clip"]["TimeSpan"] for point in points]

    assert {"Duration", "End"} in [set(span) - {"Seek"} for span in spans]
    assert {"End"} in [set(span) - {"Seek"} for span in spans]
    assert {"Duration"} in [set(span) - {"Seek"} for span in spans]


@pytest.mark.parametrize(
    ("operation_name", "member", "refused"),
    [
        # The even numbers between 0 and 32 are as wrong as the odd ones.
        ("CreateAnimatedGraphicsTask", "output_param.width", {-2, 1, 2, 30, 31, 33, 3839, 3841, 3842}),
        ("CreateAnimatedGraphicsTask", "output_param.height", {-2, 1, 2, 30, 31, 33, 2159, 2161, 2162}),
        # Who takes 0 for "not given" may still let what lies below it through.
        ("CreateAnimatedGraphicsTask", "output_param.frame_rate", {-1, 0, 76}),
        ("ListAnimatedGraphicsTask", "size", {-1, 0, 101}),
        ("ListAnimatedGraphicsTask", "page", {-1, 50001}),
    ],
)
def test_range_is_tried_with_every_kind_of_number_outside_it(operation_name, member, refused):
    operation = MPC.operations[operation_name]
    path = member.split(".")
    tried = set()
    for point in PointMaker(operation, MPC).points():
        if point.polarity == "invalid" and point.rule.endswith((f".{member}.range", f".{member}.step")):
            value = point.parameters
            for name in path:
                value = value[name]
            tried.add(value)

    assert refused <= tried

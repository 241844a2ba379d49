"""What only one of several kinds of request has is varied in a request of that kind."""

from __future__ import annotations

import json

import pytest

from mockcloud.check.points import PointMaker
from mockcloud.contract.load import Contracts

VOD = Contracts().service("alibaba-vod")


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

"""Times within optional members, moments in another zone, hidden outcomes, and texts that name what exists."""

from __future__ import annotations

import pytest

import mockcloud
from mockcloud.check.battery import Options, battery, offer_of, open_session, run_item
from mockcloud.check.catalog.reader import needed_members
from mockcloud.check.compare import differences
from mockcloud.check.points import PointMaker
from mockcloud.contract.load import Contracts
from tests.clients.tencent_vod.adapter import BUGGY, Correct

CONTRACTS = Contracts()
VOD = CONTRACTS.service("tencent-vod")


@pytest.fixture(scope="module")
def cloud():
    with mockcloud.start() as running:
        yield running


def result_of(adapter, cloud, check):
    options = Options(checks=(check,))
    offer = offer_of(adapter, CONTRACTS)
    [item] = battery(offer, options)
    with open_session(offer, cloud, options).open() as session:
        return run_item(session, item, options)


def test_a_time_in_a_member_that_a_plain_request_leaves_out_is_tried(cloud):
    result = result_of(Correct, cloud, "TIME")

    # Four times, three moments each, in two zones.
    assert (result.word, result.judged, result.findings) == ("ok", 24, [])


def test_a_local_time_in_such_a_member_is_found(cloud):
    [finding] = result_of(BUGGY["LocalTimes"], cloud, "TIME").findings

    assert "sent {'After': '2018-10-01T18:00:00Z'" in finding.cases[0].client


@pytest.mark.parametrize(
    ("sent", "changes"),
    [
        ("2018-10-01T02:00:00Z", []),
        ("2018-10-01T10:00:00+08:00", []),
        (
            "2018-10-01T10:00:00Z",
            ["CreateTime.After: asked '2018-10-01T10:00:00+08:00', sent '2018-10-01T10:00:00Z'"],
        ),
        ("soon", ["CreateTime.After: asked '2018-10-01T10:00:00+08:00', sent 'soon'"]),
    ],
)
def test_a_moment_may_be_told_in_another_zone(sent, changes):
    asked = {"CreateTime": {"After": "2018-10-01T10:00:00+08:00"}}

    assert differences(VOD.operations["DescribeTasks"], asked, {"CreateTime": {"After": sent}}) == changes


def test_what_tells_a_failed_part_from_a_good_one_is_never_hidden():
    needed = needed_members(VOD, VOD.operations["DescribeTaskDetail"])

    part = "ProcedureTask.MediaProcessResultSet.AnimatedGraphicTask"
    assert {f"{part}.Status", f"{part}.Output.Url"} <= needed


def test_a_rule_about_what_is_named_is_tried_with_something_that_exists():
    operation = VOD.operations["ProcessMedia"]
    points = [point for point in PointMaker(operation, VOD).points() if point.rule == f"{operation.id}.media-named"]

    named = {point.parameters.get("FileId") for point in points if point.polarity == "valid"}

    assert named == {"5285890784246869930", None}

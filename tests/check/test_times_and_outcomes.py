"""Times within optional members, moments in another zone, hidden outcomes, and texts that name what exists."""

from __future__ import annotations

from datetime import datetime

import pytest

import mockcloud
from mockcloud.check.battery import Options, battery, offer_of, open_session, run_item
from mockcloud.check.catalog.reader import needed_members
from mockcloud.check.compare import differences
from mockcloud.check.points import PointMaker
from mockcloud.contract.load import Contracts
from tests.clients.alibaba_multimediaai import rpc
from tests.clients.alibaba_multimediaai.adapter import Gifs
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

    # Four times, three moments each, in two zones; and a plain call in two.
    assert (result.word, result.judged, result.findings) == ("ok", 26, [])


def test_a_local_time_in_such_a_member_is_found(cloud):
    [finding] = result_of(BUGGY["LocalTimes"], cloud, "TIME").findings

    assert "sent {'After': '2018-10-01T18:00:00Z'" in finding.cases[0].client


class LocalDates(datetime):
    @classmethod
    def now(cls, tz=None):
        return super().now()


def test_a_request_that_is_dated_in_local_time_is_found(cloud, monkeypatch):
    assert result_of(Gifs, cloud, "TIME").findings == []

    monkeypatch.setattr(rpc, "datetime", LocalDates)
    [finding] = result_of(Gifs, cloud, "TIME").findings

    assert finding.title == "a request is dated by the local time zone"
    assert [case.label for case in finding.cases] == ["14 hours ahead of UTC", "12 hours behind UTC"]


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

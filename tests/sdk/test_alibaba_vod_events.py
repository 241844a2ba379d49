"""Events, received by a real HTTP server."""

import json
import time

import pytest

from .alibaba_vod import SUBMIT, VIDEO, Vod
from .alibaba_vod_receiver import receiving


@pytest.fixture(autouse=True)
def _still(mockcloud):
    mockcloud.clock.freeze()


@pytest.fixture
def vod(mockcloud):
    return Vod("tea", mockcloud)


def _configured(vod, receiver, **more):
    vod("SetMessageCallback", CallbackType="HTTP", CallbackURL=receiver.url, EventTypeList="ALL", **more)


def test_event_arrives_once_the_image_is_there(vod, mockcloud):
    with receiving() as receiver:
        _configured(vod, receiver)
        job = vod("SubmitDynamicImageJob", **SUBMIT)["DynamicImageJob"]["JobId"]
        assert receiver.posts == []
        mockcloud.clock.advance(3)

        (event,) = receiver.events
    ((path, headers, _),) = receiver.posts
    assert path == "/hook?from=vod"
    assert headers["Content-Type"].startswith("application/json")
    assert "X-VOD-SIGNATURE" not in headers
    (image,) = vod("ListDynamicImage", VideoId=VIDEO)["DynamicImageList"]
    assert (event["EventType"], event["Status"]) == ("DynamicImageComplete", "success")
    assert (event["JobId"], event["VideoId"], event["EventTime"]) == (job, VIDEO, image["CreationTime"])
    assert json.loads(event["DynamicImageJobInfo"])["Width"] == image["Width"]


def test_signature_holds_over_the_configured_address(vod, mockcloud):
    with receiving() as receiver:
        _configured(vod, receiver, AuthSwitch="on", AuthKey="Abc123")
        vod("SubmitDynamicImageJob", **SUBMIT)
        vod("SubmitSnapshotJob", VideoId=VIDEO, Count=2)
        mockcloud.clock.advance(3600)

        assert receiver.signed("Abc123") == [True, True]
        assert receiver.signed("Abc124") == [False, False]
    _, headers, _ = receiver.posts[0]
    assert headers["X-VOD-TIMESTAMP"].isdigit()
    assert len(headers["X-VOD-TIMESTAMP"]) == 10
    # Receivers hold the time against their own clock, however far the mock's has moved.
    assert abs(time.time() - int(headers["X-VOD-TIMESTAMP"])) < 300


def test_snapshot_event(vod, mockcloud):
    with receiving() as receiver:
        _configured(vod, receiver)
        given = {"UserData": '{"Extend":{"localId":"xxx"}}'}
        job = vod("SubmitSnapshotJob", VideoId=VIDEO, Count=2, Interval=1, **given)["SnapshotJob"]["JobId"]
        mockcloud.clock.advance(3)

        (event,) = receiver.events
    assert (event["EventType"], event["SubType"], event["Status"]) == ("SnapshotComplete", "SpecifiedTime", "success")
    assert [(info["JobId"], info["SnapshotCount"]) for info in event["SnapshotInfos"]] == [(job, 2)]
    assert event["Extend"] == '{"localId":"xxx"}'


@pytest.mark.parametrize("status", [201, 204, 302, 400, 500, 503])
def test_only_200_is_success(vod, mockcloud, status):
    with receiving(status, status) as receiver:
        _configured(vod, receiver)
        vod("SubmitDynamicImageJob", **SUBMIT)
        mockcloud.clock.advance(10)

        assert len(receiver.posts) == 3
        assert len({body for _, _, body in receiver.posts}) == 1
    (delivery,) = mockcloud.callbacks
    assert [attempt["status"] for attempt in delivery["attempts"]] == [status, status, 200]
    assert delivery["outcome"] == "delivered"


def test_event_is_dropped_after_three_attempts_a_second_apart(vod, mockcloud):
    with receiving(500, 500, 500) as receiver:
        _configured(vod, receiver)
        vod("SubmitDynamicImageJob", **SUBMIT)
        mockcloud.clock.advance(2)
        assert len(receiver.posts) == 1
        mockcloud.clock.advance(0.9)
        assert len(receiver.posts) == 1
        mockcloud.clock.advance(0.2)
        assert len(receiver.posts) == 2
        mockcloud.clock.advance(1)
        assert len(receiver.posts) == 3
        mockcloud.clock.advance(60)
        assert len(receiver.posts) == 3
    (delivery,) = mockcloud.callbacks
    assert delivery["outcome"] == "failed"


def test_event_of_a_job_that_was_made_to_fail(vod, mockcloud):
    with receiving() as receiver:
        _configured(vod, receiver)
        job = vod("SubmitDynamicImageJob", **SUBMIT)["DynamicImageJob"]["JobId"]
        mockcloud.task(job).fail("InternalError")
        mockcloud.clock.advance(10)

        (event,) = receiver.events
    assert (event["Status"], event["JobId"], event["ErrorCode"]) == ("fail", job, "InternalError")
    assert event["ErrorMessage"] == "The request processing has failed due to some unknown error."
    assert "DynamicImageJobInfo" not in event
    assert vod("ListDynamicImage", VideoId=VIDEO)["DynamicImageList"] == []


def test_switched_off_events_do_not_come(vod, mockcloud):
    with receiving() as receiver:
        vod("SetMessageCallback", CallbackURL=receiver.url, EventTypeList="SnapshotComplete")
        vod("SubmitDynamicImageJob", **SUBMIT)
        vod("SubmitSnapshotJob", VideoId=VIDEO)
        mockcloud.clock.advance(10)

        assert [event["EventType"] for event in receiver.events] == ["SnapshotComplete"]


def test_upload_names_an_address_of_its_own(vod, mockcloud):
    with receiving() as common, receiving() as own:
        _configured(vod, common, AuthSwitch="on", AuthKey="Abc123")
        wish = json.dumps({"MessageCallback": {"CallbackURL": own.url}, "Extend": "mine"})
        key = vod("CreateUploadVideo", FileName="a.mp4", Title="t", UserData=wish)["VideoId"]
        mockcloud.seed("alibaba-vod", "video", VideoId=key, Status="Normal")
        vod("SubmitDynamicImageJob", **{**SUBMIT, "VideoId": key})
        mockcloud.clock.advance(3)

        assert common.posts == []
        assert [event["Extend"] for event in own.events] == ["mine"]
        assert own.signed("Abc123") == [True]


def test_reset_takes_back_what_is_owed(vod, mockcloud):
    with receiving() as receiver:
        _configured(vod, receiver)
        vod("SubmitDynamicImageJob", **SUBMIT)
        mockcloud.reset()
        mockcloud.clock.advance(10)

        assert receiver.posts == []
    assert mockcloud.callbacks == []

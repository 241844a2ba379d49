"""Jobs of a video, and how they fail."""

import pytest

from mockcloud.providers.alibaba.vod_jobs import failure_of, jobs_of, nothing_left

from .vod_case import TEMPLATE, VIDEO, Vod


@pytest.fixture
def vod():
    return Vod()


@pytest.fixture
def job(vod):
    answer = vod("SubmitDynamicImageJob", VideoId=VIDEO, DynamicImageTemplateId=TEMPLATE)
    return vod.state.tasks.get(answer["DynamicImageJob"]["JobId"])


def test_jobs_are_kept_by_video_and_kind(vod, job):
    snapshot = vod("SubmitSnapshotJob", VideoId=VIDEO)["SnapshotJob"]["JobId"]
    video, other = {"VideoId": VIDEO}, {"VideoId": "other"}

    assert jobs_of(video, "SubmitDynamicImageJob", vod.state) == [job]
    assert [task.id for task in jobs_of(video, "SubmitSnapshotJob", vod.state)] == [snapshot]
    assert jobs_of(other, "SubmitSnapshotJob", vod.state) == []


def test_a_job_fails_with_what_was_asked_for(vod, job):
    job.failure = {"code": "NoSuchResource", "message": "gone"}
    assert failure_of(job, vod.state) == {"ErrorCode": "NoSuchResource", "ErrorMessage": "gone"}


def test_the_message_of_a_known_code_need_not_be_given(vod, job):
    job.failure = {"code": "Forbidden", "message": ""}
    told = failure_of(job, vod.state)
    assert told == {
        "ErrorCode": "Forbidden",
        "ErrorMessage": "User not authorized to operate on the specified resource.",
    }


def test_without_a_reason_it_is_an_internal_error(vod, job):
    told = failure_of(job, vod.state)
    assert told == {
        "ErrorCode": "InternalError",
        "ErrorMessage": "The request processing has failed due to some unknown error.",
    }


def test_nothing_left_names_the_parameter(vod):
    told = nothing_left(vod.state, "Clip")
    assert told == {"code": "InvalidParameter", "message": 'The specified parameter "Clip" is not valid.'}

"""Animated images: who may have one, how it follows from template and overrides, list and deletion."""

import json
import re

import pytest

from mockcloud.providers.alibaba.vod_images import clip_length, frame_size, laid_over

from .vod_case import (
    ILLEGAL_STATUS,
    NO_VIDEO,
    SNAPSHOT_TEMPLATE,
    TEMPLATE,
    VIDEO,
    Vod,
    invalid,
    missing,
    no_resource,
)

JOB = {"VideoId": VIDEO, "DynamicImageTemplateId": TEMPLATE}
SUBMIT = "SubmitDynamicImageJob"


@pytest.fixture
def vod():
    return Vod()


def _images(vod, video=VIDEO):
    return vod("ListDynamicImage", VideoId=video)["DynamicImageList"]


def test_image_is_listed_when_its_job_has_succeeded(vod):
    job = vod(SUBMIT, **JOB)["DynamicImageJob"]["JobId"]
    assert _images(vod) == []
    vod.advance(1.9)
    assert _images(vod) == []
    vod.advance(0.2)

    (image,) = _images(vod)

    url = image.pop("FileURL")
    key = image.pop("DynamicImageId")
    assert image == {
        "VideoId": VIDEO,
        "JobId": job,
        "FileSize": "77760",
        "Format": "gif",
        "Width": "480",
        "Height": "270",
        "Fps": "10",
        "Duration": "3",
        "CreationTime": "2020-09-13T12:26:42Z",
    }
    assert re.fullmatch(rf"https://[^/]+/{VIDEO}/image/dynamic/{key}\.gif\?auth_key=1600003602-0-0-[0-9a-f]{{32}}", url)


def test_oldest_job_is_listed_first(vod):
    jobs = [vod(SUBMIT, **JOB)["DynamicImageJob"]["JobId"] for _ in range(3)]
    vod.advance(10)
    assert [image["JobId"] for image in _images(vod)] == jobs


def test_failed_job_leaves_no_image(vod):
    job = vod(SUBMIT, **JOB)["DynamicImageJob"]["JobId"]
    vod.state.force(vod.state.tasks.get(job), "fail", {"code": "InternalError"})
    vod.advance(10)
    assert _images(vod) == []


def test_every_look_at_the_list_is_a_step_in_the_mode_polls():
    vod = Vod(progress=_polls())
    vod(SUBMIT, **JOB)
    assert [len(_images(vod)) for _ in range(4)] == [0, 0, 1, 1]


def _polls():
    from mockcloud.tasks import Progress

    return Progress.parse("polls:1")


@pytest.mark.parametrize("status", ["UploadSucc", "Transcoding", "Normal", "Checking", "Blocked"])
def test_permitted_states(vod, status):
    vod.seed("video", VideoId="v", Status=status)
    assert "DynamicImageJob" in vod(SUBMIT, VideoId="v", DynamicImageTemplateId=TEMPLATE)


@pytest.mark.parametrize("status", ["Uploading", "UploadFail", "TranscodeFail", "ProduceFail"])
def test_other_states(vod, status):
    vod.seed("video", VideoId="v", Status=status)
    assert vod.refused(SUBMIT, VideoId="v", DynamicImageTemplateId=TEMPLATE) == ILLEGAL_STATUS
    assert status in vod.last.detail


@pytest.mark.parametrize("name", ["VideoId", "DynamicImageTemplateId"])
@pytest.mark.parametrize("value", [None, ""])
def test_required_parameters(vod, name, value):
    assert vod.refused(SUBMIT, **{**JOB, name: value}) == missing(name)


def test_unknown_resources(vod):
    assert vod.refused(SUBMIT, **{**JOB, "VideoId": "x"}) == NO_VIDEO
    assert vod.refused(SUBMIT, **{**JOB, "DynamicImageTemplateId": "x"}) == no_resource("x")
    assert vod.refused(SUBMIT, **{**JOB, "DynamicImageTemplateId": SNAPSHOT_TEMPLATE}) == no_resource(SNAPSHOT_TEMPLATE)


def test_order_of_the_checks(vod):
    vod.seed("video", VideoId="v", Status="Uploading")
    wrong = {"VideoId": "x", "DynamicImageTemplateId": "x", "OverrideParams": "{"}
    assert vod.refused(SUBMIT, **{**wrong, "DynamicImageTemplateId": ""}) == missing("DynamicImageTemplateId")
    assert vod.refused(SUBMIT, **wrong) == invalid("OverrideParams")
    assert vod.refused(SUBMIT, **{**wrong, "OverrideParams": "{}"}) == NO_VIDEO
    assert vod.refused(SUBMIT, VideoId="v", DynamicImageTemplateId="x") == no_resource("x")
    assert vod.refused(SUBMIT, VideoId="v", DynamicImageTemplateId=TEMPLATE) == ILLEGAL_STATUS


@pytest.mark.parametrize(
    "overrides",
    [
        "{not json",
        "[]",
        '"x"',
        '{"Watermarks":"w"}',
        '{"Watermarks":["w"]}',
        '{"Watermarks":[{"Content":"no id"}]}',
        '{"Watermarks":[{"WatermarkId":""}]}',
        '{"SubtitleSetting":{"SubtitleList":[{"SubtitleUrl":"http://x/y.srt","CharEncode":"latin1"}]}}',
        '{"Video":{"Width":"127"}}',
        '{"Video":{"Height":"4097"}}',
        '{"Video":{"Fps":"0"}}',
        '{"Container":{"Format":"png"}}',
        '{"Clip":{"TimeSpan":{"Seek":"86400"}}}',
        '{"SetDefaultCover":"yes"}',
    ],
)
def test_overrides_that_cannot_be(vod, overrides):
    assert vod.refused(SUBMIT, **JOB, OverrideParams=overrides) == invalid("OverrideParams")


@pytest.mark.parametrize(
    "overrides",
    [
        "{}",
        '{"Watermarks":[{"Content":"用户ID：66666","WatermarkId":"8ca03c884944bd0*****5efccc312367"}]}',
        '{"Anything":[1]}',
    ],
)
def test_overrides_without_effect_on_the_image(vod, overrides):
    assert vod.made(OverrideParams=overrides)["Width"] == "480"


def test_overrides_are_laid_over_the_template(vod):
    overrides = {"Video": {"Width": "640", "Fps": 23.976}, "Container": {"Format": "webp"}}
    image = vod.made(OverrideParams=json.dumps(overrides))

    assert (image["Width"], image["Height"], image["Fps"], image["Format"]) == ("640", "270", "23.976", "webp")
    assert ".webp?auth_key=" in image["FileURL"]


@pytest.mark.parametrize(
    ("span", "length"),
    [
        ({"Seek": "10"}, "3"),
        ({"Duration": "00:00:05.250"}, "5.25"),
        ({"Seek": "58"}, "2"),
        ({"Seek": "10", "End": "20"}, "30"),
        ({"Seek": "10", "Duration": "1", "End": "45.5"}, "4.5"),
    ],
)
def test_length_of_the_cut(vod, span, length):
    assert vod.image(**span)["Duration"] == length


def test_cut_behind_the_end_fails(vod):
    vod("SetMessageCallback", CallbackURL="http://127.0.0.1:9/", EventTypeList="ALL")
    vod(SUBMIT, **JOB, OverrideParams='{"Clip":{"TimeSpan":{"Seek":"60"}}}')
    vod.advance(10)

    (event,) = vod.events()
    assert (event["Status"], event["ErrorCode"]) == ("fail", "InvalidParameter")
    assert event["ErrorMessage"] == 'The specified parameter "Clip" is not valid.'
    assert _images(vod) == []


@pytest.mark.parametrize(
    ("span", "length"),
    [
        ({"Seek": "0", "Duration": "5"}, 5.0),
        ({"Seek": "0", "Duration": "100"}, 60.0),
        ({"Seek": 55.5, "Duration": "5"}, 4.5),
        ({"Seek": "0", "End": "60"}, 0.0),
        ({"Seek": "70", "End": "0"}, 0.0),
        ({"Seek": "00:00:30", "Duration": "1", "End": "10"}, 20.0),
    ],
)
def test_clip_of_a_minute(span, length):
    assert clip_length(span, 60.0) == pytest.approx(length)


@pytest.mark.parametrize(
    ("wanted", "size"),
    [
        ({}, (1280, 720)),
        ({"Width": "640"}, (640, 360)),
        ({"Height": 128}, (228, 128)),
        ({"Width": "200", "Height": "200"}, (200, 200)),
    ],
)
def test_size_keeps_the_ratio(wanted, size):
    assert frame_size(wanted, {"Width": 1280, "Height": 720}) == size


def test_laying_over_changes_neither_side():
    below, above = {"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"b": 9}, "d": {"e": 4}}
    assert laid_over(below, above) == {"a": {"b": 9, "c": 2}, "d": {"e": 4}}
    assert (below, above) == ({"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"b": 9}, "d": {"e": 4}})


def test_default_cover_becomes_the_cover_of_the_video(vod):
    before = vod("GetVideoInfo", VideoId=VIDEO)["Video"]["CoverURL"]
    vod.made(OverrideParams='{"SetDefaultCover":"false"}')
    assert vod("GetVideoInfo", VideoId=VIDEO)["Video"]["CoverURL"] == before

    image = vod.made(OverrideParams='{"SetDefaultCover":"true"}')
    assert vod("GetVideoInfo", VideoId=VIDEO)["Video"]["CoverURL"] == image["FileURL"].partition("?")[0]


def test_deleting_by_id_leaves_the_others(vod):
    keys = [vod.made()["DynamicImageId"] for _ in range(3)]
    assert vod("DeleteDynamicImage", VideoId=VIDEO, DynamicImageIds=f"{keys[0]},{keys[2]},unknown") == {}
    assert [image["DynamicImageId"] for image in _images(vod)] == [keys[1]]


def test_deleting_all_of_a_video(vod):
    vod.made()
    vod.made()
    vod("DeleteDynamicImage", VideoId=VIDEO)
    assert _images(vod) == []


@pytest.mark.parametrize(("count", "is_refused"), [(10, False), (11, True)])
def test_all_can_be_meant_up_to_ten(vod, count, is_refused):
    for _ in range(count):
        vod(SUBMIT, **JOB)
    vod.advance(10)

    if is_refused:
        assert vod.refused("DeleteDynamicImage", VideoId=VIDEO) == invalid("DynamicImageIds")
        assert "11 animated images" in vod.last.detail
    else:
        vod("DeleteDynamicImage", VideoId=VIDEO)
    assert len(_images(vod)) == (count if is_refused else 0)


@pytest.mark.parametrize(("count", "is_refused"), [(10, False), (11, True)])
def test_ids_can_be_named_up_to_ten(vod, count, is_refused):
    ids = ",".join(f"{number:032x}" for number in range(count))
    if is_refused:
        told = vod.refused("DeleteDynamicImage", VideoId=VIDEO, DynamicImageIds=ids)
        assert told == invalid("DynamicImageIds")
    else:
        assert vod("DeleteDynamicImage", VideoId=VIDEO, DynamicImageIds=ids) == {}


@pytest.mark.parametrize("action", ["ListDynamicImage", "DeleteDynamicImage"])
def test_unknown_video(vod, action):
    assert vod.refused(action, VideoId="x") == NO_VIDEO
    assert vod.refused(action) == missing("VideoId")


def test_images_go_with_their_video(vod):
    vod.seed("video", VideoId="v")
    vod.made(VideoId="v")
    vod("DeleteVideo", VideoIds="v")
    vod.seed("video", VideoId="v")
    assert _images(vod, "v") == []

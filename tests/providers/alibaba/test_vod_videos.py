"""Videos: looked up, listed, uploaded, deleted."""

import base64
import json

import pytest

from .vod_case import NO_VIDEO, START, VIDEO, Vod, invalid, missing

MASKED = "7d2fbc3e273441*****bdb0e08e55f"


@pytest.fixture
def vod():
    return Vod()


def _ids(answer):
    return [video["VideoId"] for video in answer["VideoList"]["Video"]]


def test_one_video(vod):
    given = {"Title": "t", "Description": "d", "Duration": 135.6, "Size": 453, "CateId": 781111, "Tags": "a,b"}
    vod.seed("video", VideoId="v", **given)

    told = vod("GetVideoInfo", VideoId="v")["Video"]

    assert told == {
        **given,
        "VideoId": "v",
        "Status": "Normal",
        "AuditStatus": "Normal",
        "CoverURL": "https://outin-mockcloud.oss-cn-shanghai.aliyuncs.com/v/covers/v-00001.jpg",
        "CreationTime": START,
        "ModificationTime": START,
        "StorageLocation": "outin-mockcloud.oss-cn-shanghai.aliyuncs.com",
        "RegionId": "cn-shanghai",
        "AppId": "app-1000000",
        "DownloadSwitch": "on",
        "Snapshots": {"Snapshot": []},
    }


def test_video_by_its_reference(vod):
    vod.seed("video", VideoId="v", ReferenceId="my-reference_6")
    told = vod("GetVideoInfo", ReferenceId="my-reference_6")["Video"]
    assert (told["VideoId"], told["ReferenceId"]) == ("v", "my-reference_6")


def test_unknown_video(vod):
    assert vod.refused("GetVideoInfo", VideoId="x") == NO_VIDEO
    assert vod.refused("GetVideoInfo", ReferenceId="not-there") == NO_VIDEO
    assert vod.refused("GetVideoInfo") == missing("VideoId")
    assert vod.refused("GetVideoInfo", ReferenceId="short") == invalid("ReferenceId")
    assert vod.refused("GetVideoInfo", ReferenceId="not allowed") == invalid("ReferenceId")


def test_several_videos_and_the_missing_ones(vod):
    vod.seed("video", VideoId="v", Snapshots=["http://x/1.jpg"])
    told = vod("GetVideoInfos", VideoIds=f"v,x,{VIDEO}")
    assert [video["VideoId"] for video in told["VideoList"]] == ["v", VIDEO]
    assert told["VideoList"][0]["Snapshots"] == ["http://x/1.jpg"]
    assert told["NonExistVideoIds"] == ["x"]
    assert "NonExistReferenceIds" not in told


def test_several_videos_by_reference(vod):
    vod.seed("video", VideoId="v", ReferenceId="reference-1")
    told = vod("GetVideoInfos", ReferenceIds="reference-1,reference-2", VideoIds="v")
    assert [video["VideoId"] for video in told["VideoList"]] == ["v"]
    assert (told["NonExistVideoIds"], told["NonExistReferenceIds"]) == ([], ["reference-2"])


@pytest.mark.parametrize("action", ["GetVideoInfos", "DeleteVideo"])
def test_none_exists(vod, action):
    assert vod.refused(action, VideoIds="x,y") == NO_VIDEO
    assert vod.refused(action, ReferenceIds="reference-2") == NO_VIDEO
    assert vod.refused(action) == missing("VideoIds")


@pytest.mark.parametrize("action", ["GetVideoInfos", "DeleteVideo"])
def test_at_most_twenty_ids(vod, action):
    twenty = ",".join([VIDEO, *(f"x{number}" for number in range(19))])
    assert len(vod(action, VideoIds=twenty)["NonExistVideoIds"]) == 19
    told = (400, "VideoIdsExceededMax", "The VideoIds exceeded maximum.")
    assert vod.refused(action, VideoIds=f"{twenty},one-more") == told
    assert vod.refused(action, ReferenceIds=f"{twenty},one-more") == invalid("ReferenceIds")


def test_deleted_videos_are_gone(vod):
    told = vod("DeleteVideo", VideoIds=f"{VIDEO},x")
    assert told == {"NonExistVideoIds": ["x"], "ForbiddenVideoIds": []}
    assert vod.refused("GetVideoInfo", VideoId=VIDEO) == NO_VIDEO


def test_newest_video_is_listed_first(vod):
    vod.seed("video", VideoId="old", CreationTime="2020-01-01T00:00:00Z")
    vod.seed("video", VideoId="new", CreationTime="2020-12-01T00:00:00Z")
    assert _ids(vod("GetVideoList"))[0] == "new"
    assert _ids(vod("GetVideoList"))[-1] == "old"
    assert _ids(vod("GetVideoList", SortBy="CreationTime:Asc"))[0] == "old"
    assert vod("GetVideoList")["Total"] == 4


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"Status": "Blocked"}, ["a"]),
        ({"Status": "Blocked,Checking"}, ["b", "a"]),
        ({"Status": "ProduceFail"}, []),
        ({"CateId": 7}, ["b"]),
        ({"StorageLocation": "elsewhere.oss.com"}, ["a"]),
        ({"ReferenceIds": "reference-b,reference-c"}, ["b"]),
        ({"StartTime": "2017-01-02T00:00:00Z", "EndTime": "2017-01-03T00:00:00Z"}, ["b"]),
        ({"EndTime": "2017-01-01T00:00:00Z"}, ["a"]),
    ],
)
def test_filters_of_the_list(vod, wanted, found):
    first = {"Status": "Blocked", "StorageLocation": "elsewhere.oss.com", "CreationTime": "2017-01-01T00:00:00Z"}
    second = {"Status": "Checking", "CateId": 7, "ReferenceId": "reference-b", "CreationTime": "2017-01-02T00:00:00Z"}
    vod.seed("video", VideoId="a", **first)
    vod.seed("video", VideoId="b", **second)
    told = vod("GetVideoList", **wanted)
    assert (_ids(told), told["Total"]) == (found, len(found))


def test_pages_hold_every_video_once(vod):
    for number in range(23):
        vod.seed("video", VideoId=f"v{number}")
    pages = [_ids(vod("GetVideoList", PageNo=number)) for number in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [10, 10, 5, 0]
    assert len({key for page in pages for key in page}) == 25


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PageSize", 101),
        ("PageSize", 0),
        ("PageNo", 0),
        ("SortBy", "Title:Asc"),
        ("Status", "Normal,Gone"),
        ("StartTime", "2017-01-11"),
        ("EndTime", "2017-02-30T00:00:00Z"),
        ("CateId", "x"),
    ],
)
def test_lists_that_cannot_be(vod, name, value):
    assert vod.refused("GetVideoList", **{name: value}) == invalid(name)


@pytest.mark.parametrize("end", ["2017-01-11T12:00:00Z", "2017-01-11T11:59:59Z"])
def test_end_is_later_than_start(vod, end):
    assert vod.refused("GetVideoList", StartTime="2017-01-11T12:00:00Z", EndTime=end) == invalid("EndTime")


def test_list_ends_with_the_first_five_thousand(vod):
    assert _ids(vod("GetVideoList", PageNo=50, PageSize=100)) == []
    told = (400, "VideoListExceededMax", "The video list exceeded maximum.")
    assert vod.refused("GetVideoList", PageNo=51, PageSize=100) == told
    assert vod.refused("GetVideoList", PageNo=501) == told


def test_upload_creates_a_video(vod):
    told = vod("CreateUploadVideo", FileName="D:\\clip.MP4", Title="t", Tags="a,b", FileSize=123, CateId=5)

    video = vod("GetVideoInfo", VideoId=told["VideoId"])["Video"]
    assert (video["Status"], video["Title"], video["Tags"], video["Size"]) == ("Uploading", "t", "a,b", 123)
    assert (video["CateId"], video["Duration"]) == (5, 0)
    address, auth = (json.loads(base64.b64decode(told[name])) for name in ("UploadAddress", "UploadAuth"))
    assert address["Bucket"] == "outin-mockcloud"
    assert address["Endpoint"] == "https://oss-cn-shanghai.aliyuncs.com"
    assert address["FileName"].endswith(".mp4")
    assert auth.keys() == {"AccessKeyId", "AccessKeySecret", "SecurityToken", "Expiration"}
    assert auth["Expiration"] == "2020-09-13T13:16:40Z"


def test_upload_ends_when_the_video_is_seeded_with_another_state(vod):
    key = vod("CreateUploadVideo", FileName="a.mp4", Title="kept")["VideoId"]
    vod.seed("video", VideoId=key, Status="UploadSucc")
    video = vod("GetVideoInfo", VideoId=key)["Video"]
    assert (video["Status"], video["Title"], video["Duration"]) == ("UploadSucc", "kept", 60)


@pytest.mark.parametrize("name", ["FileName", "Title"])
def test_required_parameters_of_an_upload(vod, name):
    given = {"FileName": "a.mp4", "Title": "t", name: ""}
    assert vod.refused("CreateUploadVideo", **given) == missing(name)


@pytest.mark.parametrize("name", ["clip", "clip.", "clip.exe", "mp4", "clip.mp4.txt"])
def test_extension_has_to_be_known(vod, name):
    told = (400, "InvalidFileName.Extension", "The specified FileName's extension is illegal.")
    assert vod.refused("CreateUploadVideo", FileName=name, Title="t") == told


@pytest.mark.parametrize(
    ("name", "most", "told"),
    [
        ("Title", 128, "The specified Title length has exceeded 128 bytes."),
        ("Description", 1024, "The specified Description length has exceeded 1024 bytes."),
        ("Tags", 32, "The specified Tags length has exceeded 32 bytes."),
    ],
)
def test_lengths_are_counted_in_characters(vod, name, most, told):
    given = {"FileName": "a.mp4", "Title": "t"}
    assert vod("CreateUploadVideo", **{**given, name: "视" * most})
    assert vod.refused("CreateUploadVideo", **{**given, name: "视" * (most + 1)}) == (400, "LengthExceededMax", told)


def test_at_most_sixteen_tags(vod):
    given = {"FileName": "a.mp4", "Title": "t"}
    tags = [f"tag{number}" for number in range(17)]
    assert vod("CreateUploadVideo", **given, Tags=",".join(tags[:16]))
    told = (400, "TagsExceededMax", "The specified Tags count has exceeded 16.")
    assert vod.refused("CreateUploadVideo", **given, Tags=",".join(tags)) == told


@pytest.mark.parametrize("name", ["Title", "Description", "Tags"])
def test_emoticons_are_refused(vod, name):
    told = (400, "IllegalCharacters", f"The specified {name} contains illegal emoticon or special characters.")
    given = {"FileName": "a.mp4", "Title": "t", name: "smile \U0001f600"}
    assert vod.refused("CreateUploadVideo", **given) == told


def test_reference_is_used_once(vod):
    given = {"FileName": "a.mp4", "Title": "t", "ReferenceId": "reference-1"}
    vod("CreateUploadVideo", **given)
    assert vod.refused("CreateUploadVideo", **given) == invalid("ReferenceId")
    assert vod.last.reason == "alibaba-vod.CreateUploadVideo.reference-unused"


def test_seeded_video_gets_defaults(vod):
    video = vod.seed("video")
    assert len(video["VideoId"]) == 32
    assert (video["Status"], video["Duration"], video["Width"], video["Height"]) == ("Normal", 60.0, 1280, 720)


def test_fresh_server_has_the_ids_of_the_reference_page(vod):
    assert set(_ids(vod("GetVideoList"))) == {VIDEO, MASKED}

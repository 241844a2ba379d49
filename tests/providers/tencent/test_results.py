"""What the parts of a task make: spans, sizes, addresses, and why they fail."""

from __future__ import annotations

import pytest

from mockcloud.providers import stock
from mockcloud.providers.tencent import results

from .raw import GIF, MEDIA, Cloud

SAME = {"Width": 0, "Height": 0, "ResolutionAdaptive": "open"}


@pytest.fixture
def cloud() -> Cloud:
    return Cloud(progress="immediate")


def _part(cloud: Cloud, part: str, entry: dict, **media: object) -> dict:
    file_id = MEDIA
    if media:
        file_id = stock(cloud.state, "media", {"FileId": "42", **media})["FileId"]
    task = cloud.ok("ProcessMedia", FileId=file_id, MediaProcessTask={part: [entry]})["TaskId"]
    (found,) = cloud.parts(task)
    return found


@pytest.mark.parametrize(
    ("start", "end", "span"),
    [
        (None, None, (0, 60)),
        (0, 0, (0, 60)),
        (2, 5, (2, 5)),
        (-5, 0, (55, 60)),
        (-5, -1, (55, 59)),
        (3, None, (3, 60)),
        (3.5, -0.5, (3.5, 59.5)),
        (0, 99, (0, 60)),
        (-99, 5, (0, 5)),
        (59.999, 60, (59.999, 60)),
    ],
)
def test_span(start, end, span):
    entry = {name: value for name, value in (("StartTimeOffset", start), ("EndTimeOffset", end)) if value is not None}
    assert results.span(entry, 60) == span


@pytest.mark.parametrize(
    ("start", "end"), [(5, 5), (5, 2), (60, 0), (61, 0), (99, 100), (-1, -5), (-5, -5), (0, -60), (0, -61), (5, -56)]
)
def test_a_span_that_holds_nothing(start, end):
    with pytest.raises(results.Failed) as caught:
        results.span({"StartTimeOffset": start, "EndTimeOffset": end}, 60)
    assert caught.value.code == "InvalidInput.InvalidTimeOffset"


@pytest.mark.parametrize(
    ("template", "source", "made"),
    [
        ({}, (640, 480), (640, 480)),
        ({"Width": 320}, (640, 480), (320, 240)),
        ({"Height": 240}, (640, 480), (320, 240)),
        ({"Width": 320, "Height": 320}, (640, 480), (320, 320)),
        ({"Width": 320}, (480, 640), (240, 320)),
        ({"Height": 240}, (480, 640), (240, 320)),
        ({"Width": 320, "Height": 128}, (480, 640), (128, 320)),
        ({"Width": 320, "ResolutionAdaptive": "close"}, (480, 640), (320, 426)),
        ({"Height": 240, "ResolutionAdaptive": "close"}, (480, 640), (180, 240)),
        ({"Width": 320, "Height": 128, "ResolutionAdaptive": "close"}, (480, 640), (320, 128)),
        ({"Width": 321}, (640, 480), (321, 240)),
        ({"Width": 4096}, (4000, 1), (4096, 2)),
    ],
)
def test_frame(template, source, made):
    assert results.frame({**SAME, **template}, *source) == made


def test_an_animated_image_as_in_the_starting_document(cloud):
    part = _part(cloud, "AnimatedGraphicTaskSet", GIF)
    output = part["Output"]
    assert (part["Status"], part["ErrCode"], part["ErrCodeExt"], part["Message"]) == ("SUCCESS", 0, "", "SUCCESS")
    assert part["Input"] == GIF
    assert output["Url"] == "http://1256768367.vod2.myqcloud.com/xxx/xxx/v.f20001.webp"
    assert (output["Definition"], output["Container"]) == (20001, "webp")
    assert (output["Width"], output["Height"]) == (640, 480)
    assert (output["StartTimeOffset"], output["EndTimeOffset"]) == (2, 5)
    assert output["Bitrate"] == int(output["Size"] * 8 / 3)
    assert len(output["Md5"]) == 32


def test_the_same_call_makes_the_same_file_and_another_span_another(cloud):
    first, again = _part(cloud, "AnimatedGraphicTaskSet", GIF), _part(cloud, "AnimatedGraphicTaskSet", GIF)
    other = _part(cloud, "AnimatedGraphicTaskSet", {**GIF, "EndTimeOffset": 6})
    assert first["Output"] == again["Output"]
    assert first["Output"]["Md5"] != other["Output"]["Md5"]
    assert first["Output"]["Size"] < other["Output"]["Size"]


@pytest.mark.parametrize(
    ("entry", "media", "code", "number", "message"),
    [
        ({"Definition": 7}, {}, "InvalidInput.DefinitionNotExist", 40000, "the template does not exist"),
        (
            {"Definition": 20000, "StartTimeOffset": 5, "EndTimeOffset": 2},
            {},
            "InvalidInput.InvalidTimeOffset",
            40000,
            "the time offset is not valid",
        ),
        (GIF, {"Category": "Audio"}, "SourceFileError.NoVideoMedia", 60000, "the source file holds no video"),
        (GIF, {"Width": 0}, "SourceFileError.NoVideoResolution", 60000, "the source file has no video resolution"),
        (GIF, {"Duration": 1.5}, "InvalidInput.InvalidTimeOffset", 40000, "the time offset is not valid"),
    ],
)
def test_a_part_that_fails(cloud, entry, media, code, number, message):
    part = _part(cloud, "AnimatedGraphicTaskSet", entry, **media)
    assert (part["Status"], part["ErrCodeExt"], part["ErrCode"], part["Message"]) == ("FAIL", code, number, message)
    assert part["Output"] is None
    assert part["Progress"] == 100


@pytest.mark.parametrize(
    ("entry", "moments"),
    [
        ({"ExtTimeOffsetSet": ["3.5s", "10%"]}, [3500, 6000]),
        ({"TimeOffsetSet": [0, 1500.5]}, [0, 1500.5]),
        ({"ExtTimeOffsetSet": ["60s"], "TimeOffsetSet": [1]}, [60000]),
    ],
)
def test_snapshots(cloud, entry, moments):
    mark = {"WatermarkSet": [{"Definition": 9}]}
    output = _part(cloud, "SnapshotByTimeOffsetTaskSet", {"Definition": 10, **entry, **mark})["Output"]
    assert [picture["TimeOffset"] for picture in output["PicInfoSet"]] == moments
    assert all(picture["Url"].endswith(".jpg") for picture in output["PicInfoSet"])
    assert output["PicInfoSet"][0]["WaterMarkDefinition"] == [9]


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"Definition": 10}, "InvalidInput.InvalidTimeOffset"),
        ({"Definition": 10, "ExtTimeOffsetSet": ["61s"]}, "InvalidInput.InvalidTimeOffset"),
        ({"Definition": 10, "TimeOffsetSet": [-1]}, "InvalidInput.InvalidTimeOffset"),
        ({"Definition": 11, "ExtTimeOffsetSet": ["1s"]}, "InvalidInput.DefinitionNotExist"),
    ],
)
def test_snapshots_that_fail(cloud, entry, code):
    assert _part(cloud, "SnapshotByTimeOffsetTaskSet", entry)["ErrCodeExt"] == code


@pytest.mark.parametrize(
    ("task_set", "entry", "member"),
    [
        ("TranscodeTaskSet", {"Definition": 30, "CopyRightWatermark": {"Text": "me"}}, "CopyRightWatermarkText"),
        ("SampleSnapshotTaskSet", {"Definition": 10}, "ImageUrlSet"),
        ("ImageSpriteTaskSet", {"Definition": 10}, "WebVttUrl"),
        ("CoverBySnapshotTaskSet", {"Definition": 10, "PositionType": "Time", "PositionValue": 3}, "CoverUrl"),
        ("AdaptiveDynamicStreamingTaskSet", {"Definition": 10}, "Package"),
    ],
)
def test_the_neighbours_succeed(cloud, task_set, entry, member):
    part = _part(cloud, task_set, entry)
    assert part["Status"] == "SUCCESS"
    assert part["Output"][member]


@pytest.mark.parametrize(("kind", "value"), [("Time", 61), ("Percent", 101), ("Time", -1)])
def test_a_cover_beyond_the_media_fails(cloud, kind, value):
    entry = {"Definition": 10, "PositionType": kind, "PositionValue": value}
    assert _part(cloud, "CoverBySnapshotTaskSet", entry)["ErrCodeExt"] == "InvalidInput.InvalidTimeOffset"

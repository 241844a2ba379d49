"""What a seeded media file or template lacks, and how it is shown."""

from __future__ import annotations

import pytest

from mockcloud.providers import stock
from mockcloud.providers.tencent import library

from .raw import MEDIA, Cloud


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


def test_times_are_whole_seconds_in_utc():
    assert library.iso(1_600_000_000.9) == "2020-09-13T12:26:40Z"


def test_a_media_file_that_is_only_named_is_like_the_sample(cloud):
    media = stock(cloud.state, "media", {"FileId": "42"})
    meta = library.meta_data(media)
    assert meta == library.meta_data(cloud.state.shelves["media"].get(MEDIA))
    assert (meta["Duration"], meta["Width"], meta["Height"], media["Type"]) == (60, 640, 480, "mp4")
    assert media["MediaUrl"] == "http://1256768367.vod2.myqcloud.com/xxx/42/AtUCmy6gmIYA.mp4"
    assert media["CreateTime"] == library.iso(cloud.state.now())


def test_a_media_file_without_an_id_gets_one_of_digits(cloud):
    media = stock(cloud.state, "media", {"Type": "mov"})
    assert media["FileId"].isdigit()
    assert len(media["FileId"]) == 19
    assert media["MediaUrl"].endswith(f"/{media['FileId']}/AtUCmy6gmIYA.mov")


@pytest.mark.parametrize(
    ("fields", "video", "audio"),
    [
        ({"Category": "Audio"}, 0, 60),
        ({"Category": "Image"}, 0, 0),
        ({"AudioBitrate": 0}, 60, 0),
    ],
)
def test_streams_that_are_not_there(cloud, fields, video, audio):
    meta = library.meta_data(stock(cloud.state, "media", {"FileId": "42", **fields}))
    assert (meta["VideoDuration"], meta["AudioDuration"]) == (video, audio)
    assert (len(meta["VideoStreamSet"]), len(meta["AudioStreamSet"])) == (bool(video), bool(audio))


def test_new_template_ids_pass_over_those_that_are_taken(cloud):
    stock(cloud.state, "template", {"Definition": 1008})
    stock(cloud.state, "snapshot-template", {"Definition": 1009})
    assert library.next_definition(cloud.state) == 1010


def test_nulls_are_put_in_and_taken_out():
    schema = {"properties": {"A": {}, "B": {}}}
    assert library.with_nulls(schema, {"B": 1, "C": 2}) == {"A": None, "B": 1, "C": 2}
    assert library.without_nulls({"A": None, "B": [{"C": None, "D": 0}], "E": ""}) == {"B": [{"D": 0}], "E": ""}

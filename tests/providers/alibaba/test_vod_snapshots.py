"""Snapshots: who may have them, how many there are, which are listed."""

import json

import pytest

from mockcloud.providers.alibaba.vod_snapshots import count_shots

from .vod_case import (
    ILLEGAL_STATUS,
    NO_VIDEO,
    SNAPSHOT_TEMPLATE,
    START,
    TEMPLATE,
    VIDEO,
    Vod,
    invalid,
    missing,
    no_resource,
)

SUBMIT = "SubmitSnapshotJob"


@pytest.fixture
def vod():
    return Vod()


def _listed(vod, snapshot_type="NormalSnapshot", **more):
    return vod("ListSnapshots", VideoId=VIDEO, SnapshotType=snapshot_type, **more)["MediaSnapshot"]


def _made(vod, **parameters):
    job = vod(SUBMIT, VideoId=VIDEO, **parameters)["SnapshotJob"]["JobId"]
    vod.advance(10)
    return job


def test_snapshots_are_listed_when_their_job_has_succeeded(vod):
    job = vod(SUBMIT, VideoId=VIDEO, Count=2)["SnapshotJob"]["JobId"]
    assert _listed(vod) == {"Total": 0, "Snapshots": {"Snapshot": []}}
    vod.advance(3)

    base = f"http://outin-mockcloud.oss-cn-shanghai.aliyuncs.com/{VIDEO}/snapshots/normal/{job}"
    assert _listed(vod) == {
        "Total": 2,
        "JobId": job,
        "CreationTime": START,
        "Regular": f"{base}-{{SnapshotCount}}.jpg",
        "Snapshots": {"Snapshot": [{"Index": 1, "Url": f"{base}-00001.jpg"}, {"Index": 2, "Url": f"{base}-00002.jpg"}]},
    }


def test_latest_successful_job_is_listed(vod):
    _made(vod, Count=2)
    second = _made(vod, Count=3)
    vod(SUBMIT, VideoId=VIDEO, Count=4)
    assert (_listed(vod)["JobId"], _listed(vod)["Total"]) == (second, 3)


@pytest.mark.parametrize(
    ("config", "count"),
    [
        ({}, 1),
        ({"Count": 5}, 5),
        ({"Count": 100}, 61),
        ({"Interval": 10}, 7),
        ({"Count": 3, "Interval": 10}, 3),
        ({"Count": 50, "Interval": 30}, 3),
        ({"Count": 50, "Interval": 0}, 50),
        ({"Interval": 0}, 1),
        ({"Interval": 10, "SpecifiedOffsetTime": 30_000}, 4),
        ({"Count": "4", "Interval": "1"}, 4),
        ({"SpecifiedOffsetTime": 60_000}, 1),
        ({"SpecifiedOffsetTime": 60_001}, 0),
        ({"SpecifiedOffsetTimes": "[0,1000,60000,60001]"}, 3),
        ({"Interval": 10**400}, 1),
        ({"SpecifiedOffsetTime": 10**400}, 0),
        ({"Count": 10**400, "Interval": 0}, 10**400),
    ],
)
def test_number_of_snapshots_in_a_minute(config, count):
    assert count_shots(config, 60.0) == count


def test_pages(vod):
    _made(vod, Interval=1)
    assert _listed(vod)["Total"] == 61
    assert len(_listed(vod)["Snapshots"]["Snapshot"]) == 20
    last = _listed(vod, PageNo="4")["Snapshots"]["Snapshot"]
    assert [item["Index"] for item in last] == [61]
    assert len(_listed(vod, PageSize="100")["Snapshots"]["Snapshot"]) == 61


def test_more_snapshots_than_anybody_could_list(vod):
    _made(vod, Count=10**18, Interval=0)
    told = _listed(vod, PageNo="3", PageSize="2")
    assert told["Total"] == 10**18
    assert [item["Index"] for item in told["Snapshots"]["Snapshot"]] == [5, 6]


def test_sprites_and_their_originals(vod):
    _made(vod, Count=31, SpriteSnapshotConfig='{"Columns":3,"Lines":"10"}')
    assert _listed(vod, "SpriteSnapshot")["Total"] == 2
    assert _listed(vod, "SpriteOriginSnapshot")["Total"] == 31
    assert _listed(vod)["Total"] == 0


def test_sprites_have_a_hundred_cells_unless_told_otherwise(vod):
    _made(vod, Count=50, SpriteSnapshotConfig="{}")
    assert _listed(vod, "SpriteSnapshot")["Total"] == 1


def test_originals_of_sprites_can_be_deleted(vod):
    _made(vod, Count=5, SpriteSnapshotConfig='{"KeepCellPic":"delete"}')
    assert _listed(vod, "SpriteOriginSnapshot")["Total"] == 0


def test_with_a_template_everything_else_is_ignored(vod):
    _made(vod, SnapshotTemplateId=SNAPSHOT_TEMPLATE, Count=1, Width="1", SpriteSnapshotConfig="{not json")
    assert _listed(vod)["Total"] == 10
    entry = next(entry for entry in vod.engine.journal if entry.operation == SUBMIT)
    assert {(found.path, found.effect) for found in entry.violations} == {
        ("/Count", "ignore"),
        ("/Width", "ignore"),
        ("/SpriteSnapshotConfig", "ignore"),
    }


def test_template_of_webvtt(vod):
    config = {"SnapshotType": "WebVttSnapshot", "SnapshotConfig": {"Count": 5, "Interval": 1, "Format": "vtt"}}
    vod.seed("template", VodTemplateId="t", TemplateType="Snapshot", TemplateConfig=config)
    _made(vod, SnapshotTemplateId="t")
    (file,) = _listed(vod, "WebVttSnapshot")["Snapshots"]["Snapshot"]
    assert file["Url"].endswith("-00001.vtt")


def test_covers_are_those_the_video_was_seeded_with(vod):
    vod.seed("video", VideoId=VIDEO, Snapshots=["http://image.com/snapshot/sample00001.jpg"])
    told = vod("ListSnapshots", VideoId=VIDEO)["MediaSnapshot"]
    assert told["Snapshots"] == {"Snapshot": [{"Index": 1, "Url": "http://image.com/snapshot/sample00001.jpg"}]}
    assert vod("GetVideoInfo", VideoId=VIDEO)["Video"]["Snapshots"]["Snapshot"] == [
        "http://image.com/snapshot/sample00001.jpg"
    ]


@pytest.mark.parametrize("action", [SUBMIT, "ListSnapshots"])
@pytest.mark.parametrize("status", ["UploadSucc", "Normal", "Checking", "Blocked"])
def test_permitted_states(vod, action, status):
    vod.seed("video", VideoId="v", Status=status)
    assert vod(action, VideoId="v")


@pytest.mark.parametrize("action", [SUBMIT, "ListSnapshots"])
@pytest.mark.parametrize("status", ["Transcoding", "Uploading", "UploadFail", "TranscodeFail", "ProduceFail"])
def test_other_states(vod, action, status):
    vod.seed("video", VideoId="v", Status=status)
    assert vod.refused(action, VideoId="v") == ILLEGAL_STATUS


@pytest.mark.parametrize("action", [SUBMIT, "ListSnapshots"])
def test_unknown_video(vod, action):
    assert vod.refused(action, VideoId="x") == NO_VIDEO
    assert vod.refused(action) == missing("VideoId")


def test_unknown_template(vod):
    assert vod.refused(SUBMIT, VideoId=VIDEO, SnapshotTemplateId="x") == no_resource("x")
    assert vod.refused(SUBMIT, VideoId=VIDEO, SnapshotTemplateId=TEMPLATE) == no_resource(TEMPLATE)


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("Width", ["8", "4096"], ["7", "4097", "abc"]),
        ("Height", ["8", "4096"], ["7", "4097", ""]),
        ("Interval", [0, 1], [-1, "x"]),
        ("Count", [1, 1000], [0, -1, "1.5"]),
        ("SpecifiedOffsetTime", [0, 1], [-1, "x"]),
        ("SpecifiedOffsetTimes", [[0] * 30], [[0] * 31, ["x"], {}, "[1"]),
        ("SpriteSnapshotConfig", ['{"Columns":10000}'], ['{"Columns":0}', '{"Lines":10001}', "[]", "{'Columns': 3}"]),
        ("UserData", ["{}"], ["x", "[]"]),
    ],
)
def test_ranges(vod, name, good, bad):
    for value in good:
        assert vod(SUBMIT, VideoId=VIDEO, **{name: value})
    for value in bad:
        if value != "":  # an empty parameter that is not required counts as absent
            assert vod.refused(SUBMIT, VideoId=VIDEO, **{name: value}) == invalid(name), value


@pytest.mark.parametrize(("name", "value"), [("PageSize", "101"), ("PageSize", "0"), ("PageNo", "0"), ("PageNo", "x")])
def test_pages_that_cannot_be(vod, name, value):
    assert vod.refused("ListSnapshots", VideoId=VIDEO, **{name: value}) == invalid(name)


def test_snapshot_type_has_to_be_known(vod):
    assert vod.refused("ListSnapshots", VideoId=VIDEO, SnapshotType="Gif") == invalid("SnapshotType")


@pytest.mark.parametrize("seconds", ["0", "3599", "3600", "2592001"])
def test_short_url_lifetime_counts_as_the_default(vod, seconds):
    assert vod("ListSnapshots", VideoId=VIDEO, AuthTimeout=seconds)["MediaSnapshot"]["Total"] == 0


def test_video_by_its_reference(vod):
    vod.seed("video", VideoId="v", ReferenceId="reference-1")
    job = vod(SUBMIT, ReferenceId="reference-1")["SnapshotJob"]["JobId"]
    assert vod.state.tasks.get(job).data["VideoId"] == "v"


def test_job_that_begins_behind_the_end_fails(vod):
    vod("SetMessageCallback", CallbackURL="http://127.0.0.1:9/", EventTypeList="SnapshotComplete")
    _made(vod, SpecifiedOffsetTime=60_001)
    (event,) = vod.events()
    assert (event["Status"], event["ErrorCode"]) == ("fail", "InvalidParameter")
    assert "SnapshotInfos" not in event
    assert json.dumps(_listed(vod)) == '{"Total": 0, "Snapshots": {"Snapshot": []}}'

"""Uploads: the session, the media file that comes of it, the task flow that starts."""

from __future__ import annotations

import re

import pytest

from .vod_case import START, Vod

NO_REGION = ("MissingParameter", "The request is missing a required parameter `Region`.")
NO_SESSION = (
    "InvalidParameterValue.VodSessionKey",
    "The upload session of the parameter `VodSessionKey` is not valid.",
)
NO_TIME = ("InvalidParameterValue.ExpireTime", "The format of the parameter `ExpireTime` is not valid.")
PAST = ("InvalidParameter.ExpireTime", "The parameter `ExpireTime` is not valid.")
UPLOADED = "UploadMediaCompleteEventSwitch"


def apply(vod, **more):
    return vod("ApplyUpload", **{"MediaType": "mp4", **more})


def upload(vod, **more):
    return vod("CommitUpload", VodSessionKey=apply(vod, **more)["VodSessionKey"])


def tasks(vod):
    return vod("DescribeTasks")["TaskSet"]


def test_session_as_it_is_answered():
    answer = apply(Vod())

    assert re.fullmatch(r"[0-9a-f]{8}-1256768367", answer["StorageBucket"])
    assert answer["StorageRegion"] == "ap-chongqing"
    assert re.fullmatch(r"/[0-9a-f]{16}/f0\.mp4", answer["MediaStoragePath"])
    assert answer["CoverStoragePath"] == ""
    certificate = answer["TempCertificate"]
    assert certificate["ExpiredTime"] == START + 7200
    assert all(certificate[name] for name in ("SecretId", "SecretKey", "Token"))


def test_session_follows_the_request():
    answer = apply(Vod(), MediaType="MOV", CoverType="PNG", StorageRegion="ap-beijing", MediaStoragePath="/a/b.mov")

    assert answer["StorageRegion"] == "ap-beijing"
    assert answer["MediaStoragePath"] == "/a/b.mov"
    assert re.fullmatch(r"/[0-9a-f]{16}/cover\.png", answer["CoverStoragePath"])


def test_sessions_differ_and_are_the_same_for_the_same_seed():
    first, again, other = Vod(), Vod(), Vod(seed=1)

    keys = [apply(vod)["VodSessionKey"] for vod in (first, first, again, other)]

    assert keys[0] == keys[2]
    assert len(set(keys)) == 3


@pytest.mark.parametrize(
    ("action", "sent"), [("ApplyUpload", {"MediaType": "mp4"}), ("CommitUpload", {"VodSessionKey": "x"})]
)
def test_region_is_mandatory(action, sent):
    vod = Vod()

    assert vod.refused(action, place={"Region": ""}, **sent) == NO_REGION

    assert vod.last.reason == f"tencent-vod.{action}.region-given"
    assert "X-TC-Region" in vod.last.detail


@pytest.mark.parametrize("name", ["MediaType", "CoverType"])
def test_unsupported_type(name):
    vod = Vod()

    answer = vod.refused("ApplyUpload", **{"MediaType": "mp4", name: "exe"})

    assert answer == (f"InvalidParameterValue.{name}", f"The parameter `{name}` is not valid.")


def test_storage_path_begins_with_a_slash():
    answer = Vod().refused("ApplyUpload", MediaType="mp4", MediaStoragePath="a/b.mp4")

    assert answer == ("InvalidParameterValue.MediaStoragePath", "The parameter `MediaStoragePath` is not valid.")


@pytest.mark.parametrize(("name", "most"), [("SourceContext", 250), ("SessionContext", 1000)])
def test_longest_context(name, most):
    vod = Vod()

    apply(vod, **{name: "文" * most})

    code, message = vod.refused("ApplyUpload", MediaType="mp4", **{name: "文" * (most + 1)})
    assert (code, message) == ("InvalidParameterValue", f"The value specified in the parameter `{name}` is not valid.")


@pytest.mark.parametrize("text", ["tomorrow", "2030-01-01", "1893456000", "2030-13-01T00:00:00Z"])
def test_expire_time_is_iso(text):
    assert Vod().refused("ApplyUpload", MediaType="mp4", ExpireTime=text) == NO_TIME


@pytest.mark.parametrize("text", ["2020-09-13T12:26:40Z", "2020-09-13T12:26:39Z", "2020-09-13T20:26:40+08:00"])
def test_expire_time_lies_ahead_on_the_clock_of_the_mock(text):
    vod = Vod()

    assert vod.refused("ApplyUpload", MediaType="mp4", ExpireTime=text) == PAST

    assert vod.last.reason == "tencent-vod.ApplyUpload.expire-time-ahead"


def test_uploaded_media_as_it_is_shown():
    vod = Vod()

    done = upload(
        vod,
        MediaType="MOV",
        MediaName="my film",
        CoverType="png",
        ClassId=7,
        SourceContext="from the app",
        StorageRegion="ap-beijing",
        MediaStoragePath="/films/mine.mov",
        ExpireTime="2030-01-01T08:00:00+08:00",
    )

    basic = vod.media(done["FileId"])["BasicInfo"]
    assert re.fullmatch(r"[1-9]\d{18}", done["FileId"])
    assert (basic["MediaUrl"], basic["CoverUrl"]) == (done["MediaUrl"], done["CoverUrl"])
    assert done["FileId"] in done["MediaUrl"]
    assert re.search(rf"/{done['FileId']}/\d{{19}}\.png$", done["CoverUrl"])
    assert (basic["Name"], basic["Type"], basic["Category"], basic["ClassId"]) == ("my film", "mov", "Video", 7)
    assert (basic["StorageRegion"], basic["StoragePath"]) == ("ap-beijing", "/films/mine.mov")
    assert basic["SourceInfo"]["SourceContext"] == "from the app"
    assert (basic["CreateTime"], basic["ExpireTime"]) == ("2020-09-13T12:26:40Z", "2030-01-01T00:00:00Z")


def test_upload_without_cover():
    assert upload(Vod())["CoverUrl"] == ""


@pytest.mark.parametrize(
    ("media_type", "category"), [("mp4", "Video"), ("mp3", "Audio"), ("AMR", "Audio"), ("jpg", "Image")]
)
def test_kind_of_media_follows_from_its_container(media_type, category):
    vod = Vod()

    done = upload(vod, MediaType=media_type)

    assert vod.media(done["FileId"])["BasicInfo"]["Category"] == category


def test_unknown_session():
    vod = Vod()

    assert vod.refused("CommitUpload", VodSessionKey="never applied for") == NO_SESSION

    assert vod.last.reason == "tencent-vod.CommitUpload.session-known"


def test_session_confirmed_again_makes_nothing_new():
    vod = Vod()
    vod.switch_on(UPLOADED)
    key = apply(vod, Procedure="MakeGif")["VodSessionKey"]

    first, second = vod("CommitUpload", VodSessionKey=key), vod("CommitUpload", VodSessionKey=key)

    assert first == second
    assert len(tasks(vod)) == 1
    assert len(vod.events()) == 1


def test_oldest_sessions_are_forgotten():
    vod = Vod(most_resources=50)
    first = apply(vod)["VodSessionKey"]
    for _ in range(50):
        last = apply(vod)["VodSessionKey"]

    assert vod.refused("CommitUpload", VodSessionKey=first) == NO_SESSION
    assert vod("CommitUpload", VodSessionKey=last)["FileId"]


def test_uploaded_media_can_be_processed_by_its_path():
    vod = Vod()
    done = upload(vod, MediaStoragePath="/films/mine.mp4")

    vod("ProcessMediaByProcedure", MediaStoragePath="/films/mine.mp4", ProcedureName="MakeGif")

    assert [task["FileId"] for task in tasks(vod)] == [done["FileId"]]


def test_task_flow_starts_with_the_upload():
    vod = Vod()
    done = upload(vod, Procedure="MakeGif", SessionContext="order 7", SourceContext="not this one")

    (task,) = tasks(vod)
    assert (task["FileId"], task["TaskType"], task["SessionContext"]) == (done["FileId"], "Procedure", "order 7")
    vod.advance(5)

    (image,) = vod.media(done["FileId"])["AnimatedGraphicsInfo"]["AnimatedGraphicsSet"]
    assert image["Url"] == f"{done['MediaUrl'].rpartition('/')[0]}/v.f20000.gif"
    assert (image["StartTimeOffset"], image["EndTimeOffset"]) == (0, 60)


def test_events_of_an_upload_with_a_task_flow():
    vod = Vod()
    vod.switch_on(UPLOADED)
    done = upload(vod, Procedure="MakeGif", SessionContext="order 7", SourceContext="from the app", MediaName="film")
    vod.advance(5)

    uploaded, changed = vod.events()

    assert (uploaded["EventType"], changed["EventType"]) == ("NewFileUpload", "ProcedureStateChanged")
    about, state = uploaded["FileUploadEvent"], changed["ProcedureStateChangeEvent"]
    assert about["FileId"] == state["FileId"] == done["FileId"]
    assert about["ProcedureTaskId"] == state["TaskId"] == tasks(vod)[0]["TaskId"]
    assert about["MediaBasicInfo"]["SourceInfo"]["SourceContext"] == "from the app"
    assert about["MediaBasicInfo"]["Name"] == state["FileName"] == "film"
    assert state["SessionContext"] == "order 7"
    assert about["MetaData"]["Duration"] == 60


def test_upload_is_no_event_at_first():
    vod = Vod()

    upload(vod)

    assert vod.events() == []


def test_task_flow_that_does_not_exist_starts_nothing():
    vod = Vod()
    vod.switch_on(UPLOADED)

    upload(vod, Procedure="nobody's")

    assert tasks(vod) == []
    (uploaded,) = vod.events()
    assert uploaded["FileUploadEvent"]["ProcedureTaskId"] == ""


def test_animated_image_of_a_sound_file_fails():
    vod = Vod()
    upload(vod, MediaType="mp3", Procedure="MakeGif")
    vod.advance(5)

    shown = vod("DescribeTaskDetail", TaskId=tasks(vod)[0]["TaskId"])

    (part,) = shown["ProcedureTask"]["MediaProcessResultSet"]
    assert part["AnimatedGraphicTask"]["ErrCodeExt"] == "SourceFileError.NoVideoMedia"


def test_media_goes_when_its_time_has_come():
    vod = Vod()
    file_id = upload(vod, ExpireTime="2020-09-13T12:27:40Z")["FileId"]

    vod.advance(59)
    assert vod.media(file_id)["FileId"] == file_id
    vod.advance(1)

    assert vod("DescribeMediaInfos", FileIds=[file_id])["NotExistFileIdSet"] == [file_id]


def test_media_that_was_replaced_stays():
    vod = Vod()
    file_id = upload(vod, ExpireTime="2020-09-13T12:27:40Z")["FileId"]
    vod.seed("media", FileId=file_id, Name="another")
    vod.advance(60)

    assert vod.media(file_id)["BasicInfo"]["Name"] == "another"


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59-08:00"])
def test_media_that_never_goes(text):
    vod = Vod()

    file_id = upload(vod, ExpireTime=text)["FileId"]
    vod.advance(100 * 365 * 86400)

    assert vod.media(file_id)["BasicInfo"]["ExpireTime"] == "9999-12-31T23:59:59Z"

"""Media files and uploads, through the official clients over a real socket."""

from __future__ import annotations

import pytest
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException

from .tencent_vod_client import FLAVOURS, VIDEO, Vod

UNKNOWN = "1234567890123456789"
NOT_FOUND = ("ResourceNotFound", "The resource does not exist.")
NO_REGION = ("MissingParameter", "The request is missing a required parameter `Region`.")
UPLOADED, DELETED = "UploadMediaCompleteEventSwitch", "DeleteMediaCompleteEventSwitch"


@pytest.fixture
def vod(mockcloud):
    return Vod(mockcloud)


# Media files.


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_media_as_it_is_shown(mockcloud, flavour):
    vod = Vod(mockcloud, flavour)

    answer = vod("DescribeMediaInfos", FileIds=[UNKNOWN, VIDEO])

    (media,) = answer["MediaInfoSet"]
    assert answer["NotExistFileIdSet"] == [UNKNOWN]
    assert (media["FileId"], media["BasicInfo"]["Name"], media["BasicInfo"]["Category"]) == (
        VIDEO,
        "Animal World",
        "Video",
    )
    assert (media["MetaData"]["Duration"], media["MetaData"]["VideoStreamSet"][0]["Fps"]) == (60, 23)
    assert media["BasicInfo"]["SourceInfo"]["SourceType"] == "Upload"
    assert (media["AnimatedGraphicsInfo"], media["TranscodeInfo"]) == (None, None)


def test_seeded_media(mockcloud, vod):
    mockcloud.seed("tencent-vod", "media", FileId=UNKNOWN, Name="mine", Duration=12.5, Width=100, Height=200)

    (media,) = vod("DescribeMediaInfos", FileIds=[UNKNOWN], Filters=["basicInfo", "metaData"])["MediaInfoSet"]

    assert media["BasicInfo"]["Name"] == "mine"
    assert [media["MetaData"][name] for name in ("Duration", "Width", "Height")] == [12.5, 100, 200]


def test_number_of_ids(mockcloud, vod):
    many = [str(number) for number in range(21)]

    assert vod("DescribeMediaInfos", FileIds=many[:20])["NotExistFileIdSet"] == many[:20]
    assert vod.refused(mockcloud, "DescribeMediaInfos", FileIds=many) == (
        "InvalidParameterValue.FileIdsOverLimit",
        "The parameter `FileIds` holds too many ids.",
    )
    assert vod.refused(mockcloud, "DescribeMediaInfos", FileIds=[]) == (
        "InvalidParameterValue.FileIdsEmpty",
        "The parameter `FileIds` is empty.",
    )


@pytest.mark.parametrize(
    ("action", "name"),
    [
        ("DescribeMediaInfos", "FileIds"),
        ("DeleteMedia", "FileId"),
        ("ApplyUpload", "MediaType"),
        ("CommitUpload", "VodSessionKey"),
    ],
)
@pytest.mark.parametrize("flavour", FLAVOURS)
def test_mandatory_parameter(mockcloud, flavour, action, name):
    missing = ("MissingParameter", f"The request is missing a required parameter `{name}`.")

    assert Vod(mockcloud, flavour).refused(mockcloud, action) == missing


def test_unknown_filter(mockcloud, vod):
    refused = vod.refused(mockcloud, "DescribeMediaInfos", FileIds=[VIDEO], Filters=["basicInfo", "BasicInfo"])

    assert refused == ("InvalidParameter", "The parameter `Filters.1` is not valid.")


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_deleted_media_is_gone(mockcloud, flavour):
    vod = Vod(mockcloud, flavour)
    vod("DeleteMedia", FileId=VIDEO, DeleteParts=[{"Type": "TranscodeFiles", "Definition": 230}])
    vod("DeleteMedia", FileId=VIDEO)

    assert vod("DescribeMediaInfos", FileIds=[VIDEO])["NotExistFileIdSet"] == [VIDEO]
    assert vod.refused(mockcloud, "DeleteMedia", FileId=VIDEO) == NOT_FOUND


def test_unknown_part(mockcloud, vod):
    refused = vod.refused(mockcloud, "DeleteMedia", FileId=VIDEO, DeleteParts=[{"Type": "Everything"}])

    text = "The value `Everything` specified in the parameter `DeleteParts.0.Type` is not valid"
    assert refused == ("InvalidParameterValue", text)


def test_deletion_is_pulled_as_an_event(vod):
    vod("ModifyEventConfig", **{DELETED: "ON"})
    vod("DeleteMedia", FileId=VIDEO)

    (event,) = vod("PullEvents")["EventSet"]

    assert event["EventType"] == "FileDeleted"
    assert event["FileDeleteEvent"]["FileIdSet"] == [VIDEO]


# Uploads.


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_upload_with_a_task_flow_up_to_its_result(mockcloud, flavour):
    mockcloud.clock.freeze()
    vod = Vod(mockcloud, flavour)
    vod("ModifyEventConfig", **{UPLOADED: "ON"})
    part = {"Definition": 20001, "StartTimeOffset": 2, "EndTimeOffset": 5}
    vod("CreateProcedureTemplate", Name="gif", MediaProcessTask={"AnimatedGraphicTaskSet": [part]})

    session = vod(
        "ApplyUpload",
        MediaType="mp4",
        MediaName="猫 & dog",
        CoverType="jpg",
        Procedure="gif",
        SessionContext="order 7",
        SourceContext="from the app",
    )
    done = vod("CommitUpload", VodSessionKey=session["VodSessionKey"])
    mockcloud.clock.advance(5)

    events = vod("PullEvents")["EventSet"]
    vod("ConfirmEvents", EventHandles=[event["EventHandle"] for event in events])
    uploaded, changed = events[0]["FileUploadEvent"], events[1]["ProcedureStateChangeEvent"]
    assert uploaded["MediaBasicInfo"]["SourceInfo"]["SourceContext"] == "from the app"
    assert uploaded["FileId"] == changed["FileId"] == done["FileId"]
    assert (changed["Status"], changed["SessionContext"], changed["FileName"]) == ("FINISH", "order 7", "猫 & dog")
    task = vod("DescribeTaskDetail", TaskId=uploaded["ProcedureTaskId"])["ProcedureTask"]
    output = task["MediaProcessResultSet"][0]["AnimatedGraphicTask"]["Output"]
    (media,) = vod("DescribeMediaInfos", FileIds=[done["FileId"]], Filters=["animatedGraphicsInfo"])["MediaInfoSet"]
    assert media["AnimatedGraphicsInfo"]["AnimatedGraphicsSet"] == [output]
    assert (output["Container"], output["StartTimeOffset"], output["EndTimeOffset"]) == ("webp", 2, 5)


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize(
    ("action", "sent"), [("ApplyUpload", {"MediaType": "mp4"}), ("CommitUpload", {"VodSessionKey": "x"})]
)
def test_region_is_mandatory(mockcloud, flavour, action, sent):
    assert Vod(mockcloud, flavour, region="").refused(mockcloud, action, **sent) == NO_REGION


def test_region_is_not_mandatory_elsewhere(mockcloud):
    vod = Vod(mockcloud, region="")

    assert vod("DescribeMediaInfos", FileIds=[VIDEO])["MediaInfoSet"][0]["FileId"] == VIDEO


def test_certificate_of_a_session(mockcloud, vod):
    mockcloud.clock.set("2026-01-31T12:00:00Z")
    mockcloud.clock.freeze()

    session = vod("ApplyUpload", MediaType="mp4")

    certificate = session["TempCertificate"]
    assert abs(certificate["ExpiredTime"] - 1_769_868_000) <= 5
    assert len({certificate[name] for name in ("SecretId", "SecretKey", "Token")}) == 3
    assert session["MediaStoragePath"].endswith(".mp4")


@pytest.mark.parametrize(
    ("wrong", "code", "message"),
    [
        ({"MediaType": "exe"}, "InvalidParameterValue.MediaType", "The parameter `MediaType` is not valid."),
        ({"CoverType": "mp4"}, "InvalidParameterValue.CoverType", "The parameter `CoverType` is not valid."),
        (
            {"MediaStoragePath": "a.mp4"},
            "InvalidParameterValue.MediaStoragePath",
            "The parameter `MediaStoragePath` is not valid.",
        ),
        (
            {"ExpireTime": "tomorrow"},
            "InvalidParameterValue.ExpireTime",
            "The format of the parameter `ExpireTime` is not valid.",
        ),
        (
            {"ExpireTime": "2017-03-23T07:25:52Z"},
            "InvalidParameter.ExpireTime",
            "The parameter `ExpireTime` is not valid.",
        ),
        (
            {"SourceContext": "s" * 251},
            "InvalidParameterValue",
            "The value specified in the parameter `SourceContext` is not valid.",
        ),
        (
            {"SessionContext": "s" * 1001},
            "InvalidParameterValue",
            "The value specified in the parameter `SessionContext` is not valid.",
        ),
    ],
)
def test_upload_out_of_range(mockcloud, vod, wrong, code, message):
    assert vod.refused(mockcloud, "ApplyUpload", **{"MediaType": "mp4", **wrong}) == (code, message)


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_unknown_session(mockcloud, flavour):
    refused = Vod(mockcloud, flavour).refused(mockcloud, "CommitUpload", VodSessionKey="never+applied/for==")

    text = "The upload session of the parameter `VodSessionKey` is not valid."
    assert refused == ("InvalidParameterValue.VodSessionKey", text)


def test_lost_answer_of_a_confirmation_can_be_asked_for_again(mockcloud, vod):
    key = vod("ApplyUpload", MediaType="mp4", Procedure="MakeGif")["VodSessionKey"]
    mockcloud.fail_next("tencent-vod", "CommitUpload", "wire.lost-answer")
    with pytest.raises(TencentCloudSDKException, match="ClientNetworkError"):
        vod("CommitUpload", VodSessionKey=key)

    done = vod("CommitUpload", VodSessionKey=key)

    assert [task["FileId"] for task in vod("DescribeTasks")["TaskSet"]] == [done["FileId"]]


def test_uploads_of_accounts_are_apart(mockcloud, vod):
    other = Vod(mockcloud.account("other"))
    key = vod("ApplyUpload", MediaType="mp4")["VodSessionKey"]

    with pytest.raises(TencentCloudSDKException, match=r"InvalidParameterValue\.VodSessionKey"):
        other("CommitUpload", VodSessionKey=key)

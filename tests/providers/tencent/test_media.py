"""Media files: what is shown of them, and how they go."""

from __future__ import annotations

import pytest

from .vod_case import GIF, SNAPSHOT, VIDEO, Vod

OTHER = "5285485487985271487"
UNKNOWN = "1234567890123456789"
NOT_FOUND = ("ResourceNotFound", "The resource does not exist.")
DELETED = "DeleteMediaCompleteEventSwitch"


def process(vod, **task_sets):
    vod("ProcessMedia", FileId=VIDEO, MediaProcessTask=task_sets)


def make_gif(vod, **span):
    process(vod, AnimatedGraphicTaskSet=[{"Definition": GIF, **span}])
    vod.advance(5)


def test_basic_information_of_the_sample():
    vod = Vod()

    basic = vod.media(VIDEO)["BasicInfo"]

    assert basic == {
        "Name": "Animal World",
        "Description": "",
        "CreateTime": "2019-02-21T08:27:40Z",
        "UpdateTime": "2019-02-21T08:27:40Z",
        "ExpireTime": "9999-12-31T23:59:59Z",
        "ClassId": 0,
        "ClassName": "Other",
        "ClassPath": "Other",
        "CoverUrl": "",
        "Type": "mp4",
        "MediaUrl": "http://1256768367.vod2.myqcloud.com/xxx/xxx/AtUCmy6gmIYA.mp4",
        "SourceInfo": {
            "SourceType": "Upload",
            "SourceContext": "",
            "LiveRecordInfo": None,
            "TrtcRecordInfo": None,
            "WebPageRecordInfo": None,
        },
        "StorageRegion": "ap-chongqing",
        "StoragePath": "",
        "TagSet": [],
        "Vid": "",
        "Category": "Video",
        "Status": "Normal",
        "StorageClass": "STANDARD",
    }


def test_meta_data_of_the_sample_are_those_of_the_starting_document():
    meta = Vod().media(VIDEO)["MetaData"]

    figures = ("Bitrate", "Duration", "Height", "Width", "Size", "Container", "Rotate")
    assert [meta[name] for name in figures] == [1021028, 60, 480, 640, 7700180, "mov,mp4,m4a,3gp,3g2,mj2", 0]
    assert meta["AudioStreamSet"] == [{"Bitrate": 383854, "Codec": "aac", "SamplingRate": 48000}]
    (stream,) = meta["VideoStreamSet"]
    assert (stream["Bitrate"], stream["Codec"], stream["Fps"]) == (637174, "h264", 23)


def test_class_that_nobody_named():
    vod = Vod()
    vod.seed("media", FileId=UNKNOWN, ClassId=7)

    basic = vod.media(UNKNOWN)["BasicInfo"]

    assert (basic["ClassId"], basic["ClassName"], basic["ClassPath"]) == (7, "", "")


def test_unknown_ids_are_listed_beside_the_others_in_order():
    answer = Vod()("DescribeMediaInfos", FileIds=[UNKNOWN, OTHER, "2", VIDEO])

    assert [media["FileId"] for media in answer["MediaInfoSet"]] == [OTHER, VIDEO]
    assert answer["NotExistFileIdSet"] == [UNKNOWN, "2"]


def test_nothing_was_made_yet():
    media = Vod().media(VIDEO)

    assert (media["AnimatedGraphicsInfo"], media["SnapshotByTimeOffsetInfo"]) == (None, None)
    assert (media["TranscodeInfo"], media["ImageSpriteInfo"]) == (None, None)


@pytest.mark.parametrize(
    ("filters", "filled"),
    [
        (["basicInfo"], {"BasicInfo"}),
        (["metaData", "animatedGraphicsInfo"], {"MetaData", "AnimatedGraphicsInfo"}),
        (["snapshotByTimeOffsetInfo"], {"SnapshotByTimeOffsetInfo"}),
        (["mpsAiMediaInfo"], set()),
        ([], {"BasicInfo", "MetaData", "AnimatedGraphicsInfo", "SnapshotByTimeOffsetInfo"}),
    ],
)
def test_filters(filters, filled):
    vod = Vod()
    snapshots = [{"Definition": SNAPSHOT, "ExtTimeOffsetSet": ["1s"]}]
    process(vod, AnimatedGraphicTaskSet=[{"Definition": GIF}], SnapshotByTimeOffsetTaskSet=snapshots)
    vod.advance(5)

    media = vod.media(VIDEO, *filters)

    assert media.pop("FileId") == VIDEO
    assert {name for name, part in media.items() if part is not None} == filled


def test_filter_that_does_not_exist():
    vod = Vod()

    code, message = vod.refused("DescribeMediaInfos", FileIds=[VIDEO], Filters=["animatedgraphicsinfo"])

    assert (code, message) == ("InvalidParameter", "The parameter `Filters.0` is not valid.")


def test_number_of_ids():
    vod = Vod()
    twenty = [str(number) for number in range(20)]

    assert vod("DescribeMediaInfos", FileIds=twenty)["NotExistFileIdSet"] == twenty

    too_many = vod.refused("DescribeMediaInfos", FileIds=[*twenty, "20"])
    assert too_many == ("InvalidParameterValue.FileIdsOverLimit", "The parameter `FileIds` holds too many ids.")
    none = vod.refused("DescribeMediaInfos", FileIds=[])
    assert none == ("InvalidParameterValue.FileIdsEmpty", "The parameter `FileIds` is empty.")


def test_animated_image_appears_when_its_task_has_ended():
    vod = Vod()
    process(vod, AnimatedGraphicTaskSet=[{"Definition": 20001, "StartTimeOffset": 2, "EndTimeOffset": 5}])

    assert vod.media(VIDEO)["AnimatedGraphicsInfo"] is None
    vod.advance(2)

    (image,) = vod.media(VIDEO)["AnimatedGraphicsInfo"]["AnimatedGraphicsSet"]
    assert image["Url"] == "http://1256768367.vod2.myqcloud.com/xxx/xxx/v.f20001.webp"
    assert (image["Definition"], image["Container"]) == (20001, "webp")
    assert (image["Width"], image["Height"]) == (640, 480)
    assert (image["StartTimeOffset"], image["EndTimeOffset"]) == (2, 5)


def test_images_stand_in_the_order_in_which_they_were_made():
    vod = Vod()
    make_gif(vod, EndTimeOffset=3)
    make_gif(vod, StartTimeOffset=3, EndTimeOffset=9)

    images = vod.media(VIDEO)["AnimatedGraphicsInfo"]["AnimatedGraphicsSet"]

    assert [(image["StartTimeOffset"], image["EndTimeOffset"]) for image in images] == [(0, 3), (3, 9)]


def test_part_that_failed_leaves_nothing():
    vod = Vod()

    make_gif(vod, StartTimeOffset=5, EndTimeOffset=5)

    assert vod.media(VIDEO)["AnimatedGraphicsInfo"] is None


def test_snapshots_appear_when_their_task_has_ended():
    vod = Vod()
    process(vod, SnapshotByTimeOffsetTaskSet=[{"Definition": SNAPSHOT, "ExtTimeOffsetSet": ["3.5s", "10%"]}])
    vod.advance(5)

    (made,) = vod.media(VIDEO)["SnapshotByTimeOffsetInfo"]["SnapshotByTimeOffsetSet"]

    assert made["Definition"] == SNAPSHOT
    assert [picture["TimeOffset"] for picture in made["PicInfoSet"]] == [3500, 6000]
    assert all(picture["Url"].endswith(".jpg") for picture in made["PicInfoSet"])


def test_deleted_media_is_gone_with_what_was_made_of_it():
    vod = Vod()
    make_gif(vod)

    assert vod("DeleteMedia", FileId=VIDEO) == {}

    answer = vod("DescribeMediaInfos", FileIds=[VIDEO])
    assert answer == {"MediaInfoSet": [], "NotExistFileIdSet": [VIDEO]}
    assert vod.refused("DeleteMedia", FileId=VIDEO) == NOT_FOUND
    assert OTHER in vod.last.detail


def test_deleting_during_a_task_lets_it_end():
    vod = Vod()
    task = vod("ProcessMedia", FileId=VIDEO, MediaProcessTask={"AnimatedGraphicTaskSet": [{"Definition": GIF}]})
    vod("DeleteMedia", FileId=VIDEO)
    vod.advance(5)

    shown = vod("DescribeTaskDetail", TaskId=task["TaskId"])

    assert shown["Status"] == "FINISH"
    assert shown["ProcedureTask"]["MediaProcessResultSet"][0]["AnimatedGraphicTask"]["Status"] == "SUCCESS"


def test_deleting_some_results_leaves_the_rest():
    vod = Vod()
    make_gif(vod)
    before = vod.media(VIDEO)

    vod("DeleteMedia", FileId=VIDEO, DeleteParts=[{"Type": "TranscodeFiles", "Definition": 230}])

    assert vod.media(VIDEO) == before


def test_deleting_the_original_takes_its_address_and_its_cover():
    vod = Vod()
    vod.seed("media", FileId=UNKNOWN, CoverUrl="http://example.com/cover.jpg")

    vod("DeleteMedia", FileId=UNKNOWN, DeleteParts=[{"Type": "OriginalFiles"}])

    basic = vod.media(UNKNOWN)["BasicInfo"]
    assert (basic["MediaUrl"], basic["CoverUrl"]) == ("", "")


def test_nothing_is_made_without_the_original():
    vod = Vod()
    vod("DeleteMedia", FileId=VIDEO, DeleteParts=[{"Type": "OriginalFiles"}])

    task = vod("ProcessMedia", FileId=VIDEO, MediaProcessTask={"AnimatedGraphicTaskSet": [{"Definition": GIF}]})
    vod.advance(5)

    (part,) = vod("DescribeTaskDetail", TaskId=task["TaskId"])["ProcedureTask"]["MediaProcessResultSet"]
    told = part["AnimatedGraphicTask"]
    assert (told["Status"], told["ErrCodeExt"]) == ("FAIL", "SourceFileError.DownloadNotAccessible")


def test_type_of_deleted_parts_is_mandatory():
    vod = Vod()

    code, message = vod.refused("DeleteMedia", FileId=VIDEO, DeleteParts=[{"Definition": 230}])

    assert code == "MissingParameter"
    assert message == "The request is missing a required parameter `DeleteParts.0.Type`."


def test_deletion_is_an_event_when_it_is_switched_on():
    vod = Vod()
    vod.switch_on(DELETED)

    vod("DeleteMedia", FileId=VIDEO, DeleteParts=[{"Type": "TranscodeFiles"}])
    vod("DeleteMedia", FileId=VIDEO)

    events = vod.events()
    assert [event["EventType"] for event in events] == ["FileDeleted", "FileDeleted"]
    assert [event["FileDeleteEvent"] for event in events] == [
        {
            "FileIdSet": [VIDEO],
            "FileDeleteResultInfo": [
                {"FileId": VIDEO, "DeleteParts": [{"Type": "TranscodeFiles", "Definition": 0}]},
            ],
        },
        {"FileIdSet": [VIDEO], "FileDeleteResultInfo": [{"FileId": VIDEO, "DeleteParts": []}]},
    ]


def test_deletion_is_no_event_at_first():
    vod = Vod()

    vod("DeleteMedia", FileId=VIDEO)

    assert vod.events() == []

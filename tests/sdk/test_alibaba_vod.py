"""The whole way of an animated image and of snapshots, with every official client and both signatures."""

import json
import re

import pytest

from .alibaba_vod import CONFIG, FLAVOURS, SUBMIT, TEMPLATE, VIDEO, Failed, Vod


@pytest.fixture(autouse=True)
def _still(mockcloud):
    mockcloud.clock.freeze()


@pytest.fixture(params=FLAVOURS)
def vod(request, mockcloud):
    return Vod(request.param, mockcloud)


def test_request_of_the_starting_document_works_on_a_fresh_server(vod, mockcloud):
    ids = {"VideoId": "7d2fbc3e273441*****bdb0e08e55f", "DynamicImageTemplateId": "1a443dc52e*****f10abc4794d70"}
    watermarks = '{"Watermarks":[{"Content":"用户ID：66666","WatermarkId":"8ca03c884944bd0*****5efccc312367"}]}'

    told = vod("SubmitDynamicImageJob", **ids, OverrideParams=watermarks)

    assert re.fullmatch("[0-9a-f]{32}", told["DynamicImageJob"]["JobId"])
    (entry,) = mockcloud.requests(service="alibaba-vod")
    assert entry["parameters"] == {**ids, "OverrideParams": watermarks}


def test_from_template_to_image_and_back(vod, mockcloud):
    given = {"Name": "动图 *~'()!", "TemplateType": "DynamicImage", "TemplateConfig": json.dumps(CONFIG)}
    template = vod("AddVodTemplate", **given)["VodTemplateId"]
    told = vod("GetVodTemplate", VodTemplateId=template)["VodTemplateInfo"]
    assert {name: told[name] for name in given} == given

    job = vod("SubmitDynamicImageJob", VideoId=VIDEO, DynamicImageTemplateId=template)["DynamicImageJob"]["JobId"]
    assert vod("ListDynamicImage", VideoId=VIDEO)["DynamicImageList"] == []
    mockcloud.clock.advance(3)
    (image,) = vod("ListDynamicImage", VideoId=VIDEO)["DynamicImageList"]
    assert all(isinstance(value, str) for value in image.values())
    wanted = {"JobId": job, "Format": "webp", "Width": "640", "Height": "360", "Fps": "10", "Duration": "2"}
    assert {name: image[name] for name in wanted} == wanted

    vod("DeleteDynamicImage", VideoId=VIDEO, DynamicImageIds=image["DynamicImageId"])
    assert vod("ListDynamicImage", VideoId=VIDEO)["DynamicImageList"] == []
    assert vod("DeleteVodTemplate", VodTemplateId=template)["VodTemplateId"] == template


def test_templates_are_listed_and_changed(vod):
    vod("UpdateVodTemplate", VodTemplateId=TEMPLATE, Name="changed", TemplateConfig=json.dumps(CONFIG))
    listed = vod("ListVodTemplate", TemplateType="DynamicImage")["VodTemplateInfoList"]
    assert [item["Name"] for item in listed] == ["changed", "sample of the reference page"]
    assert json.loads(listed[0]["TemplateConfig"]) == CONFIG


def test_snapshots(vod, mockcloud):
    job = vod("SubmitSnapshotJob", VideoId=VIDEO, SpecifiedOffsetTimes=[0, 1000, 2500], Width="8", Height="4096")
    mockcloud.clock.advance(3)
    told = vod("ListSnapshots", VideoId=VIDEO, SnapshotType="NormalSnapshot", PageSize="2")["MediaSnapshot"]
    assert (told["JobId"], told["Total"]) == (job["SnapshotJob"]["JobId"], 3)
    assert [item["Index"] for item in told["Snapshots"]["Snapshot"]] == [1, 2]


def test_videos(vod, mockcloud):
    mockcloud.seed("alibaba-vod", "video", VideoId="v", Title="t", Duration=135.6, Size=453, CateId=9)
    told = vod("GetVideoInfo", VideoId="v")["Video"]
    assert (told["Title"], told["Duration"], told["Size"], told["CateId"]) == ("t", 135.6, 453, 9)
    several = vod("GetVideoInfos", VideoIds="v,x")
    assert [video["VideoId"] for video in several["VideoList"]] == ["v"]
    assert several["NonExistVideoIds"] == ["x"]
    listed = vod("GetVideoList", CateId=9, PageSize=5)
    assert (listed["Total"], [video["VideoId"] for video in listed["VideoList"]["Video"]]) == (1, ["v"])
    found = vod("SearchMedia", Match="Title in ('t') and Size=[453,454)", Fields="Title,Size")
    assert [media["Video"]["Size"] for media in found["MediaList"]] == [453]
    assert vod("DeleteVideo", VideoIds="v,x")["NonExistVideoIds"] == ["x"]


def test_upload_and_what_becomes_of_it(vod, mockcloud):
    key = vod("CreateUploadVideo", FileName="clip.mp4", Title="t", FileSize=123)["VideoId"]
    job = {"VideoId": key, "DynamicImageTemplateId": TEMPLATE}
    with pytest.raises(Failed, match="IllegalStatus"):
        vod("SubmitDynamicImageJob", **job)
    mockcloud.seed("alibaba-vod", "video", VideoId=key, Status="UploadSucc")
    assert vod("SubmitDynamicImageJob", **job)["DynamicImageJob"]


def test_callback_configuration(vod):
    given = {"CallbackType": "HTTP", "CallbackURL": "http://127.0.0.1:9/", "EventTypeList": "ALL"}
    vod("SetMessageCallback", **given, AuthSwitch="on", AuthKey="Abc123")
    told = vod("GetMessageCallback", AppId="app-1000000")["MessageCallback"]
    assert told == {**given, "AppId": "app-1000000", "AuthSwitch": "on", "AuthKey": "Abc123"}
    vod("DeleteMessageCallback", AppId="app-1000000")
    assert vod("GetMessageCallback")["MessageCallback"]["EventTypeList"] == ""


def test_accounts_see_nothing_of_each_other(vod, mockcloud, request):
    other = Vod(request.node.callspec.params["vod"], mockcloud.account("other"))
    vod("DeleteVideo", VideoIds=VIDEO)
    assert other("GetVideoInfo", VideoId=VIDEO)["Video"]["VideoId"] == VIDEO


def test_key_is_redacted_in_the_journal(vod, mockcloud):
    vod("SetMessageCallback", CallbackURL="http://127.0.0.1:9/", AuthSwitch="on", AuthKey="Abc123secret")
    vod("GetMessageCallback")
    assert "Abc123secret" not in json.dumps(mockcloud.requests())


@pytest.mark.parametrize("flavour", ["tea", "tea-async", "tea-v2", "tea-v2-async"])
def test_a_name_that_needs_escaping_is_signed_as_the_client_does_it(mockcloud, flavour):
    stranger = {"a b*首": "c d*"}
    assert Vod(flavour, mockcloud).generic("GetVideoInfo", {"VideoId": VIDEO, **stranger})["Video"]
    (entry,) = mockcloud.requests(service="alibaba-vod")
    assert entry["parameters"] == {"VideoId": VIDEO, **stranger}


@pytest.mark.mockcloud(progress="immediate")
def test_immediate_progress(vod):
    vod("SubmitDynamicImageJob", **SUBMIT)
    assert len(vod("ListDynamicImage", VideoId=VIDEO)["DynamicImageList"]) == 1


@pytest.mark.mockcloud(progress="manual")
def test_manual_progress(vod, mockcloud):
    job = vod("SubmitDynamicImageJob", **SUBMIT)["DynamicImageJob"]["JobId"]
    mockcloud.clock.advance(3600)
    assert vod("ListDynamicImage", VideoId=VIDEO)["DynamicImageList"] == []
    mockcloud.task(job).force("success")
    assert [image["JobId"] for image in vod("ListDynamicImage", VideoId=VIDEO)["DynamicImageList"]] == [job]

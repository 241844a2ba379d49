"""Answers in XML, which aliyun-python-sdk-vod gets when nobody sets a format."""

import pytest
from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.client import AcsClient
from defusedxml import ElementTree

from .alibaba_vod import SUBMIT, VIDEO, legacy_request


@pytest.fixture
def client(mockcloud):
    return AcsClient(mockcloud.access_key_id, mockcloud.access_key_secret, "cn-shanghai")


def _answer(client, mockcloud, action, accept="XML", **parameters):
    request = legacy_request(action, parameters, mockcloud)
    if accept is not None:
        request.set_accept_format(accept)
    return ElementTree.fromstring(client.do_action(request))


@pytest.mark.parametrize("accept", ["XML", "xml", None])
def test_success_has_the_documented_form(client, mockcloud, accept):
    root = _answer(client, mockcloud, "SubmitDynamicImageJob", accept, **SUBMIT)
    assert root.tag == "SubmitDynamicImageJobResponse"
    assert [child.tag for child in root] == ["RequestId", "DynamicImageJob"]
    assert len(root.findtext("DynamicImageJob/JobId")) == 32


def test_list_is_its_element_repeated(client, mockcloud):
    for _ in range(2):
        _answer(client, mockcloud, "SubmitDynamicImageJob", **SUBMIT)
    mockcloud.clock.advance(3)
    root = _answer(client, mockcloud, "ListDynamicImage", VideoId=VIDEO)
    assert [image.findtext("Format") for image in root.findall("DynamicImageList")] == ["gif", "gif"]


def test_nested_lists(client, mockcloud):
    mockcloud.seed("alibaba-vod", "video", VideoId="v", Snapshots=["http://x/1.jpg?a=1&b=2", "http://x/2.jpg"])
    info = _answer(client, mockcloud, "GetVideoInfo", VideoId="v")
    assert [item.text for item in info.findall("Video/Snapshots/Snapshot")] == [
        "http://x/1.jpg?a=1&b=2",
        "http://x/2.jpg",
    ]
    infos = _answer(client, mockcloud, "GetVideoInfos", VideoIds="v,x")
    assert next(item.text for item in infos.findall("VideoList/Snapshots")) == "http://x/1.jpg?a=1&b=2"
    assert [item.text for item in infos.findall("NonExistVideoIds")] == ["x"]
    listed = _answer(client, mockcloud, "GetVideoList")
    assert len(listed.findall("VideoList/Video")) == 3


def test_error_has_the_documented_form(client, mockcloud):
    root = _answer(client, mockcloud, "GetVideoInfo", VideoId="x")
    assert root.tag == "Error"
    assert [child.tag for child in root] == ["RequestId", "HostId", "Code", "Message"]
    assert root.findtext("HostId") == mockcloud.endpoint
    assert (root.findtext("Code"), root.findtext("Message")) == ("InvalidVideo.NotFound", "The video does not exist.")


def test_error_of_the_gateway_has_a_recommendation(client, mockcloud):
    root = _answer(client, mockcloud, "GetPlayInfo", VideoId="x")
    assert root.findtext("Code") == "InvalidAction.NotFound"
    assert root.findtext("Recommend").startswith("https://api.aliyun.com/troubleshoot?q=InvalidAction.NotFound")


def test_exception_over_json_has_the_request_id(client, mockcloud):
    with pytest.raises(ServerException) as caught:
        client.do_action_with_exception(legacy_request("GetVideoInfo", {"VideoId": "x"}, mockcloud))
    entry = mockcloud.requests()[-1]
    assert caught.value.get_request_id() == entry["response"]["RequestId"]

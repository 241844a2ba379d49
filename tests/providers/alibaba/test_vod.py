"""VOD as a whole: what a fresh server holds, documented exchanges, which operations there are."""

import pytest

from mockcloud.check.shapes import misfits
from mockcloud.model import Wire, WireReply
from mockcloud.providers.alibaba import unwrap
from mockcloud.providers.alibaba.pairs import parse
from mockcloud.providers.alibaba.sign import sign
from mockcloud.providers.alibaba.vod import BEHAVIOURS

from .raw import SENDER
from .vod_case import DOCUMENTED, SERVICE, Vod, invalid


def _documented(name):
    kind = "text/xml" if name.endswith("xml") else "application/json"
    return WireReply(200, (("Content-Type", kind),), (DOCUMENTED / name).read_bytes())


@pytest.fixture
def vod():
    return Vod()


def test_every_behaviour_is_used_by_a_contract():
    assert {operation.behave for operation in SERVICE.operations.values()} == BEHAVIOURS.keys()


def test_request_of_the_starting_document_works_as_printed(vod):
    pairs = dict(parse((DOCUMENTED / "SubmitDynamicImageJob.query").read_text().strip()))

    answer = vod(pairs.pop("Action"), **pairs)

    assert answer.keys() == {"DynamicImageJob"}
    assert len(answer["DynamicImageJob"]["JobId"]) == 32


@pytest.mark.parametrize("name", ["SubmitDynamicImageJob.json", "SubmitDynamicImageJob.xml"])
def test_documented_answer_to_a_job_is_read(name):
    members, error = unwrap(_documented(name))
    assert (members, error) == ({"DynamicImageJob": {"JobId": "ad90a501b1b*****fb72374ad005046"}}, None)


@pytest.mark.parametrize(
    ("name", "operation"),
    [("ListDynamicImage.json", "ListDynamicImage"), ("SubmitDynamicImageJob.xml", "SubmitDynamicImageJob")],
)
def test_documented_answers_fit_the_contract(name, operation):
    members, _ = unwrap(_documented(name))
    assert misfits(SERVICE.operations[operation].output, members) == []


def test_documented_list_in_xml_repeats_its_element():
    members, _ = unwrap(_documented("ListVodTemplate.xml"))
    assert [item["Name"] for item in members["VodTemplateInfoList"]] == ["test", "snapshottest"]


def test_answers_in_xml_look_like_the_documented_one(vod):
    query = "Action=ListVodTemplate&Version=2017-03-21&TemplateType=DynamicImage"
    reply = vod.engine.handle(sign(Wire("GET", "/", query, (("Host", SENDER.host),)), SENDER)).reply

    text = reply.body.decode()
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?><ListVodTemplateResponse><RequestId>')
    assert text.count("<VodTemplateInfoList>") == 2
    members, _ = unwrap(reply)
    assert members["VodTemplateInfoList"][0]["TemplateType"] == "DynamicImage"


@pytest.mark.parametrize(
    "action", ["GetPlayInfo", "GetDynamicImageJob", "SubmitTranscodeJobs", "submitDynamicImageJob"]
)
def test_other_operations_are_not_there(vod, action):
    query = f"Action={action}&Version=2017-03-21&Format=JSON"
    reply = vod.engine.handle(sign(Wire("GET", "/", query, (("Host", SENDER.host),)), SENDER)).reply

    assert reply.status == 404
    assert unwrap(reply)[1] == (
        "InvalidAction.NotFound",
        "Specified api is not found, please check your url and method.",
    )


def test_operations_that_the_client_knows_are_named():
    assert "GetPlayInfo" in SERVICE.unserved
    assert not SERVICE.unserved.keys() & SERVICE.operations.keys()
    assert len(SERVICE.unserved) + len(SERVICE.operations) == 189  # 188 of the client, and GetDynamicImageJob


def test_repeated_parameter_is_refused(vod):
    query = "Action=GetVideoInfo&Version=2017-03-21&Format=JSON&VideoId=a&VideoId=b"
    reply = vod.engine.handle(sign(Wire("GET", "/", query, (("Host", SENDER.host),)), SENDER)).reply

    assert (reply.status, *unwrap(reply)[1]) == invalid("VideoId")


def test_body_that_is_too_large_is_named(vod):
    headers = (("Host", "vod.cn-shanghai.aliyuncs.com"), ("x-acs-action", "GetVideoList"))
    wire = Wire("POST", "/", "Version=2017-03-21&Format=JSON", headers)
    reply = vod.engine.refuse(wire, "too-large", 413, "the body is too large").reply
    assert (reply.status, *unwrap(reply)[1]) == invalid("body")


def test_reset_brings_the_samples_back(vod):
    vod("DeleteVideo", VideoIds="7d2fbc3e2734410a1b2c3bdb0e08e55f")
    vod("SetMessageCallback", CallbackURL="http://127.0.0.1:9/")
    vod.engine.reset()

    assert vod("GetVideoInfo", VideoId="7d2fbc3e2734410a1b2c3bdb0e08e55f")["Video"]["Status"] == "Normal"
    assert vod("GetMessageCallback")["MessageCallback"]["EventTypeList"] == ""


def test_request_id_is_a_uuid_in_upper_case(vod):
    vod("GetVideoList")
    request_id = vod.last.request_id
    assert request_id == request_id.upper()
    assert [len(part) for part in request_id.split("-")] == [8, 4, 4, 4, 12]

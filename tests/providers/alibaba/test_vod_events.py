"""Event notification: configuration, switches, bodies, signature, overrides by UserData."""

import json

import pytest

from mockcloud.providers.alibaba.vod_events import is_on, signature

from .vod_case import DOCUMENTED, TEMPLATE, VIDEO, Vod, invalid, missing

URL = "http://127.0.0.1:9/hook?a=1"
HTTP = {"CallbackType": "HTTP", "CallbackURL": URL}
SUBMIT = ("SubmitDynamicImageJob", {"VideoId": VIDEO, "DynamicImageTemplateId": TEMPLATE})


@pytest.fixture
def vod():
    return Vod()


def _run(vod, video=VIDEO):
    vod(SUBMIT[0], **{**SUBMIT[1], "VideoId": video})
    vod.advance(10)


def _deliveries(vod):
    return [record.delivery for record in vod.engine.callbacks]


def _documented(name):
    return json.loads((DOCUMENTED / name).read_text())


# The configuration.


def test_nothing_is_configured_at_first(vod):
    told = vod("GetMessageCallback")["MessageCallback"]
    assert told == {"AppId": "app-1000000", "EventTypeList": ""}


def test_configuration_comes_back_in_clear(vod):
    given = {**HTTP, "EventTypeList": "ALL", "AuthSwitch": "on", "AuthKey": "Abc123"}
    assert vod("SetMessageCallback", **given, MnsQueueName="ignored") == {}
    assert vod("GetMessageCallback")["MessageCallback"] == {**given, "AppId": "app-1000000"}


def test_queue_configuration(vod):
    given = {"CallbackType": "MNS", "MnsEndpoint": "http://x.mns/", "MnsQueueName": "q", "EventTypeList": "ALL"}
    vod("SetMessageCallback", **given, CallbackURL=URL)
    assert vod("GetMessageCallback")["MessageCallback"] == {**given, "AppId": "app-1000000"}


def test_setting_again_switches_off_what_is_left_out(vod):
    vod("SetMessageCallback", **HTTP, EventTypeList="ALL", AuthSwitch="on", AuthKey="Abc123")
    vod("SetMessageCallback", CallbackURL=URL)
    told = vod("GetMessageCallback")["MessageCallback"]
    assert told == {**HTTP, "EventTypeList": "", "AppId": "app-1000000"}


def test_every_application_has_its_own(vod):
    vod("SetMessageCallback", **HTTP, EventTypeList="ALL", AppId="app-7")
    assert vod("GetMessageCallback")["MessageCallback"]["EventTypeList"] == ""
    assert vod("GetMessageCallback", AppId="app-7")["MessageCallback"]["EventTypeList"] == "ALL"
    assert vod("DeleteMessageCallback") == {}
    assert vod("GetMessageCallback", AppId="app-7")["MessageCallback"]["EventTypeList"] == "ALL"
    vod("DeleteMessageCallback", AppId="app-7")
    assert vod("GetMessageCallback", AppId="app-7")["MessageCallback"]["EventTypeList"] == ""


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"CallbackType": "SMS"}, invalid("CallbackType")),
        ({"CallbackType": "HTTP"}, missing("CallbackURL")),
        ({"CallbackType": "MNS", "MnsQueueName": "q"}, missing("MnsEndpoint")),
        ({"CallbackType": "MNS", "MnsEndpoint": "http://x"}, missing("MnsQueueName")),
        ({**HTTP, "CallbackURL": "http://x/" + "a" * 248}, invalid("CallbackURL")),
        ({**HTTP, "AuthSwitch": "ON"}, invalid("AuthSwitch")),
        ({**HTTP, "AuthKey": "abc"}, invalid("AuthKey")),
        ({**HTTP, "AuthKey": "Abcdef"}, invalid("AuthKey")),
        ({**HTTP, "AuthKey": "ABC123"}, invalid("AuthKey")),
        ({**HTTP, "AuthKey": "Abc123" + "x" * 27}, invalid("AuthKey")),
    ],
)
def test_configurations_that_cannot_be(vod, given, told):
    assert vod.refused("SetMessageCallback", **given) == told


def test_longest_address_and_key(vod):
    given = {**HTTP, "CallbackURL": "http://x/" + "a" * 247, "AuthKey": "Abc123" + "x" * 26}
    assert len(given["CallbackURL"]) == 256
    assert vod("SetMessageCallback", **given) == {}


# Who is told what.


def test_event_of_an_image_has_the_documented_members(vod):
    vod("SetMessageCallback", **HTTP, EventTypeList="DynamicImageComplete")
    _run(vod)

    (event,) = vod.events()
    documented = _documented("DynamicImageComplete.json")
    assert event.keys() == documented.keys()
    info = json.loads(event["DynamicImageJobInfo"])
    assert info.keys() == json.loads(documented["DynamicImageJobInfo"]).keys()
    assert all(isinstance(value, str) for value in info.values())
    (image,) = vod("ListDynamicImage", VideoId=VIDEO)["DynamicImageList"]
    assert info == {
        "JobId": event["JobId"],
        "Status": "success",
        "FileURL": image["FileURL"].partition("?")[0],
        **{name: image[name] for name in ("FileSize", "Fps", "Height", "Width")},
    }
    assert (event["Status"], event["VideoId"]) == ("success", VIDEO)
    assert (event["EventType"], event["EventTime"]) == ("DynamicImageComplete", "2020-09-13T12:26:42Z")


def test_event_of_a_failed_image(vod):
    vod("SetMessageCallback", **HTTP, EventTypeList="ALL")
    job = vod(SUBMIT[0], **SUBMIT[1])["DynamicImageJob"]["JobId"]
    vod.advance(0)
    vod.state.force(vod.state.tasks.get(job), "fail")
    vod.advance(10)

    (event,) = vod.events()
    assert event == {
        "EventType": "DynamicImageComplete",
        "EventTime": "2020-09-13T12:26:40Z",
        "VideoId": VIDEO,
        "JobId": job,
        "Status": "fail",
        "ErrorCode": "InternalError",
        "ErrorMessage": "The request processing has failed due to some unknown error.",
    }


def test_event_of_snapshots_has_the_documented_members(vod):
    vod("SetMessageCallback", **HTTP, EventTypeList="SnapshotComplete")
    job = vod("SubmitSnapshotJob", VideoId=VIDEO, Count=3, SpriteSnapshotConfig="{}")["SnapshotJob"]["JobId"]
    vod.advance(10)

    (event,) = vod.events()
    (info,) = event.pop("SnapshotInfos")
    assert event == {
        "EventType": "SnapshotComplete",
        "EventTime": "2020-09-13T12:26:42Z",
        "VideoId": VIDEO,
        "SubType": "SpecifiedTime",
        "Status": "success",
    }
    assert info.keys() == _documented("SnapshotComplete.json")["SnapshotInfos"][0].keys()
    assert (info["SnapshotType"], info["SnapshotCount"], info["JobId"]) == ("SpriteSnapshot", 1, job)
    assert info["SnapshotRegular"].endswith(info["SnapshotFormat"])
    listed = vod("ListSnapshots", VideoId=VIDEO, SnapshotType="SpriteSnapshot")["MediaSnapshot"]
    assert info["SnapshotRegular"] == listed["Regular"]


@pytest.mark.parametrize(
    ("switches", "told"),
    [
        ("ALL", True),
        ("DynamicImageComplete", True),
        ("SnapshotComplete, DynamicImageComplete", True),
        ("SnapshotComplete", False),
        ("dynamicimagecomplete", False),
        ("", False),
    ],
)
def test_switches(vod, switches, told):
    vod("SetMessageCallback", **HTTP, EventTypeList=switches)
    _run(vod)
    assert len(vod.events()) == told
    assert is_on(switches, "DynamicImageComplete") is told


def test_nobody_is_told_without_a_configuration(vod):
    _run(vod)
    vod("SetMessageCallback", CallbackType="MNS", MnsEndpoint="http://x", MnsQueueName="q", EventTypeList="ALL")
    _run(vod)
    vod("SetMessageCallback", EventTypeList="ALL")
    _run(vod)
    assert vod.events() == []


def test_configuration_of_the_application_of_the_video_counts(vod):
    vod.seed("video", VideoId="v", AppId="app-7")
    vod("SetMessageCallback", **HTTP, EventTypeList="ALL")
    _run(vod, "v")
    assert vod.events() == []
    vod("SetMessageCallback", **HTTP, EventTypeList="ALL", AppId="app-7")
    _run(vod, "v")
    assert len(vod.events()) == 1


def test_event_of_a_video_that_was_deleted_meanwhile(vod):
    vod("SetMessageCallback", **HTTP, EventTypeList="ALL")
    vod(SUBMIT[0], **SUBMIT[1])
    vod("DeleteVideo", VideoIds=VIDEO)
    vod.advance(10)
    assert [event["VideoId"] for event in vod.events()] == [VIDEO]


def test_snapshots_of_a_video_that_was_deleted_meanwhile_still_have_an_address(vod):
    vod("SetMessageCallback", **HTTP, EventTypeList="ALL")
    vod("SubmitSnapshotJob", VideoId=VIDEO)
    vod("DeleteVideo", VideoIds=VIDEO)
    vod.advance(10)
    (event,) = vod.events()
    (info,) = event["SnapshotInfos"]
    assert info["SnapshotRegular"] == f"http://outin-mockcloud.oss-cn-shanghai.aliyuncs.com/{info['SnapshotFormat']}"


# How it is delivered.


def test_delivery_is_tried_three_times_a_second_apart(vod):
    vod("SetMessageCallback", **HTTP, EventTypeList="ALL")
    _run(vod)
    (delivery,) = _deliveries(vod)
    assert (delivery.waits, delivery.settled, delivery.timeout) == ((1.0, 1.0), (200,), 5.0)
    assert (delivery.url, delivery.service, delivery.account) == (URL, "alibaba-vod", "mockcloud")
    assert [name for name, _ in delivery.headers] == ["Content-Type"]


def test_published_vector_of_the_signature():
    vector = _documented("callback-signature.json")
    assert signature(vector["url"], vector["timestamp"], vector["key"]) == vector["signature"]


def test_signature_is_over_address_wall_time_and_key(vod):
    vod("SetMessageCallback", **HTTP, EventTypeList="ALL", AuthSwitch="on", AuthKey="Abc123")
    vod.advance(100_000)
    _run(vod)

    headers = dict(_deliveries(vod)[0].fresh())
    assert headers["X-VOD-TIMESTAMP"] == "1600000000"
    assert headers["X-VOD-SIGNATURE"] == signature(URL, "1600000000", "Abc123")


def test_signature_tells_when_the_attempt_was_sent(vod, monkeypatch):
    vod("SetMessageCallback", **HTTP, EventTypeList="ALL", AuthSwitch="on", AuthKey="Abc123")
    _run(vod)
    monkeypatch.setattr(vod.engine.clock, "wall", lambda: 1_600_000_600.5)
    headers = dict(_deliveries(vod)[0].fresh())
    assert headers == {"X-VOD-TIMESTAMP": "1600000600", "X-VOD-SIGNATURE": signature(URL, "1600000600", "Abc123")}


@pytest.mark.parametrize(
    "given", [{"AuthSwitch": "off", "AuthKey": "Abc123"}, {"AuthSwitch": "on"}, {"AuthKey": "Abc123"}]
)
def test_no_signature_without_switch_and_key(vod, given):
    vod("SetMessageCallback", **HTTP, EventTypeList="ALL", **given)
    _run(vod)
    (delivery,) = _deliveries(vod)
    assert (delivery.fresh(), [name for name, _ in delivery.headers]) == ((), ["Content-Type"])


# UserData.


@pytest.mark.parametrize(
    "wish",
    [
        {"CallbackURL": "http://127.0.0.1:9/own"},
        {"CallbackType": "http", "CallbackURL": "http://127.0.0.1:9/own"},
        '{"CallbackURL":"http://127.0.0.1:9/own"}',
    ],
)
def test_user_data_of_the_upload_names_another_address(vod, wish):
    vod("SetMessageCallback", **HTTP, EventTypeList="ALL", AuthSwitch="on", AuthKey="Abc123")
    user_data = json.dumps({"MessageCallback": wish, "Extend": {"localId": "xxx"}})
    key = vod("CreateUploadVideo", FileName="a.mp4", Title="t", UserData=user_data)["VideoId"]
    vod.seed("video", VideoId=key, Status="UploadSucc")
    _run(vod, key)

    (delivery,) = _deliveries(vod)
    assert delivery.url == "http://127.0.0.1:9/own"
    assert dict(delivery.fresh())["X-VOD-SIGNATURE"] == signature(delivery.url, "1600000000", "Abc123")
    assert json.loads(delivery.body)["Extend"] == '{"localId":"xxx"}'


def test_user_data_changes_nothing_without_http_callbacks(vod):
    vod.seed("video", VideoId="v", UserData='{"MessageCallback":{"CallbackURL":"http://127.0.0.1:9/own"}}')
    _run(vod, "v")
    assert vod.events() == []


def test_other_callback_types_in_user_data_do_not_count(vod):
    wish = '{"MessageCallback":{"CallbackType":"mns","CallbackURL":"http://127.0.0.1:9/own"}}'
    vod.seed("video", VideoId="v", UserData=wish)
    vod("SetMessageCallback", **HTTP, EventTypeList="ALL")
    _run(vod, "v")
    assert [delivery.url for delivery in _deliveries(vod)] == [URL]


def test_user_data_of_the_job_goes_before_that_of_the_upload(vod):
    vod.seed(
        "video", VideoId="v", UserData='{"Extend":"upload","MessageCallback":{"CallbackURL":"http://127.0.0.1:9/up"}}'
    )
    vod("SetMessageCallback", **HTTP, EventTypeList="ALL")
    vod("SubmitSnapshotJob", VideoId="v", UserData='{"Extend":"job"}')
    vod.advance(10)
    (delivery,) = _deliveries(vod)
    assert delivery.url == "http://127.0.0.1:9/up"
    assert json.loads(delivery.body)["Extend"] == "job"


def test_reset_takes_events_back(vod):
    vod("SetMessageCallback", **HTTP, EventTypeList="ALL")
    vod(SUBMIT[0], **SUBMIT[1])
    vod.engine.reset()
    vod.advance(10)
    assert vod.events() == []

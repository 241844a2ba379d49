"""Templates and tasks of animated images through the official clients, over a socket."""

from __future__ import annotations

import http.client
import json
import time

import pytest
from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile

from mockcloud.contract.load import Contracts
from mockcloud.providers import Sender
from mockcloud.providers.tencent.wire import compose

from .tencent_vod_client import FLAVOURS, VIDEO, Vod

SERVICE = Contracts().service("tencent-vod")
GIF = {"Definition": 20001, "StartTimeOffset": 2, "EndTimeOffset": 5}
CREATE, MODIFY = "CreateAnimatedGraphicsTemplate", "ModifyAnimatedGraphicsTemplate"
DELETE, DESCRIBE = "DeleteAnimatedGraphicsTemplate", "DescribeAnimatedGraphicsTemplates"
NOT_THERE = ("ResourceNotFound.TemplateNotExist", "The template does not exist.")
RESOLUTION = ("InvalidParameterValue.Resolution", "The resolution, `Width` and `Height`, is not valid.")
FPS = ("InvalidParameterValue.Fps", "The parameter `Fps` is not valid.")
QUALITY = ("InvalidParameterValue.Quality", "The parameter `Quality` is not valid.")
FORMAT = ("InvalidParameterValue.Format", "The parameter `Format` is not valid.")


def process(*parts, **more):
    wanted = {"MediaProcessTask": {"AnimatedGraphicTaskSet": list(parts)}} if parts else {}
    return {"FileId": VIDEO, **wanted, **more}


def value_of(name, value):
    return "InvalidParameterValue", f"The value `{value}` specified in the parameter `{name}` is not valid"


def missing(name):
    return "MissingParameter", f"The request is missing a required parameter `{name}`."


def wrong_type(name):
    return "InvalidParameter", f"The value type of parameter `{name}` is not valid."


@pytest.fixture(params=FLAVOURS)
def any_vod(request, mockcloud):
    mockcloud.clock.freeze()
    mockcloud.clock.set("2020-11-19T10:36:52Z")
    return Vod(mockcloud, request.param)


@pytest.fixture
def vod(mockcloud):
    return Vod(mockcloud)


def untyped(cloud, version="2018-07-17"):
    """The common client, which sends whatever it is given."""
    profile = ClientProfile(httpProfile=HttpProfile(protocol="http", endpoint=cloud.endpoint), language="en-US")
    credential = Credential(cloud.access_key_id, cloud.access_key_secret)
    return CommonClient("vod", version, credential, "ap-guangzhou", profile)


# The whole way, in every manner of signing.


def test_an_animated_image_from_its_template_to_its_file(any_vod, mockcloud):
    template = {"Name": "模板 a_b&c=1+2", "Fps": 15, "Width": 320, "Height": 0, "Format": "gif", "Quality": 75.5}
    definition = any_vod(CREATE, **template)["Definition"]
    assert definition == 1008
    shown = any_vod(DESCRIBE, Definitions=[definition])
    assert shown["TotalCount"] == 1
    assert shown["AnimatedGraphicsTemplateSet"][0].items() >= {**template, "Type": "Custom"}.items()
    any_vod(MODIFY, Definition=definition, Fps=10)

    part = {"Definition": definition, "StartTimeOffset": -5, "EndTimeOffset": -1.5}
    task_id = any_vod("ProcessMedia", **process(part, SessionContext="ctx", TasksPriority=-10))["TaskId"]
    seen = []
    for _ in range(3):
        detail = any_vod("DescribeTaskDetail", TaskId=task_id)
        seen.append((detail["Status"], any_vod("DescribeTasks", Limit=1)["TaskSet"][0]["Status"]))
        mockcloud.clock.advance(1)

    assert seen == [("WAITING",) * 2, ("PROCESSING",) * 2, ("FINISH",) * 2]
    task = detail["ProcedureTask"]
    (result,) = task["MediaProcessResultSet"]
    done = result["AnimatedGraphicTask"]
    assert (result["Type"], done["Status"], done["ErrCode"], done["Message"]) == (
        "AnimatedGraphics",
        "SUCCESS",
        0,
        "SUCCESS",
    )
    assert (task["TaskId"], task["SessionContext"], task["TasksPriority"]) == (task_id, "ctx", -10)
    assert done["Input"] == part
    output = done["Output"]
    assert output["Url"] == f"http://1256768367.vod2.myqcloud.com/xxx/xxx/v.f{definition}.gif"
    assert (output["Width"], output["Height"], output["StartTimeOffset"], output["EndTimeOffset"]) == (
        320,
        240,
        55,
        58.5,
    )
    assert (detail["BeginProcessTime"], detail["FinishTime"]) == ("2020-11-19T10:36:53Z", "2020-11-19T10:36:54Z")

    any_vod(DELETE, Definition=definition)
    assert any_vod(DESCRIBE, Type="Custom")["TotalCount"] == 0
    media = any_vod("DescribeMediaInfos", FileIds=[VIDEO], Filters=["animatedGraphicsInfo"])["MediaInfoSet"][0]
    assert media["AnimatedGraphicsInfo"]["AnimatedGraphicsSet"] == [output]


def test_errors_in_every_manner_of_signing(any_vod, mockcloud):
    assert any_vod.refused(mockcloud, CREATE, Fps=61) == FPS
    assert any_vod.refused(mockcloud, DELETE, Definition=7) == NOT_THERE
    assert any_vod.refused(mockcloud, CREATE) == missing("Fps")


def test_a_task_flow_on_a_media_file(any_vod, mockcloud):
    any_vod("CreateProcedureTemplate", Name="flow", MediaProcessTask={"AnimatedGraphicTaskSet": [GIF, GIF]})
    answer = any_vod("ProcessMediaByProcedure", FileId=VIDEO, ProcedureName="flow")
    mockcloud.clock.advance(2)

    results = any_vod("DescribeTaskDetail", TaskId=answer["TaskId"])["ProcedureTask"]["MediaProcessResultSet"]

    assert [result["AnimatedGraphicTask"]["Status"] for result in results] == ["SUCCESS"] * 2
    assert answer["ReviewAudioVideoTaskId"] == ""


# Refusals that a client meets, with code and message.


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        ({}, missing("Fps")),
        ({"Fps": 0}, FPS),
        ({"Fps": 61}, FPS),
        ({"Fps": -1}, FPS),
        ({"Fps": "ten"}, wrong_type("Fps")),
        ({"Fps": 1.5}, wrong_type("Fps")),
        ({"Fps": 10, "Width": 1}, RESOLUTION),
        ({"Fps": 10, "Width": 127}, RESOLUTION),
        ({"Fps": 10, "Width": 4097}, RESOLUTION),
        ({"Fps": 10, "Height": 127}, RESOLUTION),
        ({"Fps": 10, "Height": 4097}, RESOLUTION),
        ({"Fps": 10, "Quality": 0}, QUALITY),
        ({"Fps": 10, "Quality": 0.9}, QUALITY),
        ({"Fps": 10, "Quality": 101}, QUALITY),
        ({"Fps": 10, "Format": "png"}, FORMAT),
        ({"Fps": 10, "Format": "GIF"}, FORMAT),
        ({"Fps": 10, "Format": ""}, FORMAT),
        (
            {"Fps": 10, "Format": "webp"},
            (
                "InvalidParameterValue.FormatWebpLackWidthAndHeight",
                "The parameter `Format` is webp, but neither `Width` nor `Height` is given.",
            ),
        ),
        (
            {"Fps": 10, "Format": "webp", "Width": 0, "Height": 0},
            (
                "InvalidParameterValue.FormatWebpWidthAndHeightBothZero",
                "The parameters `Width` and `Height` must not both be 0 when `Format` is webp.",
            ),
        ),
        ({"Fps": 10, "ResolutionAdaptive": "auto"}, value_of("ResolutionAdaptive", "auto")),
        ({"Fps": 10, "Name": "名" * 65}, ("InvalidParameterValue.Name", "The parameter `Name` is not valid.")),
        ({"Fps": 10, "Comment": "x" * 257}, ("InvalidParameterValue.Comment", "The parameter `Comment` is not valid.")),
    ],
)
def test_templates_that_are_refused(mockcloud, vod, parameters, refusal):
    assert vod.refused(mockcloud, CREATE, **parameters) == refusal
    assert vod(DESCRIBE, Type="Custom")["TotalCount"] == 0


@pytest.mark.parametrize(
    "parameters",
    [
        {"Fps": 1},
        {"Fps": 30},
        {"Fps": 60, "Width": 128, "Height": 4096, "Quality": 100, "Name": "名" * 64, "Comment": "x" * 256},
        {"Fps": 10, "Format": "webp", "Width": 320, "Quality": 1, "ResolutionAdaptive": "close"},
        {"Fps": 10, "Format": "webp", "Width": 0, "Height": 320},
        {"Fps": 10, "SubAppId": 1400000000},
    ],
)
def test_templates_at_the_edges(vod, parameters):
    assert vod(CREATE, **parameters)["Definition"] == 1008


def test_number_of_templates(mockcloud, vod):
    for _ in range(16):
        vod(CREATE, Fps=1)
    assert vod.refused(mockcloud, CREATE, Fps=1) == (
        "LimitExceeded.TooMuchTemplate",
        "There are as many templates as the quota allows.",
    )


@pytest.mark.parametrize(
    ("action", "parameters", "refusal"),
    [
        (MODIFY, {"Definition": 20000, "Fps": 5}, NOT_THERE),
        (MODIFY, {"Definition": 7, "Fps": 5}, NOT_THERE),
        (MODIFY, {"Fps": 5}, missing("Definition")),
        (DELETE, {"Definition": 20001}, NOT_THERE),
        (DELETE, {}, missing("Definition")),
        (DELETE, {"Definition": -1}, wrong_type("Definition")),
        (MODIFY, {"Definition": -1}, wrong_type("Definition")),
        (DESCRIBE, {"Definitions": [20000, -1]}, wrong_type("Definitions.1")),
        (
            DESCRIBE,
            {"Definitions": [*range(101)]},
            ("InvalidParameterValue.Definitions", "The parameter `Definitions` is not valid."),
        ),
        (DESCRIBE, {"Limit": 101}, ("InvalidParameterValue.Limit", "The parameter `Limit` is not valid.")),
        (DESCRIBE, {"Type": "preset"}, ("InvalidParameterValue.Type", "The parameter `Type` is not valid.")),
        (DESCRIBE, {"Offset": -1}, wrong_type("Offset")),
        (
            "ProcessMedia",
            process(GIF, FileId="1"),
            ("InvalidParameterValue.FileId", "The media of the parameter `FileId` does not exist."),
        ),
        (
            "ProcessMedia",
            {"MediaProcessTask": {}},
            ("InvalidParameter", "The parameter `FileId` is not valid."),
        ),
        (
            "ProcessMedia",
            {"MediaStoragePath": "/none.mp4"},
            value_of("MediaStoragePath", "/none.mp4"),
        ),
        (
            "ProcessMedia",
            process({"StartTimeOffset": 1}),
            missing("MediaProcessTask.AnimatedGraphicTaskSet.0.Definition"),
        ),
        (
            "ProcessMedia",
            process({"Definition": "x"}),
            wrong_type("MediaProcessTask.AnimatedGraphicTaskSet.0.Definition"),
        ),
        (
            "ProcessMedia",
            process({"Definition": -1}),
            wrong_type("MediaProcessTask.AnimatedGraphicTaskSet.0.Definition"),
        ),
        (
            "ProcessMedia",
            process(SessionId="x" * 51),
            ("InvalidParameterValue.SessionIdTooLong", "The parameter `SessionId` is too long."),
        ),
        (
            "ProcessMedia",
            process(SessionContext="x" * 1001),
            ("InvalidParameterValue.SessionContextTooLong", "The parameter `SessionContext` is too long."),
        ),
        ("ProcessMedia", process(TasksPriority=11), value_of("TasksPriority", 11)),
        ("ProcessMedia", process(TasksPriority=-11), value_of("TasksPriority", -11)),
        ("ProcessMedia", process(TasksNotifyMode="finish"), value_of("TasksNotifyMode", "finish")),
        ("ProcessMediaByProcedure", {"FileId": VIDEO}, missing("ProcedureName")),
        (
            "ProcessMediaByProcedure",
            {"FileId": VIDEO, "ProcedureName": "none"},
            (
                "InvalidParameterValue.ProcedureName",
                "The task flow of the parameter `ProcedureName` is not valid.",
            ),
        ),
        (
            "DescribeTaskDetail",
            {"TaskId": "none"},
            ("InvalidParameterValue.TaskId", "The task of the parameter `TaskId` does not exist."),
        ),
        ("DescribeTaskDetail", {}, missing("TaskId")),
        ("DescribeTasks", {"Limit": 0}, value_of("Limit", 0)),
        ("DescribeTasks", {"Limit": 101}, value_of("Limit", 101)),
        (
            "DescribeTasks",
            {"Status": "ABORTED"},
            ("InvalidParameterValue.Status", "The parameter `Status` is not valid."),
        ),
        ("DescribeTasks", {"CreateTime": {"After": "today"}}, value_of("CreateTime.After", "today")),
        ("DescribeTasks", {"Sort": {"Field": "CreateTime"}}, missing("Sort.Order")),
        ("DescribeTasks", {"ScrollToken": "none"}, value_of("ScrollToken", "none")),
        ("ConfirmEvents", {}, missing("EventHandles")),
        (
            "ConfirmEvents",
            {"EventHandles": ["x"] * 17},
            ("InvalidParameterValue", "The number of items in the parameter `EventHandles` is not valid."),
        ),
        ("ConfirmEvents", {"EventHandles": ["x"]}, value_of("EventHandles", "x")),
        ("ModifyEventConfig", {"Mode": "POLL"}, ("InvalidParameter", "The parameter `Mode` is not valid.")),
        (
            "ModifyEventConfig",
            {"DeleteMediaCompleteEventSwitch": "on"},
            ("InvalidParameter", "The parameter `DeleteMediaCompleteEventSwitch` is not valid."),
        ),
    ],
)
def test_calls_that_are_refused(mockcloud, vod, action, parameters, refusal):
    assert vod.refused(mockcloud, action, **parameters) == refusal


def test_session_ids(mockcloud, vod):
    vod("ProcessMedia", **process(GIF, SessionId="once"))
    assert vod.refused(mockcloud, "ProcessMedia", **process(GIF, SessionId="once")) == (
        "InvalidParameterValue.SessionId",
        "The parameter `SessionId` has been used before, the request is a duplicate.",
    )
    mockcloud.clock.advance(3 * 86_400 + 1)
    vod("ProcessMedia", **process(GIF, SessionId="once"))


def test_time_that_tests_move_does_not_spoil_signatures(mockcloud, any_vod):
    mockcloud.clock.advance(3 * 86_400)
    assert any_vod("DescribeTasks")["TaskSet"] == []


def test_a_part_that_fails_does_not_raise(mockcloud, vod):
    task_id = vod("ProcessMedia", **process({"Definition": 7}, {**GIF, "EndTimeOffset": 1}))["TaskId"]
    mockcloud.clock.advance(2)

    detail = vod("DescribeTaskDetail", TaskId=task_id)

    parts = [part["AnimatedGraphicTask"] for part in detail["ProcedureTask"]["MediaProcessResultSet"]]
    assert detail["Status"] == "FINISH"
    assert [(part["Status"], part["ErrCodeExt"], part["ErrCode"]) for part in parts] == [
        ("FAIL", "InvalidInput.DefinitionNotExist", 40000),
        ("FAIL", "InvalidInput.InvalidTimeOffset", 40000),
    ]
    assert [part["Output"] for part in parts] == [None, None]


@pytest.mark.mockcloud(progress="manual")
def test_a_task_that_is_made_to_fail(mockcloud, vod):
    task_id = vod("ProcessMedia", **process(GIF))["TaskId"]
    mockcloud.task(task_id).force("PROCESSING")
    assert vod("DescribeTaskDetail", TaskId=task_id)["Status"] == "PROCESSING"
    mockcloud.task(task_id).fail("SourceFileError.DownloadNotAccessible")

    detail = vod("DescribeTaskDetail", TaskId=task_id)

    (part,) = detail["ProcedureTask"]["MediaProcessResultSet"]
    assert detail["Status"] == mockcloud.task(task_id).status == "FINISH"
    assert part["AnimatedGraphicTask"]["ErrCodeExt"] == "SourceFileError.DownloadNotAccessible"


# Who is calling.


def failure(cloud, action="DescribeEventConfig", **credential):
    keys = {"access_key_id": cloud.access_key_id, "access_key_secret": cloud.access_key_secret, **credential}
    caller = type("Caller", (), {**keys, "endpoint": cloud.endpoint})
    with pytest.raises(TencentCloudSDKException) as caught:
        Vod(caller)(action)
    return caught.value.get_code(), caught.value.get_message()


def test_a_wrong_secret(mockcloud):
    assert failure(mockcloud, access_key_secret="wrong") == (
        "AuthFailure.SignatureFailure",
        "The provided credentials could not be validated. Please check your signature is correct.",
    )
    entry = mockcloud.requests()[-1]
    assert entry["reason"] == "signature"
    assert "secret key is probably wrong" in json.dumps(entry)


def test_an_unknown_key(mockcloud):
    assert failure(mockcloud, access_key_id="stranger") == (
        "AuthFailure.SecretIdNotFound",
        "The SecretId is not found, please ensure that your SecretId is correct.",
    )


def test_accounts_are_kept_apart(mockcloud, vod):
    vod("ProcessMedia", **process(GIF))
    other = Vod(mockcloud.account("other"))
    assert other("DescribeTasks")["TaskSet"] == []
    assert len(vod("DescribeTasks")["TaskSet"]) == 1


def test_a_clock_that_is_wrong(mockcloud, vod, monkeypatch):
    now = time.time()
    monkeypatch.setattr("tencentcloud.common.abstract_client.time.time", lambda: now - 302)
    code, message = vod.refused(mockcloud, "DescribeTasks")
    assert code == "AuthFailure.SignatureExpire"
    assert message.startswith("Signature expired. Please use local time and enable NTP service")


# What the typed client cannot send.


def _common(cloud, action, **parameters):
    with pytest.raises(TencentCloudSDKException) as caught:
        untyped(cloud).call_json(action, parameters)
    assert len(caught.value.get_request_id()) == 36
    return caught.value.get_code(), caught.value.get_message()


def test_unknown_parameters_actions_and_operations_that_are_not_served(mockcloud):
    assert _common(mockcloud, CREATE, Fps=10, Frames=3) == (
        "UnknownParameter",
        "The parameter `Frames` is not recognized.",
    )
    assert _common(mockcloud, "ModifyProcedureTemplate") == (
        "InvalidAction",
        "The request action=`ModifyProcedureTemplate` is invalid or not found in service=`vod` and "
        "version=`2018-07-17`.",
    )
    assert _common(mockcloud, "SearchMedia") == (
        "InvalidAction",
        "The request action=`SearchMedia` exists, but this test double does not serve it.",
    )


def test_an_unknown_version(mockcloud):
    with pytest.raises(TencentCloudSDKException) as caught:
        untyped(mockcloud, "2017-01-01").call_json(CREATE, {"Fps": 10})
    assert (caught.value.get_code(), caught.value.get_message()) == (
        "NoSuchVersion",
        "The version `2017-01-01` does not exist.",
    )


def test_null_counts_as_absent(mockcloud):
    answer = untyped(mockcloud).call_json(CREATE, {"Fps": 10, "Name": None, "Width": None})
    assert answer["Response"]["Definition"] == 1008


def test_multipart(mockcloud):
    parameters = {"Fps": "10", "Name": "模板", "Width": "320"}
    body = untyped(mockcloud).call(CREATE, parameters, options={"IsMultipart": True})
    assert json.loads(body)["Response"]["Definition"] == 1008
    listed = {"AnimatedGraphicTaskSet": [GIF]}
    body = untyped(mockcloud).call(
        "ProcessMedia", {"FileId": VIDEO, "MediaProcessTask": listed}, options={"IsMultipart": True}
    )
    assert json.loads(body)["Response"]["TaskId"]
    assert mockcloud.requests()[-1]["parameters"]["MediaProcessTask"] == listed


def test_applications_are_accepted_anywhere_and_only_as_numbers(mockcloud):
    assert untyped(mockcloud).call_json("DescribeTasks", {"SubAppId": 7})["Response"]["TaskSet"] == []
    assert _common(mockcloud, "DescribeTasks", SubAppId="seven") == wrong_type("SubAppId")


# On the wire.


def _raw(cloud, operation, parameters, **sender):
    made = Sender(cloud.endpoint, cloud.access_key_id, cloud.access_key_secret, time.time(), "7", **sender)
    wire = compose(SERVICE.operations[operation], parameters, made)
    connection = http.client.HTTPConnection(cloud.endpoint, timeout=10)
    target = wire.path + (f"?{wire.query}" if wire.query else "")
    connection.request(wire.method, target, wire.body, dict(wire.headers))
    answer = connection.getresponse()
    body = json.loads(answer.read())
    connection.close()
    return answer, body


@pytest.mark.parametrize(("parameters", "member"), [({"Fps": 10}, "Definition"), ({"Fps": 0}, "Error")])
def test_http_status_and_content_type_of_good_and_bad(mockcloud, parameters, member):
    answer, body = _raw(mockcloud, CREATE, parameters)
    assert answer.status == 200
    assert answer.headers.get_all("Content-Type") == ["application/json"]
    assert list(body) == ["Response"]
    assert set(body["Response"]) == {member, "RequestId"}


def test_a_refusal_names_its_rule_in_a_header(mockcloud):
    answer, body = _raw(mockcloud, CREATE, {"Fps": 0})
    assert answer.headers["X-Mockcloud-Reason"] == "tencent-vod.CreateAnimatedGraphicsTemplate.Fps.range"
    assert body["Response"]["Error"] == {"Code": FPS[0], "Message": FPS[1]}


@pytest.mark.parametrize("scheme", ["tc3-get", "HmacSHA1", "HmacSHA256-get"])
def test_lists_in_text_are_numbers_again(mockcloud, scheme):
    _, body = _raw(mockcloud, DESCRIBE, {"Definitions": [20001, 20000], "Limit": 1}, scheme=scheme)
    assert body["Response"]["TotalCount"] == 2
    assert len(body["Response"]["AnimatedGraphicsTemplateSet"]) == 1

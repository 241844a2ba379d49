"""Every error of the starting document and of the common table, through each SDK's own exception."""

import json

import pytest

from .alibaba_vod import CONFIG, FLAVOURS, SUBMIT, TEMPLATE, VIDEO, Failed, Vod

LOST = "0" * 32
MISSING = 'The input parameter "{}" that is mandatory for processing this request is not supplied.'
INVALID = 'The specified parameter "{}" is not valid.'

# Answers to calls that are wrong: operation, parameters, then what is documented.
NATURAL = [
    ("SubmitDynamicImageJob", {"VideoId": LOST}, 404, "InvalidVideo.NotFound", "The video does not exist."),
    (
        "SubmitDynamicImageJob",
        {"DynamicImageTemplateId": LOST},
        404,
        "NoSuchResource",
        f"The specified resource {LOST} does not exist.",
    ),
    ("SubmitDynamicImageJob", {"VideoId": "up"}, 400, "Forbidden.IllegalStatus", "Status of the video is illegal."),
    ("SubmitDynamicImageJob", {"VideoId": ""}, 400, "MissingParameter", MISSING.format("VideoId")),
    ("SubmitDynamicImageJob", {"OverrideParams": "{x"}, 400, "InvalidParameter", INVALID.format("OverrideParams")),
]

# The common table, whose other rows need an account in trouble.
COMMON = [
    (400, "MissingParameter", MISSING.format("Wanted")),
    (400, "InvalidParameter", INVALID.format("Wanted")),
    (403, "OperationDenied", "Your account does not open VOD service yet."),
    (403, "OperationDenied.Suspended", "Your VOD service is suspended."),
    (403, "Forbidden", "User not authorized to operate on the specified resource."),
    (500, "InternalError", "The request processing has failed due to some unknown error."),
    (503, "ServiceUnAvailable", "The request has failed due to a temporary failure of the server."),
    (400, "Throttling.User", "Request was denied due to user flow control."),
    (404, "InvalidVideo.NotFound", "The video does not exist."),
    (404, "NoSuchResource", "The specified resource Wanted does not exist."),
    (400, "Forbidden.IllegalStatus", "Status of the video is illegal."),
]


@pytest.fixture(params=FLAVOURS)
def vod(request, mockcloud):
    return Vod(request.param, mockcloud)


def _failure(vod, action, parameters):
    with pytest.raises(Failed) as caught:
        vod(action, **parameters)
    return caught.value


def _assert_told(failed, mockcloud, status, code, message):
    assert (failed.status, failed.code, failed.message) == (status, code, message)
    entry = mockcloud.requests(service="alibaba-vod")[-1]
    assert (entry["status"], entry["response"]["RequestId"]) == (status, failed.request_id)


@pytest.mark.parametrize(("action", "changes", "status", "code", "message"), NATURAL, ids=lambda value: str(value)[:40])
def test_wrong_call(vod, mockcloud, action, changes, status, code, message):
    mockcloud.seed("alibaba-vod", "video", VideoId="up", Status="Uploading")
    failed = _failure(vod, action, {**SUBMIT, **changes})
    _assert_told(failed, mockcloud, status, code, message)


@pytest.mark.parametrize(("status", "code", "message"), COMMON, ids=[row[1] for row in COMMON])
def test_error_that_was_asked_for(vod, mockcloud, status, code, message):
    mockcloud.fail_next("alibaba-vod", "SubmitDynamicImageJob", code, args=["Wanted"])
    failed = _failure(vod, "SubmitDynamicImageJob", SUBMIT)
    _assert_told(failed, mockcloud, status, code, message)
    assert vod("SubmitDynamicImageJob", **SUBMIT)["DynamicImageJob"]


OTHERS = [
    (
        "AddVodTemplate",
        {"Name": "动" * 43, "TemplateType": "DynamicImage", "TemplateConfig": json.dumps(CONFIG)},
        400,
        "LengthExceededMax",
        "The specified Name length has exceeded 128 bytes.",
    ),
    (
        "AddVodTemplate",
        {"Name": "n", "TemplateType": "Gif", "TemplateConfig": json.dumps(CONFIG)},
        400,
        "InvalidParameter",
        INVALID.format("TemplateType"),
    ),
    (
        "GetVodTemplate",
        {"VodTemplateId": LOST},
        404,
        "NoSuchResource",
        f"The specified resource {LOST} does not exist.",
    ),
    ("SubmitSnapshotJob", {"VideoId": "busy"}, 400, "Forbidden.IllegalStatus", "Status of the video is illegal."),
    ("ListSnapshots", {"VideoId": "busy"}, 400, "Forbidden.IllegalStatus", "Status of the video is illegal."),
    (
        "DeleteDynamicImage",
        {"VideoId": VIDEO, "DynamicImageIds": ",".join("abcdefghijk")},
        400,
        "InvalidParameter",
        INVALID.format("DynamicImageIds"),
    ),
    (
        "DeleteVideo",
        {"VideoIds": ",".join(map(str, range(21)))},
        400,
        "VideoIdsExceededMax",
        "The VideoIds exceeded maximum.",
    ),
    ("GetVideoList", {"PageNo": 501}, 400, "VideoListExceededMax", "The video list exceeded maximum."),
    (
        "SearchMedia",
        {"ScrollToken": LOST},
        400,
        "InvalidScrollToken.Expired",
        "The ScrollToken is expired, please refresh it.",
    ),
    (
        "SearchMedia",
        {"Match": "Title"},
        400,
        "ErrorMatchSyntax",
        "The parameter Match.Title has an error syntax, please check it.",
    ),
    (
        "CreateUploadVideo",
        {"FileName": "a.exe", "Title": "t"},
        400,
        "InvalidFileName.Extension",
        "The specified FileName's extension is illegal.",
    ),
    (
        "CreateUploadVideo",
        {"FileName": "a.mp4", "Title": "t", "Tags": ",".join(map(str, range(17)))},
        400,
        "TagsExceededMax",
        "The specified Tags count has exceeded 16.",
    ),
    ("SetMessageCallback", {"CallbackType": "HTTP"}, 400, "MissingParameter", MISSING.format("CallbackURL")),
]


@pytest.mark.parametrize(
    ("action", "given", "status", "code", "message"), OTHERS, ids=[f"{row[0]}-{row[3]}" for row in OTHERS]
)
def test_other_operations(vod, mockcloud, action, given, status, code, message):
    mockcloud.seed("alibaba-vod", "video", VideoId="busy", Status="Transcoding")
    _assert_told(_failure(vod, action, given), mockcloud, status, code, message)


def test_unknown_operation(vod, mockcloud):
    failed = _failure(vod, "GetPlayInfo", {"VideoId": VIDEO})
    message = "Specified api is not found, please check your url and method."
    assert (failed.status, failed.code, failed.message) == (404, "InvalidAction.NotFound", message)


def test_fault_is_answered_with_the_first_required_parameter_when_nothing_is_named(vod, mockcloud):
    mockcloud.fail_next("alibaba-vod", "GetVodTemplate", "NoSuchResource")
    failed = _failure(vod, "GetVodTemplate", {"VodTemplateId": TEMPLATE})
    assert failed.message == "The specified resource VodTemplateId does not exist."

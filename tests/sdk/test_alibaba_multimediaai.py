"""MultimediaAI through its official clients, over a socket: each understands what it gets, and is understood."""

from __future__ import annotations

import re

import pytest
from alibabacloud_multimediaai20190810.client import Client

from mockcloud.contract.load import Contracts
from mockcloud.model import Misuse

from .alibaba_multimediaai import (
    CLIENTS,
    GIF,
    SERVICE,
    acs,
    common,
    failure_of,
    listening,
    tea,
)

CONTRACT = Contracts().service(SERVICE)
BOTH = pytest.mark.parametrize("generation", ["acs", "tea"])
EVERY = pytest.mark.parametrize("generation", list(CLIENTS))


# The whole way of a task.


@EVERY
def test_a_gif_task_from_creation_to_result(mockcloud, generation):
    mockcloud.clock.freeze()
    call = CLIENTS[generation](mockcloud)
    created = call("CreateGifTask", **GIF)
    number = created["TaskId"]
    statuses = [call("GetTaskStatus", TaskId=number)["Status"]]
    for _ in range(2):
        mockcloud.clock.advance(1)
        statuses.append(call("GetTaskStatus", TaskId=number)["Status"])
    result = call("GetTaskResult", TaskId=number)
    assert number == 1
    assert statuses == [0, 1, 2]
    assert result["Status"] == 2
    assert result["Result"]["VideoName"] == "testVideo"
    assert re.fullmatch(
        r"http://.+\.txt\?Expires=\d+&OSSAccessKeyId=.+&Signature=.+", result["Result"]["ProcessResultUrl"]
    )


@pytest.mark.parametrize("operation", ["CreateGifTask", "CreateCoverTask", "CreateLabelTask"])
@EVERY
def test_every_kind_of_task_can_be_created(mockcloud, generation, operation):
    assert CLIENTS[generation](mockcloud)(operation, **GIF)["TaskId"] == 1


@pytest.mark.parametrize("generation", ["acs", "common-get", "common-post"])
def test_code_ok_is_in_the_body(mockcloud, generation):
    answer = CLIENTS[generation](mockcloud)("CreateGifTask", **GIF)
    assert answer.pop("RequestId")
    assert answer == {"TaskId": 1, "Code": "OK"}


@EVERY
def test_a_failed_task_has_its_error(mockcloud, generation):
    call = CLIENTS[generation](mockcloud)
    call("CreateGifTask", **GIF)
    mockcloud.task(1, SERVICE).fail("1000")
    found = call("GetTaskResult", TaskId=1)
    assert found["Status"] == 3
    assert (found["Result"]["ErrorCode"], found["Result"]["ErrorMessage"]) == ("1000", "Download fail")
    assert "ProcessResultUrl" not in found["Result"]


def test_tasks_are_listed(mockcloud):
    mockcloud.clock.freeze()
    call = common(mockcloud)
    call("CreateGifTask", **GIF)
    call("CreateCoverTask", **GIF)
    found = call("ListTasks", PageNumber=1, PageSize=10, ServiceType=2, Status=0)
    assert found["TotalCount"] == 1
    assert [(task["TaskId"], task["Template"]["Id"]) for task in found["Tasks"]] == [(2, "1")]


@EVERY
def test_what_needs_escaping_arrives_as_it_was(mockcloud, generation):
    call = CLIENTS[generation](mockcloud)
    name = "a b+c*~'(首)!/:&=%20<>\""
    call("CreateGifTask", **{**GIF, "VideoName": name})
    assert call("GetTaskResult", TaskId=1)["Result"]["VideoName"] == name


@EVERY
def test_the_largest_long_survives(mockcloud, generation):
    mockcloud.seed(SERVICE, "template", TemplateId=2**63 - 1)
    assert CLIENTS[generation](mockcloud)("CreateGifTask", **{**GIF, "TemplateId": 2**63 - 1})["TaskId"] == 1


def test_scales_come_in_a_form_and_are_ignored(mockcloud):
    assert acs(mockcloud)("CreateGifTask", **GIF, Scales=[{"w": 1}])["TaskId"] == 1
    (entry,) = mockcloud.requests(service=SERVICE)
    assert "Scales" in entry["body"]


def test_an_own_application_and_template(mockcloud):
    mockcloud.seed(SERVICE, "application", ApplicationId="mine", ApplicationName="Mine")
    call = common(mockcloud)
    number = int(call("CreateTemplate", TemplateName="cover", Content="{}", Type=3)["TemplateId"])
    call("CreateGifTask", **{**GIF, "ApplicationId": "mine", "TemplateId": number})
    found = call("ListTasks", PageNumber=1, PageSize=10, ApplicationName="Mine")
    assert found["Tasks"][0]["Template"] == {"Id": "2", "Name": "cover"}


@pytest.mark.parametrize("number", [7, "7"])
def test_a_seeded_template_is_given_back(mockcloud, number):
    mockcloud.seed(SERVICE, "template", TemplateId=number, Content={"a": 1}, Type=1)
    found = tea(mockcloud)("GetTemplate", TemplateId=7)
    assert (found["TemplateId"], found["Content"], found["Category"]) == ("7", {"a": 1}, 1)


@pytest.mark.parametrize("wrong", [{"Content": "{x"}, {"Type": 4}, {"TemplateId": "abc"}, {"Colour": "red"}])
def test_a_template_that_cannot_be_seeded(mockcloud, wrong):
    with pytest.raises(Misuse):
        mockcloud.seed(SERVICE, "template", **wrong)


def test_accounts_are_apart(mockcloud):
    other = mockcloud.account("other")
    assert acs(mockcloud)("CreateGifTask", **GIF)["TaskId"] == 1
    assert acs(other)("CreateGifTask", **GIF)["TaskId"] == 1
    assert failure_of(tea(other), "GetTaskStatus", TaskId=2).code == "ResourceNotFound"


# Templates, faces, algorithms.


@BOTH
def test_templates(mockcloud, generation):
    call = CLIENTS[generation](mockcloud)
    created = call("CreateTemplate", TemplateName="cover", Content='{"scales": [1, 2]}', IsDefault=True, Type=3)
    assert created["TemplateId"] == "2"
    found = call("GetTemplate", TemplateId=2)
    assert (found["Content"], found["IsDefault"], found["Category"]) == ({"scales": [1, 2]}, True, 3)
    call("UpdateTemplate", TemplateId="2", TemplateName="gif", IsDefault=False)
    listed = call("ListTemplates", PageNumber=1, PageSize=10, Type=3)
    assert (listed["TotalCount"], listed["TotalAmount"]) == (2, 2)
    assert [(item["TemplateId"], item["TemplateName"], item["IsDefault"]) for item in listed["Templates"]] == [
        ("1", "dynamic cover", False),
        ("2", "gif", False),
    ]


@BOTH
def test_faces(mockcloud, generation):
    call = CLIENTS[generation](mockcloud)
    group = call("CreateFaceGroup", FaceGroupName="actors", Description="of the film")["FaceGroupId"]
    person = call("CreateFacePerson", FaceGroupId=group, FacePersonName="Ada", ImageUrls="http://a/1.jpg")[
        "FacePersonId"
    ]
    whose = {"FaceGroupId": group, "FacePersonId": person}
    image = call("RegisterFaceImage", **whose, ImageUrl="http://a/2.jpg")["FaceImages"][0]["FaceImageId"]
    images = call("ListFaceImages", **whose, PageNumber=1, PageSize=10)
    assert [found["FaceImageId"] for found in images["FaceImages"]] == [1, image]
    assert images["FaceImages"][0]["FaceRectangle"] == [0.0, 0.0, 100.0, 100.0]
    call("DeleteFaceImage", **whose, FaceImageId=image)
    persons = call("ListFacePersons", FaceGroupId=group, PageNumber=1, PageSize=10)
    assert [(found["FacePersonName"], found["ImageCount"]) for found in persons["FacePersons"]] == [("Ada", 1)]
    call("DeleteFacePerson", **whose)
    groups = call("ListFaceGroups", PageNumber=1, PageSize=10)
    assert [(found["FaceGroupName"], found["PersonCount"]) for found in groups["FaceGroups"]] == [("actors", 0)]
    call("DeleteFaceGroup", FaceGroupId=group)
    assert failure_of(call, "ListFacePersons", FaceGroupId=group).code == "ResourceNotFound"


@pytest.mark.parametrize("kind", ["Face", "ImageTag", "Landmark", "Logo", "News", "Nlp", "Ocr"])
@pytest.mark.parametrize("generation", ["tea", "tea-async"])
def test_algorithms(mockcloud, generation, kind):
    answer = CLIENTS[generation](mockcloud)(f"Process{kind}Algorithm", AppKey="key", Data="{}")
    assert (answer["Code"], answer["Message"], answer["Data"]) == (200, "OK", "{}")


def test_every_operation_of_both_clients_is_served():
    served = {
        "".join(f"_{char.lower()}" if char.isupper() else char for char in name)[1:] for name in CONTRACT.operations
    }
    offered = {name.removesuffix("_with_options") for name in dir(Client) if name.endswith("_with_options")}
    assert offered <= served


# Callbacks.


@EVERY
def test_the_callback_arrives(mockcloud, generation):
    with listening() as listener:
        call = CLIENTS[generation](mockcloud)
        created = call("CreateGifTask", **{**GIF, "CallbackUrl": listener.url})
        mockcloud.clock.advance(5)
    (told,) = listener.received
    assert told["ProcessResultUrl"] == call("GetTaskResult", TaskId=1)["Result"]["ProcessResultUrl"]
    assert (told["TaskId"], told["Status"], told["VideoName"]) == (1, 2, "testVideo")
    assert told["RequestId"] == created["RequestId"]
    assert listener.headers[0]["content-type"] == "application/json;charset=utf-8"
    (delivery,) = mockcloud.callbacks
    assert (delivery["outcome"], delivery["task"]) == ("delivered", "1")


def test_the_callback_of_afailure_of(mockcloud):
    with listening() as listener:
        acs(mockcloud)("CreateGifTask", **{**GIF, "CallbackUrl": listener.url})
        mockcloud.task(1, SERVICE).fail("1000")
        mockcloud.clock.advance(1)
    assert [(told["Status"], told["ErrorMessage"]) for told in listener.received] == [(3, "Download fail")]


@pytest.mark.parametrize(
    ("statuses", "outcome", "tries"), [([500], "delivered", 2), ([500, 204], "delivered", 3), ([500] * 9, "failed", 3)]
)
def test_the_callback_is_tried_three_times_a_second_apart(mockcloud, statuses, outcome, tries):
    mockcloud.clock.freeze()
    with listening() as listener:
        listener.statuses = statuses
        acs(mockcloud)("CreateGifTask", **{**GIF, "CallbackUrl": listener.url})
        mockcloud.clock.advance(10)
    (delivery,) = mockcloud.callbacks
    assert (delivery["outcome"], len(delivery["attempts"]), len(listener.received)) == (outcome, tries, tries)
    seconds = [attempt["time"][17:19] for attempt in delivery["attempts"]]
    assert len(set(seconds)) == tries


def test_nobody_outside_this_machine_is_called(mockcloud):
    acs(mockcloud)("CreateGifTask", **{**GIF, "CallbackUrl": "http://192.0.2.1/hook"})
    mockcloud.clock.advance(5)
    assert [delivery["outcome"] for delivery in mockcloud.callbacks] == ["refused"]


@EVERY
def test_the_documented_request_works_on_a_fresh_server(mockcloud, generation):
    mockcloud.clock.freeze()
    assert CLIENTS[generation](mockcloud)("CreateGifTask", **{**GIF, "CallbackUrl": "https://xxx"})["TaskId"] == 1

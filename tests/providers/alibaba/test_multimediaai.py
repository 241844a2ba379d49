"""What MultimediaAI does, without a socket: tasks, results, callbacks, templates."""

from __future__ import annotations

import json

import orjson
import pytest

from mockcloud.check.caller import Answered, Caller
from mockcloud.clock import Clock
from mockcloud.pipeline import Engine
from mockcloud.state import Settings
from mockcloud.tasks import Progress

from .raw import CONTRACTS, GIF, NOW, SERVICE


class Desk:
    """One account of a fresh engine whose clock stands still until it is moved."""

    def __init__(self, **settings):
        self.engine = Engine(Settings(**settings), CONTRACTS, Clock(lambda: NOW))
        self.caller = Caller(self.engine)
        self.state = self.engine.world.account("mockcloud").service(SERVICE)

    def ask(self, operation: str, **parameters) -> Answered:
        return self.caller.call(SERVICE.operations[operation], parameters)

    def body(self, operation: str, **parameters):
        answered = self.ask(operation, **parameters)
        assert answered.error is None, answered.error
        return answered.body

    def advance(self, seconds: float) -> None:
        target = self.engine.clock.now() + seconds
        self.engine.clock.set(target)
        self.engine.run_due()

    def fail(self, number: int, **failure) -> None:
        self.state.force(self.state.tasks.get(str(number)), 3, failure)
        self.engine.run_due()


@pytest.fixture
def desk():
    return Desk()


def _error(desk: Desk, operation: str, **parameters):
    answered = desk.ask(operation, **parameters)
    return answered.reply.status, *answered.error


# Creating tasks.


def test_task_ids_count_up_from_one_over_all_kinds(desk):
    names = ("CreateGifTask", "CreateCoverTask", "CreateLabelTask")
    assert [desk.body(name, **GIF) for name in names] == [{"TaskId": n, "Code": "OK"} for n in (1, 2, 3)]


def test_each_account_counts_for_itself(desk):
    desk.body("CreateGifTask", **GIF)
    created = Caller(desk.engine, "mockcloud-other").call(SERVICE.operations["CreateGifTask"], GIF)
    assert created.body["TaskId"] == 1


@pytest.mark.parametrize("name", ["ApplicationId", "CallbackUrl", "TemplateId", "VideoName", "VideoUrl"])
@pytest.mark.parametrize("value", [None, ""])
def test_a_required_parameter_is_absent_or_empty(desk, name, value):
    told = _error(desk, "CreateGifTask", **{**GIF, name: value})
    assert told == (400, "MissingParameter", f"You must specify the parameter {name}.")


@pytest.mark.parametrize("value", ["abc", "1.5", "9223372036854775808", "0x1"])
def test_a_template_id_that_long_cannot_hold(desk, value):
    told = _error(desk, "CreateGifTask", **{**GIF, "TemplateId": value})
    assert told == (400, "InvalidParameter", "The specified parameter TemplateId is invalid.")


@pytest.mark.parametrize(
    ("name", "value"), [("ApplicationId", "elsewhere"), ("TemplateId", 2), ("TemplateId", 2**63 - 1)]
)
@pytest.mark.parametrize("operation", ["CreateGifTask", "CreateCoverTask", "CreateLabelTask"])
def test_a_resource_that_is_not_there(desk, operation, name, value):
    told = _error(desk, operation, **{**GIF, name: value})
    assert told == (
        404,
        "ResourceNotFound",
        f"The requested resource does not exist. Please check the parameter {name}.",
    )


def test_a_label_task_needs_neither_template_nor_callback(desk):
    given = {name: GIF[name] for name in ("ApplicationId", "VideoName", "VideoUrl")}
    assert desk.body("CreateLabelTask", **given) == {"TaskId": 1, "Code": "OK"}


def test_the_largest_template_id_is_one(desk):
    desk.caller.prepare(SERVICE, [{"kind": "template", "TemplateId": 2**63 - 1}])
    assert desk.body("CreateGifTask", **{**GIF, "TemplateId": 2**63 - 1})["Code"] == "OK"


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("not-selected", (406, "ServiceNotSelected", "The service is not activated.")),
        ("not-opened", (401, "ServiceNotOpened", "You have not purchased the service.")),
    ],
)
def test_the_dynamic_cover_service_may_be_switched_off(value, told):
    desk = Desk(options={"alibaba-multimediaai.dynamic-cover": value})
    assert _error(desk, "CreateGifTask", **GIF) == told
    assert desk.body("CreateCoverTask", **GIF)["Code"] == "OK"


# The life of a task.


def test_a_task_waits_runs_and_succeeds(desk):
    number = desk.body("CreateGifTask", **GIF)["TaskId"]
    seen = []
    for _ in range(4):
        seen.append(desk.body("GetTaskStatus", TaskId=number)["Status"])
        desk.advance(1)
    assert seen == [0, 1, 2, 2]


def test_looks_move_it_on_where_asked_so():
    desk = Desk(progress=Progress.parse("polls:1"))
    desk.body("CreateGifTask", **GIF)
    assert [desk.body("GetTaskStatus", TaskId=1)["Status"] for _ in range(4)] == [0, 1, 2, 2]


def test_before_the_end_the_result_holds_the_names_only(desk):
    desk.body("CreateGifTask", **GIF)
    names = {name: GIF[name] for name in ("ApplicationId", "VideoName", "VideoUrl")}
    assert desk.body("GetTaskResult", TaskId=1) == {"Status": 0, "Result": names}


def test_a_success_has_its_address_and_time(desk):
    desk.body("CreateGifTask", **GIF)
    desk.advance(5)
    found = desk.body("GetTaskResult", TaskId=1)
    url = found["Result"].pop("ProcessResultUrl")
    names = {name: GIF[name] for name in ("ApplicationId", "VideoName", "VideoUrl")}
    assert found == {"Status": 2, "Result": {**names, "AnalysisUseTime": 1}}
    assert url.startswith("http://mockcloud.oss-cn-north-1.aliyuncs.com/processResult/")
    assert ".txt?Expires=1600003600&OSSAccessKeyId=mockcloud&Signature=" in url
    assert desk.body("GetTaskResult", TaskId=1)["Result"]["ProcessResultUrl"] == url


def test_a_failure_has_the_documented_error_members(desk):
    desk.body("CreateGifTask", **GIF)
    desk.fail(1)
    found = desk.body("GetTaskResult", TaskId=1)
    assert found["Status"] == 3
    assert {name: text for name, text in found["Result"].items() if name.startswith("Error")} == {
        "ErrorCode": "1000",
        "ErrorName": "Download fail",
        "ErrorMessage": "Download fail",
        "ErrorReason": "Download fail",
    }
    assert "ProcessResultUrl" not in found["Result"]


def test_a_code_of_the_error_table_appears_as_the_list_of_tasks_shows_it(desk):
    desk.body("CreateGifTask", **GIF)
    desk.fail(1, code="ServiceNotSelected")
    found = desk.body("ListTasks", PageNumber=1, PageSize=10)["Tasks"][0]
    assert (found["ErrorCode"], found["ErrorName"]) == ("406", "ServiceNotSelected")
    assert found["ErrorMessage"] == found["ErrorReason"] == "The service is not activated."


def test_a_failure_may_have_a_text_of_its_own(desk):
    desk.body("CreateGifTask", **GIF)
    desk.fail(1, code="1000", message="Too slow")
    assert desk.body("GetTaskResult", TaskId=1)["Result"]["ErrorReason"] == "Too slow"


@pytest.mark.parametrize("operation", ["GetTaskStatus", "GetTaskResult"])
@pytest.mark.parametrize(
    ("value", "status", "code"),
    [
        (2, 404, "ResourceNotFound"),
        (0, 404, "ResourceNotFound"),
        (-1, 404, "ResourceNotFound"),
        ("x", 400, "InvalidParameter"),
        (None, 400, "MissingParameter"),
    ],
)
def test_a_task_that_is_not_there(desk, operation, value, status, code):
    desk.body("CreateGifTask", **GIF)
    told = _error(desk, operation, TaskId=value)
    assert told[:2] == (status, code)
    assert "TaskId" in told[2]


# Lists of tasks.


def _listed(desk: Desk, **filters):
    return [task["TaskId"] for task in desk.body("ListTasks", **{"PageNumber": 1, "PageSize": 10, **filters})["Tasks"]]


@pytest.fixture
def four(desk):
    """1 and 2 are GIF tasks, 3 a cover, 4 a label task of another application; 1 has failed, 2 and 3 have succeeded."""
    desk.caller.prepare(SERVICE, [{"kind": "application", "ApplicationId": "second", "ApplicationName": "The Second"}])
    desk.body("CreateGifTask", **GIF)
    desk.body("CreateGifTask", **GIF)
    desk.body("CreateCoverTask", **GIF)
    desk.fail(1)
    desk.advance(5)
    desk.body("CreateLabelTask", **{**GIF, "ApplicationId": "second"})
    return desk


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        ({}, [4, 3, 2, 1]),
        ({"Status": 0}, [4]),
        ({"Status": 1}, []),
        ({"Status": 2}, [3, 2]),
        ({"Status": 3}, [1]),
        ({"ServiceType": 1}, [4]),
        ({"ServiceType": 2}, [3]),
        ({"ServiceType": 3}, [2, 1]),
        ({"ServiceType": 3, "Status": 3}, [1]),
        ({"ApplicationName": "The Second"}, [4]),
        ({"ApplicationName": "Second"}, []),
        ({"TaskId": 3}, [3]),
        ({"TaskId": 9}, []),
        ({"PageSize": 3}, [4, 3, 2]),
        ({"PageSize": 3, "PageNumber": 2}, [1]),
        ({"PageSize": 3, "PageNumber": 3}, []),
    ],
)
def test_tasks_are_listed_newest_first_and_filtered(four, filters, numbers):
    assert _listed(four, **filters) == numbers


def test_the_total_counts_all_pages(four):
    found = four.body("ListTasks", PageNumber=2, PageSize=3)
    assert (found["TotalCount"], found["PageNumber"], found["PageSize"]) == (4, 2, 3)


def test_a_listed_task_has_every_documented_member(four):
    task = four.body("ListTasks", PageNumber=1, PageSize=1, TaskId=2)["Tasks"][0]
    assert task.pop("ProcessResultUrl").startswith("http://")
    assert task == {
        "TaskId": 2,
        "Status": 2,
        "ApplicationId": "ApplicationId",
        "ApplicationName": "ApplicationId",
        "VideoName": "testVideo",
        "VideoUrl": "http://XXX.mp4",
        "CreateTime": "2020-09-13",
        "ProcessingDuration": 1000,
        "Template": {"Id": "1", "Name": "dynamic cover"},
    }


@pytest.mark.parametrize(
    ("parameters", "code", "name"),
    [
        ({"PageSize": 10}, "MissingParameter", "PageNumber"),
        ({"PageNumber": 1}, "MissingParameter", "PageSize"),
        ({"PageNumber": "", "PageSize": 10}, "MissingParameter", "PageNumber"),
        ({"PageNumber": "x", "PageSize": 10}, "InvalidParameter", "PageNumber"),
        ({"PageNumber": 0, "PageSize": 10}, "InvalidParameter", "PageNumber"),
        ({"PageNumber": 1, "PageSize": 0}, "InvalidParameter", "PageSize"),
        ({"PageNumber": 1, "PageSize": 10, "Status": 4}, "InvalidParameter", "Status"),
        ({"PageNumber": 1, "PageSize": 10, "Status": -1}, "InvalidParameter", "Status"),
        ({"PageNumber": 1, "PageSize": 10, "ServiceType": 0}, "InvalidParameter", "ServiceType"),
        ({"PageNumber": 1, "PageSize": 10, "ServiceType": 4}, "InvalidParameter", "ServiceType"),
        ({"PageNumber": 1, "PageSize": 10, "TaskId": "x"}, "InvalidParameter", "TaskId"),
    ],
)
def test_a_list_that_cannot_be_asked_for(desk, parameters, code, name):
    told = _error(desk, "ListTasks", **parameters)
    assert told[:2] == (400, code)
    assert name in told[2]


# Callbacks.


def _deliveries(desk: Desk):
    return [record.delivery for record in desk.engine.callbacks]


def test_the_callback_is_owed_when_the_task_ends(desk):
    desk.body("CreateGifTask", **GIF)
    desk.advance(1.5)
    assert _deliveries(desk) == []
    desk.advance(1)
    (delivery,) = _deliveries(desk)
    assert (delivery.url, delivery.task, delivery.waits) == ("https://xxx", "1", (1.0, 1.0))
    assert dict(delivery.headers)["Content-Type"] == "application/json;charset=utf-8"


def test_the_callback_says_what_came_of_it(desk):
    answered = desk.ask("CreateGifTask", **GIF)
    desk.advance(5)
    told = json.loads(_deliveries(desk)[0].body)
    assert told.pop("ProcessResultUrl") == desk.body("GetTaskResult", TaskId=1)["Result"]["ProcessResultUrl"]
    assert told == {
        "TaskId": 1,
        "Status": 2,
        "RequestId": answered.reply.header("x-acs-request-id"),
        "ApplicationId": "ApplicationId",
        "VideoName": "testVideo",
        "VideoUrl": "http://XXX.mp4",
    }


def test_the_callback_of_a_failure_has_the_error_members(desk):
    desk.body("CreateGifTask", **GIF)
    desk.fail(1)
    told = json.loads(_deliveries(desk)[0].body)
    assert (told["Status"], told["ErrorCode"], told["ErrorName"]) == (3, "1000", "Download fail")
    assert "ProcessResultUrl" not in told


def test_a_task_without_an_address_tells_nobody(desk):
    desk.body("CreateLabelTask", **{name: GIF[name] for name in ("ApplicationId", "VideoName", "VideoUrl")})
    desk.advance(5)
    assert _deliveries(desk) == []


# Templates.


def _template(desk: Desk, **more):
    return desk.body("CreateTemplate", **{"TemplateName": "cover", "Content": '{"a": 1}', "Type": 3, **more})


def test_a_template_gets_the_next_number_as_text(desk):
    assert [_template(desk), _template(desk)] == [{"TemplateId": "2"}, {"TemplateId": "3"}]
    assert desk.body("CreateGifTask", **{**GIF, "TemplateId": 3})["Code"] == "OK"


def test_a_template_is_given_back_with_its_content_as_an_object(desk):
    _template(desk, IsDefault="True")
    assert desk.body("GetTemplate", TemplateId=2) == {
        "TemplateId": "2",
        "TemplateName": "cover",
        "Content": {"a": 1},
        "IsDefault": True,
        "Category": 3,
        "CreateTime": "2020-09-13",
        "UpdateTime": "2020-09-13",
    }


@pytest.mark.parametrize(("text", "value"), [("True", True), ("FALSE", False), ("true", True)])
def test_booleans_are_read_in_any_case(desk, text, value):
    _template(desk, IsDefault=text)
    assert desk.body("GetTemplate", TemplateId=2)["IsDefault"] is value


def test_a_template_may_have_no_type(desk):
    _template(desk, Type=None)
    assert "Category" not in desk.body("GetTemplate", TemplateId=2)
    assert "Type" not in desk.body("ListTemplates")["Templates"][1]


@pytest.mark.parametrize(
    ("parameters", "code", "name"),
    [
        ({"TemplateName": ""}, "MissingParameter", "TemplateName"),
        ({"Content": None}, "MissingParameter", "Content"),
        ({"Content": "{a"}, "InvalidParameter", "Content"),
        ({"Content": "[]"}, "InvalidParameter", "Content"),
        ({"Content": "1"}, "InvalidParameter", "Content"),
        ({"Type": 4}, "InvalidParameter", "Type"),
        ({"Type": "x"}, "InvalidParameter", "Type"),
        ({"IsDefault": "yes"}, "InvalidParameter", "IsDefault"),
    ],
)
def test_a_template_that_cannot_be_made(desk, parameters, code, name):
    told = _error(desk, "CreateTemplate", **{"TemplateName": "cover", "Content": "{}", "Type": 3, **parameters})
    assert told[:2] == (400, code)
    assert name in told[2]


def test_an_update_changes_what_was_sent(desk):
    _template(desk)
    desk.advance(86400)
    assert desk.body("UpdateTemplate", TemplateId="2", TemplateName="new", Content='{"b": 2}') == {}
    found = desk.body("GetTemplate", TemplateId=2)
    assert (found["TemplateName"], found["Content"], found["Category"]) == ("new", {"b": 2}, 3)
    assert (found["CreateTime"], found["UpdateTime"]) == ("2020-09-13", "2020-09-14")


@pytest.mark.parametrize(("operation", "value"), [("GetTemplate", 9), ("UpdateTemplate", "9"), ("UpdateTemplate", "x")])
def test_a_template_that_is_not_there(desk, operation, value):
    told = _error(desk, operation, TemplateId=value)
    assert told == (
        404,
        "ResourceNotFound",
        "The requested resource does not exist. Please check the parameter TemplateId.",
    )


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        ({}, ["1", "2", "3"]),
        ({"Type": 1}, ["2"]),
        ({"TemplateName": "gif"}, ["3"]),
        ({"TemplateId": 2}, ["2"]),
        ({"TemplateId": 9}, []),
        ({"PageNumber": 2, "PageSize": 2}, ["3"]),
    ],
)
def test_templates_are_listed_oldest_first_and_filtered(desk, filters, numbers):
    _template(desk, Type=1)
    _template(desk, TemplateName="gif")
    assert [item["TemplateId"] for item in desk.body("ListTemplates", **filters)["Templates"]] == numbers


def test_both_totals_are_the_same(desk):
    found = desk.body("ListTemplates", PageNumber=1, PageSize=10)
    assert (found["TotalCount"], found["TotalAmount"]) == (1, 1)


def test_a_number_that_is_taken_is_passed_over(desk):
    desk.caller.prepare(SERVICE, [{"kind": "template", "TemplateId": number} for number in (3, 2**63 - 1)])
    assert _template(desk) == {"TemplateId": "4"}


def test_a_template_id_that_is_sent_along_changes_nothing(desk):
    assert _template(desk, TemplateId=1) == {"TemplateId": "2"}


# Seeded resources.


def test_a_seeded_template_is_completed(desk):
    desk.caller.prepare(SERVICE, [{"kind": "template", "TemplateId": 7, "Content": {"a": 1}}])
    found = desk.body("GetTemplate", TemplateId=7)
    assert (found["TemplateName"], found["Content"], found["Category"]) == ("template-7", {"a": 1}, 3)


def test_a_seeded_application_is_named_after_its_id(desk):
    desk.caller.prepare(SERVICE, [{"kind": "application", "ApplicationId": "third"}])
    assert desk.state.shelves["application"].get("third") == {"ApplicationId": "third", "ApplicationName": "third"}


# Algorithms.


@pytest.mark.parametrize("kind", ["Face", "ImageTag", "Landmark", "Logo", "News", "Nlp", "Ocr"])
def test_an_algorithm_answers_its_three_members(desk, kind):
    found = desk.body(f"Process{kind}Algorithm", AppKey="key", Data="{}")
    assert found == {"Code": 200, "Message": "OK", "Data": "{}"}


@pytest.mark.parametrize("depth", [1, 62])
def test_nested_content_is_given_back(desk, depth):
    content = {"a": orjson.loads("[" * depth + "]" * depth)}
    _template(desk, Content=orjson.dumps(content).decode())
    assert desk.body("GetTemplate", TemplateId=2)["Content"] == content


@pytest.mark.parametrize("depth", [64, 1000, 5000])
def test_content_that_is_nested_too_deeply_is_refused(desk, depth):
    told = _error(desk, "CreateTemplate", TemplateName="x", Content='{"a": ' + "[" * depth + "]" * depth + "}")
    assert told[:2] == (400, "InvalidParameter")
    assert desk.engine.bugs == 0

"""What answers of the journal hold, by documented names, in whatever format they came."""

from __future__ import annotations

import pytest

from mockcloud.check.hearing import answer_names, answer_values, held_members, unwrapped
from mockcloud.contract.load import Contracts

SERVICE = Contracts().service("alibaba-multimediaai")
STATUS = SERVICE.operations["GetTaskStatus"]
XML = "<GetTaskStatusResponse><RequestId>r</RequestId><Status>2</Status></GetTaskStatusResponse>"


def record(answer, status=200):
    return {"response": answer, "status": status}


def test_null_in_an_answer_is_absent():
    schema = {"properties": {"a": {}, "b": {"items": {"properties": {"c": {}, "d": {}}}}}}
    names = set(answer_names(schema, {"a": None, "b": [{"c": 1}, {"d": 1}]}, ()))
    assert names == {"a absent", "b present", "b.c present", "b.c absent", "b.d absent", "b.d present"}


def test_values_are_told_with_their_type():
    schema = {"properties": {"a": {}, "b": {"items": {"properties": {"c": {}}}}}}
    assert set(answer_values(schema, {"a": None, "b": [{"c": 1}, {"c": "1"}]}, ())) == {
        *(("a", "None"), ("b.c", "1"), ("b.c", "'1'")),
    }


@pytest.mark.parametrize("answer", [{"RequestId": "r", "Status": 2}, XML], ids=["json", "xml"])
def test_members_are_found_in_every_format(answer):
    assert held_members(SERVICE, STATUS, (record(answer),)) == {"Status"}


def test_members_of_several_answers_count_together():
    listed = SERVICE.operations["GetTaskResult"]
    answers = (record({"Status": 0}), record({"Status": 2, "Result": {"ProcessResultUrl": "u"}}))
    assert held_members(SERVICE, listed, answers) == {"Status", "Result", "Result.ProcessResultUrl"}


def test_error_and_garbage_hold_no_members():
    error = record({"HostId": "h", "Code": "Unauthorized", "Message": "m"}, 401)
    assert unwrapped(SERVICE, error) == (None, ("Unauthorized", "m"))
    assert unwrapped(SERVICE, record("{")) == (None, None)
    assert held_members(SERVICE, STATUS, (error, record("{"))) == set()


@pytest.mark.parametrize("answer", ["<html><br>", "<RequestId>r</RequestId><Status>2</Status>"])
def test_xml_that_is_no_document_holds_no_members(answer):
    assert unwrapped(SERVICE, record(answer)) == (None, None)


def test_one_element_in_xml_is_a_list_of_one():
    tasks = "<Tasks><TaskId>1</TaskId><Template><Id>1</Id></Template></Tasks>"
    answer = f"<ListTasksResponse><RequestId>r</RequestId>{tasks}</ListTasksResponse>"
    listed = SERVICE.operations["ListTasks"]

    assert held_members(SERVICE, listed, (record(answer),)) == {
        *("Tasks", "Tasks.TaskId", "Tasks.Template", "Tasks.Template.Id"),
    }

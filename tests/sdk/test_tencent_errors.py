"""Every error code of every operation and of the tables through the official client: its exception, a task's result."""

from __future__ import annotations

import pytest

from mockcloud.contract.load import Contracts
from mockcloud.pipeline import worded

from .tencent_vod_client import FLAVOURS, VIDEO, Vod

SERVICE = Contracts().service("tencent-vod")
PER_OPERATION = [(name, code) for name, operation in SERVICE.operations.items() for code in operation.errors]
ROWS = [entry for entry in SERVICE.errors if not entry.task]
TASK_ROWS = [entry for entry in SERVICE.errors if entry.task]
NUMBERS = {"InvalidInput": 40000, "SourceFileError": 60000, "InternalError": 70000}
ARGS = ["First", "Second", "Third"]


def error_of(entry):
    return f"{entry.code}/{entry.variant}" if entry.variant else entry.code


def written_out(entry):
    """The message with its %s filled by hand, without the mock's own way of doing it."""
    message = entry.message
    for word in ARGS:
        message = message.replace("%s", word, 1)
    return message


@pytest.mark.parametrize(("operation", "code"), PER_OPERATION, ids=[f"{name}-{code}" for name, code in PER_OPERATION])
def test_code_of_an_operation(mockcloud, operation, code):
    mockcloud.fail_next("tencent-vod", operation, code, args=ARGS)

    refused = Vod(mockcloud).refused(mockcloud, operation)

    assert refused == (code, written_out(SERVICE.error(code, operation=operation)))


@pytest.mark.parametrize("entry", ROWS, ids=error_of)
def test_row_of_the_tables(mockcloud, entry):
    mockcloud.fail_next("tencent-vod", "DescribeTaskDetail", error_of(entry), args=ARGS)

    refused = Vod(mockcloud).refused(mockcloud, "DescribeTaskDetail", TaskId="any")

    assert refused == (entry.code, written_out(entry))


@pytest.mark.parametrize(("operation", "code"), PER_OPERATION, ids=[f"{name}-{code}" for name, code in PER_OPERATION])
def test_message_without_words_names_a_parameter(mockcloud, operation, code):
    mockcloud.fail_next("tencent-vod", operation, code)

    _, message = Vod(mockcloud).refused(mockcloud, operation)

    assert message == worded(SERVICE.error(code, operation=operation), (), SERVICE, operation)
    assert "%s" not in message


@pytest.mark.mockcloud(progress="manual")
@pytest.mark.parametrize("entry", TASK_ROWS, ids=error_of)
def test_task_that_fails_with_a_row_of_the_tables(mockcloud, entry):
    vod = Vod(mockcloud)
    wanted = {"AnimatedGraphicTaskSet": [{"Definition": 20000}]}
    task_id = vod("ProcessMedia", FileId=VIDEO, MediaProcessTask=wanted)["TaskId"]

    mockcloud.task(task_id).fail(entry.code)

    (part,) = vod("DescribeTaskDetail", TaskId=task_id)["ProcedureTask"]["MediaProcessResultSet"]
    told = {
        name: part["AnimatedGraphicTask"][name] for name in ("Status", "ErrCodeExt", "ErrCode", "Message", "Output")
    }
    number = NUMBERS[entry.code.partition(".")[0]]
    assert told == {
        "Status": "FAIL",
        "ErrCodeExt": entry.code,
        "ErrCode": number,
        "Message": entry.message,
        "Output": None,
    }


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_every_way_of_signing_shows_the_error(mockcloud, flavour):
    mockcloud.fail_next("tencent-vod", "ProcessMedia", "FailedOperation.TaskDuplicate")

    refused = Vod(mockcloud, flavour).refused(mockcloud, "ProcessMedia", FileId=VIDEO)

    assert refused == ("FailedOperation.TaskDuplicate", "The same task exists already.")


def test_fault_is_used_up(mockcloud):
    vod = Vod(mockcloud)
    mockcloud.fail_next("tencent-vod", "", "RequestLimitExceeded", times=2, args="101")

    message = (
        "Your current request times equals to `101` in a second, which exceeds the frequency limit `100` for a second."
        " Please reduce the frequency of calls."
    )
    for action in ("DescribeTasks", "DescribeProcedureTemplates"):
        assert vod.refused(mockcloud, action) == ("RequestLimitExceeded", message)
    assert vod("DescribeTasks")["TaskSet"] == []

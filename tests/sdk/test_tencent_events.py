"""Both ways of notification through the official clients: pulled over a socket, posted to a real server."""

from __future__ import annotations

import threading

import pytest

from .tencent_receiver import HANG_UP, receiving
from .tencent_vod_client import FLAVOURS, VIDEO, Vod

GIF = {"Definition": 20001, "StartTimeOffset": 2, "EndTimeOffset": 5}
UNKNOWN = {"Definition": 7}


@pytest.fixture
def vod(mockcloud):
    mockcloud.clock.freeze()
    return Vod(mockcloud)


def begin(vod, *parts, **more):
    return vod("ProcessMedia", FileId=VIDEO, MediaProcessTask={"AnimatedGraphicTaskSet": list(parts)}, **more)["TaskId"]


def outcomes(task):
    return [result["AnimatedGraphicTask"]["Status"] for result in task["MediaProcessResultSet"]]


# Reliable callback.


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_pull_and_confirm(mockcloud, flavour):
    mockcloud.clock.freeze()
    vod = Vod(mockcloud, flavour)
    task_id = begin(vod, GIF, SessionContext="ctx")
    mockcloud.clock.advance(2)

    (event,) = vod("PullEvents")["EventSet"]

    task = event["ProcedureStateChangeEvent"]
    assert (event["EventType"], event["FileUploadEvent"]) == ("ProcedureStateChanged", None)
    assert (task["TaskId"], task["Status"], task["SessionContext"]) == (task_id, "FINISH", "ctx")
    assert outcomes(task) == ["SUCCESS"]
    assert set(vod("ConfirmEvents", EventHandles=[event["EventHandle"]])) == {"RequestId"}


def test_what_is_not_confirmed_comes_again(mockcloud, vod):
    begin(vod, GIF)
    begin(vod, GIF)
    mockcloud.clock.advance(2)
    first, second = vod("PullEvents")["EventSet"]
    vod("ConfirmEvents", EventHandles=[first["EventHandle"]])
    mockcloud.clock.advance(30)

    (again,) = vod("PullEvents")["EventSet"]

    assert again["ProcedureStateChangeEvent"] == second["ProcedureStateChangeEvent"]
    code, message = vod.refused(mockcloud, "ConfirmEvents", EventHandles=[second["EventHandle"]])
    assert code == "InvalidParameterValue"
    assert message.startswith(f"The value `{second['EventHandle']}` specified in the parameter `EventHandles`")


def pulled_meanwhile(mockcloud, vod, happen):
    """What PullEvents answers while something happens again and again, until it has answered."""
    answers = []
    thread = threading.Thread(target=lambda: answers.append(vod("PullEvents")["EventSet"]))
    thread.start()
    while thread.is_alive():
        happen()
        thread.join(0.02)
    return answers[0]


def test_an_empty_queue_is_waited_for_until_the_clock_moves(mockcloud, vod):
    assert pulled_meanwhile(mockcloud, vod, lambda: mockcloud.clock.advance(1)) == []


def test_a_wait_ends_with_an_event(mockcloud):
    mockcloud.clock.freeze()
    waiting, busy = Vod(mockcloud), Vod(mockcloud)
    task_ids = []

    def finish_a_task():
        task_ids.append(begin(busy, GIF))
        mockcloud.task(task_ids[-1]).force("FINISH")

    (event, *_) = pulled_meanwhile(mockcloud, waiting, finish_a_task)

    assert event["ProcedureStateChangeEvent"]["TaskId"] == task_ids[0]


@pytest.mark.parametrize(("mode", "told"), [("Finish", 1), ("Change", 2)])
def test_notify_modes(mockcloud, vod, mode, told):
    begin(vod, GIF, UNKNOWN, TasksNotifyMode=mode)
    mockcloud.clock.advance(2)

    tasks = [event["ProcedureStateChangeEvent"] for event in vod("PullEvents")["EventSet"]]

    assert len(tasks) == told
    assert (tasks[-1]["Status"], outcomes(tasks[-1])) == ("FINISH", ["SUCCESS", "FAIL"])
    assert tasks[-1]["TasksNotifyMode"] == mode


# Normal callback.


def test_a_post_is_the_event_itself(mockcloud, vod):
    with receiving() as receiver:
        vod("ModifyEventConfig", Mode="PUSH", NotificationUrl=receiver.url)
        task_id = begin(vod, GIF)
        mockcloud.clock.advance(2)

    ((path, headers, body),) = receiver.posts
    (event,) = receiver.events
    task = event["ProcedureStateChangeEvent"]
    assert (path, headers["Content-Type"]) == ("/receiveevent?from=vod", "application/json")
    assert set(event) == {"EventType", "ProcedureStateChangeEvent"}
    assert (event["EventType"], task["TaskId"], outcomes(task)) == ("ProcedureStateChanged", task_id, ["SUCCESS"])
    assert b"null" not in body
    (record,) = mockcloud.callbacks
    assert (record["outcome"], record["task"], len(record["attempts"])) == ("delivered", task_id, 1)


@pytest.mark.parametrize("status", [200, 204, 302, 404, 500])
def test_any_answer_settles_a_post(mockcloud, vod, status):
    with receiving(status) as receiver:
        vod("ModifyEventConfig", Mode="PUSH", NotificationUrl=receiver.url)
        begin(vod, GIF)
        mockcloud.clock.advance(60)

    assert len(receiver.posts) == 1
    assert mockcloud.callbacks[0]["outcome"] == "delivered"


@pytest.mark.parametrize(("failures", "posts", "outcome"), [(1, 2, "delivered"), (2, 3, "delivered"), (3, 3, "failed")])
def test_no_answer_is_followed_by_two_more_tries(mockcloud, vod, failures, posts, outcome):
    with receiving(*[HANG_UP] * failures) as receiver:
        vod("ModifyEventConfig", Mode="PUSH", NotificationUrl=receiver.url)
        begin(vod, GIF)
        mockcloud.clock.advance(60)

    assert len({body for _, _, body in receiver.posts}) == 1
    assert len(receiver.posts) == posts
    assert mockcloud.callbacks[0]["outcome"] == outcome


def test_changes_are_posted_one_by_one(mockcloud, vod):
    with receiving() as receiver:
        vod("ModifyEventConfig", Mode="PUSH", NotificationUrl=receiver.url)
        begin(vod, GIF, UNKNOWN, TasksNotifyMode="Change")
        mockcloud.clock.advance(2)

    tasks = [event["ProcedureStateChangeEvent"] for event in receiver.events]
    assert sorted((task["Status"], outcomes(task)) for task in tasks) == [
        ("FINISH", ["SUCCESS", "FAIL"]),
        ("PROCESSING", ["SUCCESS", "PROCESSING"]),
    ]


def test_no_post_for_a_task_that_wants_none(mockcloud, vod):
    with receiving() as receiver:
        vod("ModifyEventConfig", Mode="PUSH", NotificationUrl=receiver.url)
        begin(vod, GIF, TasksNotifyMode="None")
        mockcloud.clock.advance(60)

    assert receiver.posts == []


def test_an_address_elsewhere_is_never_posted_to(mockcloud, vod):
    vod("ModifyEventConfig", Mode="PUSH", NotificationUrl="http://192.0.2.1/hook")
    begin(vod, GIF)
    mockcloud.clock.advance(2)

    assert mockcloud.callbacks[0]["outcome"] == "refused"


# Configuration.


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_configuration(mockcloud, flavour):
    vod = Vod(mockcloud, flavour)
    fresh = vod("DescribeEventConfig")
    assert (fresh["Mode"], fresh["NotificationUrl"], fresh["UploadMediaCompleteEventSwitch"]) == ("PULL", "", "OFF")
    sent = {
        "Mode": "PUSH",
        "NotificationUrl": "http://127.0.0.1/hook?a=1&b=ü",
        "UploadMediaCompleteEventSwitch": "ON",
        "DeleteMediaCompleteEventSwitch": "ON",
        "PersistenceCompleteEventSwitch": "ON",
    }
    vod("ModifyEventConfig", SignKey="abcDEF123", **sent)
    assert vod("DescribeEventConfig").items() >= sent.items()

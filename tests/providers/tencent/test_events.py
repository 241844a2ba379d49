"""Event notifications: the queue of the reliable callback, the posts of the normal one, and the configuration."""

from __future__ import annotations

import json

import pytest

from mockcloud.providers.tencent import events

from .raw import GIF, NOTIFICATION, SERVICE, Cloud

URL = "http://127.0.0.1:1/hook"
PUSH = {"Mode": "PUSH", "NotificationUrl": URL}
BAD = {"Definition": 7}


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


def _pulled(cloud: Cloud) -> list[dict]:
    return cloud.ok("PullEvents")["EventSet"]


def _done(cloud: Cloud, *parts: dict, **more: object) -> str:
    task_id = cloud.process(*parts, **more)
    cloud.advance(2)
    return task_id


def _posted(cloud: Cloud) -> list[dict]:
    return [json.loads(record.delivery.body) for record in cloud.engine.callbacks]


# The queue.


def test_an_event_carries_the_task_and_null_elsewhere(cloud):
    task_id = _done(cloud, GIF)
    (event,) = _pulled(cloud)
    assert event["EventType"] == "ProcedureStateChanged"
    assert (event["ProcedureStateChangeEvent"]["TaskId"], event["ProcedureStateChangeEvent"]["Status"]) == (
        task_id,
        "FINISH",
    )
    assert {name for name, value in event.items() if value is not None} == {
        "EventHandle",
        "EventType",
        "ProcedureStateChangeEvent",
    }
    detail = cloud.ok("DescribeTaskDetail", TaskId=task_id)["ProcedureTask"]
    assert event["ProcedureStateChangeEvent"] == detail


def test_an_event_comes_again_after_30_s_until_it_is_confirmed(cloud):
    _done(cloud, GIF)
    (first,) = _pulled(cloud)
    cloud.advance(29.9)
    assert _pulled(cloud) == []
    cloud.advance(0.1)
    (again,) = _pulled(cloud)
    assert again["EventHandle"] != first["EventHandle"]
    assert again["ProcedureStateChangeEvent"] == first["ProcedureStateChangeEvent"]
    assert cloud.ok("ConfirmEvents", EventHandles=[again["EventHandle"]]) == {}
    cloud.advance(60)
    assert _pulled(cloud) == []


@pytest.mark.parametrize("seconds", [0, 29, 30])
def test_an_event_can_be_confirmed_for_30_s(cloud, seconds):
    _done(cloud, GIF)
    (event,) = _pulled(cloud)
    cloud.advance(seconds)
    cloud.ok("ConfirmEvents", EventHandles=[event["EventHandle"]])
    cloud.advance(100)
    assert _pulled(cloud) == []


def test_a_handle_that_is_too_old_an_earlier_one_or_used_up_is_refused(cloud):
    _done(cloud, GIF)
    (first,) = _pulled(cloud)
    cloud.advance(31)
    refused = cloud.call("ConfirmEvents", EventHandles=[first["EventHandle"]])
    assert refused.error == (
        "InvalidParameterValue",
        f"The value `{first['EventHandle']}` specified in the parameter `EventHandles` is not valid",
    )
    (again,) = _pulled(cloud)
    assert cloud.code("ConfirmEvents", EventHandles=[first["EventHandle"]]) == "InvalidParameterValue"
    cloud.ok("ConfirmEvents", EventHandles=[again["EventHandle"]])
    assert cloud.code("ConfirmEvents", EventHandles=[again["EventHandle"]]) == "InvalidParameterValue"


def test_one_unknown_handle_confirms_none(cloud):
    _done(cloud, GIF)
    (event,) = _pulled(cloud)
    assert cloud.code("ConfirmEvents", EventHandles=[event["EventHandle"], "12ae8d3e"]) == "InvalidParameterValue"
    cloud.advance(30)
    assert len(_pulled(cloud)) == 1


def test_an_event_comes_again_after_30_s_when_the_clock_is_set_back(cloud):
    _done(cloud, GIF)
    (event,) = _pulled(cloud)
    cloud.engine.world.rewind(cloud.state.now() - 86_400)
    cloud.advance(29.9)
    assert _pulled(cloud) == []
    cloud.advance(0.2)
    handle = event["EventHandle"]
    assert cloud.code("ConfirmEvents", EventHandles=[handle]) == "InvalidParameterValue"
    assert len(_pulled(cloud)) == 1
    cloud.advance(4 * 86_400)
    assert _pulled(cloud) == []


def test_a_handle_given_twice_is_one(cloud):
    _done(cloud, GIF)
    (event,) = _pulled(cloud)
    cloud.ok("ConfirmEvents", EventHandles=[event["EventHandle"]] * 2)


def test_sixteen_events_at_a_time_oldest_first(cloud):
    made = [cloud.process(GIF) for _ in range(20)]
    cloud.advance(2)
    first, rest = _pulled(cloud), _pulled(cloud)
    assert [event["ProcedureStateChangeEvent"]["TaskId"] for event in [*first, *rest]] == made
    assert (len(first), len(rest)) == (16, 4)


def test_events_are_kept_for_four_days(cloud):
    _done(cloud, GIF)
    cloud.advance(4 * 86_400)
    assert len(_pulled(cloud)) == 1
    cloud.advance(30)
    assert _pulled(cloud) == []
    assert cloud.state.memory["events"] == {}


def test_the_queue_is_bounded():
    cloud = Cloud(most_tasks=3)
    made = [_done(cloud, GIF) for _ in range(5)]
    assert [event["ProcedureStateChangeEvent"]["TaskId"] for event in _pulled(cloud)] == made[2:]


def test_an_empty_queue_is_waited_for(cloud):
    wire = cloud.engine.handle(_pull_wire(cloud))
    assert wire.hold == SERVICE.limit("pull-hold")
    assert wire.again is not None
    task_id = _done(cloud, GIF)
    answer = json.loads(wire.again(False).reply.body)["Response"]
    assert answer["EventSet"][0]["ProcedureStateChangeEvent"]["TaskId"] == task_id


def test_a_wait_that_is_over_answers_an_empty_set(cloud):
    held = cloud.engine.handle(_pull_wire(cloud))
    assert held.again is not None
    last = held.again(True)
    assert last.hold == 0
    assert json.loads(last.reply.body)["Response"]["EventSet"] == []


def _pull_wire(cloud: Cloud):
    from mockcloud.providers.tencent.wire import compose

    return compose(SERVICE.operations["PullEvents"], {}, cloud.caller._sender(None, {}))


def test_accounts_have_queues_of_their_own(cloud):
    _done(cloud, GIF)
    cloud.caller._key_id = "mockcloud-other"
    assert _pulled(cloud) == []


# When there is an event.


@pytest.mark.parametrize(("mode", "count"), [(None, 1), ("", 1), ("Finish", 1), ("Change", 3), ("None", 0)])
def test_notify_modes(cloud, mode, count):
    more = {} if mode is None else {"TasksNotifyMode": mode}
    _done(cloud, GIF, BAD, GIF, **more)
    assert len(_pulled(cloud)) == count


def test_changes_tell_of_one_part_after_the_other(cloud):
    _done(cloud, GIF, BAD, TasksNotifyMode="Change")
    told = [event["ProcedureStateChangeEvent"] for event in _pulled(cloud)]
    assert [task["Status"] for task in told] == ["PROCESSING", "FINISH"]
    parts = [[result["AnimatedGraphicTask"]["Status"] for result in task["MediaProcessResultSet"]] for task in told]
    assert parts == [["SUCCESS", "PROCESSING"], ["SUCCESS", "FAIL"]]


@pytest.mark.parametrize("mode", ["Finish", "Change"])
def test_a_task_without_parts_is_told_of_once(cloud, mode):
    _done(cloud, TasksNotifyMode=mode)
    assert len(_pulled(cloud)) == 1


def test_nothing_is_told_before_the_end(cloud):
    cloud.process(GIF, TasksNotifyMode="Change")
    cloud.advance(1.9)
    assert _pulled(cloud) == []


def test_an_aborted_task_tells_nothing(cloud):
    task_id = cloud.process(GIF)
    cloud.state.force(cloud.state.tasks.get(task_id), "ABORTED")
    cloud.advance(5)
    assert _pulled(cloud) == []


@pytest.mark.parametrize(
    ("event_type", "switch"),
    [("NewFileUpload", "UploadMediaCompleteEventSwitch"), ("FileDeleted", "DeleteMediaCompleteEventSwitch")],
)
def test_switches_hold_events_back(cloud, event_type, switch):
    events.announce(cloud.state, event_type, {"FileDeleteEvent": {"FileIdSet": ["1"]}})
    cloud.ok("ModifyEventConfig", **{switch: "ON"})
    events.announce(cloud.state, event_type, {"FileDeleteEvent": {"FileIdSet": ["2"]}})
    assert [event["FileDeleteEvent"]["FileIdSet"] for event in _pulled(cloud)] == [["2"]]


# The normal callback.


def test_a_post_is_the_event_without_handle_null_and_envelope(cloud):
    cloud.ok("ModifyEventConfig", **PUSH)
    task_id = _done(cloud, GIF)
    (body,) = _posted(cloud)
    assert list(body) == ["EventType", "ProcedureStateChangeEvent"]
    assert body["ProcedureStateChangeEvent"]["TaskId"] == task_id
    assert "null" not in cloud.engine.callbacks.__iter__().__next__().delivery.body.decode()
    assert _members(NOTIFICATION) <= _members(body)


def _members(value: object, path: str = "") -> set[str]:
    if isinstance(value, dict):
        return {
            found for name, item in value.items() for found in {f"{path}/{name}"} | _members(item, f"{path}/{name}")
        }
    if isinstance(value, list):
        return {found for item in value for found in _members(item, f"{path}/[]")}
    return set()


def test_a_post_is_tried_three_times_and_any_answer_settles_it(cloud):
    cloud.ok("ModifyEventConfig", **PUSH)
    task_id = _done(cloud, GIF)
    (record,) = cloud.engine.callbacks
    delivery = record.delivery
    assert (delivery.url, delivery.task, delivery.service) == (URL, task_id, "tencent-vod")
    assert (len(delivery.waits), delivery.settled, delivery.timeout) == (2, (), 5)
    assert delivery.headers == (("Content-Type", "application/json"),)


def test_the_mode_in_force_at_the_end_of_the_task_decides(cloud):
    cloud.process(GIF)
    cloud.ok("ModifyEventConfig", **PUSH)
    cloud.advance(2)
    assert (len(_posted(cloud)), _pulled(cloud)) == (1, [])
    cloud.process(GIF)
    cloud.ok("ModifyEventConfig", Mode="PULL")
    cloud.advance(2)
    assert (len(_posted(cloud)), len(_pulled(cloud))) == (1, 1)


def test_push_without_an_address_tells_nobody(cloud):
    cloud.ok("ModifyEventConfig", Mode="PUSH")
    _done(cloud, GIF)
    assert (_posted(cloud), _pulled(cloud)) == ([], [])


# The configuration.


def test_a_change_leaves_the_rest_and_an_empty_address_clears_it(cloud):
    cloud.ok("ModifyEventConfig", **PUSH, DeleteMediaCompleteEventSwitch="ON", SignKey="abc")
    cloud.ok("ModifyEventConfig", UploadMediaCompleteEventSwitch="ON", NotificationUrl="")
    assert cloud.ok("DescribeEventConfig") == {
        "Mode": "PUSH",
        "NotificationUrl": "",
        "UploadMediaCompleteEventSwitch": "ON",
        "DeleteMediaCompleteEventSwitch": "ON",
        "PersistenceCompleteEventSwitch": "OFF",
    }


def test_a_reset_forgets_configuration_and_queue(cloud):
    cloud.ok("ModifyEventConfig", UploadMediaCompleteEventSwitch="ON")
    _done(cloud, GIF)
    cloud.engine.reset()
    assert cloud.ok("DescribeEventConfig")["UploadMediaCompleteEventSwitch"] == "OFF"
    assert _pulled(cloud) == []

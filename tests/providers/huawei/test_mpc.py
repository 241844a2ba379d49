"""Animated graphics from creation to the end, against the documented example and the decisions around it."""

from __future__ import annotations

import pytest

from .raw import DOCUMENTED, GIF, PROJECT, SERVICE, Desk, request


def error(answered):
    return answered.reply.status, *answered.error


def test_documented_task_is_answered_as_documented():
    desk = Desk("manual", options={"huawei-mpc.types": "numbers"})
    assert desk("CreateAnimatedGraphicsTask", GIF).body == {"task_id": 30647}
    state = desk.engine.world.account("mockcloud").service(desk.engine.contracts.service("huawei-mpc"))
    task = state.tasks.get("30647")
    desk.advance(1)
    state.force(task, "PROCESSING")
    desk.advance(15)
    state.force(task, "SUCCEED")

    status, body = desk.send(request(query="task_id=30647"))

    assert (status, body["tasks"][0].pop("error_code")) == (200, "MPC.10218")
    assert body == DOCUMENTED["200"]


def test_documented_refusal_is_answered_as_documented():
    assert Desk().send(request(query="status=FINISHED")) == (400, DOCUMENTED["400"])


def test_ids_and_times_are_text():
    desk = Desk()
    shown = desk.show(desk.create())

    assert (shown["task_id"], shown["create_time"]) == ("30647", "20201119103652")


def test_ids_go_up_over_families_and_projects():
    desk = Desk()
    first, second = desk.create(), desk.create("another")
    third = desk("CreateThumbnailsTask", {**GIF, "thumbnail_para": {}}).body["task_id"]

    assert [first, second, third] == ["30647", "30648", "30649"]


def test_states_follow_the_clock():
    desk = Desk()
    task = desk.create()
    seen = []
    for _ in range(5):
        shown = desk.show(task)
        seen.append((shown["status"], "start_time" in shown, "end_time" in shown))
        desk.advance(0.5)

    assert seen == [
        ("INIT", False, False),
        ("WAITING", False, False),
        ("PROCESSING", True, False),
        ("PROCESSING", True, False),
        ("SUCCEED", True, True),
    ]


def test_running_task_has_neither_code_nor_description():
    desk = Desk()
    task = desk.create()
    desk.advance(1.5)

    shown = desk.show(task)

    assert shown["status"] == "PROCESSING"
    assert not shown.keys() & {"error_code", "description", "end_time", "user_data"}


def test_finished_task_says_so():
    desk = Desk("immediate")

    shown = desk.show(desk.create(user_data="mine"))

    assert (shown["error_code"], shown["description"]) == ("MPC.10218", "The task has completed.")
    assert shown["user_data"] == "mine"


def test_file_name_is_made_up_when_the_task_is_done():
    desk = Desk()
    task = desk.create(output={key: value for key, value in GIF["output"].items() if key != "file_name"})
    assert "file_name" not in desk.show(task)["output"]
    desk.advance(2)

    assert desk.show(task)["output"]["file_name"] == "30647.gif"


def test_format_may_be_left_out():
    desk = Desk("immediate")
    parameters = {key: value for key, value in GIF["output_param"].items() if key != "format"}

    shown = desk.show(desk.create(output_param=parameters, output={**GIF["output"], "file_name": "x"}))

    assert shown["output_param"] == parameters
    assert shown["output"]["file_name"] == "x"


def test_missing_object_lets_the_task_fail():
    desk = Desk()
    desk.seed("object", bucket="obs-apitest-01", object="mp4/4k.mp4", exists=False)
    task = desk.create()
    desk.advance(2)

    shown = desk.show(task)

    found = (shown["status"], shown["error_code"], shown["description"])
    assert found == ("FAILED", "MPC.10053", "The input file does not exist.")


@pytest.mark.parametrize(
    ("failure", "code", "text"),
    [
        (None, "MPC.10125", "Input data error."),
        ({"code": "MPC.10087"}, "MPC.10087", "Invalid task parameters."),
        ({"code": "MPC.10087", "message": "own words"}, "MPC.10087", "own words"),
    ],
)
def test_forced_failure_has_code_and_text(failure, code, text):
    desk = Desk()
    task = desk.create()
    state = desk.engine.world.account("mockcloud").service(desk.engine.contracts.service("huawei-mpc"))
    state.force(state.tasks.get(task), "FAILED", failure)

    shown = desk.show(task)

    assert (shown["status"], shown["error_code"], shown["description"]) == ("FAILED", code, text)


# Cancelling.


@pytest.mark.parametrize("seconds", [0, 0.5, 0.9])
def test_waiting_task_is_cancelled(seconds):
    desk = Desk()
    task = desk.create()
    desk.advance(seconds)

    cancelled = desk("DeleteAnimatedGraphicsTask", {"task_id": task})

    assert (cancelled.reply.status, cancelled.reply.body) == (204, b"")
    desk.advance(10)
    shown = desk.show(task)
    assert shown["status"] == "CANCELED"
    assert not shown.keys() & {"start_time", "error_code", "description"}


@pytest.mark.parametrize("seconds", [1, 2, 10])
def test_started_task_is_not_cancelled(seconds):
    desk = Desk()
    task = desk.create()
    desk.advance(seconds)

    assert error(desk("DeleteAnimatedGraphicsTask", {"task_id": task})) == (400, "MPC.10212", "Operation failed.")


def test_cancelled_task_is_not_cancelled_again():
    desk = Desk()
    task = desk.create()
    desk("DeleteAnimatedGraphicsTask", {"task_id": task})

    assert error(desk("DeleteAnimatedGraphicsTask", {"task_id": task})) == (400, "MPC.10212", "Operation failed.")


@pytest.mark.parametrize("task_id", ["30648", "x", "030647"])
def test_unknown_task_is_not_cancelled(task_id):
    desk = Desk()
    desk.create()

    answered = desk("DeleteAnimatedGraphicsTask", {"task_id": task_id})

    assert error(answered) == (403, "MPC.10211", "The task does not exist.")


def test_task_of_another_project_or_family_is_not_cancelled():
    desk = Desk()
    task = desk.create("another")
    snapshots = desk("CreateThumbnailsTask", {**GIF, "thumbnail_para": {}}).body["task_id"]

    for task_id in (task, snapshots):
        answered = desk("DeleteAnimatedGraphicsTask", {"task_id": task_id})
        assert error(answered) == (403, "MPC.10211", "The task does not exist.")


@pytest.mark.parametrize("parameters", [{}, {"task_id": ""}, {"task_id": "1" * 17}, {"task_id": ["30647", "30648"]}])
def test_cancelling_needs_one_id_of_at_most_16_characters(parameters):
    answered = Desk()("DeleteAnimatedGraphicsTask", parameters)

    assert error(answered) == (400, "MPC.10202", "Invalid request parameter.")


def test_unknown_task_names_those_that_are_there():
    desk = Desk()
    desk.create()
    desk("DeleteAnimatedGraphicsTask", {"task_id": "1"})

    detail = list(desk.engine.journal)[-1].detail
    assert detail == f"project {PROJECT} has no such animated-graphics task; the newest are 30647"


# Where it is documented.


@pytest.mark.parametrize("name", [name for name in SERVICE.operations if name.endswith("Task")])
def test_lengths_and_mandatory_members_are_cited_from_where_they_stand(name):
    # The tables of seed 002 that speak of a task are those of an answer: nothing is mandatory there or has a length.
    # The docstrings of the SDK say what is mandatory, and no length.
    rules = SERVICE.operations[name].rules
    lengths = {tag for rule in rules if rule.kind == "length" for tag in rule.cite.split("; ")}
    mandatory = {tag for rule in rules if rule.kind == "required" for tag in rule.cite.split("; ")}

    assert not [tag for tag in lengths if tag.startswith(("seed 002", "PY"))]
    assert not [tag for tag in mandatory if tag.startswith("seed 002")]


# Refused when created.


def created(desk=None, **changes):
    return error((desk or Desk())("CreateAnimatedGraphicsTask", {**GIF, **changes}))


REFUSED = (400, "MPC.10202", "Invalid request parameter.")


@pytest.mark.parametrize("size", [(33, 50), (100, 51), (30, 50), (3842, 50), (100, 2162), (-1, -1), (-1, 0), (0, 50)])
def test_size_outside_the_table(size):
    width, height = size
    assert created(output_param={**GIF["output_param"], "width": width, "height": height}) == REFUSED


@pytest.mark.parametrize("end", [60001, 0, -1])
def test_span_outside_the_table(end):
    assert created(output_param={**GIF["output_param"], "end": end}) == REFUSED


def test_m3u8_is_no_source():
    assert created(input={**GIF["input"], "object": "a/b.m3u8"}) == REFUSED


@pytest.mark.parametrize("body", [b"", b"{}"])
def test_empty_body(body):
    assert Desk().send(request("POST", body=body)) == (400, DOCUMENTED["400"])


def test_refused_task_is_not_there():
    desk = Desk()
    created(desk, input={})

    assert desk.listed() == []


def test_project_left_unresolved_by_a_client():
    status, body = Desk().send(request(path="/v1/%7Bproject_id%7D/animated-graphics"))

    assert (status, body) == (403, {"error_code": "MPC.10208", "error_msg": "Failed to verify the tenant ID."})


def test_content_type_that_is_not_json():
    status, body = Desk().send(request("POST", body=b"{}", Content_Type="text/plain"))

    assert (status, body) == (400, {"error_code": "MPC.10205", "error_msg": "Incorrect request content type."})

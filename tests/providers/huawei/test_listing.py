"""Queries: by ids, by filters, page by page. What the families share, shown on animated graphics."""

from __future__ import annotations

import re

import pytest

from mockcloud.check.shapes import misfits

from .raw import GIF, NOW, PROJECT, SERVICE, Desk


def desk_with(count, seconds_between=0, **settings):
    desk = Desk(**settings)
    for _ in range(count):
        desk.create()
        desk.advance(seconds_between)
    return desk


def total(desk, **filters):
    return desk("ListAnimatedGraphicsTask", filters).body["total"]


def test_nothing_there():
    assert Desk()("ListAnimatedGraphicsTask").body == {"total": 0, "tasks": []}


def test_newest_comes_first():
    assert desk_with(3).listed() == ["30649", "30648", "30647"]


def test_ten_are_shown_unless_size_says_otherwise():
    desk = desk_with(12)

    assert len(desk.listed()) == 10
    assert len(desk.listed(size=100)) == 12
    assert total(desk) == 12


def test_pages_begin_with_0_and_hold_every_task_once():
    desk = desk_with(7)
    pages = [desk.listed(page=page, size=3) for page in range(4)]

    assert [len(page) for page in pages] == [3, 3, 1, 0]
    assert [task for page in pages for task in page] == desk.listed(size=100)
    assert total(desk, page=3, size=3) == 7


def test_ids_are_shown_newest_first_and_once():
    desk = desk_with(3)

    assert desk.listed(task_id=["30647", "30649", "30647"]) == ["30649", "30647"]


def test_unknown_ids_are_left_out():
    desk = desk_with(1)
    answered = desk("ListAnimatedGraphicsTask", {"task_id": ["1", "30647", "x"]})

    assert answered.reply.status == 200
    assert answered.body["total"] == 1


def test_ten_ids_are_taken():
    assert Desk().listed(task_id=[str(number) for number in range(10)]) == []


@pytest.mark.parametrize(
    "filters",
    [
        {"task_id": [str(number) for number in range(11)]},
        {"size": 0},
        {"size": 101},
        {"size": "ten"},
        {"page": -1},
        {"page": 50001},
        {"page": "1.5"},
        {"status": "FINISHED"},
        {"status": "SUCCEEDED"},
        {"status": "init"},
        {"start_time": "2020-11-19"},
        {"end_time": "20201332000000"},
        {"status": ["INIT", "WAITING"]},
        {"size": [1, 2]},
    ],
)
def test_filter_outside_the_table(filters):
    answered = Desk()("ListAnimatedGraphicsTask", filters)

    assert answered.reply.status == 400
    assert answered.error == ("MPC.10202", "Invalid request parameter.")


@pytest.mark.parametrize(
    "filters", [{"size": 0}, {"page": "x"}, {"start_time": "never"}, {"end_time": "20000101000000"}]
)
def test_filters_beside_ids_do_not_count(filters):
    assert desk_with(1).listed(task_id=["30647"], **filters) == ["30647"]


def test_filters_beside_ids_are_noted():
    desk = desk_with(1)
    desk.listed(task_id=["30647"], size=0)

    noted = list(desk.engine.journal)[-1].violations
    assert [(found.rule.rpartition(".")[2], found.path, found.effect) for found in noted] == [
        ("ids-alone", "/size", "ignore")
    ]


def test_status_beside_ids_counts():
    desk = desk_with(1)

    assert desk.listed(task_id=["30647"], status="INIT") == ["30647"]
    assert desk.listed(task_id=["30647"], status="FAILED") == []


def test_status_filter_follows_the_states():
    desk = desk_with(3, seconds_between=0.75)

    by_status = {word: desk.listed(status=word) for word in ("INIT", "WAITING", "PROCESSING", "SUCCEED")}
    assert by_status == {"INIT": [], "WAITING": ["30649"], "PROCESSING": ["30648"], "SUCCEED": ["30647"]}


def test_preprocessing_is_processing():
    desk = desk_with(1, seconds_between=1.5)

    assert desk.listed(status="PREPROCESSING") == desk.listed(status="PROCESSING") == ["30647"]


def test_status_filter_and_page_go_together():
    desk = desk_with(5, progress="immediate")

    answered = desk("ListAnimatedGraphicsTask", {"status": "SUCCEED", "page": 1, "size": 2})
    assert ([task["task_id"] for task in answered.body["tasks"]], answered.body["total"]) == (["30649", "30648"], 5)


@pytest.mark.parametrize(
    ("start", "end", "seen"),
    [
        ("20201119103652", "20201119103652", ["30647"]),
        ("20201119103653", None, ["30649", "30648"]),
        (None, "20201119103653", ["30648", "30647"]),
        ("20201119103655", "20201119103600", []),
        ("20201119103653", "20201119103653", ["30648"]),
    ],
)
def test_times_select_by_creation_with_both_ends(start, end, seen):
    desk = desk_with(3, seconds_between=1.3)
    filters = {"start_time": start, "end_time": end}

    assert desk.listed(**{name: value for name, value in filters.items() if value}) == seen


def test_projects_are_apart():
    desk = desk_with(1)

    assert desk.listed("another") == []
    assert desk("ListAnimatedGraphicsTask", {"task_id": ["30647"]}, "another").body["total"] == 0
    assert desk.listed(PROJECT) == ["30647"]


def test_accounts_are_apart():
    desk = desk_with(1)
    desk.caller._key_id = "mockcloud-team"

    assert desk.listed() == []


def test_families_are_apart():
    desk = desk_with(1)
    snapshots = desk("CreateThumbnailsTask", {**GIF, "thumbnail_para": {}}).body["task_id"]

    assert desk.listed() == ["30647"]
    assert desk.listed(task_id=[snapshots]) == []


def test_a_look_moves_on_when_looks_count():
    desk = desk_with(1, progress="polls:1")

    assert [desk.show("30647")["status"] for _ in range(5)] == ["INIT", "WAITING", "PROCESSING", "SUCCEED", "SUCCEED"]


def test_a_filtered_look_moves_on_as_well():
    desk = desk_with(1, progress="polls:1")

    assert [desk.listed(status="SUCCEED") for _ in range(4)] == [[], [], [], ["30647"]]


def test_page_shows_only_what_it_looks_at():
    desk = desk_with(2, progress="polls:1")
    desk.listed(size=1)
    desk.listed(size=1)

    assert [desk.show(task)["status"] for task in ("30648", "30647")] == ["PROCESSING", "INIT"]


def test_numbers_are_an_option():
    desk = Desk("immediate", options={"huawei-mpc.types": "numbers"})
    desk("CreateAnimatedGraphicsTask", GIF)

    shown = desk("ListAnimatedGraphicsTask", {"task_id": ["30647"]}).body["tasks"][0]
    names = ("task_id", "create_time", "start_time", "end_time")
    assert [shown[name] for name in names] == [30647, 20201119103652, 20201119103652, 20201119103652]


@pytest.mark.parametrize(
    ("create", "listing", "own"),
    [
        (
            "CreateAnimatedGraphicsTask",
            "ListAnimatedGraphicsTask",
            {"output_param": {**GIF["output_param"], "loop": 0}},
        ),
        ("CreateThumbnailsTask", "ListThumbnailsTask", {"thumbnail_para": {"type": "DOTS", "dots": [1], "loop": 0}}),
    ],
)
def test_members_that_nobody_documents_are_taken_and_forgotten(create, listing, own):
    desk = Desk("immediate")
    files = {name: {**GIF[name], "extra": {"a": 1}} for name in ("input", "output")}
    assert desk(create, {**files, **own, "more": [1]}).error is None

    answered = desk(listing)

    assert misfits(SERVICE.operations[listing].output, answered.body) == []
    assert not {"loop", "extra", "more"} & set(re.findall(r"\w+", answered.reply.body.decode()))


@pytest.mark.parametrize("member", ["input", "output"])
@pytest.mark.parametrize(
    ("listing", "items"), [("ListAnimatedGraphicsTask", "tasks"), ("ListThumbnailsTask", "task_array")]
)
def test_shape_of_files_in_an_answer_is_that_of_the_table(listing, items, member):
    task = SERVICE.operations[listing].output["properties"][items]["items"]["properties"]

    assert list(task[member]["properties"]) == ["bucket", "location", "object", "file_name"]


def test_creation_is_that_of_the_mocks_clock():
    desk = Desk()
    desk.engine.clock.set(NOW + 86400)

    assert desk.show(desk.create())["create_time"] == "20201120103652"

from __future__ import annotations

from dataclasses import replace

import pytest

from mockcloud.contract.load import Contracts
from mockcloud.mutations import BIG, UNKNOWN_NAME, UNKNOWN_WORD, bendable, mutated

SERVICE = Contracts().service("huawei-mpc")
LIST = SERVICE.operations["ListAnimatedGraphicsTask"]
OUTPUT = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": ["string", "integer"]},
        "state": {"type": "string", "enum": ["ON", "OFF"]},
        "mark": {"type": "string", "enum": ["OK"]},
        "note": {"type": ["string", "null"]},
        "rows": {"type": "array", "items": {"type": "object", "properties": {"size": {"type": "integer"}}}},
    },
}
OPERATION = replace(LIST, output=OUTPUT)
BODY = {"id": "17", "state": "ON", "mark": "OK", "note": "x", "rows": [{"size": 1}, {"size": 2}], "extra": 3}


def bent(kind, body=BODY, **args):
    return mutated(kind, args, body, OPERATION, SERVICE)


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("null", {"state": None, "mark": None, "note": None, "rows": None}),
        ("number-for-text", {"id": 17}),
        ("text-for-number", {"rows": [{"size": "1"}, {"size": "2"}]}),
        ("new-word", {"state": UNKNOWN_WORD, "mark": UNKNOWN_WORD}),
        ("big-number", {"id": BIG, "rows": [{"size": BIG}, {"size": BIG}]}),
    ],
)
def test_members_are_bent_as_asked_and_nothing_else(kind, changes):
    assert bent(kind) == BODY | changes


def test_missing_leaves_what_is_required_and_what_no_document_names():
    assert bent("missing") == {"id": "17", "extra": 3}


def test_path_narrows_it_to_one_member():
    assert bent("missing", path="rows.size") == BODY | {"rows": [{}, {}]}


WRAPPED = {"type": "object", "required": ["row"], "properties": {"row": OUTPUT}}


@pytest.mark.parametrize("kind", ["null", "missing", "number-for-text", "text-for-number", "new-word", "big-number"])
@pytest.mark.parametrize("path", ["", "row.id", "row.state", "row.rows.size"])
def test_members_that_a_mode_repeats_at_the_top_are_bent_alike(kind, path):
    args = {"path": path} if path else {}
    found = mutated(kind, args, {"row": BODY, **BODY}, replace(LIST, output=WRAPPED), SERVICE)
    wrapped = found.pop("row")
    assert found == wrapped == bent(kind, path=path.removeprefix("row."))


@pytest.mark.parametrize("kind", ["missing", "new-word"])
def test_members_that_a_mode_puts_to_the_top_are_bent(kind):
    assert mutated(kind, {}, BODY, replace(LIST, output=WRAPPED), SERVICE) == bent(kind)


def test_unknown_members_are_in_every_object():
    found = bent("unknown-member")
    assert UNKNOWN_NAME in found
    assert [UNKNOWN_NAME in row for row in found["rows"]] == [True, True]


def test_reordered_is_the_same_in_another_order():
    found = bent("reordered")
    assert found == BODY
    assert list(found) == list(reversed(BODY))


@pytest.mark.parametrize("kind", ["null", "missing", "reordered", "unknown-member", "new-word", "big-number"])
def test_what_is_bent_is_a_copy(kind):
    before = repr(BODY)
    bent(kind)
    assert repr(BODY) == before


@pytest.mark.parametrize(
    ("kind", "paths"),
    [
        ("null", ["note"]),
        ("missing", ["state", "mark", "note", "rows", "rows.size"]),
        ("number-for-text", ["id"]),
        ("text-for-number", ["id", "rows.size"]),
        ("new-word", ["state"]),
    ],
)
def test_bendable_names_what_the_documents_allow(kind, paths):
    assert bendable(kind, OPERATION) == paths


def test_status_puts_every_task_into_a_state():
    body = {"total": 2, "tasks": [{"task_id": "1", "status": "INIT"}, {"task_id": "2", "status": "SUCCEED"}]}
    found = mutated("status", {"status": "FAILED"}, body, LIST, SERVICE)
    assert [task["status"] for task in found["tasks"]] == ["FAILED", "FAILED"]


def test_no_items_empties_the_list_and_keeps_its_total():
    body = {"total": 2, "tasks": [{"task_id": "1", "status": "INIT"}]}
    assert mutated("no-items", {}, body, LIST, SERVICE) == {"total": 2, "tasks": []}

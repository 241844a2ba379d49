"""Form text, and the flattened names that stand for nested values."""

from __future__ import annotations

import pytest

from mockcloud.model import Wire
from mockcloud.providers.tencent import form

NESTED = {
    "FileId": "1",
    "MediaProcessTask": {
        "AnimatedGraphicTaskSet": [{"Definition": "20001", "StartTimeOffset": "-5"}, {"Definition": "2"}]
    },
    "EventHandles": ["a", "b"],
}
FLAT = [
    ("FileId", "1"),
    ("MediaProcessTask.AnimatedGraphicTaskSet.0.Definition", "20001"),
    ("MediaProcessTask.AnimatedGraphicTaskSet.0.StartTimeOffset", "-5"),
    ("MediaProcessTask.AnimatedGraphicTaskSet.1.Definition", "2"),
    ("EventHandles.0", "a"),
    ("EventHandles.1", "b"),
]


def test_flattened_names_become_lists_and_objects():
    assert form.nested(FLAT) == NESTED


def test_flattened_is_the_inverse_of_nested():
    assert form.flattened(NESTED) == FLAT


def test_numbers_and_booleans_are_written_as_json_does():
    assert form.flattened({"A": 75.5, "B": True, "C": None, "D": 10}) == [("A", "75.5"), ("B", "true"), ("D", "10")]


def test_list_indices_decide_the_order_not_the_place_on_the_wire():
    assert form.nested([("A.10", "c"), ("A.2", "b"), ("A.0", "a")]) == {"A": ["a", "b", "c"]}


def test_a_huge_index_takes_no_room():
    assert form.nested([("A.999999999", "last"), ("A.0", "first")]) == {"A": ["first", "last"]}


def test_empty_values_are_absent():
    assert form.nested([("Comment", ""), ("Sort.Field", ""), ("Fps", "1")]) == {"Fps": "1"}


@pytest.mark.parametrize(
    ("flat", "kind"),
    [
        ([("A", "1"), ("A", "2")], "repeated"),
        ([("A", "1"), ("A.B", "2")], "clash"),
        ([("A.B", "1"), ("A", "2")], "clash"),
        ([(".".join("A" * 40), "1")], "deep"),
    ],
)
def test_names_that_contradict_each_other_are_refused(flat, kind):
    with pytest.raises(form.FormError) as caught:
        form.nested(flat)
    assert caught.value.kind == kind


def test_pairs_are_decoded_once():
    assert form.pairs("Name=%E6%A8%A1%E6%9D%BF+a_b%26c%3D1%2B2&Empty=&%41=%2541") == [
        ("Name", "模板 a_b&c=1+2"),
        ("Empty", ""),
        ("A", "%41"),
    ]


@pytest.mark.parametrize(
    ("text", "kind"), [("Action", "pair"), ("A=1&&B=2", "pair"), ("A=%FF", "text"), ("A=\udcff", "text")]
)
def test_unreadable_pairs(text, kind):
    with pytest.raises(form.FormError) as caught:
        form.pairs(text)
    assert caught.value.kind == kind


def test_write_is_the_inverse_of_pairs():
    pairs = [("Name", "模板 a_b&c=1+2"), ("A.0", "~-._*")]
    assert form.pairs(form.write(pairs)) == pairs


def test_a_form_body_counts_and_a_json_body_does_not():
    as_form = Wire("POST", "/", "A=1", (("Content-Type", f"{form.FORM}; charset=utf-8"),), b"B=2")
    as_json = Wire("POST", "/", "A=1", (("Content-Type", "application/json"),), b'{"B": 2}')
    assert form.sent(as_form) == [("A", "1"), ("B", "2")]
    assert form.sent(as_json) == [("A", "1")]

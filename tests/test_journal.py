"""What is kept of requests, how much of it, and that it can always be shown."""

from __future__ import annotations

import orjson
import pytest

from mockcloud.journal import Journal, Notes, parsed
from mockcloud.model import Violation, Wire, WireReply
from mockcloud.redact import Redactor

REDACTOR = Redactor()
REPLY = WireReply(200, (), b'{"ok": true}')


def add(journal, wire=None, reply=REPLY, **notes):
    wire = wire or Wire("POST", "/v1/x")
    return journal.add(wire, reply, REDACTOR, Notes(**{"time": 1.0, "account": "mockcloud", **notes}))


def record(entry):
    shown = entry.as_json("T")
    orjson.dumps(shown)  # whatever came in, a record can be sent
    return shown


def test_record_has_the_documented_members():
    assert list(record(add(Journal()))) == [
        *("id", "time", "account", "service", "operation", "method", "path", "headers", "body", "parameters"),
        *("status", "response", "violations", "reason", "detail", "diagnosis", "request_id", "fault"),
    ]


def test_ids_count_from_one_and_go_on_after_clearing():
    journal = Journal()
    first = add(journal).id
    journal.clear()
    assert (first, add(journal).id) == (1, 2)


def test_oldest_entries_go_first_and_are_counted():
    journal = Journal(most=2)
    for _ in range(5):
        add(journal)
    assert ([entry.id for entry in journal], journal.dropped) == ([4, 5], 3)


@pytest.mark.parametrize(
    "big",
    [
        {"wire": Wire("POST", "/", body=b"x" * 50_000)},
        {"wire": Wire("GET", "/", query="x" * 50_000)},
        {"wire": Wire("GET", "/" + "x" * 50_000)},
        {"wire": Wire("GET", "/", headers=(("X-Big", "x" * 50_000),))},
        {"reply": WireReply(200, (), b"x" * 50_000)},
        {"parameters": {"x": ["y" * 10] * 5_000}},
        {"detail": "x" * 50_000},
        {"diagnosis": {"ours": "x" * 50_000}},
        {"violations": (Violation("r", "/" + "x" * 50_000, 1, "c"),)},
    ],
    ids=lambda big: next(iter(big)),
)
def test_everything_that_is_big_counts_as_bytes(big):
    journal = Journal(most_bytes=200_000)
    for _ in range(10):
        add(journal, **big)
    assert len(journal) < 10
    assert 50_000 < journal.size <= 200_000


def test_one_entry_that_is_too_big_is_kept_until_the_next():
    journal = Journal(most_bytes=100)
    add(journal)
    add(journal)
    assert [entry.id for entry in journal] == [2]


def test_clearing_an_account_leaves_the_others():
    journal = Journal()
    add(journal)
    add(journal, account="mockcloud-a")
    assert journal.clear("mockcloud") == 1
    assert [entry.account for entry in journal] == ["mockcloud-a"]
    assert journal.size == next(iter(journal)).size


def test_clearing_everything_forgets_what_was_dropped():
    journal = Journal(most=1)
    add(journal)
    add(journal)
    journal.clear()
    assert (len(journal), journal.size, journal.dropped) == (0, 0, 0)


def test_long_body_is_cut():
    shown = record(add(Journal(), Wire("POST", "/", body=b"x" * 70_000)))
    assert shown["body"].endswith("... (70000 characters)")


def test_long_violating_value_is_cut():
    shown = record(add(Journal(), violations=(Violation("r", "/x", "y" * 9_000, "c"),)))
    assert shown["violations"][0]["value"].endswith("... (9008 bytes)")


def test_violation_of_a_secret_parameter_hides_its_value():
    shown = record(add(Journal(), violations=(Violation("r", "/a/Password", "CANARY", "c"),)))
    assert shown["violations"] == [
        {"rule": "r", "path": "/a/Password", "value": "***", "cite": "c", "effect": "reject"}
    ]


def test_secrets_leave_before_storage():
    wire = Wire(
        "POST",
        "/",
        "Signature=CANARY&x=1",
        (("Authorization", "Bearer CANARY"), ("X-Subject-Token", "CANARY")),
        b'{"password": "CANARY"}',
    )
    entry = add(
        Journal(),
        wire,
        WireReply(200, (("X-Subject-Token", "CANARY"),), b'{"Token": "CANARY"}'),
        parameters={"password": "CANARY", "Url": "http://h/?sign=CANARY"},
        detail="/Password = 'CANARY': is wrong",
        diagnosis={"ours": "GET&%2F&SecurityToken%3DCANARY%26x%3D1", "theirs": None},
    )
    assert "CANARY" not in repr(entry)
    assert "CANARY" not in repr(record(entry))
    assert entry.path == "/?Signature=***&x=1"


@pytest.mark.parametrize(
    ("parameters", "shown"),
    [
        ({"a": "\udcff"}, {"a": "?"}),
        ({"n": 10**30}, {"n": 1e30}),
        ({"n": 10**30, "Token": "x"}, {"n": 1e30, "Token": "***"}),
        ({"f": 0.5, "n": None}, {"f": 0.5, "n": None}),
    ],
)
def test_parameters_that_json_cannot_hold_are_kept_as_near_as_it_gets(parameters, shown):
    assert record(add(Journal(), parameters=parameters))["parameters"] == shown


def test_too_deep_parameters_do_not_break_it():
    deep = {}
    for _ in range(3_000):
        deep = {"a": deep}
    assert record(add(Journal(), parameters=deep))["parameters"] == "too deep to be kept"


def test_bytes_that_are_not_utf8_are_shown():
    wire = Wire("GET", "/\udcff", "a=\udcff", (("X", "\udcff"),), b"\xff")
    shown = record(add(Journal(), wire, operation="\udcff", detail="\udcff"))
    assert (shown["path"], shown["body"], shown["detail"]) == ("/\ufffd?a=\ufffd", "\ufffd", "\ufffd")


@pytest.mark.parametrize(("text", "value"), [('{"a": 1}', {"a": 1}), ("[1]", [1]), ("{", "{"), ("<x/>", "<x/>")])
def test_responses_are_shown_as_json_where_they_are(text, value):
    assert parsed(text) == value


def test_too_deep_value_of_a_violation_does_not_break_it():
    deep = []
    for _ in range(3_000):
        deep = [deep]
    shown = record(add(Journal(), violations=(Violation("r", "/x", deep, "c"),)))
    assert shown["violations"][0]["value"] == "too deep to be kept"

"""What a finding says, and how it can be shown again."""

from __future__ import annotations

import json
import shlex

import pytest

from mockcloud.check.findings import Case, Finding, collected, shown, sourced

SOURCES = {"seed 002": "the starting page", "PY": "the SDK", "PYC": "the SDK's core"}


WIDTH = Case("width 33", {"w": 33}, None, "raised")


def finding(check="RULE-INVALID", subject="svc.Op.width.range", case=WIDTH, **more):
    return Finding(check, subject, "it was sent", "must be even", "seed 002 T7; PY", (case,), 4, "i", **more)


def test_text_names_rule_source_input_and_command():
    assert finding().text("pkg.mod:Gifs", SOURCES).splitlines() == [
        "1 of 4 cases: it was sent",
        "  rule    svc.Op.width.range: must be even (case: width 33)",
        "  source  the starting page: T7; the SDK",
        '  asked   {"w":33}',
        "  sent    nothing",
        "  client  raised",
        "  again   mockcloud check pkg.mod:Gifs --rule svc.Op.width.range --case 'width 33'",
    ]


@pytest.mark.parametrize(
    ("cite", "written"),
    [
        ("seed 002 T7 end", "the starting page: T7 end"),
        ("PY", "the SDK"),
        ("PYC: signer", "the SDK's core: signer"),
        ("PYX 1", "PYX 1"),
        ("", ""),
    ],
)
def test_citation_is_written_out(cite, written):
    assert sourced(cite, SOURCES) == written


def test_check_is_shown_again_by_its_name():
    again = finding("ERR-MAP", "svc.Op", Case("it's", "x", None, "")).replay("m:A")
    assert shlex.split(again) == ["mockcloud", "check", "m:A", "--check", "ERR-MAP", "--case", "it's"]


def test_input_that_stands_for_itself_is_shown_again_as_it_is():
    again = shlex.split(finding("FAITHFUL", "svc.Op", Case("random", {"name": "it's"}, None, "")).replay("m:A"))
    assert again[:4] == ["mockcloud", "check", "m:A", "--replay"]
    assert json.loads(again[4]) == {"operation": "Op", "p": {"name": "it's"}}


def test_finding_may_know_better_how_it_is_shown_again():
    assert finding(again="--check MACHINE --seed 3").replay("m:A") == "mockcloud check m:A --check MACHINE --seed 3"


def test_long_values_are_cut_and_their_length_is_told():
    text = shown("x" * 3000)
    assert len(text) < 2100
    assert text.endswith("... (3002 characters)")


def test_values_that_are_no_json_are_shown_as_python_has_them():
    assert shown({"a": {1}}) == '{"a":"{1}"}'


@pytest.mark.parametrize(("value", "text"), [(2**80, str(2**80)), ("a\ud800", '"a\\ud800"')], ids=["number", "text"])
def test_values_that_json_hardly_holds_are_shown(value, text):
    assert shown(value) == text


def test_cases_are_collected_while_they_are_made():
    with collected() as cases:
        made = Case("a", 1, 2, "c")
    Case("b", 1, 2, "c")
    assert cases == [made]

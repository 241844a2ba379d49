"""JUnit XML: well-formed whatever it holds, one case for each item, names that are unique."""

from __future__ import annotations

from collections import Counter

import pytest
from defusedxml.ElementTree import fromstring

from mockcloud.check.report import FORMATS, tree

from .reported import nasty

NASTY = ["<&>\"'", "]]>", "\x00\x08\x1f", "a\ud800b", "\ufffe\uffff", "动图 ✂\n\t", "x" * 100_000]


def suites(report):
    return fromstring(FORMATS["junit"](report).encode("utf-8", "replace")).findall("testsuite")


def test_every_item_is_a_case(example):
    [suite] = suites(example)
    names = [case.get("name") for case in suite.findall("testcase")]
    assert names[:-1] == [item["id"] for item in example["runs"][0]["items"]]
    assert names[-1] == "run 1"
    assert max(Counter(names).values()) == 1


def test_finding_is_a_failure_with_its_text(example):
    [suite] = suites(example)
    cases = {case.get("name"): case for case in suite.findall("testcase")}
    failure = cases["CreateAnimatedGraphicsTask.span-60s-rejects"].find("failure")
    assert failure.get("type") == "RULE-INVALID"
    assert failure.get("message") == "a request that breaks a documented rule was sent"
    assert "mockcloud check gif_adapter:Gifs --rule" in failure.text


def test_what_fails_the_run_beside_findings_is_a_failure(example):
    case = suites(example)[0].findall("testcase")[-1]
    assert case.find("failure").get("message") == "without names SECRET, which passes: take the entry away"


def test_counts_are_those_of_the_cases(example):
    [suite] = suites(example)
    cases = suite.findall("testcase")
    assert suite.get("name") == "gif_adapter:Gifs"
    assert {case.get("classname") for case in cases} == {"gif_adapter.Gifs"}
    told = {name: int(suite.get(name)) for name in ("tests", "failures", "errors", "skipped")}
    assert told == {
        "tests": len(cases),
        "failures": sum(case.find("failure") is not None for case in cases),
        "errors": 0,
        "skipped": sum(case.find("skipped") is not None for case in cases),
    }
    assert told["failures"] == 2
    assert all(float(case.get("time")) >= 0 for case in cases)


def with_result(example, word, note="", findings=()):
    [run] = example["runs"]
    run["items"], run["findings"], run["shortcomings"] = (
        [{**run["items"][0], "result": word, "note": note}],
        findings,
        [],
    )
    return suites(example)[0].find("testcase")


@pytest.mark.parametrize(
    ("word", "note", "message"),
    [
        ("skipped", "the adapter does not list", "the adapter does not list"),
        ("without", "issue 12", "without: issue 12"),
        ("failed", "", "told with another item of the same cause"),
    ],
)
def test_what_is_no_failure_is_skipped_with_its_reason(example, word, note, message):
    assert with_result(example, word, note).find("skipped").get("message") == message


def test_finding_of_the_baseline_is_no_failure(example):
    [run] = example["runs"]
    known = {**run["findings"][0], "known": True, "item": run["items"][0]["id"]}
    case = with_result(example, "failed", findings=[known])
    assert (case.find("failure"), case.find("skipped").get("message")) == (None, "in the baseline")


def test_note_of_a_good_item_is_kept(example):
    assert with_result(example, "ok", "cut after 60 s").find("system-out").text == "cut after 60 s"


@pytest.mark.parametrize("text", NASTY, ids=lambda text: ascii(text[:6]))
def test_xml_is_well_formed_whatever_it_holds(example, text):
    [suite] = suites(nasty(example, text))
    assert suite.findall("testcase")


def test_large_texts_are_cut(example):
    assert len(FORMATS["junit"](nasty(example, "x" * 1_000_000))) < 40_000_000
    [suite] = suites(nasty(example, "x" * 1_000_000))
    assert max(len(case.text or "") for case in suite.iter("failure")) <= 64_000


def test_report_without_runs_is_a_document():
    assert suites(tree([])) == []

"""GitHub: annotations within the limits of a step, escaped; a summary within its size."""

from __future__ import annotations

import re

import pytest

from mockcloud.check.report import FORMATS, append_summary, tree
from mockcloud.check.report.github import step_summary

from .reported import many, nasty

COMMAND = re.compile(r"::(error|warning) ([^:]*)::(.*)")


def commands(report):
    lines = FORMATS["github"](report).splitlines()
    return [COMMAND.fullmatch(line).groups() for line in lines]


def unescaped(text):
    for code, mark in (("%0A", "\n"), ("%0D", "\r"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, mark)
    return text


def test_finding_is_an_error_at_the_adapters_method(example):
    (kind, properties, text), _ = commands(example)
    found = example["runs"][0]["findings"][0]
    told = dict(one.split("=", 1) for one in properties.split(","))
    assert (kind, told["file"], told["line"]) == ("error", "docs/examples/gif_adapter.py", str(found["line"]))
    assert told["title"] == "huawei-mpc.CreateAnimatedGraphicsTask.span-60s"
    assert unescaped(text).splitlines()[0] == "12 of 16 cases: a request that breaks a documented rule was sent"


def test_what_fails_a_run_beside_findings_is_an_error(example):
    assert commands(example)[1] == (
        "error",
        "title=mockcloud",
        "gif_adapter%3AGifs: without names SECRET".replace("%3A", ":") + ", which passes: take the entry away",
    )


@pytest.mark.parametrize("text", ["a\r\nb", "100 %0A", "a:b,c=d", "::error::x", "动图 ✂"], ids=ascii)
def test_text_comes_out_as_it_went_in(example, text):
    example["runs"][0]["findings"][0] |= {"subject": text, "title": text}
    _, properties, said = commands(example)[0]
    assert unescaped(properties.partition("title=")[2]) == text
    assert f"cases: {text}" in unescaped(said)


def test_ten_errors_are_told_and_the_rest_as_a_count(example):
    said = commands(many(example, 25))
    assert [kind for kind, _, _ in said] == ["error"] * 10 + ["warning"]
    assert said[-1][2].startswith("and 16 more findings")


def test_ten_findings_need_no_count(example):
    example["runs"][0]["shortcomings"] = []
    assert [kind for kind, _, _ in commands(many(example, 10))] == ["error"] * 10


def test_findings_of_a_baseline_are_no_errors(example):
    example["runs"][0]["findings"][0]["known"] = True
    assert len(commands(example)) == 1


def test_long_texts_are_cut(example):
    assert max(len(line) for line in FORMATS["github"](nasty(example, "x" * 100_000)).splitlines()) < 210_000
    assert len(commands(nasty(example, "x" * 100_000))[0][2]) < 5000


def test_good_report_has_nothing_to_annotate():
    assert FORMATS["github"](tree([])) == ""


def test_summary_is_a_table(example):
    text = step_summary(example)
    assert "### ❌ gif_adapter:Gifs" in text
    assert "| huawei-mpc.CreateAnimatedGraphicsTask.span-60s | RULE-INVALID |" in text
    assert "| points | 35 of 35 |" in text
    assert "- without names SECRET, which passes: take the entry away" in text


def test_summary_breaks_no_table_and_no_page(example):
    text = step_summary(nasty(example, "a|b\n<script>"))
    assert "<script>" not in re.sub(r"``````.*?``````", "", text, flags=re.DOTALL)
    row = next(line for line in text.splitlines() if "a\\|b &lt;script&gt; | RULE" in line)
    assert row.count(" | ") == 4


@pytest.mark.parametrize("room", [300, 2000, 100_000])
def test_summary_keeps_within_its_room(example, room):
    text = step_summary(many(example, 500), room)
    assert len(text.encode()) <= room
    assert text.rstrip().endswith("more parts did not fit.*")


def test_summary_is_added_to_what_is_there(example, tmp_path):
    path = tmp_path / "summary.md"
    path.write_text("# before\n", "utf-8")
    append_summary(path, example)
    append_summary(path, example)
    text = path.read_text("utf-8")
    assert text.startswith("# before\n")
    assert text.count("### ❌ gif_adapter:Gifs") == 2


def test_summary_never_grows_over_its_size(example, tmp_path):
    path = tmp_path / "summary.md"
    for _ in range(4):
        append_summary(path, many(example, 50), most=20_000)
    assert path.stat().st_size <= 20_000

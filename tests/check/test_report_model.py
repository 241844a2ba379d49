"""The report as a tree: documented shape, stable ids, groups, exceptions, the matrix, no secrets, merged workers."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import mockcloud
from mockcloud.check import report
from mockcloud.check.battery import Options, battery, offer_of
from mockcloud.check.clean import Clean
from mockcloud.check.findings import Case, Finding, Item, ItemResult
from mockcloud.check.report.citations import url_of
from mockcloud.check.report.matrix import matrix
from mockcloud.check.report.model import Run, about, stable_id
from mockcloud.check.report.places import location
from mockcloud.check.tally import Tally
from mockcloud.contract.load import Contracts

from .gifs import Crashes, Gifs, Mended
from .reported import run_of

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs" / "report.schema.json").read_text("utf-8"))
CONTRACTS = Contracts()
SPAN = "huawei-mpc.CreateAnimatedGraphicsTask.span-60s"


def misfits(tree):
    return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(SCHEMA).iter_errors(tree)]


def test_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)


def test_report_has_the_documented_shape(example):
    assert misfits(json.loads(report.as_json(example))) == []


def test_shape_refuses_what_is_not_documented(example):
    assert misfits({**example, "more": 1})
    assert misfits({name: value for name, value in example.items() if name != "runs"})


def test_empty_report_has_the_documented_shape():
    tree = report.tree([])
    assert (misfits(tree), tree["result"]) == ([], "nothing-checked")


def test_finding_is_told_with_everything(example):
    [run] = example["runs"]
    [found] = run["findings"]
    assert (found["id"], found["subject"], found["polarity"]) == (
        f"{SPAN}.invalid.a-request-that-breaks-a-documented-rule-was-sent",
        SPAN,
        "invalid",
    )
    assert (found["failed"], found["tried"], found["known"]) == (12, 16, False)
    assert found["cases"][0]["id"] == f"{SPAN}.invalid.span 60001 from 0"
    assert found["cases"][0]["asked"] == {"output_param": {"start": 0, "end": 60001}}
    assert found["source"].startswith("API reference of MPC")
    assert found["again"].endswith(f"mockcloud check gif_adapter:Gifs --rule {SPAN} --case 'span 60001 from 0'")


def test_finding_lies_at_the_adapters_method(example):
    [found] = example["runs"][0]["findings"]
    lines = (ROOT / found["file"]).read_text("utf-8").splitlines()
    assert found["file"] == "docs/examples/gif_adapter.py"
    assert lines[found["line"] - 1].strip() == "def create(self, client, p):"


def test_run_says_what_keeps_it_from_being_good(example):
    [run] = example["runs"]
    assert run["result"] == example["result"] == "failed"
    assert run["shortcomings"] == ["without names SECRET, which passes: take the entry away"]
    assert run["exceptions"] == [{"name": "SECRET", "reason": "issue 12", "is_stale": True}]


def test_matrix_has_both_sides_and_both_together(example):
    rows = {rule["id"]: rule for rule in example["runs"][0]["rules"]}
    span, start = rows[SPAN], rows["huawei-mpc.CreateAnimatedGraphicsTask.output_param.start.range"]
    assert span["valid"] == {"points": 8, "done": 8, "failed": 0, "unreachable": 0, "result": "done"}
    assert span["invalid"] == {"points": 16, "done": 16, "failed": 12, "unreachable": 0, "result": "failed"}
    assert (span["neighbours"], start["neighbours"]) == ("failed", "done")


def test_ids_do_not_change_from_run_to_run(example_run):
    with mockcloud.start() as cloud:
        again = run_of(Gifs, cloud)
    assert [found["id"] for found in again.findings()] == [found["id"] for found in example_run.findings()]


def test_good_run_passes():
    with mockcloud.start() as cloud:
        run = run_of(Mended, cloud, level=3)
    assert (run.result(), run.findings(), run.shortcomings()) == ("passed", [], [])
    assert misfits(report.tree([run])) == []


def test_no_secret_leaves(example_run):
    with mockcloud.start() as cloud:
        run = run_of(Crashes, cloud, checks=("RULE-VALID",))
    tree = report.tree([run])
    found = next(found for found in tree["runs"][0]["findings"] if "crashed" in found["title"])
    assert found["cases"][0]["client"] == "crashed: TypeError: cannot be, ***"
    for make in report.FORMATS.values():
        assert "mockcloud-secret" not in make(tree)
    assert "mockcloud-secret" not in report.summary(tree)


# What is made up, where a real run would take long.

OFFER = offer_of(Mended, CONTRACTS)
ITEMS = battery(OFFER, Options())


def made_up(*results, items=(), tally=None, **options):
    chosen = Options(**options)
    run = Run(about(OFFER, chosen, items or [result.item for result in results]), tally or Tally())
    for result in results:
        run.add(result, OFFER, Clean(OFFER))
    return run


def result(name, *findings, word="", check="RULE-INVALID", **more):
    findings = [replace(found, item=name) for found in findings]
    return ItemResult(
        Item(name, check, lambda *_: iter(())), word or ("failed" if findings else "ok"), [*findings], **more
    )


def finding(subject, title="it was sent", group="", check="RULE-INVALID", **more):
    case = Case("a", {"x": 1}, None, "raised")
    return Finding(check, subject, title, "must", "PY", (case,), 2, subject, group, **more)


def test_findings_of_one_cause_are_told_once():
    run = made_up(
        result("a", finding("s.o.a", group="s.o.a+s.o.b")),
        result("b", finding("s.o.b", group="s.o.a+s.o.b")),
        result("c", finding("s.o.c")),
    )
    assert [found["subject"] for found in run.findings()] == ["s.o.a", "s.o.c"]


def test_findings_are_told_in_the_order_of_the_items():
    results = [result("a", finding("s.o.a")), result("b", finding("s.o.b"))]
    run = made_up(results[1], results[0], items=[one.item for one in results])
    assert [found["subject"] for found in run.findings()] == ["s.o.a", "s.o.b"]
    assert [item["id"] for item in run.tree()["items"]] == ["a", "b"]


def test_baseline_does_not_fail_a_run():
    run = made_up(result("a", finding("s.o.a")), result("b", finding("s.o.b")))
    run.known = frozenset(found["id"] for found in run.findings())
    assert run.result() == "passed"
    run.known = frozenset([run.findings()[0]["id"]])
    assert (run.result(), [found["known"] for found in run.findings()]) == ("failed", [True, False])


def test_id_holds_no_numbers_of_the_run():
    one, other = finding("s.o", "12 tasks of 13", check="X"), finding("s.o", "11 tasks of 17", check="X")
    assert stable_id(one, "") == stable_id(other, "") == "s.o.X.tasks-of"


def test_exception_that_hides_something_is_not_stale():
    run = made_up(result("a", finding("s.o.a"), word="without"), without={"RULE-INVALID": "issue 1"})
    assert (run.stale(), run.findings(), run.result()) == ([], [], "passed")


def test_exception_of_a_whole_check_is_stale_when_all_its_items_pass():
    run = made_up(result("a"), result("b"), without={"RULE-INVALID": "issue 1"})
    assert run.stale() == ["RULE-INVALID"]
    assert run.result() == "failed"


def test_exception_is_not_judged_by_a_part_of_what_it_names():
    one, other = result("a"), result("b")
    run = made_up(one, items=[one.item, other.item], without={"RULE-INVALID": "issue 1"})
    assert (run.stale(), run.is_complete) == ([], False)


def test_exception_for_what_does_not_apply_is_not_stale():
    assert made_up(result("XML", word="skipped", check="XML"), without={"XML": "issue 1"}).stale() == []


def gappy():
    tally = Tally()
    tally.can("codes", ["a", "b"])
    tally.did("codes", "a")
    return tally


def test_level_is_judged_when_everything_ran():
    one, other = result("a"), result("b")
    assert made_up(one, tally=gappy(), level=4).shortcomings() == [
        "coverage is at level 3, wanted 4: codes not complete"
    ]
    assert made_up(one, tally=gappy(), level=3).shortcomings() == []
    assert made_up(one, items=[one.item, other.item], tally=gappy(), level=4).shortcomings() == []


@pytest.mark.parametrize(
    ("under", "said"),
    [
        ({"": 50.0}, []),
        ({"": 51.0}, ["coverage is at 50.0 %, wanted 51 %"]),
        ({"codes": 50.0}, []),
        ({"codes": 50.5, "points": 100.0}, ["codes is at 50.0 %, wanted 50.5 %"]),
    ],
    ids=str,
)
def test_share_of_coverage_is_judged(under, said):
    run = made_up(result("a"), tally=gappy())
    run.under = under
    assert run.shortcomings() == said


def test_only_skipped_items_are_nothing_checked():
    assert made_up(result("a", word="skipped")).result() == "nothing-checked"
    assert made_up().result() == "nothing-checked"


def test_workers_add_up():
    one, other = result("a", finding("s.o.a")), result("b", seconds=2.0)
    items = [one.item, other.item]
    parts = [made_up(one, items=items, tally=gappy()), made_up(other, items=items)]
    whole = Run.loaded(json.loads(json.dumps(parts[0].dump())))
    whole.merge(json.loads(json.dumps(parts[1].dump())))
    assert whole.is_complete
    assert [item["result"] for item in whole.tree()["items"]] == ["failed", "ok"]
    assert [found["subject"] for found in whole.findings()] == ["s.o.a"]
    assert whole.tree()["coverage"]["metrics"]["codes"]["done"] == 1


# The matrix.


def side(points, done, *unreachable):
    tally = Tally()
    for name in ("valid", "invalid"):
        tally.can("points", [f"s.o.r.{name}.{place}" for place in range(points)])
        tally.did("points", *[f"s.o.r.{name}.{place}" for place in range(done)])
        tally.cannot("points", *[f"s.o.r.{name}.{place}" for place in unreachable])
    return tally


@pytest.mark.parametrize(
    ("tally", "cell", "both"),
    [
        (side(2, 2), "done", "done"),
        (side(2, 1), "done", "open"),
        (side(2, 0), "open", "open"),
        (side(2, 1, 1), "done", "done"),
        (side(2, 0, 0, 1), "none", "none"),
        (side(0, 0), "none", "none"),
    ],
    ids=["all", "some", "none yet", "all that can be", "none can be", "no points"],
)
def test_cells_of_the_matrix(tally, cell, both):
    [row] = matrix([{"id": "s.o.r"}], tally, [])
    assert (row["valid"]["result"], row["invalid"]["result"], row["neighbours"]) == (cell, cell, both)


def test_finding_colours_its_side_and_both_together():
    [row] = matrix([{"id": "s.o.r"}], side(2, 2), [{"subject": "s.o.r", "polarity": "valid", "failed": 1}])
    assert (row["valid"]["result"], row["invalid"]["result"], row["neighbours"]) == ("failed", "done", "failed")


# Where things are.


@pytest.mark.parametrize(
    ("source", "url"),
    [
        ("PyPI huaweicloudsdkmpc 3.1.219, v1/mpc_client.py", "https://pypi.org/project/huaweicloudsdkmpc/3.1.219/"),
        ("npm @alicloud/pop-core 1.8.0", "https://www.npmjs.com/package/@alicloud/pop-core"),
        ("github.com/AlibabaCloudDocs/vod at 14c603a5, zh", "https://github.com/AlibabaCloudDocs/vod/tree/14c603a5"),
        ("GitHub jdcloudcom/cn, as of 2018", "https://github.com/jdcloudcom/cn"),
        ("help.aliyun.com/document_detail/48054, errors", "https://help.aliyun.com/document_detail/48054"),
        ("reference page of CreateGifTask", ""),
    ],
    ids=lambda text: text[:20],
)
def test_address_of_a_source(source, url):
    assert url_of(source) == url


def test_every_address_of_a_source_is_a_plain_one():
    urls = [url_of(text) for service in CONTRACTS.services() for text in service.sources.values()]
    assert any(urls)
    assert [url for url in urls if url and not (url.startswith("https://") and url.isascii() and " " not in url)] == []


def test_location_of_what_belongs_to_no_method_is_the_adapter():
    file, line = location(offer_of(Gifs, CONTRACTS), "huawei-mpc")
    assert (ROOT / file).read_text("utf-8").splitlines()[line - 1] == "class Gifs(Adapter):"


def test_location_of_an_adapter_without_a_file_is_unknown():
    made = type("Made", (Mended,), {"__module__": "nowhere"})
    assert location(offer_of(made, CONTRACTS), "huawei-mpc")[1] >= 1

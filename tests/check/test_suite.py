"""`contract_tests` and `contract_case` as somebody else's test files use them, and the reports of such sessions."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import mockcloud
from mockcloud.check import strategies, suite, unittests
from mockcloud.check.battery import Options, offer_of
from mockcloud.contract.load import Contracts

from .gifs import Mended

pytest_plugins = ("pytester",)

ROOT = Path(__file__).parents[2]
HEAD = "from mockcloud.check import contract_case, contract_tests\nfrom tests.check.gifs import *\n"
HEAD += "from tests.check import gifs\n"
SPAN = "CreateAnimatedGraphicsTask.span-60s"
BARE = ("-p", "no:cacheprovider", "-p", "no:faker", "-p", "no:hypothesispytest")
RULES = 'checks=("RULE-INVALID", "RULE-VALID")'


# Pytester forgets what a session has loaded: what they all need is loaded before the first.
LOADED = (strategies, unittests)


@pytest.fixture(scope="module", autouse=True)
def loaded():
    with mockcloud.start():
        pass


@pytest.fixture
def run(pytester, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.syspath_prepend(str(ROOT))

    def run(source, *options, alone=False):
        pytester.makepyfile(test_gifs=HEAD + source)
        if alone:  # without plug-ins that take longer to load than the test takes
            return pytester.runpytest_subprocess(*BARE, *options)
        return pytester.runpytest_inprocess("-p", "no:cacheprovider", *options)

    return run


def report_of(pytester):
    return json.loads((pytester.path / "report.json").read_text("utf-8"))


GIFS = f"TestGifs = contract_tests(Gifs, {RULES})"
MENDED = f"TestGifs = contract_tests(gifs.Mended, {RULES})"


# Items.


def test_every_rule_is_an_item_and_a_finding_fails_its_own(run):
    result = run(GIFS)
    result.assert_outcomes(failed=1, passed=9)
    result.stdout.fnmatch_lines(
        [
            "E   mockcloud.check.findings.ContractViolation: 12 of 16 cases: a request that breaks a documented *",
            f"      rule    huawei-mpc.{SPAN}: end and start are at most 60 seconds apart (case: span 60001 from 0)",
            "      source  API reference of MPC,*: T7 end; *",
            '      asked   {"output_param":{"start":0,"end":60001}}',
            '      sent    {"input":*"end":60001}}',
            "      client  failed: GifError: MPC.10202 (HTTP 400); *",
            f"      again   *mockcloud check gif_adapter:Gifs --rule huawei-mpc.{SPAN} --case 'span 60001 from 0'",
            f"FAILED test_gifs.py::TestGifs::test_rule[[]{SPAN}-rejects[]]*",
        ],
        consecutive=False,
    )


def test_ids_are_the_same_every_time_and_on_every_worker(run):
    def listed(*options):
        lines = run(GIFS + "\nTestMended = contract_tests(gifs.Mended)", "--collect-only", "-q", *options).outlines
        return [line for line in lines if "::" in line]

    ids = listed()
    assert ids == listed()
    assert len(ids) == len(set(ids))
    assert f"test_gifs.py::TestGifs::test_rule[{SPAN}-rejects]" in ids
    assert "test_gifs.py::TestMended::test_check[ERR-MAP]" in ids


def test_items_are_chosen_by_k(run):
    run(GIFS, "-k", "span-60s").assert_outcomes(failed=1, passed=1, deselected=8)
    run(GIFS, "-k", "span-60s and accepts").assert_outcomes(passed=1, deselected=9)


def test_first_finding_ends_the_run_with_x(run):
    result = run(GIFS + "\ndef test_last(): pass", "-x")
    assert result.parseoutcomes()["failed"] == 1
    assert "test_last" not in result.stdout.str()


def test_two_adapters_live_in_one_module(run):
    result = run(f"{GIFS}\nTestMended = contract_tests(gifs.Mended, {RULES})")
    result.assert_outcomes(failed=1, passed=19)
    assert f"TestGifs::test_rule[{SPAN}-rejects]" in result.stdout.str()


def test_class_of_tests_can_be_subclassed(run):
    run(f"class TestGifs(contract_tests(gifs.Mended, {RULES})):\n    def test_own(self): pass").assert_outcomes(
        passed=11
    )


def test_ordinary_tests_and_fixtures_live_beside_it(run):
    result = run(f"{MENDED}\ndef test_mock(mockcloud):\n    assert mockcloud.requests() == []")
    result.assert_outcomes(passed=11)


def test_checks_that_do_not_apply_are_skipped_with_the_reason(run):
    result = run('TestGifs = contract_tests(Gifs, checks=["PAGES"])', "-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED *the adapter does not list"])


# A test file that is wrong.


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("TestGifs = contract_tests(gifs.Misplaced)", "*Misuse: Misplaced.service is 'huawei-mpg' (use one of *"),
        ("TestGifs = contract_tests(gifs.Unconnected)", "*Misuse: Unconnected has no connect(self, cloud) (*"),
        ('TestGifs = contract_tests(Gifs, checks=["ERRMAP"])', "*Misuse: there is no check 'ERRMAP' (did you mean*"),
        ('TestGifs = contract_tests(Gifs, without={"X": "y"})', "*Misuse: without names 'X', which is no check*"),
        ('TestGifs = contract_tests(Gifs, without={"ERR-MAP": ""})', "*Misuse: without 'ERR-MAP' has no reason (*"),
    ],
    ids=["service", "connect", "check", "without", "reason"],
)
def test_mistake_is_said_when_tests_are_collected(run, source, said):
    result = run(source)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([said])


@pytest.mark.parametrize(
    ("adapter", "said"),
    [
        (
            "Silent",
            "nothing that the client of Silent sends reaches the mock at http://127.0.0.1:*: create returned '1'*",
        ),
        (
            "Careless",
            "Careless.create itself failed with KeyError: 'wrong name' (*gifs.py:*); use .get() for optional*",
        ),
        ("Unlinked", "Unlinked.connect failed: OSError: no configuration"),
    ],
)
def test_mistake_of_the_adapter_fails_in_a_line(run, adapter, said):
    result = run(f"TestGifs = contract_tests(gifs.{adapter}, {RULES})", "-k", "span-60s-rejects")
    result.assert_outcomes(failed=1, deselected=9)
    result.stdout.fnmatch_lines([said, "(mend the adapter; this is no finding on the client)"])
    assert "Traceback" not in result.stdout.str()
    assert "run_item" not in result.stdout.str()


# Exceptions.


def test_known_failure_is_expected(run):
    result = run(f'TestGifs = contract_tests(Gifs, {RULES}, without={{"RULE-INVALID": "issue 3"}})', "-rx")
    result.assert_outcomes(xfailed=1, passed=9)
    result.stdout.fnmatch_lines([f"XFAIL *{SPAN}-rejects* - without {SPAN}-rejects: issue 3"])
    assert result.ret == 0


def test_exception_of_an_item_that_passes_fails_it(run):
    result = run(f'TestGifs = contract_tests(gifs.Mended, {RULES}, without={{"{SPAN}-rejects": "issue 3"}})')
    result.assert_outcomes(failed=1, passed=9)
    result.stdout.fnmatch_lines([f"without names {SPAN}-rejects (issue 3), but it passes: take the entry away"])


STALE = f'TestGifs = contract_tests(gifs.Mended, {RULES}, without={{"RULE-INVALID": "issue 3"}})'


def test_exception_of_a_check_all_of_which_passes_fails_the_run(run):
    result = run(STALE)
    result.assert_outcomes(passed=10)
    result.stdout.fnmatch_lines(
        ["*= mockcloud =*", "test_gifs.py::TestGifs: without names RULE-INVALID, which passes: take the entry away"]
    )
    assert result.ret == 1


def test_exception_of_a_check_is_not_judged_by_a_part_of_it(run):
    result = run(STALE, "-k", "span-60s")
    assert result.ret == 0
    assert "mockcloud =" not in result.stdout.str()


# Levels.


def test_level_that_is_not_reached_fails_the_run(run):
    result = run(f"TestGifs = contract_tests(gifs.Mended, {RULES}, level=4)")
    result.assert_outcomes(passed=10)
    result.stdout.fnmatch_lines(["test_gifs.py::TestGifs: coverage is at level 3, wanted 4: codes not complete"])
    assert result.ret == 1


def test_level_that_is_reached_is_good(run):
    result = run(f"TestGifs = contract_tests(gifs.Mended, {RULES}, level=3)")
    assert result.ret == 0
    assert "mockcloud =" not in result.stdout.str()


def test_workers_are_judged_together(run):
    result = run(
        f"{STALE}\n"
        f"TestLow = contract_tests(gifs.Mended, {RULES}, level=3)\n"
        f"TestHigh = contract_tests(gifs.Mended, {RULES}, level=4)",
        *("-n", "2"),
        alone=True,
    )
    result.assert_outcomes(passed=30)
    said = {line for line in result.outlines if line.startswith("test_gifs.py::")}
    assert said == {
        "test_gifs.py::TestGifs: without names RULE-INVALID, which passes: take the entry away",
        "test_gifs.py::TestHigh: coverage is at level 3, wanted 4: codes not complete",
    }
    assert result.ret == 1


def test_level_is_not_judged_by_a_part(run):
    result = run(f"TestGifs = contract_tests(gifs.Mended, {RULES}, level=6)", "-k", "span-60s")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["test_gifs.py::TestGifs: level 6 was not judged, 2 of 10 items ran"])


def test_item_that_was_cut_is_told(run, monkeypatch):
    plan = suite.battery
    hasty = [replace(item, cap_s=0.0001) for item in plan(offer_of(Mended, Contracts()), Options(("ERR-MAP",)))]
    monkeypatch.setattr(suite, "battery", lambda offer, options: hasty)
    result = run('TestGifs = contract_tests(gifs.Mended, checks=["ERR-MAP"])')
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["test_gifs.py::TestGifs: ERR-MAP was cut after 0.0001 s, * cases were judged"])


# Reports.


BOTH = f"{GIFS}\nTestMended = contract_tests(gifs.Mended, {RULES})"


def test_report_has_every_suite_whole(run, pytester):
    result = run(BOTH, "--mockcloud-report=json=report.json")
    result.stdout.fnmatch_lines(["huawei-mpc  adapter gif_adapter:Gifs  *", "json report: report.json"])
    check_suites(report_of(pytester))


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_report_tells_a_mistake_of_the_adapter_once(run, pytester, workers):
    suite = 'TestGifs = contract_tests(gifs.Unreadable, checks=["ERR-MAP", "RETRY-NEVER", "STATE", "SECRET"])'
    result = run(suite, "--mockcloud-report=json=report.json", *workers)
    failed = result.parseoutcomes()["failed"]
    [told] = report_of(pytester)["runs"]
    [shortcoming] = told["shortcomings"]
    assert failed >= 1
    assert (told["result"], told["is_complete"]) == ("failed", False)
    assert shortcoming.startswith("Unreadable.error(GifError) failed with ValueError: ")
    assert "the above exception" not in result.stdout.str().lower()
    assert f"TestGifs: {shortcoming}" not in result.stdout.str()  # the tests have said it


def check_suites(report):
    buggy, mended = sorted(report["runs"], key=lambda run: run["suite"])
    assert (buggy["suite"], buggy["adapter"], buggy["result"]) == (
        "test_gifs.py::TestGifs",
        "gif_adapter:Gifs",
        "failed",
    )
    assert (mended["suite"], mended["result"]) == ("test_gifs.py::TestMended", "passed")
    for one in (buggy, mended):
        assert one["is_complete"]
        assert one["coverage"]["metrics"]["points"]["done"] == 35
        assert one["coverage"]["metrics"]["rules_invalid"]["done"] == 5


def test_all_formats_are_written_at_once(run, pytester):
    option = "--mockcloud-report=json=report.json,html=report.html,junit=report.xml,sarif=report.sarif,github"
    result = run(GIFS, option)
    assert {path.suffix for path in pytester.path.glob("report.*")} == {".json", ".html", ".xml", ".sarif"}
    result.stdout.fnmatch_lines([f"::error *title=huawei-mpc.{SPAN}::*"])


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("xml=a.xml", "*--mockcloud-report: there is no report 'xml'*"),
        ("json", "*--mockcloud-report: the report json needs a file*"),
        ("json=nowhere/a.json", "*--mockcloud-report: json=nowhere/a.json: there is no folder*"),
        ("json=.", "*--mockcloud-report: json=.: that is a folder*"),
    ],
)
def test_report_that_cannot_be_written_is_a_usage_error(run, option, said):
    result = run(GIFS, f"--mockcloud-report={option}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([said])


def test_report_for_which_there_is_no_room_fails_the_session(run):
    result = run("def test_good(): pass", "--mockcloud-report=json=/dev/full")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["--mockcloud-report: cannot write /dev/full: *"])
    assert result.ret == pytest.ExitCode.USAGE_ERROR


# Traffic of ordinary tests.

ORDINARY = """
import json, urllib.error, urllib.request

JSON = {"Content-Type": "application/json"}

def call(cloud, end, token="mockcloud-token", width=320):
    place = {"bucket": "videos", "location": "cn-north-4", "object": "a.mp4"}
    gif = {"format": "gif", "width": width, "height": 180, "start": 0, "end": end}
    body = json.dumps({"input": place, "output": place, "output_param": gif}).encode()
    url = f"{cloud.url}/v1/{cloud.project_id}/animated-graphics"
    try:
        urllib.request.urlopen(urllib.request.Request(url, body, {"X-Auth-Token": token, **JSON})).close()
    except urllib.error.HTTPError as refusal:
        refusal.close()

def test_edge(mockcloud):
    call(mockcloud, 60000)

def test_beyond(mockcloud):
    call(mockcloud, 60001)
    call(mockcloud, 60002)
    mockcloud.reset()
    call(mockcloud, 1000, width=33)

def test_others(mockcloud_server):
    call(mockcloud_server, 70000)

def test_quiet(mockcloud):
    mockcloud.seed("huawei-mpc", "object", bucket="b", object="o")
"""


def test_traffic_of_ordinary_tests_is_reported(run, pytester):
    result = run(ORDINARY, "--mockcloud-report=json=report.json")
    result.assert_outcomes(passed=4)
    check_traffic(report_of(pytester))
    result.stdout.fnmatch_lines(["huawei-mpc  traffic of 3 tests, 5 requests", f"  violated   huawei-mpc.{SPAN}: *"])


def test_workers_share_items_and_report_together(run, pytester):
    result = run(f"{ORDINARY}\n{BOTH}", "--mockcloud-report=json=report.json", "-n", "2", alone=True)
    result.assert_outcomes(failed=1, passed=23)
    result.stdout.fnmatch_lines([f"FAILED test_gifs.py::TestGifs::test_rule[[]{SPAN}-rejects[]]*"])
    check_suites(report_of(pytester))
    check_traffic(report_of(pytester))


def check_traffic(report):
    [heard] = report["traffic"]
    assert (heard["service"], heard["tests"], heard["requests"], heard["dropped"]) == ("huawei-mpc", 3, 5, 0)
    told = {(one["rule"].partition("Task.")[2], one["test"], one["value"], one["count"]) for one in heard["violating"]}
    assert told == {
        ("span-60s", "test_gifs.py::test_beyond", 60001, 2),
        ("span-60s", "test_gifs.py::test_others", 70000, 1),
        ("output_param.width.step", "test_gifs.py::test_beyond", 33, 1),
    }
    metrics = heard["coverage"]["metrics"]
    assert metrics["operations"]["done"] == 1
    assert f"huawei-mpc.{SPAN}" not in metrics["rules_valid"]["missing"] + metrics["rules_invalid"]["missing"]
    assert "CreateAnimatedGraphicsTask MPC.10202" not in metrics["codes"]["missing"]


def test_suites_are_no_ordinary_traffic(run, pytester):
    run(f"{ORDINARY}\n{GIFS}\ndef test_last(mockcloud):\n    call(mockcloud, 5)", "--mockcloud-report=json=report.json")
    [heard] = report_of(pytester)["traffic"]
    assert (heard["tests"], heard["requests"]) == (4, 6)


def test_traffic_of_other_accounts_counts(run, pytester):
    source = """
def test_list(mockcloud):
    from tests.clients.huawei_mpc.client import GifClient
    from tests.clients.huawei_mpc.signature import AccessKey

    class Careless(GifClient):
        def check_size_of_page(self, size): pass

    ann = mockcloud.account("ann")
    client = Careless(ann.url, ann.project_id, AccessKey(ann.access_key_id, ann.access_key_secret))
    try:
        client.list(size=101)
    except Exception as refusal:
        assert refusal.code == "MPC.10202"
    assert len(ann.requests()) == 1
"""
    run(source, "--mockcloud-report=json=report.json").assert_outcomes(passed=1)
    [heard] = report_of(pytester)["traffic"]
    assert [one["rule"] for one in heard["violating"]] == ["huawei-mpc.ListAnimatedGraphicsTask.size.range"]


def test_traffic_at_a_server_that_runs_already_counts(run, pytester):
    import mockcloud

    with mockcloud.start() as cloud:
        run(ORDINARY, f"--mockcloud-url={cloud.url}", "--mockcloud-report=json=report.json").assert_outcomes(passed=4)
    [heard] = report_of(pytester)["traffic"]
    assert (heard["tests"], heard["requests"]) == (3, 5)


def test_nothing_is_said_without_the_option(run):
    result = run(ORDINARY)
    assert "mockcloud =" not in result.stdout.str()


# For unittest.

CASES = f"""
class TestGifs(contract_case(Gifs, {RULES})): pass
class TestMended(contract_case(gifs.Mended, {RULES}, level=3)): pass
"""


def test_case_is_collected_by_pytest(run):
    result = run(CASES)
    result.assert_outcomes(failed=1, passed=19)
    result.stdout.fnmatch_lines(["FAILED test_gifs.py::TestGifs::test_CreateAnimatedGraphicsTask_span_60s_rejects*"])


def unittested(pytester, source):
    pytester.makepyfile(test_gifs=HEAD + source)
    command = [sys.executable, "-m", "unittest", "-v", "test_gifs"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=pytester.path, env=env, capture_output=True, text=True, timeout=120)


def test_case_runs_without_pytest(pytester):
    done = unittested(pytester, CASES)
    assert "Ran 20 tests" in done.stderr
    assert "FAILED (failures=1)" in done.stderr
    assert "ContractViolation: 12 of 16 cases: a request that breaks a documented rule was sent" in done.stderr
    assert re.search(r"^test_CreateAnimatedGraphicsTask_span_60s_accepts .*ok$", done.stderr, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("level=4", "AssertionError: coverage is at level 3, wanted 4: codes not complete"),
        ('without={"RULE-VALID": "issue 3"}', "AssertionError: without names RULE-VALID, which passes"),
    ],
    ids=["level", "without"],
)
def test_case_judges_level_and_exceptions_at_its_end(pytester, options, said):
    done = unittested(pytester, f"class TestGifs(contract_case(gifs.Mended, {RULES}, {options})): pass")
    assert "FAILED (errors=1)" in done.stderr
    assert said in done.stderr


def test_case_says_what_is_wrong_with_an_adapter(pytester):
    done = unittested(pytester, f"class TestGifs(contract_case(gifs.Silent, {RULES})): pass")
    assert "AssertionError: nothing that the client of Silent sends reaches the mock" in done.stderr

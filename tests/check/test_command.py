"""`mockcloud check`: options, exit codes, what it writes, and that it says clearly what is wrong with an adapter."""

from __future__ import annotations

import json
import os
import pty
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import mockcloud
from mockcloud import cli

ROOT = Path(__file__).parents[2]
GIFS, MENDED = "tests.check.gifs:Gifs", "tests.check.gifs:Mended"
SPAN = "huawei-mpc.CreateAnimatedGraphicsTask.span-60s"
FINDING = f"{SPAN}.invalid.a-request-that-breaks-a-documented-rule-was-sent"


@pytest.fixture
def check(capsys):
    def check(*arguments):
        code = cli.run(["check", *map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return check


def started(*arguments, **more):
    command = [sys.executable, "-m", "mockcloud", "check", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, **more)


# Exit codes.


def test_good_client_ends_with_0(check):
    code, out, err = check(MENDED, "--rule", "span-60s")
    assert (code, err) == (0, "")
    assert "  checks     2 ok  0 failed  0 skipped  0 without" in out


def test_findings_end_with_1(check):
    code, out, err = check(GIFS, "--rule", "span-60s")
    assert code == 1
    assert "12 of 16 cases: a request that breaks a documented rule was sent" in out
    assert err == "1/2 CreateAnimatedGraphicsTask.span-60s-rejects: a request that breaks a documented rule was sent\n"


def test_nothing_checked_ends_with_5(check):
    code, out, _ = check(GIFS, "--check", "PAGES")
    assert code == 5
    assert "0 ok  0 failed  1 skipped" in out


def test_server_that_cannot_be_reached_ends_with_3(check):
    code, out, err = check(GIFS, "--url", "http://127.0.0.1:9")
    assert (code, out) == (3, "")
    assert err.startswith("mockcloud: no mockcloud answers at http://127.0.0.1:9: ")


def test_interruption_ends_with_130():
    command = [sys.executable, "-m", "mockcloud", "check", GIFS]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    assert "span-60s-rejects" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in rest


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nonsense"], "'nonsense' names no adapter\n  write pkg.module:Class"),
        ([":Gifs"], "':Gifs' names no adapter"),
        (["tests.check.nowhere:Gifs"], "cannot import tests.check.nowhere: ModuleNotFoundError: No module named"),
        (["tests.check.gifs:Gif"], "tests.check.gifs has no Adapter 'Gif'\n  did you mean 'Gifs'?"),
        (["tests.check.gifs:GifClient"], "tests.check.gifs has no Adapter 'GifClient'"),
        (["json:loads"], "json has no Adapter 'loads'\n  it has none"),
        (["tests.check.gifs:Misplaced"], "Misplaced.service is 'huawei-mpg'\n  use one of"),
        (["tests.check.gifs:Unconnected"], "Unconnected has no connect(self, cloud)"),
        (["tests.check.gifs:Unlinked"], "Unlinked.connect failed: OSError: no configuration"),
        (["tests.check.gifs:Silent"], "nothing that the client of Silent sends reaches the mock at http://127.0.0.1:"),
        (["tests.check.gifs:Careless"], "Careless.create itself failed with KeyError: 'wrong name' ("),
        (["tests.check.gifs:OwnWords"], "OwnWords.create itself failed with KeyError: 'identity' ("),
        (["tests.check.gifs:WrongSecret"], "the mock refuses the credentials that WrongSecret's client sends: failed:"),
        (["tests.check.gifs:Hasty"], "Hasty.gives_up_within is 0\n  give seconds"),
        (["tests.check.gifs:Tireless"], "Tireless.at_most_requests is None\n  give a whole number"),
        (["tests.check.gifs:OneOffer"], "OneOffer.offers is 'output_param.start'\n  write a tuple"),
        (["tests/check/gifs.py:Gifs"], "name the module, not the file: tests.check.gifs"),
        ([GIFS, "--case", "span 1"], "--case alone names no case\n  say --rule or --check as well"),
        ([GIFS, "--rule", "span-60s", "--check", "ERR-MAP"], "ERR-MAP tries no rule"),
        ([GIFS, "--check", "ERRMAP"], "there is no check 'ERRMAP'\n  did you mean 'ERR-MAP'?"),
        ([GIFS, "--rule", "span"], "there is no rule 'span'"),
        ([GIFS, "--rule", "range"], "'range' names several rules"),
        ([GIFS, "--rule", "span-60s", "--case", "span 1"], "there is no case 'span 1'"),
        ([GIFS, "--without", "ERR-MAP"], "without 'ERR-MAP' has no reason"),
        ([GIFS, "--report", "xml=x.xml"], "there is no report 'xml'"),
        ([GIFS, "--report", "junit"], "the report junit needs a file"),
        ([GIFS, "--report", "json=nowhere/x.json"], "there is no folder"),
        ([GIFS, "--report", "json=docs"], "json=docs: that is a folder"),
        ([GIFS, "--baseline", "nowhere/known.txt", "--write-baseline"], "there is no folder"),
        ([GIFS, "--baseline", "nowhere.txt"], "there is no baseline nowhere.txt"),
        ([GIFS, "--write-baseline"], "--write-baseline needs a file"),
        ([GIFS, "--fail-under", "pionts=3"], "there is no metric 'pionts'; did you mean 'points'?"),
        ([GIFS, "--fail-under", "101"], "101 is no percentage"),
        ([GIFS, "--fail-under", "most"], "'most' is no number"),
        ([GIFS, "--level", "7"], "7 is not in the range"),
        ([GIFS, "--replay", "{"], "--replay is not understood"),
        ([GIFS, "--replay", '{"operation": ["x"], "p": {}}'], "operation is ['x']"),
        ([GIFS, "--replay", '{"operation": "CreateGif", "p": {}}'], "the adapter cannot be asked for 'CreateGif'"),
        ([GIFS, "--replay", '{"operation": "CreateAnimatedGraphicsTask", "p": []}'], "p is []"),
        ([], "Missing argument"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_is_wrong_ends_with_2_and_is_said_in_a_line(check, arguments, said):
    code, out, err = check(*arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("adapter", "said"),
    [
        ("Unreadable", "Unreadable.error(GifError) failed with ValueError: invalid literal for int()"),
        ("Counts", "Counts gave 1 for a query or list; they return the ids that came back"),
    ],
)
def test_mistake_that_is_met_later_ends_with_2_after_what_was_found(check, tmp_path, adapter, said):
    written = tmp_path / "report.json"
    code, out, err = check(f"tests.check.gifs:{adapter}", "--fail-under", "99", "--report", f"json={written}")
    assert code == 2
    assert f"mockcloud: {said}" in err
    assert f"  FAILED     {said}" in out
    [run] = json.loads(written.read_text("utf-8"))["runs"]
    assert (run["result"], run["is_complete"], run["counts"]["ok"] > 9) == ("failed", False, True)
    [shortcoming] = run["shortcomings"]
    assert shortcoming.startswith(said)


def test_baseline_of_a_run_that_the_adapter_ended_is_not_written(check, tmp_path):
    code, _, _ = check("tests.check.gifs:Unreadable", "--baseline", tmp_path / "known.txt", "--write-baseline")
    assert code == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "source", "said"),
    [
        ("divides", "1 / 0", "ZeroDivisionError: division by zero"),
        ("misspelt", "class Gifs(:", "SyntaxError: invalid syntax (misspelt.py, line 1)"),
        ("ends", "raise SystemExit(7)", "SystemExit: 7"),
        ("lacks", "import nowhere_at_all", "ModuleNotFoundError: No module named 'nowhere_at_all'"),
    ],
)
def test_adapter_that_cannot_be_imported_says_why(check, tmp_path, monkeypatch, name, source, said):
    (tmp_path / f"{name}.py").write_text(f"{source}\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    code, _, err = check(f"{name}:Gifs")
    assert code == 2
    assert err == f"mockcloud: cannot import {name}: {said}\n  the module has to be importable; mend it first\n"


# What is run.


def test_list_names_what_would_run(check):
    code, out, _ = check(GIFS, "--list")
    ids = [line.split()[0] for line in out.splitlines()]
    assert code == 0
    assert {"CreateAnimatedGraphicsTask.span-60s-rejects", "ERR-MAP", "TIMEOUT"} <= {*ids}
    assert len(ids) == len({*ids})


def test_checks_and_rules_are_chosen(check):
    _, out, _ = check(GIFS, "--check", "ERR-MAP", "--check", "BATCH", "--list")
    assert [line.split()[0] for line in out.splitlines()] == ["ERR-MAP", "BATCH"]
    _, out, _ = check(GIFS, "--check", "RULE-VALID", "--rule", SPAN, "--list")
    assert [line.split()[0] for line in out.splitlines()] == ["CreateAnimatedGraphicsTask.span-60s-accepts"]


def test_one_case_is_run_alone(check):
    code, out, _ = check(GIFS, "--rule", "span-60s", "--case", "span 60999 from 0")
    assert code == 1
    assert "1 of 16 cases" in out
    assert "(case: span 60999 from 0)" in out


@pytest.mark.parametrize(
    ("adapter", "said"),
    [("Lost", "no case 'MPC.1' fails; these do: MPC.10202, "), ("Mended", "no case 'MPC.1' fails\n")],
)
def test_case_that_no_finding_of_a_check_has_is_said(check, adapter, said):
    code, out, _ = check(f"tests.check.gifs:{adapter}", "--check", "ERR-MAP", "--case", "MPC.1")
    assert code == 0
    assert f"  note       ERR-MAP: {said}" in out


def test_command_of_a_finding_shows_it_again(check):
    _, out, _ = check(GIFS, "--rule", "span-60s")
    again = shlex.split(re.search(r"  again   (.*)", out)[1])
    assert again[1:3] == ["mockcloud", "check"]  # after PYTHONPATH, the adapter is in a folder beside
    code, shown, _ = check(*again[3:])
    assert code == 1
    assert 'asked   {"output_param":{"start":0,"end":60001}}' in shown


@pytest.mark.parametrize(("budget", "items"), [("quick", False), ("ci", False), ("nightly", True)])
def test_sequences_belong_to_the_nightly_budget(check, budget, items):
    _, out, _ = check(GIFS, "--budget", budget, "--list")
    assert ("MACHINE" in out.split()) is items


def test_nightly_seed_is_new_and_printed(check):
    seeds = {re.search(r"seed (\d+)", check(MENDED, "--budget", "nightly", "--rule", "span-60s")[1])[1] for _ in "abc"}
    assert len(seeds) > 1
    assert "seed 7\n" in check(MENDED, "--budget", "nightly", "--seed", "7", "--rule", "span-60s")[1]
    assert "seed 0\n" in check(MENDED, "--rule", "span-60s")[1]


def test_server_that_runs_already_is_used(check):
    with mockcloud.start(admin_token="sesame") as cloud:
        code, _, _ = check(GIFS, "--rule", "span-60s", "--url", cloud.url, "--admin-token", "sesame")
        assert code == 1
        assert cloud.requests()
        code, _, err = check(GIFS, "--rule", "span-60s", "--url", cloud.url)
        assert code == 2
        assert "admin" in err


# One request once more.


def replay(start, end):
    return json.dumps({"operation": "CreateAnimatedGraphicsTask", "p": {"output_param": {"start": start, "end": end}}})


def test_replay_of_a_forbidden_request_that_is_sent(check):
    code, out, _ = check(GIFS, "--replay", replay(0, 60_001))
    assert code == 1
    lines = out.splitlines()
    assert lines[:2] == ['asked   {"output_param":{"start":0,"end":60001}}', f"breaks  {SPAN}"]
    assert lines[2].startswith("sent    CreateAnimatedGraphicsTask {")
    assert lines[3] == f"answer  HTTP 400 {SPAN}"
    assert lines[4].startswith("client  failed: GifError: MPC.10202 (HTTP 400)")
    assert lines[5] == "verdict a request that breaks a documented rule was sent"


@pytest.mark.parametrize(
    ("adapter", "start", "end", "client"),
    [(GIFS, 0, 60_000, "client  returned"), (MENDED, 0, 60_001, "client  refused: ValueError")],
    ids=["allowed", "refused"],
)
def test_replay_of_what_is_right(check, adapter, start, end, client):
    code, out, _ = check(adapter, "--replay", replay(start, end))
    assert code == 0
    assert client in out
    assert out.endswith("verdict ok\n")


# Exceptions, baselines, thresholds.


def test_known_failure_does_not_fail_the_run(check):
    code, out, _ = check(GIFS, "--rule", "span-60s", "--without", "RULE-INVALID=issue 3")
    assert code == 0
    assert "  without    RULE-INVALID: issue 3\n" in out


def test_exception_that_passes_fails_the_run(check):
    code, out, _ = check(MENDED, "--rule", "span-60s", "--without", "RULE-INVALID=issue 3")
    assert code == 1
    assert "  FAILED     without names RULE-INVALID, which passes: take the entry away\n" in out


def test_baseline_is_written_and_then_heeded(check, tmp_path):
    path = tmp_path / "known.txt"
    code, out, _ = check(GIFS, "--rule", "span-60s", "--baseline", path, "--write-baseline")
    assert (code, path.read_text("utf-8").splitlines()[1:]) == (0, [FINDING])
    code, out, _ = check(GIFS, "--rule", "span-60s", "--baseline", path)
    assert code == 0
    assert "KNOWN      RULE-INVALID" in out


def test_baseline_that_is_no_text_is_said(check, tmp_path):
    (tmp_path / "known.txt").write_bytes(b"\xc2\x00")
    code, _, err = check(GIFS, "--rule", "span-60s", "--baseline", tmp_path / "known.txt")
    assert code == 2
    assert err.startswith(f"mockcloud: cannot read {tmp_path / 'known.txt'}: 'utf-8' codec")


def test_file_that_cannot_be_written_is_said_after_the_results(check):
    code, out, err = check(GIFS, "--rule", "span-60s", "--report", "json=/dev/full")
    assert code == 2
    assert "1 failed" in out
    assert "mockcloud: cannot write /dev/full: No space left on device" in err


def test_baseline_hides_nothing_else(check, tmp_path):
    path = tmp_path / "known.txt"
    path.write_text(f"# comment\n\n{FINDING}-else  # comment\n", "utf-8")
    assert check(GIFS, "--rule", "span-60s", "--baseline", path)[0] == 1


def test_level_that_is_not_reached_fails_the_run(check):
    code, out, _ = check(MENDED, "--check", "RULE-VALID", "--level", "4")
    assert code == 1
    assert "  FAILED     coverage is at level 3, wanted 4: rules_invalid, codes not complete\n" in out
    assert check(MENDED, "--check", "RULE-VALID", "--level", "3")[0] == 0


@pytest.mark.parametrize(("under", "code"), [("rules_valid=100", 0), ("codes=0", 0), ("codes=1", 1), ("99.9", 1)])
def test_share_that_is_not_reached_fails_the_run(check, under, code):
    assert check(MENDED, "--check", "RULE-VALID", "--fail-under", under)[0] == code


# Reports.


def test_reports_are_written_together(check, tmp_path):
    wanted = [("junit", "junit.xml"), ("json", "report.json"), ("html", "report.html"), ("sarif", "report.sarif")]
    options = [word for kind, name in wanted for word in ("--report", f"{kind}={tmp_path / name}")]
    code, out, _ = check(GIFS, "--rule", "span-60s", *options, "--report", "github")
    assert code == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(name for _, name in wanted)
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["result"] == "failed"
    assert out.splitlines()[-1].startswith("::error file=docs/examples/gif_adapter.py,line=")


def test_several_reports_fit_one_option(check, tmp_path):
    check(GIFS, "--rule", "span-60s", "--report", f"json={tmp_path}/a.json,html={tmp_path}/a.html")
    assert len(list(tmp_path.iterdir())) == 2


def test_summary_of_the_step_is_written_where_github_wants_it(check, tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    check(GIFS, "--rule", "span-60s")
    assert list(tmp_path.iterdir()) == []
    check(GIFS, "--rule", "span-60s", "--report", "github")
    assert "| rule | check | what is wrong |" in (tmp_path / "summary.md").read_text("utf-8")


# On a terminal, and elsewhere.


def test_help_names_every_option_and_fits():
    done = started("--help")
    assert done.returncode == 0
    for option in ("--rule", "--check", "--case", "--replay", "--budget", "--seed", "--level", "--fail-under"):
        assert option in done.stdout
    for option in ("--report", "--without", "--baseline", "--write-baseline", "--url", "--admin-token", "--list"):
        assert option in done.stdout
    assert "Exit codes: 0 good, 1 findings, 2 usage" in " ".join(done.stdout.split())
    assert max(map(len, done.stdout.splitlines())) <= 110


def test_nothing_but_results_is_printed_by_a_process():
    done = started(GIFS, "--check", "TIMEOUT", "--check", "GARBAGE", "--check", "RETRY-LOAD")
    assert (done.returncode, done.stderr) == (0, "")


def test_handler_that_still_sleeps_is_no_noise_at_the_end():
    done = started("tests.clients.huawei_mpc.adapter:NoTimeout", "--check", "TIMEOUT")
    assert done.returncode == 1
    assert done.stderr == "1/1 TIMEOUT: the call does not end in time and cleanly when the provider is silent\n"


def test_terminal_has_a_bar():
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "mockcloud", "check", GIFS, "--rule", "span-60s"]
    more = {"env": {**os.environ, "TERM": "xterm", "COLUMNS": "100"}, "stdout": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd=ROOT, stderr=theirs, **more)
    os.close(theirs)
    shown = b""
    try:
        while chunk := os.read(ours, 4096):
            shown += chunk
    except OSError:
        pass  # how a terminal says that nobody writes any more
    finally:
        os.close(ours)
    assert process.wait(timeout=60) == 1
    text = shown.decode()
    assert "2/2" in text
    assert "1 failed" in text
    assert "span-60s-rejects: a request" not in text

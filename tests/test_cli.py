from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import types
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import click
import pytest

from mockcloud import cli
from mockcloud import serving as serving_module
from mockcloud.bounds import Bounds
from mockcloud.server import Binding
from mockcloud.serving import engine_for
from mockcloud.state import Settings
from mockcloud.version import VERSION

COMMAND = (sys.executable, "-m", "mockcloud")


@dataclass
class Running:
    url: str
    process: subprocess.Popen[str]

    def get(self, path: str, **headers: str) -> tuple[int, dict]:
        request = urllib.request.Request(self.url + path, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, json.load(refused)

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str, str]:
        """Exit code, what else was on standard output, and the log. Fails when it takes five seconds."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=5)
        return self.process.returncode, out, err


@contextmanager
def serving(*flags: str, **variables: str) -> Iterator[Running]:
    environment = {**os.environ, "MOCKCLOUD_PORT": "0", **variables}
    with subprocess.Popen(
        [*COMMAND, "serve", *flags], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            assert process.stdout is not None
            yield Running(process.stdout.readline().rstrip("\n"), process)
        finally:
            process.kill()


def failing(*flags: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **variables}
    return subprocess.run([*COMMAND, *flags], capture_output=True, text=True, env=environment, timeout=30)


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = cli.run(list(arguments))
    return code, *capsys.readouterr()


@pytest.fixture
def never_served(monkeypatch: pytest.MonkeyPatch) -> None:
    def serve(*_: object) -> int:
        raise AssertionError("this was to be refused")

    monkeypatch.setattr(serving_module, "serve", serve)


# serve


def test_serve_prints_its_url_and_nothing_else():
    with serving() as server:
        status, health = server.get("/_mockcloud/health")
        code, more, _ = server.end()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", server.url)
    assert (status, health["status"], health["version"]) == (200, "ok", VERSION)
    assert (code, more) == (0, "")


def test_serve_logs_a_refusal_in_one_line_with_rule_value_and_citation():
    body = b'{"input": {"bucket": "b", "location": "l", "object": "o"}, "output": {"bucket": "b", "location": "l",'
    body += b' "object": "o"}, "output_param": {"format": "gif", "width": 33, "height": 32, "start": 0, "end": 1}}'
    with serving() as server:
        request = urllib.request.Request(f"{server.url}/v1/p/animated-graphics", body)
        request.add_header("X-Auth-Token", "mockcloud-token")
        request.add_header("Content-Type", "application/json")
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=10)
        refused.value.close()
        _, _, log = server.end()
    rule = "huawei-mpc.CreateAnimatedGraphicsTask.output_param.width.step"
    assert refused.value.headers["X-Mockcloud-Reason"] == rule
    (line,) = [line for line in log.splitlines() if "refused" in line]
    assert "/output_param/width = 33: must be -1, 0 or a multiple of 2 from 32 to 3840" in line
    assert "seed 002 T7 width" in line
    assert f"[{rule}]" in line


def test_serve_says_first_what_a_first_call_needs():
    with serving() as server:
        _, _, log = server.end()
    assert "access key id mockcloud, secret mockcloud-secret, token mockcloud-token" in log
    assert f"{server.url}/_mockcloud/resources" in log


def test_interrupted_serve_ends_with_130():
    with serving() as server:
        assert server.end(signal.SIGINT)[0] == 130


def test_serve_ends_in_time_with_a_request_under_way():
    fault = b'{"service": "huawei-mpc", "error": "wire.hang", "args": {"seconds": 100}}'
    with serving("--auth", "off") as server, socket.socket() as client:
        urllib.request.urlopen(f"{server.url}/_mockcloud/faults", fault, timeout=10).close()
        client.connect(("127.0.0.1", int(server.url.rpartition(":")[2])))
        client.sendall(b"GET /v1/p/animated-graphics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        pending = [server.get("/_mockcloud/faults")[1]["total"] for _ in range(50)]
        assert pending[-1] == 0
        assert server.end()[0] == 0


def test_serve_takes_settings_from_the_environment():
    with serving(MOCKCLOUD_ADMIN_TOKEN="sesame", MOCKCLOUD_AUTH="off", MOCKCLOUD_LOG_FORMAT="json") as server:
        closed = server.get("/_mockcloud/resources")
        opened = server.get("/_mockcloud/resources", Authorization="Bearer sesame")
        served = server.get("/v1/p/animated-graphics")
        _, _, log = server.end()
    assert (closed[0], opened[0], served[0]) == (401, 200, 200)
    assert {json.loads(line)["level"] for line in log.splitlines()} == {"info"}


def test_flag_goes_before_the_environment():
    with serving("--auth", "off", MOCKCLOUD_AUTH="strict") as server:
        assert server.get("/v1/p/animated-graphics")[0] == 200


def test_serve_takes_switches_of_the_contracts():
    with serving("--auth", "off", "--set", "tencent-vod.fps-max=30", "--set", "huawei-mpc.region-check=on") as server:
        assert server.get("/_mockcloud/health")[0] == 200


def test_serve_does_not_wait_for_somebody_to_read_its_log():
    with serving() as server:
        statuses = {server.get(f"/nowhere/{'x' * 400}/{number}")[0] for number in range(300)}
        assert server.process.poll() is None
    assert statuses == {404}


def test_endpoints_file_is_there_while_the_server_is(tmp_path):
    path = tmp_path / "mockcloud.json"
    with serving("--endpoints-file", str(path)) as server:
        known = json.loads(path.read_text())
        server.end()
    assert known["url"] == server.url
    assert server.url == f"http://{known['endpoint']}" == f"http://{known['host']}:{known['port']}"
    assert (known["access_key_id"], known["access_key_secret"]) == ("mockcloud", "mockcloud-secret")
    assert (known["token"], len(known["project_id"])) == ("mockcloud-token", 32)
    assert list(tmp_path.iterdir()) == []


def test_serve_beyond_loopback_without_a_token_is_warned_about():
    with serving("--host", "0.0.0.0") as server:
        _, _, log = server.end()
    assert server.url.startswith("http://127.0.0.1:")
    assert "--admin-token" in log


def test_serve_beyond_loopback_with_a_token_is_not_warned_about():
    with serving("--host", "0.0.0.0", "--admin-token", "sesame") as server:
        _, _, log = server.end()
    assert "warning" not in log


def test_busy_port_is_told_in_one_line_with_code_3():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = failing("serve", "--port", str(port))
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.count("\n") == 1
    assert f"cannot listen on 127.0.0.1:{port}" in done.stderr
    assert "--port" in done.stderr


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (["--admin-token", ""], "it is empty"),
        (["--port", "70000"], "70000"),
        (["--auth", "loose"], "loose"),
        (["--progress", "polls:0"], "use timed, immediate, manual or polls:N"),
        (["--task-seconds", "-1"], "use 0 to 86400"),
        (["--set", "huawei-mpc.types"], "SERVICE.OPTION=VALUE"),
        (["--set", "huawei-mpc.types=letters"], "use one of ['strings', 'numbers']"),
        (["--set", "huawei-mpc.typos=strings"], "huawei-mpc has types, region-check"),
        (["--set", "huawei.types=strings"], "huawei-mpc"),
        (["--endpoints-file", "/nonexistent/folder/file"], "/nonexistent/folder"),
        (["--max-body", "0"], "--max-body"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_setting_is_told_with_code_2(flags, told, capsys, never_served):
    code, out, err = said(capsys, "serve", "--port", "0", *flags)
    assert (code, out) == (2, "")
    assert told in err


@pytest.mark.parametrize("empty", ["", " "])
def test_empty_token_in_the_environment_is_refused(empty, capsys, monkeypatch, never_served):
    monkeypatch.setenv("MOCKCLOUD_ADMIN_TOKEN", empty)
    code, out, err = said(capsys, "serve", "--port", "0")
    assert (code, out) == (2, "")
    assert "MOCKCLOUD_ADMIN_TOKEN" in err
    assert "empty" in err


def test_every_setting_has_an_environment_variable_named_after_it():
    flags = {parameter.opts[-1]: parameter.envvar for parameter in cli.serve.params if parameter.name != "help"}
    named = {f"--{variable.removeprefix('MOCKCLOUD_').lower().replace('_', '-')}" for variable in flags.values()}
    assert {flag for flag in flags if flag.startswith("--")} <= named
    assert len(named) == len(cli.serve.params)


# services, rules, explain


def test_services_names_what_is_served_and_what_is_on_a_fresh_server(capsys):
    code, out, _ = said(capsys, "services")
    assert code == 0
    assert "huawei-mpc  Huawei Cloud Media Processing Center" in out
    assert "CreateAnimatedGraphicsTask" in out
    assert "--set huawei-mpc.types=strings|numbers" in out


def test_services_as_json(capsys):
    _, out, _ = said(capsys, "services", "--json")
    found = {service["id"]: service for service in json.loads(out)["services"]}
    assert "CreateGifTask" in found["alibaba-multimediaai"]["full"]
    assert "GetDynamicImageJob" in found["alibaba-vod"]["unserved"]


@pytest.mark.parametrize("asked", ["huawei-mpc.CreateAnimatedGraphicsTask", "CreateAnimatedGraphicsTask"])
def test_rules_of_an_operation(asked, capsys):
    code, out, _ = said(capsys, "rules", asked, "--json")
    found = json.loads(out)
    assert code == 0
    assert all(rule["id"].startswith("huawei-mpc.CreateAnimatedGraphicsTask.") for rule in found["rules"])
    assert "huawei-mpc.CreateAnimatedGraphicsTask.span-60s" in [rule["id"] for rule in found["rules"]]
    assert found["total"] == len(found["rules"])


def test_rules_as_text(capsys):
    _, out, _ = said(capsys, "rules", "huawei-mpc")
    assert "end and start are at most 60 seconds apart  (documented; seed 002 T7 end; PY)" in out
    assert re.search(r"^\d+ rules$", out, re.MULTILINE)


def test_rules_of_an_unknown_operation_names_the_nearest(capsys):
    code, _, err = said(capsys, "rules", "CreateGifTsak")
    assert code == 2
    assert "CreateGifTask" in err


def test_explain_takes_an_unambiguous_end(capsys):
    code, out, _ = said(capsys, "explain", "span-60s")
    assert code == 0
    assert out.startswith("huawei-mpc.CreateAnimatedGraphicsTask.span-60s\n")
    assert "documented by the provider" in out
    assert "HTTP 400 MPC.10202: Invalid request parameter." in out


def test_explain_as_json(capsys):
    _, out, _ = said(capsys, "explain", "span-60s", "--json")
    assert json.loads(out)["answer"] == {
        "status": 400,
        "code": "MPC.10202",
        "message": "Invalid request parameter.",
    }


def test_explain_knows_the_words_of_the_reason_header(capsys):
    code, out, _ = said(capsys, "explain", "signature")
    assert code == 0
    assert "canonical" in out


def test_explain_of_nothing_known_names_the_nearest(capsys):
    code, out, err = said(capsys, "explain", "span-61s")
    assert (code, out) == (2, "")
    assert "span-60s" in err


def test_reader_that_leaves_early_is_no_error():
    with subprocess.Popen([*COMMAND, "rules"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(10) == 0


# check, and the rest


def test_check_without_its_extra_names_it(capsys, monkeypatch):
    def absent(name: str) -> None:
        raise ModuleNotFoundError("No module named 'hypothesis'", name="hypothesis")

    monkeypatch.setattr(cli, "import_module", absent)
    code, _, err = said(capsys, "check", "package.module:Adapter")
    assert code == 2
    assert "this needs hypothesis, which is not installed" in err
    assert "pip install 'mockcloud[check]'" in err


def test_check_that_finds_out_late_that_its_extra_is_missing(capsys, monkeypatch):
    @click.command()
    def check() -> None:
        raise ModuleNotFoundError("No module named 'rich'", name="rich.console")

    monkeypatch.setattr(cli, "import_module", lambda name: types.SimpleNamespace(check=check))
    code, _, err = said(capsys, "check")
    assert code == 2
    assert "pip install 'mockcloud[check]'" in err


def test_check_is_the_real_one(capsys):
    code, out, _ = said(capsys, "check", "--help")
    assert code == 0
    assert "ADAPTER" in out


def test_check_that_is_broken_is_not_taken_for_a_missing_extra(monkeypatch):
    def broken(name: str) -> None:
        raise ModuleNotFoundError("No module named 'mockcloud.nothing'", name="mockcloud.nothing")

    monkeypatch.setattr(cli, "import_module", broken)
    with pytest.raises(ModuleNotFoundError, match=r"mockcloud\.nothing"):
        cli.run(["check"])


@pytest.mark.parametrize("code", [0, 1, 5])
def test_check_decides_its_exit_code(code, monkeypatch):
    @click.command()
    def check() -> None:
        sys.exit(code)

    monkeypatch.setattr(cli, "import_module", lambda name: types.SimpleNamespace(check=check))
    assert cli.run(["check"]) == code


def test_help_needs_no_extra():
    blocked = "import sys; sys.modules.update(hypothesis=None, jsonschema=None, rich=None, faker=None, pytest=None)"
    program = f"{blocked}; from mockcloud.cli import run; sys.exit(run(['--help']))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^  check ", done.stdout, re.MULTILINE)


def test_version(capsys):
    assert said(capsys, "--version") == (0, f"mockcloud, version {VERSION}\n", "")


def test_unknown_command_is_a_usage_error(capsys):
    code, _, err = said(capsys, "server")
    assert code == 2
    assert "No such command 'server'" in err


def test_interrupted_command_ends_with_130(monkeypatch):
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.cli, "main", interrupted)
    assert cli.run(["services"]) == 130


def test_limits_have_the_defaults_of_what_they_set():
    taken, bounds, kept = Binding(), Bounds(), Settings()
    shown = {**cli._TAKEN, **cli._BOUNDS, **cli._KEPT}

    assert {name: default for name, (default, _) in shown.items()} == {
        **{name: getattr(taken, name) for name in cli._TAKEN},
        "max_depth": bounds.depth,
        "max_members": bounds.members,
        "max_parameters": bounds.parameters,
        **{name: getattr(kept, name) for name in cli._KEPT},
    }


def test_switch_reaches_the_contracts():
    engine = engine_for({}, ("jdcloud-mps.range-error=OUT_OF_RANGE",))

    assert engine.contracts.service("jdcloud-mps").refusals["range"].code == "OUT_OF_RANGE"


def test_limits_reach_the_engine():
    engine = engine_for({"most_requests": 7, "most_nonces": 1})
    assert engine.settings.most_requests == 7
    for nonce in ("a", "b"):
        engine.gate.remember_nonce("mockcloud", nonce)
    assert engine.gate.nonces_dropped == 1

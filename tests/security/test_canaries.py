"""Secrets that a client sends are in nothing that stays: journal, log, list of deliveries, reports, messages."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from mockcloud.cli import run
from mockcloud.cloud import attach
from mockcloud.logs import FORMATS
from mockcloud.model import Misuse, Wire
from mockcloud.running import Running
from tests.security.plants import GIF, HOST, PLANTS, SECRET_TEXT, SERVICES, WORD, signed
from tests.sockets import Answer, ask, cloud_of, running, until, written


class Log:
    """Everything that anybody logs, in both forms."""

    def __init__(self) -> None:
        self.text = io.StringIO()
        self.handlers = []
        for form in FORMATS.values():
            handler = logging.StreamHandler(self.text)
            handler.setFormatter(form())
            self.handlers.append(handler)


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running(task_seconds=0) as found:
        yield found


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What is logged meanwhile, as text and as JSON, from the lowest level on."""
    found, root = Log(), logging.getLogger()
    level = root.level
    for handler in found.handlers:
        root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield found.text
    root.setLevel(level)
    for handler in found.handlers:
        root.removeHandler(handler)


class _Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@contextmanager
def receiver() -> Iterator[str]:
    """The URL of somebody who takes deliveries."""
    with HTTPServer(("127.0.0.1", 0), _Receiver) as found:
        thread = Thread(target=found.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{found.server_port}"
        found.shutdown()
        thread.join()


def kept(server: Running) -> str:
    """All that the mock keeps of requests and deliveries, as anybody can ask for it."""
    cloud = cloud_of(server)
    found = [cloud.admin("GET", path) for path in ("/requests", "/callbacks", "/faults", "/tasks", "/health")]
    return json.dumps(found, ensure_ascii=False)


@pytest.mark.parametrize("plant", PLANTS, ids=str)
def test_secret_is_in_nothing_that_stays(server, log, plant):
    assert WORD in str(plant.wire)
    server.engine.reset()
    answer = ask(server.server.port, b"".join(written(plant.wire)))
    assert answer.status < 500
    assert len(server.engine.journal) == 1
    assert WORD not in kept(server)
    assert WORD not in log.getvalue()
    assert plant.told or WORD not in answer.body.decode()
    assert WORD not in json.dumps(answer.headers)


def test_every_listed_name_has_its_plant():
    names = {name for service in SERVICES.values() for listed in service.secrets.values() for name in listed}
    planted = " ".join(str(plant) for plant in PLANTS).lower()
    assert [name for name in names - {"authorization"} if name.lower() not in planted] == []


# What the mock itself makes up and a client would have to keep secret.


def answered(server: Running, name: str, parameters: dict[str, Any]) -> Answer:
    server.engine.reset()
    return ask(server.server.port, b"".join(written(signed(name, parameters))))


def test_token_that_was_issued_is_not_kept(server, log):
    user = {"name": "mockcloud", "password": "mockcloud-secret", "domain": {"name": "mockcloud"}}
    auth = {"identity": {"methods": ["password"], "password": {"user": user}}}
    token = answered(server, "huawei-mpc.KeystoneCreateUserTokenByPassword", {"auth": auth}).headers["x-subject-token"]
    assert token not in kept(server) + log.getvalue()


def test_credential_for_an_upload_is_not_kept(server, log):
    found = answered(server, "alibaba-vod.CreateUploadVideo", {"Title": "a", "FileName": "a.mp4"}).json
    assert found["UploadAuth"] not in kept(server) + log.getvalue()


def test_certificate_for_an_upload_is_not_kept(server, log):
    found = answered(server, "tencent-vod.ApplyUpload", {"MediaType": "mp4"}).json["Response"]["TempCertificate"]
    stays = kept(server) + log.getvalue()
    assert [name for name in ("SecretId", "SecretKey", "Token") if found[name] in stays] == []


# Deliveries, messages, reports.


def test_query_of_a_callback_is_not_kept(server, log):
    server.engine.reset()
    with receiver() as url:
        given = {**GIF, "CallbackUrl": f"{url}/hook?token={SECRET_TEXT}"}
        ask(server.server.port, b"".join(written(signed("alibaba-multimediaai.CreateGifTask", given))))
        until(lambda: all(one["outcome"] != "pending" for one in cloud_of(server).callbacks))
    [delivery] = cloud_of(server).callbacks
    assert delivery["outcome"] == "delivered"
    assert delivery["url"] == f"{url}/hook"
    assert WORD not in kept(server) + log.getvalue()


def test_admin_token_is_in_no_message():
    with running(admin_token=SECRET_TEXT) as server:
        assert WORD not in repr(server.server.binding)
        with pytest.raises(Misuse) as caught:
            attach(server.url, f"not {SECRET_TEXT}")
    assert WORD not in str(caught.value)


def test_reports_of_checks_hold_no_secret(tmp_path, capsys):
    files = {form: tmp_path / f"report.{form}" for form in ("json", "junit", "html", "sarif")}
    reports = [argument for form, path in files.items() for argument in ("--report", f"{form}={path}")]
    chosen = ["--budget", "quick", "--check", "RULE-VALID", "--rule", "createThumbnailTask.source.bucket.required"]
    assert run(["check", "tests.security.leaky:Leaky", *chosen, *reports, "--report", "github"]) == 1
    said = capsys.readouterr()
    for form, text in {
        **{form: path.read_text("utf-8") for form, path in files.items()},
        "said": said.out + said.err,
    }.items():
        assert "RuntimeError" in text, form
        assert WORD not in text, form


def test_what_is_said_of_a_client_that_is_not_let_in_holds_no_secret(capsys):
    assert run(["check", "tests.security.leaky:Stranger", "--budget", "quick"]) == 2
    said = capsys.readouterr()
    assert "the mock refuses the credentials that Stranger's client sends" in said.err
    assert WORD not in said.out + said.err


# The list of names.


def test_names_that_a_user_adds_are_hidden(log):
    own = Wire("POST", "/elsewhere", f"internal_key={SECRET_TEXT}", (("Host", HOST), ("X-Own", SECRET_TEXT)))
    with running(secrets=("X-Own", "internal_key")) as server:
        ask(server.server.port, b"".join(written(own)))
        assert WORD not in kept(server) + log.getvalue()


def test_names_that_a_user_adds_shorten_nothing(log):
    with running(secrets=("x", "signature", "", "accesskeyid", "(", "token=")) as server:
        for plant in PLANTS[::11]:
            ask(server.server.port, b"".join(written(plant.wire)))
        assert WORD not in kept(server) + log.getvalue()

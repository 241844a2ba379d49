"""What a test holds in its hand, in this process and attached over HTTP."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

import mockcloud
from mockcloud.cloud import Cloud
from mockcloud.model import Misuse

from .sockets import CREATE, TASK, ask, composed, running, written

GIF = "huawei-mpc"


@pytest.fixture(scope="module")
def here():
    with mockcloud.start() as found:
        yield found


@pytest.fixture(params=["here", "attached"])
def cloud(request, here):
    here.reset()
    return here if request.param == "here" else mockcloud.attach(here.url)


def create(cloud):
    return ask(cloud.port, b"".join(written(composed(CREATE, TASK, cloud.port)))).json["task_id"]


def test_where_it_is(cloud):
    assert cloud.url == f"http://127.0.0.1:{cloud.port}"
    assert (cloud.host, cloud.endpoint) == ("127.0.0.1", f"127.0.0.1:{cloud.port}")


def test_what_clients_need(cloud):
    assert (cloud.access_key_id, cloud.access_key_secret, cloud.token) == (
        "mockcloud",
        "mockcloud-secret",
        "mockcloud-token",
    )
    assert (cloud.region, len(cloud.project_id)) == ("cn-north-1", 32)


def test_account_of_its_own(cloud):
    other = cloud.account("a")
    other.seed(GIF, "object", bucket="b", object="o")
    assert (other.access_key_id, other.url) == ("mockcloud-a", cloud.url)
    assert [len(one.resources(GIF, "object")) for one in (cloud, other)] == [1, 2]


def test_every_account_has_a_token(cloud):
    other = cloud.account("a")
    request = b"GET /v1/p/animated-graphics HTTP/1.1\r\nHost: localhost\r\nX-Auth-Token: %s\r\n\r\n"
    assert ask(cloud.port, request % other.token.encode()).status == 200
    assert [record["operation"] for record in other.requests()] == ["ListAnimatedGraphicsTask"]


def test_reset_of_an_account_leaves_the_first_one(cloud):
    create(cloud)
    cloud.account("a").reset()
    assert cloud.admin("GET", "/tasks")["total"] == 1


def test_what_went_wrong_is_counted_until_a_reset(cloud):
    ask(cloud.port, b"GET /nobodys HTTP/1.1\r\nHost: localhost\r\n\r\n")
    said = cloud.wrong()
    assert (said["bugs"], said["unrouted"]) == (0, 1)
    cloud.reset()
    assert cloud.wrong()["unrouted"] == 0


def test_seed_gives_the_resource_back(cloud):
    assert cloud.seed(GIF, "object", bucket="b", object="o")["exists"] is True


def test_next_call_fails(cloud):
    cloud.fail_next(GIF, CREATE.name, "MPC.10202", args="width")
    answers = [ask(cloud.port, b"".join(written(composed(CREATE, TASK, cloud.port)))) for _ in range(2)]
    assert [answer.status for answer in answers] == [400, 200]


def test_requests_are_filtered(cloud):
    create(cloud)
    assert [
        len(cloud.requests(**how)) for how in ({}, {"operation": CREATE.name}, {"violations": True}, {"limit": 1})
    ] == [*(1, 1, 0, 1)]


def test_task_is_looked_at_and_forced(cloud):
    cloud.clock.freeze()
    task = cloud.task(create(cloud))
    before = task.status
    assert (before, task.force("PROCESSING")["status"], task.status) == ("INIT", "PROCESSING", "PROCESSING")


def test_task_fails_with_a_documented_error(cloud):
    assert cloud.task(create(cloud), GIF).fail("MPC.10053")["error"] == "MPC.10053"


def test_clock(cloud):
    clock = cloud.clock
    assert clock.set("2026-01-01T00:00:00Z").startswith("2026-01-01T00:00:0")
    frozen = clock.freeze()
    assert (clock.now(), clock.advance(1) > frozen) == (frozen, True)
    assert clock.set(datetime(2020, 5, 1, tzinfo=UTC)) == "2020-05-01T00:00:00.000Z"
    clock.resume()


def test_callbacks_are_listed(cloud):
    assert cloud.callbacks == []


def test_wrong_call_is_misuse_with_its_hint(cloud):
    with pytest.raises(Misuse) as caught:
        cloud.seed(GIF, "objekt")
    assert caught.value.hint == "did you mean 'object'?"


# Starting


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"auht": "off"}, "there is no option 'auht'"),
        ({"auth": "of"}, "auth 'of' is not known"),
        ({"progress": "slow"}, "progress 'slow' is not known"),
        ({"progress": 2}, "progress 2 is not known"),
        ({"task_seconds": -1}, "task_seconds -1 is out of range"),
        ({"task_seconds": "2"}, "task_seconds '2' is out of range"),
        ({"task_seconds": True}, "task_seconds True is out of range"),
        ({"seed": "x"}, "seed 'x' is no whole number"),
        ({"admin_token": ""}, "the admin token is empty"),
        ({"max_body": 0}, "max_body is 0"),
        ({"callback_hosts": "example.com"}, "callback_hosts is 'example.com'"),
        ({"options": {"jdcloud-mps.rezult": "both"}}, "option 'jdcloud-mps.rezult' is not known"),
        ({"options": {"jdcloud.result": "both"}}, "there is no service 'jdcloud'"),
        ({"options": {"jdcloud-mps.result": "neither"}}, "option jdcloud-mps.result = 'neither'"),
        ({"options": ["x"]}, "options ['x'] are no mapping"),
        ({"secrets": "x"}, "secrets is 'x'"),
        ({"port": 70_000}, "port is 70000"),
    ],
)
def test_option_that_cannot_be_is_misuse(options, text):
    with pytest.raises(Misuse) as caught, mockcloud.start(**options):
        pass
    assert text in caught.value.text
    assert caught.value.hint


def test_unknown_option_names_the_nearest():
    with pytest.raises(Misuse) as caught, mockcloud.start(task_second=1):
        pass
    assert caught.value.hint == "did you mean 'task_seconds'?"


def test_port_that_is_taken_is_misuse(here):
    with pytest.raises(Misuse, match=r"cannot listen on 127\.0\.0\.1"), mockcloud.start(here.port):
        pass


def test_port_of_choice_is_free_again_afterwards():
    with mockcloud.start() as first:
        port = first.port
    with mockcloud.start(port) as second:
        assert second.port == port


def test_failed_start_leaves_no_thread(here):
    before = threading.active_count()
    with pytest.raises(Misuse), mockcloud.start(here.port):
        pass
    assert threading.active_count() == before


def test_stopped_server_leaves_no_thread():
    before = threading.active_count()
    with mockcloud.start() as cloud:
        create(cloud)
    assert threading.active_count() == before


def test_switch_of_a_contract_is_taken():
    with mockcloud.start(options={"huawei-mpc.types": "numbers"}) as cloud:
        assert isinstance(create(cloud), int)


def test_server_beyond_loopback_warns(caplog):
    with running(host="0.0.0.0"):
        assert "anybody who reaches" in caplog.text


@pytest.mark.parametrize("options", [{"host": "0.0.0.0", "admin_token": "t"}, {"host": "127.0.0.1"}])
def test_guarded_server_does_not_warn(caplog, options):
    with running(**options):
        assert "anybody who reaches" not in caplog.text


def test_stopping_twice_is_fine():
    with running() as server:
        server.stop()


# Attaching


def test_attached_with_its_token():
    with mockcloud.start(admin_token="secret") as there:
        cloud = mockcloud.attach(there.url, "secret")
        assert (cloud.admin("GET", "/services")["total"], there.admin("GET", "/tasks")["total"]) == (5, 0)


@pytest.mark.parametrize("token", ["", "wrong"])
def test_attaching_without_the_right_token_is_misuse(token):
    with mockcloud.start(admin_token="secret") as there, pytest.raises(Misuse, match="wants its admin token"):
        mockcloud.attach(there.url, token)


@pytest.mark.parametrize(
    "url", ["127.0.0.1:4580", "", "ftp://h", "http://", "http://127.0.0.1:x", "http://127.0.0.1:99999", "http://["]
)
def test_what_is_no_url_is_misuse(url):
    with pytest.raises(Misuse, match="is no URL of a server"):
        mockcloud.attach(url)


def test_nobody_there_is_misuse():
    with pytest.raises(Misuse, match="no mockcloud answers at"):
        mockcloud.attach("http://127.0.0.1:9")


@contextmanager
def somebody_else(body):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("body", [b"<html></html>", b"", b"[]", b"{}", b'{"status": "up"}'])
def test_somebody_else_there_is_misuse(body):
    with somebody_else(body) as url, pytest.raises(Misuse, match="mockcloud"):
        mockcloud.attach(url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:4580/", "http://127.0.0.1:4580/some/path?x"])
def test_url_is_that_of_the_server(url):
    assert Cloud(url, lambda *_: (200, {})).url == "http://127.0.0.1:4580"


@pytest.mark.parametrize(("url", "port"), [("http://mock", 80), ("https://mock", 443), ("http://[::1]:5", 5)])
def test_port_of_a_url(url, port):
    assert Cloud(url, lambda *_: (200, {})).port == port

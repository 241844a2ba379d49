"""The pytest door, as somebody else's tests use it."""

from __future__ import annotations

import pytest

from .sockets import running

pytest_plugins = ("pytester",)

NOWHERE = """
import urllib.error, urllib.request

def get(url):
    try:
        urllib.request.urlopen(url).close()
    except urllib.error.HTTPError as problem:
        problem.close()
"""


@pytest.fixture
def run(pytester):
    def run(source, *options, conftest="", alone=False):
        pytester.makeconftest(conftest)
        pytester.makepyfile(NOWHERE + source)
        start = pytester.runpytest_subprocess if alone else pytester.runpytest_inprocess
        return start("-p", "no:cacheprovider", "-p", "no:hypothesispytest", *options)

    return run


def test_fixture_is_a_clean_mock_for_every_test(run):
    result = run(
        """
def test_first(mockcloud):
    mockcloud.seed("huawei-mpc", "object", bucket="b", object="o")
    mockcloud.clock.freeze()
    assert len(mockcloud.resources("huawei-mpc", "object")) == 2

def test_second(mockcloud):
    assert len(mockcloud.resources("huawei-mpc", "object")) == 1
    assert mockcloud.admin("GET", "/clock")["frozen"] is False
"""
    )
    result.assert_outcomes(passed=2)


def test_server_is_shared_by_the_session(run):
    result = run(
        """
urls = []

def test_first(mockcloud):
    urls.append(mockcloud.url)

def test_second(mockcloud, mockcloud_server):
    assert urls == [mockcloud.url] == [mockcloud_server.url]
"""
    )
    result.assert_outcomes(passed=2)


def test_session_fixture_is_not_reset_between_tests(run):
    result = run(
        """
def test_first(mockcloud_server):
    mockcloud_server.seed("huawei-mpc", "object", bucket="b", object="o")

def test_second(mockcloud_server):
    assert len(mockcloud_server.resources("huawei-mpc", "object")) == 2
"""
    )
    result.assert_outcomes(passed=2)


def test_config_is_overridden_in_conftest(run):
    conftest = """
import pytest

@pytest.fixture(scope="session")
def mockcloud_config():
    return {"options": {"huawei-mpc.types": "numbers"}, "progress": "manual"}
"""
    result = run("def test_it(mockcloud_server, mockcloud_servers): assert mockcloud_server.url", conftest=conftest)
    result.assert_outcomes(passed=1)


def test_marker_gives_a_test_a_mock_of_its_own(run):
    result = run(
        """
import pytest
urls = []

def test_plain(mockcloud):
    urls.append(mockcloud.url)

@pytest.mark.mockcloud(auth="off", progress="polls:2")
def test_marked(mockcloud):
    assert mockcloud.url not in urls
    urls.append(mockcloud.url)

@pytest.mark.mockcloud(progress="polls:2", auth="off")
def test_marked_the_same(mockcloud):
    assert mockcloud.url == urls[1]
"""
    )
    result.assert_outcomes(passed=3)


def test_markers_of_class_and_test_are_merged(run):
    result = run(
        """
import pytest
urls = []

@pytest.mark.mockcloud(auth="off", progress="manual")
class TestThem:
    @pytest.mark.mockcloud(progress="immediate")
    def test_both(self, mockcloud):
        urls.append(mockcloud.url)

@pytest.mark.mockcloud(auth="off", progress="immediate")
def test_same(mockcloud):
    assert urls == [mockcloud.url]
"""
    )
    result.assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("marker", "said"),
    [
        ('auht="off"', "*there is no option 'auht'*did you mean 'auth'*"),
        ('"off"', "*takes options by name only*"),
        ('progress="slow"', "*progress 'slow' is not known*"),
    ],
)
def test_wrong_marker_is_an_error_of_the_test(run, marker, said):
    result = run(f"import pytest\n@pytest.mark.mockcloud({marker})\ndef test_it(mockcloud): pass")
    assert result.ret == 1
    result.stdout.fnmatch_lines([said])


def test_request_that_belongs_to_nobody_fails_the_test(run):
    result = run('def test_it(mockcloud): get(mockcloud.url + "/nowhere?x=1")')
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        ["*requests that belong to no service:*", "*GET /nowhere?x=1: GET /nowhere belongs to no*"]
    )


def test_request_that_belongs_to_nobody_can_be_allowed(run):
    result = run(
        """
import pytest
@pytest.mark.mockcloud(allow_unrouted=True)
def test_it(mockcloud): get(mockcloud.url + "/nowhere")
"""
    )
    result.assert_outcomes(passed=1)


def test_failure_of_ours_fails_the_test(run):
    result = run(
        """
def test_it(mockcloud, monkeypatch):
    monkeypatch.setattr("mockcloud.pipeline.Engine._route", lambda *_: 1 / 0)
    get(mockcloud.url + "/v1/x")
"""
    )
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*mockcloud itself failed 1 time(s), see the log*", "*ZeroDivisionError*"])


def test_clients_send_nothing_through_a_proxy(run, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "example.com")
    result = run(
        """
import os

def test_it(mockcloud):
    for name in ("NO_PROXY", "no_proxy"):
        assert os.environ[name].split(",")[-3:] == ["127.0.0.1", "localhost", mockcloud.endpoint]
    assert os.environ["NO_PROXY"].startswith("example.com,")
"""
    )
    result.assert_outcomes(passed=1)


def test_server_that_already_runs_is_used(run):
    with running() as there:
        result = run(f"def test_it(mockcloud): assert mockcloud.url == {there.url!r}", "--mockcloud-url", there.url)
    result.assert_outcomes(passed=1)


def test_server_that_already_runs_is_used_with_its_token(run):
    with running(admin_token="secret") as there:
        source = "def test_it(mockcloud): assert mockcloud.requests() == []"
        options = ("--mockcloud-url", there.url, "--mockcloud-admin-token", "secret")
        run(source, *options).assert_outcomes(passed=1)
        result = run(source, *options[:2])
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*wants its admin token*"])


def test_server_that_already_runs_takes_no_options(run):
    with running() as there:
        source = 'import pytest\n@pytest.mark.mockcloud(auth="off")\ndef test_it(mockcloud): pass'
        result = run(source, "--mockcloud-url", there.url)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*cannot be given*'auth'*"])


def test_server_that_already_runs_is_not_for_several_workers(run):
    with running() as there:
        several = run("def test_it(mockcloud): pass", "--mockcloud-url", there.url, "-n", "2", alone=True)
        one = run("def test_it(mockcloud): pass", "--mockcloud-url", there.url, "-n", "1", alone=True)
    assert several.ret == pytest.ExitCode.USAGE_ERROR
    several.stderr.fnmatch_lines(["*--mockcloud-url: 2 workers cannot share a server*"])
    one.assert_outcomes(passed=1)


def test_every_worker_has_a_server_of_its_own(run, pytester):
    result = run(
        """
import pytest

@pytest.mark.parametrize("number", range(8))
def test_it(mockcloud, number, worker_id):
    with open(f"{worker_id}.txt", "a") as file:
        file.write(mockcloud.url + "\\n")
""",
        "-n",
        "2",
        alone=True,
    )
    result.assert_outcomes(passed=8)
    seen = [set(path.read_text().split()) for path in pytester.path.glob("gw*.txt")]
    assert len(set.union(*seen)) == len(seen) == sum(map(len, seen))


def test_plugin_loads_nothing_heavy_until_a_test_asks(run):
    result = run(
        """
import sys

def test_it():
    assert not {"aiohttp", "yaml", "orjson", "mockcloud.cloud"} & set(sys.modules)
""",
        alone=True,
    )
    result.assert_outcomes(passed=1)


def test_fixtures_and_options_are_listed_with_what_they_are(run):
    result = run("", "--fixtures", "-q")
    result.stdout.fnmatch_lines(["mockcloud *", "*A clean mock for this test*"])
    run("", "--help").stdout.fnmatch_lines(["*--mockcloud-url=URL*"])
    run("", "--markers").stdout.fnmatch_lines(["@pytest.mark.mockcloud(*"])

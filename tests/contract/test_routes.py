"""Which operation a request means, what is refused when none is, and what is said to be nearest."""

from __future__ import annotations

from copy import deepcopy
from time import process_time

import pytest

from mockcloud.contract.build import build_service
from mockcloud.contract.routes import match_action, match_path, nearest, no_operation
from tests.small import OPERATION, PROVIDER, SERVICE


def bound(name, method, path):
    return {**deepcopy(OPERATION), "operation": name, "binding": {"method": method, "path": path}}


PATHS = build_service(
    deepcopy(PROVIDER),
    {
        **deepcopy(SERVICE),
        "unserved": [
            {"operation": "Drop", "binding": {"method": "DELETE", "path": "/v1/{project}/tasks/{id}"}},
            {"operation": "Erase", "binding": {"action": "Erase"}},
        ],
        "refusals": {
            "default": "Bad",
            "unserved": {"code": "Bad", "variant": "long", "args": ["{operation}", "later"]},
            "wrong-method": "Busy",
        },
    },
    {
        "Make": bound("Make", "POST", "/v1/{project}/tasks"),
        "List": bound("List", "GET", "/v1/{project}/tasks"),
        "Show": bound("Show", "GET", "/v1/{project}/tasks/{id}"),
    },
)
ACTIONS = build_service(
    deepcopy(PROVIDER),
    {**deepcopy(SERVICE), "unserved": [{"operation": "Erase", "binding": {"action": "Erase"}}]},
    {"Make": deepcopy(OPERATION)},
)


def matched(method, path):
    found = match_path(PATHS, method, path)
    return found.operation, found.place, found.trouble


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("POST", "/v1/p/tasks", ("Make", {"project": "p"}, "")),
        ("GET", "/v1/p/tasks", ("List", {"project": "p"}, "")),
        ("GET", "/v1/p/tasks/7", ("Show", {"project": "p", "id": "7"}, "")),
        ("GET", "/v1/a%2Fb/tasks/%C3%A9", ("Show", {"project": "a/b", "id": "é"}, "")),
        ("GET", "/v1/%ff/tasks", ("List", {"project": "\ufffd"}, "")),
        ("GET", "/v1/\udcff/tasks", ("List", {"project": "\ufffd"}, "")),
        ("DELETE", "/v1/p/tasks/7", ("Drop", {"project": "p", "id": "7"}, "unserved")),
        ("PUT", "/v1/p/tasks", ("Make", {}, "wrong-method")),
        ("POST", "/v1/p/tasks/7", ("Show", {}, "wrong-method")),
        ("GET", "/v1/p/tasks/", ("", {}, "unknown-operation")),
        ("GET", "/v1//tasks", ("", {}, "unknown-operation")),
        ("GET", "/V1/p/tasks", ("", {}, "unknown-operation")),
        ("get", "/v1/p/tasks", ("Make", {}, "wrong-method")),
        ("GET", "", ("", {}, "unknown-operation")),
        ("GET", "/v1/p/tasks\n", ("", {}, "unknown-operation")),
    ],
)
def test_method_and_path(method, path, expected):
    assert matched(method, path) == expected


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("Make", ("Make", "")),
        ("Erase", ("Erase", "unserved")),
        ("make", ("", "unknown-operation")),
        ("", ("", "unknown-operation")),
    ],
)
def test_action(action, expected):
    found = match_action(ACTIONS, action)
    assert (found.operation, found.trouble) == expected


def refused(method, path):
    return no_operation(PATHS, match_path(PATHS, method, path), f"{method} {path}")


def test_unserved_operation_is_refused_as_the_contract_says():
    refusal = refused("DELETE", "/v1/p/tasks/7")
    assert (refusal.code, refusal.variant, refusal.reason) == ("Bad", "long", "unserved")
    assert refusal.fill == ("DELETE /v1/p/tasks/7", "later")
    assert "does not serve it" in refusal.detail


def test_wrong_method_names_the_right_one():
    refusal = refused("PUT", "/v1/p/tasks")
    assert (refusal.code, refusal.reason) == ("Busy", "wrong-method")
    assert refusal.detail == "PUT /v1/p/tasks has the path of Make, whose method is POST"


def test_unknown_operation_falls_back_to_the_default():
    refusal = refused("POST", "/v1/p/task")
    assert (refusal.code, refusal.reason) == ("Bad", "unknown-operation")
    assert "the nearest is POST /v1/{project}/tasks, which has 'tasks' where this has 'task'" in refusal.detail


@pytest.mark.parametrize(
    ("service", "asked", "said"),
    [
        (ACTIONS, "Mkae", "; the nearest is Make"),
        (ACTIONS, "zzzzzz", ""),
        (PATHS, "POST /v1/p/tasks/", "; the nearest is POST /v1/{project}/tasks, which has 3 path segments, not 4"),
        (PATHS, "POST /v1/{project}/tasks/", "; the nearest is POST /v1/{project}/tasks, which has no trailing slash"),
        (PATHS, "POST /v2/p/tasks", "; the nearest is POST /v1/{project}/tasks, which has 'v1' where this has 'v2'"),
        (PATHS, "", ""),
    ],
)
def test_nearest(service, asked, said):
    assert nearest(service, asked) == said


def test_long_path_takes_no_time():
    begin = process_time()
    nearest(PATHS, "POST /v1/" + "tasks/" * 20_000)
    assert process_time() - begin < 1.0

"""Tokens, projects, the account, regions: what clients ask of IAM before they come to MPC."""

from __future__ import annotations

import pytest

from mockcloud.cloud import Cloud
from mockcloud.model import Misuse

from .raw import NOW, PROJECT, Desk, request


def token_request(scope=None, **user):
    whole = {"name": "mockcloud", "password": "mockcloud-secret", "domain": {"name": "acme"}} | user
    identity = {"methods": ["password"], "password": {"user": whole}}
    return {"auth": {"identity": identity, **({} if scope is None else {"scope": scope})}}


def token(desk, scope=None, **user):
    return desk("KeystoneCreateUserTokenByPassword", token_request(scope, **user))


def error(answered):
    return answered.reply.status, answered.error


def test_token_of_a_project():
    answered = token(Desk(), {"project": {"id": PROJECT}})

    found = answered.body["token"]
    domain = found["user"]["domain"]
    assert answered.reply.status == 201
    assert answered.reply.header("x-subject-token")
    assert answered.reply.header("x-iam-trace-id")
    assert (found["issued_at"], found["expires_at"]) == ("2020-11-19T10:36:52.000000Z", "2020-11-20T10:36:52.000000Z")
    assert found["project"] == {"id": PROJECT, "name": "cn-north-1", "domain": domain}
    assert found["user"]["name"] == "mockcloud"
    assert domain["name"] == "acme"
    assert found["methods"] == ["password"]


def test_token_of_the_account():
    found = token(Desk()).body["token"]

    assert "project" not in found
    assert found["domain"] == found["user"]["domain"]


def test_token_is_in_the_header_alone():
    answered = token(Desk(), {"project": {"id": PROJECT}})

    assert answered.reply.header("x-subject-token") not in answered.reply.body.decode()


def test_token_opens_its_project_and_no_other():
    desk = Desk()
    given = token(desk, {"project": {"id": PROJECT}}).reply.header("x-subject-token")

    assert desk.send(request(X_Auth_Token=given))[0] == 200
    status, body = desk.send(request(path="/v1/another/animated-graphics", X_Auth_Token=given))
    assert (status, body) == (403, {"error_code": "MPC.10208", "error_msg": "Failed to verify the tenant ID."})


def test_token_of_the_account_opens_no_project():
    desk = Desk()
    given = token(desk).reply.header("x-subject-token")

    assert desk.send(request(X_Auth_Token=given))[0] == 403
    assert desk.send(request(path="/v3/projects", X_Auth_Token=given))[0] == 200


def test_token_belongs_to_the_user_who_asked():
    desk = Desk(key_id="mockcloud-team")
    task = desk.create()
    given = token(desk, {"project": {"id": PROJECT}}, name="mockcloud-team").reply.header("x-subject-token")

    shown = desk.send(request(X_Auth_Token=given))[1]
    assert [found["task_id"] for found in shown["tasks"]] == [task]
    assert desk.send(request())[1]["total"] == 0


def test_two_tokens_are_two():
    desk = Desk()

    assert token(desk).reply.header("x-subject-token") != token(desk).reply.header("x-subject-token")


def test_token_is_gone_after_a_reset():
    desk = Desk()
    given = token(desk, {"project": {"id": PROJECT}}).reply.header("x-subject-token")
    desk.engine.reset()

    status, body = desk.send(request(X_Auth_Token=given))
    assert (status, body["error_msg"]) == (401, "Incorrect IAM authentication information: decrypt token fail")


def test_token_ends_after_a_day_of_wall_time():
    desk = Desk()
    given = token(desk, {"project": {"id": PROJECT}}).reply.header("x-subject-token")
    desk.engine.gate.wall = lambda: NOW + 86399
    assert desk.send(request(X_Auth_Token=given))[0] == 200
    desk.engine.gate.wall = lambda: NOW + 86400

    status, body = desk.send(request(X_Auth_Token=given))
    message = "Incorrect IAM authentication information: token expires, expires_at: 2020-11-20T10:36:52.000000Z"
    assert (status, body["error_code"], body["error_msg"]) == (401, "APIGW.0301", message)


def test_clock_of_the_mock_does_not_end_a_token():
    desk = Desk()
    given = token(desk, {"project": {"id": PROJECT}}).reply.header("x-subject-token")
    desk.advance(86400 * 30)

    assert desk.send(request(X_Auth_Token=given))[0] == 200


def test_wrong_password():
    answered = token(Desk(), password="guess")

    assert error(answered) == (401, ("401", "The username or password is wrong."))


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"auth": {}},
        {"auth": {"identity": {"methods": ["password"]}}},
        {"auth": {"identity": {"methods": ["token"], "token": {"id": "x"}}}},
        {"auth": {"identity": {"methods": [], "password": {"user": {"name": "a"}}}}},
        token_request(domain=None),
        token_request(domain={}),
        token_request(name=""),
        token_request(password=None),
        token_request(scope={"project": {}}),
        token_request(scope={"project": {"id": 1}}),
    ],
)
def test_incomplete_request(parameters):
    answered = Desk()("KeystoneCreateUserTokenByPassword", parameters)

    assert error(answered) == (400, ("400", "Bad Request"))


def test_error_of_iam_has_the_shape_of_keystone():
    status, body = Desk().send(request("POST", "/v3/auth/tokens", body=b"[]"))

    assert (status, body) == (400, {"error": {"code": 400, "message": "Bad Request", "title": "Bad Request"}})


# Projects.


def projects(desk, **filters):
    return [(project["name"], project["id"]) for project in desk("KeystoneListProjects", filters).body["projects"]]


def test_every_name_has_one_project():
    desk = Desk()

    ((name, first),) = projects(desk, name="cn-north-4")
    assert name == "cn-north-4"
    assert len(first) == 32
    assert projects(desk, name="cn-north-4") == [(name, first)]
    assert projects(desk, name="anywhere-9")[0][1] != first


def test_project_of_the_fixture_is_that_of_its_region():
    assert projects(Desk(), name=Cloud.region) == [(Cloud.region, Cloud.project_id)]


def test_scope_by_name_is_the_same_project():
    desk = Desk()
    ((name, project_id),) = projects(desk, name="cn-north-4")

    found = token(desk, {"project": {"name": "cn-north-4"}}).body["token"]["project"]
    assert (found["name"], found["id"]) == (name, project_id)
    assert token(desk, {"project": {"id": project_id}}).body["token"]["project"]["name"] == name


def test_all_projects_are_those_of_the_regions():
    desk = Desk()
    regions = [region["id"] for region in desk("KeystoneListRegions").body["regions"]]

    assert [name for name, _ in projects(desk)] == regions
    assert "cn-north-1" in regions


def test_projects_put_in_place_come_instead():
    desk = Desk()
    desk.seed("project", name="cn-north-4", id="a")
    desk.seed("project", name="cn-north-4", id="b")

    assert projects(desk, name="cn-north-4") == [("cn-north-4", "a"), ("cn-north-4", "b")]


def test_project_that_is_not_there():
    desk = Desk()
    desk.seed("project", name="cn-north-4", exists=False)

    assert projects(desk, name="cn-north-4") == []
    assert error(token(desk, {"project": {"name": "cn-north-4"}})) == (404, ("404", "Not Found"))


def test_projects_are_filtered_and_paged():
    desk = Desk()
    whole = projects(desk)
    domain = desk("KeystoneListAuthDomains").body["domains"][0]["id"]

    assert projects(desk, page=2, per_page=2) == whole[2:4]
    assert projects(desk, domain_id=domain, parent_id=domain, enabled=True) == whole
    assert projects(desk, domain_id="another") == []
    assert projects(desk, enabled=False) == []
    assert projects(desk, is_domain=True) == []


@pytest.mark.parametrize(
    "filters", [{"page": 1}, {"per_page": 1}, {"page": 0, "per_page": 1}, {"page": 1, "per_page": 5001}]
)
def test_page_of_projects_outside_the_table(filters):
    assert error(Desk()("KeystoneListProjects", filters)) == (400, ("400", "Bad Request"))


@pytest.mark.parametrize(("kind", "fields"), [("project", {"id": "x"}), ("region", {})])
def test_nameless_resources_are_a_mistake(kind, fields):
    with pytest.raises(Misuse, match=f"a {kind} needs its"):
        Desk().seed(kind, **fields)


# The account.


def test_account_is_the_same_everywhere():
    desk = Desk()
    domain = desk("KeystoneListAuthDomains").body["domains"][0]

    assert domain["name"] == "mockcloud"
    assert desk("GetCallerIdentity").body["account_id"] == domain["id"]
    assert token(desk).body["token"]["domain"]["id"] == domain["id"]


def test_accounts_are_apart():
    ours, theirs = Desk()("GetCallerIdentity"), Desk(key_id="mockcloud-team")("GetCallerIdentity")

    assert ours.body["account_id"] != theirs.body["account_id"]


def test_host_that_is_not_utf_8_does_not_break_the_links():
    status, body = Desk().send(request(path="/v3/projects", Host="a\udcff"))
    assert status == 200
    assert body["links"]["self"].startswith("http://a")


def test_name_that_is_not_utf_8_is_one_like_any_other():
    status, body = Desk().send(request(path="/v3/projects", query="name=\udcffx"))
    assert status == 200
    assert [project["name"] for project in body["projects"]] == ["\ufffdx"]

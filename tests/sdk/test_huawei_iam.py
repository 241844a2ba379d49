"""The official client of IAM, and what MPC's clients ask of IAM by themselves."""

from __future__ import annotations

import itertools

import pytest
import requests
from huaweicloudsdkcore.auth.credentials import BasicCredentials, GlobalCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException, SdkException, ServerResponseException
from huaweicloudsdkiam import v3
from huaweicloudsdkmpc.v1 import ListAnimatedGraphicsTaskRequest, MpcAsyncClient, MpcClient
from huaweicloudsdkmpc.v1.region.mpc_region import MpcRegion

from mockcloud.contract.load import Contracts

from .huawei_clients import Mpc

# IAM's own: their code is the HTTP status.
ROWS = [entry for entry in Contracts().service("huawei-mpc").errors if entry.code.isdigit()]


@pytest.fixture
def at_home(mockcloud, monkeypatch):
    """The environment that sends the SDK's look-ups to the mock; what it found before is forgotten."""
    monkeypatch.setenv("HUAWEICLOUD_SDK_IAM_ENDPOINT", mockcloud.url)
    monkeypatch.setenv("HUAWEICLOUD_SDK_STS_ENDPOINT", mockcloud.url)
    monkeypatch.setenv("HUAWEICLOUD_SDK_REGION_MPC_CN_NORTH_4", mockcloud.url)
    monkeypatch.setattr(BasicCredentials, "_CACHE", {})
    monkeypatch.setattr(GlobalCredentials, "_CACHE", {})
    return mockcloud


def iam(cloud, **credentials):
    given = {"ak": cloud.access_key_id, "sk": cloud.access_key_secret, "domain_id": "d"} | credentials
    return v3.IamClient.new_builder().with_credentials(GlobalCredentials(**given)).with_endpoint(cloud.url).build()


def token_request(name="mockcloud", password="mockcloud-secret", **scope):
    user = v3.PwdPasswordUser(domain=v3.PwdPasswordUserDomain(name="acme"), name=name, password=password)
    identity = v3.PwdIdentity(methods=["password"], password=v3.PwdPassword(user=user))
    asked = v3.AuthScope(project=v3.AuthScopeProject(**scope)) if scope else None
    body = v3.KeystoneCreateUserTokenByPasswordRequestBody(auth=v3.PwdAuth(identity=identity, scope=asked))
    return v3.KeystoneCreateUserTokenByPasswordRequest(nocatalog="true", body=body)


def mpc_by_region(cloud, kind=MpcClient, **credentials):
    given = {"ak": cloud.access_key_id, "sk": cloud.access_key_secret} | credentials
    builder = kind.new_builder().with_credentials(BasicCredentials(**given))
    return builder.with_region(MpcRegion.value_of("cn-north-4")).build()


# The client of IAM.


def test_token_opens_a_project(mockcloud):
    answered = iam(mockcloud).keystone_create_user_token_by_password(token_request(id=mockcloud.project_id))

    assert answered.status_code == 201
    assert answered.token.project.id == mockcloud.project_id
    assert answered.token.user.name == "mockcloud"
    path = f"{mockcloud.url}/v1/{mockcloud.project_id}/animated-graphics"
    shown = requests.get(path, headers={"X-Auth-Token": answered.x_subject_token}, timeout=5)
    assert (shown.status_code, shown.json()) == (200, {"total": 0, "tasks": []})


def test_token_of_another_project(mockcloud):
    token = (
        iam(mockcloud)
        .keystone_create_user_token_by_password(token_request(name="mockcloud", id="other"))
        .x_subject_token
    )

    path = f"{mockcloud.url}/v1/{mockcloud.project_id}/animated-graphics"
    shown = requests.get(path, headers={"X-Auth-Token": token}, timeout=5)
    told = {"error_code": "MPC.10208", "error_msg": "Failed to verify the tenant ID."}
    assert (shown.status_code, shown.json()) == (403, told)


def test_fixed_token_opens_any_project(mockcloud):
    shown = requests.get(
        f"{mockcloud.url}/v1/any/animated-graphics", headers={"X-Auth-Token": mockcloud.token}, timeout=5
    )

    assert shown.status_code == 200
    assert len(shown.headers["X-Request-Id"]) == 32


def test_secrets_are_not_in_the_journal(mockcloud):
    answered = iam(mockcloud).keystone_create_user_token_by_password(token_request(id=mockcloud.project_id))
    path = f"{mockcloud.url}/v1/{mockcloud.project_id}/animated-graphics"
    requests.get(path, headers={"X-Auth-Token": answered.x_subject_token}, timeout=5)

    kept = str(mockcloud.requests())
    assert len(mockcloud.requests()) == 2
    assert answered.x_subject_token not in kept
    assert mockcloud.access_key_secret not in kept


def test_wrong_password(mockcloud):
    with pytest.raises(ClientRequestException) as caught:
        iam(mockcloud).keystone_create_user_token_by_password(token_request(password="guess"))

    error = caught.value
    # The SDK takes the code out of Keystone's shape as it is, a number.
    told = (error.status_code, error.error_code, error.error_msg)
    assert told == (401, 401, "The username or password is wrong.")
    assert len(error.request_id) == 32


def test_incomplete_request(mockcloud):
    request = v3.KeystoneCreateUserTokenByPasswordRequest(body={"auth": {}})
    with pytest.raises(ClientRequestException) as caught:
        iam(mockcloud).keystone_create_user_token_by_password(request)

    assert (caught.value.status_code, caught.value.error_code, caught.value.error_msg) == (400, 400, "Bad Request")


def test_wrong_signature_at_iam(mockcloud):
    with pytest.raises(ClientRequestException) as caught:
        iam(mockcloud, sk="guess").keystone_list_projects(v3.KeystoneListProjectsRequest())

    told = (caught.value.status_code, caught.value.error_code, caught.value.error_msg)
    assert told == (401, 401, "Authentication failed")


@pytest.mark.parametrize("entry", ROWS, ids=[f"{entry.code}-{entry.variant}" for entry in ROWS])
def test_injected_error_reaches_the_exception(mockcloud, entry):
    error = f"{entry.code}/{entry.variant}" if entry.variant else entry.code
    mockcloud.fail_next("huawei-mpc", "KeystoneListProjects", error)
    kind = ClientRequestException if entry.status < 500 else ServerResponseException

    with pytest.raises(kind) as caught:
        iam(mockcloud).keystone_list_projects(v3.KeystoneListProjectsRequest())

    told = (caught.value.status_code, caught.value.error_code, caught.value.error_msg)
    assert told == (entry.status, int(entry.code), entry.message)


def test_projects_of_the_account(mockcloud):
    client = iam(mockcloud)

    (project,) = client.keystone_list_projects(v3.KeystoneListProjectsRequest(name="cn-north-1")).projects
    assert (project.id, project.name, project.enabled) == (mockcloud.project_id, "cn-north-1", True)
    everything = client.keystone_list_projects(v3.KeystoneListProjectsRequest()).projects
    regions = client.keystone_list_regions(v3.KeystoneListRegionsRequest()).regions
    assert [project.name for project in everything] == [region.id for region in regions]
    pages = [
        client.keystone_list_projects(v3.KeystoneListProjectsRequest(page=page, per_page=4)).projects for page in (1, 2)
    ]
    assert [project.id for project in itertools.chain(*pages)] == [project.id for project in everything]


def test_account_without_a_domain_id(at_home):
    client = v3.IamClient.new_builder().with_credentials(
        GlobalCredentials(at_home.access_key_id, at_home.access_key_secret)
    )
    client = client.with_endpoint(at_home.url).build()

    (domain,) = client.keystone_list_auth_domains(v3.KeystoneListAuthDomainsRequest()).domains

    asked = [entry["operation"] for entry in at_home.requests()]
    assert asked[-1] == "KeystoneListAuthDomains"
    assert domain.name == "mockcloud"


# What a client of MPC asks.


@pytest.mark.parametrize("kind", [MpcClient, MpcAsyncClient])
def test_project_is_looked_up_by_region(at_home, kind):
    client = mpc_by_region(at_home, kind)

    if kind is MpcAsyncClient:
        answered = client.list_animated_graphics_task_async(ListAnimatedGraphicsTaskRequest()).result()
    else:
        answered = client.list_animated_graphics_task(ListAnimatedGraphicsTaskRequest())

    assert answered.total == 0
    looked_up, asked = at_home.requests()
    assert (looked_up["operation"], looked_up["parameters"]) == ("KeystoneListProjects", {"name": "cn-north-4"})
    project = looked_up["response"]["projects"][0]["id"]
    assert asked["path"] == f"/v1/{project}/animated-graphics"
    headers = dict(asked["headers"])
    assert headers["X-Project-Id"] == project


def test_project_that_was_looked_up_is_that_of_the_token(at_home):
    mpc_by_region(at_home).list_animated_graphics_task(ListAnimatedGraphicsTaskRequest())
    project = at_home.requests()[0]["response"]["projects"][0]["id"]

    named = iam(at_home).keystone_create_user_token_by_password(token_request(name="mockcloud", id=project))

    assert named.token.project.name == "cn-north-4"


def test_region_without_a_project(at_home):
    at_home.seed("huawei-mpc", "project", name="cn-north-4", exists=False)

    with pytest.raises(
        SdkException, match=r"Failed to get project id of region 'cn-north-4', X-IAM-Trace-Id=[0-9a-f]{32}"
    ):
        mpc_by_region(at_home)


def test_region_with_two_projects(at_home):
    at_home.seed("huawei-mpc", "project", name="cn-north-4", id="first")
    at_home.seed("huawei-mpc", "project", name="cn-north-4", id="second")

    with pytest.raises(SdkException, match=r"Multiple project ids found: \[first,second\]"):
        mpc_by_region(at_home)


def test_look_up_with_a_wrong_secret(at_home):
    with pytest.raises(SdkException, match=r"Failed to get project id of region 'cn-north-4'.*Authentication failed"):
        mpc_by_region(at_home, sk="guess")


def test_look_up_under_injected_trouble(at_home):
    at_home.fail_next("huawei-mpc", "KeystoneListProjects", "503")

    with pytest.raises(SdkException, match="Service Unavailable"):
        mpc_by_region(at_home)


def test_tasks_of_a_token_and_of_a_signature_are_the_same(mockcloud):
    task = Mpc(mockcloud).create().task_id

    path = f"{mockcloud.url}/v1/{mockcloud.project_id}/animated-graphics"
    shown = requests.get(path, headers={"X-Auth-Token": mockcloud.token}, timeout=5).json()
    assert [found["task_id"] for found in shown["tasks"]] == [task]

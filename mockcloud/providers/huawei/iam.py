"""The calls of IAM (and one of STS) that MPC's clients make: tokens, projects, the account, regions.

An account of the mock is a domain with one user of the same name. Every name of a project has one project that is
always the same, unless projects of that name were put in place.
Source: OASI; PYIAM; CORE auth/credentials.py.
"""

from __future__ import annotations

from typing import Any

from mockcloud.model import Call, Misuse, Refusal, Reply
from mockcloud.state import ServiceState

from .sign import keystone_time
from .tokens import made_up_id, make_token

Json = dict[str, Any]


def create_token(call: Call, state: ServiceState) -> Reply:
    """A token for the project or the account that was asked for; its text is in X-Subject-Token alone.

    Refusal: 404 for the name of a project that was put in place as not there.
    """
    auth = call.parameters["auth"]
    user = auth["identity"]["password"]["user"]
    domain = {"id": _domain_id(call), "name": user["domain"]["name"]}
    project = _scope(call, state, auth.get("scope", {}).get("project"))
    token = make_token(project["id"] if project else "", state.ids.hex(32))
    now = state.gate.wall()
    expires = now + state.service.limit("token-life")
    state.gate.issue_token(token, call.account, expires)
    body = {
        "expires_at": keystone_time(expires),
        "issued_at": keystone_time(now),
        "methods": auth["identity"]["methods"],
        "user": {"id": _user_id(call), "name": user["name"], "password_expires_at": "", "domain": domain},
        "roles": [],
        "catalog": [],
        **({"project": {**project, "domain": domain}} if project else {"domain": domain}),
    }
    status = state.service.operations[call.operation].status
    return Reply({"token": body}, status, (("X-Subject-Token", token),))


def _scope(call: Call, state: ServiceState, asked: Json | None) -> Json | None:
    if asked is None:
        return None
    if "id" in asked:
        known = [project for project in _projects(call, state) if project["id"] == asked["id"]]
        return known[0] if known else {"id": asked["id"], "name": state.settings.region}
    found = _named(call, state, asked["name"])
    if not found:
        raise Refusal("404", reason="not-found", detail=f"the project {asked['name']!r} was put in place as not there")
    return found[0]


def _projects(call: Call, state: ServiceState) -> list[Json]:
    names = dict.fromkeys((*_names(state, "region", "id"), *_names(state, "project", "name")))
    return [project for name in names for project in _named(call, state, name)]


def _names(state: ServiceState, kind: str, field: str) -> list[str]:
    return [item[field] for item in state.shelves[kind]]


def _named(call: Call, state: ServiceState, name: str) -> list[Json]:
    """The projects of a name, as id and name."""
    known = [item for item in state.shelves["project"] if item["name"] == name]
    if any(not item["exists"] for item in known):
        return []
    ids = [item["id"] for item in known] or [made_up_id(call.account, "project", name)]
    return [{"id": project_id, "name": name} for project_id in ids]


def list_projects(call: Call, state: ServiceState) -> Json:
    """The projects of the account, all or those of a name."""
    asked, domain = call.parameters, _domain_id(call)
    found = _named(call, state, asked["name"]) if "name" in asked else _projects(call, state)
    is_ours = all(asked.get(name, domain) == domain for name in ("domain_id", "parent_id"))
    if not is_ours or not asked.get("enabled", True) or asked.get("is_domain", False):
        found = []
    if "page" in asked:
        first = (asked["page"] - 1) * asked["per_page"]
        found = found[first : first + asked["per_page"]]
    projects = [
        {
            **project,
            "domain_id": domain,
            "parent_id": domain,
            "is_domain": False,
            "enabled": True,
            "description": "",
            "links": _links(call, f"/v3/projects/{project['id']}"),
        }
        for project in found
    ]
    return {"links": {**_links(call, "/v3/projects"), "next": None, "previous": None}, "projects": projects}


def list_domains(call: Call, state: ServiceState) -> Json:
    """The one domain of the caller."""
    domain = _domain_id(call)
    links = _links(call, f"/v3/domains/{domain}")
    one = {"id": domain, "name": call.account, "enabled": True, "description": "", "links": links}
    return {"domains": [one], "links": _links(call, "/v3/auth/domains")}


def list_regions(call: Call, state: ServiceState) -> Json:
    """The regions that are in place."""
    regions = [
        {
            "id": name,
            "type": "public",
            "description": "",
            "parent_region_id": None,
            "locales": {"zh-cn": name, "en-us": name},
            "links": _links(call, f"/v3/regions/{name}"),
        }
        for name in _names(state, "region", "id")
    ]
    return {"links": {**_links(call, "/v3/regions"), "next": None, "previous": None}, "regions": regions}


def get_caller_identity(call: Call, state: ServiceState) -> Json:
    """The account and the user of the caller."""
    domain, user = _domain_id(call), _user_id(call)
    return {"account_id": domain, "principal_id": user, "principal_urn": f"iam::{domain}:user:{call.account}"}


def _domain_id(call: Call) -> str:
    return made_up_id(call.account, "domain")


def _user_id(call: Call) -> str:
    return made_up_id(call.account, "user")


def _links(call: Call, path: str) -> Json:
    return {"self": f"http://{call.wire.header('host') or ''}{path}"}


def stock_project(fields: Json, state: ServiceState) -> Json:
    """Complete a seeded project. Misuse: no name."""
    if not fields.get("name"):
        raise Misuse("a project needs its name", "for the default project of a region that is the region's id")
    return {"id": made_up_id(state.account.name, "project", fields["name"]), **fields}


def stock_region(fields: Json, state: ServiceState) -> Json:
    """Check a seeded region. Misuse: no id."""
    if not fields.get("id"):
        raise Misuse("a region needs its id", "for example cn-north-4")
    return fields


BEHAVIOURS = {
    "create_token": create_token,
    "list_projects": list_projects,
    "list_domains": list_domains,
    "list_regions": list_regions,
    "get_caller_identity": get_caller_identity,
}
STOCK = {"project": stock_project, "region": stock_region}

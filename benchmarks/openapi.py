"""An OpenAPI document of Huawei's creation of a GIF, made from the contract: what Prism is started with."""

from __future__ import annotations

from typing import Any

from .bare import CREATED, PATH
from .traffic import contracts

Json = dict[str, Any]
_KNOWN = (
    *("type", "enum", "minimum", "maximum", "multipleOf", "minLength", "maxLength", "pattern", "items", "minItems"),
    *("maxItems", "properties", "required", "anyOf", "default"),
)


def document() -> Json:
    """The document, OpenAPI 3.1."""
    operation = contracts().service("huawei-mpc").operations["CreateAnimatedGraphicsTask"]
    project = {"name": "project_id", "in": "path", "required": True, "schema": {"type": "string"}}
    created = {"type": "object", "properties": {"task_id": {"type": "string"}}, "required": ["task_id"]}
    answer = {"description": "created", "content": {"application/json": {"schema": created, "example": CREATED}}}
    body = {"required": True, "content": {"application/json": {"schema": plain(operation.input)}}}
    post = {
        "operationId": operation.name,
        "parameters": [project],
        "requestBody": body,
        "responses": {"200": answer},
    }
    return {"openapi": "3.1.0", "info": {"title": "MPC", "version": "1"}, "paths": {PATH: {"post": post}}}


def plain(schema: Json) -> Json:
    """An input schema without the keywords that are ours."""
    found = {name: value for name, value in schema.items() if name in _KNOWN}
    if "properties" in found:
        found["properties"] = {name: plain(member) for name, member in found["properties"].items()}
        found.setdefault("type", "object")
    if "items" in found:
        found["items"] = plain(found["items"])
    if "anyOf" in found:
        found["anyOf"] = [plain(part) for part in found["anyOf"]]
    return found

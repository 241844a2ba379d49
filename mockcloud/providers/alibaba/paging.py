"""A page of a list as MultimediaAI's lists have it: PageNumber from 1, PageSize, TotalCount."""

from __future__ import annotations

from typing import Any

from mockcloud.model import Call
from mockcloud.state import ServiceState

Json = dict[str, Any]


def page(call: Call, state: ServiceState, name: str, items: list[Json]) -> Json:
    """The asked page of `items` under `name`; what the call leaves out comes from the contract's defaults."""
    properties = state.service.operations[call.operation].input["properties"]
    number, size = (call.parameters.get(word, properties[word].get("default")) for word in ("PageNumber", "PageSize"))
    start = (number - 1) * size
    return {"TotalCount": len(items), "PageNumber": number, "PageSize": size, name: items[start : start + size]}

"""Whether an answer has the documented shape: JSON Schema, and no member that the documents do not name."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import orjson
from jsonschema import Draft202012Validator

Json = dict[str, Any]


@cache
def _validator(schema: bytes) -> Draft202012Validator:
    return Draft202012Validator(orjson.loads(schema))


def misfits(output: Json | None, body: Json | None) -> list[str]:
    """What is wrong with an answer, in words; [] when it is as documented. `output` None: no body is documented."""
    if output is None:
        return [] if not body else [f"there is a body: {body!r}"]
    if body is None:
        return ["there is no body"]
    validator = _validator(orjson.dumps(output, option=orjson.OPT_SORT_KEYS))
    wrong = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(body)]
    return wrong + [f"{place} is not documented" for place in _undocumented(output, body, "$")]


def _undocumented(schema: Json, value: Any, place: str) -> Iterator[str]:
    if isinstance(value, dict) and "properties" in schema:
        for name, item in value.items():
            inner = schema["properties"].get(name)
            if inner is not None:
                yield from _undocumented(inner, item, f"{place}.{name}")
            elif not schema.get("additionalProperties", False):
                yield f"{place}.{name}"
    elif isinstance(value, list) and "items" in schema:
        for index, item in enumerate(value):
            yield from _undocumented(schema["items"], item, f"{place}[{index}]")

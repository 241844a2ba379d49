"""Reading and changing one member of nested parameters, through lists and through text that holds JSON or a list.

Paths are those of rules: segments from the root, "[]" for each item of a list (here: its first item).
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import orjson

from ..contract.expression import ABSENT
from ..contract.formats import FORMATS
from ..contract.limits import domain, value_types
from ..contract.shape import ITEM, parsed_json
from ..contract.spec import Operation

Json = dict[str, Any]
Path = tuple[str, ...]


def schema_at(operation: Operation, path: Path) -> Json:
    """The schema of the member that a path leads to. KeyError when it leads nowhere."""
    schema = operation.input
    for segment in path:
        schema = inside(schema)
        schema = schema["items"] if segment == ITEM else schema["properties"][segment]
    return schema


def inside(schema: Json) -> Json:
    """The schema of what a JSON text holds; any other schema as it is."""
    found: Json = schema.get("contentSchema", schema)
    return found


def get(operation: Operation, parameters: Any, path: Path) -> Any:
    """The value at a path; ABSENT when there is none."""
    schema, value = operation.input, parameters
    for segment in path:
        value = _opened(schema, value)
        schema = inside(schema)
        if segment == ITEM:
            value = value[0] if isinstance(value, list) and value else ABSENT
            schema = schema["items"]
        else:
            value = value.get(segment, ABSENT) if isinstance(value, dict) else ABSENT
            schema = schema.get("properties", {}).get(segment, {})
    return value


def put(operation: Operation, parameters: Json, path: Path, value: Any) -> Json:
    """A copy with one member set, or taken away (ABSENT). Absent parents come with their required members."""
    changed: Json = _put(operation.input, deepcopy(parameters), path, value)
    return changed


def put_all(operation: Operation, parameters: Json, values: dict[Path, Any]) -> Json:
    """A copy with several members set or taken away, in order."""
    changed = deepcopy(parameters)
    for path, value in values.items():
        changed = _put(operation.input, changed, path, value)
    return changed


def _put(schema: Json, container: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    opened = _opened(schema, container)
    inner = inside(schema)
    first, rest = path[0], path[1:]
    if first == ITEM:
        items = list(opened) if isinstance(opened, list) else []
        if not items and value is not ABSENT:
            items = [nominal(inner["items"])]
        if items:
            result = _put(inner["items"], items[0], rest, value)
            items = items[1:] if result is ABSENT else [result, *items[1:]]
        return _closed(schema, items)
    members = opened if isinstance(opened, dict) else None
    if members is None:
        if value is ABSENT:
            return container
        members = nominal(inner)
    child = members.get(first, ABSENT)
    child_schema = inner.get("properties", {}).get(first, {})
    if child is ABSENT and rest:
        if value is ABSENT:
            return container
        child = nominal(child_schema)
    result = _put(child_schema, child, rest, value)
    if result is ABSENT:
        members.pop(first, None)
    else:
        members[first] = result
    return _closed(schema, members)


def _opened(schema: Json, value: Any) -> Any:
    if isinstance(value, str) and "contentSchema" in schema:
        return parsed_json(value)
    if isinstance(value, str) and "separator" in schema:
        return value.split(schema["separator"]) if value else []
    return value


def _closed(schema: Json, value: Any) -> Any:
    if "contentSchema" in schema:
        return orjson.dumps(value).decode()
    if "separator" in schema:
        return schema["separator"].join(map(str, value))
    return value


def nominal(schema: Json) -> Any:
    """A plain valid value: required members only, the documented default, else something in the middle."""
    if "contentSchema" in schema:
        return orjson.dumps(nominal(schema["contentSchema"])).decode()
    if "default" in schema and schema["default"] is not None:
        return deepcopy(schema["default"])
    if "enum" in schema:
        return schema["enum"][0]
    types = value_types(schema)
    kind = types[0] if types else "string"
    if kind == "object":
        properties = schema.get("properties", {})
        return {name: nominal(properties[name]) for name in schema.get("required", ())}
    if kind == "array" or "separator" in schema:
        items = [nominal(schema.get("items", {}))] * max(schema.get("minItems", 1), 1)
        return _closed(schema, items)
    if kind == "boolean":
        return True
    if kind in ("integer", "number"):
        return nominal_number(schema)
    return nominal_text(schema)


def nominal_number(schema: Json) -> Any:
    """A number that is allowed, away from the edges where there is room."""
    literals, bounds = domain(schema)
    low: Any = bounds.get("minimum", bounds.get("exclusiveMinimum"))
    high: Any = bounds.get("maximum", bounds.get("exclusiveMaximum"))
    step = bounds.get("multipleOf", 1)
    if low is None and high is None:
        return literals[0] if literals else 1
    if low is None:
        return min(high, 1)
    middle = low + (4 * step if high is None or low + 4 * step < high else 0)
    if middle == bounds.get("exclusiveMinimum"):
        middle += step if high is None or middle + step <= high else (high - middle) / 2
    return middle + (-middle) % step if isinstance(middle, int) and isinstance(step, int) else middle


def nominal_text(schema: Json) -> str:
    """A text that is allowed."""
    if schema.get("examples"):
        return str(schema["examples"][0])
    if "text" in schema:
        return str(nominal_number(schema))
    if "format" in schema:
        return FORMATS[schema["format"]].valid[0]
    least: int = schema.get("minLength", 1)
    most: int | None = schema.get("maxLength", schema.get("maxBytes"))
    text: str = "x" * least if least > 8 else "sample"[: most or 6]
    return text + "x" * (least - len(text))

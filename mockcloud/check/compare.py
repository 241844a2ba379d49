"""What was asked against what was sent: which differences are changes, and which are none.

No change: a member sent with its documented default, or left out in place of it, a read-only member left out, a
de-duplication or trace member that the client adds because none was asked for (`clients-may-add` in the contract), the
pages of a list that it reads by itself, a list of what is to be read that goes out in parts, null or empty where that
counts as absent, text where the wire has only text, and a moment told in another zone where the format takes any. JSON
in a text is compared as a JSON value, numbers exactly. Of a secret, which the journal hides, nothing is said.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ..contract.expression import ABSENT
from ..contract.formats import FORMATS
from ..contract.limits import value_types
from ..contract.shape import number_in, parsed_json
from ..contract.spec import Operation
from ..redact import HIDDEN, Redactor
from .adapter import Offer

Json = dict[str, Any]
_REDACTOR = Redactor()


def differences(operation: Operation, asked: Json, sent: Json, offer: Offer | None = None) -> list[str]:
    """Every change in words ("output_param.width: asked 33, sent 32"); [] when the wire carries what was asked."""
    drops_null = operation.input.get("null") == "absent"
    if offer is not None:
        own = {*operation.paged, *offer.pages(operation)}
        sent = {name: value for name, value in sent.items() if name in asked or name not in own}
    return _members(operation.input, asked, sent, (), drops_null, offer)


def is_in_parts(operation: Operation, asked: Json, sent: list[Json], offer: Offer, *, stopped: bool = False) -> bool:
    """Whether requests carry a list that was asked for, part by part, and each of them all the rest.

    That is how many ids are looked up where one request holds few. What a request creates is not to be had in parts.
    stopped: the answer to one of them kept the client from sending the parts that are missing
    """
    if operation.family or len(sent) < (1 if stopped else 2):
        return False
    properties = operation.input.get("properties", {})
    lists = [name for name in asked if "items" in properties.get(name, {})]
    return any(_in_parts(operation, asked, sent, name, offer, stopped) for name in lists)


def _in_parts(operation: Operation, asked: Json, sent: list[Json], name: str, offer: Offer, stopped: bool) -> bool:
    schema = operation.input["properties"][name]
    whole = _read(schema, asked[name])
    parts = [_read(schema, one.get(name, [])) for one in sent]
    if not isinstance(whole, list) or not all(isinstance(part, list) and part for part in parts):
        return False
    places = {repr(item): place for place, item in reversed(list(enumerate(whole)))}
    # Sent at the same time, they arrive in any order.
    parts.sort(key=lambda part: places.get(repr(part[0]), len(whole)))
    joined = [item for part in parts for item in part]
    wanted = [item for item in whole if item in joined] if stopped else whole
    others = [{**one, name: asked[name]} for one in sent]
    return not _value(schema, wanted, joined, (name,), False, offer) and not any(
        differences(operation, asked, other, offer) for other in others
    )


def _members(
    schema: Json, asked: Json, sent: Json, path: tuple[str, ...], drops_null: bool, offer: Offer | None
) -> list[str]:
    found: list[str] = []
    properties = schema.get("properties", {})
    for name in dict.fromkeys([*asked, *sent]):
        place = (*path, name)
        if offer is not None and not offer.is_offered(place):
            continue
        inner = properties.get(name)
        if inner is None and name not in asked:
            if schema.get("additionalProperties") is False:
                found.append(f"{'.'.join(place)}: not asked for, sent {_short(sent[name])}")
            continue
        inner = inner or {}
        wanted = _present(asked.get(name, ABSENT), inner, drops_null)
        got = _present(sent.get(name, ABSENT), inner, drops_null)
        found += _value(inner, wanted, got, place, drops_null, offer)
    return found


def _present(value: Any, schema: Json, drops_null: bool) -> Any:
    if value is None and drops_null:
        return ABSENT
    return ABSENT if value == "" and schema.get("empty") == "absent" else value


def _value(
    schema: Json, asked: Any, sent: Any, place: tuple[str, ...], drops_null: bool, offer: Offer | None
) -> list[str]:
    where = ".".join(place)
    if asked is ABSENT and sent is ABSENT:
        return []
    if sent is ABSENT:
        is_said = schema.get("readOnly") or asked == [] or _is_default(schema, asked)
        return [] if is_said else [f"{where}: asked {_short(asked)}, not sent"]
    if asked is ABSENT:
        return _addition(schema, sent, place, drops_null, offer)
    if _is_hidden(place[-1], asked, sent):
        return []
    wanted, got = _read(schema, asked), _read(schema, sent)
    inner = schema.get("contentSchema", schema)
    if isinstance(wanted, dict) and isinstance(got, dict):
        return _members(inner, wanted, got, place, drops_null, offer)
    if isinstance(wanted, list) and isinstance(got, list) and len(wanted) == len(got):
        pairs = zip(wanted, got, strict=True)
        found: list[str] = []
        for index, (left, right) in enumerate(pairs):
            found += _value(inner.get("items", {}), left, right, (*place, str(index)), drops_null, offer)
        return found
    if _is_same(wanted, got) or _is_same_moment(schema, wanted, got):
        return []
    return [f"{where}: asked {_short(asked)}, sent {_short(sent)}"]


def _is_hidden(name: str, asked: Any, sent: Any) -> bool:
    """Whether the journal shows a secret as such: nobody can tell then what was sent."""
    if not isinstance(sent, str) or HIDDEN not in sent:
        return False
    return bool(sent == HIDDEN or _REDACTOR.value({name: asked})[name] == sent)


def _addition(schema: Json, sent: Any, place: tuple[str, ...], drops_null: bool, offer: Offer | None) -> list[str]:
    """A member that nobody asked for: no change when it says what its absence says."""
    if schema.get("clients-may-add") or sent in ("", [], {}):
        return []
    if _is_default(schema, sent):
        return []
    got = _read(schema, sent)
    if isinstance(got, dict):
        return _members(schema.get("contentSchema", schema), {}, got, place, drops_null, offer)
    return [f"{'.'.join(place)}: not asked for, sent {_short(sent)}"]


def _is_default(schema: Json, value: Any) -> bool:
    """Whether a value says what its absence says."""
    return "default" in schema and _is_same(_read(schema, schema["default"]), _read(schema, value))


def _read(schema: Json, value: Any) -> Any:
    """A value as its schema means it: JSON text parsed, lists split, text turned into the documented type."""
    if isinstance(value, str):
        if "contentSchema" in schema:
            parsed = parsed_json(value)
            return value if parsed is ABSENT else parsed
        if "separator" in schema:
            return value.split(schema["separator"]) if value else []
        types = value_types(schema)
        if "array" in types:
            return [value]
        if "text" in schema or ("string" not in types and set(types) & {"integer", "number"}):
            number = number_in(value)
            return value if number is None else number
        if types == ("boolean",) and value.lower() in ("true", "false"):
            return value.lower() == "true"
    return value


def typed(operation: Operation, parameters: Json) -> Json:
    """Parameters as they were sent, with the documented types where the wire has only text, null-like ones gone."""
    drops_null = operation.input.get("null") == "absent"
    return {
        name: _typed(operation.input.get("properties", {}).get(name, {}), value, drops_null)
        for name, value in parameters.items()
        if not (value is None and drops_null)
    }


def _typed(schema: Json, value: Any, drops_null: bool) -> Any:
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        return {
            name: _typed(properties.get(name, {}), item, drops_null)
            for name, item in value.items()
            if not (item is None and drops_null)
        }
    if "contentSchema" in schema or "separator" in schema or "text" in schema:
        return value
    return _read(schema, value)


def _is_same(left: Any, right: Any) -> bool:
    if isinstance(left, bool) != isinstance(right, bool):
        return False
    if isinstance(left, int | float) and isinstance(right, int | float):
        return left == right
    return type(left) is type(right) and left == right


def _is_same_moment(schema: Json, left: Any, right: Any) -> bool:
    """Whether two texts name one moment, where the format knows time zones: a client may write all times in UTC."""
    if schema.get("format") != "iso-time" or not (isinstance(left, str) and isinstance(right, str)):
        return False
    is_time = FORMATS["iso-time"].accepts
    return is_time(left) and is_time(right) and datetime.fromisoformat(left) == datetime.fromisoformat(right)


def _short(value: Any, most: int = 60) -> str:
    text = repr(value)
    return text if len(text) <= most else f"{text[:most]}... ({len(text)} characters)"

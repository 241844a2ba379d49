"""Form and query text: pairs as they stand, and the flattened names (`A.B.0.C=value`) that stand for nested values.

Source: API 调用方式/请求结构_intl.md and 公共参数_intl.md; CLI examples; what the clients send (RUN).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote_plus, unquote_to_bytes

from mockcloud.model import Wire

Json = dict[str, Any]
Pairs = list[tuple[str, str]]

FORM = "application/x-www-form-urlencoded"
_DEEPEST = 32  # no documented parameter lies deeper than seven names


class FormError(ValueError):
    """The text cannot be read.

    kind  "pair" (no `=`), "text" (not UTF-8), "repeated", "clash" (a value and members of one name), "deep"
    name  the pair or the name
    """

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"{kind}: {name}")
        self.kind = kind
        self.name = name


def pairs(text: str) -> Pairs:
    """Decoded (name, value) pairs in wire order. FormError: a pair without `=`, bytes that are not UTF-8."""
    found: Pairs = []
    for part in text.split("&") if text else ():
        name, equals, value = part.partition("=")
        if not equals:
            raise FormError("pair", part)
        found.append((_decoded(name), _decoded(value)))
    return found


def _decoded(text: str) -> str:
    try:
        return unquote_to_bytes(text.replace("+", " ").encode("utf-8", "surrogateescape")).decode()
    except UnicodeDecodeError:
        raise FormError("text", text) from None


def sent(wire: Wire) -> Pairs:
    """The pairs of a request: those of the query, and those of a form body. FormError as `pairs`."""
    found = pairs(wire.query)
    if wire.method == "POST" and content_type(wire) in (FORM, ""):
        try:
            body = wire.body.decode()
        except UnicodeDecodeError:
            raise FormError("text", "") from None
        found += pairs(body)
    return found


def names(wire: Wire) -> set[str]:
    """The names in query and body as they stand there, whatever else cannot be read; no JSON, no multipart."""
    text = wire.query
    if wire.method == "POST" and content_type(wire) not in ("application/json", "multipart/form-data"):
        text = f"{text}&{wire.body.decode('latin-1')}"
    return {pair.partition("=")[0] for pair in text.split("&")}


def content_type(wire: Wire) -> str:
    """The media type in lower case, without its parameters."""
    return (wire.header("content-type") or "").partition(";")[0].strip().lower()


def nested(flat: Pairs) -> Json:
    """Values by name, nested: `A.B.0.C` is member C of the first item of B in A. Values stay text.

    A node all of whose names are numbers is a list, in the order of the numbers. Empty values are absent: the Node
    client sends members that are undefined so (NODE). FormError: a name twice, or a value and members of one name.
    """
    root: Json = {}
    for name, value in flat:
        if value == "":
            continue
        *path, last = name.split(".")
        if len(path) > _DEEPEST:
            raise FormError("deep", name)
        node = root
        for segment in path:
            inner = node.setdefault(segment, {})
            if not isinstance(inner, dict):
                raise FormError("clash", name)
            node = inner
        if last in node:
            raise FormError("repeated" if isinstance(node[last], str) else "clash", name)
        node[last] = value
    return {name: _with_lists(value) for name, value in root.items()}


def _with_lists(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    inner = {name: _with_lists(value) for name, value in node.items()}
    if all(name.isascii() and name.isdigit() and len(name) < 10 for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner


def flattened(value: Any, name: str = "") -> Pairs:
    """The inverse of `nested`, numbers and booleans in JSON's spelling; what has no value is left out."""
    if isinstance(value, dict):
        return [pair for key, item in value.items() for pair in flattened(item, f"{name}.{key}" if name else key)]
    if isinstance(value, list):
        return [pair for index, item in enumerate(value) for pair in flattened(item, f"{name}.{index}")]
    if value is None:
        return []
    if isinstance(value, bool):
        return [(name, "true" if value else "false")]
    return [(name, str(value))]


def write(flat: Pairs) -> str:
    """Pairs as form text, a space as `+`, as the Python client does."""
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in flat)

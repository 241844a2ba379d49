"""JSON values to the XML that Alibaba Cloud answers with by default, and back.

Source: VD zh 服务端API/调用方式/返回结果; lists are the element repeated, without one around them.
"""

from __future__ import annotations

import re
from typing import Any
from xml.sax.saxutils import escape

from defusedxml import ElementTree

Json = dict[str, Any]
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
# What XML 1.0 cannot hold in any spelling; the rest is escaped.
_UNSPEAKABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Of the letters that XML 1.0 takes in names: readers disagree about most others.
_NOT_IN_NAME = re.compile(r"[^A-Za-z0-9_.\u4e00-\u9fa5-]")


def render(root: str, members: Json) -> bytes:
    """A document with one root and a member per element; None is left out."""
    return f"{DECLARATION}{_element(root, members)}".encode()


def _element(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "".join(_element(name, item) for item in value)
    inner = (
        "".join(_element(_name(key), item) for key, item in value.items()) if isinstance(value, dict) else _text(value)
    )
    return f"<{name}>{inner}</{name}>"


def _name(key: str) -> str:
    """A member's name as an element's; a template's Content may hold names that XML does not allow."""
    name = _NOT_IN_NAME.sub("_", key)
    return name if name[:1].isalpha() or name[:1] == "_" else f"_{name}"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    # A reader takes a bare carriage return for the end of a line and makes a newline of it.
    return escape(_UNSPEAKABLE.sub("\ufffd", str(value)), {"\r": "&#13;"})


def parse(document: bytes) -> tuple[str, Json]:
    """(name of the root, its members); all values are text, a repeated element is a list.

    ValueError: it is no XML document.
    """
    try:
        root = ElementTree.fromstring(document)
    except ElementTree.ParseError as problem:
        raise ValueError(str(problem)) from problem
    members = _members(root)
    return root.tag, members if isinstance(members, dict) else {}


def _members(element: Any) -> Any:
    if not len(element):
        return element.text or ""
    found: Json = {}
    for child in element:
        value = _members(child)
        if child.tag not in found:
            found[child.tag] = value
        elif isinstance(found[child.tag], list):
            found[child.tag].append(value)
        else:
            found[child.tag] = [found[child.tag], value]
    return found

"""Every contract file: it loads, nothing unknown slips in at any level, no key stands twice, facts have sources."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from functools import cache
from typing import Any

import pytest

from mockcloud.contract.form import OPERATION, PROVIDER, SERVICE, ContractError, check_form, check_schema
from mockcloud.contract.load import contracts_root, read_yaml

from .catalog import OPERATIONS, SERVICES

ROOT = contracts_root()
FILES = sorted(ROOT.rglob("*.yaml"))
FORMS = {"provider.yaml": PROVIDER, "service.yaml": SERVICE}
# Mappings whose keys are somebody else's names: what is under these is payload, or named by the contract itself.
FREE = {
    "call",
    "answer",
    "given",
    "place",
    "samples",
    "default",
    "enum",
    "says",
    "sources",
    "hosts",
    "output",
    "properties",
}
FREE |= {"fields", "kinds", "families", "limits", "options", "refusals", "roles"}


def name_of(path: Any) -> str:
    return path.relative_to(ROOT).with_suffix("").as_posix()


@cache
def document(path: Any) -> Any:
    """What a file says; whoever changes it leaves it as it was."""
    return read_yaml(path.read_text("utf-8"), name_of(path))


def refuses(path: Any, changed: Any) -> bool:
    """Whether a changed document is refused for its form."""
    try:
        check_form(changed, FORMS.get(path.name, OPERATION), "it")
        if path.name not in FORMS:
            check_schema({"type": "object", **(changed.get("input") or {})}, "input")
    except ContractError as problem:
        return "zzz-unknown" in problem.text
    return False


def places(value: Any, path: tuple[Any, ...] = ()) -> Any:
    """Where mappings stand whose keys the format names, as paths."""
    if isinstance(value, dict):
        if "by" in value and path[:1] == ("refusals",):
            return  # one answer for each value of a switch; `build` knows the values
        if not path or (path[-1] not in FREE and not {"cite", "error", "basis", "effect", "side"} & {path[-1]}):
            yield path
        for key, item in value.items():
            inside_payload = key in ("call", "answer", "given", "samples", "output", "says", "roles", "place")
            if not inside_payload:
                yield from places(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(item, (*path, index))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_file_is_in_form(path):
    found = document(path)
    assert not refuses(path, found)
    check_form(found, FORMS.get(path.name, OPERATION), name_of(path))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_unknown_key_is_refused_at_every_level(path):
    found = document(path)
    slipped = []
    for place in list(places(found)):
        inner = found
        for segment in place:
            inner = inner[segment]
        inner["zzz-unknown"] = "zzz-unknown"
        if not refuses(path, found):
            slipped.append(place)
        del inner["zzz-unknown"]
    assert slipped == []


def _deepest(value: Any) -> Any:
    """(depth, mapping) of the mapping that lies deepest; None where there is none."""
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    below = [found for found in map(_deepest, inner) if found is not None]
    if below:
        depth, mapping = max(below, key=lambda found: found[0])
        return depth + 1, mapping
    return (0, value) if isinstance(value, dict) and value else None


@pytest.mark.parametrize("path", FILES, ids=name_of)
@pytest.mark.parametrize("level", ["root", "deepest"])
def test_key_twice_is_refused(path, level):
    found = deepcopy(document(path))
    mapping = found if level == "root" else _deepest(found)[1]
    twice = next(iter(mapping))
    mapping["zzz-twice"] = 1
    text = json.dumps(found, ensure_ascii=False)  # YAML as well, and written in a tenth of the time
    with pytest.raises(ContractError, match=f"{re.escape(repr(twice))} stands twice"):
        read_yaml(text.replace('"zzz-twice"', json.dumps(twice)), "it")


def _cites(value: Any) -> Any:
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "cite":
                yield from item.values() if isinstance(item, dict) else [item]
            elif key not in ("call", "answer", "given", "samples"):
                yield from _cites(item)
    elif isinstance(value, list):
        for item in value:
            yield from _cites(item)


def _sources(path: Any) -> set[str]:
    folder = path.parent if path.name == "provider.yaml" else path.parent.parent
    tags = set(document(folder / "provider.yaml").get("sources", {}))
    return tags | (
        set() if path.name == "provider.yaml" else set(document(path.parent / "service.yaml").get("sources", {}))
    )


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_citation_begins_with_a_known_source(path):
    tags = _sources(path)
    parts = [part for cite in _cites(document(path)) for part in str(cite).split("; ")]
    assert [
        part for part in parts if not any(part == tag or part.startswith((f"{tag} ", f"{tag}:")) for tag in tags)
    ] == []


@pytest.mark.parametrize("path", [path for path in FILES if path.name not in FORMS], ids=name_of)
def test_sources_of_a_file_are_declared(path):
    assert set(document(path).get("sources", [])) <= _sources(path)


def _typed(value: Any) -> Any:
    if isinstance(value, dict):
        assert all(isinstance(key, str) for key in value)
        return all(map(_typed, value.values()))
    if isinstance(value, list):
        return all(map(_typed, value))
    return value is None or type(value) in (str, int, float, bool)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_values_are_those_of_json(path):
    assert _typed(document(path))


def test_file_is_named_after_its_operation():
    assert [operation.name for operation in OPERATIONS] == [
        path.stem
        for path in sorted(FILES, key=lambda path: (path.parent.parent.name, path.parent.name, path.stem))
        if path.name not in FORMS
    ]


def test_rule_ids_are_unique_over_all_services():
    ids = [rule.id for operation in OPERATIONS for rule in operation.rules]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.id)
def test_service_is_named_after_its_folders(service):
    assert (ROOT / service.provider / service.id.removeprefix(f"{service.provider}-") / "service.yaml").is_file()

"""A contract is a Service or a ContractError that says what is wrong, whatever somebody wrote into its files."""

from __future__ import annotations

from contextlib import suppress
from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mockcloud.contract.build import build_service
from mockcloud.contract.form import ContractError
from mockcloud.contract.load import contracts_root, read_yaml
from mockcloud.contract.validate import Validator
from tests import small
from tests.fuzz.effort import effort

Json = dict[str, Any]
FILES = sorted(contracts_root().glob("*/**/*.yaml"))
TEXTS = {path: path.read_text("utf-8") for path in FILES}
OPERATIONS = [path for path in FILES if path.name not in ("service.yaml", "provider.yaml")]


def document(path: Any) -> Json:
    return read_yaml(TEXTS[path], path.name)


DOCUMENTS = {path: document(path) for path in FILES}
BITS = [
    "- ",
    ": ",
    "{",
    "}",
    "[",
    "]",
    "&a ",
    "*a",
    "!!python/object ",
    "!x ",
    "|\n",
    "'",
    '"',
    "\t",
    "#",
    "---\n",
    "\n",
]
BITS += [
    "on",
    "null",
    "~",
    "1e9",
    ".inf",
    "0x10",
    "2019-08-10",
    "<<: ",
    "? ",
    "\x00",
    "\x85",
    "\ud800",
    "%YAML 9\n",
    "[" * 500,
]

values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2**64) | st.floats() | st.text(max_size=6)
    | st.sampled_from(["string", "integer", "object", "array", "(", "[a-", "x == ", "doc", "rule", "a.b[]", "{x}{x}"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


def tried(provider: Any, service: Any, operations: Any) -> None:
    """Build a service; when that works, its rules can be asked."""
    with suppress(ContractError):
        built = build_service(provider, service, operations)
        for operation in built.operations.values():
            Validator(operation, built)({})
            Validator(operation, built)(dict.fromkeys(operation.input.get("properties", {}), "1"), textual=True)


@effort(2)
@given(st.text(max_size=60) | st.lists(st.sampled_from(BITS) | st.text(max_size=3), max_size=12).map("".join))
def test_any_text_is_a_mapping_or_refused(text):
    with suppress(ContractError):
        assert isinstance(read_yaml(text, "any.yaml"), dict)


@effort(1)
@given(st.sampled_from(FILES), st.data())
def test_damaged_file_is_a_mapping_or_refused(path, data):
    text = TEXTS[path]
    place = data.draw(st.integers(0, len(text)))
    end = place + data.draw(st.integers(0, 20))
    with suppress(ContractError):
        assert isinstance(read_yaml(text[:place] + data.draw(st.sampled_from(BITS)) + text[end:], path.name), dict)


def places(value: Any) -> list[tuple[Any, Any]]:
    """(container, key) of everything in a document."""
    found = []
    for key in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        found += [(value, key), *places(value[key])]
    return found


@st.composite
def damaged(draw: Any, whole: Any) -> Any:
    """A document with a few things in it replaced, taken away, moved or added."""
    whole = deepcopy(whole)
    for _ in range(draw(st.integers(1, 2))):
        known = places(whole)
        container, key = draw(st.sampled_from(known))
        match draw(st.sampled_from(["value", "away", "moved", "more"])):
            case "value":
                container[key] = draw(values)
            case "away":
                del container[key]
            case "moved":
                other, place = draw(st.sampled_from(known))
                with suppress(LookupError):
                    container[key] = deepcopy(other[place])
            case _ if isinstance(container, dict):
                name = draw(st.sampled_from(known).map(lambda spot: spot[1]))
                container[name if isinstance(name, str) else "more"] = draw(values)
    return whole


@effort(5)
@given(damaged([small.PROVIDER, small.SERVICE, small.OPERATION]))
def test_damaged_documents_are_a_service_or_refused(documents):
    if len(documents) == 3:
        tried(documents[0], documents[1], {"Make": documents[2]})


@effort(1)
@given(st.sampled_from(OPERATIONS), st.data())
def test_damaged_contract_is_a_service_or_refused(path, data):
    provider, service = DOCUMENTS[path.parents[1] / "provider.yaml"], DOCUMENTS[path.parent / "service.yaml"]
    documents = data.draw(damaged([provider, service, DOCUMENTS[path]]))
    if len(documents) == 3:
        tried(documents[0], documents[1], {path.stem: documents[2]})

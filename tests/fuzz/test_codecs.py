"""What goes out comes back: composed calls through the decoders, answers through `unwrap`."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from mockcloud import providers
from mockcloud.check.strategies import requests_for
from mockcloud.contract.limits import value_types
from mockcloud.contract.spec import Operation
from mockcloud.contract.validate import Validator
from mockcloud.model import Call, Reply, WireReply
from mockcloud.providers.alibaba import xml
from tests.contract.catalog import CONTRACTS, OPERATIONS, service_of
from tests.fuzz.effort import effort
from tests.fuzz.wires import HOST, SCHEMES, SENDER

Json = dict[str, Any]
BY_ID = {operation.id: operation for operation in OPERATIONS}
every_operation = pytest.mark.parametrize("name", BY_ID)
SERVED = {name: providers.provider(name) for name in providers.NAMES}


def provider_of(operation: Operation) -> Any:
    return SERVED[service_of(operation).provider]


def without_empty(value: Any) -> Any:
    """What a query can say: a member that is empty text is absent there."""
    if isinstance(value, dict):
        return {name: without_empty(item) for name, item in value.items() if item not in ("", {}, [])}
    return [without_empty(item) for item in value] if isinstance(value, list) else value


@cache
def validator_of(name: str) -> Validator:
    return Validator(BY_ID[name], service_of(BY_ID[name]))


def decoded(operation: Operation, parameters: Json, scheme: str) -> Call:
    provider = provider_of(operation)
    wire = provider.compose(operation, parameters, replace(SENDER, scheme=scheme))
    call: Call = provider.open(wire, "request-id")
    assert next(name for name in providers.NAMES if SERVED[name].claims(wire)) == call.provider
    provider.decode(call, CONTRACTS.service)
    return call


@every_operation
@effort(0.03)
@given(data=st.data())
def test_decoding_is_the_inverse_of_composing(name, data):
    parameters, validator = data.draw(requests_for(name)), validator_of(name)
    operation = BY_ID[name]
    service = service_of(operation)
    for scheme in SCHEMES[service.provider]:
        call = decoded(operation, parameters, scheme)
        assert (call.service, call.operation, call.deferred) == (service.id, operation.name, None)
        if call.textual:
            here, there = validator(call.parameters, textual=True), validator(parameters)
            assert without_empty(here.parameters) == without_empty(there.parameters)
        else:
            assert call.parameters == parameters


# Answers.

TEXTS = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(["<&>", "]]>", "\r\n", "null", '"'])
PLAIN: dict[str, SearchStrategy[Any]] = {
    "string": TEXTS,
    "integer": st.integers(-(2**53), 2**53),
    "number": st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False),
    "boolean": st.booleans(),
    "null": st.none(),
}


def answers_of(schema: Json) -> SearchStrategy[Any]:
    """Values of the documented types; their limits do not matter to an envelope."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kinds = value_types(schema) or (("object",) if "properties" in schema else ("string",))
    return st.one_of(*(_of_type(kind, schema) for kind in kinds))


def _of_type(kind: str, schema: Json) -> SearchStrategy[Any]:
    if kind == "array":
        return st.lists(answers_of(schema.get("items", {})), max_size=2)
    if kind != "object":
        return PLAIN[kind]
    members = {name: answers_of(inner) for name, inner in schema.get("properties", {}).items()}
    needed = {name: members[name] for name in members if name in schema.get("required", ())}
    return st.fixed_dictionaries(needed, optional={name: members[name] for name in members if name not in needed})


def envelope(operation: Operation, form: str = "json") -> Call:
    """A call that an answer can be given to."""
    call = decoded(operation, {}, SCHEMES[service_of(operation).provider][0])
    call.format = form if call.provider == "alibaba" else call.format
    return call


@every_operation
@effort(0.03)
@given(data=st.data())
def test_unwrapping_is_the_inverse_of_encoding(name, data):
    operation = BY_ID[name]
    body = None if operation.output is None else data.draw(answers_of({"type": "object", **operation.output}))
    provider = provider_of(operation)
    reply = provider.encode(envelope(operation), Reply(body, operation.status))
    assert reply.status == operation.status
    found, error = provider.unwrap(reply)
    assert error is None
    assert found == body or (body is None and not found)


RPC = [operation.id for operation in OPERATIONS if service_of(operation).provider == "alibaba"]


def _can_be_told(char: str) -> bool:
    return char in "\t\n\r" or " " <= char <= "\ufffd" or char >= "\U00010000"


def as_xml_has_it(value: Any) -> Any:
    """A value as XML tells it: text alone, nothing for null and for empty lists, one item for a list of one."""
    if isinstance(value, dict):
        shown = {name: as_xml_has_it(item) for name, item in value.items()}
        return {name: item for name, item in shown.items() if item is not None} or ""
    if isinstance(value, list):
        items = [shown for item in value if (shown := as_xml_has_it(item)) is not None]
        return items if len(items) > 1 else items[0] if items else None
    if value is None or isinstance(value, str):
        return value and "".join(char if _can_be_told(char) else "\ufffd" for char in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


@effort(2)
@given(name=st.sampled_from(RPC), data=st.data())
def test_xml_tells_the_same_as_json(name, data):
    operation = BY_ID[name]
    body = data.draw(answers_of({"type": "object", **(operation.output or {})}))
    provider = provider_of(operation)
    reply: WireReply = provider.encode(envelope(operation, "xml"), Reply(body, operation.status))
    found, error = provider.unwrap(reply)
    assert error is None
    assert found == (as_xml_has_it(body) or {})


@effort(1)
@given(st.dictionaries(st.text(max_size=4), st.text(max_size=4) | st.dictionaries(st.text(max_size=4), st.integers())))
def test_any_object_is_well_formed_xml(content):
    assert xml.parse(xml.render("Root", {"Content": content}))[0] == "Root"


@pytest.mark.parametrize("name", providers.NAMES)
@effort(1)
@given(data=st.data(), message=TEXTS)
def test_every_documented_error_is_told_as_it_is(name, data, message):
    service = data.draw(st.sampled_from([service for service in CONTRACTS.services() if service.provider == name]))
    entry = data.draw(st.sampled_from(service.errors))
    operation = next(iter(service.operations.values()))
    call = envelope(operation)
    reply = SERVED[name].refuse(call, entry, message)
    assert reply.status == entry.status
    assert SERVED[name].unwrap(reply) == (None, (entry.code, message))
    assert HOST not in reply.body.decode() or name == "alibaba"  # HostId is documented there alone

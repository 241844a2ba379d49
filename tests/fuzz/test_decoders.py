"""Whatever arrives, a decoder gives a call or a documented refusal, and the engine answers in the provider's shape."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given

from mockcloud import providers
from mockcloud.gate import Gate
from mockcloud.model import Refusal, Wire
from mockcloud.pipeline import Engine
from tests.contract.catalog import CONTRACTS, START, engine
from tests.fuzz.effort import effort
from tests.fuzz.wires import damaged, wires


def raising(mode: str) -> Engine:
    """An engine whose own failures come out of `handle`: what it is handling when it reports one is raised anew."""

    def bug(where: str) -> None:
        raise

    mock = engine(auth=mode)
    mock.bug = bug
    return mock


ENGINES = {mode: raising(mode) for mode in ("strict", "lenient", "off")}


def read(name: str, wire: Wire) -> None:
    """Take a request through one provider's way in. Anything but a documented refusal comes out of here."""
    provider = providers.provider(name)
    assert provider.claims(wire) in (True, False)
    call = provider.open(wire, "request-id")
    assert call.service in CONTRACTS.ids()
    with suppress(Refusal):
        provider.decode(call, CONTRACTS.service)
    service = CONTRACTS.service(call.service)
    with suppress(Refusal):
        claim = provider.credentials(call, service)
        provider.verify(call, claim, service, Gate(wall=lambda: START))
    if call.deferred is not None:
        service.error(call.deferred.code, call.deferred.variant, call.operation)


@pytest.mark.parametrize("name", providers.NAMES)
@effort(2)
@given(wire=wires)
def test_any_request_is_read_or_refused(name, wire):
    read(name, wire)


@pytest.mark.parametrize("name", providers.NAMES)
@effort(2)
@given(wire=damaged())
def test_damaged_request_is_read_or_refused(name, wire):
    read(name, wire)


def answer(mode: str, wire: Wire) -> None:
    """Put a request through the whole engine and look at what comes out."""
    mock = ENGINES[mode]
    mock.reset()
    outcome = mock.handle(wire)
    if outcome.again is not None:  # nobody waits here: the last answer at once
        outcome = outcome.again(True)
    reply = outcome.reply
    assert 200 <= reply.status < 600
    assert "html" not in (reply.header("content-type") or "")
    (entry,) = mock.journal
    json.dumps(entry.as_json("now")).encode()
    if entry.service:
        _, error = providers.provider(CONTRACTS.service(entry.service).provider).unwrap(reply)
        assert reply.status < 400 or error is not None
    else:
        assert set(json.loads(reply.body)) == {"error", "hint"}


@pytest.mark.parametrize("mode", ENGINES)
@effort(2)
@given(wire=damaged())
def test_damaged_request_is_answered(mode, wire):
    answer(mode, wire)


@effort(3)
@given(wire=wires)
def test_any_request_is_answered(wire):
    answer("off", wire)

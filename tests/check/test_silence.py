"""TIMEOUT: calls wait for silence together; who is slow or out of place only in company is not accused."""

from __future__ import annotations

import threading
import warnings

import pytest

import mockcloud
from mockcloud.check.battery import Options, battery, offer_of, open_session, run_item
from mockcloud.check.catalog.silence import silences
from mockcloud.check.quiet import unwarned
from mockcloud.contract.load import Contracts
from mockcloud.gate import TOKEN

from .gifs import Mended, MendedClient

CONTRACTS = Contracts()
TITLE = "the call does not end in time and cleanly when the provider is silent"
FIRST_COME = threading.Lock()


class OneAtATime(MendedClient):
    """All clients of a process share one connection."""

    def create(self, key, start_ms, end_ms):
        with FIRST_COME:
            return super().create(key, start_ms, end_ms)


class Shares(Mended):
    """Gives up after a second, or after two when another waits."""

    client_class = OneAtATime
    gives_up_within = 0.7

    def connect(self, cloud):
        return self.client_class(cloud.url, cloud.project_id, cloud.token, timeout=1.0)


class FirstAccount(Mended):
    """Asks with a token of its own, whatever it is given."""

    def connect(self, cloud):
        return self.client_class(cloud.url, cloud.project_id, TOKEN, timeout=0.5)


class Endless(Mended):
    """Waits for ever."""

    gives_up_within = 0.2

    def connect(self, cloud):
        return self.client_class(cloud.url, cloud.project_id, cloud.token, timeout=None)


class EndlessOnFirstAccount(Endless):
    def connect(self, cloud):
        return self.client_class(cloud.url, cloud.project_id, TOKEN, timeout=None)


@pytest.fixture(scope="module")
def cloud():
    with mockcloud.start() as running:
        yield running


def result_of(adapter, cloud):
    options = Options(checks=("TIMEOUT",))
    offer = offer_of(adapter, CONTRACTS)
    [item] = battery(offer, options)
    with open_session(offer, cloud, options).open() as session:
        return run_item(session, item, options)


@pytest.mark.parametrize("adapter", [Mended, FirstAccount, Shares])
def test_who_gives_up_is_left_alone(cloud, adapter):
    result = result_of(adapter, cloud)

    assert (result.word, result.findings, result.judged) == ("ok", [], 2)


@pytest.mark.parametrize("adapter", [Endless, EndlessOnFirstAccount])
def test_who_does_not_is_found(cloud, adapter):
    [finding] = result_of(adapter, cloud).findings

    assert finding.title == TITLE
    assert [case.label for case in finding.cases] == ["silence", "silence in the body"]
    assert finding.tried == 2


def test_accounts_beside_are_seen_by_nobody_else(cloud):
    offer = offer_of(Mended, CONTRACTS)
    with open_session(offer, cloud, Options()).open() as session, session.beside("a").open() as beside:
        session.fresh()
        beside.fresh()
        assert beside.ask("create", {"input": {}, "output_param": {"start": 0, "end": 1}}).all
        assert session.requests() == ()
        assert (session.cloud.access_key_id, beside.cloud.access_key_id) == ("mockcloud", "mockcloud-a")


def test_accounts_beside_those_of_others(cloud):
    offer = offer_of(Mended, CONTRACTS)
    with open_session(offer, cloud.account("mine"), Options()).open() as session:
        assert session.beside("a").cloud.access_key_id == "mockcloud-mine-a"


def test_every_method_but_waiting_is_tried():
    from tests.clients.tencent_vod.adapter import Correct

    names = {silence.asking.name for silence in silences(offer_of(Correct, CONTRACTS))}

    assert {"create", "query", "list"} <= names
    assert "wait" not in names


def test_warnings_are_back_when_the_last_thread_has_left():
    before = list(warnings.filters)
    inside, leave = threading.Event(), threading.Event()

    def stay():
        with unwarned():
            inside.set()
            leave.wait(10)

    other = threading.Thread(target=stay)
    with unwarned():
        other.start()
        inside.wait(10)
    with warnings.catch_warnings(record=True) as heard:
        warnings.warn("nobody hears this", stacklevel=1)
    leave.set()
    other.join()

    assert heard == []
    assert list(warnings.filters) == before

"""Strategies for requests: what is read for them."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from mockcloud.check import strategies
from mockcloud.contract import load
from mockcloud.contract.expression import ABSENT
from mockcloud.contract.load import Contracts


def test_service_is_read_once_for_all_its_operations(monkeypatch):
    read, real = [], Contracts._read
    monkeypatch.setattr(Contracts, "_read", lambda self, folder: read.append(folder) or real(self, folder))
    monkeypatch.setattr(load, "_shipped", {})  # what other tests have had read
    strategies._plan.cache_clear()
    for operation in ("createThumbnailTask", "listThumbnailTask"):
        strategies.requests_for(f"jdcloud-mps.{operation}")
    assert len(read) == 1


CONTRACTS = Contracts()
OPERATIONS = [f"{name}.{operation}" for name in CONTRACTS.ids() for operation in CONTRACTS.service(name).operations]
# The default health checks stay on but for speed, which is the machine's: nothing is to be thrown away.
FEW = settings(max_examples=15, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("kind", strategies.KINDS)
@pytest.mark.parametrize("name", OPERATIONS)
def test_drawn_requests_break_nothing(name, kind):
    maker = strategies._plan(name)._maker

    @FEW
    @given(strategies.requests_for(name, kind))
    def holds(request):
        assert maker.broken(request) == frozenset()

    holds()


def simplest(name, wanted):
    found = []

    @settings(FEW, max_examples=2000)
    @given(strategies.requests_for(name))
    def is_not_there(request):
        if wanted(request):
            found.append(request)
            raise LookupError

    with pytest.raises(LookupError):
        is_not_there()
    return found[-1]


@pytest.mark.parametrize(
    ("wanted", "changed"),
    [
        (lambda p: len(p.get("user_data", "")) > 9, {"user_data": 10 * "0"}),
        (lambda p: "user_data" not in p, {"user_data": ABSENT}),
        (lambda p: p.get("tar") == 0, {"tar": 0}),
    ],
)
def test_what_is_found_differs_from_the_base_by_what_matters(wanted, changed):
    base = strategies._plan("huawei-mpc.CreateThumbnailsTask")._maker.base
    wanted_request = {**base, **changed}
    least = {name: value for name, value in wanted_request.items() if value is not ABSENT}
    assert simplest("huawei-mpc.CreateThumbnailsTask", wanted) == least

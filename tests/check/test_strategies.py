"""Strategies for requests: what is read for them."""

from __future__ import annotations

from mockcloud.check import strategies
from mockcloud.contract import load
from mockcloud.contract.load import Contracts


def test_service_is_read_once_for_all_its_operations(monkeypatch):
    read, real = [], Contracts._read
    monkeypatch.setattr(Contracts, "_read", lambda self, folder: read.append(folder) or real(self, folder))
    monkeypatch.setattr(load, "_shipped", {})  # what other tests have had read
    strategies._plan.cache_clear()
    for operation in ("createThumbnailTask", "listThumbnailTask"):
        strategies.requests_for(f"jdcloud-mps.{operation}")
    assert len(read) == 1

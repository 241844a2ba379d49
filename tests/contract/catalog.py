"""All contracts, loaded once, for parametrising."""

from __future__ import annotations

from mockcloud.clock import Clock
from mockcloud.contract.load import Contracts
from mockcloud.contract.spec import Operation, Service
from mockcloud.pipeline import Engine
from mockcloud.state import Settings

CONTRACTS = Contracts()
SERVICES: list[Service] = list(CONTRACTS.services())
OPERATIONS: list[Operation] = [operation for service in SERVICES for operation in service.operations.values()]

START = 1_767_323_045.0  # 2026-01-02T03:04:05Z


def engine(**settings: object) -> Engine:
    """A fresh engine at a fixed wall time."""
    return Engine(Settings(**settings), CONTRACTS, Clock(lambda: START))  # type: ignore[arg-type]


def service_of(operation: Operation) -> Service:
    return CONTRACTS.service(operation.service)

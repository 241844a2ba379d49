"""Every error code can be had, with its documented status, code and message."""

from __future__ import annotations

import pytest

from mockcloud.check.caller import Caller
from mockcloud.pipeline import worded

from .catalog import OPERATIONS, SERVICES, engine, service_of

ROWS = [(service, entry) for service in SERVICES for entry in service.errors]
PER_OPERATION = [(operation, code) for operation in OPERATIONS for code in operation.errors]


def _first_operation(service):
    return next(operation for operation in service.operations.values() if not operation.group)


@pytest.mark.parametrize(("service", "entry"), ROWS, ids=[f"{s.id}-{e.code}-{e.variant}" for s, e in ROWS])
def test_row_of_an_error_table_is_reachable(service, entry):
    operation = _first_operation(service)
    caller = Caller(engine())
    error = f"{entry.code}/{entry.variant}" if entry.variant else entry.code
    caller.engine.faults.add(service.id, operation.name, error, args=["Wanted"])

    answered = caller.call(operation, operation.examples[0].get("call", {}))

    told = service.error(entry.code, entry.variant, operation.name)
    assert answered.error == (entry.code, worded(told, ("Wanted",), service, operation.name))
    assert "%s" not in answered.error[1]


@pytest.mark.parametrize(("operation", "code"), PER_OPERATION, ids=[f"{o.id}-{c}" for o, c in PER_OPERATION])
def test_code_of_an_operation_is_reachable(operation, code):
    caller = Caller(engine())
    caller.engine.faults.add(operation.service, operation.name, code)

    answered = caller.call(operation, operation.examples[0].get("call", {}))

    entry = service_of(operation).error(code, "", operation.name)
    assert answered.error == (code, worded(entry, (), service_of(operation), operation.name))

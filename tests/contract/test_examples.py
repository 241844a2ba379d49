"""Every documented example is accepted, and every answer has the documented shape."""

from __future__ import annotations

import pytest

from mockcloud.check.caller import Caller
from mockcloud.check.shapes import misfits

from .catalog import OPERATIONS, engine, service_of

EXAMPLES = [(operation, example) for operation in OPERATIONS for example in operation.examples]
IDS = [f"{operation.id}-{example['name']}" for operation, example in EXAMPLES]


@pytest.mark.parametrize(("operation", "example"), EXAMPLES, ids=IDS)
def test_example_is_answered_as_documented(operation, example):
    caller = Caller(engine())
    caller.prepare(service_of(operation), example.get("given", ()))

    answered = caller.call(operation, caller.filled(example.get("call", {})), caller.filled(example.get("place")))

    expected = example["error"]["code"] if "error" in example else None
    assert (answered.error or (None, ""))[0] == expected, answered.reply.body
    assert caller.engine.bugs == 0
    if expected is None:
        assert misfits(operation.output, answered.body) == []
        assert answered.reply.status == operation.status


@pytest.mark.parametrize(("operation", "example"), EXAMPLES, ids=IDS)
def test_documented_answer_fits_the_output_shape(operation, example):
    if "answer" in example:
        assert misfits(operation.output, example["answer"]) == []


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_operation_has_an_example_that_succeeds(operation):
    assert any("error" not in example for example in operation.examples)

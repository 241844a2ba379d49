"""Errors that depend on a switch of the contract."""

from __future__ import annotations

import pytest

from mockcloud.check.caller import Caller
from mockcloud.clock import Clock
from mockcloud.contract.load import Contracts
from mockcloud.pipeline import Engine
from mockcloud.state import Settings

from .catalog import START

WIDE = {"source": {"bucket": "b", "key": "k"}, "target": {"destBucket": "d", "widthInPixel": 4097}}


@pytest.mark.parametrize("code", ["INVALID_ARGUMENT", "OUT_OF_RANGE"])
def test_number_outside_its_range_is_answered_as_the_switch_says(code):
    options = {"jdcloud-mps.range-error": code}
    engine = Engine(Settings(options=options), clock=Clock(lambda: START))
    operation = engine.contracts.service("jdcloud-mps").operations["createThumbnailTask"]

    answered = Caller(engine).call(operation, WIDE)

    assert answered.reply.status == 400
    assert answered.error[0] == code
    assert "widthInPixel" in answered.error[1]


def test_switch_in_force_is_the_documented_default():
    answer = Contracts().service("jdcloud-mps").refusals["range"]

    assert answer.code == "INVALID_ARGUMENT"

"""Every rule has inputs on both sides of its edge, and the server judges each of them as the contract says."""

from __future__ import annotations

import pytest

from mockcloud.check.caller import Caller, is_textual
from mockcloud.check.points import PointMaker
from mockcloud.contract.validate import answer_for

from .catalog import OPERATIONS, engine, service_of

FULL = [operation for operation in OPERATIONS if operation.depth == "full"]
POINTS = {
    operation.id: PointMaker(
        operation, service_of(operation), textual=is_textual(operation, service_of(operation))
    ).points()
    for operation in FULL
}
RULES = [(operation, rule) for operation in FULL for rule in operation.rules]
IDS = [rule.id for _, rule in RULES]


def _points(operation, rule):
    return [point for point in POINTS[operation.id] if point.rule == rule.id]


def _can_break(operation, rule):
    """On a wire that has only text, no text has the wrong type."""
    if rule.kind != "type" or not set(rule.limits["types"]) & {"string", "array"} or rule.limits["text"]:
        return True
    return not is_textual(operation, service_of(operation))


@pytest.mark.parametrize(("operation", "rule"), RULES, ids=IDS)
def test_rule_has_points_on_both_sides(operation, rule):
    polarities = {point.polarity for point in _points(operation, rule)}

    assert polarities == ({"valid", "invalid"} if _can_break(operation, rule) else {"valid"})


@pytest.fixture(scope="module")
def shared():
    """One engine for all points, each of which begins with a reset: its validators are made once."""
    return engine()


@pytest.mark.parametrize(("operation", "rule"), RULES, ids=IDS)
def test_points_are_judged_as_they_say(shared, operation, rule):
    caller = Caller(shared)
    for point in _points(operation, rule):
        caller.engine.reset()
        caller.prepare(service_of(operation), point.given)

        answered = caller.call(operation, caller.filled(point.parameters), caller.filled(point.place))

        *_, entry = caller.engine.journal
        assert caller.engine.bugs == 0, str(point)
        assert _client_rules(operation, entry) == _client_only(operation, point.breaks), str(point)
        _assert_answer(operation, rule, point, answered, entry)


def _client_rules(operation, entry):
    return _client_only(operation, {found.rule for found in entry.violations})


def _client_only(operation, ids):
    sides = {rule.id: rule.side for rule in operation.rules}
    return {rule_id for rule_id in ids if sides[rule_id] == "client"}


def _assert_answer(operation, rule, point, answered, entry):
    effects = {found.id: found for found in operation.rules}
    refusing = [effects[rule_id] for rule_id in point.breaks if effects[rule_id].effect == "reject"]
    if refusing:
        codes = {answer_for(broken, service_of(operation)).code for broken in refusing}
        assert answered.error is not None, f"{point}: accepted"
        assert answered.error[0] in codes, str(point)
        assert entry.reason in point.breaks, str(point)
    elif rule.side == "server":
        assert entry.reason != rule.id, str(point)

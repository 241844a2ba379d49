"""What counts as exercised: inputs that were judged, and what the journal shows."""

from __future__ import annotations

import pytest

import mockcloud
from mockcloud.check.battery import Options, battery, offer_of, open_session, run
from mockcloud.check.catalog.errors import codes_of
from mockcloud.check.coverage import Coverage
from mockcloud.check.possible import transitions
from mockcloud.check.saying import said
from mockcloud.contract.load import Contracts
from tests.clients.huawei_mpc.adapter import Correct

from .gifs import Gifs, Mended, OnlySeconds

CONTRACTS = Contracts()
MPC = CONTRACTS.service("huawei-mpc")
CREATE = "CreateAnimatedGraphicsTask"
SPAN = f"huawei-mpc.{CREATE}.span-60s"


@pytest.fixture(scope="module")
def cloud():
    with mockcloud.start() as running:
        yield running


def covered(adapter, cloud, **options):
    offer, chosen = offer_of(adapter, CONTRACTS), Options(max_examples=0, **options)
    coverage = Coverage(offer.service, offer)
    with open_session(offer, cloud, chosen).open() as session:
        coverage.watch(session)
        list(run(session, battery(offer, chosen), chosen))
        coverage.notes(session.notes)
    coverage.settle()
    return coverage.tally


def counts(tally, *names):
    told = tally.as_json()["metrics"]
    return {name: (told[name]["done"], told[name]["possible"]) for name in names}


# By an adapter's battery.


def test_nothing_is_done_before_anything_was_tried():
    offer = offer_of(Correct, CONTRACTS)
    told = Coverage(offer.service, offer).tally.as_json()
    assert {metric["done"] for metric in told["metrics"].values()} == {0}
    assert all(metric["possible"] for metric in told["metrics"].values())


def test_both_sides_of_every_rule_are_counted_by_point(cloud):
    tally = covered(Mended, cloud, checks=("RULE-INVALID", "RULE-VALID"))
    assert counts(tally, "rules_valid", "rules_invalid", "points", "independent") == {
        "rules_valid": (5, 5),
        "rules_invalid": (5, 5),
        "points": (35, 35),
        "independent": (5, 5),
    }


def test_one_side_says_nothing_of_the_other(cloud):
    tally = covered(Mended, cloud, checks=("RULE-VALID",))
    assert counts(tally, "rules_valid", "rules_invalid", "independent") == {
        "rules_valid": (5, 5),
        "rules_invalid": (0, 5),
        "independent": (0, 5),
    }


def test_allowed_point_that_fails_covers_no_rule(cloud):
    class TooStrict(Mended):
        def create(self, client, p):
            if p.get("output_param", {}).get("end", 0) >= 59_999:
                raise ValueError("too long")
            return super().create(client, p)

    tally = covered(TooStrict, cloud, checks=("RULE-VALID",))
    assert tally.metrics["rules_valid"].missing == {SPAN}
    assert all(".invalid." in name for name in tally.metrics["points"].missing)


def test_forbidden_point_counts_whatever_the_client_does(cloud):
    tally = covered(Gifs, cloud, checks=("RULE-INVALID",))
    assert counts(tally, "rules_invalid") == {"rules_invalid": (5, 5)}


def test_what_the_interface_cannot_express_is_in_no_metric(cloud):
    tally = covered(OnlySeconds, cloud, checks=("RULE-INVALID", "RULE-VALID"))
    metric = tally.as_json()["metrics"]["points"]
    assert metric["unreachable"] > 10
    assert metric["done"] == metric["possible"] == 35 - metric["unreachable"]
    assert f"huawei-mpc.{CREATE}.output_param.end.range" not in tally.metrics["rules_invalid"].possible
    assert not tally.metrics["rules_valid"].missing | tally.metrics["rules_invalid"].missing


def test_codes_count_when_they_were_injected_and_judged(cloud):
    tally = covered(Mended, cloud, checks=("ERR-MAP",))
    known = {f"{CREATE} {entry.code}" for entry in codes_of(MPC.operations[CREATE], MPC)}
    assert tally.metrics["codes"].possible == tally.metrics["codes"].done == known


def test_pairs_are_those_that_the_adapter_offers(cloud):
    tally = covered(Mended, cloud, checks=("FAITHFUL",))
    pairs = tally.metrics["pairs"]
    assert pairs.possible
    assert not pairs.missing
    assert all("output_param.start=" in name and "output_param.end=" in name for name in pairs.possible)


def test_faults_are_those_that_are_tried(cloud):
    tally = covered(Mended, cloud, checks=("GARBAGE", "TIMEOUT", "LOST-ANSWER"))
    assert not tally.metrics["faults"].missing
    assert f"{CREATE} garbage html-502" in tally.metrics["faults"].possible
    assert f"{CREATE} wire.hang" in tally.metrics["faults"].possible


def test_adapter_without_reading_roles_is_shown_no_states():
    offer = offer_of(Mended, CONTRACTS)
    metrics = Coverage(offer.service, offer).tally.as_json()["metrics"]
    assert not {"states", "transitions"} & metrics.keys()


def test_states_and_their_order_are_read_from_answers(cloud):
    tally = covered(Correct, cloud, checks=("WAIT-FINAL",))
    family = MPC.families["animated-graphics"]
    assert tally.metrics["states"].possible == {str(word) for word in family.words()}
    assert {"SUCCEED", "FAILED", "CANCELED"} <= tally.metrics["states"].done


def test_pages_and_ids_of_a_list_are_the_clients_own_business():
    offer = offer_of(Correct, CONTRACTS)
    known = Coverage(offer.service, offer).tally.metrics["parameters"].possible
    named = {name.split()[1].partition("=")[0] for name in known if name.startswith("ListAnimatedGraphicsTask ")}
    assert named == {"task_id", "status", "start_time", "end_time"}


def test_transitions_follow_the_documented_life():
    assert transitions(MPC.families["animated-graphics"]) == [
        "INIT > WAITING",
        "WAITING > PROCESSING",
        "PROCESSING > SUCCEED",
        "INIT > FAILED",
        "WAITING > FAILED",
        "PROCESSING > FAILED",
        "INIT > CANCELED",
        "WAITING > CANCELED",
    ]


# By any traffic.


def record(operation, parameters, response=None, *, reason="", violations=(), number=1):
    return {
        "id": number,
        "service": "huawei-mpc",
        "operation": operation,
        "parameters": parameters,
        "response": response or {},
        "status": 400 if reason else 200,
        "reason": reason,
        "violations": [{"rule": rule, "effect": "reject"} for rule in violations],
    }


def gif(start, end, **more):
    return {"output_param": {"format": "gif", "width": 320, "height": 180, "start": start, "end": end, **more}}


def heard(*records):
    coverage = Coverage(MPC)
    for one in records:
        coverage.record(one)
    return coverage.tally


@pytest.mark.parametrize(("start", "end"), [(0, 60_000), (500, 60_500), (7, 60_006)])
def test_accepted_request_at_an_edge_covers_the_rule(start, end):
    assert SPAN in heard(record(CREATE, gif(start, end), {"task_id": "1"})).metrics["rules_valid"].done


@pytest.mark.parametrize(("start", "end"), [(0, 59_998), (0, 1), (0, 60_001)])
def test_accepted_request_away_from_the_edge_covers_nothing(start, end):
    assert SPAN not in heard(record(CREATE, gif(start, end), {"task_id": "1"})).metrics["rules_valid"].done


def test_edge_of_a_range_is_its_ends_and_their_neighbours():
    rule = f"huawei-mpc.{CREATE}.output_param.frame_rate.range"

    def is_covered(rate):
        return rule in heard(record(CREATE, gif(0, 1, frame_rate=rate))).metrics["rules_valid"].done

    assert [rate for rate in (1, 2, 15, 74, 75) if is_covered(rate)] == [1, 2, 74, 75]


def test_refused_request_covers_the_rule_that_it_breaks():
    tally = heard(record(CREATE, gif(0, 60_001), reason=SPAN, violations=[SPAN]))
    assert tally.metrics["rules_invalid"].done == {SPAN}
    assert not tally.metrics["rules_valid"].done


def test_only_operations_that_were_called_are_measured():
    tally = heard(record(CREATE, gif(0, 1)))
    assert tally.metrics["operations"].missing == {*MPC.operations} - {CREATE}
    assert {rule.split(".")[1] for rule in tally.metrics["rules_valid"].possible} == {CREATE}


def test_code_of_an_answer_counts():
    refused = {"error_code": "MPC.10202", "error_msg": "Invalid request parameter."}
    tally = heard(record(CREATE, gif(0, 60_001), refused, reason=SPAN))
    assert tally.metrics["codes"].done == {f"{CREATE} MPC.10202"}


def listed(*tasks):
    return {"total": len(tasks), "tasks": [{"task_id": "1", "status": word, **more} for word, more in tasks]}


def test_states_in_a_row_are_a_transition():
    name = "ListAnimatedGraphicsTask"
    tally = heard(
        record(name, {}, listed(("INIT", {}))),
        record(name, {}, listed(("WAITING", {})), number=2),
        record(name, {}, listed(("WAITING", {})), number=3),
        record(name, {}, listed(("PROCESSING", {})), number=4),
    )
    assert tally.metrics["states"].done == {"INIT", "WAITING", "PROCESSING"}
    assert tally.metrics["transitions"].done == {"INIT > WAITING", "WAITING > PROCESSING"}


def test_reset_ends_the_life_of_a_task():
    coverage = Coverage(MPC)
    coverage.record(record("ListAnimatedGraphicsTask", {}, listed(("INIT", {}))))
    coverage.begin()
    coverage.record(record("ListAnimatedGraphicsTask", {}, listed(("WAITING", {})), number=2))
    assert not coverage.tally.metrics["transitions"].done


def test_member_is_varied_when_it_was_two_things():
    name = "ListAnimatedGraphicsTask"
    once = heard(record(name, {}, listed(("INIT", {"task_id": "1"}))))
    twice = heard(record(name, {}, listed(("INIT", {"task_id": "1"}), ("INIT", {"task_id": 1}))))
    known = f"{name} tasks.task_id varied"
    assert known in once.metrics["members"].possible
    assert (known in once.metrics["members"].done, known in twice.metrics["members"].done) == (False, True)


def test_operation_that_nobody_serves_counts_for_nothing():
    assert not heard(record("Nonsense", {})).metrics["operations"].done


# Names.


def test_names_of_a_request_reach_into_lists_and_json_texts():
    schema = {
        "properties": {
            "a": {"type": "array", "items": {"properties": {"b": {"enum": [1, 2]}, "c": {}}}},
            "d": {"contentSchema": {"properties": {"e": {"type": "boolean"}}}},
            "f": {},
        }
    }
    assert set(said(schema, {"a": [{"b": 1}, {"b": 2}], "d": '{"e": true}', "f": None})) == {
        *("a sent", "a[].b sent", "a[].b=1", "a[].b=2", "a[].c omitted"),
        *("d sent", "d.e sent", "d.e=True", "f omitted"),
    }

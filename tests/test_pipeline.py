"""The way of a request through the engine, in process: routing, accounts, faults, failures of ours, time, resets."""

from __future__ import annotations

import logging

import orjson
import pytest

from mockcloud import providers
from mockcloud.check.caller import Caller
from mockcloud.clock import Clock
from mockcloud.contract.spec import ErrorEntry
from mockcloud.model import Refusal, Reply, Wire
from mockcloud.pipeline import Engine, shown, stamp, worded
from mockcloud.state import Settings

from .contract.catalog import CONTRACTS, SERVICES, START
from .sockets import CREATE, LIST, TASK, composed

GIF = CONTRACTS.service("huawei-mpc")


class Wall:
    now = START

    def __call__(self):
        return self.now


@pytest.fixture
def wall():
    return Wall()


@pytest.fixture
def engine(wall):
    return Engine(Settings(), CONTRACTS, Clock(wall))


def call(engine, operation=CREATE, parameters=TASK, account="mockcloud", **more):
    return Caller(engine, account).call(operation, parameters, **more)


def last(engine):
    return list(engine.journal)[-1]


# Routing


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.id)
def test_request_is_told_by_what_is_on_the_wire(engine, service):
    operation = next(iter(service.operations.values()))
    assert last_of(engine, composed(operation, operation.examples[0].get("call", {}), 4580)).service == service.id


def last_of(engine, wire):
    engine.handle(wire)
    return last(engine)


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.id)
def test_host_of_a_provider_decides_first(engine, service):
    host = service.hosts[0].replace("*", "cn-north-1")
    found = last_of(engine, Wire("GET", "/nowhere", "", (("Host", host),), b""))
    assert found.service.partition("-")[0] == service.provider


@pytest.mark.parametrize(
    "host", ["127.0.0.1:4580", "[::1]:4580", "localhost", "mockcloud", "example.com", "", "::", ":"]
)
def test_host_of_nobody_decides_nothing(engine, host):
    outcome = engine.handle(Wire("GET", "/nowhere", "", (("Host", host),), b""))
    assert (outcome.reply.status, last(engine).reason) == (404, "unrouted")


def test_request_of_no_service_is_told_the_nearest(engine):
    body = orjson.loads(engine.handle(Wire("POST", "/v9/p/animated-graphics", "", (("Host", "h"),), b"")).reply.body)
    assert "POST /v1/{project_id}/animated-graphics" in body["error"]
    assert engine.unrouted == 1


# Accounts


def test_big_requests_are_bounded_by_their_bytes(wall):
    engine = Engine(Settings(most_state_bytes=150_000), CONTRACTS, Clock(wall))
    big = {**TASK, "output": {**TASK["output"], "object": "x" * 40_000}}
    for account in ("mockcloud-a", "mockcloud-b", "mockcloud-b", "mockcloud-b"):
        assert call(engine, parameters=big, account=account).error is None
    kept = {account.name: len(account.service(GIF).tasks) for account in engine.world.accounts()}
    assert (kept["mockcloud-b"], "mockcloud-a" in kept, engine.world.accounts_dropped) == (3, False, 1)


def test_accounts_are_apart(engine):
    call(engine, account="mockcloud-a")
    assert [len(account.service(GIF).tasks) for account in map(engine.world.account, ("mockcloud", "mockcloud-a"))] == [
        0,
        1,
    ]


def test_request_without_valid_credentials_belongs_to_the_first_account(engine):
    wire = composed(CREATE, TASK, 4580)
    headers = tuple((name, value.replace("Access=mockcloud", "Access=AKIDxyz")) for name, value in wire.headers)
    engine.handle(Wire(wire.method, wire.path, wire.query, headers, wire.body))
    entry = last(engine)
    assert (entry.account, entry.status >= 400) == ("mockcloud", True)
    assert "AKIDxyz" not in entry.detail + entry.response + repr(entry.headers)


@pytest.mark.parametrize(("mode", "status"), [("strict", 401), ("lenient", 200), ("off", 200)])
def test_wrong_signature_matters_in_the_strict_mode_only(wall, mode, status):
    engine = Engine(Settings(auth=mode), CONTRACTS, Clock(wall))
    wall.now = 1_767_323_045.0
    wire = composed(CREATE, TASK, 4580)
    headers = tuple((name, value + "0" if name == "Authorization" else value) for name, value in wire.headers)
    assert engine.handle(Wire(wire.method, wire.path, wire.query, headers, wire.body)).reply.status == status


@pytest.mark.parametrize(("mode", "account"), [("lenient", "mockcloud-a"), ("off", "mockcloud")])
def test_account_where_nothing_is_verified(wall, mode, account):
    engine = Engine(Settings(auth=mode), CONTRACTS, Clock(wall))
    call(engine, account="mockcloud-a")
    assert last(engine).account == account


def test_wrong_signature_is_diagnosed_without_secrets(engine, caplog):
    wire = Caller(engine)
    operation = CONTRACTS.service("alibaba-multimediaai").operations["ListTasks"]
    sender = providers.Sender("127.0.0.1:4580", "mockcloud", "wrong-secret", START, "n1")
    signed = providers.provider("alibaba").compose(operation, {"PageNumber": 1, "PageSize": 10}, sender)
    assert wire.engine.handle(signed).reply.status == 400
    entry = last(engine)
    assert set(entry.diagnosis) == {"ours", "theirs", "difference"}
    assert "ListTasks" in entry.diagnosis["ours"]
    assert "signature:" in caplog.text
    assert "mockcloud-secret" not in caplog.text + repr(entry)


# What goes into the journal and the log


def test_refusal_is_one_line_in_the_log_with_rule_and_citation(engine, caplog):
    call(engine, parameters={**TASK, "output_param": {**TASK["output_param"], "end": 60_001}})
    line = caplog.records[-1].getMessage()
    assert "huawei-mpc.CreateAnimatedGraphicsTask refused with MPC." in line
    assert "span" in line
    assert "seed 002" in line


def test_log_has_no_line_that_a_caller_made_up(engine, caplog):
    engine.handle(Wire("GET", "/", "Action=a%0aERROR+forged&Version=2017-03-21", (("Host", "h"),), b""))
    assert all("\n" not in record.getMessage() for record in caplog.records)


def test_quiet_log_costs_no_words(engine, caplog):
    caplog.set_level(logging.ERROR, "mockcloud")
    assert call(engine, parameters={}).error is not None
    assert caplog.records == []


def test_request_id_of_the_answer_is_that_of_the_journal(engine):
    reply = call(engine).reply
    assert last(engine).request_id == reply.header("X-Request-Id")


def test_same_seed_gives_the_same_answers(wall):
    def answers():
        engine = Engine(Settings(seed=3), CONTRACTS, Clock(wall))
        return [(call(engine).reply, call(engine, LIST, {}).reply) for _ in range(3)]

    assert answers() == answers()


# Faults


def test_fault_is_answered_as_documented_and_noted(engine):
    engine.faults.add("huawei-mpc", CREATE.name, "MPC.10202")
    answered = call(engine)
    assert (answered.error[0], last(engine).reason, last(engine).fault) == ("MPC.10202", "fault", "MPC.10202")


def test_fault_hits_only_after_authentication(engine):
    engine.faults.add("huawei-mpc", CREATE.name, "MPC.10202")
    engine.handle(Wire("POST", "/v1/p/animated-graphics", "", (("Host", "h"),), b"{}"))
    assert len(engine.faults) == 1


def test_wire_fault_is_handed_to_the_server(engine):
    engine.faults.add("huawei-mpc", CREATE.name, "wire.close")
    outcome = engine.handle(composed_now(engine))
    assert (outcome.fault.error, len(engine.world.account("mockcloud").service(GIF).tasks)) == ("wire.close", 0)


def composed_now(engine, operation=CREATE, parameters=TASK, nonce="n"):
    sender = providers.Sender("127.0.0.1:4580", "mockcloud", "mockcloud-secret", engine.clock.wall(), nonce)
    return providers.provider(CONTRACTS.service(operation.service).provider).compose(operation, parameters, sender)


# Failures of ours


def behaving(monkeypatch, work):
    monkeypatch.setattr(providers, "behaviour", lambda *_: work)


def test_failure_of_ours_is_the_internal_error_of_the_provider(engine, monkeypatch, caplog):
    behaving(monkeypatch, lambda call, state: 1 / 0)
    answered = call(engine)
    assert (answered.reply.status, answered.error[0], engine.bugs) == (500, "APIGW.0601", 1)
    assert answered.reply.header("X-Mockcloud-Reason") == "mockcloud-bug"
    assert "ZeroDivisionError" in caplog.text
    assert "Zero" not in answered.reply.body.decode()


def test_refusal_that_no_table_has_is_a_failure_of_ours(engine, monkeypatch, caplog):
    def refuse(call, state):
        raise Refusal("NoSuchCode")

    behaving(monkeypatch, refuse)
    assert (call(engine).error[0], engine.bugs) == ("APIGW.0601", 1)
    assert "NoSuchCode" in caplog.text


def test_answer_that_cannot_be_encoded_is_a_failure_of_ours(engine, monkeypatch):
    monkeypatch.setattr(providers.provider("huawei"), "encode", lambda *_: 1 / 0)
    assert (call(engine).error[0], engine.bugs) == ("APIGW.0601", 1)


def test_failure_before_there_is_an_envelope_is_json(engine, monkeypatch):
    monkeypatch.setattr(providers.provider("huawei"), "open", lambda *_: 1 / 0)
    reply = engine.handle(composed_now(engine)).reply
    assert (reply.status, orjson.loads(reply.body)["error"], engine.bugs) == (500, "mockcloud itself failed", 1)


def test_what_is_due_and_raises_is_counted_and_the_rest_happens(engine):
    done = []
    account = engine.world.account("mockcloud")
    account.later(START, lambda _: 1 / 0)
    account.later(START, done.append)
    assert (engine.run_due(), engine.bugs, done) == (2, 1, [START])


# Refused by the server


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.id)
@pytest.mark.parametrize("kind", ["too-large", "malformed"])
def test_request_that_is_not_read_whole_is_answered_in_the_shape_of_the_provider(engine, service, kind):
    operation = next(one for one in service.operations.values() if not one.group)
    wire = composed(operation, operation.examples[0].get("call", {}), 4580)
    reply = engine.refuse(wire, kind, 413, "the body is too large").reply
    refusals = CONTRACTS.service(last(engine).service).refusals  # the body would have said which of two it is
    answer = refusals.get(kind, refusals["default"])
    assert providers.provider(service.provider).unwrap(reply)[1][0] == answer.code
    assert (last(engine).reason, last(engine).detail, engine.bugs) == (kind, "the body is too large", 0)


def test_request_of_nobody_that_is_not_read_whole_has_the_servers_status(engine):
    assert engine.refuse(Wire("GET", "/nowhere"), "too-large", 413).reply.status == 413


# Held answers


def test_held_answer_is_asked_for_again(engine, monkeypatch):
    looks = []

    def wait(call, state):
        looks.append(1)
        return Reply({"task_id": "1"}, hold=4.0 if len(looks) < 3 else 0.0)

    behaving(monkeypatch, wait)
    outcome = engine.handle(composed_now(engine))
    assert (outcome.hold, len(engine.journal)) == (4.0, 0)
    outcome = outcome.again(False)
    assert outcome.hold == 4.0
    assert (outcome.again(False).hold, len(engine.journal)) == (0.0, 1)


def test_held_answer_that_must_be_the_last_one_is(engine, monkeypatch):
    behaving(monkeypatch, lambda call, state: Reply({"task_id": "1"}, hold=4.0))
    outcome = engine.handle(composed_now(engine)).again(True)
    assert (outcome.hold, outcome.reply.status, len(engine.journal)) == (0.0, 200, 1)


# Time


def test_moves_do_what_is_due_at_its_moment(engine):
    seen = []
    account = engine.world.account("mockcloud")
    for after in (3.0, 1.0, 9.0):
        account.later(START + after, lambda at: seen.append((at, engine.clock.now())))
    engine.advance(5.0)
    assert seen == [(START + 1, START + 1), (START + 3, START + 3)]
    assert (engine.clock.now(), engine.clock.is_frozen) == (START + 5, False)


def test_moves_do_what_comes_up_on_the_way(engine):
    seen = []
    account = engine.world.account("mockcloud")
    account.later(START + 1, lambda at: account.later(at + 1, seen.append))
    engine.advance(5.0)
    assert seen == [START + 2]


def test_frozen_clock_stays_frozen_after_a_move(engine):
    engine.clock.freeze()
    engine.advance(5.0)
    assert (engine.clock.now(), engine.clock.is_frozen) == (START + 5, True)


def test_reset_on_the_way_ends_the_move(engine):
    account = engine.world.account("mockcloud")
    account.later(START + 1, lambda _: engine.reset())
    engine.advance(1000.0)
    assert (engine.clock.now(), engine.clock.is_frozen) == (START, False)


def test_move_that_is_given_up_leaves_a_running_clock(engine):
    engine.world.account("mockcloud").later(START + 1, lambda _: None)
    steps = engine.moves(START + 5)
    next(steps)
    steps.close()
    assert engine.clock.is_frozen is False


def test_signatures_are_judged_by_the_wall_clock(engine):
    engine.advance(1_000_000)
    assert call(engine).error is None


# Resets


def test_reset_brings_ids_back_to_the_start(engine):
    first = call(engine).reply
    engine.reset()
    assert call(engine).reply == first


def test_request_from_before_a_reset_takes_no_id_from_those_after_it(engine):
    first = call(engine).reply
    arrived = engine.world.resets
    engine.reset()
    engine.handle(composed_now(engine), arrived)
    assert call(engine).reply == first


@pytest.mark.parametrize("account", [None, "mockcloud"])
def test_request_from_before_a_reset_changes_nothing(engine, account):
    arrived = engine.world.resets
    engine.reset(account)
    engine.faults.add("huawei-mpc", CREATE.name, "MPC.10202")
    assert engine.handle(composed_now(engine), arrived).reply.status == 200
    state = engine.world.account("mockcloud").service(GIF)
    assert (len(state.tasks), len(engine.journal), len(engine.faults)) == (0, 0, 1)


def test_token_that_was_asked_for_before_a_reset_opens_nothing_after_it(engine):
    operation = GIF.operations["KeystoneCreateUserTokenByPassword"]
    wire = composed_now(engine, operation, operation.examples[0]["call"])
    arrived = engine.world.resets
    engine.reset()
    token = engine.handle(wire, arrived).reply.header("X-Subject-Token")
    assert token
    assert engine.gate.token(token) is None


# Words


ENTRY = ErrorEntry("Bad", 400, "bad %s and %s", "doc")


@pytest.mark.parametrize(
    ("fill", "message"),
    [
        (("a", "b"), "bad a and b"),
        (("a",), "bad a and input"),
        ((), "bad input and input"),
        (("a", "b", "c"), "bad a and b"),
        (("%s", "x"), "bad %s and x"),
    ],
)
def test_message_is_filled_in_order_then_with_the_first_required_parameter(fill, message):
    assert worded(ENTRY, fill, GIF, CREATE.name) == message


@pytest.mark.parametrize(
    ("operation", "word"),
    [
        ("createThumbnailTask", "source"),
        ("getThumbnailTask", "regionId"),
        ("listThumbnailTask", "regionId"),
        ("getNotification", "regionId"),
        ("setNotification", "enabled"),
    ],
)
def test_required_parameter_of_the_path_will_do(operation, word):
    assert worded(ENTRY, (), CONTRACTS.service("jdcloud-mps"), operation) == f"bad {word} and {word}"


def test_message_of_no_operation_is_filled_with_nothing():
    assert worded(ENTRY, (), GIF, "") == "bad  and "


def test_message_without_places_stays():
    assert worded(ErrorEntry("Bad", 400, "100% bad", "doc"), ("x",), GIF, "") == "100% bad"


@pytest.mark.parametrize(
    ("text", "fit"), [("plain", "plain"), ("a\nb", "a\\nb"), ("\x1b[1m", "\\x1b[1m"), ("é", "é"), ("\udcff", "\ufffd")]
)
def test_text_from_outside_is_fit_for_a_line(text, fit):
    assert shown(text) == fit


def test_moments_are_written_in_utc_with_milliseconds():
    assert stamp(START + 0.25) == "2026-01-02T03:04:05.250Z"

"""What the admin calls do, seen through the interface: state, faults, clock, journal, tasks, callbacks, listings."""

from __future__ import annotations

import pytest

from mockcloud.check.caller import Caller
from mockcloud.controls import nearest
from mockcloud.model import Wire
from mockcloud.state import Delivery

from .contract.catalog import CONTRACTS
from .sockets import CREATE, TASK
from .test_admin import Desk as Asking

GIF = "huawei-mpc"


class Desk(Asking):
    def get(self, path):
        status, answer = self.ask("GET", path)
        assert status == 200, answer
        return answer

    def post(self, path, body=None):
        status, answer = self.ask("POST", path, body)
        assert status == 200, answer
        return answer

    def wrong(self, method, path, body=None):
        status, answer = self.ask(method, path, body)
        assert status == 400, answer
        return answer["error"], answer["hint"]

    def call(self, account="mockcloud", parameters=TASK):
        return Caller(self.engine, account).call(CREATE, parameters)

    def create(self, account="mockcloud"):
        return self.call(account).body["task_id"]


@pytest.fixture
def desk():
    found = Desk()
    found.engine.clock.freeze()
    yield found
    assert found.engine.bugs == 0


# Health, reset


def test_health_says_what_it_is_and_what_went_wrong(desk):
    health = desk.get("/health")
    assert (health["status"], health["bugs"], health["unrouted"]) == ("ok", 0, 0)
    assert health["services"] == list(CONTRACTS.ids())
    assert set(health["dropped"].values()) == {0}


def test_reset_brings_everything_back_to_the_start(desk):
    desk.create()
    desk.post("/faults", {"service": GIF, "error": "MPC.10202"})
    assert desk.post("/reset") == {"reset": "everything", "bugs": 0, "unrouted": 0}
    assert [desk.get(f"/{name}")["total"] for name in ("tasks", "faults", "requests", "callbacks")] == [0, 0, 0, 0]
    assert desk.get("/clock")["frozen"] is False


def test_reset_of_an_account_leaves_the_others_and_the_clock(desk):
    for account in ("mockcloud-a", "mockcloud-b"):
        desk.create(account)
        desk.post("/faults", {"service": GIF, "error": "MPC.10202", "account": account, "times": 0})
    desk.post("/reset", {"account": "mockcloud-a"})
    assert [desk.get(f"/tasks?account=mockcloud-{one}")["total"] for one in "ab"] == [0, 1]
    assert [desk.get(f"/requests?account=mockcloud-{one}")["total"] for one in "ab"] == [0, 1]
    assert [desk.get(f"/faults?account=mockcloud-{one}")["total"] for one in "ab"] == [0, 1]
    assert desk.get("/clock")["frozen"] is True


@pytest.mark.parametrize("account", ["somebody", "mockcloudx", "LTAI5t"])
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/reset"), ("DELETE", "/requests"), ("DELETE", "/faults"), ("GET", "/faults"), ("GET", "/tasks")],
)
def test_account_that_is_none_is_refused(desk, method, path, account):
    error, hint = desk.wrong(method, f"{path}?account={account}")
    assert (error, hint) == (f"there is no account {account!r}", "accounts are named mockcloud or mockcloud-<name>")


# Resources


def test_resources_are_put_in_place_with_defaults(desk):
    answer = desk.post("/resources", {"service": GIF, "kind": "object", "items": [{"bucket": "b", "object": "o"}]})
    assert (answer["total"], answer["items"][0]["exists"]) == (1, True)
    found = desk.get(f"/resources?service={GIF}&kind=object")["resources"]
    assert ("b", "o") in [(item["bucket"], item["object"]) for item in found]


def test_resources_are_apart_by_account(desk):
    desk.post(
        "/resources",
        {"service": GIF, "kind": "object", "items": [{"bucket": "b", "object": "o"}], "account": "mockcloud-a"},
    )
    totals = [desk.get(f"/resources?kind=object&service={GIF}{more}")["total"] for more in ("", "&account=mockcloud-a")]
    assert totals == [1, 2]


def test_wrong_item_leaves_nothing_behind(desk):
    items = [{"bucket": "b", "object": "o"}, {"bucket": "b", "existss": True}]
    error, hint = desk.wrong("POST", "/resources", {"service": GIF, "kind": "object", "items": items})
    assert (error, hint) == ("items[1]: object has no field 'existss'", "did you mean 'exists'?")
    assert desk.get(f"/resources?service={GIF}&kind=object")["total"] == 1


def test_item_that_its_provider_does_not_take_leaves_nothing_behind(desk):
    place = {"service": "jdcloud-mps", "kind": "object"}
    before = desk.get("/resources?service=jdcloud-mps")
    items = [{"bucket": "mockcloud-videos", "key": "sample.mp4", "exists": False}, {"bucket": "b", "key": "k"}]
    error, _ = desk.wrong("POST", "/resources", {**place, "items": [*items, {"bucket": "b"}]})
    assert error == "an object has a bucket and a key"
    assert desk.get("/resources?service=jdcloud-mps") == before


@pytest.mark.parametrize(
    ("body", "error", "hint"),
    [
        ({"service": "huawei-mcp", "kind": "object"}, "no service 'huawei-mcp'", "did you mean 'huawei-mpc'?"),
        ({"service": GIF, "kind": "objects"}, "has no kind 'objects'", "did you mean 'object'?"),
        ({"service": GIF, "kind": "object", "items": [{"exists": "yes"}]}, "items[0]: exists must be", "got 'yes'"),
    ],
)
def test_resources_that_cannot_be(desk, body, error, hint):
    told = desk.wrong("POST", "/resources", {"items": [], **body})
    assert error in told[0]
    assert hint in told[1]


def test_every_kind_has_a_sample_that_is_listed(desk):
    kinds = {
        (service.id, kind.name) for service in CONTRACTS.services() for kind in service.kinds.values() if kind.samples
    }
    assert {(item["service"], item["kind"]) for item in desk.get("/resources")["resources"]} == kinds


def test_unknown_kind_in_a_listing_is_refused(desk):
    assert desk.wrong("GET", "/resources?kind=objekt") == ("there is no kind 'objekt'", "did you mean 'object'?")


# Faults


def test_fault_is_given_once_with_its_args(desk):
    desk.post("/faults", {"service": GIF, "operation": CREATE.name, "error": "MPC.10202", "args": "width"})
    assert [desk.call().error is None, desk.call().error is None] == [False, True]


def test_fault_of_an_account_hits_no_other(desk):
    desk.post("/faults", {"service": GIF, "error": "MPC.10202", "account": "mockcloud-a"})
    assert desk.call().error is None
    assert desk.call("mockcloud-a").error[0] == "MPC.10202"


@pytest.mark.parametrize(
    ("body", "error", "hint"),
    [
        ({"service": GIF, "error": "MPC.10203x"}, "documents no error", "did you mean 'MPC.1020"),
        ({"service": GIF, "error": "wire.hung"}, "documents no error", "did you mean 'wire.hang'?"),
        (
            {"service": GIF, "operation": "Create", "error": "MPC.10202"},
            "no operation 'Create'",
            "did you mean 'Create",
        ),
        ({"service": GIF, "error": "wire.hang", "args": ["3"]}, "args of wire.hang are an object", "seconds"),
        ({"service": GIF, "error": "wire.hang", "args": {"second": 3}}, "takes no 'second'", "did you mean 'seconds'?"),
        ({"service": GIF, "error": "wire.hang", "args": {"seconds": "3"}}, "args.seconds is '3'", "use 0 to 120"),
        ({"service": GIF, "error": "wire.hang", "args": {"seconds": 121}}, "args.seconds is 121", "use 0 to 120"),
        (
            {"service": GIF, "error": "wire.garbage", "args": {"kind": "htlm-502"}},
            "no garbage",
            "did you mean 'html-502'?",
        ),
        ({"service": GIF, "error": "MPC.10202/nope"}, "documents no error", ""),
    ],
)
def test_fault_that_cannot_be(desk, body, error, hint):
    told = desk.wrong("POST", "/faults", body)
    assert error in told[0]
    assert hint in told[1]
    assert desk.get("/faults")["total"] == 0


def test_faults_are_bounded(desk):
    for _ in range(1000):
        desk.engine.faults.add(GIF, "", "MPC.10202")
    assert "1000 faults in force" in desk.wrong("POST", "/faults", {"service": GIF, "error": "MPC.10202"})[0]


def test_one_fault_is_lifted(desk):
    ids = [desk.post("/faults", {"service": GIF, "error": "MPC.10202"})["id"] for _ in range(2)]
    assert desk.ask("DELETE", f"/faults/{ids[0]}")[1] == {"cleared": 1}
    assert [fault["id"] for fault in desk.get("/faults")["faults"]] == [ids[1]]


@pytest.mark.parametrize("fault_id", ["7", "x", "²", "1%2f2", "../reset"])
def test_fault_that_is_not_there_cannot_be_lifted(desk, fault_id):
    status, answer = desk.ask("DELETE", f"/faults/{fault_id}")
    assert status in (400, 404)
    assert answer["hint"]


# The clock


def test_clock_moves_on(desk):
    desk.post("/clock", {"set": "2026-01-31T12:00:00Z"})
    assert desk.post("/clock", {"advance": 1.5}) == {"now": "2026-01-31T12:00:01.500Z", "frozen": True}


@pytest.mark.parametrize("moment", ["2020-05-01T10:00:00+08:00", "2020-05-01T02:00:00Z", "2020-05-01T02:00:00"])
def test_clock_is_set_to_a_moment_of_any_zone(desk, moment):
    assert desk.post("/clock", {"set": moment})["now"] == "2020-05-01T02:00:00.000Z"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"set": "tomorrow"}, "set 'tomorrow' is no time"),
        ({"set": "1969-12-31T23:59:59Z"}, "the clock shows 1970 to 9998"),
        ({"set": "9999-06-01T00:00:00Z"}, "the clock shows 1970 to 9998"),
        ({"set": "0001-01-01T00:00:00+14:00"}, "the clock shows 1970 to 9998"),
        ({}, "one thing at a time"),
        ({"freeze": True, "advance": 1}, "one thing at a time"),
        ({"advance": 1e300}, "advance must be from 0 to"),
    ],
)
def test_moment_that_cannot_be(desk, body, error):
    assert error in desk.wrong("POST", "/clock", body)[0]


def test_clock_cannot_run_off_its_end(desk):
    desk.post("/clock", {"set": "9998-12-31T00:00:00Z"})
    assert desk.wrong("POST", "/clock", {"advance": 86_401})[0] == "the clock shows 1970 to 9998"


def test_clock_set_back_takes_no_state_back(desk):
    task = desk.create()
    desk.post("/clock", {"advance": 1.5})
    desk.post("/clock", {"set": "2001-01-01T00:00:00Z"})
    assert desk.get(f"/tasks/{task}")["status"] == "PROCESSING"


# The journal


def test_journal_is_oldest_first_and_limited_to_the_newest(desk):
    tasks = [desk.create() for _ in range(3)]
    answer = desk.get("/requests?limit=2")
    assert [entry["response"]["task_id"] for entry in answer["requests"]] == tasks[1:]
    assert (answer["total"], answer["dropped"]) == (3, 0)


def test_journal_is_filtered(desk):
    desk.create()
    desk.create("mockcloud-a")
    desk.call(parameters={})
    totals = [
        desk.get(f"/requests?{query}")["total"]
        for query in ("", f"operation={CREATE.name}", "service=jdcloud-mps", "violations=true", "account=mockcloud-a")
    ]
    assert totals == [2, 2, 0, 1, 1]


@pytest.mark.parametrize(
    ("query", "error", "hint"),
    [
        ("service=jdcloud", "there is no service 'jdcloud'", "did you mean 'jdcloud-mps'?"),
        ("operation=CreateGif", "no service has an operation 'CreateGif'", "did you mean 'CreateGifTask'?"),
        (f"service={GIF}&operation=CreateGifTask", f"{GIF} has no operation 'CreateGifTask'", "did you mean"),
    ],
)
@pytest.mark.parametrize("path", ["/requests", "/rules"])
def test_filter_that_means_nothing_is_refused(desk, path, query, error, hint):
    told = desk.wrong("GET", f"{path}?{query}")
    assert told[0] == error
    assert hint in told[1]


@pytest.mark.parametrize("more", ["", "&service=jdcloud-mps"])
def test_journal_is_filtered_by_an_operation_that_is_not_served(desk, more):
    headers = (("Host", "127.0.0.1"), ("x-jdcloud-date", "x"))
    desk.engine.handle(Wire("GET", "/v1/snapshotTasks", "", headers))
    (entry,) = desk.get(f"/requests?operation=listSnapshotTasks{more}")["requests"]
    assert entry["operation"] == "listSnapshotTasks"


def test_operation_that_is_not_served_has_no_rules(desk):
    error, _ = desk.wrong("GET", "/rules?service=jdcloud-mps&operation=listSnapshotTasks")
    assert error == "jdcloud-mps has no operation 'listSnapshotTasks'"


def test_journal_is_emptied_for_one_account(desk):
    desk.create()
    desk.create("mockcloud-a")
    assert desk.ask("DELETE", "/requests")[1] == {"cleared": 1}
    assert [desk.get(f"/requests?account={one}")["total"] for one in ("mockcloud", "mockcloud-a")] == [0, 1]


# Tasks


def test_task_is_shown_with_its_times(desk):
    desk.post("/clock", {"set": "2026-01-01T00:00:00Z"})
    task = desk.create()
    desk.post("/clock", {"advance": 2})
    shown = desk.get(f"/tasks/{task}")
    assert (shown["id"], shown["service"], shown["operation"], shown["status"]) == (task, GIF, CREATE.name, "SUCCEED")
    assert [shown[name][17:] for name in ("created", "started", "ended")] == ["00.000Z", "01.000Z", "02.000Z"]


def test_tasks_are_listed_oldest_first_and_limited_to_the_newest(desk):
    tasks = [desk.create() for _ in range(3)]
    assert [task["id"] for task in desk.get("/tasks")["tasks"]] == tasks
    answer = desk.get("/tasks?limit=2")
    assert ([task["id"] for task in answer["tasks"]], answer["total"]) == (tasks[1:], 3)


def test_task_is_forced_to_fail_with_a_documented_error(desk):
    task = desk.create()
    shown = desk.post(f"/tasks/{task}", {"error": "MPC.10053"})
    assert (shown["status"], shown["phase"], shown["error"]) == ("FAILED", "failed", "MPC.10053")


@pytest.mark.parametrize(
    ("body", "error", "hint"),
    [
        ({}, "status is absent", "use one of ['INIT'"),
        ({"status": "DONE"}, "status 'DONE' is not one of this task's", "use one of ['INIT'"),
        ({"error": "MPC.1"}, "documents no task error 'MPC.1'", "did you mean 'MPC.1"),
        ({"status": "SUCCEED", "error": "MPC.10053"}, "'SUCCEED' has no error", "'FAILED' when it failed"),
        ({"stat": "SUCCEED"}, "'stat' is not a field here", "did you mean 'status'?"),
    ],
)
def test_force_that_cannot_be(desk, body, error, hint):
    told = desk.wrong("POST", f"/tasks/{desk.create()}", body)
    assert error in told[0]
    assert hint in told[1]


MPS = CONTRACTS.service("jdcloud-mps").operations["createThumbnailTask"]


def thumbnail(desk):
    return Caller(desk.engine).call(MPS, MPS.examples[0]["call"]).body["thumbnailTaskID"]["taskID"]


@pytest.mark.parametrize("error", [1001, "1001"])
def test_error_of_a_task_has_the_type_of_its_family(desk, error):
    assert desk.post(f"/tasks/{thumbnail(desk)}", {"error": error})["error"] == 1001


@pytest.mark.parametrize("error", ["bad", "1.5", "9" * 30])
def test_error_of_another_type_is_refused(desk, error):
    task = thumbnail(desk)
    told = desk.wrong("POST", f"/tasks/{task}", {"status": "ERROR", "error": error})
    assert told == ("error must be integer", f"got {error!r}")
    assert desk.get(f"/tasks/{task}")["status"] == "PENDDING"


def test_state_cannot_be_forced_back(desk):
    task = desk.create()
    desk.post(f"/tasks/{task}", {"status": "PROCESSING"})
    assert desk.wrong("POST", f"/tasks/{task}", {"status": "INIT"})[1] == "states never go back"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_unknown_task_names_the_newest(desk, method):
    desk.create()
    task = desk.create()
    error, hint = desk.wrong(method, "/tasks/nope")
    assert error == "there is no task 'nope' in the account mockcloud"
    assert hint.startswith(f"the newest are {task}, ")


def test_mistyped_task_names_the_nearest(desk):
    task, *_ = [desk.create() for _ in range(9)]
    made = [thumbnail(desk) for _ in range(9)]
    mistyped = made[0][:-1] + "x"
    assert desk.wrong("GET", f"/tasks/{mistyped}")[1] == f"did you mean {made[0]!r}?"
    assert desk.wrong("GET", f"/tasks/{task}x")[1] == f"did you mean {task!r}?"


def test_tasks_of_other_accounts_are_not_found(desk):
    task = desk.create("mockcloud-a")
    assert desk.wrong("GET", f"/tasks/{task}")[1] == "there is no task yet"
    assert desk.get(f"/tasks/{task}?account=mockcloud-a")["id"] == task


# Callbacks, services, rules


def test_deliveries_are_listed_by_account(desk):
    state = desk.engine.world.account("mockcloud-a").service(CONTRACTS.service(GIF))
    state.deliver(Delivery("http://127.0.0.1:1/x", b"", (), GIF, "mockcloud-a"))
    assert [desk.get(f"/callbacks{more}")["total"] for more in ("", "?account=mockcloud-a")] == [0, 1]


def test_what_is_due_has_happened_before_an_answer(desk):
    done = []
    account = desk.engine.world.account("mockcloud")
    account.later(desk.engine.clock.now(), done.append)
    desk.get("/callbacks")
    assert len(done) == 1


def test_services_are_listed(desk):
    answer = desk.get("/services")
    assert [service["id"] for service in answer["services"]] == list(CONTRACTS.ids())
    assert all(service["operations"] and service["title"] for service in answer["services"])


def test_every_rule_is_listed_with_its_citation(desk):
    rules = desk.get("/rules")["rules"]
    assert len(rules) == len({rule["id"] for rule in rules}) > 500
    assert all(rule["cite"] and rule["says"] for rule in rules)


def test_rules_of_one_operation(desk):
    rules = desk.get(f"/rules?service={GIF}&operation={CREATE.name}")["rules"]
    assert {rule["id"].rsplit(f"{CREATE.name}.")[0] for rule in rules} == {f"{GIF}."}


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("objekt", "did you mean 'object'?"),
        ("zzzz", "there are object, video"),
        ("x" * 10_000_000, "there are object, video"),
    ],
)
def test_nearest(word, hint):
    assert nearest(word, ["object", "video"]) == hint

"""The pieces of `make bench`; what they measure is nobody's business here."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from benchmarks import load, traffic
from benchmarks.figures import Part, Spread, Table, ratios
from benchmarks.goals import GOALS, Goal, judged
from benchmarks.openapi import document
from benchmarks.report import rendered
from mockcloud.pipeline import Engine

CEILING = Goal("a", "that it is cheap", 2.0)
FLOOR = Goal("b", "that it is fast", 0.8, is_floor=True, unit=" x")


def test_spread_has_the_median_in_its_middle():
    assert Spread.of([3.0, 1.0, 2.0]) == Spread(1.0, 2.0, 3.0)
    assert str(Spread(0.04, 12.34, 1234.5)) == "0.04 / 12.3 / 1234"


def test_ratios_are_of_the_same_round():
    assert ratios([2.0, 9.0], [1.0, 3.0]) == [2.0, 3.0]


@pytest.mark.parametrize(
    ("goal", "values", "word"),
    [
        (CEILING, [9.0, 2.0, 1.0], "yes"),
        (CEILING, [1.0, 3.0, 3.0], "no, by 50.0 %"),
        (FLOOR, [0.8, 0.8, 0.1], "yes"),
        (FLOOR, [0.4], "no, by 50.0 %"),
    ],
)
def test_goal_is_judged_by_the_median(goal, values, word):
    (row,) = judged({goal.figure: values}, [goal]).rows
    assert row[3] == word


def test_goal_that_was_not_measured_is_not_met():
    assert judged({}, [FLOOR]).rows == (("that it is fast", "at least 0.8 x", "not measured", "-"),)


def test_every_goal_has_a_figure_of_its_own():
    assert len({goal.figure for goal in GOALS}) == len(GOALS)


def test_results_hold_goals_tables_and_what_is_absent():
    table = Table("Something", ("name", "s"), (("a|b", "1"),), "A note.")
    part = Part([table], {"memory.start": [40.0]}, ["python -m this"], ["WireMock: there is no Java here"])
    text = rendered([part], 12.0, (0.1, 1.0), quick=False)
    assert "| resident at start | at most 60 MiB | 40.0 / 40.0 / 40.0 | yes |" in text
    assert "### Something\n\nA note.\n\n| name | s |\n| --- | --- |\n| a\\|b | 1 |" in text
    assert "* WireMock: there is no Java here" in text
    assert "make bench\npython -m this" in text


def test_results_of_a_busy_machine_and_of_a_quick_run_say_so():
    assert "run it again on a quiet one" in rendered([], 1.0, (5.0, 5.0), quick=False)
    assert "its figures say nothing" in rendered([], 1.0, (0.0, 0.0), quick=True)


@pytest.mark.parametrize("case", traffic.CASES, ids=lambda case: case.name)
def test_request_of_a_case_is_taken(case):
    engine = Engine()
    if case.needs is not None:
        creation, path, fill = case.needs
        reply = engine.handle(traffic.wire(creation, "127.0.0.1", "first")).reply
        case = fill(case, traffic.taken(creation, reply.status, reply.body, path))
    assert engine.handle(traffic.wire(case, "127.0.0.1", "second")).reply.status == 200


def test_document_for_prism_has_the_limits_and_none_of_our_own_words():
    body = document()["paths"]["/v1/{project_id}/animated-graphics"]["post"]["requestBody"]
    schema = body["content"]["application/json"]["schema"]
    assert schema["properties"]["output_param"]["properties"]["frame_rate"]["maximum"] == 75
    assert not {"cite", "basis", "unit", "separator"} & set(json.dumps(schema).split('"'))


@pytest.mark.parametrize(
    ("data", "is_closed", "end"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{", False, None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", False, (200, b"{}", True)),
        (b"HTTP/1.0 201 Created\r\nContent-Length: 2\r\n\r\n{}", False, (201, b"{}", False)),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
            False,
            (200, b"1\r\nx\r\n0\r\n\r\n", True),
        ),
        (b"HTTP/1.0 200 OK\r\n\r\nx", True, (200, b"x", False)),
    ],
)
def test_load_knows_where_an_answer_ends(data, is_closed, end):
    assert load._end(data, is_closed) == end


class Closing(BaseHTTPRequestHandler):
    """HTTP/1.0: every connection ends with its answer."""

    served = 0

    def do_GET(self):
        Closing.served += 1
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *said):
        pass


def test_every_answer_is_counted_once_when_connections_end_with_it():
    Closing.served = 0
    with HTTPServer(("127.0.0.1", 0), Closing) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        found = load.run(server.server_address, [b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"], 40, 8)
        server.shutdown()
        thread.join()
    assert (found.statuses, len(found.latencies), Closing.served) == ({200: 40}, 40, 40)

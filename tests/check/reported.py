"""Reports to write in every format: of the README's example as it is run, and made up to the limits of formats."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import mockcloud
from mockcloud.check import report
from mockcloud.check.adapter import Adapter
from mockcloud.check.battery import Options, battery, offer_of, open_session, run
from mockcloud.check.clean import Clean
from mockcloud.check.coverage import Coverage
from mockcloud.check.report.model import about
from mockcloud.contract.load import Contracts

Json = dict[str, Any]
CONTRACTS = Contracts()
QUICK = ("RULE-INVALID", "RULE-VALID", "ERR-MAP", "BATCH", "SECRET")


def run_of(adapter: type[Adapter], cloud: mockcloud.Cloud, **options: Any) -> report.Run:
    offer, chosen = offer_of(adapter, CONTRACTS), Options(**{"checks": QUICK, "max_examples": 0, **options})
    items = battery(offer, chosen)
    coverage, clean = Coverage(offer.service, offer), Clean(offer)
    done = report.Run(about(offer, chosen, items), coverage.tally)
    with open_session(offer, cloud, chosen).open() as session:
        coverage.watch(session)
        for result in run(session, items, chosen):
            done.add(result, offer, clean)
        coverage.notes(session.notes)
    coverage.settle()
    return done


def many(tree: Json, number: int) -> Json:
    """The same report with a finding many times over, each about a rule of its own."""
    tree = deepcopy(tree)
    [run] = tree["runs"]
    first = run["findings"][0]
    run["findings"] = [
        {**first, "id": f"{first['id']}-{place}", "subject": f"{first['subject']}-{place}"} for place in range(number)
    ]
    return tree


def nasty(tree: Json, text: str) -> Json:
    """The same report with a text wherever a client or a contract may bring one in."""
    tree = deepcopy(tree)
    [run] = tree["runs"]
    for found in run["findings"]:
        found |= {"title": text, "says": text, "source": text, "subject": text, "again": text}
        for case in found["cases"]:
            case |= {"label": text, "asked": {text: text}, "sent": {text: [text]}, "client": text}
    run["shortcomings"] = [text]
    run["exceptions"] = [{"name": text, "reason": text, "is_stale": True}]
    for item in run["items"]:
        item["note"] = text
    return tree

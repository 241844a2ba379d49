"""SARIF 2.1.0, for code scanning: one run, a result for each finding, at the method of the user's adapter."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from .terminal import finding_text

Json = dict[str, Any]
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_MOST_RESULTS = 5000  # what code scanning shows of a run
_MOST_CHARACTERS = 20_000


def sarif_log(report: Json) -> str:
    """The report for code scanning. Findings of a baseline and exceptions are there, suppressed."""
    findings = [(run, found) for run in report["runs"] for found in run["findings"]][:_MOST_RESULTS]
    rules: dict[str, Json] = {}
    for _, found in findings:
        rules.setdefault(_rule_id(found), _rule(found))
    order = {name: place for place, name in enumerate(rules)}
    driver = {
        "name": "mockcloud",
        "semanticVersion": report["mockcloud"],
        "version": report["mockcloud"],
        "rules": list(rules.values()),
    }
    whole = {
        "tool": {"driver": driver},
        "automationDetails": {"id": "mockcloud/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": _notifications(report)}],
        "results": [_result(run, found, order) for run, found in findings],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [whole]}
    return json.dumps(log, ensure_ascii=False, indent=1) + "\n"


def _rule_id(found: Json) -> str:
    """The rule's id; for checks of the catalogue their own, with the operation that they were tried on."""
    subject: str = found["subject"]
    return subject if found["polarity"] else f"{subject}.{found['check']}"


def _rule(found: Json) -> Json:
    told = {
        "id": _rule_id(found),
        "name": found["check"],
        "shortDescription": {"text": found["says"]},
        "fullDescription": {"text": f"{found['says']} ({found['source']})"},
        "help": {"text": f"{found['says']}\n\nSource: {found['source']}"},
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["contract", found["check"]], "cite": found["cite"]},
    }
    return {**told, "helpUri": found["url"]} if found["url"] else told


def _result(run: Json, found: Json, order: dict[str, int]) -> Json:
    name = _rule_id(found)
    fingerprint = hashlib.sha256(f"{found['id']}\n{run['adapter']}".encode()).hexdigest()[:32]
    told: Json = {
        "ruleId": name,
        "ruleIndex": order[name],
        "level": "error",
        "kind": "fail",
        "message": {"text": finding_text(found)[:_MOST_CHARACTERS]},
        "locations": [_location(run, found)],
        "partialFingerprints": {"mockcloud/v1": fingerprint},
        "properties": {"id": found["id"], "adapter": run["adapter"], "again": found["again"]},
    }
    if found["known"]:
        told["suppressions"] = [{"kind": "external", "status": "accepted", "justification": "in the baseline"}]
    return told


def _location(run: Json, found: Json) -> Json:
    logical = {"logicalLocations": [{"fullyQualifiedName": run["adapter"].replace(":", "."), "kind": "type"}]}
    if not found["file"]:
        return logical
    artifact = {"uri": found["file"].replace(" ", "%20"), "uriBaseId": "%SRCROOT%"}
    return {"physicalLocation": {"artifactLocation": artifact, "region": {"startLine": found["line"]}}, **logical}


def _notifications(report: Json) -> list[Json]:
    """What fails a run beside findings: it belongs to no line."""
    return [
        {"level": "error", "message": {"text": f"{run['adapter']}: {said}"}}
        for run in report["runs"]
        for said in run["shortcomings"]
    ]

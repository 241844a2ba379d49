"""The summary that a person reads in ten seconds, then every finding whole."""

from __future__ import annotations

from typing import Any

from ..findings import shown

Json = dict[str, Any]
_MOST_NOTES = 12
_MOST_MISSING = 3
_MOST_LISTED = 20


def summary(report: Json) -> str:
    """All of a report."""
    parts = [_run(run) for run in report["runs"]] + [_traffic(heard) for heard in report["traffic"]]
    return "\n\n".join(parts)


def overview(report: Json) -> str:
    """A report without what its findings say in full."""
    parts = [_head(run) for run in report["runs"]] + [_traffic(heard) for heard in report["traffic"]]
    return "\n\n".join(parts)


def finding_text(finding: Json) -> str:
    """One finding as a person reads it."""
    first = finding["cases"][0] if finding["cases"] else {"label": "", "asked": None, "sent": None, "client": ""}
    case = f" (case: {first['label']})" if first["label"] else ""
    lines = [
        f"{finding['failed']} of {finding['tried']} cases: {finding['title']}",
        f"  rule    {finding['subject']}: {finding['says']}{case}",
        f"  source  {finding['source']}",
        f"  asked   {shown(first['asked'])}",
        f"  sent    {shown(first['sent'])}",
        f"  client  {first['client']}",
        f"  again   {finding['again']}",
    ]
    return "\n".join(lines)


def _run(run: Json) -> str:
    whole = [f"{_mark(found)} {found['item']}  {finding_text(found)}" for found in run["findings"]]
    return "\n\n".join([_head(run), *whole])


def _head(run: Json) -> str:
    level, counts = run["level"], run["counts"]
    missing = f" (missing: {', '.join(level['missing'])})" if level["missing"] else ""
    wanted = f", wanted L{level['wanted']}" if level["wanted"] else ""
    away = f" ({', '.join(run['not_offered'])} not offered)" if run["not_offered"] else ""
    lines = [
        f"{run['service']}  adapter {run['adapter']}  policy {run['policy']}  seed {run['seed']}",
        f"  operations {_share(run, 'operations')}{away}     level L{level['reached']}{wanted}{missing}",
        f"  rules      valid {_share(run, 'rules_valid')}  invalid {_share(run, 'rules_invalid')}"
        f"  points {_share(run, 'points')}{_unreachable(run)}  pairs {_share(run, 'pairs')}",
        f"  codes      {_share(run, 'codes')}  states {_share(run, 'states')}"
        f"  transitions {_share(run, 'transitions')}  members {_share(run, 'members')}  faults {_share(run, 'faults')}",
        f"  checks     {counts['ok']} ok  {counts['failed']} failed  {counts['skipped']} skipped"
        f"  {counts['without']} without     {run['seconds']:.1f} s",
    ]
    lines += [f"  without    {one['name']}: {one['reason']}" for one in run["exceptions"]]
    lines += [f"  cut        {item['id']}: {item['note']}" for item in run["items"] if item["is_cut"]]
    notes = [item for item in run["items"] if item["result"] == "ok" and item["note"] and not item["is_cut"]]
    lines += [f"  note       {item['id']}: {item['note']}" for item in notes[:_MOST_NOTES]]
    lines += [f"  FAILED     {one}" for one in run["shortcomings"]]
    lines += [f"  {_headline(found)}" for found in run["findings"]]
    return "\n".join(lines)


def _mark(found: Json) -> str:
    return "KNOWN" if found["known"] else "FAILED"


def _headline(found: Json) -> str:
    smallest = f", first: {found['cases'][0]['label']}" if found["cases"] else ""
    return f"{_mark(found):<10} {found['check']} {found['subject']}  {found['failed']} of {found['tried']}{smallest}"


def _share(run: Json, name: str) -> str:
    metric = run["coverage"]["metrics"].get(name)
    return f"{metric['done']}/{metric['possible']}" if metric else "-"


def _unreachable(run: Json) -> str:
    metric = run["coverage"]["metrics"].get("points")
    return f" ({metric['unreachable']} unreachable)" if metric and metric["unreachable"] else ""


def _traffic(heard: Json) -> str:
    lines = [
        f"{heard['service']}  traffic of {heard['tests']} tests, {heard['requests']} requests",
        f"  operations {_share(heard, 'operations')}  rules valid {_share(heard, 'rules_valid')}"
        f"  invalid {_share(heard, 'rules_invalid')}  codes {_share(heard, 'codes')}"
        f"  states {_share(heard, 'states')}  members {_share(heard, 'members')}",
    ]
    if heard["dropped"]:
        lines.append(f"  {heard['dropped']} requests were dropped from the journal before they could be counted")
    violating = heard["violating"]
    lines += [
        f"  violated   {one['rule']}: {one['says']}; {one['path'] or 'request'} = {shown(one['value'], 80)}"
        f" in {one['test'] or 'no test'}" + (f" ({one['count']} times)" if one["count"] > 1 else "")
        for one in violating[:_MOST_LISTED]
    ]
    if len(violating) > _MOST_LISTED:
        lines.append(f"  ... and {len(violating) - _MOST_LISTED} more")
    return "\n".join(lines)

"""The HTML report: one page that needs nothing beside itself, for light and dark, with and without its script."""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape
from itertools import groupby
from typing import Any

from ..tally import LEVELS, METRICS
from .style import SCRIPT, STYLE

Json = dict[str, Any]

_NOTHING_FROM_OUTSIDE = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
_STATES = {
    "done": ("✓", "covered"),
    "failed": ("✗", "failed"),
    "open": ("○", "not covered"),
    "none": ("–", "does not apply"),
}
_RESULTS = {
    "passed": ("done", "passed"),
    "failed": ("failed", "failed"),
    "nothing-checked": ("open", "nothing checked"),
}
_WORDS = {"ok": "done", "failed": "failed", "without": "failed", "skipped": "open"}
_MOST_SHOWN = 4000


def html_page(report: Json) -> str:
    """The report as a page."""
    names = [run["adapter"] for run in report["runs"]] + [
        f"traffic of {heard['service']}" for heard in report["traffic"]
    ]
    title = f"Contract report: {', '.join(names) or 'nothing checked'}"
    parts = [_run(run, place) for place, run in enumerate(report["runs"])]
    parts += [_traffic(heard) for heard in report["traffic"]]
    body = "\n".join(parts) or "<p>Nothing was checked.</p>"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_NOTHING_FROM_OUTSIDE}">
<meta name="color-scheme" content="light dark">
<title>{escape(title)}</title>
<style>{STYLE}</style>
</head>
<body>
<a class="skip" href="#main">To the findings</a>
<header>
<h1>Contract report {_badge(*_RESULTS[report["result"]])}</h1>
{_contents(report)}
</header>
<main id="main">
{body}
</main>
<footer><p>mockcloud {escape(report["mockcloud"])}, report format {report["format"]}</p></footer>
<script>{SCRIPT}</script>
</body>
</html>
"""


def _contents(report: Json) -> str:
    if len(report["runs"]) + len(report["traffic"]) < 2:
        return ""
    named = [(run["suite"] or run["adapter"], run["result"]) for run in report["runs"]]
    links = [
        f'<li><a href="#run-{place}">{escape(name)}</a> {_badge(*_RESULTS[result])}</li>'
        for place, (name, result) in enumerate(named)
    ]
    links += [
        f'<li><a href="#traffic-{heard["service"]}">traffic of {heard["service"]}</a></li>'
        for heard in report["traffic"]
    ]
    return f'<nav aria-label="Contents"><ul>{"".join(links)}</ul></nav>'


# One adapter's run.


def _run(run: Json, place: int) -> str:
    anchors = {found["id"]: f"finding-{place}-{number}" for number, found in enumerate(run["findings"])}
    wrong = "".join(f"<li>{escape(said)}</li>" for said in run["shortcomings"])
    return f"""<section aria-labelledby="run-{place}">
<h2 id="run-{place}"><code>{escape(run["adapter"])}</code> {_badge(*_RESULTS[run["result"]])}</h2>
<p class="soft">{escape(run["service"])} ({escape(run["title"])}), policy {run["policy"]}, seed {run["seed"]},
{run["seconds"]:.1f} s{"" if run["is_complete"] else ", only a part of the battery"}</p>
{_tiles(run)}
{f"<ul>{wrong}</ul>" if wrong else ""}
<h3>Findings</h3>
{"".join(_finding(found, anchors[found["id"]]) for found in run["findings"]) or "<p>None.</p>"}
<h3>Rules</h3>
{_matrix(run, place, anchors)}
<h3>Coverage</h3>
{_coverage(run)}
<h3>Checks</h3>
{_checks(run)}
<h3>Exceptions</h3>
{_exceptions(run)}
</section>"""


def _tiles(run: Json) -> str:
    level = run["level"]
    wanted = f", wanted L{level['wanted']}" if level["wanted"] else ""
    metrics = run["coverage"]["metrics"]
    number = len(run["findings"])
    tiles = [
        ("failed" if number else "", str(number), "finding" if number == 1 else "findings"),
        ("", f"L{level['reached']}", f"level of {len(LEVELS)}{wanted}"),
        *(
            ("", f"{metrics[name]['done']} / {metrics[name]['possible']}", words)
            for name, words in (
                ("rules_valid", "rules, allowed side"),
                ("rules_invalid", "rules, forbidden side"),
                ("points", "boundary points"),
                ("codes", "error codes"),
            )
            if name in metrics
        ),
    ]
    said = [
        f'<li class="{kind}"><strong>{value}</strong><span class="soft">{escape(words)}</span></li>'
        for kind, value, words in tiles
    ]
    return f'<ul class="tiles">{"".join(said)}</ul>'


def _finding(found: Json, anchor: str) -> str:
    first: Json = found["cases"][0] if found["cases"] else {"label": "", "asked": None, "sent": None, "client": ""}
    source = escape(found["source"])
    if found["url"]:
        source = f'<a href="{escape(found["url"])}" rel="noreferrer">{source}</a>'
    known = ' <span class="badge open">known</span>' if found["known"] else ""
    rows = [
        ("rule", f"<code>{escape(found['subject'])}</code><br>{escape(found['says'])}"),
        ("source", source),
        ("case", escape(first["label"])),
        ("asked", f"<pre>{_shown(first['asked'])}</pre>"),
        ("sent", f"<pre>{_shown(first['sent'])}</pre>"),
        ("client", escape(first["client"])),
        ("again", f"<pre>{escape(found['again'])}</pre>"),
    ]
    told = "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in rows if text)
    return f"""<article class="finding{" known" if found["known"] else ""}" id="{anchor}">
<h4>{escape(found["title"])}{known}</h4>
<p class="soft">{found["check"]}, {found["failed"]} of {found["tried"]} cases</p>
<dl>{told}</dl>
{_more_cases(found["cases"][1:])}
</article>"""


def _more_cases(cases: list[Json]) -> str:
    if not cases:
        return ""
    rows = [
        f'<tr><th scope="row">{escape(case["label"])}</th><td><code>{_shown(case["asked"])}</code></td>'
        f"<td>{escape(case['client'])}</td></tr>"
        for case in cases
    ]
    head = '<thead><tr><th scope="col">case</th><th scope="col">asked</th><th scope="col">client</th></tr></thead>'
    table = f'<div class="scroll"><table>{head}<tbody>{"".join(rows)}</tbody></table></div>'
    more = "1 more case" if len(cases) == 1 else f"{len(cases)} more cases"
    return f"<details><summary>{more}</summary>{table}</details>"


# The matrix.


def _matrix(run: Json, place: int, anchors: dict[str, str]) -> str:
    if not run["rules"]:
        return "<p>The adapter offers no operation with rules.</p>"
    table = f"rules-{place}"
    leads = {(found["subject"], found["polarity"]): anchors[found["id"]] for found in run["findings"]}
    bodies = [
        _operation(name, list(rows), leads)
        for name, rows in groupby(run["rules"], lambda rule: ".".join(rule["id"].split(".")[:2]))
    ]
    legend = "".join(
        f'<li><span class="badge {state}">{mark} {word}</span></li>' for state, (mark, word) in _STATES.items()
    )
    return f"""<ul class="legend" aria-label="Legend">{legend}</ul>
{_pick(table, [_state(rule) for rule in run["rules"]])}
<div class="scroll" tabindex="0" role="region" aria-label="Rules">
<table id="{table}">
<caption>What became of the points at the edge of every rule: allowed ones, forbidden ones, and whether all neighbours
on both sides were tried.</caption>
<thead><tr><th scope="col">rule</th><th scope="col">valid</th><th scope="col">invalid</th>
<th scope="col">both neighbours</th></tr></thead>
{"".join(bodies)}
</table></div>"""


def _pick(table: str, states: list[str]) -> str:
    counts = {"all": len(states), **{word: states.count(word) for word in ("failed", "open", "done")}}
    names = {"all": "all rules", "failed": "failed", "open": "not covered", "done": "covered"}
    buttons = [
        f'<button type="button" data-show="{state}" aria-pressed="{str(state == "all").lower()}">'
        f"{names[state]} ({count})</button>"
        for state, count in counts.items()
        if count
    ]
    return (
        f'<div class="pick" data-table="{table}" role="group" aria-label="Rules shown" hidden>{"".join(buttons)}</div>'
    )


def _state(rule: Json) -> str:
    """The row's own state: the worst of its sides that apply."""
    results = [rule["valid"]["result"], rule["invalid"]["result"], rule["neighbours"]]
    return next((word for word in ("failed", "open") if word in results), "done")


def _operation(name: str, rules: list[Json], leads: dict[tuple[str, str], str]) -> str:
    rows = "".join(_rule(rule, leads) for rule in rules)
    head = f'<tr><th class="operation" scope="rowgroup" colspan="4"><code>{escape(name)}</code></th></tr>'
    return f"<tbody>{head}{rows}</tbody>"


def _rule(rule: Json, leads: dict[tuple[str, str], str]) -> str:
    tail = rule["id"].split(".", 2)[2]
    cite = f' <span class="soft">({escape(rule["cite"])})</span>'
    sides = "".join(_side(rule, side, leads.get((rule["id"], side), "")) for side in ("valid", "invalid"))
    mark, word = _STATES[rule["neighbours"]]
    both = f'<td class="cell {rule["neighbours"]}">{mark} {word}</td>'
    return (
        f'<tr data-state="{_state(rule)}"><th scope="row"><code>{escape(tail)}</code><br>'
        f"{escape(rule['says'])}{cite}</th>{sides}{both}</tr>"
    )


def _side(rule: Json, name: str, anchor: str) -> str:
    side = rule[name]
    mark, word = _STATES[side["result"]]
    away = f" ({side['unreachable']} n/a)" if side["unreachable"] else ""
    done = f"{side['failed']} of {side['points']}" if side["failed"] else f"{side['done']}/{side['points']}"
    text = f"{done}{away}" if side["points"] else ""
    told = f'{mark} {text} <span class="hidden">{word}</span>'
    return f'<td class="cell {side["result"]}">{f"""<a href="#{anchor}">{told}</a>""" if anchor else told}</td>'


# Coverage, checks, exceptions.


def _coverage(run: Json) -> str:
    level_of = {name: level + 1 for level, names in enumerate(LEVELS) for name in names}
    rows = [
        _metric(name, metric, f"L{level_of[name]}" if name in level_of else "")
        for name, metric in run["coverage"]["metrics"].items()
    ]
    head = "".join(f'<th scope="col">{name}</th>' for name in ("what", "done", "share", "for level"))
    return f"""<div class="scroll"><table><caption>A level is reached when its metrics and those of the levels below are
complete.</caption><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>"""


def _metric(name: str, metric: Json, level: str) -> str:
    percent = 100 * metric["share"]
    missing = metric["possible"] - metric["done"]
    listed = _missing(metric["missing"], missing) if missing else ""
    away = f", {metric['unreachable']} not applicable" if metric["unreachable"] else ""
    return (
        f'<tr><th scope="row">{escape(METRICS[name])}{listed}</th>'
        f'<td class="number">{metric["done"]} / {metric["possible"]}{away}</td>'
        f'<td><div class="bar" aria-hidden="true"><span style="width:{percent:.1f}%"></span></div>{percent:.0f} %</td>'
        f"<td>{level}</td></tr>"
    )


def _missing(names: Iterable[str], number: int) -> str:
    known = list(names)
    items = "".join(f"<li><code>{escape(name)}</code></li>" for name in known)
    rest = f"<p>... and {number - len(known)} more.</p>" if number > len(known) else ""
    return f'<details><summary>{number} missing</summary><ul class="plain">{items}</ul>{rest}</details>'


def _checks(run: Json) -> str:
    rows = [
        f'<tr><th scope="row"><code>{escape(item["id"])}</code></th>'
        f"<td>{_badge(_WORDS[item['result']], item['result'])}</td>"
        f'<td class="number">{item["judged"]}</td><td class="number">{item["seconds"]:.2f} s</td>'
        f"<td>{escape(item['note'])}</td></tr>"
        for item in run["items"]
        if not item["rule"]
    ]
    if not rows:
        return "<p>None ran.</p>"
    head = "".join(f'<th scope="col">{name}</th>' for name in ("check", "result", "cases", "time", "note"))
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'


def _exceptions(run: Json) -> str:
    if not run["exceptions"]:
        return "<p>None.</p>"
    rows = [
        f'<tr><th scope="row"><code>{escape(one["name"])}</code></th><td>{escape(one["reason"])}</td>'
        f"<td>{_badge('failed', 'passes: take it away') if one['is_stale'] else 'known to fail'}</td></tr>"
        for one in run["exceptions"]
    ]
    head = "".join(f'<th scope="col">{name}</th>' for name in ("without", "reason", "state"))
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'


# Traffic that nobody planned.


def _traffic(heard: Json) -> str:
    rows = [
        f'<tr><th scope="row"><code>{escape(one["rule"])}</code><br>{escape(one["says"])}'
        f' <span class="soft">({escape(one["cite"])})</span></th>'
        f"<td><code>{escape(one['path'] or 'request')}</code> = <code>{_shown(one['value'])}</code></td>"
        f'<td class="number">{one["count"]}</td><td><code>{escape(one["test"])}</code></td></tr>'
        for one in heard["violating"]
    ]
    head = "".join(f'<th scope="col">{name}</th>' for name in ("rule", "value", "times", "test"))
    table = f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
    dropped = f"<p>{heard['dropped']} requests left the journal uncounted.</p>" if heard["dropped"] else ""
    return f"""<section aria-labelledby="traffic-{heard["service"]}">
<h2 id="traffic-{heard["service"]}">Traffic of <code>{escape(heard["service"])}</code></h2>
<p class="soft">{heard["requests"]} requests of {heard["tests"]} tests; what they exercised of the operations that they
called</p>
{dropped}
<h3>Violating requests</h3>
{table if rows else "<p>None.</p>"}
<h3>Coverage</h3>
{_coverage(heard)}
</section>"""


def _badge(state: str, word: str) -> str:
    return f'<span class="badge {state}">{escape(word)}</span>'


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False, default=repr)
    whole = text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}... ({len(text)} characters)"
    return escape(whole)

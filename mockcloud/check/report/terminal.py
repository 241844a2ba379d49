"""The summary that a person reads in ten seconds."""

from __future__ import annotations

from .model import Report, stable_id

_MOST_NOTES = 12


def summary(report: Report) -> str:
    """The run in a few lines, then every finding whole."""
    coverage = report.coverage
    metrics = {name: metric.as_json() for name, metric in coverage.metrics.items()}

    def share(name: str) -> str:
        return f"{metrics[name]['done']}/{metrics[name]['possible']}"

    cls = report.offer.adapter_class
    wanted = f", wanted L{report.wanted_level}" if report.wanted_level else ""
    lines = [
        f"{report.offer.service.id}  adapter {report.adapter}  policy {cls.policy}  seed {report.seed}",
        f"  operations {share('operations')}     level L{coverage.level()}{wanted}     {report.seconds:.1f} s",
        f"  rules      valid {share('rules_valid')}  invalid {share('rules_invalid')}  points {share('points')}"
        f" ({len(coverage.unreachable)} unreachable)  pairs {share('pairs')}",
        f"  codes      {share('codes')}  states {share('states')}  transitions {share('transitions')}"
        f"  members {share('members')}  faults {share('faults')}",
        f"  checks     {report.count('ok')} ok  {report.count('failed')} failed  {report.count('skipped')} skipped"
        f"  {report.count('without')} without",
    ]
    lines += [f"  without    {result.item.id}: {result.note}" for result in report.results if result.word == "without"]
    lines += [f"  stale      without names {name}, which passes: take the entry away" for name in report.stale]
    notes = [result for result in report.results if result.word == "ok" and result.note][:_MOST_NOTES]
    lines += [f"  note       {result.item.id}: {result.note}" for result in notes]
    for finding in report.findings():
        mark = " (known)" if stable_id(finding) in report.known else ""
        lines += ["", f"FAILED {finding.item}{mark}  {finding.text(report.adapter)}"]
    return "\n".join(lines)

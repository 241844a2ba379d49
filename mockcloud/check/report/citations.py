"""Where a citation leads: the address that a source's description names, if it names one."""

from __future__ import annotations

import re

_TRAIL = ".,;:)\"'"
_FORMS = (
    (re.compile(r"\bPyPI ([\w.-]+) (\d[\w.]*)"), "https://pypi.org/project/{0}/{1}/"),
    (re.compile(r"\bnpm ((?:@[\w.-]+/)?[\w.-]+)"), "https://www.npmjs.com/package/{0}"),
    (re.compile(r"\bGitHub ([\w.-]+/[\w.-]+)"), "https://github.com/{0}"),
    (re.compile(r"\b(github\.com/[\w.-]+/[\w.-]+) at ([0-9a-f]{7,40})\b"), "https://{0}/tree/{1}"),
    (re.compile(r"\b((?:[a-z0-9-]+\.)+(?:com|org|io|net|cn)/[^\s,;]+)"), "https://{0}"),
)


def url_of(source: str) -> str:
    """The first address in a source's description, "" when there is none."""
    found = [(match.start(), match, form) for pattern, form in _FORMS if (match := pattern.search(source))]
    if not found:
        return ""
    _, match, form = min(found, key=lambda one: one[0])
    return form.format(*(part.rstrip(_TRAIL) for part in match.groups()))

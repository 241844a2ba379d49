"""The HTML page: what it holds, and how a browser shows it (where one is installed)."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from mockcloud.check.report import FORMATS, tree
from tests import browser

from .reported import many, nasty

VOID = {"meta", "br", "link", "img", "input", "hr"}
needs_browser = pytest.mark.skipif(
    browser.program() is None, reason="no browser to look at the page with: apt-get install chromium"
)


class Page(HTMLParser):
    """Tags in order, with their attributes; `text` of all; unbalanced tags are noted."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.text, self.open, self.wrong = [], "", [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("style", "script"):
            self.text += data

    def all(self, name):
        return [attrs for tag, attrs in self.tags if tag == name]


def page(report):
    return Page(FORMATS["html"](report))


# What it holds.


def test_tags_are_balanced(example):
    made = page(example)
    assert (made.open, made.wrong) == ([], [])


def test_page_needs_nothing_beside_itself(example):
    text = FORMATS["html"](example)
    made = Page(text)
    loads = [attrs for name in ("link", "img", "iframe", "object", "embed") for attrs in made.all(name)]
    assert loads + [attrs for attrs in made.all("script") if "src" in attrs] == []
    assert "url(" not in text
    assert "@import" not in text
    [policy] = [attrs["content"] for attrs in made.all("meta") if attrs.get("http-equiv") == "Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")


def test_findings_have_counterexample_source_and_command(example):
    text = page(example).text
    [found] = example["runs"][0]["findings"]
    for said in (found["title"], found["subject"], found["source"], found["again"], "span 60001 from 0"):
        assert said in text
    assert '{"output_param": {"start": 0, "end": 60001}}' in text
    assert "11 more cases" in text


def test_matrix_has_every_rule_and_three_colours(example):
    made = page(example)
    rules = example["runs"][0]["rules"]
    cells = [attrs["class"].split() for attrs in made.all("td") if attrs.get("class", "").startswith("cell")]
    assert len(cells) == 3 * len(rules)
    assert [kind for _, kind in cells] == [
        state for rule in rules for state in (rule["valid"]["result"], rule["invalid"]["result"], rule["neighbours"])
    ]
    assert {kind for _, kind in cells} == {"done", "failed"}


def test_failed_cell_leads_to_its_finding(example):
    made = page(example)
    [lead] = [attrs["href"] for attrs in made.all("a") if attrs.get("href", "").startswith("#finding")]
    assert lead[1:] in {attrs.get("id") for attrs in made.all("article")}


def test_exceptions_and_coverage_are_told(example):
    text = page(example).text
    assert "issue 12" in text
    assert "passes: take it away" in text
    assert "boundary points" in text
    assert "35 / 35" in text


def test_structure_can_be_read_aloud(example):
    made = page(example)
    assert made.all("html") == [{"lang": "en"}]
    levels = [int(tag[1]) for tag, _ in made.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert all("scope" in attrs for attrs in made.all("th"))
    ids = [attrs["id"] for _, attrs in made.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    targets = {attrs["href"][1:] for attrs in made.all("a") if attrs.get("href", "").startswith("#")}
    assert targets <= {*ids}


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "\"'><b>", "&amp;", "</style></pre>"], ids=ascii)
def test_nothing_that_it_shows_becomes_markup(example, text):
    plain, made = page(example), page(nasty(example, text))
    assert (made.open, made.wrong) == ([], [])
    assert len(made.all("script")) == len(plain.all("script"))
    assert made.all("b") == []
    assert text in made.text


def test_long_values_are_cut(example):
    assert len(FORMATS["html"](nasty(example, "x" * 100_000))) < 20_000_000
    assert "... (200008 characters)" in page(nasty(example, "x" * 100_000)).text


def test_report_without_runs_is_a_page():
    assert "Nothing was checked" in page(tree([])).text


def traffic():
    metric = {"done": 1, "possible": 2, "share": 0.5, "unreachable": 0, "missing": ["CreateGifTask Code"]}
    broken = {
        "rule": "s.o.r",
        "says": "must",
        "cite": "PY",
        "source": "the SDK",
        "basis": "documented",
        "side": "client",
    }
    return {
        "service": "svc",
        "title": "Service, v1",
        "tests": 3,
        "requests": 7,
        "dropped": 2,
        "violating": [{**broken, "path": "/a", "value": 33, "test": "test_a.py::test_b", "count": 2}],
        "coverage": {"metrics": {"codes": metric}},
    }


def test_traffic_is_told_with_rule_value_and_test():
    text = page(tree([], [traffic()])).text
    for said in ("7 requests of 3 tests", "s.o.r", "/a", "33", "test_a.py::test_b", "2 requests left the journal"):
        assert said in text


# How a browser shows it.


@pytest.fixture(scope="module")
def tab(tmp_path_factory):
    with browser.opened(tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.fixture
def show(tab, tmp_path):
    def show(report, *, scripts=True, scheme="light", width=1280):
        path = tmp_path / "report.html"
        path.write_text(FORMATS["html"](report), "utf-8")
        tab.allow_scripts(scripts)
        tab.dress(scheme)
        tab.resize(width, 900)
        tab.show(path)
        return tab

    return show


# A channel of a colour as the eye weighs it, and the ratio of two, as WCAG 2.1 defines them.
CONTRASTS = """
(() => {
  const channel = value => (value /= 255) <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const rgb = text => text.match(/[0-9.]+/g).map(Number);
  const weight = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = node => {
    for (; node; node = node.parentElement) {
      const colour = rgb(getComputedStyle(node).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const seen = [...document.querySelectorAll('body *')].filter(
    node => node.checkVisibility() && [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim()));
  return seen.map(node => {
    const [one, other] = [weight(rgb(getComputedStyle(node).color)), weight(behind(node))];
    return [(Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05), node.outerHTML.slice(0, 80)];
  });
})()
"""
COLOURS = "Object.fromEntries(['done', 'failed', 'open'].map(name => [name, getComputedStyle(\
document.querySelector(`.legend .${name}`)).backgroundColor]))"
SHOWN = (
    "[...document.querySelectorAll('tr[data-state]')].filter(row => row.checkVisibility()).map(r => r.dataset.state)"
)
PRESS = "document.querySelector('[data-show={}]').click()"


@needs_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_can_be_read(show, example, scheme):
    tab = show(example, scheme=scheme)
    contrasts = tab.ask(CONTRASTS)
    assert len(contrasts) > 100
    assert [place for ratio, place in contrasts if ratio < 4.5] == []


@needs_browser
def test_states_have_three_colours_in_light_and_dark(show, example):
    light, dark = (show(example, scheme=scheme).ask(COLOURS) for scheme in ("light", "dark"))
    assert len({*light.values()}) == len({*dark.values()}) == 3
    assert not {*light.values()} & {*dark.values()}


@needs_browser
def test_page_asks_for_nothing_and_complains_of_nothing(show, example):
    tab = show(nasty(example, "<img src=x onerror=alert(1)>"))
    assert [url for url in tab.requests if not url.startswith("file:")] == []
    assert len(tab.requests) == 1
    assert tab.complaints == []


@needs_browser
def test_buttons_leave_rows_out(show, example):
    tab = show(example)
    every = tab.ask(SHOWN)
    assert sorted({*every}) == ["done", "failed"]
    tab.ask(PRESS.format("failed"))
    assert tab.ask(SHOWN) == ["failed"]
    assert tab.ask("document.querySelector('[data-show=failed]').getAttribute('aria-pressed')") == "true"
    tab.ask(PRESS.format("all"))
    assert tab.ask(SHOWN) == every


@needs_browser
def test_failed_cell_leads_to_the_finding_on_the_screen(show, example):
    tab = show(example)
    tab.ask("document.querySelector('td.failed a').click()")
    top = tab.ask("document.querySelector(location.hash).getBoundingClientRect().top")
    assert 0 <= top < 900
    assert "span-60s" in tab.ask("document.querySelector(location.hash).textContent")


@needs_browser
def test_page_says_the_same_without_its_script(show, example):
    tab = show(example, scripts=False)
    tab.allow_scripts(True)  # for the question, the page is there already
    assert len(tab.ask(SHOWN)) == len(example["runs"][0]["rules"])
    assert tab.ask("document.querySelector('.pick').checkVisibility()") is False


@needs_browser
@pytest.mark.parametrize("width", [360, 800, 1280])
def test_page_fits_its_window(show, example, width):
    tab = show(nasty(example, "x" * 300), width=width)
    assert tab.ask("document.scrollingElement.scrollWidth") <= width


@needs_browser
def test_large_report_is_there_at_once(show, example):
    tab = show(many(example, 500))
    assert tab.ask("document.querySelectorAll('article').length") == 500
    assert tab.ask("performance.timing.domComplete - performance.timing.domLoading") < 10_000


@needs_browser
def test_traffic_is_shown(show):
    tab = show(tree([], [traffic()]))
    assert "test_a.py::test_b" in tab.ask("document.body.innerText")

"""Looks of the HTML report: one style sheet and one small script, both part of the page."""

from __future__ import annotations

STYLE = """
:root {
  color-scheme: light dark;
  --paper: #ffffff; --panel: #f6f7f9; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --link: #0550ae;
  --done: #d3f2da; --done-ink: #0b5c24; --failed: #ffd8d3; --failed-ink: #98130a; --open: #fff1c2; --open-ink: #6b4b00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #0f1318; --panel: #181e25; --ink: #e6eaef; --soft: #a3adb8; --line: #343c46; --link: #7cb7ff;
    --done: #11391f; --done-ink: #8fe3a6; --failed: #551a16; --failed-ink: #ffb4ab;
    --open: #453503; --open-ink: #f5d565;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 3.5rem; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.55 system-ui, sans-serif;
  overflow-wrap: break-word; }
main, header, footer { max-width: 76rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 1.5rem; }
footer { padding-bottom: 2rem; color: var(--soft); font-size: .9em; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .5rem; padding-top: 1.25rem; border-top: 1px solid var(--line); }
main > section:first-child > h2 { border-top: 0; margin-top: 1rem; padding-top: 0; }
h2 code { font-size: inherit; }
h3 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; }
h4 { font-size: 1rem; margin: 0; }
p { margin: .25rem 0 .75rem; }
a { color: var(--link); }
a:focus-visible, button:focus-visible, summary:focus-visible, [tabindex]:focus-visible {
  outline: 3px solid var(--link); outline-offset: 2px; border-radius: 3px;
}
code, pre { font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
code { overflow-wrap: anywhere; }
pre { margin: 0; padding: .5rem .75rem; background: var(--paper); border: 1px solid var(--line); border-radius: 6px;
  white-space: pre-wrap; overflow-wrap: anywhere; max-height: 22rem; overflow: auto; }
.soft { color: var(--soft); }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .25rem .75rem; z-index: 9; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.badge { display: inline-block; padding: 0 .6rem; border-radius: 1rem; font-size: .85em; font-weight: 600;
  white-space: nowrap; }
.done { background: var(--done); color: var(--done-ink); }
.failed { background: var(--failed); color: var(--failed-ink); }
.open { background: var(--open); color: var(--open-ink); }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: .6rem; margin: 1rem 0;
  padding: 0; list-style: none; }
.tiles li { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: .5rem .75rem; }
.tiles strong { display: block; font-size: 1.35rem; line-height: 1.3; font-variant-numeric: tabular-nums; }
.tiles li.failed { background: var(--failed); border-color: transparent; color: var(--failed-ink); }
.tiles li.failed .soft { color: inherit; }
.finding { background: var(--panel); border: 1px solid var(--line); border-left: 5px solid var(--failed-ink);
  border-radius: 8px; padding: .75rem 1rem 1rem; margin: 0 0 1rem; }
.finding.known { border-left-color: var(--soft); }
.finding dl { display: grid; grid-template-columns: 5rem minmax(0, 1fr); gap: .4rem .75rem; margin: .6rem 0 0; }
.finding dt { color: var(--soft); }
.finding dd { margin: 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; color: var(--soft); padding-bottom: .4rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid var(--line); }
thead th { position: sticky; top: 0; background: var(--paper); border-bottom: 2px solid var(--line); z-index: 1; }
tbody th { font-weight: normal; }
th.operation { background: var(--panel); font-weight: 600; }
td.cell { width: 8.5rem; border-left: 3px solid var(--paper); font-variant-numeric: tabular-nums; white-space: nowrap; }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.cell a { color: inherit; }
.bar { height: .6rem; min-width: 8rem; background: var(--open); border-radius: 1rem; overflow: hidden;
  margin-top: .4rem; }
.bar span { display: block; height: 100%; background: var(--done-ink); }
.legend { display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; padding: 0; list-style: none; margin: 0 0 .75rem; }
.pick { display: flex; flex-wrap: wrap; gap: .4rem; margin: 0 0 .75rem; }
.pick button { font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--line);
  border-radius: 1rem; padding: .1rem .8rem; cursor: pointer; }
.pick button[aria-pressed=true] { background: var(--ink); color: var(--paper); border-color: var(--ink); }
details > summary { cursor: pointer; color: var(--link); margin: .5rem 0; }
ul.plain { margin: .25rem 0; padding-left: 1.25rem; columns: 2 24rem; }
[hidden] { display: none !important; }
@media print { .pick, .skip { display: none; } thead th { position: static; } }
"""

# Without it the page says the same; the buttons, which only leave rows out, stay hidden then.
SCRIPT = """
for (const pick of document.querySelectorAll('.pick')) {
  const table = document.getElementById(pick.dataset.table);
  pick.hidden = false;
  pick.addEventListener('click', event => {
    const button = event.target.closest('button');
    if (!button) return;
    for (const other of pick.querySelectorAll('button')) other.setAttribute('aria-pressed', other === button);
    const wanted = button.dataset.show;
    for (const body of table.tBodies) {
      let left = 0;
      for (const row of body.rows) {
        if (!row.dataset.state) continue;
        row.hidden = wanted !== 'all' && row.dataset.state !== wanted;
        left += !row.hidden;
      }
      body.hidden = !left;
    }
  });
}
"""

# SPDX-License-Identifier: GPL-2.0
"""The results of the matrix as a page: one file that needs no network and no script.

One table: a row for each claim, a column for each kernel and variant. A sign is a link to an
article with the transcripts. The style sheet shows the article that the address names
(:target), in a panel beside the table, and hides the others. The script adds keys, and marks
the open cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from hi.document import document, quote
from hi.report import SIGNS, sums, unique
from hi.results import Caught, Cell, Mutant, Outcome, Results, State

STYLE = """
header { padding: .7rem 1rem .5rem; border-bottom: 1px solid var(--line) }
h1 { font-size: 1.2rem; margin: 0 } h2 { font-size: 1.05rem; margin: 0 2rem .5rem 0 } h3 { font-size: .95rem; margin: 1.2rem 0 .3rem }
header p { margin: .15rem 0 0; color: var(--dim) }
.holds { color: var(--good) } .fails { color: var(--bad) } .absent { color: var(--dim) }
#views { flex: 1; min-height: 0; display: flex }
main { flex: 1; min-width: 0; overflow: auto }
table { border-collapse: separate; border-spacing: 0 }
th, td { border: 0 solid var(--line); border-width: 0 1px 1px 0; background: var(--back); text-align: left; vertical-align: top }
thead th { position: sticky; z-index: 2; background: var(--raised); font-weight: 600 }
thead tr:first-child th { top: 0; height: 2rem; padding: .25rem .6rem; white-space: nowrap }
thead tr + tr th { top: 2rem; height: 6.6rem; padding: .4rem .35rem; vertical-align: bottom }
thead span { writing-mode: vertical-rl; transform: rotate(180deg); display: inline-block; font-weight: 400 }
.claims thead tr:first-child th:first-child { z-index: 3 }
.claims tbody th, .claims thead tr:first-child th:first-child { position: sticky; left: 0; width: 24rem; min-width: 24rem }
tbody th { z-index: 1; overflow-wrap: anywhere; padding: .35rem .6rem .35rem 3.3rem; font-weight: 400; text-indent: -2.5rem }
tbody th b { display: inline-block; width: 2.5rem; text-indent: 0 }
td { position: relative; text-align: center; padding: 0 } td.fails { background: var(--bad-back) }
td a { display: block; min-width: 2.1rem; padding: .35rem 0; font-weight: 700; text-decoration: none; color: inherit;
	scroll-margin: 8.6rem 0 1rem 24rem }
td a::after { content: ""; position: absolute; inset: 0 } td a:focus { outline: none }
td a:hover::after, .close:focus-visible { outline: 2px solid var(--line); outline-offset: -2px }
td a.open::after, td a:focus-visible::after { outline: 2px solid var(--link); outline-offset: -2px }
main > p, main > h2, main > ul { margin: 1rem } main > ul { padding: 0 0 0 1.2rem }
.mutants { margin: 0 0 2rem } .mutants td { text-align: left; padding: .35rem .6rem } .mutants td.sign { padding: 0 }
aside { display: contents }
article { display: none; position: relative; width: 50%; min-width: 22rem; overflow: auto; padding: .8rem 1rem 2rem;
	border-left: 1px solid var(--line); background: var(--back) }
article:target { display: block; outline: none }
article p { margin: .2rem 0 } p.seen { white-space: pre-wrap; padding: .4rem .6rem; color: var(--bad); background: var(--bad-back) }
.close { position: absolute; top: .6rem; right: .8rem; padding: 0 .5rem; font-size: 1.3rem; text-decoration: none }
pre { margin: .3rem 0; padding: .6rem; white-space: pre-wrap; overflow-wrap: anywhere; font-size: 12.5px; line-height: 1.35; background: var(--raised) }
@media (max-width: 60rem) {
	h1 { font-size: 1rem } header p { font-size: .85rem }
	#views { flex-direction: column }
	article { width: auto; min-width: 0; height: 60%; border: 0; border-top: 3px solid var(--line) }
	.claims tbody th, .claims thead tr:first-child th:first-child { width: 11rem; min-width: 11rem }
	td a { scroll-margin-left: 11rem }
	tbody th { font-size: .8rem; line-height: 1.3; padding: .3rem .4rem; text-indent: 0 }
	tbody th b { display: block }
	.mutants, .mutants tr, .mutants td { display: block; width: auto } .mutants thead { display: none }
	.mutants td { border-right: 0; border-bottom: 0; padding: .2rem 1rem } .mutants tr { border-bottom: 1px solid var(--line) }
	.mutants td.sign a { padding-left: 1rem; text-align: left }
}
@media print { html, body, #views { display: block; height: auto } main { overflow: visible } article { display: block; width: auto } }
"""

SCRIPT = """
function mark() {
	document.querySelectorAll("td a").forEach(a => a.classList.toggle("open", a.hash === location.hash));
	const open = document.querySelector("td a.open");
	if (open) open.scrollIntoView({ block: "nearest", inline: "nearest" });
}
function step(key) {
	const open = document.querySelector("td a.open"), cell = open && open.parentNode, row = cell && cell.parentNode;
	const next = { ArrowLeft: r => r.cells[cell.cellIndex - 1], ArrowRight: r => r.cells[cell.cellIndex + 1],
		ArrowUp: r => r.previousElementSibling && r.previousElementSibling.cells[cell.cellIndex],
		ArrowDown: r => r.nextElementSibling && r.nextElementSibling.cells[cell.cellIndex] }[key];
	const link = row && next && next(row) && next(row).querySelector("a");
	if (link) link.click();
	return link;
}
addEventListener("load", mark);
addEventListener("hashchange", mark);
addEventListener("keydown", event => {
	if (event.key === "Escape") location.hash = "closed";
	else if (document.querySelector("td a.open") && step(event.key)) event.preventDefault();
});
"""


def sign(state: State) -> str:
    return f"<b class='{state.value}'>{SIGNS[state]}</b>"


def link(target: str, state: State, title: str) -> str:
    return f"<a href='#{quote(target)}' title='{quote(title)}'>{SIGNS[state]}</a>"


def article(target: str, title: str, parts: Iterable[str]) -> str:
    return (f"<article id='{quote(target)}'><a class='close' href='#closed' title='Close'>×</a><h2>{title}</h2>"
            f"{''.join(parts)}</article>\n")


def transcript(state: State, one: Outcome | Caught) -> str:
    seen = f"<p class='seen'>{quote(one.seen.strip())}</p>" if one.seen.strip() else ""
    return f"<h3>{sign(state)} {quote(one.title)}</h3>{seen}<pre>{quote(one.transcript)}</pre>"


# --- the claims ------------------------------------------------------------------

def cell_id(cell: Cell) -> str:
    return re.sub(r"[^\w.-]", "_", f"{cell.kernel}-{cell.variant}-{cell.claim}")


def failed(cells: Iterable[Cell]) -> int:
    return sum(cell.state == State.FAILS for cell in cells)


def claims_table(results: Results) -> str:
    """Claims that fail come first, those that fail most before the others."""
    cells = {(cell.claim, cell.kernel, cell.variant): cell for cell in results.cells}
    columns = unique((cell.kernel, cell.variant) for cell in results.cells)
    rows = {claim: [cell for cell in results.cells if cell.claim == claim] for claim in results.claims}
    out = ["<table class='claims'><thead><tr><th rowspan='2' scope='col'>Claim</th>"]
    for kernel in unique(kernel for kernel, _ in columns):
        out.append(f"<th scope='colgroup' colspan='{sum(kernel == k for k, _ in columns)}'>{quote(kernel)}</th>")
    out.append("</tr><tr>" + "".join(f"<th scope='col'><span>{quote(variant)}</span></th>" for _, variant in columns))
    out.append("</tr></thead><tbody>\n")
    for claim in sorted((claim for claim in rows if rows[claim]), key=lambda claim: -failed(rows[claim])):
        out.append(f"<tr><th scope='row'><b>{claim}</b>{quote(results.claims[claim])}</th>")
        for kernel, variant in columns:
            cell = cells.get((claim, kernel, variant))
            if cell:
                title = f"{claim}, Linux {kernel} {variant}: {cell.reason or cell.state.value}"
                out.append(f"<td class='{cell.state.value}'>{link(cell_id(cell), cell.state, title)}</td>")
            else:
                out.append("<td class='none'></td>")
        out.append("</tr>\n")
    return "".join(out) + "</tbody></table>\n"


def cell_article(cell: Cell, text: str) -> str:
    """What failed comes first."""
    experiments = sorted(cell.experiments, key=lambda one: one.state != State.FAILS)
    parts = [f"<p>{quote(text)}</p>"]
    if not experiments:
        parts.append(f"<p class='{cell.state.value}'>{quote(cell.reason)}</p>")
    parts += [transcript(one.state, one) for one in experiments]
    return article(cell_id(cell), f"{sign(cell.state)} {cell.claim}, Linux {quote(cell.kernel)} {quote(cell.variant)}", parts)


# --- the mutants -----------------------------------------------------------------

def mutant_state(mutant: Mutant) -> State:
    return State.HOLDS if mutant.caught_by else State.FAILS


def mutant_id(mutant: Mutant) -> str:
    return re.sub(r"[^\w.-]", "_", f"{mutant.kernel}-{mutant.mutant}")


def mutants_table(mutants: list[Mutant]) -> str:
    out = ["<h2 id='mutants'>Mutants</h2><p>The driver broken on purpose, and the experiments that notice.</p>"
           "<table class='mutants'><thead><tr><th></th><th>Linux</th><th>Mutant</th><th>How it is broken</th>"
           "<th>Noticed by</th></tr></thead><tbody>\n"]
    for mutant in sorted(mutants, key=lambda mutant: bool(mutant.caught_by)):
        state, by = mutant_state(mutant), mutant.caught_by
        more = f", and {len(by) - 1} more" if len(by) > 1 else ""
        out.append(f"<tr><td class='sign {state.value}'>{link(mutant_id(mutant), state, mutant.mutant)}</td>"
                   f"<td>{quote(mutant.kernel)}</td><td>{quote(mutant.mutant)}</td><td>{quote(mutant.how)}</td>"
                   f"<td>{quote(by[0].title) + more if by else f'none of {mutant.ran} experiments'}</td></tr>\n")
    return "".join(out) + "</tbody></table>\n"


def mutant_article(mutant: Mutant) -> str:
    parts = [f"<p>{quote(mutant.how)}</p>", *(transcript(State.FAILS, one) for one in mutant.caught_by)]
    return article(mutant_id(mutant), f"{sign(mutant_state(mutant))} {quote(mutant.mutant)}, Linux {quote(mutant.kernel)}", parts)


# -----------------------------------------------------------------------------------

def failures(results: Results) -> str:
    """A line for each cell that fails, above the table."""
    lines = [f"<li class='fails'><a href='#{quote(cell_id(cell))}'>{cell.claim}, {quote(cell.kernel)} {quote(cell.variant)}</a>: "
             f"{quote(cell.reason)}</li>" for cell in results.cells if cell.state == State.FAILS]
    return f"<ul>{''.join(lines)}</ul>\n" if lines else ""


def render(results: Results) -> str:
    body = [failures(results), claims_table(results) if results.cells else ""]
    body.append(mutants_table(results.mutants) if results.mutants else "")
    articles = [cell_article(cell, results.claims[cell.claim]) for cell in results.cells]
    articles += [mutant_article(mutant) for mutant in results.mutants]
    head = (f"<header><h1>The life cycle of kernel modules, {quote(results.arch)}</h1>"
            f"<p>{quote(sums(results))}. {sign(State.HOLDS)} holds, {sign(State.FAILS)} fails, {sign(State.ABSENT)} does not "
            f"apply; a sign opens what was done and seen in the booted kernel.</p></header>\n")
    return document("The life cycle of kernel modules", STYLE,
                    f"{head}<div id='views'><main>\n{''.join(body)}</main>\n<aside>\n{''.join(articles)}</aside></div>", SCRIPT)

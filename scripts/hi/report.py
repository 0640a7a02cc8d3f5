# SPDX-License-Identifier: GPL-2.0
"""The results of the matrix on the screen and as JSON; the page is in page.py."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterable
from typing import TypeVar
from xml.etree import ElementTree

from hi.results import Cell, Results, State

T = TypeVar("T")

# Characters that XML cannot hold.
NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

SIGNS = {State.HOLDS: "✓", State.FAILS: "✗", State.ABSENT: "–"}


def unique(items: Iterable[T]) -> list[T]:
    return list(dict.fromkeys(items))


def as_json(results: Results) -> str:
    return json.dumps(dataclasses.asdict(results), indent=1, ensure_ascii=False) + "\n"


def as_junit(results: Results) -> str:
    """A test suite for each kernel and variant or module, a test case for each claim or experiment:
    https://github.com/testmoapp/junitxml"""
    suites = ElementTree.Element("testsuites")
    for kernel, variant in unique((cell.kernel, cell.variant) for cell in results.cells):
        cells = [cell for cell in results.cells if (cell.kernel, cell.variant) == (kernel, variant)]
        suite = ElementTree.SubElement(
            suites, "testsuite", name=f"{variant}, Linux {kernel} {results.arch}", tests=str(len(cells)),
            failures=str(sum(cell.state == State.FAILS for cell in cells)),
            skipped=str(sum(cell.state == State.ABSENT for cell in cells)))
        for cell in cells:
            seconds = sum(one.seconds for one in cell.experiments)
            case = ElementTree.SubElement(suite, "testcase", classname=f"{variant}.{cell.claim}",
                                          name=results.claims[cell.claim], time=f"{seconds:.2f}")
            if cell.state == State.FAILS:
                failed = [one for one in cell.experiments if one.state == State.FAILS]
                text = "\n\n".join(f"{one.title}\n{one.seen}\n{one.transcript}" for one in failed)
                ElementTree.SubElement(case, "failure", message=cell.reason).text = NOT_XML.sub("?", text)
            elif cell.state == State.ABSENT:
                ElementTree.SubElement(case, "skipped", message=cell.reason)
    ElementTree.indent(suites)
    return ElementTree.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def kernel_lines(kernel: str, cells: dict[tuple[str, str], Cell], claims: list[str]) -> Iterable[str]:
    """The table of one kernel, by claim and variant, and the reasons below it."""
    variants = unique(variant for _, variant in cells)
    yield f"Linux {kernel}"
    yield (" " * 6 + "".join(f"{variant:<11}" for variant in variants)).rstrip()
    for claim in claims:
        signs = (SIGNS[cells[claim, variant].state] if (claim, variant) in cells else " " for variant in variants)
        yield f"{claim:<6}{''.join(f'{sign:<11}' for sign in signs)}".rstrip()
    absences: dict[tuple[str, str], list[str]] = {}
    in_order = [cells[claim, variant] for claim in claims for variant in variants if (claim, variant) in cells]
    for cell in in_order:
        if cell.state == State.ABSENT:
            absences.setdefault((cell.claim, cell.reason), []).append(cell.variant)
    for (claim, reason), where in absences.items():
        yield f"– {claim} {', '.join(where)}: {reason}"
    for cell in in_order:
        if cell.state == State.FAILS:
            yield f"✗ {cell.claim} {cell.variant}: {cell.reason}"
    yield ""


def mutant_lines(results: Results) -> Iterable[str]:
    for mutant in results.mutants:
        name, by = f"{mutant.mutant} ({mutant.kernel})", mutant.caught_by
        if by:
            more = f", and {len(by) - 1} more" if len(by) > 1 else ""
            yield f"✓ {name}: {by[0].title}: {''.join(by[0].seen.splitlines()[:1])}{more}"
        else:
            yield f"✗ {name}: not noticed by any of {mutant.ran} experiments" + (", and a guest hung" if mutant.hung else "")


def sums(results: Results) -> str:
    states = [cell.state for cell in results.cells]
    line = (f"{states.count(State.HOLDS)} hold, {states.count(State.FAILS)} fail, "
            f"{states.count(State.ABSENT)} do not apply")
    if State.HOLDS not in states and State.FAILS not in states:
        line += ": nothing was looked at"
    if results.mutants:
        line += f"; {sum(bool(m.caught_by) for m in results.mutants)} of {len(results.mutants)} mutants noticed"
    if results.left_out:
        line += f"; {results.left_out} times insmod, rmmod or lsmod was left out: the guest has no kmod"
    return line


def as_text(results: Results) -> str:
    lines: list[str] = []
    for kernel in unique(cell.kernel for cell in results.cells):
        cells = {(cell.claim, cell.variant): cell for cell in results.cells if cell.kernel == kernel}
        lines += kernel_lines(kernel, cells, [claim for claim in results.claims if any(claim == c for c, _ in cells)])
    return "\n".join([*lines, *mutant_lines(results), sums(results)])

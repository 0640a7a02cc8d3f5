# SPDX-License-Identifier: GPL-2.0
"""What compiler, modpost and the inspector say of a module, for V7 of vet."""

from __future__ import annotations

import re

from hi import base
from hi.base import SCRIPTS
from hi.guest import Build
from hi.kept import Kept
from hi.results import Cell, Outcome, State
from hi.subject import Subject

# Debian built a stock kernel with its own tools. The kernel's Makefile ("prepare") warns if ours differ.
OTHER_TOOLS = re.compile(r"^warning: .* differs from the one used to build the kernel$")


def findings(one: Subject, audit: str, permanent: bool) -> list[str]:
    """What is wrong with the sections of a module. permanent: it is meant to stay."""
    found = [line for line in one.log.splitlines() if re.search(r"\bwarning:|section mismatch|^WARNING:", line, re.I)
             and (f"{one.name}.ko" in line or not line.startswith("WARNING: modpost"))
             and not OTHER_TOOLS.search(line)]
    found += re.findall(r"^\s*((?:init-kept|exit-kept|exit-without-init)\b.*)", audit, re.M)
    if one.source and one.elf.machine == "x86_64":
        found += [f"{name}: only init calls it, and it is not marked __init" for name in Kept(one.elf).only_by_init()]
    if one.permanent and not permanent:
        found.append("it has an init function and no exit function: it can never be unloaded (--permanent says that this is meant)")
    if permanent and not one.permanent:
        found.append("it can be unloaded, though --permanent says that it stays")
    if not any(key == "license" for key, _ in one.elf.modinfo):
        found.append("it has no MODULE_LICENSE()")
    return [line.replace(f"{one.source}/", "").strip() if one.source else line.strip() for line in found]


def cell(build: Build, one: Subject, permanent: bool, expected: str) -> Cell:
    audit = base.run([SCRIPTS / "sections", "--audit", one.path], stderr=None).output
    found = findings(one, audit, permanent)
    state = State.FAILS if found else State.HOLDS
    seen = "\n".join([f"seen: {line}" for line in found] + [f"expected: {expected}"]) if found else ""
    outcome = Outcome(f"V7:{one.name}:static", "V7", "V7", state, seen, f"{audit}\n{one.log}")
    return Cell(build.kernel, one.name, "V7", state, "; ".join(found) or "1 cases", [outcome])

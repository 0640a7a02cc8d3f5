# SPDX-License-Identifier: GPL-2.0
"""Which calls of a module can fail, and what they return then: by BTF and by the table in ../calls."""

from __future__ import annotations

import dataclasses
import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass

from hi import base
from hi.base import SCRIPTS
from hi.btf import Btf, Returns

ENOMEM = 12
VALUES = {"errno": -ENOMEM, "ERR_PTR": -ENOMEM, "NULL": 0, "alloc": 0}
UNKNOWN = "it returns a pointer, and nothing tells whether NULL or an error pointer when it fails"


@dataclass(frozen=True)
class Rule:
    pattern: str            # of fnmatch(3)
    kind: str               # see ../calls
    reason: str


@dataclass(frozen=True)
class Call:
    function: str
    value: int | None       # what it returns when it fails; None: it is not made to fail
    reason: str = ""        # why it is left out; "" if it cannot fail, but undoes something
    undo: str = ""          # the function that undoes it
    undo_same: bool = True  # it does so only if its first argument is the same
    raced_only: bool = False    # it allocates: V5 makes the call fail, and V2 the allocation

    @property
    def line(self) -> str:
        """As guest/vet/faults.c reads it."""
        if self.value is None:
            return f"{self.function}\t-\t{self.reason}\n"
        return f"{self.function}\t{'=' if self.raced_only else ''}{self.value}\t{self.undo}\t{int(self.undo_same)}\n"


def load() -> list[Rule]:
    """The table: a line has a kind, a pattern and a reason, separated by tabs. The first that fits counts."""
    rules = []
    for line in base.read(SCRIPTS / "calls").splitlines():
        if line and not line.startswith("#"):
            kind, patterns, *reason = line.split("\t")
            rules += [Rule(pattern, kind, "".join(reason)) for pattern in patterns.split()]
    return rules


def judge(function: str, returns: Returns | None, rules: Sequence[Rule]) -> Call | None:
    """None for a function that neither can fail nor undoes anything."""
    rule = next((rule for rule in rules if fnmatch.fnmatchcase(function, rule.pattern)), None)
    if rule and rule.kind == "never":
        return None
    if rule and rule.kind in ("left-out", "undo"):
        return Call(function, None, rule.reason if rule.kind == "left-out" else "")
    if rule and returns in (Returns.POINTER, Returns.NUMBER, None):
        return Call(function, VALUES[rule.kind], raced_only=rule.kind == "alloc")
    if returns == Returns.NUMBER:
        return Call(function, VALUES["errno"])
    return Call(function, None, UNKNOWN) if returns == Returns.POINTER else None


def undo_of(function: str, undefined: Sequence[str]) -> tuple[str, bool]:
    """The function of those in the list that undoes what another did, and whether its first argument
    is the same."""
    if function in ("alloc_chrdev_region", "register_chrdev_region", "__register_chrdev"):
        names, same = ["unregister_chrdev_region", "__unregister_chrdev"], False
    else:
        names, same = [function.replace("register", word, 1) for word in ("unregister", "deregister")], True
    return next((name for name in names if name != function and name in undefined), ""), same


def of_module(undefined: Sequence[str], types: Sequence[Btf]) -> list[Call]:
    """The calls of a module by its undefined symbols; types are those of the kernel and of the modules that it needs."""
    rules = load()
    returns = {name: next((found for found in (one.returns(name) for one in types) if found), None) for name in undefined}
    found = (judge(name, returns[name], rules) for name in undefined)
    return [dataclasses.replace(call, undo=undo, undo_same=same) for call in found if call
            for undo, same in [undo_of(call.function, undefined)]]

# SPDX-License-Identifier: GPL-2.0
"""The table of claims, ../claims. Tabs separate its fields. A claim is a line with its number and its
text; a change of it is a line below: the claim, the release that made the change, a name, a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from hi import base, kernels
from hi.base import Exit, Stop


@dataclass(frozen=True)
class Change:
    since: str
    name: str
    text: str


@dataclass(frozen=True)
class Claim:
    name: str
    text: str
    changes: list[Change] = field(default_factory=list)


def load(text: str | None = None) -> dict[str, Claim]:
    claims: dict[str, Claim] = {}
    for line in (base.read(base.SCRIPTS / "claims") if text is None else text).splitlines():
        name, *rest = line.split("\t")
        if len(rest) == 1 and name not in claims:
            claims[name] = Claim(name, rest[0])
        elif len(rest) == 3 and name in claims:
            claims[name].changes.append(Change(*rest))
        else:
            raise Stop(Exit.FAILED, f"scripts/claims: neither a claim nor a change of one: {line}")
    return claims


def listing(claims: Sequence[Claim]) -> str:
    return "\n".join(line for claim in claims for line in
                     [f"{claim.name}\t{claim.text}", *(f"\tsince {change.since}: {change.text}" for change in claim.changes)])


def is_changed(name: str, release: str) -> bool:
    """Whether a kernel, by its X.Y, has a change."""
    since = [change.since for claim in load().values() for change in claim.changes if change.name == name]
    if not since:
        raise Stop(Exit.FAILED, f"scripts/claims has no change '{name}'")
    return kernels.is_since(since[0], release)

# SPDX-License-Identifier: GPL-2.0
"""What the matrix found, and how it judges: a cell for each kernel, variant and claim.

What was planned and has no verdict did not happen, and fails.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from hi import ktap
from hi.base import Exit
from hi.guest import Guest


class State(str, enum.Enum):
    HOLDS = "holds"
    FAILS = "fails"
    ABSENT = "absent"       # the claim says nothing of this variant


@dataclass(frozen=True)
class Experiment:
    """One that is planned. The kernel must die of some, after they said so on the console."""
    title: str
    claims: str             # several by spaces
    boot: str
    dies: bool = False


@dataclass
class Outcome:
    title: str
    claims: str
    boot: str
    state: State
    seen: str = ""          # what was seen instead, where it fails
    transcript: str = ""
    seconds: float = 0
    left_out: int = 0       # how often the guest had no kmod for insmod, rmmod or lsmod


@dataclass
class Cell:
    kernel: str
    variant: str
    claim: str
    state: State = State.FAILS
    reason: str = "no experiment looks at it"
    experiments: list[Outcome] = field(default_factory=list)
    left_out: int = 0               # how many cases of vet could not be done


@dataclass
class Caught:
    """An experiment that noticed a mutant."""
    title: str
    seen: str
    transcript: str


@dataclass
class Mutant:
    kernel: str
    mutant: str
    how: str                # the driver is broken
    ran: int = 0            # how many experiments ran
    hung: bool = False      # a guest with it did
    caught_by: list[Caught] = field(default_factory=list)


@dataclass
class Results:
    arch: str
    claims: dict[str, str]
    cells: list[Cell] = field(default_factory=list)
    mutants: list[Mutant] = field(default_factory=list)
    left_out: int = 0

    @property
    def good(self) -> bool:
        """Nothing fails, and something was looked at."""
        return (any(cell.state == State.HOLDS for cell in self.cells) and
                all(cell.state != State.FAILS for cell in self.cells) and all(mutant.caught_by for mutant in self.mutants))


# --- one experiment --------------------------------------------------------------

MARK = "experiments: the kernel must die: "
DEATH = re.compile(r"BUG: .*|Oops.*|Unable to handle .*|Kernel panic.*")


def outcome(experiment: Experiment, test: ktap.Test) -> Outcome:
    details = test.details
    good = test.good and not test.skipped
    return Outcome(experiment.title, experiment.claims, experiment.boot, State.HOLDS if good else State.FAILS,
                   details.get("seen", "it was skipped" if test.skipped else ""), details.get("transcript", ""),
                   float(details.get("seconds", 0)), int(details.get("left_out", 0)))


def judge(experiment: Experiment, guest: Guest) -> Outcome:
    """What a boot says of an experiment."""
    test = guest.output.find(experiment.title)
    if test:
        return outcome(experiment, test)
    result = Outcome(experiment.title, experiment.claims, experiment.boot, State.FAILS,
                     transcript="\n".join(guest.console.splitlines()[-60:]))
    if guest.output.began != experiment.title:
        result.seen = f"it did not run: {guest.trouble or 'it is not in the verdict'}"
        return result
    result.seen = f"{guest.trouble} during this experiment"
    death = DEATH.search(guest.console)
    if death:
        result.seen += ": " + death[0].strip()
    if experiment.dies and guest.trouble == "the guest panicked" and DEATH.search(guest.console.partition(MARK)[2]):
        result.state, result.seen = State.HOLDS, ""
    return result


def settle(cell: Cell) -> None:
    """A cell fails where one of its experiments does, or where it has none."""
    if cell.experiments:
        failed = [one for one in cell.experiments if one.state == State.FAILS]
        cell.state = State.FAILS if failed else State.HOLDS
        cell.reason = "; ".join(f"{one.title}: {one.seen.strip()}" for one in failed)


# --- a mutant --------------------------------------------------------------------

def catchers(guest: Guest, faults: bool = True) -> Iterable[Caught]:
    """The experiments that failed, and the one that brought the guest down. A guest that did not get
    that far says nothing of the mutant; nor does one that hung, unless it hangs at a fault (faults is
    false, see kernels.Arch): it may have waited for this machine."""
    for test in guest.output.tests:
        if not test.good:
            yield Caught(test.title, test.details.get("seen", "").strip(), test.details.get("transcript", ""))
    last = guest.output.cut_off
    if guest.trouble and last and (guest.status != Exit.HUNG or not faults):
        fatal = judge(Experiment(last, "", ""), guest)
        yield Caught(last, fatal.seen, fatal.transcript)

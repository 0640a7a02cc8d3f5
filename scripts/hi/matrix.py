# SPDX-License-Identifier: GPL-2.0
"""Proves the claims about the life cycle of modules by experiments in booted kernels.

Usage: matrix [-k KERNEL]... [-a ARCH] [-v VARIANT]... [OPTION]... [CLAIM]...

Prints for each claim and variant whether the claim holds: ✓ yes, ✗ no, – not applicable; the
reasons follow. Builds the kernels that are missing.

  -k KERNEL      newest, 6.12, 6.1 or another X.Y, or a kernel tree that has the series, see
                 build (default: newest, 6.12 and 6.1); or a stock kernel, such as debian:6.12, of
                 which the claims are proved that its configuration can show
  -a ARCH        an architecture (default: $ARCH, or x86_64)
  -v VARIANT     a variant of configs/variant (default: modular and builtin; on um and x86_64
                 also forced, nounload, nomodules and debug)
  --long         in debug, run kmemleak too, which takes an emulated guest a minute (um, which
                 is not emulated, always runs it)
  --mutants      also breaks the driver in each way of scripts/mutants and prints which
                 experiment notices. A mutant names its variant (default: modular), whatever -v
                 says. In smp and kasan self-tests run as well: those mutants are races,
                 and um, which has one processor, leaves them out
  --mutant NAME  the same for this mutant only; can be repeated
  --json FILE    writes the results, with transcripts, for programs
  --html FILE    writes a page on which each cell opens its transcript
  --list         prints the claims, and what changed in which kernel
  -h, --help     this text
  CLAIM          only this claim, such as C5

Exit codes: 0 every claim holds or does not apply, and every mutant was noticed; 1 a claim fails,
no claim applies, or a mutant was not noticed; 2 wrong usage; 3 packages are missing, or a FILE cannot be written.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from hi import base, claims, fates, guest, kernels, page, report, results
from hi.base import CACHE, SCRIPTS, Exit, Stop
from hi.guest import Build
from hi.results import Caught, Cell, Experiment, Mutant, Outcome, Results, State

MUTANTS = SCRIPTS / "mutants"
MUTANT_VARIANTS = ("modular", "smp", "kasan")
STRESS_SECONDS = 2400                   # 2,000 rounds with PROVE_LOCKING, on a machine that does more
UNIT_TESTS = "tests/hi_log_kunit.ko"    # relative to the driver's directory

# The experiments that need no guest; {says} depends on the kernel.
MODPOST = Experiment("hi_cleanup with its cleanup marked __exit: modpost {says}", "C6", "modpost")
EXITCALL = Experiment("the built-in object's pointer to hi_exit: {says}", "C8", "exitcall")
LINKER = Experiment("the exit function in vmlinux: as the linker script says", "C16", "linker")
WITHOUT_GUEST = (MODPOST, EXITCALL, LINKER)

# The words that tell the experiments the kernel's configuration: WORD where the symbol is on, else no-WORD. See
# guest/experiments/here.c.
CONFIGURED = {"MODULE_FORCE_LOAD": "force-load", "MODULE_FORCE_UNLOAD": "force-unload", "MODVERSIONS": "versions",
              "MODULE_SRCVERSION_ALL": "srcversion"}


@dataclass
class Boot:
    """A boot that is planned."""
    build: Build
    name: str
    overlay: Path
    words: str
    mutant: Mutant | None = None


@dataclass
class Plan:
    """What the experiments' own program lists for a variant."""
    boots: list[tuple[str, str]] = field(default_factory=list)      # name, words for the command line
    experiments: list[Experiment] = field(default_factory=list)
    absent: dict[str, str] = field(default_factory=dict)            # claim: why it does not apply


def read_plan(text: str) -> Plan:
    """What "experiments list" prints, see guest/experiments/main.c."""
    plan = Plan()
    for line in text.splitlines():
        kind, *rest = line.split("\t")
        if kind == "boot":
            plan.boots.append((rest[0], rest[1]))
        elif kind == "absent":
            plan.absent[rest[0]] = rest[1]
        else:
            plan.experiments.append(Experiment(rest[2], rest[1], rest[0], dies=kind == "dies"))
    return plan


# --- modules that only the matrix needs ----------------------------------------

def has_unit_tests(build: Build) -> bool:
    return (build.path / "drivers/misc/hi" / UNIT_TESTS).exists()


def copy_driver(build: Build, directory: Path) -> None:
    """Copies the driver's source, to be built as modules whatever the configuration says, and its
    unit tests if the build has them."""
    tests = [] if has_unit_tests(build) else ["tests"]
    shutil.copytree(build.driver, directory, ignore=shutil.ignore_patterns("Kconfig", *tests))
    makefile = directory / "Makefile"
    text = re.sub(r"^obj-\$\(CONFIG_HI(_FAIL|_CLEANUP|_PERMANENT|_BARE)?\)", "obj-m", makefile.read_text(), flags=re.M)
    makefile.write_text(re.sub(r"^.*\btests/\n", "", text, flags=re.M) if tests else text)


def make_modules(build: Build) -> Path:
    """Builds the modules of the experiments; the driver's, for a build that has it built in; and
    hi_cleanup with its cleanup marked __exit, for modpost to report."""
    def fill(new: Path) -> None:
        shutil.copytree(SCRIPTS / "guest/modules", new / "experiments")
        copy_driver(build, new / "hi")
        (new / "marked").mkdir()
        source = (new / "hi/hi_cleanup.c").read_text()
        (new / "marked/hi_cleanup.c").write_text(re.sub(r"^static void hi_cleanup_undo\(void\)",
                                                        "static void __exit hi_cleanup_undo(void)", source, flags=re.M))
        (new / "marked/Kbuild").write_text("obj-m := hi_cleanup.o\n")

    directory = CACHE / "matrix" / build.path.name
    guest.compile_copy(build, directory, fill)
    return directory


def mutant_lines(name: str) -> tuple[str, str]:
    """How a mutant breaks the driver, and in which variant that is noticed."""
    how, second = (MUTANTS / f"{name}.patch").read_text().split("\n", 2)[:2]
    return how, second.removeprefix("Variant: ") if second.startswith("Variant: ") else "modular"


def make_mutants(build: Build, names: Sequence[str]) -> Path:
    """The driver's modules in a directory for each mutant."""
    def fill(new: Path) -> None:
        for name in names:
            copy_driver(build, new / name)
            done = base.run(["patch", "-d", new / name, "-p4", "-F0", "--no-backup-if-mismatch", "-i", MUTANTS / f"{name}.patch"])
            if done.status:
                raise Stop(Exit.FAILED, f"the mutant {name} does not fit the driver:", *done.output.splitlines())

    directory = CACHE / "matrix" / f"{build.path.name}-mutants"
    guest.compile_copy(build, directory, fill)
    return directory


def mismatches(directory: Path, name: str) -> str:
    """What modpost reported of the modules in a directory."""
    log = base.read(directory / name / "build.log").replace(f"{directory}/", "")
    return "\n".join(line for line in log.splitlines() if "section mismatch" in line)


# --- experiments without a guest -------------------------------------------------

def verdict(experiment: Experiment, seen: str, transcript: str, says: str = "") -> Outcome:
    return Outcome(experiment.title.replace("{says}", says), experiment.claims, experiment.boot,
                   State.FAILS if seen else State.HOLDS, seen, transcript.replace(f"{CACHE}/", ""))


def modpost_is_blind(build: Build) -> bool:
    """Linux 6.1's modpost ignores a reference next to a local label (secref_whitelist() in its
    scripts/mod/modpost.c, pattern 6), and riscv's objects are full of them. Newer ones look for
    the function instead."""
    return (build.arch.name == "riscv" and
            'strstarts(fromsym, ".L")' in base.read(build.source / "scripts/mod/modpost.c"))


def try_modpost(build: Build, modules: Path) -> Outcome:
    """C6 at build time."""
    marked, unmarked = mismatches(modules, "marked"), mismatches(modules, "hi")
    offset = r"\+0x[0-9a-f]+" if claims.is_changed("mismatch-offset", build.release) else ""
    file = r"hi_cleanup\.ko" if claims.is_changed("mismatch-file", build.release) else r"hi_cleanup(\.o)?"
    says, seen = "reports it", ""
    if modpost_is_blind(build):
        says = "overlooks it, for riscv has a local label there"
        seen = marked and f"modpost reported: {marked}"
    elif not re.search(file + r": section mismatch in reference: (hi_cleanup_init|init_module)" + offset +
                       r" \(section: \.init\.text\) -> .*\(section: \.exit\.text\)", marked):
        seen = f"modpost did not report hi_cleanup_undo, but: {marked or 'nothing'}"
    if unmarked:
        seen = f"modpost reports what is not marked: {unmarked}"
    logs = (f"# make M={place} modules\n" + base.read(modules / place / "build.log") for place in ("marked", "hi"))
    return verdict(MODPOST, seen, "".join(logs).replace(f"{modules}/", ""), says)


def try_exitcall(build: Build) -> Outcome:
    """C8 at build time: before Linux 7.2 the object of a built-in driver keeps a pointer to its exit
    function, for the linker to discard."""
    symbols = base.run(["nm", build.path / "drivers/misc/hi/hi_main.o"]).output
    found, seen = re.findall(r"\b__exitcall_hi_exit$", symbols, re.M), ""
    says = "none" if claims.is_changed("exitcall", build.release) else "one"
    if len(found) != (says == "one"):
        seen = f"the object has {found[0] if found else 'none'}"
    if not re.search(r"\bhi_exit$", symbols, re.M):
        seen = "the object has no hi_exit"
    return verdict(EXITCALL, seen, f"# nm hi_main.o\n{symbols}", says)


def try_linker(build: Build, fate: str) -> Outcome:
    """C16 outside the guest: the linker script, and what the inspector finds in vmlinux. A kernel
    without modules has no hi: hi_fail is built into it."""
    driver, seen = "hi_fail" if build.variant.name == "nomodules" else "hi", ""
    found = fates.lifetime_in(build.vmlinux, "nowhere", driver)
    if found.split()[0] != fate:
        seen = f"{fate} by the linker script, {found} in vmlinux"
    sections = base.run([SCRIPTS / "sections", "--driver", driver, build.vmlinux]).output
    return verdict(LINKER, seen, f"# .exit.text by the linker script of {fates.arch_of(build.path)}, configured as "
                                 f"this build is\n{fate}\n# sections --driver {driver} vmlinux\n{sections}")


# --- the matrix --------------------------------------------------------------------

class Matrix:
    def __init__(self, arch: kernels.Arch, chosen: list[str], long: bool, scratch: Path) -> None:
        self.arch, self.chosen, self.scratch = arch, chosen, scratch
        table = claims.load()
        self.claims = chosen or list(table)
        self.results = Results(arch.name, {claim.name: claim.text for claim in table.values()})
        self.here = [word for word, present in (("long", long or not arch.machine), ("kmod", arch.tools),
                                                ("faults", arch.faults)) if present]
        # The first is for this machine and lists the experiments; the second runs them in the guest.
        self.program, self.guest_program = (guest.programs(SCRIPTS / "guest/experiments", compiler) / "experiments"
                                            for compiler in ("gcc", arch.compiler))
        self.cells: dict[tuple[str, str, str], Cell] = {}
        self.boots: list[Boot] = []
        self.planned: list[tuple[Experiment, int]] = []         # and its boot's place in boots

    def build(self, kernel: str, variant: str) -> Build:
        return guest.build(kernel, self.arch, kernels.STOCK if kernels.is_stock(kernel) else kernels.variant(variant))

    # --- planning ---

    def overlay(self, build: Build, name: str, modules: Path | None, mutant: Path | None = None) -> Path:
        """A directory for the guest: the experiments, and the modules that the build does not have
        itself; those of a mutant instead of the driver's."""
        overlay = self.scratch / name
        (overlay / "tests").mkdir(parents=True)
        (overlay / "modules").mkdir()
        shutil.copy(self.guest_program, overlay / "tests")
        for directory in filter(None, (modules and modules / "experiments", modules and modules / "hi", mutant)):
            for module in directory.glob("*.ko"):
                # A stock kernel's driver is no part of it, and the kernel would say so.
                if directory.name != "hi" or build.variant == kernels.STOCK or \
                        not (build.path / "drivers/misc/hi" / module.name).exists():
                    shutil.copy(module, overlay / "modules")
        return overlay

    def add_boot(self, build: Build, name: str, overlay: Path, here: list[str], words: str = "",
                 mutant: Mutant | None = None) -> int:
        chosen = f"hi_claims={','.join(self.chosen)} " if self.chosen else ""
        self.boots.append(Boot(build, name, overlay, f"hi_variant={build.variant.name} hi_boot={name} {chosen}"
                                                     f"hi_here={','.join(here)} {words}", mutant))
        return len(self.boots) - 1

    def add_outcome(self, build: Build, outcome: Outcome) -> None:
        for claim in outcome.claims.split():
            if claim in self.claims:
                self.cells[build.kernel, build.variant.name, claim].experiments.append(outcome)

    def plan_variant(self, kernel: str, variant: str) -> None:
        build, modules = self.build(kernel, variant), None
        for claim in self.claims:
            cell = self.cells[kernel, variant, claim] = Cell(kernel, variant, claim)
            self.results.cells.append(cell)
        # What is built into a stock kernel is none of ours.
        fates_here = [] if variant == kernels.STOCK.name else \
            [fate.split()[0] for fate in fates.fates_in(build.path, ".init.text", ".exit.text")]
        if variant != "nomodules":
            modules = make_modules(build)
            if "C6" in self.claims:
                self.add_outcome(build, try_modpost(build, modules))
        if variant == "builtin" and "C8" in self.claims:
            self.add_outcome(build, try_exitcall(build))
        if variant in ("builtin", "nomodules") and "C16" in self.claims:
            self.add_outcome(build, try_linker(build, fates_here[1]))
        here = [*self.here, *(f"{what}-{fate}" for what, fate in zip(("init", "exit"), fates_here)),
                *(word if symbol in build.symbols else f"no-{word}" for symbol, word in CONFIGURED.items())]
        listed = base.run([self.program, "list", variant, *self.claims], env={"hi_here": ",".join(here)}, stderr=None)
        if listed.status:
            raise Stop(listed.status)
        plan = read_plan(listed.output)
        overlay = self.overlay(build, build.path.name, modules)
        boots = {name: self.add_boot(build, name, overlay, here, words) for name, words in plan.boots}
        self.planned += [(experiment, boots[experiment.boot]) for experiment in plan.experiments]
        for claim, reason in plan.absent.items():
            cell = self.cells[kernel, variant, claim]
            cell.state, cell.reason = State.ABSENT, reason

    def plan_mutants(self, kernel: str, variant: str, names: list[str]) -> None:
        if kernels.variant(variant).cpus > 1 and not self.arch.machine:
            base.say(f"{self.arch.name} has one processor: left out {' '.join(names)}")
            return
        build = self.build(kernel, variant)
        modules, directory = make_modules(build), make_mutants(build, names)
        for name in names:
            mutant = Mutant(kernel, name, mutant_lines(name)[0])
            self.results.mutants.append(mutant)
            seen = mismatches(directory, name)
            if seen:
                mutant.caught_by.append(Caught("modpost", seen, seen))
            overlay = self.overlay(build, f"{build.path.name}-{name}", modules, directory / name)
            # The verdict needs only one experiment that notices.
            self.add_boot(build, "main", overlay, self.here, "hi_stop=1", mutant)
            if variant != "modular":
                self.plan_stress(build, overlay / "modules", directory / name, mutant)

    def plan_stress(self, build: Build, modules: Path, directory: Path, mutant: Mutant) -> None:
        """The unit tests and the self-tests that find races, the shortest first."""
        overlay = self.scratch / f"{build.path.name}-{mutant.mutant}-stress"
        shutil.copytree(modules, overlay / "modules")
        programs = [build.path / "selftests/hi_device_test", build.path / "selftests/hi_stress"]
        if has_unit_tests(build):
            shutil.copy(directory / UNIT_TESTS, overlay / "modules")
            programs.insert(0, SCRIPTS / "guest/kunit")
        (overlay / "tests").mkdir()
        for number, program in enumerate(programs):
            shutil.copy(program, overlay / "tests" / f"{number}-{program.name}")
        # One test that fails, or one report, is enough.
        self.add_boot(build, "stress", overlay, self.here, "hi_stop=1 panic_on_warn=1", mutant)

    # --- doing ---

    def boot_all(self) -> None:
        """Boots what was planned, and judges it. A mutant gets its self-tests if nothing else notices it."""
        guests = self.boot_some("experiments", lambda boot: boot.name != "stress")
        for experiment, number in self.planned:
            self.add_outcome(self.boots[number].build, results.judge(experiment, guests[number]))
        for cell in self.results.cells:
            results.settle(cell)
        self.boot_some("self-tests", lambda boot: bool(boot.name == "stress" and boot.mutant and not boot.mutant.caught_by))

    def boot_some(self, label: str, chosen: Callable[[Boot], bool]) -> dict[int, guest.Guest]:
        """Boots as many guests at once as there are processors, the longest first, so that none is
        left alone at the end. Then sees what notices the mutants."""
        guests: dict[int, guest.Guest] = {}

        def job(number: int) -> None:
            boot = self.boots[number]
            options = ["--timeout", str(STRESS_SECONDS)] if boot.name == "stress" else []
            guests[number] = guest.boot(boot.build, boot.overlay, boot.words, self.scratch / f"boot-{number}", options)

        numbers = sorted((number for number, boot in enumerate(self.boots) if chosen(boot)),
                         key=lambda number: -self.boots[number].build.variant.seconds)
        base.in_parallel(label, [partial(job, number) for number in numbers], base.processors(),
                         lambda: f", {len(guests)} of {len(numbers)} boots")
        for number, one in sorted(guests.items()):
            self.results.left_out += sum(int(test.details.get("left_out", 0)) for test in one.output.tests)
            mutant = self.boots[number].mutant
            if mutant:
                mutant.ran += len(one.output.tests)
                mutant.hung |= one.status == Exit.HUNG
                mutant.caught_by += results.catchers(one, self.arch.faults)
        return guests


def main(arguments: Sequence[str]) -> int:
    arch, wanted, variants, chosen, mutants, files = os.environ.get("ARCH") or "x86_64", [], [], [], [], {}
    long, table = False, claims.load()
    for option, word in base.options(__doc__, arguments, values=["-k", "-a", "-v", "--mutant", "--json", "--html"],
                                     flags=["--long", "--mutants", "--list"]):
        if option == "-k":
            wanted.append(word)
        elif option == "-a":
            arch = word
        elif option == "-v":
            variants.append(word)
        elif option == "--long":
            long = True
        elif option == "--mutants":
            mutants = sorted(file.stem for file in MUTANTS.glob("*.patch"))
        elif option == "--mutant":
            mutants.append(word)
        elif option in ("--json", "--html"):
            files[option] = Path(word)
        elif option == "--list":
            print(claims.listing(list(table.values())))
            return Exit.GOOD
        else:
            chosen.append(base.one_of("claim", word, list(table)))
    machine = kernels.ARCHES[base.one_of("architecture", arch, sorted(kernels.ARCHES))]
    variants = [kernels.variant(name).name for name in variants]
    for name in mutants:
        if not (MUTANTS / f"{name}.patch").is_file():
            raise base.usage_error(f"unknown mutant '{name}' (they are in {MUTANTS})")
    if any(map(kernels.is_stock, wanted)) and (variants or mutants):
        raise base.usage_error("a stock kernel has one configuration, and the driver as it is: -v, --mutant and --mutants are for "
                               "other kernels")
    for file in files.values():
        base.need_writable(file)
    base.cache_directory("matrix")
    kernels.need_builds(wanted or kernels.SUPPORTED, arch, "boot", f"boot-{arch}", "inspector", "matrix")
    wanted = [kernels.number(kernel) for kernel in wanted or kernels.SUPPORTED]
    base.lock("matrix")
    with tempfile.TemporaryDirectory(prefix="run.", dir=base.cache_directory("matrix")) as scratch:
        matrix = Matrix(machine, chosen, long, Path(scratch))
        for kernel in wanted:
            for variant in [kernels.STOCK.name] if kernels.is_stock(kernel) else variants or machine.variants:
                matrix.plan_variant(kernel, variant)
            for variant in MUTANT_VARIANTS:
                names = [name for name in mutants if mutant_lines(name)[1] == variant]
                if names:
                    matrix.plan_mutants(kernel, variant, names)
        if mutants and not matrix.results.mutants:
            raise Stop(Exit.FAILED, "no mutant was tried")
        matrix.boot_all()
    if "--json" in files:
        base.write(files["--json"], report.as_json(matrix.results))
    if "--html" in files:
        base.write(files["--html"], page.render(matrix.results))
    print(report.as_text(matrix.results))
    return Exit.GOOD if matrix.results.good else Exit.FAILED

# SPDX-License-Identifier: GPL-2.0
"""Tries on a booted kernel what can go wrong when a module is loaded and unloaded.

Usage: vet [-k KERNEL] [-a ARCH] [OPTION]... MODULE...

Builds each MODULE, boots a kernel that watches for mistakes, and does the experiments V1 to V9 (see
--list). Prints what failed: where, what was seen, what is expected, and the command that repeats
it. The verdict of an experiment on a module: ✓ holds, ✗ fails, – does not apply.

  MODULE         a directory with a Kbuild file or Makefile, of which all modules are tried; or
                 a symbol of the kernel's configuration, such as BLK_DEV_NULL_BLK. The modules that it
                 needs are built and loaded with it
  -k KERNEL      newest, 6.12 or another X.Y, or a kernel tree that has the series, see build
                 (default: newest); or a stock kernel: stock, debian:newest, debian:6.12, debian:6.1
                 or another debian:X.Y, or /boot/vmlinuz-RELEASE. No kernel is compiled then, vet
                 finds less, and says what it does not look for
  -a ARCH        x86_64 or arm64 (default: $ARCH, or x86_64)
  --config FILE  more symbols for the kernel's configuration, as the file config of a kselftest
                 has them
  --parameters "WORDS"
                 the parameters with which the modules are loaded
  --permanent NAME
                 this module is meant to stay for ever: it has no exit function. Can be
                 repeated
  --only NAME    only this experiment, such as V2, for one module, such as V2:hi, or only this case,
                 such as V2:hi:17. Can be repeated
  --timeout S    a case counts as hung after S seconds (default: 300)
  --fail-fast    begins no further experiment after one that failed, as git bisect run likes it
  --json FILE    writes the results, with transcripts, for programs
  --html FILE    writes a page on which each cell opens its transcript
  --junit FILE   writes the results as JUnit's XML, for a CI system
  --list         prints the experiments
  -h, --help     this text

Each experiment has a boot of its own. After a case that failed, a new boot goes on with the next
one. After five of a module, it goes on with the next module.

Exit codes: 0 all hold or do not apply; 1 one fails, or a module does not build; 2 wrong usage; 3
something is missing on this machine; 4 a guest hung; 5 a guest panicked.
"""

from __future__ import annotations

import dataclasses
import os
import re
import shlex
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from hi import base, builtin, calls, guest, kernels, ktap, page, report, results, static, subject
from hi.base import SCRIPTS, Exit, Stop
from hi.builtin import BuiltIn
from hi.btf import Btf
from hi.elf import Elf
from hi.guest import Build
from hi.module import file_name, read, unpack
from hi.results import Cell, Outcome, Results, State
from hi.subject import Subject

ARCHES = ("arm64", "x86_64")
# Nothing of the log is lost, and the console shows warnings. QEMU's emulated timer loses interrupts if
# the kernel sets it for each one anew.
WORDS = "log_buf_len=4M loglevel=5 highres=off nohz=off"
# SLUB poisons freed memory, and reports writes to it: for kernels without KASAN.
WITHOUT_KASAN = "slub_debug=FZP"
FAILED_MAX = 5                  # cases of a module in one experiment, and then on to the next module
# Cases that prepare others: they ran in every boot, and say nothing if they are good.
PREPARING = ("learn", "begin", "calls", "files", "end")
# The reason of a case that was left out, if the next one takes a new boot, see guest/vet/parameters.c.
STAYS = "it stays loaded"


@dataclass(frozen=True)
class Kind:
    """An experiment."""
    title: str
    expected: str               # and why
    cpus: int = 1
    words: str = "kmemleak=off"
    in_guest: bool = True


KINDS = {
    "V1": Kind("It is loaded and unloaded many times.",
               "Exit undoes all that init did: what stays behind is used after it was freed, or is lost.", words=""),
    "V2": Kind("Each allocation of its init function fails, one at a time.",
               "Init undoes what it has done and returns an errno, or copes. Nothing is left, and the next load works."),
    "V3": Kind("Each call of its init function that can fail does so, one at a time.",
               "Init undoes what it has done and returns an errno, or copes. Nothing is left, and the next load works."),
    "V4": Kind("Each file that it brings is held open while it is unloaded.",
               "The kernel refuses to unload it, or the file is safe afterwards: its code may be called until it is closed."),
    "V5": Kind("Its files are opened and read while it is loaded and unloaded, and while its init fails.",
               "What lets others in is registered last, and removed first: they must not be inside code that is freed.",
               cpus=2),
    "V6": Kind("Its parameters have values at their limits, and of the wrong type.",
               "The load fails with an errno, or works."),
    "V7": Kind("Compiler, modpost and the inspector look at its sections.",
               "They find nothing.", in_guest=False),
    "V8": Kind("It is built into the kernel.",
               "The kernel builds and boots, has nothing to complain of, and init returns 0 or a negative errno.",
               words="kmemleak=off initcall_debug"),
    "V9": Kind("It is loaded twice, and after a load that failed.",
               "Init returns 0 or a negative errno, and never EEXIST; a failed load changes nothing."),
}

# What each symbol of the kernel's configuration lets vet find.
FINDERS = {
    "KASAN": "use of memory that was freed, unless the kernel dies of it or SLUB notices",
    "MEM_ALLOC_PROFILING": "memory that each load, or each failure of init, loses",
    "DEBUG_KMEMLEAK": "memory to which nothing points any more",
    "PROVE_LOCKING": "locks that are taken in the wrong order, and those of freed memory",
    "DEBUG_OBJECTS": "timers and work that are queued when their memory is freed",
    "DEBUG_ATOMIC_SLEEP": "sleeping where that is not allowed",
}


# --- one experiment ------------------------------------------------------------------

@dataclass
class Case:
    """What was done once, and what came of it."""
    title: str
    test: ktap.Test
    trouble: str = ""           # the guest hung or panicked

    @property
    def module(self) -> str:
        return self.title.split(":", 2)[1]

    @property
    def what(self) -> str:
        return self.title.split(":", 2)[2]


@dataclass
class Run:
    """An experiment with all its boots."""
    name: str
    cases: list[Case] = field(default_factory=list)
    status: int = Exit.GOOD
    unfinished: str = ""        # why there was no further boot
    given_up: list[str] = field(default_factory=list)       # modules of which too many cases failed

    @property
    def good(self) -> bool:
        return not self.unfinished and all(case.test.good for case in self.cases)


def died(title: str, one: guest.Guest, when: str) -> Case:
    """The case in which the guest came to its end, or after which it did."""
    console = one.console.splitlines()
    death = results.DEATH.search(one.console)
    details = {"seen": f"{one.trouble} {when}" + (f": {death[0].strip()}" if death else ""), "transcript": "\n".join(console[-80:])}
    # What was made to fail last, see guest/vet/modules/vet_faults.c.
    points = re.findall(r"vet_faults: (.*)", one.console)
    if points and title.split(":")[0] in ("V2", "V3", "V5"):
        details["point"] = points[-1]
    return Case(title, ktap.Test(title, good=False, details=details), one.trouble)


@dataclass
class Vet:
    build: Build
    subjects: list[Subject]
    directories: Sequence[Path]
    parameters: str
    only: list[str]
    scratch: Path
    words: list[str]            # options of the command line, to repeat a case
    permanent: list[str] = field(default_factory=list)          # modules that are meant to stay
    built_in: BuiltIn = BuiltIn()
    fail_fast: bool = False
    seconds: int = 300          # that a case may take
    helpers: list[Path] = field(default_factory=list)
    stripped: dict[Path, Path] = field(default_factory=dict)    # copies of all modules
    program: Path = Path()
    calls: dict[str, list[calls.Call]] = field(default_factory=dict)
    results: Results = field(init=False)

    def __post_init__(self) -> None:
        self.results = Results(self.build.arch.name, {name: kind.title for name, kind in KINDS.items()})

    def booted(self, name: str) -> list[Subject]:
        """The modules of an experiment for which there is a kernel to boot."""
        return [one for one in self.asked(name) if name != "V8" or not one.only_module]

    def asked(self, name: str) -> list[Subject]:
        """The modules of an experiment: that of the case if only cases are asked for."""
        only = [one.split(":", 2) for one in self.only if one.split(":")[0] == name]
        if not only or any(len(words) == 1 or words[1] == "kernel" for words in only):
            return self.subjects
        return [one for one in self.subjects if any(words[1] == one.name for words in only)]

    def case(self, name: str) -> str:
        """The only case of an experiment that is asked for, or ""."""
        return next((one for one in self.only if one.startswith(f"{name}:") and one.count(":") > 1), "")

    # --- what goes into the guest ---

    def plan(self, name: str, subjects: Sequence[Subject], after: str) -> str:
        lines = [f"experiment\t{name}", f"timeout\t{self.seconds}"]
        if self.case(name):
            lines.append(f"only\t{self.case(name)}")
        if after:
            lines.append(f"after\t{after}")
        for one in subjects:
            needs = ",".join(file_name(path) for path in one.needs)
            kind = "permanent" if one.permanent else "unloadable"
            lines.append(f"module\t{one.name}\t{kind}\t{needs}\t{one.init}\t{self.parameters}")
        return "\n".join(lines) + "\n"

    def strip(self) -> None:
        """Copies all modules without debug information: the guest does not need it, and has little memory."""
        directory = self.scratch / "stripped"
        directory.mkdir()
        for path in {*self.helpers, *(path for one in self.subjects for path in (one.path, *one.needs))}:
            self.stripped[path] = directory / f"{file_name(path)}.ko"
            self.stripped[path].write_bytes(unpack(path, path.read_bytes()))
            done = base.run([self.build.arch.compiler.removesuffix("gcc") + "objcopy", "--strip-debug", self.stripped[path]])
            if done.status:
                raise Stop(Exit.MISSING, *done.output.splitlines())

    def overlay(self, name: str, subjects: Sequence[Subject], after: str) -> Path:
        directory = Path(tempfile.mkdtemp(prefix=f"{name}.", dir=self.scratch))
        for place in ("modules", "tests", "vet/calls", "vet/parameters"):
            (directory / place).mkdir(parents=True)
        for path in {*self.helpers, *(path for one in subjects for path in (one.path, *one.needs))}:
            shutil.copy(self.stripped[path], directory / "modules")
        shutil.copy(self.program, directory / "tests")
        (directory / "vet/plan").write_text(self.plan(name, subjects, after))
        for one in subjects:
            (directory / "vet/calls" / one.name).write_text("".join(call.line for call in self.calls[one.name]))
            (directory / "vet/parameters" / one.name).write_text("".join(
                f"{name} {kind}\n" for name, kind in subject.parameters(one)))
        return directory

    # --- doing ---

    def boot(self, name: str, subjects: Sequence[Subject], after: str) -> guest.Guest:
        kind, build, words = KINDS[name], self.build, ""
        if name == "V8" and self.built_in.build:
            build = self.built_in.build
            words = "".join(f" {one.name}.{word}" for one in self.subjects for word in self.parameters.split())
        overlay = self.overlay(name, subjects, after)
        output = self.scratch / f"{overlay.name}.output"
        # The guest's program watches its cases; a guest that dies without a word is noticed by its silence.
        options = ["--cpus", str(kind.cpus), "--silence", str(self.seconds + 60)]
        words += "" if "KASAN" in build.symbols else f" {WITHOUT_KASAN}"
        one = guest.boot(build, overlay, f"{WORDS} {kind.words}{words}".strip(), output, options)
        shutil.rmtree(overlay)
        # The guest itself watches each case, see guest/vet/cases.c.
        hung = one.status == Exit.PANICKED and "vet: this case has not ended" in one.console
        return dataclasses.replace(one, status=Exit.HUNG) if hung else one

    def run(self, name: str) -> Run:
        """An experiment: boots, and goes on after a case that failed."""
        run, subjects, after, repeated = Run(name), self.booted(name), "", False
        while subjects:
            one = self.boot(name, subjects, after)
            if one.status in (Exit.USAGE, Exit.MISSING):
                raise Stop(one.status, *one.messages.splitlines())
            cases = [Case(test.title, test) for test in one.output.tests]
            if one.trouble and name == "V8" and not cases:
                run.status, run.cases = one.status, [*run.cases, died("V8:kernel:boot", one, "before it was up")]
                return run
            if one.trouble and one.output.cut_off:
                cases.append(died(one.output.cut_off, one, "during this case"))
            elif one.trouble and cases:
                cases.append(died(cases.pop().title, one, "after this case"))
            # The guest had loaded no module yet. On a busy machine its emulated timer can stop. A guest with four
            # processors can die where the kernel patches its own code.
            early = (one.trouble and not cases) or (one.status == Exit.HUNG and cases[-1].what == "learn")
            if early and not repeated:
                repeated = True
                continue
            if one.trouble:
                run.status = max(run.status, one.status)
            run.cases += [case for case in cases if case.what not in PREPARING or not case.test.good]
            if not cases or (cases[-1].test.good and not cases[-1].test.reason.startswith(STAYS)):
                if one.trouble or not all(case.test.good for case in cases):
                    run.unfinished = f"{one.trouble}: " + " / ".join(one.messages.splitlines()[-3:])
                    run.status = run.status or one.status or Exit.FAILED
                return run
            after, module, preparing = cases[-1].title, cases[-1].module, cases[-1].what in PREPARING
            if module == "kernel" or self.case(name):
                return run
            if preparing or sum(case.module == module and not case.test.good for case in run.cases) == FAILED_MAX:
                run.given_up.append(module)
                names = [other.name for other in subjects]
                subjects, after = subjects[names.index(module) + 1:] if module in names else [], ""
        return run

    def not_booted(self, name: str, one: Subject) -> Cell:
        """V7, which needs no guest, V8 where there is no kernel to boot, and all after a failure if it is to be fast."""
        complaints = self.built_in.complaints
        if name == "V7":
            return static.cell(self.build, one, one.name in self.permanent, KINDS[name].expected)
        if name == "V8" and one.only_module:
            return Cell(self.build.kernel, one.name, name, State.ABSENT, "its symbol depends on m: it cannot be built in")
        if name == "V8" and not kernels.is_known(self.build.kernel):
            reason = "nothing can be built into a stock kernel" if kernels.is_stock(self.build.kernel) else \
                "the kernel's tree is yours, and stays as it is"
            return Cell(self.build.kernel, one.name, name, State.ABSENT, reason)
        if not complaints:
            return Cell(self.build.kernel, one.name, name, State.ABSENT, "not begun, because another experiment failed")
        seen = "\n".join([*(f"seen: {line}" for line in complaints), f"expected: {KINDS[name].expected}", f"again: {self.command(f'{name}:{one.name}')}"])
        return Cell(self.build.kernel, one.name, name, State.FAILS, complaints[0],
                    [Outcome(f"{name}:{one.name}:build", name, name, State.FAILS, seen, self.built_in.log)])

    # --- the verdict ---

    def command(self, case: str) -> str:
        modules = [one.argument for one in self.subjects if one.name == case.split(":")[1]] or \
            report.unique(one.argument for one in self.subjects)
        return shlex.join(["scripts/vet", *self.words, "--only", case, *modules])

    def source_lines(self, text: str) -> str:
        """Adds source lines to places such as foo_init+0x5c/0x80 [foo]."""
        def add(found: re.Match[str]) -> str:
            owner = next((one for one in self.subjects if one.name == found[3]), None)
            line = subject.source_line(owner, found[1], int(found[2], 16)) if owner else ""
            return f"{found[0]} ({line})" if line else found[0]

        return re.sub(r"([\w.]+)\+0x([0-9a-f]+)/0x[0-9a-f]+ \[(\w+)\]", add, text)

    def outcome(self, case: Case) -> Outcome:
        details, name = case.test.details, case.title.split(":")[0]
        seen = "\n".join([
            *([f"at: {self.source_lines(details['point'].strip())}"] if "point" in details else []),
            f"seen: {self.source_lines(details.get('seen', '').strip())}",
            f"expected: {KINDS[name].expected}",
            f"again: {self.command(case.title)}"])
        state = State.HOLDS if case.test.good else State.FAILS
        return Outcome(case.title, name, name, state, "" if case.test.good else seen, details.get("transcript", ""),
                       float(details.get("seconds", 0)))

    def cell(self, run: Run, module: str) -> Cell:
        cell = Cell(self.build.kernel, module, run.name, reason="no case ran")
        mine = [case for case in run.cases if case.module in (module, "kernel")]
        skipped = [case for case in mine if case.test.skipped]
        ran = [case for case in mine if not case.test.skipped]
        cell.experiments = [self.outcome(case) for case in ran]
        cell.left_out = sum(case.what != "none" for case in skipped)
        failed = [case for case in ran if not case.test.good]
        if failed:
            cell.reason = f"{len(failed)} of {len(ran)} cases fail"
            if module in run.given_up:
                cell.reason += ", the others were not tried"
        elif run.unfinished:
            cell.reason = run.unfinished
        elif ran:
            cell.state, cell.reason = State.HOLDS, f"{len(ran)} cases"
        elif skipped:
            cell.state, cell.reason = State.ABSENT, skipped[0].test.reason
        if cell.left_out:
            cell.reason += f", {cell.left_out} left out"
            reasons = report.unique(f"{case.what}: {case.test.reason}" for case in skipped)
            cell.experiments.append(Outcome("left out", run.name, run.name, State.ABSENT, transcript="\n".join(reasons)))
        return cell


# --- the report ----------------------------------------------------------------------------

def not_looked_for(build: Build) -> list[str]:
    """What this kernel does not let vet find."""
    symbols = build.symbols
    lines = [f"    {finds} ({name})" for name, finds in FINDERS.items() if name not in symbols]
    return ["Not looked for, because this kernel is built without what finds it:", *lines] if lines else []


def as_text(vet: Vet) -> str:
    cells = vet.results.cells
    names = report.unique(cell.claim for cell in cells)
    subjects = [one for one in vet.subjects if any(cell.variant == one.name for cell in cells)]
    width = max((len(one.name) for one in subjects), default=0) + 2
    lines = [vet.build.title, *not_looked_for(vet.build), " " * width + "".join(f"{name:<5}" for name in names).rstrip()]
    for one in subjects:
        mine = {cell.claim: cell for cell in cells if cell.variant == one.name}
        signs = (report.SIGNS[mine[name].state] if name in mine else "" for name in names)
        lines.append(f"{one.name:<{width}}{''.join(f'{sign:<5}' for sign in signs)}".rstrip())
    for cell in cells:
        if cell.state == State.ABSENT or (cell.state == State.HOLDS and cell.left_out):
            lines.append(f"{report.SIGNS[cell.state]} {cell.claim} {cell.variant}: {cell.reason}")
    for cell in cells:
        if cell.state == State.FAILS:
            lines.append(f"✗ {cell.claim} {cell.variant}: {cell.reason}")
            for outcome in cell.experiments:
                if outcome.state == State.FAILS:
                    lines += [f"    {outcome.title}", *(f"        {line}" for line in outcome.seen.splitlines())]
    return "\n".join([*lines, report.sums(vet.results)])


def split(words: Sequence[str]) -> tuple[list[Path], list[str]]:
    """Directories, and symbols of the configuration."""
    directories, symbols = [], []
    for word in words:
        if Path(word).is_dir():
            subject.makefile_of(Path(word))
            directories.append(Path(word))
        elif re.fullmatch(r"(CONFIG_)?[A-Z0-9][A-Z0-9_a-z]*", word):
            symbols.append(word.removeprefix("CONFIG_"))
        else:
            raise base.usage_error(f"'{word}' is no directory, and no symbol such as BLK_DEV_NULL_BLK")
    return directories, symbols


def listing() -> str:
    return "\n".join(f"{name}   {kind.title}\n     {kind.expected}" for name, kind in KINDS.items())


def main(arguments: Sequence[str]) -> int:
    kernel, arch, parameters = "newest", os.environ.get("ARCH") or "x86_64", ""
    modules, only, configs, files = list[str](), list[str](), list[Path](), dict[str, Path]()
    repeat, permanent, fail_fast, seconds = list[str](), list[str](), False, 300
    for option, word in base.options(__doc__, arguments, values=["-k", "-a", "--config", "--parameters", "--permanent", "--only", "--timeout", "--json",
                                                                 "--html", "--junit"], flags=["--fail-fast", "--list"]):
        if option == "-k":
            kernel = word
        elif option == "-a":
            arch = word
        elif option == "--config":
            configs.append(Path(word))
        elif option == "--parameters":
            parameters = word
        elif option == "--permanent":
            permanent.append(word)
        elif option == "--only":
            name = base.one_of("experiment", word.split(":")[0], list(KINDS))
            if any(one.split(":")[0] == name and ":" in one + word for one in only):
                raise base.usage_error(f"--only {word}: one case or module of {name} at a time")
            only.append(word)
        elif option in ("--json", "--html", "--junit"):
            files[option] = Path(word)
        elif option == "--timeout":
            if not re.fullmatch(r"[1-9]\d{0,5}", word):
                raise base.usage_error(f"--timeout needs a number of seconds, not '{word}'")
            seconds = int(word)
        elif option == "--fail-fast":
            fail_fast = True
        elif option == "--list":
            print(listing())
            return Exit.GOOD
        else:
            modules.append(word)
        if option not in ("--only", "--fail-fast", "--json", "--html", "--junit"):
            repeat += [option, word] if option else []
    if not modules:
        raise base.usage_error("no MODULE given")
    machine = kernels.ARCHES[base.one_of("architecture", arch, ARCHES)]
    directories, symbols = split(modules)
    if kernels.is_stock(kernel) and (symbols or configs):
        raise base.usage_error(f"'{kernel}' is built already, and takes no {symbols[0] if symbols else '--config'}",
                               "give the directory of a module, or a kernel that is compiled: -k 6.12")
    for config in configs:
        if not config.is_file():
            raise base.usage_error(f"no file '{config}'")
    for file in files.values():
        base.need_writable(file)
    kernels.need_builds([kernel], arch, "boot", f"boot-{arch}", "inspector", "matrix")
    kernel = kernels.number(kernel)
    with tempfile.TemporaryDirectory(prefix="run.", dir=base.cache_directory("vet")) as scratch:
        vet = prepare(kernel, machine, directories, symbols, configs, parameters, only, Path(scratch), repeat)
        unknown = {words[1] for words in (one.split(":") for one in only) if len(words) > 1} - {"kernel", *(one.name for one in vet.subjects)}
        if unknown:
            raise base.usage_error(f"--only names modules that were not built: {' '.join(sorted(unknown))}")
        vet.permanent, vet.fail_fast, vet.seconds = permanent, fail_fast, seconds
        status = do(vet)
    if "--json" in files:
        base.write(files["--json"], report.as_json(vet.results))
    if "--html" in files:
        base.write(files["--html"], page.render(vet.results))
    if "--junit" in files:
        base.write(files["--junit"], report.as_junit(vet.results))
    print(as_text(vet))
    return status


def prepare(kernel: str, arch: kernels.Arch, directories: Sequence[Path], symbols: Sequence[str], configs: Sequence[Path],
            parameters: str, only: list[str], scratch: Path, words: list[str]) -> Vet:
    """Builds the kernel and the modules."""
    fragment = "".join(base.read(config) for config in configs)
    # A symbol that the fragment has already takes no build of its own: a list of modules shares one.
    fragment += "".join(f"CONFIG_{symbol}=m\n" for symbol in symbols if f"CONFIG_{symbol}=m" not in fragment.splitlines())
    config = None
    if fragment:
        # The fragment's content names the build, so later runs need the same file.
        config = base.cache_directory("vet") / f"{base.stamp(fragment)}.config"
        config.write_text(fragment)
    build = guest.build(kernel, arch, kernels.STOCK if kernels.is_stock(kernel) else kernels.variant("vet"), config)
    vet = Vet(build, subject.find(build, directories, symbols), directories, parameters, only, scratch, words)
    vet.helpers = subject.build_helpers(build)
    vet.strip()
    vet.program = guest.programs(SCRIPTS / "guest/vet", arch.compiler) / "vet"
    types = Btf(Elf(build.vmlinux).named(".BTF"))
    needed = {path: Btf(read(path).elf.named(".BTF"), types) for one in vet.subjects for path in one.needs}
    vet.calls = {one.name: calls.of_module(one.elf.undefined, [types, *(needed[path] for path in one.needs)]) for one in vet.subjects}
    return vet


def wanted(only: Sequence[str]) -> list[str]:
    """The experiments that are asked for."""
    return [name for name in KINDS if not only or any(one.split(":")[0] == name for one in only)]


def at(scratch: Path) -> str:
    """The cases that the guests are at, for the progress."""
    titles = [ktap.parse(base.read(file)).cut_off for file in sorted(scratch.glob("*.output/verdict.tap"))]
    return "".join(f", {title}" for title in titles if title)


def do(vet: Vet) -> int:
    """All experiments that are asked for, as many at once as there are processors. The one that takes longest
    comes first, or last if the first failure is to come soon. V8 has a kernel to be built, for which make
    wants all processors."""
    names = sorted((name for name in wanted(vet.only) if KINDS[name].in_guest and name != "V8"),
                   key=lambda name: (KINDS[name].cpus > 1) == vet.fail_fast)
    done: dict[str, Run] = {}

    def goes_on() -> bool:
        return not vet.fail_fast or all(run.good for run in done.values())

    def job(name: str) -> None:
        if goes_on():
            done[name] = vet.run(name)

    def boot_all(names: Sequence[str]) -> None:
        base.in_parallel("experiments", [partial(job, name) for name in names], base.processors(),
                         lambda: f", {len(done)} of {len(wanted(vet.only))} experiments{at(vet.scratch)}")

    boot_all(names)
    if "V8" in wanted(vet.only) and vet.booted("V8") and goes_on():
        vet.built_in = builtin.build_in(vet.build, vet.directories)
        if vet.built_in.good:
            boot_all(["V8"])
    for name in wanted(vet.only):
        vet.results.cells += [vet.cell(done[name], one.name) if name in done and one in vet.booted(name) else vet.not_booted(name, one)
                              for one in vet.asked(name)]
    statuses = {run.status for run in done.values()}
    for status in (Exit.HUNG, Exit.PANICKED):
        if status in statuses:
            return status
    return Exit.GOOD if vet.results.good else Exit.FAILED

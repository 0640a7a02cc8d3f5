# SPDX-License-Identifier: GPL-2.0
"""Static checks of the series, the scripts and the inspector, without a boot.

Usage: check [NAME]...

Runs all checks, the one called NAME, or those whose names contain it. Prints a line for each,
with how much it looked at: a check that looked at nothing has failed. What the failed ones
said comes last. Uses the tools of the newest kernel (see setup). Compiles
each patch of the series there as =n, =y and =m, with gcc and sparse and with clang; the whole
series the same way in 6.12 and 6.1, and in allmodconfig in all three. Skips a check whose
compiler is too old for a kernel, and says so.

Clean results of slow work are cached, and used again while files and tools are the same: the
line then says "N of M as before".

  --anew       does it all again
  --list       prints the names of the checks
  -h, --help   this text

Exit codes: 0 nothing found; 1 something found; 2 wrong usage; 3 packages are missing, or every
check was skipped.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path
from typing import TypeVar

from hi import base, kernels
from hi.base import CACHE, SCRIPTS, TOP, Exit, Stop, Word

T = TypeVar("T")

TREES = CACHE / "check"
CONFIGS = [SCRIPTS / "configs" / f"{name}.config" for name in ("base", "arch/x86_64", "variant/modular")]

# FILE_PATH_CHANGES warns about every new file, even if an entry in MAINTAINERS covers it. The check
# "maintainers" tests that instead.
CHECKPATCH = ["scripts/checkpatch.pl", "--strict", "--terse", "--no-summary", "--quiet", "--no-tree",
              "--ignore", "FILE_PATH_CHANGES"]


class Found(Exception):
    """What a check found: it fails."""

    def __init__(self, *parts: object) -> None:
        super().__init__("\n".join(str(part).rstrip("\n") for part in parts))


class Skipped(Exception):
    """Why a check is not made."""


class Run:
    """One run of one check."""

    def __init__(self, name: str, anew: bool, tools: str, newest: str, scratch: Path) -> None:
        self.name, self.anew, self.tools, self.newest, self.scratch = name, anew, tools, newest, scratch
        self.known = self.asked = self.count = 0
        self.things = self.remark = ""

    def look_at(self, things: str, found: Iterable[T]) -> list[T]:
        """What a check looks at, in words and as they are; the verdict has their number."""
        listed = list(found)
        if not listed:
            raise Found(f"there are no {things} to look at")
        self.count, self.things = self.count + len(listed), things
        return listed

    def once(self, inputs: Sequence[Word], work: Callable[..., None], *arguments: object) -> None:
        """Does slow work, unless its clean result with the same inputs, arguments and tools is cached."""
        mark = TREES / "passed" / base.stamp(self.tools, work.__name__, *map(str, arguments), *inputs)
        self.asked += 1
        if mark.is_file() and not self.anew:
            self.known += 1
        else:
            work(*arguments)
            mark.touch()


# --- commands ------------------------------------------------------------------

def output_of(command: Sequence[Word], cwd: Path = TOP) -> str:
    """What a command prints; it must succeed."""
    done = base.run(command, cwd=cwd)
    if done.status:
        raise Found(done.output or f"{command[0]} failed with status {done.status}")
    return done.output


def silent(command: Sequence[Word], cwd: Path = TOP) -> None:
    """A command must succeed and print nothing."""
    output = output_of(command, cwd)
    if output:
        raise Found(output)


def lines_with(pattern: str, text: str) -> str:
    return "\n".join(line for line in text.splitlines() if re.search(pattern, line))


# --- the series ----------------------------------------------------------------

@cache
def patches() -> list[Path]:
    return [TOP / "patches" / name for name in (TOP / "series").read_text().split()]


@cache
def series() -> str:
    return "".join(patch.read_text() for patch in patches())


def changed_files() -> list[str]:
    return sorted(set(re.findall(r"^--- a/([^\t\n]*)", series(), re.M)))


def own_files() -> list[str]:
    """The files that the series adds."""
    return sorted(set(re.findall(r"^--- /dev/null\n\+\+\+ b/([^\t\n]*)", series(), re.M)))


# --- trees ---------------------------------------------------------------------

class Tree:
    """A copy of a kernel's source to put patches into, with a git that knows what the kernel's tools
    ask it for: the licences, all Kconfig files, and what the series touches."""

    def __init__(self, name: str, kernel: str) -> None:
        self.path, self.kernel = TREES / name, kernel
        self.version = base.read(CACHE / f"sources/{kernel}.version")
        self.made = False

    def make(self) -> None:
        source = CACHE / "sources" / self.kernel
        shutil.rmtree(self.path, ignore_errors=True)
        output_of(["cp", "-al", source, self.path])
        # quilt changes these files, and with them their links.
        for file in (file for file in changed_files() if (source / file).exists()):
            (self.path / file).unlink()
            shutil.copy2(source / file, self.path / file)
        (self.path / ".gitignore").unlink(missing_ok=True)
        kconfig = [str(file.relative_to(self.path)) for file in self.path.rglob("Kconfig*")]
        touched = [file for file in changed_files() if (self.path / file).exists()]
        self.run("git", "init", "-q")
        self.run("git", "add", "LICENSES", "MAINTAINERS", "drivers/misc", "Documentation/misc-devices", *touched, *kconfig)
        self.run("git", "-c", "user.name=hi", "-c", "user.email=hi@example.org", "commit", "-qm", f"Linux {self.kernel}")
        self.made = True

    def run(self, *command: Word) -> str:
        return output_of(command, self.path)

    def silent(self, *command: Word) -> None:
        silent(command, self.path)

    def quilt(self, *words: Word) -> None:
        self.run("env", f"QUILT_PATCHES={TOP}/patches", f"QUILT_SERIES={TOP}/series", "quilt", "--quiltrc", "/dev/null", *words)

    def put_in(self, patch: str) -> None:
        """Applies this patch and those before it, and none after it. The first call makes the tree and
        drops what was compiled in an earlier one."""
        if not self.made:
            self.make()
            for build in TREES.glob(self.build("*").name):
                shutil.rmtree(build / "drivers/misc/hi", ignore_errors=True)
                (build / "given").unlink(missing_ok=True)
        applied = base.read(self.path / ".pc/applied-patches").split()
        if applied[-1:] == [patch]:
            return
        if patch in applied:
            self.quilt("pop", "-qa")
        self.quilt("push", "-q", patch)

    def build(self, kind: str) -> Path:
        """The build directory for a kind of configuration."""
        return TREES / f"build-{self.path.name.removeprefix('patches-')}-{kind}"

    def symbols(self) -> list[str]:
        kconfig = base.read(self.path / "drivers/misc/hi/Kconfig")
        return [f"CONFIG_{name}" for name in re.findall(r"^config (HI[A-Z_]*)$", kconfig, re.M)]

    def make_command(self, build: Path, *words: str) -> list[str]:
        """make, with ccache as lib.sh sets it up."""
        return ["bash", "-c", '. "$1"; use_ccache; shift; exec "$@"', base.verb, str(base.LIB), "make", "-s", f"O={build}",
                f"-j{base.processors()}", "HOSTCC=ccache gcc", *words]


_whole = threading.Lock()
_whole_tree: list[Tree] = []


def whole_tree(run: Run) -> Tree:
    """The whole series in a tree, for the tools that only read it. The first call makes the tree."""
    with _whole:
        if not _whole_tree:
            tree = Tree("whole", run.newest)
            tree.make()
            tree.quilt("push", "-qa")
            tree.run("git", "add", *own_files())
            _whole_tree.append(tree)
        return _whole_tree[0]


# --- checks that read ----------------------------------------------------------

def checkpatch_patches(run: Run) -> None:
    whole_tree(run).silent(*CHECKPATCH, *run.look_at("patches", patches()))


def checkpatch_files(run: Run) -> None:
    whole_tree(run).silent(*CHECKPATCH, "--file", *run.look_at("files", own_files()))


def spdx(run: Run) -> None:
    whole_tree(run).silent("/usr/bin/python3", "scripts/spdxcheck.py", *run.look_at("files", own_files()))


def kernel_doc(run: Run) -> None:
    for file in run.look_at("files", (file for file in own_files() if re.match(r"drivers/.*\.[ch]$", file))):
        whole_tree(run).silent("scripts/kernel-doc", "-none", file)


def htmldocs(run: Run) -> None:
    """Sphinx may report other pages: only those of the series count."""
    tree, build = whole_tree(run), TREES / "htmldocs"
    shutil.rmtree(build, ignore_errors=True)
    build.mkdir()
    log = tree.run(*tree.make_command(build, "PYTHON3=/usr/bin/python3", "htmldocs", "SPHINXDIRS=misc-devices"))
    page = build / "Documentation/output/misc-devices/hi.html"
    if not page.is_file() or not page.stat().st_size:
        raise Found("there is no hi.html")
    run.look_at("pages", [page])
    found = lines_with(r"misc-devices/(hi|index)\.rst", log)
    if found:
        raise Found(found)


def tracked_files() -> list[str]:
    files = output_of(["git", "ls-files", "--cached", "--others", "--exclude-standard"]).splitlines()
    return [file for file in files if (TOP / file).is_file()]


def codespell(run: Run) -> None:
    command = ["codespell", "--ignore-words-list", "parm"]      # modinfo's tag for a parameter
    whole_tree(run).silent(*command, *run.look_at("files", own_files()))
    output_of([*command, *run.look_at("files", tracked_files())])


def kconfig_symbols(run: Run) -> None:
    run.look_at("symbols", whole_tree(run).symbols())
    words = whole_tree(run).run("scripts/checkkconfigsymbols.py").splitlines()
    found = [word for i, line in enumerate(words) if re.search(r"drivers/misc/hi|HI(_|$)", line) for word in words[i:i + 4]]
    if found:
        raise Found(*found)


def maintainers(run: Run) -> None:
    for file in run.look_at("files", own_files()):
        if "hi@example.org" not in whole_tree(run).run("scripts/get_maintainer.pl", "--nogit", "--nogit-fallback",
                                                       "--no-rolestats", "--no-l", "-f", file):
            raise Found(f"{file}: no maintainer of the series' own")


def test(run: Run, name: str) -> None:
    run.look_at("tests", re.findall("^ok ", output_of([SCRIPTS / "tests" / name]), re.M))


def agreement(run: Run) -> None:
    test(run, "fast/export.t")


def application(run: Run) -> None:
    test(run, "sources/series.t")


# --- checks that compile the series ----------------------------------------------

class Compiler:
    """The driver's directory in one kernel, with one compiler."""

    def __init__(self, run: Run, tree: Tree, *words: str) -> None:
        self.check, self.tree, self.words = run, tree, words

    def make(self, build: Path, *words: str) -> None:
        self.tree.run(*self.tree.make_command(build, *self.words, *words))

    def configure(self, kind: str, build: Path) -> None:
        """Keeps a configuration without the driver for the next run. "small" is enough of a build
        for single directories to be compiled, with KUnit for its cases."""
        if (build / "without").is_file():
            return
        shutil.rmtree(build, ignore_errors=True)
        build.mkdir(parents=True)
        if kind == "small":
            self.make(build, "tinyconfig")
            # merge_config.sh takes no path with a space, such as that of this clone can be.
            (build / "kunit.config").write_text("".join(config.read_text() for config in CONFIGS) + "CONFIG_KUNIT=y\n")
            self.tree.run("scripts/kconfig/merge_config.sh", "-m", "-O", build, build / ".config", build / "kunit.config")
            self.make(build, "olddefconfig")
        else:
            self.make(build, kind)
        own = re.compile(rf"(# )?({'|'.join(self.tree.symbols())})[= ]")
        lines = (build / ".config").read_text().splitlines()
        (build / "without").write_text("".join(line + "\n" for line in lines if not own.match(line)))

    def compile(self, build: Path, value: str) -> None:
        """Compiles the driver's directory: the tools must print nothing, and each symbol must have this value."""
        silent(self.tree.make_command(build, *self.words, "W=1", "drivers/misc/hi/"), self.tree.path)
        taken = base.read(build / "include/config/auto.conf").splitlines()
        for symbol in self.tree.symbols():
            if (f"{symbol}={value}" not in taken) if value != "n" else any(line.startswith(f"{symbol}=") for line in taken):
                raise Found(f"{symbol} is not {value}")
        if value != "n" and not list((build / "drivers/misc/hi").glob("*.o")):
            raise Found("nothing was compiled")

    def compile_patch(self, kind: str, value: str, patch: str) -> None:
        build = self.tree.build(kind)
        self.tree.put_in(patch)
        self.configure(kind, build)
        wanted = (build / "without").read_text() + "".join(f"{symbol}={value}\n" for symbol in self.tree.symbols())
        # Each new configuration takes seconds: the old one stays where nothing changes.
        if base.read(build / "given") != wanted:
            (build / ".config").write_text(wanted)
            (build / "given").write_text(wanted)
        try:
            self.compile(build, value)
        except Found as found:
            raise Found(found, f"with {patch}, ={value}, from {kind}") from found

    def concerns(self, patch: Path, value: str) -> bool:
        """In the newest kernel each patch to the driver is compiled, =n each that could let something
        be compiled then; in another kernel, all patches together."""
        if self.tree.kernel != self.check.newest:
            return patch == patches()[-1]
        return re.search(r"^\+\+\+ b/drivers/misc/.*(Kconfig|Makefile)" if value == "n" else r"^\+\+\+ b/drivers/misc/",
                         patch.read_text(), re.M) is not None

    def compile_patches(self, kind: str, value: str) -> None:
        for patch in self.check.look_at("patches", (patch for patch in patches() if self.concerns(patch, value))):
            self.once(patches()[:patches().index(patch) + 1], self.compile_patch, kind, value, patch.name)

    def once(self, inputs: Sequence[Path], work: Callable[..., None], *arguments: str) -> None:
        self.check.once([self.tree.path.name, self.tree.version, *self.words, *inputs], work, *arguments)

    def compile_allmodconfig(self) -> None:
        build = self.tree.build("allmodconfig")
        self.tree.put_in(patches()[-1].name)
        build.mkdir(exist_ok=True)
        self.make(build, "allmodconfig")
        self.make(build, "W=1", "prepare")
        shutil.rmtree(build / "drivers/misc/hi", ignore_errors=True)
        try:
            self.compile(build, "m")
        except Found as found:
            raise Found(found, "in allmodconfig") from found

    def compile_all(self) -> None:
        self.compile_patches("small", "y")
        self.compile_patches("small", "m")
        self.once(patches(), self.compile_allmodconfig)


def build_gcc(run: Run, kernel: str = "") -> None:
    """=n compiles nothing, whatever the compiler. Newer kernels refuse a sparse that is older than
    they need (scripts/checker-valid.sh)."""
    kernel, words = kernel or run.newest, ["CC=ccache gcc", "C=1"]
    checker = CACHE / "sources" / kernel / "scripts/checker-valid.sh"
    if checker.is_file() and output_of(["sh", checker, "sparse"]).strip() != "1":
        words.remove("C=1")
        run.remark = f", without sparse: Linux {kernel} needs a newer one than {output_of(['sparse', '--version']).strip()}"
    compiler = Compiler(run, Tree(f"patches-{kernel}-gcc", kernel), *words)
    compiler.compile_all()
    compiler.compile_patches("allnoconfig", "n")


def build_clang(run: Run, kernel: str = "") -> None:
    kernel = kernel or run.newest
    needed = output_of([CACHE / "sources" / kernel / "scripts/min-tool-version.sh", "llvm"]).strip()
    found = output_of(["clang", "-dumpversion"]).strip()
    if [int(part) for part in found.split(".")] < [int(part) for part in needed.split(".")]:
        raise Skipped(f"Linux {kernel} needs clang {needed}, and this is clang {found}")
    Compiler(run, Tree(f"patches-{kernel}-clang", kernel), "LLVM=1", "CC=ccache clang").compile_all()


def selftests(run: Run) -> None:
    sources = run.look_at("files", (Path(file) for file in own_files() if re.match(r"tools/testing/selftests/.*\.c$", file)))
    directory = sources[0].parent
    for compiler in ("gcc", "clang"):
        output = run.scratch / f"selftests-{compiler}"
        output.mkdir()
        try:
            whole_tree(run).run("env", "CFLAGS=-Werror", "make", "-s", "-C", directory, f"OUTPUT={output}", f"CC={compiler}")
        except Found as found:
            raise Found(found, f"with {compiler}") from found
        if not list(output.iterdir()):
            raise Found(f"nothing was compiled with {compiler}")


def coccicheck(run: Run) -> None:
    def work() -> None:
        whole, build = whole_tree(run), TREES / "build-coccicheck"
        compiler = Compiler(run, whole, "CC=ccache gcc")
        compiler.configure("small", build)
        compiler.make(build, "prepare")
        log = whole.run(*whole.make_command(build, "CC=ccache gcc", "coccicheck", "MODE=report", f"M={whole.path}/drivers/misc/hi"))
        found = lines_with(r"^\S+\.[ch]:[0-9]", log)
        if found:
            raise Found(found)

    run.look_at("files", (file for file in own_files() if re.match(r"drivers/misc/hi/.*\.c$", file)))
    run.once([base.read(CACHE / f"sources/{run.newest}.version"), os.environ.get("COCCI", ""), *patches()], work)


# --- checks of the scripts and of the inspector ------------------------------------

def scripts_in(pattern: str) -> list[str]:
    return [file for file in tracked_files() if re.search(pattern, base.read(TOP / file), re.M)]


def shellcheck(run: Run) -> None:
    output_of(["shellcheck", *run.look_at("files", scripts_in(r"\A#!/bin/(ba)?sh|^# shellcheck shell="))])


def python_files() -> list[str]:
    return [file for file in tracked_files() if file.endswith(".py")] + scripts_in(r"\A#!/usr/bin/(env )?python3")


def python_types(run: Run) -> None:
    """One program a run: each is called __main__ by mypy."""
    mypy = ["mypy", "--strict", "--no-error-summary", f"--cache-dir={TREES}/mypy"]
    output_of([*mypy, "-p", "hi"], SCRIPTS)
    for file in run.look_at("files", python_files()):
        if not file.startswith("scripts/hi/"):
            output_of(["env", f"MYPYPATH={SCRIPTS}", *mypy, str(TOP / file)], SCRIPTS)


def python_flakes(run: Run) -> None:
    silent(["pyflakes3", *run.look_at("files", python_files())])


def inspector_gcc(run: Run) -> None:
    run.look_at("files", inspector_sources())
    silent(["make", "-s", "-B", "-C", SCRIPTS / "inspector", f"O={run.scratch}/inspector", "CFLAGS=-O2 -g -Wall -Wextra -Werror"])


def inspector_sources(pattern: str = "*.c") -> list[Path]:
    return sorted(file for file in (SCRIPTS / "inspector").rglob(pattern) if file.parent.name != "fuzz")


def inspector_clang_tidy(run: Run) -> None:
    """One file a run: the analyzer of LLVM 14 takes what it saw of va_start in one file to the next.
    It asks for memcpy_s, which no C library here has."""
    flags = output_of(["pkg-config", "--cflags", "libelf", "libdw", "json-c"]).split()

    def work() -> None:
        command = ["clang-tidy", "--quiet", "--warnings-as-errors=*",
                   "--checks=-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling"]
        def look(file: Path) -> base.Done:
            return base.run([*command, file, "--", "-std=gnu11", "-D_GNU_SOURCE", *flags], stderr=subprocess.DEVNULL)

        with ThreadPoolExecutor(base.processors()) as pool:
            found = [done.output for done in pool.map(look, inspector_sources()) if done.status]
        if found:
            raise Found(*found)

    run.look_at("files", inspector_sources())
    run.once(inspector_sources("*.[ch]"), work)


def inspector_cppcheck(run: Run) -> None:
    run.look_at("files", inspector_sources())
    silent(["cppcheck", "--quiet", "--error-exitcode=1", "--enable=warning,performance,portability", "--inline-suppr",
            SCRIPTS / "inspector"])


# ---------------------------------------------------------------------------------

# The slow checks come first, so that none of them runs alone at the end.
CHECKS: dict[str, Callable[[Run], None]] = {
    "build_gcc": build_gcc, "build_clang": build_clang,
    "build_clang_6.12": partial(build_clang, kernel="6.12"), "build_clang_6.1": partial(build_clang, kernel="6.1"),
    "coccicheck": coccicheck,
    "build_gcc_6.12": partial(build_gcc, kernel="6.12"), "build_gcc_6.1": partial(build_gcc, kernel="6.1"),
    **{check.__name__: check for check in (
        inspector_clang_tidy, application, agreement, checkpatch_patches, checkpatch_files, kconfig_symbols, maintainers,
        shellcheck, python_types, inspector_gcc, inspector_cppcheck, selftests, htmldocs, codespell, kernel_doc, spdx,
        python_flakes)}}


def tools_id() -> str:
    """The tools behind what is cached, and how they are called."""
    versions = [base.run([tool, "--version"]).output for tool in ("gcc", "clang", "sparse", "spatch", "clang-tidy")]
    return base.stamp(Path(__file__), SCRIPTS / "path/ccache", *CONFIGS, *versions)


def choose(names: Sequence[str]) -> list[str]:
    """All checks; or those that are named, or whose names contain what is no name."""
    chosen = [check for check in CHECKS if not names or
              any(check == name or (name in check and name not in CHECKS) for name in names)]
    if not chosen:
        raise base.usage_error(f"no check is named '{' '.join(names)}' (see '{base.verb} --list')")
    return chosen


def make(name: str, run: Run) -> None:
    """Makes a check; raises what it found, or why it is skipped."""
    CHECKS[name](run)
    if not run.count:
        raise Found("it looked at nothing")


def main(arguments: Sequence[str]) -> int:
    anew, names = False, []
    for option, word in base.options(__doc__, arguments, flags=["--anew", "--list"]):
        if option == "--list":
            print("\n".join(CHECKS))
            return Exit.GOOD
        elif option:
            anew = True
        else:
            names.append(word)
    chosen = choose(names)
    base.need("apply", "build", "llvm", "inspector", "check", kernels=kernels.SUPPORTED)
    newest = kernels.number("newest")
    base.cache_directory("check/passed")
    base.lock("check")
    tools, running = tools_id(), dict[str, None]()
    failed: dict[str, str] = {}
    skipped: list[str] = []

    def job(name: str, scratch: Path) -> None:
        run, start, verdict, more = Run(name, anew, tools, newest, scratch / name), time.monotonic(), "ok    ", ""
        run.scratch.mkdir()
        running[name] = None
        try:
            make(name, run)
        except Found as found:
            verdict, failed[name] = "FAILED", str(found)
        except Skipped as reason:
            verdict, more = "skip  ", f", {reason}"
            skipped.append(name)
        del running[name]
        if verdict != "skip  ":
            more = f", {run.count} {run.things}" if run.count else ""
            more += (f", {run.known} of {run.asked} as before" if run.known else "") + run.remark
        base.clear_progress()
        print(f"{verdict}  {name} ({time.monotonic() - start:.0f} s{more})", flush=True)

    with tempfile.TemporaryDirectory() as scratch:
        # Runs one more job than there are processors, because Kconfig spends much time waiting for
        # one compiler call after another.
        base.in_parallel("checking", [partial(job, name, Path(scratch)) for name in chosen], base.processors() + 1,
                         lambda: "".join(f", {name}" for name in list(running)))
    for name in chosen:
        if name in failed:
            print(f"\n--- {name}", *failed[name].splitlines()[-40:], sep="\n")
    if failed:
        return Exit.FAILED
    if len(skipped) == len(chosen):
        raise Stop(Exit.MISSING, "every check was skipped: nothing was looked at")
    return Exit.GOOD

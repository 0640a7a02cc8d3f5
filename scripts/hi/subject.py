# SPDX-License-Identifier: GPL-2.0
"""The modules that vet looks at: found, built, and read.

A MODULE is a directory with a Kbuild file or Makefile, which is copied and built against the kernel,
or a symbol of the kernel's configuration, which is set to m in a build of its own.
"""

from __future__ import annotations

import collections
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hi import base, guest, module
from hi.base import CACHE, SCRIPTS, Exit, Stop
from hi.elf import Elf
from hi.guest import Build

STT_FUNC = 2
HELPERS = SCRIPTS / "guest/vet/modules"

# A call at the end of init would be a jump otherwise, and nobody could tell that init made it.
FLAGS = "subdir-ccflags-y += -fno-optimize-sibling-calls"


@dataclass(frozen=True)
class Subject:
    """A module that is built."""
    name: str               # in /proc/modules
    path: Path              # the .ko
    needs: tuple[Path, ...]     # modules that are loaded before it, in this order
    log: str = ""           # what make said of it
    source: str = ""        # the directory to leave out of paths
    argument: str = ""      # of the command line, by which it was found
    only_module: bool = False   # its symbol cannot be y

    @property
    def elf(self) -> Elf:
        return Elf(self.path)

    @property
    def init(self) -> str:
        """The name of its init function, of which init_module is an alias; "" if it has none."""
        place = next(((symbol.section, symbol.value) for symbol in self.elf.symbols if symbol.name == "init_module"), None)
        return next((symbol.name for symbol in self.elf.symbols if symbol.kind == STT_FUNC and symbol.name != "init_module"
                     and (symbol.section, symbol.value) == place), "")

    @property
    def permanent(self) -> bool:
        """It has an init function, and no exit function."""
        elf = self.elf
        return elf.defines("init_module") and not elf.defines("cleanup_module")


# --- directories -----------------------------------------------------------------

def makefile_of(directory: Path) -> Path:
    for name in ("Kbuild", "Makefile"):
        if (directory / name).is_file():
            return directory / name
    raise base.usage_error(f"'{directory}' has no Kbuild file and no Makefile")


def copy_sources(directory: Path, to: Path, value: str) -> None:
    """Copies a directory to be built as modules (value m) or built in (y), whatever the kernel's configuration says."""
    try:
        shutil.copytree(directory, to, ignore=shutil.ignore_patterns(
            ".git", "*.o", "*.ko", "*.mod", "*.mod.c", "*.cmd", "Module.symvers", "modules.order"))
    except (OSError, shutil.Error) as error:
        raise Stop(Exit.MISSING, f"cannot copy '{directory}': {error}") from error
    makefile = makefile_of(to)
    text = makefile.read_text(errors="replace")
    symbols = re.findall(r"^obj-\$\(CONFIG_(\w+)\)\s*[+:]?=.*\.o\b", text, re.M)
    text = re.sub(r"^obj-(m|\$\(CONFIG_\w+\))(\s*[+:]?=.*\.o\b)", rf"obj-{value}\2", text, flags=re.M)
    suffix = "_MODULE" if value == "m" else ""
    defines = "".join(f"ccflags-y += -DCONFIG_{symbol}{suffix}=1\n" for symbol in dict.fromkeys(symbols))
    makefile.write_text(f"{text}\n{defines}{FLAGS}\n")


def build_directory(build: Build, directory: Path) -> Path:
    """The directory in the cache with the modules that were built from this one."""
    # The path names the place, so that vet compiles a directory again only after a change.
    place = CACHE / "vet" / build.path.name / base.stamp(str(directory.resolve()))
    name = directory.resolve().name
    guest.compile_copy(build, place, lambda new: copy_sources(directory, new / name, "m"), [name])
    return place / name


# --- symbols of the configuration ---------------------------------------------------

def targets_of_symbols(source: Path) -> dict[str, list[str]]:
    """The objects and directories that the tree's makefiles name for each symbol, as paths in the tree."""
    done = base.run(["grep", "-rhoE", "--include=Makefile", "--include=Kbuild", "--with-filename",
                     r"^obj-\$\(CONFIG_\w+\)\s*[+:]?=.*", "."], cwd=source)
    targets: dict[str, list[str]] = {}
    for line in done.output.splitlines():
        makefile, _, text = line.partition(":")
        symbol, names = text.removeprefix("obj-$(CONFIG_").split(")", 1)
        folder = str(Path(makefile).parent)
        targets.setdefault(symbol, []).extend(f"{folder}/{name}".removeprefix("./") for name in names.partition("=")[2].split())
    return targets


def modules_of(build: Build, targets: Sequence[str]) -> list[Path]:
    """The modules that were built from these objects; if there are none, all that were built in these directories."""
    built = base.read(build.path / "modules.order").splitlines()
    found = [one for one in built if one in targets] or \
        [one for one in built if any(target.endswith("/") and one.startswith(target) for target in targets)]
    return [build.path / one.replace(".o", ".ko") for one in found]


def only_modules(source: Path) -> set[str]:
    """The symbols that Kconfig lets be m or n, but not y: they depend on m, or on such a symbol."""
    done = base.run(["grep", "-rhE", "--include=Kconfig*", r"^\s*((menu)?config|depends on) ", "."], cwd=source)
    needs, symbol = collections.defaultdict[str, set[str]](set), ""
    for words in (line.split() for line in done.output.splitlines()):
        if words[0] != "depends":
            symbol = words[1]
        elif not {"||", "=", "!="} & set(words):
            needs[symbol].update(words[2:])
    found = {"m"}
    while more := {symbol for symbol, names in needs.items() if names & found} - found:
        found |= more
    return found - {"m"}


# --- dependencies --------------------------------------------------------------------

def exporters(directory: Path) -> dict[str, str]:
    """Which module exports a symbol, by a Module.symvers."""
    rows = (line.split("\t") for line in base.read(directory / "Module.symvers").splitlines())
    return {row[1]: row[2] for row in rows if len(row) > 2 and row[2] != "vmlinux"}


def present(path: Path) -> Path:
    """The file of a module, which can be packed."""
    return path if path.exists() else next(path.parent.glob(f"{path.name}.*"), path)


def needed_by(path: Path, owners: dict[str, Path], seen: list[Path]) -> list[Path]:
    """The modules that a module needs, each after those that it needs itself."""
    for symbol in module.read(path).elf.undefined:
        owner = present(owners[symbol]) if symbol in owners else None
        if owner and owner != path and owner not in seen:
            needed_by(owner, owners, seen)
            if owner not in seen:
                seen.append(owner)
    return seen


def in_order(subjects: Sequence[Subject]) -> list[Subject]:
    """Those that others need come first; those that stay for ever come last."""
    return sorted(subjects, key=lambda one: (one.permanent, len(one.needs), one.name))


def find(build: Build, directories: Sequence[Path], symbols: Sequence[str]) -> list[Subject]:
    """Builds and reads all modules that are asked for."""
    owners = {symbol: build.modules / f"{name}.ko" for symbol, name in exporters(build.path).items()}
    targets = targets_of_symbols(build.source) if symbols else {}
    unlinked = only_modules(build.source) if symbols else set()
    found: list[Subject] = []
    for symbol in symbols:
        paths = modules_of(build, targets.get(symbol, []))
        if not paths:
            raise base.usage_error(f"the kernel builds no module for {symbol} (is it a tristate symbol, with all that it depends on?)")
        found += [Subject(module.file_name(path), path, tuple(needed_by(path, owners, [])), argument=symbol, only_module=symbol in unlinked)
                  for path in paths]
    for directory in directories:
        place = build_directory(build, directory)
        mine = {**owners, **{symbol: place / f"{name}.ko" for symbol, name in exporters(place).items()}}
        paths = [place / f"{line.removesuffix('.o').removesuffix('.ko')}.ko"
                 for line in base.read(place / "modules.order").splitlines()]
        if not paths:
            raise base.usage_error(f"'{directory}' builds no module: its {makefile_of(directory).name} needs a line such as 'obj-m := NAME.o'")
        log = base.read(place / "build.log")
        found += [Subject(module.file_name(path), path, tuple(needed_by(path, mine, [])), log, str(place), str(directory)) for path in paths]
    names = [one.name for one in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise base.usage_error(f"two modules are called {' '.join(twice)}")
    return in_order(found)


# --- the helpers ----------------------------------------------------------------------

def build_helpers(build: Build) -> list[Path]:
    place = CACHE / "vet" / build.path.name / "helpers"
    guest.compile_copy(build, place, lambda new: shutil.copytree(HELPERS, new / "modules") and None)
    return sorted((place / "modules").glob("*.ko"))


# --- where in the source -----------------------------------------------------------------

def source_line(one: Subject, function: str, offset: int) -> str:
    """FILE:LINE of the call that returns to FUNCTION+OFFSET, or nothing."""
    elf = one.elf
    place = next((symbol for symbol in elf.symbols if symbol.name == function and 0 < symbol.section < len(elf.sections)), None)
    if not place:
        return ""
    done = base.run(["addr2line", "-i", "-e", one.path, "-j", elf.sections[place.section].name, hex(place.value + offset - 1)])
    # addr2line prints inlined functions first. The first line in the module's own source says most.
    lines = [re.sub(r" \(discriminator.*", "", line) for line in done.output.splitlines() if not line.startswith("??")]
    if done.status or not lines:
        return ""
    own = next((line for line in lines if "/include/" not in line), lines[-1])
    # An object from ccache names the directory in which it was first compiled.
    own = re.sub(r"^.*/vet/[^/]+/[0-9a-f]{32}/[^/]+/", "", own)
    return re.sub(r"^.*?/(?=(drivers|fs|net|lib|crypto|samples|sound|block|kernel|mm|arch|security|tools|include)/)", "", own)


# --- what a module takes ------------------------------------------------------------------

def parameters(subject: Subject) -> list[tuple[str, str]]:
    """Names and types, as modinfo has them."""
    types = [value.partition(":") for key, value in subject.elf.modinfo if key == "parmtype"]
    return [(name, kind) for name, _, kind in types]

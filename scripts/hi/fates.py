# SPDX-License-Identifier: GPL-2.0
"""What a kernel does with the exit code that is built in.

Usage: fates [--rst] [TREE [ARCH]...]

Prints for each architecture of a kernel what becomes of .exit.text, the exit code of built-in
drivers: freed at boot, discarded by the linker, or kept. The answer comes from the tree's linker
scripts, with the Kconfig symbols on which it depends. Then compares each build of that kernel
in the cache: does its vmlinux agree with its linker script? The last line says how many.

  TREE         newest, 6.12, 6.1 or another X.Y (see setup), or a kernel tree
               (default: newest)
  ARCH         only this directory of TREE/arch
  --rst        the table in reStructuredText, and no comparison
  -h, --help   this text

Exit codes: 0 good; 1 a vmlinux disagrees with its linker script; 2 wrong usage, or a linker
script that is not understood; 3 packages are missing.
"""

from __future__ import annotations

import fnmatch
import itertools
import json
import re
import subprocess
import tempfile
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from hi import base, kernels
from hi.base import CACHE, SCRIPTS, Exit, Stop

FREED, DISCARDED, KEPT = "freed at boot", "discarded by the linker", "kept"

Symbols = frozenset[str]                # the symbols that are y; all others are n
Term = tuple[tuple[str, bool], ...]     # symbols and their values, all of which must be so


@dataclass(frozen=True)
class Fate:
    """A fate, and the terms of which one must hold for it; an empty term always holds."""
    name: str
    terms: list[Term]

    @property
    def condition(self) -> str:
        """The terms in words; what all of them have in common comes first."""
        common = [pair for pair in self.terms[0] if all(pair in term for term in self.terms)]
        rests = [[pair for pair in term if pair not in common] for term in self.terms]
        words = list(map(literal, common))
        if len(rests) > 1:
            either = " or ".join(literal(rest[0]) if len(rest) == 1 else f"({' and '.join(map(literal, rest))})"
                                 for rest in rests)
            words.append(f"({either})" if words else either)
        else:
            words += map(literal, rests[0])
        return " and ".join(words)


def literal(pair: tuple[str, bool]) -> str:
    name, value = pair
    return name if value else f"not {name}"


def subsets(symbols: Sequence[str]) -> Iterator[Symbols]:
    for count in range(len(symbols) + 1):
        yield from (frozenset(chosen) for chosen in itertools.combinations(symbols, count))


def shortest_terms(symbols: Sequence[str], rows: Iterable[Symbols]) -> list[Term]:
    """The shortest terms that hold together in exactly these rows, found by trial: the kernels'
    linker scripts need five symbols at most."""
    wanted = frozenset(rows)
    found: dict[Term, Iterable[Symbols]] = {}
    for count in range(len(symbols) + 1):
        for chosen in itertools.combinations(symbols, count):
            for values in itertools.product((True, False), repeat=count):
                term = tuple(zip(chosen, values))
                covers = {row for row in subsets(symbols) if all((name in row) == value for name, value in term)}
                if covers <= wanted and not any(set(shorter) <= set(term) for shorter in found):
                    found[term] = covers
    # Drop, longest first, each term whose rows the others cover.
    for term in sorted(found, key=len, reverse=True):
        if wanted == frozenset().union(*(covers for other, covers in found.items() if other != term)):
            del found[term]
    return list(found)


# --- the linker script -----------------------------------------------------------

END = "end_of_the_linker_script"


def is_linker_script(path: str) -> bool:
    return re.search(r"\.lds(\.[hS])?$", path) is not None


class LinkerScript:
    """arch/ARCH/kernel/vmlinux.lds.S, as cpp reads it in many configurations. Of the headers, those
    that are linker scripts themselves are read as they are. The others, some of which only a build
    generates, say how large things are, not where they go: they are taken as empty."""

    AT_ONCE = 500       # how many configurations one run of cpp reads; each yields some 20 KiB

    def __init__(self, tree: Path, arch: str, scratch: Path) -> None:
        self.tree, self.arch = tree, arch
        self.path = tree / "arch" / arch / "kernel/vmlinux.lds.S"
        self.headers = scratch / "include"
        self.input = scratch / "input.S"
        self.kconfig_h = tree / "include/linux/kconfig.h"
        self.symbols: set[str] = set()
        self.macros: set[str] = set()
        seen: set[Path] = set()
        self.provide(self.path, seen)
        self.provide(self.kconfig_h, seen)
        self.forget = "".join(f"#undef {name}\n" for name in sorted(self.macros | {f"CONFIG_{s}" for s in self.symbols}))
        self.frees_init = not never_frees(tree, arch)
        self.known: dict[Symbols, str | None] = {}
        self.by_text: dict[tuple[str, str], str] = {}

    def provide(self, path: Path, seen: set[Path]) -> None:
        """Puts all that a file includes, and what those include, where cpp looks for it."""
        if path in seen:
            return
        seen.add(path)
        text = re.sub(r"/\*.*?\*/", "", base.read(path), flags=re.S)
        self.symbols.update(re.findall(r"\bCONFIG_(\w+)", text))
        self.macros.update(re.findall(r"^\s*#\s*define\s+(\w+)", text, re.M))
        for kind, name in re.findall(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', text, re.M):
            if kind == '"' and (path.parent / name).is_file():
                self.provide(path.parent / name, seen)
                continue
            link, real = self.headers / name, self.find(name)
            link.parent.mkdir(parents=True, exist_ok=True)
            if not real:
                link.touch()
            else:
                if not link.is_symlink():
                    link.symlink_to(real)
                self.provide(real, seen)

    def find(self, name: str) -> Path | None:
        """A header that is a linker script; Kbuild takes asm-generic's where ARCH has none."""
        places = (f"arch/{self.arch}/include/{name}", f"include/{name}",
                  f"include/{name.replace('asm/', 'asm-generic/', 1)}") if is_linker_script(name) else ()
        return next((self.tree / place for place in places if (self.tree / place).is_file()), None)

    def texts(self, configurations: Sequence[str]) -> tuple[list[str | None], str]:
        """The script in each configuration, given as what cpp reads before it; None where cpp
        refuses it. And what cpp said."""
        self.input.write_text("".join(
            f'{configuration}#include "{self.kconfig_h}"\n'
            f'#line {line} "configuration"\n#include "{self.path}"\n{END}\n{self.forget}'
            for line, configuration in enumerate(configurations, 1)), encoding="utf-8")
        done = base.run(["cpp", "-P", "-w", "-undef", "-nostdinc", f"-U{self.arch}", "-D__ASSEMBLY__", "-D__KERNEL__",
                         "-DLINKER_SCRIPT", "-I", self.headers, self.input], stderr=subprocess.PIPE)
        texts = done.output.split(END)[:-1]
        if len(texts) != len(configurations):
            raise self.unreadable(done.errors)
        refused = {int(line) for line in re.findall(r"\bconfiguration:(\d+)", done.errors)}
        return [None if line in refused else text for line, text in enumerate(texts, 1)], done.errors

    def unreadable(self, errors: str) -> Stop:
        return Stop(Exit.USAGE, f"cpp cannot read {self.path}: {errors.strip()}")

    def fate_by(self, text: str, section: str) -> str:
        if (text, section) not in self.by_text:
            fate = fate_of(section, text)
            self.by_text[text, section] = KEPT if fate == FREED and not self.frees_init else fate
        return self.by_text[text, section]

    def fate_in(self, autoconf: Path, section: str) -> str:
        """The fate in the configuration of a build."""
        (text,), errors = self.texts([f'#include "{autoconf.resolve()}"\n'])
        if not text:
            raise self.unreadable(errors)
        return self.fate_by(text, section)

    # --- all configurations, of .exit.text ---

    def learn(self, sets: Iterable[Symbols]) -> None:
        """Finds the fates with these symbols y and all others n."""
        new = [symbols for symbols in dict.fromkeys(sets) if symbols not in self.known]
        for i in range(0, len(new), self.AT_ONCE):
            part = new[i:i + self.AT_ONCE]
            texts, _ = self.texts(["".join(f"#define CONFIG_{s} 1\n" for s in sorted(symbols)) for symbols in part])
            self.known.update((symbols, self.fate_by(text, ".exit.text") if text else None)
                              for symbols, text in zip(part, texts))

    def pairs_with(self, symbol: str, matter: set[str]) -> list[tuple[Symbols, Symbols]]:
        """Pairs of configurations that differ in this symbol alone, with the rest all n or all y."""
        rest = frozenset(self.symbols - matter - {symbol})
        sets = [chosen | others for chosen in subsets(sorted(matter)) for others in (frozenset(), rest)]
        return [(without, without | {symbol}) for without in sets]

    def symbols_that_matter(self) -> list[str]:
        """Those that change the fate, alone or together with others that do."""
        matter: set[str] = set()
        while True:
            pairs = {symbol: self.pairs_with(symbol, matter) for symbol in sorted(self.symbols - matter)}
            self.learn(symbols for of_symbol in pairs.values() for pair in of_symbol for symbols in pair)
            found = {symbol for symbol, of_symbol in pairs.items() for without, with_it in of_symbol
                     if None not in (fates := {self.known[without], self.known[with_it]}) and len(fates) > 1}
            if not found:
                return sorted(matter)
            matter |= found

    def fates(self) -> list[Fate]:
        matter = self.symbols_that_matter()
        self.learn(subsets(matter))
        rows = {symbols: self.known[symbols] for symbols in subsets(matter)}
        fates = [name for name in (FREED, DISCARDED, KEPT) if name in rows.values()]
        if not fates:
            raise self.unreadable(self.texts([""])[1])
        return [Fate(name, shortest_terms(matter, (row for row in rows if rows[row] == name))) for name in fates]


def fate_of(section: str, script: str) -> str:
    """The linker takes the first input section description that matches: where is it?"""
    if re.search(r"\b(EXIT_TEXT|EXIT_DISCARDS|DISCARDS)\b", script):
        raise Stop(Exit.USAGE, "the linker script does not define what it says of exit code")
    place = next((match.start() for match in re.finditer(r"\*\s*\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)", script)
                  if matches(section, match[1])), None)
    if place is None:
        return KEPT         # the linker keeps what no description names
    if output_section(script, place) == "/DISCARD/":
        return DISCARDED
    begin, end = (re.search(rf"\b{name}\s*=", script) for name in ("__init_begin", "__init_end"))
    return FREED if begin and end and begin.start() < place < end.start() else KEPT


def matches(section: str, patterns: str) -> bool:
    words = re.sub(r"\bEXCLUDE_FILE\s*\([^)]*\)|\bSORT\w*|[(),]", " ", patterns).split()
    return any(fnmatch.fnmatchcase(section, word) for word in words)


def output_section(script: str, place: int) -> str:
    """The name of the output section in whose braces a place lies."""
    depth = 0
    for brace in reversed(list(re.finditer("[{}]", script[:place]))):
        depth += 1 if brace[0] == "}" else -1
        if depth < 0:
            return re.split(r"[;{}]", script[:brace.start()])[-1].split()[0]
    return ""


def never_frees(tree: Path, arch: str) -> bool:
    """Whether the architecture's own free_initmem() does nothing."""
    return any(re.search(r"void\s+(?:__ref\s+)?free_initmem\(void\)\s*{\s*}", base.read(file))
               for part in ("mm", "kernel") for file in (tree / "arch" / arch / part).glob("**/*.c"))


# --- builds ------------------------------------------------------------------------

def fates_in(build: Path, *sections: str) -> list[str]:
    """What the linker script of a build says of these sections."""
    with tempfile.TemporaryDirectory() as scratch:
        script = LinkerScript((build / "source").resolve(), arch_of(build), Path(scratch))
        return [script.fate_in(build / "include/generated/autoconf.h", section) for section in sections]


def arch_of(build: Path) -> str:
    """The directory of the tree's arch/ from which it was built."""
    return next((script.parent.parent.name for script in build.glob("arch/*/kernel/vmlinux.lds")), "")


def lifetime_in(vmlinux: Path, missing: str, driver: str = "") -> str:
    """What the inspector says of .exit.text, or of the one that has the exit function of a driver."""
    done = base.run([SCRIPTS / "sections", "--json", *(["--driver", driver] if driver else []), vmlinux], stderr=None)
    if done.status:
        return "not understood"
    sections = [section for file in json.loads(done.output)["files"] for section in file["sections"]
                if section["name"] == ".exit.text"]
    return next((str(section["lifetime"]) for section in sections
                 if not driver or any(item["name"] == f"{driver}_exit" for item in section["items"])), missing)


def agrees(build: Path) -> bool:
    wanted, found = fates_in(build, ".exit.text")[0], lifetime_in(build / "vmlinux", "not there at all")
    if wanted == found:
        print(f"{build.name}: {found}, by linker script and vmlinux")
    else:
        print(f"{build.name}: {wanted} by the linker script, {found} in vmlinux")
    return wanted == found


# --- the table -----------------------------------------------------------------------

def in_words(fates: list[Fate]) -> list[str]:
    """A line for each fate; the one with the longest condition comes last, without it."""
    *others, last = sorted(fates, key=lambda fate: fate == max(fates, key=lambda fate: len(fate.condition)))
    return [f"{fate.name} if {fate.condition}" for fate in others] + [f"{'else ' if others else ''}{last.name}"]


def rst_cell(lines: list[str]) -> list[str]:
    """Several lines are a line block, in which the rest of a long line is indented."""
    if len(lines) == 1:
        return lines
    return [("  " if i else "| ") + part for line in lines for i, part in enumerate(textwrap.wrap(line, 64))]


def table(cells: dict[str, list[str]]) -> list[str]:
    return [f"{'' if i else arch:<12} {line}" for arch, lines in cells.items() for i, line in enumerate(lines)]


def rst_table(cells: dict[str, list[str]]) -> list[str]:
    rows = table({arch: rst_cell(lines) for arch, lines in cells.items()})
    rule = "=" * 12 + " " + "=" * (max(map(len, rows)) - 13)
    return [rule, f"{'Architecture':<12} Exit code of what is built in", rule, *rows, rule]


def work_out(tree: Path, arch: str) -> list[Fate]:
    with tempfile.TemporaryDirectory() as scratch:
        return LinkerScript(tree, arch, Path(scratch)).fates()


def choose_tree(kernel: str) -> tuple[Path, list[Path]]:
    """The tree, and those from which a build of this kernel can be."""
    if not kernels.is_known(kernel):
        tree = Path(base.call(*base.shell("need_users_tree", kernel)))
        base.need("fates", "inspector")
        return tree, [tree]
    base.need("fates", "inspector", kernels=[kernel])
    kernel = kernels.number(kernel)
    return CACHE / "sources" / kernel, [CACHE / "sources" / kernel, CACHE / "trees" / kernel]


def main(arguments: Sequence[str]) -> int:
    rst, words = False, []
    for option, word in base.options(__doc__, arguments, flags=["--rst"]):
        if option:
            rst = True
        else:
            words.append(word)
    tree, trees = choose_tree(words[0] if words else "newest")
    known = sorted(file.parent.parent.name for file in tree.glob("arch/*/kernel/vmlinux.lds.S"))
    if not known:
        raise Stop(Exit.USAGE, f"{tree} has no linker scripts (arch/*/kernel/vmlinux.lds.S)")
    arches = [base.one_of("architecture", arch, known) for arch in words[1:]] or known
    done: list[str] = []

    def job(arch: str) -> list[str]:
        lines = in_words(work_out(tree, arch))
        done.append(arch)
        return lines

    lines = base.in_parallel("reading linker scripts", [partial(job, arch) for arch in arches], base.processors(),
                             lambda: f", {len(done)} of {len(arches)} architectures")
    cells = dict(zip(arches, lines))
    if rst:
        print("\n".join(rst_table(cells)))
        return Exit.GOOD
    print("\n".join([*table(cells), ""]), flush=True)
    good = [agrees(vmlinux.parent) for vmlinux in sorted(CACHE.glob("builds/*/vmlinux"))
            if (vmlinux.parent / "source").resolve() in [tree.resolve() for tree in trees]
            and arch_of(vmlinux.parent) in arches]
    print(f"{len(good) or 'no'} vmlinux of this kernel compared")
    return Exit.GOOD if all(good) else Exit.FAILED

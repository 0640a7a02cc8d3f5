# SPDX-License-Identifier: GPL-2.0
"""Builds and boots, as functions with a result."""

from __future__ import annotations

import dataclasses
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hi import base, kernels, ktap
from hi.base import SCRIPTS, TOP, Exit


@dataclass(frozen=True)
class Build:
    """A kernel in its build directory."""
    kernel: str
    arch: kernels.Arch
    variant: kernels.Variant
    path: Path
    config: Path | None = None          # a fragment on top of the variant's
    built_in: Path | None = None        # a directory with modules that are part of it

    @property
    def options(self) -> list[str]:
        """Those of scripts/build and scripts/boot that name this build."""
        words = ["-k", self.kernel, "-a", self.arch.name]
        words += [] if self.variant == kernels.STOCK else ["-v", self.variant.name]
        for option, path in (("--config", self.config), ("--built-in", self.built_in)):
            words += [option, str(path)] if path else []
        return words

    @property
    def title(self) -> str:
        """The kernel and the architecture, for a report's first line."""
        if self.variant == kernels.STOCK:
            return f"Linux {self.stock_release}, a stock kernel"
        return f"Linux {self.kernel}, {self.arch.name}"

    @property
    def stock_release(self) -> str:
        """That of a stock kernel, such as 6.12.117+deb12-amd64."""
        return self.path.name.removesuffix(f"-{self.arch.name}-stock")

    @property
    def release(self) -> str:
        """The X.Y of the kernel."""
        return ".".join(self.stock_release.split(".")[:2]) if self.variant == kernels.STOCK else kernels.release(self.source)

    @property
    def driver(self) -> Path:
        """The driver's source."""
        return TOP / "drivers-misc-hi" if self.variant == kernels.STOCK else self.source / "drivers/misc/hi"

    @property
    def source(self) -> Path:
        return self.path / "source"

    @property
    def vmlinux(self) -> Path:
        """That of a stock kernel has BTF, and no symbols of functions."""
        return self.path / "vmlinux"

    @property
    def modules(self) -> Path:
        """The directory with the kernel's own modules, such as drivers/net/dummy.ko. Those of a stock
        kernel can be packed: drivers/net/dummy.ko.xz."""
        stock = self.path / "modules/kernel"
        return stock if stock.is_dir() else self.path

    @property
    def symbols(self) -> set[str]:
        """The symbols of its configuration that are on, without CONFIG_."""
        return set(re.findall(r"^CONFIG_(\w+)=", base.read(self.path / ".config"), re.M))


def build(kernel: str, arch: kernels.Arch, variant: kernels.Variant, config: Path | None = None,
          built_in: Path | None = None) -> Build:
    """Builds a kernel unless it is up to date."""
    planned = Build(kernel, arch, variant, Path(), config, built_in)
    return dataclasses.replace(planned, path=Path(base.call(SCRIPTS / "build", *planned.options)))


def build_modules(build: Build, directories: Sequence[Path]) -> None:
    """Builds the modules in these directories against a build; make's output is in build.log there."""
    if directories:
        options = [word for directory in directories for word in ("--modules", str(directory))]
        base.call(SCRIPTS / "build", *build.options, *options)


def compile_copy(build: Build, directory: Path, fill: Callable[[Path], None], places: Sequence[str] = ()) -> None:
    """Builds the modules in all that fill() writes, or in these places below it, unless they were
    built from the same sources for the same kernel."""
    new = directory.with_name(directory.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    fill(new)
    base.call(*base.shell("declare_intree", new))
    sources = [file for file in sorted(new.rglob("*")) if file.is_file()]
    names = [str(file.relative_to(new)) for file in sources]
    inputs = base.stamp(*names, *sources, build.path / ".config", build.path / "Module.symvers",
                        str(build.vmlinux.stat().st_mtime))
    if base.read(directory / "inputs") == inputs:
        return
    shutil.rmtree(directory, ignore_errors=True)
    new.rename(directory)
    build_modules(build, [directory / place for place in places] or [file.parent for file in sorted(directory.rglob("*"))
                                if file.name in ("Makefile", "Kbuild") and file.parent.name != "tests"])
    (directory / "inputs").write_text(inputs)


def programs(directory: Path, compiler: str) -> Path:
    """Builds the programs of a directory for a guest and returns where they are."""
    return Path(base.call(*base.shell("guest_programs", directory, compiler)))


@dataclass(frozen=True)
class Guest:
    """What a boot left."""
    status: int
    output: ktap.Output
    console: str = ""
    messages: str = ""

    @property
    def trouble(self) -> str:
        """Why the guest did not get to its end, or why tests are missing from its output."""
        if self.status == Exit.HUNG:
            return "the guest hung"
        if self.status == Exit.PANICKED:
            return "the guest panicked"
        return "" if self.output.complete else "no verdict from boot: " + " ".join(self.messages.splitlines()[-3:])


def boot(build: Build, overlay: Path, words: str, output: Path, options: Sequence[str] = ()) -> Guest:
    """Boots a build with the files of an overlay and runs the tests in it. options are more of scripts/boot."""
    done = base.run([SCRIPTS / "boot", *build.options, "--overlay", overlay, "--output", output,
                     "--append", words, "--timeout", str(build.variant.seconds), *options])
    verdict, console = base.read(output / "verdict.tap"), base.read(output / "console.log")
    shutil.rmtree(output, ignore_errors=True)
    return Guest(done.status, ktap.parse(verdict), console, done.output)

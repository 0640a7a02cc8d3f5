# SPDX-License-Identifier: GPL-2.0
"""Builds and boots, as functions with a result."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hi import base, kernels, ktap
from hi.base import SCRIPTS, Exit


@dataclass(frozen=True)
class Build:
    """A kernel in its build directory."""
    kernel: str
    arch: kernels.Arch
    variant: kernels.Variant
    path: Path

    @property
    def options(self) -> list[str]:
        """Those of scripts/build and scripts/boot that name this build."""
        return ["-k", self.kernel, "-a", self.arch.name, "-v", self.variant.name]

    @property
    def source(self) -> Path:
        return self.path / "source"

    @property
    def vmlinux(self) -> Path:
        return self.path / "vmlinux"


def build(kernel: str, arch: kernels.Arch, variant: kernels.Variant) -> Build:
    """Builds a kernel unless it is up to date."""
    path = base.call(SCRIPTS / "build", "-k", kernel, "-a", arch.name, "-v", variant.name)
    return Build(kernel, arch, variant, Path(path))


def build_modules(build: Build, directories: Sequence[Path]) -> None:
    """Builds the modules in these directories against a build; make's output is in build.log there."""
    if directories:
        options = [word for directory in directories for word in ("--modules", str(directory))]
        base.call(SCRIPTS / "build", *build.options, *options)


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


def boot(build: Build, overlay: Path, words: str, output: Path) -> Guest:
    """Boots a build with the files of an overlay and runs the tests in it."""
    done = base.run([SCRIPTS / "boot", *build.options, "--overlay", overlay, "--output", output,
                     "--append", words, "--timeout", str(build.variant.seconds)])
    verdict, console = base.read(output / "verdict.tap"), base.read(output / "console.log")
    shutil.rmtree(output, ignore_errors=True)
    return Guest(done.status, ktap.parse(verdict), console, done.output)

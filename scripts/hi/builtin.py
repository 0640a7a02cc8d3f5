# SPDX-License-Identifier: GPL-2.0
"""The modules that vet looks at as parts of a kernel, for V8."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hi import base, guest, kernels, subject
from hi.base import CACHE, Exit, Stop
from hi.guest import Build

COMPLAINT = re.compile(r"\berror:|\bwarning:|WARNING: modpost|multiple definition|undefined reference|discarded section")


@dataclass(frozen=True)
class BuiltIn:
    """A kernel with the modules built in, or why there is none."""
    build: Build | None = None
    complaints: list[str] = field(default_factory=list)     # of compiler, modpost and linker
    log: str = ""

    @property
    def good(self) -> bool:
        return self.build is not None and not self.complaints


def fill(place: Path, directories: Sequence[Path]) -> None:
    """Copies the modules to a directory, as parts of the kernel."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for directory in directories:
        subject.copy_sources(directory, place / directory.resolve().name, "y")
    (place / "Makefile").write_text("".join(f"obj-y += {directory.resolve().name}/\n" for directory in directories))


def build_in(build: Build, directories: Sequence[Path]) -> BuiltIn:
    """Builds the kernel of a build again with the modules of these directories, and with those that a
    fragment of its configuration asks for, as far as they can be built in. There is no build and no complaint
    with a tree of the user's."""
    if not kernels.is_known(build.kernel):
        return BuiltIn()
    place = base.cache_directory("vet") / f"{build.path.name}+built-in/modules"
    fill(place, directories)
    fragment = None
    if build.config:
        unlinked = subject.only_modules(build.source)
        text = re.sub(r"^CONFIG_(\w+)=m$", lambda found: found[0] if found[1] in unlinked else f"CONFIG_{found[1]}=y",
                      base.read(build.config), flags=re.M)
        fragment = build.config.with_name(f"{base.stamp(text)}.config")
        fragment.write_text(text)
    try:
        built = guest.build(build.kernel, build.arch, build.variant, fragment, place)
    except Stop as stop:
        if stop.code != Exit.FAILED:
            raise
        built = None
    logs = CACHE.glob(f"builds/{build.kernel}-{build.arch.name}-{build.variant.name}*+built-in/build.log")
    log = base.read(max(logs, key=lambda file: file.stat().st_mtime))
    complaints = [re.sub(r"\S*drivers/misc/hi-built-in/", "", line) for line in log.splitlines() if COMPLAINT.search(line)]
    return BuiltIn(built, complaints or ([] if built else log.splitlines()[-3:]), log)

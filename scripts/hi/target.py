# SPDX-License-Identifier: GPL-2.0
"""The kernel that a module is to be loaded into, and the machine that runs it: for why, and for sections --kernel.

Each fact may be missing: then it is empty or None, and why says what it could not check.
"""

from __future__ import annotations

import gzip
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from hi import base, kernels, module
from hi.base import CACHE, Exit, Stop
from hi.image import vmlinux
from hi.module import Module


@dataclass(frozen=True)
class Export:
    """A line of Module.symvers."""
    crc: int
    owner: str              # the module that exports it, or vmlinux
    gpl_only: bool
    namespace: str


@dataclass(frozen=True)
class Kernel:
    release: str                    # such as 6.12.117+deb12-amd64; empty if it is not known
    running: bool = False           # it is the kernel of this machine
    btf: Path | None = None         # a file with its BTF or debug information
    modules: Path | None = None     # /lib/modules/RELEASE
    headers: Path | None = None     # a directory with .config and Module.symvers

    @cached_property
    def config(self) -> dict[str, str]:
        """Its configuration, without CONFIG_. A symbol that is off is missing."""
        places = [Path(f"/boot/config-{self.release}")]
        places += [self.headers / ".config"] if self.headers else []
        places += [self.modules / "config"] if self.modules else []
        texts = [base.read(place) for place in places]
        if self.running and Path("/proc/config.gz").exists():
            texts.append(gzip.decompress(Path("/proc/config.gz").read_bytes()).decode())
        text = next((text for text in texts if text), "")
        return dict(re.findall(r"^CONFIG_(\w+)=(.*)$", text, re.M))

    @cached_property
    def exports(self) -> dict[str, Export]:
        """The symbols that it and its modules export, by name."""
        found = {}
        for line in base.read(self.headers / "Module.symvers").splitlines() if self.headers else []:
            crc, name, owner, kind, *namespace = line.split("\t")
            found[name] = Export(int(crc, 16), owner.rpartition("/")[2].replace("-", "_"), kind.endswith("_GPL"),
                                 namespace[0] if namespace else "")
        return found

    @cached_property
    def own(self) -> Module | None:
        """One of its own modules: it tells the vermagic, the size of struct module, and the key."""
        for file in sorted((self.modules / "kernel").rglob("*.ko*")) if self.modules else []:
            try:
                return module.read(file)
            except (module.NotAModule, Stop):
                continue
        return None

    @cached_property
    def builtin(self) -> set[str]:
        """The modules that are built in."""
        lines = base.read(self.modules / "modules.builtin").split() if self.modules else []
        return {module.file_name(Path(line)) for line in lines}

    def is_since(self, version: str) -> bool:
        """Whether it is of that version, such as 6.4, or newer."""
        def numbers(text: str) -> list[int]:
            return [int(part) for part in re.findall(r"\d+", text)[:2]]

        return numbers(self.release) >= numbers(version)


def existing(*paths: Path) -> Path | None:
    return next((path for path in paths if path.exists()), None)


def of_release(release: str, running: bool = False, image: Path | None = None) -> Kernel:
    """A kernel by its release: of this machine, or a stock kernel in the cache. image is what it boots from."""
    stock = CACHE / "stock" / release
    modules = existing(Path("/lib/modules", release), stock / "modules")
    headers = existing(Path("/lib/modules", release, "build"), Path("/usr/src", f"linux-headers-{release}"), stock / "headers")
    btf = existing(Path("/sys/kernel/btf/vmlinux")) if running else None
    if not running and not image and not modules and not headers:
        raise base.usage_error(f"no kernel '{release}': neither /lib/modules/{release} nor {stock} is there",
                               "--kernel takes a release, a vmlinux, or a file with BTF")
    image = image or existing(stock / "image", Path(f"/boot/vmlinuz-{release}"))
    return Kernel(release, running, btf or vmlinux(image, headers), modules, headers)


def of_file(path: Path) -> Kernel:
    """A kernel by its vmlinux or its BTF. A vmlinux can be in a build directory."""
    directory = path.absolute().parent
    if path == Path("/sys/kernel/btf/vmlinux"):
        return of_release(platform.release(), running=True)
    release = base.read(directory / "include/config/kernel.release").strip()
    return Kernel(release, False, path, None, directory if (directory / "Module.symvers").exists() else None)


def find(name: str) -> Kernel:
    """By --kernel; without, the one that runs."""
    if not name:
        return of_release(platform.release(), running=True)
    if kernels.is_debian(name):
        base.need(kernels=[name])
        return of_release(base.call(base.SCRIPTS / "setup", "--release", name))
    if kernels.is_stock(name):
        if not Path(name).is_file():
            raise base.usage_error(f"no file '{name}'")
        release = Path(name).name.removeprefix("vmlinuz-")
        return of_release(release, release == platform.release(), Path(name))
    if "/" in name or Path(name).is_file():
        if not Path(name).is_file():
            raise base.usage_error(f"no file '{name}'")
        return of_file(Path(name))
    return of_release(name, running=name == platform.release())


# --- the machine -----------------------------------------------------------------

CAP_SYS_MODULE = 16         # linux/capability.h


@dataclass(frozen=True)
class Machine:
    """This machine, or a copy of its /proc, /sys and /etc below root."""
    root: Path = field(default_factory=lambda: Path("/"))

    def read(self, path: str) -> str:
        try:
            return base.read(self.root / path)
        except OSError:
            return ""

    def loaded(self, name: str) -> list[str] | None:
        """The words of its line in /proc/modules: name, size, references, users, state."""
        lines = (line.split() for line in self.read("proc/modules").splitlines())
        return next((words for words in lines if words[0] == name), None)

    def is_builtin(self, name: str) -> bool:
        return (self.root / "sys/module" / name).is_dir() and not (self.root / "sys/module" / name / "initstate").exists()

    @property
    def may_load(self) -> bool:
        """This process has CAP_SYS_MODULE."""
        found = re.search(r"^CapEff:\s*(\w+)", self.read("proc/self/status"), re.M)
        return not found or bool(int(found[1], 16) >> CAP_SYS_MODULE & 1)

    @property
    def in_container(self) -> bool:
        return any((self.root / name).exists() for name in (".dockerenv", "run/.containerenv"))

    @property
    def no_more_modules(self) -> bool:
        return self.read("proc/sys/kernel/modules_disabled").strip() == "1"

    @property
    def enforces_signatures(self) -> bool:
        return self.read("sys/module/module/parameters/sig_enforce").strip() == "Y"

    @property
    def lockdown(self) -> str:
        """none, integrity or confidentiality; nothing where it is not known."""
        found = re.search(r"\[(\w+)\]", self.read("sys/kernel/security/lockdown"))
        return found[1] if found else ""

    @cached_property
    def modprobe(self) -> list[list[str]]:
        """The words of modprobe's configuration."""
        program = shutil.which("modprobe") or existing(Path("/sbin/modprobe"))
        directory = self.root / "etc/modprobe.d"
        if not program or not directory.is_dir():
            return []
        where: list[base.Word] = [] if self.root == Path("/") else ["-C", directory]
        return [line.split() for line in base.run([program, *where, "-c"], stderr=subprocess.PIPE).output.splitlines() if line]

    def is_refused(self, name: str) -> str:
        """Where the command line of the kernel forbids this module."""
        found = re.search(r"\bmodule_blacklist=(\S+)", self.read("proc/cmdline"))
        return "module_blacklist= on the kernel's command line" if found and name in found[1].replace("-", "_").split(",") else ""

    def users(self, name: str) -> list[str]:
        """The processes that have a device open whose name is that of the module."""
        found = []
        for directory in sorted((self.root / "proc").glob("[0-9]*")):
            try:
                links = [os.readlink(link) for link in (directory / "fd").iterdir()]
            except OSError:
                continue
            if any(re.fullmatch(rf"/dev/(.*/)?{re.escape(name)}\d*", link) for link in links):
                found.append(f"{self.read(f'proc/{directory.name}/comm').strip()} (process {directory.name})")
        return found


def read_log(name: str) -> str:
    """A log: a file, or standard input for -."""
    if name == "-":
        return os.fdopen(0, errors="replace").read()
    path = Path(name)
    if not path.exists():
        raise base.usage_error(f"no file '{name}'")
    try:
        return base.read(path)
    except OSError as error:
        raise Stop(Exit.USAGE, f"cannot read {name}: {error.strerror}") from error


def main(arguments: Sequence[str]) -> int:
    """Prints the file with the BTF of a stock kernel, for sections --kernel NAME."""
    base.verb = "sections"
    name, = arguments
    btf = find(name).btf
    if not btf:
        raise Stop(Exit.MISSING, f"only root can read '{name}': copy it to a file of yours with the same name")
    print(btf)
    return Exit.GOOD

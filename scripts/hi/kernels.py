# SPDX-License-Identifier: GPL-2.0
"""The kernels, the architectures and the variants: one table for all scripts.

The scripts in bash get what they need of it by lib.sh's choose. The symbols of Kconfig are in ../configs, a
fragment for each architecture and each variant.
"""

from __future__ import annotations

import dataclasses
import os
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hi import base
from hi.base import Exit, Stop

SUPPORTED = ("newest", "6.12", "6.1")

Words = tuple[str, ...]


@dataclass(frozen=True)
class Arch:
    name: str
    image: str                          # what QEMU takes, relative to the build directory
    console: str                        # the guest's device for the console
    cross: str = ""                     # what the tools' names begin with
    tools: bool = False                 # this machine's kmod and busybox run in the guest
    machine: Words = ()                 # QEMU's command and machine; empty: the image is a program
    verdict: str = "hvc0"               # the guest's device for the tests' output, and
    verdict_device: Words = (           # how QEMU connects it to its chardev "verdict"
        "-device", "virtio-serial-device", "-device", "virtconsole,chardev=verdict")
    variants: Words = ("modular", "builtin")    # the matrix proves the claims in these by default
    faults: bool = True                 # False: an access to freed memory hangs the kernel
    words: str = ""                     # more words for the kernel's command line
    words_max: int = 1023               # how many characters of it the kernel takes

    @property
    def compiler(self) -> str:
        return os.environ.get("CROSS_COMPILE", self.cross) + "gcc"


@dataclass(frozen=True)
class Variant:
    name: str
    make: Words = ()                    # variables for make
    cpus: int = 1                       # the guest's processors
    seconds: int = 60                   # time limit for a boot of the matrix


ALL_VARIANTS = ("modular", "forced", "nounload", "builtin", "nomodules", "debug")

ARCHES = {arch.name: arch for arch in (
    Arch("arm", "arch/arm/boot/zImage", "ttyAMA0",
         cross="arm-linux-gnueabihf-", machine=("qemu-system-arm", "-M", "virt", "-cpu", "max")),
    Arch("arm64", "arch/arm64/boot/Image", "ttyAMA0",
         cross="aarch64-linux-gnu-", machine=("qemu-system-aarch64", "-M", "virt", "-cpu", "max")),
    Arch("m68k", "vmlinux", "ttyGF0",
         cross="m68k-linux-gnu-", machine=("qemu-system-m68k", "-M", "virt"),
         # COMMAND_LINE_SIZE, without the zero at its end.
         words_max=255),
    Arch("riscv", "arch/riscv/boot/Image", "ttyS0",
         cross="riscv64-linux-gnu-", machine=("qemu-system-riscv64", "-M", "virt"),
         # QEMU 7.2 describes its FPU in a way that newer kernels ignore.
         words="riscv_isa_fallback"),
    # The kernel is a process of this machine and needs no QEMU.
    Arch("um", "linux", "tty0", tools=True, variants=ALL_VARIANTS, verdict="ttyS0", verdict_device=(),
         # It retries a fault in the memory of modules for ever (segv() in arch/um/kernel/trap.c).
         faults=False,
         # It would restart itself.
         words="hi_end=poweroff"),
    Arch("x86_64", "arch/x86/boot/bzImage", "ttyS0", tools=True, variants=ALL_VARIANTS,
         # qboot.rom only starts the kernel. -erms and -fsrm hide rep movsb from the kernel, because
         # TCG copies one byte at a time for it. -la57: identify_cpu() of Linux 7.3 clears the processor's
         # features for a moment, and KASAN takes an interrupt's access for a wild one if pages have five levels.
         machine=("qemu-system-x86_64", "-cpu", "max,-erms,-fsrm,-la57", "-bios", "qboot.rom"),
         verdict="ttyS1", verdict_device=("-serial", "chardev:verdict"),
         # On a busy machine the kernel finds its timer broken and its TSC unstable, and then patches its own
         # code. A guest of Linux 7.3 with four processors died of that.
         words="reboot=t no_timer_check tsc=reliable"),
)}

# drivers/misc/hi/hi_NAME.c; hi_bare.c has no code.
DRIVER_FILES = ("main", "log", "fail", "cleanup", "permanent")

# The variants that need more than their fragment.
VARIANTS = {variant.name: variant for variant in (
    Variant("debug", seconds=600),
    # Races need several processors.
    Variant("smp", cpus=4, seconds=300),
    Variant("kasan", cpus=4, seconds=600),
    # The driver alone is watched: KCSAN finds races in the kernel's own path lookup, again and again.
    Variant("kcsan", cpus=4, seconds=600, make=("KCSAN_SANITIZE=n", *(f"KCSAN_SANITIZE_hi_{name}.o=y" for name in DRIVER_FILES))),
    Variant("vet", seconds=300),
    # gcov counts the driver's lines only.
    Variant("gcov", make=tuple(f"GCOV_PROFILE_hi_{name}.o=y" for name in DRIVER_FILES)),
)}


# A stock kernel has one configuration, and modules. It starts a hundred times as many drivers.
STOCK = Variant("stock", seconds=600)


def variant_names() -> list[str]:
    """The variants that have a fragment. NAME.since-X.Y.config, NAME.before-X.Y.config and NAME.for-ARCH.config
    only add to one."""
    names = (file.stem for file in (base.SCRIPTS / "configs/variant").glob("*.config"))
    return sorted(name for name in names if not re.search(r"\.(since|before|for)-", name))


def variant(name: str) -> Variant:
    return VARIANTS.get(base.one_of("variant", name, variant_names()), Variant(name))


# --- kernels and their trees ---------------------------------------------------

def is_known(kernel: str) -> bool:
    """Whether setup gets this kernel; any other is the path of a tree."""
    return kernel == "newest" or re.fullmatch(r"\d+\.\d+", kernel) is not None


def is_debian(kernel: str) -> bool:
    """Whether Debian has built this kernel, and setup gets it."""
    return kernel == "stock" or re.fullmatch(r"debian:.+", kernel) is not None


def is_stock(kernel: str) -> bool:
    """Whether somebody else has built this kernel: Debian, or it is this machine's."""
    return is_debian(kernel) or re.fullmatch(r".*/vmlinuz-.+", kernel) is not None


def number(kernel: str) -> str:
    """The number where kernel is "newest", and the release of a kernel of Debian's; the archive is asked once."""
    if is_debian(kernel):
        return "debian:" + base.call(base.SCRIPTS / "setup", "--release", kernel)
    if kernel != "newest":
        return kernel
    if not os.environ.get("HI_NEWEST"):
        os.environ["HI_NEWEST"] = base.call(base.SCRIPTS / "setup", "--newest")
    if "<-k newest>" in os.environ.get("HI_HAD", ""):
        os.environ["HI_HAD"] += f"<-k {os.environ['HI_NEWEST']}>"
    return os.environ["HI_NEWEST"]


def need_builds(wanted: Sequence[str], arch: str, *groups: str) -> None:
    """Has setup get all that builds of these kernels need, and these groups of packages; lib.sh's
    need_build for several kernels. To be called before number(), which may lack something itself."""
    known = [kernel for kernel in wanted if is_known(kernel)]
    stock = [kernel for kernel in wanted if is_stock(kernel)]
    if stock and arch != "x86_64":
        raise base.usage_error(f"stock kernels are for x86_64, not {arch}")
    for tree in (kernel for kernel in wanted if kernel not in known + stock):
        base.call(*base.shell("need_series_tree", tree))
    compiled = len(stock) < len(wanted)
    environment = [group for group, used in (("build", compiled), (f"build-{arch}", compiled), ("modules", bool(stock)),
                                             ("llvm", os.environ.get("LLVM", "0") not in ("", "0")),
                                             ("distcc", os.environ.get("CCACHE_PREFIX") == "distcc"),
                                             ("apply", bool(known))) if used]
    base.need(*environment, *groups, kernels=[*known, *filter(is_debian, stock)])


def release(tree: Path) -> str:
    """The X.Y of a kernel tree."""
    found = re.search(r"^VERSION = (\d+)\nPATCHLEVEL = (\d+)$", base.read(tree / "Makefile"), re.M)
    if not found:
        raise Stop(Exit.USAGE, f"{tree}/Makefile names no version")
    return ".".join(found.groups())


def is_since(first: str, release: str) -> bool:
    """Whether a release, such as 6.12, is the first one or a later one."""
    def numbers(text: str) -> list[int]:
        return [int(part) for part in text.split(".")]

    return numbers(release) >= numbers(first)


def fragments(arch: str, variant: str, release: str) -> list[Path]:
    """The fragments of a configuration. NAME.since-X.Y.config only counts from that release on,
    NAME.before-X.Y.config only before it, and NAME.for-ARCH.config for that architecture."""
    def counts(file: Path) -> bool:
        _, since, first = file.stem.partition(".since-")
        _, before, last = file.stem.partition(".before-")
        _, only, machine = file.stem.partition(".for-")
        return not (since and not is_since(first, release)) and not (before and is_since(last, release)) \
            and (not only or machine == arch)

    configs = base.SCRIPTS / "configs"
    return [configs / "base.config", *(file for name in (f"arch/{arch}", f"variant/{variant}")
                                       for ending in ("", ".since-*", ".before-*", ".for-*")
                                       for file in sorted(configs.glob(f"{name}{ending}.config")) if counts(file))]


# --- for the scripts in bash ---------------------------------------------------

def assignment(name: str, value: object) -> str:
    """A variable as bash takes it; an array for several words."""
    if isinstance(value, (tuple, list)):
        return f"{name}=({shlex.join(map(str, value))})"
    return f"{name}={shlex.quote(str(value).lower() if isinstance(value, bool) else str(value))}"


def assignments(prefix: str, row: Arch | Variant) -> str:
    """A row as bash takes it: one variable for each field."""
    return "\n".join(assignment(f"{prefix}_{name}", value) for name, value in dataclasses.asdict(row).items())


def main(arguments: Sequence[str]) -> int:
    """Prints the variables that lib.sh's choose sets."""
    arch, *rest = arguments
    print(assignments("arch", ARCHES[arch]))
    for name in rest[:1]:
        print(assignments("variant", variant(name)))
    for kernel in rest[1:]:
        print(assignment("fragments", fragments(arch, rest[0], kernel if is_known(kernel) else release(Path(kernel)))))
    return Exit.GOOD

# SPDX-License-Identifier: GPL-2.0
"""What the loader of modules reads in a file: for why."""

from __future__ import annotations

import gzip
import lzma
import re
import shutil
import struct
import subprocess
import zlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from hi import base
from hi.base import Exit, Stop
from hi.elf import Elf

THIS_MODULE = ".gnu.linkonce.this_module"
SIGNATURE_MARK = b"~Module signature appended~\n"      # MODULE_SIG_STRING in linux/module_signature.h
VERSION_SIZE, CRC_SIZE = 64, 8                          # struct modversion_info in linux/module.h, of 64 bits
PACKED = {b"\x1f\x8b": "gzip", b"\xfd7zXZ\0": "xz", b"\x28\xb5\x2f\xfd": "zstd"}
MACHINES = {3: "i386", 8: "mips", 20: "powerpc", 21: "powerpc64", 22: "s390", 40: "arm", 62: "x86_64", 183: "arm64",
            243: "riscv", 258: "loongarch"}
RELOCATABLE, EXECUTABLE, SHARED, NOBITS = 1, 2, 3, 8


class NotAModule(Exception):
    """The file is something else; the message says what."""

    def __init__(self, cause: str, text: str) -> None:
        super().__init__(text)
        self.cause = cause


def packed_by(data: bytes) -> str:
    """gzip, xz or zstd; nothing where the data is not packed."""
    return next((name for magic, name in PACKED.items() if data.startswith(magic)), "")


def unpack(path: Path, data: bytes) -> bytes:
    packer = packed_by(data)
    try:
        if packer == "gzip":
            return gzip.decompress(data)
        if packer == "xz":
            return lzma.decompress(data)
    except (EOFError, OSError, lzma.LZMAError, zlib.error) as error:
        raise NotAModule("truncated", f"{packer} cannot unpack the file: {error}") from error
    if packer == "zstd":
        if not shutil.which("zstd"):
            raise Stop(Exit.MISSING, f"{path} is packed by zstd, and there is no program zstd here: apt-get install zstd")
        done = base.run_bytes(["zstd", "-dcq", path])
        if done is None:
            raise NotAModule("truncated", "zstd cannot unpack the file")
        return done
    return data


def check_header(data: bytes) -> None:
    """Raises NotAModule unless the data is an ELF file of 64 bits, little endian, whole and relocatable."""
    if data[:4] != b"\x7fELF":
        raise NotAModule("not-elf", "the file is no ELF file" + (" but a text" if re.match(rb"[\t\n -~]{16}", data) else ""))
    if len(data) < 64:
        raise NotAModule("truncated", f"the file ends after {len(data)} bytes, within the ELF header")
    order = ">" if data[5] == 2 else "<"
    kind, machine = struct.unpack_from(order + "HH", data, 16)
    if data[4] != 2 or data[5] != 1:
        raise NotAModule("architecture", f"the file is for {MACHINES.get(machine, f'machine {machine}')}, "
                                         f"{'64' if data[4] == 2 else '32'} bits, {'big' if data[5] == 2 else 'little'} endian")
    sections, = struct.unpack_from("<Q", data, 0x28)
    size, count = struct.unpack_from("<HH", data, 0x3a)
    if kind in (EXECUTABLE, SHARED):
        raise NotAModule("not-relocatable", "the file is a linked program or kernel (such as vmlinux), not a module")
    if sections + size * count > len(data):
        raise NotAModule("truncated", f"the file ends after {len(data)} bytes, and its section headers are at {sections}")


@dataclass(frozen=True)
class Module:
    """A file that has all that a module needs."""
    path: Path
    packer: str             # what the file is packed by, or nothing
    data: bytes             # unpacked, with its signature
    elf: Elf

    def info(self, key: str) -> list[str]:
        return [value for name, value in self.elf.modinfo if name == key]

    @cached_property
    def name(self) -> str:
        return (self.info("name") or [file_name(self.path)])[0]

    @cached_property
    def vermagic(self) -> str:
        return (self.info("vermagic") or [""])[0].rstrip()

    @property
    def release(self) -> str:
        """Of the kernel that it was built for."""
        return self.vermagic.partition(" ")[0]

    @property
    def machine(self) -> str:
        return self.elf.machine

    @cached_property
    def is_gpl(self) -> bool:
        """license_is_gpl_compatible() in include/linux/license.h."""
        return (self.info("license") or ["unspecified"])[0] in (
            "GPL", "GPL v2", "GPL and additional rights", "Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL")

    @cached_property
    def struct_size(self) -> int:
        """Of struct module, in bytes."""
        return next(section.size for section in self.elf.sections if section.name == THIS_MODULE)

    @cached_property
    def needed(self) -> list[str]:
        """The symbols that it needs of the kernel or of other modules. A weak one may be missing."""
        return sorted({symbol.name for symbol in self.elf.symbols if not symbol.section and not symbol.weak} - {"_GLOBAL_OFFSET_TABLE_"})

    @cached_property
    def versions(self) -> dict[str, int]:
        """The checksums of the symbols that it needs: __versions, or those of EXTENDED_MODVERSIONS."""
        table = self.elf.named("__versions")
        found = {}
        for place in range(0, len(table) - VERSION_SIZE + 1, VERSION_SIZE):
            name = table[place + CRC_SIZE:place + VERSION_SIZE].split(b"\0")[0].decode(errors="replace")
            found[name] = struct.unpack_from("<I", table, place)[0]
        crcs, names = self.elf.named("__version_ext_crcs"), self.elf.named("__version_ext_names").split(b"\0")
        found.update((name.decode(errors="replace"), crc) for (crc,), name in zip(struct.iter_unpack("<I", crcs), names) if name)
        return found

    @property
    def is_signed(self) -> bool:
        return self.data.endswith(SIGNATURE_MARK)

    @cached_property
    def key(self) -> str:
        """The key that signed it, as modinfo names it; nothing where modinfo cannot tell."""
        if not self.is_signed or not shutil.which("modinfo"):
            return ""
        return base.run(["modinfo", "-F", "sig_key", self.path.absolute()], stderr=subprocess.PIPE).output.strip()


def file_name(path: Path) -> str:
    """The name that a module has by its file."""
    return re.sub(r"\.ko(\.(gz|xz|zst))?$", "", path.name).replace("-", "_")


def read(path: Path) -> Module:
    """Raises NotAModule, or Stop where the file cannot be read."""
    try:
        packed = path.read_bytes()
    except OSError as error:
        raise Stop(Exit.USAGE, f"cannot read {path}: {error.strerror}") from error
    data = unpack(path, packed)
    check_header(data)
    elf = Elf(path, data)
    for section in elf.sections:
        if section.kind != NOBITS and section.offset + section.size > len(data):
            raise NotAModule("truncated", f"the file ends after {len(data)} bytes, within its section {section.name}")
    if not any(section.name == THIS_MODULE for section in elf.sections):
        raise NotAModule("no-module", f"the file is an object without {THIS_MODULE}: modpost has not made a module of it")
    return Module(path, packed_by(packed), data, elf)

# SPDX-License-Identifier: GPL-2.0
"""The vmlinux of an image that x86 boots from. It has the kernel's BTF, and no symbols of functions."""

from __future__ import annotations

import os
import struct
from collections.abc import Sequence
from pathlib import Path

from hi import base, module
from hi.base import Exit, Stop

# Offsets in the image (Documentation/arch/x86/boot.rst).
SETUP_SECTORS, MAGIC, PAYLOAD_OFFSET = 0x1f1, 0x202, 0x248


def payload(image: Path) -> bytes:
    """The packed vmlinux."""
    data = image.read_bytes()
    if data[MAGIC:MAGIC + 4] != b"HdrS":
        raise base.usage_error(f"'{image}' is no image of an x86 kernel")
    start = (data[SETUP_SECTORS] + 1) * 512
    offset, length = struct.unpack_from("<II", data, PAYLOAD_OFFSET)
    packed = data[start + offset:start + offset + length]
    # The kernel's build appends the size of what it has packed; gzip has it in its own format.
    return packed if module.packed_by(packed) == "gzip" else packed[:-4]


def vmlinux(image: Path | None, headers: Path | None) -> Path | None:
    """The vmlinux that the package of the headers has for the BTF of modules; elsewhere that of the
    image, unpacked in the cache. None where this user can read neither."""
    if headers and (headers / "vmlinux").exists():
        return headers / "vmlinux"
    if not image or not os.access(image, os.R_OK):
        return None
    found = base.cache_directory("vmlinux") / base.stamp(image)
    if not found.exists():
        packed = found.with_suffix(".packed")
        try:
            packed.write_bytes(payload(image))
            data = module.unpack(packed, packed.read_bytes())
        except module.NotAModule as error:
            raise Stop(Exit.USAGE, f"cannot unpack '{image}': {error}") from error
        if data[:4] != b"\x7fELF":
            raise Stop(Exit.MISSING, f"cannot unpack '{image}': it is packed by neither gzip, xz nor zstd",
                       "install the kernel's headers: some packages of headers have a vmlinux")
        packed.write_bytes(data)
        packed.rename(found)
    return found


def main(arguments: Sequence[str]) -> int:
    """Prints the vmlinux of an IMAGE and its HEADERS, for build."""
    image, headers = map(Path, arguments)
    print(vmlinux(image, headers))
    return Exit.GOOD

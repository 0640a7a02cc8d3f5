# SPDX-License-Identifier: GPL-2.0
"""The kernels and their trees."""

from __future__ import annotations

import os
import re
from pathlib import Path

from hi import base
from hi.base import Exit, Stop

# --- kernels and their trees ---------------------------------------------------

def is_known(kernel: str) -> bool:
    """Whether setup gets this kernel; any other is the path of a tree."""
    return kernel == "newest" or re.fullmatch(r"\d+\.\d+", kernel) is not None


def number(kernel: str) -> str:
    """The number where kernel is "newest"; Debian's archive is asked once."""
    if kernel != "newest":
        return kernel
    if not os.environ.get("HI_NEWEST"):
        os.environ["HI_NEWEST"] = base.call(base.SCRIPTS / "setup", "--newest")
    return os.environ["HI_NEWEST"]


def is_since(release: str, tree: Path) -> bool:
    """Whether a kernel tree is of this release, such as 7.1, or newer."""
    found = re.search(r"^VERSION = (\d+)\nPATCHLEVEL = (\d+)$", base.read(tree / "Makefile"), re.M)
    if not found:
        raise Stop(Exit.USAGE, f"{tree}/Makefile names no version")
    return [int(part) for part in found.groups()] >= [int(part) for part in release.split(".")]

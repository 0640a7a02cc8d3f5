# SPDX-License-Identifier: GPL-2.0
"""What functions return, by BTF (Documentation/bpf/btf.rst)."""

from __future__ import annotations

import enum
import struct
from dataclasses import dataclass

INT, PTR, ENUM, FUNC, FUNC_PROTO = 1, 2, 6, 12, 13
QUALIFIERS = (8, 9, 10, 11, 18)         # TYPEDEF, VOLATILE, CONST, RESTRICT, TYPE_TAG
# How many bytes follow a type: in all, and for each of its members.
EXTRA = {INT: (4, 0), 3: (12, 0), 4: (0, 12), 5: (0, 12), ENUM: (0, 8), FUNC_PROTO: (0, 8), 14: (4, 0), 15: (0, 12),
         17: (4, 0), 19: (0, 12)}
SIGNED, BOOL = 1, 4                     # of an INT


class Returns(enum.Enum):
    NUMBER = "a signed number"
    POINTER = "a pointer"
    OTHER = "nothing, a truth value, or an unsigned number"


@dataclass(frozen=True)
class Type:
    name: int               # offset in the strings
    kind: int
    target: int             # ID of another type, or a size in bytes
    encoding: int           # of an INT


class Btf:
    """The types of a kernel; of a module with its kernel as base."""

    def __init__(self, data: bytes, base: Btf | None = None) -> None:
        self.types: list[Type] = list(base.types) if base else [Type(0, 0, 0, 0)]
        self.strings: bytes = base.strings if base else b""
        self.functions: dict[str, int] = dict(base.functions) if base else {}
        if data:
            self._read(data)

    def _read(self, data: bytes) -> None:
        _, _, _, length, types, types_length, strings, strings_length = struct.unpack_from("<HBBIIIII", data)
        self.strings += data[length + strings:length + strings + strings_length]
        place, end = length + types, length + types + types_length
        while place < end:
            name, info, target = struct.unpack_from("<III", data, place)
            kind, members = info >> 24 & 0x1f, info & 0xffff
            encoding = struct.unpack_from("<I", data, place + 12)[0] >> 24 & 0xf if kind == INT else 0
            if kind == FUNC:
                text = self.strings[name:self.strings.index(b"\0", name)].decode()
                self.functions[text] = target
            self.types.append(Type(name, kind, target, encoding))
            fixed, each = EXTRA.get(kind, (0, 0))
            place += 12 + fixed + members * each

    def returns(self, function: str) -> Returns | None:
        """None where the function is not in BTF."""
        prototype = self.functions.get(function)
        if prototype is None:
            return None
        number = self.types[prototype].target
        while number and self.types[number].kind in QUALIFIERS:
            number = self.types[number].target
        found = self.types[number]
        if number and found.kind == PTR:
            return Returns.POINTER
        if number and found.kind == INT and found.encoding == SIGNED and found.target >= 4:
            return Returns.NUMBER
        return Returns.OTHER

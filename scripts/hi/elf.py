# SPDX-License-Identifier: GPL-2.0
"""Reads what vet needs of an ELF file: sections, symbols, and a module's modinfo.

Of 64 bits and little endian, as x86_64 and arm64 are. The inspector reads all others.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from hi.base import Exit, Stop


@dataclass(frozen=True)
class Symbol:
    name: str
    section: int            # 0: undefined
    value: int
    size: int = 0
    kind: int = 0           # STT_*
    weak: bool = False      # STB_WEAK


@dataclass(frozen=True)
class Section:
    name: str
    kind: int
    offset: int
    size: int
    link: int
    info: int = 0


class Elf:
    """A file, read when it is asked for."""

    def __init__(self, path: Path, content: bytes | None = None) -> None:
        """content is that of a file that was packed."""
        self.path = path
        self._bytes = path.read_bytes() if content is None else content
        if self._bytes[:6] != b"\x7fELF\x02\x01":
            raise Stop(Exit.USAGE, f"{path} is no ELF file of 64 bits, little endian")

    def _text(self, table: bytes, offset: int) -> str:
        return table[offset:table.index(b"\0", offset)].decode(errors="replace")

    @property
    def machine(self) -> str:
        return {62: "x86_64", 183: "arm64"}.get(struct.unpack_from("<H", self._bytes, 18)[0], "another")

    @cached_property
    def sections(self) -> list[Section]:
        offset, = struct.unpack_from("<Q", self._bytes, 0x28)
        size, count, names = struct.unpack_from("<HHH", self._bytes, 0x3a)
        rows = [struct.unpack_from("<IIQQQQII", self._bytes, offset + i * size) for i in range(count)]
        table = self._bytes[rows[names][4]:rows[names][4] + rows[names][5]]
        return [Section(self._text(table, row[0]), row[1], row[4], row[5], row[6], row[7]) for row in rows]

    def content(self, section: Section) -> bytes:
        return self._bytes[section.offset:section.offset + section.size]

    def named(self, name: str) -> bytes:
        """The content of a section; of one that is missing, nothing."""
        return next((self.content(section) for section in self.sections if section.name == name), b"")

    @cached_property
    def all_symbols(self) -> list[Symbol]:
        """Also those without a name, in the order of the table."""
        table = next((section for section in self.sections if section.kind == 2), None)
        if not table:
            return []
        names = self.content(self.sections[table.link])
        return [Symbol(self._text(names, name), section, value, size, info & 0xf, info >> 4 == 2)
                for name, info, _, section, value, size in struct.iter_unpack("<IBBHQQ", self.content(table))]

    @property
    def symbols(self) -> list[Symbol]:
        return [symbol for symbol in self.all_symbols if symbol.name]

    def defines(self, name: str) -> bool:
        return any(symbol.name == name and symbol.section for symbol in self.symbols)

    @property
    def undefined(self) -> list[str]:
        return sorted({symbol.name for symbol in self.symbols if not symbol.section})

    @cached_property
    def modinfo(self) -> list[tuple[str, str]]:
        """Keys and values."""
        lines = self.named(".modinfo").decode(errors="replace").split("\0")
        return [(key, value) for key, _, value in (line.partition("=") for line in lines) if key]

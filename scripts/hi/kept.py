# SPDX-License-Identifier: GPL-2.0
"""Functions of an x86_64 module that only its init code calls, and that are not marked __init.

What refers to a function is a relocation, or, in the same section, a call or jump that the assembler
has resolved. Bytes that look like one count as one: a function that is reported is called by nothing
else.
"""

from __future__ import annotations

import bisect
import struct
from collections.abc import Iterator

from hi.elf import Elf, Symbol

RELA = 4
FUNC = 2
CALL, JUMP, SHORT = 0xe8, 0xe9, 0xeb
# Sections that describe code, and call nothing.
DESCRIBING = (".rela.debug", ".rela.orc", ".rela.eh_frame", ".rela.BTF", ".rela.discard", ".rela.return_sites", ".rela.call_sites",
              ".rela.ibt_endbr_seal", ".rela__mcount_loc", ".rela__bug_table", ".rela__patchable", ".rela.static_call", ".rela.smp_locks")


def jumps(code: bytes) -> Iterator[int]:
    """Where calls and jumps of 8 and 32 bits may go: offsets in the same section."""
    for place in range(len(code) - 1):
        first, second = code[place], code[place + 1]
        near = place + 1 if first in (CALL, JUMP) else place + 2 if first == 0x0f and second & 0xf0 == 0x80 else 0
        if near and near + 4 <= len(code):
            yield near + 4 + struct.unpack_from("<i", code, near)[0]
        if first == SHORT or first & 0xf0 == 0x70:
            yield place + 2 + struct.unpack_from("<b", code, place + 1)[0]


class Kept:
    def __init__(self, elf: Elf) -> None:
        self.elf = elf
        self.names = [section.name for section in elf.sections]
        self.functions = sorted((symbol for symbol in elf.symbols if symbol.kind == FUNC and "." not in symbol.name and
                                 0 < symbol.section < len(self.names) and self.names[symbol.section] == ".text"),
                                key=lambda symbol: (symbol.section, symbol.value))
        self.starts = [(symbol.section, symbol.value) for symbol in self.functions]

    def at(self, section: int, place: int) -> Symbol | None:
        """The function that this is in."""
        index = bisect.bisect_right(self.starts, (section, place)) - 1
        found = self.functions[index] if index >= 0 else None
        return found if found and found.section == section and place < found.value + max(found.size, 1) else None

    def only_by_init(self) -> list[str]:
        by_init, by_others = set[str](), set[str]()
        for section in self.elf.sections:
            if section.kind != RELA or section.name.startswith(DESCRIBING):
                continue
            code = self.elf.content(self.elf.sections[section.info])
            for place, info, addend in struct.iter_unpack("<QQq", self.elf.content(section)):
                target = self.elf.all_symbols[info >> 32]
                is_call = place > 0 and code[place - 1] in (CALL, JUMP)
                found = self.at(target.section, target.value + addend + (4 if is_call else 0))
                if found:
                    is_init = is_call and self.names[section.info] == ".init.text"
                    (by_init if is_init else by_others).add(found.name)
        by_others |= self.called_within()
        return sorted(by_init - by_others)

    def called_within(self) -> set[str]:
        """Functions that their own section may call."""
        found = set()
        for number in {symbol.section for symbol in self.functions}:
            starts = {symbol.value: symbol.name for symbol in self.functions if symbol.section == number}
            found |= {starts[place] for place in jumps(self.elf.content(self.elf.sections[number])) if place in starts}
        return found

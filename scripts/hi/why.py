# SPDX-License-Identifier: GPL-2.0
"""Usage: why FILE.ko [--kernel KERNEL] [--log FILE] [--json]

Tells why a module does not load, or does not unload: one cause, and one remedy. It reads the
file, what is known of the kernel, and a log, and says which of them told it. Where they do
not tell, it says "unknown".

  --kernel KERNEL   the kernel that shall load it: a release, of which /lib/modules has a
                    directory; a stock kernel, debian:6.12 or another, see build; a vmlinux; or
                    a file with BTF. Without, the kernel that runs
  --log FILE        what insmod, modprobe or rmmod printed, and what the kernel logged: a file,
                    or - for standard input. For the kernel that runs:
                    { insmod FILE.ko; dmesg | tail -n 20; } 2>&1 | why FILE.ko --log -
  --root DIRECTORY  a copy of another machine's /proc, /sys and /etc/modprobe.d, to be read
                    instead of this machine's
  --list            prints the causes and their remedies
  --json            writes JSON, for programs
  -h, --help        this text

It takes the kernel's symbols from Module.symvers, which is part of the kernel's headers.

Exit codes: 0 the module loads, as far as file and kernel tell, and nothing was left out;
1 it does not, or the cause is unknown; 2 wrong usage; 3 something is missing on this machine.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from hi import base, causes, module, target
from hi.base import Exit
from hi.causes import CAUSES, Finding, Question


def ask(path: Path, kernel_name: str, log_name: str, root: str) -> tuple[Question, Finding]:
    log = target.read_log(log_name).splitlines() if log_name else []
    kernel = target.find(kernel_name)
    machine = target.Machine(Path(root or "/")) if kernel.running or root else None
    question = Question(path, module.file_name(path), None, kernel, machine, log)
    try:
        question.module = module.read(path)
    except module.NotAModule as wrong:
        return question, Finding(wrong.cause, str(wrong), "the file")
    question.name = question.module.name
    return question, causes.find(question)


def remedy(question: Question, finding: Finding) -> str:
    return CAUSES[finding.cause].format(release=question.kernel.release or "RELEASE", name=question.name)


def as_json(question: Question, finding: Finding) -> str:
    return json.dumps({
        "version": 1, "file": str(question.path), "module": question.name, "kernel": question.kernel.release or None,
        "cause": finding.cause, "text": finding.text, "known_from": finding.known_from,
        "remedy": remedy(question, finding), "unchecked": question.unchecked}, indent=2)


def as_text(question: Question, finding: Finding) -> str:
    lines = [f"{question.path}, {question.kernel.release or 'a kernel of unknown release'}: {finding.cause}",
             f"  why:      {finding.text}", f"  remedy:   {remedy(question, finding)}", f"  known by: {finding.known_from}"]
    return "\n".join([*lines, *(f"  not checked: {text}" for text in question.unchecked)])


def main(arguments: Sequence[str]) -> int:
    given = {"--kernel": "", "--log": "", "--root": ""}
    files, is_json = [], False
    assert __doc__
    for option, value in base.options(__doc__, arguments, values=tuple(given), flags=("--json", "--list")):
        if option == "--list":
            print("\n".join(f"{cause:17} {text}" for cause, text in CAUSES.items()))
            return Exit.GOOD
        if option == "--json":
            is_json = True
        elif option:
            given[option] = value
        else:
            files.append(value)
    if len(files) != 1:
        raise base.usage_error("one FILE, not " + (f"'{files[0]}' and '{files[1]}'" if files else "none"))
    if given["--root"] and not Path(given["--root"]).is_dir():
        raise base.usage_error(f"no directory '{given['--root']}'")
    path = Path(files[0])
    if not path.is_file():
        raise base.usage_error(f"no file '{path}'")
    question, finding = ask(path, given["--kernel"], given["--log"], given["--root"])
    print(as_json(question, finding) if is_json else as_text(question, finding))
    return Exit.GOOD if finding.cause == "loads" else Exit.FAILED

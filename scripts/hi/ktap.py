# SPDX-License-Identifier: GPL-2.0
"""The one reader of what tests print: TAP, the kernel's KTAP, and what scripts/boot adds. A failed
test without a YAML block has the comments before its verdict as what was seen."""

from __future__ import annotations

import re
from dataclasses import dataclass, field


@dataclass
class Test:
    title: str
    good: bool
    skipped: bool = False
    reason: str = ""                # why it was skipped
    details: dict[str, str] = field(default_factory=dict)       # keys and values of the YAML block


@dataclass
class Output:
    plan: int | None = None         # how many tests are announced; of several programs, the sum
    tests: list[Test] = field(default_factory=list)
    began: str | None = None        # the test that began last

    @property
    def complete(self) -> bool:
        return self.plan == len(self.tests)

    @property
    def cut_off(self) -> str | None:
        """The test that began last, if it did not end."""
        return self.began if self.began and not self.find(self.began) else None

    def find(self, title: str) -> Test | None:
        return next((test for test in reversed(self.tests) if test.title == title), None)


def parse(text: str) -> Output:
    output = Output()
    in_block, key, comments = False, None, list[str]()
    for line in text.replace("\r", "").splitlines():
        details = output.tests[-1].details if output.tests else {}
        if in_block:
            pair = re.match(r"  (\w+): ?(.*)", line)
            if line == "  ...":
                in_block = False
            elif key and line.startswith("    "):
                details[key] += line[4:] + "\n"
            elif pair:
                key = pair[1] if pair[2] == "|" else None
                details[pair[1]] = "" if key else pair[2]
            else:
                in_block = line.startswith("  ")
            if in_block or line == "  ...":
                continue
        if line == "  ---":
            in_block, key = True, None
        # The kernel's selftest harness writes no dash, and says RUN where a test begins.
        elif result := re.match(r"(not )?ok \d+ (?:- )?(.*?)(\s+# *SKIP *(.*))?$", line):
            details = {"seen": "\n".join(comments)} if result[1] and comments else {}
            output.tests.append(Test(result[2], good=not result[1], skipped=bool(result[3]), reason=result[4] or "",
                                     details=details))
            comments = []
        elif plan := re.match(r"1\.\.(\d+)", line):
            output.plan = (output.plan or 0) + int(plan[1])
        elif began := re.match(r"# experiment .*?: (.*)|#\s+RUN\s+(\S+) \.\.\.", line):
            output.began, comments = began[1] or began[2], []
        elif line.startswith("# "):
            comments.append(line[2:])
    return output

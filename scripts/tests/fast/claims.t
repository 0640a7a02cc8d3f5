#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0
"""The claims are the same in scripts/claims and hi.rst, and so is what changed when. README counts them.

Each claim of hi.rst names what shows it: cases of the self-tests, which are in the series,
or experiments of that claim, which are in scripts/guest/experiments or scripts/hi/matrix.py.
"""

import re
import sys
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[2]
TOP = SCRIPTS.parent
sys.path.insert(0, str(SCRIPTS))

from hi.matrix import WITHOUT_GUEST  # noqa: E402

count = failed = 0


def check(name: str, *complaints: str) -> None:
    """One line of TAP; what is wrong, if anything, follows it."""
    global count, failed
    count += 1
    failed += bool(complaints)
    print(f"{'not ok' if complaints else 'ok'} {count} - {name}", flush=True)
    for complaint in complaints:
        print("# " + complaint.replace("\n", "\n# "))


def same(name: str, found: list[str], expected: list[str]) -> None:
    check(name, *(f"missing: {line}" for line in expected if line not in found),
          *(f"not in scripts/claims: {line}" for line in found if line not in expected),
          *([] if expected else ["there is nothing to compare"]))


def added(file: str) -> str:
    """A file that the series adds, out of its patches."""
    text = "".join(path.read_text() for path in sorted((TOP / "patches").glob("*.patch")))
    lines = re.findall(rf"^diff --git a/{re.escape(file)} b/.*\n(?:(?!diff --git |From 0).*\n)*", text, re.M)
    return "".join(line[1:] + "\n" for line in "".join(lines).splitlines()
                   if line.startswith("+") and not line.startswith("+++"))


def pattern(text: str) -> "re.Pattern[str]":
    """What a string of C or of Python can become: %s and {says} stand for any words."""
    return re.compile(re.sub(r"%[a-z]|\\\{\w+\\\}", ".+", re.escape(text)))


rows = [line.split("\t") for line in (SCRIPTS / "claims").read_text().splitlines()]
claims = {row[0]: row[1] for row in rows if len(row) == 2}
changes = [row for row in rows if len(row) == 4]
check("each line of scripts/claims is a claim or a change of one",
      *("\t".join(row) for row in rows if len(row) not in (2, 4) or row[0] not in claims))

# --- README --------------------------------------------------------------------

counted = re.findall(r"\b(\d+) claims", (TOP / "README").read_text())
check("README says how many claims there are",
      *(f"README says {number}, scripts/claims has {len(claims)}" for number in counted if int(number) != len(claims)),
      *([] if counted else ["it says nothing"]))

# --- hi.rst --------------------------------------------------------------------

rst = added("Documentation/misc-devices/hi.rst")
same("hi.rst has what changed",
     [" ".join(line.split()) for line in re.findall(r"^(\d\.\d+ .*C\d+)$", rst, re.M)],
     [" ".join([since, text, claim]) for claim, since, _, text in changes])
sections = dict(re.findall(r"^(C\d+): .*\n-+\n((?:.*\n)*?)(?:\n\n|\Z)", rst, re.M))
same("hi.rst has a section for each claim", list(sections), list(claims))


def cases(program: str) -> set[str]:
    """The cases of a self-test, as kselftest_harness.h names them, and those of all variants as one."""
    text = added(f"tools/testing/selftests/drivers/hi/{program}.c")
    found = {f"global.{name}" for name in re.findall(r"^TEST\((\w+)\)", text, re.M)}
    for fixture, name in re.findall(r"^TEST_F(?:_TIMEOUT)?\((\w+), (\w+)", text, re.M):
        found.add(f"{fixture}.{name}")
        found |= {f"{fixture}.{variant}.{name}"
                  for variant in re.findall(rf"^FIXTURE_VARIANT_ADD\({fixture}, (\w+)\)", text, re.M)}
    return found


experiments = [(words, pattern(title)) for path in (SCRIPTS / "guest/experiments").glob("*.c")
               for words, title in re.findall(r'^\t\{ "[^"]*", "([^"]*)", [^"]*, "([^"]*)"', path.read_text(), re.M)]
experiments += [(one.claims, pattern(one.title)) for one in WITHOUT_GUEST]

for claim, section in sections.items():
    named, wrong = 0, []
    for paragraph in section.split("\n\n"):
        paragraph = " ".join(paragraph.split())
        if not paragraph.startswith("Shown by "):
            continue
        program = re.match(r"Shown by ``(hi_\w+)``", paragraph)
        known_cases = cases(program[1]) if program else set()
        for title in re.findall(r'"([^"]*)"', paragraph):
            named += 1
            if program:
                good = title in known_cases
            else:
                good = any(known.fullmatch(title) and claim in words.split() for words, known in experiments)
            if not good:
                wrong.append(f"nothing of this claim is called '{title}'")
    check(f"hi.rst, {claim}: names what shows it", *wrong, *([] if named else ["nothing is named"]))

# --- the changes ---------------------------------------------------------------

code = "".join(path.read_text() for path in [*(SCRIPTS / "guest/experiments").glob("*.c"), *(SCRIPTS / "hi").glob("*.py"),
                                             *(SCRIPTS / "tests/sources").glob("*.t")])
for _, since, name, _ in changes:
    check(f"{name}: something asks for it", *([] if f'"{name}"' in code else ["nothing does"]))

print(f"1..{count}")
sys.exit(failed > 0)

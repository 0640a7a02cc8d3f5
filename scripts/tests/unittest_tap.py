# SPDX-License-Identifier: GPL-2.0
"""Runs the unit tests of the main program, and prints TAP."""

import sys
import unittest


class Tap(unittest.TestResult):
    """One line of TAP for each test."""

    def stopTest(self, test: unittest.TestCase) -> None:
        problems = [text for one, text in self.failures + self.errors if one is test]
        print(f"{'not ok' if problems else 'ok'} {self.testsRun} - {str(test.id()).removeprefix('__main__.')}",
              *("# " + line for text in problems for line in text.splitlines()), sep="\n", flush=True)


def run_as_tap() -> None:
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    print(f"1..{suite.countTestCases()}")
    result = Tap()
    suite.run(result)
    sys.exit(not result.wasSuccessful())

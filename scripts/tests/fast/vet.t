#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0
"""The parts of scripts/vet that need no kernel: BTF, which calls can fail, the verdict, JUnit."""

import dataclasses
import struct
import sys
import tempfile
import unittest
from collections.abc import Sequence
from pathlib import Path
from unittest import mock
from xml.etree import ElementTree

SCRIPTS = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SCRIPTS))

from hi import calls, kernels, ktap, report, static, subject, vet  # noqa: E402
from hi.btf import Btf, Returns  # noqa: E402
from hi.base import Exit  # noqa: E402
from hi.builtin import BuiltIn  # noqa: E402
from hi.guest import Build, Guest  # noqa: E402
from hi.results import Cell, State  # noqa: E402
from hi.subject import Subject  # noqa: E402
from hi.vet import Case, Run, Vet  # noqa: E402
from tests.unittest_tap import run_as_tap  # noqa: E402


def btf(*types: tuple[str, int, int, bytes]) -> bytes:
    """BTF of types: name, info, size or type, what follows."""
    strings, out = b"\0", b""
    for name, info, target, extra in types:
        out += struct.pack("<III", len(strings), info, target) + extra
        strings += name.encode() + b"\0"
    return struct.pack("<HBBIIIII", 0xeb9f, 1, 0, 24, 0, len(out), len(out), len(strings)) + out + strings


KINDS = btf(
    ("int", 1 << 24, 4, struct.pack("<I", 1 << 24 | 32)),               # 1
    ("unsigned", 1 << 24, 4, struct.pack("<I", 32)),                    # 2
    ("errno_t", 8 << 24, 1, b""),                                       # 3: typedef of 1
    ("", 2 << 24, 0, b""),                                              # 4: void *
    ("", 13 << 24 | 1, 3, struct.pack("<II", 0, 1)),                    # 5: errno_t (int)
    ("", 13 << 24, 4, b""),                                             # 6: void *()
    ("", 13 << 24, 2, b""),                                             # 7: unsigned ()
    ("", 13 << 24, 0, b""),                                             # 8: void ()
    ("gives_errno", 12 << 24, 5, b""), ("gives_pointer", 12 << 24, 6, b""), ("gives_unsigned", 12 << 24, 7, b""),
    ("gives_nothing", 12 << 24, 8, b""))


class Functions(unittest.TestCase):
    def test_btf(self) -> None:
        types = Btf(KINDS)
        self.assertEqual(types.returns("gives_errno"), Returns.NUMBER)
        self.assertEqual(types.returns("gives_pointer"), Returns.POINTER)
        self.assertEqual(types.returns("gives_unsigned"), Returns.OTHER)
        self.assertEqual(types.returns("gives_nothing"), Returns.OTHER)
        self.assertIsNone(types.returns("nowhere"))

    def test_btf_of_a_module_adds_to_its_kernels(self) -> None:
        base = Btf(KINDS)
        # Its own strings and types begin where those of the kernel end.
        own = struct.pack("<III", len(base.strings), 12 << 24, 6)
        data = struct.pack("<HBBIIIII", 0xeb9f, 1, 0, 24, 0, len(own), len(own), 9) + own + b"from_mod\0"
        self.assertEqual(Btf(data, base).returns("from_mod"), Returns.POINTER)
        self.assertEqual(Btf(data, base).returns("gives_errno"), Returns.NUMBER)
        self.assertEqual([call.function for call in calls.of_module(["from_mod", "gives_errno"], [base, Btf(data, base)])],
                         ["from_mod", "gives_errno"])
        self.assertEqual([call.function for call in calls.of_module(["from_mod", "gives_errno"], [base])], ["gives_errno"])

    def test_the_table(self) -> None:
        rules = calls.load()
        self.assertGreater(len(rules), 100)
        self.assertEqual({rule.kind for rule in rules}, {"never", "undo", "left-out", "ERR_PTR", "NULL", "alloc"})
        for rule in rules:
            self.assertTrue(rule.reason, rule.pattern)

        def value(function: str, returns: Returns) -> int | None | str:
            call = calls.judge(function, returns, rules)
            return call.value if call else "never"

        for function, returns, expected in (
                ("misc_register", Returns.NUMBER, -12), ("device_create", Returns.POINTER, -12),
                ("alloc_workqueue_noprof", Returns.POINTER, 0), ("proc_create", Returns.POINTER, 0),
                ("clk_get", Returns.POINTER, -12), ("nobody_knows", Returns.POINTER, None), ("device_register", Returns.NUMBER, None),
                ("_printk", Returns.NUMBER, "never"), ("kfree", Returns.OTHER, "never"), ("strscpy", Returns.NUMBER, "never"),
                ("unregister_module_notifier", Returns.NUMBER, None), ("__kmalloc_noprof", Returns.POINTER, 0),
                ("memdup_user", Returns.POINTER, "never")):
            self.assertEqual(value(function, returns), expected, function)

    def test_allocations_are_raced_only(self) -> None:
        for function, line in (("__kvmalloc_node_noprof", "__kvmalloc_node_noprof\t=0\t\t1\n"), ("proc_create", "proc_create\t0\t\t1\n")):
            call = calls.judge(function, Returns.POINTER, calls.load())
            self.assertEqual(call and call.line, line)

    def test_what_undoes_a_call(self) -> None:
        names = ["register_module_notifier", "unregister_module_notifier", "misc_register", "misc_deregister", "alloc_chrdev_region",
                 "unregister_chrdev_region", "_printk"]
        found = {call.function: call for call in calls.of_module(names, [Btf(KINDS)])}
        self.assertNotIn("_printk", found)
        self.assertEqual(found["unregister_module_notifier"].line, "unregister_module_notifier\t-\t\n")
        self.assertEqual(calls.undo_of("misc_register", names), ("misc_deregister", True))
        self.assertEqual(calls.undo_of("register_module_notifier", names), ("unregister_module_notifier", True))
        self.assertEqual(calls.undo_of("alloc_chrdev_region", names), ("unregister_chrdev_region", False))
        self.assertEqual(calls.undo_of("class_create", names), ("", True))


class Verdicts(unittest.TestCase):
    def setUp(self) -> None:
        build = Build("7.3", kernels.ARCHES["x86_64"], kernels.variant("vet"), Path("/nowhere"))
        one = Subject("foo", Path("/nowhere/foo.ko"), (), argument="a directory")
        self.vet = Vet(build, [one], [], "", [], Path("/nowhere"), ["-k", "7.3"])

    def cell(self, *tests: ktap.Test, unfinished: str = "") -> Cell:
        run = Run("V2", [Case(test.title, test) for test in tests], unfinished=unfinished)
        return self.vet.cell(run, "foo")

    def test_what_ran_and_is_good_holds(self) -> None:
        cell = self.cell(ktap.Test("V2:foo:1", True), ktap.Test("V2:bar:1", False))
        self.assertEqual((cell.state, cell.reason), (State.HOLDS, "1 cases"))

    def test_nothing_ran(self) -> None:
        self.assertEqual(self.cell().state, State.FAILS)
        self.assertEqual(self.cell(ktap.Test("V2:bar:1", True)).state, State.FAILS)

    def test_it_does_not_apply(self) -> None:
        cell = self.cell(ktap.Test("V2:foo:none", True, True, "it has no init function"))
        self.assertEqual((cell.state, cell.reason, cell.left_out), (State.ABSENT, "it has no init function", 0))

    def test_left_out(self) -> None:
        cell = self.cell(ktap.Test("V2:foo:1", True), ktap.Test("V2:foo:2", True, True, "no probe"))
        self.assertEqual((cell.state, cell.left_out), (State.HOLDS, 1))
        self.assertIn("no probe", cell.experiments[-1].transcript)

    def test_an_experiment_that_was_not_finished_fails(self) -> None:
        self.assertEqual(self.cell(ktap.Test("V2:foo:1", True), unfinished="the guest hung").state, State.FAILS)

    def test_a_failure_says_where_what_why_and_how_to_see_it_again(self) -> None:
        cell = self.cell(ktap.Test("V2:foo:1", False, details={"point": "allocation 1 failed\n", "seen": "left behind: x\n"}))
        seen = cell.experiments[0].seen
        self.assertEqual(cell.state, State.FAILS)
        for text in ("at: allocation 1 failed", "seen: left behind: x", "expected: Init undoes",
                     "again: scripts/vet -k 7.3 --only V2:foo:1 'a directory'"):
            self.assertIn(text, seen)

    def test_what_fails_before_any_module_fails_them_all(self) -> None:
        self.assertEqual(self.cell(ktap.Test("V2:kernel:learn", False)).state, State.FAILS)

    def test_a_tree_of_the_users_gets_nothing_built_in(self) -> None:
        self.vet.build = dataclasses.replace(self.vet.build, kernel="/home/me/linux")
        cell = self.vet.not_booted("V8", Subject("foo", Path("/nowhere/foo.ko"), ()))
        self.assertEqual((cell.state, cell.reason), (State.ABSENT, "the kernel's tree is yours, and stays as it is"))

    def test_nothing_is_built_into_a_stock_kernel(self) -> None:
        self.vet.build = Build("debian:6.12.1-amd64", kernels.ARCHES["x86_64"], kernels.STOCK, Path("/nowhere/6.12.1-amd64-x86_64-stock"))
        cell = self.vet.not_booted("V8", Subject("foo", Path("/nowhere/foo.ko"), ()))
        self.assertEqual((cell.state, cell.reason), (State.ABSENT, "nothing can be built into a stock kernel"))
        self.assertEqual(vet.as_text(self.vet).splitlines()[0], "Linux 6.12.1-amd64, a stock kernel")

    def test_another_pahole_is_no_fault_of_the_module(self) -> None:
        elf = mock.Mock(modinfo=[("license", "GPL")], **{"defines.return_value": True})
        log = ("warning: pahole version differs from the one used to build the kernel\n  You are using: 124\n"
               "warning: the compiler differs from the one used to build the kernel\n")
        with mock.patch.object(subject, "Elf", return_value=elf):
            self.assertEqual(static.findings(Subject("foo", Path("/nowhere/foo.ko"), (), log), "", False), [])
            line = "foo.c:1:5: warning: unused variable 'differs'"
            self.assertEqual(static.findings(Subject("foo", Path("/nowhere/foo.ko"), (), log + line), "", False), [line])

    def test_what_the_kernel_cannot_show_is_said(self) -> None:
        with tempfile.TemporaryDirectory() as directory:
            build = dataclasses.replace(self.vet.build, path=Path(directory))
            Path(directory, ".config").write_text("".join(f"CONFIG_{name}=y\n" for name in vet.FINDERS))
            self.assertEqual(vet.not_looked_for(build), [])
            Path(directory, ".config").write_text("".join(f"CONFIG_{name}=y\n" for name in vet.FINDERS if name != "PROVE_LOCKING")
                                                  + "# CONFIG_PROVE_LOCKING is not set\n")
            lines = vet.not_looked_for(build)
        self.assertEqual(len(lines), 2)
        self.assertIn("(PROVE_LOCKING)", lines[1])

    def test_what_cannot_be_built_in_is_said(self) -> None:
        one = Subject("foo", Path("/nowhere/foo.ko"), (), only_module=True)
        self.assertEqual((self.vet.not_booted("V8", one).state, self.vet.not_booted("V8", one).reason),
                         (State.ABSENT, "its symbol depends on m: it cannot be built in"))
        self.vet.subjects = [one]
        self.assertEqual((self.vet.booted("V8"), self.vet.booted("V1")), ([], [one]))

    def test_what_was_not_begun_is_said(self) -> None:
        cell = self.vet.not_booted("V5", Subject("foo", Path("/nowhere/foo.ko"), ()))
        self.assertEqual((cell.state, cell.reason), (State.ABSENT, "not begun, because another experiment failed"))

    def test_what_does_not_build_fails(self) -> None:
        self.vet.built_in = BuiltIn(complaints=["foo.c:1: multiple definition of 'x'"])
        cell = self.vet.not_booted("V8", Subject("foo", Path("/nowhere/foo.ko"), ()))
        self.assertEqual((cell.state, cell.reason), (State.FAILS, "foo.c:1: multiple definition of 'x'"))

    def test_junit(self) -> None:
        self.vet.results.cells = [self.cell(ktap.Test("V2:foo:1", False, details={"seen": "a <b> & \x01"})),
                                  self.cell(ktap.Test("V2:foo:none", True, True, "no init"))]
        root = ElementTree.fromstring(report.as_junit(self.vet.results).partition("\n")[2])
        suite = root[0]
        self.assertEqual((suite.get("tests"), suite.get("failures"), suite.get("skipped")), ("2", "1", "1"))
        self.assertIn("a <b> & ?", suite[0][0].text or "")
        self.assertEqual(suite[1][0].get("message"), "no init")

    def test_every_experiment_has_a_text(self) -> None:
        for name, kind in vet.KINDS.items():
            self.assertRegex(name, r"^V\d$")
            self.assertTrue(kind.title and kind.expected)


class Boots(unittest.TestCase):
    """Which boots an experiment takes, by guests that are none."""

    def run_with(self, *guests: Guest) -> tuple[Run, list[list[str]]]:
        """What came of V1 on foo and bar if these guests were booted one after another; and the modules of each boot."""
        build = Build("7.3", kernels.ARCHES["x86_64"], kernels.variant("vet"), Path("/nowhere"))
        one = Vet(build, [Subject(name, Path(f"/nowhere/{name}.ko"), ()) for name in ("foo", "bar")], [], "", [], Path("/nowhere"), [])
        boots: list[list[str]] = []

        def boot(name: str, subjects: Sequence[Subject], after: str) -> Guest:
            boots.append([subject.name for subject in subjects])
            return guests[len(boots) - 1]

        with mock.patch.object(one, "boot", boot):
            return one.run("V1"), boots

    @staticmethod
    def guest(*titles: str, bad: str = "") -> Guest:
        return Guest(Exit.GOOD, ktap.Output(len(titles), [ktap.Test(title, title != bad) for title in titles]))

    def test_a_module_that_cannot_begin_does_not_end_the_others(self) -> None:
        run, boots = self.run_with(self.guest("V1:kernel:learn", "V1:foo:begin", bad="V1:foo:begin"),
                                   self.guest("V1:kernel:learn", "V1:bar:begin", "V1:bar:20"))
        self.assertEqual(boots, [["foo", "bar"], ["bar"]])
        self.assertEqual([(case.title, case.test.good) for case in run.cases], [("V1:foo:begin", False), ("V1:bar:20", True)])

    def test_a_guest_that_hangs_before_any_module_is_booted_again_once(self) -> None:
        hung = Guest(Exit.HUNG, ktap.Output(began="V1:kernel:learn"))
        run, boots = self.run_with(hung, self.guest("V1:kernel:learn", "V1:foo:20"))
        self.assertTrue(run.good)
        run, boots = self.run_with(hung, hung)
        self.assertEqual((len(boots), run.good, run.status), (2, False, Exit.HUNG))

    def test_a_guest_that_dies_before_its_first_case_is_booted_again_once(self) -> None:
        dead = Guest(Exit.PANICKED, ktap.Output())
        run, boots = self.run_with(dead, self.guest("V1:kernel:learn", "V1:foo:20"))
        self.assertTrue(run.good)
        run, boots = self.run_with(dead, dead)
        self.assertEqual((len(boots), run.good, run.status), (2, False, Exit.PANICKED))

    def test_after_a_module_that_stays_loaded_the_next_case_takes_a_new_boot(self) -> None:
        stays = Guest(Exit.GOOD, ktap.Output(2, [ktap.Test("V1:kernel:learn", True), ktap.Test(
            "V1:foo:x=1", True, skipped=True, reason="it stays loaded, because it has a reference to itself with this value")]))
        run, boots = self.run_with(stays, self.guest("V1:kernel:learn", "V1:foo:x=2"))
        self.assertEqual((len(boots), run.good, [case.what for case in run.cases]), (2, True, ["x=1", "x=2"]))

    def test_progress_names_the_case_of_each_guest(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            scratch = Path(name)
            for boot, verdict in (("V1.x", "# experiment 1: V1:foo:20\n"),
                                  ("V2.x", "# experiment 1: V2:foo:1\nok 1 - V2:foo:1\n# experiment 2: V2:foo:2\n"),
                                  ("V3.x", "# experiment 1: V3:foo:kobject_add:1\nok 1 - V3:foo:kobject_add:1\n1..1\n"), ("V4.x", "")):
                (scratch / f"{boot}.output").mkdir()
                (scratch / f"{boot}.output/verdict.tap").write_text(verdict)
            self.assertEqual(vet.at(scratch), ", V1:foo:20, V2:foo:2")


class Trees(unittest.TestCase):
    def test_symbols_that_are_modules_or_nothing(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            (Path(name) / "Kconfig").write_text(
                "config FREE\n\ttristate\n\tdepends on NET && (FOO || m)\n\nmenuconfig TEST\n\ttristate \"m\"\n\tdepends on m\n\n"
                "config ALSO\n\ttristate\n\tdepends on NET\n\tdepends on KPROBES && m\n\n"
                "config LATER\n\ttristate\n\tdepends on ALSO && NET\n\nconfig OTHER\n\ttristate\n\tdepends on ALSO = m\n")
            self.assertEqual(subject.only_modules(Path(name)), {"TEST", "ALSO", "LATER"})

    def test_modules_of_a_symbol(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            tree = Path(name)
            (tree / "drivers/foo").mkdir(parents=True)
            (tree / "drivers/Makefile").write_text("obj-$(CONFIG_FOO)\t+= foo/ bar.o\nobj-y += always.o\n")
            (tree / "drivers/foo/Kbuild").write_text("obj-$(CONFIG_FOO) := one.o\nobj-$(CONFIG_OTHER) += two.o\n")
            (tree / "modules.order").write_text("drivers/bar.o\ndrivers/foo/one.o\ndrivers/foo/two.o\ndrivers/foobar.o\n")
            targets = subject.targets_of_symbols(tree)
            self.assertEqual(sorted(targets["FOO"]), ["drivers/bar.o", "drivers/foo/", "drivers/foo/one.o"])
            build = Build("7.3", kernels.ARCHES["x86_64"], kernels.variant("vet"), tree)
            self.assertEqual([str(path.relative_to(tree)) for path in subject.modules_of(build, targets["OTHER"])], ["drivers/foo/two.ko"])
            self.assertEqual([path.name for path in subject.modules_of(build, targets["FOO"])], ["bar.ko", "one.ko"])
            self.assertEqual([path.name for path in subject.modules_of(build, ["drivers/foo/", "drivers/none.o"])], ["one.ko", "two.ko"])
            self.assertEqual(subject.modules_of(build, []), [])


run_as_tap()

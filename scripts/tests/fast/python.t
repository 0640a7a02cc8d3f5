#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0
"""The parts of scripts/hi that need no kernel: reading results, judging them, the page, the tables."""

import contextlib
import sys
import tempfile
import unittest
from html.parser import HTMLParser
from pathlib import Path
from unittest import mock

SCRIPTS = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SCRIPTS))

from hi import base, checks, claims, fates, kernels, ktap, matrix, page, report, results  # noqa: E402
from hi.guest import Build, Guest  # noqa: E402
from hi.results import Cell, Experiment, Mutant, Outcome, Results, State  # noqa: E402
from tests.unittest_tap import run_as_tap  # noqa: E402

VERDICT = """\
1..2
# experiment 1: the first
ok 1 - the first
  ---
  claims: C1 C2
  seconds: 0.25
  transcript: |
    $ insmod hi.ko
    ok 7 - is no result here
      ...
  ...
# experiment 2: the second
not ok 2 - the second\r
  ---
  seen: |
    EPERM
    twice
  left_out: 3
  ...
### end
"""


class Files(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.directory = Path(scratch.name)
        self.file = self.directory / "a file"

    def test_a_new_file(self) -> None:
        base.need_writable(self.file)
        base.write(self.file, "new")
        self.assertEqual(self.file.read_text(), "new")
        self.assertEqual(list(self.directory.iterdir()), [self.file])

    def test_a_link_stays_and_so_does_the_mode(self) -> None:
        self.file.write_text("old")
        self.file.chmod(0o640)
        link = self.directory / "link"
        link.symlink_to(self.file)
        base.need_writable(link)
        base.write(link, "new")
        self.assertTrue(link.is_symlink())
        self.assertEqual(self.file.read_text(), "new")
        self.assertEqual(self.file.stat().st_mode & 0o777, 0o640)

    def test_a_device_is_written_into(self) -> None:
        base.need_writable(Path("/dev/null"))
        base.write(Path("/dev/null"), "new")
        self.assertTrue(Path("/dev/null").is_char_device())
        with self.assertRaises(base.Stop) as stop:
            base.write(Path("/dev/full"), "new")
        self.assertEqual(stop.exception.code, base.Exit.MISSING)
        self.assertTrue(Path("/dev/full").is_char_device())

    def test_what_cannot_be_written_is_known_before(self) -> None:
        for path in (self.directory, self.directory / "nothing" / "file"):
            with self.assertRaises(base.Stop) as stop:
                base.need_writable(path)
            self.assertEqual(stop.exception.code, base.Exit.MISSING)


class Ktap(unittest.TestCase):
    def test_results_have_titles_verdicts_and_details(self) -> None:
        output = ktap.parse(VERDICT)
        self.assertEqual([(test.title, test.good) for test in output.tests], [("the first", True), ("the second", False)])
        self.assertEqual(output.tests[0].details, {
            "claims": "C1 C2", "seconds": "0.25", "transcript": "$ insmod hi.ko\nok 7 - is no result here\n  ...\n"})
        self.assertEqual(output.tests[1].details, {"seen": "EPERM\ntwice\n", "left_out": "3"})
        self.assertTrue(output.complete)
        self.assertIsNone(output.cut_off)

    def test_output_that_ends_early_is_incomplete_and_names_the_test(self) -> None:
        output = ktap.parse(VERDICT[:VERDICT.index("not ok")])
        self.assertFalse(output.complete)
        self.assertEqual(output.cut_off, "the second")

    def test_output_without_a_plan_is_incomplete(self) -> None:
        self.assertFalse(ktap.parse("").complete)
        self.assertFalse(ktap.parse("ok 1 - a\n").complete)

    def test_harness_of_the_selftests(self) -> None:
        output = ktap.parse("TAP version 13\n1..2\n#  RUN           global.one ...\n#            OK  global.one\nok 1 global.one\n"
                            "#  RUN           global.two ...\n")
        self.assertEqual((output.tests[0].title, output.cut_off), ("global.one", "global.two"))

    def test_comments_say_what_a_failed_test_saw(self) -> None:
        output = ktap.parse("1..3\n# before\n#  RUN           a ...\n# a.c:1: 5 is not 4\nnot ok 1 a\n# all good\nok 2 b\nnot ok 3 c\n")
        self.assertEqual([test.details for test in output.tests], [{"seen": "a.c:1: 5 is not 4"}, {}, {}])

    def test_results_of_kunit(self) -> None:
        output = ktap.parse("KTAP version 1\n1..1\n    KTAP version 1\n    # Subtest: hi_log\n    1..1\n    not ok 1 wakes\n"
                            "# hi_log: pass:0 fail:1 skip:0 total:1\nnot ok 1 hi_log\n")
        self.assertTrue(output.complete)
        self.assertEqual([(test.title, test.good) for test in output.tests], [("hi_log", False)])

    def test_skipped_tests(self) -> None:
        test = ktap.parse("1..1\nok 1 - a # SKIP no such file\n").tests[0]
        self.assertEqual((test.title, test.skipped), ("a", True))

    def test_plans_of_several_programs_add_up(self) -> None:
        self.assertTrue(ktap.parse("1..1\nok 1 - a\n### a ended with status 0\n1..1\nok 1 - b\n").complete)


class Judging(unittest.TestCase):
    first, second = Experiment("the first", "C1 C2", "main"), Experiment("the second", "C1", "main")

    def guest(self, text: str = VERDICT, status: int = 0, console: str = "") -> Guest:
        return Guest(status, ktap.parse(text), console, "boot: it says why")

    def test_verdicts_are_taken(self) -> None:
        self.assertEqual(results.judge(self.first, self.guest()).state, State.HOLDS)
        second = results.judge(self.second, self.guest())
        self.assertEqual((second.state, second.seen, second.left_out), (State.FAILS, "EPERM\ntwice\n", 3))

    def test_an_experiment_without_verdict_fails(self) -> None:
        for text in ("", VERDICT):
            self.assertEqual(results.judge(Experiment("another", "C1", "main"), self.guest(text)).state, State.FAILS)
        self.assertIn("boot: it says why", results.judge(self.first, self.guest("")).seen)

    def test_a_skipped_experiment_fails(self) -> None:
        self.assertEqual(results.judge(self.first, self.guest("1..1\nok 1 - the first # SKIP\n")).state, State.FAILS)

    def test_a_guest_that_panics_fails_the_experiment(self) -> None:
        text = VERDICT[:VERDICT.index("not ok")]
        one = results.judge(self.second, self.guest(text, base.Exit.PANICKED, "Kernel panic - not syncing: oops\n"))
        self.assertEqual(one.state, State.FAILS)
        self.assertIn("the guest panicked during this experiment: Kernel panic", one.seen)

    def test_a_guest_that_panics_between_two_tests_is_in_trouble(self) -> None:
        self.assertEqual(self.guest(VERDICT, base.Exit.PANICKED).trouble, "the guest panicked")
        self.assertEqual(self.guest(VERDICT, base.Exit.FAILED).trouble, "")

    def test_an_experiment_that_the_kernel_must_die_of(self) -> None:
        text, dying = VERDICT[:VERDICT.index("not ok")], Experiment("the second", "C1", "main", dies=True)
        said = f"{results.MARK}read()\n"
        for status, console, state in ((base.Exit.PANICKED, said + "BUG: KASAN: use-after-free\n", State.HOLDS),
                                       (base.Exit.PANICKED, "BUG: before it was to die\n" + said, State.FAILS),
                                       (base.Exit.PANICKED, "BUG: it never said so\n", State.FAILS),
                                       (base.Exit.HUNG, said + "BUG: KASAN: use-after-free\n", State.FAILS)):
            self.assertEqual(results.judge(dying, self.guest(text, status, console)).state, state)
        self.assertEqual(results.judge(dying, self.guest()).state, State.FAILS)

    def test_a_cell_without_experiments_fails(self) -> None:
        cell = Cell("7.3", "modular", "C1")
        results.settle(cell)
        self.assertEqual((cell.state, cell.reason), (State.FAILS, "no experiment looks at it"))

    def test_a_cell_fails_with_any_experiment(self) -> None:
        cell = Cell("7.3", "modular", "C1", experiments=[results.judge(one, self.guest()) for one in (self.first, self.second)])
        results.settle(cell)
        self.assertEqual((cell.state, cell.reason), (State.FAILS, "the second: EPERM\ntwice"))

    def test_mutants_are_noticed_by_failures_and_by_panics_only(self) -> None:
        def titles(guest: Guest, faults: bool = True) -> list[str]:
            return [one.title for one in results.catchers(guest, faults)]

        self.assertEqual(titles(self.guest()), ["the second"])
        self.assertEqual(titles(self.guest(VERDICT[:VERDICT.index("not ok")], base.Exit.PANICKED)), ["the second"])
        self.assertEqual(titles(self.guest(VERDICT[:VERDICT.index("not ok")], base.Exit.HUNG)), [])
        self.assertEqual(titles(self.guest(VERDICT[:VERDICT.index("not ok")], base.Exit.HUNG), faults=False), ["the second"])
        self.assertEqual(titles(self.guest("", base.Exit.HUNG)), [])
        self.assertEqual(titles(self.guest("1..1\nok 1 - a\n")), [])

    def test_nothing_at_all_is_not_good(self) -> None:
        self.assertFalse(Results("um", {}).good)
        self.assertTrue(Results("um", {}, [Cell("7.3", "modular", "C1", State.HOLDS)]).good)
        self.assertFalse(Results("um", {}, [Cell("7.3", "modular", "C1")]).good)
        absent = Results("um", {}, [Cell("7.3", "modular", "C1", State.ABSENT, "a reason")])
        self.assertFalse(absent.good)
        self.assertIn("0 hold, 0 fail, 1 do not apply: nothing was looked at", report.as_text(absent))
        caught = Mutant("7.3", "m", "how", caught_by=[results.Caught("one", "seen", "")])
        self.assertFalse(Results("um", {}, absent.cells, [caught]).good)
        self.assertFalse(Results("um", {}, mutants=[Mutant("7.3", "m", "how")]).good)


class Reports(unittest.TestCase):
    def results(self) -> Results:
        held = Outcome("hi loads", "C1", "main", State.HOLDS, transcript="<insmod> & more")
        failed = Outcome("hi fails", "C2", "main", State.FAILS, "EIO", "transcript of C2")
        return Results("um", {"C1": "Loading", "C2": "Exit", "C3": "Never asked"}, [
            Cell("7.3", "modular", "C1", State.HOLDS, "", [held]), Cell("7.3", "modular", "C2", State.FAILS, "hi fails: EIO", [held, failed]),
            Cell("6.1", "builtin", "C1", State.ABSENT, "not here")], [Mutant("7.3", "m", "how")])

    def test_screen(self) -> None:
        text = report.as_text(self.results())
        self.assertIn("Linux 7.3\n      modular\nC1    ✓\nC2    ✗\n✗ C2 modular: hi fails: EIO\n", text)
        self.assertIn("– C1 builtin: not here", text)
        self.assertIn("✗ m (7.3): not noticed by any of 0 experiments", text)
        self.assertTrue(text.endswith("1 hold, 1 fail, 1 do not apply; 0 of 1 mutants noticed"))

    def test_page(self) -> None:
        text = page.render(self.results())
        links: list[str | None] = []
        ids: list[str | None] = []

        class Reader(HTMLParser):
            def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
                links.extend(value for name, value in attrs if name == "href" and value != "#closed")
                ids.extend(value for name, value in attrs if name == "id")

        Reader().feed(text)
        self.assertEqual(len(ids), len(set(ids)))
        self.assertLessEqual({str(link).removeprefix("#") for link in links}, set(ids))
        self.assertIn("&lt;insmod&gt; &amp; more", text)
        self.assertNotIn("Never asked", text)
        self.assertLess(text.index("<b>C2</b>"), text.index("<b>C1</b>"), "what fails comes first")
        opened = text[text.index("<article id='7.3-modular-C2'"):]
        self.assertLess(opened.index("hi fails"), opened.index("hi loads"), "and so in a cell")


class Tables(unittest.TestCase):
    def test_claims(self) -> None:
        table = claims.load("C1\tText.\nC1\t6.5\tname\tChanged.\n")
        self.assertEqual(claims.listing(list(table.values())), "C1\tText.\n\tsince 6.5: Changed.")
        for wrong in ("C1\n", "C1\tText\tmore\n", "C2\t6.5\tname\tA change of no claim.\n", "C1\ta\nC1\tb\n"):
            with self.assertRaises(base.Stop):
                claims.load(wrong)

    def test_changes(self) -> None:
        with tempfile.TemporaryDirectory() as tree:
            for version, since in (("VERSION = 7\nPATCHLEVEL = 1\n", True), ("VERSION = 6\nPATCHLEVEL = 12\n", False)):
                (Path(tree) / "Makefile").write_text("# SPDX\n" + version)
                self.assertEqual(claims.is_changed("eexist", kernels.release(Path(tree))), since)
            self.assertTrue(kernels.is_since("6.5", kernels.release(Path(tree))))
            with self.assertRaises(base.Stop):
                claims.is_changed("nothing", "6.12")

    def test_architectures_and_variants_have_fragments(self) -> None:
        self.assertEqual(sorted(kernels.ARCHES), sorted(file.stem for file in (SCRIPTS / "configs/arch").glob("*.config")))
        self.assertLessEqual({*kernels.VARIANTS, *matrix.MUTANT_VARIANTS}, set(kernels.variant_names()))
        for arch in kernels.ARCHES.values():
            self.assertLessEqual(set(arch.variants), set(kernels.variant_names()))

    def test_fragments_of_a_release(self) -> None:
        for release, count in (("6.1", 3), ("6.9", 4), ("6.12", 4)):
            names = [file.stem for file in kernels.fragments("um", "debuginfo", release)]
            self.assertEqual(names, ["base", "um", "debuginfo", "debuginfo.since-6.9"][:count])

    def test_fragments_of_an_architecture(self) -> None:
        for arch, last in (("x86_64", "vet.for-x86_64"), ("arm64", "vet.since-7.0")):
            self.assertEqual(kernels.fragments(arch, "vet", "7.3")[-1].stem, last)

    def test_assignments_for_bash(self) -> None:
        text = kernels.assignments("arch", kernels.ARCHES["x86_64"])
        self.assertIn("arch_tools=true\n", text)
        self.assertIn("arch_machine=(qemu-system-x86_64 -cpu max,-erms,-fsrm,-la57 -bios qboot.rom)\n", text)
        self.assertIn("arch_words='reboot=t no_timer_check tsc=reliable'\n", text)

    def test_plan(self) -> None:
        plan = matrix.read_plan("boot\tmain\tdepth=16\nexperiment\tmain\tC1 C2\ttitle\ndies\tmain\tC18\tit dies\nabsent\tC3\twhy\n")
        self.assertEqual((plan.boots, plan.absent), ([("main", "depth=16")], {"C3": "why"}))
        self.assertEqual(plan.experiments, [Experiment("title", "C1 C2", "main"), Experiment("it dies", "C18", "main", dies=True)])

    def test_mutants_name_their_variant(self) -> None:
        for file in matrix.MUTANTS.glob("*.patch"):
            how, variant = matrix.mutant_lines(file.stem)
            self.assertTrue(how.endswith("."), file.name)
            self.assertIn(variant, matrix.MUTANT_VARIANTS)


class Races(unittest.TestCase):
    """What a mutant's boot with the self-tests has in it."""

    def files(self, *, variant: str, unit_tests: bool) -> tuple[set[str], str, str]:
        """The files of the overlay, the words for the kernel, and the Makefile of the copied driver."""
        with tempfile.TemporaryDirectory() as directory:
            scratch = Path(directory)
            build = Build("7.3", kernels.ARCHES["x86_64"], kernels.variant(variant), scratch / "build")
            (build.source / "drivers/misc").mkdir(parents=True)
            (build.source / "drivers/misc/hi").symlink_to(base.TOP / "drivers-misc-hi")
            for name in ("build/selftests/hi_device_test", "build/selftests/hi_stress", "modules/hi.ko", "hi/tests/hi_log_kunit.ko",
                         *(["build/drivers/misc/hi/tests/hi_log_kunit.ko"] if unit_tests else [])):
                (scratch / name).parent.mkdir(parents=True, exist_ok=True)
                (scratch / name).touch()
            plan = matrix.Matrix.__new__(matrix.Matrix)
            plan.scratch, plan.here, plan.chosen, plan.boots = scratch, [], [], []
            plan.plan_stress(build, scratch / "modules", scratch / "hi", Mutant("7.3", "mutant", "It is broken."))
            matrix.copy_driver(build, scratch / "copy")
            boot = plan.boots[0]
            return ({str(file.relative_to(boot.overlay)) for file in boot.overlay.rglob("*") if file.is_file()}, boot.words,
                    (scratch / "copy/Makefile").read_text())

    def test_with_unit_tests(self) -> None:
        files, words, makefile = self.files(variant="smp", unit_tests=True)
        self.assertEqual(files, {"tests/0-kunit", "tests/1-hi_device_test", "tests/2-hi_stress", "modules/hi.ko", "modules/hi_log_kunit.ko"})
        self.assertIn("hi_stop=1 panic_on_warn=1", words)
        self.assertIn("tests/\n", makefile)

    def test_without_unit_tests(self) -> None:
        files, words, makefile = self.files(variant="kasan", unit_tests=False)
        self.assertEqual(files, {"tests/0-hi_device_test", "tests/1-hi_stress", "modules/hi.ko"})
        self.assertIn("hi_stop=1 panic_on_warn=1", words)
        self.assertNotIn("tests/", makefile)
        self.assertIn("obj-m\t\t+= hi.o", makefile)


class Fates(unittest.TestCase):
    def test_terms(self) -> None:
        def condition(symbols: list[str], *rows: set[str]) -> str:
            return fates.Fate("", fates.shortest_terms(symbols, map(frozenset, rows))).condition

        self.assertEqual(condition([], set()), "")
        self.assertEqual(condition(["A", "B"], {"A"}, {"A", "B"}), "A")
        self.assertEqual(condition(["A", "B"], {"A"}, {"B"}, {"A", "B"}), "A or B")
        self.assertEqual(condition(["A", "B"], set(), {"A", "B"}), "(A and B) or (not A and not B)")
        self.assertEqual(condition(["A", "B", "C"], {"A", "B"}, {"A", "C"}, {"A", "B", "C"}), "A and (B or C)")

    def test_words(self) -> None:
        one, other = fates.Fate(fates.KEPT, [(("A", True),)]), fates.Fate(fates.FREED, [(("A", False),)])
        self.assertEqual(fates.in_words([one]), ["kept"])
        self.assertEqual(fates.in_words([one, other]), ["kept if A", "else freed at boot"])


class Checks(unittest.TestCase):
    def test_names(self) -> None:
        self.assertEqual(checks.choose(["build_gcc"]), ["build_gcc"])
        self.assertEqual(checks.choose(["checkpatch"]), ["checkpatch_patches", "checkpatch_files"])
        self.assertEqual(len(checks.choose([])), len(checks.CHECKS))
        with self.assertRaises(base.Stop):
            checks.choose(["nothing"])

    def test_clean_results_are_cached_and_no_others(self) -> None:
        calls: list[str] = []

        def work(word: str) -> None:
            calls.append(word)
            if word == "bad":
                raise checks.Found("it")

        def run(word: str, anew: bool = False) -> None:
            with contextlib.suppress(checks.Found):
                checks.Run("name", anew, "tools", "7.3", Path()).once(["inputs"], work, word)

        with tempfile.TemporaryDirectory() as directory:
            trees, checks.TREES = checks.TREES, Path(directory)
            (checks.TREES / "passed").mkdir()
            for word in ("good", "good", "bad", "bad"):
                run(word)
            run("good", anew=True)
            checks.TREES = trees
        self.assertEqual(calls, ["good", "bad", "bad", "good"])


class Nothing(unittest.TestCase):
    """Where there is nothing to look at, and no tool says a word, each check fails."""

    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.scratch = Path(scratch.name)
        tree = mock.Mock(path=self.scratch, kernel="7.3", version="", symbols=list, make_command=lambda *_: [], run=lambda *_: "",
                         silent=lambda *_: None)
        for name, value in {"own_files": list, "patches": list, "tracked_files": list, "series": str, "TREES": self.scratch,
                            "inspector_sources": lambda *_: [], "output_of": lambda *_: "1", "silent": lambda *_: None,
                            "whole_tree": lambda _: tree, "Tree": lambda *_: tree}.items():
            patcher = mock.patch.object(checks, name, value)
            patcher.start()
            self.addCleanup(patcher.stop)
        (self.scratch / "passed").mkdir()

    def test_each_check_fails(self) -> None:
        for name in checks.CHECKS:
            run = checks.Run(name, False, "tools", "7.3", self.scratch / name)
            run.scratch.mkdir()
            with self.assertRaises(checks.Found, msg=name) as raised:
                checks.make(name, run)
            self.assertRegex(str(raised.exception), "there are no .* to look at|there is no hi.html|it looked at nothing")

    def test_a_check_that_counts_nothing_fails(self) -> None:
        run = checks.Run("new", False, "tools", "7.3", self.scratch)
        with mock.patch.dict(checks.CHECKS, new=lambda _: None), self.assertRaisesRegex(checks.Found, "it looked at nothing"):
            checks.make("new", run)

    def test_what_was_looked_at_is_counted(self) -> None:
        run = checks.Run("new", False, "tools", "7.3", self.scratch)
        self.assertEqual(run.look_at("files", iter("ab")), ["a", "b"])
        self.assertEqual((run.count, run.things), (2, "files"))


run_as_tap()

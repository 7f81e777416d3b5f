"""Tries careless edits, one at a time. The next run tries those that this one has not tried."""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from cosmic_ray.work_db import WorkDB
from cosmic_ray.work_item import TestOutcome, WorkItem

from tools.mutants.operators import use_operators
from tools.mutants.places import PLACES, TESTS_OF_TEXT, modules, other_tests, own_tests
from tools.mutants.running import (
    ROOT,
    Verdict,
    copy_tree,
    import_libraries,
    run_tests,
    serving_postgres,
)
from tools.mutants.sessions import (
    Change,
    Equivalents,
    Tally,
    change_of,
    edited,
    pending,
    result,
    session_of,
    tally,
)
from tools.printing import say

WORK: Final = ROOT / ".mutants"
NICENESS: Final = 19
SLOWER: Final = 4
"""Tests may take this many times as long with an edit as without it."""

PLAIN: Final = "-m=not hypothesis"
PASSING: Final = (Verdict.PASSED, Verdict.NO_TESTS)
IGNORED: Final = [f"--ignore={path}" for path in TESTS_OF_TEXT]


class TestsFailError(Exception):
    """The tests fail without any edit, so that they can tell nothing of one."""


class Run:
    """Tries edits until the time is over."""

    def __init__(
        self, tree: Path, deadline: float, *, with_others: bool, with_examples: bool
    ) -> None:
        self._tree = tree
        self._deadline = deadline
        self._with_others = with_others
        self._with_examples = with_examples
        self._output = WORK / "output.txt"

    @property
    def is_over(self) -> bool:
        """Whether the time is over."""
        return time.monotonic() >= self._deadline

    def try_edits(self, module: Path, session: WorkDB, items: Sequence[WorkItem]) -> None:
        """Try edits of a module, and store the result of each in its session.

        Raises:
            TestsFailError: the module's tests fail without an edit.
        """
        equivalents = Equivalents.read()
        original = (self._tree / module).read_text(encoding="utf-8")
        seconds = 0.0
        for item in items:
            if self.is_over:
                return
            text = edited(item, original)
            if text is None:
                session.set_result(item.job_id, result(None, None))
                continue
            change = Change.between(module, original, text)
            if change in equivalents:
                session.set_result(item.job_id, result(None, change))
                continue
            seconds = seconds or self._seconds_without_edit(module)
            started = time.monotonic()
            killed = self._is_killed(module, text, seconds * SLOWER)
            outcome = TestOutcome.KILLED if killed else TestOutcome.SURVIVED
            session.set_result(item.job_id, result(outcome, change))
            took = f"{time.monotonic() - started:.1f} s"
            say(f"{outcome.value} in {took}: {_shown(change)}")

    def _is_killed(self, module: Path, text: str, seconds: float) -> bool:
        path = self._tree / module
        original = path.read_bytes()
        path.write_text(text, encoding="utf-8")
        try:
            return not all(
                run_tests(self._tree, tests, seconds, self._output, is_edited=True) in PASSING
                for tests in self._tests(module)
            )
        finally:
            path.write_bytes(original)

    def _tests(self, module: Path) -> Sequence[Sequence[str]]:
        """Return the stages of the tests of a module, the quickest first."""
        own, others = own_tests(module), other_tests(module) if self._with_others else []
        stages = [[*own, PLAIN], [*others, PLAIN]] if others else [[*own, PLAIN]]
        if self._with_examples:
            stages.append([*own, *others, "-m=hypothesis"])
        return [[*stage, *IGNORED] for stage in stages]

    def _seconds_without_edit(self, module: Path) -> float:
        started = time.monotonic()
        for tests in self._tests(module):
            verdict = run_tests(self._tree, tests, 1_800, self._output, is_edited=False)
            if verdict not in PASSING:
                raise TestsFailError(f"{module}: {verdict}: see {self._output}")
        seconds = time.monotonic() - started
        say(f"{module}: its tests take {seconds:.0f} s")
        return seconds


def main() -> int:
    """Try edits, and print the results."""
    arguments = _parser().parse_args()
    tree, sessions = WORK / "tree", WORK / "sessions"
    for folder in (tree, sessions):
        folder.mkdir(parents=True, exist_ok=True)
    if not arguments.report:
        os.nice(NICENESS)
        copy_tree(tree)
    # So that an edit of the project during the run, or since, changes nothing.
    os.chdir(tree)
    use_operators()
    found = list(modules(arguments.places or PLACES))
    if not arguments.report:
        import_libraries()
        deadline = time.monotonic() + arguments.seconds
        run = Run(tree, deadline, with_others=arguments.others, with_examples=arguments.examples)
        with suppress(KeyboardInterrupt), serving_postgres(tree) as url:
            os.environ["TEST_DATABASE_URL"] = url
            for module in found:
                if run.is_over:
                    break
                with session_of(module, sessions) as session:
                    items = _survivors(session) if arguments.again else pending(session)
                    run.try_edits(module, session, items[: arguments.sample])
    _report(found, sessions)
    return 0


def _survivors(session: WorkDB) -> list[WorkItem]:
    return [
        item
        for item, kept in session.completed_work_items
        if change_of(kept) is not None and kept.test_outcome != TestOutcome.KILLED
    ]


def _report(found: Sequence[Path], sessions: Path) -> None:
    equivalents = Equivalents.read()
    for change in equivalents.stale():
        say(f"In the list of equivalent edits, but not in the code any more: {_shown(change)}")
    packages: dict[str, Tally] = {}
    for module in found:
        with session_of(module, sessions) as session:
            counts, survivors = tally(session, equivalents)
        for change in survivors:
            say(_entry(change))
        package = packages.setdefault("/".join(module.parts[:2]), Tally())
        for name in Tally.__slots__:
            setattr(package, name, getattr(package, name) + getattr(counts, name))
    say(f"{'':24}{'edits':>9}{'killed':>9}{'equivalent':>12}{'survived':>10}{'left':>8}")
    for name, each in packages.items():
        say(
            f"{name:24}{each.edits:9}{each.killed:9}{each.equivalent:12}"
            f"{each.survived:10}{each.left:8}"
        )


def _shown(change: Change) -> str:
    return f"{change.module}: {change.before!r} -> {change.after!r}"


def _entry(change: Change) -> str:
    """Return a survivor as an entry of the list of equivalent edits."""
    return "\n".join(
        [
            "[[equivalent]]",
            f'module = "{change.module}"',
            f"before = '''{change.before}'''",
            f"after = '''{change.after}'''",
            'reason = ""',
            "",
        ]
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make mutants OPTIONS=…", description=__doc__)
    parser.add_argument("places", nargs="*", help="folders or modules, such as db/fridges")
    parser.add_argument("--seconds", type=float, default=3600, help="how long the run may take")
    parser.add_argument("--sample", type=int, default=None, help="how many edits of each module")
    parser.add_argument("--again", action="store_true", help="try again the edits that survived")
    parser.add_argument("--others", action="store_true", help="also with tests of other modules")
    parser.add_argument(
        "--examples", action="store_true", help="also with tests that try hundreds of examples"
    )
    parser.add_argument("--report", action="store_true", help="only print the results so far")
    return parser


if __name__ == "__main__":
    sys.exit(main())

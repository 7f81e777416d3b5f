"""Which tests `make check` runs: those that need little, and those of what has changed."""

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
CHANGED: Final = (
    ("git", "diff", "--name-only", "HEAD"),
    ("git", "ls-files", "--others", "--exclude-standard"),
)


def choose(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """The tests that need little, and those of the files that differ from the last commit."""
    changed = _changed_files()
    is_of_changed = {
        path: any(is_of(path.relative_to(ROOT), path.read_text(), file) for file in changed)
        for path in {item.path for item in items}
    }
    return [item for item in items if is_of_changed[item.path] or _needs_little(item)]


def _needs_little(item: pytest.Item) -> bool:
    """Whether a test needs no database, starts no program, and does not try many examples."""
    takes_long = any(map(item.get_closest_marker, ("slow", "hypothesis", "unwatched")))
    fixtures = item.fixturenames if isinstance(item, pytest.Function) else ()
    return not takes_long and "postgres_url" not in fixtures


def _changed_files() -> list[Path]:
    """The files that differ from the last commit, by their paths from the root."""
    told = (
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
        for command in CHANGED
    )
    return [Path(line) for lines in told for line in lines.splitlines()]


def is_of(test_file: Path, text: str, changed: Path) -> bool:
    """Whether a file of tests belongs to a changed file: it is that, imports it or has its name.

    Of `bot/features/undo/views.py` it is `test_undo.py` or `test_views.py` that has its name.
    """
    if changed.suffix != ".py" or changed.stem == "conftest":
        return False
    if test_file == changed:
        return True
    module = ".".join(changed.with_suffix("").parts)
    package, _, name = module.rpartition(".")
    itself = rf"^(from|import) {re.escape(module)}\b"
    from_package = rf"^from {re.escape(package)} import .*\b{name}\b"
    names = {f"test_{part}" for part in (changed.stem, *changed.parts[1:-1])}
    imported = re.search(f"{itself}|{from_package}", text, re.MULTILINE)
    return test_file.stem in names or imported is not None

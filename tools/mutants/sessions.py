"""Keeps the edits of each module, and their results, in a session of Cosmic Ray."""

import difflib
import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import starmap
from pathlib import Path
from typing import Final, NamedTuple

from cosmic_ray.commands.init import init
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import TestOutcome, WorkerOutcome, WorkItem, WorkResult

from tools.mutants.operators import MOST_TELLING

FOLDER: Final = Path(__file__).parent
EQUIVALENT: Final = FOLDER / "equivalent.toml"

# Lines that are not edited: tuning numbers of a module, flags of decorators, base classes.
_LINES_LEFT_OUT: Final = re.compile(
    r"_?[A-Z][A-Z0-9_]*(: Final)? = [^\"'(]*\d|\s*@dataclass|class "
)


class Change(NamedTuple):
    """The lines of a module that an edit changes, before and after it, without indentation."""

    module: str
    before: str
    after: str

    @classmethod
    def between(cls, module: Path, original: str, edited: str) -> "Change":
        """Return the lines in which two texts of a module differ."""
        lost: list[str] = []
        come: list[str] = []
        for line in difflib.ndiff(original.splitlines(), edited.splitlines()):
            if line[0] in "-+":
                (lost if line[0] == "-" else come).append(line[2:].strip())
        return cls(str(module), "\n".join(lost), "\n".join(come))


class Equivalents:
    """The changes that nobody can notice, judged by hand, with the reasons."""

    def __init__(self, changes: Mapping[tuple[str, str, str], str]) -> None:
        self._changes = changes

    @classmethod
    def read(cls) -> "Equivalents":
        """Read the list."""
        entries = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8")).get("equivalent", ())
        return cls(
            {
                (entry["module"], entry["before"], entry["after"]): entry["reason"]
                for entry in entries
            }
        )

    def stale(self) -> Iterator[Change]:
        """Yield the changes of lines that their modules do not have any more."""
        for change in starmap(Change, self._changes):
            module = Path(change.module)
            lines = module.read_text(encoding="utf-8").splitlines() if module.exists() else ()
            if not {*change.before.splitlines()} <= {*map(str.strip, lines)}:
                yield change

    def __contains__(self, change: Change) -> bool:
        return tuple(change) in self._changes


@dataclass(slots=True)
class Tally:
    """The number of a package's edits, and of each result."""

    edits: int = 0
    killed: int = 0
    equivalent: int = 0
    survived: int = 0

    @property
    def left(self) -> int:
        """How many edits have not been tried."""
        return self.edits - self.killed - self.equivalent - self.survived


@contextmanager
def session_of(module: Path, folder: Path) -> Iterator[WorkDB]:
    """Open the session of a module as it is now; sessions of other versions of it are deleted.

    Args:
        module: its path in the project; the working directory is the project's.
        folder: holds the sessions.
    """
    digest = hashlib.sha256(module.read_bytes())
    for source in ("operators.py", "sql.py", "sessions.py"):
        digest.update((FOLDER / source).read_bytes())
    name = ".".join(module.with_suffix("").parts)
    path = folder / f"{name}-{digest.hexdigest()[:12]}.sqlite"
    for old in folder.glob(f"{name}-*.sqlite"):
        if old != path:
            old.unlink()
    is_new = not path.exists()
    with use_db(path) as session:
        if is_new:
            init([module], session, {})
            _leave_out(module, session)
        yield session


def pending(session: WorkDB) -> list[WorkItem]:
    """Return the edits that have not been tried, the most telling first, otherwise in any order."""
    return sorted(
        session.pending_work_items,
        key=lambda item: not MOST_TELLING.match(item.mutations[0].operator_name),
    )


def edited(item: WorkItem, original: str) -> str | None:
    """Return a module's text after an edit; None if that is no Python."""
    mutation = item.mutations[0]
    operator = get_operator(mutation.operator_name)(**mutation.operator_args)
    text: str | None = mutate_code(original, operator, mutation.occurrence)
    if text is None or text == original:
        return None
    try:
        compile(text, "edited", "exec")
    except SyntaxError:
        return None
    return text


def result(outcome: TestOutcome | None, change: Change | None) -> WorkResult:
    """Return the result to store; without an outcome, the edit was left out."""
    return WorkResult(
        worker_outcome=WorkerOutcome.NORMAL if outcome else WorkerOutcome.SKIPPED,
        test_outcome=outcome,
        diff="\0".join(change) if change else None,
    )


def change_of(kept: WorkResult) -> Change | None:
    """Return the change that a result belongs to; None if the edit does not count."""
    return Change(*kept.diff.split("\0")) if kept.diff else None


def tally(session: WorkDB, equivalents: Equivalents) -> tuple[Tally, list[Change]]:
    """Count the results of a module, and list the survivors."""
    counts = Tally(edits=session.num_work_items)
    survivors: list[Change] = []
    for _, kept in session.results:
        change = change_of(kept)
        if change is None:
            counts.edits -= 1
        elif change in equivalents:
            counts.equivalent += 1
        elif kept.test_outcome == TestOutcome.KILLED:
            counts.killed += 1
        else:
            counts.survived += 1
            survivors.append(change)
    return counts, survivors


def _leave_out(module: Path, session: WorkDB) -> None:
    lines = module.read_text(encoding="utf-8").splitlines()
    left_out = [
        item.job_id
        for item in session.work_items
        if "ours/Sql" not in item.mutations[0].operator_name
        and _LINES_LEFT_OUT.match(lines[item.mutations[0].start_pos[0] - 1])
    ]
    session.set_multiple_results(left_out, result(None, None))

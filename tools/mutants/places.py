"""Names the modules to edit, the most important first, and the tests of each module."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

PLACES: Final = (
    "db/fridges",
    "jobs",
    "bot/sending",
    "db/chats",
    "db/updates",
    "bot/receiving",
    "fridge",
    "bot/features",
    "db/operation",
    "db/connection",
    "db/schema",
)

OWN_TESTS: Final = {
    "bot/features/common": ("tests/bot/features/views",),
    "bot/features/plain_words": ("tests/bot/features/test_talk.py",),
    "bot/features/settings": ("tests/bot/features/test_chat_settings.py",),
    "bot/receiving/routing.py": (
        "tests/bot/receiving/test_routing.py",
        "tests/bot/receiving/test_odd_updates.py",
        "tests/bot/features",
    ),
    "bot/receiving/wiring.py": ("tests/bot/receiving/test_processing.py",),
    "bot/sending/reply_calls.py": ("tests/bot/sending", "tests/bot/features"),
    "jobs/interval_runs.py": ("tests/jobs",),
    "db/chats/settings.py": ("tests/db/chats/test_chats.py",),
    "db/fridges/repository.py": ("tests/db/fridges/test_fridges.py",),
    "db/fridges/statements/rescue.py": ("tests/db/fridges/test_expiry_warnings.py",),
    "db/fridges/statements/clear.py": (
        "tests/db/fridges/test_fridges_neighbours.py",
        "tests/db/fridges/test_fridges.py",
    ),
    "db/fridges/statements/undo.py": (
        "tests/db/fridges/test_fridges_undo.py",
        "tests/db/fridges/test_fridges_uses.py",
        "tests/db/fridges/test_fridges_neighbours.py",
    ),
    "db/fridges/statements": (
        "tests/db/fridges/test_fridges_neighbours.py",
        "tests/db/fridges/test_fridges_uses.py",
        "tests/db/fridges/test_fridges.py",
        "tests/db/fridges/test_fridges_undo.py",
    ),
}
"""The tests of modules that no test is named after."""

TESTS_ELSEWHERE: Final = {
    "bot/features": ("tests/bot/test_groups.py", "tests/bot/understanding"),
    "bot/receiving": ("tests/bot/features", "tests/bot/test_groups.py", "tests/fuzz"),
    "bot/sending": ("tests/bot/receiving", "tests/bot/features", "tests/bot/test_groups.py"),
    "db": ("tests/db/connection/test_round_trips.py", "tests/db/test_statements.py"),
    "db/chats": ("tests/bot/features", "tests/bot/test_groups.py"),
    "db/connection": ("tests/startup",),
    "db/fridges": ("tests/jobs", "tests/db/updates", "tests/bot/features"),
    "db/operation": ("tests/startup", "tests/jobs", "tests/bot/features/test_admin.py"),
    "db/updates": ("tests/db/fridges", "tests/bot/receiving", "tests/bot/features/test_admin.py"),
    "fridge": ("tests/db/fridges", "tests/bot/understanding", "tests/bot/features"),
    "jobs": ("tests/db/operation", "tests/bot/features/test_warning.py"),
}
"""Tests in other folders that see a module through others."""

TESTS_OF_TEXT: Final = ("tests/db/test_expanded_sql.py",)
"""Tests that compare the code with a copy of it. They fail for every edit, and tell nothing of its
effect."""


def modules(places: Sequence[str]) -> Iterator[Path]:
    """Yield modules, and those below folders, but no migrations: a released one never changes."""
    for place in map(Path, places):
        found = [place] if place.suffix == ".py" else sorted(place.rglob("*.py"))
        yield from (module for module in found if "migrations" not in module.parts)


def own_tests(module: Path) -> list[str]:
    """Return the tests of a module: those that are named after it, or else those of its folder."""
    for place, tests in OWN_TESTS.items():
        if module.is_relative_to(place):
            return _files(tests)
    names = {module.stem, module.parent.name}
    found = _files([_folder(module)])
    return [test for test in found if any(name in Path(test).stem for name in names)] or found


def other_tests(module: Path) -> list[str]:
    """Return the tests of other modules that use the module."""
    places = [_folder(module)]
    for place, tests in TESTS_ELSEWHERE.items():
        if module.is_relative_to(place):
            places += tests
    own = own_tests(module)
    return [test for test in _files(places) if test not in own]


def _folder(module: Path) -> str:
    """Return the folder of tests that mirrors a module's folder."""
    folder = Path("tests") / module.parent
    while not folder.exists():
        folder = folder.parent
    return str(folder)


def _files(places: Iterable[str]) -> list[str]:
    found: list[str] = []
    for place in map(Path, places):
        found += map(str, [place] if place.suffix == ".py" else sorted(place.rglob("test_*.py")))
    return list(dict.fromkeys(found))

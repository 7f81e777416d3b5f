"""Which files of tests belong to a changed file."""

from pathlib import Path

import pytest

from tests.quick import is_of

UNDO = Path("tests/bot/features/test_undo.py")


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ("tests/bot/features/test_undo.py", ""),
        ("bot/features/undo/views.py", ""),
        ("db/fridges/undo.py", ""),
        ("db/fridges/repository.py", "import os\nfrom db.fridges.repository import Fridges\n"),
        ("db/fridges/repository.py", "import db.fridges.repository\n"),
        ("db/fridges/repository.py", "from db.fridges import repository, sessions\n"),
    ],
)
def test_a_file_of_tests_is_of_what_it_is_imports_or_has_the_name_of(
    changed: str, text: str
) -> None:
    assert is_of(UNDO, text, Path(changed))


@pytest.mark.parametrize(
    "changed", ["db/fridges/repository_of_another.py", "docs/undo.md", "tests/bot/conftest.py"]
)
def test_it_is_of_nothing_else(changed: str) -> None:
    assert not is_of(UNDO, "from db.fridges.repository import Fridges\n", Path(changed))

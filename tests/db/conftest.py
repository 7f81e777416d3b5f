import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from db.connection.database import Engine
from db.fridges.repository import FridgeRepository
from db.fridges.sessions import SessionRepository
from fridge.catalogue.catalogue import Catalogue
from fridge.catalogue.normalise import normalise
from fridge.items import UNCATALOGUED, ItemKey, NewItem
from fridge.lifetime import Lifetime
from tests.db.tables import Tables

CHAT = 1001
OTHER_CHAT = -4001


@pytest.fixture
def lifetime() -> Lifetime:
    return Lifetime(timedelta(hours=24))


@pytest.fixture
def fridges(engine: Engine, lifetime: Lifetime) -> FridgeRepository:
    return FridgeRepository(engine, lifetime)


@pytest.fixture
def sessions(engine: Engine, lifetime: Lifetime) -> SessionRepository:
    return SessionRepository(engine, lifetime)


@pytest.fixture
def tables(engine: Engine) -> Tables:
    return Tables(engine)


@pytest.fixture(scope="session")
def item(catalogue: Catalogue) -> Callable[[str], NewItem]:
    """An item by its name, as the bot would make it."""

    def make(name: str) -> NewItem:
        ingredient = catalogue.match(name)
        if ingredient:
            return NewItem(ItemKey(ingredient.id))
        return NewItem(ItemKey(UNCATALOGUED, normalise(name)), name)

    return make


@pytest.fixture
def mount_at() -> Iterator[Callable[[Path, str], None]]:
    """Mount a file system in memory, where the tests may (as root, with the right to mount)."""
    mounted: list[Path] = []

    def mount(path: Path, options: str) -> None:
        path.mkdir(parents=True)
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(path)]
        if subprocess.run(command, check=False, capture_output=True).returncode != 0:
            pytest.skip("mounting a file system is not permitted here")
        mounted.append(path)

    yield mount
    for path in mounted:
        # Lazily: a server that a failed test has left there does not keep it mounted.
        subprocess.run(["umount", "--lazy", str(path)], check=True)

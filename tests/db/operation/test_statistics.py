from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.operation.statistics import (
    MOST_COUNTED_BYTES,
    MOST_KEPT,
    Statistics,
    StatisticsRepository,
)
from fridge.catalogue.catalogue import Catalogue
from fridge.lifetime import Lifetime
from tests.conftest import Clock
from tests.db.tables import Tables

CHATS: Final = 20_000
KILOBYTE: Final = 1024

# Of five fridges one has expired. Half of the rest are new, and each second has eggs beside milk.
FILL: Final = """
    INSERT INTO user_fridge_sessions (chat_id, created_at, expires_at, last_accessed, revision)
        SELECT chat,
            CAST(:now AS timestamptz) - CASE chat % 2 WHEN 0 THEN 2 ELSE 30 END * interval '1 hour',
            CAST(:now AS timestamptz) + CASE chat % 5 WHEN 0 THEN -1 ELSE 1 END * interval '1 hour',
            CAST(:now AS timestamptz) - CASE chat % 5 WHEN 0 THEN 25 ELSE 1 END * interval '1 hour',
            1
        FROM generate_series(1, CAST(:chats AS integer)) AS chat
"""
FILL_ITEMS: Final = """
    INSERT INTO user_fridge_ingredients
        SELECT chat_id, ingredient_id, '', '', last_accessed
        FROM user_fridge_sessions, unnest(ARRAY[CAST(:milk AS integer), :eggs]) AS ingredient_id
        WHERE ingredient_id = :milk OR chat_id % 4 < 2
"""
"""The items of a fridge are no older than it is, where it is live."""


@pytest.fixture
def database_url(new_database: Callable[[], str]) -> str:
    """A new one: the estimates depend on the sizes of its files."""
    return new_database()


@pytest.fixture
def statistics(engine: AsyncEngine, lifetime: Lifetime) -> StatisticsRepository:
    return StatisticsRepository(engine, lifetime)


async def test_of_many_fridges_the_figures_are_estimated(
    statistics: StatisticsRepository,
    tables: Tables,
    catalogue: Catalogue,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    milk, eggs = (
        ingredient.id for ingredient in map(catalogue.match, ("milk", "eggs")) if ingredient
    )
    await tables.run(FILL, chats=CHATS, now=clock.now)
    await tables.run(FILL_ITEMS, milk=milk, eggs=eggs)
    counted = await statistics.read(clock.now)
    monkeypatch.setattr("db.operation.statistics.MOST_COUNTED_BYTES", 512 * KILOBYTE)
    monkeypatch.setattr("db.operation.statistics.READ_BYTES", 1024 * KILOBYTE)
    monkeypatch.setattr("db.operation.statistics.OPENED_BYTES", 256 * KILOBYTE)

    estimated = await statistics.read(clock.now)

    assert (counted.estimated, estimated.estimated) == (False, True)
    assert figures(counted) == {
        "active": 16_000,
        "new": 10_000,
        "items": 24_000,
        "milk": 16_000,
        "egg": 8_000,
    }
    assert figures(estimated) != figures(counted)
    assert figures(estimated) == pytest.approx(figures(counted), rel=0.15)


def figures(statistics: Statistics) -> Mapping[str, int]:
    return {
        "active": statistics.active_sessions,
        "new": statistics.new_sessions,
        "items": statistics.items,
        **{kept.en: kept.fridges for kept in statistics.most_kept},
    }


async def test_where_nothing_is_live_the_figures_are_none(
    statistics: StatisticsRepository, tables: Tables, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.operation.statistics.MOST_COUNTED_BYTES", 0)
    long_ago = clock.now - timedelta(days=3)
    await tables.put_session(1, created_at=long_ago, expires_at=long_ago, last_accessed=long_ago)

    assert figures(await statistics.read(clock.now)) == {"active": 0, "new": 0, "items": 0}


async def test_only_what_is_in_a_fridge_now_is_counted_and_only_the_catalogues_names_are_told(
    statistics: StatisticsRepository, tables: Tables, catalogue: Catalogue, clock: Clock
) -> None:
    now, hour = clock.now, timedelta(hours=1)
    names = ("milk", "eggs", "tofu", "salt", "rice", "butter")
    ingredients = [found for found in map(catalogue.match, names) if found]
    milk, eggs, *others = (ingredient.id for ingredient in ingredients)
    for chat, expires_in, used_before, created_before in (
        (1, hour, 25 * hour, 26 * hour),
        (2, -hour, hour, 24 * hour),
        (3, hour, hour, 23 * hour),
        (4, timedelta(), 24 * hour, 24 * hour),
    ):
        await tables.put_session(
            chat,
            created_at=now - created_before,
            expires_at=now + expires_in,
            last_accessed=now - used_before,
        )
    for chat, ingredient_id, name, added_before in (
        (1, eggs, "", 26 * hour),
        (2, eggs, "", hour),
        (2, milk, "", 25 * hour),  # of an earlier life
        (3, milk, "", hour),
        (3, 0, "grandma's sauce", hour),
        *((3, other, "", hour) for other in others),
        (4, milk, "", hour),
    ):
        await tables.run(
            "INSERT INTO user_fridge_ingredients (chat_id, ingredient_id, name_key, name, added_at)"
            " VALUES (:chat, :ingredient, :name, :name, :added_at)",
            chat=chat,
            ingredient=ingredient_id,
            name=name,
            added_at=now - added_before,
        )

    read = await statistics.read(now)

    assert (read.active_sessions, read.new_sessions, read.items) == (3, 1, 8)
    # Of those that are in one fridge, the first ones of the catalogue.
    in_one = sorted((found for found in ingredients if found.id != eggs), key=lambda one: one.id)
    assert [(kept.en, kept.fridges) for kept in read.most_kept] == [
        ("egg", 2),
        *((ingredient.en, 1) for ingredient in in_one[: MOST_KEPT - 1]),
    ]
    assert read.database_bytes > MOST_COUNTED_BYTES // 4, "an empty one has several megabytes"

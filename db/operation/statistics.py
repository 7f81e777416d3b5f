"""The statistics that admins see.

Small tables are counted whole. From larger ones the statistics are estimated, by a sample of the
pages: an admin should not wait, and a count should not read all that is stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.connection.database import connected
from db.schema.liveness import LIVE
from fridge.items import UNCATALOGUED
from fridge.lifetime import Lifetime

MOST_KEPT: Final = 5
DAY: Final = timedelta(days=1)

MOST_COUNTED_BYTES: Final = 8 * 1024 * 1024
"""The largest table of sessions that is counted whole: some 75,000 sessions."""

READ_BYTES: Final = 32 * 1024 * 1024
"""The sample of a larger table: 4,096 pages, for an error of some 2 percent."""

OPENED_BYTES: Final = 256 * 1024
"""The sample of sessions whose items are read: some 2,000, each of which takes several reads."""

SIZES: Final = text(
    """
    SELECT pg_relation_size('user_fridge_sessions') AS session_bytes,
        pg_database_size(current_database()) AS database_bytes
    """
)

# REPEATABLE samples the same pages each time, so that two results differ by changes of the rows
# alone. 100 percent samples all pages.
_SESSIONS: Final = """
    user_fridge_sessions AS session TABLESAMPLE SYSTEM (CAST(:percent AS real)) REPEATABLE (0)
"""

COUNT_SESSIONS: Final = text(
    f"""
    SELECT count(*) FILTER (WHERE {LIVE.format("session")}) AS active,
        count(*) FILTER (WHERE session.created_at > :day_ago) AS new
    FROM {_SESSIONS}
    """
)

COUNT_ITEMS: Final = text(
    f"""
    WITH live AS MATERIALIZED (
        SELECT session.chat_id, session.created_at FROM {_SESSIONS} WHERE {LIVE.format("session")}
    ),
    kept AS (
        SELECT item.ingredient_id, count(*) AS fridges
        FROM live JOIN user_fridge_ingredients AS item
            ON item.chat_id = live.chat_id AND item.added_at >= live.created_at
        GROUP BY item.ingredient_id
    )
    SELECT ingredient.ingredient_id, ingredient.ko, ingredient.en, ingredient.emoji, kept.fridges,
        (SELECT count(*) FROM live) AS opened
    FROM kept JOIN ingredients AS ingredient USING (ingredient_id)
    ORDER BY kept.fridges DESC, ingredient_id
    """
)


@dataclass(frozen=True, slots=True)
class KeptIngredient:
    """An ingredient of the catalogue, and the number of live fridges that hold it."""

    ko: str
    en: str
    emoji: str
    fridges: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """The statistics at the time `at`. New sessions are those of the last 24 h that still exist.

    `estimated`: every number but the size of the database is an estimate.
    """

    at: datetime
    estimated: bool
    active_sessions: int
    new_sessions: int
    items: int
    database_bytes: int
    most_kept: Sequence[KeptIngredient]


class StatisticsRepository:
    """Statistics over all fridges."""

    def __init__(self, engine: AsyncEngine, lifetime: Lifetime) -> None:
        self._engine = engine
        self._lifetime = lifetime

    async def read(self, now: datetime) -> Statistics:
        """Return the present statistics."""
        live = {"now": now, "idle_since": self._lifetime.idle_since(now)}
        async with connected(self._engine) as connection:
            sizes = (await connection.execute(SIZES)).mappings().one()
            size = sizes["session_bytes"]
            estimated = size > MOST_COUNTED_BYTES
            read = min(1, READ_BYTES / size) if estimated else 1
            opened = min(1, OPENED_BYTES / size) if estimated else 1
            sessions = await connection.execute(
                COUNT_SESSIONS, {**live, "day_ago": now - DAY, "percent": 100 * read}
            )
            [(active, new)] = sessions.all()
            items = await connection.execute(COUNT_ITEMS, {**live, "percent": 100 * opened})
            kept = items.mappings().all()
        active_sessions = round(active / read)
        # The items per sampled fridge give a better estimate than the share of the pages sampled.
        times = active_sessions / kept[0]["opened"] if kept and estimated else 1
        return Statistics(
            at=now,
            estimated=estimated,
            active_sessions=active_sessions,
            new_sessions=round(new / read),
            items=round(sum(row["fridges"] for row in kept) * times),
            database_bytes=sizes["database_bytes"],
            most_kept=[
                KeptIngredient(row["ko"], row["en"], row["emoji"], round(row["fridges"] * times))
                # A name that the catalogue does not know is private to the chat that typed it.
                for row in kept
                if row["ingredient_id"] != UNCATALOGUED
            ][:MOST_KEPT],
        )

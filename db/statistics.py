"""The figures that admins see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.database import connected
from db.lifetime import Lifetime
from db.models import UNCATALOGUED

MOST_KEPT: Final = 5

COUNTS: Final = text(
    """
    SELECT
        (
            SELECT count(*) FROM user_fridge_sessions
            WHERE expires_at > :now OR last_accessed > :idle_since
        ) AS active_sessions,
        (SELECT count(*) FROM user_fridge_sessions WHERE created_at > :day_ago) AS new_sessions,
        (
            SELECT count(*) FROM user_fridge_ingredients AS item
            JOIN user_fridge_sessions AS session USING (chat_id)
            WHERE item.added_at >= session.created_at
                AND (session.expires_at > :now OR session.last_accessed > :idle_since)
        ) AS items,
        pg_database_size(current_database()) AS database_bytes
    """
)

# A name that the catalogue does not know belongs to the chat that typed it, and stays out.
MOST_KEPT_INGREDIENTS: Final = text(
    """
    SELECT ingredient.ko, ingredient.en, ingredient.emoji, count(*) AS fridges
    FROM user_fridge_ingredients AS item
    JOIN user_fridge_sessions AS session USING (chat_id)
    JOIN ingredients AS ingredient USING (ingredient_id)
    WHERE ingredient_id <> :uncatalogued AND item.added_at >= session.created_at
        AND (session.expires_at > :now OR session.last_accessed > :idle_since)
    GROUP BY ingredient_id, ingredient.ko, ingredient.en, ingredient.emoji
    ORDER BY fridges DESC, ingredient_id LIMIT :most
    """
)


@dataclass(frozen=True, slots=True)
class KeptIngredient:
    """An ingredient of the catalogue, and in how many live fridges it is."""

    ko: str
    en: str
    emoji: str
    fridges: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """The figures at the time `at`. New sessions are those of the last 24 h that still exist."""

    at: datetime
    active_sessions: int
    new_sessions: int
    items: int
    database_bytes: int
    most_kept: Sequence[KeptIngredient]


class StatisticsRepository:
    """Figures over all fridges."""

    def __init__(self, engine: AsyncEngine, lifetime: Lifetime) -> None:
        self._engine = engine
        self._lifetime = lifetime

    async def read(self, now: datetime) -> Statistics:
        """The figures as they are now."""
        live = {"now": now, "idle_since": self._lifetime.idle_since(now)}
        async with connected(self._engine) as connection:
            counts = await connection.execute(COUNTS, {**live, "day_ago": now - timedelta(days=1)})
            most_kept = await connection.execute(
                MOST_KEPT_INGREDIENTS, {**live, "uncatalogued": UNCATALOGUED, "most": MOST_KEPT}
            )
            return Statistics(
                at=now,
                **counts.mappings().one(),
                most_kept=[KeptIngredient(**row) for row in most_kept.mappings()],
            )

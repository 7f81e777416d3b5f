"""The bot that the database belongs to. Two bots on one database would mix their chats."""

from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.connection.database import connected

PLAYGROUND: Final = "playground"
"""The owner of a playground's database. Any other owner is the number of a bot."""

IS_THERE: Final = text("SELECT to_regclass('database_owner') IS NOT NULL")

FIND: Final = text("SELECT owner FROM database_owner")

# Of several bots that start at once, each waits here for the first, and gets the owner it wrote.
CLAIM: Final = text(
    """
    INSERT INTO database_owner AS stored (only_row, owner) VALUES (TRUE, :owner)
    ON CONFLICT (only_row) DO UPDATE SET owner = stored.owner
    RETURNING owner
    """
)

ADOPT: Final = text(
    """
    INSERT INTO database_owner AS stored (only_row, owner) VALUES (TRUE, :owner)
    ON CONFLICT (only_row) DO UPDATE SET owner = excluded.owner
    WHERE stored.owner <> 'playground'
    RETURNING owner
    """
)

SOME_CHATS: Final = text(
    """
    (SELECT chat_id FROM user_fridge_sessions ORDER BY chat_id LIMIT 1)
    UNION ALL (SELECT chat_id FROM chat_settings ORDER BY chat_id LIMIT 1)
    """
)


class OwnershipRepository:
    """The owner of the database: the first bot that started on it, or the one that adopted it."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def find(self) -> str | None:
        """Return the owner; None if there is none yet, or the database is not migrated."""
        async with connected(self._engine) as connection:
            if not (await connection.execute(IS_THERE)).scalar_one():
                return None
            owner: str | None = (await connection.execute(FIND)).scalar_one_or_none()
            return owner

    async def claim(self, owner: str) -> str:
        """Become the owner of a database that has none; return the owner."""
        async with connected(self._engine) as connection:
            return str((await connection.execute(CLAIM, {"owner": owner})).scalar_one())

    async def adopt(self, owner: str) -> bool:
        """Become the owner in the place of another bot; False if the owner is the playground."""
        async with connected(self._engine) as connection:
            return (await connection.execute(ADOPT, {"owner": owner})).one_or_none() is not None

    async def holds_chats(self) -> bool:
        """Tell whether a chat has a session or settings in the database."""
        async with connected(self._engine) as connection:
            return (await connection.execute(SOME_CHATS)).first() is not None

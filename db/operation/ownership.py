"""Which bot the database belongs to: its people know no other, and other people are not theirs."""

from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.connection.database import connected

PLAYGROUND: Final = "playground"
"""The owner of a database whose people are made up. Any other is the number of a bot."""

IS_THERE: Final = text("SELECT to_regclass('database_owner') IS NOT NULL")

FIND: Final = text("SELECT owner FROM database_owner")

# Where several start at once, each waits here for the first, and is told what that one wrote.
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
    """The owner of the database, whom its first bot has made itself."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def find(self) -> str | None:
        """The owner; None if there is none yet, also in a database that is not migrated."""
        async with connected(self._engine) as connection:
            if not (await connection.execute(IS_THERE)).scalar_one():
                return None
            owner: str | None = (await connection.execute(FIND)).scalar_one_or_none()
            return owner

    async def claim(self, owner: str) -> str:
        """Take a database that has no owner; return whose it is, however many do so at once."""
        async with connected(self._engine) as connection:
            return str((await connection.execute(CLAIM, {"owner": owner})).scalar_one())

    async def adopt(self, owner: str) -> bool:
        """Take the database from whichever bot has it; False if it is the playground's."""
        async with connected(self._engine) as connection:
            return (await connection.execute(ADOPT, {"owner": owner})).one_or_none() is not None

    async def holds_chats(self) -> bool:
        """Whether anybody has a fridge in the database, or has chosen something."""
        async with connected(self._engine) as connection:
            return (await connection.execute(SOME_CHATS)).first() is not None

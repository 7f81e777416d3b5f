"""Updates that wait for their turn longer than a poll can wait."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import text

from db.connection.database import Engine

# A stored update is written again as it is: the commit then waits for a synchronous standby, which
# the first commit may not have reached. The order is that of `db.connection.command_connections`,
# so that no two transactions deadlock.
PUT: Final = text(
    """
    INSERT INTO waiting_updates AS stored (chat_id, update_id, content)
    SELECT DISTINCT ON (chat_id, update_id) chat_id, update_id, content
    FROM unnest(
        CAST(:chat_ids AS bigint[]), CAST(:update_ids AS bigint[]), CAST(:contents AS text[])
    ) WITH ORDINALITY AS given (chat_id, update_id, content, position)
    ORDER BY chat_id DESC, update_id, position
    ON CONFLICT (chat_id, update_id) DO UPDATE SET content = stored.content
    """
)

NEXT: Final = text(
    """
    SELECT chat_id, update_id, content FROM waiting_updates
    WHERE chat_id = :chat_id AND update_id > :after ORDER BY update_id LIMIT :limit
    """
)

DROP: Final = text(
    "DELETE FROM waiting_updates WHERE chat_id = :chat_id AND update_id = :update_id"
)

CHATS: Final = text("SELECT DISTINCT chat_id FROM waiting_updates")


class WaitingUpdate(NamedTuple):
    """An update as Telegram sent it, as JSON."""

    chat_id: int
    update_id: int
    content: str


class WaitingUpdateRepository:
    """The updates that are confirmed to Telegram and not yet handled."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def put(self, updates: Sequence[WaitingUpdate]) -> None:
        """Store updates; those stored before stay."""
        chat_ids, update_ids, contents = map(list, zip(*updates, strict=True))
        await self._engine.fetch(
            PUT, {"chat_ids": chat_ids, "update_ids": update_ids, "contents": contents}
        )

    async def next(self, chat_id: int, after: int, limit: int) -> Sequence[WaitingUpdate]:
        """Return the next updates of a chat after an update id, in their order."""
        rows = await self._engine.fetch(NEXT, {"chat_id": chat_id, "after": after, "limit": limit})
        return [WaitingUpdate(*row) for row in rows]

    async def drop(self, chat_id: int, update_id: int) -> None:
        """Delete an update that was handled."""
        await self._engine.fetch(DROP, {"chat_id": chat_id, "update_id": update_id})

    async def chats(self) -> Sequence[int]:
        """Return the chats that have updates waiting."""
        return [row["chat_id"] for row in await self._engine.fetch(CHATS, {})]

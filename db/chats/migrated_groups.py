"""A group that became a supergroup has a new chat id: its fridge goes with it.

It needs a transaction of several statements: it touches two chats, which may be on different
shards, and no statement may write to both.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.connection.database import connected
from fridge.lifetime import Lifetime

# Locks the row, so that whoever comes with the same news waits, and then finds nothing.
TAKE_SESSION: Final = text(
    """
    UPDATE user_fridge_sessions SET revision = revision + 1
    WHERE chat_id = :chat_id AND (expires_at > :now OR last_accessed > :idle_since)
    RETURNING created_at, expires_at, last_accessed, revision, language
    """
)

TAKE_ITEMS: Final = text(
    """
    SELECT ingredient_id, name_key, name, added_at FROM user_fridge_ingredients
    WHERE chat_id = :chat_id AND added_at >= :created_at
    """
)

PUT_SESSION: Final = text(
    """
    INSERT INTO user_fridge_sessions AS stored
        (chat_id, created_at, expires_at, last_accessed, revision, language)
    VALUES (:chat_id, :created_at, :expires_at, :last_accessed, :revision, :language)
    ON CONFLICT (chat_id) DO UPDATE SET
        created_at = CASE WHEN stored.expires_at > :now OR stored.last_accessed > :idle_since
            THEN stored.created_at ELSE :now END,
        expires_at = greatest(stored.expires_at, excluded.expires_at),
        last_accessed = greatest(stored.last_accessed, excluded.last_accessed),
        revision = stored.revision + 1,
        language = coalesce(stored.language, excluded.language)
    RETURNING created_at
    """
)

# Before the session is made older, so that these do not come back.
DROP_OUTLIVED: Final = text(
    "DELETE FROM user_fridge_ingredients WHERE chat_id = :chat_id AND added_at < :created_at"
)

# What the new chat has of its own stays as it is.
PUT_ITEMS: Final = text(
    """
    INSERT INTO user_fridge_ingredients (chat_id, ingredient_id, name_key, name, added_at)
    SELECT CAST(:chat_id AS bigint), ingredient_id, name_key, name, added_at
    FROM unnest(
        CAST(:ingredient_ids AS integer[]), CAST(:name_keys AS text[]), CAST(:names AS text[]),
        CAST(:times AS timestamptz[])
    ) AS item (ingredient_id, name_key, name, added_at)
    ON CONFLICT (chat_id, ingredient_id, name_key) DO NOTHING
    """
)

MAKE_OLDER: Final = text(
    """
    UPDATE user_fridge_sessions SET created_at = least(created_at, :created_at)
    WHERE chat_id = :chat_id
    """
)

# For whoever comes with the same news, and finds nothing to move: after the lock the commit waits
# for a synchronous standby, and that of the first move may have been kept from it.
LOCK_SESSION: Final = text(
    "SELECT chat_id FROM user_fridge_sessions WHERE chat_id = :chat_id FOR UPDATE"
)

DROP_SESSION: Final = text("DELETE FROM user_fridge_sessions WHERE chat_id = :chat_id")

TAKE_SETTINGS: Final = text(
    """
    DELETE FROM chat_settings WHERE chat_id = :chat_id RETURNING language, time_zone, warnings
    """
)

# What the new chat chose itself stays as it is.
PUT_SETTINGS: Final = text(
    """
    INSERT INTO chat_settings AS stored (chat_id, language, time_zone, warnings)
    VALUES (:chat_id, :language, :time_zone, :warnings)
    ON CONFLICT (chat_id) DO UPDATE SET
        language = coalesce(stored.language, excluded.language),
        time_zone = coalesce(stored.time_zone, excluded.time_zone),
        warnings = coalesce(stored.warnings, excluded.warnings)
    """
)

TAKE_WARNING: Final = text(
    """
    DELETE FROM expiry_warnings WHERE chat_id = :chat_id
    RETURNING last_accessed, created_at, expires_at, claimed_at, sent_at, items
    """
)

PUT_WARNING: Final = text(
    """
    INSERT INTO expiry_warnings
        (chat_id, last_accessed, created_at, expires_at, claimed_at, sent_at, items)
    VALUES (
        :chat_id, :last_accessed, :created_at, :expires_at, :claimed_at, :sent_at,
        CAST(:items AS jsonb)
    )
    ON CONFLICT (chat_id) DO NOTHING
    """
)


class MigratedGroupRepository:
    """Moves what a group has."""

    def __init__(self, engine: AsyncEngine, lifetime: Lifetime) -> None:
        self._engine = engine
        self._lifetime = lifetime

    async def move(self, old_chat: int, new_chat: int, now: datetime) -> None:
        """Move a live fridge, what was chosen and the last warning, beside what is there already.

        Doing it again moves what has come to the old chat since, if anything. It goes beyond the
        number of items that a fridge holds rather than lose one.
        """
        if old_chat == new_chat:
            return
        async with connected(self._engine) as connection:
            await connection.execution_options(isolation_level="READ COMMITTED")
            async with connection.begin():
                await self._move_fridge(connection, old_chat, new_chat, now)
                await _move_settings(connection, old_chat, new_chat)
                await _move_warning(connection, old_chat, new_chat)

    async def _move_fridge(
        self, connection: AsyncConnection, old_chat: int, new_chat: int, now: datetime
    ) -> None:
        live = {"now": now, "idle_since": self._lifetime.idle_since(now)}
        taken = await connection.execute(TAKE_SESSION, {"chat_id": old_chat, **live})
        session = taken.mappings().one_or_none()
        if session is None:
            await connection.execute(LOCK_SESSION, {"chat_id": new_chat})
            return
        items = await connection.execute(
            TAKE_ITEMS, {"chat_id": old_chat, "created_at": session["created_at"]}
        )
        rows = items.mappings().all()
        put = await connection.execute(PUT_SESSION, {"chat_id": new_chat, **session, **live})
        await connection.execute(
            DROP_OUTLIVED, {"chat_id": new_chat, "created_at": put.scalar_one()}
        )
        await connection.execute(
            MAKE_OLDER, {"chat_id": new_chat, "created_at": session["created_at"]}
        )
        await connection.execute(
            PUT_ITEMS,
            {
                "chat_id": new_chat,
                "ingredient_ids": _column(rows, "ingredient_id"),
                "name_keys": _column(rows, "name_key"),
                "names": _column(rows, "name"),
                "times": _column(rows, "added_at"),
            },
        )
        await connection.execute(DROP_SESSION, {"chat_id": old_chat})


async def _move_settings(connection: AsyncConnection, old_chat: int, new_chat: int) -> None:
    taken = await connection.execute(TAKE_SETTINGS, {"chat_id": old_chat})
    settings = taken.mappings().one_or_none()
    if settings is not None:
        await connection.execute(PUT_SETTINGS, {"chat_id": new_chat, **settings})


async def _move_warning(connection: AsyncConnection, old_chat: int, new_chat: int) -> None:
    """So that the group is not warned of the same once more."""
    taken = await connection.execute(TAKE_WARNING, {"chat_id": old_chat})
    warning = taken.mappings().one_or_none()
    if warning is not None:
        items = json.dumps(warning["items"])
        await connection.execute(PUT_WARNING, {"chat_id": new_chat, **warning, "items": items})


def _column(rows: Sequence[RowMapping], name: str) -> list[object]:
    return [row[name] for row in rows]

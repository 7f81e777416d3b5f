"""Moves the rows of a group to the new chat id that it has as a supergroup.

A move is a transaction of several statements: the two chats may be on different shards of Citus,
and no statement may write to both.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.connection.database import connected
from db.schema.liveness import LIVE
from fridge.lifetime import Lifetime

# The lock makes a second move of the same group wait; it then finds no session to move.
TAKE_SESSION: Final = text(
    f"""
    UPDATE user_fridge_sessions AS stored SET revision = revision + 1
    WHERE chat_id = :chat_id AND {LIVE.format("stored")}
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
    f"""
    INSERT INTO user_fridge_sessions AS stored
        (chat_id, created_at, expires_at, last_accessed, revision, language)
    VALUES (:chat_id, :created_at, :expires_at, :last_accessed, :revision, :language)
    ON CONFLICT (chat_id) DO UPDATE SET
        created_at = CASE WHEN {LIVE.format("stored")} THEN stored.created_at ELSE :now END,
        expires_at = greatest(stored.expires_at, excluded.expires_at),
        last_accessed = greatest(stored.last_accessed, excluded.last_accessed),
        revision = stored.revision + 1,
        language = coalesce(stored.language, excluded.language)
    RETURNING created_at
    """
)

# Runs before `MAKE_OLDER`: items of an expired session would count again in an older one.
DROP_OUTLIVED: Final = text(
    "DELETE FROM user_fridge_ingredients WHERE chat_id = :chat_id AND added_at < :created_at"
)

# An item that the new chat holds already stays as it is.
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

# For a move that finds nothing: the first move is committed, but may not be on the synchronous
# standby yet. After a lock, the commit of this one waits for the standby.
LOCK_SESSION: Final = text(
    "SELECT chat_id FROM user_fridge_sessions WHERE chat_id = :chat_id FOR UPDATE"
)

DROP_SESSION: Final = text("DELETE FROM user_fridge_sessions WHERE chat_id = :chat_id")

TAKE_SETTINGS: Final = text(
    """
    DELETE FROM chat_settings WHERE chat_id = :chat_id RETURNING language, time_zone, warnings
    """
)

# A choice of the new chat stays as it is.
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
    """Moves the fridge, the settings and the last warning of a group."""

    def __init__(self, engine: AsyncEngine, lifetime: Lifetime) -> None:
        self._engine = engine
        self._lifetime = lifetime

    async def move(self, old_chat: int, new_chat: int, now: datetime) -> None:
        """Move a live fridge, the settings and the last warning to the new chat's own.

        A second move takes what came to the old chat since the first. The new fridge may then hold
        more than `MAX_ITEMS`: no item is lost.
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
    """Move the last warning, so that the group is not warned again of the same period."""
    taken = await connection.execute(TAKE_WARNING, {"chat_id": old_chat})
    warning = taken.mappings().one_or_none()
    if warning is not None:
        items = json.dumps(warning["items"])
        await connection.execute(PUT_WARNING, {"chat_id": new_chat, **warning, "items": items})


def _column(rows: Sequence[RowMapping], name: str) -> list[object]:
    return [row[name] for row in rows]

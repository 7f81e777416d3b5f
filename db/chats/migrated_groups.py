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
from db.schema.lots import (
    FITS,
    ITEM_COLUMNS,
    LAST_LOTS,
    LOT_FIELDS,
    NAME_KEY,
    PUT_COLUMNS,
    columns,
    is_same_kind,
    next_lot,
)
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
    f"""
    SELECT {", ".join(ITEM_COLUMNS)} FROM user_fridge_ingredients
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

_NEXT = next_lot(
    "moved.of_name",
    "last_lots.number",
    "row_number() OVER (PARTITION BY moved.ingredient_id, moved.of_name ORDER BY moved.name_key)",
)

PUT_ITEMS: Final = text(
    f"""
    WITH listed AS MATERIALIZED (
        SELECT * FROM unnest(
            CAST(:ingredient_ids AS integer[]), CAST(:name_keys AS text[]), CAST(:names AS text[]),
            CAST(:times AS timestamptz[]), CAST(:amounts AS numeric[]), CAST(:units AS text[]),
            CAST(:best_befores AS date[]), CAST(:places AS text[]), CAST(:notes AS text[]),
            CAST(:moved_ats AS timestamptz[])
        ) AS listed ({", ".join(ITEM_COLUMNS)})
    ),
    held AS MATERIALIZED (
        SELECT {columns("item")}, {NAME_KEY.format("item")} AS of_name
        FROM user_fridge_ingredients AS item WHERE item.chat_id = :chat_id
    ),
    {LAST_LOTS},
    moved AS MATERIALIZED (
        SELECT listed.*, {NAME_KEY.format("listed")} AS of_name, equal.name_key AS equal_key
        FROM listed
        LEFT JOIN LATERAL (
            SELECT held.name_key FROM held
            WHERE held.ingredient_id = listed.ingredient_id
                AND held.of_name = {NAME_KEY.format("listed")}
                AND {is_same_kind("held", "listed")}
                AND {FITS.format("held.amount", "listed.amount")}
                AND NOT EXISTS (
                    SELECT FROM listed AS before
                    WHERE before.ingredient_id = listed.ingredient_id
                        AND {NAME_KEY.format("before")} = held.of_name
                        AND {is_same_kind("before", "listed")}
                        AND before.name_key < listed.name_key
                )
            ORDER BY held.name_key LIMIT 1
        ) AS equal ON true
    ),
    added_up AS (
        UPDATE user_fridge_ingredients AS item SET amount = item.amount + moved.amount
        FROM moved
        WHERE item.chat_id = :chat_id AND item.ingredient_id = moved.ingredient_id
            AND item.name_key = moved.equal_key AND moved.amount IS NOT NULL
    )
    INSERT INTO user_fridge_ingredients {PUT_COLUMNS}
    SELECT CAST(:chat_id AS bigint), moved.ingredient_id,
        CASE WHEN last_lots.number IS NULL THEN moved.name_key ELSE {_NEXT} END,
        {columns("moved", ITEM_COLUMNS[2:])}
    FROM moved LEFT JOIN last_lots USING (ingredient_id, of_name)
    WHERE moved.equal_key IS NULL
    """
)
"""A lot that equals one of the new chat is added up with it; another one becomes a further lot."""

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
                **{f"{field}s": _column(rows, field) for field in LOT_FIELDS},
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

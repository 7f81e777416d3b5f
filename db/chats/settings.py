"""The settings that chats choose."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.connection.database import connected
from db.updates.handled_requests import RECORD, RECORDED, record_key
from fridge.request_keys import RequestKey, RequestKind

LANGUAGE: Final = text("SELECT language FROM chat_settings WHERE chat_id = :chat_id")

_SPOKEN = """
    (SELECT language FROM user_fridge_sessions WHERE chat_id = :chat_id) AS session_language
"""

SETTINGS: Final = text(
    f"""
    SELECT chosen.language, chosen.time_zone, chosen.warnings, {_SPOKEN}
    FROM (SELECT true) AS always
    LEFT JOIN chat_settings AS chosen ON chosen.chat_id = :chat_id
    """
)

CHOOSE: Final = text(
    f"""
    WITH {RECORDED},
    chosen_before AS MATERIALIZED (
        SELECT language, time_zone, warnings FROM chat_settings
        WHERE chat_id = :chat_id AND EXISTS (SELECT FROM recorded)
    ),
    computed AS (
        SELECT jsonb_build_object(
            'language', CAST(:language AS text), 'time_zone', CAST(:time_zone AS text),
            'warnings', CAST(:warnings AS boolean)
        ) AS outcome
        WHERE NOT EXISTS (SELECT FROM recorded)
    ),
    {RECORD},
    chosen AS (
        INSERT INTO chat_settings AS stored (chat_id, language, time_zone, warnings)
        SELECT CAST(:chat_id AS bigint), CAST(:language AS text), CAST(:time_zone AS text),
            CAST(:warnings AS boolean)
        FROM record
        ON CONFLICT (chat_id) DO UPDATE SET
            language = coalesce(excluded.language, stored.language),
            time_zone = coalesce(excluded.time_zone, stored.time_zone),
            warnings = coalesce(excluded.warnings, stored.warnings)
        RETURNING language, time_zone, warnings
    )
    SELECT settings.language, settings.time_zone, settings.warnings, {_SPOKEN},
        EXISTS (SELECT FROM record) OR EXISTS (SELECT FROM recorded) AS done
    FROM (SELECT true) AS always
    LEFT JOIN (
        SELECT language, time_zone, warnings FROM chosen
        UNION ALL
        SELECT language, time_zone, warnings FROM chosen_before
    ) AS settings ON true
    """
)
"""Sets the values that are not NULL. `done` is false if another delivery of the request is just
being recorded: the statement is then run again, and finds the record."""


@dataclass(frozen=True, slots=True)
class ChosenSettings:
    """The settings of a chat, each None if the chat has not chosen it.

    `session_language` is the language of the person who last put something in.
    """

    language: str | None = None
    time_zone: str | None = None
    warnings: bool | None = None
    session_language: str | None = None


class ChatRepository:
    """The settings of the chats. They outlive the fridge sessions."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def language(self, chat_id: int) -> str | None:
        """Return the language that the chat chose, or None."""
        async with connected(self._engine) as connection:
            found = await connection.execute(LANGUAGE, {"chat_id": chat_id})
            return found.scalar_one_or_none()

    async def settings(self, chat_id: int) -> ChosenSettings:
        """Return all settings of the chat."""
        async with connected(self._engine) as connection:
            found = await connection.execute(SETTINGS, {"chat_id": chat_id})
            return ChosenSettings(**found.mappings().one())

    async def choose(
        self,
        key: RequestKey,
        now: datetime,
        *,
        language: str | None = None,
        time_zone: str | None = None,
        warnings: bool | None = None,
    ) -> ChosenSettings:
        """Set the given values, once for a request.

        Returns:
            The present settings. After a repeated request these may differ from the given values.
        """
        values = {
            **record_key(key.to(RequestKind.CHOOSE)),
            "now": now,
            "language": language,
            "time_zone": time_zone,
            "warnings": warnings,
        }
        async with connected(self._engine) as connection:
            while True:
                chosen = dict((await connection.execute(CHOOSE, values)).mappings().one())
                if chosen.pop("done"):
                    return ChosenSettings(**chosen)

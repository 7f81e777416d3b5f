"""What a chat has chosen."""

from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.database import connected
from db.handled_requests import RECORD, RECORDED, RequestKey

LANGUAGE: Final = text("SELECT language FROM chat_settings WHERE chat_id = :chat_id")

CHOOSE_LANGUAGE: Final = text(
    f"""
    WITH {RECORDED},
    computed AS (
        SELECT jsonb_build_object('language', CAST(:language AS text)) AS outcome
        WHERE NOT EXISTS (SELECT FROM recorded)
    ),
    {RECORD}
    INSERT INTO chat_settings (chat_id, language)
    SELECT CAST(:chat_id AS bigint), CAST(:language AS text) FROM record
    ON CONFLICT (chat_id) DO UPDATE SET language = excluded.language
    """
)


class ChatRepository:
    """The settings of the chats. They outlive the fridge sessions."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def language(self, chat_id: int) -> str | None:
        """The language that the chat chose, or None."""
        async with connected(self._engine) as connection:
            found = await connection.execute(LANGUAGE, {"chat_id": chat_id})
            return found.scalar_one_or_none()

    async def choose_language(self, key: RequestKey, language: str, now: datetime) -> None:
        """Set the language of everything that is said in the chat, once for a request."""
        values = {**key.to("language")._asdict(), "language": language, "now": now}
        async with connected(self._engine) as connection:
            await connection.execute(CHOOSE_LANGUAGE, values)

"""What a chat has chosen."""

from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

LANGUAGE: Final = text("SELECT language FROM chat_settings WHERE chat_id = :chat_id")

CHOOSE_LANGUAGE: Final = text(
    """
    INSERT INTO chat_settings (chat_id, language) VALUES (:chat_id, :language)
    ON CONFLICT (chat_id) DO UPDATE SET language = excluded.language
    """
)


class ChatRepository:
    """The settings of the chats. They outlive the fridge sessions."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def language(self, chat_id: int) -> str | None:
        """The language that the chat chose, or None."""
        async with self._engine.connect() as connection:
            found = await connection.execute(LANGUAGE, {"chat_id": chat_id})
            return found.scalar_one_or_none()

    async def choose_language(self, chat_id: int, language: str) -> None:
        """Set the language of everything that is said in the chat."""
        async with self._engine.connect() as connection:
            await connection.execute(CHOOSE_LANGUAGE, {"chat_id": chat_id, "language": language})

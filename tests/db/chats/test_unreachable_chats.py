from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.chats.unreachable_chats import UnreachableChatRepository
from tests.conftest import Clock
from tests.db.conftest import CHAT, OTHER_CHAT

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("hours", [-1, 1], ids=["by a clock that is behind", "later"])
async def test_of_two_times_at_which_a_chat_was_gone_the_later_one_counts(
    engine: AsyncEngine, clock: Clock, hours: int
) -> None:
    chats = UnreachableChatRepository(engine)
    await chats.put(OTHER_CHAT, clock.now)
    await chats.put(CHAT, clock.now)

    await chats.put(CHAT, clock.now + hours * HOUR)

    async with engine.connect() as connection:
        rows = await connection.execute(text("SELECT chat_id, since FROM unreachable_chats"))
        assert {row.chat_id: row.since for row in rows} == {
            OTHER_CHAT: clock.now,
            CHAT: clock.now + max(0, hours) * HOUR,
        }

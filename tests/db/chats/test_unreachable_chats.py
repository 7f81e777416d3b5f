from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.chats.unreachable_chats import RETENTION, UnreachableChatRepository
from fridge.times import MICROSECOND
from tests.conftest import Clock
from tests.db.conftest import CHAT, OTHER_CHAT

HOUR = timedelta(hours=1)


async def marked(engine: AsyncEngine) -> Mapping[int, datetime]:
    """Since when each chat takes no messages."""
    async with engine.connect() as connection:
        rows = await connection.execute(text("SELECT chat_id, since FROM unreachable_chats"))
        return {row.chat_id: row.since for row in rows}


@pytest.mark.parametrize("hours", [-1, 1], ids=["by a clock that is behind", "later"])
async def test_of_two_times_at_which_a_chat_was_gone_the_later_one_counts(
    engine: AsyncEngine, clock: Clock, hours: int
) -> None:
    chats = UnreachableChatRepository(engine)
    await chats.put(OTHER_CHAT, clock.now)
    await chats.put(CHAT, clock.now)

    await chats.put(CHAT, clock.now + hours * HOUR)

    assert await marked(engine) == {
        OTHER_CHAT: clock.now,
        CHAT: clock.now + max(0, hours) * HOUR,
    }


async def test_a_chat_that_takes_messages_again_is_no_longer_marked_and_the_others_stay(
    engine: AsyncEngine, clock: Clock
) -> None:
    chats = UnreachableChatRepository(engine)
    for chat in (CHAT, OTHER_CHAT):
        await chats.put(chat, clock.now)

    await chats.drop(CHAT)

    assert await marked(engine) == {OTHER_CHAT: clock.now}


async def test_a_mark_is_kept_for_30_days_to_the_microsecond(
    engine: AsyncEngine, clock: Clock
) -> None:
    chats = UnreachableChatRepository(engine)
    await chats.put(CHAT, clock.now)
    await chats.put(OTHER_CHAT, clock.now + MICROSECOND)

    assert await chats.forget_old(clock.now + RETENTION) == 0
    assert await chats.forget_old(clock.now + RETENTION + MICROSECOND) == 1

    assert await marked(engine) == {OTHER_CHAT: clock.now + MICROSECOND}

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.chats import ChatRepository
from db.fridges import FridgeRepository, ItemKey, NewItem
from db.sessions import SessionRepository
from tests.conftest import Clock
from tests.db.conftest import CHAT, OTHER_CHAT
from tests.db.requests import sent


@pytest.fixture
def chats(engine: AsyncEngine) -> ChatRepository:
    return ChatRepository(engine)


async def test_a_chat_has_chosen_nothing_at_first(chats: ChatRepository) -> None:
    assert await chats.language(CHAT) is None


async def test_the_last_choice_counts_and_is_the_chats_own(
    chats: ChatRepository, clock: Clock
) -> None:
    for language in ("ko", "en", "ko"):
        await chats.choose_language(sent(CHAT), language, clock.now)
    await chats.choose_language(sent(OTHER_CHAT), "en", clock.now)

    assert await chats.language(CHAT) == "ko"
    assert await chats.language(OTHER_CHAT) == "en"


async def test_of_simultaneous_choices_one_is_made(chats: ChatRepository, clock: Clock) -> None:
    await asyncio.gather(
        *(chats.choose_language(sent(CHAT), language, clock.now) for language in ["ko", "en"] * 10)
    )

    assert await chats.language(CHAT) in {"ko", "en"}


async def test_the_choice_outlives_the_fridge(
    chats: ChatRepository, fridges: FridgeRepository, sessions: SessionRepository, clock: Clock
) -> None:
    await chats.choose_language(sent(CHAT), "ko", clock.now)
    await fridges.add(sent(CHAT), [NewItem(ItemKey(0, "milk"), "Milk")], clock.now)
    clock.advance(hours=25)

    assert await sessions.purge_expired(clock.now) == 1

    assert (await fridges.list(CHAT, clock.now)).language == "ko"

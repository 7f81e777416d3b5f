import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.chats.settings import ChatRepository, ChosenSettings
from db.fridges.repository import FridgeRepository
from db.fridges.sessions import SessionRepository
from fridge.items import ItemKey, NewItem
from tests.conftest import Clock
from tests.db.conftest import CHAT, OTHER_CHAT
from tests.db.requests import sent
from tests.db.tables import Tables


@pytest.fixture
def chats(engine: AsyncEngine) -> ChatRepository:
    return ChatRepository(engine)


async def test_a_chat_has_chosen_nothing_at_first(chats: ChatRepository) -> None:
    assert await chats.language(CHAT) is None
    assert await chats.settings(CHAT) == ChosenSettings()


async def test_a_choice_leaves_the_others_as_they_are(chats: ChatRepository, clock: Clock) -> None:
    first = await chats.choose(sent(CHAT), clock.now, warnings=False)
    await chats.choose(sent(CHAT), clock.now, time_zone="Europe/Paris")
    both = await chats.choose(sent(CHAT), clock.now, language="ko")
    last = await chats.choose(sent(CHAT), clock.now, time_zone="Asia/Seoul")

    assert first == ChosenSettings(warnings=False)
    assert both == ChosenSettings("ko", "Europe/Paris", warnings=False)
    assert last == ChosenSettings("ko", "Asia/Seoul", warnings=False)
    assert await chats.settings(CHAT) == last
    assert await chats.settings(OTHER_CHAT) == ChosenSettings()


async def test_choices_of_different_things_at_the_same_time_are_all_made(
    chats: ChatRepository, clock: Clock
) -> None:
    await asyncio.gather(
        chats.choose(sent(CHAT), clock.now, warnings=False),
        chats.choose(sent(CHAT), clock.now, time_zone="Europe/Paris"),
        chats.choose(sent(CHAT), clock.now, language="en"),
    )

    assert await chats.settings(CHAT) == ChosenSettings("en", "Europe/Paris", warnings=False)


async def test_a_choice_that_comes_again_changes_nothing_and_shows_what_is_then_chosen(
    chats: ChatRepository, clock: Clock
) -> None:
    key = sent(CHAT)
    await chats.choose(key, clock.now, warnings=False)
    await chats.choose(sent(OTHER_CHAT), clock.now, language="ko")
    last = await chats.choose(sent(CHAT), clock.now, warnings=True)

    assert await chats.choose(key, clock.now, warnings=False) == last

    assert await chats.settings(CHAT) == ChosenSettings(warnings=True)


async def test_one_choice_that_comes_many_times_at_once_is_shown_alike_to_all(
    chats: ChatRepository, clock: Clock
) -> None:
    key = sent(CHAT)

    shown = await asyncio.gather(
        *(chats.choose(key, clock.now, time_zone="Asia/Tokyo") for _ in range(8))
    )

    assert shown == [ChosenSettings(time_zone="Asia/Tokyo")] * 8


async def test_the_settings_tell_in_which_language_the_fridge_was_filled(
    chats: ChatRepository, tables: Tables, clock: Clock
) -> None:
    now = clock.now
    for chat in (CHAT, OTHER_CHAT):
        await tables.put_session(chat, created_at=now, expires_at=now, last_accessed=now)
    await tables.run(
        "UPDATE user_fridge_sessions SET language = 'ko' WHERE chat_id = :chat_id", chat_id=CHAT
    )
    expected = ChosenSettings(warnings=False, session_language="ko")

    assert await chats.choose(sent(CHAT), now, warnings=False) == expected
    assert await chats.settings(CHAT) == expected


async def test_the_last_choice_counts_and_is_the_chats_own(
    chats: ChatRepository, clock: Clock
) -> None:
    for language in ("ko", "en", "ko"):
        await chats.choose(sent(CHAT), clock.now, language=language)
    await chats.choose(sent(OTHER_CHAT), clock.now, language="en")

    assert await chats.language(CHAT) == "ko"
    assert await chats.language(OTHER_CHAT) == "en"


async def test_of_simultaneous_choices_one_is_made(chats: ChatRepository, clock: Clock) -> None:
    await asyncio.gather(
        *(chats.choose(sent(CHAT), clock.now, language=language) for language in ["ko", "en"] * 10)
    )

    assert await chats.language(CHAT) in {"ko", "en"}


async def test_the_choice_outlives_the_fridge(
    chats: ChatRepository, fridges: FridgeRepository, sessions: SessionRepository, clock: Clock
) -> None:
    await chats.choose(sent(CHAT), clock.now, language="ko")
    await fridges.add(sent(CHAT), [NewItem(ItemKey(0, "milk"), "Milk")], clock.now)
    clock.advance(hours=25)

    assert await sessions.purge_expired(clock.now) == 1

    assert (await fridges.list(CHAT, clock.now)).language == "ko"

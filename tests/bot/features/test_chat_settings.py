"""What a chat sets by `/settings`, as the people in it see it."""

from dataclasses import replace

import pytest

from bot.conversation.replies import Message
from bot.conversation.requests import Request
from bot.features.services import Services
from bot.features.settings.handlers import settings
from bot.locale.language import Language
from db.chats.settings import ChosenSettings
from fridge.request_keys import RequestKey
from tests.bot.conversation import GROUP, Conversation, Tapped
from tests.conftest import Clock

MINJI = 1001


async def test_everything_is_set_in_one_message_and_outlives_the_fridge(
    bot: Conversation, services: Services, clock: Clock
) -> None:
    settings = await bot.say("minji", "/settings")
    assert settings.text == (
        "⚙️ 설정\n언어: 한국어\n시간대: 서울(지금 21:00)\n"
        "목록이 지워지기 전에 미리 알려 드려요. 밤 10시부터 아침 8시까지는 보내지 않아요."
    )

    [cities] = (await bot.tap("minji", settings, "🕒 시간대 바꾸기")).messages
    assert cities.message_id == settings.message_id
    assert cities.text == "어느 도시의 시간을 따를까요?"
    assert "✓ 서울 21:00" in cities.buttons
    [back] = (await bot.tap("minji", cities, "◀ 설정으로 돌아가기")).messages
    assert back.text == settings.text
    [chosen] = (await bot.tap("minji", cities, "런던 12:00")).messages
    assert "시간대: 런던(지금 12:00)" in chosen.text

    [quiet] = (await bot.tap("minji", chosen, "🔕 미리 알림 끄기")).messages
    assert "목록이 지워지기 전에 미리 알리지 않아요." in quiet.text

    [english] = (await bot.tap("minji", quiet, "🌐 Speak English")).messages
    assert english.message_id == settings.message_id
    assert english.text == (
        "⚙️ Settings\nLanguage: English\nTime zone: London (12:00 now)\n"
        "I won't warn you before I forget the list."
    )

    clock.advance(days=3)
    again = await bot.say("minji", "/settings")
    assert again.text == english.text
    assert list(again.buttons) == [
        "🌐 한국어로 말하기",
        "🕒 Change the time zone",
        "🔔 Turn the warning on",
    ]
    assert await services.chats.settings(MINJI) == ChosenSettings(
        "en", "Europe/London", warnings=False
    )


async def test_the_settings_tell_of_the_time_and_the_warnings_that_the_chat_really_gets(
    bot: Conversation, services: Services
) -> None:
    await bot.say("minji", "/add 우유", chat=GROUP)

    # The warning is in the language of who put something in.
    assert "Time zone: Seoul (21:00 now)" in (await bot.say("emma", "/settings", chat=GROUP)).text

    request = Request(
        key=RequestKey(MINJI, "m1"),
        in_group=False,
        person_id=MINJI,
        told_language=Language.ENGLISH,
        message_id=1,
        text="/settings",
        now=services.clock(),
    )
    shown = await settings(request, replace(services, warn_before=None))
    assert isinstance(shown, Message)
    assert "warn" not in shown.text


async def test_old_buttons_and_double_taps_show_the_truth_to_everybody_in_a_group(
    bot: Conversation, services: Services
) -> None:
    old = await bot.say("emma", "/settings", chat=GROUP)
    assert "Time zone: UTC (12:00 now)" in old.text
    new = await bot.say("minji", "/settings", chat=GROUP)
    [korean] = (await bot.tap("minji", old, "🌐 한국어로 말하기")).messages
    assert "시간대: 서울(지금 21:00)" in korean.text

    [shown] = (await bot.tap("emma", new, "🔕 미리 알림 끄기")).messages
    assert "미리 알리지 않아요" in shown.text
    assert await bot.tap("minji", new, "🔕 미리 알림 끄기") == Tapped("", [])
    [truth] = (await bot.tap("emma", old, "🌐 한국어로 말하기")).messages

    assert truth.text == shown.text
    assert await services.chats.settings(GROUP) == ChosenSettings("ko", warnings=False)


@pytest.mark.parametrize("data", ["zone:Moon/Base", "zone:Asia/Seoul2", "set:warnings:maybe"])
async def test_what_cannot_be_chosen_is_declined(
    bot: Conversation, services: Services, data: str
) -> None:
    settings = await bot.say("emma", "/settings")

    tapped = await bot.tap_data("emma", settings, data)

    assert tapped.notice == "This button is out of date. Please send the command again."
    assert await services.chats.settings(1002) == ChosenSettings()

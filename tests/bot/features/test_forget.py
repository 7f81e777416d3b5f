"""`/forget`, as the people in a chat see it."""

from bot.features.services import Services
from db.chats.settings import ChosenSettings
from tests.bot.conversation import GROUP, Conversation
from tests.conftest import Clock
from tests.db.tables import Tables

OUT_OF_DATE = "That question is old, so I deleted nothing. To forget everything: /forget"


async def test_forgetting_asks_says_what_it_deletes_and_leaves_nothing(
    bot: Conversation, services: Services, tables: Tables
) -> None:
    await bot.say("minji", "/add 우유, 계란", chat=GROUP)
    settings = await bot.say("minji", "/settings", chat=GROUP)
    await bot.tap("minji", settings, "🌐 Speak English")

    question = await bot.say("emma", "/forget", chat=GROUP)
    assert question.text == (
        "Forget everything about this chat? I will delete:\n"
        "• the fridge, with 2 items\n"
        "• what was chosen in the settings\n"
        "• my notes of what was asked here, which Undo needs\n"
        "This can't be undone."
    )
    [answer] = (await bot.tap("minji", question, "🗑 Delete everything")).messages

    assert answer.message_id == question.message_id
    assert answer.buttons == {}
    assert answer.text == (
        "I have forgotten this chat, and deleted:\n"
        "• the fridge, with 2 items\n"
        "• what was chosen in the settings\n"
        "• my notes of what was asked here, which Undo needs\n"
        "For 48 hours I still know which messages I answered, but not what they said, so that "
        "I do nothing twice."
    )
    assert await tables.session(GROUP) is None
    assert await tables.items(GROUP) == []
    assert await services.chats.settings(GROUP) == ChosenSettings()
    assert "비어 있어요" in (await bot.say("minji", "/fridge", chat=GROUP)).text


async def test_buttons_of_before_answer_politely_after_everything_is_forgotten(
    bot: Conversation, tables: Tables
) -> None:
    added = await bot.say("emma", "/add milk, eggs")
    fridge = await bot.say("emma", "/fridge")
    clear = await bot.say("emma", "/clear")
    offer = await bot.say("emma", "/import bread, tofu")
    question = await bot.say("emma", "/forget")
    await bot.tap("emma", question, "🗑 Delete everything")

    for message in (added, fridge, clear):
        first, *more = [
            await bot.tap_data("emma", message, data) for data in message.buttons.values()
        ]
        assert first.notice or first.messages
        assert all("wrong" not in tapped.notice for tapped in (first, *more))
    [too_old] = (await bot.tap("emma", offer, "Put all in")).messages

    assert too_old.text == "That list is too old. Please send it again."
    assert await tables.session(1002) is None
    assert await tables.items(1002) == []


async def test_nothing_goes_without_a_timely_confirmation(
    bot: Conversation, tables: Tables, clock: Clock
) -> None:
    await bot.say("emma", "/add milk")
    question = await bot.say("emma", "/forget")

    [cancelled] = (await bot.tap("emma", question, "Cancel")).messages
    assert cancelled.text == "I have deleted nothing."
    clock.advance(hours=2)
    [late] = (await bot.tap("emma", question, "🗑 Delete everything")).messages

    assert late.text == OUT_OF_DATE
    assert len(await tables.items(1002)) == 1

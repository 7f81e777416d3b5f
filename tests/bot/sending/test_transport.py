"""What becomes of a reply that Telegram does not take as it is."""

from local_telegram.server import LocalTelegramServer
from tests.bot.conversation import Conversation


async def test_where_a_message_can_no_longer_be_edited_the_content_comes_anew(
    bot: Conversation, telegram: LocalTelegramServer
) -> None:
    await bot.say("emma", "/add milk")
    question = await bot.say("emma", "/clear")
    telegram.telegram.faults.add(
        method="editMessageText", status=400, description="Bad Request: message can't be edited"
    )

    [reply] = (await bot.tap("emma", question, "Empty it")).messages

    assert reply.message_id > question.message_id
    assert reply.text == "Emptied: 1 item is out."


async def test_a_tap_that_telegram_has_given_up_on_still_has_its_effect(
    bot: Conversation, telegram: LocalTelegramServer
) -> None:
    await bot.say("emma", "/add milk")
    question = await bot.say("emma", "/clear")
    telegram.telegram.faults.add(
        method="answerCallbackQuery",
        status=400,
        description="Bad Request: query is too old and response timeout expired",
    )

    [edited] = (await bot.tap("emma", question, "Empty it")).messages

    assert edited.message_id == question.message_id
    assert edited.text == "Emptied: 1 item is out."


async def test_a_reply_that_telegram_finds_wrong_is_apologised_for(
    bot: Conversation, telegram: LocalTelegramServer
) -> None:
    telegram.telegram.faults.add(
        method="sendMessage", status=400, description="Bad Request: can't parse entities"
    )

    reply = await bot.say("emma", "/add milk")

    assert reply.text == "Sorry, something went wrong on my side. Please send that again."

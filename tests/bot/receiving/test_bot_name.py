"""A bot whose owner has given it another username."""

from typing import Final

import pytest

from bot.receiving.bot_name import SECONDS_BETWEEN_LOOKS, BotName
from bot.receiving.wiring import Pipeline
from local_telegram.telegram import LocalTelegram
from tests.bot.conversation import GROUP, Conversation
from tests.bot.seconds import Seconds

NEW: Final = "kitchen_bot"


def looks(local: LocalTelegram) -> int:
    return sum(call.method == "getMe" for call in local.calls)


async def test_a_command_by_the_new_name_is_answered_at_once(
    bot: Conversation, local: LocalTelegram
) -> None:
    local.bot.username = NEW

    reply = await bot.say("emma", f"/add@{NEW} milk", chat=GROUP)

    assert reply.text == "Added: 🥛 milk\n1 item in the fridge now."
    greeting = await bot.say("emma", "/start")
    [*_, [link]] = greeting.markup["inline_keyboard"]
    assert link["url"] == f"https://t.me/{NEW}?startgroup=true"


async def test_a_mention_by_the_new_name_is_answered_at_once(
    bot: Conversation, local: LocalTelegram
) -> None:
    local.chat(GROUP).bot_is_admin = True
    local.bot.username = NEW

    reply = await bot.say("emma", f"@{NEW} bought milk", chat=GROUP)

    assert reply.text == "Added: 🥛 milk\n1 item in the fridge now."


@pytest.mark.parametrize("answer", ["refused", "no user"])
async def test_without_an_answer_the_known_name_stays(
    bot: Conversation, local: LocalTelegram, answer: str
) -> None:
    if answer == "refused":
        local.faults.add(method="getMe", times=1, status=500)
    else:
        local.bot.username = ""

    assert (await bot.say("emma", "/add@other_bot milk")).text.startswith("I don't know that")
    local.bot.username = "fridge_bot"
    assert (await bot.say("emma", "/add@fridge_bot milk")).text.startswith("Added: 🥛 milk")


async def test_texts_for_other_bots_cost_few_calls(
    pipeline: Pipeline, local: LocalTelegram
) -> None:
    seconds = Seconds()
    name = BotName(pipeline.bot, lambda: seconds.now)
    known = looks(local)

    for text in ("milk", "@emma milk", "/add milk", "/add@Fridge_Bot milk", "milk @other_bot"):
        await name.look(text)
    assert looks(local) == known
    for _ in range(3):
        await name.look("/add@other_bot milk")
        await name.look("@OtherBot milk")
    assert looks(local) == known + 1
    seconds.now += SECONDS_BETWEEN_LOOKS
    await name.look("/add@other_bot milk")
    assert looks(local) == known + 2

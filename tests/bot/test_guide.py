"""What the bot says about itself, and to what it can't act on."""

import pytest

from local_telegram.server import LocalTelegramServer
from tests.bot.conversation import GROUP, Conversation
from tests.db.tables import Tables


async def test_start_and_help_explain_the_commands(bot: Conversation) -> None:
    assert "/add milk, eggs, tofu" in (await bot.say("emma", "/start")).text
    assert "/add 우유, 계란, 두부" in (await bot.say("minji", "/start")).text
    assert "for another 24 hours" in (await bot.say("emma", "/help")).text
    assert "지금부터 24시간 동안 기억해요" in (await bot.say("minji", "/help")).text


async def test_an_unknown_command_is_answered_in_private(bot: Conversation) -> None:
    assert (await bot.say("minji", "/foo")).text == "모르는 명령어예요. 사용법 보기: /help"


async def test_in_a_group_an_unknown_command_is_answered_only_if_it_names_this_bot(
    bot: Conversation,
) -> None:
    assert await bot.hear("minji", "/foo", chat=GROUP) == []
    assert await bot.hear("minji", "/foo@other_bot", chat=GROUP) == []
    reply = await bot.say("minji", "/foo@fridge_bot", chat=GROUP)
    assert reply.text == "모르는 명령어예요. 사용법 보기: /help"


async def test_a_command_for_another_bot_is_left_to_it(bot: Conversation, tables: Tables) -> None:
    assert await bot.hear("minji", "/add@other_bot 우유", chat=GROUP) == []
    assert await tables.session(GROUP) is None


async def test_plain_text_in_private_gets_a_hint(bot: Conversation) -> None:
    reply = await bot.say("emma", "hello")

    assert reply.text == (
        "Start with a command, please: /add milk, eggs puts things in, /help shows the rest."
    )


@pytest.mark.parametrize("kind", ["sticker", "photo"])
async def test_what_is_not_text_gets_a_sentence_in_private_and_none_in_a_group(
    bot: Conversation, tables: Tables, kind: str
) -> None:
    reply = await bot.say(
        "minji", sticker=kind == "sticker", photo=kind == "photo", caption="/add 우유"
    )

    assert reply.text == "글만 읽을 수 있어요. 이렇게 보내 주세요: /add 우유, 계란"
    assert (
        await bot.hear("minji", chat=GROUP, sticker=kind == "sticker", photo=kind == "photo") == []
    )
    assert await tables.session(1001) is None


async def test_a_forwarded_command_is_not_obeyed(bot: Conversation, tables: Tables) -> None:
    reply = await bot.say("emma", "/add milk", forwarded=True)

    assert reply.text == (
        "I leave forwarded messages alone. Write it yourself, please: /add milk, eggs"
    )
    assert await bot.hear("emma", "/add@fridge_bot milk", chat=GROUP, forwarded=True) == []
    assert await tables.session(1002) is None


async def test_a_channel_post_is_ignored(
    bot: Conversation, telegram: LocalTelegramServer, tables: Tables
) -> None:
    telegram.telegram.add_channel(-1001234, "News")
    telegram.telegram.send_channel_post(-1001234, "/add milk")

    await bot.say("emma", "/add milk")

    assert await tables.session(-1001234) is None


@pytest.mark.parametrize(
    "data",
    [
        "v1:remove:17",
        "fridge:",
        "fridge:0",
        "fridge:99999999999999999999",
        "clear:",
        "clear:-1",
        "clear:99999999999999999999999999",
        "language:xx",
        "clear:no\n",
        "냉장고",
    ],
)
async def test_a_button_of_an_older_version_says_that_it_is_out_of_date(
    bot: Conversation, data: str
) -> None:
    await bot.say("emma", "/add milk")
    message = await bot.say("emma", "/fridge")

    tapped = await bot.tap_data("emma", message, data)

    assert tapped.notice == "This button is out of date. Please send the command again."
    assert tapped.messages == []


async def test_an_unexpected_fault_is_apologised_for_and_the_chat_goes_on(
    bot: Conversation, tables: Tables
) -> None:
    await tables.run("ALTER TABLE user_fridge_ingredients RENAME TO hidden")

    reply = await bot.say("minji", "/add 우유")

    assert reply.text == "죄송해요, 문제가 생겼어요. 다시 보내 주세요."
    await tables.run("ALTER TABLE hidden RENAME TO user_fridge_ingredients")
    assert "우유" in (await bot.say("minji", "/add 우유")).text


async def test_a_person_who_blocked_the_bot_is_left_alone(
    bot: Conversation, telegram: LocalTelegramServer, tables: Tables
) -> None:
    emma = telegram.telegram.people[1002]
    telegram.telegram.send_text(emma, 1002, "/add milk")
    telegram.telegram.block(emma)

    await bot.say("minji", "/add 우유")

    session = await tables.session(1002)
    assert session is not None

"""What the bot says about itself, and to what it can't act on."""

import re
from base64 import urlsafe_b64encode

import pytest

from local_telegram.server import LocalTelegramServer
from tests.bot.conversation import GROUP, Conversation
from tests.db.tables import Tables


async def test_start_explains_itself_with_examples_and_buttons_to_try(
    bot: Conversation,
) -> None:
    greeting = await bot.say("emma", "/start")

    assert greeting.text == (
        "👋 I remember what is in your fridge. Just tell me, in your own words:\n"
        "2 bottles of milk, 10 eggs until Friday\n"
        "ate 2 eggs\n"
        "do we have butter?\n"
        "/fridge shows what is there, and a tap takes it out.\n"
        "⏳ If you don't use the list for 24 hours, I forget everything on it."
    )
    assert greeting.markup["inline_keyboard"][-1] == [
        {"text": "👪 Add me to your group", "url": "https://t.me/fridge_bot?startgroup=true"}
    ]
    [question] = (await bot.tap("emma", greeting, "➕ Put something in")).messages
    assert question.text.startswith("What shall I put in the fridge?")
    answer = await bot.say("emma", "quark", reply_to=question.message_id)
    assert answer.text == "Added: quark\n1 item in the fridge now."
    [fridge] = (await bot.tap("emma", greeting, "🧊 Show the fridge")).messages
    assert fridge.message_id > answer.message_id
    assert "quark" in fridge.buttons
    [usage] = (await bot.tap("emma", greeting, "❓ Help")).messages
    assert usage.text.startswith("What I can do")
    assert (await bot.say("minji", "/start")).text.splitlines()[1:] == [
        "우유 2병, 계란 10개 금요일까지",
        "계란 2개 먹었어",
        "버터 있어?",
        "목록 보기: /fridge · 다 쓴 재료는 목록에서 누르기만 하면 빠져요.",
        "⏳ 24시간 동안 쓰지 않으면 목록에 있는 재료가 모두 지워져요.",
    ]


async def test_a_link_puts_things_in_as_plain_words_do(bot: Conversation) -> None:
    reply = await bot.say("emma", "/start add_milk_soy-sauce_dragon-scales")

    assert reply.text == (
        "Added: 🥛 milk, 🫙 soy sauce\n"
        "2 items in the fridge now.\n\n"
        "New to me: dragon scales. Put it in?"
    )
    assert list(reply.buttons) == ["↩ Undo", "Add “dragon scales”"]
    korean = urlsafe_b64encode("우유, 계란".encode()).decode().rstrip("=")
    assert "🥛 우유, 🥚 계란" in (await bot.say("minji", f"/start add64_{korean}")).text
    assert (await bot.say("emma", "/start add64_!")).text.startswith("👋")
    in_group = await bot.say("emma", "/start@fridge_bot add_milk", chat=GROUP)
    assert in_group.text == "Added: 🥛 milk\n1 item in the fridge now."


PROMOTED = {
    "date": 1_772_366_400,
    "chat": {"id": GROUP, "type": "group"},
    "from": {"id": 1002, "is_bot": False, "first_name": "Emma", "language_code": "en"},
    "old_chat_member": {"status": "member"},
    "new_chat_member": {"status": "administrator"},
}


async def test_a_group_is_greeted_once_in_the_language_of_whoever_adds_the_bot(
    bot: Conversation, telegram: LocalTelegramServer
) -> None:
    local = telegram.telegram
    for person, second_line, last_line in (
        (
            1001,
            "넣은 재료를 알려 주세요: /add 우유 2병, 계란 10개",
            "⏳ 24시간 동안 아무도 쓰지 않으면 목록에 있는 재료가 모두 지워져요.",
        ),
        (
            1002,
            "Tell me what you put in: /add 2 bottles of milk, 10 eggs",
            "⏳ If nobody uses the list for 24 hours, I forget everything on it.",
        ),
    ):
        local.leave(GROUP, local.people[person])
        event = local.events.last_id
        local.join(GROUP, local.people[person])
        greeting = await local.wait_for_message(GROUP, after_event=event)
        lines = greeting["text"].splitlines()
        assert (lines[1], lines[-1]) == (second_line, last_line)
        assert len(greeting["reply_markup"]["inline_keyboard"]) == 2
    # As an admin of the group it is not new there.
    local.push_update({"my_chat_member": PROMOTED})
    await bot.hear("emma", "/fridge")
    assert local.messages(GROUP)[-1]["message_id"] == greeting["message_id"]
    # What an app says after the button in the private greeting.
    assert await bot.hear("emma", "/start@fridge_bot true", chat=GROUP) == []
    assert (await bot.say("emma", "/start", chat=GROUP)).text == greeting["text"]

    choice = await bot.say("emma", "/language", chat=GROUP)
    await bot.tap("emma", choice, "한국어")
    local.leave(GROUP, local.people[1002])
    event = local.events.last_id
    local.join(GROUP, local.people[1002])
    chosen = await local.wait_for_message(GROUP, after_event=event)
    assert chosen["text"].startswith("👋 이 그룹에서")


async def test_somebody_who_takes_the_bot_back_in_private_is_not_greeted(
    bot: Conversation, telegram: LocalTelegramServer
) -> None:
    emma = telegram.telegram.people[1002]
    telegram.telegram.block(emma)
    telegram.telegram.unblock(emma)

    assert len(await bot.hear("emma", "/help")) == 1


async def test_help_explains_the_commands(bot: Conversation) -> None:
    in_english = (await bot.say("emma", "/help")).text
    in_korean = (await bot.say("minji", "/help")).text

    assert "for another 24 hours" in in_english
    assert "지금부터 24시간 더 기억해요" in in_korean
    about_the_fridge_first = [
        *("add", "fridge", "remove", "clear", "keep", "export", "import"),
        *("settings", "forget"),
    ]
    for text in (in_english, in_korean):
        named = re.findall(r"^/([a-z]+)", text, re.MULTILINE)
        assert [name for name in named if name in about_the_fridge_first] == about_the_fridge_first


async def test_an_unknown_command_is_answered_in_private(bot: Conversation) -> None:
    assert (await bot.say("minji", "/foo")).text == "모르는 명령어예요. 사용법 보기: /help"


async def test_in_a_group_an_unknown_command_is_answered_only_if_it_names_this_bot(
    bot: Conversation,
) -> None:
    assert await bot.hear("minji", "/foo", chat=GROUP) == []
    assert await bot.hear("minji", "/foo@other_bot", chat=GROUP) == []
    reply = await bot.say("minji", "/foo@Fridge_Bot", chat=GROUP)
    assert reply.text == "모르는 명령어예요. 사용법 보기: /help"


async def test_a_command_for_another_bot_is_left_to_it(bot: Conversation, tables: Tables) -> None:
    assert await bot.hear("minji", "/add@other_bot 우유", chat=GROUP) == []
    assert await tables.session(GROUP) is None


@pytest.mark.parametrize("kind", ["sticker", "photo"])
async def test_what_is_not_text_gets_a_sentence_in_private_and_none_in_a_group(
    bot: Conversation, tables: Tables, kind: str
) -> None:
    reply = await bot.say("minji", sticker=kind == "sticker", photo=kind == "photo")

    assert reply.text.startswith("글이나 .csv, .txt 목록 파일만 읽을 수 있어요.")
    assert (
        await bot.hear("minji", chat=GROUP, sticker=kind == "sticker", photo=kind == "photo") == []
    )
    assert await tables.session(1001) is None


async def test_a_forwarded_command_is_not_obeyed(bot: Conversation, tables: Tables) -> None:
    reply = await bot.say("emma", "/add milk", forwarded=True)

    assert reply.text == (
        "I don't read forwarded messages. Please write it yourself: /add milk, eggs"
    )
    assert await bot.hear("emma", "/add@fridge_bot milk", chat=GROUP, forwarded=True) == []
    assert await tables.session(1002) is None


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
        "put:",
        f"put:{'x' * 100}",
        "swap:0:1",
        "out:n0",
        "try:",
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


@pytest.mark.parametrize("person", ["emma", "minji"])
async def test_what_the_guide_gives_as_an_example_is_understood(
    bot: Conversation, person: str
) -> None:
    await bot.say(person, "/add 버터 200g, 닭고기, 삼겹살")
    greeting = (await bot.say(person, "/start")).text
    explained = (await bot.say(person, "/help")).text

    examples = greeting.splitlines()[1:4]
    for line in explained.splitlines():
        if line.startswith("• "):
            examples += line.split(": ", 1)[1].split(" · ")
    assert len(examples) > 12
    for example in examples:
        answer = (await bot.say(person, example)).text
        assert "“10 eggs”" not in answer
        assert "“계란 10개”" not in answer
        assert not answer.startswith(("New to me", "제가 처음", "Not in", "냉장고에 없"))

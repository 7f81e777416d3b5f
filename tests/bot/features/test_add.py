import pytest

from tests.bot.conversation import GROUP, Conversation
from tests.db.tables import Tables


async def test_a_korean_speaker_adds_several_things(bot: Conversation, tables: Tables) -> None:
    reply = await bot.say("minji", "/add 우유, 계란, tofu")

    assert reply.text == "넣었어요: 🥛 우유, 🥚 계란, 🥢 두부\n지금 냉장고에 재료가 3가지 있어요."
    assert len(await tables.items(1001)) == 3


async def test_an_english_speaker_adds_several_things(bot: Conversation) -> None:
    reply = await bot.say("emma", "/add 우유, eggs\nTofu、 spring onions，quark")

    assert reply.text == (
        "Added: 🥛 milk, 🥚 egg, 🥢 tofu, 🌱 green onion, quark\n5 items in the fridge now."
    )


async def test_an_emoji_of_a_food_is_its_name(bot: Conversation) -> None:
    added = await bot.say("emma", "/add 🥛, 🧅")
    removed = await bot.say("emma", "/remove 🥛")

    assert added.text == "Added: 🥛 milk, 🧅 onion\n2 items in the fridge now."
    assert removed.text == "Taken out: 🥛 milk\n1 item in the fridge now."


async def test_what_is_there_already_is_named(bot: Conversation) -> None:
    await bot.say("emma", "/add milk")

    reply = await bot.say("emma", "/add 우유, Milk, bread")

    assert reply.text == "Added: 🍞 bread\nAlready there: 🥛 milk\n2 items in the fridge now."


async def test_the_valid_part_of_a_list_is_added_and_the_rest_named(bot: Conversation) -> None:
    reply = await bot.say("emma", f"/add milk, {'x' * 65}, , \u202e\u200b, <b>cheese</b>")

    assert reply.text == (
        "Added: 🥛 milk, <b>cheese</b>\n"
        "2 items in the fridge now.\n\n"
        f"Too long (a name has at most 64 characters): {'x' * 32}…"
    )


async def test_more_than_fifty_names_at_once_are_looked_at_first(
    bot: Conversation, tables: Tables
) -> None:
    names = ", ".join(f"thing {number}" for number in range(60))

    offer = await bot.say("emma", f"/add {names}", chat=GROUP)
    assert offer.text.startswith("60 things in the list: thing 0, thing 1, ")
    assert await tables.session(GROUP) is None
    await bot.tap("emma", offer, "Put all in")

    assert len(await tables.items(GROUP)) == 60


async def test_a_full_fridge_says_what_it_left_out(bot: Conversation) -> None:
    for start in range(0, 500, 50):
        await bot.say("emma", "/add " + ", ".join(f"thing {n}" for n in range(start, start + 50)))

    reply = await bot.say("emma", "/add milk, thing 1")

    assert reply.text == (
        "Already there: thing 1\n"
        "The fridge is full (500 items), so I left out: 🥛 milk\n"
        "500 items in the fridge now."
    )


async def test_add_alone_asks_and_takes_the_answer(bot: Conversation) -> None:
    question = await bot.say("minji", "/add")

    assert question.text == "냉장고에 무엇을 넣을까요? 여러 가지는 쉼표로 나눠 적어 주세요."
    assert question.markup == {
        "force_reply": True,
        "input_field_placeholder": "우유, 계란, 두부",
        "selective": True,
    }
    answer = await bot.say("minji", "우유, 계란", reply_to=question.message_id)
    assert answer.text == "넣었어요: 🥛 우유, 🥚 계란\n지금 냉장고에 재료가 2가지 있어요."


async def test_the_question_works_in_a_group(bot: Conversation) -> None:
    question = await bot.say("emma", "/add", chat=GROUP)

    assert await bot.hear("emma", "milk", chat=GROUP) == []  # between people
    answer = await bot.say("emma", "milk", chat=GROUP, reply_to=question.message_id)
    assert answer.text == "Added: 🥛 milk\n1 item in the fridge now."


async def test_a_question_asked_before_the_language_changed_can_be_answered(
    bot: Conversation,
) -> None:
    question = await bot.say("emma", "/add")
    choice = await bot.say("emma", "/language")
    await bot.tap("emma", choice, "한국어")

    answer = await bot.say("emma", "milk", reply_to=question.message_id)

    assert answer.text == "넣었어요: 🥛 우유\n지금 냉장고에 재료가 1가지 있어요."


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("추가 게란", "게란"),
        ("게란 추가", "게란"),
        ("/추가 게란", "게란"),
        ("add labneh", "labneh"),
        ("add 게란", "게란"),
        ("put 게란 in", "게란"),
        ("add <b>Ünknown</b> & co", "<b>Ünknown</b> & co"),
    ],
)
async def test_an_unknown_name_beside_the_word_goes_in_as_typed(
    bot: Conversation, tables: Tables, words: str, name: str
) -> None:
    reply = await bot.say("emma", words)

    assert reply.text.startswith(f"Added: {name}\n")
    assert [item["name"] for item in await tables.items(1002)] == [name]


@pytest.mark.parametrize(
    "words",
    [
        "add to cart",
        "add me on facebook",
        "put the kids in",
        "add gorp if we have time",
        "추가 게란 안 해도 돼",
        "추가 비용이 들어",
        "게란 좀 추가",
        "don't add 게란",
    ],
)
async def test_a_sentence_with_the_word_is_no_name(
    bot: Conversation, tables: Tables, words: str
) -> None:
    await bot.say("emma", words)

    assert not await tables.items(1002)


async def test_the_answer_to_the_question_goes_in_as_typed(
    bot: Conversation, tables: Tables
) -> None:
    question = await bot.say("emma", "/add")

    reply = await bot.say("emma", "milk, <b>quark</b>", reply_to=question.message_id)

    assert reply.text == "Added: 🥛 milk, <b>quark</b>\n2 items in the fridge now."
    assert [item["name"] for item in await tables.items(1002)] == ["<b>quark</b>", ""]


@pytest.mark.parametrize(
    "command", ["/add@fridge_bot milk", "/ADD milk", "/add\nmilk", "/add  milk"]
)
async def test_the_command_may_be_written_in_any_of_these_ways(
    bot: Conversation, command: str
) -> None:
    reply = await bot.say("emma", command, chat=GROUP)

    assert reply.text == "Added: 🥛 milk\n1 item in the fridge now."


async def test_fifty_names_of_sixty_four_emoji_get_an_answer_that_telegram_takes(
    bot: Conversation,
) -> None:
    names = ["🦄" * length for length in range(15, 65)]

    reply = await bot.say("emma", "/add " + ",".join(names))

    assert "more" in reply.text
    assert reply.text.endswith("50 items in the fridge now.")


async def test_a_message_of_4096_emoji_is_one_name_that_is_too_long(bot: Conversation) -> None:
    [reply] = await bot.hear("emma", "/add " + "🦄" * 4091)

    assert reply.text == f"Too long (a name has at most 64 characters): {'🦄' * 32}…"

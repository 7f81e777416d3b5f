import pytest

from tests.bot.conversation import GROUP, Conversation
from tests.db.tables import Tables


async def test_a_name_in_one_language_finds_what_was_added_in_the_other(
    bot: Conversation,
) -> None:
    await bot.say("minji", "/add 우유, 달걀")

    reply = await bot.say("minji", "/remove milk")

    assert reply.text == "뺐어요: 🥛 우유\n지금 냉장고에 재료가 1가지 있어요."


async def test_what_was_not_there_is_named(bot: Conversation) -> None:
    await bot.say("emma", "/add milk, quark")

    reply = await bot.say("emma", "/remove Quark, eggs, dragon scales")

    assert reply.text == (
        "Taken out: quark\nNot in the fridge: 🥚 egg, dragon scales\n1 item in the fridge now."
    )


async def test_the_last_thing_out_leaves_an_empty_fridge(bot: Conversation) -> None:
    await bot.say("minji", "/add 우유")

    reply = await bot.say("minji", "/remove 우유")

    assert reply.text == "뺐어요: 🥛 우유\n이제 냉장고가 비었어요."


async def test_what_was_not_in_an_empty_fridge_has_not_emptied_it(bot: Conversation) -> None:
    assert (await bot.say("emma", "/remove milk")).text == (
        "Not in the fridge: 🥛 milk\nThe fridge is empty. Put something in: /add milk, eggs"
    )


@pytest.mark.parametrize(
    "words", ["삭제 게란, 간장, quark", "게란, 간장, quark 삭제", "/삭제 게란, 간장, quark"]
)
async def test_names_beside_the_word_are_taken_out_part_by_part(
    bot: Conversation, words: str
) -> None:
    await bot.say("minji", "/add 간장, quark, 우유")

    reply = await bot.say("minji", words)

    assert reply.text.startswith("뺐어요: 🫙 간장, quark\n냉장고에 없어요: 게란\n")


@pytest.mark.parametrize(
    "words", ["삭제 게란 안 해도 돼", "remove gorp if it is mouldy", "간장 삭제 금지"]
)
async def test_a_sentence_with_the_word_takes_nothing_out(
    bot: Conversation, tables: Tables, words: str
) -> None:
    await bot.say("minji", "/add 간장, gorp")

    await bot.say("minji", words)

    assert len(await tables.items(1001)) == 2


async def test_remove_alone_asks_and_takes_the_answer(bot: Conversation) -> None:
    await bot.say("emma", "/add milk", chat=GROUP)
    question = await bot.say("minji", "/remove", chat=GROUP)
    assert question.text == "냉장고에서 무엇을 뺄까요? 여러 가지는 쉼표로 나눠 적어 주세요."
    assert question.markup["force_reply"] is True

    answer = await bot.say("minji", "우유", chat=GROUP, reply_to=question.message_id)

    assert answer.text == "뺐어요: 🥛 우유\n이제 냉장고가 비었어요."


async def test_an_over_long_name_is_not_there_and_named_by_its_beginning(
    bot: Conversation,
) -> None:
    await bot.say("emma", "/add milk")

    reply = await bot.say("emma", f"/remove {'y' * 100}, milk")

    assert reply.text == (
        f"Taken out: 🥛 milk\nNot in the fridge: {'y' * 32}…\nThe fridge is empty now."
    )


async def test_a_list_that_is_too_long_to_be_read_at_once_is_taken_out_part_by_part(
    bot: Conversation,
) -> None:
    names = [f"<{one} {two}>" for one in "abcde" for two in "abcdefgh"]
    await bot.say("emma", "/add " + ", ".join(names))

    reply = await bot.say("emma", "/remove " + ", ".join([*names, "milk"]))

    assert reply.text == (
        f"Taken out: {', '.join(names)}\nNot in the fridge: 🥛 milk\nThe fridge is empty now."
    )


async def test_a_name_that_the_catalogue_has_learned_since_is_still_found(
    bot: Conversation, tables: Tables
) -> None:
    await bot.say("emma", "/add dragon scales")
    # As if milk had been typed when the catalogue did not know it.
    await tables.run("UPDATE user_fridge_ingredients SET name = 'Milk', name_key = 'milk'")

    reply = await bot.say("emma", "/remove milk")

    assert reply.text == "Taken out: 🥛 milk\nThe fridge is empty now."

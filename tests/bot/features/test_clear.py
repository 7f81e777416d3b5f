from tests.bot.conversation import Conversation
from tests.conftest import Clock
from tests.db.tables import Tables


async def test_clearing_asks_first(bot: Conversation) -> None:
    await bot.say("emma", "/add milk, eggs")

    question = await bot.say("emma", "/clear")

    assert question.text == "Empty the fridge? This takes out 2 items."
    assert list(question.buttons) == ["Empty it", "Cancel"]
    assert "In the fridge: 2 items" in (await bot.say("emma", "/fridge")).text


async def test_confirming_empties_the_fridge(bot: Conversation) -> None:
    await bot.say("minji", "/add 우유, 계란")
    question = await bot.say("minji", "/clear")

    [edited] = (await bot.tap("minji", question, "비우기")).messages

    assert edited.text == "냉장고를 비웠어요. 재료 2가지를 뺐어요."
    assert list(edited.buttons) == ["↩ 되돌리기"]
    assert "비어 있어요" in (await bot.say("minji", "/fridge")).text


async def test_cancelling_leaves_everything(bot: Conversation) -> None:
    await bot.say("emma", "/add milk")
    question = await bot.say("emma", "/clear")

    [edited] = (await bot.tap("emma", question, "Cancel")).messages

    assert edited.text == "Everything stays in the fridge."
    assert "In the fridge: 1 item\n" in (await bot.say("emma", "/fridge")).text


async def test_what_was_added_after_the_question_stays(bot: Conversation, clock: Clock) -> None:
    await bot.say("emma", "/add milk")
    question = await bot.say("emma", "/clear")
    clock.advance(seconds=10)
    await bot.say("emma", "/add eggs")

    [edited] = (await bot.tap("emma", question, "Empty it")).messages

    assert edited.text == "Emptied: 1 item is out."
    assert "egg" in (await bot.say("emma", "/fridge")).text


async def test_a_second_tap_on_the_same_button_leaves_the_answer_and_its_undo(
    bot: Conversation, tables: Tables
) -> None:
    await bot.say("emma", "/add milk, eggs")
    question = await bot.say("emma", "/clear")
    [emptied] = (await bot.tap("emma", question, "Empty it")).messages

    again = await bot.tap("emma", question, "Empty it")

    assert again.notice == "Everything that I asked about is out already."
    assert again.messages == []
    await bot.tap("emma", emptied, "↩ Undo")
    assert len(await tables.items(1002)) == 2


async def test_an_empty_fridge_needs_no_question(bot: Conversation) -> None:
    assert (await bot.say("minji", "/clear")).text == "냉장고가 이미 비어 있어요."

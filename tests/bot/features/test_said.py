"""Sentences with amounts, dates and places, and what the fridge holds afterwards."""

from tests.bot.conversation import Conversation


async def test_amounts_add_up(bot: Conversation) -> None:
    first = await bot.say("minji", "계란 10개 샀어")
    second = await bot.say("minji", "계란 5개 더 샀어")

    assert first.text.splitlines()[0] == "넣었어요: 🥚 계란 10개"
    assert second.text.splitlines()[0] == "바꿨어요: 🥚 계란 10개 → 15개"
    undone = await bot.tap("minji", second, "↩ 되돌리기")
    assert "10개" in undone.messages[0].text


async def test_an_amount_is_taken_out_and_comes_back(bot: Conversation) -> None:
    await bot.say("emma", "/add eggs 10")

    said = await bot.say("emma", "ate 2 eggs")

    assert said.text.splitlines()[0] == "Left: 🥚 egg ×10 → ×8"
    undone = await bot.tap("emma", said, "↩ Undo")
    assert undone.messages[0].text.splitlines()[0] == "Undone. As before: 🥚 egg ×8 → ×10"


async def test_a_use_asks_whether_all_is_gone(bot: Conversation) -> None:
    await bot.say("minji", "/add 우유")

    asked = await bot.say("minji", "우유 마셨어")
    gone = await bot.tap("minji", asked, "다 떨어졌어요")

    assert gone.messages[0].text == "뺐어요: 🥛 우유\n이제 냉장고가 비었어요."


async def test_a_sentence_may_say_several_acts(bot: Conversation) -> None:
    await bot.say("minji", "/add 우유, 계란 10개")

    said = await bot.say("minji", "우유 다 먹었어. 김치 1kg 샀어")

    assert said.text == "뺐어요: 🥛 우유\n넣었어요: 🥬 김치 1kg\n지금 냉장고에 재료가 2가지 있어요."
    await bot.tap("minji", said, "↩ 되돌리기: 우유")
    answer = await bot.say("minji", "우유 있어?")
    assert answer.text.startswith("네")


async def test_one_thing_takes_the_place_of_another(bot: Conversation) -> None:
    await bot.say("minji", "우유 2병 샀어")

    said = await bot.say("minji", "아니 두유")

    assert said.text.splitlines()[0] == "바꿨어요: 🥛 우유 2병 → 🥛 두유"


async def test_a_sentence_about_the_shopping_list_changes_nothing(bot: Conversation) -> None:
    said = await bot.say("emma", "need milk")

    assert said.text == "I have no shopping list yet, so I changed nothing."


async def test_offers_of_what_went_in_together_go_with_their_button(bot: Conversation) -> None:
    asked = await bot.say("emma", "quark, labneh")

    edited = await bot.tap("emma", asked, "Put all in")

    assert list(edited.messages[0].buttons) == ["↩ Undo"]


async def test_an_answer_begins_with_what_was_asked(bot: Conversation) -> None:
    await bot.say("emma", "/add eggs 10, milk 2 bottles until 24/12, tofu\nbacon 600 g freezer")

    for question, answer in {
        "how much milk is there?": "2 bottles (until 24 Dec) left: 🥛 milk",
        "how many eggs do we have?": "10 left: 🥚 egg",
        "how much tofu is there?": "You have 🥢 tofu, but nobody told me how much.",
        "until when is the milk good?": "Until 24 Dec (2 bottles): 🥛 milk",
        "what's in the freezer?": "In the freezer: 🥓 bacon 600g",
        "any fruit?": "No, there is nothing under “Fruit”.",
    }.items():
        assert (await bot.say("emma", question)).text == answer


async def test_a_change_says_only_what_is_new(bot: Conversation) -> None:
    await bot.say("minji", "/add 양파 3개, 감자 907.184g, 두부 12/24까지")

    assert (await bot.say("minji", "양파 12/10까지")).text.startswith(
        "적어 두었어요: 🧅 양파 3개 · 12/10까지\n"
    )
    assert (await bot.say("minji", "양파 1개 먹었어")).text.startswith(
        "남은 양: 🧅 양파 3개 · 12/10까지 → 2개\n"
    )
    assert (await bot.say("minji", "감자 7.184g 썼어")).text.startswith(
        "남은 양: 🥔 감자 907g → 900g\n"
    )
    assert (await bot.say("minji", "두부 반 먹었어")).text.startswith(
        "🥢 두부: 원래 얼마나 있었는지 몰라서 그대로 두었어요.\n"
    )


async def test_what_is_left_already_is_said_to_be_so(bot: Conversation) -> None:
    await bot.say("minji", "/add 고기 100g")

    said = await bot.say("minji", "고기 100g 남았어")

    assert said.text == "이미 그렇게 적혀 있어요: 🥩 고기 100g\n지금 냉장고에 재료가 1가지 있어요."
    assert said.buttons == {}

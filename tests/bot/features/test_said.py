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
    await bot.tap("minji", said, "↩ 되돌리기: 🥛 우유")
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


async def test_a_correction_is_of_what_the_last_message_put_in_not_of_what_was_there(
    bot: Conversation,
) -> None:
    await bot.say("minji", "계란 10개 샀어")
    await bot.say("minji", "계란 3개 샀어")

    said = await bot.say("minji", "아니 2개")

    assert said.text.splitlines()[0] == "바꿨어요: 🥚 계란 13개 → 12개"
    await bot.tap("minji", said, "↩ 되돌리기")
    assert (await bot.say("minji", "계란 몇 개 있어?")).text.startswith("13개")


async def test_a_correction_is_not_of_a_lot_that_is_newer_but_was_not_the_last_message(
    bot: Conversation,
) -> None:
    await bot.say("minji", "계란 10개 샀어")
    await bot.say("minji", "우유 샀어")
    await bot.say("minji", "계란 3개 샀어")

    said = await bot.say("minji", "아니 4개")

    assert said.text.splitlines()[0] == "바꿨어요: 🥚 계란 13개 → 14개"


async def test_what_came_to_a_lot_is_replaced_without_the_lot(bot: Conversation) -> None:
    await bot.say("minji", "우유 10병 샀어")
    await bot.say("minji", "우유 3병 샀어")

    said = await bot.say("minji", "아니 두유")

    assert said.text.splitlines()[:2] == [
        "바꿨어요: 🥛 우유 13병 → 10병",
        "넣었어요: 🥛 두유 3병",
    ]


async def test_a_correction_sets_amount_date_and_place_together(bot: Conversation) -> None:
    await bot.say("emma", "bought 2 l of milk")

    said = await bot.say("emma", "no, 3 l until 24 Dec in the freezer")

    assert said.text.startswith("Changed: ")
    answer = (await bot.say("emma", "do we have milk?")).text
    assert "3L" in answer
    assert "24 Dec" in answer
    assert "freezer" in answer.lower()


async def test_a_correction_that_was_undone_is_no_last_message(bot: Conversation) -> None:
    await bot.say("minji", "계란 10개 샀어")
    second = await bot.say("minji", "우유 2병 샀어")
    await bot.tap("minji", second, "↩ 되돌리기")

    said = await bot.say("minji", "아니 8개")

    assert said.text.splitlines()[0] == "바꿨어요: 🥚 계란 10개 → 8개"


async def test_add_takes_what_is_no_sentence_as_typed(bot: Conversation) -> None:
    said = await bot.say("emma", "/add <b>cheese</b>, 3% milk, the leftovers of Sunday")

    assert said.text.splitlines()[0] == "Added: <b>cheese</b>, 3% milk, the leftovers of Sunday"


async def test_add_of_what_is_not_so_changes_nothing(bot: Conversation) -> None:
    await bot.say("emma", "/add eggs")

    said = await bot.say("emma", "/add milk if we have none")

    assert "All right" in said.text


async def test_a_place_of_one_part_of_a_message_goes_before_the_rest(bot: Conversation) -> None:
    await bot.say("minji", "/add 우유 10개")
    await bot.say("minji", "/add 우유 5개 냉동실")

    said = await bot.say("minji", "/remove 우유 2개, 우유 1개 냉동실")

    assert "10개 → 8개" in said.text
    assert "5개 · 냉동실 → 4개" in said.text


async def test_all_of_a_name_is_all_of_its_places(bot: Conversation) -> None:
    await bot.say("minji", "/add 만두 10개")
    await bot.say("minji", "/add 만두 5개 냉동실")

    said = await bot.say("minji", "/remove 만두, 만두 냉동실")

    assert said.text.splitlines() == ["뺐어요: 🥟 만두", "이제 냉장고가 비었어요."]

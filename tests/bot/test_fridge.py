from local_telegram.server import LocalTelegramServer
from tests.bot.conversation import GROUP, Conversation
from tests.conftest import Clock


async def test_the_list_is_by_category_and_newest_first_inside(
    bot: Conversation, clock: Clock
) -> None:
    await bot.say("emma", "/add milk, tofu, quark")
    clock.advance(minutes=2)
    await bot.say("emma", "/add eggs, Korean radish")

    reply = await bot.say("emma", "/fridge")

    assert reply.text == (
        "🧊 In the fridge: 5 items\n\n"
        "Vegetables\n🥬 Korean radish\n"
        "Eggs and dairy\n🥚 egg, 🥛 milk\n"
        "Tofu and beans\n🫘 tofu\n"
        "Other things\nquark\n\n"
        "⏳ Stays for another 24 hours."
    )
    assert reply.buttons == {}


async def test_the_list_is_in_the_language_of_whoever_asks(bot: Conversation) -> None:
    await bot.say("emma", "/add milk, quark", chat=GROUP)

    korean = await bot.say("minji", "/list", chat=GROUP)

    assert korean.text == (
        "🧊 냉장고에 재료가 2개 있어요\n\n"
        "달걀·유제품\n🥛 우유\n"
        "그 밖의 재료\nquark\n\n"
        "⏳ 앞으로 24시간 동안 기억할게요."
    )


async def test_an_empty_fridge_says_how_to_fill_it(bot: Conversation) -> None:
    english = await bot.say("emma", "/fridge")
    korean = await bot.say("minji", "/fridge")

    assert english.text == "The fridge is empty. Put something in: /add milk, eggs"
    assert korean.text == "냉장고가 비어 있어요. 이렇게 넣어 보세요: /add 우유, 계란"


async def test_a_fridge_that_nobody_used_for_24_hours_is_empty(
    bot: Conversation, clock: Clock
) -> None:
    await bot.say("emma", "/add milk")
    clock.advance(hours=24)

    assert "empty" in (await bot.say("emma", "/fridge")).text
    reply = await bot.say("emma", "/add eggs")
    assert reply.text == "Added: 🥚 egg\n1 item in the fridge now."


async def test_chats_do_not_see_each_others_fridges(bot: Conversation) -> None:
    await bot.say("emma", "/add grandma's secret sauce")

    group = await bot.say("emma", "/fridge", chat=GROUP)
    assert group.text == "The fridge is empty. Put something in: /add milk, eggs"


async def fill(bot: Conversation, count: int) -> None:
    for start in range(0, count, 50):
        names = (f"thing {number}" for number in range(start, min(start + 50, count)))
        await bot.say("emma", "/add " + ", ".join(names))


async def test_a_long_list_has_pages_that_are_turned_in_place(bot: Conversation) -> None:
    await fill(bot, 150)
    first = await bot.say("emma", "/fridge")
    assert list(first.buttons) == ["1 / 3", "Next ▶"]

    [second] = (await bot.tap("emma", first, "Next ▶")).messages
    assert second.message_id == first.message_id
    assert list(second.buttons) == ["◀ Back", "2 / 3", "Next ▶"]
    [third] = (await bot.tap("emma", second, "Next ▶")).messages
    assert list(third.buttons) == ["◀ Back", "3 / 3"]
    [again] = (await bot.tap("emma", third, "◀ Back")).messages

    assert again == second
    shown = "\n".join(page.text for page in (first, second, third))
    assert all(f"thing {number}" in shown for number in range(150))


async def test_tapping_the_page_that_is_shown_changes_nothing_and_is_answered(
    bot: Conversation, telegram: LocalTelegramServer
) -> None:
    await fill(bot, 100)
    first = await bot.say("emma", "/fridge")

    tapped = await bot.tap("emma", first, "1 / 2")

    assert (tapped.messages, tapped.notice) == ([], "")
    assert len(telegram.telegram.callback_answers) == 1


async def test_a_page_that_is_gone_shows_the_last_one_there_is(bot: Conversation) -> None:
    await fill(bot, 150)
    first = await bot.say("emma", "/fridge")
    [second] = (await bot.tap("emma", first, "Next ▶")).messages
    await bot.say("emma", "/remove " + ", ".join(f"thing {number}" for number in range(50)))
    await bot.say("emma", "/remove " + ", ".join(f"thing {number}" for number in range(50, 95)))

    [last] = (await bot.tap("emma", second, "Next ▶")).messages

    assert last.buttons == {}
    assert "In the fridge: 55 items" in last.text


async def test_html_in_a_name_is_shown_as_it_was_typed(bot: Conversation) -> None:
    await bot.say("emma", "/add <b>bold</b> & co, <script>")

    reply = await bot.say("emma", "/fridge")

    assert "<b>bold</b> & co" in reply.text
    assert "<script>" in reply.text

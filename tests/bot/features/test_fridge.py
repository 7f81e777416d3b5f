from string import ascii_lowercase

from local_telegram.server import LocalTelegramServer
from tests.bot.conversation import GROUP, Conversation, Said
from tests.conftest import Clock
from tests.db.tables import Tables

TOOLS = ("📅 By date", "✏️ Change")
"""The last buttons of a long list whose things are all of one category."""


async def test_a_short_list_is_on_its_buttons_and_the_text_tells_the_dates(
    bot: Conversation, clock: Clock
) -> None:
    await bot.say("emma", "/add milk, tofu, quark")
    clock.advance(minutes=2)
    await bot.say("emma", "/add eggs, Korean radish")

    reply = await bot.say("emma", "/fridge")

    assert reply.text == (
        "🧊 In the fridge: 5 items\n\n"
        "🥛 milk until ~8 Mar\n"
        "🥢 tofu until ~8 Mar\n"
        "🥬 Korean radish until ~22 Mar\n"
        "🥚 egg until ~29 Mar\n\n"
        "⏳ I'll remember this list for another 24 hours.\n"
        "👇 Used something up? Tap it to take it out."
    )
    assert list(reply.buttons) == [
        *("🥬 Korean radish", "🥛 milk", "🥚 egg", "🥢 tofu", "quark"),
        "✏️ Change",
    ]


async def test_the_list_is_in_the_language_of_whoever_asks(bot: Conversation) -> None:
    await bot.say("emma", "/add milk, quark", chat=GROUP)

    korean = await bot.say("minji", "/list", chat=GROUP)

    assert korean.text == (
        "🧊 냉장고에 재료가 2가지 있어요\n\n"
        "🥛 우유 ~3/8쯤\n\n"
        "⏳ 이 목록을 앞으로 24시간 동안 기억할게요.\n"
        "👇 다 쓴 재료를 누르면 바로 빠져요."
    )
    assert list(korean.buttons) == ["🥛 우유", "quark", "✏️ 고치기"]


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


def gizmo(number: int) -> str:
    """A name that the catalogue does not know, with no digit that could be an amount."""
    return f"gizmo{ascii_lowercase[number // 16]}{ascii_lowercase[number % 16]}"


async def fill(bot: Conversation, count: int) -> None:
    for start in range(0, count, 10):
        names = map(gizmo, range(start, min(start + 10, count)))
        await bot.say("emma", "/add " + ", ".join(names))


async def test_a_long_list_has_pages_that_are_turned_in_place(bot: Conversation) -> None:
    await fill(bot, 60)
    first = await bot.say("emma", "/fridge")
    assert list(first.buttons)[24:] == ["Page 1 of 3", "Next ▶", *TOOLS]

    [second] = (await bot.tap("emma", first, "Next ▶")).messages
    assert second.message_id == first.message_id
    assert list(second.buttons)[24:] == ["◀ Back", "Page 2 of 3", "Next ▶", *TOOLS]
    [third] = (await bot.tap("emma", second, "Next ▶")).messages
    assert list(third.buttons)[12:] == ["◀ Back", "Page 3 of 3", *TOOLS]
    [again] = (await bot.tap("emma", third, "◀ Back")).messages
    [as_before] = (await bot.tap_data("emma", third, "fridge:3")).messages

    assert again == second
    assert as_before == third
    shown = "\n".join(page.text for page in (first, second, third))
    assert all(gizmo(number) in shown for number in range(60))


async def test_a_tap_on_a_later_page_and_its_undo_stay_on_that_page(bot: Conversation) -> None:
    await fill(bot, 30)
    first = await bot.say("emma", "/fridge")

    undo = f"↩ Undo: {gizmo(26)}"
    [second, without, with_it] = await tap_on(bot, first, "Next ▶", gizmo(26), undo)

    assert "Page 2 of 2" in second.buttons
    assert "Page 2 of 2" in without.buttons
    assert gizmo(26) not in without.buttons
    assert with_it.text.startswith(f"Undone. Back in: {gizmo(26)}\n")
    assert "Page 2 of 2" in with_it.buttons


async def tap_on(bot: Conversation, message: Said, *buttons: str) -> list[Said]:
    """What the message became by each of these taps."""
    became: list[Said] = []
    for button in buttons:
        [message] = (await bot.tap("emma", message, button)).messages
        became.append(message)
    return became


async def test_the_categories_of_a_fridge_that_was_emptied_meanwhile_are_not_asked_about(
    bot: Conversation,
) -> None:
    await fill(bot, 9)
    await bot.say("emma", "/add milk")
    old = await bot.say("emma", "/fridge")
    await bot.tap("emma", await bot.say("emma", "/clear"), "Empty it")

    [empty] = (await bot.tap("emma", old, "🔍 Filter")).messages

    assert empty.text == "The fridge is empty. Put something in: /add milk, eggs"


async def test_every_button_has_words(bot: Conversation, clock: Clock) -> None:
    await fill(bot, 23)
    clock.advance(seconds=1)
    await bot.say("emma", "/add 🦄, gloop, 7, 2️⃣")

    english = await bot.say("emma", "/fridge")
    assert {"Take out 🦄", "gloop", "Take out 7", "Take out 2️⃣"} <= english.buttons.keys()
    assert all(any(map(str.isalpha, label)) for label in english.buttons)
    await bot.tap("emma", await bot.say("emma", "/language"), "한국어")
    korean = await bot.say("emma", "/fridge")
    assert {"🦄 빼기", "gloop", "7 빼기", "1/2쪽", "다음 ▶"} <= korean.buttons.keys()
    [out] = (await bot.tap("emma", korean, "🦄 빼기")).messages
    assert out.text.startswith("뺐어요: 🦄\n")
    assert "↩ 되돌리기: 🦄" in out.buttons


async def test_tapping_the_page_that_is_shown_changes_nothing_and_is_answered(
    bot: Conversation, telegram: LocalTelegramServer
) -> None:
    await fill(bot, 30)
    first = await bot.say("emma", "/fridge")

    tapped = await bot.tap("emma", first, "Page 1 of 2")

    assert (tapped.messages, tapped.notice) == ([], "")
    assert len(telegram.telegram.callback_answers) == 1


async def test_a_page_that_is_gone_shows_the_last_one_there_is(bot: Conversation) -> None:
    await fill(bot, 60)
    first = await bot.say("emma", "/fridge")
    [second] = (await bot.tap("emma", first, "Next ▶")).messages
    for start in range(0, 40, 10):
        await bot.say("emma", "/remove " + ", ".join(map(gizmo, range(start, start + 10))))

    [last] = (await bot.tap("emma", second, "Next ▶")).messages

    assert list(last.buttons) == [*map(gizmo, range(40, 60)), *TOOLS]
    assert "In the fridge: 20 items" in last.text


async def test_html_in_a_name_is_shown_as_it_was_typed(bot: Conversation) -> None:
    await bot.say("emma", "/add <b>bold</b> & co, <script>, milk, eggs, tofu, ham, kale, rice, jam")

    reply = await bot.say("emma", "/fridge")

    assert {"<b>bold</b> & co", "<script>"} <= reply.buttons.keys()
    await fill(bot, 8)
    assert "<b>bold</b> & co, " in (await bot.say("emma", "/fridge")).text


async def test_a_tap_takes_an_item_out_in_place_and_undo_beside_it_brings_it_back(
    bot: Conversation, tables: Tables, clock: Clock
) -> None:
    await bot.say("emma", "/add milk, <b>quark</b>")
    [quark, _] = await tables.items(1002)
    clock.advance(hours=1)
    await bot.say("emma", "/add eggs")
    everything = await bot.say("emma", "/fridge")

    [without_quark] = (await bot.tap("emma", everything, "<b>quark</b>")).messages
    [empty] = await tap_all(bot, without_quark, "🥛 milk", "🥚 egg")
    [with_egg] = (await bot.tap("emma", empty, "↩ Undo: 🥚 egg")).messages

    assert {said.message_id for said in (without_quark, empty, with_egg)} == {everything.message_id}
    assert without_quark.text.startswith(
        "Taken out: <b>quark</b>\n\n"
        "🧊 In the fridge: 2 items\n\n"
        "🥛 milk until ~8 Mar\n🥚 egg until ~29 Mar\n\n"
    )
    assert list(without_quark.buttons) == [
        *("🥛 milk", "🥚 egg", "↩ Undo: <b>quark</b>"),
        "✏️ Change",
    ]
    assert empty.text == (
        "Taken out: 🥚 egg\n\nThe fridge is empty. Put something in: /add milk, eggs"
    )
    assert list(empty.buttons) == ["↩ Undo: 🥚 egg"]
    assert with_egg.text.startswith("Undone. Back in: 🥚 egg\n\n🧊 In the fridge: 1 item\n")
    assert list(with_egg.buttons) == ["🥚 egg", "✏️ Change"]
    [egg] = await tables.items(1002)
    assert egg["added_at"] == clock.now
    again = (await bot.tap("emma", without_quark, "↩ Undo: <b>quark</b>")).messages
    assert again[0].text.startswith("Undone. Back in: <b>quark</b>\n\n🧊 In the fridge: 2 items\n")
    assert await tables.items(1002) == [quark, egg]


async def tap_all(bot: Conversation, message: Said, *buttons: str) -> list[Said]:
    """What became of the message after these taps."""
    messages = [message]
    for button in buttons:
        messages = (await bot.tap("emma", messages[0], button)).messages
    return messages


async def test_an_old_list_shows_the_truth_when_it_is_touched(
    bot: Conversation, clock: Clock
) -> None:
    await bot.say("emma", "/add milk, tofu", chat=GROUP)
    old = await bot.say("emma", "/fridge", chat=GROUP)
    new = await bot.say("minji", "/fridge", chat=GROUP)
    [taken] = (await bot.tap("minji", new, "🥛 우유")).messages

    again = await bot.tap("minji", new, "🥛 우유")
    late = await bot.tap("emma", old, "🥛 milk")
    [undone] = (await bot.tap("minji", taken, "↩ 되돌리기: 🥛 우유")).messages
    later = await bot.tap("emma", taken, "↩ 되돌리기: 🥛 우유")

    # A double tap leaves the list as the first one made it, and somebody else's tells the same.
    assert (again.notice, again.messages) == ("이미 뺀 재료예요.", [])
    assert late.notice == "That is out already."
    [truth] = late.messages
    assert truth.message_id == old.message_id
    assert truth.text.startswith(
        "Taken out: 🥛 milk\n\n🧊 In the fridge: 1 item\n\n🥢 tofu until ~8 Mar\n"
    )
    assert truth.buttons == {
        "🥢 tofu": old.buttons["🥢 tofu"],
        "↩ Undo: 🥛 milk": taken.buttons["↩ 되돌리기: 🥛 우유"],
        "✏️ Change": old.buttons["✏️ Change"],
    }
    assert undone.text.startswith("되돌렸어요. 다시 넣었어요: 🥛 우유\n\n🧊 냉장고에 재료가 2가지")
    assert later.notice == "That is undone already."
    assert later.messages[0].text.startswith("🧊 In the fridge: 2 items\n")
    clock.advance(hours=24)
    gone = await bot.tap("emma", truth, "🥢 tofu")
    assert gone.notice == "That is out already."
    assert gone.messages[0].text == "The fridge is empty. Put something in: /add milk, eggs"


async def test_a_long_list_shows_one_category_until_nothing_is_in_it(bot: Conversation) -> None:
    await fill(bot, 30)
    await bot.say("emma", "/add milk, eggs")
    everything = await bot.say("emma", "/fridge")

    [second] = (await bot.tap("emma", everything, "Next ▶")).messages
    [choice] = (await bot.tap("emma", second, "🔍 Filter")).messages
    [dairy] = (await bot.tap("emma", choice, "Eggs and dairy (2)")).messages
    [milk_left] = (await bot.tap("emma", dairy, "🥚 egg")).messages
    [others] = (await bot.tap("emma", milk_left, "🥛 milk")).messages
    [milk_back] = (await bot.tap("emma", others, "↩ Undo: 🥛 milk")).messages
    [all_again] = (await bot.tap("emma", milk_back, "Show everything")).messages

    assert choice.text == "🧊 In the fridge: 32 items\n\nWhat shall I show?"
    assert list(choice.buttons) == [
        "✓ Everything (32)",
        "Eggs and dairy (2)",
        "Other things (30)",
    ]
    assert choice.buttons["✓ Everything (32)"] == "fridge:2.0"
    assert dairy.text.startswith(
        "🧊 Eggs and dairy: 2 of 32\n\n🥛 milk until ~8 Mar\n🥚 egg until ~29 Mar\n\n⏳"
    )
    assert list(dairy.buttons) == [
        *("🥛 milk", "🥚 egg", "🔍 Filter", "Show everything"),
        *("📅 By date", "✏️ Change"),
    ]
    assert list(milk_left.buttons)[:2] == ["🥛 milk", "↩ Undo: 🥚 egg"]
    assert list(others.buttons)[25:] == ["Page 1 of 2", "Next ▶", *TOOLS]
    assert "🧊 Eggs and dairy: 1 of 31\n\n🥛 milk until ~8 Mar\n\n⏳" in milk_back.text
    assert list(all_again.buttons)[24:] == [
        *("Page 1 of 2", "Next ▶", "📅 By date", "🔍 Filter", "✏️ Change")
    ]

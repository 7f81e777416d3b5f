"""The list tells amounts, dates and places: soonest first, by category, by date, or of a place."""

from local_telegram.server import LocalTelegramServer
from tests.bot.conversation import Conversation, Said
from tests.conftest import Clock


async def tapped(bot: Conversation, person: str, message: Said, button: str) -> Said:
    """What the message became by the tap."""
    [became] = (await bot.tap(person, message, button)).messages
    assert became.message_id == message.message_id
    return became


async def test_a_short_list_tells_amounts_on_its_buttons_and_the_rest_in_its_text(
    bot: Conversation,
) -> None:
    await bot.say("emma", "/add 10 eggs, quark, 2 bottles of milk until 3 March")
    await bot.say("emma", "/add tofu until 27 February")
    await bot.say("emma", "/add kimchi in the freezer")

    reply = await bot.say("emma", "/fridge")

    assert reply.text == (
        "🧊 In the fridge: 5 items\n\n"
        "❗🥢 tofu until 27 Feb\n"
        "⏰🥛 milk until 3 Mar\n"
        "🥚 egg until ~29 Mar\n"
        "🥬 kimchi · freezer\n\n"
        "⏳ I'll remember this list for another 24 hours.\n"
        "👇 Used something up? Tap it to take it out."
    )


async def test_a_typed_date_wins_over_an_estimate_and_is_marked(bot: Conversation) -> None:
    await bot.say("emma", "/add tofu")
    assert "🥢 tofu until ~8 Mar\n" in (await bot.say("emma", "/fridge")).text

    await bot.say("emma", "/add tofu until 4 March")

    assert "⏰🥢 tofu until 4 Mar\n" in (await bot.say("emma", "/fridge")).text


async def test_an_estimate_counts_from_the_day_of_putting_in_in_the_zone_of_the_chat(
    bot: Conversation, clock: Clock
) -> None:
    await bot.say("minji", "/add 우유")
    clock.advance(hours=23)

    korean = await bot.say("minji", "/fridge")

    assert "🥛 우유 ~3/8쯤\n" in korean.text


async def test_what_keeps_long_and_what_nobody_knows_has_no_estimate(bot: Conversation) -> None:
    await bot.say("emma", "/add rice, quark")

    text = (await bot.say("emma", "/fridge")).text

    assert "~" not in text
    assert "rice" not in text


async def test_an_estimate_is_never_exported(
    bot: Conversation, telegram: LocalTelegramServer
) -> None:
    await bot.say("emma", "/add milk")

    exported = await bot.hear("emma", "/export")

    files = [telegram.telegram.files.find(said.file_id) for said in exported]
    contents = [file.content.decode() for file in files if file]
    assert len(contents) == 2
    assert not any('"best_before"' in one or "-08" in one for one in contents)


LONG = (
    "/add milk until 2 March, 6 eggs, carrots until 9 March, tofu until 28 February",
    "/add onions, potatoes, garlic, rice",
    "/add pork belly in the freezer, peas in the freezer, quark",
)


async def test_a_long_list_is_shown_by_date_and_by_category(bot: Conversation) -> None:
    for text in LONG:
        await bot.say("emma", text)
    listed = await bot.say("emma", "/fridge")

    by_date = await tapped(bot, "emma", listed, "📅 By date")
    by_category = await tapped(bot, "emma", by_date, "🗂 By category")

    assert by_category == listed
    headings = ["❗ Past the date", "⏰ Eat soon", "Later", "Without a date"]
    lines = by_date.text.splitlines()
    assert [line for line in lines if line in headings] == headings
    assert lines[lines.index("❗ Past the date") + 1] == "❗🥢 tofu until 28 Feb"
    assert lines[lines.index("⏰ Eat soon") + 1] == "⏰🥛 milk until 2 Mar"
    assert "quark" in lines[lines.index("Without a date") + 1]
    assert list(by_date.buttons)[:2] == ["❗🥢 tofu", "⏰🥛 milk"]


async def test_a_long_list_shows_one_place(bot: Conversation) -> None:
    for text in LONG:
        await bot.say("emma", text)
    listed = await bot.say("emma", "/fridge")

    choice = await tapped(bot, "emma", listed, "🔍 Filter")
    assert list(choice.buttons)[:4] == [
        *("✓ Everything (11)", "Fridge (5)", "Freezer (2)", "Pantry (4)"),
    ]
    freezer = await tapped(bot, "emma", choice, "Freezer (2)")

    assert freezer.text.startswith("🧊 Freezer: 2 of 11\n\n")
    assert len([data for data in freezer.buttons.values() if data.startswith("take:")]) == 2
    all_again = await tapped(bot, "emma", freezer, "Show everything")
    assert all_again == listed


async def test_the_order_and_the_filter_stay_when_something_is_taken_out_and_put_back(
    bot: Conversation,
) -> None:
    for text in LONG:
        await bot.say("emma", text)
    listed = await bot.say("emma", "/fridge")
    choice = await tapped(bot, "emma", await tapped(bot, "emma", listed, "📅 By date"), "🔍 Filter")
    shown = await tapped(bot, "emma", choice, "Fridge (5)")

    out = await tapped(bot, "emma", shown, "⏰🥛 milk")
    back = await tapped(bot, "emma", out, "↩ Undo: 🥛 milk")

    assert "🧊 Fridge: 4 of 10\n" in out.text
    assert back.buttons == shown.buttons
    assert "🗂 By category" in back.buttons


async def test_two_lots_of_a_name_have_what_tells_them_apart_on_their_buttons(
    bot: Conversation,
) -> None:
    await bot.say("emma", "/add 2 bottles of milk until 3 March, 1 bottle of milk until 9 March")

    listed = await bot.say("emma", "/fridge")

    assert list(listed.buttons)[:2] == [
        "⏰🥛 milk 2 bottles · until 3 Mar",
        "🥛 milk 1 bottle · until 9 Mar",
    ]
    assert "⏰🥛 milk 2 bottles · until 3 Mar\n🥛 milk 1 bottle · until 9 Mar\n" in listed.text


async def test_a_question_until_when_is_answered_by_an_estimate_where_nobody_told_a_date(
    bot: Conversation,
) -> None:
    await bot.say("emma", "/add milk, quark, tofu until 20 March")

    estimated = await bot.say("emma", "How long is the milk good for?")
    typed = await bot.say("emma", "How long is the tofu good for?")
    unknown = await bot.say("emma", "How long is the quark good for?")
    first = await bot.say("emma", "What should I eat first?")

    assert estimated.text == "Until ~8 Mar, I guess: 🥛 milk"
    assert typed.text == "Until 20 Mar: 🥢 tofu"
    assert unknown.text.startswith("I don't know")
    assert first.text == "Eat first: 🥛 milk until ~8 Mar, 🥢 tofu until 20 Mar, quark"


async def test_what_is_good_for_months_is_not_to_be_eaten_first_beside_what_is_due(
    bot: Conversation,
) -> None:
    await bot.say("emma", "/add ham until 6 March, jam until 19 September")

    assert (await bot.say("emma", "what's about to expire")).text.endswith("ham until 6 Mar")

    await bot.say("emma", "/remove ham")
    assert (await bot.say("emma", "what's about to expire")).text.endswith("jam until 19 Sept")


async def test_the_same_question_in_korean(bot: Conversation) -> None:
    await bot.say("minji", "/add 우유")

    answer = await bot.say("minji", "우유 언제까지야?")

    assert answer.text == "~3/8쯤일 거예요: 🥛 우유"

"""In the list's ✏️ mode, a tap opens a thing, and its buttons change it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

import pytest

from tests.bot.conversation import GROUP, Conversation, Said
from tests.conftest import Clock
from tests.db.tables import Tables

EMMA = 1002


async def tapped(bot: Conversation, message: Said, *buttons: str, person: str = "emma") -> Said:
    """What a message became by taps on these buttons, one after the other."""
    for button in buttons:
        [became] = (await bot.tap(person, message, button)).messages
        assert became.message_id == message.message_id
        message = became
    return message


async def opened(bot: Conversation, added: str, name: str) -> Said:
    await bot.say("emma", added)
    return await tapped(bot, await bot.say("emma", "/fridge"), "✏️ Change", name)


def rows(message: Said) -> Sequence[Sequence[str]]:
    return [[key["text"] for key in row] for row in message.markup["inline_keyboard"]]


async def test_the_mode_is_entered_and_left_with_a_tap(bot: Conversation) -> None:
    await bot.say("emma", "/add 10 eggs, quark")
    listed = await bot.say("emma", "/fridge")

    changing = await tapped(bot, listed, "✏️ Change")
    left = await tapped(bot, changing, "✅ Done")

    assert list(changing.buttons) == ["🥚 egg ×10", "quark", "✅ Done"]
    assert changing.text.endswith("\n✏️ Tap a thing to change its amount, date or place.")
    assert left == listed


async def test_a_tap_in_the_mode_opens_a_thing_with_all_that_is_known_of_it(
    bot: Conversation,
) -> None:
    lot = await opened(bot, "/add 10 eggs until 24 March in the fridge", "🥚 egg ×10")

    assert lot.text == ("✏️ 🥚 egg\nAmount: ×10\nGood until 24 Mar\nPlace: Fridge\nPut in: 1 Mar")
    assert rows(lot) == [
        ["−1", "+1", "½ Half left"],
        ["📅 Date: 24 Mar"],
        ["❄️ Freeze", "🗄 To the pantry"],
        ["🗑 All gone"],
        ["◀ To the list"],
    ]


async def test_the_same_in_korean(bot: Conversation) -> None:
    await bot.say("minji", "/add 계란 10개")
    listed = await bot.say("minji", "/fridge")

    lot = await tapped(bot, listed, "✏️ 고치기", "🥚 계란 10개", person="minji")
    less = await tapped(bot, lot, "−1", person="minji")
    days = await tapped(bot, less, "📅 날짜 정하기", person="minji")

    assert lot.text == (
        "✏️ 🥚 계란\n양: 10개\n~3/29쯤까지 괜찮을 것 같아요\n보관: 냉장실\n넣은 날: 3/1"
    )
    assert rows(lot)[1:] == [
        ["📅 날짜 정하기"],
        ["❄️ 냉동하기", "🗄 실온으로"],
        ["🗑 다 떨어졌어요"],
        ["◀ 목록으로"],
    ]
    assert less.text.startswith("바꿨어요: 🥚 계란 10개 → 9개\n\n")
    assert list(days.buttons)[:3] == ["오늘", "내일", "3/3(화)"]


LESS_MORE_HALF: Final = {
    "one less": ("10 eggs", "🥚 egg ×10", "−1", "×9", "9"),
    "one more": ("10 eggs", "🥚 egg ×10", "+1", "×11", "11"),
    "half": ("10 eggs", "🥚 egg ×10", "½ Half left", "×5", "5"),
    "grams less": ("500 g flour", "🌾 flour 500g", "−100g", "400g", "400"),
    "a bottle less": (
        *("2 bottles of milk", "🥛 milk 2 bottles"),
        *("−1 bottle", "1 bottle", "1"),
    ),
}


@pytest.mark.parametrize("case", LESS_MORE_HALF)
async def test_less_more_and_half_are_one_tap_and_undone_with_another(
    bot: Conversation, tables: Tables, case: str
) -> None:
    added, name, button, after, left = LESS_MORE_HALF[case]
    lot = await opened(bot, f"/add {added}", name)
    before = await tables.items(EMMA)

    changed = await tapped(bot, lot, button)

    assert changed.text.startswith(f"Changed: {name} → {after}\n\n✏️ ")
    [row] = await tables.items(EMMA)
    assert row["amount"] == Decimal(left)
    undone = await tapped(bot, changed, "↩ Undo")
    assert undone.text.startswith("Undone. As before: ")
    assert rows(undone) == rows(lot)
    assert await tables.items(EMMA) == before


async def test_the_last_one_takes_the_thing_out_and_undo_opens_it_again(
    bot: Conversation, tables: Tables
) -> None:
    lot = await opened(bot, "/add 1 egg, quark", "🥚 egg ×1")

    out = await tapped(bot, lot, "−1")

    assert out.text.startswith("Taken out: 🥚 egg ×1\n\n🧊 In the fridge: 1 item\n")
    assert list(out.buttons) == ["quark", "↩ Undo", "✅ Done"]
    assert [row["name"] for row in await tables.items(EMMA)] == ["quark"]
    back = await tapped(bot, out, "↩ Undo")
    assert back.text.startswith("Undone. Back in: 🥚 egg ×1\n\n✏️ 🥚 egg\n")
    assert "½ Half left" in back.buttons


async def test_all_gone_takes_everything_of_it_out(bot: Conversation, tables: Tables) -> None:
    lot = await opened(bot, "/add 10 eggs", "🥚 egg ×10")

    out = await tapped(bot, lot, "🗑 All gone")

    assert out.text.startswith("Taken out: 🥚 egg ×10\n\nThe fridge is empty.")
    assert await tables.items(EMMA) == []


async def test_a_thing_without_an_amount_is_given_one(bot: Conversation, tables: Tables) -> None:
    lot = await opened(bot, "/add eggs", "🥚 egg")
    assert rows(lot)[0] == ["×1", "×2", "×3", "×4", "×5"]
    assert "How many are there? Tap a number." in lot.text

    given = await tapped(bot, lot, "×3")

    assert given.text.startswith("Changed: 🥚 egg ×3\n\n")
    [row] = await tables.items(EMMA)
    assert (row["amount"], row["unit"]) == (Decimal(3), "piece")
    assert rows(given)[0] == ["−1", "+1", "½ Half left"]


async def test_a_date_is_chosen_on_a_calendar_of_fourteen_days_and_taken_away(
    bot: Conversation, tables: Tables, clock: Clock
) -> None:
    lot = await opened(bot, "/add milk", "🥛 milk")

    days = await tapped(bot, lot, "📅 Set the date")
    assert days.text.endswith("\n\nUntil when is it good?")
    assert list(days.buttons) == [
        *("Today", "Tomorrow", "Tue 3 Mar", "Wed 4 Mar", "Thu 5 Mar", "Fri 6 Mar", "Sat 7 Mar"),
        *("Sun 8 Mar", "Mon 9 Mar", "Tue 10 Mar", "Wed 11 Mar", "Thu 12 Mar", "Fri 13 Mar"),
        *("Sat 14 Mar", "Later ▶", "◀ Back"),
    ]
    dated = await tapped(bot, days, "Later ▶", "Sun 15 Mar")
    assert dated.text.startswith("Changed: 🥛 milk until 15 Mar\n\n")
    [row] = await tables.items(EMMA)
    assert str(row["best_before"]) == "2026-03-15"

    again = await tapped(bot, dated, "📅 Date: 15 Mar")
    assert "No date" in again.buttons
    assert await tapped(bot, again, "◀ Back")
    undated = await tapped(bot, again, "No date")
    assert "until ~8 Mar" in undated.text
    [row] = await tables.items(EMMA)
    assert row["best_before"] is None
    assert row["added_at"] == clock.now


async def test_freezing_starts_the_time_of_the_freezer_and_thawing_leaves_two_days(
    bot: Conversation, tables: Tables, clock: Clock
) -> None:
    await bot.say("emma", "/settings")
    lot = await opened(bot, "/add bacon", "🥓 bacon")
    clock.advance(hours=20)

    frozen = await tapped(bot, lot, "❄️ Freeze")
    [row] = await tables.items(EMMA)
    assert (row["place"], row["moved_at"]) == ("freezer", clock.now)
    assert "\nPlace: Freezer\n" in frozen.text
    assert "Keeps until ~1 Apr, I guess" in frozen.text
    clock.advance(hours=20)
    thawed = await tapped(bot, frozen, "💧 Thaw")

    assert "Keeps until ~5 Mar, I guess" in thawed.text
    assert "❄️ Freeze" in thawed.buttons
    frozen_again = await tapped(bot, thawed, "↩ Undo")
    assert "Keeps until ~1 Apr, I guess" in frozen_again.text


async def test_a_change_that_comes_again_changes_nothing_more(
    bot: Conversation, tables: Tables
) -> None:
    lot = await opened(bot, "/add 10 eggs", "🥚 egg ×10")

    for _ in range(2):
        await bot.tap("emma", lot, "½ Half left")

    [row] = await tables.items(EMMA)
    assert row["amount"] == Decimal(5)


async def test_half_of_what_has_changed_meanwhile_is_not_taken(
    bot: Conversation, tables: Tables
) -> None:
    await bot.say("emma", "/add 10 eggs", chat=GROUP)
    old = await tapped(bot, await bot.say("emma", "/fridge", chat=GROUP), "✏️ Change", "🥚 egg ×10")
    await bot.say("minji", "/remove 계란 4개", chat=GROUP)

    late = await bot.tap("emma", old, "½ Half left")

    assert late.notice == "That has changed meanwhile. This is how it is now."
    [shown] = late.messages
    assert "Amount: ×6\n" in shown.text
    [row] = await tables.items(GROUP)
    assert row["amount"] == Decimal(6)
    less = await tapped(bot, shown, "½ Half left")
    assert "×6 → ×3" in less.text


async def test_less_of_what_another_person_has_taken_from_counts_from_the_present_amount(
    bot: Conversation, tables: Tables
) -> None:
    lot = await opened(bot, "/add 10 eggs", "🥚 egg ×10")
    await bot.say("emma", "/remove 4 eggs")

    less = await tapped(bot, lot, "−1")

    assert "×6 → ×5" in less.text
    [row] = await tables.items(EMMA)
    assert row["amount"] == Decimal(5)


@pytest.mark.parametrize(
    "button", ["−1", "+1", "½ Half left", "❄️ Freeze", "🗑 All gone", "📅 Set the date"]
)
async def test_a_thing_that_is_out_meanwhile_is_not_changed(
    bot: Conversation, tables: Tables, button: str
) -> None:
    lot = await opened(bot, "/add 10 eggs, quark", "🥚 egg ×10")
    await bot.say("emma", "/remove eggs")

    late = await bot.tap("emma", lot, button)

    assert late.notice == "That is out already."
    assert late.messages[0].text.startswith("🧊 In the fridge: 1 item\n")
    assert [row["name"] for row in await tables.items(EMMA)] == ["quark"]


@pytest.mark.parametrize("button", ["−1", "+1", "½ Half left", "❄️ Freeze", "🗑 All gone"])
async def test_a_later_thing_of_the_same_name_is_not_changed_by_an_old_button(
    bot: Conversation, tables: Tables, clock: Clock, button: str
) -> None:
    lot = await opened(bot, "/add 10 eggs", "🥚 egg ×10")
    await bot.say("emma", "/remove eggs")
    clock.advance(minutes=1)
    await bot.say("emma", "/add 10 eggs")
    before = await tables.items(EMMA)

    late = await bot.tap("emma", lot, button)

    assert late.notice == "That has changed meanwhile. This is how it is now."
    assert await tables.items(EMMA) == before


async def test_an_opened_thing_goes_back_to_the_page_and_order_of_its_list(
    bot: Conversation,
) -> None:
    await bot.say("emma", "/add milk until 3 March, tofu until 2 March")
    listed = await tapped(bot, await bot.say("emma", "/fridge"), "📅 By date", "✏️ Change")

    back = await tapped(bot, listed, "⏰🥢 tofu", "◀ To the list")

    assert back == listed
    assert list(back.buttons) == ["⏰🥢 tofu", "⏰🥛 milk", "🗂 By category", "✅ Done"]

"""A receipt is shown first: what is tapped stays out, and the rest goes in, with Undo."""

from collections.abc import Mapping
from decimal import Decimal

import pytest

from tests.bot.conversation import Conversation, Document, Said
from tests.db.tables import Tables

TESCO = """TESCO
Semi Skimmed Milk 2.272L   £1.45
Free Range Eggs x6         £1.65
Mature Cheddar 400g        £3.20
Zorglewurst 250g               £3.00
Kitchen Roll               £2.00
TOTAL                      £11.30
VISA DEBIT                 £11.30"""

EMART = """이마트 왕십리점
2026-12-01 18:32
우유 1L             2,980
계란 30구           7,980
두부 300g           1,980
합계               12,940"""

ENGLISH = {
    "shown": (
        "3 things in the list: 🥛 low-fat milk 2.272L, 🥚 egg ×6, 🧀 Cheddar 400g\n"
        "Stays out: Zorglewurst\n"
        "Left out: 12 prices, codes or lines\n\n"
        "Shall I put this in? Tap what stays out."
    ),
    "buttons": [
        *("Put 3 in", "Cancel"),
        *("☑ 🥛 low-fat milk 2.272L", "☑ 🥚 egg ×6", "☑ 🧀 Cheddar 400g", "☐ Zorglewurst"),
    ],
    "done": "Added: 🥛 low-fat milk 2.272L, Zorglewurst\n2 items in the fridge now.",
}


async def amounts(tables: Tables, chat: int) -> Mapping[object, Decimal | None]:
    return {
        row["name_key"] or row["ingredient_id"]: row["amount"] for row in await tables.items(chat)
    }


async def tapped(bot: Conversation, person: str, message: Said, button: str) -> Said:
    [edited] = (await bot.tap(person, message, button)).messages
    return edited


async def test_of_a_receipt_lines_are_left_out_and_taken_in_again(
    bot: Conversation, tables: Tables
) -> None:
    offer = await bot.say("emma", TESCO)
    assert offer.text == ENGLISH["shown"]
    assert list(offer.buttons) == ENGLISH["buttons"]
    assert await tables.session(1002) is None  # nothing has gone in

    fewer = await tapped(bot, "emma", offer, "☑ 🥚 egg ×6")
    assert "☐ 🥚 egg ×6" in fewer.buttons
    assert fewer.text.startswith("2 things in the list: 🥛 low-fat milk 2.272L, 🧀 Cheddar 400g\n")
    # Two quick taps, of which the second is on a screen that does not show the first yet.
    other = await tapped(bot, "emma", offer, "☑ 🧀 Cheddar 400g")
    assert "Stays out: 🥚 egg ×6, 🧀 Cheddar 400g, Zorglewurst" in other.text
    more = await tapped(bot, "emma", other, "☐ Zorglewurst")
    assert "New to me: Zorglewurst" in more.text
    again = await tapped(bot, "emma", more, "☐ 🥚 egg ×6")
    assert "☑ 🥚 egg ×6" in again.buttons
    last = await tapped(bot, "emma", again, "☑ 🥚 egg ×6")

    done = await tapped(bot, "emma", last, "Put 2 in")
    assert done.text == ENGLISH["done"]
    for stale in ("Put 2 in", "☑ 🥛 low-fat milk 2.272L", "Cancel"):
        [still] = (await bot.tap("emma", last, stale)).messages or [done]
        assert still.text == done.text
    assert len(await tables.items(1002)) == 2
    undone = await tapped(bot, "emma", done, "↩ Undo")
    assert undone.text.startswith("Undone. Out again: ")
    assert await tables.items(1002) == []


async def test_a_korean_receipt_goes_in_but_for_a_line(bot: Conversation, tables: Tables) -> None:
    offer = await bot.say("minji", EMART)
    assert offer.text == (
        "목록에서 찾은 재료 3가지: 🥛 우유 1L, 🥚 계란 30개, 🥢 두부 300g\n"
        "가격·코드 등 7건은 뺐어요.\n\n"
        "냉장고에 넣을까요? 넣지 않을 것은 눌러서 빼 주세요."
    )
    fewer = await tapped(bot, "minji", offer, "☑ 🥢 두부 300g")
    assert "넣지 않을 것: 🥢 두부 300g" in fewer.text
    done = await tapped(bot, "minji", fewer, "2가지 넣기")
    assert done.text.startswith("넣었어요: 🥛 우유 1L, 🥚 계란 30개\n")
    assert sorted(filter(None, (await amounts(tables, 1001)).values())) == [30, 1000]


async def test_if_everything_stays_out_nothing_goes_in(bot: Conversation, tables: Tables) -> None:
    offer = await bot.say("emma", "/import milk, eggs")
    one = await tapped(bot, "emma", offer, "☑ 🥛 milk")
    none = await tapped(bot, "emma", one, "☑ 🥚 egg")
    assert list(none.buttons) == ["Cancel", "☐ 🥛 milk", "☐ 🥚 egg"]

    late = await bot.tap("emma", one, "Put 1 in")  # on a screen that shows it still
    assert (late.notice, late.messages) == ("Everything stays out. Tap what goes in.", [])
    assert await tables.session(1002) is None


async def test_a_tap_that_is_delivered_again_changes_nothing(
    bot: Conversation,
) -> None:
    offer = await bot.say("emma", "/import milk, eggs, tofu")
    await tapped(bot, "emma", offer, "☑ 🥚 egg")
    again = await bot.tap("emma", offer, "☑ 🥚 egg")
    assert again.messages == []  # the message is as it was


@pytest.mark.unwatched
async def test_a_long_receipt_is_read_to_its_end_and_has_parts(
    bot: Conversation,
) -> None:
    foods = ["milk", "egg", "tofu", "bread", "butter", "carrot", "onion", "potato", "apple", "leek"]
    lines = [f"{food} {n + 1}00g   £{n + 1}.00" for n in range(4) for food in foods]
    offer = await bot.say("emma", "\n".join(("TESCO", *lines, "TOTAL £100.00")))

    assert len([one for one in offer.buttons if one.startswith("☑")]) == 10  # equal foods add up
    named = "\n".join(f"thing {n}   £1.00\nmilk {n}g  £2.00" for n in range(1, 5))
    mixed = await bot.say("minji", named)
    assert "우유 10g" in mixed.text

    long = await bot.say("emma", "/import " + ", ".join(f"thing {n}" for n in range(60)))
    shown = [one for one in long.buttons if one.startswith("☑")]
    assert (shown[0], shown[-1], len(shown)) == ("☑ thing 0", "☑ thing 23", 24)
    second = await tapped(bot, "emma", long, "Next ▶")
    assert list(second.buttons)[-2:] == ["◀ Back", "Next ▶"]
    fewer = await tapped(bot, "emma", second, "☑ thing 25")
    assert "☐ thing 25" in fewer.buttons
    done = await tapped(bot, "emma", fewer, "Put 59 in")
    assert "59 items" in done.text


async def test_a_receipt_in_a_text_file_is_read_as_one(bot: Conversation) -> None:
    offer = await bot.say("emma", document=Document("ocr.txt", TESCO.encode()))
    assert offer.text == ENGLISH["shown"]


async def test_of_a_receipt_without_known_food_nothing_is_chosen(bot: Conversation) -> None:
    answer = await bot.say("emma", "B&Q\nHammer £5.00\nNails £2.00\nTOTAL £7.00")
    assert answer.text.startswith("Stays out: Hammer, Nails\n")
    assert list(answer.buttons) == ["Cancel", "☐ Hammer", "☐ Nails"]

"""Offers for names that the catalogue does not know, whatever they look like."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.conversation.replies import Button, Message
from bot.conversation.requests import read_tap
from bot.features.add import views as add
from bot.features.add.buttons import Put
from bot.features.common.offers import with_other_offers
from bot.features.deeds.putting_in import offer, told
from bot.features.deeds.said import joined
from bot.features.registry import REGISTRY
from bot.features.remove import views as remove
from bot.locale.language import Language
from bot.telegram.updates import CallbackQuery, Key
from bot.understanding.meaning import Act, Thing
from bot.understanding.parse import Knowledge, own_names, parse
from fridge.catalogue.catalogue import Ingredient
from fridge.items import Item, ItemKey
from fridge.lots import Amount, Lot, Place, Unit
from fridge.outcomes import Added, Outcome
from tests.bot.features.views import strategies
from tests.bot.features.views.strategies import (
    CATALOGUE,
    NOW,
    REQUEST,
    as_new_item,
    as_things,
    reproducible,
)
from tests.bot.features.views.telegram import assert_can_be_sent, buttons, shown

TODAY = NOW.date()
KNOWLEDGE = Knowledge.of(CATALOGUE)


def talked(
    things: Sequence[Thing],
    meant: Mapping[ItemKey, Ingredient],
    spoken: Language,
    outcome: Outcome = Outcome.ADDED,
) -> Message:
    """What is said of things when each that the catalogue knows has the same outcome."""
    known = [one for one in things if one.is_known]
    unknown = [one for one in things if not one.is_known]
    result = Added({one.name.key: outcome for one in known}, 500, None)
    parts = [offer(unknown, meant, TODAY, spoken)] if unknown else []
    if known:
        done = told(known, result, key=REQUEST, likely=meant, today=TODAY, language=spoken)
        parts.insert(0, done)
    return joined(parts)


@reproducible
@given(strategies.things.filter(bool), strategies.likely, strategies.languages, strategies.outcomes)
def test_what_is_said_of_any_names_can_be_sent(
    things: list[Thing], meant: Ingredient | None, spoken: Language, outcome: Outcome
) -> None:
    likely = {one.name.key: meant for one in things if meant}
    assert_can_be_sent(talked(things, likely, spoken, outcome))


@pytest.mark.parametrize("spoken", Language)
@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("known", [0, 25, 49])
@pytest.mark.parametrize("character", ["🍎", "&", "가"])
def test_an_answer_about_the_most_and_the_longest_names_can_be_sent(
    character: str, known: int, outcome: Outcome, spoken: Language
) -> None:
    by_length = sorted(CATALOGUE.ingredients, key=lambda one: -len(one.ko) - len(one.en))
    longest = [f"{character * 61}{number:03}" for number in range(60 - known)]
    lot = Lot(strategies.MOST_OF_ALL, TODAY, Place.FREEZER, character * 64)
    names = [*(one.en for one in by_length[:known]), *longest, character * 70]

    assert_can_be_sent(talked(as_things(*names, lot=lot), {}, spoken, outcome))


@reproducible
@given(strategies.plain_names, st.none() | strategies.amounts, strategies.days, strategies.places)
@example("quark", Amount(Decimal("0.001"), Unit.GRAM), date(2026, 12, 24), Place.FREEZER)
@example("할머니 소스", Amount(Decimal(100_000), Unit.BOTTLE), None, None)
def test_the_data_of_an_offer_puts_in_the_thing_that_was_offered(
    typed: str, amount: Amount | None, day: date | None, place: Place | None
) -> None:
    things = as_things(typed, lot=Lot(amount, day, place))

    for button in buttons(talked(things, {}, Language.ENGLISH)):
        put = Put.read(button.data)
        assert put is not None
        [deed] = parse(f"/add {put.names}", KNOWLEDGE, today=TODAY, own=own_names(())).deeds
        [read] = deed.things
        assert deed.act is Act.PUT
        assert (read.name, read.lot) == (things[0].name, things[0].lot)


@reproducible
@given(strategies.items, strategies.likely.filter(bool), strategies.languages)
def test_what_came_of_a_correction_or_a_suggestion_can_be_sent(
    item: Item, meant: Ingredient, spoken: Language
) -> None:
    before = as_new_item(item)

    swapped = add.swapped(before, meant, 3, key=REQUEST, catalogue=CATALOGUE, language=spoken)
    taken = remove.taken(before, 0, REQUEST, CATALOGUE, spoken)

    for message in (swapped, taken):
        assert_can_be_sent(message)
        assert len(buttons(message)) == 1
    assert "→" in shown(swapped.text)


def test_the_other_offers_and_every_undo_stay_and_nothing_else() -> None:
    first, second, tapped, beside, *others = (
        Key(text=text, callback_data=data)
        for text, data in (
            ("↩ Undo: b", "undo:q1 add"),
            ("↩ 되돌리기", "undo:m1 add"),
            ("a", "put:a"),
            ("A", "put:A"),
            ("b", "put:b"),
            ("c", "swap:1:2"),
            ("d", "out:1"),
        )
    )
    page = [Key(text="e", callback_data="fridge:1")]
    rows = [[first], [second], [beside, tapped], [], *([other] for other in others), page]
    query = CallbackQuery.model_validate(
        {
            "id": "1",
            "from": {"id": 1, "is_bot": False},
            "data": "put:a",
            "message": {
                "message_id": 1,
                "chat": {"id": 1, "type": "private"},
                "reply_markup": {
                    "inline_keyboard": [[key.model_dump() for key in r] for r in rows]
                },
            },
        }
    )
    undo = Button("↩ Undo: a", "undo:q2 add")

    tap = read_tap(query, NOW, REGISTRY.outliving_a_tap)
    assert tap is not None
    done = with_other_offers(
        Message("done", [[undo]]), tap.request.offers, tap.request.text, Language.ENGLISH
    )

    assert done == Message(
        "done",
        [
            [undo],
            [Button("↩ Undo: b", "undo:q1 add")],
            [Button("↩ Undo the earlier change", "undo:m1 add")],
            [Button("b", "put:b")],
            [Button("c", "swap:1:2")],
            [Button("d", "out:1")],
        ],
    )

"""Offers for names that the catalogue does not know, whatever they look like."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.replies import Button, Message
from bot.conversation.requests import read_tap
from bot.features.add import views as add
from bot.features.add.buttons import Put
from bot.features.common.offers import with_other_offers
from bot.features.registry import REGISTRY
from bot.features.remove import views as remove
from bot.locale.language import Language
from bot.telegram.updates import CallbackQuery, Key
from bot.understanding.names import Names, find_names
from fridge.catalogue.catalogue import Ingredient
from fridge.items import Item, NewItem
from fridge.outcomes import Added, Outcome
from tests.bot.features.views import strategies
from tests.bot.features.views.strategies import CATALOGUE, NOW, REQUEST, reproducible
from tests.bot.features.views.telegram import assert_can_be_sent, buttons, shown


def talked(names: Names, meant: add.Meant, spoken: Language, outcome: Outcome) -> Message:
    """What is said of names when each that the catalogue knows has the same outcome."""
    known = replace(names, usable=[name for name in names.usable if name.ingredient])
    unknown = [name for name in names.usable if not name.ingredient]
    result = Added({name.key: outcome for name in known.usable}, 500, None)
    return add.added_and_offered(
        known,
        result if known.usable else None,
        unknown,
        key=REQUEST,
        meant=meant,
        language=spoken,
    )


@reproducible
@given(
    strategies.names_in_messages,
    st.lists(st.sampled_from(CATALOGUE.ingredients), max_size=6, unique=True),
    strategies.languages,
    st.sampled_from(Outcome),
)
def test_what_is_said_of_any_names_can_be_sent(
    names: Names, ingredients: list[Ingredient], spoken: Language, outcome: Outcome
) -> None:
    if names.usable or names.too_long:
        meant = {name.key: ingredients for name in names.usable}
        assert_can_be_sent(talked(names, meant, spoken, outcome))


@pytest.mark.parametrize("spoken", Language)
@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("known", [0, 25, 49])
@pytest.mark.parametrize("character", ["🍎", "&", "가"])
def test_an_answer_about_the_most_and_the_longest_names_can_be_sent(
    character: str, known: int, outcome: Outcome, spoken: Language
) -> None:
    by_length = sorted(CATALOGUE.ingredients, key=lambda one: -len(one.ko) - len(one.en))
    longest = [f"{character * 61}{number:03}" for number in range(60 - known)]
    names = [*(one.en for one in by_length[:known]), *longest, character * 70]

    assert_can_be_sent(talked(find_names(",".join(names), CATALOGUE), {}, spoken, outcome))


@reproducible
@given(strategies.typed_names.filter(bool))
def test_the_data_of_an_offer_puts_in_the_name_that_was_offered(typed: str) -> None:
    names = find_names(typed, CATALOGUE)
    for name in names.usable:
        if name.ingredient is None:
            [*offers] = buttons(talked(names, {}, Language.ENGLISH, Outcome.ADDED))
            for offer in offers:
                put = Put.read(offer.data)
                assert put is not None
                [offered] = find_names(put.names, CATALOGUE).usable
                assert offered == name


@reproducible
@given(strategies.items, strategies.likely.filter(bool), strategies.languages)
def test_what_came_of_a_correction_or_a_suggestion_can_be_sent(
    item: Item, meant: Ingredient, spoken: Language
) -> None:
    before = NewItem(item.key, item.name)

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

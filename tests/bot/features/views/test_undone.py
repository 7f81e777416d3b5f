"""What a person reads when a change was undone, or could not be."""

import pytest

from bot.features.undo import views as undo
from bot.locale.language import Language
from fridge.items import UNCATALOGUED, ItemKey, NewItem
from fridge.outcomes import Fridge, Undone
from tests.bot.features.views.strategies import CATALOGUE, DAY, NOW, known_item, typed_item
from tests.bot.features.views.telegram import buttons, shown

milk = CATALOGUE.match("milk")
assert milk is not None
MILK = NewItem(ItemKey(milk.id))
QUARK = NewItem(ItemKey(UNCATALOGUED, "quark"), "Quark & <b>co</b>")
HELD = Fridge([known_item(milk.id)], NOW + DAY, None)


@pytest.mark.parametrize(
    ("spoken", "out", "back", "count"),
    [
        (
            Language.ENGLISH,
            "Undone. Out again: 🥛 milk, Quark & <b>co</b>",
            "Undone. Back in: 🥛 milk",
            "1 item in the fridge now.",
        ),
        (
            Language.KOREAN,
            "되돌렸어요. 다시 뺐어요: 🥛 우유, Quark & <b>co</b>",
            "되돌렸어요. 다시 넣었어요: 🥛 우유",
            "지금 냉장고에 재료가 1가지 있어요.",
        ),
    ],
)
def test_what_went_out_and_what_came_back_is_named_with_how_full_the_fridge_is(
    spoken: Language, out: str, back: str, count: str
) -> None:
    def said(taken_out: list[NewItem], put_back: list[NewItem]) -> str:
        message = undo.undone(Undone(taken_out, put_back, HELD), CATALOGUE, NOW, spoken)
        assert buttons(message) == []
        return shown(message.text)

    assert said([MILK, QUARK], []) == f"{out}\n{count}"
    assert said([], [MILK]) == f"{back}\n{count}"
    assert said([MILK, QUARK], [MILK]) == f"{out}\n{back}\n{count}"


@pytest.mark.parametrize("spoken", Language)
def test_undoing_the_clearing_of_a_full_fridge_names_some_and_counts_the_rest(
    spoken: Language,
) -> None:
    names = [f"{'🍎' * 61}{number:03}" for number in range(500)]
    back = [NewItem(ItemKey(UNCATALOGUED, name), name) for name in names]
    held = Fridge([typed_item(name) for name in names], NOW + DAY, None)

    happened, count = shown(
        undo.undone(Undone([], back, held), CATALOGUE, NOW, spoken).text
    ).splitlines()

    named = happened.count("🍎" * 61)
    assert named > 5
    assert str(500 - named) in happened
    assert "500" in count


@pytest.mark.parametrize("spoken", Language)
def test_why_nothing_is_undone_is_told_apart(spoken: Language) -> None:
    gone = undo.declined_notice(Undone([], [], Fridge([], None, None)), spoken)
    changed = undo.declined_notice(Undone([], [], Fridge([], NOW + DAY, None)), spoken)
    already = undo.declined_notice(
        Undone([], [], Fridge([], NOW + DAY, None), already=True), spoken
    )

    assert len({gone, changed, already}) == 3

"""The pages of the list: everything is on one of them, in its order, and each can be sent."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given

from bot.language import Language
from bot.replies import Message
from bot.views.categories import category_names
from bot.views.fridge import PAGE
from bot.views.fridge import page as view
from bot.views.names import of_item
from db.catalogue.catalogue import CATEGORIES
from db.fridges import MAX_ITEMS, Fridge, Item
from tests.bot.views import strategies
from tests.bot.views.strategies import CATALOGUE, DAY, NOW, known_item, reproducible, typed_item
from tests.bot.views.telegram import assert_can_be_sent, shown

SECOND = timedelta(seconds=1)


def with_items(items: Sequence[Item]) -> Fridge:
    return Fridge(items, NOW + DAY, None)


def pages(found: Fridge, spoken: Language) -> Sequence[Message]:
    """Every page, reached as a person does: with the button for the next one."""
    reached = [view(found, 1, NOW, spoken)]
    while following := page_after(reached[-1], len(reached)):
        reached.append(view(found, following, NOW, spoken))
    return reached


def page_after(page: Message, number: int) -> int | None:
    numbers = [int(button.data.removeprefix(PAGE)) for row in page.buttons for button in row]
    return next((one for one in numbers if one > number), None)


def names_on(page: Message, spoken: Language) -> Sequence[tuple[str, str]]:
    """The category and the name of everything on a page."""
    categories = {heading: category for category, heading in category_names(spoken).items()}
    _, *lines, _ = [line for line in shown(page.text).splitlines() if line]
    return [
        (categories[heading], name)
        for heading, names in zip(lines[::2], lines[1::2], strict=True)
        for name in names.split(", ")
    ]


def in_order(items: Sequence[Item], spoken: Language) -> Sequence[tuple[str, str]]:
    """What a list is to show: the categories in their order, the newest first within each."""
    newest_first = sorted(items, key=lambda item: item.added_at, reverse=True)
    return [
        (category, shown(of_item(item, spoken)))
        for category in CATEGORIES
        for item in newest_first
        if item.category == category
    ]


@pytest.mark.parametrize("spoken", Language)
@pytest.mark.parametrize("character", ["🍎", "&", "<", "א", "가", "w"])
def test_a_full_fridge_of_the_longest_names_is_shown_page_by_page(
    character: str, spoken: Language
) -> None:
    items = [
        typed_item(f"{character * 61}{number:03}", NOW - number * SECOND)
        for number in range(MAX_ITEMS)
    ]

    shown_pages = pages(with_items(items), spoken)

    for page in shown_pages:
        assert_can_be_sent(page)
    everything = [name for page in shown_pages for name in names_on(page, spoken)]
    assert everything == in_order(items, spoken)
    assert len(set(everything)) == MAX_ITEMS


@pytest.mark.parametrize("spoken", Language)
def test_a_full_fridge_of_every_category_is_shown_page_by_page(spoken: Language) -> None:
    known = [known_item(entry.id, NOW) for entry in CATALOGUE.ingredients[: MAX_ITEMS - 100]]
    typed = [typed_item(f"{'🍎' * 61}{number:03}", NOW - number * SECOND) for number in range(100)]
    items = [*known, *typed]

    shown_pages = pages(with_items(items), spoken)

    for page in shown_pages:
        assert_can_be_sent(page)
    assert [name for page in shown_pages for name in names_on(page, spoken)] == in_order(
        items, spoken
    )


@pytest.mark.parametrize("spoken", Language)
@pytest.mark.parametrize("longest", range(20, 30))
def test_a_page_with_every_heading_and_as_many_long_names_as_fit_can_be_sent(
    longest: int, spoken: Language
) -> None:
    shortest_of_each = [
        min(
            (known_item(entry.id) for entry in CATALOGUE.ingredients if entry.category == category),
            key=lambda item: len(of_item(item, spoken)),
        )
        for category in CATEGORIES
        if any(entry.category == category for entry in CATALOGUE.ingredients)
    ]
    typed = [typed_item(f"{'🍎' * 61}{number:03}") for number in range(longest)]

    for page in pages(with_items([*shortest_of_each, *typed]), spoken):
        assert_can_be_sent(page)


@reproducible
@given(strategies.fridges_in_order, strategies.languages)
def test_everything_in_any_fridge_is_on_one_page_in_its_order(
    found: Fridge, spoken: Language
) -> None:
    shown_pages = pages(found, spoken)

    everything = [name for page in shown_pages for name in names_on(page, spoken)]
    assert everything == in_order(found.items, spoken)


@reproducible
@given(strategies.fridges_in_order, strategies.languages)
def test_each_page_tells_its_number_and_leads_to_its_neighbours(
    found: Fridge, spoken: Language
) -> None:
    shown_pages = pages(found, spoken)
    last = len(shown_pages)

    if last == 1:
        assert shown_pages[0].buttons == ()
        return
    for number, page in enumerate(shown_pages, start=1):
        [row] = page.buttons
        led_to = [int(button.data.removeprefix(PAGE)) for button in row]
        assert led_to == [one for one in (number - 1, number, number + 1) if 1 <= one <= last]
        assert f"{number} / {last}" in [button.text for button in row]


@reproducible
@given(strategies.fridges_in_order, strategies.languages)
def test_a_page_beyond_the_last_is_the_last(found: Fridge, spoken: Language) -> None:
    assert view(found, 9999, NOW, spoken) == pages(found, spoken)[-1]


@pytest.mark.parametrize("spoken", Language)
def test_every_page_tells_how_many_items_there_are_and_how_long_they_are_kept(
    spoken: Language,
) -> None:
    items = [typed_item(f"thing {number}") for number in range(130)]

    for page in pages(with_items(items), spoken):
        heading, *_, closing = shown(page.text).splitlines()
        assert "130" in heading
        assert spoken.duration(DAY) in closing


@pytest.mark.parametrize("spoken", Language)
def test_a_fridge_without_items_or_without_a_session_is_empty(spoken: Language) -> None:
    nothing_in = view(Fridge([], NOW + DAY, None), 1, NOW, spoken)
    no_session = view(Fridge([], None, None), 1, NOW, spoken)

    assert nothing_in == no_session
    assert "/add" in nothing_in.text

"""The pages of the list: everything is on one of them, in its order, and each can be sent."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import example, given

from bot.conversation.replies import Message
from bot.features.common.categories import category_names
from bot.features.common.names import has_words, item_html, item_label
from bot.features.fridge.buttons import ChooseCategory, Place, ShowPlace, Take
from bot.features.fridge.views import MAX_PAGE_ITEMS, category_choice
from bot.features.fridge.views import page as view
from bot.locale.language import Language
from fridge.catalogue.catalogue import CATEGORIES
from fridge.items import MAX_ITEMS, Item, ItemReference
from fridge.lots import BARE, Lot
from fridge.lots import Place as KeptIn
from fridge.outcomes import Fridge
from tests.bot.features.views import strategies
from tests.bot.features.views.strategies import (
    CATALOGUE,
    DAY,
    NOW,
    known_item,
    reproducible,
    typed_item,
)
from tests.bot.features.views.telegram import assert_can_be_sent, buttons, shown

SECOND = timedelta(seconds=1)
VEGETABLES = 1 + CATEGORIES.index("vegetables")
OTHER = 1 + CATEGORIES.index("other")


def with_items(items: Sequence[Item]) -> Fridge:
    return Fridge(items, NOW + DAY, None)


def take_out(spoken: Language, name: str) -> str:
    return {Language.ENGLISH: f"Take out {name}", Language.KOREAN: f"{name} 빼기"}[spoken]


def pages(found: Fridge, spoken: Language, category: int = 0) -> Sequence[Message]:
    """Every page, reached as a person does: with the button for the next one."""
    reached = [view(found, 1, NOW, spoken, category=category)]
    while following := page_after(reached[-1], len(reached)):
        number, category = following
        reached.append(view(found, number, NOW, spoken, category=category))
    return reached


def places(page: Message) -> Sequence[Place]:
    """Where the buttons that turn pages lead, or choose what to show."""
    data = [button.data for button in buttons(page)]
    return [found.place for one in data if (found := ShowPlace.read(one))]


def page_after(page: Message, number: int) -> Place | None:
    return next((place for place in places(page) if place.page > number), None)


def names_on(page: Message, spoken: Language, category: int = 0) -> Sequence[tuple[str, str]]:
    """The category and the name of everything on a page; that of one category has no headings."""
    headings = category_names(spoken)
    categories = {heading: category for category, heading in headings.items()}
    heading, *lines, _, _ = [line for line in shown(page.text).splitlines() if line]
    if category and len(lines) == 1:
        only = headings[CATEGORIES[category - 1]]
        assert heading.startswith(f"🧊 {only}: ")
        lines.insert(0, only)
    return [
        (categories[heading], name)
        for heading, names in zip(lines[::2], lines[1::2], strict=True)
        for name in names.split(", ")
    ]


def tapped_on(page: Message) -> Sequence[ItemReference]:
    """What the buttons of a page take out, in their order."""
    data = [button.data for button in buttons(page)]
    return [found.reference for one in data if (found := Take.read(one))]


def in_order(items: Sequence[Item]) -> Sequence[Item]:
    """What a list is to show: the categories in their order, the newest first within each."""
    newest_first = sorted(items, key=lambda item: item.added_at, reverse=True)
    return [item for category in CATEGORIES for item in newest_first if item.category == category]


def named(items: Sequence[Item], spoken: Language) -> Sequence[tuple[str, str]]:
    return [(item.category, shown(item_html(item, spoken))) for item in items]


def assert_pages_show(found: Fridge, spoken: Language) -> None:
    """Each item is named once, in its order, and has its button on the page that names it."""
    shown_pages = pages(found, spoken)
    for page in shown_pages:
        assert_can_be_sent(page)
        assert len(tapped_on(page)) == len(names_on(page, spoken)) <= MAX_PAGE_ITEMS
    expected = in_order(found.items)
    everything = [name for page in shown_pages for name in names_on(page, spoken)]
    assert everything == named(expected, spoken)
    tapped = [reference for page in shown_pages for reference in tapped_on(page)]
    assert tapped == [item.key.reference for item in expected]
    assert len(set(tapped)) == len(expected)


@pytest.mark.unwatched
@pytest.mark.parametrize("spoken", Language)
@pytest.mark.parametrize("character", ["🍎", "&", "<", "א", "가", "w"])
def test_a_full_fridge_of_the_longest_names_is_shown_page_by_page(
    character: str, spoken: Language
) -> None:
    items = [
        typed_item(f"{character * 61}{number:03}", NOW - number * SECOND)
        for number in range(MAX_ITEMS)
    ]

    assert_pages_show(with_items(items), spoken)


@pytest.mark.parametrize("spoken", Language)
def test_a_full_fridge_of_every_category_is_shown_page_by_page(spoken: Language) -> None:
    known = [known_item(entry.id, NOW) for entry in CATALOGUE.ingredients[: MAX_ITEMS - 100]]
    typed = [typed_item(f"{'🍎' * 61}{number:03}", NOW - number * SECOND) for number in range(100)]

    assert_pages_show(with_items([*known, *typed]), spoken)


@pytest.mark.parametrize("spoken", Language)
@pytest.mark.parametrize("character", ["🍎", "א"])
def test_a_page_with_every_heading_and_the_longest_names_can_be_sent_below_a_long_line(
    character: str, spoken: Language
) -> None:
    items = [
        typed_item(f"{character * 61}{number:03}", category=CATEGORIES[number % len(CATEGORIES)])
        for number in range(MAX_PAGE_ITEMS)
    ]

    page = view(with_items(items), 1, NOW, spoken, above=character * 160)

    assert_can_be_sent(page)
    assert len(tapped_on(page)) == MAX_PAGE_ITEMS


@pytest.mark.parametrize("spoken", Language)
@pytest.mark.parametrize("character", ["🍎", "&", "א", "가"])
def test_a_full_fridge_of_the_longest_notes_is_shown_page_by_page(
    character: str, spoken: Language
) -> None:
    lot = Lot(strategies.MOST_OF_ALL, NOW.date(), KeptIn.FREEZER, character * 64)
    items = [
        typed_item(
            f"{character * 61}{number:03}",
            NOW - number * SECOND,
            CATEGORIES[number % len(CATEGORIES)],
            lot,
        )
        for number in range(60)
    ]

    shown_pages = pages(with_items(items), spoken)

    for page in shown_pages:
        assert_can_be_sent(page)
    assert sum(len(tapped_on(page)) for page in shown_pages) == len(items)


@reproducible
@given(strategies.fridges_in_order, strategies.languages)
def test_everything_in_any_fridge_is_on_one_page_in_its_order(
    found: Fridge, spoken: Language
) -> None:
    assert_pages_show(found, spoken)


@reproducible
@given(strategies.fridges_in_order, strategies.languages)
def test_each_page_tells_its_number_and_leads_to_its_neighbours(
    found: Fridge, spoken: Language
) -> None:
    shown_pages = pages(found, spoken)
    last = len(shown_pages)

    for number, page in enumerate(shown_pages, start=1):
        neighbours = [one for one in (number - 1, number, number + 1) if 1 <= one <= last]
        assert places(page) == ([Place(one) for one in neighbours] if last > 1 else [])
        tells = {f"Page {number} of {last}", f"{number}/{last}쪽"}
        assert any(button.text in tells for button in buttons(page)) == (last > 1)


@reproducible
@given(strategies.fridges_in_order, strategies.languages)
def test_a_page_beyond_the_last_is_the_last(found: Fridge, spoken: Language) -> None:
    assert view(found, 9999, NOW, spoken) == pages(found, spoken)[-1]


@pytest.mark.parametrize(
    ("count", "last"),
    [(1, 1), (23, 1), (24, 1), (25, 2), (47, 2), (48, 2), (49, 3), (MAX_ITEMS, 21)],
)
def test_items_that_fill_their_pages_have_no_empty_page_behind_them(count: int, last: int) -> None:
    found = with_items([typed_item(f"thing {number}") for number in range(count)])

    last_page = view(found, 9999, NOW, Language.ENGLISH)

    labels = [button.text for button in buttons(last_page)]
    assert (f"Page {last} of {last}" in labels) == (last > 1)
    assert ("Next ▶" in labels, "◀ Back" in labels) == (False, last > 1)
    assert len(tapped_on(last_page)) == count - (last - 1) * 24


@pytest.mark.parametrize("spoken", Language)
def test_every_page_tells_how_many_items_there_are_and_how_long_they_are_kept(
    spoken: Language,
) -> None:
    items = [typed_item(f"thing {number}") for number in range(130)]

    for page in pages(with_items(items), spoken):
        heading, *_, closing, _ = shown(page.text).splitlines()
        assert "130" in heading
        assert spoken.duration(DAY) in closing


@pytest.mark.parametrize("spoken", Language)
def test_a_fridge_without_items_or_without_a_session_is_empty(spoken: Language) -> None:
    nothing_in = view(Fridge([], NOW + DAY, None), 1, NOW, spoken)
    no_session = view(Fridge([], None, None), 1, NOW, spoken)

    assert nothing_in == no_session
    assert "/add" in nothing_in.text
    assert not nothing_in.buttons


@reproducible
@given(strategies.fridges_in_order, strategies.languages)
@example(
    with_items([known_item(entry.id) for entry in CATALOGUE.ingredients[::3]]), Language.KOREAN
)
def test_the_categories_together_hold_everything_and_the_choice_counts_it(
    found: Fridge, spoken: Language
) -> None:
    choice = category_choice(found, Place(1), spoken)
    [everything, *each] = places(choice)
    counts = [int(button.text.rsplit("(")[-1].rstrip(")")) for button in buttons(choice)]

    assert everything == Place(1)
    assert counts == [len(found.items), *(len(items_of(found, place.category)) for place in each)]
    assert sum(counts[1:]) == len(found.items)
    for place in each:
        shown_pages = pages(found, spoken, place.category)
        names = [name for page in shown_pages for name in names_on(page, spoken, place.category)]
        assert names == named(in_order(items_of(found, place.category)), spoken)


def items_of(found: Fridge, category: int) -> Sequence[Item]:
    return [item for item in found.items if item.category == CATEGORIES[category - 1]]


@pytest.mark.parametrize("spoken", Language)
def test_the_choice_is_offered_where_it_helps_and_leads_back_to_everything(
    spoken: Language,
) -> None:
    things = [typed_item(f"thing {number}") for number in range(8)]
    carrot = CATALOGUE.match("carrot")
    assert carrot is not None
    long, short = with_items([*things, known_item(carrot.id)]), with_items(things[:7])

    def choice_on(page: Message) -> Sequence[str]:
        data = [button.data for button in buttons(page)]
        return [one for one in data if ChooseCategory.read(one)]

    assert choice_on(view(long, 1, NOW, spoken)) == ["filter:1.0"]
    assert choice_on(view(with_items(things * 2), 1, NOW, spoken)) == []
    assert choice_on(view(with_items([*short.items, known_item(carrot.id)]), 1, NOW, spoken)) == []
    vegetables = view(long, 1, NOW, spoken, category=VEGETABLES)
    assert choice_on(vegetables) == [f"filter:1.{VEGETABLES}"]
    assert places(vegetables) == [Place(1)]
    assert tapped_on(vegetables) == [known_item(carrot.id).key.reference]
    ticked = [
        button.data
        for button in buttons(category_choice(long, Place(3, VEGETABLES), spoken))
        if "✓" in button.text
    ]
    assert ticked == [f"fridge:3.{VEGETABLES}"]


@pytest.mark.parametrize("category", [OTHER, VEGETABLES, 0, -1, 20, 99])
def test_a_category_that_tells_nothing_apart_shows_everything(category: int) -> None:
    things = with_items([typed_item(f"thing {number}") for number in range(30)])

    shown_page = view(things, 2, NOW, Language.ENGLISH, category=category)

    assert shown_page == view(things, 2, NOW, Language.ENGLISH)


def test_a_category_of_which_the_last_thing_went_shows_everything() -> None:
    things = with_items(
        [typed_item("a thing"), typed_item("a leaf", category=CATEGORIES[VEGETABLES - 1])]
    )
    gone = 1 + CATEGORIES.index("drinks")

    shown_page = view(things, 1, NOW, Language.ENGLISH, category=gone)

    assert shown_page == view(things, 1, NOW, Language.ENGLISH)


@reproducible
@given(strategies.items, strategies.languages)
def test_a_button_finds_the_item_that_it_names(item: Item, spoken: Language) -> None:
    item = replace(item, lot=BARE)
    page = view(with_items([item]), 1, NOW, spoken)

    [button] = buttons(page)
    name = item_label(item, spoken)
    assert button.text == (name if has_words(name) else take_out(spoken, name))
    assert Take.read(button.data) == Take(item.key.reference, Place(1))


@pytest.mark.parametrize(
    ("names", "rows"),
    [
        (["ham", "kale", "egg", "tofu"], [3, 1]),
        (["ham", "yoghurt drink", "egg"], [2, 1]),
        (["ham", "egg", "grandma's secret sauce", "tofu"], [2, 1, 1]),
        (["우유", "두부", "대파", "돼지고기 목살", "김"], [3, 2]),
    ],
)
def test_as_many_buttons_share_a_row_as_their_words_leave_room(
    names: list[str], rows: list[int]
) -> None:
    items = [typed_item(name, NOW - number * SECOND) for number, name in enumerate(names)]

    page = view(with_items(items), 1, NOW, Language.KOREAN)

    assert [len(row) for row in page.buttons] == rows
    assert [button.text for button in buttons(page)] == names

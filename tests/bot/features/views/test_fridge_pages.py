"""The pages of the list: everything is on one of them, in its order, and each can be sent."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby

import pytest
from hypothesis import example, given

from bot.conversation.replies import Button, Message
from bot.features.common.categories import category_names
from bot.features.common.due import Calendar
from bot.features.common.names import has_words, item_html, item_label
from bot.features.fridge.buttons import ChooseFilter, ListView, ShowList, Take
from bot.features.fridge.views import FEW_ITEMS, MAX_PAGE_ITEMS, filter_choice
from bot.features.fridge.views import page as page_of
from bot.locale.language import Language
from fridge.catalogue.catalogue import CATEGORIES
from fridge.items import MAX_ITEMS, Item, ItemReference
from fridge.lots import BARE, Lot, Place
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


def view(found: Fridge, shows: ListView, spoken: Language, above: str = "") -> Message:
    return page_of(found, shows, CATALOGUE, NOW, spoken, above=above)


def pages(found: Fridge, spoken: Language, only: int = 0) -> Sequence[Message]:
    """Every page, reached as a person does: with the button for the next one."""
    reached = [view(found, ListView(only=only), spoken)]
    while following := page_after(reached[-1], len(reached)):
        reached.append(view(found, following, spoken))
    return reached


def turns(page: Message) -> Sequence[ListView]:
    """Where the buttons of the row of pages lead."""
    for row in page.buttons[:-1]:
        read = [ShowList.read(button.data) for button in row if isinstance(button, Button)]
        found = [button.view for button in read if button]
        if len(found) == len(row) > 1:
            return found
    return []


def page_after(page: Message, number: int) -> ListView | None:
    return next((view for view in turns(page) if view.page > number), None)


def tapped_on(page: Message) -> Sequence[ItemReference]:
    """What the buttons of a page take out, in their order."""
    data = [button.data for button in buttons(page)]
    return [found.reference for one in data if (found := Take.read(one))]


def in_order(items: Sequence[Item], spoken: Language) -> Sequence[Item]:
    """What a list is to show: the categories in their order, what is due first first, then the
    newest."""
    calendar = Calendar.of(with_items(items), NOW, spoken, CATALOGUE)
    newest_first = sorted(items, key=lambda item: item.added_at, reverse=True)

    def due(item: Item) -> date:
        found = calendar.due(item)
        return found.day if found else date.max

    return [
        item
        for category in CATEGORIES
        for item in sorted(newest_first, key=due)
        if item.category == category
    ]


def assert_pages_show(found: Fridge, spoken: Language) -> None:
    """Each item has its button on one page, in its order, and a page of many names it below the
    heading of its category."""
    shown_pages = pages(found, spoken)
    expected = in_order(found.items, spoken)
    headings = category_names(spoken)
    for number, page in enumerate(shown_pages):
        assert_can_be_sent(page)
        assert len(tapped_on(page)) <= MAX_PAGE_ITEMS
        items = expected[number * MAX_PAGE_ITEMS :][:MAX_PAGE_ITEMS]
        if len(found.items) > FEW_ITEMS:
            text = shown(page.text)
            for category, group in groupby(items, key=lambda item: item.category):
                _, heading, text = text.partition(f"\n{headings[category]}\n")
                assert heading
                for item in group:
                    _, name, text = text.partition(shown(item_html(item, spoken)))
                    assert name
    tapped = [reference for page in shown_pages for reference in tapped_on(page)]
    assert tapped == [item.reference for item in expected]
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

    page = view(with_items(items), ListView(), spoken, above=character * 160)

    assert_can_be_sent(page)
    assert len(tapped_on(page)) == MAX_PAGE_ITEMS


@pytest.mark.parametrize("spoken", Language)
@pytest.mark.parametrize("character", ["🍎", "&", "א", "가"])
def test_a_full_fridge_of_the_longest_notes_is_shown_page_by_page(
    character: str, spoken: Language
) -> None:
    lot = Lot(strategies.MOST_OF_ALL, NOW.date(), Place.FREEZER, character * 64)
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
        assert turns(page) == ([ListView(one) for one in neighbours] if last > 1 else [])
        tells = {f"Page {number} of {last}", f"{number}/{last}쪽"}
        assert any(button.text in tells for button in buttons(page)) == (last > 1)


@reproducible
@given(strategies.fridges_in_order, strategies.languages)
def test_a_page_beyond_the_last_is_the_last(found: Fridge, spoken: Language) -> None:
    assert view(found, ListView(9999), spoken) == pages(found, spoken)[-1]


@pytest.mark.parametrize(
    ("count", "last"),
    [(1, 1), (23, 1), (24, 1), (25, 2), (47, 2), (48, 2), (49, 3), (MAX_ITEMS, 21)],
)
def test_items_that_fill_their_pages_have_no_empty_page_behind_them(count: int, last: int) -> None:
    found = with_items([typed_item(f"thing {number}") for number in range(count)])

    last_page = view(found, ListView(9999), Language.ENGLISH)

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
    nothing_in = view(Fridge([], NOW + DAY, None), ListView(), spoken)
    no_session = view(Fridge([], None, None), ListView(), spoken)

    assert nothing_in == no_session
    assert "/add" in nothing_in.text
    assert not nothing_in.buttons


@reproducible
@given(strategies.fridges_in_order, strategies.languages)
@example(
    with_items([known_item(entry.id) for entry in CATALOGUE.ingredients[::3]]), Language.KOREAN
)
def test_the_filters_together_hold_everything_and_the_choice_counts_it(
    found: Fridge, spoken: Language
) -> None:
    choice = filter_choice(found, ListView(), CATALOGUE, NOW, spoken)
    read = [ShowList.read(button.data) for button in buttons(choice)]
    [everything, *each] = [one.view for one in read if one]
    counts = [int(button.text.rsplit("(")[-1].rstrip(")")) for button in buttons(choice)]

    assert everything == ListView()
    assert counts[0] == len(found.items)
    by_filter = {
        one.only: [
            reference for page in pages(found, spoken, one.only) for reference in tapped_on(page)
        ]
        for one in each
    }
    assert counts[1:] == [len(references) for references in by_filter.values()]
    categories = [only for only in by_filter if only <= len(CATEGORIES)]
    for only in categories:
        items = [item for item in found.items if item.category == CATEGORIES[only - 1]]
        assert by_filter[only] == [item.reference for item in in_order(items, spoken)]
    there = {item.category for item in found.items}
    assert len(categories) == (len(there) if len(there) > 1 else 0)


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
        return [one for one in data if ChooseFilter.read(one)]

    assert choice_on(view(long, ListView(), spoken)) == ["filter:1.0"]
    assert choice_on(view(with_items(things * 2), ListView(), spoken)) == []
    few = with_items([*short.items, known_item(carrot.id)])
    assert choice_on(view(few, ListView(), spoken)) == []
    vegetables = view(long, ListView(only=VEGETABLES), spoken)
    assert choice_on(vegetables) == [f"filter:1.{VEGETABLES}"]
    assert ShowList(ListView()).data in [button.data for button in buttons(vegetables)]
    assert tapped_on(vegetables) == [known_item(carrot.id).reference]
    choice = filter_choice(long, ListView(3, VEGETABLES), CATALOGUE, NOW, spoken)
    ticked = [button.data for button in buttons(choice) if "✓" in button.text]
    assert ticked == [f"fridge:3.{VEGETABLES}"]


@pytest.mark.parametrize("only", [OTHER, VEGETABLES, 0, 20, 91, 93, 99])
def test_a_filter_that_tells_nothing_apart_shows_everything(only: int) -> None:
    things = with_items([typed_item(f"thing {number}") for number in range(30)])

    shown_page = view(things, ListView(2, only), Language.ENGLISH)

    assert shown_page == view(things, ListView(2), Language.ENGLISH)


def test_a_category_of_which_the_last_thing_went_shows_everything() -> None:
    things = with_items(
        [typed_item("a thing"), typed_item("a leaf", category=CATEGORIES[VEGETABLES - 1])]
    )
    gone = 1 + CATEGORIES.index("drinks")

    shown_page = view(things, ListView(only=gone), Language.ENGLISH)

    assert shown_page == view(things, ListView(), Language.ENGLISH)


@reproducible
@given(strategies.items, strategies.languages)
def test_a_button_finds_the_item_that_it_names(item: Item, spoken: Language) -> None:
    item = replace(item, lot=BARE)
    page = view(with_items([item]), ListView(), spoken)

    button, *_ = buttons(page)
    name = item_label(item, spoken)
    assert button.text == (name if has_words(name) else take_out(spoken, name))
    assert Take.read(button.data) == Take(item.reference, ListView())


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

    page = view(with_items(items), ListView(), Language.KOREAN)

    assert [len(row) for row in page.buttons[:-1]] == rows
    assert [button.text for button in buttons(page)][: len(names)] == names

"""The list of the fridge: one message, which taps edit in place."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby
from typing import Final

from bot.conversation.replies import Button, Buttons, Message
from bot.features.common.categories import category_names
from bot.features.common.days import due_mark, today_in
from bot.features.common.lots import amount_text, lot_html, lot_text
from bot.features.common.names import has_words, item_html, item_label
from bot.features.common.rows import in_rows
from bot.features.fridge.buttons import EVERYTHING, ChooseCategory, Place, ShowPlace, Take
from bot.locale.language import Language
from fridge.catalogue.catalogue import CATEGORIES
from fridge.items import Item, ItemKey, ItemReference
from fridge.outcomes import Fridge

MAX_PAGE_ITEMS: Final = 24
"""Telegram takes 100 buttons and 4096 characters. This many of the longest names, under all
headings, stay below both."""

FEW_ITEMS: Final = 8
"""Up to this many items, the list has no button to choose a category."""

REMEMBERED: Final = 1024
"""How many strings of buttons are remembered. Most are for the few hundred things of households, on
a first page."""


def page(
    fridge: Fridge,
    number: int,
    now: datetime,
    language: Language,
    *,
    category: int = EVERYTHING,
    above: str = "",
    undo: Button | None = None,
) -> Message:
    """Return a page of the list; the last page where there are fewer.

    Args:
        fridge: the items, newest first.
        number: of the page, from 1.
        now: the present time, for the remaining life of the fridge.
        language: of the reply.
        category: show only this category; everything, if the fridge has no item in it.
        above: a line of HTML above the list.
        undo: a button below the buttons of the items, so that those keep their places.
    """
    undo_rows = [[undo]] if undo else []
    if not fridge.items or fridge.expires_at is None:
        return Message(_below(above, empty_text(language)), undo_rows)
    category = _shown_category(fridge.items, category)
    today = today_in(fridge, now, language)
    pages = list(_pages(fridge.items, category))
    place = Place(min(max(number, 1), len(pages)), category)
    shown = pages[place.page - 1]
    names = Counter(item.key for item in shown)
    parts = [
        *_content(fridge, shown, category, today, language),
        _closing(fridge.expires_at, now, language),
    ]
    return Message(
        _below(above, "\n\n".join(parts)),
        [
            *in_rows([_item_button(item, place, today, language, names) for item in shown]),
            *undo_rows,
            *_page_buttons(place, len(pages), language),
            *_category_buttons(fridge, place, language),
        ],
    )


def category_choice(fridge: Fridge, place: Place, language: Language) -> Message:
    """Ask which category to show, with the number of items in each; the shown one is ticked."""
    counts = Counter(item.category for item in fridge.items)
    names = category_names(language)
    choices = [
        (EVERYTHING, language.gettext("Everything"), len(fridge.items)),
        *(
            (number, names[category], counts[category])
            for number, category in enumerate(CATEGORIES, start=1)
            if counts[category]
        ),
    ]
    shown = _shown_category(fridge.items, place.category)
    buttons: list[Button] = []
    for number, name, count in choices:
        is_shown = number == shown
        target = Place(place.page if is_shown else 1, number)
        tick = "✓ " if is_shown else ""
        label = f"{tick}{name} ({language.number(count)})"
        buttons.append(Button(label, ShowPlace(target).data))
    question = language.gettext("Which category shall I show?")
    return Message(f"{_heading(fridge, language)}\n\n{question}", in_rows(buttons))


def taken_out_line(name: str, language: Language) -> str:
    """Return the line above the list that says which item, as HTML, a tap took out."""
    return language.gettext("Taken out: {names}").format(names=name)


def already_out_notice(language: Language) -> str:
    """Return the notice that the item is out already."""
    return language.gettext("That is out already.")


def empty_text(language: Language) -> str:
    """Return the text of an empty fridge."""
    return language.gettext("The fridge is empty. Put something in: /add milk, eggs")


def count_line(count: int, language: Language) -> str:
    """Say how many items are in the fridge after a change."""
    if not count:
        return language.gettext("The fridge is empty now.")
    return language.ngettext(
        "{count} item in the fridge now.", "{count} items in the fridge now.", count
    ).format(count=count)


def _below(above: str, text: str) -> str:
    return f"{above}\n\n{text}" if above else text


def _shown_category(items: Iterable[Item], category: int) -> int:
    """Return the category if some, but not all, of the items are in it; otherwise EVERYTHING."""
    there = {item.category for item in items}
    if 0 < category <= len(CATEGORIES) and CATEGORIES[category - 1] in there and len(there) > 1:
        return category
    return EVERYTHING


def _pages(items: Iterable[Item], category: int) -> Iterable[Sequence[Item]]:
    """Yield the pages, sorted by category; within it, what is due first, then what is newest."""
    shown = sorted(
        (item for item in items if not category or item.category == CATEGORIES[category - 1]),
        key=lambda item: (CATEGORIES.index(item.category), item.lot.best_before or date.max),
    )
    for start in range(0, len(shown), MAX_PAGE_ITEMS):
        yield shown[start : start + MAX_PAGE_ITEMS]


def _heading(fridge: Fridge, language: Language) -> str:
    return language.ngettext(
        "🧊 <b>In the fridge: {count} item</b>",
        "🧊 <b>In the fridge: {count} items</b>",
        len(fridge.items),
    ).format(count=language.number(len(fridge.items)))


def _content(
    fridge: Fridge, shown: Sequence[Item], category: int, today: date, language: Language
) -> Sequence[str]:
    """Return the heading and the names of a page, with a heading for each of several categories."""
    headings = category_names(language)
    if category:
        name = CATEGORIES[category - 1]
        heading = language.gettext("🧊 <b>{category}: {count} of {total}</b>").format(
            category=headings[name],
            count=language.number(sum(item.category == name for item in fridge.items)),
            total=language.number(len(fridge.items)),
        )
        return (heading, _names(shown, today, language))
    parts = [
        f"<b>{headings[name]}</b>\n{_names(items, today, language)}"
        for name, items in groupby(shown, key=lambda item: item.category)
    ]
    return (_heading(fridge, language), "\n".join(parts))


def _names(items: Iterable[Item], today: date, language: Language) -> str:
    return ", ".join(
        due_mark(item.lot, today) + lot_html(item_html(item, language), item.lot, today, language)
        for item in items
    )


def _closing(expires_at: datetime, now: datetime, language: Language) -> str:
    stays = language.gettext("I'll remember this list for another {duration}.").format(
        duration=language.duration(expires_at - now)
    )
    hint = language.gettext("Used something up? Tap it to take it out.")
    return f"⏳ {stays}\n👇 {hint}"


def _item_button(
    item: Item, place: Place, today: date, language: Language, names: Mapping[ItemKey, int]
) -> Button:
    """Return the button of a lot; its date and place tell it from others of its name."""
    label = item_label(item, language)
    if not has_words(label):
        label = language.gettext("Take out {name}").format(name=label)
    if names[item.key] > 1 and not item.lot.is_bare:
        label = f"{label} {lot_text(item.lot, today, language)}".rstrip()
    elif item.lot.amount:
        label = f"{label} {amount_text(item.lot.amount, language)}"
    return Button(f"{due_mark(item.lot, today)}{label}", _take_data(item.reference, place))


@lru_cache(REMEMBERED)
def _take_data(reference: ItemReference, place: Place) -> str:
    return Take(reference, place).data


def _page_buttons(place: Place, last: int, language: Language) -> Buttons:
    if last == 1:
        return ()

    def to(number: int) -> str:
        return ShowPlace(Place(number, place.category)).data

    row: list[Button] = []
    if place.page > 1:
        row.append(Button(language.gettext("◀ Back"), to(place.page - 1)))
    this = language.gettext("Page {number} of {last}").format(number=place.page, last=last)
    row.append(Button(this, to(place.page)))
    if place.page < last:
        row.append(Button(language.gettext("Next ▶"), to(place.page + 1)))
    return (row,)


def _category_buttons(fridge: Fridge, place: Place, language: Language) -> Buttons:
    choice = Button(language.gettext("🗂 By category"), ChooseCategory(place).data)
    if place.category:
        everything = Button(language.gettext("Show everything"), ShowPlace(Place(1)).data)
        return ((choice, everything),)
    if len(fridge.items) > FEW_ITEMS and len({item.category for item in fridge.items}) > 1:
        return ((choice,),)
    return ()

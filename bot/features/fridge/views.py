"""The list of what is in the fridge: one message, which is edited in place."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import Final

from bot.conversation.replies import Button, Buttons, Message
from bot.features.common.categories import category_names
from bot.features.common.names import has_words, item_on_button, of_item
from bot.features.common.rows import in_rows
from bot.features.fridge.buttons import EVERYTHING, ChooseCategory, Place, ShowPlace, Take
from bot.locale.language import Language
from fridge.catalogue.catalogue import CATEGORIES
from fridge.items import Item, ItemReference
from fridge.outcomes import Fridge

# Telegram takes 100 buttons and 4096 characters. As many of the longest names, under every
# heading there is, stay below both.
MAX_PAGE_ITEMS: Final = 24

FEW_ITEMS: Final = 8
"""As many are seen at a glance: to choose a category would be a detour."""

REMEMBERED: Final = 1024
"""Most buttons are those of the few hundred things that households have, on a first page."""


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
    """A page of the list; the last one where there are fewer pages than asked for.

    Args:
        fridge: what is in it, newest first.
        number: of the page, from 1.
        now: when it is shown.
        language: to show it in.
        category: the only one to show; everything is shown where nothing is in it.
        above: a line over the list, as HTML.
        undo: a button below those of the items, where they do not move for it.
    """
    undo_rows = [[undo]] if undo else []
    if not fridge.items or fridge.expires_at is None:
        return Message(_below(above, is_empty(language)), undo_rows)
    category = _shown_category(fridge.items, category)
    pages = list(_pages(fridge.items, category))
    place = Place(min(max(number, 1), len(pages)), category)
    shown = pages[place.page - 1]
    parts = [
        *_content(fridge, shown, category, language),
        _closing(fridge.expires_at, now, language),
    ]
    return Message(
        _below(above, "\n\n".join(parts)),
        [
            *in_rows([_item_button(item, place, language) for item in shown]),
            *undo_rows,
            *_page_buttons(place, len(pages), language),
            *_category_buttons(fridge, place, language),
        ],
    )


def category_choice(fridge: Fridge, place: Place, language: Language) -> Message:
    """Ask which category to show, each with how many items it has; the shown one is ticked."""
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


def taken_out(name: str, language: Language) -> str:
    """The line over the list that says what a tap took out, given as HTML."""
    return language.gettext("Taken out: {names}").format(names=name)


def gone_already(language: Language) -> str:
    """The notice for an item that is not there any more, as plain text."""
    return language.gettext("That is out already.")


def is_empty(language: Language) -> str:
    """There is nothing in it."""
    return language.gettext("The fridge is empty. Put something in: /add milk, eggs")


def fullness(count: int, language: Language) -> str:
    """How much is in after a change."""
    if not count:
        return language.gettext("The fridge is empty now.")
    return language.ngettext(
        "{count} item in the fridge now.", "{count} items in the fridge now.", count
    ).format(count=count)


def _below(above: str, text: str) -> str:
    return f"{above}\n\n{text}" if above else text


def _shown_category(items: Iterable[Item], category: int) -> int:
    """The category, if to show only that one leaves anything, and leaves anything out."""
    there = {item.category for item in items}
    if 0 < category <= len(CATEGORIES) and CATEGORIES[category - 1] in there and len(there) > 1:
        return category
    return EVERYTHING


def _pages(items: Iterable[Item], category: int) -> Iterable[Sequence[Item]]:
    """The items by category; the sort keeps the newest first within each."""
    shown = sorted(
        (item for item in items if not category or item.category == CATEGORIES[category - 1]),
        key=lambda item: CATEGORIES.index(item.category),
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
    fridge: Fridge, shown: Sequence[Item], category: int, language: Language
) -> Sequence[str]:
    """The heading, and the names of a page; those of several categories below their headings."""
    headings = category_names(language)
    if category:
        name = CATEGORIES[category - 1]
        heading = language.gettext("🧊 <b>{category}: {count} of {total}</b>").format(
            category=headings[name],
            count=language.number(sum(item.category == name for item in fridge.items)),
            total=language.number(len(fridge.items)),
        )
        return (heading, _names(shown, language))
    parts = [
        f"<b>{headings[name]}</b>\n{_names(items, language)}"
        for name, items in groupby(shown, key=lambda item: item.category)
    ]
    return (_heading(fridge, language), "\n".join(parts))


def _names(items: Iterable[Item], language: Language) -> str:
    return ", ".join(of_item(item, language) for item in items)


def _closing(expires_at: datetime, now: datetime, language: Language) -> str:
    stays = language.gettext("Stays for another {duration}.").format(
        duration=language.duration(expires_at - now)
    )
    hint = language.gettext("Used something up? Tap it to take it out.")
    return f"⏳ {stays}\n👇 {hint}"


def _item_button(item: Item, place: Place, language: Language) -> Button:
    label = item_on_button(item, language)
    if not has_words(label):
        label = language.gettext("Take out {name}").format(name=label)
    return Button(label, _take_data(item.key.reference, place))


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

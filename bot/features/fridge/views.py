"""The list of what is in the fridge: one message, which is edited in place."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final, NamedTuple

from bot.conversation.replies import Button, Buttons, Message
from bot.features.common.categories import category_names
from bot.features.common.names import has_words, item_on_button, of_item
from bot.features.common.rows import in_rows
from bot.locale.language import Language
from db.fridges.repository import Fridge, Item, ItemReference
from db.schema.models import UNCATALOGUED
from fridge.catalogue.catalogue import CATEGORIES

PAGE: Final = "fridge:"
"""What the data of a button that shows a place in the list begins with; the place follows."""

CATEGORY_CHOICE: Final = "filter:"
"""What the data of the button to the choice of categories begins with; the place follows."""

TAKE: Final = "take:"
"""What the data of an item's button begins with; the item's reference and the place follow."""

UNKNOWN_NAME: Final = "n"
"""What the reference to a name begins with that the catalogue does not know."""

EVERYTHING: Final = 0

# Telegram takes 100 buttons and 4096 characters. As many of the longest names, under every
# heading there is, stay below both.
MAX_PAGE_ITEMS: Final = 24

FEW_ITEMS: Final = 8
"""As many are seen at a glance: to choose a category would be a detour."""


class Place(NamedTuple):
    """The part of a list that a message shows: a page, of everything or of one category.

    `category` counts the categories of the catalogue from 1.
    """

    page: int
    category: int = EVERYTHING

    def __str__(self) -> str:
        return f"{self.page}.{self.category}"

    @classmethod
    def read(cls, data: str) -> "Place":
        """The place that a button's data names. Older buttons name the page only."""
        page, _, category = data.partition(".")
        return cls(int(page), int(category or EVERYTHING))


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
        buttons.append(Button(f"{tick}{name} ({language.number(count)})", f"{PAGE}{target}"))
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


def written_reference(reference: ItemReference) -> str:
    """An item's reference as a part of a button's data."""
    if reference.name_hash:
        return f"{UNKNOWN_NAME}{reference.name_hash}"
    return str(reference.ingredient_id)


def read_reference(data: str) -> ItemReference:
    """The reference that was written so."""
    if data.startswith(UNKNOWN_NAME):
        return ItemReference(UNCATALOGUED, data.removeprefix(UNKNOWN_NAME))
    return ItemReference(int(data))


def read_take(data: str) -> tuple[ItemReference, Place]:
    """The item whose button carries this data, and what its list shows."""
    reference, _, place = data.removeprefix(TAKE).partition(":")
    return read_reference(reference), Place.read(place)


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
    reference = written_reference(item.key.reference)
    label = item_on_button(item, language)
    if not has_words(label):
        label = language.gettext("Take out {name}").format(name=label)
    return Button(label, f"{TAKE}{reference}:{place}")


def _page_buttons(place: Place, last: int, language: Language) -> Buttons:
    if last == 1:
        return ()

    def to(number: int) -> str:
        return f"{PAGE}{Place(number, place.category)}"

    row: list[Button] = []
    if place.page > 1:
        row.append(Button(language.gettext("◀ Back"), to(place.page - 1)))
    this = language.gettext("Page {number} of {last}").format(number=place.page, last=last)
    row.append(Button(this, to(place.page)))
    if place.page < last:
        row.append(Button(language.gettext("Next ▶"), to(place.page + 1)))
    return (row,)


def _category_buttons(fridge: Fridge, place: Place, language: Language) -> Buttons:
    choice = Button(language.gettext("🗂 By category"), f"{CATEGORY_CHOICE}{place}")
    if place.category:
        everything = Button(language.gettext("Show everything"), f"{PAGE}{Place(1)}")
        return ((choice, everything),)
    if len(fridge.items) > FEW_ITEMS and len({item.category for item in fridge.items}) > 1:
        return ((choice,),)
    return ()

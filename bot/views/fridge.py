"""The list of what is in the fridge."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from bot.language import Language
from bot.replies import Button, Message
from bot.views.categories import category_names
from bot.views.names import of_item, shown_length
from db.catalogue.catalogue import CATEGORIES
from db.fridges import Fridge, Item

PAGE: Final = "fridge:"
"""What the data of a page's button begins with; the page's number, from 1, follows."""

# Telegram takes 4096 characters; the heading and the closing line need some of them.
MAX_PAGE_LENGTH: Final = 3500
MAX_PAGE_ITEMS: Final = 60


def page(fridge: Fridge, number: int, now: datetime, language: Language) -> Message:
    """A page of the list; the last one where there are fewer pages than asked for."""
    if not fridge.items or fridge.expires_at is None:
        return Message(language.gettext("The fridge is empty. Put something in: /add milk, eggs"))
    pages = list(_pages(_entries(fridge.items, language)))
    number = min(max(number, 1), len(pages))
    heading = language.ngettext(
        "🧊 <b>In the fridge: {count} item</b>",
        "🧊 <b>In the fridge: {count} items</b>",
        len(fridge.items),
    ).format(count=language.number(len(fridge.items)))
    closing = language.gettext("Stays for another {duration}.").format(
        duration=language.duration(fridge.expires_at - now)
    )
    body = "\n".join(_category(name, entries, language) for name, entries in pages[number - 1])
    return Message(
        f"{heading}\n\n{body}\n\n⏳ {closing}", _page_buttons(number, len(pages), language)
    )


def fullness(count: int, language: Language) -> str:
    """How much is in after a change."""
    if not count:
        return language.gettext("The fridge is empty now.")
    return language.ngettext(
        "{count} item in the fridge now.", "{count} items in the fridge now.", count
    ).format(count=count)


@dataclass(frozen=True, slots=True)
class _Entry:
    category: str
    text: str


_Page = Sequence[tuple[str, Sequence[_Entry]]]


def _entries(items: Iterable[Item], language: Language) -> Sequence[_Entry]:
    """The items by category; the sort keeps the newest first within each."""
    by_category = sorted(items, key=lambda item: CATEGORIES.index(item.category))
    return [_Entry(item.category, of_item(item, language)) for item in by_category]


def _pages(entries: Sequence[_Entry]) -> Iterator[_Page]:
    page: list[_Entry] = []
    length = 0
    for entry in entries:
        entry_length = shown_length(entry.text) + len(", ")
        if page and (length + entry_length > MAX_PAGE_LENGTH or len(page) == MAX_PAGE_ITEMS):
            yield _grouped(page)
            page, length = [], 0
        page.append(entry)
        length += entry_length
    yield _grouped(page)


def _grouped(page: Iterable[_Entry]) -> _Page:
    return [
        (category, list(entries))
        for category, entries in groupby(page, key=lambda entry: entry.category)
    ]


def _category(category: str, entries: Iterable[_Entry], language: Language) -> str:
    names = ", ".join(entry.text for entry in entries)
    return f"<b>{category_names(language)[category]}</b>\n{names}"


def _page_buttons(number: int, last: int, language: Language) -> Sequence[Sequence[Button]]:
    if last == 1:
        return ()
    row: list[Button] = []
    if number > 1:
        row.append(Button(language.gettext("◀ Back"), f"{PAGE}{number - 1}"))
    row.append(Button(f"{number} / {last}", f"{PAGE}{number}"))
    if number < last:
        row.append(Button(language.gettext("Next ▶"), f"{PAGE}{number + 1}"))
    return (row,)

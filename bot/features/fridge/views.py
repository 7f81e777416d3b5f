"""The list of the fridge: one message, which taps edit in place."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby
from typing import Final

from bot.conversation.replies import Button, Buttons, Message
from bot.features.common.categories import category_names
from bot.features.common.days import due_mark
from bot.features.common.due import Calendar
from bot.features.common.lots import (
    amount_text,
    lot_html,
    lot_text,
    place_heading,
)
from bot.features.common.names import has_words, item_html, item_label, shown_length
from bot.features.common.rows import in_rows
from bot.features.fridge.arranging import (
    PLACES,
    Entry,
    Urgency,
    arranged,
    effective,
    filters_of,
    is_mixed,
    shows,
    urgency,
)
from bot.features.fridge.buttons import EVERYTHING, ChooseFilter, ListView, OpenLot, ShowList, Take
from bot.locale.language import Language
from fridge.catalogue.catalogue import CATEGORIES, Catalogue
from fridge.items import ItemKey, ItemReference
from fridge.lots import Lot
from fridge.outcomes import Fridge

MAX_PAGE_ITEMS: Final = 24
"""Telegram takes 100 buttons and 4096 characters. This many of the longest names, under all
headings, stay below both."""

LONGEST_PAGE: Final = 3850
"""How many UTF-16 code units the lots of a page have at most, with the line above the list."""

FEW_ITEMS: Final = 8
"""Up to this many lots, the text does not repeat what the buttons say, and the list has no button
to choose a filter."""

REMEMBERED: Final = 1024
"""How many strings of buttons are remembered. Most are for the few hundred things of households, on
a first page."""


@dataclass(frozen=True, slots=True)
class _Page:
    """A page of the list: its lots in their order, and how many lots of each name are on it."""

    view: ListView
    last: int
    entries: Sequence[Entry]
    names: Mapping[ItemKey, int]
    is_short: bool


def page(
    fridge: Fridge,
    view: ListView,
    catalogue: Catalogue,
    now: datetime,
    language: Language,
    *,
    above: str = "",
    undo: Button | None = None,
) -> Message:
    """Return a page of the list; the last page where there are fewer.

    Args:
        fridge: the lots, newest first.
        view: the page, and what it shows; everything, where nothing is left of that.
        catalogue: tells how long the lots keep, and where.
        now: the present time, for the remaining life of the fridge.
        language: of the reply.
        above: a line of HTML above the list.
        undo: a button below the buttons of the lots, so that those keep their places.
    """
    undo_rows = [[undo]] if undo else []
    if not fridge.items or fridge.expires_at is None:
        return Message(_below(above, empty_text(language)), undo_rows)
    calendar = Calendar.of(fridge, now, language, catalogue)
    shown = _page(fridge, view, calendar)
    parts = [
        _heading_of(fridge, shown.view, calendar, language),
        _content(shown, LONGEST_PAGE - shown_length(above), calendar, language),
        _closing(fridge.expires_at, now, shown.view, language),
    ]
    return Message(
        _below(above, "\n\n".join(filter(None, parts))),
        [
            *in_rows([_lot_button(entry, shown, calendar, language) for entry in shown.entries]),
            *undo_rows,
            *_page_buttons(shown.view, shown.last, language),
            *_view_buttons(fridge, shown.view, calendar, language),
        ],
    )


def filter_choice(
    fridge: Fridge, view: ListView, catalogue: Catalogue, now: datetime, language: Language
) -> Message:
    """Ask which place or category to show, with the number of lots; the shown one is ticked."""
    calendar = Calendar.of(fridge, now, language, catalogue)
    choices = [(EVERYTHING, len(fridge.items)), *filters_of(fridge.items, calendar)]
    only = effective(view.only, fridge.items, calendar)
    buttons: list[Button] = []
    for number, count in choices:
        is_shown = number == only
        target = view._replace(page=view.page if is_shown else 1, only=number)
        tick = "✓ " if is_shown else ""
        label = f"{tick}{_filter_name(number, language)} ({language.number(count)})"
        buttons.append(Button(label, ShowList(target).data))
    question = language.gettext("What shall I show?")
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


def _page(fridge: Fridge, view: ListView, calendar: Calendar) -> _Page:
    view = view._replace(only=effective(view.only, fridge.items, calendar))
    entries = arranged(fridge.items, view, calendar)
    last = -(-len(entries) // MAX_PAGE_ITEMS)
    number = min(max(view.page, 1), last)
    entries_of_page = entries[(number - 1) * MAX_PAGE_ITEMS : number * MAX_PAGE_ITEMS]
    return _Page(
        view._replace(page=number),
        last,
        entries_of_page,
        Counter(entry.item.key for entry in entries_of_page),
        is_short=len(entries) <= FEW_ITEMS,
    )


def _heading(fridge: Fridge, language: Language) -> str:
    return language.ngettext(
        "🧊 <b>In the fridge: {count} item</b>",
        "🧊 <b>In the fridge: {count} items</b>",
        len(fridge.items),
    ).format(count=language.number(len(fridge.items)))


def _heading_of(fridge: Fridge, view: ListView, calendar: Calendar, language: Language) -> str:
    if view.only == EVERYTHING:
        return _heading(fridge, language)
    return language.gettext("🧊 <b>{category}: {count} of {total}</b>").format(
        category=_filter_name(view.only, language),
        count=language.number(sum(map(shows(view.only, calendar), fridge.items))),
        total=language.number(len(fridge.items)),
    )


def _filter_name(number: int, language: Language) -> str:
    if number == EVERYTHING:
        return language.gettext("Everything")
    if place := PLACES.get(number):
        return place_heading(place, language)
    return category_names(language)[CATEGORIES[number - 1]]


def _content(shown: _Page, budget: int, calendar: Calendar, language: Language) -> str:
    """Return the lots of a page as HTML, in as much detail as the message has room for.

    The notes go first, then all but the names; the buttons have the names in any case.
    """
    if shown.is_short:
        text = _more_than_buttons(shown, calendar, language)
        return text if shown_length(text) <= budget else ""

    def whole(entry: Entry) -> str:
        return _with_details(entry, entry.item.lot, calendar, language)

    def unnoted(entry: Entry) -> str:
        return _with_details(entry, replace(entry.item.lot, note=""), calendar, language)

    def named(entry: Entry) -> str:
        return due_mark(entry.item.lot, calendar.today) + item_html(entry.item, language)

    texts = (_grouped(shown, show, calendar, language) for show in (whole, unnoted, named))
    return next((text for text in texts if shown_length(text) <= budget), "")


def _grouped(
    shown: _Page, show: Callable[[Entry], str], calendar: Calendar, language: Language
) -> str:
    """Return lines of lots, with a heading for each group, unless the page is one category."""
    if shown.view.only in range(1, len(CATEGORIES) + 1) and not shown.view.by_date:
        return ", ".join(map(show, shown.entries))
    between = "\n" if shown.view.by_date else ", "
    return "\n".join(
        f"<b>{heading}</b>\n{between.join(map(show, entries))}"
        for heading, entries in groupby(
            shown.entries, key=lambda entry: _group_name(entry, shown.view, calendar, language)
        )
    )


def _group_name(entry: Entry, view: ListView, calendar: Calendar, language: Language) -> str:
    if not view.by_date:
        return category_names(language)[entry.item.category]
    return {
        Urgency.PAST: language.gettext("❗ Past the date"),
        Urgency.SOON: language.gettext("⏰ Eat soon"),
        Urgency.LATER: language.gettext("Later"),
        Urgency.UNKNOWN: language.gettext("Without a date"),
    }[urgency(entry, calendar)]


def _with_details(entry: Entry, lot: Lot, calendar: Calendar, language: Language) -> str:
    """Return what is told of a lot as HTML, with an estimate where it has no date."""
    name, today = item_html(entry.item, language), calendar.today
    estimate = entry.due.day if entry.due and entry.due.is_estimate else None
    return due_mark(lot, today) + lot_html(name, lot, today, language, estimate)


def _more_than_buttons(shown: _Page, calendar: Calendar, language: Language) -> str:
    """Return a line for each lot of which the button does not say all, soonest first."""
    lines: list[str] = []
    for entry in sorted(shown.entries, key=lambda one: one.due.day if one.due else date.max):
        lot = entry.item.lot
        if entry.due or lot.place or lot.note:
            is_only = shown.names[entry.item.key] == 1
            told = replace(lot, amount=None) if is_only else lot
            lines.append(_with_details(entry, told, calendar, language))
    return "\n".join(lines)


def _closing(expires_at: datetime, now: datetime, view: ListView, language: Language) -> str:
    stays = language.gettext("I'll remember this list for another {duration}.").format(
        duration=language.duration(expires_at - now)
    )
    if view.changing:
        hint = language.gettext("Tap a thing to change its amount, date or place.")
        return f"⏳ {stays}\n✏️ {hint}"
    hint = language.gettext("Used something up? Tap it to take it out.")
    return f"⏳ {stays}\n👇 {hint}"


def _lot_button(entry: Entry, shown: _Page, calendar: Calendar, language: Language) -> Button:
    """Return the button of a lot; its date and place tell it from others of its name."""
    item, lot, today = entry.item, entry.item.lot, calendar.today
    label = item_label(item, language)
    if not has_words(label):
        label = (
            language.gettext("Change {name}")
            if shown.view.changing
            else language.gettext("Take out {name}")
        ).format(name=label)
    if shown.names[item.key] > 1 and not lot.is_bare:
        label = f"{label} {lot_text(lot, today, language)}".rstrip()
    elif lot.amount:
        label = f"{label} {amount_text(lot.amount, language)}"
    return Button(f"{due_mark(lot, today)}{label}", _lot_data(item.reference, shown.view))


@lru_cache(REMEMBERED)
def _lot_data(reference: ItemReference, view: ListView) -> str:
    return (OpenLot if view.changing else Take)(reference, view).data


def _page_buttons(view: ListView, last: int, language: Language) -> Buttons:
    if last == 1:
        return ()

    def to(number: int) -> str:
        return ShowList(view._replace(page=number)).data

    row: list[Button] = []
    if view.page > 1:
        row.append(Button(language.gettext("◀ Back"), to(view.page - 1)))
    this = language.gettext("Page {number} of {last}").format(number=view.page, last=last)
    row.append(Button(this, to(view.page)))
    if view.page < last:
        row.append(Button(language.gettext("Next ▶"), to(view.page + 1)))
    return (row,)


def _view_buttons(
    fridge: Fridge, view: ListView, calendar: Calendar, language: Language
) -> Buttons:
    """Return the buttons that change what the list shows, its order, and what a tap does."""
    is_long = len(fridge.items) > FEW_ITEMS
    choice = Button(language.gettext("🔍 Filter"), ChooseFilter(view).data)
    everything = Button(
        language.gettext("Show everything"),
        ShowList(view._replace(page=1, only=EVERYTHING)).data,
    )
    row: list[Button] = []
    if (
        view.by_date
        or is_long
        or sum(item.lot.best_before is not None for item in fridge.items) > 1
    ):
        label = (
            language.gettext("🗂 By category") if view.by_date else language.gettext("📅 By date")
        )
        row.append(Button(label, ShowList(view._replace(page=1, by_date=not view.by_date)).data))
    if view.only == EVERYTHING and is_long and is_mixed(fridge.items, calendar):
        row.append(choice)
    label = language.gettext("✅ Done") if view.changing else language.gettext("✏️ Change")
    row.append(Button(label, ShowList(view._replace(changing=not view.changing)).data))
    return ((choice, everything), row) if view.only else (row,)

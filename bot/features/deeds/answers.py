"""Answers questions about the fridge in their first words."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from bot.conversation.replies import Button
from bot.features.common.categories import category_names
from bot.features.common.chats import Chat
from bot.features.common.days import zone_of
from bot.features.common.due import Calendar, place_of
from bot.features.common.lots import (
    amount_text,
    date_text,
    estimate_text,
    lot_html,
    lot_text,
    place_text,
)
from bot.features.common.names import comma_list, item_html, name_html
from bot.features.deeds.said import Said
from bot.features.guide.buttons import TryFridge
from bot.locale.language import Language
from bot.understanding.meaning import Asked, Deed, Thing
from fridge.catalogue.catalogue import Catalogue
from fridge.items import Item
from fridge.lots import Lot, Place
from fridge.times import zone_named

FIRST: Final = 5
"""How many things are named that are to be eaten first."""

LATER: Final = timedelta(days=30)
"""What is due after this time is not to be eaten first, if something else is."""

LONGEST: Final = 1500
"""How many UTF-16 code units the names in an answer have at most."""


def answer(deed: Deed, chat: Chat, catalogue: Catalogue) -> Said:
    """Return the answer to a question; the list is one tap away."""
    language = chat.language
    items = [item for item in chat.fridge.items if _is_in(item, deed.place, catalogue)]
    if deed.asked is Asked.FIRST:
        lines = [_first(_of_category(items, deed.category), chat, catalogue)]
    elif deed.category and (deed.asked is Asked.LIST or not _named(items, deed.things)):
        found = _of_category(items, deed.category)
        is_list = deed.asked is Asked.LIST
        lines = [_in_category(found, deed.category, chat, is_list=is_list)]
    elif deed.things:
        calendar = _calendar(chat, catalogue)
        lines = [_about(thing, _of(thing, items), deed, chat, calendar) for thing in deed.things]
    else:
        lines = [_in_place(items, deed.place, chat)]
    show = Button(language.gettext("🧊 Show the fridge"), TryFridge().data)
    return Said(lines, [[show]] if chat.fridge.items else [])


def _named(items: Iterable[Item], things: Sequence[Thing]) -> bool:
    keys = {key for thing in things for key in thing.name.keys}
    return any(item.key in keys for item in items)


def _of(thing: Thing, items: Iterable[Item]) -> Sequence[Item]:
    return [item for item in items if item.key in thing.name.keys]


def _of_category(items: Sequence[Item], category: str) -> Sequence[Item]:
    return [item for item in items if item.category == category] if category else items


def _calendar(chat: Chat, catalogue: Catalogue) -> Calendar:
    zone = zone_named(zone_of(chat.fridge, chat.language))
    return Calendar(chat.today, zone, catalogue)


def _is_in(item: Item, place: Place | None, catalogue: Catalogue) -> bool:
    return place is None or place_of(item, catalogue) is place


def _about(thing: Thing, found: Sequence[Item], deed: Deed, chat: Chat, calendar: Calendar) -> str:
    """Say whether a thing is there, how much of it, or until when it is good."""
    language = chat.language
    name = name_html(thing.name, language)
    if not found:
        if not thing.is_known:
            return language.gettext("No, nothing of that name: {name}").format(name=name)
        return _absent(name, deed, language)
    if deed.asked is Asked.DATE:
        return _dates(name, found, chat, calendar)
    if deed.asked is Asked.AMOUNT:
        return _amounts(name, found, chat)
    details = [lot_text(item.lot, chat.today, language) for item in _due_first(found)]
    known = ", ".join(filter(None, details))
    return _present(deed, known, language).format(name=name, lots=known)


def _present(deed: Deed, known: str, language: Language) -> str:
    """Say that a thing is there; "no" to somebody who asks whether it is gone."""
    if deed.asked is Asked.IS_GONE:
        if known:
            return language.gettext("No, you still have {name}: {lots}")
        return language.gettext("No, you still have {name}.")
    if known:
        return language.gettext("Yes, you have {name}: {lots}")
    return language.gettext("Yes, you have {name}.")


def _absent(name: str, deed: Deed, language: Language) -> str:
    place = deed.place
    if place is None and deed.asked is Asked.IS_GONE:
        return language.gettext("Yes, there is no {name} left.").format(name=name)
    if place is None:
        return language.gettext("No, you have no {name}.").format(name=name)
    return language.gettext("No, you have no {name} in the {place}.").format(
        name=name, place=place_text(place, language)
    )


def _amounts(name: str, found: Sequence[Item], chat: Chat) -> str:
    """Say how much there is; of the lots whose amounts are not known only that they are there."""
    language = chat.language
    lots = [item.lot for item in _due_first(found)]
    amounts = [amount for lot in lots if (amount := _amount(lot, chat.today, language))]
    if not amounts:
        return language.gettext("You have {name}, but nobody told me how much.").format(name=name)
    shown = ", ".join(amounts)
    if len(amounts) < len(lots):
        return language.gettext(
            "{amounts}, and more of which nobody told me how much: {name}"
        ).format(amounts=shown, name=name)
    return language.gettext("{amounts} left: {name}").format(amounts=shown, name=name)


def _amount(lot: Lot, today: date, language: Language) -> str:
    """Return the amount of a lot, with its date in brackets; pieces are a bare number."""
    if lot.amount is None:
        return ""
    amount = amount_text(lot.amount, language).removeprefix("×")
    if lot.best_before is None:
        return amount
    until = language.gettext("until {date}")
    return f"{amount} ({until.format(date=date_text(lot.best_before, today, language))})"


def _dates(name: str, found: Sequence[Item], chat: Chat, calendar: Calendar) -> str:
    """Say until when a thing is good: its dates, or the first estimate if nobody told a date."""
    language = chat.language
    dated = [item.lot for item in _due_first(found) if item.lot.best_before]
    guesses = [due.day for item in found if (due := calendar.due(item))]
    if not dated and guesses:
        until = estimate_text(min(guesses), language)
        guess = language.gettext("{until}, I guess: {name}").format(until=until, name=name)
        return f"{guess[:1].upper()}{guess[1:]}"
    if not dated:
        return language.gettext("I don't know: nobody told me a date for {name}.").format(name=name)
    days = ", ".join(_dated(lot, chat.today, language) for lot in dated)
    return f"{days[:1].upper()}{days[1:]}: {name}"


def _dated(lot: Lot, today: date, language: Language) -> str:
    if lot.best_before is None:
        return ""
    until = language.gettext("until {date}")
    day = until.format(date=date_text(lot.best_before, today, language))
    return f"{day} ({amount_text(lot.amount, language)})" if lot.amount else day


def _due_first(items: Iterable[Item]) -> Sequence[Item]:
    return sorted(items, key=lambda item: (item.lot.best_before or date.max, item.added_at))


def _first(items: Sequence[Item], chat: Chat, catalogue: Catalogue) -> str:
    """Say what to eat first: what is due first, by an estimate too, and then the oldest."""
    language, calendar = chat.language, _calendar(chat, catalogue)
    if not items:
        return language.gettext("The fridge is empty, so there is nothing to eat first.")

    def shown(item: Item) -> str:
        due = calendar.due(item)
        estimate = due.day if due and due.is_estimate else None
        return lot_html(item_html(item, language), item.lot, chat.today, language, estimate)

    def urgency(item: Item) -> tuple[date, datetime]:
        due = calendar.due(item)
        return due.day if due else date.max, item.added_at

    later = chat.today + LATER
    if any(urgency(item)[0] <= later for item in items):
        items = [item for item in items if not later < urgency(item)[0] < date.max]
    names = comma_list(sorted(items, key=urgency)[:FIRST], shown, LONGEST, language)
    return language.gettext("Eat first: {names}").format(names=names)


def _in_category(items: Sequence[Item], category: str, chat: Chat, *, is_list: bool) -> str:
    """Say what there is of a category; first whether there is any, unless a list was asked for."""
    language = chat.language
    heading = category_names(language)[category]
    if not items:
        return language.gettext("No, there is nothing under “{category}”.").format(category=heading)
    listed = f"{heading}: {_list(_due_first(items), chat, None)}"
    return listed if is_list else language.gettext("Yes. {listed}").format(listed=listed)


def _in_place(items: Sequence[Item], place: Place | None, chat: Chat) -> str:
    language = chat.language
    if not items:
        return nothing_in(place or Place.FRIDGE, language)
    if place is None:
        return language.gettext("There is: {names}").format(
            names=_list(_due_first(items), chat, place)
        )
    where = place_text(place, language)
    return language.gettext("In the {place}: {names}").format(
        place=where, names=_list(_due_first(items), chat, place)
    )


def nothing_in(place: Place, language: Language) -> str:
    """Say that a place is empty."""
    return language.gettext("In the {place}: nothing.").format(place=place_text(place, language))


def _list(items: Sequence[Item], chat: Chat, place: Place | None) -> str:
    """Return items with all that is known of them besides the place that was asked about."""

    def shown(item: Item) -> str:
        lot = replace(item.lot, place=None) if item.lot.place is place else item.lot
        return lot_html(item_html(item, chat.language), lot, chat.today, chat.language)

    return comma_list(items, shown, LONGEST, chat.language)

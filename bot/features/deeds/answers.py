"""Answers questions about the fridge in their first words."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from bot.conversation.replies import Button
from bot.features.common.categories import category_names
from bot.features.common.chats import Chat
from bot.features.common.lots import amount_text, date_text, lot_html, lot_text, place_text
from bot.features.common.names import comma_list, item_html, name_html
from bot.features.deeds.said import Said
from bot.features.guide.buttons import TryFridge
from bot.locale.language import Language
from bot.understanding.meaning import Asked, Deed, Thing
from fridge.catalogue.catalogue import Catalogue
from fridge.items import Item
from fridge.lots import Lot, Place

FIRST: Final = 5
"""How many things are named that are to be eaten first."""

LONGEST: Final = 1500
"""How many UTF-16 code units the names in an answer have at most."""


def answer(deed: Deed, chat: Chat, catalogue: Catalogue) -> Said:
    """Return the answer to a question; the list is one tap away."""
    language = chat.language
    items = [item for item in chat.fridge.items if _is_in(item, deed.place, catalogue)]
    if deed.asked is Asked.FIRST:
        lines = [_first(_of_category(items, deed.category), chat)]
    elif deed.category and (deed.asked is Asked.LIST or not _named(items, deed.things)):
        found = _of_category(items, deed.category)
        is_list = deed.asked is Asked.LIST
        lines = [_in_category(found, deed.category, chat, is_list=is_list)]
    elif deed.things:
        lines = [_about(thing, _of(thing, items), deed, chat) for thing in deed.things]
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


def place_of(item: Item, catalogue: Catalogue) -> Place:
    """Return the place of an item: the one that was said, or where such a thing is usually kept."""
    if item.lot.place:
        return item.lot.place
    ingredient = catalogue.find(item.key.ingredient_id)
    return ingredient.keeping.place if ingredient else Place.FRIDGE


def _is_in(item: Item, place: Place | None, catalogue: Catalogue) -> bool:
    return place is None or place_of(item, catalogue) is place


def _about(thing: Thing, found: Sequence[Item], deed: Deed, chat: Chat) -> str:
    """Say whether a thing is there, how much of it, or until when it is good."""
    language = chat.language
    name = name_html(thing.name, language)
    if not found:
        if not thing.is_known:
            return language.gettext("No, nothing of that name: {name}").format(name=name)
        return _absent(name, deed.place, language)
    if deed.asked is Asked.DATE:
        return _dates(name, found, chat)
    if deed.asked is Asked.AMOUNT:
        return _amounts(name, found, chat)
    details = [lot_text(item.lot, chat.today, language) for item in _due_first(found)]
    known = ", ".join(filter(None, details))
    if not known:
        return language.gettext("Yes, you have {name}.").format(name=name)
    return language.gettext("Yes, you have {name}: {lots}").format(name=name, lots=known)


def _absent(name: str, place: Place | None, language: Language) -> str:
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


def _dates(name: str, found: Sequence[Item], chat: Chat) -> str:
    language = chat.language
    dated = [item.lot for item in _due_first(found) if item.lot.best_before]
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


def _first(items: Sequence[Item], chat: Chat) -> str:
    """Say what to eat first: what is due first, and then the oldest."""
    language = chat.language
    if not items:
        return language.gettext("The fridge is empty, so there is nothing to eat first.")
    names = _list(_due_first(items)[:FIRST], chat, None)
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
    place = place or Place.FRIDGE
    if not items:
        return nothing_in(place, language)
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

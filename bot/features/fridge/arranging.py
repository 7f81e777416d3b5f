"""Which lots a view of the list shows, and in which order and groups."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from enum import IntEnum
from typing import Final, NamedTuple

from bot.features.common.due import Calendar, Due, place_of
from bot.features.fridge.buttons import EVERYTHING, FIRST_PLACE, ListView
from fridge.catalogue.catalogue import CATEGORIES
from fridge.items import Item, ItemReference
from fridge.lots import Place
from fridge.outcomes import Fridge

PLACES: Final = dict(enumerate(Place, start=FIRST_PLACE))
"""The places, by their numbers as filters."""

_CATEGORY_INDEX: Final = {category: index for index, category in enumerate(CATEGORIES)}


class Urgency(IntEnum):
    """The groups of a list by date. An estimate is never past: nobody is that sure."""

    PAST = 0
    SOON = 1
    LATER = 2
    UNKNOWN = 3


class Entry(NamedTuple):
    """A lot in the list, and until when it is good, as far as that is known."""

    item: Item
    due: Due | None


def lot_of(fridge: Fridge, reference: ItemReference) -> Item | None:
    """Return the lot that a button refers to, if the fridge holds it."""
    return next((item for item in fridge.items if item.reference == reference), None)


def filters_of(items: Sequence[Item], calendar: Calendar) -> Sequence[tuple[int, int]]:
    """Return the filters that show some of the lots, but not all, with how many they show."""
    places = Counter(place_of(item, calendar.catalogue) for item in items)
    categories = Counter(item.category for item in items)
    counts = [
        *((number, places[place]) for number, place in PLACES.items()),
        *((number, categories[name]) for number, name in enumerate(CATEGORIES, start=1)),
    ]
    return [(number, count) for number, count in counts if 0 < count < len(items)]


def is_mixed(items: Sequence[Item], calendar: Calendar) -> bool:
    """Tell whether the lots are of several categories or places, so that a filter helps."""
    category, place = items[0].category, place_of(items[0], calendar.catalogue)
    return any(
        item.category != category or place_of(item, calendar.catalogue) is not place
        for item in items
    )


def shows(number: int, calendar: Calendar) -> Callable[[Item], bool]:
    """Return whether a filter shows a lot; a number that is none shows nothing."""
    if number == EVERYTHING:
        return lambda item: True  # noqa: ARG005 (the lot does not matter)
    if place := PLACES.get(number):
        return lambda item: place_of(item, calendar.catalogue) is place
    return lambda item: _CATEGORY_INDEX[item.category] == number - 1


def effective(number: int, items: Sequence[Item], calendar: Calendar) -> int:
    """Return the filter if it shows some of the lots, but not all; otherwise EVERYTHING."""
    if number == EVERYTHING:
        return EVERYTHING
    shown = sum(map(shows(number, calendar), items))
    return number if 0 < shown < len(items) else EVERYTHING


def arranged(items: Sequence[Item], view: ListView, calendar: Calendar) -> Sequence[Entry]:
    """Return the lots of a view in their order: soonest first, by category or altogether."""
    if view.only != EVERYTHING:
        items = list(filter(shows(view.only, calendar), items))
    entries = [Entry(item, calendar.due(item)) for item in items]
    if view.by_date:
        return sorted(entries, key=lambda entry: (urgency(entry, calendar), _day(entry)))
    return sorted(entries, key=_by_category)


def urgency(entry: Entry, calendar: Calendar) -> Urgency:
    """Return how urgent it is to eat a lot."""
    if entry.due is None:
        return Urgency.UNKNOWN
    if calendar.is_past(entry.due):
        return Urgency.PAST
    return Urgency.SOON if calendar.is_soon(entry.due) else Urgency.LATER


def _by_category(entry: Entry) -> tuple[int, date]:
    return _CATEGORY_INDEX[entry.item.category], _day(entry)


def _day(entry: Entry) -> date:
    return entry.due.day if entry.due else date.max

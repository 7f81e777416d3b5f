"""Until when a lot is good: the date that a person typed, or an estimate from the catalogue."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from bot.features.common.days import SOON, zone_of
from bot.locale.language import Language
from fridge.catalogue.catalogue import Catalogue
from fridge.catalogue.keeping import keeps_until, usual_place_of
from fridge.items import Item, ItemKey
from fridge.lots import Place
from fridge.outcomes import Fridge
from fridge.times import zone_named

REMEMBERED: Final = 1024
"""How many days are remembered: things that were put in together have one time."""


class Due(NamedTuple):
    """The last day on which a lot is good. A typed date is no estimate."""

    day: date
    is_estimate: bool


@dataclass(frozen=True, slots=True)
class Calendar:
    """Today in a chat, with all that is needed to tell until when a lot is good."""

    today: date
    zone: ZoneInfo
    catalogue: Catalogue

    @classmethod
    def of(
        cls, fridge: Fridge, now: datetime, language: Language, catalogue: Catalogue
    ) -> "Calendar":
        """Return the calendar of a fridge's chat."""
        zone = zone_named(zone_of(fridge, language))
        return cls(now.astimezone(zone).date(), zone, catalogue)

    def due(self, item: Item) -> Due | None:
        """Return until when a lot is good: by its date, or else by an estimate."""
        if item.lot.best_before:
            return Due(item.lot.best_before, is_estimate=False)
        ingredient = self.catalogue.find(item.key.ingredient_id)
        day = keeps_until(
            ingredient.keeping if ingredient else None,
            item.lot.place,
            self.day_of(item.added_at),
            item.moved_at and self.day_of(item.moved_at),
        )
        return Due(day, is_estimate=True) if day else None

    def day_of(self, time: datetime) -> date:
        """Return the day of a time in the chat."""
        return _day_in(self.zone, time)

    def is_past(self, due: Due) -> bool:
        """Tell whether a typed date is past. An estimate is never so sure."""
        return not due.is_estimate and due.day < self.today

    def is_soon(self, due: Due) -> bool:
        """Tell whether a lot is to be eaten within `SOON` days."""
        return (due.day - self.today).days <= SOON


@lru_cache(REMEMBERED)
def _day_in(zone: ZoneInfo, time: datetime) -> date:
    return time.astimezone(zone).date()


def usual_place(key: ItemKey, catalogue: Catalogue) -> Place:
    """Return where such a thing is usually kept."""
    ingredient = catalogue.find(key.ingredient_id)
    return usual_place_of(ingredient.keeping if ingredient else None)


def place_of(item: Item, catalogue: Catalogue) -> Place:
    """Return the place of a lot: the one that was said, or where such a thing is usually kept."""
    return item.lot.place or usual_place(item.key, catalogue)

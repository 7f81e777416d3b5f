"""An item while its sentence is read, and all that was gathered of some marks."""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Final

from bot.understanding.deciding.items.amounts import PACKED, SIZES, one_amount, plus
from bot.understanding.meaning import Thing
from bot.understanding.names import Name, clean
from bot.understanding.reading.marks import Mark
from fridge.items import UNCATALOGUED, ItemKey
from fridge.lots import Amount, Lot, Place

LONGEST_NOTE: Final = 64


@dataclass(slots=True)
class Item:
    """A thing while its sentence is read. `start` and `end` are of its name in the text."""

    name: Name
    is_known: bool
    start: int
    end: int
    part: int
    role: str = ""
    amounts: list[Mark] = field(default_factory=list[Mark])
    share: Fraction | None = None
    share_role: str = ""
    day: date | None = None
    unread: str = ""
    place: Place | None = None
    notes: list[str] = field(default_factory=list[str])
    is_determined: bool = False
    is_emoji: bool = False
    follows_directly: bool = False
    follows_and: bool = False
    is_korean: bool = False
    has_state: bool = False
    has_amount_behind: bool = False
    more: Fraction | None = None
    thing: Thing | None = None
    """Once it was asked for; an item does not change after its walk."""

    def amount(self) -> tuple[Amount | None, str]:
        """The amount, and the size that is a note of it: `1L 2개` is 2 pieces of 1L."""
        return one_amount(self.amounts, self.name)

    def as_thing(self) -> Thing:
        """The thing, with its amounts made into one."""
        if self.thing is None:
            self.thing = self._as_thing()
        return self.thing

    def _as_thing(self) -> Thing:
        amount, size = self.amount()
        share = self.share
        if self.more is not None and amount is not None:  # 한 통 반
            amount = plus(amount, self.more)
        notes = " ".join(clean(one[:LONGEST_NOTE]) for one in [*self.notes, size] if one)
        note = notes[:LONGEST_NOTE].strip()
        lot = Lot(amount, self.day, self.place, note)
        unread = "" if self.day else self.unread
        return Thing(self.name, self.is_known, lot, share, unread)


@dataclass(slots=True)
class Pending:
    """What stands before a name and is said of it."""

    amounts: list[Mark] = field(default_factory=list[Mark])
    share: Fraction | None = None
    share_role: str = ""
    day: date | None = None
    unread: str = ""
    place: Place | None = None
    notes: list[Mark] = field(default_factory=list[Mark])
    is_determined: bool = False
    marks: list[Mark] = field(default_factory=list[Mark])

    @property
    def says_something(self) -> bool:
        """Whether something would be lost if this were dropped."""
        return bool(self.amounts or self.day or self.unread or self.share is not None)


@dataclass(slots=True)
class Gathered:
    """The items of some marks; `rest` are the marks that belong to none.

    `loose` is what is said of no item, `place` the last place, and `is_to` whether it is where
    something goes.
    """

    items: list[Item] = field(default_factory=list[Item])
    rest: list[Mark] = field(default_factory=list[Mark])
    loose: Pending = field(default_factory=Pending)
    place: Place | None = None
    has_place: bool = False
    places: list[tuple[Place | None, bool]] = field(
        default_factory=list["tuple[Place | None, bool]"]
    )
    is_to: bool = False

    def destination(self) -> Place | None:
        """The one place that something goes to; the fridge, if the fridge as a whole is said."""
        places = {place or Place.FRIDGE for place, is_from in self.places if not is_from}
        return places.pop() if len(places) == 1 else None

    def things(self) -> list[Thing]:
        """The things, in their order."""
        return [item.as_thing() for item in self.items]

    def fix(self) -> Thing | None:
        """What is said of something that is not named."""
        loose = self.loose
        if not (loose.amounts or loose.day or self.place or loose.unread):
            return None
        nobody = Name("", None, ItemKey(UNCATALOGUED, ""))
        amount, _ = one_amount(loose.amounts, nobody)
        return Thing(nobody, lot=Lot(amount, loose.day, self.place), date_unread=loose.unread)


def has_two_amounts(item: Item) -> bool:
    """Whether two amounts are said of an item of which neither is a size: 계란 10개 중 2개."""
    if len(item.amounts) <= 1:
        return False
    amounts = [mark.amount for mark in item.amounts if mark.amount]
    sizes = sum(amount.unit.family in SIZES for amount in amounts)
    first = item.amounts[0].size_word
    return len(amounts) > 2 or (sizes != 1 and first not in PACKED)  # noqa: PLR2004 - a size and a count

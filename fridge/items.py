"""The items of a fridge, each a lot, and the keys by which two names are the same."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple

from fridge.lots import BARE, Lot, Place, Taking

UNCATALOGUED: Final = 0
"""The row of `ingredients` that stands for every name the catalogue does not know."""

MAX_ITEMS: Final = 500
"""The most lots that a fridge holds."""

FIRST_LOT: Final = 1
"""The number of a name's first lot."""

_HASH_DIGITS: Final = 12


class ItemReference(NamedTuple):
    """A short form of a lot's key, for buttons.

    It has the ingredient, or a hash of the `name_key`, and the number of the lot among those of its
    name.
    """

    ingredient_id: int
    name_hash: str = ""
    number: int = FIRST_LOT


class ItemKey(NamedTuple):
    """The key of a name: its ingredient, or the normalised form of a name that is unknown."""

    ingredient_id: int
    name_key: str = ""

    @property
    def reference(self) -> ItemReference:
        """The reference by which a statement finds the first lot of this name."""
        return self.reference_to(FIRST_LOT)

    def reference_to(self, number: int) -> ItemReference:
        """Return the reference by which a statement finds the lot of this name and number."""
        if not self.name_key:
            return ItemReference(self.ingredient_id, number=number)
        digest = hashlib.md5(self.name_key.encode(), usedforsecurity=False)
        return ItemReference(self.ingredient_id, digest.hexdigest()[:_HASH_DIGITS], number)


@dataclass(frozen=True, slots=True)
class NewItem:
    """A lot to put in. `name` is the name as typed, empty for an ingredient of the catalogue."""

    key: ItemKey
    name: str = ""
    lot: Lot = BARE


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a name to take out.

    The name has one or several `keys`. With `best_before` or `place`, only lots of that date or
    place count; a lot whose place nobody said counts as kept in `usual_place`. With `number`, only
    the lot of that number counts.
    """

    keys: Sequence[ItemKey]
    taking: Taking
    best_before: date | None = None
    place: Place | None = None
    usual_place: Place = Place.FRIDGE
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A lot in a fridge.

    `name` is the name as typed, empty for an ingredient of the catalogue, whose names are `ko` and
    `en`. `number` tells the lots of a name apart. `moved_at` is when the lot was last frozen or
    thawed, None if it was neither.
    """

    key: ItemKey
    name: str
    ko: str
    en: str
    category: str
    emoji: str
    added_at: datetime
    lot: Lot = BARE
    number: int = FIRST_LOT
    moved_at: datetime | None = None

    @property
    def reference(self) -> ItemReference:
        """The reference by which a statement finds this lot."""
        return self.key.reference_to(self.number)

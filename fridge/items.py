"""The items of a fridge, and the keys by which two items are the same."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

UNCATALOGUED: Final = 0
"""The row of `ingredients` that stands for every name the catalogue does not know."""

MAX_ITEMS: Final = 500
"""The most items that a fridge holds."""

_HASH_DIGITS: Final = 12


class ItemReference(NamedTuple):
    """A short form of an `ItemKey`, for buttons: the ingredient, or a hash of the `name_key`."""

    ingredient_id: int
    name_hash: str = ""


class ItemKey(NamedTuple):
    """The key of an item: its ingredient, or the normalised form of a name that is unknown."""

    ingredient_id: int
    name_key: str = ""

    @property
    def reference(self) -> ItemReference:
        """The reference by which a statement finds this item."""
        if not self.name_key:
            return ItemReference(self.ingredient_id)
        digest = hashlib.md5(self.name_key.encode(), usedforsecurity=False)
        return ItemReference(self.ingredient_id, digest.hexdigest()[:_HASH_DIGITS])


@dataclass(frozen=True, slots=True)
class NewItem:
    """An item to put in. `name` is the name as typed, empty for an ingredient of the catalogue."""

    key: ItemKey
    name: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """An item in a fridge.

    `name` is the name as typed, empty for an ingredient of the catalogue, whose names are `ko` and
    `en`.
    """

    key: ItemKey
    name: str
    ko: str
    en: str
    category: str
    emoji: str
    added_at: datetime

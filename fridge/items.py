"""The things of a fridge, and what makes two of them the same."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

UNCATALOGUED: Final = 0
"""The row of `ingredients` that stands for every name the catalogue does not know."""


MAX_ITEMS: Final = 500
"""How many items a fridge holds."""


_HASH_DIGITS: Final = 12


class ItemReference(NamedTuple):
    """A short stand-in for an item's key: the ingredient, or a hash of an unknown name's key."""

    ingredient_id: int
    name_hash: str = ""


class ItemKey(NamedTuple):
    """What makes two items of a fridge the same: the ingredient, or the key of an unknown name."""

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
    """Something to put in: an ingredient of the catalogue, or a name as typed."""

    key: ItemKey
    name: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """Something in a fridge.

    `name` is what was typed, for a name that the catalogue does not know; an ingredient of the
    catalogue has its names in `ko` and `en`.
    """

    key: ItemKey
    name: str
    ko: str
    en: str
    category: str
    emoji: str
    added_at: datetime

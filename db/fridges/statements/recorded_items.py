"""The items in the outcomes that the statements record, as `record_outcome` writes them."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain, repeat
from typing import Annotated, Final, NamedTuple

from pydantic import Field

from db.updates.recorded_outcomes import RecordedOutcome
from fridge.items import FIRST_LOT, ItemKey, NewItem
from fridge.lots import BARE, Amount, Lot, Place, Unit
from fridge.outcomes import ChangedLot

# JSON has texts in the place of these.
_Number = Annotated[Decimal, Field(strict=False)]
_Unit = Annotated[Unit, Field(strict=False)]
_Date = Annotated[date, Field(strict=False)]
_Place = Annotated[Place, Field(strict=False)]


class RecordedLot(RecordedOutcome):
    """The fields of a lot, as `lot_as_json` writes them."""

    amount: _Number | None = None
    unit: _Unit | None = None
    best_before: _Date | None = None
    place: _Place | None = None
    note: str = ""

    @property
    def lot(self) -> Lot:
        """The lot."""
        amount = Amount(self.amount, self.unit) if self.amount and self.unit else None
        return Lot(amount, self.best_before, self.place, self.note)


RecordedLots = Sequence[RecordedLot | None]
"""The lots of a list of items, None for a bare one; empty if all of them are bare, as in records
from before there were lots."""

NO_LOTS: Final[RecordedLots] = ()


class RecordedItem(RecordedOutcome):
    """A row of `recorded_rows`."""

    id: int
    key: str
    name: str
    lot: RecordedLot | None = None

    @property
    def item(self) -> NewItem:
        """The item."""
        return NewItem(StoredKey.parse(self.id, self.key).of, self.name, _lot(self.lot))


class RecordedChange(RecordedOutcome):
    """A row of `CHANGED_LOTS`."""

    id: int
    key: str
    name: str
    before: RecordedLot | None
    after: RecordedLot | None

    @property
    def change(self) -> ChangedLot:
        """The change."""
        of = StoredKey.parse(self.id, self.key).of
        return ChangedLot(of, self.name, before=_lot(self.before), after=_lot(self.after))


class RecordedRemoval(RecordedOutcome):
    """An outcome with the items that a statement took out."""

    removed_ids: list[int]
    removed_keys: list[str]
    removed_names: list[str]
    removed_lots: RecordedLots = NO_LOTS

    @property
    def taken_out(self) -> Sequence[NewItem]:
        """The items, newest first."""
        return new_items(self.removed_ids, self.removed_keys, self.removed_names, self.removed_lots)


class RecordedAddition(RecordedOutcome):
    """An outcome with the items that a statement put in."""

    added_ids: list[int]
    added_keys: list[str]
    added_names: list[str]
    added_lots: RecordedLots = NO_LOTS

    @property
    def put_in(self) -> Sequence[NewItem]:
        """The items, newest first."""
        return new_items(self.added_ids, self.added_keys, self.added_names, self.added_lots)


class RecordedChanges(RecordedOutcome):
    """An outcome with the lots that a statement changed, and those that it added to others."""

    changed: Sequence[RecordedChange] = ()
    merged: Sequence[RecordedItem] = ()

    @property
    def changes(self) -> Sequence[ChangedLot]:
        """The changed lots, newest first."""
        return tuple(one.change for one in self.changed)


class StoredKey(NamedTuple):
    """The key of a row: the key of a name, and the number of the lot among those of the name.

    The first lot is stored under the key of its name, each other one with a line feed and its
    number after that.
    """

    of: ItemKey
    number: int

    @classmethod
    def parse(cls, ingredient_id: int, name_key: str) -> "StoredKey":
        """Return the key of a row with these columns."""
        of_name, is_further, number = name_key.partition("\n")
        return cls(ItemKey(ingredient_id, of_name), int(number) if is_further else FIRST_LOT)


def item_keys(ids: Iterable[int], name_keys: Iterable[str]) -> Sequence[ItemKey]:
    """The keys of the names of rows, from the columns of the rows, which are of one length."""
    return [StoredKey.parse(*key).of for key in zip(ids, name_keys, strict=True)]


def new_items(
    ids: Iterable[int], name_keys: Iterable[str], names: Iterable[str], lots: RecordedLots
) -> Sequence[NewItem]:
    """Items from their columns, which are of one length; `lots` may be empty."""
    keys = item_keys(ids, name_keys)
    padded = chain(lots, repeat(None))
    return [
        NewItem(key, name, _lot(lot))
        for (key, name), lot in zip(zip(keys, names, strict=True), padded, strict=False)
    ]


def _lot(recorded: RecordedLot | None) -> Lot:
    return recorded.lot if recorded else BARE

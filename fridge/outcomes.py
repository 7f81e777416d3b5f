"""The outcomes of requests to fridges."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from fridge.items import Item, ItemKey, NewItem
from fridge.lots import Lot
from fridge.request_keys import RequestKey


@dataclass(frozen=True, slots=True)
class ChangedLot:
    """A lot that stays in the fridge, as it was and as it is now.

    `name` is the name as typed, empty for an ingredient of the catalogue.
    """

    key: ItemKey
    name: str
    before: Lot
    after: Lot


class Outcome(Enum):
    """The outcome for one item that was to be added."""

    ADDED = "added"
    ALREADY_THERE = "already there"
    NO_ROOM = "no room"


@dataclass(frozen=True, slots=True)
class Added:
    """The outcome of `add` for each name, and the number of lots afterwards.

    A name whose lots were put in, added to a lot or changed a lot is ADDED; a name with a lot that
    found no room, or would be more than an amount can be, is NO_ROOM.

    `undone`: the request was delivered again, after its first outcome was undone.
    `changed`: the lots that have another amount, date or place now.
    `there`: the other lots of the named items of which more than the name is known.
    """

    outcomes: Mapping[ItemKey, Outcome]
    count: int
    language: str | None
    undone: bool = False
    changed: Sequence[ChangedLot] = ()
    there: Sequence[NewItem] = ()


@dataclass(frozen=True, slots=True)
class Removed:
    """The names that `remove` took out at the time `at`, and the number of lots left."""

    keys: frozenset[ItemKey]
    count: int
    language: str | None
    at: datetime


class Reduction(Enum):
    """The outcome for one name of which an amount or a part was to be taken out."""

    TAKEN = "taken"
    NOT_THERE = "not there"
    UNKNOWN_AMOUNT = "unknown amount"
    OTHER_UNIT = "other unit"
    SEVERAL = "several"


@dataclass(frozen=True, slots=True)
class Reduced:
    """The outcome of `reduce` at the time `at`, and the number of lots left.

    `outcomes` are in the order of the request. `taken_out`: the lots that are gone. `changed`: the
    lots that are less now, or, where an amount was to be left, that have this amount. `there`: the
    other lots of the named items.
    """

    outcomes: Sequence[Reduction]
    taken_out: Sequence[NewItem]
    changed: Sequence[ChangedLot]
    there: Sequence[NewItem]
    count: int
    language: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Adjusted:
    """The lot that `adjust` changed or took out, and the fridge now.

    Both are None if the fridge does not hold the lot, or holds another one than the person saw.
    `before` and `after` are equal if the lot had the date and the place already.
    """

    lot: ChangedLot | None
    fridge: "Fridge"
    taken_out: NewItem | None = None


@dataclass(frozen=True, slots=True)
class Fridge:
    """The items of a fridge, newest first. `expires_at` is None if no session is live.

    `language` and `time_zone` are those that the chat chose.
    """

    items: Sequence[Item]
    expires_at: datetime | None
    language: str | None
    time_zone: str | None = None


@dataclass(frozen=True, slots=True)
class FridgeRead:
    """A fridge as it is, with which a request is understood.

    `names` are those that the chat typed itself and that were in the fridge at the time `at`, when
    the request was first delivered.
    """

    fridge: Fridge
    names: Sequence[str]
    at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """The number of items and the end of a session that `keep` used at the time `at`.

    `expires_at` is None if no session was live.
    """

    count: int
    at: datetime
    expires_at: datetime | None
    language: str | None


@dataclass(frozen=True, slots=True)
class Cleared:
    """The number of items that `clear` took out."""

    count: int
    language: str | None


@dataclass(frozen=True, slots=True)
class TakenEarlier:
    """An item that was taken out before, and the key of the request that took it out."""

    item: NewItem
    key: RequestKey


@dataclass(frozen=True, slots=True)
class PutIn:
    """A lot that a request put in, or added to: as it was `before`, None if it was not there."""

    key: ItemKey
    number: int
    before: Lot | None
    after: Lot


@dataclass(frozen=True, slots=True)
class Taken:
    """The item that `take` took out, None if the fridge did not hold it, and the fridge afterwards.

    `earlier`: the last request that took the item out and was not undone, where one is known.
    """

    item: NewItem | None
    fridge: Fridge
    earlier: TakenEarlier | None = None


@dataclass(frozen=True, slots=True)
class Replaced:
    """The lot that `replace` took out, or None, and the number of lots afterwards."""

    before: NewItem | None
    count: int
    language: str | None


@dataclass(frozen=True, slots=True)
class Undone:
    """The lots that `undo` took out, put back and changed, and the fridge afterwards.

    All are empty if the undo was declined: because the change had `already` been undone, because
    its record is `forgotten`, or because the fridge has changed since.
    """

    taken_out: Sequence[NewItem]
    put_back: Sequence[NewItem]
    fridge: Fridge
    already: bool = False
    forgotten: bool = False
    changed: Sequence[ChangedLot] = ()

    @property
    def is_declined(self) -> bool:
        """Tell whether nothing was undone."""
        return not (self.taken_out or self.put_back or self.changed)

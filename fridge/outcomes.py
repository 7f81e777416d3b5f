"""The outcomes of requests to fridges."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from fridge.items import Item, ItemKey, NewItem
from fridge.request_keys import RequestKey


class Outcome(Enum):
    """The outcome for one item that was to be added."""

    ADDED = "added"
    ALREADY_THERE = "already there"
    NO_ROOM = "no room"


@dataclass(frozen=True, slots=True)
class Added:
    """The outcome of `add` for each item, and the number of items afterwards.

    `undone`: the request was delivered again, after its first outcome was undone.
    """

    outcomes: Mapping[ItemKey, Outcome]
    count: int
    language: str | None
    undone: bool = False


@dataclass(frozen=True, slots=True)
class Removed:
    """The items that `remove` took out at the time `at`, and the number of items left."""

    keys: frozenset[ItemKey]
    count: int
    language: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Fridge:
    """The items of a fridge, newest first. `expires_at` is None if no session is live."""

    items: Sequence[Item]
    expires_at: datetime | None
    language: str | None


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
class Taken:
    """The item that `take` took out, None if the fridge did not hold it, and the fridge afterwards.

    `earlier`: the last request that took the item out and was not undone, where one is known.
    """

    item: NewItem | None
    fridge: Fridge
    earlier: TakenEarlier | None = None


@dataclass(frozen=True, slots=True)
class Replaced:
    """The item that `replace` took out, or None, and the number of items afterwards."""

    before: NewItem | None
    count: int
    language: str | None


@dataclass(frozen=True, slots=True)
class Undone:
    """The items that `undo` took out and put back, and the fridge afterwards.

    Both are empty if the undo was declined: because the change had `already` been undone, because
    its record is `forgotten`, or because the fridge has changed since.
    """

    taken_out: Sequence[NewItem]
    put_back: Sequence[NewItem]
    fridge: Fridge
    already: bool = False
    forgotten: bool = False

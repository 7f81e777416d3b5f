"""What became of what was asked of a fridge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from fridge.items import Item, ItemKey, NewItem
from fridge.request_keys import RequestKey


class Outcome(Enum):
    """What became of an item to be added."""

    ADDED = "added"
    ALREADY_THERE = "already there"
    NO_ROOM = "no room"


@dataclass(frozen=True, slots=True)
class Added:
    """What `add` did: an outcome for each item, and how many items the fridge then held.

    `undone`: the request was handled before, and what it did has been undone since.
    """

    outcomes: Mapping[ItemKey, Outcome]
    count: int
    language: str | None
    undone: bool = False


@dataclass(frozen=True, slots=True)
class Removed:
    """What `remove` took out `at` that time, and how many items were left."""

    keys: frozenset[ItemKey]
    count: int
    language: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Fridge:
    """What is in a fridge, newest first. `expires_at` is None where there is no live session."""

    items: Sequence[Item]
    expires_at: datetime | None
    language: str | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A session after `keep`, `at` that time.

    `expires_at` is None where there was none alive to keep.
    """

    count: int
    at: datetime
    expires_at: datetime | None
    language: str | None


@dataclass(frozen=True, slots=True)
class Cleared:
    """How many items `clear` took out."""

    count: int
    language: str | None


@dataclass(frozen=True, slots=True)
class TakenEarlier:
    """An item that was out already, and the request that took it out."""

    item: NewItem
    key: RequestKey


@dataclass(frozen=True, slots=True)
class Taken:
    """What `take` took out, None where it was not there, and the fridge after it.

    It was then maybe taken out `earlier`, by a request that was not undone.
    """

    item: NewItem | None
    fridge: Fridge
    earlier: TakenEarlier | None = None


@dataclass(frozen=True, slots=True)
class Replaced:
    """What `replace` took out, None where it was not there, and how many items there then were."""

    before: NewItem | None
    count: int
    language: str | None


@dataclass(frozen=True, slots=True)
class Undone:
    """What `undo` took out and put back, and the fridge after it.

    Nothing: it was declined, maybe because it had `already` been undone, or because what is to be
    undone is `forgotten`.
    """

    taken_out: Sequence[NewItem]
    put_back: Sequence[NewItem]
    fridge: Fridge
    already: bool = False
    forgotten: bool = False

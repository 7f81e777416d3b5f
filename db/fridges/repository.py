"""The items of a chat's fridge. Each method runs one atomic statement.

A statement that changes a fridge also records its request, with the outcome: the same request
delivered again changes nothing, and gets the outcome of its first delivery.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic

from asyncpg import Record
from sqlalchemy import TextClause

from db.connection.database import Engine
from db.fridges.statements.add import ADD, RecordedAdd
from db.fridges.statements.clear import CLEAR, RecordedClear
from db.fridges.statements.keep import KEEP, RecordedKeep
from db.fridges.statements.list_items import LIST
from db.fridges.statements.remove import REMOVE, RecordedRemove
from db.fridges.statements.replace import REPLACE, RecordedReplace
from db.fridges.statements.take import TAKE, RecordedTake
from db.fridges.statements.undo import UNDO, RecordedUndo
from db.updates.handled_requests import OutcomeT, record_key
from fridge.items import MAX_ITEMS, Item, ItemKey, ItemReference, NewItem
from fridge.lifetime import Lifetime
from fridge.outcomes import (
    Added,
    Cleared,
    Fridge,
    Kept,
    Outcome,
    Removed,
    Replaced,
    Taken,
    TakenEarlier,
    Undone,
)
from fridge.request_keys import RecordKey, RequestKey, RequestKind
from fridge.times import to_microseconds


class FridgeRepository:
    """The fridges. Every method counts as a use of the chat's fridge; all times are aware."""

    def __init__(self, engine: Engine, lifetime: Lifetime) -> None:
        self._engine = engine
        self._lifetime = lifetime

    async def add(
        self,
        key: RequestKey,
        items: Sequence[NewItem],
        now: datetime,
        language: str | None = None,
    ) -> Added:
        """Add the items that the fridge does not hold yet, in their order, while there is room.

        No two of the items may have the same key. The session remembers the language, if given.
        """
        done = await self._change(
            ADD,
            RecordedAdd,
            key.to(RequestKind.ADD),
            now,
            expires_at=self._lifetime.expires_at(now),
            first_revision=to_microseconds(now),
            max_items=MAX_ITEMS,
            names=[item.name for item in items],
            session_language=language,
            **_key_columns([item.key for item in items]),
        )
        outcome = done.outcome
        outcomes = {item.key: Outcome.ALREADY_THERE for item in items}
        outcomes |= dict.fromkeys(outcome.missing, Outcome.NO_ROOM)
        added = outcome.added
        outcomes |= dict.fromkeys(added, Outcome.ADDED)
        return Added(outcomes, outcome.held + len(added), done.language, undone=outcome.undone)

    async def list(self, chat_id: int, now: datetime) -> Fridge:
        """Return the fridge, newest items first."""
        values = self._values(chat_id, now)
        while True:
            rows = await self._engine.fetch(LIST, values)
            if not rows[0]["raced"]:
                return self._fridge(rows, now)

    async def remove(self, key: RequestKey, keys: Sequence[ItemKey], now: datetime) -> Removed:
        """Take out the items with these keys that the fridge holds."""
        done = await self._change(
            REMOVE, RecordedRemove, key.to(RequestKind.REMOVE), now, **_key_columns(keys)
        )
        removed = frozenset(done.outcome.removed)
        return Removed(removed, done.outcome.held - len(removed), done.language, done.at)

    async def take(self, key: RequestKey, reference: ItemReference, now: datetime) -> Taken:
        """Take out one item; if it is out already, find the last request that took it out.

        The returned fridge is the present one, also when the request is delivered again.
        """
        done = await self._change(
            TAKE, RecordedTake, key.to(RequestKind.TAKE), now, **reference._asdict()
        )
        return Taken(
            item=_only(done.outcome.taken_out),
            fridge=self._fridge(done.rows, now),
            earlier=_earlier(key.chat_id, done.outcome),
        )

    async def replace(
        self, key: RequestKey, reference: ItemReference, by: NewItem, now: datetime
    ) -> Replaced:
        """Put an item in the place of another one, with the time at which that one was added.

        If the fridge holds the new item already, the old one is only taken out. An item is not
        replaced by itself.
        """
        done = await self._change(
            REPLACE,
            RecordedReplace,
            key.to(RequestKind.REPLACE),
            now,
            **reference._asdict(),
            by_ingredient_id=by.key.ingredient_id,
            by_name_key=by.key.name_key,
            by_name=by.name,
        )
        outcome = done.outcome
        count = outcome.held - len(outcome.taken_out) + len(outcome.put_in)
        return Replaced(_only(outcome.taken_out), count, done.language)

    async def clear(self, key: RequestKey, added_until: datetime, now: datetime) -> Cleared:
        """Take out every item that was added up to a time."""
        done = await self._change(
            CLEAR, RecordedClear, key.to(RequestKind.CLEAR), now, added_until=added_until
        )
        return Cleared(done.outcome.removed, done.language)

    async def undo(self, key: RequestKey, undone: RecordKey, now: datetime) -> Undone:
        """Undo a change of the chat's fridge, wholly or not at all, and once.

        A change can be undone in the life of the session in which it was made, while the fridge
        still holds every item that the change put in, holds none that it took out, and has room.
        The returned fridge is the present one, also when the request is delivered again.

        Args:
            key: the request to undo.
            undone: the record of the change.
            now: the present time.
        """
        done = await self._change(
            UNDO,
            RecordedUndo,
            key.to(RequestKind.UNDO),
            now,
            undone=undone.name,
            max_items=MAX_ITEMS,
        )
        return Undone(
            taken_out=done.outcome.taken_out,
            put_back=done.outcome.put_in,
            fridge=self._fridge(done.rows, now),
            already=done.outcome.already,
            forgotten=done.outcome.forgotten,
        )

    async def keep(self, key: RequestKey, now: datetime) -> Kept:
        """Let a live session live for its full time from now."""
        done = await self._change(KEEP, RecordedKeep, key.to(RequestKind.KEEP), now)
        outcome = done.outcome
        return Kept(
            count=outcome.held,
            at=done.at,
            expires_at=self._lifetime.end(outcome.expires_at, outcome.last_accessed, done.at),
            language=done.language,
        )

    def _fridge(self, rows: Sequence[Record], now: datetime) -> Fridge:
        session = rows[0]
        return Fridge(
            items=[_item(row) for row in rows if row["ingredient_id"] is not None],
            expires_at=self._lifetime.end(session["expires_at"], session["last_accessed"], now),
            language=session["language"],
        )

    async def _change(
        self,
        statement: TextClause,
        model: type[OutcomeT],
        key: RecordKey,
        now: datetime,
        **values: object,
    ) -> "_Done[OutcomeT]":
        """Run a statement that changes a fridge, again as long as it loses a race with another.

        Each race has a winner, so the number of losers falls.
        """
        parameters = {**self._values(key.of.chat_id, now), **record_key(key), **values}
        while True:
            rows = await self._engine.fetch(statement, parameters)
            first = rows[0]
            if first["outcome"] is not None:
                outcome = model.model_validate_json(first["outcome"])
                return _Done(outcome, first["handled_at"], first["language"], rows)

    def _values(self, chat_id: int, now: datetime) -> dict[str, object]:
        return {
            "chat_id": chat_id,
            "now": now,
            "idle_since": self._lifetime.idle_since(now),
            "recorded_since": self._lifetime.recorded_since(now),
        }


@dataclass(frozen=True, slots=True)
class _Done(Generic[OutcomeT]):
    """A change that was made at the time `at`, now or when the request was first delivered."""

    outcome: OutcomeT
    at: datetime
    language: str | None
    rows: Sequence[Record]


def _only(items: Sequence[NewItem]) -> NewItem | None:
    return next(iter(items), None)


def _earlier(chat_id: int, outcome: RecordedTake) -> TakenEarlier | None:
    if outcome.earlier is None:
        return None
    [item] = outcome.taken_earlier
    return TakenEarlier(item, RecordKey.named(chat_id, outcome.earlier).of)


def _key_columns(keys: Sequence[ItemKey]) -> dict[str, list[int] | list[str]]:
    return {
        "ingredient_ids": [key.ingredient_id for key in keys],
        "name_keys": [key.name_key for key in keys],
    }


def _item(row: Record) -> Item:
    return Item(
        key=ItemKey(row["ingredient_id"], row["name_key"]),
        name=row["name"],
        ko=row["ko"],
        en=row["en"],
        category=row["category"],
        emoji=row["emoji"],
        added_at=row["added_at"],
    )

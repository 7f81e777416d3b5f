"""What is in a chat's fridge. Each method is one atomic statement.

A statement that changes a fridge also records the request it was for, with its outcome: the same
request delivered again changes nothing, and gets the outcome of the first time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asyncpg import Record
from sqlalchemy import TextClause

from db.connection.database import Engine
from db.fridges.statements.add import ADD
from db.fridges.statements.clear import CLEAR
from db.fridges.statements.keep import KEEP
from db.fridges.statements.list_items import LIST
from db.fridges.statements.remove import REMOVE
from db.fridges.statements.replace import REPLACE
from db.fridges.statements.take import TAKE
from db.fridges.statements.undo import UNDO
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
from fridge.request_keys import RequestKey
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
        """Add the items that are not there yet, as far as there is room, in their order.

        No two of the items may have the same key. The session remembers the language, if given.
        """
        done = await self._change(
            ADD,
            key.to("add"),
            now,
            expires_at=self._lifetime.expires_at(now),
            first_revision=to_microseconds(now),
            max_items=MAX_ITEMS,
            names=[item.name for item in items],
            session_language=language,
            **_key_columns([item.key for item in items]),
        )
        added = done.keys("added")
        outcomes = {item.key: Outcome.ALREADY_THERE for item in items}
        outcomes |= dict.fromkeys(done.keys("missing"), Outcome.NO_ROOM)
        outcomes |= dict.fromkeys(added, Outcome.ADDED)
        return Added(
            outcomes,
            done.outcome["held"] + len(added),
            done.language,
            undone=done.outcome.get("undone", False),
        )

    async def list(self, chat_id: int, now: datetime) -> Fridge:
        """What is in the fridge, newest first."""
        values = self._values(chat_id, now)
        while True:
            rows = await self._engine.fetch(LIST, values)
            if not rows[0]["raced"]:
                return self._fridge(rows, now)

    async def remove(self, key: RequestKey, keys: Sequence[ItemKey], now: datetime) -> Removed:
        """Take out what is there of these."""
        done = await self._change(REMOVE, key.to("remove"), now, **_key_columns(keys))
        removed = done.keys("removed")
        count = done.outcome["held"] - len(removed)
        return Removed(frozenset(removed), count, done.language, done.at)

    async def take(self, key: RequestKey, reference: ItemReference, now: datetime) -> Taken:
        """Take out one item; where it is out already, find the last request that took it out.

        The fridge is as it is after that; for a request that is delivered again, as it then is.
        """
        done = await self._change(TAKE, key.to("take"), now, **reference._asdict())
        return Taken(
            item=done.only_item("removed"),
            fridge=self._fridge(done.rows, now),
            earlier=_earlier(key.chat_id, done),
        )

    async def replace(
        self, key: RequestKey, reference: ItemReference, by: NewItem, now: datetime
    ) -> Replaced:
        """Put another item in the place of one, as if it had been added when that one was.

        If the other is there already, the one is only taken out. Nothing is replaced by itself.
        """
        done = await self._change(
            REPLACE,
            key.to("replace"),
            now,
            **reference._asdict(),
            by_ingredient_id=by.key.ingredient_id,
            by_name_key=by.key.name_key,
            by_name=by.name,
        )
        removed, added = done.items("removed"), done.items("added")
        count = done.outcome["held"] - len(removed) + len(added)
        return Replaced(done.only_item("removed"), count, done.language)

    async def clear(self, key: RequestKey, added_until: datetime, now: datetime) -> Cleared:
        """Take out everything that was added up to a time."""
        done = await self._change(CLEAR, key.to("clear"), now, added_until=added_until)
        return Cleared(done.outcome["removed"], done.language)

    async def undo(self, key: RequestKey, undone: RequestKey, now: datetime) -> Undone:
        """Undo a change of this chat's fridge: all that it changed, and once.

        `undone` is the request to do it, as in `key.to("add")`. It may be any change of what is in
        the fridge. Where it can't be undone nothing changes: what it put in must be there since
        then, what it took out must not be there again, and there must be room for it, in the same
        life of the session.

        The fridge is as it is after that; for a request that is delivered again, as it then is.
        """
        done = await self._change(
            UNDO, key.to("undo"), now, undone=undone.request, max_items=MAX_ITEMS
        )
        return Undone(
            taken_out=done.items("removed"),
            put_back=done.items("added"),
            fridge=self._fridge(done.rows, now),
            already=done.outcome.get("already", False),
            forgotten=done.outcome.get("forgotten", False),
        )

    async def keep(self, key: RequestKey, now: datetime) -> Kept:
        """Let a live session live on for its full time."""
        done = await self._change(KEEP, key.to("keep"), now)
        return Kept(
            count=done.outcome["held"],
            at=done.at,
            expires_at=self._lifetime.end(
                done.time("expires_at"), done.time("last_accessed"), done.at
            ),
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
        self, statement: TextClause, key: RequestKey, now: datetime, **values: object
    ) -> "_Done":
        parameters = {**self._values(key.chat_id, now), **key._asdict(), **values}
        while True:
            rows = await self._engine.fetch(statement, parameters)
            if rows[0]["outcome"] is not None:
                return _Done(rows)

    def _values(self, chat_id: int, now: datetime) -> dict[str, object]:
        return {
            "chat_id": chat_id,
            "now": now,
            "idle_since": self._lifetime.idle_since(now),
            "recorded_since": self._lifetime.recorded_since(now),
        }


@dataclass(frozen=True, slots=True)
class _Done:
    """What a change did, now or when the request was first delivered: it is in the first row."""

    rows: Sequence[Record]

    @property
    def outcome(self) -> Mapping[str, Any]:
        outcome: Mapping[str, Any] = self.rows[0]["outcome"]
        return outcome

    @property
    def at(self) -> datetime:
        at: datetime = self.rows[0]["handled_at"]
        return at

    @property
    def language(self) -> str | None:
        language: str | None = self.rows[0]["language"]
        return language

    def keys(self, which: str) -> list[ItemKey]:
        ids, name_keys = self.outcome[f"{which}_ids"], self.outcome[f"{which}_keys"]
        return [ItemKey(*key) for key in zip(ids, name_keys, strict=True)]

    def items(self, which: str) -> list[NewItem]:
        names = self.outcome[f"{which}_names"]
        return [NewItem(*item) for item in zip(self.keys(which), names, strict=True)]

    def only_item(self, which: str) -> NewItem | None:
        return next(iter(self.items(which)), None)

    def time(self, name: str) -> datetime | None:
        written: str | None = self.outcome[name]
        return datetime.fromisoformat(written) if written else None


def _earlier(chat_id: int, done: _Done) -> TakenEarlier | None:
    item = done.only_item("earlier")
    if item is None:
        return None
    request: str = done.outcome["earlier"]
    return TakenEarlier(item, RequestKey(chat_id, request.removesuffix(" take")))


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

"""What is in a chat's fridge. Each method is one atomic statement.

A statement that changes a fridge also records the request it was for, with its outcome: the same
request delivered again changes nothing, and gets the outcome of the first time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Final, NamedTuple

from sqlalchemy import RowMapping, TextClause, text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.database import connected
from db.handled_requests import RECORD, RECORDED, RequestKey
from db.lifetime import Lifetime
from db.times import to_microseconds

MAX_ITEMS: Final = 500
"""How many items a fridge holds."""


class ItemKey(NamedTuple):
    """What makes two items of a fridge the same: the ingredient, or the key of an unknown name."""

    ingredient_id: int
    name_key: str = ""


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


class Outcome(Enum):
    """What became of an item to be added."""

    ADDED = "added"
    ALREADY_THERE = "already there"
    NO_ROOM = "no room"


@dataclass(frozen=True, slots=True)
class Added:
    """What `add` did: an outcome for each item, and how many items the fridge then held."""

    outcomes: Mapping[ItemKey, Outcome]
    count: int
    language: str | None


@dataclass(frozen=True, slots=True)
class Removed:
    """What `remove` took out, and how many items were left."""

    keys: frozenset[ItemKey]
    count: int
    language: str | None


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


# What the chat chose travels with every answer, so that a command stays one round trip.
_LANGUAGE = "(SELECT language FROM chat_settings WHERE chat_id = :chat_id) AS language"

_RACED = "EXISTS (SELECT FROM session WHERE NOT unraced)"

# A session is live while either bound holds; `idle_since` is now - ttl.
_LIVE = "({0}.expires_at > :now OR {0}.last_accessed > :idle_since)"


def _use_session(*, unless: str = "false", also_where: str = "false") -> str:
    """The CTEs that use a live session: `session` has its one row, or none, also `unless`.

    `snapshot` is the row as it was when the statement began. The use is recorded where that row's
    last one is old enough (or `also_where` holds), and only if the newest version of the row is
    still live: the update waits for a purge that is deleting it, and then finds nothing.

    Whoever waited for another statement on the row still sees the items as they were when it began.
    It can tell: every write raises `revision`, which is then not the next one after the revision in
    the snapshot. A statement that was not `unraced` changes no items, and is run again.
    """
    return f"""
    snapshot AS MATERIALIZED (
        SELECT created_at, expires_at, last_accessed, revision
        FROM user_fridge_sessions AS stored
        WHERE stored.chat_id = :chat_id AND {_LIVE.format("stored")} AND NOT {unless}
    ),
    used AS (
        UPDATE user_fridge_sessions AS stored
        SET last_accessed = greatest(stored.last_accessed, :now), revision = stored.revision + 1
        FROM snapshot
        WHERE stored.chat_id = :chat_id AND {_LIVE.format("stored")}
            AND (snapshot.last_accessed <= :recorded_since OR {also_where})
        RETURNING stored.created_at, stored.expires_at, stored.last_accessed,
            stored.revision = snapshot.revision + 1 AS unraced
    ),
    session AS MATERIALIZED (
        SELECT * FROM used
        UNION ALL
        SELECT created_at, expires_at, last_accessed, true FROM snapshot
        WHERE NOT (snapshot.last_accessed <= :recorded_since OR {also_where})
    )
    """


_REPEATED = "EXISTS (SELECT FROM recorded)"


def _recorded_outcome(**fields: str) -> str:
    """The end of a statement that changes a fridge: records its outcome, and returns it.

    A repeated request returns the recorded one. No outcome is returned by a statement that raced
    with another, on the session or with another delivery of the same request: it is run again.
    """
    columns = ", ".join(f"'{name}', {value}" for name, value in fields.items())
    return f"""
    computed AS (
        SELECT jsonb_build_object({columns}) AS outcome
        WHERE NOT {_REPEATED} AND NOT {_RACED}
    ),
    {RECORD}
    SELECT first.outcome, first.handled_at, {_LANGUAGE}
    FROM (SELECT) AS always
    LEFT JOIN (
        SELECT outcome, handled_at FROM recorded UNION ALL SELECT outcome, handled_at FROM record
    ) AS first ON true
    """


_WANTED_KEYS = """
    wanted AS MATERIALIZED (
        SELECT * FROM unnest(CAST(:ingredient_ids AS integer[]), CAST(:name_keys AS text[]))
            AS wanted (ingredient_id, name_key)
    )
"""

ADD: Final = text(
    f"""
    WITH {RECORDED},
    wanted AS MATERIALIZED (
        SELECT * FROM unnest(
            CAST(:ingredient_ids AS integer[]), CAST(:name_keys AS text[]), CAST(:names AS text[])
        ) WITH ORDINALITY AS wanted (ingredient_id, name_key, name, position)
    ),
    snapshot AS MATERIALIZED (
        SELECT created_at, last_accessed, revision, {_LIVE.format("stored")} AS live
        FROM user_fridge_sessions AS stored
        WHERE stored.chat_id = :chat_id
    ),
    held AS MATERIALIZED (
        SELECT item.ingredient_id, item.name_key
        FROM user_fridge_ingredients AS item
        JOIN snapshot ON snapshot.live AND item.added_at >= snapshot.created_at
        WHERE item.chat_id = :chat_id
    ),
    missing AS MATERIALIZED (
        SELECT * FROM wanted
        WHERE NOT EXISTS (
            SELECT FROM held
            WHERE held.ingredient_id = wanted.ingredient_id AND held.name_key = wanted.name_key
        )
    ),
    session AS (
        INSERT INTO user_fridge_sessions AS stored
            (chat_id, created_at, expires_at, last_accessed, revision)
        SELECT CAST(:chat_id AS bigint), CAST(:now AS timestamptz),
            CAST(:expires_at AS timestamptz), CAST(:now AS timestamptz),
            CAST(:first_revision AS bigint)
        WHERE NOT {_REPEATED} AND (
            (EXISTS (SELECT FROM missing) AND (SELECT count(*) FROM held) < :max_items)
            OR NOT EXISTS (SELECT FROM snapshot WHERE live AND last_accessed > :recorded_since)
        )
        ON CONFLICT (chat_id) DO UPDATE SET
            created_at = CASE WHEN {_LIVE.format("stored")}
                THEN stored.created_at ELSE excluded.created_at END,
            expires_at = CASE WHEN {_LIVE.format("stored")}
                THEN stored.expires_at ELSE excluded.expires_at END,
            last_accessed = greatest(stored.last_accessed, excluded.last_accessed),
            revision = stored.revision + 1
        RETURNING created_at,
            revision = coalesce((SELECT revision + 1 FROM snapshot), :first_revision) AS unraced
    ),
    outlived AS (
        DELETE FROM user_fridge_ingredients AS item
        USING session, snapshot
        WHERE NOT snapshot.live AND item.chat_id = :chat_id AND item.added_at < session.created_at
            AND NOT EXISTS (
                SELECT FROM missing
                WHERE missing.ingredient_id = item.ingredient_id
                    AND missing.name_key = item.name_key
            )
    ),
    added AS (
        INSERT INTO user_fridge_ingredients (chat_id, ingredient_id, name_key, name, added_at)
        SELECT :chat_id, missing.ingredient_id, missing.name_key, missing.name,
            greatest(session.created_at, :now)
        FROM missing CROSS JOIN session
        WHERE session.unraced
        ORDER BY missing.position
        LIMIT greatest(0, :max_items - (SELECT count(*) FROM held))
        ON CONFLICT (chat_id, ingredient_id, name_key) DO UPDATE
            SET name = excluded.name, added_at = excluded.added_at
        RETURNING ingredient_id, name_key
    ),
    {
        _recorded_outcome(
            added_ids="ARRAY(SELECT ingredient_id FROM added ORDER BY ingredient_id, name_key)",
            added_keys="ARRAY(SELECT name_key FROM added ORDER BY ingredient_id, name_key)",
            missing_ids="ARRAY(SELECT ingredient_id FROM missing ORDER BY position)",
            missing_keys="ARRAY(SELECT name_key FROM missing ORDER BY position)",
            held="(SELECT count(*) FROM held)",
        )
    }
    """
)
"""Uses or creates the session, or begins it afresh where it has expired, and adds what is missing.

The upsert locks the session's row, so that two statements on one chat run one after the other; see
`_use_session` for the one that waited. A session's first revision is one that none before it had.
"""

LIST: Final = text(
    f"""
    WITH {_use_session()}
    SELECT session.expires_at, session.last_accessed, {_RACED} AS raced, {_LANGUAGE},
        item.ingredient_id, item.name_key, item.name, item.added_at,
        ingredient.ko, ingredient.en, ingredient.category, ingredient.emoji
    FROM (SELECT) AS always
    LEFT JOIN session ON true
    LEFT JOIN user_fridge_ingredients AS item
        ON item.chat_id = :chat_id AND item.added_at >= session.created_at
    LEFT JOIN ingredients AS ingredient ON ingredient.ingredient_id = item.ingredient_id
    ORDER BY item.added_at DESC, item.ingredient_id, item.name_key
    """
)

# A statement does not see what it removes itself.
_HELD = """(
    SELECT count(*) FROM user_fridge_ingredients AS item, session
    WHERE item.chat_id = :chat_id AND item.added_at >= session.created_at
)"""

_MATCHED = """EXISTS (
    SELECT FROM user_fridge_ingredients AS item
    JOIN wanted ON wanted.ingredient_id = item.ingredient_id AND wanted.name_key = item.name_key
    WHERE item.chat_id = :chat_id AND item.added_at >= snapshot.created_at
)"""

REMOVE: Final = text(
    f"""
    WITH {RECORDED}, {_WANTED_KEYS}, {_use_session(unless=_REPEATED, also_where=_MATCHED)},
    removed AS (
        DELETE FROM user_fridge_ingredients AS item
        USING session, wanted
        WHERE session.unraced
            AND item.chat_id = :chat_id AND item.added_at >= session.created_at
            AND item.ingredient_id = wanted.ingredient_id AND item.name_key = wanted.name_key
        RETURNING item.ingredient_id, item.name_key
    ),
    {
        _recorded_outcome(
            removed_ids="ARRAY(SELECT ingredient_id FROM removed ORDER BY ingredient_id, name_key)",
            removed_keys="ARRAY(SELECT name_key FROM removed ORDER BY ingredient_id, name_key)",
            held=_HELD,
        )
    }
    """
)

_CLEARABLE = """EXISTS (
    SELECT FROM user_fridge_ingredients AS item
    WHERE item.chat_id = :chat_id
        AND item.added_at >= snapshot.created_at AND item.added_at <= :added_until
)"""

CLEAR: Final = text(
    f"""
    WITH {RECORDED}, {_use_session(unless=_REPEATED, also_where=_CLEARABLE)},
    removed AS (
        DELETE FROM user_fridge_ingredients AS item
        USING session
        WHERE session.unraced AND item.chat_id = :chat_id
            AND item.added_at >= session.created_at AND item.added_at <= :added_until
        RETURNING 1
    ),
    {_recorded_outcome(removed="(SELECT count(*) FROM removed)")}
    """
)

KEEP: Final = text(
    f"""
    WITH {RECORDED}, {_use_session(unless=_REPEATED, also_where="true")},
    {
        _recorded_outcome(
            held=_HELD,
            expires_at="(SELECT expires_at FROM session)",
            last_accessed="(SELECT last_accessed FROM session)",
        )
    }
    """
)


class FridgeRepository:
    """The fridges. Every method counts as a use of the chat's fridge; all times are aware."""

    def __init__(self, engine: AsyncEngine, lifetime: Lifetime) -> None:
        self._engine = engine
        self._lifetime = lifetime

    async def add(self, key: RequestKey, items: Sequence[NewItem], now: datetime) -> Added:
        """Add the items that are not there yet, as far as there is room, in their order.

        No two of the items may have the same key.
        """
        done = await self._change(
            ADD,
            key.to("add"),
            now,
            expires_at=self._lifetime.expires_at(now),
            first_revision=to_microseconds(now),
            max_items=MAX_ITEMS,
            names=[item.name for item in items],
            **_key_columns([item.key for item in items]),
        )
        added = done.keys("added")
        outcomes = {item.key: Outcome.ALREADY_THERE for item in items}
        outcomes |= dict.fromkeys(done.keys("missing"), Outcome.NO_ROOM)
        outcomes |= dict.fromkeys(added, Outcome.ADDED)
        return Added(outcomes, done.outcome["held"] + len(added), done.language)

    async def list(self, chat_id: int, now: datetime) -> Fridge:
        """What is in the fridge, newest first."""
        values = self._values(chat_id, now)
        async with connected(self._engine) as connection:
            while True:
                rows = (await connection.execute(LIST, values)).mappings().all()
                if not rows[0]["raced"]:
                    break
        session = rows[0]
        return Fridge(
            items=[_item(row) for row in rows if row["ingredient_id"] is not None],
            expires_at=self._expiry(session["expires_at"], session["last_accessed"]),
            language=session["language"],
        )

    async def remove(self, key: RequestKey, keys: Sequence[ItemKey], now: datetime) -> Removed:
        """Take out what is there of these."""
        done = await self._change(REMOVE, key.to("remove"), now, **_key_columns(keys))
        removed = done.keys("removed")
        return Removed(frozenset(removed), done.outcome["held"] - len(removed), done.language)

    async def clear(self, key: RequestKey, added_until: datetime, now: datetime) -> Cleared:
        """Take out everything that was added up to a time."""
        done = await self._change(CLEAR, key.to("clear"), now, added_until=added_until)
        return Cleared(done.outcome["removed"], done.language)

    async def keep(self, key: RequestKey, now: datetime) -> Kept:
        """Let a live session live on for its full time."""
        done = await self._change(KEEP, key.to("keep"), now)
        return Kept(
            count=done.outcome["held"],
            at=done.at,
            expires_at=self._expiry(done.time("expires_at"), done.time("last_accessed")),
            language=done.language,
        )

    def _expiry(self, written: datetime | None, last_use: datetime | None) -> datetime | None:
        if written is None or last_use is None:
            return None
        return max(written, self._lifetime.expires_at(last_use))

    async def _change(
        self, statement: TextClause, key: RequestKey, now: datetime, **values: object
    ) -> "_Done":
        parameters = {**self._values(key.chat_id, now), "request": key.request, **values}
        async with connected(self._engine) as connection:
            while True:
                row = (await connection.execute(statement, parameters)).mappings().one()
                if row["outcome"] is not None:
                    break
        return _Done(row["outcome"], row["handled_at"], row["language"])

    def _values(self, chat_id: int, now: datetime) -> dict[str, object]:
        return {
            "chat_id": chat_id,
            "now": now,
            "idle_since": self._lifetime.idle_since(now),
            "recorded_since": self._lifetime.recorded_since(now),
        }


@dataclass(frozen=True, slots=True)
class _Done:
    """What a change did `at` a time, now or when the request was first delivered."""

    outcome: Mapping[str, Any]
    at: datetime
    language: str | None

    def keys(self, which: str) -> list[ItemKey]:
        ids, name_keys = self.outcome[f"{which}_ids"], self.outcome[f"{which}_keys"]
        return [ItemKey(*key) for key in zip(ids, name_keys, strict=True)]

    def time(self, name: str) -> datetime | None:
        written: str | None = self.outcome[name]
        return datetime.fromisoformat(written) if written else None


def _key_columns(keys: Sequence[ItemKey]) -> dict[str, list[int] | list[str]]:
    return {
        "ingredient_ids": [key.ingredient_id for key in keys],
        "name_keys": [key.name_key for key in keys],
    }


def _item(row: RowMapping) -> Item:
    return Item(
        key=ItemKey(row["ingredient_id"], row["name_key"]),
        name=row["name"],
        ko=row["ko"],
        en=row["en"],
        category=row["category"],
        emoji=row["emoji"],
        added_at=row["added_at"],
    )

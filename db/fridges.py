"""What is in a chat's fridge. Each method is one atomic statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final, NamedTuple

from sqlalchemy import RowMapping, TextClause, text
from sqlalchemy.ext.asyncio import AsyncEngine

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
    """A session after `keep`. `expires_at` is None where there was none alive to keep."""

    count: int
    expires_at: datetime | None
    language: str | None


@dataclass(frozen=True, slots=True)
class Cleared:
    """How many items `clear` took out."""

    count: int
    language: str | None


# What the chat chose travels with every answer, so that a command stays one round trip.
_LANGUAGE = "(SELECT language FROM chat_settings WHERE chat_id = :chat_id) AS language"

_RACED = "EXISTS (SELECT FROM session WHERE NOT unraced) AS raced"

# A session is live while either bound holds; `idle_since` is now - ttl.
_LIVE = "({0}.expires_at > :now OR {0}.last_accessed > :idle_since)"


def _use_session(*, also_where: str = "false") -> str:
    """The CTEs that use a live session: `session` has its one row, or none.

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
        WHERE stored.chat_id = :chat_id AND {_LIVE.format("stored")}
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


_WANTED_KEYS = """
    wanted AS MATERIALIZED (
        SELECT * FROM unnest(CAST(:ingredient_ids AS integer[]), CAST(:name_keys AS text[]))
            AS wanted (ingredient_id, name_key)
    )
"""

ADD: Final = text(
    f"""
    WITH wanted AS MATERIALIZED (
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
        WHERE (EXISTS (SELECT FROM missing) AND (SELECT count(*) FROM held) < :max_items)
            OR NOT EXISTS (SELECT FROM snapshot WHERE live AND last_accessed > :recorded_since)
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
    )
    SELECT
        ARRAY(SELECT ingredient_id FROM added ORDER BY ingredient_id, name_key) AS added_ids,
        ARRAY(SELECT name_key FROM added ORDER BY ingredient_id, name_key) AS added_keys,
        ARRAY(SELECT ingredient_id FROM missing ORDER BY position) AS missing_ids,
        ARRAY(SELECT name_key FROM missing ORDER BY position) AS missing_keys,
        (SELECT count(*) FROM held) AS held,
        {_RACED}, {_LANGUAGE}
    """
)
"""Uses or creates the session, or begins it afresh where it has expired, and adds what is missing.

The upsert locks the session's row, so that two statements on one chat run one after the other; see
`_use_session` for the one that waited. A session's first revision is one that none before it had.
"""

LIST: Final = text(
    f"""
    WITH {_use_session()}
    SELECT session.expires_at, session.last_accessed, {_RACED}, {_LANGUAGE},
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

_MATCHED = """EXISTS (
    SELECT FROM user_fridge_ingredients AS item
    JOIN wanted ON wanted.ingredient_id = item.ingredient_id AND wanted.name_key = item.name_key
    WHERE item.chat_id = :chat_id AND item.added_at >= snapshot.created_at
)"""

REMOVE: Final = text(
    f"""
    WITH {_WANTED_KEYS}, {_use_session(also_where=_MATCHED)},
    removed AS (
        DELETE FROM user_fridge_ingredients AS item
        USING session, wanted
        WHERE session.unraced
            AND item.chat_id = :chat_id AND item.added_at >= session.created_at
            AND item.ingredient_id = wanted.ingredient_id AND item.name_key = wanted.name_key
        RETURNING item.ingredient_id, item.name_key
    )
    SELECT
        ARRAY(SELECT ingredient_id FROM removed ORDER BY ingredient_id, name_key) AS removed_ids,
        ARRAY(SELECT name_key FROM removed ORDER BY ingredient_id, name_key) AS removed_keys,
        (
            SELECT count(*) FROM user_fridge_ingredients AS item, session
            WHERE item.chat_id = :chat_id AND item.added_at >= session.created_at
        ) AS held,
        {_RACED}, {_LANGUAGE}
    """
)

_CLEARABLE = """EXISTS (
    SELECT FROM user_fridge_ingredients AS item
    WHERE item.chat_id = :chat_id
        AND item.added_at >= snapshot.created_at AND item.added_at <= :added_until
)"""

CLEAR: Final = text(
    f"""
    WITH {_use_session(also_where=_CLEARABLE)},
    removed AS (
        DELETE FROM user_fridge_ingredients AS item
        USING session
        WHERE session.unraced AND item.chat_id = :chat_id
            AND item.added_at >= session.created_at AND item.added_at <= :added_until
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM removed) AS removed, {_RACED}, {_LANGUAGE}
    """
)

KEEP: Final = text(
    f"""
    WITH {_use_session(also_where="true")}
    SELECT session.expires_at, session.last_accessed, {_RACED}, {_LANGUAGE},
        (
            SELECT count(*) FROM user_fridge_ingredients AS item
            WHERE item.chat_id = :chat_id AND item.added_at >= session.created_at
        ) AS held
    FROM (SELECT) AS always LEFT JOIN session ON true
    """
)


class FridgeRepository:
    """The fridges. Every method counts as a use of the chat's fridge; all times are aware."""

    def __init__(self, engine: AsyncEngine, lifetime: Lifetime) -> None:
        self._engine = engine
        self._lifetime = lifetime

    async def add(self, chat_id: int, items: Sequence[NewItem], now: datetime) -> Added:
        """Add the items that are not there yet, as far as there is room, in their order.

        No two of the items may have the same key.
        """
        row = await self._one(
            ADD,
            chat_id,
            now,
            expires_at=self._lifetime.expires_at(now),
            first_revision=to_microseconds(now),
            max_items=MAX_ITEMS,
            names=[item.name for item in items],
            **_key_columns([item.key for item in items]),
        )
        added = _keys(row["added_ids"], row["added_keys"])
        missing = _keys(row["missing_ids"], row["missing_keys"])
        outcomes = {item.key: Outcome.ALREADY_THERE for item in items}
        outcomes |= dict.fromkeys(missing, Outcome.NO_ROOM)
        outcomes |= dict.fromkeys(added, Outcome.ADDED)
        return Added(outcomes, row["held"] + len(added), row["language"])

    async def list(self, chat_id: int, now: datetime) -> Fridge:
        """What is in the fridge, newest first."""
        rows = await self._all(LIST, chat_id, now)
        return Fridge(
            items=[_item(row) for row in rows if row["ingredient_id"] is not None],
            expires_at=self._expiry(rows[0]),
            language=rows[0]["language"],
        )

    async def remove(self, chat_id: int, keys: Sequence[ItemKey], now: datetime) -> Removed:
        """Take out what is there of these."""
        row = await self._one(REMOVE, chat_id, now, **_key_columns(keys))
        removed = _keys(row["removed_ids"], row["removed_keys"])
        # The statement counts what was there before it removed anything.
        return Removed(frozenset(removed), row["held"] - len(removed), row["language"])

    async def clear(self, chat_id: int, added_until: datetime, now: datetime) -> Cleared:
        """Take out everything that was added up to a time."""
        row = await self._one(CLEAR, chat_id, now, added_until=added_until)
        return Cleared(row["removed"], row["language"])

    async def keep(self, chat_id: int, now: datetime) -> Kept:
        """Let a live session live on for its full time."""
        row = await self._one(KEEP, chat_id, now)
        return Kept(row["held"], self._expiry(row), row["language"])

    def _expiry(self, session: RowMapping) -> datetime | None:
        written: datetime | None = session["expires_at"]
        if written is None:
            return None
        return max(written, self._lifetime.expires_at(session["last_accessed"]))

    async def _one(
        self, statement: TextClause, chat_id: int, now: datetime, **values: object
    ) -> RowMapping:
        [row] = await self._all(statement, chat_id, now, **values)
        return row

    async def _all(
        self, statement: TextClause, chat_id: int, now: datetime, **values: object
    ) -> Sequence[RowMapping]:
        parameters = {
            "chat_id": chat_id,
            "now": now,
            "idle_since": self._lifetime.idle_since(now),
            "recorded_since": self._lifetime.recorded_since(now),
            **values,
        }
        async with self._engine.connect() as connection:
            while True:
                rows = (await connection.execute(statement, parameters)).mappings().all()
                if not rows[0]["raced"]:
                    return rows


def _key_columns(keys: Sequence[ItemKey]) -> dict[str, list[int] | list[str]]:
    return {
        "ingredient_ids": [key.ingredient_id for key in keys],
        "name_keys": [key.name_key for key in keys],
    }


def _keys(ingredient_ids: Sequence[int], name_keys: Sequence[str]) -> list[ItemKey]:
    return [ItemKey(*key) for key in zip(ingredient_ids, name_keys, strict=True)]


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

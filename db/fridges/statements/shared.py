"""The pieces of SQL that several statements share: CTEs, conditions and columns.

Each piece names the CTEs that it defines and those that it reads. A piece that takes conditions
takes them as SQL.
"""

from collections.abc import Sequence
from typing import Final

from db.schema.liveness import LIVE
from db.schema.lots import (
    ITEM_COLUMNS,
    LOT_FIELDS,
    LOT_NUMBER,
    NAME_KEY,
    columns,
    lot_as_json,
    lot_from_json,
)
from db.updates.handled_requests import RECORD

CHAT: Final = "CAST(:chat_id AS bigint) AS chat_id"
"""The column by which each row of an answer is told apart: statements of several chats travel
together."""

LANGUAGE: Final = "(SELECT language FROM chat_settings WHERE chat_id = :chat_id) AS language"
"""The column with the language that the chat chose. It comes with every answer, so that a command
is one round trip."""

CHOSEN: Final = "chosen.language, chosen.time_zone"
"""The columns with the language and the time zone that the chat chose. The zone comes with every
fridge, since dates are shown and read as of today in the zone. Reads `chosen` of `AND_CHOSEN`."""

AND_CHOSEN: Final = "LEFT JOIN chat_settings AS chosen ON chosen.chat_id = :chat_id"
"""The join with the settings of the chat, as `chosen`."""

REPEATED: Final = "EXISTS (SELECT FROM recorded)"
"""The condition that the request was handled before. Reads `recorded`."""

RACED: Final = "(EXISTS (SELECT FROM use WHERE is_recorded) AND NOT EXISTS (SELECT FROM session))"
"""The condition that another statement wrote to the session first, so that this one changed
nothing. Reads `use` and `session`."""

IN_ORDER: Final = "{0}.added_at DESC, {0}.ingredient_id, {0}.name_key"
"""The order of a fridge: newest first."""


def session_snapshot(*, unless: str = "false") -> str:
    """The CTE `snapshot`: the live session as the statement found it, or no row."""
    return f"""
    snapshot AS MATERIALIZED (
        SELECT created_at, expires_at, last_accessed, revision
        FROM user_fridge_sessions AS stored
        WHERE stored.chat_id = :chat_id AND {LIVE.format("stored")} AND NOT {unless}
    )
    """


def use_session(*, unless: str = "false", also_where: str = "false") -> str:
    """The CTEs `use`, `used` and `session`, which use the session of `snapshot`.

    `session` has the session's row, or none if there is no live one. `used` has it only if this
    statement wrote the row: where the last recorded use is old enough, or `also_where` holds, but
    not `unless`. A statement changes items only together with `used`, so that two statements which
    change one fridge run one after the other.

    A statement that blocked on the row still reads the items of its old snapshot. So it writes the
    row only at the revision that its snapshot has; every write raises the revision. A statement
    that comes too late, or whose session was purged meanwhile, changes nothing and is run again.
    """
    return f"""
    use AS MATERIALIZED (
        SELECT *, NOT {unless} AND (last_accessed <= :recorded_since OR {also_where}) AS is_recorded
        FROM snapshot
    ),
    used AS (
        UPDATE user_fridge_sessions AS stored
        SET last_accessed = greatest(stored.last_accessed, :now), revision = stored.revision + 1
        FROM use
        WHERE stored.chat_id = :chat_id AND stored.revision = use.revision AND use.is_recorded
        RETURNING stored.created_at, stored.expires_at, stored.last_accessed
    ),
    session AS MATERIALIZED (
        SELECT * FROM used
        UNION ALL
        SELECT created_at, expires_at, last_accessed FROM use WHERE NOT is_recorded
    )
    """


SNAPSHOT_OF_ANY: Final = f"""
    snapshot AS MATERIALIZED (
        SELECT created_at, last_accessed, revision, {LIVE.format("stored")} AS live
        FROM user_fridge_sessions AS stored
        WHERE stored.chat_id = :chat_id
    )
"""
"""The CTE `snapshot`: the session as the statement found it, live or not, or no row."""


def use_or_begin_session(*, also_where: str, kept: str) -> str:
    """The CTEs that use the live session of `snapshot`, begin an expired one afresh, or create one.

    The session's row is written before its items, at the revision that the snapshot has, so that
    two statements on one chat run one after the other (see `use_session`). A new session begins at
    a revision that no session of the chat had before: a statement that saw an older one comes too
    late.

    An expired session is begun afresh in its row. Its items go, and so does a warning from before
    its last use, as in `db.fridges.sessions`.

    Args:
        also_where: the condition by which the session is written in any case. Reads `held`.
        kept: a CTE of items that the statement puts in, over old rows too.
    """
    return f"""
    use AS MATERIALIZED (
        SELECT snapshot.*, held.count AS held, NOT {REPEATED} AND (
            {also_where}
            OR (snapshot.live AND snapshot.last_accessed > :recorded_since) IS NOT TRUE
        ) AS is_recorded
        FROM (SELECT count(*) FROM held) AS held LEFT JOIN snapshot ON true
    ),
    used AS (
        UPDATE user_fridge_sessions AS stored
        SET created_at = CASE WHEN use.live THEN stored.created_at ELSE :now END,
            expires_at = CASE WHEN use.live THEN stored.expires_at ELSE :expires_at END,
            last_accessed = greatest(stored.last_accessed, :now),
            revision = stored.revision + 1,
            language = coalesce(:session_language, stored.language)
        FROM use
        WHERE stored.chat_id = :chat_id AND stored.revision = use.revision AND use.is_recorded
        RETURNING stored.created_at
    ),
    begun AS (
        INSERT INTO user_fridge_sessions
            (chat_id, created_at, expires_at, last_accessed, revision, language)
        SELECT CAST(:chat_id AS bigint), CAST(:now AS timestamptz),
            CAST(:expires_at AS timestamptz), CAST(:now AS timestamptz),
            CAST(:first_revision AS bigint), CAST(:session_language AS text)
        FROM use
        WHERE use.is_recorded AND use.revision IS NULL
        ON CONFLICT (chat_id) DO NOTHING
        RETURNING created_at
    ),
    session AS MATERIALIZED (
        SELECT created_at FROM used UNION ALL SELECT created_at FROM begun
    ),
    ended AS MATERIALIZED (
        SELECT use.last_accessed FROM used CROSS JOIN use WHERE NOT use.live
    ),
    outlived AS (
        DELETE FROM user_fridge_ingredients AS item
        WHERE EXISTS (SELECT FROM ended) AND item.chat_id = :chat_id AND item.added_at < :now
            AND NOT EXISTS (
                SELECT FROM {kept}
                WHERE {kept}.ingredient_id = item.ingredient_id AND {kept}.name_key = item.name_key
            )
    ),
    stale AS (
        DELETE FROM expiry_warnings
        WHERE chat_id = :chat_id AND last_accessed < (SELECT last_accessed FROM ended)
    )
    """


HELD: Final = f"""
    held AS MATERIALIZED (
        SELECT {columns("item")}
        FROM user_fridge_ingredients AS item
        JOIN snapshot ON item.added_at >= snapshot.created_at
        WHERE item.chat_id = :chat_id
    )
"""
"""The CTE `held`: the items of the session of `snapshot`, before the statement changes them."""

HELD_IF_LIVE: Final = f"""
    held AS MATERIALIZED (
        SELECT {columns("item")}, {NAME_KEY.format("item")} AS of_name
        FROM user_fridge_ingredients AS item
        JOIN snapshot ON snapshot.live AND item.added_at >= snapshot.created_at
        WHERE item.chat_id = :chat_id
    )
"""
"""The CTE `held`: the items, where the session of `snapshot` may have expired. `of_name` is the key
of an item's name."""

COUNTED: Final = """
    counted AS MATERIALIZED (
        SELECT count(*) AS items FROM user_fridge_ingredients AS item, session
        WHERE item.chat_id = :chat_id AND item.added_at >= session.created_at
    )
"""
"""The CTE `counted`: the number of items. It stands before the CTEs that remove some."""

REFERENCED: Final = f"""
    held.ingredient_id = :ingredient_id
    AND CASE {NAME_KEY.format("held")} WHEN '' THEN ''
        ELSE left(md5({NAME_KEY.format("held")}), 12) END = :name_hash
    AND {LOT_NUMBER.format("held")} = :number
"""
"""The condition that a row of `held` is the lot that a button refers to.

The hash of a key stands for the key where there is little room: see `fridge.items.ItemKey`.
"""


def referenced_item(*, unless: str = "false") -> str:
    """The CTE `wanted`: the key of the item that a button refers to. Reads `held`."""
    return f"""
    wanted AS MATERIALIZED (
        SELECT held.ingredient_id, held.name_key FROM held
        WHERE {REFERENCED} AND NOT {REPEATED} AND NOT {unless}
        ORDER BY held.name_key LIMIT 1
    )
    """


def remove_wanted(name_key: str = "item.name_key") -> str:
    """The CTE `removed`, which takes out the items whose keys `wanted` has.

    Args:
        name_key: what is compared with the `name_key` of `wanted`: that of a row, or of its name.
    """
    return f"""
    removed AS (
        DELETE FROM user_fridge_ingredients AS item
        USING used, wanted
        WHERE item.chat_id = :chat_id AND item.added_at >= used.created_at
            AND item.ingredient_id = wanted.ingredient_id AND {name_key} = wanted.name_key
        RETURNING {columns("item")}
    )
    """


OVER_OLD_ROWS: Final = f"""
        ON CONFLICT (chat_id, ingredient_id, name_key) DO UPDATE
            SET {", ".join(f"{name} = excluded.{name}" for name in ITEM_COLUMNS[2:])}
        RETURNING {", ".join(ITEM_COLUMNS)}
"""
"""The end of an INSERT of items, which returns them. An item of an earlier session may still be
stored under the same key: its row is overwritten."""

REWRITE: Final = f"""
    rewritten AS (
        UPDATE user_fridge_ingredients AS item
        SET {", ".join(f"{name} = changed.{name}" for name in LOT_FIELDS)}
        FROM changed
        WHERE item.chat_id = :chat_id
            AND item.ingredient_id = changed.ingredient_id AND item.name_key = changed.name_key
    )
"""
"""The CTE `rewritten`, which writes the lots of `changed` as they are to be. Their keys stay, so
that the update is heap-only where the page has room."""

DROP_MERGED: Final = """
    dropped AS (
        DELETE FROM user_fridge_ingredients AS item
        USING merged
        WHERE item.chat_id = :chat_id
            AND item.ingredient_id = merged.ingredient_id AND item.name_key = merged.name_key
    )
"""
"""The CTE `dropped`, which deletes the rows of `merged`: lots that were added to others."""

_RECORDED_COLUMNS: Final = {
    "ids": "ingredient_id",
    "keys": "name_key",
    "names": "name",
    "times": "added_at",
}
"""The columns of an item, by the ends of the names that lists of them have in an outcome."""


def record_outcome(*items: str, also: Sequence[str] = (), **fields: str) -> str:
    """The CTEs `computed`, `record` and `first`, which record the outcome of the request.

    `first` has the outcome of the request's first delivery, which may be this one. It has no row
    where the statement raced with another one, on the session or with another delivery of the same
    request: the statement is then run again.

    Args:
        items: CTEs of items, such as `added`. The outcome gets the columns of each as lists, from
            which an undo is made: `added_ids`, `added_keys`, `added_names`, `added_times`, and
            `added_lots` with the lots as JSON, unless all of them are bare.
        also: further parts, such as `CHANGED_LOTS`, that the outcome has only where they have rows.
        fields: further fields of the outcome.
    """
    values = {
        f"{which}_{field}": f"{which}_items.{field}"
        for which in items
        for field in _RECORDED_COLUMNS
    } | fields
    pairs = ", ".join(f"'{name}', {value}" for name, value in values.items())
    lots = "".join(f" || {which}_items.lots" for which in items)
    parts = "".join(f" || coalesce(({part}), jsonb '{{}}')" for part in also)
    return f"""
    computed AS (
        SELECT jsonb_build_object({pairs}){lots}{parts} AS outcome
        FROM (SELECT true) AS always {" ".join(map(_joined_lists, items))}
        WHERE NOT {REPEATED} AND NOT {RACED}
    ),
    {RECORD},
    first AS (
        SELECT outcome, handled_at FROM recorded UNION ALL SELECT outcome, handled_at FROM record
    )
    """


def _joined_lists(which: str) -> str:
    """The join with one row, which has the columns of a CTE of items as lists."""
    lists = ", ".join(
        f"coalesce(array_agg({column}), '{{}}') AS {field}"
        for field, column in _RECORDED_COLUMNS.items()
    )
    return f"""
        CROSS JOIN (
            SELECT {lists},
                CASE WHEN count(lot) > 0 THEN jsonb_build_object('{which}_lots', array_agg(lot))
                    ELSE jsonb '{{}}' END AS lots
            FROM (
                SELECT *, {lot_as_json(which)} AS lot FROM {which} ORDER BY {IN_ORDER.format(which)}
            ) AS item
        ) AS {which}_items
    """


def _as_object(of: str, **fields: str) -> str:
    pairs = {
        "id": f"{of}.ingredient_id",
        "key": f"{of}.name_key",
        "name": f"{of}.name",
        "time": f"{of}.added_at",
        **fields,
    }
    return f"jsonb_build_object({', '.join(f'{name!r}, {value}' for name, value in pairs.items())})"


def recorded_rows(which: str) -> str:
    """A SELECT of the rows of a CTE of items as a list of objects in a field of its name."""
    return f"""
        SELECT jsonb_build_object('{which}', jsonb_agg(
            {_as_object(which, lot=lot_as_json(which))} ORDER BY {IN_ORDER.format(which)}
        ))
        FROM {which} HAVING count(*) > 0
    """


CHANGED_LOTS: Final = f"""
        SELECT jsonb_build_object('changed', jsonb_agg(
            {_as_object("changed", before="changed.before", after=lot_as_json("changed"))}
            ORDER BY {IN_ORDER.format("changed")}
        ))
        FROM changed HAVING count(*) > 0
"""
"""A SELECT of the field `changed`: lots that stay, as they were `before` and as they are `after`.
Reads the CTE `changed`, whose columns are those of an item, and `before`: the lot as JSON."""


def recorded_items(which: str, *, of: str) -> str:
    """A SELECT of the items that `record_outcome` wrote into the `outcome` of a table's row."""
    elements = ", ".join(
        f"jsonb_array_elements_text({of}.outcome -> '{which}_{field}')"
        for field in _RECORDED_COLUMNS
    )
    return f"""
        SELECT CAST(item.ingredient_id AS integer) AS ingredient_id, item.name_key, item.name,
            CAST(item.added_at AS timestamptz) AS added_at, {lot_from_json("item.lot")}
        FROM ROWS FROM (
            {elements}, jsonb_array_elements({of}.outcome -> '{which}_lots')
        ) AS item (ingredient_id, name_key, name, added_at, lot)
    """


OUTCOME: Final = f"""
    SELECT {CHAT}, first.outcome, first.handled_at, {LANGUAGE}
    FROM (SELECT true) AS always
    LEFT JOIN first ON true
"""
"""The end of a statement that returns the outcome of `first`: one row, with NULL for no outcome."""


def outcome_and_fridge(*, without: Sequence[str] = ("removed",), also: Sequence[str] = ()) -> str:
    """The end of a statement that returns the outcome of `first`, and the fridge after the change.

    The first row alone has the outcome, which may be long. The fridge is computed from `held`: a
    statement does not see what it changes itself. OFFSET has the ingredients looked up one by one:
    PostgreSQL expects hundreds of items from JSON, and would read the whole catalogue for them.

    Args:
        without: CTEs of items of `held` that are out, or other than they were.
        also: CTEs of further items.
    """
    out = "".join(
        f"""
            AND NOT EXISTS (
                SELECT FROM {each}
                WHERE {each}.ingredient_id = held.ingredient_id AND {each}.name_key = held.name_key
            )
        """
        for each in without
    )
    further = "".join(f" UNION ALL SELECT {columns(each)} FROM {each}" for each in also)
    return f"""
    , present AS (
        SELECT held.* FROM held CROSS JOIN session
        WHERE true {out}
        {further}
    )
    SELECT {CHAT}, CASE row_number() OVER in_order WHEN 1 THEN first.outcome END AS outcome,
        first.handled_at, session.expires_at, session.last_accessed, {CHOSEN},
        {columns("item")},
        ingredient.ko, ingredient.en, ingredient.category, ingredient.emoji
    FROM (SELECT true) AS always
    {AND_CHOSEN}
    LEFT JOIN first ON true
    LEFT JOIN session ON true
    LEFT JOIN present AS item ON true
    LEFT JOIN LATERAL (
        SELECT * FROM ingredients WHERE ingredient_id = item.ingredient_id OFFSET 0
    ) AS ingredient ON true
    WINDOW in_order AS (ORDER BY {IN_ORDER.format("item")})
    ORDER BY {IN_ORDER.format("item")}
    """

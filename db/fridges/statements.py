"""The statements on fridges, and the parts that they are built of.

A statement is one atomic step: it finds the session, changes what it holds, records the outcome for
the request, and returns it. Each part is a piece of SQL: some of the CTEs of a statement, or a
condition.

PostgreSQL runs a statement's CTEs on one snapshot, so that none sees what another changes. Citus
runs them one after the other, each on its own, and a later one sees what those before it changed,
and what others changed meanwhile. So nothing reads a table that was changed further up, and what is
decided is decided once.
"""

from typing import Final

from sqlalchemy import text

from db.updates.handled_requests import RECORD, RECORDED

LANGUAGE: Final = "(SELECT language FROM chat_settings WHERE chat_id = :chat_id) AS language"
"""What the chat chose travels with every answer, so that a command stays one round trip."""

CHAT: Final = "CAST(:chat_id AS bigint) AS chat_id"
"""Each row says whose it is, since statements of several chats travel together."""

LIVE: Final = "({0}.expires_at > :now OR {0}.last_accessed > :idle_since)"
"""A session is live while either bound holds; `idle_since` is now - ttl."""

REPEATED: Final = "EXISTS (SELECT FROM recorded)"

RACED: Final = "(EXISTS (SELECT FROM use WHERE is_recorded) AND NOT EXISTS (SELECT FROM session))"
"""Whether another statement wrote to the session first, so that this one changed nothing."""


def live_session(*, unless: str = "false") -> str:
    """The CTE `snapshot`: a live session as it was when the statement began, or no row."""
    return f"""
    snapshot AS MATERIALIZED (
        SELECT created_at, expires_at, last_accessed, revision
        FROM user_fridge_sessions AS stored
        WHERE stored.chat_id = :chat_id AND {LIVE.format("stored")} AND NOT {unless}
    )
    """


def use_session(*, unless: str = "false", also_where: str = "false") -> str:
    """The CTEs that use the session of `snapshot`: `session` has its one row, or none.

    The use is recorded where the snapshot's last one is old enough (or `also_where` holds), but not
    `unless`: `used` then has the row. Items are changed only with it, so that two statements which
    change a fridge run one after the other.

    Whoever waited for another statement on the row still sees the items as they were when it began.
    So a row is written only if it is the very version that was seen, which `revision` tells: every
    write raises it. A statement that comes too late changes nothing, and is run again, as it is
    where the session was purged meanwhile.
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


IN_ORDER: Final = "{0}.added_at DESC, {0}.ingredient_id, {0}.name_key"

_RECORDED_COLUMNS: Final = {
    "ids": "ingredient_id",
    "keys": "name_key",
    "names": "name",
    "times": "added_at",
}


def record_outcome(*items: str, **fields: str) -> str:
    """The CTEs that record what a statement did: `first` has the outcome of the first delivery.

    It has no row where the statement raced with another, on the session or with another delivery of
    the same request: the statement is then run again.

    Args:
        items: CTEs of items, such as `added`, to be recorded whole: what an undo is made from.
        fields: what else the outcome holds.
    """
    values = {
        f"{which}_{field}": f"{which}_items.{field}"
        for which in items
        for field in _RECORDED_COLUMNS
    } | fields
    columns = ", ".join(f"'{name}', {value}" for name, value in values.items())
    return f"""
    computed AS (
        SELECT jsonb_build_object({columns}) AS outcome
        FROM (SELECT true) AS always {" ".join(map(_joined_lists, items))}
        WHERE NOT {REPEATED} AND NOT {RACED}
    ),
    {RECORD},
    first AS (
        SELECT outcome, handled_at FROM recorded UNION ALL SELECT outcome, handled_at FROM record
    )
    """


def _joined_lists(which: str) -> str:
    """The join with one row, which has the columns of a CTE of items as arrays."""
    arrays = ", ".join(
        f"coalesce(array_agg({column}), '{{}}') AS {field}"
        for field, column in _RECORDED_COLUMNS.items()
    )
    return f"""
        CROSS JOIN (
            SELECT {arrays} FROM (SELECT * FROM {which} ORDER BY {IN_ORDER.format(which)}) AS item
        ) AS {which}_items
    """


OUTCOME: Final = f"""
    SELECT {CHAT}, first.outcome, first.handled_at, {LANGUAGE}
    FROM (SELECT true) AS always
    LEFT JOIN first ON true
"""
"""The end of a statement that records its outcome: returns it, or NULL."""


def _items_of_outcome(which: str, *, of: str) -> str:
    """A SELECT that has the rows again which `record_outcome` recorded in a row's outcome."""
    elements = ", ".join(
        f"jsonb_array_elements_text({of}.outcome -> '{which}_{field}')"
        for field in _RECORDED_COLUMNS
    )
    return f"""
        SELECT CAST(item.ingredient_id AS integer) AS ingredient_id, item.name_key, item.name,
            CAST(item.added_at AS timestamptz) AS added_at
        FROM ROWS FROM ({elements}) AS item (ingredient_id, name_key, name, added_at)
    """


def _items_of_undone(which: str) -> str:
    return f"""
        SELECT item.* FROM undone
        CROSS JOIN LATERAL ({_items_of_outcome(which, of="undone")}) AS item
        WHERE NOT undone.already
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
        SELECT created_at, last_accessed, revision, {LIVE.format("stored")} AS live
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
    use AS MATERIALIZED (
        SELECT snapshot.*, held.count AS held, NOT {REPEATED} AND (
            EXISTS (SELECT FROM missing) AND held.count < :max_items
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
                SELECT FROM missing
                WHERE missing.ingredient_id = item.ingredient_id
                    AND missing.name_key = item.name_key
            )
    ),
    stale AS (
        DELETE FROM expiry_warnings
        WHERE chat_id = :chat_id AND last_accessed < (SELECT last_accessed FROM ended)
    ),
    added AS (
        INSERT INTO user_fridge_ingredients (chat_id, ingredient_id, name_key, name, added_at)
        SELECT :chat_id, missing.ingredient_id, missing.name_key, missing.name,
            greatest(session.created_at, :now)
        FROM missing CROSS JOIN session
        ORDER BY missing.position
        LIMIT greatest(0, :max_items - (SELECT held FROM use))
        ON CONFLICT (chat_id, ingredient_id, name_key) DO UPDATE
            SET name = excluded.name, added_at = excluded.added_at
        RETURNING ingredient_id, name_key, name, added_at
    ),
    {
        record_outcome(
            "added",
            missing_ids="ARRAY(SELECT ingredient_id FROM missing ORDER BY position)",
            missing_keys="ARRAY(SELECT name_key FROM missing ORDER BY position)",
            held="(SELECT held FROM use)",
        )
    }
    {OUTCOME}
    """
)
"""Uses or creates the session, or begins it afresh where it has expired, and adds what is missing.

With a session that has expired goes a warning from before it was last used, as in
`db.fridges.sessions`.

A session's row is written first, so that two statements on one chat run one after the other; see
`use_session` for the one that comes too late. A session's first revision is one that none before it
had.
"""

LIST: Final = text(
    f"""
    WITH {live_session()}, {use_session()}
    SELECT {CHAT}, session.expires_at, session.last_accessed, {RACED} AS raced, {LANGUAGE},
        item.ingredient_id, item.name_key, item.name, item.added_at,
        ingredient.ko, ingredient.en, ingredient.category, ingredient.emoji
    FROM (SELECT true) AS always
    LEFT JOIN session ON true
    LEFT JOIN user_fridge_ingredients AS item
        ON item.chat_id = :chat_id AND item.added_at >= session.created_at
    LEFT JOIN ingredients AS ingredient ON ingredient.ingredient_id = item.ingredient_id
    ORDER BY {IN_ORDER.format("item")}
    """
)

# Before anything is removed.
_COUNTED = """
    counted AS MATERIALIZED (
        SELECT count(*) AS items FROM user_fridge_ingredients AS item, session
        WHERE item.chat_id = :chat_id AND item.added_at >= session.created_at
    )
"""

_HELD_COUNT = "(SELECT items FROM counted)"

_MATCHED = """EXISTS (
    SELECT FROM user_fridge_ingredients AS item
    JOIN wanted ON wanted.ingredient_id = item.ingredient_id AND wanted.name_key = item.name_key
    WHERE item.chat_id = :chat_id AND item.added_at >= snapshot.created_at
)"""

_REMOVED = """
    removed AS (
        DELETE FROM user_fridge_ingredients AS item
        USING used, wanted
        WHERE item.chat_id = :chat_id AND item.added_at >= used.created_at
            AND item.ingredient_id = wanted.ingredient_id AND item.name_key = wanted.name_key
        RETURNING item.ingredient_id, item.name_key, item.name, item.added_at
    )
"""

REMOVE: Final = text(
    f"""
    WITH {RECORDED}, {_WANTED_KEYS}, {live_session(unless=REPEATED)},
    {use_session(also_where=_MATCHED)},
    {_COUNTED},
    {_REMOVED},
    {record_outcome("removed", held=_HELD_COUNT)}
    {OUTCOME}
    """
)

_CLEARABLE = """EXISTS (
    SELECT FROM user_fridge_ingredients AS item
    WHERE item.chat_id = :chat_id
        AND item.added_at >= snapshot.created_at AND item.added_at <= :added_until
)"""

CLEAR: Final = text(
    f"""
    WITH {RECORDED}, {live_session(unless=REPEATED)}, {use_session(also_where=_CLEARABLE)},
    removed AS (
        DELETE FROM user_fridge_ingredients AS item
        USING used
        WHERE item.chat_id = :chat_id
            AND item.added_at >= used.created_at AND item.added_at <= :added_until
        RETURNING item.ingredient_id, item.name_key, item.name, item.added_at
    ),
    {record_outcome("removed", removed="(SELECT count(*) FROM removed)")}
    {OUTCOME}
    """
)

KEEP: Final = text(
    f"""
    WITH {RECORDED}, {live_session(unless=REPEATED)}, {use_session(also_where="true")},
    {_COUNTED},
    {
        record_outcome(
            held=_HELD_COUNT,
            expires_at="(SELECT expires_at FROM session)",
            last_accessed="(SELECT last_accessed FROM session)",
        )
    }
    {OUTCOME}
    """
)

_HELD = """
    held AS MATERIALIZED (
        SELECT item.ingredient_id, item.name_key, item.name, item.added_at
        FROM user_fridge_ingredients AS item
        JOIN snapshot ON item.added_at >= snapshot.created_at
        WHERE item.chat_id = :chat_id
    )
"""

# The hash of a key stands for the key where there is little room: see `ItemKey.reference`.
_REFERENCED = """
    held.ingredient_id = :ingredient_id
    AND CASE held.name_key WHEN '' THEN '' ELSE left(md5(held.name_key), 12) END = :name_hash
"""


def _wanted_item(*, but: str = "false") -> str:
    return f"""
    wanted AS MATERIALIZED (
        SELECT held.ingredient_id, held.name_key FROM held
        WHERE {_REFERENCED} AND NOT {REPEATED} AND NOT {but}
        ORDER BY held.name_key LIMIT 1
    )
    """


_IS_WANTED = "EXISTS (SELECT FROM wanted)"


def _outcome_and_fridge(*, added: str = "") -> str:
    """The end of a statement that returns its outcome, and the fridge without what it `removed`.

    The outcome, which may be long, comes with the first row only. A statement does not see what it
    changes itself: `held` is the fridge before it.
    """
    return f"""
    , present AS (
        SELECT held.* FROM held CROSS JOIN session
        WHERE NOT EXISTS (
            SELECT FROM removed
            WHERE removed.ingredient_id = held.ingredient_id AND removed.name_key = held.name_key
        )
        {added}
    )
    SELECT {CHAT}, CASE row_number() OVER in_order WHEN 1 THEN first.outcome END AS outcome,
        first.handled_at, session.expires_at, session.last_accessed, {LANGUAGE},
        item.ingredient_id, item.name_key, item.name, item.added_at,
        ingredient.ko, ingredient.en, ingredient.category, ingredient.emoji
    FROM (SELECT true) AS always
    LEFT JOIN first ON true
    LEFT JOIN session ON true
    LEFT JOIN present AS item ON true
    LEFT JOIN ingredients AS ingredient ON ingredient.ingredient_id = item.ingredient_id
    WINDOW in_order AS (ORDER BY {IN_ORDER.format("item")})
    ORDER BY {IN_ORDER.format("item")}
    """


TAKE: Final = text(
    f"""
    WITH {RECORDED}, {live_session()}, {_HELD}, {_wanted_item()},
    {use_session(unless=REPEATED, also_where=_IS_WANTED)},
    {_REMOVED},
    takes AS MATERIALIZED (
        SELECT request, handled_at, outcome FROM handled_requests
        WHERE chat_id = :chat_id AND right(request, 5) = ' take'
            AND NOT {REPEATED} AND NOT {_IS_WANTED}
    ),
    earlier AS MATERIALIZED (
        SELECT takes.request, held.*
        FROM takes
        CROSS JOIN LATERAL ({_items_of_outcome("removed", of="takes")}) AS held
        JOIN snapshot ON held.added_at >= snapshot.created_at
        WHERE takes.outcome -> 'undone' IS NULL AND {_REFERENCED}
        ORDER BY takes.handled_at DESC, takes.request LIMIT 1
    ),
    {record_outcome("removed", "earlier", earlier="(SELECT request FROM earlier)")}
    {_outcome_and_fridge()}
    """
)
"""Takes out one item. Of one that is not there, `earlier` is the last request that took it out.

The requests are gone through only then.
"""

_IS_SAME = "(held.ingredient_id = :by_ingredient_id AND held.name_key = :by_name_key)"

REPLACE: Final = text(
    f"""
    WITH {RECORDED}, {live_session(unless=REPEATED)}, {_HELD}, {_wanted_item(but=_IS_SAME)},
    {use_session(also_where=_IS_WANTED)},
    {_REMOVED},
    added AS (
        INSERT INTO user_fridge_ingredients (chat_id, ingredient_id, name_key, name, added_at)
        SELECT CAST(:chat_id AS bigint), CAST(:by_ingredient_id AS integer),
            CAST(:by_name_key AS text), CAST(:by_name AS text), removed.added_at
        FROM removed
        WHERE NOT EXISTS (SELECT FROM held WHERE {_IS_SAME})
        ON CONFLICT (chat_id, ingredient_id, name_key) DO UPDATE
            SET name = excluded.name, added_at = excluded.added_at
        RETURNING ingredient_id, name_key, name, added_at
    ),
    {record_outcome("removed", "added", held="(SELECT count(*) FROM held, session)")}
    {OUTCOME}
    """
)

_IS_UNDOABLE = "EXISTS (SELECT FROM undoable)"

_IS_UNDONE_ALREADY = "EXISTS (SELECT FROM undone WHERE already)"

_IS_FORGOTTEN = "NOT EXISTS (SELECT FROM undone)"

# A fridge that was moved may hold more than there is room for: it may not grow.
_HAS_ROOM = """
    (SELECT count(*) FROM held) - (SELECT count(*) FROM put_in) + (SELECT count(*) FROM taken_out)
        <= greatest(:max_items, (SELECT count(*) FROM held))
"""

UNDO: Final = text(
    f"""
    WITH {RECORDED}, {live_session()}, {_HELD},
    undone AS MATERIALIZED (
        SELECT outcome, outcome -> 'undone' IS NOT NULL AS already FROM handled_requests
        WHERE chat_id = :chat_id AND request = :undone
    ),
    put_in AS MATERIALIZED ({_items_of_undone("added")}),
    taken_out AS MATERIALIZED ({_items_of_undone("removed")}),
    undoable AS MATERIALIZED (
        SELECT true AS is_undoable FROM snapshot
        WHERE NOT {REPEATED}
            AND EXISTS (SELECT 1 FROM put_in UNION ALL SELECT 1 FROM taken_out)
            AND (SELECT count(*) FROM put_in) = (
                SELECT count(*) FROM put_in JOIN held USING (ingredient_id, name_key, added_at)
            )
            AND (SELECT count(*) FROM taken_out) = (
                SELECT count(*) FROM taken_out WHERE taken_out.added_at >= snapshot.created_at
            )
            AND NOT EXISTS (SELECT FROM taken_out JOIN held USING (ingredient_id, name_key))
            AND {_HAS_ROOM}
    ),
    {use_session(unless=REPEATED, also_where=_IS_UNDOABLE)},
    removed AS (
        DELETE FROM user_fridge_ingredients AS item
        USING used, put_in
        WHERE {_IS_UNDOABLE} AND item.chat_id = :chat_id
            AND item.ingredient_id = put_in.ingredient_id AND item.name_key = put_in.name_key
        RETURNING item.ingredient_id, item.name_key, item.name, item.added_at
    ),
    added AS (
        INSERT INTO user_fridge_ingredients (chat_id, ingredient_id, name_key, name, added_at)
        SELECT CAST(:chat_id AS bigint), taken_out.ingredient_id, taken_out.name_key,
            taken_out.name, taken_out.added_at
        FROM taken_out CROSS JOIN used
        WHERE {_IS_UNDOABLE}
        ON CONFLICT (chat_id, ingredient_id, name_key) DO UPDATE
            SET name = excluded.name, added_at = excluded.added_at
        RETURNING ingredient_id, name_key, name, added_at
    ),
    marked AS (
        UPDATE handled_requests SET outcome = outcome || jsonb '{{"undone": true}}'
        FROM used
        WHERE {_IS_UNDOABLE}
            AND handled_requests.chat_id = :chat_id AND handled_requests.request = :undone
    ),
    {record_outcome("removed", "added", already=_IS_UNDONE_ALREADY, forgotten=_IS_FORGOTTEN)}
    {_outcome_and_fridge(added="UNION ALL SELECT * FROM added")}
    """
)
"""Undoes what a recorded change did, wholly or not at all, and marks the record as undone.

Otherwise somebody whose message is older than an undo could undo the same change again, after
others have made it again.
"""

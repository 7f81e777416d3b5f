"""Puts in the items that are missing, as far as there is room."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import text

from db.fridges.statements.recorded_items import item_keys
from db.fridges.statements.shared import (
    HELD_KEYS,
    OUTCOME,
    OVER_OLD_ROWS,
    REPEATED,
    record_outcome,
)
from db.schema.liveness import LIVE
from db.updates.handled_requests import RECORDED
from db.updates.recorded_outcomes import RecordedOutcome
from fridge.items import ItemKey

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
    {HELD_KEYS},
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
        {OVER_OLD_ROWS}
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
"""Uses the live session, begins an expired one afresh, or creates one, and adds what is missing.

The session's row is written before its items, at the revision that the snapshot has, so that two
statements on one chat run one after the other (see `use_session`). A new session begins at a
revision that no session of the chat had before: a statement that saw an older one comes too late.

An expired session is begun afresh in its row. Its items go, and so does a warning from before its
last use, as in `db.fridges.sessions`.
"""


class RecordedAdd(RecordedOutcome):
    """The outcome of `ADD`. `held` is the number of items before it; an undo sets `undone`."""

    added_ids: list[int]
    added_keys: list[str]
    missing_ids: list[int]
    missing_keys: list[str]
    held: int
    undone: bool = False

    @property
    def added(self) -> Sequence[ItemKey]:
        """The keys of the items that it put in."""
        return item_keys(self.added_ids, self.added_keys)

    @property
    def missing(self) -> Sequence[ItemKey]:
        """The keys that were not there before, in the order of the request."""
        return item_keys(self.missing_ids, self.missing_keys)

"""Keeps a fridge that its chat was warned of, or puts back what the warning listed."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import text

from db.fridges.statements.recorded_items import NO_LOTS, RecordedLots, new_items
from db.fridges.statements.shared import (
    HELD_IF_LIVE,
    OUTCOME,
    OVER_OLD_ROWS,
    REPEATED,
    record_outcome,
)
from db.schema.liveness import LIVE
from db.schema.lots import (
    ITEM_COLUMNS,
    LAST_LOTS,
    NAME_KEY,
    PUT_COLUMNS,
    columns,
    is_bare,
    is_same_kind,
    lot_from_json,
    next_lot,
)
from db.updates.handled_requests import RECORDED
from db.updates.recorded_outcomes import RecordedOutcome, RecordedTime
from fridge.items import NewItem

_NEXT: Final = next_lot(
    "listed.of_name",
    "last_lots.number",
    "row_number() OVER (PARTITION BY listed.ingredient_id, listed.of_name"
    " ORDER BY listed.position)",
)

RESCUE: Final = text(
    f"""
    WITH {RECORDED},
    warning AS MATERIALIZED (
        SELECT created_at, items FROM expiry_warnings
        WHERE chat_id = :chat_id AND last_accessed = :last_accessed AND NOT {REPEATED}
    ),
    snapshot AS MATERIALIZED (
        SELECT created_at, last_accessed, revision, {LIVE.format("stored")} AS live
        FROM user_fridge_sessions AS stored
        WHERE stored.chat_id = :chat_id AND NOT {REPEATED}
    ),
    lost AS MATERIALIZED (
        SELECT created_at, items, CAST(:expires_at AS timestamptz) AS expires_at,
            CAST(:session_language AS text) AS language
        FROM warning
        WHERE NOT EXISTS (
            SELECT FROM snapshot
            WHERE CASE WHEN live THEN snapshot.created_at <= warning.created_at
                ELSE snapshot.last_accessed > :last_accessed END
        )
    ),
    {HELD_IF_LIVE},
    listed AS MATERIALIZED (
        SELECT CAST(item.ingredient_id AS integer) AS ingredient_id, item.name_key,
            {NAME_KEY.format("item")} AS of_name, item.name,
            CAST(item.added_at AS timestamptz) AS added_at, {lot_from_json("item.lot")},
            item.position
        FROM lost
        CROSS JOIN LATERAL ROWS FROM (
            jsonb_array_elements_text(items -> 'ids'), jsonb_array_elements_text(items -> 'keys'),
            jsonb_array_elements_text(items -> 'names'),
            jsonb_array_elements_text(items -> 'times'), jsonb_array_elements(items -> 'lots')
        ) WITH ORDINALITY AS item (ingredient_id, name_key, name, added_at, lot, position)
    ),
    {LAST_LOTS},
    missing AS MATERIALIZED (
        SELECT listed.ingredient_id,
            CASE WHEN last_lots.number IS NULL THEN listed.name_key ELSE {_NEXT} END AS name_key,
            {columns("listed", ITEM_COLUMNS[2:])}
        FROM listed LEFT JOIN last_lots USING (ingredient_id, of_name)
        WHERE NOT EXISTS (
            SELECT FROM held
            WHERE held.ingredient_id = listed.ingredient_id AND held.of_name = listed.of_name
                AND ({is_bare("listed")} OR {is_same_kind("held", "listed")})
        )
        ORDER BY listed.position
        LIMIT greatest(0, :max_items - (SELECT count(*) FROM held))
    ),
    use AS MATERIALIZED (
        SELECT EXISTS (SELECT FROM snapshot WHERE live) OR EXISTS (SELECT FROM lost) AS is_recorded
    ),
    used AS (
        UPDATE user_fridge_sessions AS stored
        SET created_at = coalesce(lost.created_at, stored.created_at),
            expires_at = greatest(stored.expires_at, lost.expires_at),
            last_accessed = greatest(stored.last_accessed, :now),
            revision = stored.revision + 1,
            language = coalesce(lost.language, stored.language)
        FROM use, snapshot LEFT JOIN lost ON true
        WHERE stored.chat_id = :chat_id AND stored.revision = snapshot.revision AND use.is_recorded
        RETURNING stored.expires_at, stored.last_accessed
    ),
    begun AS (
        INSERT INTO user_fridge_sessions
            (chat_id, created_at, expires_at, last_accessed, revision, language)
        SELECT CAST(:chat_id AS bigint), created_at, expires_at, CAST(:now AS timestamptz),
            CAST(:first_revision AS bigint), language
        FROM lost
        WHERE NOT EXISTS (SELECT FROM snapshot)
        ON CONFLICT (chat_id) DO NOTHING
        RETURNING expires_at, last_accessed
    ),
    session AS MATERIALIZED (
        SELECT expires_at, last_accessed FROM used
        UNION ALL
        SELECT expires_at, last_accessed FROM begun
    ),
    outlived AS (
        DELETE FROM user_fridge_ingredients AS item
        USING snapshot
        WHERE EXISTS (SELECT FROM used) AND EXISTS (SELECT FROM lost) AND item.chat_id = :chat_id
            AND (NOT snapshot.live OR item.added_at < snapshot.created_at)
            AND NOT EXISTS (
                SELECT FROM missing
                WHERE missing.ingredient_id = item.ingredient_id
                    AND missing.name_key = item.name_key
            )
    ),
    put_back AS (
        INSERT INTO user_fridge_ingredients {PUT_COLUMNS}
        SELECT CAST(:chat_id AS bigint), {columns("missing")} FROM missing CROSS JOIN session
        {OVER_OLD_ROWS}
    ),
    {
        record_outcome(
            "put_back",
            held="(SELECT count(*) FROM held) + (SELECT count(*) FROM put_back)",
            expires_at="(SELECT expires_at FROM session)",
            last_accessed="(SELECT last_accessed FROM session)",
        )
    }
    {OUTCOME}
    """
)
"""Uses a live session, or begins the session again that the warning was for, with what it held.

The fridge that the warning was for is lost if no session is live, or the live one began later. What
was put in since stays beside what comes back, and a lot that is there again, in whatever amount,
does not come back. Of a session that expired and was used after the
warning, nothing comes back: the warning lists items that may have been taken out on purpose. See
also `db.fridges.sessions`.

As in `use_session`, the statement writes the session's row only at the revision that its snapshot
has; one that comes too late changes nothing and is run again.
"""


class RecordedRescue(RecordedOutcome):
    """The outcome of `RESCUE`. `held` is the number of items afterwards.

    The times are the session's; they are None if no session is live and nothing can come back.
    """

    put_back_ids: list[int]
    put_back_keys: list[str]
    put_back_names: list[str]
    put_back_lots: RecordedLots = NO_LOTS
    held: int
    expires_at: RecordedTime | None
    last_accessed: RecordedTime | None

    @property
    def put_back(self) -> Sequence[NewItem]:
        """The items that came back, newest first."""
        return new_items(
            self.put_back_ids, self.put_back_keys, self.put_back_names, self.put_back_lots
        )

"""Puts lots in: adds them up with equal ones, or changes the lot that they are about."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import text

from db.fridges.statements.recorded_items import RecordedChanges, RecordedItem, item_keys
from db.fridges.statements.shared import (
    CHANGED_LOTS,
    DROP_MERGED,
    HELD_IF_LIVE,
    OUTCOME,
    OVER_OLD_ROWS,
    REPEATED,
    REWRITE,
    record_outcome,
    recorded_rows,
)
from db.schema.liveness import LIVE
from db.schema.lots import (
    DUE_FIRST,
    FITS,
    LAST_LOTS,
    LOT_FIELDS,
    PUT_COLUMNS,
    columns,
    is_bare,
    is_same_kind,
    lot_as_json,
    next_lot,
)
from db.updates.handled_requests import RECORDED
from fridge.items import ItemKey, NewItem
from fridge.outcomes import Outcome

_MEETS: Final = """
    CASE WHEN wanted.unit IS NULL THEN
        (wanted.note IS NULL OR held.note = wanted.note)
        AND coalesce(held.best_before = wanted.best_before, true)
    ELSE
        coalesce(held.unit = wanted.unit, true)
        AND (held.best_before, held.place, held.note)
            IS NOT DISTINCT FROM (wanted.best_before, wanted.place, wanted.note)
    END
"""
"""The condition that a wanted lot is about a lot that is there.

An amount adds up with an equal lot, or is the first amount of one that differs in nothing else. A
date is that of a lot that has it, or none. A place is a new one for any lot.
"""

_NEXT: Final = next_lot(
    "decided.of_name",
    "last_lots.number",
    "row_number() OVER (PARTITION BY decided.ingredient_id, decided.of_name"
    " ORDER BY decided.position)",
)
"""The `name_key` of a further lot, where a statement may put in several lots of a name."""

ADD: Final = text(
    f"""
    WITH {RECORDED},
    wanted AS MATERIALIZED (
        SELECT * FROM unnest(
            CAST(:ingredient_ids AS integer[]), CAST(:name_keys AS text[]), CAST(:names AS text[]),
            CAST(:amounts AS numeric[]), CAST(:units AS text[]), CAST(:best_befores AS date[]),
            CAST(:places AS text[]), CAST(:notes AS text[])
        ) WITH ORDINALITY AS wanted
            (ingredient_id, of_name, name, {", ".join(LOT_FIELDS)}, position)
    ),
    snapshot AS MATERIALIZED (
        SELECT created_at, last_accessed, revision, {LIVE.format("stored")} AS live
        FROM user_fridge_sessions AS stored
        WHERE stored.chat_id = :chat_id
    ),
    {HELD_IF_LIVE},
    met AS MATERIALIZED (
        SELECT DISTINCT ON (wanted.position)
            wanted.position, wanted.ingredient_id, wanted.of_name, wanted.name AS wanted_name,
            {", ".join(f"wanted.{field} AS wanted_{field}" for field in LOT_FIELDS)},
            held.name_key, held.name, held.added_at, {lot_as_json("held")} AS before,
            coalesce(held.amount + wanted.amount, wanted.amount, held.amount) AS amount,
            coalesce(held.unit, wanted.unit) AS unit,
            coalesce(held.best_before, wanted.best_before) AS best_before,
            coalesce(wanted.place, held.place) AS place, held.note,
            wanted.amount IS NOT NULL
                OR held.best_before IS NULL AND wanted.best_before IS NOT NULL
                OR wanted.place IS DISTINCT FROM held.place AND wanted.place IS NOT NULL
                AS is_change
        FROM wanted
        LEFT JOIN held ON held.ingredient_id = wanted.ingredient_id
            AND held.of_name = wanted.of_name AND {_MEETS}
        ORDER BY wanted.position, held.unit = wanted.unit, held.best_before = wanted.best_before,
            (held.place = wanted.place) IS TRUE, {DUE_FIRST.format("held")}
    ),
    decided AS MATERIALIZED (
        SELECT *,
            CASE WHEN name_key IS NULL THEN 'new'
                WHEN NOT is_change THEN 'there'
                WHEN row_number() OVER (
                    PARTITION BY ingredient_id, name_key, is_change ORDER BY position
                ) > 1 THEN 'new'
                WHEN NOT {FITS.format("amount", "0")} THEN 'full'
                ELSE 'change' END AS decision
        FROM met
    ),
    changes AS MATERIALIZED (
        SELECT decided.ingredient_id, decided.name_key, decided.name, decided.added_at,
            decided.before, coalesce(decided.amount + twin.amount, decided.amount) AS amount,
            decided.unit, decided.best_before, decided.place, decided.note,
            twin.name_key AS twin_key
        FROM decided
        LEFT JOIN LATERAL (
            SELECT held.name_key, held.amount FROM held
            WHERE held.ingredient_id = decided.ingredient_id AND held.of_name = decided.of_name
                AND held.name_key <> decided.name_key AND {is_same_kind("held", "decided")}
                AND {FITS.format("held.amount", "decided.amount")}
                AND NOT EXISTS (
                    SELECT FROM wanted
                    WHERE wanted.ingredient_id = decided.ingredient_id
                        AND wanted.of_name = decided.of_name
                        AND wanted.position <> decided.position
                )
            ORDER BY {DUE_FIRST.format("held")} LIMIT 1
        ) AS twin ON true
        WHERE decided.decision = 'change'
    ),
    {LAST_LOTS},
    fresh AS MATERIALIZED (
        SELECT decided.position, decided.ingredient_id, {_NEXT} AS name_key,
            decided.wanted_name AS name,
            {", ".join(f"decided.wanted_{field} AS {field}" for field in LOT_FIELDS)}
        FROM decided LEFT JOIN last_lots USING (ingredient_id, of_name)
        WHERE decided.decision = 'new'
        ORDER BY decided.position
        LIMIT greatest(0, :max_items - (SELECT count(*) FROM held))
    ),
    use AS MATERIALIZED (
        SELECT snapshot.*, held.count AS held, NOT {REPEATED} AND (
            EXISTS (SELECT FROM fresh) OR EXISTS (SELECT FROM changes)
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
                SELECT FROM fresh
                WHERE fresh.ingredient_id = item.ingredient_id AND fresh.name_key = item.name_key
            )
    ),
    stale AS (
        DELETE FROM expiry_warnings
        WHERE chat_id = :chat_id AND last_accessed < (SELECT last_accessed FROM ended)
    ),
    added AS (
        INSERT INTO user_fridge_ingredients {PUT_COLUMNS}
        SELECT :chat_id, fresh.ingredient_id, fresh.name_key, fresh.name,
            greatest(session.created_at, :now), {columns("fresh", LOT_FIELDS)}
        FROM fresh CROSS JOIN session
        {OVER_OLD_ROWS}
    ),
    changed AS MATERIALIZED (SELECT changes.* FROM changes CROSS JOIN session),
    {REWRITE},
    merged AS MATERIALIZED (
        SELECT {columns("held")}
        FROM changed
        JOIN held ON held.ingredient_id = changed.ingredient_id AND held.name_key = changed.twin_key
    ),
    {DROP_MERGED},
    there AS MATERIALIZED (
        SELECT {columns("held")} FROM held
        WHERE NOT {is_bare("held")}
            AND EXISTS (
                SELECT FROM wanted
                WHERE wanted.ingredient_id = held.ingredient_id AND wanted.of_name = held.of_name
            )
            AND NOT EXISTS (
                SELECT FROM changes
                WHERE changes.ingredient_id = held.ingredient_id
                    AND held.name_key IN (changes.name_key, changes.twin_key)
            )
    ),
    {
        record_outcome(
            "added",
            also=(CHANGED_LOTS, recorded_rows("merged"), recorded_rows("there")),
            missing_ids=(
                "ARRAY(SELECT ingredient_id FROM decided WHERE decision <> 'there'"
                " ORDER BY position)"
            ),
            missing_keys=(
                "ARRAY(SELECT of_name FROM decided WHERE decision <> 'there' ORDER BY position)"
            ),
            held="(SELECT held FROM use)",
        )
    }
    {OUTCOME}
    """
)
"""Uses the live session, begins an expired one afresh, or creates one, and puts the lots in.

A wanted lot that is about a lot that is there changes it, or is there already; each other one
becomes a further lot, while there is room. A changed lot that becomes equal to another one is added
up with it. If two wanted lots are about one lot, the second becomes a further lot.

The session's row is written before its items, at the revision that the snapshot has, so that two
statements on one chat run one after the other (see `use_session`). A new session begins at a
revision that no session of the chat had before: a statement that saw an older one comes too late.

An expired session is begun afresh in its row. Its items go, and so does a warning from before its
last use, as in `db.fridges.sessions`.
"""


class RecordedAdd(RecordedChanges):
    """The outcome of `ADD`. `held` is the number of lots before it; an undo sets `undone`.

    `missing` has a key for each lot of the request that was not there already.
    """

    added_ids: list[int]
    added_keys: list[str]
    missing_ids: list[int]
    missing_keys: list[str]
    held: int
    undone: bool = False
    there: Sequence[RecordedItem] = ()

    @property
    def count(self) -> int:
        """The number of lots after it."""
        return self.held + len(self.added_ids) - len(self.merged)

    def outcomes(self, items: Sequence[NewItem]) -> Mapping[ItemKey, Outcome]:
        """Return the outcome for the name of each item of the request."""
        left_out = Counter(item_keys(self.missing_ids, self.missing_keys))
        missing = list(left_out)
        left_out.subtract(item_keys(self.added_ids, self.added_keys))
        left_out.subtract(one.key for one in self.changes)
        return {item.key: Outcome.ALREADY_THERE for item in items} | {
            key: Outcome.NO_ROOM if left_out[key] > 0 else Outcome.ADDED for key in missing
        }

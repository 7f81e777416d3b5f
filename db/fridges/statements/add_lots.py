"""Puts lots in: adds them up with equal ones, or changes the lot that they are about."""

from typing import Final

from sqlalchemy import text

from db.fridges.statements.shared import (
    CHANGED_LOTS,
    DROP_MERGED,
    HELD_IF_LIVE,
    OUTCOME,
    OVER_OLD_ROWS,
    REWRITE,
    SNAPSHOT_OF_ANY,
    record_outcome,
    recorded_rows,
    use_or_begin_session,
)
from db.schema.lots import (
    DUE_FIRST,
    FITS,
    LAST_LOTS,
    LOT_FIELDS,
    PUT_COLUMNS,
    SAID_FIELDS,
    columns,
    is_bare,
    is_same_kind,
    lot_as_json,
    moved_at,
    next_lot,
)
from db.updates.handled_requests import RECORDED

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

ADD_LOTS: Final = text(
    f"""
    WITH {RECORDED},
    wanted AS MATERIALIZED (
        SELECT * FROM unnest(
            CAST(:ingredient_ids AS integer[]), CAST(:name_keys AS text[]), CAST(:names AS text[]),
            CAST(:amounts AS numeric[]), CAST(:units AS text[]), CAST(:best_befores AS date[]),
            CAST(:places AS text[]), CAST(:notes AS text[])
        ) WITH ORDINALITY AS wanted
            (ingredient_id, of_name, name, {", ".join(SAID_FIELDS)}, position)
    ),
    {SNAPSHOT_OF_ANY},
    {HELD_IF_LIVE},
    met AS MATERIALIZED (
        SELECT DISTINCT ON (wanted.position)
            wanted.position, wanted.ingredient_id, wanted.of_name, wanted.name AS wanted_name,
            {", ".join(f"wanted.{field} AS wanted_{field}" for field in SAID_FIELDS)},
            held.name_key, held.name, held.added_at, {lot_as_json("held")} AS before,
            coalesce(held.amount + wanted.amount, wanted.amount, held.amount) AS amount,
            coalesce(held.unit, wanted.unit) AS unit,
            coalesce(held.best_before, wanted.best_before) AS best_before,
            coalesce(wanted.place, held.place) AS place, held.note,
            {moved_at("held.place", "wanted.place", "held.moved_at")} AS moved_at,
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
            decided.unit, decided.best_before, decided.place, decided.note, decided.moved_at,
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
            {", ".join(f"decided.wanted_{field} AS {field}" for field in SAID_FIELDS)},
            CAST(NULL AS timestamptz) AS moved_at
        FROM decided LEFT JOIN last_lots USING (ingredient_id, of_name)
        WHERE decided.decision = 'new'
        ORDER BY decided.position
        LIMIT greatest(0, :max_items - (SELECT count(*) FROM held))
    ),
    {
        use_or_begin_session(
            also_where="EXISTS (SELECT FROM fresh) OR EXISTS (SELECT FROM changes)", kept="fresh"
        )
    },
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
"""A wanted lot that is about a lot that is there changes it, or is there already; each other one
becomes a further lot, while there is room. A changed lot that becomes equal to another one is added
up with it. If two wanted lots are about one lot, the second becomes a further lot.
"""

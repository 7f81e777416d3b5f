"""Changes one lot, as the buttons of an opened lot do: its amount, its date or its place."""

from typing import Final

from sqlalchemy import text

from db.fridges.statements.recorded_items import RecordedChanges, RecordedRemoval
from db.fridges.statements.shared import (
    CHANGED_LOTS,
    DROP_MERGED,
    HELD,
    REPEATED,
    REWRITE,
    outcome_and_fridge,
    record_outcome,
    recorded_rows,
    referenced_item,
    session_snapshot,
    use_session,
)
from db.schema.lots import (
    DUE_FIRST,
    FITS,
    NAME_KEY,
    columns,
    is_same_kind,
    lot_as_json,
    moved_at,
)
from db.updates.handled_requests import RECORDED
from fridge.lots import DECIMALS

_IS_AS_SEEN: Final = f"""
    (CAST(:added_at AS timestamptz) IS NULL OR held.added_at = CAST(:added_at AS timestamptz))
    AND (CAST(:seen AS numeric) IS NULL OR held.amount = CAST(:seen AS numeric))
    AND (
        CAST(:more AS numeric) IS NULL
        OR held.unit IS NOT DISTINCT FROM CAST(:held_unit AS text)
            AND {FITS.format("held.amount", "CAST(:more AS numeric)")}
    )
"""
"""The condition that the lot is still the one that the person saw.

Its number may be that of a later lot meanwhile. Half of it is half of the amount that was `seen`.
More or less is of the same unit, or of no unit where no amount was known.
"""

ADJUST: Final = text(
    f"""
    WITH {RECORDED},
    {session_snapshot()},
    {HELD},
    {referenced_item(unless=f"(({_IS_AS_SEEN}) IS NOT TRUE)")},
    adjusted AS MATERIALIZED (
        SELECT held.ingredient_id, held.name_key, held.name, held.added_at,
            {lot_as_json("held")} AS before,
            CASE WHEN CAST(:takes_all AS boolean) THEN 0
                WHEN CAST(:more AS numeric) IS NOT NULL
                    THEN greatest(coalesce(held.amount, 0) + CAST(:more AS numeric), 0)
                WHEN CAST(:seen AS numeric) IS NOT NULL THEN round(held.amount / 2, {DECIMALS})
                ELSE held.amount END AS amount,
            coalesce(held.unit, CAST(:unit AS text)) AS unit,
            CASE WHEN CAST(:sets_date AS boolean) THEN CAST(:best_before AS date)
                ELSE held.best_before END AS best_before,
            coalesce(CAST(:place AS text), held.place) AS place, held.note,
            {
        moved_at(
            "coalesce(held.place, CAST(:usual_place AS text))",
            "CAST(:place AS text)",
            "held.moved_at",
        )
    } AS moved_at
        FROM held JOIN wanted USING (ingredient_id, name_key)
    ),
    twin AS MATERIALIZED (
        SELECT {columns("held")} FROM held JOIN adjusted
            ON adjusted.ingredient_id = held.ingredient_id AND adjusted.name_key <> held.name_key
                AND {NAME_KEY.format("held")} = {NAME_KEY.format("adjusted")}
        WHERE {is_same_kind("held", "adjusted")} AND {FITS.format("held.amount", "adjusted.amount")}
            AND adjusted.amount IS DISTINCT FROM 0
        ORDER BY {DUE_FIRST.format("held")} LIMIT 1
    ),
    {use_session(unless=REPEATED, also_where="EXISTS (SELECT FROM adjusted)")},
    removed AS (
        DELETE FROM user_fridge_ingredients AS item
        USING used, adjusted
        WHERE item.chat_id = :chat_id AND adjusted.amount = 0
            AND item.ingredient_id = adjusted.ingredient_id AND item.name_key = adjusted.name_key
        RETURNING {columns("item")}
    ),
    changed AS MATERIALIZED (
        SELECT adjusted.ingredient_id, adjusted.name_key, adjusted.name, adjusted.added_at,
            adjusted.before, coalesce(adjusted.amount + twin.amount, adjusted.amount) AS amount,
            adjusted.unit, adjusted.best_before, adjusted.place, adjusted.note, adjusted.moved_at
        FROM adjusted CROSS JOIN used LEFT JOIN twin ON true
        WHERE adjusted.amount IS DISTINCT FROM 0
    ),
    {REWRITE},
    merged AS MATERIALIZED (SELECT {columns("twin")} FROM twin CROSS JOIN used),
    {DROP_MERGED},
    {record_outcome("removed", also=(CHANGED_LOTS, recorded_rows("merged")))}
    {outcome_and_fridge(without=("removed", "changed", "merged"), also=("changed",))}
    """
)
"""Takes the lot out where nothing is left of it, and adds it up with another one that it becomes
equal to. Changes nothing where the lot is not the one that the person saw."""


class RecordedAdjust(RecordedRemoval, RecordedChanges):
    """The outcome of `ADJUST`: the changed lot or the one that it took out, if it was there."""

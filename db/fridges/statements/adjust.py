"""Sets the date or the place of one lot."""

from typing import Final

from sqlalchemy import text

from db.fridges.statements.recorded_items import RecordedChanges
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
)
from db.updates.handled_requests import RECORDED

ADJUST: Final = text(
    f"""
    WITH {RECORDED},
    {session_snapshot()},
    {HELD},
    {referenced_item()},
    adjusted AS MATERIALIZED (
        SELECT held.ingredient_id, held.name_key, held.name, held.added_at,
            {lot_as_json("held")} AS before, held.amount, held.unit,
            CASE WHEN CAST(:sets_date AS boolean) THEN CAST(:best_before AS date)
                ELSE held.best_before END AS best_before,
            CASE WHEN CAST(:sets_place AS boolean) THEN CAST(:place AS text)
                ELSE held.place END AS place,
            held.note
        FROM held JOIN wanted USING (ingredient_id, name_key)
    ),
    twin AS MATERIALIZED (
        SELECT {columns("held")} FROM held JOIN adjusted
            ON adjusted.ingredient_id = held.ingredient_id AND adjusted.name_key <> held.name_key
                AND {NAME_KEY.format("held")} = {NAME_KEY.format("adjusted")}
        WHERE {is_same_kind("held", "adjusted")} AND {FITS.format("held.amount", "adjusted.amount")}
        ORDER BY {DUE_FIRST.format("held")} LIMIT 1
    ),
    {use_session(unless=REPEATED, also_where="EXISTS (SELECT FROM adjusted)")},
    changed AS MATERIALIZED (
        SELECT adjusted.ingredient_id, adjusted.name_key, adjusted.name, adjusted.added_at,
            adjusted.before, coalesce(adjusted.amount + twin.amount, adjusted.amount) AS amount,
            adjusted.unit, adjusted.best_before, adjusted.place, adjusted.note
        FROM adjusted CROSS JOIN used LEFT JOIN twin ON true
    ),
    {REWRITE},
    merged AS MATERIALIZED (SELECT {columns("twin")} FROM twin CROSS JOIN used),
    {DROP_MERGED},
    {record_outcome(also=(CHANGED_LOTS, recorded_rows("merged")))}
    {outcome_and_fridge(without=("changed", "merged"), also=("changed",))}
    """
)
"""Adds the lot up with another one that it becomes equal to."""


class RecordedAdjust(RecordedChanges):
    """The outcome of `ADJUST`: the changed lot, if it was there."""

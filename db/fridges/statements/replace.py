"""Puts one item in the place of another."""

from typing import Final

from sqlalchemy import text

from db.fridges.statements.recorded_items import (
    RecordedAddition,
    RecordedChanges,
    RecordedRemoval,
)
from db.fridges.statements.shared import (
    CHANGED_LOTS,
    HELD,
    OUTCOME,
    OVER_OLD_ROWS,
    REPEATED,
    REWRITE,
    record_outcome,
    referenced_item,
    remove_wanted,
    session_snapshot,
    use_session,
)
from db.schema.lots import (
    FITS,
    LAST_LOTS,
    LOT_FIELDS,
    NAME_KEY,
    PUT_COLUMNS,
    columns,
    is_bare,
    is_same_kind,
    lot_as_json,
    next_lot,
)
from db.updates.handled_requests import RECORDED

_IS_REPLACEMENT: Final = (
    "(held.ingredient_id = :by_ingredient_id"
    f" AND {NAME_KEY.format('held')} = CAST(:by_name_key AS text))"
)

REPLACE: Final = text(
    f"""
    WITH {RECORDED},
    {session_snapshot(unless=REPEATED)},
    {HELD},
    {referenced_item(unless=_IS_REPLACEMENT)},
    replaced AS MATERIALIZED (
        SELECT held.* FROM held JOIN wanted USING (ingredient_id, name_key)
    ),
    equal AS MATERIALIZED (
        SELECT {columns("held")}, replaced.amount AS more
        FROM held CROSS JOIN replaced
        WHERE {_IS_REPLACEMENT}
            AND ({is_bare("replaced")} OR {is_same_kind("held", "replaced")})
            AND {FITS.format("held.amount", "replaced.amount")}
        ORDER BY held.name_key LIMIT 1
    ),
    {LAST_LOTS},
    {use_session(also_where="EXISTS (SELECT FROM wanted)")},
    {remove_wanted()},
    added AS (
        INSERT INTO user_fridge_ingredients {PUT_COLUMNS}
        SELECT CAST(:chat_id AS bigint), CAST(:by_ingredient_id AS integer),
            {next_lot("CAST(:by_name_key AS text)", "last_lots.number")}, CAST(:by_name AS text),
            removed.added_at, {columns("removed", LOT_FIELDS)}
        FROM removed
        LEFT JOIN last_lots ON last_lots.ingredient_id = CAST(:by_ingredient_id AS integer)
            AND last_lots.of_name = CAST(:by_name_key AS text)
        WHERE NOT EXISTS (SELECT FROM equal)
        {OVER_OLD_ROWS}
    ),
    changed AS MATERIALIZED (
        SELECT equal.ingredient_id, equal.name_key, equal.name, equal.added_at,
            {lot_as_json("equal")} AS before, equal.amount + equal.more AS amount,
            {columns("equal", LOT_FIELDS[1:])}
        FROM equal CROSS JOIN used
        WHERE equal.more IS NOT NULL
    ),
    {REWRITE},
    {
        record_outcome(
            "removed",
            "added",
            also=(CHANGED_LOTS,),
            held="(SELECT count(*) FROM held, session)",
        )
    }
    {OUTCOME}
    """
)
"""The replacement gets the lot of the replaced item, and the time at which that was added. If an
equal lot of the replacement is there, the two are added up; if nothing is known of the replaced
item but its name, and the replacement is there, the item is only taken out. An item is not replaced
by itself."""


class RecordedReplace(RecordedRemoval, RecordedAddition, RecordedChanges):
    """The outcome of `REPLACE`. `held` is the number of lots before it."""

    held: int

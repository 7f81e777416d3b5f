"""Puts one item in the place of another."""

from typing import Final

from sqlalchemy import text

from db.fridges.statements.recorded_items import RecordedAddition, RecordedRemoval
from db.fridges.statements.shared import (
    HELD,
    OUTCOME,
    OVER_OLD_ROWS,
    REMOVE_WANTED,
    REPEATED,
    record_outcome,
    referenced_item,
    session_snapshot,
    use_session,
)
from db.updates.handled_requests import RECORDED

_IS_REPLACEMENT: Final = "(held.ingredient_id = :by_ingredient_id AND held.name_key = :by_name_key)"

REPLACE: Final = text(
    f"""
    WITH {RECORDED},
    {session_snapshot(unless=REPEATED)},
    {HELD},
    {referenced_item(unless=_IS_REPLACEMENT)},
    {use_session(also_where="EXISTS (SELECT FROM wanted)")},
    {REMOVE_WANTED},
    added AS (
        INSERT INTO user_fridge_ingredients (chat_id, ingredient_id, name_key, name, added_at)
        SELECT CAST(:chat_id AS bigint), CAST(:by_ingredient_id AS integer),
            CAST(:by_name_key AS text), CAST(:by_name AS text), removed.added_at
        FROM removed
        WHERE NOT EXISTS (SELECT FROM held WHERE {_IS_REPLACEMENT})
        {OVER_OLD_ROWS}
    ),
    {record_outcome("removed", "added", held="(SELECT count(*) FROM held, session)")}
    {OUTCOME}
    """
)
"""The replacement gets the time at which the replaced item was added. If the replacement is there
already, the item is only taken out. An item is not replaced by itself."""


class RecordedReplace(RecordedRemoval, RecordedAddition):
    """The outcome of `REPLACE`. `held` is the number of items before it."""

    held: int

"""Undoes what a recorded request changed."""

from typing import Final

from sqlalchemy import text

from db.fridges.statements.recorded_items import RecordedAddition, RecordedRemoval
from db.fridges.statements.shared import (
    HELD,
    OVER_OLD_ROWS,
    REPEATED,
    outcome_and_fridge,
    record_outcome,
    recorded_items,
    session_snapshot,
    use_session,
)
from db.updates.handled_requests import RECORDED


def _items_of_undone(which: str) -> str:
    return f"""
        SELECT item.* FROM undone
        CROSS JOIN LATERAL ({recorded_items(which, of="undone")}) AS item
        WHERE NOT undone.already
    """


_IS_UNDOABLE: Final = "EXISTS (SELECT FROM undoable)"

UNDO: Final = text(
    f"""
    WITH {RECORDED},
    {session_snapshot()},
    {HELD},
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
            AND (SELECT count(*) FROM held)
                - (SELECT count(*) FROM put_in) + (SELECT count(*) FROM taken_out)
                <= greatest(:max_items, (SELECT count(*) FROM held))
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
        {OVER_OLD_ROWS}
    ),
    marked AS (
        UPDATE handled_requests SET outcome = outcome || jsonb '{{"undone": true}}'
        FROM used
        WHERE {_IS_UNDOABLE}
            AND handled_requests.chat_id = :chat_id AND handled_requests.request = :undone
    ),
    {
        record_outcome(
            "removed",
            "added",
            already="EXISTS (SELECT FROM undone WHERE already)",
            forgotten="NOT EXISTS (SELECT FROM undone)",
        )
    }
    {outcome_and_fridge(also="UNION ALL SELECT * FROM added")}
    """
)
"""Undoes all of the change or nothing, and marks the change as undone.

The fridge of a group that was moved may hold more than `max_items`: an undo does not let it grow.
The mark keeps a person whose message is older than the undo from undoing the same change again,
after others have made it again.
"""


class RecordedUndo(RecordedRemoval, RecordedAddition):
    """The outcome of `UNDO`: the items that it changed, or the reason why it changed none."""

    already: bool = False
    forgotten: bool = False

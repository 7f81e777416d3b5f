"""Undoes what a recorded request changed."""

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
    OVER_OLD_ROWS,
    REPEATED,
    REWRITE,
    outcome_and_fridge,
    record_outcome,
    recorded_items,
    session_snapshot,
    use_session,
)
from db.schema.lots import (
    LOT_FIELDS,
    NAME_KEY,
    PUT_COLUMNS,
    columns,
    is_same_kind,
    lot_as_json,
    lot_from_json,
)
from db.updates.handled_requests import RECORDED
from fridge.lots import MOST


def _items_of_undone(which: str) -> str:
    return f"""
        SELECT item.* FROM undone
        CROSS JOIN LATERAL ({recorded_items(which, of="undone")}) AS item
        WHERE NOT undone.already
    """


_IS_UNDOABLE: Final = "EXISTS (SELECT FROM undoable)"

_IS_GONE: Final = "(reverted.is_new AND coalesce(reverted.amount, 0) = 0)"
"""The condition that nothing is left of a lot that the change put in."""

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
    taken_out AS MATERIALIZED (
        {_items_of_undone("removed")}
        UNION ALL
        SELECT item.id, item.key, item.name, item.time, {lot_from_json("item.lot")}
        FROM undone
        CROSS JOIN LATERAL jsonb_to_recordset(undone.outcome -> 'merged')
            AS item (id integer, key text, name text, time timestamptz, lot jsonb)
        WHERE NOT undone.already
    ),
    touched AS MATERIALIZED (
        SELECT put_in.ingredient_id, put_in.name_key, put_in.added_at, true AS is_new,
            CAST(NULL AS jsonb) AS earlier, {columns("put_in", LOT_FIELDS)}
        FROM put_in
        UNION ALL
        SELECT item.id, item.key, item.time, false, item.before, {lot_from_json("item.after")}
        FROM undone
        CROSS JOIN LATERAL jsonb_to_recordset(undone.outcome -> 'changed')
            AS item (id integer, key text, time timestamptz, before jsonb, after jsonb)
        WHERE NOT undone.already
    ),
    reverted AS MATERIALIZED (
        SELECT held.ingredient_id, held.name_key, held.name, held.added_at,
            {lot_as_json("held")} AS before, touched.is_new,
            CASE WHEN touched.is_new THEN held.amount - touched.amount
                WHEN earlier.unit = held.unit THEN held.amount - touched.amount + earlier.amount
                ELSE earlier.amount END AS amount,
            {
        ", ".join(
            f"CASE WHEN touched.is_new THEN held.{field} ELSE earlier.{field} END AS {field}"
            for field in LOT_FIELDS[1:]
        )
    }
        FROM touched
        JOIN held USING (ingredient_id, name_key, added_at)
        CROSS JOIN LATERAL (SELECT {lot_from_json("touched.earlier")}) AS earlier
        WHERE {is_same_kind("held", "touched")}
            AND (
                touched.is_new OR earlier.unit = held.unit
                OR held.amount IS NOT DISTINCT FROM touched.amount
            )
    ),
    restored AS MATERIALIZED (
        SELECT {columns("taken_out")} FROM taken_out
        UNION ALL
        SELECT {columns("reverted")} FROM reverted WHERE NOT {_IS_GONE}
    ),
    undoable AS MATERIALIZED (
        SELECT true AS is_undoable FROM snapshot
        WHERE NOT {REPEATED}
            AND EXISTS (SELECT 1 FROM touched UNION ALL SELECT 1 FROM taken_out)
            AND (SELECT count(*) FROM touched) = (SELECT count(*) FROM reverted)
            AND NOT EXISTS (
                SELECT FROM reverted
                WHERE NOT {_IS_GONE} AND NOT coalesce(amount > 0 AND amount <= {MOST}, true)
            )
            AND (SELECT count(*) FROM taken_out) = (
                SELECT count(*) FROM taken_out WHERE taken_out.added_at >= snapshot.created_at
            )
            AND NOT EXISTS (SELECT FROM taken_out JOIN held USING (ingredient_id, name_key))
            AND NOT EXISTS (
                SELECT FROM restored
                JOIN held ON held.ingredient_id = restored.ingredient_id
                    AND {NAME_KEY.format("held")} = {NAME_KEY.format("restored")}
                    AND {is_same_kind("held", "restored")}
                WHERE NOT EXISTS (
                    SELECT FROM touched
                    WHERE touched.ingredient_id = held.ingredient_id
                        AND touched.name_key = held.name_key
                )
            )
            AND (SELECT count(*) FROM held)
                - (SELECT count(*) FROM reverted WHERE {_IS_GONE})
                + (SELECT count(*) FROM taken_out)
                <= greatest(:max_items, (SELECT count(*) FROM held))
    ),
    {use_session(unless=REPEATED, also_where=_IS_UNDOABLE)},
    removed AS (
        DELETE FROM user_fridge_ingredients AS item
        USING used, reverted
        WHERE {_IS_UNDOABLE} AND {_IS_GONE} AND item.chat_id = :chat_id
            AND item.ingredient_id = reverted.ingredient_id AND item.name_key = reverted.name_key
        RETURNING {columns("item")}
    ),
    added AS (
        INSERT INTO user_fridge_ingredients {PUT_COLUMNS}
        SELECT CAST(:chat_id AS bigint), {columns("taken_out")}
        FROM taken_out CROSS JOIN used
        WHERE {_IS_UNDOABLE}
        {OVER_OLD_ROWS}
    ),
    changed AS MATERIALIZED (
        SELECT reverted.* FROM reverted CROSS JOIN used
        WHERE {_IS_UNDOABLE} AND NOT {_IS_GONE}
    ),
    {REWRITE},
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
            also=(CHANGED_LOTS,),
            already="EXISTS (SELECT FROM undone WHERE already)",
            forgotten="NOT EXISTS (SELECT FROM undone)",
        )
    }
    {outcome_and_fridge(without=("removed", "changed"), also=("added", "changed"))}
    """
)
"""Undoes all of the change or nothing, and marks the change as undone.

A lot that the change put in or changed has to be there still, with the same unit, date, place and
note. From its amount now, the statement takes what the change added, or gives back what the change
took: what others took or added since stays so.

The fridge of a group that was moved may hold more than `max_items`: an undo does not let it grow.
The mark keeps a person whose message is older than the undo from undoing the same change again,
after others have made it again.
"""


class RecordedUndo(RecordedRemoval, RecordedAddition, RecordedChanges):
    """The outcome of `UNDO`: the items that it changed, or the reason why it changed none."""

    already: bool = False
    forgotten: bool = False

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


def _listed(way: str) -> str:
    return f"""
        SELECT '{way}' AS way, listed.*, CAST(NULL AS jsonb) AS earlier
        FROM ({recorded_items(way, of="undone")}) AS listed
    """


_WAS_CHANGED: Final = "lot.way = 'changed'"

UNDO: Final = text(
    f"""
    WITH {RECORDED},
    {session_snapshot()},
    {HELD},
    undone AS MATERIALIZED (
        SELECT outcome, outcome -> 'undone' IS NOT NULL AS already FROM handled_requests
        WHERE chat_id = :chat_id AND request = :undone
    ),
    reverted AS MATERIALIZED (
        SELECT lot.ingredient_id, lot.name_key, lot.name, lot.added_at,
            {lot_as_json("held")} AS before,
            CASE WHEN lot.way = 'removed' THEN lot.amount
                WHEN lot.way = 'added' THEN held.amount - lot.amount
                WHEN earlier.unit = held.unit THEN held.amount - lot.amount + earlier.amount
                ELSE earlier.amount END AS amount,
            {
        ", ".join(
            f"CASE WHEN {_WAS_CHANGED} THEN earlier.{field} ELSE lot.{field} END AS {field}"
            for field in LOT_FIELDS[1:]
        )
    },
            CASE WHEN lot.way = 'removed' THEN 'returns'
                WHEN lot.way = 'added' AND coalesce(held.amount = lot.amount, true) THEN 'goes'
                ELSE 'stays' END AS fate,
            coalesce(CASE WHEN lot.way = 'removed'
                THEN held.name_key IS NULL AND lot.added_at >= snapshot.created_at
                ELSE held.added_at = lot.added_at AND {is_same_kind("held", "lot")} AND (
                    lot.way = 'added' OR earlier.unit = held.unit
                    OR held.amount IS NOT DISTINCT FROM lot.amount
                ) END, false) AS is_as_it_was_left
        FROM undone
        CROSS JOIN LATERAL (
            {_listed("added")}
            UNION ALL
            {_listed("removed")}
            UNION ALL
            SELECT 'removed', item.id, item.key, item.name, item.time, {lot_from_json("item.lot")},
                NULL
            FROM jsonb_to_recordset(undone.outcome -> 'merged')
                AS item (id integer, key text, name text, time timestamptz, lot jsonb)
            UNION ALL
            SELECT 'changed', item.id, item.key, item.name, item.time,
                {lot_from_json("item.after")}, item.before
            FROM jsonb_to_recordset(undone.outcome -> 'changed') AS item
                (id integer, key text, name text, time timestamptz, before jsonb, after jsonb)
        ) AS lot
        CROSS JOIN LATERAL (SELECT {lot_from_json("lot.earlier")}) AS earlier
        CROSS JOIN snapshot
        LEFT JOIN held
            ON held.ingredient_id = lot.ingredient_id AND held.name_key = lot.name_key
        WHERE NOT undone.already
    ),
    undoable AS MATERIALIZED (
        SELECT true AS is_undoable FROM reverted
        HAVING NOT {REPEATED} AND count(*) > 0 AND bool_and(
                is_as_it_was_left
                AND (fate = 'goes' OR coalesce(amount > 0 AND amount <= {MOST}, true))
            )
            AND NOT EXISTS (
                SELECT FROM reverted AS lot
                JOIN held ON held.ingredient_id = lot.ingredient_id
                    AND {NAME_KEY.format("held")} = {NAME_KEY.format("lot")}
                    AND {is_same_kind("held", "lot")}
                WHERE lot.fate <> 'goes' AND NOT EXISTS (
                    SELECT FROM reverted AS other
                    WHERE other.ingredient_id = held.ingredient_id
                        AND other.name_key = held.name_key
                )
            )
            AND (SELECT count(*) FROM held)
                - count(*) FILTER (WHERE fate = 'goes') + count(*) FILTER (WHERE fate = 'returns')
                <= greatest(:max_items, (SELECT count(*) FROM held))
    ),
    {use_session(unless=REPEATED, also_where="EXISTS (SELECT FROM undoable)")},
    done AS MATERIALIZED (
        SELECT reverted.* FROM undoable CROSS JOIN used CROSS JOIN reverted
    ),
    restored AS (SELECT * FROM done WHERE fate <> 'goes'),
    removed AS (
        DELETE FROM user_fridge_ingredients AS item
        USING done
        WHERE done.fate = 'goes' AND item.chat_id = :chat_id
            AND item.ingredient_id = done.ingredient_id AND item.name_key = done.name_key
        RETURNING {columns("item")}
    ),
    added AS (
        INSERT INTO user_fridge_ingredients {PUT_COLUMNS}
        SELECT CAST(:chat_id AS bigint), {columns("done")} FROM done WHERE done.fate = 'returns'
        {OVER_OLD_ROWS}
    ),
    changed AS MATERIALIZED (SELECT * FROM done WHERE fate = 'stays'),
    {REWRITE},
    marked AS (
        UPDATE handled_requests SET outcome = outcome || jsonb '{{"undone": true}}'
        FROM undoable CROSS JOIN used
        WHERE handled_requests.chat_id = :chat_id AND handled_requests.request = :undone
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
    {outcome_and_fridge(without=("done",), also=("restored",))}
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

"""Takes out every item that was added up to a time."""

from typing import Final

from sqlalchemy import text

from db.fridges.statements.shared import (
    OUTCOME,
    REPEATED,
    record_outcome,
    session_snapshot,
    use_session,
)
from db.schema.lots import (
    columns,
)
from db.updates.handled_requests import RECORDED
from db.updates.recorded_outcomes import RecordedOutcome

_IS_ONE_THERE: Final = """EXISTS (
    SELECT FROM user_fridge_ingredients AS item
    WHERE item.chat_id = :chat_id
        AND item.added_at >= snapshot.created_at AND item.added_at <= :added_until
)"""

CLEAR: Final = text(
    f"""
    WITH {RECORDED},
    {session_snapshot(unless=REPEATED)},
    {use_session(also_where=_IS_ONE_THERE)},
    removed AS (
        DELETE FROM user_fridge_ingredients AS item
        USING used
        WHERE item.chat_id = :chat_id
            AND item.added_at >= used.created_at AND item.added_at <= :added_until
        RETURNING {columns("item")}
    ),
    {record_outcome("removed", removed="(SELECT count(*) FROM removed)")}
    {OUTCOME}
    """
)
"""Records the items that it took out, and their number."""


class RecordedClear(RecordedOutcome):
    """The outcome of `CLEAR`. `removed` is the number of items that it took out."""

    removed: int

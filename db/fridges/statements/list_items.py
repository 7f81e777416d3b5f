"""Lists a fridge, which is a use of its session."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import text

from db.fridges.statements.shared import (
    AND_CHOSEN,
    CHAT,
    CHOSEN,
    IN_ORDER,
    RACED,
    REPEATED,
    session_snapshot,
    use_session,
)
from db.schema.lots import columns
from db.updates.handled_requests import RECORD, RECORDED
from db.updates.recorded_outcomes import RecordedOutcome

_FRIDGE: Final = f"""
    {CHOSEN},
    {columns("item")},
    ingredient.ko, ingredient.en, ingredient.category, ingredient.emoji
    FROM (SELECT true) AS always
    {AND_CHOSEN}
    LEFT JOIN session ON true
    LEFT JOIN user_fridge_ingredients AS item
        ON item.chat_id = :chat_id AND item.added_at >= session.created_at
    LEFT JOIN ingredients AS ingredient ON ingredient.ingredient_id = item.ingredient_id
"""

LIST: Final = text(
    f"""
    WITH {session_snapshot()}, {use_session()}
    SELECT {CHAT}, session.expires_at, session.last_accessed, {RACED} AS raced, {_FRIDGE}
    ORDER BY {IN_ORDER.format("item")}
    """
)
"""Returns a row for each item, or one row without an item for an empty fridge."""

LIST_FOR: Final = text(
    f"""
    WITH {RECORDED}, {session_snapshot()}, {use_session(unless=REPEATED)},
    computed AS (
        SELECT jsonb_build_object('names', ARRAY(
            SELECT item.name
            FROM user_fridge_ingredients AS item CROSS JOIN session
            WHERE item.chat_id = :chat_id AND item.added_at >= session.created_at
                AND item.name <> ''
            ORDER BY {IN_ORDER.format("item")}
        )) AS outcome
        WHERE NOT {REPEATED} AND NOT {RACED}
    ),
    {RECORD}
    SELECT {CHAT},
        NOT EXISTS (SELECT FROM recorded UNION ALL SELECT FROM record) AS raced,
        (SELECT handled_at FROM recorded) AS handled_at,
        CASE row_number() OVER in_order WHEN 1 THEN (SELECT outcome FROM recorded) END AS outcome,
        session.expires_at, session.last_accessed, {_FRIDGE}
    WINDOW in_order AS (ORDER BY {IN_ORDER.format("item")})
    ORDER BY {IN_ORDER.format("item")}
    """
)
"""Lists a fridge for a request that is understood with its names, and records them.

If the request is delivered again, this is no further use of the session. The first row then has the
names that the fridge had at the first delivery, with which the request means the same again.
"""


class RecordedNames(RecordedOutcome):
    """The outcome of `LIST_FOR`: the names in the fridge that the chat typed itself."""

    names: Sequence[str]

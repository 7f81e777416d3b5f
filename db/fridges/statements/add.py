"""Puts bare names in that are missing, as far as there is room."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import text

from db.fridges.statements.recorded_items import RecordedChanges, RecordedItem, item_keys
from db.fridges.statements.shared import (
    HELD_IF_LIVE,
    OUTCOME,
    OVER_OLD_ROWS,
    SNAPSHOT_OF_ANY,
    record_outcome,
    recorded_rows,
    use_or_begin_session,
)
from db.schema.lots import columns, is_bare
from db.updates.handled_requests import RECORDED
from fridge.items import ItemKey, NewItem
from fridge.outcomes import Outcome

ADD: Final = text(
    f"""
    WITH {RECORDED},
    wanted AS MATERIALIZED (
        SELECT * FROM unnest(
            CAST(:ingredient_ids AS integer[]), CAST(:name_keys AS text[]), CAST(:names AS text[])
        ) WITH ORDINALITY AS wanted (ingredient_id, name_key, name, position)
    ),
    {SNAPSHOT_OF_ANY},
    {HELD_IF_LIVE},
    missing AS MATERIALIZED (
        SELECT * FROM wanted
        WHERE NOT EXISTS (
            SELECT FROM held
            WHERE held.ingredient_id = wanted.ingredient_id AND held.of_name = wanted.name_key
        )
    ),
    {
        use_or_begin_session(
            also_where="EXISTS (SELECT FROM missing) AND held.count < :max_items", kept="missing"
        )
    },
    added AS (
        INSERT INTO user_fridge_ingredients (chat_id, ingredient_id, name_key, name, added_at)
        SELECT :chat_id, missing.ingredient_id, missing.name_key, missing.name,
            greatest(session.created_at, :now)
        FROM missing CROSS JOIN session
        ORDER BY missing.position
        LIMIT greatest(0, :max_items - (SELECT held FROM use))
        {OVER_OLD_ROWS}
    ),
    there AS MATERIALIZED (
        SELECT {columns("held")} FROM held
        WHERE NOT {is_bare("held")}
            AND EXISTS (
                SELECT FROM wanted
                WHERE wanted.ingredient_id = held.ingredient_id AND wanted.name_key = held.of_name
            )
    ),
    {
        record_outcome(
            "added",
            also=(recorded_rows("there"),),
            missing_ids="ARRAY(SELECT ingredient_id FROM missing ORDER BY position)",
            missing_keys="ARRAY(SELECT name_key FROM missing ORDER BY position)",
            held="(SELECT held FROM use)",
        )
    }
    {OUTCOME}
    """
)
"""Uses the live session, begins an expired one afresh, or creates one.

It does for bare names what `ADD_LOTS` does for lots, in half the time."""


class RecordedAdd(RecordedChanges):
    """The outcome of `ADD` and `ADD_LOTS`. An undo sets `undone`.

    `held` is the number of lots before it. `missing` has a key for each lot of the request that was
    not there already.
    """

    added_ids: list[int]
    added_keys: list[str]
    missing_ids: list[int]
    missing_keys: list[str]
    held: int
    undone: bool = False
    there: Sequence[RecordedItem] = ()

    @property
    def count(self) -> int:
        """The number of lots after it."""
        return self.held + len(self.added_ids) - len(self.merged)

    def outcomes(self, items: Sequence[NewItem]) -> Mapping[ItemKey, Outcome]:
        """Return the outcome for the name of each item of the request."""
        left_out = Counter(item_keys(self.missing_ids, self.missing_keys))
        missing = list(left_out)
        left_out.subtract(item_keys(self.added_ids, self.added_keys))
        left_out.subtract(one.key for one in self.changes)
        return {item.key: Outcome.ALREADY_THERE for item in items} | {
            key: Outcome.NO_ROOM if left_out[key] > 0 else Outcome.ADDED for key in missing
        }

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
from db.schema.lots import LOT_FIELDS, columns, is_bare
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
    met AS MATERIALIZED (
        SELECT wanted.*, held.name_key AS held_key, held.name AS held_name, held.added_at,
            {columns("held", LOT_FIELDS)}
        FROM wanted
        LEFT JOIN held
            ON held.ingredient_id = wanted.ingredient_id AND held.of_name = wanted.name_key
    ),
    missing AS MATERIALIZED (
        SELECT ingredient_id, name_key, name, position FROM met WHERE held_key IS NULL
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
    there AS (
        SELECT met.ingredient_id, met.held_key AS name_key, met.held_name AS name, met.added_at,
            {columns("met", LOT_FIELDS)}
        FROM met WHERE NOT {is_bare("met")}
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
        missing = item_keys(self.missing_ids, self.missing_keys)
        done = [
            *item_keys(self.added_ids, self.added_keys),
            *(one.key for one in self.changes),
        ]
        outcomes = {item.key: Outcome.ALREADY_THERE for item in items}
        outcomes |= dict.fromkeys(missing, Outcome.ADDED)
        if len(done) < len(missing):
            outcomes |= dict.fromkeys(Counter(missing) - Counter(done), Outcome.NO_ROOM)
        return outcomes

"""Takes out the named items that are there."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import text

from db.fridges.statements.recorded_items import item_keys
from db.fridges.statements.shared import (
    COUNTED,
    OUTCOME,
    REMOVE_WANTED,
    REPEATED,
    record_outcome,
    session_snapshot,
    use_session,
)
from db.updates.handled_requests import RECORDED
from db.updates.recorded_outcomes import RecordedOutcome
from fridge.items import ItemKey

_IS_ONE_THERE: Final = """EXISTS (
    SELECT FROM user_fridge_ingredients AS item
    JOIN wanted ON wanted.ingredient_id = item.ingredient_id AND wanted.name_key = item.name_key
    WHERE item.chat_id = :chat_id AND item.added_at >= snapshot.created_at
)"""

REMOVE: Final = text(
    f"""
    WITH {RECORDED},
    wanted AS MATERIALIZED (
        SELECT * FROM unnest(CAST(:ingredient_ids AS integer[]), CAST(:name_keys AS text[]))
            AS wanted (ingredient_id, name_key)
    ),
    {session_snapshot(unless=REPEATED)},
    {use_session(also_where=_IS_ONE_THERE)},
    {COUNTED},
    {REMOVE_WANTED},
    {record_outcome("removed", held="(SELECT items FROM counted)")}
    {OUTCOME}
    """
)
"""Records the items that it took out, and how many items there were before."""


class RecordedRemove(RecordedOutcome):
    """The outcome of `REMOVE`. `held` is the number of items before it."""

    removed_ids: list[int]
    removed_keys: list[str]
    held: int

    @property
    def removed(self) -> Sequence[ItemKey]:
        """The keys of the items that it took out."""
        return item_keys(self.removed_ids, self.removed_keys)

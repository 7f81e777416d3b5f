"""Takes out every lot of the named items."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import text

from db.fridges.statements.recorded_items import item_keys
from db.fridges.statements.shared import (
    COUNTED,
    OUTCOME,
    REPEATED,
    record_outcome,
    remove_wanted,
    session_snapshot,
    use_session,
)
from db.schema.lots import (
    NAME_KEY,
)
from db.updates.handled_requests import RECORDED
from db.updates.recorded_outcomes import RecordedOutcome
from fridge.items import ItemKey

_OF_NAME: Final = NAME_KEY.format("item")

_IS_ONE_THERE: Final = f"""EXISTS (
    SELECT FROM user_fridge_ingredients AS item
    JOIN wanted ON wanted.ingredient_id = item.ingredient_id AND wanted.name_key = {_OF_NAME}
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
    {remove_wanted(_OF_NAME)},
    {record_outcome("removed", held="(SELECT items FROM counted)")}
    {OUTCOME}
    """
)
"""Records the lots that it took out, and how many lots there were before."""


class RecordedRemove(RecordedOutcome):
    """The outcome of `REMOVE`. `held` is the number of lots before it."""

    removed_ids: list[int]
    removed_keys: list[str]
    held: int

    @property
    def removed(self) -> Sequence[ItemKey]:
        """The key of the name of each lot that it took out."""
        return item_keys(self.removed_ids, self.removed_keys)

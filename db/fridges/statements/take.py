"""Takes out one item, as a tap on a list does."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import text

from db.fridges.statements.recorded_items import NO_LOTS, RecordedLots, RecordedRemoval, new_items
from db.fridges.statements.shared import (
    HELD,
    REFERENCED,
    REPEATED,
    outcome_and_fridge,
    record_outcome,
    recorded_items,
    referenced_item,
    remove_wanted,
    session_snapshot,
    use_session,
)
from db.updates.handled_requests import RECORDED
from fridge.items import NewItem
from fridge.request_keys import RequestKind

_IS_THERE: Final = "EXISTS (SELECT FROM wanted)"

TAKE: Final = text(
    f"""
    WITH {RECORDED},
    {session_snapshot()},
    {HELD},
    {referenced_item()},
    {use_session(unless=REPEATED, also_where=_IS_THERE)},
    {remove_wanted()},
    takes AS MATERIALIZED (
        SELECT request, handled_at, outcome FROM handled_requests
        WHERE chat_id = :chat_id AND kind = '{RequestKind.TAKE}'
            AND NOT {REPEATED} AND NOT {_IS_THERE}
    ),
    earlier AS MATERIALIZED (
        SELECT takes.request, held.*
        FROM takes
        CROSS JOIN LATERAL ({recorded_items("removed", of="takes")}) AS held
        JOIN snapshot ON held.added_at >= snapshot.created_at
        WHERE takes.outcome -> 'undone' IS NULL AND {REFERENCED}
        ORDER BY takes.handled_at DESC, takes.request LIMIT 1
    ),
    {record_outcome("removed", "earlier", earlier="(SELECT request FROM earlier)")}
    {outcome_and_fridge()}
    """
)
"""Records the item that it took out. Where the item is out already, it records the last request
that took it out and was not undone; only then it reads the chat's records."""


class RecordedTake(RecordedRemoval):
    """The outcome of `TAKE`. `earlier` names the record that the item was taken out by before."""

    earlier: str | None
    earlier_ids: list[int]
    earlier_keys: list[str]
    earlier_names: list[str]
    earlier_lots: RecordedLots = NO_LOTS

    @property
    def taken_earlier(self) -> Sequence[NewItem]:
        """The item that was out already, if a request is known that took it out."""
        return new_items(self.earlier_ids, self.earlier_keys, self.earlier_names, self.earlier_lots)

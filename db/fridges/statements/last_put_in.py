"""Finds what the last message of a chat put in, for a correction that names nothing."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import text

from db.fridges.statements.recorded_items import NO_LOTS, RecordedChanges, RecordedLots, StoredKey
from fridge.lots import BARE
from fridge.outcomes import PutIn
from fridge.request_keys import RequestKind

LAST_PUT_IN: Final = text(
    f"""
    SELECT chat_id, outcome FROM handled_requests
    WHERE chat_id = :chat_id
        AND handled_at > CAST(:since AS timestamptz)
        AND handled_at <= CAST(:until AS timestamptz)
        AND kind IN ('{RequestKind.ADD}', '{RequestKind.REPLACE}')
        AND split_part(split_part(request, ' ', 1), '.', 1) <> CAST(:own AS text)
        AND coalesce(outcome -> 'undone', 'false') = 'false'
        AND (
            jsonb_array_length(outcome -> 'added_ids') > 0
                OR jsonb_array_length(coalesce(outcome -> 'changed', '[]')) > 0
        )
    ORDER BY handled_at DESC, CAST(substring(request FROM '[0-9]+') AS numeric) DESC
    FETCH FIRST 1 ROW WITH TIES
    """
)
"""Returns the records of that message; several, if it had several acts. Reads the chat's records by
the beginning of their primary key, as `TAKE` does."""


class RecordedPutIn(RecordedChanges):
    """An outcome of `ADD`, `ADD_LOTS` or `REPLACE`: the lots that are new, or are more now."""

    added_ids: list[int]
    added_keys: list[str]
    added_lots: RecordedLots = NO_LOTS

    @property
    def lots(self) -> Sequence[PutIn]:
        """The lots, as they were before and are since."""
        new = [
            PutIn(*StoredKey.parse(id_, key), None, lot.lot if lot else BARE)
            for id_, key, lot in zip(
                self.added_ids,
                self.added_keys,
                self.added_lots or [None] * len(self.added_ids),
                strict=True,
            )
        ]
        more = [
            PutIn(*StoredKey.parse(one.id, one.key), one.change.before, one.change.after)
            for one in self.changed
        ]
        return [*new, *more]

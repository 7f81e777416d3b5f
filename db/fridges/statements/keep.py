"""Lets a live session live on for its full time."""

from typing import Final

from sqlalchemy import text

from db.fridges.statements.shared import (
    COUNTED,
    OUTCOME,
    REPEATED,
    record_outcome,
    session_snapshot,
    use_session,
)
from db.updates.handled_requests import RECORDED
from db.updates.recorded_outcomes import RecordedOutcome, RecordedTime

KEEP: Final = text(
    f"""
    WITH {RECORDED},
    {session_snapshot(unless=REPEATED)},
    {use_session(also_where="true")},
    {COUNTED},
    {
        record_outcome(
            held="(SELECT items FROM counted)",
            expires_at="(SELECT expires_at FROM session)",
            last_accessed="(SELECT last_accessed FROM session)",
        )
    }
    {OUTCOME}
    """
)
"""Records how many items there are, and the times from which the session's end is computed: NULL
where no session is live."""


class RecordedKeep(RecordedOutcome):
    """The outcome of `KEEP`: the number of items, and the times of the session, if one is live."""

    held: int
    expires_at: RecordedTime | None
    last_accessed: RecordedTime | None

"""How long a fridge session lives, as the bounds that the statements compare columns with."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

LONGEST_UNRECORDED_USE: Final = timedelta(minutes=1)
"""A use is not written if the last written use is less than this ago, or less than a twentieth of
the session's life, whichever is shorter."""


@dataclass(frozen=True, slots=True)
class Lifetime:
    """A session lives for `ttl` after its last use.

    Statements compare columns with times that they get as parameters, so that PostgreSQL can use
    the index on a column, and Citus can send the statement to the shard of the chat.
    """

    ttl: timedelta

    def expires_at(self, now: datetime) -> datetime:
        """The end of a session whose last use is now."""
        return now + self.ttl

    def end(
        self, written: datetime | None, last_use: datetime | None, now: datetime
    ) -> datetime | None:
        """The end of a session with this written expiry and this last use; None if either is None.

        A last use in the future was written before the clock was set back. It is not known which of
        the two clocks was wrong, so such a session ends `ttl` from now.
        """
        if written is None or last_use is None:
            return None
        if last_use > now:
            return self.expires_at(now)
        return max(written, self.expires_at(last_use))

    def idle_since(self, now: datetime) -> datetime:
        """The time after which the last use of a live session is."""
        return now - self.ttl

    def recorded_since(self, now: datetime) -> datetime:
        """The time after which a written use is recent enough: another one is not written."""
        return now - min(LONGEST_UNRECORDED_USE, self.ttl / 20)

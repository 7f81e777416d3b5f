"""How long a fridge session lives, as the bounds that the statements compare columns with."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

LONGEST_UNRECORDED_USE: Final = timedelta(minutes=1)
"""A use is not written if the last one was written less than this ago, or than a twentieth of the
life, whichever is shorter."""


@dataclass(frozen=True, slots=True)
class Lifetime:
    """A session lives for `ttl` after its last use.

    The statements get times and do no arithmetic on columns, so that each keeps its index and can
    be sent to the shard that holds the chat.
    """

    ttl: timedelta

    def expires_at(self, now: datetime) -> datetime:
        """The end of a session used now and never again."""
        return now + self.ttl

    def end(
        self, written: datetime | None, last_use: datetime | None, now: datetime
    ) -> datetime | None:
        """The end of a session by its written expiry and its last use; None where there is none.

        A last use that is still to come is from before the clock was set back. Such a session lives
        for longer by that clock, but it is not known which one was wrong: it lives for `ttl` from
        now at least.
        """
        if written is None or last_use is None:
            return None
        if last_use > now:
            return self.expires_at(now)
        return max(written, self.expires_at(last_use))

    def idle_since(self, now: datetime) -> datetime:
        """A session last used after this is live."""
        return now - self.ttl

    def recorded_since(self, now: datetime) -> datetime:
        """A use after this is recent enough not to be written again."""
        return now - min(LONGEST_UNRECORDED_USE, self.ttl / 20)

"""Times as whole microseconds, which is all that PostgreSQL and `datetime` hold."""

from datetime import UTC, datetime, timedelta
from typing import Final

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)


def to_microseconds(time: datetime) -> int:
    """Return the microseconds since 1970, exactly: a float would lose the last one."""
    return (time - EPOCH) // MICROSECOND


def from_microseconds(count: int) -> datetime:
    """Return the time so many microseconds after the beginning of 1970."""
    return EPOCH + count * MICROSECOND

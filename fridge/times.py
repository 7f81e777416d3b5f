"""Times as whole microseconds, the resolution of PostgreSQL and `datetime`; time zones."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)


def to_microseconds(time: datetime) -> int:
    """Return the microseconds since 1970, exactly: a float would round them."""
    return (time - EPOCH) // MICROSECOND


def from_microseconds(count: int) -> datetime:
    """Return the time that is this number of microseconds after the beginning of 1970."""
    return EPOCH + count * MICROSECOND


@cache
def zone_named(name: str) -> ZoneInfo:
    """Return the time zone of that name, read once: `ZoneInfo` itself remembers only eight."""
    return ZoneInfo(name)

"""Which fridges are to be warned of now: nobody is disturbed at night."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Final

from db.fridges.expiry_warnings import Window
from fridge.times import MICROSECOND, zone_named

NIGHT: Final = time(22)
MORNING: Final = time(8)
LAST_HOUR: Final = time(21)

LEAST_LEAD: Final = timedelta(minutes=30)
"""A warning that would come in the night comes in the morning if so much time is then left."""


def due_windows(now: datetime, lead: timedelta, zones: Iterable[str]) -> list[Window]:
    """The fridges to warn of at a time, so long before they expire, in each time zone.

    In the night there are none. In the last hour before it there are also those whose warning would
    come in the night, and would be too late in the morning.
    """
    return [window for zone in zones for window in _of_zone(now, lead, zone)]


def _of_zone(now: datetime, lead: timedelta, zone: str) -> Iterator[Window]:
    local = now.astimezone(zone_named(zone))
    if not MORNING <= local.time() < NIGHT:
        return
    yield Window(zone, now, now + lead)
    if local.time() >= LAST_HOUR:
        evening = _at(local, NIGHT)
        morning = _at(local + timedelta(days=1), MORNING)
        # Both ends belong to the day, and a window begins after its first one.
        yield Window(
            zone, evening + lead - MICROSECOND, morning + min(lead, LEAST_LEAD) - MICROSECOND
        )


def _at(day: datetime, local_time: time) -> datetime:
    return datetime.combine(day, local_time, day.tzinfo).astimezone(UTC)

"""Which fridges' chats are to be warned now: no chat is disturbed at night."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Final

from db.fridges.expiry_warnings import Window
from fridge.times import MICROSECOND, zone_named

NIGHT: Final = time(22)
MORNING: Final = time(8)
LAST_HOUR: Final = time(21)

LEAST_LEAD: Final = timedelta(minutes=30)
"""A warning that is due in the night is sent in the morning if the fridge lasts so much longer."""


def due_windows(now: datetime, lead: timedelta, zones: Iterable[str]) -> list[Window]:
    """Return the windows of expiry whose chats are to be warned at `now`, for each time zone.

    At night a zone has no window. In the last hour before the night it has a second one, for
    fridges whose warning is due in the night and would be too late in the morning.

    Args:
        now: the present time.
        lead: how long before a fridge expires its chat is warned.
        zones: the names of the time zones.
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
        # A window excludes its beginning and includes its end; both of these belong to the day.
        yield Window(
            zone, evening + lead - MICROSECOND, morning + min(lead, LEAST_LEAD) - MICROSECOND
        )


def _at(day: datetime, local_time: time) -> datetime:
    return datetime.combine(day, local_time, day.tzinfo).astimezone(UTC)

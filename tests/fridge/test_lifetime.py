from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from fridge.lifetime import Lifetime

NOW: Final = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(hours=24)


@pytest.mark.parametrize(
    ("written", "last_use", "end"),
    [
        (NOW + HOUR, NOW - 3 * HOUR, NOW + 21 * HOUR),
        (NOW + 40 * HOUR, NOW - 3 * HOUR, NOW + 40 * HOUR),
        (NOW + 40 * HOUR, NOW, NOW + 40 * HOUR),
        (NOW + 40 * HOUR, NOW + HOUR, NOW + DAY),
        (None, NOW, None),
        (NOW, None, None),
    ],
    ids=["used", "written later", "used now", "the clock was set back", "no expiry", "no use"],
)
def test_a_session_ends_at_the_later_of_its_written_expiry_and_a_day_after_its_use(
    written: datetime | None, last_use: datetime | None, end: datetime | None
) -> None:
    assert Lifetime(DAY).end(written, last_use, NOW) == end


def test_a_session_lives_for_the_time_that_is_set() -> None:
    lifetime = Lifetime(5 * HOUR)

    assert lifetime.expires_at(NOW) == NOW + 5 * HOUR
    assert lifetime.idle_since(NOW) == NOW - 5 * HOUR


@pytest.mark.parametrize(
    ("ttl", "unrecorded"),
    [
        (DAY, timedelta(minutes=1)),
        (timedelta(minutes=20), timedelta(minutes=1)),
        (timedelta(seconds=40), timedelta(seconds=2)),
    ],
)
def test_a_use_is_not_written_again_for_a_minute_or_a_twentieth_of_the_life(
    ttl: timedelta, unrecorded: timedelta
) -> None:
    assert Lifetime(ttl).recorded_since(NOW) == NOW - unrecorded

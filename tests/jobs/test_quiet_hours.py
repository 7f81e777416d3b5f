from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.settings.time_zones import TIME_ZONES
from jobs.quiet_hours import LAST_HOUR, MORNING, NIGHT, due_windows

SEOUL = ZoneInfo("Asia/Seoul")
MINUTE = timedelta(minutes=1)
YEAR = timedelta(days=365)
LEAD = timedelta(hours=2)


def at(clock: str, day: int = 1) -> datetime:
    """A time in Seoul, in March."""
    return datetime.combine(date(2026, 3, day), time.fromisoformat(clock), SEOUL)


def is_warned(now: datetime, expiry: datetime, lead: timedelta = LEAD) -> bool:
    windows = due_windows(now.astimezone(UTC), lead, [SEOUL.key])
    return any(window.after < expiry <= window.until for window in windows)


def warned_at(expiry: datetime, lead: timedelta = LEAD) -> datetime | None:
    """When a fridge is warned of that is there since two days before, by a run a minute."""
    now = expiry - timedelta(days=2)
    while now < expiry:
        if is_warned(now, expiry, lead):
            return now
        now += MINUTE
    return None


@pytest.mark.parametrize(
    ("expiry", "warning"),
    [
        (at("10:00", 2), at("08:00", 2)),
        (at("09:30", 2), at("08:00", 2)),
        (at("08:30", 2), at("08:00", 2)),
        (at("08:29", 2), at("21:00", 1)),
        (at("03:00", 2), at("21:00", 1)),
        (at("00:00", 2), at("21:00", 1)),
        (at("23:59", 1), at("21:59", 1)),
        (at("15:00", 1), at("13:00", 1)),
    ],
)
def test_the_warning_comes_by_day(expiry: datetime, warning: datetime) -> None:
    assert warned_at(expiry) == warning


@pytest.mark.parametrize(
    ("expiry", "warning"),
    [
        (at("21:59", 1), at("21:58", 1)),
        (at("22:00", 1), at("21:59", 1)),
        (at("22:01", 1), at("21:00", 1)),
        (at("08:00", 2), at("21:00", 1)),
        (at("08:01", 2), at("08:00", 2)),
    ],
)
def test_a_short_lead_is_no_reason_to_warn_in_the_evening(
    expiry: datetime, warning: datetime
) -> None:
    assert warned_at(expiry, MINUTE) == warning


def test_a_fridge_that_came_too_late_for_the_evening_is_warned_of_in_the_morning() -> None:
    assert not is_warned(at("22:00", 1), at("08:10", 2))
    assert is_warned(at("08:00", 2), at("08:10", 2))
    assert not is_warned(at("08:10", 2), at("08:10", 2))


@given(
    seconds=st.floats(0, YEAR.total_seconds()),
    zone=st.sampled_from(TIME_ZONES),
    lead=st.timedeltas(timedelta(seconds=1), timedelta(days=3)),
    expires_in=st.timedeltas(timedelta(microseconds=1), timedelta(days=3)),
)
def test_nobody_is_disturbed_at_night_nor_warned_long_before(
    seconds: float, zone: str, lead: timedelta, expires_in: timedelta
) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    local = now.astimezone(ZoneInfo(zone))
    by_day = MORNING <= local.time() < NIGHT
    expiry = now + expires_in

    windows = [w for w in due_windows(now, lead, [zone]) if w.after < expiry <= w.until]

    assert len(windows) <= by_day
    assert bool(windows) or not by_day or expires_in > lead
    if windows and expires_in > lead:
        assert local.time() >= LAST_HOUR
        assert not MORNING <= (expiry - lead).astimezone(ZoneInfo(zone)).time() < NIGHT

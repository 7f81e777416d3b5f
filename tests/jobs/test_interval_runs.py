from datetime import UTC, datetime, timedelta

from jobs.interval_runs import start_of_interval

HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)


def test_intervals_begin_at_the_same_times_for_everybody() -> None:
    at = datetime(2026, 3, 1, 12, 34, 56, 789, tzinfo=UTC)

    assert start_of_interval(at, HOUR) == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert start_of_interval(at, timedelta(seconds=45)) == datetime(
        2026, 3, 1, 12, 34, 30, tzinfo=UTC
    )
    assert start_of_interval(at, DAY) == datetime(2026, 3, 1, tzinfo=UTC)

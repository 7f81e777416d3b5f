from datetime import UTC, datetime, timedelta

import pytest

from fridge.times import EPOCH, from_microseconds, to_microseconds


@pytest.mark.parametrize(
    ("time", "count"),
    [
        (EPOCH, 0),
        (EPOCH + timedelta(microseconds=1), 1),
        (datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC), -1_000_000),
        (datetime(2262, 4, 11, 23, 47, 16, 854775, tzinfo=UTC), 9_223_372_036_854_775),
    ],
)
def test_a_time_and_its_microseconds_are_exactly_the_same(time: datetime, count: int) -> None:
    assert to_microseconds(time) == count
    assert from_microseconds(count) == time

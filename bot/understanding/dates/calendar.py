"""Counts days from today: the next such weekday, the next such date, the end of a month."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

PAST_DAYS: Final = 30
"""A day without a year that was within so many days is that day, not the one of next year."""
WEEK: Final = 7
MONTHS: Final = 12
MOST_DAYS: Final = 3650
YEARS: Final = (-1, 0, 1, 2, 3, 4)
"""The 29th of February is within four years."""


class FoundDate(NamedTuple):
    """A day, the token behind it, and what stands behind it in the same word.

    `is_certain`: it can be nothing but a date, even without a date word.
    """

    day: date
    end: int
    rest: str = ""
    is_certain: bool = True


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days as seen from today."""

    today: date

    def later(self, days: int) -> date | None:
        """The day so many days from today; None beyond ten years."""
        return self.today + timedelta(days) if 0 <= days <= MOST_DAYS else None

    def weekday(self, weekday: int) -> date:
        """The next such weekday; that of today is in a week."""
        return self.today + timedelta((weekday - self.today.weekday() - 1) % WEEK + 1)

    def weekday_of_week(self, weeks: int, weekday: int) -> date:
        """The weekday of this week, or so many weeks later. Weeks begin on Monday."""
        monday = self.today - timedelta(self.today.weekday())
        return monday + timedelta(weeks * WEEK + weekday)

    def month_and_day(self, month: int, day: int) -> date | None:
        """The next such day; the last one, if it was within `PAST_DAYS`."""
        earliest = self.today - timedelta(PAST_DAYS)
        days = (valid_day(self.today.year + years, month, day) for years in YEARS)
        return next((one for one in days if one and one >= earliest), None)

    def day_of_month(self, day: int) -> date | None:
        """The next day of that number."""
        year, month = self.today.year, self.today.month
        for _ in range(MONTHS):
            found = valid_day(year, month, day)
            if found and found >= self.today:
                return found
            year, month = (year + 1, 1) if month == MONTHS else (year, month + 1)
        return None

    def month_end(self, months: int) -> date:
        """The last day of this month, or so many months later."""
        month = self.today.month - 1 + months + 1
        first = date(self.today.year + month // MONTHS, month % MONTHS + 1, 1)
        return first - timedelta(1)

    def end_of(self, month: int) -> date:
        """The last day of the next such month, which may be this one."""
        return self.month_end((month - self.today.month) % MONTHS)

    def is_near(self, day: date) -> bool:
        """Whether a day is near enough to be a best-before date."""
        return -PAST_DAYS <= (day - self.today).days <= MOST_DAYS // 2


def valid_day(year: int, month: int, day: int) -> date | None:
    """The day; None if there is no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None

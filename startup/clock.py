"""The clock of the program; tests pass clocks of their own."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present time, aware, in UTC."""
    return datetime.now(UTC)

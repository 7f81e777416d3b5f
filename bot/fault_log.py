"""Log lines about faults: at most one a minute while a fault lasts, and one at its end."""

import logging
import time
from collections.abc import Callable
from typing import Final

SECONDS_BETWEEN_LINES: Final = 60.0


class OutageLog:
    """Counts the failures of one thing, and logs at most one warning a minute about them.

    Args:
        logger: takes the lines.
        subject: the thing that fails, as the beginning of a line.
        elapsed: counts seconds.
        seconds_between_lines: instead of a minute, for an outage that may last for days.
    """

    def __init__(
        self,
        logger: logging.Logger,
        subject: str,
        elapsed: Callable[[], float] = time.monotonic,
        seconds_between_lines: float = SECONDS_BETWEEN_LINES,
    ) -> None:
        self._logger = logger
        self._subject = subject
        self._elapsed = elapsed
        self._seconds_between_lines = seconds_between_lines
        self._failures = 0
        self._began_at: float | None = None
        self._logged_at: float | None = None

    def failed(self, reason: object) -> None:
        """Count a failure of something that will be tried again."""
        now = self._elapsed()
        self._failures += 1
        if self._began_at is None:
            self._began_at = now
        if self._logged_at is None or now - self._logged_at >= self._seconds_between_lines:
            self._logged_at = now
            self._logger.warning(
                "%s fails (%d times by now), trying again until it works: %s",
                self._subject,
                self._failures,
                reason,
            )

    def over(self) -> None:
        """End the outage, if there is one; log its end if its beginning was logged."""
        if self._began_at is None or self._logged_at is None:
            return
        if self._logged_at >= self._began_at:
            self._logger.info(
                "%s works again, after %.1f s", self._subject, self._elapsed() - self._began_at
            )
        self._began_at = None
        self._failures = 0


class ConditionLog:
    """Logs a condition that lasts, such as a lost webhook, only when it begins, changes or ends.

    Args:
        logger: takes the lines.
        end: the beginning of the line that says that the condition has ended.
        elapsed: counts seconds.
    """

    def __init__(
        self, logger: logging.Logger, end: str, elapsed: Callable[[], float] = time.monotonic
    ) -> None:
        self._logger = logger
        self._end = end
        self._elapsed = elapsed
        self._logged: set[str] = set()
        self._began_at = 0.0

    def is_wrong(self, problem: str) -> None:
        """Log a problem, unless it was logged since the condition began."""
        if not self._logged:
            self._began_at = self._elapsed()
        if problem not in self._logged:
            self._logged.add(problem)
            self._logger.warning("%s", problem)

    def is_good(self) -> None:
        """Log that the condition has ended, if a problem was logged."""
        if self._logged:
            self._logged.clear()
            self._logger.info("%s, after %.0f s", self._end, self._elapsed() - self._began_at)

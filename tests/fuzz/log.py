"""What the bot logs, as far as it matters: errors, and how long the lines become."""

import logging
from collections.abc import Generator
from contextlib import contextmanager


class Log(logging.Handler):
    """Keeps the errors, and the longest line."""

    def __init__(self) -> None:
        super().__init__()
        self.errors: list[str] = []
        self.longest = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Take a record."""
        self.longest = max(self.longest, record.getMessage(), key=len)
        if record.levelno >= logging.ERROR:
            self.errors.append(self.format(record))


@contextmanager
def listening() -> Generator[Log]:
    """All that is logged meanwhile."""
    log = Log()
    logging.getLogger().addHandler(log)
    try:
        yield log
    finally:
        logging.getLogger().removeHandler(log)

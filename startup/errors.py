"""What keeps the program from starting."""

from typing import ClassVar, Final

DONE: Final = 0
AWAY: Final = 1
WRONG: Final = 2
INTERRUPTED: Final = 130


class StartError(Exception):
    """The bot can't start; the message is one line: what is wrong, and how to mend it."""

    exit_status: ClassVar[int] = WRONG


class AwayError(StartError):
    """What the bot needs is away, and may come back: to wait, or to start again, may help."""

    exit_status: ClassVar[int] = AWAY


class BrokenOffError(StartError):
    """A signal has broken off what was to be done."""

    exit_status: ClassVar[int] = INTERRUPTED

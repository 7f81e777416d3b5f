"""Errors that end the program with a line for the operator, and the exit statuses."""

from typing import ClassVar, Final

DONE: Final = 0
AWAY: Final = 1
WRONG: Final = 2
INTERRUPTED: Final = 130


class SettingsError(ValueError):
    """A setting is wrong; the message is one line: its name, the mistake, and how to mend it."""


class StartError(Exception):
    """The program can't start; the message is one line: the cause, and how to mend it."""

    exit_status: ClassVar[int] = WRONG


class AwayError(StartError):
    """The cause may pass, as a server that is away may come back: waiting or a restart may help."""

    exit_status: ClassVar[int] = AWAY


class BrokenOffError(StartError):
    """A signal stopped the program before a command was done."""

    exit_status: ClassVar[int] = INTERRUPTED

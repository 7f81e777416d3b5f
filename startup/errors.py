"""What keeps the program from starting."""


class StartError(Exception):
    """The bot can't start; the message is one line: what is wrong, and how to mend it."""

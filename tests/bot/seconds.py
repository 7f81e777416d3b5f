"""A count of seconds that a test moves on."""


class Seconds:
    """A clock that counts seconds, and stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

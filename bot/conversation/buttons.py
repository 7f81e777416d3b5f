"""What a button brings back when somebody taps it: a typed value, and the string that carries it.

A string stays on a button for as long as its message exists, so a kind of button keeps reading what
it has ever written. `tests/bot/features/test_buttons.py` freezes the strings.
"""

import re
from abc import ABC, abstractmethod
from typing import ClassVar, Final, Self

LONGEST_DATA: Final = 64
"""Bytes that Telegram takes as the data of a button."""

MICROSECONDS: Final = r"\d{1,17}"
"""How a time is written: microseconds since 1970."""


class ButtonData(ABC):
    """A value that a button carries. Each kind of button is a frozen dataclass derived from this.

    `PREFIX` begins the string of every button of the kind; up to its first colon, it is how the
    kind is looked up. `REST` is what the whole of the remaining string has to match.

    A kind that is `BOUND_TO_CHAT` names a request by the id of a message, so its buttons are left
    out where a message goes to the chat that a group became. A kind that `OUTLIVES_A_TAP` keeps its
    buttons below a message when another button of that message is tapped.
    """

    __slots__ = ()

    PREFIX: ClassVar[str]
    REST: ClassVar[re.Pattern[str]]
    BOUND_TO_CHAT: ClassVar[bool] = False
    OUTLIVES_A_TAP: ClassVar[bool] = False

    @abstractmethod
    def _write(self) -> str:
        """What follows the prefix."""

    @classmethod
    @abstractmethod
    def _parse(cls, rest: re.Match[str]) -> Self:
        """The value of a string in which `REST` matched what follows the prefix."""

    @property
    def data(self) -> str:
        """The string that carries the value."""
        return self.PREFIX + self._write()

    @classmethod
    def read(cls, data: str) -> Self | None:
        """The value that a string carries; None where the string is of no button of this kind."""
        if not data.startswith(cls.PREFIX):
            return None
        rest = cls.REST.fullmatch(data, len(cls.PREFIX))
        return None if rest is None else cls._parse(rest)

    @property
    def fits(self) -> bool:
        """Whether a button can carry the string."""
        return len(self.data.encode()) <= LONGEST_DATA


class FixedButtonData(ButtonData):
    """A kind of button that says the same each time: the string is the prefix."""

    __slots__ = ()

    REST = re.compile("")

    def _write(self) -> str:
        return ""

    @classmethod
    def _parse(cls, rest: re.Match[str]) -> Self:  # noqa: ARG003 (nothing is in it)
        return cls()

"""The data of buttons: typed values, and the strings that carry them to Telegram and back.

A string stays on a button for as long as its message exists, so a kind of button has to read every
string that it has ever written. `tests/bot/features/test_buttons.py` freezes the strings.
"""

import re
from abc import ABC, abstractmethod
from typing import ClassVar, Final, Self

LONGEST_DATA: Final = 64
"""Telegram takes at most this many bytes as the data of a button."""

MICROSECONDS: Final = r"\d{1,17}"
"""The pattern of a time in a string: microseconds since 1970."""


class ButtonData(ABC):
    """The value that a button carries. Each kind of button is a frozen dataclass derived from this.

    The strings of a kind begin with `PREFIX`. The part before its first colon is the key by which
    the registry finds the kind. The rest of a string has to match `REST` as a whole.

    A kind that is `BOUND_TO_CHAT` names a request by the id of a message of its chat. A message to
    the supergroup that a group became is sent without such buttons. Buttons of a kind that
    `OUTLIVES_A_TAP` stay below a message when another button of the message is tapped.
    """

    __slots__ = ()

    PREFIX: ClassVar[str]
    REST: ClassVar[re.Pattern[str]]
    BOUND_TO_CHAT: ClassVar[bool] = False
    OUTLIVES_A_TAP: ClassVar[bool] = False

    @abstractmethod
    def _write(self) -> str:
        """Return the string without the prefix."""

    @classmethod
    @abstractmethod
    def _parse(cls, rest: re.Match[str]) -> Self:
        """Return the value, given the match of `REST`."""

    @property
    def data(self) -> str:
        """Return the string that carries the value."""
        return self.PREFIX + self._write()

    @classmethod
    def read(cls, data: str) -> Self | None:
        """Return the value that a string carries; None for a string of another kind."""
        if not data.startswith(cls.PREFIX):
            return None
        rest = cls.REST.fullmatch(data, len(cls.PREFIX))
        return None if rest is None else cls._parse(rest)

    @property
    def fits(self) -> bool:
        """Tell whether the string is short enough for a button."""
        return len(self.data.encode()) <= LONGEST_DATA


class FixedButtonData(ButtonData):
    """A kind of button that carries no value: the string is the prefix."""

    __slots__ = ()

    REST = re.compile("")

    def _write(self) -> str:
        return ""

    @classmethod
    def _parse(cls, rest: re.Match[str]) -> Self:  # noqa: ARG003 (the match is empty)
        return cls()

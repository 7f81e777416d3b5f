"""The buttons below a question that asks what a text meant.

Each carries the things as a text that is read like the argument of a command.
"""

import re
from dataclasses import dataclass
from typing import Final, Self

from bot.conversation.buttons import ButtonData, FixedButtonData

_THINGS: Final = re.compile("(?P<things>.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class TakeOut(ButtonData):
    """Takes things out, as `/remove` does."""

    PREFIX = "gone:"
    REST = _THINGS

    things: str

    def _write(self) -> str:
        return self.things

    @classmethod
    def _parse(cls, rest: re.Match[str]) -> Self:
        return cls(rest["things"])


@dataclass(frozen=True, slots=True)
class TakeOutAllBut(ButtonData):
    """Takes everything out but these things."""

    PREFIX = "allbut:"
    REST = _THINGS

    things: str

    def _write(self) -> str:
        return self.things

    @classmethod
    def _parse(cls, rest: re.Match[str]) -> Self:
        return cls(rest["things"])


@dataclass(frozen=True, slots=True)
class Stay(FixedButtonData):
    """Leaves everything as it is."""

    PREFIX = "stay"

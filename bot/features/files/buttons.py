"""The buttons below a list that the bot offers to add."""

import re
from dataclasses import dataclass
from typing import Final, Self

from bot.conversation.buttons import ButtonData

MESSAGE: Final = r"(?P<request>m\d{1,20}(?:e\d{1,16})?)"
"""The pattern of the request of a message, or of an edit of it."""

_NUMBERED: Final = re.compile(rf"{MESSAGE}:(?P<number>0|[1-9]\d{{0,3}})")


@dataclass(frozen=True, slots=True)
class _ListButtonData(ButtonData):
    """Names the request that offered a list."""

    REST = re.compile(MESSAGE)
    BOUND_TO_CHAT = True

    request: str

    def _write(self) -> str:
        return self.request

    @classmethod
    def _parse(cls, rest: re.Match[str]) -> Self:
        return cls(rest["request"])


@dataclass(frozen=True, slots=True)
class PutInList(_ListButtonData):
    """Adds the list that a request offered."""

    PREFIX = "import:"


@dataclass(frozen=True, slots=True)
class DeclineList(_ListButtonData):
    """Declines the list that a request offered."""

    PREFIX = "import:no:"


@dataclass(frozen=True, slots=True)
class _NumberButtonData(ButtonData):
    """Names the request that offered a list, and a number in it, from 0 on."""

    REST = _NUMBERED
    BOUND_TO_CHAT = True

    request: str
    number: int

    def _write(self) -> str:
        return f"{self.request}:{self.number}"

    @classmethod
    def _parse(cls, rest: re.Match[str]) -> Self:
        return cls(rest["request"], int(rest["number"]))


@dataclass(frozen=True, slots=True)
class LeaveOut(_NumberButtonData):
    """Leaves a thing of a list out."""

    PREFIX = "import:out:"


@dataclass(frozen=True, slots=True)
class TakeIn(_NumberButtonData):
    """Takes a thing that was left out of a list in again."""

    PREFIX = "import:in:"


@dataclass(frozen=True, slots=True)
class ShowPart(_NumberButtonData):
    """Shows another part of a long list."""

    PREFIX = "import:part:"

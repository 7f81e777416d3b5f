"""The buttons below a list that the bot offers to add."""

import re
from dataclasses import dataclass
from typing import Final, Self

from bot.conversation.buttons import ButtonData

_REQUEST: Final = re.compile(r"(?P<request>m\d{1,20})")


@dataclass(frozen=True, slots=True)
class PutInList(ButtonData):
    """Adds the list that a request offered."""

    PREFIX = "import:"
    REST = _REQUEST
    BOUND_TO_CHAT = True

    request: str

    def _write(self) -> str:
        return self.request

    @classmethod
    def _parse(cls, rest: re.Match[str]) -> Self:
        return cls(rest["request"])


@dataclass(frozen=True, slots=True)
class DeclineList(ButtonData):
    """Declines the list that a request offered."""

    PREFIX = "import:no:"
    REST = _REQUEST
    BOUND_TO_CHAT = True

    request: str

    def _write(self) -> str:
        return self.request

    @classmethod
    def _parse(cls, rest: re.Match[str]) -> Self:
        return cls(rest["request"])

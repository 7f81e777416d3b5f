"""The buttons below a list that the bot offers to add."""

import re
from dataclasses import dataclass
from typing import Self

from bot.conversation.buttons import ButtonData


@dataclass(frozen=True, slots=True)
class _ListButtonData(ButtonData):
    """Names the request that offered a list."""

    REST = re.compile(r"(?P<request>m\d{1,20})")
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

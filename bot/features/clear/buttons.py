"""The buttons of the question before a fridge is cleared."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from bot.conversation.buttons import MICROSECONDS, ButtonData, FixedButtonData
from fridge.times import from_microseconds, to_microseconds


@dataclass(frozen=True, slots=True)
class ConfirmClear(ButtonData):
    """Takes out the items that were in the fridge when the question was asked."""

    PREFIX = "clear:"
    REST = re.compile(MICROSECONDS)

    asked_at: datetime

    def _write(self) -> str:
        return str(to_microseconds(self.asked_at))

    @classmethod
    def _parse(cls, rest: re.Match[str]) -> Self:
        return cls(from_microseconds(int(rest[0])))


@dataclass(frozen=True, slots=True)
class CancelClear(FixedButtonData):
    """Keeps everything."""

    PREFIX = "clear:no"

"""The button below the warning."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from bot.conversation.buttons import MICROSECONDS, ButtonData
from fridge.times import from_microseconds, to_microseconds


@dataclass(frozen=True, slots=True)
class KeepWarned(ButtonData):
    """Keeps a fridge after its warning; `period` is its last use before the warning."""

    PREFIX = "keep:"
    REST = re.compile(MICROSECONDS)

    period: datetime

    def _write(self) -> str:
        return str(to_microseconds(self.period))

    @classmethod
    def _parse(cls, rest: re.Match[str]) -> Self:
        return cls(from_microseconds(int(rest[0])))

"""The buttons of the question before everything about a chat is deleted."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from bot.conversation.buttons import MICROSECONDS, ButtonData, FixedButtonData
from bot.locale.language import Language
from fridge.times import from_microseconds, to_microseconds


@dataclass(frozen=True, slots=True)
class ConfirmForget(ButtonData):
    """Deletes everything; carries the time of the question and its language."""

    PREFIX = "forget:yes:"
    REST = re.compile(rf"(?P<asked_at>{MICROSECONDS})\.(?P<language>{'|'.join(Language)})")

    asked_at: datetime
    language: Language

    def _write(self) -> str:
        return f"{to_microseconds(self.asked_at)}.{self.language}"

    @classmethod
    def _parse(cls, rest: re.Match[str]) -> Self:
        return cls(from_microseconds(int(rest["asked_at"])), Language(rest["language"]))


@dataclass(frozen=True, slots=True)
class CancelForget(FixedButtonData):
    """Deletes nothing."""

    PREFIX = "forget:no"

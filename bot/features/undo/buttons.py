"""The buttons that undo a change."""

import re
from dataclasses import dataclass
from typing import Final, Self

from bot.conversation.buttons import ButtonData
from bot.features.fridge.buttons import PLACE, Place
from fridge.request_keys import RequestKind

_REQUEST: Final = r"(?P<request>[mq]\d{1,20}(?:\.\d{1,2})?)"


@dataclass(frozen=True, slots=True)
class Undo(ButtonData):
    """Undoes the change of a request; `what` is the kind of the change."""

    PREFIX = "undo:"
    REST = re.compile(f"{_REQUEST} (?P<what>add|remove|clear|replace|take|reduce|adjust)")
    BOUND_TO_CHAT = True
    OUTLIVES_A_TAP = True

    request: str
    what: RequestKind

    def _write(self) -> str:
        return f"{self.request} {self.what}"

    @classmethod
    def _parse(cls, rest: re.Match[str]) -> Self:
        return cls(rest["request"], RequestKind(rest["what"]))


@dataclass(frozen=True, slots=True)
class UndoInList(ButtonData):
    """Puts an item back that a tap took out; the list shows `place`."""

    PREFIX = "back:"
    REST = re.compile(rf"{_REQUEST} take\|{PLACE}")
    BOUND_TO_CHAT = True

    request: str
    place: Place

    def _write(self) -> str:
        return f"{self.request} take|{self.place}"

    @classmethod
    def _parse(cls, rest: re.Match[str]) -> Self:
        return cls(rest["request"], Place.parse(rest))

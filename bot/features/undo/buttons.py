"""The buttons that undo a change."""

import re
from dataclasses import dataclass
from typing import Final, Self

from bot.conversation.buttons import ButtonData
from bot.features.fridge.buttons import (
    REFERENCE,
    VIEW,
    ListView,
    parse_reference,
    written_reference,
)
from fridge.items import ItemReference
from fridge.request_keys import RequestKind

_REQUEST: Final = r"(?P<request>(?:m\d{1,20}(?:e\d{1,16})?|q\d{1,20})(?:\.\d{1,2})?)"


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
    """Undoes a tap on the list, or on an opened lot; `what` is the kind of the change.

    The message then shows the lot of the reference, or the list.
    """

    PREFIX = "back:"
    REST = re.compile(rf"{_REQUEST} (?P<what>take|adjust)\|{VIEW}(?::{REFERENCE})?")
    BOUND_TO_CHAT = True

    request: str
    view: ListView
    what: RequestKind = RequestKind.TAKE
    reference: ItemReference | None = None

    def _write(self) -> str:
        shown = f"{self.request} {self.what}|{self.view}"
        return f"{shown}:{written_reference(self.reference)}" if self.reference else shown

    @classmethod
    def _parse(cls, rest: re.Match[str]) -> Self:
        reference = parse_reference(rest) if rest["reference"] else None
        return cls(rest["request"], ListView.parse(rest), RequestKind(rest["what"]), reference)

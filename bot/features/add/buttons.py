"""The buttons below a reply about adding; each offers one change."""

import re
from dataclasses import dataclass
from typing import Self

from bot.conversation.buttons import ButtonData
from bot.features.fridge.buttons import REFERENCE, parse_reference, written_reference
from fridge.items import ItemReference


@dataclass(frozen=True, slots=True)
class Put(ButtonData):
    """Puts things in, which stand as a text that is read like the argument of `/add`."""

    PREFIX = "put:"
    REST = re.compile("(?P<names>.+)", re.DOTALL)
    OUTLIVES_A_TAP = True

    names: str

    def _write(self) -> str:
        return self.names

    @classmethod
    def _parse(cls, rest: re.Match[str]) -> Self:
        return cls(rest["names"])


@dataclass(frozen=True, slots=True)
class Swap(ButtonData):
    """Replaces an item by an ingredient."""

    PREFIX = "swap:"
    REST = re.compile(rf"{REFERENCE}:(?P<ingredient_id>[1-9]\d{{0,8}})")
    OUTLIVES_A_TAP = True

    reference: ItemReference
    ingredient_id: int

    def _write(self) -> str:
        return f"{written_reference(self.reference)}:{self.ingredient_id}"

    @classmethod
    def _parse(cls, rest: re.Match[str]) -> Self:
        return cls(parse_reference(rest), int(rest["ingredient_id"]))

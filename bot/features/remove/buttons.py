"""The button below a reply about removing."""

import re
from dataclasses import dataclass
from typing import Self

from bot.conversation.buttons import ButtonData
from bot.features.fridge.buttons import REFERENCE, parse_reference, written_reference
from fridge.items import ItemReference


@dataclass(frozen=True, slots=True)
class TakeLikely(ButtonData):
    """Takes out a likely item: the person named one that is not in the fridge."""

    PREFIX = "out:"
    REST = re.compile(REFERENCE)
    OUTLIVES_A_TAP = True

    reference: ItemReference

    def _write(self) -> str:
        return written_reference(self.reference)

    @classmethod
    def _parse(cls, rest: re.Match[str]) -> Self:
        return cls(parse_reference(rest))

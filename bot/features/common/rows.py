"""Puts buttons into rows, with as many side by side as a phone shows in full."""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from math import inf
from typing import Final

from bot.conversation.replies import Button

MOST_IN_A_ROW: Final = 3
WIDEST: Final = {3: 12, 2: 18}
"""By the number of buttons in a row: how many columns each label may take."""

REMEMBERED: Final = 1024
"""How many labels are remembered; most are those of the few hundred things of households."""


def in_rows(buttons: Sequence[Button]) -> Sequence[Sequence[Button]]:
    """Return the buttons in their order, in rows as long as the longest label of a row allows."""
    rows: list[Sequence[Button]] = []
    while buttons:
        row = next(row for row in _beginnings(buttons) if _fits(row))
        rows.append(row)
        buttons = buttons[len(row) :]
    return rows


def _beginnings(buttons: Sequence[Button]) -> Sequence[Sequence[Button]]:
    return [buttons[:length] for length in range(MOST_IN_A_ROW, 0, -1)]


def _fits(row: Sequence[Button]) -> bool:
    return max(_columns(button.text) for button in row) <= WIDEST.get(len(row), inf)


@lru_cache(REMEMBERED)
def _columns(label: str) -> int:
    """Return the width of a label; a Korean syllable or an emoji takes two columns."""
    return sum(
        2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in label
        if not unicodedata.category(character).startswith(("M", "Cf"))
    )

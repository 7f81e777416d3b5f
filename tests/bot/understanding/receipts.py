"""Receipts and the like, with the foods that each has.

A receipt of a file begins with `###` and its name. Below `>>>`, each line is a food: its name in
the catalogue, an amount (`2 piece`), and a note in brackets. `?` is a name that is not known.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.understanding.meaning import Thing

FILES: Final = {"ko": "receipts-ko.txt", "en": "receipts-en.txt"}


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt, and its foods as they are shown."""

    language: str
    name: str
    text: str
    foods: Sequence[str]


def receipts() -> Iterator[Receipt]:
    """Yield the receipts of both languages."""
    for language, file in FILES.items():
        content = Path(__file__).with_name(file).read_text(encoding="utf-8")
        for part in re.split(r"(?m)^(?=### )", content)[1:]:
            text, _, foods = part.partition("\n>>>\n")
            name, _, said = text.partition("\n")
            yield Receipt(
                language,
                name.removeprefix("### "),
                said,
                [one for one in foods.splitlines() if one],
            )


def shown(thing: Thing, language: str) -> str:
    """A thing as the files write it."""
    ingredient = thing.name.ingredient
    lot = thing.lot
    if ingredient is None:
        return f"? {thing.name.typed}"
    parts = [ingredient.ko if language == "ko" else ingredient.en]
    if lot.amount:
        parts.append(f"{lot.amount.number:f} {lot.amount.unit}")
    if lot.note:
        parts.append(f"({lot.note})")
    return " ".join(parts)

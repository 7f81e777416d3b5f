"""The buttons of the list, and how they refer to items."""

import re
from dataclasses import dataclass
from typing import Final, NamedTuple, Self

from bot.conversation.buttons import ButtonData
from fridge.items import FIRST_LOT, UNCATALOGUED, ItemReference

EVERYTHING: Final = 0

UNKNOWN_NAME: Final = "n"
"""Begins the reference to an item whose name the catalogue does not know."""

LOT: Final = "_"
"""Begins the number of a lot that is not the first of its name."""

REFERENCE: Final = (
    rf"(?P<reference>[1-9]\d{{0,8}}|n[0-9a-f]{{12}})(?:{LOT}(?P<lot>[1-9]\d{{0,5}}))?"
)
"""The pattern of a reference to a lot."""

_PAGE: Final = r"(?P<page>[1-9]\d{0,3})"
_CATEGORY: Final = r"\.(?P<category>\d\d?)"

PLACE: Final = f"{_PAGE}{_CATEGORY}"
"""The pattern of a place in the list."""


class Place(NamedTuple):
    """The part of the list that a message shows: a page, of everything or of one category.

    `page` counts from 1. `category` counts the categories of the catalogue from 1; 0 is EVERYTHING.
    """

    page: int
    category: int = EVERYTHING

    def __str__(self) -> str:
        return f"{self.page}.{self.category}"

    @classmethod
    def parse(cls, rest: re.Match[str]) -> "Place":
        """Return the place in a match of `PLACE`, or of a page alone, as old buttons have it."""
        return cls(int(rest["page"]), int(rest["category"] or EVERYTHING))


def written_reference(reference: ItemReference) -> str:
    """Return a reference as a part of a button's string."""
    number = "" if reference.number == FIRST_LOT else f"{LOT}{reference.number}"
    if reference.name_hash:
        return f"{UNKNOWN_NAME}{reference.name_hash}{number}"
    return f"{reference.ingredient_id}{number}"


def parse_reference(rest: re.Match[str]) -> ItemReference:
    """Return the reference in a match of `REFERENCE`."""
    written, number = rest["reference"], int(rest["lot"] or FIRST_LOT)
    if written.startswith(UNKNOWN_NAME):
        return ItemReference(UNCATALOGUED, written.removeprefix(UNKNOWN_NAME), number)
    return ItemReference(int(written), number=number)


@dataclass(frozen=True, slots=True)
class ShowPlace(ButtonData):
    """Shows a place in the list."""

    PREFIX = "fridge:"
    REST = re.compile(f"{_PAGE}(?:{_CATEGORY})?")

    place: Place

    def _write(self) -> str:
        return str(self.place)

    @classmethod
    def _parse(cls, rest: re.Match[str]) -> Self:
        return cls(Place.parse(rest))


@dataclass(frozen=True, slots=True)
class ChooseCategory(ButtonData):
    """Asks which category to show, in place of the list, which shows `place`."""

    PREFIX = "filter:"
    REST = re.compile(PLACE)

    place: Place

    def _write(self) -> str:
        return str(self.place)

    @classmethod
    def _parse(cls, rest: re.Match[str]) -> Self:
        return cls(Place.parse(rest))


@dataclass(frozen=True, slots=True)
class Take(ButtonData):
    """Takes an item out; the list shows `place`, and goes on to show it."""

    PREFIX = "take:"
    REST = re.compile(f"{REFERENCE}:{PLACE}")

    reference: ItemReference
    place: Place

    def _write(self) -> str:
        return f"{written_reference(self.reference)}:{self.place}"

    @classmethod
    def _parse(cls, rest: re.Match[str]) -> Self:
        return cls(parse_reference(rest), Place.parse(rest))

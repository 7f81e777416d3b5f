"""The buttons of the list, and how they refer to items."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple, Self

from bot.conversation.buttons import MICROSECONDS, ButtonData
from bot.features.fridge.adjustments import ADJUSTMENT, parse_adjustment, written_adjustment
from fridge.items import FIRST_LOT, UNCATALOGUED, ItemReference
from fridge.lots import Adjustment
from fridge.times import from_microseconds, to_microseconds

EVERYTHING: Final = 0

FIRST_PLACE: Final = 91
"""The number of the first place as a filter; those below are numbers of categories."""

UNKNOWN_NAME: Final = "n"
"""Begins the reference to an item whose name the catalogue does not know."""

LOT: Final = "_"
"""Begins the number of a lot that is not the first of its name."""

REFERENCE: Final = (
    rf"(?P<reference>[1-9]\d{{0,8}}|n[0-9a-f]{{12}})(?:{LOT}(?P<lot>[1-9]\d{{0,5}}))?"
)
"""The pattern of a reference to a lot."""

VIEW: Final = r"(?P<page>[1-9]\d{0,3})\.(?P<only>\d\d?)(?P<order>d?)(?P<mode>e?)"
"""The pattern of a view of the list."""

_OLD_VIEW: Final = r"(?P<page>[1-9]\d{0,3})(?:\.(?P<only>\d\d?)(?P<order>d?)(?P<mode>e?))?"
"""The pattern of a view, also of a page alone, as old buttons have it."""

_BY_DATE: Final = "d"
_CHANGING: Final = "e"


class ListView(NamedTuple):
    """The part of the list that a message shows, and how.

    `page` counts from 1. `only` is EVERYTHING, the number of a category of the catalogue from 1, or
    the number of a place from FIRST_PLACE. The list is by category, or `by_date`. A tap takes a lot
    out, or opens the lot if the list is `changing`.
    """

    page: int = 1
    only: int = EVERYTHING
    by_date: bool = False
    changing: bool = False

    def __str__(self) -> str:
        order, mode = _BY_DATE * self.by_date, _CHANGING * self.changing
        return f"{self.page}.{self.only}{order}{mode}"

    @classmethod
    def parse(cls, rest: re.Match[str]) -> "ListView":
        """Return the view in a match of `VIEW`."""
        only = int(rest["only"] or EVERYTHING)
        return cls(int(rest["page"]), only, bool(rest["order"]), bool(rest["mode"]))


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
class _ViewButton(ButtonData):
    """A button that shows the list, or asks about it, in the message of the list."""

    REST = re.compile(_OLD_VIEW)

    view: ListView

    def _write(self) -> str:
        return str(self.view)

    @classmethod
    def _parse(cls, rest: re.Match[str]) -> Self:
        return cls(ListView.parse(rest))


@dataclass(frozen=True, slots=True)
class ShowList(_ViewButton):
    """Shows the list."""

    PREFIX = "fridge:"


@dataclass(frozen=True, slots=True)
class ChooseFilter(_ViewButton):
    """Asks what the list is to show, in place of the list."""

    PREFIX = "filter:"
    REST = re.compile(VIEW)


@dataclass(frozen=True, slots=True)
class _LotButton(ButtonData):
    """A button of a lot in the list, to which the message goes back."""

    REST = re.compile(f"{REFERENCE}:{VIEW}")

    reference: ItemReference
    view: ListView

    def _write(self) -> str:
        return f"{written_reference(self.reference)}:{self.view}"

    @classmethod
    def _parse(cls, rest: re.Match[str]) -> Self:
        return cls(parse_reference(rest), ListView.parse(rest))


@dataclass(frozen=True, slots=True)
class Take(_LotButton):
    """Takes a lot out."""

    PREFIX = "take:"


@dataclass(frozen=True, slots=True)
class OpenLot(_LotButton):
    """Opens a lot, to change it."""

    PREFIX = "open:"


@dataclass(frozen=True, slots=True)
class ChooseDay(ButtonData):
    """Asks until when a lot is good, with the days of a fortnight: 0 begins today."""

    PREFIX = "days:"
    REST = re.compile(rf"{REFERENCE}:{VIEW}:(?P<fortnight>\d\d?)")

    reference: ItemReference
    view: ListView
    fortnight: int = 0

    def _write(self) -> str:
        return f"{written_reference(self.reference)}:{self.view}:{self.fortnight}"

    @classmethod
    def _parse(cls, rest: re.Match[str]) -> Self:
        return cls(parse_reference(rest), ListView.parse(rest), int(rest["fortnight"]))


@dataclass(frozen=True, slots=True)
class ChangeLot(ButtonData):
    """Changes the lot that was put in at `added_at`, and no later one with its reference."""

    PREFIX = "lot:"
    REST = re.compile(
        rf"{REFERENCE}:{VIEW}:(?P<added_at>{MICROSECONDS}):(?P<adjustment>{ADJUSTMENT})"
    )

    reference: ItemReference
    view: ListView
    added_at: datetime
    adjustment: Adjustment

    def _write(self) -> str:
        lot = f"{written_reference(self.reference)}:{self.view}:{to_microseconds(self.added_at)}"
        return f"{lot}:{written_adjustment(self.adjustment)}"

    @classmethod
    def _parse(cls, rest: re.Match[str]) -> Self:
        return cls(
            parse_reference(rest),
            ListView.parse(rest),
            from_microseconds(int(rest["added_at"])),
            parse_adjustment(rest),
        )

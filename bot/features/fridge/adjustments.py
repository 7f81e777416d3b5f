"""How a button writes the change that it makes to a lot."""

import re
from datetime import date
from decimal import Decimal
from typing import Final

from fridge.lots import Adjustment, All, Amount, First, Half, Into, More, Place, Unit, Until

_NUMBER: Final = r"\d{1,6}(?:\.\d{1,3})?"
_ALL: Final = "x"

ADJUSTMENT: Final = "|".join(
    (
        rf"(?P<sign>[+-])(?P<step>[1-9]\d{{0,4}})(?P<unit>{'|'.join(Unit)})",
        r"=(?P<first>[1-9]\d?)",
        rf"h(?P<seen>{_NUMBER})",
        r"d(?P<day>[1-9]\d{5}|-)",
        rf"p(?P<place>{'|'.join(Place)})",
        rf"(?P<all>{_ALL})",
    )
)
"""The pattern of a change: `+1piece`, `-100g`, `=3`, `h10` (half of 10), `d739974` (an ordinal,
which is always a date), `d-` (no date), `pfreezer`, `x` (all)."""


def written_adjustment(adjustment: Adjustment) -> str:
    """Return a change as a part of a button's string."""
    match adjustment:
        case More(number, unit):
            return f"{number:+f}{unit}"
        case First(amount):
            return f"={amount.number:f}"
        case Half(seen):
            return f"h{seen:f}"
        case Until(best_before):
            return f"d{best_before.toordinal()}" if best_before else "d-"
        case Into(place, _):
            return f"p{place}"
        case All():
            return _ALL


def parse_adjustment(rest: re.Match[str]) -> Adjustment:
    """Return the change in a match of `ADJUSTMENT`, where the usual place is not known."""
    if rest["sign"]:
        return More(Decimal(rest["sign"] + rest["step"]), Unit(rest["unit"]))
    if rest["first"]:
        return First(Amount(Decimal(rest["first"])))
    if rest["seen"]:
        return Half(Decimal(rest["seen"]))
    if rest["day"]:
        return Until(None if rest["day"] == "-" else date.fromordinal(int(rest["day"])))
    if rest["place"]:
        return Into(Place(rest["place"]))
    return All()

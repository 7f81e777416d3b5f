"""What the handlers of other libraries read of a command: names, amounts and dates.

They know the forms in which our tools write them, and no others.
"""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from fridge.lots import BARE, Amount, Lot, Unit

UNITS: Final = {"g": Unit.GRAM, "개": Unit.PIECE}
THING: Final = re.compile(
    rf" *(?P<name>.*?)(?: (?P<number>\d+)(?P<unit>{'|'.join(UNITS)}))?"
    r"(?: (?:until )?(?P<day>\d{4}-\d\d-\d\d)(?:까지)?)?"
)


def things(text: str) -> Sequence[tuple[str, Lot]]:
    """The names in the argument of a command, each with its lot."""
    found = [THING.fullmatch(part) for part in text.split(",")]
    return [(one["name"], _lot(one)) for one in found if one]


def _lot(found: re.Match[str]) -> Lot:
    if not (found["number"] or found["day"]):
        return BARE
    amount = Amount(Decimal(found["number"]), UNITS[found["unit"]]) if found["number"] else None
    return Lot(amount, date.fromisoformat(found["day"]) if found["day"] else None)
